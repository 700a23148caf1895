"""What a project holds already: of every article its id and checksums, never its text.

The server has no unique ids of ours, and an import whose answer was lost may have been stored: so it is asked. A second
look reads only what came since the first, whoever sent it.
"""

from __future__ import annotations

from typing import NamedTuple

from annotation.label_studio.studio import Project, Studio
from annotation.label_studio.tasks import Shown, StaleText, checksum, shown, shown_of
from tolltrace.documents import Document, DocumentError

CLAIMED = 0  # stands for the id of a task that is not made yet


class Held(NamedTuple):
    """A task and digests of what it shows. ``text`` is empty where somebody changed it after it was sent."""

    task: int
    text: bytes
    newlines: bytes


class Double(NamedTuple):
    """A further task of an article. ``same``: with the same text."""

    document: str
    task: int
    same: bool


class Inventory:
    """``foreign``: tasks that were not sent by us. ``doubles``: by their ids, tasks of articles that have another one
    with a lower id."""

    def __init__(self, studio: Studio, project: Project) -> None:
        self.studio = studio
        self.project = project
        self.foreign = 0
        self.doubles: dict[int, Double] = {}
        self.last = 0
        self._held: dict[str, Held] = {}
        self._owner: dict[bytes, str] = {}
        self._own: set[int] = set()  # confirmed since the last look

    def refresh(self) -> None:
        """Read the tasks that came since the last time; where it breaks off, it goes on there the next time."""
        if self._own and self.studio.count(self.project, after=self.last) == len(self._own):
            self.last = max(self._own)
        else:
            for row in self.studio.tasks(self.project, "task_only", after=self.last):
                self._add(row)
                self.last = row["id"]
        self._own.clear()

    def get(self, document: str) -> Held | None:
        return self._held.get(document)

    def is_same(self, document: Document, held: Held) -> bool:
        return held[1:] == _digests(shown(document.text))

    def twin(self, document: Document) -> str | None:
        """The id of another article with the same text; line ends make no difference."""
        owner = self._owner.get(_digests(shown(document.text))[0])
        return None if owner == document.id else owner

    def claim(self, document: Document) -> None:
        """Take note of an article that is about to be sent."""
        self._put(document.id, Held(CLAIMED, *_digests(shown(document.text))))

    def confirm(self, document: str, task: int) -> None:
        """The article was sent and became this task."""
        self._held[document] = self._held[document]._replace(task=task)
        self._own.add(task)

    def forget(self, document: str) -> None:
        """The article is not there: it was refused, or deleted."""
        held = self._held.pop(document)
        if self._owner.get(held.text) == document:
            del self._owner[held.text]
        if held.task == self.last:  # a server on SQLite gives the id of its last task again
            self.last = max((other.task for other in self._held.values()), default=0)

    def _add(self, row: dict[str, object]) -> None:
        data, task = row["data"], row["id"]
        if not isinstance(data, dict) or not isinstance(task, int):
            self.foreign += 1
            return
        try:
            found = Held(task, *_digests(shown_of(data)))
        except StaleText:
            found = Held(task, b"", b"")
        except DocumentError:
            self.foreign += 1
            return
        name = data["document_id"]
        known = self._held.get(name)
        if known is None or known.task == CLAIMED:
            self._put(name, found)
        elif known.task != task:
            # The lowest stays: so two pushes that see the same doubles take out the same one.
            first, second = sorted((known, found))
            self._held[name] = first
            self.doubles[second.task] = Double(name, second.task, known[1:] == found[1:])

    def _put(self, document: str, held: Held) -> None:
        self._held[document] = held
        if held.text:
            self._owner.setdefault(held.text, document)


def _digests(view: Shown) -> tuple[bytes, bytes]:
    newlines = bytes.fromhex(checksum(repr(view.newlines))) if view.newlines else b""
    return bytes.fromhex(checksum(view.text)), newlines
