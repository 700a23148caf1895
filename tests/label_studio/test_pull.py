"""Pulling from the real server: states, malformed annotations, and a server that goes away or changes meanwhile."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from collections.abc import Iterable, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from rich.console import Console

from annotation import labelling_config, pull, snapshot
from annotation.label_studio import server as servers
from annotation.label_studio.export import TITLE, Export, _objects
from annotation.label_studio.regions import to_result
from annotation.label_studio.server import Server, User
from annotation.label_studio.studio import KEY, URL, Project, Studio, StudioError, connect
from annotation.label_studio.tasks import to_data
from annotation.snapshot import Row
from tests.annotation.malformed import DOCUMENT, MALFORMED, WORDS, count, good
from tests.label_studio.conftest import ALICE, BOB, CAROL, OWNER
from tolltrace.documents import AnnotatedDocument, Document, Link, Span

pytestmark = pytest.mark.label_studio
Found = dict[str, list[Row]]


def studio_of(server: Server, user: User = OWNER) -> Studio:
    return connect(server.url, user.token)


def number_of(server: Server, user: User) -> str:
    return f"user-{studio_of(server, user).me()['id']}"


def new_project(studio: Studio) -> Project:
    return studio.create(f"pull {uuid.uuid4()}", labelling_config.build())


def put(studio: Studio, project: Project, rows: Sequence[dict[str, Any]]) -> list[int]:
    """Import tasks; returns their ids, in order."""
    answer = studio.post("import", f"/api/projects/{project.id}/import?return_task_ids=true", list(rows))
    return sorted(answer["task_ids"])


def documents(number: int) -> list[Document]:
    return [Document(f"d{i}", f"{WORDS} {i}") for i in range(number)]


def annotate(studio: Studio, task: int, result: Any, **facts: Any) -> int:
    return int(studio.post("annotate", f"/api/tasks/{task}/annotations/", {"result": result, **facts})["id"])


def rows_of(folder: Path) -> Found:
    found: Found = {}
    for row in snapshot.read_provenance(folder):
        found.setdefault(row.document or "", []).append(row)
    return found


def states(rows: Iterable[Row]) -> list[str]:
    return [row.state for row in rows]


def test_every_state_is_told_apart(label_studio: Server, tmp_path: Path) -> None:
    owner, alice, bob = (studio_of(label_studio, user) for user in (OWNER, ALICE, BOB))
    a, b = number_of(label_studio, ALICE), number_of(label_studio, BOB)
    project = new_project(owner)
    names = ("kept", "empty", "skipped", "draft", "stale", "twice", "truth", "refused", "untouched", "noted", "twin")
    texts = [Document(name, WORDS, {"outlet": "النهار"}) for name in (*names, "twin")]
    ids = dict(zip((*names, "twin 2"), put(owner, project, [{"data": to_data(d)} for d in texts]), strict=True))
    annotate(alice, ids["kept"], good(), lead_time=61.5)
    annotate(bob, ids["kept"], good()[1:3])
    annotate(alice, ids["empty"], [])
    annotate(alice, ids["skipped"], good(), was_cancelled=True)
    alice.post("draft", f"/api/tasks/{ids['draft']}/drafts", {"result": good()})
    bob.post("draft", f"/api/tasks/{ids['draft']}/drafts", {"result": good()[:1]})
    annotate(alice, ids["stale"], good())
    data = to_data(Document("stale", WORDS)) | {"text": f"Seven{WORDS[3:]}"}
    owner.call("change", lambda: owner.sdk.tasks.update(id=str(ids["stale"]), data=data))
    older = annotate(alice, ids["twice"], [])
    newer = annotate(alice, ids["twice"], good())
    annotate(alice, ids["truth"], good(), ground_truth=True)
    refused = annotate(bob, ids["refused"], [count()])
    note = {"id": "n", "type": "textarea", "from_name": "note", "to_name": "text", "value": {"text": ["sure?\x1b[31m"]}}
    annotate(alice, ids["noted"], [*good(), note])
    annotate(alice, ids["twin"], good())
    annotate(alice, ids["twin 2"], [])

    pulled = pull.pull(owner, project, tmp_path / "out", part=4)

    found = rows_of(tmp_path / "out")
    assert snapshot.check(tmp_path / "out") == pulled.manifest
    assert {name: states(rows) for name, rows in found.items()} == {
        "kept": ["kept", "kept"],
        "empty": ["empty"],
        "skipped": ["skipped"],
        "draft": ["draft", "draft"],
        "stale": ["stale"],
        "twice": ["superseded", "kept"],
        "truth": ["kept"],
        "refused": ["refused"],
        "noted": ["kept"],
        "twin": ["superseded", "empty"],
    }
    assert pulled.manifest.tasks == 12
    assert pulled.manifest.states == {
        "kept": 5, "empty": 2, "skipped": 1, "draft": 2, "stale": 1, "superseded": 2, "refused": 1,
    }  # fmt: skip
    assert [row.annotator for row in found["kept"]] == [a, b]
    assert sorted(row.annotator for row in found["draft"]) == sorted([a, b])
    assert found["kept"][0].lead_time == 61.5
    assert found["kept"][0].created
    assert [row.annotation for row in found["twice"]] == [older, newer]
    assert found["noted"][0].note == "sure?\x1b[31m"
    assert found["truth"][0].ground_truth
    versions = snapshot.read_versions(tmp_path / "out")
    assert {name: [d.id for d in held] for name, held in versions.items()} == {
        a: ["kept", "empty", "twice", "truth", "noted", "twin"],
        b: ["kept"],
    }
    assert versions[a][0].document == texts[0]
    assert [d.id for d in snapshot.read_ground_truth(tmp_path / "out")] == ["truth"]
    aside = {row["document"]: row for row in snapshot.read_set_aside(tmp_path / "out")}
    assert aside["skipped"]["raw"]["result"] == good()
    assert aside["refused"]["annotation"] == refused

    screen = StringIO()
    pull.report(pulled, label_studio.url, Console(file=screen, width=120, force_terminal=True))
    told = screen.getvalue()
    for needed in (f"{label_studio.url}/projects/{project.id}/data?task={ids['refused']}", "has no harm", b, "stale"):
        assert needed in told
    assert "\x1b[31m?" not in told


def test_no_names_and_addresses_of_annotators_leave_the_server(label_studio: Server, tmp_path: Path) -> None:
    owner = studio_of(label_studio)
    project = new_project(owner)
    (task,) = put(owner, project, [{"data": to_data(DOCUMENT)}])
    for user in (ALICE, BOB):
        annotate(studio_of(label_studio, user), task, [count()])
        studio_of(label_studio, user).post("draft", f"/api/tasks/{task}/drafts", {"result": good()})
    pull.pull(owner, project, tmp_path / "out")
    for path in (tmp_path / "out").rglob("*.json*"):
        assert b"example.org" not in path.read_bytes()


def test_origins_are_told(label_studio: Server, tmp_path: Path) -> None:
    owner, alice = studio_of(label_studio), studio_of(label_studio, ALICE)
    project = new_project(owner)
    rows = [
        {"data": to_data(d), "predictions": [{"model_version": "small-1", "result": good(), "score": 0.5}]}
        for d in documents(3)
    ]
    ids = put(owner, project, rows)
    predictions = {row["task"]: row["id"] for row in owner.get("predictions", "/api/predictions/", project=project.id)}
    annotate(alice, ids[0], good())
    annotate(alice, ids[1], good(), parent_prediction=predictions[ids[1]])
    changed = [{**item, "origin": "prediction-changed"} if item["type"] == "labels" else item for item in good()]
    changed[1]["value"]["start"] = 7
    annotate(alice, ids[2], changed, parent_prediction=predictions[ids[2]])
    for part in (1, 2, 3):  # predictions come one by one, or with the tasks of the next part
        pull.pull(owner, project, tmp_path / "out", part=part)
        assert [(row.origin, row.model_version) for row in snapshot.read_provenance(tmp_path / "out")] == [
            ("scratch", None),
            ("prediction", "small-1"),
            ("corrected", "small-1"),
        ]


def test_predictions_of_another_version_than_the_projects_are_found(label_studio: Server, tmp_path: Path) -> None:
    """The server keeps with an annotation the prediction of the project's version alone, whichever was used."""
    owner = studio_of(label_studio)
    project = new_project(owner)
    made = [{"model_version": name, "result": good()[:keep]} for name, keep in (("user-2", 5), ("user-3", 0))]
    put(owner, project, [{"data": to_data(d), "predictions": made} for d in documents(6)])
    owner.update(project, model_version="user-3")
    path = f"/api/dm/actions?id=predictions_to_annotations&project={project.id}"
    owner.post("annotate", path, {"selectedItems": {"all": True, "excluded": []}, "model_version": "user-2"})
    pull.pull(owner, project, tmp_path / "out", part=2)
    rows = list(snapshot.read_provenance(tmp_path / "out"))
    assert [(row.state, row.origin, row.model_version) for row in rows] == [("kept", "prediction", "user-2")] * 6


