"""The DuckDB file: tables with their types, views that answer, comments everywhere, text that stays text."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.writing.small_events import CLAIMS, CROSSING, DOCUMENTS, EVENTS, FORMULA, TALLIES, TEXTS
from tolltrace.documents import AnnotatedDocument, Document
from tolltrace.writing.database import write_database
from tolltrace.writing.database_tables import TABLES, tables
from tolltrace.writing.database_views import VIEWS

duckdb = pytest.importorskip("duckdb")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    quiet = AnnotatedDocument(Document("four", "Quiet.", {"outlet": " "}))
    path = tmp_path_factory.mktemp("database") / "tolltrace.duckdb"
    write_database(path, EVENTS, TALLIES, CLAIMS, [*DOCUMENTS, quiet])
    return path


def ask(path: Path, question: str) -> list[dict[str, Any]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        answer = connection.execute(question)
        names = [column[0] for column in answer.description]
        return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def test_the_file_stands_alone(path: Path) -> None:
    assert [file.name for file in path.parent.iterdir()] == ["tolltrace.duckdb"]


def test_rows_and_types(path: Path) -> None:
    counts = {name: ask(path, f"SELECT count(*) AS n FROM {name}")[0]["n"] for name in TABLES}  # noqa: S608
    assert counts == {
        "documents": 4,
        "claims": 7,
        "events": 3,
        "figures": 6,
        "places": 3,
        "blamed": 1,
        "denials": 1,
        "tallies": 1,
        "tally_points": 2,
    }
    types = {
        f"{row['table_name']}.{row['column_name']}": row["data_type"]
        for row in ask(path, "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal")
    }
    assert types["events.first_day"] == types["documents.day"] == types["tallies.start"] == "DATE"
    assert types["figures.min"] == types["places.position"] == "BIGINT"
    assert types["figures.moment"] == "TIMESTAMP WITH TIME ZONE"
    assert types["places.lat"] == "DOUBLE"
    assert types["claims.harm"] == "VARCHAR[]"
    assert types["claims.count"].startswith("STRUCT(")
    assert types["figures.origins"].startswith("STRUCT(")


def test_everything_has_a_comment(path: Path) -> None:
    columns = ask(path, "SELECT table_name, column_name, comment FROM duckdb_columns() WHERE NOT internal")
    assert {row["table_name"] for row in columns} == {*TABLES, *VIEWS}
    assert [row for row in columns if not row["comment"]] == []
    for table in ask(path, "SELECT table_name AS name, comment FROM duckdb_tables() WHERE NOT internal"):
        assert table["comment"].startswith(TABLES[table["name"]].comment)
    for view in ask(path, "SELECT view_name AS name, comment FROM duckdb_views() WHERE NOT internal"):
        assert "machine-read claims, not verified" in view["comment"]


def test_comments_stand_in_the_order_of_the_columns(path: Path) -> None:
    for name, table in tables(EVENTS, TALLIES, CLAIMS, DOCUMENTS).items():
        assert table.schema.names == list(TABLES[name].columns)
    for name, view in VIEWS.items():
        described = ask(path, f"DESCRIBE {name}")
        assert [row["column_name"] for row in described] == list(view.columns)


def test_every_view_answers_without_data(tmp_path: Path) -> None:
    write_database(tmp_path / "empty.duckdb", [], [], [], [])
    for name in VIEWS:
        assert ask(tmp_path / "empty.duckdb", f"SELECT * FROM {name}") == []  # noqa: S608


def test_status_stands_wherever_the_machine_read(path: Path) -> None:
    for name in TABLES.keys() - {"documents"}:
        assert "status" in TABLES[name].columns
    for name, view in VIEWS.items():
        assert {"status", "reviewed"} & view.columns.keys(), name
    assert ask(path, "SELECT DISTINCT event FROM places WHERE status = 'reviewed'") == [{"event": "event-2"}]


def test_figures_by_source(path: Path) -> None:
    rows = ask(path, "SELECT * FROM figures_by_source WHERE source = 'Observer Group' AND victim_group = 'all'")
    assert [(row["words"], row["state"], row["replaced_by"]) for row in rows] == [
        ("14", "replaced", "two#0"),
        ("At least 23", "current", None),
    ]
    assert rows[0]["first_day"] == date(2031, 5, 1)
    assert rows[0]["source_kind"] == "monitor"


def test_events_by_day_and_province(path: Path) -> None:
    days = ask(path, "SELECT first_day, events, reviewed, ids FROM events_by_day")
    assert days[0] == {"first_day": date(2031, 4, 28), "events": 1, "reviewed": 1, "ids": ["event-2"]}
    assert sum(row["events"] for row in days) == 3
    provinces = ask(path, "SELECT country, province, events, reviewed, ids FROM events_by_province")
    assert provinces == [
        {"country": "SY", "province": "Wadi", "events": 2, "reviewed": 1, "ids": ["event-1", "event-2"]},
        {"country": None, "province": None, "events": 1, "reviewed": 0, "ids": ["event-3"]},
    ]


def test_an_event_with_a_wider_place_stands_under_its_province_once(tmp_path: Path) -> None:
    country = replace(CROSSING.places[0], name="Syria", id="x:9", province=None, precision="country", wider=True)
    placeless = replace(CROSSING, id="event-4", places=())
    event = replace(CROSSING, places=(*CROSSING.places, country))
    write_database(tmp_path / "wider.duckdb", [event, placeless], [], [], [])
    rows = ask(tmp_path / "wider.duckdb", "SELECT country, province, ids FROM events_by_province")
    assert rows == [
        {"country": "SY", "province": "Wadi", "ids": ["event-1"]},
        {"country": None, "province": None, "ids": ["event-4"]},
    ]


def test_contested_events_and_killed_ranges(path: Path) -> None:
    assert [row["event"] for row in ask(path, "SELECT * FROM contested_events")] == ["event-1"]
    ranges = ask(path, "SELECT event, victim_group, low, high, open FROM killed_ranges WHERE event = 'event-1'")
    assert ranges == [
        {"event": "event-1", "victim_group": "all", "low": 23, "high": 23, "open": True},
        {"event": "event-1", "victim_group": "children", "low": 5, "high": 5, "open": False},
    ]


def test_claims_with_evidence(path: Path) -> None:
    rows = {row["claim"]: row for row in ask(path, "SELECT * FROM claims_with_evidence")}
    assert len(rows) == len(CLAIMS)
    assert rows["one#41"]["event"] == "event-1"
    assert rows["one#41"]["sentence"] == TEXTS["one"]
    assert (rows["one#41"]["words"], rows["one#41"]["min"], rows["one#41"]["victims"]) == ("five", 5, "children")


def test_tally_series(path: Path) -> None:
    rows = ask(path, "SELECT day, min, max, source FROM tally_series")
    assert [(row["day"], row["min"], row["max"]) for row in rows] == [
        (date(2031, 5, 2), 1900, 1900),
        (date(2031, 5, 3), 2000, None),
    ]
    assert rows[0]["source"] == "Observer Group"


def test_text_stays_text(path: Path) -> None:
    assert ask(path, "SELECT title FROM documents WHERE id = 'one'") == [{"title": FORMULA}]
    assert ask(path, "SELECT outlet, text FROM documents WHERE id = 'four'") == [{"outlet": None, "text": "Quiet."}]


def test_an_earlier_file_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "tolltrace.duckdb"
    write_database(path, EVENTS, TALLIES, CLAIMS, DOCUMENTS)
    (tmp_path / "tolltrace.duckdb.partial").write_text("left by a run that was stopped", encoding="utf-8")
    write_database(path, [CROSSING], [], [], [])
    assert ask(path, "SELECT id FROM events") == [{"id": "event-1"}]
    assert list(tmp_path.iterdir()) == [path]
