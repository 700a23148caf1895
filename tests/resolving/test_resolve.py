"""Claims of an article with what their words refer to."""

from __future__ import annotations

import pytest

from tolltrace import markup
from tolltrace.claims import build_claims
from tolltrace.claims.claim import Claim
from tolltrace.resolving.resolve import Resolver

ARTICLE = """{LOCATION l0:BEIRUT} — {TOTAL t1:More than 300} {VICTIM v0:people} have been {KILLED k0:killed} in \
{LOCATION l4:Deir Ezzor province} since {DATE d0:January}.

{MEANS m1:Air strikes} {KILLED k1:killed} {COUNT c1:at least 14} {VICTIM v1:{ACTOR a9:IS} fighters} in \
{LOCATION l1:Hajin} in {LOCATION l2:eastern Syria} on {DATE d1:Tuesday}, the \
{SOURCE s1:Syrian Observatory for Human Rights (SOHR)} told {SOURCE s3:AFP}. The {SOURCE s2:Observatory} \
{SOURCE s4:said} the {ACTOR a1:US-led coalition} was behind them.
-- links
t1 victim v0
t1 harm k0
t1 location l4
t1 date d0
c1 victim v1
c1 harm k1
c1 means m1
c1 location l1 l2
c1 date d1
c1 source s1 s3
c1 perpetrator a1
-- metadata
{"outlet": "Rudaw", "published": "2018-05-02T09:00:00Z", "title": "Strikes"}
"""


@pytest.fixture(scope="module")
def resolver() -> Resolver:
    return Resolver.load()


def claims(resolver: Resolver, text: str = ARTICLE) -> dict[str, Claim]:
    annotated = markup.parse("a", text.replace("{SOURCE s4:said}", "said"))
    return {claim.count.text: claim for claim in resolver.resolve(annotated, build_claims(annotated))}


def test_who_where_and_when(resolver: Resolver) -> None:
    claim = claims(resolver)["at least 14"]
    assert claim.victims is not None and (claim.victims.actor, claim.victims.actor_by) == ("Islamic State", "name")
    finest, wider = claim.places
    assert (finest.country, finest.province, finest.precision, finest.wider) == ("SY", "Deir ez-Zor", "exact", False)
    assert (wider.name, wider.precision, wider.wider) == ("Syria", "country", True)
    assert finest.lat == pytest.approx(34.69, abs=0.05) and finest.margin is not None and finest.margin > 0.2
    assert claim.date is not None
    assert (claim.date.first_day, claim.date.last_day, claim.date.precision) == ("2018-05-01", "2018-05-01", "day")
    assert (claim.document.day, claim.document.day_from) == ("2018-05-02", "metadata")
    assert [(s.name, s.kind, s.role) for s in claim.sources] == [
        ("Syrian Observatory for Human Rights", "monitor", "origin"),
        ("Agence France-Presse", "media", "relay"),
    ]
    (party,) = claim.responsible
    assert party.actor is not None and "coalition" in party.actor.lower()
    assert party.by_name == "Syrian Observatory for Human Rights"


def test_an_unsourced_figure_is_of_the_outlet_and_a_total_runs_to_its_article(resolver: Resolver) -> None:
    claim = claims(resolver)["More than 300"]
    assert [(s.name, s.name_by, s.stated) for s in claim.sources] == [("Rudaw", "name", False)]
    assert claim.date is not None
    assert (claim.date.first_day, claim.date.last_day, claim.date.precision) == ("2018-01-01", "2018-05-02", "period")


def test_without_a_date_days_stay_relative(resolver: Resolver) -> None:
    claim = claims(resolver, ARTICLE.replace('"published": "2018-05-02T09:00:00Z", ', ""))["at least 14"]
    assert claim.date is not None
    assert (claim.date.text, claim.date.first_day, claim.date.precision) == ("Tuesday", None, "relative")
    assert claim.document.day is None


def test_a_namesake_in_another_province_than_the_claim_names_is_not_taken(resolver: Resolver) -> None:
    text = ARTICLE.replace("{LOCATION l1:Hajin}", "{LOCATION l1:al-Qasr}").replace(
        "{LOCATION l2:eastern Syria}", "{LOCATION l2:Hasakeh province}"
    )
    finest, wider = claims(resolver, text)["at least 14"].places
    assert (finest.text, finest.name, finest.lat, finest.wider) == ("al-Qasr", None, None, False)
    assert (wider.province, wider.precision, wider.wider) == ("Hasaka", "province", True)