def test_malformed_annotations_are_set_aside_and_good_ones_unharmed(label_studio: Server, tmp_path: Path) -> None:
    """The server takes in every one of them; beside each, on the same task, stands a good one of somebody else."""
    owner = studio_of(label_studio)
    numbers = {user: number_of(label_studio, user) for user in (ALICE, BOB)}
    project = new_project(owner)
    rows = []
    for name, (result, _) in MALFORMED.items():
        versions = [(result, numbers[BOB]), (good(), numbers[ALICE])]
        annotations = [{"result": r, "completed_by": int(n[5:]), "ground_truth": False} for r, n in versions]
        rows.append({"data": to_data(Document(name, WORDS)), "annotations": annotations})
    ids = dict(zip(MALFORMED, put(owner, project, rows), strict=True))
    pulled = pull.pull(owner, project, tmp_path / "out", part=20)
    assert len(MALFORMED) >= 60
    assert pulled.manifest.states["refused"] == pulled.manifest.states["kept"] == len(MALFORMED)
    found = rows_of(tmp_path / "out")
    aside = {row["document"]: row for row in snapshot.read_set_aside(tmp_path / "out")}
    for name, (result, why) in MALFORMED.items():
        fine, bad = sorted(found[name], key=lambda row: row.state)
        assert (fine.state, fine.annotator) == ("kept", numbers[ALICE]), name
        assert (bad.state, bad.annotator, bad.task) == ("refused", numbers[BOB], ids[name]), name
        assert why in bad.reason, name
        assert aside[name]["reason"] == bad.reason
        assert aside[name]["raw"]["result"] == result, name
    ((name, held),) = snapshot.read_versions(tmp_path / "out").items()
    assert (name, len(held)) == (numbers[ALICE], len(MALFORMED))
    assert all(len(annotated.links) == 2 for annotated in held)


