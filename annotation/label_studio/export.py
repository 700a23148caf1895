"""Every task of a project, with its annotations and drafts, as the server exports them.

Of the server's ways out this is the one that has every annotator's drafts, can leave out the predictions, and whose
file on the server can be taken away again. It is asked for in parts of some hundred tasks. A part is read in one
transaction, so that no task is half of before and half of after an annotator's click; a server on SQLite lets nobody
write meanwhile, so parts are short. Where a part fails, since one annotation in it holds half a character (which the
server takes in and can never give out again), it is halved until the task is found and the others are read. A part is
a range of ids, which the server takes from a tab of the project alone: the tab goes when all is read.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from annotation.label_studio.studio import Project, Studio, StudioError, StudioGone, StudioRefused

TITLE = "annotation.pull"
PART = 500
FIRST = 50  # tasks of the first part, which shows what the others need
LEFT_BEHIND = timedelta(hours=6)
MOST_UNREADABLE = 50
PIECE = 1 << 18  # characters
SERIALIZATION = {
    "drafts": {"only_id": False},
    "annotations__completed_by": {"only_id": True},
    "include_annotation_history": False,
}

# An export that fails leaves the server's end of the connection without its database.
ALONE = {"additional_headers": {"Connection": "close"}}


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A task that the server fails to export. ``row``: the task without its annotations, as far as it can be had."""

    id: int
    row: dict[str, Any]


Exported = dict[str, Any] | Unreadable


class Export:
    """The tasks of ``project``. ``scratch``: a folder for the part at hand. ``part``: tasks to a part.

    ``with_predictions`` may be set from one part to the next: whether tasks carry their predictions or the ids of them,
    which takes a third of the time."""

    def __init__(self, studio: Studio, project: Project, scratch: Path, part: int = PART) -> None:
        self.studio, self.project = studio, project
        self.sdk: Any = studio.sdk
        self.file = scratch / "part.json"
        self.part = part
        self.with_predictions = False
        self.title = f"{TITLE} {datetime.now(UTC).isoformat(timespec='seconds')}"
        self.what = f"read the tasks of {project.title!r}"

    def count(self) -> int:
        return int(self._listed(page_size=1)["total"])

    def tasks(self, reached: Callable[[int], None] = lambda tasks: None) -> Generator[Exported, None, None]:
        """Every task, part by part in the order of ids; those that are imported meanwhile are left for the next time.
        ``reached`` is told after each part how many there were. Raises StudioError, StudioGone."""
        ranges = self._ranges()
        if not ranges:
            return
        self._sweep()
        view: Any = self._call(lambda: self.sdk.views.create(project=self.project.id, data=self._view(0, 0)))
        try:
            unreadable = 0
            for low, high in ranges:
                seen = 0
                for task in self._range(str(view.id), low, high):
                    seen += 1
                    unreadable += isinstance(task, Unreadable)
                    if unreadable > MOST_UNREADABLE:
                        raise StudioError(f"cannot {self.what}: {self.studio.url} fails to export them: see its log")
                    yield task
                reached(seen)
        finally:
            self.file.unlink(missing_ok=True)
            with suppress(StudioError):  # the server may be gone
                self._call(lambda: self.sdk.views.delete(id=str(view.id)))

    def _ranges(self) -> list[tuple[int, int]]:
        """Ids of the first and the last task of each part. The parts hold every task up to the last one, whatever comes
        and goes between these calls."""
        total = self.count()
        if not total:
            return []
        last = int(self._listed(page_size=1, query={"ordering": ["-tasks:id"]})["tasks"][0]["id"])
        starts: list[int] = []
        for place in (1, *range(min(FIRST, self.part) + 1, total + 1, self.part)):
            try:
                start = int(self._listed(page_size=1, page=place)["tasks"][0]["id"])
            except StudioRefused:
                # The place is gone meanwhile, or its task cannot be listed: then the part before is a longer one.
                start = 0
            if not starts or starts[-1] < start <= last:
                starts.append(start)
        return list(zip(starts, [start - 1 for start in starts[1:]] + [last], strict=True))

    def _range(self, view: str, low: int, high: int) -> Iterator[Exported]:
        self._call(lambda: self.sdk.views.update(id=view, project=self.project.id, data=self._view(low, high)))
        export: Any = self._call(
            lambda: self.sdk.projects.exports.create(
                id=self.project.id,
                title=self.title,
                task_filter_options={"view": int(view)},
                serialization_options={**SERIALIZATION, "predictions": {"only_id": not self.with_predictions}},
                request_options=ALONE,
            )
        )
        try:
            export = self._finished(export)
            if done := export.status == "completed":
                self._download(export)
        finally:
            with suppress(StudioError):
                self._call(lambda: self.sdk.projects.exports.delete(id=self.project.id, export_pk=export.id))
        if done:
            yield from self._checked(low, high, int(export.counters["task_number"]))
        elif low < high:
            middle = (low + high) // 2
            yield from self._range(view, low, middle)
            yield from self._range(view, middle + 1, high)
        else:
            # Ordered by them, the rows name their annotators.
            query = {"filters": _between(low, high), "ordering": ["tasks:annotators"]}
            rows = self._listed(query=query)["tasks"]
            if rows:
                yield Unreadable(low, rows[0])

    def _finished(self, export: Any) -> Any:
        """The export once it has ended: a server with a job queue answers before."""
        pause = 0.2
        while export.status in ("created", "in_progress"):
            time.sleep(pause)
            pause = min(pause * 1.5, 5)
            export = self._call(partial(self.sdk.projects.exports.get, id=self.project.id, export_pk=export.id))
        return export

    def _download(self, export: Any) -> None:
        def download() -> str:
            digest = hashlib.md5(usedforsecurity=False)
            with open(self.file, "wb") as out:
                for piece in self.sdk.projects.exports.download(id=self.project.id, export_pk=export.id):
                    out.write(piece)
                    digest.update(piece)
            return digest.hexdigest()

        found = self._call(download)
        if export.md5 and found != export.md5:
            raise StudioGone(f"cannot {self.what}: what {self.studio.url} sent is not what it exported: try again")

    def _checked(self, low: int, high: int, number: int) -> Iterator[dict[str, Any]]:
        """The tasks of the part at hand. Raises StudioError where they are not those that were asked for."""
        seen: set[int] = set()
        try:
            for task in _objects(self.file):
                if not low <= task["id"] <= high or task["id"] in seen:
                    raise StudioError(f"cannot {self.what}: {self.studio.url} exports others than those asked for")
                seen.add(task["id"])
                yield task
        except json.JSONDecodeError as error:
            raise StudioGone(
                f"cannot {self.what}: {self.studio.url} sent no whole export ({error}): try again"
            ) from error
        if len(seen) != number:
            raise StudioError(f"cannot {self.what}: {self.studio.url} exported {number} tasks and sent {len(seen)}")

    def _listed(self, query: dict[str, Any] | None = None, **parameters: Any) -> Any:
        """A page of tasks without their annotations, by id where ``query`` does not say otherwise."""
        if query:
            parameters["query"] = json.dumps(query)
        return self.studio.get(self.what, "/api/tasks/", project=self.project.id, fields="task_only", **parameters)

    def _view(self, low: int, high: int) -> Any:
        return {"title": self.title, "filters": _between(low, high)}

    def _sweep(self) -> None:
        """Take away what pulls that were killed left on the server."""
        for view in self._call(lambda: self.sdk.views.list(project=self.project.id)):
            if _left_behind((view.data or {}).get("title")):
                self._call(partial(self.sdk.views.delete, id=str(view.id)))
        exports = self.sdk.projects.exports
        for export in self._call(lambda: exports.list(id=self.project.id)):
            if _left_behind(export.title):
                self._call(partial(exports.delete, id=self.project.id, export_pk=export.id))

    def _call(self, action: Callable[[], Any]) -> Any:
        return self.studio.call(self.what, action)


