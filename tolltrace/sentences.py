"""Sentences of an article by their offsets: the evidence that is shown beside a claim.

Own rules rather than a library: sentencex 1.0.32 was tried, and its native code panics (a ``BaseException``) on
"\\x85" and runs a headline on into the next line. Wrong here costs little: a sentence too long or too short is still
the article's own words around the figure.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable

from tolltrace.documents import Mention
from tolltrace.words import word_set

NEVER_LAST = word_set(
    "adm al approx brig capt cdr cmdr cmdt col cpl dr ft fr gen gov hon insp lt maj messrs mr mrs ms mt mx pfc pres "
    "prof pvt rep rev sen sgt spc spokesm st supt vs wg"
)
"""Titles and the like: a name follows."""
BEFORE_NUMBER = word_set("no nos jan feb mar apr jun jul aug sep sept oct nov dec art fig p pp para vol ca")
SELDOM_LAST = word_set("am pm bros co corp dept etc inc jr ltd nov sr a.m p.m e.g i.e cf")
"""These end a sentence only where the next word looks like the start of one."""
STARTERS = word_set(
    "a about according after all also although an and another any as at at because before both but by during each "
    "earlier even for four from he her his however if in it its last later many meanwhile more most no on one other "
    "our over people she since so some such that the their there these they this those three two under until we "
    "what when where which while who with yesterday you"
)
STOPS = ".!?…。؟۔"
CLOSERS = "\"'”’»)]"
OPENERS = "\"'“‘«(["
LINE_ENDS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
CANDIDATE = re.compile(
    rf"(?P<line>[{LINE_ENDS}]\s*)|(?P<stop>[{STOPS}]+[{re.escape(CLOSERS)}]*)(?:(?P<space>[^\S{LINE_ENDS}]+)|(?=[^\W\d_]))"
)
LAST_WORD = re.compile(r"([^\W_]+(?:\.[^\W_]+)*)$")
NEXT_WORD = re.compile(rf"[{re.escape(OPENERS)}\s]*([^\W_]+)?")


class Sentences:
    """The sentences of a text: they cover it without gaps, and none ends inside one of the ``whole`` ranges."""

    def __init__(self, text: str, whole: Iterable[tuple[int, int]] = ()) -> None:
        self._text = text
        bounds = [0, *_boundaries(text), len(text)] if text else []
        inside = set()
        for start, end in whole:
            first, last = bisect_right(bounds, start), bisect_right(bounds, end - 1)
            inside.update(bounds[first:last])
        self._bounds = [bound for bound in bounds if bound not in inside]

    @property
    def starts(self) -> list[int]:
        """Where each sentence starts."""
        return self._bounds[:-1]

    @property
    def ranges(self) -> list[tuple[int, int]]:
        """Start and end of every sentence, white space behind it included."""
        return list(zip(self._bounds, self._bounds[1:], strict=False))

    def index(self, offset: int) -> int:
        """The number of the sentence that holds the character at ``offset``, which must lie in the text."""
        if not 0 <= offset < len(self._text):
            raise ValueError(f"offset {offset} lies outside the text of {len(self._text)} characters")
        return bisect_right(self._bounds, offset) - 1

    def range_at(self, offset: int) -> tuple[int, int]:
        """Start and end of the sentence around a character."""
        number = self.index(offset)
        return self._bounds[number], self._bounds[number + 1]

    def around(self, offset: int) -> Mention:
        """The sentence around a character, without the white space at its ends."""
        start, end = self.range_at(offset)
        words = self._text[start:end]
        start += len(words) - len(words.lstrip())
        return Mention(words.strip(), start, start + len(words.strip()))


def _boundaries(text: str) -> list[int]:
    """Offsets at which a sentence starts, but for 0."""
    found = []
    for match in CANDIDATE.finditer(text):
        at = match.end()
        if 0 < at < len(text) and (
            _ends_line(text, match) if match["line"] else _ends_sentence(text, match.start(), match)
        ):
            found.append(at)
    return found


def _ends_line(text: str, match: re.Match[str]) -> bool:
    """A line's end ends a sentence, unless a single one is followed by a lower-case word: a wrapped line."""
    breaks = sum(char in LINE_ENDS for char in match[0].replace("\r\n", "\n"))
    before = text[max(match.start() - 1, 0) : match.start()] or "."
    return breaks > 1 or before in STOPS + CLOSERS or not text[match.end()].islower()


def _ends_sentence(text: str, stop: int, match: re.Match[str]) -> bool:
    following = NEXT_WORD.match(text, match.end())
    after = following[1] if following and following[1] else ""
    closed = match["stop"][-1] in CLOSERS
    if not match["space"]:  # "they fled.The army": only between words that look like words, not in "U.S.Army"
        return after[:1].isupper() and after[1:2].islower() and text[max(stop - 2, 0) : stop].islower() and stop > 1
    if after[:1].islower():
        return False
    if match["stop"] != "." or closed:
        return True
    word = LAST_WORD.search(text, max(stop - 30, 0), stop)
    last = word[1] if word else ""
    name = last.casefold()
    if name in NEVER_LAST:
        return False
    if name in BEFORE_NUMBER and after[:1].isdigit():
        return False
    if name in SELDOM_LAST or "." in last or (len(last) == 1 and last.isalpha()):  # "U.S.", "J. Roe"
        return after.casefold() in STARTERS
    return True
