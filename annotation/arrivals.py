"""What came back of a task: each annotation and each draft read, and its state told.

An annotation is skipped where its author says so, stale where the task's text was changed after it was sent, refused
where it breaks the scheme; else it is kept, or empty on purpose. What concerns several tasks is settled in
:mod:`annotation.spool`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from annotation.label_studio import regions
from annotation.label_studio.export import Unreadable
from annotation.label_studio.tasks import StaleText, from_data
from annotation.snapshot import Row
from tolltrace.documents import AnnotatedDocument, Document, DocumentError

UNKNOWN = "user-unknown"
PREDICTED = ("prediction", "prediction-changed")
NAMES = ("created_username", "user", "completed_by", "created_by")  # keys that may hold people's names and addresses
Prediction = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Arrival:
    """``annotated``: the version, where it is kept. ``raw``: the annotation or draft as the server has it, without its
    author's name and address."""

    row: Row
    annotated: AnnotatedDocument | None = None
    raw: Any = None


@dataclass(frozen=True, slots=True)
class Task:
    """A task's document, or why there is none. ``name``: the id that its data claims. ``text``: checksum of the
    document's text."""

    id: int
    name: str | None
    document: Document | None
    problem: str = ""
    stale: bool = False

    @property
    def text(self) -> str | None:
        return None if self.document is None else hashlib.sha256(self.document.text.encode()).hexdigest()


def task_of(row: Mapping[str, Any]) -> Task:
    """A task of Label Studio, without its annotations."""
    data, number = row.get("data"), int(row["id"])
    name = _name(data.get("document_id")) if isinstance(data, Mapping) else None
    if not isinstance(data, Mapping):
        return Task(number, None, None, "the task has no data")
    try:
        return Task(number, name, from_data(data))
    except StaleText as error:
        return Task(number, name, None, str(error), stale=True)
    except (DocumentError, UnicodeError) as error:
        return Task(number, name, None, str(error))


def arrivals(
    task: Task, row: Mapping[str, Any], prediction: Callable[[int], Prediction | None] = lambda number: None
) -> Iterator[Arrival]:
    """Every annotation and draft of a task, in the order of their ids. ``prediction``: gives a prediction by its id."""
    for raw in _by_id(row.get("annotations")):
        yield _annotation(task, raw, prediction)
    for raw in _by_id(row.get("drafts")):
        yield Arrival(_row(task, raw, "draft", _draft_of(raw), annotation=None), None, _nameless(raw))


def unreadable(task: Unreadable) -> Iterator[Arrival]:
    """A task that the server fails to export, once for each of its annotators."""
    name = task_of(task.row).name
    reason = (
        "the server fails to hand out this task: an annotation or draft in it holds half a character, which is no "
        "Unicode; delete it there"
    )
    numbers = [number for number in task.row.get("annotators") or [] if type(number) is int]
    for annotator in [f"user-{number}" for number in sorted(numbers)] or [UNKNOWN]:
        yield Arrival(Row(name, task.id, None, annotator, "refused", reason))


def annotator_of(raw: Mapping[str, Any]) -> str:
    """``user-<id>`` of an annotation or a draft; accounts that are gone are :data:`UNKNOWN`."""
    author = raw.get("completed_by", raw.get("user"))
    if isinstance(author, Mapping):
        author = author.get("id")
    if isinstance(author, str):  # a draft's author is an address, with the number behind the name
        behind = str(raw.get("created_username") or "").rpartition(", ")[2]
        author = int(behind) if behind.isascii() and behind.isdigit() else None
    return f"user-{author}" if type(author) is int else UNKNOWN


def _annotation(task: Task, raw: Mapping[str, Any], prediction: Callable[[int], Prediction | None]) -> Arrival:
    result = raw.get("result")
    reading = None
    if task.document is not None:
        reading = regions.from_result(task.document, result)
    note = reading.note if reading else ""
    origin, version = _origin(task.document, raw, reading, prediction)
    facts = {"origin": origin, "model_version": version, "note": note}
    if raw.get("was_cancelled"):
        return Arrival(_row(task, raw, "skipped", "its author skipped the task", **facts), None, _nameless(raw))
    if reading is None:
        return Arrival(
            _row(task, raw, "stale" if task.stale else "refused", task.problem, **facts), None, _nameless(raw)
        )
    if reading.annotated is None:
        return Arrival(_row(task, raw, "refused", "; ".join(reading.problems), **facts), None, _nameless(raw))
    reason = (
        f"white space or a comma at the edges of {reading.trimmed} regions was taken off" if reading.trimmed else ""
    )
    state = "kept" if reading.annotated.spans else "empty"
    return Arrival(_row(task, raw, state, reason, **facts), reading.annotated, _nameless(raw))


def _origin(
    document: Document | None,
    raw: Mapping[str, Any],
    reading: regions.Reading | None,
    prediction: Callable[[int], Prediction | None],
) -> tuple[str, str | None]:
    """Where an annotation began, and with whose prediction: taken over unchanged only where it says what that says."""
    result = raw.get("result")
    items = [item for item in result if isinstance(item, Mapping)] if isinstance(result, list) else []
    parent, viewed = raw.get("parent_prediction"), raw.get("prediction")
    if type(parent) is not int and not any(item.get("origin") in PREDICTED for item in items):
        return "scratch", None
    source: Prediction | None = viewed if isinstance(viewed, Mapping) and viewed else None
    if type(parent) is int and (source is None or source.get("id") != parent):
        source = prediction(parent)
    if source is None:
        return "corrected", None
    version = source.get("model_version")
    unchanged = (
        document is not None
        and reading is not None
        and reading.annotated is not None
        and regions.from_result(document, source.get("result")).annotated == reading.annotated
    )
    return "prediction" if unchanged else "corrected", _text(version) or None


def _row(task: Task, raw: Mapping[str, Any], state: str, reason: str, **facts: Any) -> Row:
    lead = raw.get("lead_time")
    known = {
        "annotation": raw.get("id"),
        "created": _text(raw.get("created_at")),
        "updated": _text(raw.get("updated_at")),
        "lead_time": lead if isinstance(lead, int | float) else None,
        "ground_truth": raw.get("ground_truth") is True,
    }
    return Row(task.name, task.id, annotator=annotator_of(raw), state=state, reason=reason, **{**known, **facts})


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _draft_of(raw: Mapping[str, Any]) -> str:
    of = raw.get("annotation")
    return "saved, not submitted" if of is None else f"changes to annotation {of}, not submitted"


def _by_id(rows: Any) -> list[Mapping[str, Any]]:
    return sorted((row for row in rows or [] if isinstance(row, Mapping)), key=lambda row: int(row.get("id") or 0))


def _nameless(raw: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in raw.items() if key not in NAMES}
    return {**kept, "completed_by": annotator_of(raw)}


def _name(value: Any) -> str | None:
    """A document's id, where it can be written down."""
    if not isinstance(value, str):
        return None
    try:
        value.encode()
    except UnicodeEncodeError:
        return None
    return value
