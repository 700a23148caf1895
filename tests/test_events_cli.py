"""``reconcile`` and ``explain`` on a run's folder, with annotations made by hand."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tolltrace import jsonlines
from tolltrace.cli import app
from tolltrace.events.review import COLUMNS
from tolltrace.writing.outputs import FORMATS

FILES = {
    "claims.csv", "claims.jsonl", "claims.parquet", "documents.jsonl", "events.csv", "events.geojson", "events.html",
    "events.jsonl", "events.parquet", "events_ged.csv", "tallies.csv", "tallies.jsonl", "tallies.parquet",
    "tolltrace.duckdb",
}  # fmt: skip


def run(*arguments: str | Path) -> Any:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def flat(result: Any) -> str:
    """A result's output without the frame and line ends of the terminal."""
    return " ".join(result.output.replace("│", " ").split())


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def folder(root: Path, tmp_path: Path) -> Path:
    """A run's folder with the articles of one event set as their annotators left them."""
    articles = [
        a for a in jsonlines.read(root / "data/events/articles.jsonl") if a.document.metadata["set"] == "ev1-05"
    ]
    jsonlines.write(tmp_path / "documents.jsonl", articles)
    return tmp_path


def test_reconcile_writes_every_file_and_explain_gives_reasons(folder: Path) -> None:
    result = run("reconcile", folder)
    assert result.exit_code == 0, result.output
    assert {path.name for path in folder.iterdir()} == FILES
    events = lines(folder / "events.jsonl")
    largest = max(events, key=lambda event: len(event["figures"]))
    assert largest["stories"] > 1 and "events, " in result.output
    explained = run("explain", largest["id"], "--results", folder)
    assert explained.exit_code == 0 and "Joined because" in explained.output and "both in" in explained.output
    assert all(
        value["status"] == "machine"
        for name in ("events", "claims", "tallies")
        for value in lines(folder / f"{name}.jsonl")
    )


def test_one_format_or_none(folder: Path) -> None:
    run("reconcile", folder, "--format", "geojson,csv")
    assert {path.name for path in folder.iterdir()} == {
        "claims.csv", "claims.jsonl", "documents.jsonl", "events.csv", "events.geojson", "tallies.csv",
    }  # fmt: skip
    assert len(FORMATS) == 7


def test_decisions_are_applied_again_and_again(folder: Path) -> None:
    run("reconcile", folder, "--format", "jsonl")
    before = lines(folder / "events.jsonl")
    claim = before[0]["figures"][0]["claim"]
    with open(folder / "review.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerow(["accept", before[0]["id"], "", "", "Ada", "2026-11-30", "two sources", ""])
        writer.writerow(["correct", claim, "min", "1", "Ada", "2026-11-30", "a slip", ""])
        writer.writerow(["reject", "event-none", "", "", "Ada", "2026-11-30", "not ours", ""])
    for _ in range(2):
        result = run("reconcile", folder, "--format", "jsonl")
        assert "2 of 3 decisions applied" in result.output and "line 4: reject no longer fits" in result.output
        after = {event["id"]: event for event in lines(folder / "events.jsonl")}
        assert set(after) == {event["id"] for event in before}
        assert after[before[0]["id"]]["status"] == "reviewed"
        assert {value["id"]: value["status"] for value in lines(folder / "claims.jsonl")}[claim] == "reviewed"
        (unfit,) = lines(folder / "review_unfit.jsonl")
        assert unfit["why"] == "there is no event event-none"


def test_several_runs_need_a_folder_and_agree_on_ids(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    jsonlines.write(other / "documents.jsonl", list(jsonlines.read(folder / "documents.jsonl"))[:1])
    assert run("reconcile", folder, other).exit_code == 2
    together = tmp_path / "together"
    assert run("reconcile", folder, other, "--out", together, "--format", "jsonl").exit_code == 0
    assert len(lines(together / "documents.jsonl")) == 6
    changed = (other / "documents.jsonl").read_text(encoding="utf-8").replace("Sinjar", "Sinjaz")
    (other / "documents.jsonl").write_text(changed, encoding="utf-8")
    result = run("reconcile", folder, other, "--out", together)
    assert result.exit_code == 2 and "different texts" in flat(result)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--format", "pdf"], "'pdf' is none of jsonl"),
        (["--vague", "mine"], "'mine' is no convention"),
        (["--names", "NOWHERE"], "cannot be read"),
        (["--places", "NOWHERE"], "cannot be read"),
        (["--review", "NOWHERE"], "No such file"),
    ],
)
def test_what_cannot_be_used_is_named(folder: Path, arguments: list[str], message: str) -> None:
    result = run("reconcile", folder, *arguments)
    assert result.exit_code == 2
    assert message in flat(result)


def test_an_analysts_own_names_and_places(folder: Path, root: Path, tmp_path: Path) -> None:
    table = (root / "data/gazetteers/names.csv").read_text(encoding="utf-8")
    names = tmp_path / "names.csv"
    names.write_text(table.replace("Counter-Terrorism Group", "Other Group"), encoding="utf-8")
    assert run("reconcile", folder, "--names", names, "--format", "jsonl").exit_code == 0
    places = tmp_path / "places.tsv"
    header = (
        "id\tname\talternates\tlat\tlon\tkind\tcountry\tprovince\tdistrict\tpopulation\tradius_km\tparts\tsource\tkeys"
    )
    run("reconcile", folder, "--format", "jsonl")
    (sinjar,) = {p["id"] for e in lines(folder / "events.jsonl") for p in e["places"] if p["name"] == "Sinjār"}
    row = f"{sinjar}\tSinjar\tShingal|Shengal\t36.5\t41.5\tplace\tIQ\tNineveh\t\t30000\t\t\tmine\t"
    places.write_text(f"{header}\n{row}\n", encoding="utf-8")
    assert run("reconcile", folder, "--places", places, "--format", "jsonl").exit_code == 0
    assert 36.5 in {place["lat"] for event in lines(folder / "events.jsonl") for place in event["places"]}


def test_an_unknown_event_is_named(folder: Path) -> None:
    run("reconcile", folder, "--format", "jsonl")
    result = run("explain", "event-none", "--results", folder)
    assert result.exit_code == 2 and "holds no event event-none" in result.output
