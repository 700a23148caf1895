"""A Label Studio of one's own to try the loop with: ``python -m annotation.demo``, by ``make label-studio``.

Starts a server and a model that pre-annotates, on this machine only, with a project and some articles; prints where it
is and how to log in. Ctrl-C stops both. All it has lies in one folder, where the next start goes on; the passwords,
made by chance, stand there in ``login.json``, which only its owner can read. To begin anew, delete the folder.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import secrets
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from types import FrameType
from typing import TextIO

import httpx
from rich.console import Console

from annotation import labelling_config
from annotation.backend import DEFAULT, SECRET
from annotation.label_studio import server as servers
from annotation.label_studio.backends import USER, connect_backend
from annotation.label_studio.projects import open_project
from annotation.label_studio.sending import Item, send
from annotation.label_studio.server import HOST, Server, ServerError, User, free_port
from annotation.label_studio.studio import KEY, URL, Project, StudioError, connect
from annotation.versions import ModelVersions
from tolltrace import jsonlines
from tolltrace.documents import Document
from tolltrace.reading import read_inputs

ROOT = Path(__file__).resolve().parent.parent
TITLE = "Casualties in the news"
EMAILS = ("first@example.org", "second@example.org")
FROM_CORPUS = 14
START_SECONDS = 180
STOP_SECONDS = 15


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m annotation.demo", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--folder", type=Path, default=Path("out/label-studio"))
    parser.add_argument("--model", default=DEFAULT, help="folder or hub name; default: the one in the package")
    arguments = parser.parse_args()
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    interrupt = _Interrupt()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    try:
        run(arguments.folder, arguments.port, arguments.model, console)
    except (ServerError, StudioError, OSError) as error:
        console.print(f"error: {error}", markup=False)
        sys.exit(2)
    except KeyboardInterrupt:
        console.print(f"stopped; everything is kept in {arguments.folder}", markup=False)


def run(folder: Path, port: int, model: str, console: Console) -> None:
    """Start everything, print how to get in, and stay until a signal comes or one of the two ends."""
    servers.executable()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with ExitStack() as stack:
        stack.enter_context(_alone(folder))
        users, secret = logins(folder)
        data = folder / "data"
        if not data.exists():
            with console.status("preparing Label Studio: a minute, the first time only"):
                _prepare(data, users)
        address = f"http://{HOST}:{free_port()}"
        with console.status("starting Label Studio and the model"):
            backend = stack.enter_context(_backend(address, folder, model, secret))
            server = stack.enter_context(servers.running(data, users, port))
            _wait(backend, address, folder, secret)
        with console.status("articles and the model's predictions"):
            project = _fill(server, folder, model, address, secret)
        print(_greeting(server, project, folder), flush=True)
        while True:
            for name, process in (("Label Studio", server.process), ("the model", backend)):
                if process.poll() is not None:
                    raise ServerError(f"{name} has stopped: see the logs in {folder}")
            time.sleep(0.5)


def logins(folder: Path) -> tuple[tuple[User, ...], str]:
    """The users and the secret between Label Studio and the model, made once."""
    path = folder / "login.json"
    if not path.exists():
        made = {
            "users": [
                {"email": email, "password": secrets.token_urlsafe(12), "token": secrets.token_hex(20)}
                for email in EMAILS
            ],
            "secret": secrets.token_hex(32),
        }
        with _private(path) as out:
            json.dump(made, out, indent=1)
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        return tuple(User(**user) for user in held["users"]), held["secret"]
    except (ValueError, TypeError, KeyError) as error:
        raise ServerError(f"{path} is damaged ({error}): delete {folder} to begin anew") from error


def articles() -> list[Document]:
    """The example articles, and the first of the corpus's test split, without their annotations."""
    found = {read.id: read for read in read_inputs([ROOT / "data/examples"]) if isinstance(read, Document)}
    splits = json.loads((ROOT / "data/splits.json").read_text(encoding="utf-8"))
    corpus = jsonlines.read(ROOT / "data/corpus.jsonl")
    # An example that stands in the corpus too has its title and date there.
    found |= {a.id: a.document for a in islice((a for a in corpus if splits.get(a.id) == "test"), FROM_CORPUS)}
    return list(found.values())


def _prepare(data: Path, users: tuple[User, ...]) -> None:
    """The data folder appears whole or not at all."""
    partial = data.with_name("data.partial")
    shutil.rmtree(partial, ignore_errors=True)
    servers.initialise(partial, users)
    partial.chmod(0o700)
    partial.rename(data)


def _fill(server: Server, folder: Path, model: str, address: str, secret: str) -> Project:
    """The project with its articles, sent once: what somebody deletes there stays deleted."""
    studio = connect(server.url, server.key)
    project, _ = open_project(studio, TITLE, labelling_config.build())
    filled = folder / "filled"
    if not filled.exists():
        annotator = ModelVersions(None if model == DEFAULT else model)
        report = send(studio, project, [Item(article) for article in articles()], annotator=annotator)
        if report.refused:
            raise StudioError("; ".join(str(refusal) for refusal in report.refused))
        filled.touch()
    connect_backend(studio, project, address, secret)
    studio.http.close()  # the server would wait for it when it stops
    return project


def _greeting(server: Server, project: Project, folder: Path) -> str:
    environment = folder / "environment"
    with _private(environment) as out:
        out.write(f"export {URL}={server.url}\nexport {KEY}={server.key}\n")
    users = "\n".join(f"  log in as {user.email}, password {user.password}" for user in server.users)
    return (
        f"\n{server.url}/projects/{project.id}/data\n{users}\n"
        f"For the commands of annotation/: source {shlex.quote(str(environment))}\n"
        f"Ctrl-C stops it; everything stays in {folder}"
    )


@contextmanager
def _private(path: Path) -> Iterator[TextIO]:
    """A file that only its owner can read; it appears whole or not at all."""
    partial = path.with_name(path.name + ".partial")
    partial.unlink(missing_ok=True)
    with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        yield out
    partial.rename(path)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with open(folder / "lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ServerError(f"another one runs with {folder}: stop it, or choose another --folder") from error
        yield


@contextmanager
def _backend(address: str, folder: Path, model: str, secret: str) -> Iterator[subprocess.Popen[bytes]]:
    """The model's server, stopped at the end; its output goes to ``backend.log``."""
    named = str(Path(model).absolute()) if Path(model).is_dir() else model
    port = address.rpartition(":")[2]
    command = [sys.executable, "-m", "annotation.backend", "--model", named, "--host", HOST, "--port", port]
    with open(folder / "backend.log", "ab") as log:
        process = subprocess.Popen(  # noqa: S603
            command,
            cwd=ROOT,
            env={**os.environ, SECRET: secret},
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C comes to us alone, and we stop it when Label Studio is gone
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(backend: subprocess.Popen[bytes], address: str, folder: Path, secret: str) -> None:
    """Until the model answers."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if backend.poll() is not None:
            last = (folder / "backend.log").read_text(encoding="utf-8", errors="replace").strip().rpartition("\n")[2]
            raise ServerError(f"the model stopped at its start: {last}")
        try:
            if httpx.get(f"{address}/health", auth=(USER, secret), timeout=5, trust_env=False).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    raise ServerError(f"the model did not answer within {START_SECONDS} s: see {folder / 'backend.log'}")


class _Interrupt:
    """Stops the program at the first signal; no further one breaks off the stopping."""

    def __init__(self) -> None:
        self.came = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        if not self.came:
            self.came = True
            raise KeyboardInterrupt


if __name__ == "__main__":
    main()
