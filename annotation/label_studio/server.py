"""A Label Studio server on this machine, on loopback only: for trying the loop, and for the tests.

The server lives in an environment of its own, since its 150 packages lower versions of ours: the executable is named
by the environment variable ``TOLLTRACE_LABEL_STUDIO``, or stands in ``.venv-label-studio``, which ``make label-studio``
makes.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

EXECUTABLE = "TOLLTRACE_LABEL_STUDIO"
IN_PLACE = Path(".venv-label-studio/bin/label-studio")
HOST = "127.0.0.1"
START_SECONDS = 180
SETTINGS = {
    "LANG": "C.UTF-8",
    # Nothing leaves the machine.
    "LATEST_VERSION_CHECK": "false",
    "COLLECT_ANALYTICS": "false",
    "SENTRY_DSN": "",
    "FRONTEND_SENTRY_DSN": "",
    # A model backend and webhooks on loopback; with one of the two alone a backend leaves an orphan behind.
    "ML_BLOCK_LOCAL_IP": "false",
    "SSRF_PROTECTION_ENABLED": "false",
}


class ServerError(RuntimeError):
    """The local server is missing, does not start or has stopped; the message says what to do."""


@dataclass(frozen=True, slots=True)
class User:
    """``token``: 40 characters, the key for the API."""

    email: str
    password: str
    token: str


@dataclass(frozen=True, slots=True)
class Server:
    url: str
    folder: Path
    users: tuple[User, ...]
    process: subprocess.Popen[bytes]

    @property
    def key(self) -> str:
        """The first user's key; it owns the organisation."""
        return self.users[0].token

    def kill(self) -> None:
        """Stop without any farewell, as a power cut does."""
        _signal(self.process, signal.SIGKILL)
        self.process.wait()


def executable() -> Path:
    named = os.environ.get(EXECUTABLE)
    path = Path(named) if named else IN_PLACE
    if not path.is_file():
        raise ServerError(
            f"no Label Studio at {path}: `make label-studio` installs it into .venv-label-studio; "
            f"an installation elsewhere is named by {EXECUTABLE}=…/bin/label-studio"
        )
    return path.absolute()


def initialise(folder: Path, users: Sequence[User]) -> None:
    """Make a data folder with these users, who share one organisation; the first owns it. Takes half a minute."""
    folder.mkdir(parents=True, exist_ok=True)
    for user in users:
        command = [str(executable()), "init", "-q", "--username", user.email, "--password", user.password]
        # Keys of this kind can be allowed only when the organisation is made.
        command += ["--user-token", user.token, "--enable-legacy-api-token"]
        done = subprocess.run(command, env=_environment(folder), capture_output=True, check=False)  # noqa: S603
        if done.returncode:
            raise ServerError(f"Label Studio cannot make {folder}: {done.stderr.decode(errors='replace')[-2000:]}")


@contextmanager
def running(folder: Path, users: Sequence[User], port: int | None = None) -> Iterator[Server]:
    """The server over a data folder of :func:`initialise`, stopped at the end. ``port``: None for any free one."""
    server = start(folder, users, port)
    try:
        yield server
    finally:
        stop(server)


def start(folder: Path, users: Sequence[User], port: int | None = None) -> Server:
    """Start the server and wait until it answers; its output goes to ``server.log`` in ``folder``."""
    port = port or free_port()
    _check_free(port)
    command = [str(executable()), "start", "--no-browser", "--internal-host", HOST, "-p", str(port)]
    with open(folder / "server.log", "ab") as log:
        process = subprocess.Popen(  # noqa: S603
            command, env=_environment(folder), stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
        )
    server = Server(f"http://{HOST}:{port}", folder, tuple(users), process)
    try:
        _wait(server)
    except BaseException:
        stop(server)
        raise
    return server


def stop(server: Server) -> None:
    if server.process.poll() is None:
        _signal(server.process, signal.SIGINT)
        try:
            server.process.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def _wait(server: Server) -> None:
    """Until the server answers to our key: where a port is taken in between, it silently moves to the next one, and
    somebody else would answer here."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            raise ServerError(f"Label Studio stopped at its start: see {server.folder / 'server.log'}")
        try:
            answer = httpx.get(
                f"{server.url}/api/current-user/whoami",
                headers={"Authorization": f"Token {server.key}"},
                timeout=5,
                trust_env=False,
            )
        except httpx.HTTPError:
            time.sleep(0.3)
            continue
        if answer.status_code == 200:
            return
        raise ServerError(f"{server.url} answers {answer.status_code} to our key: another program has that port")
    raise ServerError(f"Label Studio did not answer within {START_SECONDS} s: see {server.folder / 'server.log'}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _check_free(port: int) -> None:
    with socket.socket() as probe:
        # A port that a server left a moment ago is free; one that somebody listens on is not.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise ServerError(f"port {port} is taken: choose another one") from error


def _environment(folder: Path) -> dict[str, str]:
    """Nothing of the caller's environment but the search path: keys and proxies are none of the server's business."""
    data = str(folder.absolute())
    return {
        "PATH": os.environ.get("PATH", ""),
        "HOME": data,
        "LABEL_STUDIO_BASE_DATA_DIR": data,
        "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
        **SETTINGS,
    }
