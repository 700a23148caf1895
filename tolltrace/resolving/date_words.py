"""The words of dates in one plain form, and calendar dates ("Sept. 10, 2018", "March 2019") read by ``dateparser``.

``dateparser`` guesses: "Friday 9" is 9 January to it, "March 32" is 1932, "10/09/2018" a matter of settings, and what
lacks a year counts from the machine's clock. So it only meets words that a pattern here knows whole, and always with
a base.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import lru_cache

from dateparser.date import DateDataParser

from tolltrace.claims.cardinals import SMALL, TENS, normalise
from tolltrace.resolving.days import Days, month_of, one_day, year_of

WEEKDAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|thur|fri|sat(?:ur)?|sun)(?:day)?"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december|"
    r"jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec)"
)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
YEAR = r"(?:1[89]|20)\d\d"
DAY_NUMBER = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?\b"
PLAIN_BASE = date(2000, 1, 15)  # for words that hold a year: no day of it can get into them
CLOCK_SKEW = timedelta(days=1)  # an article may be of the day before, in its own time zone

ORDINAL_WORDS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth"
)
ORDINALS = ORDINAL_WORDS.split()
_NUMBERS = {word: str(value) for word, value in (SMALL | TENS).items()}
_NUMBERS |= {word: f"{i}th" for i, word in enumerate(ORDINALS, 1)} | {"thirtieth": "30th"}
_UNITS = "|".join([*list(SMALL)[1:10], *ORDINALS[:9]])
_NUMBER_WORD = re.compile(
    rf"\b(?:({'|'.join(TENS)})[- ]({_UNITS})|({'|'.join(sorted(_NUMBERS, key=len, reverse=True))}))\b"
)
_REWRITES = tuple(
    (re.compile(pattern), new)
    for pattern, new in (
        (rf"\b({MONTH}|{WEEKDAY})\.", r"\1"),
        (r"(?<=\d),(?=\d{3}\b)", ""),
        (rf"(?<=\d), ?(?={DAY_NUMBER} )(?!{DAY_NUMBER} ?:)|(?<=[a-z]), (?={MONTH}\b(?! \d))", " and "),
        (r",", " "),
        (rf"\b(\d{{1,2}})\.(?= ?{MONTH})", r"\1 "),
        (r"(?<=\d)([ap])\.?m\b\.?", r" \1m"),
        (r"\b(\d+) ?- ?(?=\d)", r"\1-"),
        (r"\bhalf a (year)\b", "6 months"),
        (r"\bhalf a century\b", "5 decades"),
        (r"\b(?:a )?fortnight\b", "2 weeks"),
        (r"\ba couple(?: of)?\b|\bcouple of\b", "2"),
        (r"\bbegin(?:ning)?\b|\bonset\b", "start"),
        (r"^(?:so far|already|back in|in|on|at|during|from|within) (?=\w)", ""),
        (r" (?:so far|updated|alone|local time)$", ""),
        (r" {2,}", " "),
    )
)
_QUALIFIER = re.compile(
    r"^(?:almost|nearly|about|around|some|(?:a little |slightly )?(?:more|less) than|(?:well )?over|at least|at most|"
    r"only|just|barely|roughly|approximately|up to|under|within|the whole(?: of)?|the entire|an entire|all of|most of|"
    r"a total of|as long as) (?=\w)"
)
_DAY_FORM = re.compile(
    rf"(?:{WEEKDAY} )?(?:the )?"
    rf"(?:{DAY_NUMBER}(?: day)?(?: of)?(?: the month of)? {MONTH}|{MONTH} (?:the )?{DAY_NUMBER})(?: of)?"
    rf"(?: (?P<year>{YEAR}))?"
)
_MONTH_FORM = re.compile(rf"(?:the (?:whole )?month of )?(?P<month>{MONTH})(?:(?: of)? (?P<year>{YEAR}))?")
_YEAR_FORM = re.compile(rf"(?:the )?(?:year )?({YEAR})")
_TAIL_WORDS = re.compile(rf"\b(?:{WEEKDAY}|the|of|day|month)\b|(?<=\d)(?:st|nd|rd|th)\b")
_NUMERIC = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})|(\d{1,2})([-/.])(\d{1,2})\6(\d{4})")


@lru_cache(maxsize=4096)
def plain_words(text: str) -> str:
    """Lower case, digits for number words, one kind of dash, no commas; qualifiers ("almost", "more than") dropped."""
    words = normalise(text).strip(" .")
    for pattern, new in _REWRITES[:1]:
        words = pattern.sub(new, words)
    words = _NUMBER_WORD.sub(_digits, words)
    for pattern, new in _REWRITES[1:]:
        words = pattern.sub(new, words)
    while (shorter := _QUALIFIER.sub("", words)) != words:
        words = shorter
    return words.strip()


def _digits(match: re.Match[str]) -> str:
    if match[3]:
        return _NUMBERS[match[3]]
    tens, unit = TENS[match[1]], _NUMBERS[match[2]]
    return f"{tens + int(unit.removesuffix('th'))}{'th' if unit.endswith('th') else ''}"


def weekday_number(word: str) -> int:
    """Monday is 0."""
    return WEEKDAYS.index(word[:3])


def month_number(word: str) -> int:
    """January is 1."""
    return MONTHS.index(word[:3]) + 1


def names_year(words: str) -> bool:
    """Whether plain words hold a year."""
    return re.search(rf"\b{YEAR}\b", words) is not None


def has_calendar_form(words: str) -> bool:
    """Whether plain words are a day, a month or a year of the calendar, with a year or without."""
    return any(form.fullmatch(words) for form in (_DAY_FORM, _MONTH_FORM, _YEAR_FORM, _NUMERIC))


def read_full_date(words: str) -> date | None:
    """The day of plain words that name day, month and year, without doubt ("10/09/2018" is in doubt), else ``None``."""
    if match := _NUMERIC.fullmatch(words):
        return _numeric(match)
    match = _DAY_FORM.fullmatch(words)
    if match is None or match["year"] is None:
        return None
    read = _parse(_TAIL_WORDS.sub("", words), PLAIN_BASE, "past")
    return read[0] if read else None


def read_calendar(words: str, base: date | None, future: bool = False) -> Days | None:
    """A day, month or year of plain words, ``None`` where they are none (31 April) or in doubt.

    Words without a year need ``base`` (ValueError without): the latest such day up to the day after it, or, in the
    ``future``, the first from it on.
    """
    if match := _YEAR_FORM.fullmatch(words):
        return year_of(int(match[1]))
    if _NUMERIC.fullmatch(words):
        day = read_full_date(words)
        return one_day(day) if day else None
    match = _DAY_FORM.fullmatch(words) or _MONTH_FORM.fullmatch(words)
    if match is None:
        return None
    if match["year"] is None and base is None:
        raise ValueError(f"{words!r} names no year: a base is needed")
    if match["year"] or base is None:
        base = PLAIN_BASE
    elif future:
        if match.re is _MONTH_FORM and month_number(match["month"]) == base.month:
            return month_of(base.year, base.month)
        base -= CLOCK_SKEW
    elif match.re is _DAY_FORM:
        base += CLOCK_SKEW
    read = _parse(_TAIL_WORDS.sub("", words), base, "future" if future else "past")
    if read is None:
        return None
    return one_day(read[0]) if match.re is _DAY_FORM else month_of(read[0].year, read[0].month)


def shift(day: date, number: int, unit: str, later: bool) -> date | None:
    """The day ``number`` of ``unit`` before or after: "three weeks ago" said on ``day``. ``None`` out of reach."""
    read = _parse(f"in {number} {unit}s" if later else f"{number} {unit}s ago", day, "past")
    return read[0] if read else None


@lru_cache(maxsize=8192)
def _parse(words: str, base: date, prefer: str) -> tuple[date, str] | None:
    parser = DateDataParser(
        languages=["en"],
        settings={
            "RELATIVE_BASE": datetime(base.year, base.month, base.day),
            "PREFER_DATES_FROM": prefer,
            "PREFER_DAY_OF_MONTH": "first",
            "PREFER_MONTH_OF_YEAR": "first",
            "PARSERS": ["relative-time", "absolute-time"],
        },
    )
    read = parser.get_date_data(" ".join(words.split()))
    return (read.date_obj.date(), read.period) if read.date_obj else None


def _numeric(match: re.Match[str]) -> date | None:
    """Year first, or day and month first: told apart by a number over 12, and with points the day comes first."""
    if match[1]:
        year, month, day = int(match[1]), int(match[3]), int(match[4])
    else:
        day, month, year = int(match[5]), int(match[7]), int(match[8])
        if match[6] != "." and day <= 12 and month <= 12 and day != month:
            return None
        if month > 12:
            day, month = month, day
    try:
        return date(year, month, day)
    except ValueError:
        return None
