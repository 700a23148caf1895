"""Files to documents, and what of their text is set aside: page furniture and repeated passages.

Offsets always point into the text as it was given.
"""

from tolltrace.reading.inputs import KNOWN_ENDINGS, read_inputs
from tolltrace.reading.passages import find_set_aside
from tolltrace.reading.records import InputError
from tolltrace.reading.set_aside import SetAside, body_ranges, is_exact_repeat, is_unread, ranges_to_read

__all__ = [
    "KNOWN_ENDINGS",
    "InputError",
    "SetAside",
    "body_ranges",
    "find_set_aside",
    "is_exact_repeat",
    "is_unread",
    "ranges_to_read",
    "read_inputs",
]
