"""The model server by itself, with a tiny model: protocol, secret, limits, problems, a newer model."""

from __future__ import annotations

import json
import logging
import os
import random
import signal
import string
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event, Thread
from typing import Any

import httpx
import pytest
import torch
from fastapi.testclient import TestClient

from annotation import labelling_config
from annotation.backend import SECRET as SECRET_VARIABLE
from annotation.backend import __main__ as command
from annotation.backend.app import build
from annotation.backend.fitting import misfit
from annotation.backend.journal import Journal
from annotation.backend.predicting import BATCH_DOCUMENTS, Limits
from annotation.backend.serving import Served, Serving, ServingError
from annotation.label_studio.regions import from_result
from annotation.label_studio.server import free_port
from annotation.label_studio.tasks import to_data
from tests import tiny
from tolltrace.documents import AnnotatedDocument, Document
from tolltrace.model.loading import LoadedModel, load
from tolltrace.model.predictor import Predictor
from tolltrace.pipeline import annotate
from tolltrace.reading import find_set_aside

CONFIG = labelling_config.build()
SECRET = "long and secret"  # noqa: S105
NEVER = 1e9  # seconds between looks at the folder: tests look themselves
DOCUMENTS = [
    Document("one", "At least 20 civilians were killed in airstrikes on Hajin.\r\nActivists said so."),
    Document("two", "Islamic State militants claimed the car bomb; the army denied it."),
]


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> LoadedModel:
    return tiny.model(tmp_path_factory.mktemp("encoder"))


@pytest.fixture
def folder(tiny_model: LoadedModel, tmp_path: Path) -> Path:
    return save(tiny_model, tmp_path / "model")


@pytest.fixture
def journal() -> Journal:
    return Journal()


@pytest.fixture(scope="session")
def unchanged(tiny_model: LoadedModel, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Predictor]:
    folder = save(tiny_model, tmp_path_factory.mktemp("unchanged") / "model")
    return folder, Predictor(load(folder), device="cpu")


@pytest.fixture
def serving(request: pytest.FixtureRequest, journal: Journal, unchanged: tuple[Path, Predictor]) -> Serving:
    """Over the test's own ``folder`` where it asks for one, else over one that all share."""
    if "folder" in request.fixturenames:
        return Serving(str(request.getfixturevalue("folder")), journal, device="cpu")
    return Serving(str(unchanged[0]), journal, make=lambda _: unchanged[1])


@pytest.fixture
def client(serving: Serving, journal: Journal) -> Iterator[TestClient]:
    with TestClient(build(serving, journal, look_seconds=NEVER)) as client:
        yield client


def save(model: LoadedModel, folder: Path, scale: float = 1.0) -> Path:
    """``scale``: makes another model of it."""
    weight = model.network.tag_heads.linear.weight
    with torch.no_grad():
        weight.mul_(scale)
        model.network.save_pretrained(folder)
        weight.div_(scale)
    model.tokenizer.save_pretrained(folder)
    return folder


def task(document: Document, number: int = 1, **more: Any) -> dict[str, Any]:
    return {"id": number, "data": to_data(document), "project": 1, "annotations": [], "predictions": [], **more}


def asked(tasks: Sequence[Any], **more: Any) -> dict[str, Any]:
    return {"tasks": tasks, "project": "1.1", "label_config": CONFIG, "params": {"login": None}, **more}


def read(document: Document, prediction: dict[str, Any]) -> AnnotatedDocument:
    reading = from_result(document, prediction["result"])
    assert reading.problems == ()
    assert reading.annotated is not None
    return reading.annotated


# The protocol


def test_every_task_gets_what_the_extractor_finds(client: TestClient, serving: Serving) -> None:
    answer = client.post("/predict", json=asked([task(d, n) for n, d in enumerate(DOCUMENTS)]))
    assert answer.status_code == 200
    expected = [reading.annotated for reading in annotate(serving.current.predictor, DOCUMENTS)]
    assert any(annotated.spans for annotated in expected)
    results = answer.json()["results"]
    assert [read(d, r) for d, r in zip(DOCUMENTS, results, strict=True)] == expected
    assert {r["model_version"] for r in results} == {serving.current.version}
    assert all(0 <= r["score"] <= 1 for r in results)


