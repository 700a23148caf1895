"""Plain text: one file, one document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from tolltrace.reading.decoding import decode
from tolltrace.reading.records import InputError, Placed, Source, UnreadableError, make_document


def read_text(handle: BinaryIO, source: Source) -> Iterator[Placed | InputError]:
    """The one document of a text file; its id is the file's name without its ending."""
    try:
        yield make_document(source, source.stem, decode(handle.read()), {})
    except UnreadableError as error:
        yield source.error(str(error), document_id=source.stem)