def test_a_task_that_the_server_cannot_hand_out_does_not_hide_the_others(label_studio: Server, tmp_path: Path) -> None:
    """Half a character in one annotation: the server stores it, and fails on every export and list with that task."""
    owner, carol = studio_of(label_studio), studio_of(label_studio, CAROL)
    project = new_project(owner)
    ids = put(owner, project, [{"data": to_data(d)} for d in documents(12)])
    for task in ids:
        annotate(owner, task, good())
    half = json.dumps({"result": [{**count(), "meta": {"text": ["\ud83d"]}}]})
    answer = httpx.post(
        f"{label_studio.url}/api/tasks/{ids[4]}/annotations/",
        content=half,
        headers={"Authorization": f"Token {CAROL.token}", "Content-Type": "application/json"},
        timeout=60,
    )
    assert answer.status_code == 500
    with pytest.raises(StudioError):
        carol.get("read it", f"/api/tasks/{ids[4]}/annotations/")
    pulled = pull.pull(owner, project, tmp_path / "out", part=5)
    assert pulled.manifest.states["kept"] == 11
    rows = [row for row in snapshot.read_provenance(tmp_path / "out") if row.state == "refused"]
    assert {row.task for row in rows} == {ids[4]}
    assert {row.annotator for row in rows} == {number_of(label_studio, OWNER), number_of(label_studio, CAROL)}
    assert {row.document for row in rows} == {"d4"}
    assert "half a character" in rows[0].reason


