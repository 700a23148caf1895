"""What vague words of a figure count as: the claim's own minimum, or ACLED's convention.

A claim keeps the annotation scheme's minimum of the words ("dozens": 24 and more), which is what they say at the least.
Event datasets have conventions of their own, and who adds an export to such a dataset needs its numbers:

=====================================  ===========  =======
words                                  tolltrace    ACLED
=====================================  ===========  =======
tens                                   20           10
dozens                                 24           12
scores                                 40           20
hundreds                               200          100
thousands                              2,000        1,000
millions                               2,000,000    1,000,000
tens, dozens, … of thousands           n × 1,000    n × 1,000
several, a few, a handful              3            3
several, a few hundred                 3 × 100      3 × 100
many, some, a number of                no number    3
=====================================  ===========  =======

ACLED states 10 for "tens", 12 for "dozens", 100 for "hundreds", "and so on" (FAQ on fatalities, acleddata.com, as of
May 2024): one of the unit, which the table carries on to scores, thousands and millions. For a plural without a number
ACLED records 10 in an active war zone and 3 elsewhere; which of the two applies is its coders' judgement of the
conflict, so the lower one stands here. Vague words stay open upwards under either convention, and numbers in figures
or words ("a dozen", "more than 20") are the same under both.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from math import prod
from typing import Literal, get_args

from tolltrace.claims.cardinals import cardinal, normalise
from tolltrace.claims.numerals import BACK, OPEN, PLURALS, UNITS, read_count
from tolltrace.events.event import Figure

Vague = Literal["tolltrace", "acled"]
ACLED_PLURALS = {
    "tens": 10,
    "dozens": 12,
    "scores": 20,
    "hundreds": 100,
    "thousands": 1000,
    "millions": 1_000_000,
}
ACLED_SEVERAL = 3
UNIT = "|".join(sorted(UNITS, key=len, reverse=True))
MANY = r"(?:many|countless|untold|literally) "
PLURAL = re.compile(
    rf"(?P<before>(?!{MANY})\S+ )?\b(?:{MANY})?\b(?P<first>{'|'.join(PLURALS)})\b(?:(?: and| upon| on) (?P=first)\b)?"
    rf"(?P<rest>(?: of (?:{UNIT})\b)*)"
)
SEVERAL = re.compile(
    rf"\b(?:quite )?(?:an? |the |very )?(?:several|few|handful)\b(?: of\b)?(?P<rest>(?: (?:{UNIT})\b)*)"
)


def as_vague(text: str) -> Vague:
    """The convention of this name; :class:`ValueError` names those that there are."""
    for name in get_args(Vague):
        if text == name:
            return name  # type: ignore[no-any-return]
    raise ValueError(f"{text!r} is no convention for vague words: give {' or '.join(get_args(Vague))}")


def recounted(figure: Figure, vague: Vague) -> Figure:
    """The figure with its vague words counted by the convention; others, and ``tolltrace``'s own, stay as they are."""
    if vague == "tolltrace" or figure.max is not None:
        return figure
    minimum = acled_minimum(figure.words)
    return figure if minimum is None else replace(figure, min=minimum)


@lru_cache(maxsize=4096)
def acled_minimum(text: str) -> int | None:
    """The lower end of a figure by ACLED's convention; ``None`` where its words are not vague."""
    words = normalise(text)
    if OPEN.fullmatch(BACK.sub("", words)):
        return ACLED_SEVERAL
    plain = SEVERAL.sub(lambda match: str(ACLED_SEVERAL * _size(match["rest"])), PLURAL.sub(_plural, words))
    if plain == words:
        return None
    reading = read_count(plain)
    if reading.bound == "more_than" and reading.min is not None and reading.min <= 100:
        return reading.min - 1  # "more than dozens" is no figure to the person
    return reading.min


def _plural(match: re.Match[str]) -> str:
    before = match["before"] or ""
    if before and cardinal(before.strip()) is not None:  # "two hundreds" is a number
        return match[0]
    return f"{before}{ACLED_PLURALS[match['first']] * _size(match['rest'])}"


def _size(rest: str) -> int:
    return prod(UNITS[name] for name in rest.split() if name != "of")
