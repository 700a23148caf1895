"""From invented articles to claims."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tolltrace.claims import Claim, build_claims
from tolltrace.documents import AnnotatedDocument, Document, Link, Span
from tolltrace.markup import parse

ARTICLE = """\
{LOCATION:Orlan} — {COUNT c1:At least 14} {VICTIM v1:people}, {COUNT c2:five} of them {VICTIM v2:children} and
{COUNT c3:two} {ACTOR:Blue Army} fighters, were {KILLED k1:killed} in {MEANS m1:airstrikes} on {LOCATION l1:Orlan} in
{LOCATION l2:West Province} on {DATE d1:Tuesday}, {SOURCE s1:Dr. Ada Poe} said {DATE d2:Wednesday}.
She blamed the {ACTOR a1:Red Coalition}. {SOURCE s2:Medics} suspected {ACTOR a2:unknown warplanes}.
The {SOURCE s3:{ACTOR a3:coalition}} denied having targeted the town.
-- links
c1 victim v1
c1 harm k1
c1 means m1
c1 location l1 l2
c1 date d1
c1 source s1
c1 perpetrator a1
c1 suspected a2
c1 denied a3
c2 victim v2
c2 harm k1
c2 part_of c1
c3 harm k1
c3 part_of c2
-- metadata
{"outlet": "The Daily Orlan", "url": "https://example.org/1", "published": "2031-05-07", "title": " "}
"""


def claims_of(marked: str, name: str = "doc") -> list[Claim]:
    return build_claims(parse(name, marked))


def test_a_whole_claim() -> None:
    annotated = parse("doc", ARTICLE)
    claim = build_claims(annotated)[0]
    text = annotated.text
    assert claim.id == f"doc#{claim.evidence.start}-{claim.evidence.end}"
    assert (claim.count.text, claim.count.min, claim.count.max, claim.count.bound) == (
        "At least 14",
        14,
        None,
        "at_least",
    )
    assert (claim.unit, claim.scope, claim.part_of, claim.updates, claim.repeat_of) == (
        "person",
        "incident",
        None,
        None,
        None,
    )
    assert claim.harm == ("killed",)
    assert [word.text for word in claim.harm_words] == ["killed"]
    assert claim.victims is not None
    assert (claim.victims.text, claim.victims.category) == ("people", "unknown")
    assert [(m.text, m.category) for m in claim.means] == [("airstrikes", "air")]
    assert [place.text for place in claim.places] == ["Orlan", "West Province"]
    assert claim.places[0].name is None
    assert claim.date is not None
    assert claim.date.text == "Tuesday"
    assert claim.reported is not None
    assert claim.reported.text == "Wednesday"
    assert [(s.text, s.kind, s.role, s.stated) for s in claim.sources] == [("Dr. Ada Poe", "medical", "origin", True)]
    assert text[claim.evidence.start : claim.evidence.end] == "At least 14"
    assert text[claim.evidence.sentence_start : claim.evidence.sentence_end] == claim.evidence.sentence
    assert claim.document.outlet == "The Daily Orlan"
    assert claim.document.title is None
    assert (claim.confidence, claim.model) == (None, None)


def test_blame_and_denial_keep_speaker_and_sentence() -> None:
    claim = claims_of(ARTICLE)[0]
    found = [(r.text, r.certainty, r.by.text if r.by else None, r.sentence.text) for r in claim.responsible]
    assert found == [
        ("Red Coalition", "stated", "Dr. Ada Poe", "She blamed the Red Coalition."),
        ("unknown warplanes", "unidentified", "Medics", "Medics suspected unknown warplanes."),
    ]
    (denial,) = claim.denials
    assert (denial.text, denial.by.text if denial.by else None) == ("coalition", "coalition")
    assert denial.sentence.text == "The coalition denied having targeted the town."


def test_parts_inherit_through_their_wholes() -> None:
    whole, part, part_of_part = claims_of(ARTICLE)
    for claim in (part, part_of_part):
        assert [(m.text, m.inherited) for m in claim.means] == [("airstrikes", True)]
        assert [r.inherited for r in claim.responsible] == [True, True]
        assert [d.inherited for d in claim.denials] == [True]
        assert [p.inherited for p in claim.places] == [True, True]
        assert claim.date is not None
        assert claim.date.inherited
        assert claim.reported is not None
        assert claim.reported.inherited
        assert [(s.text, s.inherited, s.stated) for s in claim.sources] == [("Dr. Ada Poe", True, True)]
    assert not any(means.inherited for means in whole.means)
    assert not any(source.inherited for source in whole.sources)
    assert (part.part_of, part_of_part.part_of) == (whole.id, part.id)
    assert (part.count.min, part_of_part.count.min) == (5, 2)
    assert part.victims is not None
    assert part.victims.age == "child"
    assert part_of_part.victims is None


def test_a_part_keeps_what_it_states_itself() -> None:
    whole, part = claims_of(
        "{COUNT c1:Nine} {KILLED k:died} in {MEANS m1:shelling}, {COUNT c2:two} of them by {MEANS m2:a mine}, "
        "{SOURCE s1:medics} and {SOURCE s2:villagers} said.\n"
        "-- links\nc1 harm k\nc1 means m1\nc1 source s1\nc2 harm k\nc2 means m2\nc2 source s2\nc2 part_of c1\n"
    )
    assert [(m.category, m.inherited) for m in part.means] == [("ied_mine", False)]
    assert [(s.text, s.inherited) for s in part.sources] == [("villagers", False)]
    assert whole.means[0].text == "shelling"


def test_claims_are_json_with_stable_keys() -> None:
    first, second, _ = claims_of(ARTICLE)
    value = first.to_json()
    assert json.loads(json.dumps(value)) == value
    assert list(value) == list(second.to_json()) == list(Claim.__dataclass_fields__)
    assert value["count"] == {"text": "At least 14", "min": 14, "max": None, "bound": "at_least", "share": False}
    assert value["document"]["published"] == "2031-05-07"


def test_without_a_source_the_outlet_is_the_origin() -> None:
    marked = "{TOTAL c:Hundreds} have {DISPLACED k:fled}.\n-- links\nc harm k\n"
    (claim,) = claims_of(marked)
    assert [(s.text, s.kind, s.role, s.stated) for s in claim.sources] == [(None, "media", "origin", False)]
    assert (claim.scope, claim.harm, claim.reported) == ("total", ("displaced",), None)
    (claim,) = claims_of(marked + '-- metadata\n{"outlet": "The Daily"}\n')
    assert [(s.text, s.start, s.stated) for s in claim.sources] == [("The Daily", None, False)]


def test_several_harms_and_an_update() -> None:
    older, newer, many = claims_of(
        "The toll of {KILLED k1:dead} rose from {COUNT c1:15} to {COUNT c2:18}.\n"
        "{COUNT c3:No} {HARMED k2:casualties}, {INJURED k3:injured} or {KILLED k4:dead}, were counted later.\n"
        "-- links\nc1 harm k1\nc2 harm k1\nc2 updates c1\nc3 harm k2 k3 k4\n"
    )
    assert newer.updates == older.id
    assert older.updates is None
    assert many.harm == ("killed", "injured", "unspecified")
    assert many.count.bound == "none"


def test_a_relaying_agency() -> None:
    (claim,) = claims_of(
        "{COUNT c:Two} {VICTIM v:{ACTOR:rebels}} {KILLED k:died}, {SOURCE s1:AFP} said, citing {SOURCE s2:medics}.\n"
        "-- links\nc victim v\nc harm k\nc source s1 s2\n"
    )
    assert [(s.text, s.role) for s in claim.sources] == [("AFP", "relay"), ("medics", "origin")]
    assert claim.victims is not None
    assert (claim.victims.category, claim.victims.actor_text) == ("combatant", "rebels")


def test_who_blames() -> None:
    (claim,) = claims_of(
        "{SOURCE s1:Villagers} wept. {ACTOR a0:Militia} men {KILLED k:killed} {COUNT c:two}, they said. "
        "{SOURCE s2:Green Army} accused the {ACTOR a1:Reds}, said {SOURCE s3:AP}. "
        "The {SOURCE s4:{ACTOR a2:Blues}} claimed responsibility, {SOURCE s5:radio} said.\n"
        "-- links\nc harm k\nc source s1 s3\nc perpetrator a0\nc suspected a1\nc claimed a2\n"
    )
    found = [(r.text, r.certainty, r.by.text if r.by else None) for r in claim.responsible]
    assert found == [
        ("Militia", "stated", "Villagers"),  # the figure's own sentence: its linked source speaks
        ("Reds", "suspected", "AP"),  # linked to the figure
        ("Blues", "claimed", "Blues"),  # a claim is the party's own
    ]


@pytest.mark.parametrize(
    ("told", "blame", "by"),
    [
        ("{SOURCE s:Ada Poe} said", "She blamed the {ACTOR a:Reds}.", "Ada Poe"),
        ("{SOURCE s:Ada Poe} told {SOURCE t:AP}", "She has also accused the {ACTOR a:Reds}.", "Ada Poe"),
        ("{SOURCE s:Ada Poe} said", "It rained. The {ACTOR a:Reds} did it, she said.", "Ada Poe"),
        ("{SOURCE s:Ada Poe} said", "{SOURCE t:Villagers} wept. They blamed the {ACTOR a:Reds}.", "Ada Poe"),
        ("as counted", "{SOURCE s:Medics} wept. It rained. {SOURCE t:AP} came. They blamed the {ACTOR a:Reds}.", "AP"),
        ("as counted", "{SOURCE s:Medics} wept. They blamed the {ACTOR a:Reds}. {SOURCE t:AP} came.", "Medics"),
        ("{SOURCE s:Ada Poe} said", "The {ACTOR a:Reds} were blamed.", None),
        ("{SOURCE s:Ada Poe} said", "They were accused: the {ACTOR a:Reds}.", None),
        ("{SOURCE s:Ada Poe} said", "It claimed many lives, the {ACTOR a:Reds} being near.", None),
        ("as counted", "They blamed the {ACTOR a:Reds}. {SOURCE s:Medics} wept.", None),
    ],
)
def test_a_pronoun_blames(told: str, blame: str, by: str | None) -> None:
    (claim,) = claims_of(
        f"{{COUNT c:Two}} {{KILLED k:died}}, {told}. {blame}\n-- links\nc harm k\nc source s\nc perpetrator a\n"
    )
    assert [r.by.text if r.by else None for r in claim.responsible] == [by]


@pytest.mark.parametrize(
    ("behind", "reported"),
    [
        ("{SOURCE s:medics} said {DATE d:Friday}", "Friday"),
        ("{SOURCE s:medics} told AFP on {DATE d:Friday}", "Friday"),
        ("{SOURCE s:medics} said in a statement late on {DATE d:3 May}", "3 May"),
        ("{SOURCE s:medics} said that on {DATE d:Friday} it rained", None),
        ("{SOURCE s:medics} working since {DATE d:Friday} said", None),
    ],
)
def test_reported(behind: str, reported: str | None) -> None:
    (claim,) = claims_of(f"{{COUNT c:Two}} {{KILLED k:died}}, {behind}.\n-- links\nc harm k\nc source s\n")
    assert (claim.reported.text if claim.reported else None) == reported
    assert claim.date is None


def test_the_date_of_the_harm_is_not_when_it_was_said() -> None:
    (claim,) = claims_of(
        "{SOURCE s:Medics} said {DATE d:Friday} {COUNT c:two} {KILLED k:died}.\n"
        "-- links\nc harm k\nc source s\nc date d\n"
    )
    assert claim.reported is None


def repeated(passage: str, again: str) -> AnnotatedDocument:
    return parse("doc", f"{passage}\nMore text here.\n{again}\n-- links\na harm k\nb harm l\nx harm m\ny harm n\n")


def test_repeats_point_to_the_first_passage() -> None:
    passage = "{COUNT a:Two} {KILLED k:died}, {COUNT b:ten} {INJURED l:hurt}."
    annotated = repeated(passage, "{COUNT x:Two} {KILLED m:died}, {COUNT y:ten} {INJURED n:hurt}.")
    size = annotated.text.index("\n")
    start = annotated.text.rindex("Two died")
    first, second, third, fourth = build_claims(annotated, [(start, start + size, 0)])
    assert [first.repeat_of, second.repeat_of] == [None, None]
    assert [third.repeat_of, fourth.repeat_of] == [first.id, second.id]


def test_repeats_with_shifted_or_other_figures() -> None:
    annotated = repeated(
        "{COUNT a:Two} {KILLED k:died}, {COUNT b:ten} {INJURED l:hurt}.",
        "  {COUNT x:Two} {KILLED m:died}, {COUNT y:nine} {INJURED n:hurt}.",
    )
    start = annotated.text.rindex("  Two died")
    first, _, third, fourth = build_claims(annotated, [(start, len(annotated.text), 0)])
    assert third.repeat_of == first.id
    assert fourth.repeat_of is None, "a different figure is no repeat"


def test_confidence_is_the_product_of_the_core() -> None:
    figure, harm, victim = Span(0, 3, "COUNT", 0.9), Span(11, 15, "KILLED", 0.8), Span(4, 10, "VICTIM", 1.0)
    source = Span(17, 23, "SOURCE", 0.1)
    links = (Link(figure, "harm", harm, 0.5), Link(figure, "victim", victim, 1.0), Link(figure, "source", source, 0.1))
    document = Document("doc", "Two people died, medics said.")
    (claim,) = build_claims(AnnotatedDocument(document, (figure, harm, victim, source), links), model="m-1")
    assert claim.confidence == pytest.approx(0.36)
    assert claim.model == "m-1"


def test_nothing_marked_nothing_claimed() -> None:
    assert build_claims(AnnotatedDocument(Document("doc", ""))) == []
    assert claims_of("No figure here.\n") == []


def test_claims_are_values() -> None:
    first, *_ = claims_of(ARTICLE)
    assert first == claims_of(ARTICLE)[0]
    assert hash(first) == hash(replace(first))
