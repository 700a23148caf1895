"""Doubts to a review project on the real server."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from pathlib import Path

import pytest

from annotation import label_errors
from annotation.label_studio.regions import from_result
from annotation.label_studio.server import Server
from annotation.label_studio.studio import KEY, URL, connect
from annotation.label_studio.tasks import from_data
from tests import tiny
from tolltrace import jsonlines
from tolltrace.documents import AnnotatedDocument, Document
from tolltrace.model import loading
from tolltrace.model.predictor import Predictor
from tolltrace.pipeline import Reading, annotate

pytestmark = pytest.mark.label_studio


def test_articles_in_doubt_go_to_a_review_project_once(
    label_studio: Server,
    root: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    gold = {a.id: a for a in list(jsonlines.read(root / "data" / "corpus.jsonl"))[:3]}
    jsonlines.write(tmp_path / "gold.jsonl", gold.values())
    model = tiny.model(tmp_path / "encoder")
    monkeypatch.setattr(loading, "load", lambda _: model)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(URL, label_studio.url)
    monkeypatch.setenv(KEY, label_studio.key)
    readings: dict[str, AnnotatedDocument] = {}

    def spying(predictor: Predictor, documents: Sequence[Document]) -> list[Reading]:
        made = annotate(predictor, documents)
        readings.update({reading.annotated.id: reading.annotated for reading in made})
        return made

    monkeypatch.setattr(label_errors, "annotate", spying)
    title = f"review {uuid.uuid4()}"
    command = [str(tmp_path / "gold.jsonl"), "--top", "40", "--push", title]
    assert label_errors.main(command) == 0
    shown = capsys.readouterr().out.splitlines()[:-1]
    assert len(shown) == 40
    studio = connect(label_studio.url, label_studio.key)
    tasks = list(studio.tasks(studio.project(title)))
    assert {task["data"]["document_id"] for task in tasks} == {line.split()[1] for line in shown}
    for task in tasks:
        document = from_data(task["data"])
        read = {p["model_version"]: from_result(document, p["result"]).annotated for p in task["predictions"]}
        assert read["gold"] == gold[document.id]
        assert set(read) == {"gold", "model"}
        assert read["model"] == readings[document.id]
        said = [line.partition(f" {document.id} ")[2] for line in shown if line.split()[1] == document.id]
        asked = task["data"]["question"].splitlines()[1:]
        assert [line.partition(". ")[2].rpartition(" (")[0] for line in asked] == said
    assert label_errors.main(command) == 0
    assert len(list(studio.tasks(studio.project(title)))) == len(tasks)
    monkeypatch.setenv(KEY, "9" * 40)
    assert label_errors.main(command) == 2
    assert "refuses the key" in capsys.readouterr().err
