"""Who the SOURCE spans of an article stand for."""

from __future__ import annotations

import pytest

from tests.resolving.articles import article
from tolltrace.documents import AnnotatedDocument, Document, Span
from tolltrace.resolving.mentions import resolve_mentions, resolve_sources
from tolltrace.resolving.names import NameTable, load_names


@pytest.fixture(scope="module")
def table() -> NameTable:
    return load_names()


def ids(table: NameTable, marked: str, *countries: str) -> list[str | None]:
    annotated = article(marked)
    found = resolve_sources(annotated, table, countries)
    rows = [found[span].row if span in found else None for span in annotated.spans if span.label == "SOURCE"]
    return [row.id if row else None for row in rows]


@pytest.mark.parametrize(
    ("text", "expected", "kind"),
    [
        ("Syrian Observatory for Human Rights", "sohr", "monitor"),
        ("SOHR", "sohr", "monitor"),
        ("OSDH", "sohr", "monitor"),
        ("Syrian Observatory for Human Rights director Rami Abdel Rahman", "sohr", "monitor"),
        ("Britain-based Syrian Observatory for Human Rights", "sohr", "monitor"),
        ("Amaq news agency", "amaq", "party"),
        ("agency Amaq", "amaq", "party"),
        ("state news agency SANA", "sana", "media"),
        ("SANA's reporter", "sana", "media"),
        ("UN human rights office spokesperson", "ohchr", "un"),
        ("U.N. refugee agency", "unhcr", "un"),
        ("Médecins Sans Frontières", "msf", "ngo"),
        ("Doctors Without Borders", "msf", "ngo"),
        ("rights group B'Tselem", "btselem", "monitor"),
        ("conflict monitor ACLED", "acled", "monitor"),
        ("Hamas-run health ministry", "gaza-health", "medical"),
        ("SDF commander", "sdf", "party"),
        ("SDF spokesman Redur Khalil", "sdf", "party"),
        ("spokesman for the US-led coalition", "us-coalition", "party"),
        ("spokesperson of IDF", "il-forces", "party"),
        ("Taliban officials in Jalalabad", "taliban", "party"),
        ("Turkish defence ministry", "tr-defence", "party"),
        ("Iraq's Defense Minister", "iq-defence", "party"),
        ("Russian foreign ministry spokeswoman Anna Roe", "ru-foreign", "official"),
        ("Pentagon spokesman John Roe", "pentagon", "party"),
        ("Turkish officials", "tr", "party"),
        ("Syrian military source", "sy-forces", "party"),
    ],
)
def test_names(table: NameTable, text: str, expected: str, kind: str) -> None:
    annotated = article(f"Two died, [S {text}] said.")
    (reading,) = resolve_sources(annotated, table, ["SY", "AF"]).values()
    assert reading.row is not None
    assert (reading.row.id, reading.row.source_kind, reading.by) == (expected, kind, "name")


@pytest.mark.parametrize(
    "text",
    [
        "activists",
        "a medic",
        "residents",
        "official",
        "military source",
        "officials in Ankara",
        "neighbour Umm Khaled",
        "state media",
        "local journalist",
        "residents of Moscow",
        "source close to the party",
        "Turkish state media",
        "Italian interior ministry",
        "human rights associations",
        "monitoring group",
    ],
)
def test_unnamed_sources_stay_as_written(table: NameTable, text: str) -> None:
    assert ids(table, f"Two died, [S {text}] said.") == [None]


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("The [S Syrian Observatory for Human Rights] said so. The [S observatory] gave 5.", ["sohr", "sohr"]),
        ("The [S SNHR] said so. Then [S SOHR] did. The [S observatory] gave 5.", ["snhr", "sohr", "sohr"]),
        ("A [S war monitor] said so. The [S Syrian Observatory for Human Rights] gave 5.", ["sohr", "sohr"]),
        ("[S Islamic State] came, said a [S monitoring group].", ["islamic-state", None]),
        ("[A Islamic State] came. The [S organisation local Villages Without Noise] said so.", [None]),
        ("[S SOHR] said so, [S observatory chief Jane Roe] confirmed.", ["sohr", "sohr"]),
        ("[S Russia's defence ministry] denied it. The [S ministry] said so.", ["ru-defence", "ru-defence"]),
        (
            "[S Russia's defence ministry] and the [S Iraqi interior ministry] spoke. The [S ministry] said so.",
            ["ru-defence", "iq-interior", None],
        ),
    ],
)
def test_generic_mentions(table: NameTable, marked: str, expected: list[str | None]) -> None:
    assert ids(table, marked) == expected


def test_bodies_of_the_country(table: NameTable) -> None:
    assert ids(table, "The [S health ministry] said so.", "YE") == ["ye-health"]
    assert ids(table, "The [S health ministry] said so.") == [None]
    assert ids(table, "[S Police] said so.", "NG") == ["ng-police"]
    assert ids(table, "The [S Observatory] said so.", "SY") == ["sohr"]


def test_surnames_stand_for_the_body_of_their_bearer(table: NameTable) -> None:
    marked = "[S SDF spokesman Redur Khalil] said so. [S Khalil] gave 5. [S Hamid] gave 6. [S Redur Khalil] left."
    annotated = article(marked)
    found = resolve_sources(annotated, table, ["SY"])
    assert ids(table, marked, "SY") == ["sdf", "sdf", None, "sdf"]
    assert [reading.by for reading in found.values()] == ["name", "article", "article"]


def test_a_source_takes_up_a_party_and_the_other_way_round(table: NameTable) -> None:
    marked = "[A Hamas] fired. The [S movement] said so. [S Ansar Allah] fired. The [A movement] left."
    found = resolve_mentions(article(marked), table, ["PS", "YE"])
    assert [reading.row.id for reading in found.values() if reading.row] == ["hamas", "hamas", "houthis", "houthis"]


def test_a_medium_is_no_party(table: NameTable) -> None:
    marked = "[A AFP] troops fell, [S AFP] said."
    found = resolve_mentions(article(marked), table, ["PH"])
    assert [reading.row.id for reading in found.values() if reading.row] == ["ph-forces", "ph-forces"]
    found = resolve_mentions(article(marked), table)
    assert [(span.label, reading.name) for span, reading in found.items()] == [
        ("ACTOR", "Armed Forces of the Philippines"),
        ("SOURCE", "Agence France-Presse"),
    ]


def test_one_mention_that_is_both_has_one_reading(table: NameTable) -> None:
    text = "The army denied it. A Xibra Army came. The army denied it."
    spans = [Span(text.rindex("army"), text.rindex("army") + 4, label) for label in ("ACTOR", "SOURCE")]
    annotated = AnnotatedDocument(Document("test", text), (*spans, Span(22, 32, "ACTOR")))
    assert text[22:32] == "Xibra Army"
    found = resolve_mentions(annotated, table, ["TH"])
    assert {span.label: reading.name for span, reading in found.items()} == {
        "ACTOR": "Royal Thai Armed Forces",
        "SOURCE": "Royal Thai Armed Forces",
    }


def test_the_article_before_a_longer_mention_is_not_the_parts(table: NameTable) -> None:
    text = "Turkey's defence ministry denied it, a ministry spokeswoman said."
    at = text.index("ministry spokes")
    spans = (Span(0, 25, "ACTOR"), Span(at, at + 8, "ACTOR"), Span(at, at + 20, "SOURCE"))
    found = resolve_mentions(AnnotatedDocument(Document("test", text), spans), table)
    assert [reading.row.id for reading in found.values() if reading.row] == ["tr-defence"] * 3
