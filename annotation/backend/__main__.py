"""Serve a model to Label Studio: ``python -m annotation.backend [--model default|FOLDER|HUB NAME]``.

The secret that Label Studio must give as password stands in the environment variable TOLLTRACE_BACKEND_SECRET; without
one, only this machine is served. In Label Studio: project, Settings, Model, Connect Model, with basic authentication,
user tolltrace. With ``--connect PROJECT`` this is done here, by LABEL_STUDIO_URL and LABEL_STUDIO_API_KEY. When a newer
model is written to the folder, it is taken without a restart. ``--status`` shows what a running server did and what
went wrong, for Label Studio shows none of it. Only plain HTTP is spoken: between machines, put TLS in front.
"""

from __future__ import annotations

import argparse
import ipaddress
import json
import logging
import os
import socket
import sys

import httpx

from annotation.backend import DEFAULT, SECRET
from annotation.backend.journal import Journal, logger
from annotation.label_studio import backends
from annotation.label_studio.studio import StudioError, connect

SHUTDOWN_SECONDS = 5


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m annotation.backend", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default=DEFAULT, help="folder or hub name; default: the one in the package")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument("--port", type=int, default=9090)
    parser.add_argument("--device", help="cpu, cuda or mps; default: the best there is")
    action = parser.add_mutually_exclusive_group()
    action.add_argument("--status", action="store_true", help="show what the server running there did, as JSON")
    action.add_argument("--connect", metavar="PROJECT", help="connect the server running there with a project")
    parser.add_argument("--url", help="with --status and --connect: the server's address (default: http://HOST:PORT)")
    arguments = parser.parse_args()
    url = arguments.url or f"http://{arguments.host}:{arguments.port}"
    try:
        secret = secret_of(os.environ.get(SECRET, ""))
        if arguments.status:
            print(status(url, secret))
        elif arguments.connect:
            studio = connect()
            made = backends.connect_backend(studio, studio.project(arguments.connect), url, secret)
            print(f"{url} serves {arguments.connect!r}, with model {made['model_version']}")
        else:
            serve(arguments.model, arguments.host, arguments.port, secret, arguments.device)
    except (BackendError, StudioError) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:  # as it should be stopped
        sys.exit(130)


class BackendError(RuntimeError):
    """The server cannot start or be asked; the message says what to do."""


def secret_of(value: str) -> str:
    """The secret, fit for an HTTP header; raises BackendError otherwise."""
    if not value.isascii() or not value.isprintable():
        raise BackendError(f"{SECRET} must hold plain ASCII: make one with `openssl rand -hex 32`")
    return value


def serve(model: str, host: str, port: int, secret: str, device: str | None = None) -> None:
    """Serve until SIGINT or SIGTERM."""
    if not secret and not is_loopback(host):
        raise BackendError(
            f"without a secret only this machine is served, not {host}: set {SECRET} (`openssl rand -hex 32`)"
        )
    with _listening(host, port) as listener:
        # Loading these takes seconds, which --status and a taken port need not wait.
        import uvicorn
        from transformers.utils import logging as transformers_logging

        from annotation.backend.app import build
        from annotation.backend.serving import Serving, ServingError

        logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(message)s")
        logger.setLevel(logging.INFO)
        transformers_logging.disable_progress_bar()
        journal = Journal()
        try:
            serving = Serving(model, journal, device)
        except ServingError as error:
            raise BackendError(str(error)) from error
        app = build(serving, journal, secret)
        guarded = "with the secret" if secret else "without a secret: this machine only"
        journal.note("serving", model=model, version=serving.current.version, guarded=guarded)
        print(f"model {model} ({serving.current.version}) on http://{host}:{port}, {guarded}", flush=True)
        config = uvicorn.Config(
            app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=SHUTDOWN_SECONDS
        )
        uvicorn.Server(config).run(sockets=[listener])


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def status(url: str, secret: str) -> str:
    """What the server at ``url`` tells of itself."""
    try:
        answer = httpx.get(f"{url}/status", auth=(backends.USER, secret), timeout=10, trust_env=False)
        if answer.status_code == 401:
            raise BackendError(f"{url} refuses the secret: {SECRET} must be the one that it was started with")
        return json.dumps(answer.raise_for_status().json(), indent=2)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise BackendError(f"no tolltrace backend answers at {url}: {error}") from error


def _listening(host: str, port: int) -> socket.socket:
    """The socket, taken before the model is loaded."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except (OSError, OverflowError) as error:
        raise BackendError(f"cannot listen on {host}:{port}: {error}; choose another --port") from error
    return listener


if __name__ == "__main__":
    main()
