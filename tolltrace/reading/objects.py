"""JSON lines: one object a line, each a document."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tolltrace.reading.decoding import decode
from tolltrace.reading.records import InputError, Placed, Source, UnreadableError, make_document

# Annotations of a corpus file: reading hands out bare documents.
IGNORED_KEYS = ("spans", "links")


def read_json_lines(lines: Iterable[bytes], source: Source) -> Iterator[Placed | InputError]:
    """The documents of JSON lines; blank lines are passed over, a bad line yields an error with its number.

    Keys other than the text, the id, ``metadata``, ``spans`` and ``links`` go into the metadata, where a key of
    the ``metadata`` object wins over a key beside it.
    """
    number = 0
    for number, raw in enumerate(lines, 1):
        if not raw.strip():
            continue
        try:
            yield _document(_parse(decode(raw, at_start=number == 1)), source, number)
        except UnreadableError as error:
            yield source.error(str(error), number)
    if not number:
        yield source.error("the file is empty")


def _parse(line: str) -> Mapping[str, Any]:
    try:
        # Python and pandas write NaN and Infinity, which JSON lacks; they can only be metadata and mean "no value".
        value = json.loads(line, parse_constant=lambda _: None)
    except json.JSONDecodeError as error:
        raise UnreadableError(f"malformed JSON: {error.msg} at column {error.colno}") from None
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"malformed JSON: {error}") from None
    if not isinstance(value, Mapping):
        raise UnreadableError(f"a line must hold a JSON object, not {type(value).__name__}")
    return value


def _document(value: Mapping[str, Any], source: Source, number: int) -> Placed | InputError:
    if source.text_column not in value:
        return source.error(f"no key {source.text_column!r}; the keys are: {', '.join(map(repr, value))}", number)
    metadata = value.get("metadata")
    if metadata is None:
        metadata = {}
    if not isinstance(metadata, Mapping):
        return source.error(f"metadata must be an object, not {type(metadata).__name__}", number)
    taken = (source.text_column, source.id_column, "metadata", *IGNORED_KEYS)
    beside = {key: item for key, item in value.items() if key not in taken}
    return make_document(source, value.get(source.id_column), value[source.text_column], {**beside, **metadata}, number)
