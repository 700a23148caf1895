"""Inputs of a run to documents, one at a time: files, folders, globs and standard input.

Nothing that is wrong with one document stops the run: it yields an :class:`InputError` in the document's place.
"""

from __future__ import annotations

import glob
import gzip
import os
import sys
import zlib
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import BinaryIO, cast

from tolltrace.documents import Document
from tolltrace.reading.decoding import check_signature
from tolltrace.reading.objects import read_json_lines
from tolltrace.reading.pages import read_html
from tolltrace.reading.plain import read_text
from tolltrace.reading.records import InputError, Placed, Source, UnreadableError, printable_path
from tolltrace.reading.tables import read_csv, read_parquet, read_tsv

Reader = Callable[[BinaryIO, Source], Iterator[Placed | InputError]]

READERS: dict[str, Reader] = {
    ".txt": read_text,
    ".html": read_html,
    ".htm": read_html,
    ".jsonl": read_json_lines,
    ".ndjson": read_json_lines,
    ".csv": read_csv,
    ".tsv": read_tsv,
    ".parquet": read_parquet,
}
KNOWN_ENDINGS = ", ".join(READERS)
STANDARD_INPUT = "-"


def read_inputs(
    inputs: Iterable[str | Path], text_column: str = "text", id_column: str = "id"
) -> Iterator[Document | InputError]:
    """The documents of all inputs in order, and an error in the place of each that cannot be read.

    ``inputs`` are files, folders (with their subfolders, sorted by name, hidden files left out), globs, and ``-``
    for standard input. ``text_column`` and ``id_column`` name the columns of tables and the keys of JSON lines.
    Texts are kept as they are, white space and line ends included. An id that stood before yields an error.
    A file that is named or found several times is read once, where it stands first.
    Only one document (of Parquet: one batch), the ids of the run, where they stood and the files are held in memory.
    """
    seen: set[str | InputError] = set()
    places: dict[str, tuple[Source, int | None]] = {}
    for named in inputs:
        for item in _read_input(str(named), text_column, id_column, seen):
            if isinstance(item, InputError):
                yield item
                continue
            document = item.document
            if document.id in places:
                first = Placed(document, *places[document.id]).place
                yield item.source.error(
                    f"the id {document.id!r} is taken: it first stood in {first}", item.line, document.id
                )
            else:
                places[document.id] = (item.source, item.line)
                yield document


def _read_input(
    named: str, text_column: str, id_column: str, seen: set[str | InputError]
) -> Iterator[Placed | InputError]:
    """The documents of one input; ``seen`` holds the real paths of the files of the run, and what is wrong with some.

    ``in/**`` finds every file as itself and in each folder above it.
    """
    if named == STANDARD_INPUT:
        yield from _read_standard_input(Source("-", "stdin", text_column, id_column))
        return
    for found in find_files(named):
        key = found if isinstance(found, InputError) else os.path.realpath(found)
        if key in seen:
            continue
        seen.add(key)
        if isinstance(found, InputError):
            yield found
        else:
            yield from _read_file(found, text_column, id_column)


def find_files(named: str) -> Iterator[Path | InputError]:
    """The files that a file name, folder or glob stands for; a file of an unknown ending yields an error."""
    shown = printable_path(named)
    try:
        # A name that exists is meant as it stands, even with a "[" in it.
        paths = [Path(named)] if Path(named).exists() else []
        if not paths and glob.has_magic(named):
            paths = [Path(match) for match in sorted(glob.glob(named, recursive=True))]  # noqa: PTH207 (absolute too)
            if not paths:
                yield InputError(shown, "no file matches this pattern")
    except (OSError, ValueError) as error:
        yield InputError(shown, f"not a usable path: {_reason(error)}")
        return
    if not paths and not glob.has_magic(named):
        yield InputError(shown, "no such file or folder")
    for path in paths:
        if path.is_dir():
            yield from _walk(path)
        else:
            yield _checked_file(path)


def _walk(folder: Path) -> Iterator[Path | InputError]:
    try:
        entries = sorted((entry for entry in folder.iterdir() if not entry.name.startswith(".")), key=lambda e: e.name)
    except OSError as error:
        yield InputError(printable_path(folder), f"the folder cannot be read: {_reason(error)}")
        return
    if not entries:
        yield InputError(printable_path(folder), "the folder holds no files")
    for entry in entries:
        if not entry.is_dir():
            yield _checked_file(entry) if entry.is_file() else _irregular(entry)
        elif entry.is_symlink():  # may lead back to a folder above it
            yield InputError(printable_path(entry), "a link to a folder is not followed: name the folder itself")
        else:
            yield from _walk(entry)


def _checked_file(path: Path) -> Path | InputError:
    if _ending(path.name) is None:
        return InputError(printable_path(path), f"unknown ending {path.suffix!r}; known: {KNOWN_ENDINGS}")
    return path


def _irregular(path: Path) -> InputError:
    return InputError(printable_path(path), "no regular file, or a link that leads nowhere")


def _ending(name: str) -> str | None:
    """The known ending of a file name, with ``.gz`` where the file is compressed; None where it is unknown."""
    lower = name.lower()
    for ending in READERS:
        if lower.endswith(ending):
            return ending
        if ending != ".parquet" and lower.endswith(ending + ".gz"):
            return ending + ".gz"
    return None


def _read_file(path: Path, text_column: str, id_column: str) -> Iterator[Placed | InputError]:
    ending = _ending(path.name) or ""
    shown = printable_path(path)
    source = Source(shown, printable_path(path.name[: -len(ending)]), text_column, id_column)
    compressed = ending.endswith(".gz")
    try:
        with gzip.open(path) if compressed else open(path, "rb") as handle:
            if ending != ".parquet":
                check_signature(handle.peek(8)[:8])
            yield from READERS[ending.removesuffix(".gz")](cast(BinaryIO, handle), source)
    except UnreadableError as error:
        yield source.error(str(error))
    except (OSError, EOFError, zlib.error) as error:
        yield source.error(f"the file cannot be read: {_reason(error)}")


def _read_standard_input(source: Source) -> Iterator[Placed | InputError]:
    """Standard input is JSON lines where its first character that is not white space is ``{``, else one text."""
    handle = getattr(sys.stdin, "buffer", None)
    if handle is None:
        yield source.error("standard input is closed")
        return
    blank: list[bytes] = []
    try:
        for line in handle:
            blank.append(line)
            if start := line.removeprefix(BOM_UTF8).strip():
                if start.startswith(b"{"):
                    yield from read_json_lines(chain(blank, handle), source)
                    return
                break
        check_signature(b"".join(blank)[:8])
        yield from read_text(cast(BinaryIO, BytesIO(b"".join((*blank, *handle)))), source)
    except UnreadableError as error:
        yield source.error(str(error))
    except OSError as error:
        yield source.error(f"standard input cannot be read: {_reason(error)}")


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