def test_page_furniture_is_set_aside_as_in_extraction(client: TestClient) -> None:
    body = "At least 20 civilians were killed in airstrikes on Hajin."
    once = Document("page", f"{body}\n\nSign up for our newsletter\n")
    passages = find_set_aside(once.text)
    assert passages
    (result,) = client.post("/predict", json=asked([task(once)])).json()["results"]
    found = read(once, result).spans
    assert found
    assert not any(span.start < p.end and p.start < span.end for span in found for p in passages)


def test_setup_health_and_versions_tell_the_version(client: TestClient, serving: Serving) -> None:
    version = serving.current.version
    setup = {"project": "1.1", "schema": CONFIG, "hostname": "http://x", "access_token": "key", "extra_params": None}
    assert client.post("/setup", json=setup).json() == {"model_version": version}
    assert client.get("/health").json()["status"] == "UP"
    assert client.get("/versions").json() == {"versions": [version]}


def test_keys_that_are_sent_along_are_neither_kept_nor_logged(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        client.post("/setup", json={"schema": "<View/>", "access_token": "owners-key"})
        client.post("/predict", json=asked([], params={"login": "me", "password": "owners-key"}, label_config=""))
    assert len(client.get("/status").json()["problems"]) == 2
    assert "owners-key" not in caplog.text + client.get("/status").text


def test_a_task_that_holds_the_models_prediction_is_not_predicted_again(client: TestClient, serving: Serving) -> None:
    held = task(DOCUMENTS[0], predictions=[{"model_version": serving.current.version}])
    older = task(DOCUMENTS[0], predictions=[{"model_version": "older"}, {"model_version": None}, None])
    results = client.post("/predict", json=asked([held, older])).json()["results"]
    assert results[0] == []
    assert results[1]["model_version"] == serving.current.version
    assert client.get("/status").json()["counts"]["tasks that held this model's prediction"] == 1


def test_no_training_is_started_from_outside(client: TestClient) -> None:
    assert client.post("/webhook", json={"action": "ANNOTATION_CREATED"}).status_code == 200
    answer = client.post("/webhook", json={"action": "START_TRAINING", "project": {"id": 1}})
    assert (answer.status_code, "make retrain" in answer.json()["detail"]) == (501, True)
    assert client.post("/train", json={}).status_code == 404


# Problems


BAD = [
    (None, "must be an object"),
    ("text", "must be an object"),
    ({"id": 9}, "no data"),
    ({"id": 9, "data": []}, "no data"),
    ({"id": 9, "data": {"text": "An article that somebody imported by hand."}}, "annotation.push"),
    ({"id": 9, "data": {**to_data(DOCUMENTS[0]), "text": "Another text."}}, "changed after it was sent"),
    ({"id": 9, "data": {**to_data(DOCUMENTS[0]), "newlines": [[5, "\r"]]}}, "changed after it was sent"),
    ({"id": 9, "data": {**to_data(DOCUMENTS[0]), "metadata": 3}}, "metadata"),
    ({"id": 9, "data": {**to_data(DOCUMENTS[0]), "document_id": " "}}, "document id"),
    ({"id": {"x": [1]}, "data": {"text": "a" * 2001}}, "more than 2,000"),
    ({"id": 9, "data": {**to_data(DOCUMENTS[1]), "text": None}}, "annotation.push"),
]


@pytest.mark.parametrize(("bad", "reason"), BAD)
def test_a_bad_task_is_told_and_fails_no_other(serving: Serving, journal: Journal, bad: Any, reason: str) -> None:
    with TestClient(build(serving, journal, limits=Limits(text=2000), look_seconds=NEVER)) as client:
        answer = client.post("/predict", json=asked([task(DOCUMENTS[0]), bad, task(DOCUMENTS[1])]))
        first, second, third = answer.json()["results"]
        assert second == []
        assert read(DOCUMENTS[0], first)
        assert read(DOCUMENTS[1], third)
        (problem,) = client.get("/status").json()["problems"]
    assert problem["kind"] == "task refused"
    assert problem["place"] == 1
    assert reason in problem["reason"]
    if isinstance(bad, dict) and bad["id"] == 9:
        assert problem["task"] == 9


def test_an_article_that_breaks_the_model_is_found_and_named(
    serving: Serving, journal: Journal, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Served.annotate

    def breaks(served: Served, documents: Sequence[Document]) -> list[AnnotatedDocument]:
        if any(document.id == "two" for document in documents):
            raise RuntimeError("no such index")
        return whole(served, documents)

    monkeypatch.setattr(Served, "annotate", breaks)
    results = client.post("/predict", json=asked([task(d, n) for n, d in enumerate([*DOCUMENTS, DOCUMENTS[0]])])).json()
    assert [bool(result) for result in results["results"]] == [True, False, True]
    (problem,) = journal.problems()
    assert (problem["kind"], problem["task"], problem["document"]) == ("prediction failed", 1, "two")
    assert "no such index" in problem["reason"]
    assert journal.counts()["tasks predicted"] == 2


@pytest.mark.parametrize(
    ("content", "status", "reason"),
    [
        (b"", 400, "no JSON"),
        (b"{", 400, "no JSON"),
        (b"\xff\xfe\x00", 400, "no JSON"),
        (b"[" * 100_000, 400, "no JSON"),
        (b'{"tasks": %s}' % (b"9" * 5000), 400, "no JSON"),
        (b"[]", 422, "must be a JSON object"),
        (b"null", 422, "must be a JSON object"),
        (b"{}", 422, "tasks"),
        (b'{"tasks": {"0": 1}}', 422, "tasks"),
        (b'{"tasks": []}', 422, "configuration is missing"),
        (b'{"tasks": [], "label_config": "<View/>"}', 422, "shows no text of ours"),
        (b'{"tasks": [1, 2, 3, 4], "label_config": ""}', 413, "at most 3"),
        (b'{"tasks": ["%s"]}' % (b"a" * 20_000), 413, "20,000 bytes"),
    ],
)
def test_malformed_requests_are_refused_with_a_reason(
    serving: Serving, journal: Journal, content: bytes, status: int, reason: str
) -> None:
    with TestClient(build(serving, journal, limits=Limits(body=20_000, tasks=3), look_seconds=NEVER)) as client:
        if status == 400 and content.startswith(b"["):
            content = content[:20_000]
        answer = client.post("/predict", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == status
    assert reason in answer.json()["detail"]
    (problem,) = journal.problems()
    assert reason in problem["reason"]


def test_a_form_of_a_strange_page_is_refused(client: TestClient) -> None:
    answer = client.post("/predict", content=json.dumps(asked([])), headers={"Content-Type": "text/plain"})
    assert answer.status_code == 415


def test_a_body_without_a_length_is_not_read_beyond_the_limit(serving: Serving, journal: Journal) -> None:
    read_parts = 0

    def parts() -> Iterator[bytes]:
        nonlocal read_parts
        yield b'{"tasks": ["'
        for _ in range(1000):
            read_parts += 1
            yield b"a" * 1000

    with TestClient(build(serving, journal, limits=Limits(body=10_000), look_seconds=NEVER)) as client:
        answer = client.post("/predict", content=parts(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 413


def test_a_log_line_stays_one_line(journal: Journal, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        journal.problem("task refused", "two\nlines \x1b[2J \x9b2J \u2028 words", task=3)
    (record,) = caplog.records
    assert record.message.isascii()
    assert record.message.isprintable()
    assert json.loads(record.message)["task"] == 3


def test_the_journal_keeps_the_newest_problems_and_counts_all(journal: Journal) -> None:
    for number in range(120):
        journal.problem("task refused", "it is so", task=number)
    assert journal.counts() == {"task refused": 120}
    assert [row["task"] for row in journal.problems()] == list(range(119, 69, -1))


def test_anything_sent_is_answered_without_a_server_error(client: TestClient) -> None:
    """Random JSON at every place where Label Studio sends some."""
    rng = random.Random(7)

    def value(depth: int = 0) -> Any:
        kind = rng.randrange(9 if depth < 3 else 6)
        if kind > 6:
            keys = ["id", "data", "text", "document_id", "text_sha256", "newlines", "metadata", "predictions", "tasks"]
            return {rng.choice(keys): value(depth + 1) for _ in range(rng.randrange(4))}
        if kind == 6:
            return [value(depth + 1) for _ in range(rng.randrange(4))]
        words = "".join(rng.choices(string.printable + "é\u2028\ud800", k=rng.randrange(8)))
        return [None, True, rng.randrange(-9, 9), rng.random(), words, ""][kind]

    for _ in range(300):
        body = json.dumps(asked([value(), value()], params=value())) if rng.random() < 0.8 else json.dumps(value())
        path = rng.choice(["/predict", "/predict", "/setup", "/webhook"])
        answer = client.post(path, content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code in (200, 400, 413, 422)
        if path == "/predict" and answer.status_code == 200:
            assert len(answer.json()["results"]) == 2


# A project's configuration


def test_a_configuration_that_cannot_hold_the_labels_is_refused(client: TestClient) -> None:
    without = CONFIG.replace('value="TOTAL"', 'value="SUM"')
    answer = client.post("/setup", json={"project": "7.1", "schema": without})
    assert answer.status_code == 422
    assert "lacks the labels TOTAL" in answer.json()["detail"]
    assert client.get("/status").json()["problems"][0]["reason"].startswith("422: project 7.1")


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ("", "no XML"),
        ("<View>", "no XML"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><View/>', "declaration"),
        ("<View>" + " " * 300_000 + "</View>", "characters"),
        (CONFIG.replace("$text", "$article"), "no text of ours"),
        (CONFIG.replace('toName="text"', 'toName="other"'), "lacks the labels ACTOR"),
    ],
)
def test_misfits_are_told(config: str, reason: str) -> None:
    assert reason in misfit(config)


def test_our_configuration_fits() -> None:
    assert misfit(CONFIG) == ""
    assert misfit("<!-- ours -->" + CONFIG) == ""


# The secret


@pytest.fixture
def guarded(serving: Serving, journal: Journal) -> Iterator[TestClient]:
    with TestClient(build(serving, journal, SECRET, look_seconds=NEVER)) as client:
        yield client


REQUESTS = [("GET", "/health"), ("GET", "/status"), ("GET", "/versions")]
REQUESTS += [("POST", "/setup"), ("POST", "/predict"), ("POST", "/webhook")]


@pytest.mark.parametrize(("method", "path"), REQUESTS)
@pytest.mark.parametrize("password", [None, "", "wrong", SECRET + "x", SECRET[:-1]])
def test_nothing_is_answered_without_the_secret(
    guarded: TestClient, method: str, path: str, password: str | None
) -> None:
    if password is not None:
        guarded.headers["Authorization"] = "Basic " + b64encode(f"tolltrace:{password}".encode()).decode()
    assert guarded.request(method, path).status_code == 401


@pytest.mark.parametrize(("method", "path"), REQUESTS)
def test_with_the_secret_every_door_opens(guarded: TestClient, method: str, path: str) -> None:
    assert guarded.request(method, path, auth=("anybody", SECRET)).status_code != 401


@pytest.mark.parametrize("header", ["Basic", "Basic !!!", "Basic é", "Bearer " + SECRET, SECRET, "Basic " + "A" * 5000])
def test_strange_headers_are_no_secret(guarded: TestClient, header: str) -> None:
    assert guarded.get("/health", headers=[(b"Authorization", header.encode("latin-1"))]).status_code == 401


def test_wrong_secrets_are_seen_and_strange_webhooks_only_counted(guarded: TestClient, journal: Journal) -> None:
    guarded.get("/health", auth=("tolltrace", "wrong"))
    guarded.post("/webhook", json={"action": "TASKS_CREATED"})
    counts = journal.counts()
    assert (counts["requests refused"], counts["webhooks refused"]) == (1, 1)
    (problem,) = journal.problems()
    assert problem["kind"] == "wrong secret"
    assert "wrong" not in problem["reason"].replace("wrong or no password", "")


def test_without_a_secret_only_this_machine_is_served() -> None:
    with pytest.raises(command.BackendError, match="TOLLTRACE_BACKEND_SECRET"):
        command.serve("default", "0.0.0.0", 0, "")  # noqa: S104
    assert command.is_loopback("127.0.0.1")
    assert command.is_loopback("::1")
    assert command.is_loopback("localhost")
    assert not command.is_loopback("")
    assert not command.is_loopback("example.org")


@pytest.mark.parametrize("secret", ["schlüssel", "two\nlines", "\x00"])
def test_a_secret_that_no_header_carries_is_refused(secret: str) -> None:
    with pytest.raises(command.BackendError, match="ASCII"):
        command.secret_of(secret)


# Many tasks


def many(number: int) -> list[dict[str, Any]]:
    return [task(Document(f"d{n}", f"At least {n} civilians were killed in Hajin."), n) for n in range(number)]


def test_hundreds_of_tasks_go_through_in_batches_in_order(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = []
    whole = Served.annotate

    def counted(served: Served, documents: Sequence[Document]) -> list[AnnotatedDocument]:
        sizes.append(len(documents))
        return whole(served, documents)

    monkeypatch.setattr(Served, "annotate", counted)
    results = client.post("/predict", json=asked(many(150))).json()["results"]
    assert sum(sizes) == 150
    assert max(sizes) == BATCH_DOCUMENTS
    for number, result in enumerate(results):
        assert read(Document("x", f"At least {number} civilians were killed in Hajin."), result)


def test_what_takes_too_long_is_left_for_the_next_time(serving: Serving, journal: Journal) -> None:
    """Label Studio would throw all away after its time limit."""
    ticks = iter(range(0, 10_000, 30))
    app = build(serving, journal, limits=Limits(seconds=80), clock=lambda: float(next(ticks)), look_seconds=NEVER)
    tasks = many(5 * BATCH_DOCUMENTS)
    with TestClient(app) as client:
        first = client.post("/predict", json=asked(tasks)).json()["results"]
        done = [bool(result) for result in first]
        assert done == [True] * 3 * BATCH_DOCUMENTS + [False] * 2 * BATCH_DOCUMENTS
        (problem,) = journal.problems()
        assert problem["kind"] == "left for later"
        assert "64 of 160 tasks" in problem["reason"]
        for row, result in zip(tasks, first, strict=True):
            row["predictions"] = [result] if result else []
        second = client.post("/predict", json=asked(tasks)).json()["results"]
    assert [bool(result) for result in second] == [not one for one in done]


def test_health_is_answered_while_the_model_works(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    started, release = Event(), Event()
    whole = Served.annotate

    def waits(served: Served, documents: Sequence[Document]) -> list[AnnotatedDocument]:
        started.set()
        assert release.wait(60)
        return whole(served, documents)

    monkeypatch.setattr(Served, "annotate", waits)
    answers: list[Any] = []
    thread = Thread(target=lambda: answers.append(client.post("/predict", json=asked(many(3)))))
    thread.start()
    try:
        assert started.wait(60)
        assert client.get("/health").status_code == 200
        assert client.post("/setup", json={"schema": CONFIG}).status_code == 200
        assert not answers
    finally:
        release.set()
        thread.join(60)
    assert all(answers[0].json()["results"])


# A newer model


def looks(serving: Serving) -> bool:
    """Two looks, as the watcher makes them."""
    return [serving.look(), serving.look()][1]


def test_a_newer_model_is_served_without_a_restart(
    client: TestClient, serving: Serving, folder: Path, tiny_model: LoadedModel
) -> None:
    before = serving.current.version
    old = client.post("/predict", json=asked([task(DOCUMENTS[0])])).json()["results"][0]
    save(tiny_model, folder, scale=-1)
    assert looks(serving)
    after = client.get("/health").json()["model_version"]
    assert after not in (before, "")
    new = client.post("/predict", json=asked([task(DOCUMENTS[0], predictions=[old])])).json()["results"][0]
    assert new["model_version"] == after
    assert new["result"] != old["result"]
    expected = Predictor(load(save(tiny_model, folder.with_name("again"), scale=-1)), device="cpu")
    assert after == expected.version
    assert read(DOCUMENTS[0], new) == annotate(expected, DOCUMENTS[:1])[0].annotated


def test_a_folder_that_is_still_written_to_is_not_read(serving: Serving, folder: Path, tiny_model: LoadedModel) -> None:
    before = serving.current
    config = (folder / "config.json").read_text()
    (folder / "config.json").write_text(config + " ")
    assert not serving.look()
    save(tiny_model, folder, scale=-1)
    assert not serving.look()
    assert serving.current is before
    assert serving.look()


def test_nothing_is_loaded_while_nothing_changes(serving: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "_make", None)
    assert not looks(serving)
    assert not looks(serving)
    assert serving.trouble == ""


def test_a_broken_newer_model_leaves_the_old_one_and_is_told(
    client: TestClient, serving: Serving, journal: Journal, folder: Path, tiny_model: LoadedModel
) -> None:
    before = serving.current
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    assert not looks(serving)
    assert serving.current is before
    assert all(client.post("/predict", json=asked([task(DOCUMENTS[0])])).json()["results"])
    status = client.get("/status").json()
    assert status["newer_model_not_loaded"]
    (problem,) = status["problems"]
    assert problem["kind"] == "model not loaded"
    assert before.version in problem["reason"]
    assert not looks(serving)  # not tried again and again
    assert len(journal.problems()) == 1
    save(tiny_model, folder, scale=-1)
    assert looks(serving)
    assert client.get("/status").json()["newer_model_not_loaded"] is None


def test_a_model_of_another_scheme_is_not_taken(serving: Serving, folder: Path) -> None:
    before = serving.current
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "scheme_fingerprint": "of another scheme"}))
    assert not looks(serving)
    assert serving.current is before
    assert "of another scheme" in serving.trouble
    assert str(folder) in serving.trouble  # not the copy that it was read from


def test_a_removed_model_leaves_the_old_one(serving: Serving, folder: Path) -> None:
    before = serving.current
    folder.rename(folder.with_name("moved"))
    assert not looks(serving)
    assert serving.current is before
    assert serving.trouble
    folder.with_name("moved").rename(folder)
    assert not looks(serving)  # the same model again
    assert serving.trouble == ""
    assert serving.current.version == before.version


def test_a_request_in_flight_ends_with_the_model_it_began_with(
    client: TestClient, serving: Serving, folder: Path, tiny_model: LoadedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = serving.current.version
    whole = Served.annotate

    def swapped(served: Served, documents: Sequence[Document]) -> list[AnnotatedDocument]:
        if serving.current.version == before:
            save(tiny_model, folder, scale=-1)
            assert looks(serving)
        return whole(served, documents)

    monkeypatch.setattr(Served, "annotate", swapped)
    answer = client.post("/predict", json=asked(many(3 * BATCH_DOCUMENTS))).json()
    assert serving.current.version != before
    assert {result["model_version"] for result in answer["results"]} == {before}
    assert answer["model_version"] == before


def test_the_watcher_finds_a_newer_model_by_itself(
    serving: Serving, journal: Journal, folder: Path, tiny_model: LoadedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, found = serving.current.version, Event()
    look = serving.look

    def seen() -> bool:
        newer = look()
        if newer:
            found.set()
        return newer

    monkeypatch.setattr(serving, "look", seen)
    with TestClient(build(serving, journal, look_seconds=0.01)) as client:
        save(tiny_model, folder, scale=-1)
        assert found.wait(60)
        assert client.get("/health").json()["model_version"] != before


@pytest.mark.parametrize("name", ["./nothing-here", "no model/at all/here"])
def test_a_model_that_is_not_there_is_named(name: str, journal: Journal) -> None:
    with pytest.raises(ServingError, match=name.partition("/")[2] or name):
        Serving(name, journal)


# The command


def test_the_command_serves_tells_its_status_and_stops(folder: Path, root: Path) -> None:
    environment = {**os.environ, SECRET_VARIABLE: SECRET}
    port = free_port()

    def command_line(*more: str) -> list[str]:
        return [sys.executable, "-m", "annotation.backend", "--port", str(port), *more]

    def ran(*more: str, **changed: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command_line(*more), cwd=root, env={**environment, **changed}, capture_output=True, text=True, check=False
        )

    with subprocess.Popen(
        command_line("--model", str(folder)),
        cwd=root,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            assert process.stdout
            line = next(line for line in process.stdout if line.startswith("model "))
            assert f"on http://127.0.0.1:{port}, with the secret" in line
            address = f"http://127.0.0.1:{port}"
            httpx.Client(transport=httpx.HTTPTransport(retries=10)).get(f"{address}/health")
            told = json.loads(ran("--status").stdout)
            assert told["model"] == str(folder)
            assert told["counts"] == {"requests refused": 1, "wrong secret": 1}
            refused = ran("--status", TOLLTRACE_BACKEND_SECRET="wrong")
            assert (refused.returncode, "refuses the secret" in refused.stderr) == (1, True)
            taken = ran("--model", str(folder))
            assert (taken.returncode, f"cannot listen on 127.0.0.1:{port}" in taken.stderr) == (1, True)
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
    gone = ran("--status")
    assert (gone.returncode, "no tolltrace backend answers" in gone.stderr) == (1, True)
