from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from annotation import snapshot, snapshot_writer
from annotation.snapshot import Row, SnapshotError
from annotation.snapshot_writer import Writer
from tests.annotation.malformed import DOCUMENT
from tolltrace import jsonlines
from tolltrace.documents import AnnotatedDocument, Document, Link, Span

COUNT, KILLED = Span(0, 3, "COUNT", id="c"), Span(18, 24, "KILLED", id="k")
ANNOTATED = AnnotatedDocument(DOCUMENT, (COUNT, KILLED), (Link(COUNT, "harm", KILLED),))
OTHER = AnnotatedDocument(Document("other", "Nobody was hurt.\u2028\r\n", {"outlet": "An-Nahar النهار"}))


def write(folder: Path, project: int = 1, tasks: int = 3) -> snapshot.Manifest:
    with Writer(folder, project, "Syria") as writer:
        for annotator, annotated, truth in (
            ("user-10", ANNOTATED, False),
            ("user-2", ANNOTATED, True),
            ("user-2", OTHER, False),
        ):
            writer.version(annotator, jsonlines.to_json(annotated), truth)
            writer.row(Row(annotated.id, 7, 8, annotator, "kept" if annotated.spans else "empty", ground_truth=truth))
        writer.row(
            Row("third", 9, 11, "user-2", "refused", "no harm", note="why \ud800?"), {"result": ["\ud800", 10**30]}
        )
        return writer.finish(tasks, "2026-12-01T00:00:00+00:00")


def content(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_was_written_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "annotated" / "syria"
    manifest = write(folder)
    assert snapshot.check(folder) == manifest == snapshot.read_manifest(folder)
    assert (manifest.project, manifest.title, manifest.tasks) == (1, "Syria", 3)
    assert manifest.states == dict.fromkeys(snapshot.STATES, 0) | {"kept": 2, "empty": 1, "refused": 1}
    assert snapshot.annotators(folder) == ("user-2", "user-10")
    versions = snapshot.read_versions(folder)
    assert versions == {"user-2": [ANNOTATED, OTHER], "user-10": [ANNOTATED]}
    assert versions["user-2"][1].document == OTHER.document
    assert list(snapshot.read_ground_truth(folder)) == [ANNOTATED]
    rows = list(snapshot.read_provenance(folder))
    assert [(row.document, row.annotator, row.state) for row in rows] == [
        ("six", "user-10", "kept"),
        ("six", "user-2", "kept"),
        ("other", "user-2", "empty"),
        ("third", "user-2", "refused"),
    ]
    assert rows[-1].note == "why \ud800?"
    (aside,) = snapshot.read_set_aside(folder)
    assert aside["raw"] == {"result": ["\ud800", 10**30]}
    assert (aside["task"], aside["annotator"], aside["reason"]) == (9, "user-2", "no harm")


def test_the_folder_holds_what_the_manifest_names_and_nothing_else(tmp_path: Path) -> None:
    manifest = write(tmp_path / "new")
    assert content(tmp_path / "new").keys() == {*manifest.files, snapshot.MANIFEST}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new"]


@pytest.mark.parametrize("stop", [RuntimeError, KeyboardInterrupt])
def test_a_pull_that_stops_leaves_the_older_snapshot_alone(tmp_path: Path, stop: type[BaseException]) -> None:
    folder = tmp_path / "syria"
    write(folder)
    before = content(folder)
    with pytest.raises(stop), Writer(folder, 1, "Syria") as writer:
        writer.version("user-3", jsonlines.to_json(OTHER))
        raise stop
    assert content(folder) == before
    assert [path.name for path in tmp_path.iterdir()] == ["syria"]


def test_a_pull_that_stops_leaves_nothing_where_nothing_was(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), Writer(tmp_path / "syria", 1, "Syria") as writer:
        writer.version("user-3", jsonlines.to_json(OTHER))
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_pull_left_is_cleared_away(tmp_path: Path) -> None:
    left = tmp_path / "syria.partial"
    (left / "annotators").mkdir(parents=True)
    (left / "annotators" / "user-99.jsonl").write_text("half a li")
    (left / "spool.sqlite").write_text("x")
    write(tmp_path / "syria")
    assert snapshot.annotators(tmp_path / "syria") == ("user-2", "user-10")
    snapshot.check(tmp_path / "syria")
    assert [path.name for path in tmp_path.iterdir()] == ["syria"]


def test_the_new_snapshot_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    folder = tmp_path / "syria"
    write(folder)
    with Writer(folder, 1, "Syria, renamed") as writer:
        writer.version("user-3", jsonlines.to_json(OTHER))
        writer.finish(1, "2026-12-02T00:00:00+00:00")
    assert snapshot.check(folder).title == "Syria, renamed"
    assert snapshot.read_versions(folder) == {"user-3": [OTHER]}
    assert [path.name for path in tmp_path.iterdir()] == ["syria"]


def test_a_pull_killed_between_its_last_two_steps_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "syria"
    write(folder)
    before = content(folder)
    rename = Path.rename

    def killed(path: Path, target: Path) -> Path:
        if path.name.endswith(".partial"):
            raise OSError("killed")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", killed)
    with pytest.raises(OSError, match="killed"):
        write(folder, tasks=99)
    monkeypatch.undo()
    assert content(tmp_path / "syria.old") == before
    with pytest.raises(RuntimeError), Writer(folder, 1, "Syria"):
        assert content(folder) == before  # it has its name again before anything else
        raise RuntimeError
    assert content(folder) == before
    assert write(folder, tasks=99).tasks == 99


def test_two_pulls_do_not_write_one_folder(tmp_path: Path) -> None:
    with Writer(tmp_path / "syria", 1, "Syria") as first:
        with pytest.raises(SnapshotError, match="another pull"), Writer(tmp_path / "syria", 1, "Syria"):
            pass
        first.version("user-3", jsonlines.to_json(OTHER))
        first.finish(1, "2026-12-02T00:00:00+00:00")
    assert snapshot.read_versions(tmp_path / "syria") == {"user-3": [OTHER]}


def test_another_projects_snapshot_is_not_replaced(tmp_path: Path) -> None:
    write(tmp_path / "syria", project=1)
    before = content(tmp_path / "syria")
    with pytest.raises(SnapshotError, match="snapshot of project 1, 'Syria'"):
        write(tmp_path / "syria", project=2)
    assert content(tmp_path / "syria") == before


@pytest.mark.parametrize("name", ["corpus.jsonl", "manifest.json"])
def test_a_folder_that_is_no_snapshot_is_not_replaced(tmp_path: Path, name: str) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / name).write_text("{}")
    with pytest.raises(SnapshotError, match="is no snapshot"):
        write(tmp_path / "data")
    assert content(tmp_path / "data") == {name: b"{}"}


