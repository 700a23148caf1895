from __future__ import annotations

import socket
from pathlib import Path

import httpx
import pytest

from annotation.label_studio import server as servers
from annotation.label_studio.server import Server, ServerError
from tests.label_studio.conftest import USERS


@pytest.mark.label_studio
def test_every_user_has_a_key_in_one_organisation(label_studio: Server) -> None:
    seen = {}
    for user in USERS:
        headers = {"Authorization": f"Token {user.token}"}
        who = httpx.get(f"{label_studio.url}/api/current-user/whoami", headers=headers).json()
        seen[who["email"]] = who["active_organization"]
    assert set(seen) == {user.email for user in USERS}
    assert len(set(seen.values())) == 1


@pytest.mark.label_studio
def test_the_server_listens_on_loopback_only(label_studio: Server) -> None:
    port = int(label_studio.url.rpartition(":")[2])
    listening = [
        line.split()[1]
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]
        if line.split()[3] == "0A" and line.split()[1].endswith(f":{port:04X}")
    ]
    assert listening == [f"0100007F:{port:04X}"]


@pytest.mark.label_studio
def test_a_taken_port_is_refused_by_name(label_studio: Server) -> None:
    port = int(label_studio.url.rpartition(":")[2])
    with pytest.raises(ServerError, match=f"port {port} is taken"):
        servers.start(label_studio.folder, USERS, port)


def test_a_missing_installation_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(servers.EXECUTABLE, str(tmp_path / "label-studio"))
    with pytest.raises(ServerError, match="make label-studio"):
        servers.executable()


def test_a_free_port_can_be_bound() -> None:
    with socket.socket() as probe:
        probe.bind((servers.HOST, servers.free_port()))
