"""The words of a figure to numbers: qualifiers, ranges, vague words and shares around what ``cardinals`` reads.

The values are those of the annotation scheme. Beyond its table:

- *several* and *a few* before a multiplier count as three of it, open above ("several hundred": 300 to open), *a couple
  of* as two of it, bound ``about``; *tens, dozens, … of thousands* multiply ("tens of thousands": 20,000 to open).
- *nearly, almost, perhaps, possibly* n are ``about`` n. *Upwards of* n is *more than* n.
- a bare ordinal ("a second", "third") is one more person: 1; "a third of" is a share.
- two qualifiers: the outer one decides, but *about* weakens nothing but an exact figure.
- in words with more than a figure ("three of the 14") the first figure from the left is read.
"""

from __future__ import annotations

import re
from functools import lru_cache
from math import prod
from typing import Literal, NamedTuple

from tolltrace.claims.cardinals import cardinal, join_parts, normalise
from tolltrace.claims.claim import Bound, Count

LONGEST = 120  # characters; a longer span is a mistake of the model
MOST_WORDS = 24

ORDINAL = (
    r"(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth|"
    r"fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|\d+(?:st|nd|rd|th))"
)
FRACTION = r"(?:third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)"
VERY = r"(?:(?:well|far|slightly|just|only|a little|a bit|much|many|significantly|considerably) )*"

Change = Literal["at_least", "more_than", "up_to", "below", "about"]
PREFIXES: tuple[tuple[Change, str], ...] = (
    (
        "at_least",
        r"at (?:the )?(?:very )?least|at a minimum|at minimum|(?:no|not) (?:less|fewer) than|as few as|"
        r"(?:a )?minimum(?: of)?|≥|>=",
    ),
    (
        "more_than",
        rf"{VERY}(?:more than|over|above|in excess of|greater than|exceeding|upwards? of|north of|higher than)|>",
    ),
    (
        "up_to",
        r"up to|as (?:many|much|high) as|(?:no|not) (?:more|greater|higher) than|at (?:the )?most|"
        r"(?:a )?maximum(?: of)?|not exceeding|≤|<=",
    ),
    ("below", rf"{VERY}(?:fewer than|less than|under|below|short of)|<"),
    (
        "about",
        r"about|around|some(?! of)|nearly|almost|roughly|approximately|approx\.?|an estimated|estimated(?: at)?|"
        r"close to|circa|ca?\.|~|≈|perhaps|maybe|possibly|probably|in the region of|[io]n the order of|"
        r"somewhere around",
    ),
)
SUFFIXES: tuple[tuple[Change, str], ...] = (
    (
        "at_least",
        r"(?:,? (?:or|and|if not|possibly|perhaps))+ (?:even |many )?(?:more|above|over|up|higher|counting)|"
        r",? at (?:the )?(?:very )?least|,? at a minimum|[ -]?\+|[ -]plus",
    ),
    ("up_to", r",? (?:or|and) (?:even )?(?:fewer|less|under)|,? at (?:the )?most|,? maximum"),
    ("about", r" or so|,? approximately|,? roughly|[ -]odd|-?ish|,? give or take"),
)
PREFIX = tuple((change, re.compile(rf"(?:{words})(?:(?<=\W) ?| )(?=\S)")) for change, words in PREFIXES)
SUFFIX = tuple((change, re.compile(rf"(?<=\S)(?:{words})$")) for change, words in SUFFIXES)
FRONT = re.compile(
    r"(?:(?:an?|the) )?(?:further|additional|total(?: of)?|mere|extra|combined(?: total of)?|full|toll of) |"
    r"(?:the|all|these|those|their|his|her|its|our|other|another|only|just|merely|exactly|precisely|even|also|still|"
    r"as|of|and|including|reportedly|already) (?=\S)"
)
BACK = re.compile(r" (?:others?|more|of(?: (?:the|them|these|those|whom))?|in (?:all|total)|altogether|people|else)$")
POSSIBLY = re.compile(
    r"(?:,| and\b| but\b| or\b)*,? (?:possibly|perhaps|maybe|probably|potentially|likely|if not|up to|as many as|"
    r"(?:no|not) more than|at most)(?: (?:up to|as many as|as much as|even))* "
)
BETWEEN = re.compile(r"(?:anywhere |somewhere )?(between|from|either) ")
JOINTS = re.compile(r" to | or |-| till | until ")
BETWEEN_JOINTS = re.compile(r" and | to |-| & ")

