"""Pushing to the real server: never twice, through a server that dies, with what is bad set aside by name."""

from __future__ import annotations

import json
import math
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from annotation import labelling_config, push
from annotation.label_studio import server as servers
from annotation.label_studio.delivery import Patience
from annotation.label_studio.inventory import Inventory
from annotation.label_studio.projects import is_blind, open_project
from annotation.label_studio.regions import from_result
from annotation.label_studio.sending import Item, SendReport, send
from annotation.label_studio.server import Server, User
from annotation.label_studio.studio import KEY, URL, Project, Studio, StudioError, StudioGone, connect
from annotation.label_studio.tasks import from_data
from tests import tiny
from tests.label_studio.conftest import ALICE, BOB, OWNER, USERS
from tolltrace import jsonlines
from tolltrace.documents import AnnotatedDocument, Document

pytestmark = pytest.mark.label_studio


class Echo:
    """An annotator that gives out what it was given; counts what it was asked for."""

    def __init__(self, versions: Sequence[AnnotatedDocument], version: str = "echo") -> None:
        self.version = version
        self.asked = 0
        self._versions = {one.id: one for one in versions}

    def annotate(self, documents: Sequence[Document]) -> list[AnnotatedDocument | None]:
        self.asked += len(documents)
        return [self._versions.get(document.id) for document in documents]


@pytest.fixture
def title() -> str:
    return f"push {uuid.uuid4()}"


@pytest.fixture
def studio(label_studio: Server) -> Studio:
    return studio_of(label_studio)


