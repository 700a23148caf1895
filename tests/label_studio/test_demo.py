"""``python -m annotation.demo``: starts, answers, stops without leaving anything behind, and goes on."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import httpx
import pytest

from annotation import demo
from annotation.label_studio import server as servers
from annotation.label_studio.backends import backends
from annotation.label_studio.regions import from_result
from annotation.label_studio.server import HOST, ServerError, free_port
from annotation.label_studio.studio import Studio
from annotation.label_studio.tasks import from_data
from tests.label_studio.conftest import OWNER, USERS
from tolltrace.model.loading import load


@pytest.fixture
def folder(tmp_path: Path, label_studio_template: Path) -> Path:
    """As the first start leaves it, which takes a minute."""
    folder = tmp_path / "demo"
    shutil.copytree(label_studio_template, folder / "data")
    made = {"users": [asdict(user) for user in USERS], "secret": "a secret of this test"}
    (folder / "login.json").write_text(json.dumps(made))
    return folder


@contextmanager
def running(root: Path, folder: Path, port: int) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The program, and what it printed until it was ready."""
    command = [sys.executable, "-m", "annotation.demo", "--port", str(port), "--folder", str(folder)]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            printed = []
            for line in process.stdout:
                printed.append(line)
                if "Ctrl-C" in line:
                    break
            yield process, "".join(printed)
        finally:
            process.terminate()


def is_answered(address: str) -> bool:
    try:
        httpx.get(f"{address}/health", timeout=10, trust_env=False)
    except httpx.ConnectError:
        return False
    return True


@pytest.mark.label_studio
def test_it_starts_stops_and_goes_on(root: Path, folder: Path) -> None:
    port = free_port()
    address = f"http://{HOST}:{port}"
    with running(root, folder, port) as (process, printed):
        assert address in printed
        assert OWNER.email in printed
        assert OWNER.password in printed
        assert OWNER.token not in printed
        studio = Studio(address, OWNER.token)
        project = studio.project(demo.TITLE)
        tasks = list(studio.tasks(project))
        wanted = {document.id: document for document in demo.articles()}
        assert {task["data"]["document_id"] for task in tasks} == set(wanted)
        version, found = load().version, 0
        for task in tasks:
            document = from_data(task["data"])
            assert document == wanted[document.id]
            assert task["annotations"] == []
            (prediction,) = task["predictions"]
            assert prediction["model_version"] == version
            annotated = from_result(document, prediction["result"]).annotated
            assert annotated is not None
            found += len(annotated.spans)
        assert found > len(tasks)
        (backend,) = backends(studio, project)
        assert backend["state"] == "CO"
        another = subprocess.run(
            [sys.executable, "-m", "annotation.demo", "--port", str(free_port()), "--folder", str(folder)],
            cwd=root,
            capture_output=True,
            text=True,
            check=False,
        )
        assert another.returncode == 2
        assert "another one runs" in another.stderr
        studio.delete_task(tasks[0]["id"])
        studio.http.close()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGINT):
            process.send_signal(number)
        assert process.wait(120) == 0
    assert not is_answered(address)
    assert not is_answered(backend["url"])
    assert (folder / "environment").stat().st_mode & 0o077 == 0

    port = free_port()
    address = f"http://{HOST}:{port}"
    with running(root, folder, port) as (process, _):
        studio = Studio(address, OWNER.token)
        again = list(studio.tasks(studio.project(demo.TITLE)))
        assert [task["id"] for task in again] == [task["id"] for task in tasks[1:]]
        (backend,) = backends(studio, project)
        assert backend["state"] == "CO"
        studio.http.close()
        process.send_signal(signal.SIGTERM)
        assert process.wait(120) == 0
    assert not is_answered(address)
    assert not is_answered(backend["url"])


def test_passwords_are_made_by_chance_once_and_are_private(tmp_path: Path) -> None:
    users, secret = demo.logins(tmp_path)
    assert demo.logins(tmp_path) == (users, secret)
    path = tmp_path / "login.json"
    assert path.stat().st_mode & 0o077 == 0
    path.unlink()
    others, other = demo.logins(tmp_path)
    held = {secret, *(user.password for user in users), *(user.token for user in users)}
    assert len(held) == 1 + 2 * len(users)
    assert held.isdisjoint({other, *(user.password for user in others), *(user.token for user in others)})
    assert all(len(user.token) == 40 for user in users)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"users": [{"email": 1}], "secret": ""}'])
def test_a_damaged_login_says_how_to_begin_anew(tmp_path: Path, content: str) -> None:
    (tmp_path / "login.json").write_text(content)
    with pytest.raises(ServerError, match="begin anew"):
        demo.logins(tmp_path)


def test_articles_come_without_what_was_annotated() -> None:
    articles = demo.articles()
    assert len(articles) > demo.FROM_CORPUS
    assert len({article.id for article in articles}) == len(articles)
    assert all(article.text.strip() for article in articles)
    assert not any({"spans", "links", "gold"} & set(article.metadata) for article in articles)


def test_without_label_studio_it_says_how_to_get_it_and_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, root: Path
) -> None:
    monkeypatch.setenv(servers.EXECUTABLE, str(tmp_path / "nothing"))
    done = subprocess.run(
        [sys.executable, "-m", "annotation.demo", "--folder", str(tmp_path / "demo")],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "make label-studio" in done.stderr
    assert not (tmp_path / "demo").exists()
