"""What of a text is set aside before it is read: page furniture, and passages that stood before."""

from __future__ import annotations

from tolltrace.reading.furniture import find_furniture
from tolltrace.reading.repeats import find_repeats
from tolltrace.reading.set_aside import SetAside, body_ranges, is_exact_repeat, is_unread

__all__ = ["SetAside", "body_ranges", "find_set_aside", "is_exact_repeat", "is_unread"]


def find_set_aside(text: str) -> tuple[SetAside, ...]:
    """Furniture and repeats of ``text``, sorted and without overlaps; offsets count code points of ``text``.

    Furniture comes first: a passage that once stood in a menu or a list of headlines is no repeat when it then
    stands in the article.
    """
    furniture = find_furniture(text)
    repeats = find_repeats(text, body_ranges(len(text), furniture))
    return tuple(sorted((*furniture, *repeats)))