@pytest.mark.parametrize("part", [1, 7, 1000])
def test_parts_hold_every_task_once(label_studio: Server, tmp_path: Path, part: int) -> None:
    owner = studio_of(label_studio)
    project, between = new_project(owner), new_project(owner)
    ids: list[int] = []
    for some in (documents(10)[:4], documents(10)[4:]):
        ids += put(owner, project, [{"data": to_data(d)} for d in some])
        put(owner, between, [{"data": to_data(d)} for d in documents(5)])
    seen: list[int] = []
    found = [task["id"] for task in Export(owner, project, tmp_path, part).tasks(seen.append) if isinstance(task, dict)]
    assert sorted(found) == ids
    assert sum(seen) == 10
    assert list(tmp_path.iterdir()) == []


def test_an_empty_project_gives_an_empty_snapshot(label_studio: Server, tmp_path: Path) -> None:
    owner = studio_of(label_studio)
    pulled = pull.pull(owner, new_project(owner), tmp_path / "out")
    assert pulled.manifest.tasks == 0
    assert snapshot.read_versions(tmp_path / "out") == {}


def test_tasks_that_come_go_and_change_meanwhile_are_neither_lost_nor_doubled(
    label_studio: Server, tmp_path: Path
) -> None:
    owner, alice, bob = (studio_of(label_studio, user) for user in (OWNER, ALICE, BOB))
    project = new_project(owner)
    ids = put(owner, project, [{"data": to_data(d)} for d in documents(20)])
    for task in ids:
        annotate(alice, task, good())
    steps: list[int] = []

    def meanwhile(_: int) -> None:
        steps.append(0)
        if len(steps) == 1:  # after five tasks: one read already goes, one to come goes, others come and change
            for gone in (ids[1], ids[12]):
                owner.delete_task(gone)
            put(owner, project, [{"data": to_data(Document("late", WORDS))}])
            annotate(bob, ids[2], [])
            annotate(bob, ids[15], [])

    pull.pull(owner, project, tmp_path / "out", part=5, reached=meanwhile)
    a, b = number_of(label_studio, ALICE), number_of(label_studio, BOB)
    versions = snapshot.read_versions(tmp_path / "out")
    assert [d.id for d in versions[a]] == [f"d{i}" for i in range(20) if i != 12]
    assert [d.id for d in versions[b]] == ["d15"]
    again = pull.pull(owner, project, tmp_path / "out", part=5)
    assert again.manifest.tasks == 19
    versions = snapshot.read_versions(tmp_path / "out")
    assert [d.id for d in versions[a]] == [f"d{i}" for i in range(20) if i not in (1, 12)]
    assert [d.id for d in versions[b]] == ["d2", "d15"]


def test_nothing_is_left_on_the_server(label_studio: Server, tmp_path: Path) -> None:
    owner = studio_of(label_studio)
    project = new_project(owner)
    put(owner, project, [{"data": to_data(d)} for d in documents(4)])
    sdk: Any = owner.sdk
    long_ago = f"{TITLE} 2020-01-01T00:00:00+00:00"
    sdk.views.create(project=project.id, data={"title": long_ago, "filters": {"conjunction": "and", "items": []}})
    sdk.views.create(project=project.id, data={"title": "mine", "filters": {"conjunction": "and", "items": []}})
    sdk.projects.exports.create(id=project.id, title=long_ago)
    sdk.projects.exports.create(id=project.id, title="mine")
    pull.pull(owner, project, tmp_path / "out", part=2)
    assert [view.data["title"] for view in sdk.views.list(project=project.id)] == ["mine"]
    assert [export.title for export in sdk.projects.exports.list(id=project.id)] == ["mine"]


def test_a_server_killed_in_mid_pull_costs_nothing(own_label_studio: Server, tmp_path: Path) -> None:
    owner = studio_of(own_label_studio)
    project, annotator = new_project(owner), number_of(own_label_studio, ALICE)
    rows = [
        {"data": to_data(d), "annotations": [{"result": good(), "completed_by": int(annotator[5:])}]}
        for d in documents(200)
    ]
    ids = put(owner, project, rows)
    folder = tmp_path / "out"
    pull.pull(owner, project, folder, part=50)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    annotate(studio_of(own_label_studio, BOB), ids[0], [])
    steps: list[int] = []

    def killed(tasks: int) -> None:
        steps.append(tasks)
        if len(steps) == 2:
            own_label_studio.kill()

    with pytest.raises(StudioError, match="does not answer"):
        pull.pull(owner, project, folder, part=50, reached=killed)
    assert steps == [50, 50]
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    with pytest.raises(StudioError, match="does not answer"):
        pull.pull(owner, project, tmp_path / "new", part=50)
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "data") == ["out"]

    with servers.running(own_label_studio.folder, own_label_studio.users) as server:
        again = pull.pull(studio_of(server), project, folder, part=50)
    assert again.manifest.states["kept"] == 200
    assert again.manifest.states["empty"] == 1
    versions = snapshot.read_versions(folder)
    assert [d.id for d in versions[annotator]] == [f"d{i}" for i in range(200)]
    assert len({row.annotation for row in snapshot.read_provenance(folder)}) == 201