def _between(low: int, high: int) -> dict[str, Any]:
    within = {"filter": "filter:tasks:id", "operator": "in", "type": "Number", "value": {"min": low, "max": high}}
    return {"conjunction": "and", "items": [within]}


def _left_behind(title: Any) -> bool:
    """Whether a title is that of a pull which cannot be at work any more."""
    if not isinstance(title, str) or not title.startswith(f"{TITLE} "):
        return False
    try:
        return datetime.now(UTC) - datetime.fromisoformat(title.removeprefix(f"{TITLE} ")) > LEFT_BEHIND
    except (ValueError, TypeError):
        return False


def _objects(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON list, one at a time. Label Studio's own dependency for this, ijson, stops at numbers beyond
    64 bits, and an offset may be one."""
    decoder = json.JSONDecoder(parse_int=_whole)
    with open(path, encoding="utf-8", newline="") as file:
        buffer = file.read(PIECE)
        if not buffer.startswith("["):
            raise json.JSONDecodeError("no list", buffer[:PIECE], 0)
        at = 1
        while True:
            while at < len(buffer) and buffer[at] in " \n\r\t,":
                at += 1
            if buffer[at : at + 1] == "]":
                return
            try:
                value, at = decoder.raw_decode(buffer, at)
            except json.JSONDecodeError:
                more = file.read(max(PIECE, len(buffer)))
                if not more:
                    raise
                buffer, at = buffer[at:] + more, 0
                continue
            yield value


def _whole(digits: str) -> int | str:
    """Python refuses thousands of digits."""
    try:
        return int(digits)
    except ValueError:
        return digits
