"""CSV that is safe in a spreadsheet, and Parquet that gives back what went in."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.writing.small_events import CLAIMS, CROSSING, EVENTS, FORMULA, NOWHERE, TALLIES
from tolltrace.events.event import NOT_VERIFIED
from tolltrace.writing import rows
from tolltrace.writing.event_rows import EVENT_COLUMNS, event_row, range_words
from tolltrace.writing.tabular import (
    write_claims_parquet,
    write_events_csv,
    write_events_parquet,
    write_tallies_csv,
    write_tallies_parquet,
)


def read_csv(path: Path) -> list[dict[str, str]]:
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_an_event_is_a_line(tmp_path: Path) -> None:
    write_events_csv(tmp_path / "events.csv", EVENTS)
    crossing, road, nowhere = read_csv(tmp_path / "events.csv")
    assert crossing["event"] == "event-1"
    assert (crossing["first_day"], crossing["date_precision"]) == ("2031-05-01", "day")
    assert (crossing["place"], crossing["lat"], crossing["lon"]) == ("Tall Aswad", "35.25", "40.5")
    assert [crossing[f"killed_all_{edge}"] for edge in ("low", "high", "open")] == ["23", "23", "True"]
    assert [crossing[f"killed_children_{edge}"] for edge in ("low", "high", "open")] == ["5", "5", "False"]
    assert crossing["injured_all_low"] == "24"
    assert crossing["killed_men_low"] == crossing["detained_all_low"] == ""
    assert crossing["origin_names"] == "Observer Group; Daily Lamp (as written)"
    assert (crossing["origins"], crossing["stories"], crossing["claims"]) == ("2", "2", "4")
    assert crossing["blamed"] == "Valley Army (suspected, by the article)"
    assert crossing["denials"] == "Valley Army (as written): “The Valley Army denied it.”"
    assert crossing["possibly_same_as"] == "event-2"
    assert [line["status"] for line in (crossing, road, nowhere)] == ["machine", "reviewed", "machine"]
    assert {line["note"] for line in (crossing, road, nowhere)} == {NOT_VERIFIED}
    assert (road["place"], road["place_precision"], road["place_uncertain"]) == ("Wadi", "province", "True")
    assert (nowhere["place"], nowhere["lat"], nowhere["located_by"], nowhere["first_day"]) == ("Umm Khafi", "", "", "")


def test_a_place_without_coordinates_is_located_by_the_next() -> None:
    event = replace(CROSSING, places=(NOWHERE.places[0], *CROSSING.places))
    row = dict(zip(EVENT_COLUMNS, event_row(event), strict=True))
    assert (row["place"], row["located_by"], row["lat"], row["other_places"]) == (
        "Umm Khafi",
        "Tall Aswad",
        35.25,
        "Tall Aswad",
    )
    assert (row["province"], row["country"]) == ("Wadi", "SY")


def test_ranges_in_words() -> None:
    assert [range_words(part) for part in CROSSING.ranges] == [
        "killed, all: 23+ (1 origin)",
        "killed, children: 5 (1 origin)",
        "injured, all: 24+ (1 origin)",
    ]
    wide = replace(CROSSING.ranges[0], high=30, origins=2, floor=True)
    assert range_words(wide) == "killed, all: 23–30+ (2 origins, not fewer than a part of them)"
    assert range_words(replace(wide, victims="officials", open=False)).startswith("killed, “officials”: 23–30 (")


def test_a_tally_has_a_line_for_each_point(tmp_path: Path) -> None:
    write_tallies_csv(tmp_path / "tallies.csv", TALLIES)
    lines = read_csv(tmp_path / "tallies.csv")
    assert [(line["day"], line["min"], line["max"]) for line in lines] == [
        ("2031-05-02", "1900", "1900"),
        ("2031-05-03", "2000", ""),
    ]
    assert {line["tally"] for line in lines} == {"tally-1"}


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]) | st.sampled_from("=+-@\t\r＝"), max_size=20))
def test_no_text_of_an_event_is_a_formula(text: str) -> None:
    event = replace(CROSSING, title=text, contested=(text,), places=(replace(CROSSING.places[0], name=text),))
    for cell in event_row(event):
        assert not str(cell if isinstance(cell, str) else "").startswith(("=", "+", "-", "@", "\t", "\r", "＝"))


def test_a_claim_has_its_resolved_columns() -> None:
    first, denied, unknown = (dict(zip(rows.COLUMNS, rows.row(CLAIMS[i]), strict=True)) for i in (0, 2, 5))
    assert (first["places"], first["place"], first["province"], first["country"]) == (
        "Tell Aswad",
        "Tall Aswad",
        "Wadi",
        "SY",
    )
    assert (first["lat"], first["lon"], first["place_precision"], first["place_margin"]) == (35.25, 40.5, "exact", 0.4)
    assert first["first_day"] == first["last_day"] == date(2031, 5, 1)
    assert (first["article_day"], first["source_names"]) == (date(2031, 5, 2), "Observer Group")
    assert first["responsible_names"] == "Valley Army (suspected)"
    assert denied["responsible_names"] == "Valley Army (as written) (denies)"
    assert unknown["place_names"] == "Umm Khafi (as written)"
    assert unknown["first_day"] is None
    assert first["title"] == "'" + FORMULA
    assert (first["status"], first["note"]) == ("machine", NOT_VERIFIED)


def test_the_finest_place_of_a_claim_is_not_one_that_holds_another() -> None:
    place = CLAIMS[0].places[0]
    wider = replace(place, name="Wadi", precision="province", wider=True, start=0)
    assert rows.finest_place(replace(CLAIMS[0], places=(wider, place))) == place
    assert rows.finest_place(replace(CLAIMS[0], places=())) is None


def test_claims_come_back_from_parquet(tmp_path: Path) -> None:
    claims = [replace(CLAIMS[0], status="reviewed"), *CLAIMS[1:]]
    write_claims_parquet(tmp_path / "claims.parquet", claims)
    table = pq.read_table(tmp_path / "claims.parquet")
    for claim, read in zip(claims, table.to_pylist(), strict=True):
        assert read.pop("note") == NOT_VERIFIED
        assert json.loads(json.dumps(read, default=date.isoformat)) == claim.to_json()
    assert table.column("status").to_pylist() == ["reviewed"] + ["machine"] * (len(CLAIMS) - 1)
    assert table.column("date")[0].as_py()["first_day"] == date(2031, 5, 1)
    assert table.schema.metadata[b"note"] == NOT_VERIFIED.encode()
    assert b"sentence" in table.schema.metadata[b"description"]


def test_events_and_tallies_come_back_from_parquet(tmp_path: Path) -> None:
    write_events_parquet(tmp_path / "events.parquet", EVENTS)
    write_tallies_parquet(tmp_path / "tallies.parquet", TALLIES)
    table = pq.read_table(tmp_path / "events.parquet")
    read = table.to_pylist()
    assert read[0]["figures"][0]["moment"] == datetime(2031, 5, 2, 9, tzinfo=UTC)
    assert json.loads(json.dumps(read, default=lambda day: day.isoformat())) == [event.to_json() for event in EVENTS]
    series = pq.read_table(tmp_path / "tallies.parquet").to_pylist()
    assert json.loads(json.dumps(series, default=date.isoformat)) == [tally.to_json() for tally in TALLIES]


def test_the_types_are_the_same_without_data(tmp_path: Path) -> None:
    for number, claims in enumerate(([], CLAIMS)):
        write_claims_parquet(tmp_path / f"claims-{number}.parquet", claims)
        write_events_parquet(tmp_path / f"events-{number}.parquet", EVENTS if claims else [])
        write_tallies_parquet(tmp_path / f"tallies-{number}.parquet", TALLIES if claims else [])
    for name in ("claims", "events", "tallies"):
        empty, full = (pq.read_schema(tmp_path / f"{name}-{number}.parquet") for number in (0, 1))
        assert empty.equals(full, check_metadata=True)
    events = pq.read_schema(tmp_path / "events-0.parquet")
    assert events.field("first_day").type == pa.date32()
    assert events.field("id").nullable is False
    places = events.field("places").type.value_type
    assert (places.field("lat").type, places.field("wider").type) == (pa.float64(), pa.bool_())
    claims_schema = pq.read_schema(tmp_path / "claims-0.parquet")
    assert claims_schema.field("harm").type.value_type == pa.string()
    assert claims_schema.field("evidence").type.field("start").type == pa.int64()
    assert claims_schema.field("document").type.field("day").type == pa.date32()
    assert pq.read_table(tmp_path / "claims-0.parquet").num_rows == 0


def test_a_lone_surrogate_stops_nothing(tmp_path: Path) -> None:
    broken = replace(CROSSING, title="a \ud800 b")
    write_events_parquet(tmp_path / "events.parquet", [broken])
    assert pq.read_table(tmp_path / "events.parquet").column("title").to_pylist() == ["a ? b"]
    write_events_csv(tmp_path / "events.csv", [broken])
    assert read_csv(tmp_path / "events.csv")[0]["title"] == "a  b"


def test_an_empty_day_is_none(tmp_path: Path) -> None:
    write_events_parquet(tmp_path / "events.parquet", [replace(CROSSING, first_day="")])
    assert pq.read_table(tmp_path / "events.parquet").column("first_day").to_pylist() == [None]


def test_nothing_is_left_of_a_file_that_fails(tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    path.write_text("before", encoding="utf-8")
    with pytest.raises(ValueError, match="'yesterday' is no calendar day"):
        write_events_csv(path, [CROSSING, replace(CROSSING, first_day="yesterday")])
    assert [(p.name, p.read_text(encoding="utf-8")) for p in tmp_path.iterdir()] == [("events.csv", "before")]
