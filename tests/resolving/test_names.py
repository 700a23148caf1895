"""The table of parties and sources: its rows, its checks, and what a name stands for."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tolltrace.resolving.names import COLUMNS, NamesError, NameTable, is_abbreviation, key, load_names


@pytest.fixture(scope="module")
def table() -> NameTable:
    return load_names()


def write(folder: Path, *rows: str) -> Path:
    path = folder / "names.csv"
    path.write_text("\n".join([",".join(COLUMNS), *rows]) + "\n", encoding="utf-8")
    return path


ONE = "front,Front of X,FX,armed_group,,SY,War,,group,own knowledge"


def found(table: NameTable, text: str, *countries: str) -> str | None:
    row = table.find(text, countries)
    return row.id if row else None


def test_table_is_as_large_as_promised(table: NameTable) -> None:
    groups = [row for row in table.rows if row.party in ("armed_group", "militia", "gang", "coalition", "government")]
    everyday = [row for row in groups if "own knowledge" in row.origin]
    assert len(everyday) >= 400
    assert len({conflict for row in everyday for conflict in row.conflicts}) >= 30
    assert len([row for row in table.rows if row.source and not row.party]) >= 250
    assert {row.source for row in table.rows} >= {"monitor", "media", "official", "un", "ngo", "medical"}
    assert all(row.origin and row.name for row in table.rows)


def test_table_loads_fast() -> None:
    key.cache_clear()
    began = time.process_time()
    load_names()
    assert time.process_time() - began < 1.0  # 0.15 s on a free core; the bound allows for a busy one


@pytest.mark.parametrize(
    "text",
    [
        "Daesh",
        "DAESH",
        "ISIS",
        "Isis",
        "ISIL",
        "IS",
        "EI",
        "Islamic State",
        "the Islamic State group",
        "Islamic State's",
    ],
)
def test_islamic_state_is_one_body(table: NameTable, text: str) -> None:
    assert found(table, text, "SY") == found(table, text) == "islamic-state"


def test_case_matters_for_abbreviations(table: NameTable) -> None:
    assert found(table, "is") is None
    assert found(table, "who") is None
    assert found(table, "WHO") == "who"
    assert found(table, "U.N.") == found(table, "United Nations") == "un"
    assert found(table, "guardian") is None
    assert found(table, "Guardian") == "guardian"


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("al-Shabaab", "Al Shabaab"),
        ("Hay'at Tahrir al-Sham", "Hayat Tahrir al-Sham"),
        ("Lions’ Den", "Lions' Den"),
        ("Popular Mobilization Forces", "Popular Mobilisation Forces"),
        ("US Department of Defense", "us department of defence"),
        ("U.S.-led coalition", "US-led coalition"),
        ("Rassemblement Démocratique", "RASSEMBLEMENT DEMOCRATIQUE"),
    ],
)
def test_spellings_share_a_key(text: str, other: str) -> None:
    assert key(text) == key(other)


@given(st.text(max_size=40))
def test_key_is_idempotent(text: str) -> None:
    assert key(key(text)) == key(text)


@given(st.text(alphabet="SDFabé ’'.-İßﬁ²ǅ", max_size=20))
def test_key_ignores_case(text: str) -> None:
    assert key(text) == key(key(text).upper())


def test_country_decides_between_two_bodies(table: NameTable) -> None:
    assert found(table, "Taliban", "AF") == "taliban"
    assert found(table, "Taliban", "PK", "AF") == "ttp"
    assert found(table, "Taliban") is None
    assert found(table, "SNA", "SO") == "so-forces"
    assert found(table, "SNA", "SY") == "sna"
    assert found(table, "AFP") == "afp-news"
    assert found(table, "AFP", "PH") == "ph-forces"
    assert found(table, "UN mission", "ML") == "minusma"
    assert found(table, "UN mission", "SS") == "unmiss"
    assert found(table, "Red Crescent", "LY") == "libyan-rc"


def test_lineage_leads_to_the_state(table: NameTable) -> None:
    row = table.find("Golden Division", ["IQ"])
    assert row is not None
    assert [body.id for body in table.lineage(row)] == ["ctc-iq", "iq-forces", "iq"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Syrian Observatry for Human Rights", "sohr"),
        ("Moro Islamic Liberatoin Front", "milf"),
        ("Rapid Suport Forces", "rsf"),
        ("Hezbolah", "hezbollah"),
        ("Hesbola", None),
        ("HTZ", None),
        ("Northern Front", None),
        ("Ministry of Transport", None),
        ("34th Light Infantry Division", None),
        ("National Salvation Army", None),
    ],
)
def test_likeness_forgives_slips_only(table: NameTable, text: str, expected: str | None) -> None:
    row = table.find_like(text, ["SY", "SD", "PH"])
    assert (row.id if row else None) == expected


def test_likeness_keeps_apart_bodies_that_differ_in_a_word_that_means_something(tmp_path: Path) -> None:
    table = load_names(
        write(
            tmp_path,
            "a,Northern Liberation Brigade,,armed_group,,,W,,,own",
            "b,Southern Defence Brigade,,armed_group,,,W,,,own",
            "c,1st Storm Brigade,,armed_group,,,W,,,own",
        )
    )
    assert table.find_like("Nothern Liberation Brigade") is table.by_id["a"]
    assert table.find_like("Southern Liberation Brigade") is None
    assert table.find_like("2nd Storm Brigade") is None


def test_two_rows_that_countries_cannot_tell_apart_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path, ONE, "other,Force Y,fx,militia,,SY|IQ,War,,group,own knowledge")
    with pytest.raises(NamesError) as error:
        load_names(path)
    assert f"{path}:3" in str(error.value)
    assert f"{path}:2" in str(error.value)
    assert "'fx'" in str(error.value)


def test_two_rows_of_different_countries_are_allowed(tmp_path: Path) -> None:
    table = load_names(write(tmp_path, ONE, "other,Force Y,FX,militia,,IQ,War,,group,own knowledge").parent)
    assert found(table, "FX", "IQ") == "other"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("Bad Id,X,,militia,,,,,,own", "id 'Bad Id'"),
        ("x,X,,army,,,,,,own", "party 'army'"),
        ("x,X,,,press,,,,,own", "source 'press'"),
        ("x,X,,,,,,,,own", "neither party nor source"),
        ("x,X,a||b,militia,,,,,,own", "'|' too many"),
        ("x,X,,militia,,Syria,,,,own", "country 'Syria'"),
        ("x,X,,militia,,,,,,", "from is empty"),
        ("x,X,,militia,,,,nobody,,own", "parent 'nobody'"),
        ("x,X,,militia,,,,x,,own", "its own parent"),
        ("front,X,,militia,,,,,,own", "in line 2 already"),
        ("x,X,militia", "3 cells"),
    ],
)
def test_wrong_rows_are_refused_with_their_line(tmp_path: Path, row: str, words: str) -> None:
    path = write(tmp_path, ONE, row)
    with pytest.raises(NamesError) as error:
        load_names(path)
    assert f"{path}:3: " in str(error.value)
    assert words in str(error.value)


def test_wrong_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NamesError, match="cannot be read"):
        load_names(tmp_path / "nowhere.csv")
    path = tmp_path / "names.csv"
    path.write_text("id,name\n", encoding="utf-8")
    with pytest.raises(NamesError, match="must name the columns"):
        load_names(path)
    path.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(NamesError, match="UTF-8"):
        load_names(path)


def test_abbreviations() -> None:
    assert all(is_abbreviation(text) for text in ("IS", "PKK", "YPG/PKK", "M23", "PDFs"))
    assert not any(is_abbreviation(text) for text in ("Isis", "Fano", "is", "U", "SDF fighters"))
