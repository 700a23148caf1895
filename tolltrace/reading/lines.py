"""Lines of a text with their offsets: the units that furniture and repeats are looked for in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_LINE = re.compile("[^\\n\\r\\v\\f\\x85\\u2028\\u2029]+")


class Line(NamedTuple):
    """A line without the white space around it: ``text`` stands at ``[start, end)`` of the whole text."""

    start: int
    end: int
    text: str


def split_lines(text: str, start: int = 0, end: int | None = None) -> Iterator[Line]:
    """The lines of ``text[start:end]`` that hold more than white space; offsets count from the start of ``text``."""
    for match in _LINE.finditer(text, start, len(text) if end is None else end):
        raw = match[0]
        stripped = raw.strip()
        if stripped:
            at = match.start() + len(raw) - len(raw.lstrip())
            yield Line(at, at + len(stripped), stripped)