def test_what_somebody_put_into_a_snapshot_is_not_removed_with_it(tmp_path: Path) -> None:
    write(tmp_path / "syria")
    (tmp_path / "syria" / "remarks.txt").write_text("mine")
    with pytest.raises(SnapshotError, match=r"remarks\.txt"):
        write(tmp_path / "syria")
    with pytest.raises(SnapshotError, match=r"remarks\.txt"):
        snapshot.check(tmp_path / "syria")
    assert (tmp_path / "syria" / "remarks.txt").read_text() == "mine"


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "syria").mkdir()
    write(tmp_path / "syria")
    snapshot.check(tmp_path / "syria")


@pytest.mark.parametrize(
    "name", ["annotators/user-2.jsonl", "ground_truth.jsonl", "provenance.jsonl", "set_aside.jsonl"]
)
def test_a_changed_file_is_found(tmp_path: Path, name: str) -> None:
    write(tmp_path / "syria")
    path = tmp_path / "syria" / name
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"six", b"sax").replace(b"third", b"thord"))
    with pytest.raises(SnapshotError, match=f"{name} was changed"):
        snapshot.check(tmp_path / "syria")
    path.unlink()
    with pytest.raises(SnapshotError, match=f"{name} cannot be read"):
        snapshot.check(tmp_path / "syria")
    path.write_bytes(whole)
    snapshot.check(tmp_path / "syria")


def test_a_folder_without_a_manifest_is_no_snapshot(tmp_path: Path) -> None:
    write(tmp_path / "syria")
    (tmp_path / "syria" / "manifest.json").unlink()
    with pytest.raises(SnapshotError, match="no snapshot"):
        snapshot.read_versions(tmp_path / "syria")


@pytest.mark.parametrize("change", [{"scheme": "of another day"}, {"files": None}, {"project": "one"}, {"states": []}])
def test_a_manifest_that_says_something_else_is_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    write(tmp_path / "syria")
    path = tmp_path / "syria" / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(SnapshotError, match="pull again"):
        snapshot.read_manifest(tmp_path / "syria")


def test_the_manifest_comes_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(path: Path) -> dict[str, Any]:
        assert not (path.parent / "manifest.json").exists()
        raise OSError("disk full")

    monkeypatch.setattr(snapshot_writer, "facts_of", fails)
    with pytest.raises(OSError, match="disk full"):
        write(tmp_path / "syria")
    assert list(tmp_path.iterdir()) == []
