"""What reading hands out: documents, or errors that say which document could not be read and why."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from tolltrace.documents import Document, DocumentError


@dataclass(frozen=True, slots=True)
class InputError:
    """A document (or a whole input) that could not be read. It is a value, not an exception: the run goes on.

    ``path`` is the input as it was named or found, ``line`` the 1-based line of a text format or the 1-based row
    of a Parquet file, ``document_id`` the id where it is known.
    """

    path: str
    reason: str
    line: int | None = None
    document_id: str | None = None

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"

    @property
    def place(self) -> str:
        """``path`` or ``path:line``."""
        return self.path if self.line is None else f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class Source:
    """One input that holds documents: its name for messages, its bare name for ids, and the columns to read."""

    path: str
    stem: str
    text_column: str = "text"
    id_column: str = "id"

    def error(self, reason: str, line: int | None = None, document_id: str | None = None) -> InputError:
        return InputError(self.path, reason, line, document_id)


@dataclass(frozen=True, slots=True)
class Placed:
    """Inside this package: a document with the place it was read from, for the message on a repeated id."""

    document: Document
    source: Source
    line: int | None = None

    @property
    def place(self) -> str:
        return self.source.path if self.line is None else f"{self.source.path}:{self.line}"


class UnreadableError(ValueError):
    """Inside this package: a document that cannot be read; its message becomes the reason of an InputError."""


def make_document(
    source: Source, document_id: Any, text: Any, metadata: Mapping[str, Any], line: int | None = None
) -> Placed | InputError:
    """A document with its place, or the reason why this is none.

    Refused are: no text, nothing but white space, NUL characters, lone surrogates, an id that is no text.

    An id that is None or blank becomes ``<stem>:<line>`` where a line is given; whole numbers become text.
    """
    if line is not None and (document_id is None or document_id == ""):
        document_id = f"{source.stem}:{line}"
    if isinstance(document_id, int) and not isinstance(document_id, bool):
        document_id = str(document_id)
    shown = _printable(document_id) if isinstance(document_id, str) else None
    if text is None:
        return source.error(f"no text: {source.text_column!r} is empty", line, shown)
    if not isinstance(text, str):
        return source.error(f"{source.text_column!r} must hold a text, not {type(text).__name__}", line, shown)
    if not text.strip():
        return source.error("the text is empty or holds only white space", line, shown)
    if (nul := text.find("\0")) >= 0:
        return source.error(f"a NUL character at offset {nul}: this is no plain text", line, shown)
    try:
        document = Document(document_id, text, {jsonable(k): jsonable(v) for k, v in metadata.items()})
        document_id.encode()
    except UnicodeEncodeError:
        return source.error(f"the id {shown!r} is not valid Unicode", line, shown)
    except (DocumentError, RecursionError) as error:
        return source.error(_printable(str(error)), line, shown)
    return Placed(document, source, line)


def jsonable(value: Any) -> Any:
    """``value`` in the types of JSON: dates as ISO 8601 text, decimals as text, bytes as hex, not-a-number as None.

    Lone surrogates are replaced by U+FFFD: they stand in no text that is analysed, and would break writing later.
    """
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if _has_surrogate(value) else value
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(jsonable(key)): jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [jsonable(item) for item in value]
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Decimal):
        return str(value) if value.is_finite() else None
    return jsonable(str(value))


def printable_path(path: object) -> str:
    """A path for messages and ids: bytes of a file name that are not UTF-8 are written as ``\\xNN``."""
    raw = str(path)
    return raw.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace") if _has_surrogate(raw) else raw


def _printable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


def _has_surrogate(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False