@pytest.fixture
def command(label_studio: Server, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    monkeypatch.setenv(URL, label_studio.url)
    monkeypatch.setenv(KEY, label_studio.key)
    return lambda *arguments: push.main([str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def corpus() -> list[AnnotatedDocument]:
    path = Path(__file__).parent.parent.parent / "data" / "corpus.jsonl"
    return list(islice(jsonlines.read(path), 200))


def studio_of(server: Server, user: User = OWNER) -> Studio:
    return connect(server.url, user.token)


def made(studio: Studio, title: str, **settings: Any) -> Project:
    return open_project(studio, title, labelling_config.build(), **settings)[0]


def documents(number: int, **metadata: Any) -> list[Document]:
    return [Document(f"d{i}", f"Shelling killed {i} people in Hajin.", metadata) for i in range(number)]


def items(found: Sequence[Document]) -> Iterator[Item]:
    return (Item(document) for document in found)


def held(studio: Studio, project: Project) -> dict[str, dict[str, Any]]:
    """The tasks by the ids of their articles; each article must stand there once."""
    rows = list(studio.tasks(project))
    found = {row["data"]["document_id"]: row for row in rows}
    assert len(found) == len(rows)
    return found


def names(row: dict[str, Any]) -> list[str]:
    return [prediction["model_version"] for prediction in row["predictions"]]


def test_200_articles_and_their_predictions_go_once(
    command: Callable[..., int],
    studio: Studio,
    title: str,
    corpus: list[AnnotatedDocument],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "articles.jsonl"
    jsonlines.write(path, corpus)
    arguments = (path, "--project", title, "--predictions", path, "--version", "m1", "--chunk", "90")
    assert command(*arguments) == 0
    assert "200 sent" in capsys.readouterr().err
    project = studio.project(title)
    found = held(studio, project)
    assert list(found) == [annotated.id for annotated in corpus]
    for annotated in corpus:
        row = found[annotated.id]
        document = from_data(row["data"])
        assert document == annotated.document and document.metadata == annotated.document.metadata
        assert [from_result(document, p["result"]).annotated for p in row["predictions"]] == [annotated]
        assert names(row) == ["m1"]
        assert row["annotations"] == []
    assert project.facts["model_version"] == "m1"
    assert "figure" in project.facts["expert_instruction"]

    assert command(*arguments) == 0
    assert "200 there already" in capsys.readouterr().err
    assert [(row["id"], names(row)) for row in held(studio, project).values()] == [
        (row["id"], ["m1"]) for row in found.values()
    ]


def test_annotations_of_the_input_stay_at_home(
    command: Callable[..., int], studio: Studio, title: str, corpus: list[AnnotatedDocument], tmp_path: Path
) -> None:
    path = tmp_path / "gold.jsonl"
    jsonlines.write(path, corpus[:3])
    assert command(path, "--project", title) == 0
    rows = held(studio, studio.project(title)).values()
    assert [(row["predictions"], row["annotations"]) for row in rows] == [([], [])] * 3
    assert not any("spans" in json.dumps(row["data"]) for row in rows)


def test_a_newer_model_adds_its_predictions_and_is_asked_once(
    command: Callable[..., int],
    studio: Studio,
    title: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    model = tiny.model(tmp_path / "encoder")
    model.network.save_pretrained(tmp_path / "model")
    model.tokenizer.save_pretrained(tmp_path / "model")
    path = tmp_path / "articles.jsonl"
    jsonlines.write(path, [AnnotatedDocument(document) for document in documents(5)])
    project = made(studio, title)
    send(studio, project, items(documents(3)), annotator=Echo([AnnotatedDocument(d) for d in documents(3)]))
    assert studio.project(title).facts["model_version"] == "echo"

    arguments = (path, "--project", title, "--model", tmp_path / "model", "--device", "cpu")
    assert command(*arguments, "--only-predictions") == 0
    told = capsys.readouterr().err
    assert "3 predictions added" in told and "2 not in the project" in told
    assert command(*arguments) == 0
    assert "2 sent, 3 there already" in capsys.readouterr().err
    assert command(*arguments) == 0
    assert "5 there already\n" in capsys.readouterr().err
    found = held(studio, project)
    version = studio.project(title).facts["model_version"]
    assert version != "echo"
    assert [sorted(names(row)) for row in found.values()] == [sorted(["echo", version])] * 3 + [[version]] * 2


def test_an_annotator_is_asked_for_nothing_that_is_there(studio: Studio, title: str) -> None:
    echo = Echo([AnnotatedDocument(document) for document in documents(4)])
    project = made(studio, title)
    send(studio, project, items(documents(4)), annotator=echo)
    assert echo.asked == 4
    report = send(studio, project, items(documents(6)), annotator=echo)
    assert (echo.asked, report.sent, report.there, report.predictions) == (6, 2, 4, 0)


def test_several_versions_of_an_article(studio: Studio, title: str, corpus: list[AnnotatedDocument]) -> None:
    project = made(studio, title)
    bare = AnnotatedDocument(corpus[0].document)
    item = Item(corpus[0].document, {"user, 1": corpus[0], "user, 2": bare})
    assert send(studio, project, [item, item]).sent == 1
    more = Item(corpus[0].document, {"user, 1": corpus[0], "user, 3": bare})
    assert send(studio, project, [more, more]).predictions == 1
    assert sorted(names(held(studio, project)[corpus[0].id])) == ["user, 1", "user, 2", "user, 3"]


def test_blind_projects_hold_no_predictions(
    command: Callable[..., int],
    label_studio: Server,
    studio: Studio,
    title: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "articles.jsonl"
    jsonlines.write(path, [AnnotatedDocument(document) for document in documents(3)])
    assert command(path, "--project", title, "--blind", "--overlap", "2") == 0
    project = studio.project(title)
    assert is_blind(project)
    assert not project.facts["show_collab_predictions"]
    assert not project.facts["evaluate_predictions_automatically"]
    assert command(path, "--project", title) == 0  # it stays blind unasked
    capsys.readouterr()
    assert command(path, "--project", title, "--predictions", path) == 2
    assert "is blind" in capsys.readouterr().err
    version = AnnotatedDocument(documents(1)[0])
    with pytest.raises(StudioError, match="is blind"):
        send(studio, project, [Item(version.document, {"m": version})])
    assert all(not row["predictions"] for row in held(studio, project).values())

    studio.update(project, show_collab_predictions=True)
    assert command(path, "--project", title) == 0
    assert not studio.project(title).facts["show_collab_predictions"]


def test_blindness_comes_not_afterwards(
    command: Callable[..., int], studio: Studio, title: str, capsys: pytest.CaptureFixture[str]
) -> None:
    made(studio, title)
    assert command("x.txt", "--project", title, "--blind") == 2
    assert "not blind" in capsys.readouterr().err


def test_each_article_goes_to_as_many_annotators_as_asked(label_studio: Server, studio: Studio, title: str) -> None:
    project = made(studio, title, overlap=2)
    send(studio, project, items(documents(1)))
    seen: Counter[str] = Counter()
    for user in (ALICE, BOB, OWNER):
        theirs = studio_of(label_studio, user)
        try:
            task = theirs.get("next", f"/api/projects/{project.id}/next/")
        except StudioError:
            continue
        theirs.post("annotate", f"/api/tasks/{task['id']}/annotations/", {"result": []})
        seen[user.email] += 1
    assert seen == {ALICE.email: 1, BOB.email: 1}
    assert made(studio, title, overlap=3).facts["maximum_annotations"] == 3


def test_a_changed_text_is_refused_by_name_and_replaced_where_nobody_annotated(
    label_studio: Server, studio: Studio, title: str
) -> None:
    project = made(studio, title)
    send(studio, project, items(documents(4)))
    tasks = {name: row["id"] for name, row in held(studio, project).items()}
    studio_of(label_studio, ALICE).post("annotate", f"/api/tasks/{tasks['d0']}/annotations/", {"result": []})
    studio_of(label_studio, BOB).post("draft", f"/api/tasks/{tasks['d1']}/drafts", {"result": []})
    newer = [Document(d.id, d.text + "\nUpdated.", d.metadata) for d in documents(3)]
    broken = Document("d3", "Other.", {"score": math.nan})

    report = send(studio, project, items([*newer, broken]))
    assert [(name, "another text" in why) for name, why in report.refused] == [(f"d{i}", True) for i in range(4)]
    assert {name: row["id"] for name, row in held(studio, project).items()} == tasks

    report = send(studio, project, items([*newer, broken]), replace_changed=True)
    assert {name for name, _ in report.refused} == {"d0", "d1", "d3"}
    assert (report.replaced, report.sent) == (1, 1)
    found = held(studio, project)
    assert from_data(found["d2"]["data"]) == newer[2]
    assert {name: found[name]["id"] for name in ("d0", "d1", "d3")} == {n: tasks[n] for n in ("d0", "d1", "d3")}


def test_other_line_ends_are_another_text(studio: Studio, title: str) -> None:
    project = made(studio, title)
    send(studio, project, [Item(Document("a", "One.\r\nTwo."))])
    report = send(studio, project, [Item(Document("a", "One.\nTwo.")), Item(Document("a", "One.\r\nTwo."))])
    assert ([name for name, _ in report.refused], report.there) == (["a"], 1)


def test_a_text_that_was_changed_in_label_studio_is_told(studio: Studio, title: str) -> None:
    project = made(studio, title)
    send(studio, project, items(documents(1)))
    row = held(studio, project)["d0"]
    studio.sdk.tasks.update(id=str(row["id"]), data={**row["data"], "text": "Else."})
    report = send(studio, project, items(documents(1)))
    assert report.sent == 0 and [name for name, _ in report.refused] == ["d0"]


def test_the_same_text_under_another_id_is_told(studio: Studio, title: str) -> None:
    project = made(studio, title)
    first = documents(2)
    report = send(studio, project, items([*first, Document("e", first[0].text)]), chunk=2)
    assert [str(one) for one in report.duplicates] == ["e: has the same text as 'd0'"]
    report = send(studio, project, items([Document("f", first[1].text)]))
    assert [str(one) for one in report.duplicates] == ["f: has the same text as 'd1'"]
    report = send(studio, project, items([Document("g", "A\r\nB"), Document("h", "A\nB")]))
    assert [name for name, _ in report.duplicates] == ["h"]
    assert set(held(studio, project)) == {"d0", "d1", "g"}


def test_metadata_of_all_kinds_comes_back(studio: Studio, title: str) -> None:
    metadata = {"title": "Взрыв в كركوك 👩‍🚒\u2028", "n": 1.5e300, "deep": [{"é": None, "": [True, -0.5]}], "text": "x"}
    fine = Document("fine", "A.", metadata)
    report = send(studio, made(studio, title), items([Document("nan", "B.", {"score": math.nan}), fine]))
    assert report.sent == 1
    assert [(name, "JSON" in why) for name, why in report.refused] == [("nan", True)]
    data = held(studio, studio.project(title))["fine"]["data"]
    assert from_data(data).metadata == metadata
    assert data["title"] == metadata["title"]


def test_a_task_that_the_server_refuses_is_set_aside_by_name(studio: Studio, title: str) -> None:
    needs = labelling_config.build().replace("<Text ", '<Text name="needed" value="$question"/><Text ', 1)
    project = studio.create(title, needs)
    bad = {"d3", "d17"}
    sent = [Item(document, question="" if document.id in bad else "Sure?") for document in documents(20)]
    report = send(studio, project, sent)
    assert {name for name, _ in report.refused} == bad
    assert all("question" in why and "server" in why for _, why in report.refused)
    assert (report.sent, len(held(studio, project))) == (18, 18)
    assert not bad & set(held(studio, project))


def test_a_prediction_for_another_text_is_refused(studio: Studio, title: str, corpus: list[AnnotatedDocument]) -> None:
    project = made(studio, title)
    report = send(studio, project, [Item(Document("a", "A."), {"m": corpus[0]}), Item(Document("b", "B."))])
    assert ([name for name, _ in report.refused], report.sent) == (["a"], 1)
    send(studio, project, [Item(Document("a", "A."))])
    report = send(studio, project, [Item(Document("a", "A."), {"m": corpus[0]})])
    assert ([name for name, _ in report.refused], report.predictions) == (["a"], 0)


def test_the_server_dies_between_and_inside_chunks(own_label_studio: Server, corpus: list[AnnotatedDocument]) -> None:
    sent = [Item(annotated.document, {"m": annotated}) for annotated in corpus]
    studio = studio_of(own_label_studio)
    project = made(studio, "dies")
    chunks = [0]

    def kill(report: SendReport) -> None:
        chunks[0] += 1
        if chunks[0] == 2:
            own_label_studio.kill()

    with pytest.raises(StudioGone, match="does not answer"):
        send(studio, project, sent, 40, kill)

    running: list[Server] = []

    def start_again(words: str = "") -> None:
        running.append(servers.start(own_label_studio.folder, USERS))
        studio.url = running[-1].url

    start_again()
    post, calls = studio.post, [0]

    def dying_post(what: str, path: str, body: Any) -> Any:
        calls[0] += 1
        if calls[0] == 1:  # somewhere in the middle of the call
            threading.Timer(0.15, running[-1].kill).start()
        answer = post(what, path, body)
        if calls[0] == 3:  # the answer is lost on its way
            running[-1].kill()
            raise StudioGone("lost")
        return answer

    studio.post = dying_post  # type: ignore[method-assign]
    try:
        report = send(studio, project, sent, 40, patience=Patience(60, start_again))
        assert len(running) >= 2
        assert not report.refused and not report.doubles
        assert report.sent + report.there == 200 and report.there >= 80
        found = held(studio, project)
        assert list(found) == [annotated.id for annotated in corpus]
        assert all(names(row) == ["m"] for row in found.values())
    finally:
        servers.stop(running[-1])


def test_the_command_says_how_to_go_on_and_goes_on(
    own_label_studio: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(URL, own_label_studio.url)
    monkeypatch.setenv(KEY, own_label_studio.key)
    path = tmp_path / "articles.jsonl"
    jsonlines.write(path, [AnnotatedDocument(document) for document in documents(6)])
    arguments = [str(path), "--project", "goes on", "--chunk", "2", "--wait", "0"]
    confirm = Inventory.confirm

    def dying(inventory: Inventory, document: str, task: int) -> None:
        confirm(inventory, document, task)
        if document == "d3":
            own_label_studio.kill()

    monkeypatch.setattr(Inventory, "confirm", dying)
    assert push.main(arguments) == 3
    assert "start the same command again" in capsys.readouterr().err
    monkeypatch.undo()

    with servers.running(own_label_studio.folder, USERS) as again:
        monkeypatch.setenv(URL, again.url)
        monkeypatch.setenv(KEY, again.key)
        assert push.main(arguments) == 0
        assert "2 sent, 4 there already" in capsys.readouterr().err
        studio = studio_of(again)
        assert list(held(studio, studio.project("goes on"))) == [f"d{i}" for i in range(6)]


def test_two_pushes_at_the_same_time_end_with_one_task_each(studio: Studio, label_studio: Server, title: str) -> None:
    project = made(studio, title)
    other = studio_of(label_studio, ALICE)
    post = studio.post

    def overtaken(what: str, path: str, body: Any) -> Any:
        studio.post = post  # type: ignore[method-assign]
        assert send(other, project, items(documents(3))).sent == 3
        return post(what, path, body)

    studio.post = overtaken  # type: ignore[method-assign]
    report = send(studio, project, items(documents(4)))
    assert (report.sent, report.removed, report.doubles) == (4, 3, [])
    found = held(studio, project)
    assert list(found) == ["d0", "d1", "d2", "d3"]
    assert found["d2"]["id"] + 4 == found["d3"]["id"]  # the later ones were taken out, whoever made them


def test_doubles_of_before_are_told_and_left(studio: Studio, title: str) -> None:
    project = made(studio, title)
    send(studio, project, items(documents(2)))
    data = held(studio, project)["d1"]["data"]
    studio.post("import", f"/api/projects/{project.id}/import", [{"data": data}, {"data": {**data, "document_id": 7}}])
    report = send(studio, project, items(documents(2)))
    assert [name for name, _ in report.doubles] == ["d1"]
    assert (report.there, report.removed, report.foreign) == (2, 0, 1)
    assert len(list(studio.tasks(project))) == 4


def test_a_deleted_task_is_sent_again(studio: Studio, title: str) -> None:
    project = made(studio, title)
    send(studio, project, items(documents(3)))
    studio.delete_task(held(studio, project)["d2"]["id"])
    assert send(studio, project, items(documents(3))).sent == 1
    assert set(held(studio, project)) == {"d0", "d1", "d2"}


def test_a_project_of_others_is_left_alone(
    command: Callable[..., int], studio: Studio, title: str, capsys: pytest.CaptureFixture[str]
) -> None:
    labels = '<Labels name="labels" toName="text"><Label value="PERSON"/></Labels>'
    config = f'<View>{labels}<Text name="text" value="$text"/></View>'
    project = studio.create(title, config)
    assert command("x.txt", "--project", title) == 2
    assert "another labelling configuration" in capsys.readouterr().err
    assert studio.project(title).config == project.config


def test_what_was_set_aside_is_told_and_written(
    command: Callable[..., int], title: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "articles.jsonl"
    rows = [
        {"id": "a", "text": "A."},
        {"id": "b", "text": " "},
        {"id": "c", "text": "A."},
        {"id": "d", "text": "D.", "x": "\0"},
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert command(path, "--project", title, "--report", tmp_path / "report.jsonl") == 1
    told = capsys.readouterr().err
    assert f"{path}:2" in told and "c: has the same text as 'a'" in told and "d: a NUL" in told
    written = [json.loads(line) for line in (tmp_path / "report.jsonl").read_text().splitlines()]
    assert [(row["state"], row["document"]) for row in written] == [
        ("unread", "b"),
        ("duplicate", "c"),
        ("refused", "d"),
    ]


def test_tasks_are_read_whole_while_others_are_deleted(studio: Studio, title: str) -> None:
    project = made(studio, title)
    send(studio, project, items(documents(7)))
    ids = [row["id"] for row in studio.tasks(project)]
    read = studio.tasks(project, "task_only", page_size=3)
    seen = [next(read)["id"] for _ in range(3)]
    studio.delete_task(ids[0])
    assert seen + [row["id"] for row in read] == ids
    assert studio.count(project, after=ids[3]) == 3
    assert {row["id"] for row in studio.tasks_by_id(project, ids)} == set(ids[1:])