def test_what_arrives_in_part_is_not_taken_for_the_whole(
    label_studio: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = studio_of(label_studio)
    project = new_project(owner)
    put(owner, project, [{"data": to_data(d)} for d in documents(3)])
    exports = owner.sdk.projects.exports
    download = exports.download

    def cut(**arguments: Any) -> list[bytes]:
        return [b"".join(download(**arguments))[:-9]]

    monkeypatch.setattr(exports, "download", cut)
    with pytest.raises(StudioError, match="not what it exported"):
        pull.pull(owner, project, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_the_command(label_studio: Server, tmp_path: Path, root: Path) -> None:
    owner = studio_of(label_studio)
    project = new_project(owner)
    (task,) = put(owner, project, [{"data": to_data(DOCUMENT)}])
    annotate(owner, task, good())

    def run(*arguments: str, url: str = label_studio.url) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "annotation.pull", "--out", str(tmp_path / "out"), *arguments]
        environment = {URL: url, KEY: OWNER.token, "PATH": "", "COLUMNS": "120"}
        return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)

    done = run("--project", project.title)
    assert done.returncode == 0, done.stderr
    assert "1 versions" in done.stdout
    assert "whole and valid" in done.stdout
    snapshot.check(tmp_path / "out")
    missing = run("--project", "no such project")
    assert missing.returncode == 1
    assert "no project 'no such project'" in missing.stderr
    gone = run("--project", project.title, url=f"http://127.0.0.1:{servers.free_port()}")
    assert gone.returncode == 1
    assert "does not answer" in gone.stderr
    assert "Traceback" not in missing.stderr + gone.stderr
    snapshot.check(tmp_path / "out")


def test_annotators_in_a_browser_and_by_the_api_are_read_alike(label_studio: Server, tmp_path: Path) -> None:
    """Regions count in the shown text, whatever newlines the article had."""
    text = "Six\r\npeople \u0645\u0627\u062a\u0648\u0627 \U0001f469\u200d\U0001f692\rdied e\u0301."
    start = text.index("died")
    head, tail = Span(0, 3, "COUNT", id="c"), Span(start, start + 4, "KILLED", id="k")
    annotated = AnnotatedDocument(Document("newlines", text), (head, tail), (Link(head, "harm", tail),))
    owner = studio_of(label_studio)
    project = new_project(owner)
    (task,) = put(owner, project, [{"data": to_data(annotated.document)}])
    annotate(owner, task, to_result(annotated))
    pull.pull(owner, project, tmp_path / "out")
    ((pulled,),) = snapshot.read_versions(tmp_path / "out").values()
    assert pulled == annotated
    assert pulled.text_of(pulled.spans[1]) == "died"


def test_objects_are_read_one_by_one_whatever_they_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    values = [{"a": [1, {"b": "]}, {"}]}, {}, {"c": 10**30}, {"d": "é" * 50}, {"e": "x" * 3000}]
    path = tmp_path / "part.json"
    for piece in (1, 2, 7, 1 << 18):
        monkeypatch.setattr("annotation.label_studio.export.PIECE", piece)
        for form in (json.dumps(values), json.dumps(values, indent=1, ensure_ascii=False), "[]"):
            path.write_text(form, encoding="utf-8")
            assert list(_objects(path)) == json.loads(form)
    path.write_text("[" + '{"n": %s}' % ("9" * 5000) + "]")
    assert list(_objects(path)) == [{"n": "9" * 5000}]
    path.write_text('[{"a": 1}, {"b"')
    with pytest.raises(json.JSONDecodeError):
        list(_objects(path))
