"""Articles and their versions to what the server takes: a task, or a prediction of a task that is there.

All that can be wrong with them is found here, before anything is sent: the server checks next to nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from statistics import fmean
from typing import Any, NamedTuple

from annotation.label_studio import regions, tasks
from tolltrace.documents import AnnotatedDocument, Document, DocumentError

MOST_BYTES = 200 * 2**20  # of one task; the server fails above 250 MB
NUL = "\x00"
Versions = Mapping[str, AnnotatedDocument]


class Parcel(NamedTuple):
    """JSON for the server, and whose it is. ``task``, ``version``: of a prediction of a task that is there."""

    document: str
    body: bytes
    task: int = 0
    version: str = ""


def of_task(document: Document, versions: Versions, question: str = "") -> Parcel:
    """A new task with its predictions. Raises DocumentError where the server could not keep it as it is."""
    data = tasks.to_data(document, question)
    row: dict[str, Any] = {"data": data}
    if versions:
        row["predictions"] = [_prediction(document, name, version) for name, version in versions.items()]
    try:
        body = as_json(row)
        kept = json.loads(body)["data"]["metadata"] == data["metadata"]
    except (ValueError, TypeError, RecursionError) as problem:
        raise DocumentError(f"its metadata cannot be written as JSON: {problem}") from problem
    if _holds_nul([document.id, question, data["metadata"]]):
        raise DocumentError("a NUL character stands in its id, question or metadata: no database keeps it")
    if not kept:
        raise DocumentError("its metadata does not come back from JSON as it was: keys must be texts, and lists lists")
    if len(body) > MOST_BYTES:
        raise DocumentError(f"it has {len(body) / 2**20:.0f} MB with its predictions: the server takes less than 250")
    return Parcel(document.id, body)


def of_predictions(document: Document, task: int, versions: Versions) -> list[Parcel]:
    """A prediction a version for a task that is there. Raises DocumentError as :func:`of_task` does."""
    rows = {name: {"task": task, **_prediction(document, name, version)} for name, version in versions.items()}
    return [Parcel(document.id, as_json(row), task, name) for name, row in rows.items()]


def as_json(value: Any) -> bytes:
    """Raises ValueError, TypeError or RecursionError for what JSON lacks, NaN among it."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def score(version: AnnotatedDocument) -> float | None:
    """How sure a version is of itself: the mean over its spans and links; None where they have no scores."""
    parts = [part.score for part in version.spans] + [part.score for part in version.links]
    scores = [one for one in parts if one is not None]
    return round(fmean(scores), 4) if scores else None


def _prediction(document: Document, name: str, version: AnnotatedDocument) -> dict[str, Any]:
    if not name.strip() or NUL in name:
        raise DocumentError(f"a version has the name {name!r}: it must be a text with at least one character")
    if version.text != document.text:
        raise DocumentError(f"its version {name!r} is of another text: its offsets would mean nothing")
    return {"model_version": name, "score": score(version), "result": regions.to_result(version)}


def _holds_nul(value: Any) -> bool:
    if isinstance(value, str):
        return NUL in value
    if isinstance(value, Mapping):
        return any(_holds_nul(part) for pair in value.items() for part in pair)
    return isinstance(value, list | tuple) and any(_holds_nul(part) for part in value)
