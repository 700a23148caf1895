"""Documents to the data of Label Studio's tasks, and back.

The interface shows CRLF as two lines and counts what the text holds, so that texts go there with LF and come back as
they were: ``newlines`` remembers where what else stood. A checksum tells when somebody changed a task's text, for then
the offsets of its annotations mean nothing any more.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tolltrace.documents import Document, DocumentError

OTHER_NEWLINES = re.compile(r"\r\n|\r")
COLUMNS = ("title", "outlet", "published")
NUL = "\x00"


class StaleText(DocumentError):
    """A task's text is no longer the one that was sent."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A document's text as Label Studio shows it. ``newlines``: the offset in ``text`` of each changed one, and what it
    was."""

    text: str
    newlines: tuple[tuple[int, str], ...]

    def to_shown(self, offset: int) -> int:
        """The offset in :attr:`text` of an offset in the original."""
        gone = 0
        for place in self._long():
            if place + gone >= offset:
                break
            gone += 1
        return offset - gone

    def to_original(self, offset: int) -> int:
        return offset + bisect_left(self._long(), offset)

    def original(self) -> str:
        parts, at = [], 0
        for place, newline in self.newlines:
            parts += [self.text[at:place], newline]
            at = place + 1
        return "".join([*parts, self.text[at:]])

    def _long(self) -> list[int]:
        """Where the original had two characters."""
        return [place for place, newline in self.newlines if len(newline) == 2]


def shown(text: str) -> Shown:
    """The text with LF alone."""
    newlines, gone = [], 0
    for found in OTHER_NEWLINES.finditer(text):
        newlines.append((found.start() - gone, found[0]))
        gone += len(found[0]) - 1
    return Shown(OTHER_NEWLINES.sub("\n", text), tuple(newlines))


def checksum(text: str) -> str:
    # What comes back may hold lone surrogates, which no text of ours does: it must not match, but not fail either.
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def to_data(document: Document, question: str = "") -> dict[str, Any]:
    """A task's data. ``question``: what the annotator is to look at, shown above the text. Raises DocumentError for a
    text that Label Studio cannot hold."""
    if not document.text.strip():
        raise DocumentError(f"document {document.id!r}: its text is empty, there is nothing to annotate")
    if NUL in document.text:
        raise DocumentError(f"document {document.id!r}: NUL at offset {document.text.index(NUL)}: no database keeps it")
    view = shown(document.text)
    metadata = dict(document.metadata)
    data = {
        "text": view.text,
        "document_id": document.id,
        "text_sha256": checksum(view.text),
        "newlines": [list(pair) for pair in view.newlines],
        "metadata": metadata,
        # Columns to sort and search by; the interface shows them above the text.
        **{name: str(metadata.get(name) or "") for name in COLUMNS},
    }
    return {**data, "question": question} if question else data


def shown_of(data: Mapping[str, Any]) -> Shown:
    """The text that a task shows. Raises StaleText where it is not the one that was sent, DocumentError for a task that
    is none of ours."""
    text = data.get("text")
    if not isinstance(text, str) or not isinstance(data.get("document_id"), str) or "text_sha256" not in data:
        raise DocumentError("the task was not sent by `python -m annotation.push`: it lacks text, id or checksum")
    if checksum(text) != data["text_sha256"]:
        raise StaleText(f"document {data['document_id']!r}: the task's text was changed after it was sent")
    newlines = _newlines(text, data.get("newlines") or [])
    if newlines is None:
        raise StaleText(f"document {data['document_id']!r}: the task's newlines were changed after it was sent")
    return Shown(text, newlines)


def _newlines(text: str, rows: Any) -> tuple[tuple[int, str], ...] | None:
    """The newlines of a task, or None where they are none of its text, in order."""
    if not isinstance(rows, list):
        return None
    found: list[tuple[int, str]] = []
    before = -1
    for row in rows:
        if not isinstance(row, list) or len(row) != 2:
            return None
        place, newline = row
        if type(place) is not int or not before < place < len(text) or text[place] != "\n":
            return None
        if newline not in ("\r\n", "\r"):
            return None
        found.append((place, newline))
        before = place
    return tuple(found)


def from_data(data: Mapping[str, Any]) -> Document:
    """The document as it was sent; raises as :func:`shown_of` does."""
    view = shown_of(data)
    metadata = data.get("metadata") or {}
    if not isinstance(metadata, Mapping):
        raise DocumentError(f"document {data['document_id']!r}: its metadata must be an object, not {metadata!r}")
    return Document(data["document_id"], view.original(), dict(metadata))
