"""Sending without a server: parcels, splitting, halving, patience; a fake destination that behaves as servers do."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation import push
from annotation.label_studio import parcels
from annotation.label_studio.delivery import Patience, deliver, split
from annotation.label_studio.parcels import Parcel, of_predictions, of_task
from annotation.label_studio.regions import from_result
from annotation.label_studio.studio import StudioError, StudioGone, StudioRefused
from annotation.label_studio.tasks import from_data
from annotation.versions import FileVersions
from tests.strategies import annotated_documents
from tolltrace import jsonlines
from tolltrace.documents import AnnotatedDocument, Document, DocumentError, Link, Span

TEXT = "Shelling killed 20 civilians"
SPANS = (Span(16, 18, "COUNT", 0.5), Span(9, 15, "KILLED", 0.9))
VERSION = AnnotatedDocument(Document("d", TEXT), SPANS, (Link(SPANS[0], "harm", SPANS[1], 0.7),))


def parcel(name: str, size: int = 10) -> Parcel:
    return Parcel(name, b"x" * size)


@dataclass
class Server:
    """Stores what it gets; ``faults``: what the next calls do instead."""

    bad: set[str] = field(default_factory=set)
    status: int = 400
    faults: list[Callable[[Sequence[Parcel]], None]] = field(default_factory=list)
    stored: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    calls: int = 0

    def post(self, sent: Sequence[Parcel]) -> None:
        self.calls += 1
        if self.faults:
            self.faults.pop(0)(sent)
        if wrong := sorted(one.document for one in sent if one.document in self.bad):
            raise StudioRefused("no", self.status, f"bad: {wrong[0]}")
        self.stored += [one.document for one in sent]

    def missing(self, sent: Sequence[Parcel]) -> list[Parcel]:
        return [one for one in sent if one.document not in self.stored]

    def refuse(self, one: Parcel, why: str) -> None:
        self.refused[one.document] = why

    def store_and_lose_the_answer(self, sent: Sequence[Parcel]) -> None:
        self.stored += [one.document for one in sent]
        raise StudioGone("lost")

    def lose(self, sent: Sequence[Parcel]) -> None:
        raise StudioGone("lost")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)


@given(st.lists(st.integers(1, 60), max_size=30), st.integers(1, 80))
def test_calls_are_bounded_and_nothing_is_lost(sizes: list[int], most: int) -> None:
    sent = [parcel(str(number), size) for number, size in enumerate(sizes)]
    calls = list(split(sent, most))
    assert [one for call in calls for one in call] == sent
    assert all(len(call) == 1 or sum(len(one.body) for one in call) <= most for call in calls)
    assert all(calls)


@pytest.mark.parametrize("status", [400, 413, 500, 422])
@given(bad=st.sets(st.integers(0, 20)))
def test_bad_ones_are_set_aside_and_the_rest_is_stored_once(status: int, bad: set[int]) -> None:
    server = Server({str(number) for number in bad}, status)
    sent = [parcel(str(number)) for number in range(20)]
    deliver(server, sent, Patience(0))
    assert sorted(server.stored) == sorted(str(n) for n in range(20) if n not in bad)
    assert set(server.refused) == {str(n) for n in bad if n < 20}
    assert all(f"bad: {name}" in why for name, why in server.refused.items())


def test_one_bad_of_many_costs_few_calls() -> None:
    server = Server({"77"})
    deliver(server, [parcel(str(number)) for number in range(200)], Patience(0))
    assert server.calls <= 2 * math.ceil(math.log2(200)) + 1


def test_a_lost_answer_does_not_double() -> None:
    server = Server()
    server.faults = [server.store_and_lose_the_answer]
    deliver(server, [parcel("a"), parcel("b")], Patience(60))
    assert server.stored == ["a", "b"]


def test_a_lost_call_is_sent_again() -> None:
    server = Server()
    server.faults = [server.lose]
    deliver(server, [parcel("a"), parcel("b")], Patience(60))
    assert server.stored == ["a", "b"]


def test_what_the_server_never_survives_is_found_and_set_aside() -> None:
    server = Server()

    def fall(sent: Sequence[Parcel]) -> None:
        server.faults.append(fall)
        if any(one.document == "b" for one in sent):
            raise StudioGone("fell over")

    server.faults = [fall]
    deliver(server, [parcel("a"), parcel("b"), parcel("c")], Patience(60))
    assert sorted(server.stored) == ["a", "c"]
    assert "fell over" in server.refused["b"]


def test_without_patience_a_server_that_is_gone_is_told_at_once() -> None:
    server = Server()
    server.faults = [server.lose]
    with pytest.raises(StudioGone):
        deliver(server, [parcel("a")], Patience(0))
    assert server.stored == [] == list(server.refused)


def test_a_project_that_is_gone_ends_all() -> None:
    with pytest.raises(StudioError):
        deliver(Server({"a"}, 404), [parcel("a"), parcel("b")], Patience(60))


def test_patience_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(time, "sleep", lambda seconds: now.__setitem__(0, now[0] + seconds))
    said: list[str] = []
    tries = [0]

    def gone() -> None:
        tries[0] += 1
        raise StudioGone("no answer")

    with pytest.raises(StudioGone):
        Patience(30, said.append)(gone)
    assert 20 <= now[0] <= 30
    assert tries[0] > 3
    assert said == ["no answer; waiting up to 30 s"]


@given(annotated_documents())
def test_a_task_carries_document_and_version(annotated: AnnotatedDocument) -> None:
    text = "A title\r\n" + annotated.text.replace("\x00", "")
    if len(text) != len(annotated.text) + 9:
        return
    moved = {s: Span(s.start + 9, s.end + 9, s.label, id=s.id) for s in annotated.spans}
    links = tuple(Link(moved[k.head], k.label, moved[k.tail]) for k in annotated.links)
    document = Document("d", text, {})
    version = AnnotatedDocument(document, tuple(moved.values()), links)
    row = json.loads(of_task(document, {"m": version}).body)
    assert from_data(row["data"]) == document
    assert [prediction["model_version"] for prediction in row["predictions"]] == ["m"]
    assert from_result(document, row["predictions"][0]["result"]).annotated == version


def test_the_score_is_the_mean_of_what_is_scored() -> None:
    assert parcels.score(VERSION) == 0.7
    assert parcels.score(AnnotatedDocument(Document("d", TEXT), (Span(9, 15, "KILLED"),))) is None


def test_predictions_of_a_task_that_is_there() -> None:
    made = of_predictions(VERSION.document, 7, {"a": VERSION, "b": VERSION})
    assert [(one.document, one.task, one.version) for one in made] == [("d", 7, "a"), ("d", 7, "b")]
    row = json.loads(made[0].body)
    assert (row["task"], row["model_version"], row["score"]) == (7, "a", 0.7)


@pytest.mark.parametrize(
    ("metadata", "words"),
    [
        ({"a": math.nan}, "JSON"),
        ({"a": [math.inf]}, "JSON"),
        ({"a": {1, 2}}, "JSON"),
        ({"a": "\ud800"}, "JSON"),
        ({1: "a"}, "does not come back"),
        ({"a": (1, 2)}, "does not come back"),
        ({"a": "x\x00"}, "NUL"),
        ({"a": [{"\x00": 1}]}, "NUL"),
    ],
)
def test_metadata_that_no_server_keeps_is_refused(metadata: dict[Any, Any], words: str) -> None:
    with pytest.raises(DocumentError, match=words):
        of_task(Document("d", "a", metadata), {})


def test_metadata_in_a_circle_is_refused() -> None:
    metadata: dict[str, Any] = {}
    metadata["a"] = metadata
    with pytest.raises(DocumentError):
        of_task(Document("d", "a", metadata), {})


@pytest.mark.parametrize("name", ["", " ", "a\x00"])
def test_a_version_needs_a_name(name: str) -> None:
    with pytest.raises(DocumentError, match="name"):
        of_task(VERSION.document, {name: VERSION})


def test_a_version_of_another_text_is_refused() -> None:
    with pytest.raises(DocumentError, match="another text"):
        of_task(Document("d", TEXT + "."), {"m": VERSION})


def test_an_article_larger_than_a_call_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parcels, "MOST_BYTES", 1000)
    with pytest.raises(DocumentError, match="MB"):
        of_task(Document("d", "a" * 1000), {})


def test_versions_of_a_file_are_found_by_id(tmp_path: Path) -> None:
    path = tmp_path / "made.jsonl"
    others = [AnnotatedDocument(Document(f"é{number}", TEXT, {}), SPANS[1:]) for number in range(5)]
    jsonlines.write(path, others)
    versions = FileVersions(path)
    assert len(versions) == 5
    asked = [others[3].document, Document("x", "y"), others[0].document]
    assert versions.annotate(asked) == [others[3], None, others[0]]
    assert versions.used == 2


def test_a_file_names_its_version_by_its_model_or_its_checksum(tmp_path: Path) -> None:
    path = tmp_path / "made.jsonl"

    def version(*models: str | None) -> str:
        documents = [Document(str(n), TEXT, {"model": model}) for n, model in enumerate(models)]
        jsonlines.write(path, [AnnotatedDocument(document) for document in documents])
        return FileVersions(path).version

    assert version("m1", "m1") == "m1"
    mixed, other = version("m1", "m2"), version("m1", "m3")
    assert mixed.startswith("made-") and other.startswith("made-") and mixed != other
    assert version(None).startswith("made-")


def test_a_broken_file_of_predictions_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "made.jsonl"
    jsonlines.write(path, [VERSION])
    path.write_bytes(path.read_bytes() + b'{"id": "e", "text": "abc", "spans": [{}]}\n')
    with pytest.raises(DocumentError, match=r"made.jsonl:2"):
        FileVersions(path)
    path.write_bytes(b"".join(path.read_bytes().splitlines(True)[:1] * 2))
    with pytest.raises(DocumentError, match=r"made.jsonl:2.*twice"):
        FileVersions(path)


@pytest.mark.parametrize(
    "wrong",
    [
        ["--blind", "--model", "default"],
        ["--blind", "--predictions", "x"],
        ["--model", "m", "--predictions", "x"],
        ["--only-predictions"],
        ["--only-predictions", "--model", "m", "--replace-changed"],
        ["--version", "v"],
        ["--overlap", "0"],
        ["--chunk", "0"],
    ],
)
def test_wrong_options_are_refused(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        push.main(["x.txt", "--project", "p", *wrong])
    assert stopped.value.code == 2
    assert "error" in capsys.readouterr().err


def test_no_server_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("LABEL_STUDIO_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", "k" * 40)
    assert push.main(["x.txt", "--project", "p"]) == 2
    assert "http://127.0.0.1:9 does not answer" in capsys.readouterr().err
