"""Places of an article: variants, namesakes, areas, borders, roads, and what must stay unresolved."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tolltrace.documents import AnnotatedDocument, Document, Span
from tolltrace.resolving.gazetteer import Entry, Gazetteer
from tolltrace.resolving.gazetteer_build import write
from tolltrace.resolving.places import PlaceReading, resolve_places


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer.load()


def read(text: str, gazetteer: Gazetteer, **metadata: str) -> dict[str, PlaceReading | None]:
    """Readings by the words in square brackets; repeated words must read the same."""
    spans, plain = [], ""
    for part in re.split(r"(\[[^\]]*\])", text):
        words = part.strip("[]")
        if part.startswith("["):
            spans.append(Span(len(plain), len(plain) + len(words), "LOCATION"))
        plain += words
    document = AnnotatedDocument(Document("d", plain, metadata), tuple(spans))
    found = resolve_places(document, gazetteer)
    return {document.text_of(span): found.get(span) for span in document.spans}


def one(text: str, gazetteer: Gazetteer) -> PlaceReading:
    (reading,) = list(read(text, gazetteer).values())[:1]
    assert reading is not None
    return reading


@pytest.mark.parametrize("name", ["Hasaka", "Hasakeh", "al-Hasakah", "Al-Hasakah", "HASAKA", "Hassakeh"])
def test_hasaka(gazetteer: Gazetteer, name: str) -> None:
    town = one(f"In [{name}], Syria, two Syrian soldiers died.", gazetteer)
    assert (town.entry.kind, town.entry.country, town.precision) == ("place", "SY", "exact")
    province = one(f"In [{name} province], Syria, two Syrian soldiers died.", gazetteer)
    assert (province.entry.id, province.precision) == ("gn1:SY.01", "province")


@pytest.mark.parametrize(
    "name", ["Deir Ezzor", "Deir ez-Zor", "Deir al-Zour", "Deir al-Zor", "DEIR EZZOR", "Dayr az Zawr"]
)
def test_deir_ezzor(gazetteer: Gazetteer, name: str) -> None:
    assert one(f"A Syrian shell hit [{name}].", gazetteer).entry.kind == "place"
    assert one(f"A Syrian shell hit [{name} governorate].", gazetteer).entry.id == "gn1:SY.07"
    assert one(f"A Syrian shell hit the province of [{name}].", gazetteer).entry.id == "gn1:SY.07"


def test_namesakes_by_country(gazetteer: Gazetteer) -> None:
    assert one("In [Tripoli], Libyan militias fought. Libya's premier left.", gazetteer).entry.country == "LY"
    assert one("In [Tripoli], Lebanese soldiers fought. Lebanon's premier left.", gazetteer).entry.country == "LB"
    found = read("[Tripoli] was calm.", gazetteer, conflict="Israel and Lebanon")["Tripoli"]
    assert found is not None and found.entry.country == "LB" and found.runner_up is not None


def test_namesakes_by_the_province_beside(gazetteer: Gazetteer) -> None:
    raqqa = read("Syria: shells fell on [al-Mansoura] in [Raqqa province].", gazetteer)["al-Mansoura"]
    hama = read("Syria: shells fell on [al-Mansoura] in [Hama province].", gazetteer)["al-Mansoura"]
    assert raqqa is not None and hama is not None
    assert (raqqa.entry.province, hama.entry.province) == ("Raqqa", "Hama")
    assert raqqa.runner_up is not None and 0 < raqqa.margin < 1


def test_city_and_province_in_one_article(gazetteer: Gazetteer) -> None:
    found = read("Syria: [Aleppo province] burns; [Aleppo] does, [Aleppo city] does.", gazetteer)
    kinds = {words: reading.entry.kind for words, reading in found.items() if reading}
    assert kinds == {"Aleppo province": "province", "Aleppo": "place", "Aleppo city": "place"}


@pytest.mark.parametrize(
    ("words", "precision"),
    [
        ("west Mosul", "near"),
        ("Mosul countryside", "near"),
        ("outskirts of Mosul", "near"),
        ("Mosul-Erbil road", "near"),
        ("Ramadi airport", "near"),
        ("northern Iraq", "country"),
        ("Iraqi border", "country"),
        ("Iraqi territory", "country"),
        ("southern Nineveh province", "province"),
        ("Mosul", "exact"),
    ],
)
def test_precision(gazetteer: Gazetteer, words: str, precision: str) -> None:
    assert one(f"Iraq said that [{words}] was hit.", gazetteer).precision == precision


def test_regions(gazetteer: Gazetteer) -> None:
    assert one("Syria: [eastern Ghouta] was hit.", gazetteer).precision == "district"
    assert one("Ukraine: the [Donbas] was hit.", gazetteer).precision == "province"
    assert one("Troops left the [Sahel].", gazetteer).precision == "country"


def test_london_is_london(gazetteer: Gazetteer) -> None:
    reading = one("The monitor in [London] spoke of Syria.", gazetteer)
    assert (reading.entry.country, reading.precision) == ("GB", "exact")


@pytest.mark.parametrize(
    "words",
    [
        "Zarqumistan",
        "Imam Ali Hospital",
        "the Old City",
        "airport road",
        "Block 9",
        "Ahmad al-Jabouri",
        "hill",
        "السوق",
    ],
)
def test_what_is_not_known_is_not_guessed(gazetteer: Gazetteer, words: str) -> None:
    assert read(f"In Iraq, [{words}] was hit.", gazetteer) == {words: None}


def test_a_hamlet_of_another_country_is_not_taken(gazetteer: Gazetteer) -> None:
    assert read("Mali: [Hajin] was hit.", gazetteer) == {"Hajin": None}


def test_same_words_same_place(gazetteer: Gazetteer) -> None:
    text = "Syria: [Hajin] fell. Later [Baghouz] did. Then again [Hajin] was hit, 400 km from [Damascus]."
    document_readings = read(text, gazetteer)
    assert all(document_readings.values())


def test_a_users_gazetteer(tmp_path: Path) -> None:
    path = tmp_path / "mine.tsv"
    hill = Entry("my:1", "Zarqumistan", (), 10.0, 20.0, "place", "TD", "", "", 100, 0.0, (), "survey")
    land = Entry("my:2", "Chad", ("Chadian",), 15.0, 19.0, "country", "TD", "", "", 0, 600.0, (), "survey")
    write(path, [hill, land], "")
    reading = one("Chadian rebels took [Zarqumistan].", Gazetteer.load(path))
    assert reading.entry == hill and reading.runner_up is None and reading.margin > 0.5


def test_strange_texts_do_not_fail(gazetteer: Gazetteer) -> None:
    for words in ("A", "Al", "-", "'s", "and", "North of", "X-Y road", "/", "Syria's", "of Of", "Al-", "é"):
        read(f"Syria: [{words}] .", gazetteer)
