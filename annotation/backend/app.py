"""Label Studio's protocol for models: what it asks and what it is answered.

Label Studio asks ``/health`` (it waits 1 s) and ``/setup`` (3 s) before each ``/predict`` (100 s), all with the
backend's basic authentication. ``/setup`` brings an access token of the project's owner: it is neither kept nor logged.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hmac
import json
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from typing import Any

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse

from annotation.backend.fitting import misfit
from annotation.backend.journal import Journal
from annotation.backend.predicting import Limits, Predicting
from annotation.backend.serving import Serving
from tolltrace import scheme

LOOK_SECONDS = 2.0


def build(
    serving: Serving,
    journal: Journal,
    secret: str = "",
    limits: Limits | None = None,
    clock: Callable[[], float] | None = None,
    look_seconds: float = LOOK_SECONDS,
) -> FastAPI:
    """The application. ``secret``: what callers must give as password; empty lets everybody in."""
    limits = limits or Limits()
    # One worker: the model takes all cores by itself.
    worker = ThreadPoolExecutor(1, "predict")
    predicting = Predicting(journal, worker, limits, **({"clock": clock} if clock else {}))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        watching = asyncio.create_task(_watch(serving, look_seconds))
        yield
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
        worker.shutdown(cancel_futures=True)

    def authorised(request: Request) -> None:
        if secret and not _knows(request.headers.get("Authorization", ""), secret):
            what = "webhooks refused" if request.url.path == "/webhook" else "requests refused"
            journal.count(what)
            if what == "requests refused":  # a webhook carries no credentials unless it is given some
                journal.problem("wrong secret", f"{request.method} {request.url.path[:100]}: wrong or no password")
            raise HTTPException(
                401, "the backend's secret is wrong or missing", {"WWW-Authenticate": 'Basic realm="tolltrace"'}
            )

    app = FastAPI(
        title="tolltrace",
        lifespan=lifespan,
        openapi_url=None,
        dependencies=[Depends(authorised)],
        redirect_slashes=False,
    )

    @app.exception_handler(HTTPException)
    async def told(request: Request, error: HTTPException) -> JSONResponse:
        if error.status_code != 401:
            journal.problem("request refused", f"{error.status_code}: {error.detail}", request=request.url.path[:100])
        return JSONResponse({"detail": error.detail}, error.status_code, error.headers)

    async def body(request: Request) -> dict[str, Any]:
        """The request's JSON object, not more than the limit of it read."""
        # A page in somebody's browser can send forms to this machine, but no JSON.
        if request.headers.get("Content-Type", "").partition(";")[0].strip().lower() != "application/json":
            raise HTTPException(415, "send JSON, with the header Content-Type: application/json")
        parts, size = [], 0
        async for part in request.stream():
            size += len(part)
            if size > limits.body:
                raise HTTPException(
                    413, f"the request is larger than {limits.body:,} bytes: send fewer tasks at a time"
                )
            parts.append(part)
        try:
            found = await asyncio.to_thread(json.loads, b"".join(parts))
        except (ValueError, RecursionError) as error:
            raise HTTPException(400, f"the request is no JSON: {error}") from error
        if not isinstance(found, dict):
            raise HTTPException(422, f"the request must be a JSON object, not {type(found).__name__}")
        return found

    def fits(config: Any, project: Any) -> None:
        reason = misfit(config) if isinstance(config, str) else "the project's labelling configuration is missing"
        if reason:
            raise HTTPException(422, f"project {str(project)[:50]}: {reason}")

    @app.get("/health")
    async def health() -> dict[str, Any]:
        return {"status": "UP", "model_class": "tolltrace", "model_version": serving.current.version}

    @app.get("/status")
    async def status() -> dict[str, Any]:
        return {
            "model": serving.name,
            "model_version": serving.current.version,
            "scheme": scheme.fingerprint(),
            "newer_model_not_loaded": serving.trouble or None,
            "counts": journal.counts(),
            "problems": journal.problems(),
        }

    @app.get("/versions")
    async def versions() -> dict[str, Any]:
        return {"versions": [serving.current.version]}

    @app.post("/setup")
    async def setup(request: Request) -> dict[str, Any]:
        asked = await body(request)
        fits(asked.get("schema"), asked.get("project"))
        return {"model_version": serving.current.version}

    @app.post("/predict")
    async def predict(request: Request) -> dict[str, Any]:
        asked = await body(request)
        tasks = asked.get("tasks")
        if not isinstance(tasks, list):
            raise HTTPException(422, "the request must have the list tasks")
        if len(tasks) > limits.tasks:
            raise HTTPException(413, f"{len(tasks):,} tasks in one request, at most {limits.tasks:,}: select fewer")
        fits(asked.get("label_config"), asked.get("project"))
        served = serving.current
        results = await predicting.results(served, tasks, request.is_disconnected)
        return {"results": results, "model_version": served.version}

    @app.post("/webhook")
    async def webhook(request: Request) -> dict[str, Any]:
        """Events of Label Studio, of no use here: a newer model is seen by itself, and nobody trains from outside."""
        asked = await body(request)
        if asked.get("action") == "START_TRAINING":
            raise HTTPException(501, "no training is started from here: run `make retrain` where the corpus is")
        journal.count("webhooks")
        return {"detail": "noted"}

    return app


async def _watch(serving: Serving, seconds: float) -> None:
    while True:
        await asyncio.sleep(seconds)
        await asyncio.to_thread(serving.look)


def _knows(header: str, secret: str) -> bool:
    """Whether an Authorization header holds the secret as the password of any user; as long for a wrong one as for the
    right one."""
    kind, _, value = header.partition(" ")
    try:
        given = base64.b64decode(value.strip(), validate=True).partition(b":")[2]
    except (binascii.Error, ValueError):
        given = b""
    return hmac.compare_digest(given, secret.encode()) and kind.lower() == "basic"
