"""Passages that stood before in the same text: lines, runs of lines, and sentences within a line.

Everything is found by hash, so that the work grows with the length of the text. Similarity measures are left out
on purpose: two sentences that differ in one figure are the ones that matter most, and no ratio tells them apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from tolltrace.reading.lines import Line, split_lines
from tolltrace.reading.set_aside import REPEAT, SetAside

# Characters that a repeated line, or a run of repeated lines, has at least.
MINIMUM_RUN = 80
# At least one line of a run is this long: short cells of a table repeat without being one passage.
MINIMUM_LINE = 40
# Characters of repeated sentences within one line: anywhere in it, and right behind the first occurrence.
MINIMUM_SENTENCES = 120
MINIMUM_SENTENCES_IN_A_ROW = 80

_QUOTES = "\"'“”„‟‘’‚‛«»`´"
# Opening marks in front of a word and closing marks behind it. Signs within a word, and "-", "+", "%", "?" anywhere,
# stay: they change what a figure or a sentence says.
_BEFORE = _QUOTES + "([{"
_BEHIND = _QUOTES + ")]}.,;:!…"
# The look-behinds keep this linear: only white space right behind a sentence's end is ever tried.
_SENTENCE_BREAK = re.compile(r"(?:(?<=[.!?…])|(?<=[.!?…][\"”’)\]]))\s+")


def find_repeats(text: str, ranges: Iterable[tuple[int, int]]) -> list[SetAside]:
    """Repeats within the given ranges of ``text`` (half-open, in order), sorted; one item a line or sentence.

    A repeat is equal to its first occurrence but for white space, case and punctuation at the edges of words; within
    a line, sentences must be equal character by character.
    """
    lines = [line for start, end in ranges for line in split_lines(text, start, end)]
    repeats = _repeated_lines(lines)
    lines_set_aside = {item.start for item in repeats}
    for line in lines:
        if line.start not in lines_set_aside and len(line.text) >= 2 * MINIMUM_SENTENCES_IN_A_ROW:
            repeats.extend(_repeated_sentences(line))
    return sorted(repeats)


def normalise(line: str) -> str:
    """What two occurrences of a line must share: its words in order, without case and marks at their edges."""
    words = (word.lstrip(_BEFORE).rstrip(_BEHIND) for word in line.casefold().split())
    return " ".join(word for word in words if word)


def _repeated_lines(lines: Sequence[Line]) -> list[SetAside]:
    first: dict[str, Line] = {}
    found: list[SetAside] = []
    run: list[tuple[Line, Line]] = []  # a line and where it first stood
    for line in lines:
        key = normalise(line.text)
        if not key:  # a rule of asterisks neither joins nor parts
            continue
        origin = first.setdefault(key, line)
        if origin is line:
            found.extend(_settled(run))
            run = []
            continue
        if run and origin.start <= run[-1][1].start:  # the page goes back: another passage begins
            found.extend(_settled(run))
            run = []
        run.append((line, origin))
    found.extend(_settled(run))
    return found


def _settled(run: Sequence[tuple[Line, Line]]) -> Iterator[SetAside]:
    lengths = [len(line.text) for line, _ in run]
    if sum(lengths) >= MINIMUM_RUN and max(lengths) >= MINIMUM_LINE:
        for line, origin in run:
            yield SetAside(line.start, line.end, REPEAT, origin.start)


def _sentences(line: Line) -> Iterator[Line]:
    at = 0
    for gap in _SENTENCE_BREAK.finditer(line.text):
        yield Line(line.start + at, line.start + gap.start(), line.text[at : gap.start()])
        at = gap.end()
    yield Line(line.start + at, line.end, line.text[at:])


def _repeated_sentences(line: Line) -> Iterator[SetAside]:
    sentences = list(_sentences(line))
    first: dict[str, int] = {}
    origins = [first.setdefault(sentence.text, i) for i, sentence in enumerate(sentences)]
    last_repeat = -1  # the last sentence that is set aside
    begin = 0
    while begin < len(sentences):
        end = begin + 1
        if origins[begin] == begin:
            begin = end
            continue
        while end < len(sentences) and origins[end] == origins[end - 1] + 1 and origins[end] < begin:
            end += 1
        in_a_row = last_repeat == begin - 1 >= 0 or origins[end - 1] == begin - 1
        needed = MINIMUM_SENTENCES_IN_A_ROW if in_a_row else MINIMUM_SENTENCES
        if sum(len(sentence.text) for sentence in sentences[begin:end]) >= needed:
            for sentence, origin in zip(sentences[begin:end], origins[begin:end], strict=True):
                yield SetAside(sentence.start, sentence.end, REPEAT, sentences[origin].start)
            last_repeat = end - 1
        begin = end
