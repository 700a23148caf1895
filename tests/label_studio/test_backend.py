"""A real Label Studio asks the model server: connected, retrieved, opened, refused, a newer model."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import torch
import uvicorn

from annotation import labelling_config
from annotation.backend.app import build
from annotation.backend.journal import Journal
from annotation.backend.serving import Serving
from annotation.label_studio.backends import backends, connect_backend
from annotation.label_studio.projects import open_project
from annotation.label_studio.regions import from_result
from annotation.label_studio.sending import Item, send
from annotation.label_studio.server import HOST, Server, free_port
from annotation.label_studio.studio import Project, Studio, StudioError
from tests import tiny
from tolltrace.documents import Document
from tolltrace.model.loading import LoadedModel
from tolltrace.pipeline import annotate

SECRET = "a secret of this test"  # noqa: S105
NEVER = 1e9  # seconds between looks at the model's folder: tests look themselves
DOCUMENTS = [
    Document(f"article-{n}", f"At least {n} civilians were killed in airstrikes on Hajin.\r\nActivists 👩‍🚒 said so.")
    for n in range(1, 13)
]

pytestmark = pytest.mark.label_studio


class Backend:
    """The model server in a thread of the test."""

    def __init__(self, folder: Path) -> None:
        self.model = tiny.model(folder / "encoder")
        self.folder = folder / "model"
        save(self.model, self.folder)
        self.journal = Journal()
        self.serving = Serving(str(self.folder), self.journal, device="cpu")
        self.port = free_port()
        self.url = f"http://{HOST}:{self.port}"

    @contextlib.contextmanager
    def running(self, secret: str = SECRET) -> Iterator[Backend]:
        app = build(self.serving, self.journal, secret, look_seconds=NEVER)
        server = uvicorn.Server(uvicorn.Config(app, HOST, self.port, log_config=None))
        thread = Thread(target=server.run)
        thread.start()
        try:
            while not server.started:
                assert thread.is_alive()
                time.sleep(0.01)
            yield self
        finally:
            server.should_exit = True
            thread.join()


def save(model: LoadedModel, folder: Path, scale: float = 1.0) -> None:
    weight = model.network.tag_heads.linear.weight
    with torch.no_grad():
        weight.mul_(scale)
        model.network.save_pretrained(folder)
        weight.div_(scale)
    model.tokenizer.save_pretrained(folder)


@pytest.fixture
def backend(tmp_path: Path) -> Iterator[Backend]:
    with Backend(tmp_path).running() as backend:
        yield backend


@pytest.fixture
def studio(label_studio: Server) -> Studio:
    return Studio(label_studio.url, label_studio.key)


@pytest.fixture
def project(studio: Studio, request: pytest.FixtureRequest) -> Project:
    project, _ = open_project(studio, f"backend {request.node.name}"[:50], labelling_config.build())
    report = send(studio, project, [Item(document) for document in DOCUMENTS])
    assert report.sent == len(DOCUMENTS)
    return project


def tasks(studio: Studio, project: Project) -> list[dict[str, Any]]:
    return list(studio.tasks(project))


def retrieve(studio: Studio, project: Project) -> Any:
    """As the button of the Data Manager does, for all tasks in one request."""
    body = {"selectedItems": {"all": True, "excluded": []}, "ordering": []}
    path = f"/api/dm/actions?id=retrieve_tasks_predictions&project={project.id}"
    return studio.post("retrieve predictions", path, body)


def test_predictions_are_retrieved_and_are_what_the_model_says(
    studio: Studio, project: Project, backend: Backend
) -> None:
    made = connect_backend(studio, project, backend.url, SECRET)
    version = backend.serving.current.version
    assert (made["state"], made["model_version"]) == ("CO", version)
    retrieve(studio, project)
    expected = {r.annotated.id: r.annotated for r in annotate(backend.serving.current.predictor, DOCUMENTS)}
    assert any(annotated.spans for annotated in expected.values())
    for task in tasks(studio, project):
        (prediction,) = task["predictions"]
        assert prediction["model_version"] == version
        annotated = expected[task["data"]["document_id"]]
        assert from_result(annotated.document, prediction["result"]).annotated == annotated
    assert backend.journal.problems() == []
    retrieve(studio, project)  # nobody is asked twice
    assert all(len(task["predictions"]) == 1 for task in tasks(studio, project))
    assert backend.journal.counts()["tasks predicted"] == len(DOCUMENTS)


def test_opening_a_task_asks_for_its_prediction(studio: Studio, project: Project, backend: Backend) -> None:
    connect_backend(studio, project, backend.url, SECRET)
    first, *others = tasks(studio, project)
    opened = studio.get("open a task", f"/api/tasks/{first['id']}/", project=project.id)
    assert [p["model_version"] for p in opened["predictions"]] == [backend.serving.current.version]
    assert not any(task["predictions"] for task in others)
    assert backend.journal.counts()["tasks predicted"] == 1
    following = studio.get("open the next task", f"/api/projects/{project.id}/next/")
    assert [p["model_version"] for p in following["predictions"]] == [backend.serving.current.version]


def test_a_newer_model_predicts_again_and_is_shown(studio: Studio, project: Project, backend: Backend) -> None:
    connect_backend(studio, project, backend.url, SECRET)
    retrieve(studio, project)
    before = backend.serving.current.version
    save(backend.model, backend.folder, scale=-1)
    backend.serving.look()
    assert backend.serving.look()
    after = backend.serving.current.version
    retrieve(studio, project)
    held = [{p["model_version"] for p in task["predictions"]} for task in tasks(studio, project)]
    assert held == [{before, after}] * len(DOCUMENTS)
    (seen,) = backends(studio, project)
    assert seen["model_version"] == after
    following = studio.get("open the next task", f"/api/projects/{project.id}/next/")
    assert [p["model_version"] for p in following["predictions"]] == [after]
    assert studio.project(str(project.id)).facts["model_version"] == "tolltrace"


def test_a_wrong_secret_is_refused_and_seen_on_both_sides(studio: Studio, project: Project, backend: Backend) -> None:
    with pytest.raises(StudioError, match="authentication parameters"):
        connect_backend(studio, project, backend.url, "wrong")
    with pytest.raises(StudioError, match="authentication parameters"):
        connect_backend(studio, project, backend.url)
    assert backends(studio, project) == []
    assert {row["kind"] for row in backend.journal.problems()} == {"wrong secret"}


def test_a_secret_that_changed_shows_as_disconnected(studio: Studio, project: Project, tmp_path: Path) -> None:
    backend = Backend(tmp_path)
    with backend.running():
        connect_backend(studio, project, backend.url, SECRET)
    assert [b["state"] for b in backends(studio, project)] == ["DI"]  # gone
    with backend.running("another one"):
        assert [b["state"] for b in backends(studio, project)] == ["DI"]
        retrieve(studio, project)
        assert not any(task["predictions"] for task in tasks(studio, project))
        assert {row["kind"] for row in backend.journal.problems()} == {"wrong secret"}
        connect_backend(studio, project, backend.url, "another one")
        (one,) = backends(studio, project)  # changed, not a second one
        assert one["state"] == "CO"


def test_a_project_with_other_labels_is_refused_with_the_reason(studio: Studio, backend: Backend) -> None:
    config = '<View><Labels name="x" toName="text"><Label value="A"/></Labels><Text name="text" value="$text"/></View>'
    project = studio.create("other labels", config)
    with pytest.raises(StudioError, match="doesn't look like a valid ML backend"):
        connect_backend(studio, project, backend.url, SECRET)
    (problem,) = backend.journal.problems()
    assert "lacks the labels" in problem["reason"]


def test_a_blind_project_is_not_connected(studio: Studio, backend: Backend) -> None:
    project, _ = open_project(studio, "blind, no backend", labelling_config.build(), blind=True)
    with pytest.raises(StudioError, match="blind"):
        connect_backend(studio, project, backend.url, SECRET)
    assert backends(studio, project) == []


def test_a_task_of_somebody_else_is_told_and_stores_nothing(studio: Studio, project: Project, backend: Backend) -> None:
    studio.post("import a task by hand", f"/api/projects/{project.id}/import", [{"data": {"text": "By hand."}}])
    connect_backend(studio, project, backend.url, SECRET)
    retrieve(studio, project)
    *ours, foreign = tasks(studio, project)
    assert all(len(task["predictions"]) == 1 for task in ours)
    assert foreign["predictions"] == []
    (problem,) = backend.journal.problems()
    assert (problem["task"], problem["kind"]) == (foreign["id"], "task refused")
    assert "annotation.push" in problem["reason"]


def test_events_are_not_sent_to_the_model(studio: Studio, project: Project, backend: Backend) -> None:
    connect_backend(studio, project, backend.url, SECRET)
    assert studio.get("list the webhooks", "/api/webhooks/", project=project.id) == []


def test_training_from_the_interface_is_refused_where_it_is_seen(
    studio: Studio, project: Project, backend: Backend
) -> None:
    made = connect_backend(studio, project, backend.url, SECRET)
    studio.call("train", lambda: studio.sdk.ml.train(id=made["id"]))
    (problem,) = backend.journal.problems()
    assert "make retrain" in problem["reason"]
