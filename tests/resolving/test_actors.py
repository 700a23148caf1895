"""Who the ACTOR spans of an article stand for."""

from __future__ import annotations

import pytest

from tests.resolving.articles import article
from tolltrace.resolving.mentions import NameReading, resolve_actors
from tolltrace.resolving.names import NameTable, load_names


@pytest.fixture(scope="module")
def table() -> NameTable:
    return load_names()


def readings(table: NameTable, marked: str, *countries: str) -> list[NameReading | None]:
    annotated = article(marked)
    found = resolve_actors(annotated, table, countries)
    return [found.get(span) for span in annotated.spans if span.label == "ACTOR"]


def ids(table: NameTable, marked: str, *countries: str) -> list[str | None]:
    return [
        None if reading is None else reading.row.id if reading.row else reading.name
        for reading in readings(table, marked, *countries)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Turkish forces", "tr-forces"),
        ("Russian warplanes", "ru-forces"),
        ("Israel's army", "il-forces"),
        ("Israeli F-16s", "il-forces"),
        ("Iraqi police", "iq-police"),
        ("Syrian regime aircraft", "sy-forces"),
        ("Syrian government helicopters", "sy-forces"),
        ("Assad regime", "sy"),
        ("army of Pakistan", "pk-forces"),
        ("Russia's defence ministry", "ru-defence"),
        ("Turkish Defense Ministry", "tr-defence"),
        ("Russian", "ru"),
        ("Syrian fighters", None),
        ("Syrian rebels", None),
        ("allied Syrian rebels", None),
        ("ethnic Armenian administration", None),
        ("Palestinian factions", None),
        ("Turkish-backed rebels", None),
        ("pro-government fighters", None),
        ("unknown gunmen", None),
    ],
)
def test_bodies_of_states(table: NameTable, text: str, expected: str | None) -> None:
    assert ids(table, f"An attack by [A {text}] killed two.") == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("US-backed Syrian Democratic Forces", "sdf"),
        ("Taliban fighters", "taliban"),
        ("Daesh sleeper cells", "islamic-state"),
        ("PKK terrorist organization", "pkk"),
        ("Lebanon's Hezbollah", "hezbollah"),
        ("Hamas-led militants", None),
        ("Hamas-run health ministry", "gaza-health"),
        ("Syrian Democratic Forces (SDF)", "sdf"),
        ("paramilitary Rapid Support Forces", "rsf"),
        ("CJTF-OIR", "us-coalition"),
        ("Islamic State in Khorasan", "islamic-state-khorasan"),
        ("Hayat Tahrer al-Sham", "hts"),
    ],
)
def test_names_with_words_around_them(table: NameTable, text: str, expected: str | None) -> None:
    assert ids(table, f"An attack by [A {text}] killed two.", "AF") == [expected]


def test_says_how_it_was_found(table: NameTable) -> None:
    found = readings(table, "The [A Rapid Suport Forces] shelled. The [A paramilitary force] denied it.", "SD")
    assert [(reading.name, reading.by) for reading in found if reading] == [
        ("Rapid Support Forces", "fuzzy"),
        ("Rapid Support Forces", "article"),
    ]


def test_brackets_explain_an_abbreviation(table: NameTable) -> None:
    found = readings(table, "The [A Syrian Democratic Forces] ([A SDF]) said so. An [A SDF] man fell.", "SS")
    assert [reading and reading.row and reading.row.id for reading in found] == ["sdf"] * 3
    assert [reading.by for reading in found if reading] == ["name", "abbreviation", "abbreviation"]


def test_brackets_explain_a_body_that_the_table_does_not_know(table: NameTable) -> None:
    text = "A group called [A Harakat al-Xibra] (HX) said so. [A HX] fighters fell, as [A HX fighters] said."
    found = readings(table, text)
    assert found == [None, NameReading("Harakat al-Xibra", None, "abbreviation"), found[1]]


def test_brackets_of_the_article_come_before_the_table(table: NameTable) -> None:
    text = "The [A Sudan Deliverance Front] ([A SDF]) said so. [A SDF] men fell."
    assert ids(table, text, "SY") == [None, "Sudan Deliverance Front", "Sudan Deliverance Front"]


