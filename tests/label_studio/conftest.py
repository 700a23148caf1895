"""One real server for all tests that are marked ``label_studio``; a template is made once and copied."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from annotation.label_studio import server as servers
from annotation.label_studio.server import Server, User

OWNER, ALICE, BOB, CAROL = USERS = tuple(
    User(f"{name}@example.org", f"{name}-password", f"{number}" * 40)
    for number, name in enumerate(("owner", "alice", "bob", "carol"))
)


@pytest.fixture(scope="session")
def label_studio_template() -> Path:
    """A data folder with all users and no project; kept between runs, since making it takes a minute."""
    version = servers.executable().stat().st_mtime_ns
    folder = Path(tempfile.gettempdir()) / f"tolltrace-label-studio-{os.getuid()}-{version}"
    with open(f"{folder}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            partial = folder.with_name(folder.name + ".partial")
            shutil.rmtree(partial, ignore_errors=True)
            servers.initialise(partial, USERS)
            partial.rename(folder)
    return folder


@pytest.fixture(scope="session")
def label_studio(label_studio_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server that tests share: each makes projects of its own."""
    folder = tmp_path_factory.mktemp("label-studio") / "data"
    shutil.copytree(label_studio_template, folder)
    with servers.running(folder, USERS) as server:
        yield server


@pytest.fixture
def own_label_studio(label_studio_template: Path, tmp_path: Path) -> Iterator[Server]:
    """A server of the test's own, which it may kill."""
    folder = tmp_path / "data"
    shutil.copytree(label_studio_template, folder)
    with servers.running(folder, USERS) as server:
        yield server
