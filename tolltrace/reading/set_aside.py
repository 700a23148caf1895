"""Passages of a text that are not read, and what is left of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

REPEAT = "repeat"


@dataclass(frozen=True, slots=True, order=True)
class SetAside:
    """A half-open range ``[start, end)``, in code points of the text as given, that is not analysed, and why.

    ``reason`` is ``repeat`` or ``furniture: <kind>``. ``repeat_of`` is the offset where the passage first stood;
    that first occurrence is never set aside itself.
    """

    start: int
    end: int
    reason: str
    repeat_of: int | None = None


def is_exact_repeat(text: str, item: SetAside) -> bool:
    """Whether ``item`` repeats an earlier passage character by character.

    Then an annotation at offset ``i`` of the first passage stands at ``i + item.start - item.repeat_of`` here. In
    other repeats white space, case or punctuation differ, and offsets do not carry over.
    """
    if item.repeat_of is None:
        return False
    return text.startswith(text[item.start : item.end], item.repeat_of)


def is_unread(text: str, item: SetAside) -> bool:
    """Whether the passage is really not read: furniture and exact repeats, whose annotations can be copied.

    A repeat in which white space, case or punctuation differ is read again.
    """
    return item.repeat_of is None or is_exact_repeat(text, item)


def ranges_to_read(text: str, set_aside: Sequence[SetAside]) -> list[tuple[int, int]]:
    """The ranges of ``text`` that are read: all but the passages for which :func:`is_unread` holds."""
    return body_ranges(len(text), [item for item in set_aside if is_unread(text, item)])


def body_ranges(length: int, set_aside: Sequence[SetAside]) -> list[tuple[int, int]]:
    """The half-open ranges of ``[0, length)`` that are not set aside, in order.

    Ranges between two neighbouring set-aside lines may hold nothing but a line break. Raises ValueError where
    ``set_aside`` is unsorted, overlaps itself or leaves ``[0, length)``.
    """
    ranges = []
    at = 0
    for item in set_aside:
        if not at <= item.start < item.end <= length:
            raise ValueError(
                f"set aside [{item.start}, {item.end}) must be sorted, not overlap what ends at {at}, "
                f"and lie within 0 to {length}"
            )
        if at < item.start:
            ranges.append((at, item.start))
        at = item.end
    if at < length:
        ranges.append((at, length))
    return ranges