def test_brackets_with_the_abbreviation_of_another_language(table: NameTable) -> None:
    assert ids(table, "The [A Units of Popular Defence] ([A YPG]) fell back.", "SY") == ["ypg", "ypg"]


def test_brackets_with_the_words_in_another_order(table: NameTable) -> None:
    assert (
        ids(table, "The [A Forces Democratic Syrian] ([A FDS]) fell back. [A FDS] men fell.", "SY")[1:] == ["sdf"] * 2
    )


def test_brackets_behind_a_name_that_is_no_span(table: NameTable) -> None:
    found = readings(table, "Talks with the Xibra Liberation Army (XLA) failed. [A XLA] men fell.")
    assert found == [NameReading("Xibra Liberation Army", None, "abbreviation")]


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("The [A SDF] took it from [A Islamic State]. The [A alliance] lost two.", ["sdf", "islamic-state", "sdf"]),
        ("The [A SDF] took it from [A IS]. The [A jihadists] lost ten.", ["sdf", "islamic-state", "islamic-state"]),
        ("[A Islamic State] came. [A Jihadists] killed two.", ["islamic-state", None]),
        ("[A Islamic State] came. As [A jihadist fighters] left, two fell.", ["islamic-state", None]),
        ("[A Islamic State] came. Another [A jihadist group] left.", ["islamic-state", None]),
        ("The [A group] came, [A Boko Haram] by name.", ["boko-haram", "boko-haram"]),
        ("[A Ahrar al-Sham] and [A Jaish al-Islam] clashed. The [A group] won.", ["ahrar-sham", "jaish-islam", None]),
        (
            "[A Ahrar al-Sham] came. [A Jaish al-Islam] left. The [A group] won.",
            ["ahrar-sham", "jaish-islam", "jaish-islam"],
        ),
        ("[A Boko Haram] fell. A [A local armed group] came. The [A group] won.", ["boko-haram", None, None]),
        ("[A Islamic State] and [A al-Qaeda] fight. [A Armed groups] came.", ["islamic-state", "al-qaeda", None]),
        ("[A Turkey] shelled it. [A Activists] fled; [A gunmen] too.", ["tr", None, None]),
    ],
)
def test_generic_mentions(table: NameTable, marked: str, expected: list[str | None]) -> None:
    assert ids(table, marked, "SY", "NG") == expected


def test_generic_mentions_of_the_country(table: NameTable) -> None:
    assert ids(table, "The [A army] fired.", "SD") == ["sd-forces"]
    assert ids(table, "The [A army] fired.") == [None]
    assert ids(table, "[A Army helicopters] fired.", "SY") == ["sy-forces"]
    assert ids(table, "The [A coalition] fired.", "YE") == ["saudi-coalition"]
    assert ids(table, "The [A coalition] fired.", "IQ", "SY") == ["us-coalition"]
    assert ids(table, "The [A government] denied it.", "ML") == ["ml"]


def test_another_army_in_the_article(table: NameTable) -> None:
    assert ids(table, "[A Turkish troops] came. The [A army] fired.", "SY") == ["tr-forces", "tr-forces"]
    far = "[A Turkish troops] came. It rained. It rained. It rained. The [A army] fired."
    assert ids(table, far, "SY") == ["tr-forces", None]


def test_the_state_behind_a_mention(table: NameTable) -> None:
    assert ids(table, "The [A defence ministry] in Damascus and the [A army] in Helmand.", "TR") == [
        "sy-defence",
        "tr-forces",
    ]


def test_the_state_in_front_of_a_mention(table: NameTable) -> None:
    assert ids(table, "In Moscow, the [A foreign ministry] said so. In Idlib, the [A army] fired.", "SY") == [
        "ru-foreign",
        "sy-forces",
    ]


def test_markup_of_the_article_is_only_text(table: NameTable) -> None:
    assert ids(table, "The [A <script>alert(1)</script>] ((((( and [A (((] fell.") == [None, None]