ZERO = re.compile(
    r"no|none|zero|nil|nobody|no[ -]?one|not (?:a single(?: one)?|one|any|a)|neither|no single|without(?: any)?"
)
EXACT = {"a": 1, "an": 1, "another": 1, "single": 1, "sole": 1, "lone": 1, "both": 2, "pair": 2, "couple": 2, "duo": 2}
EXACT |= {"trio": 3, "quartet": 4, "score": 20, "dozen": 12}
OPEN = re.compile(
    r"(?:(?:so|how|too|very|a great|a good) )?many|some|numerous|multiple|various|countless|innumerable|untold|lots|"
    r"a lot|plenty|(?:(?:an?|the) )?(?:[a-z]+ )?numbers?"
)
FEW = re.compile(r"(?:quite )?(?:an? |the |very )?(several|few|handful|couple)(?: of)?(?: (?P<rest>.+))?")
MANY = re.compile(r"(?:(?:many|countless|untold|literally) )?(?P<first>[a-z]+)(?:(?: and| upon| on) (?P=first))?")
PLURALS = {"tens": 20, "dozens": 24, "scores": 40, "hundreds": 200, "thousands": 2000, "millions": 2_000_000}
UNITS = {"ten": 10, "dozen": 12, "score": 20, "hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}
UNITS |= {f"{word}s": value for word, value in UNITS.items()}
TRAILING_SCALE = re.compile(r".*?[ -](hundred|thousand|million|billion|dozen|lakh|crore)s?")

ALMOST = r"(?:(?:almost|nearly|virtually|practically|not) )?"
QUALIFIED = r"(?:than|over|about|around|nearly|almost|least|to|under|roughly|some|approximately|estimated|just|as)"
SHARE = re.compile(
    r"%|\bper ?cent(?:age)?\b|\bpct\b|\b(?:half|halves|quarters?)\b|"
    rf"\b(?:one|two|three|four|five|six|seven|eight|nine|\d+)[ -]{FRACTION}s?\b|\b{FRACTION}s? of\b|"
    rf"\b{QUALIFIED} (?:an?|one) {FRACTION}$|"
    rf"^{ALMOST}(?:the |an? )?(?:[a-z]+ )?(?:majority|minority|bulk|proportion|portion|remainder|rest)\b|"
    rf"^{ALMOST}(?:the )?(?:most|all|part)(?: of .*)?$|"
    r"^(?:.* )?[a-z0-9]+ (?:in|out of) every [a-z0-9]+|^(?:.* )?(?:one|two|three|[123]) in (?:two|three|four|five|six|"
    r"seven|eight|nine|ten|\d+)$"
)
HALF_MORE = re.compile(r"\band a (?:half|quarter)\b")


class Reading(NamedTuple):
    """Numbers without their words."""

    min: int | None
    max: int | None
    bound: Bound


UNREAD = Reading(None, None, "vague")


def read_count(text: str) -> Count:
    """The figure that the words of a COUNT or TOTAL stand for. Never raises: what is not understood is vague."""
    words = join_parts(normalise(text))
    if len(words) > LONGEST:
        return Count(text, *UNREAD)
    if SHARE.search(HALF_MORE.sub("", words)):
        return Count(text, None, None, "vague", share=True)
    return Count(text, *(_read(words) or _leftmost(words.split()[:MOST_WORDS]) or UNREAD))


def _leftmost(words: list[str]) -> Reading | None:
    """The longest readable run of words that starts furthest left; an article alone is no figure there."""
    for start in range(len(words)):
        for end in range(len(words), start, -1):
            run = " ".join(words[start:end]).strip(" ,.")
            if run not in ("a", "an", "another") and (reading := _read(run)):
                return reading
    return None


def _read(words: str) -> Reading | None:
    return _with_possibly(words) or _plain(words) or _range(words)


def _with_possibly(words: str) -> Reading | None:
    """ "At least 10, possibly 15", "10 and up to 15"."""
    joint = POSSIBLY.search(words)
    if not joint or joint.start() == 0:
        return None
    low, high = _plain(words[: joint.start()]), _plain(words[joint.end() :])
    if not low or not high or high.bound == "none":
        return None
    if low.min is None or high.max is None:
        return low if high.max is None else Reading(None, high.max, "up_to")
    return _between(low.min, high.max)


def _range(words: str) -> Reading | None:
    """ "Between 10 and 15", "10 to 15", "either 3 or 4"."""
    while (front := FRONT.match(words)) is not None:
        words = words[front.end() :]
    opening = BETWEEN.match(words)
    if opening:
        words = words[opening.end() :]
    joints = BETWEEN_JOINTS if opening and opening[1] == "between" else JOINTS
    for joint in joints.finditer(words):
        left, right = words[: joint.start()].strip(), words[joint.end() :].strip()
        low, high = _plain(left), _plain(right)
        if not low or not high:
            continue
        if low.max is None:  # "at least 10 or 12", "dozens or hundreds"
            return low
        if low.min is None or high.max is None:
            return _qualify("up_to", high) if low.min is None else Reading(low.min, None, "at_least")
        scale = TRAILING_SCALE.fullmatch(right)
        if scale and not TRAILING_SCALE.fullmatch(left):  # "two to three million"
            scaled = _plain(f"{left} {scale[1]}")
            if scaled and scaled.min is not None and scaled.min <= high.max:
                low = scaled
        return _between(low.min or 0, high.max)
    return None


def _between(one: int, other: int) -> Reading:
    return Reading(min(one, other), max(one, other), "range" if one != other else _exact(one).bound)


def _exact(number: int) -> Reading:
    return Reading(number, number, "exact" if number else "none")


@lru_cache(maxsize=4096)  # the same words are tried from several sides, and come back in every article
def _plain(words: str) -> Reading | None:
    """One figure with its qualifiers."""
    words = words.strip(" ,.;:-'")
    if core := _core(words):
        return core
    for change, pattern in PREFIX:
        if (match := pattern.match(words)) and (inner := _plain(words[match.end() :])):
            return _qualify(change, inner)
    for change, pattern in SUFFIX:
        if (match := pattern.search(words)) and (inner := _plain(words[: match.start()])):
            return _qualify(change, inner)
    for pattern in (FRONT, BACK):
        match = pattern.match(words) if pattern is FRONT else pattern.search(words)
        if match and (inner := _plain(words[: match.start()] + words[match.end() :])):
            return inner
    return None


def _qualify(change: Change, inner: Reading) -> Reading:
    low, high, bound = inner
    if change == "about":
        return Reading(low, high, "about") if bound == "exact" else inner
    if change in ("at_least", "more_than"):
        if low is None:
            return UNREAD
        if change == "at_least":
            return Reading(low, None, "at_least")
        # Round figures are given as "more than 2,000" for 2,000 and some; a small one is meant to the person.
        return Reading(low + 1 if low < 100 and bound != "vague" else low, None, "more_than")
    if high is None:
        return UNREAD
    return Reading(None, high if change == "up_to" else max(high - 1, 0), "up_to")


def _core(words: str) -> Reading | None:
    if ZERO.fullmatch(words):
        return _exact(0)
    bare = re.sub(r"^(?:an?|the) (?=\S)", "", words)
    if bare in EXACT:
        return _exact(EXACT[bare])
    if re.fullmatch(ORDINAL, bare):
        return _exact(1)
    if OPEN.fullmatch(words):
        return UNREAD
    if few := FEW.fullmatch(words):
        return _several(few[1], few["rest"])
    if many := _plural(words):
        return many
    number = cardinal(words)
    return None if number is None else _exact(number)


def _several(word: str, rest: str | None) -> Reading | None:
    names = [name for name in (rest or "").split() if name != "of"]
    if not all(name in UNITS for name in names):
        return None
    size = prod(UNITS[name] for name in names)
    if word == "couple":
        return Reading(2 * size, 2 * size, "about" if names else "exact")
    return Reading(3 * size, None, "vague")


def _plural(words: str) -> Reading | None:
    """ "Dozens", "tens of thousands", "many hundreds", "hundreds and hundreds"."""
    first, *rest = words.split(" of ")
    match = MANY.fullmatch(first)
    if not match or match["first"] not in PLURALS or not all(name in UNITS for name in rest):
        return None
    return Reading(PLURALS[match["first"]] * prod(UNITS[name] for name in rest), None, "vague")
