"""Plain words of a date to days, form by form; the rules are told in :mod:`tolltrace.resolving.dates`.

Each form is a pattern over a whole expression and a function that reads it; where the function returns ``None``, the
next form is tried.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

from tolltrace.resolving import date_relative as relative
from tolltrace.resolving.date_relative import Moment, Read, known_day
from tolltrace.resolving.date_words import (
    DAY_NUMBER,
    MONTH,
    WEEKDAY,
    YEAR,
    has_calendar_form,
    names_year,
    read_calendar,
)
from tolltrace.resolving.days import DAY, THIRDS, Days, add_units, between, one_day, share_of

UNIT = r"(?P<unit>day|night|week|month|quarter|year|decade)s?"
ONE_UNIT = UNIT.removesuffix("s?")
AMOUNT = r"(?P<number>\d{1,3}|a|an)(?P<half> and a half)? (?:long |straight |consecutive |quiet )?"
PART_OF_DAY = (
    r"(?:(?:very )?(?:early |late |small |wee |first |last )?(?:morning |evening |night )?hours|"
    r"(?:early |late |mid-? ?)?(?:mornings?|evenings?|nights?|afternoons?|noon|midday|midnight|dawn|daybreak|sunrise|"
    r"sunset|dusk|nightfall|sundown|lunchtime)|breakfast)"
)
SEASON = r"(?P<season>spring|summer|autumn|fall|winter)"
EDGE = r"(?P<edge>early|middle|mid|late|start|end|1st (?:days|weeks|months)|final (?:days|weeks|months)|turn)"
EDGES = {"start": "early", "1st": "early", "turn": "early", "middle": "mid", "end": "late", "final": "late"}
JOIN = r" (?:to|until|till|and|or|through|into) "


def read_words(words: str, at: Moment) -> Days | None:
    """The days of plain words, ``None`` where no form fits. Raises :class:`NeedsReference`, OverflowError."""
    if has_calendar_form(words):
        return _calendar(words, at)
    for pattern, read in FORMS:
        if (match := pattern.fullmatch(words)) and (days := read(match, at)) is not None:
            return days
    return None


def _calendar(words: str, at: Moment) -> Days | None:
    if names_year(words) or not re.search("[a-z]", words):
        return read_calendar(words, None)
    if at.year_from is not None:
        for year in (at.year_from.year, at.year_from.year + 1):
            days = read_calendar(f"{words} {year}", None)
            if days is None or days.first is None or days.last is None or days.last < at.year_from:
                continue
            if at.reference is None or days.first <= at.reference + DAY:
                return days
    return read_calendar(words, at.day, at.future)


def _with_year_word(match: re.Match[str], at: Moment) -> Days | None:
    """ "March last year", "the winter of this year"."""
    step = {"last": -1, "previous": -1, "past": -1, "next": 1, "that": 0}.get(match["which"], 0)
    year = at.year_from.year if match["which"] == "that" and at.year_from else at.day.year
    return read_words(f"{match['what']} {year + step}", at)


def _part(match: re.Match[str], at: Moment) -> Days | None:
    """ "Early 2015", "mid-October", "the start of the year", "the end of last month"."""
    edge = match["edge"].split()[0]
    what = match["what"]
    bare = what.removeprefix("the ").removeprefix("current ").removeprefix("new ")
    whole = read_words(f"this {bare}" if bare in ("week", "month", "year", "quarter") else what, at)
    if whole is None or not whole.known or whole.precision == "day":
        return None
    part = share_of(whole, THIRDS[EDGES.get(edge, edge)][0], 3)
    return _part(match, _before(whole, at)) if _lies_ahead(part, what, at) else part


def _share(match: re.Match[str], at: Moment) -> Days | None:
    """ "The first half of 2019", "the second quarter", "the first three months of the year"."""
    what = (match["what"] or "the year").removeprefix("the current ").removeprefix("the ")
    whole = read_words(f"this {what}" if what in ("year", "month") else what, at)
    if whole is None or not whole.known:
        return None
    first, last = known_day(whole.first), known_day(whole.last)
    unit, number = match["unit"], int(match["which"][0]) if match["which"][0].isdigit() else 0
    if unit in ("half", "quarter"):
        parts = 2 if unit == "half" else 4
        if number > parts:
            return None
        part = share_of(whole, (number or parts) - 1, parts)
        return _share(match, _before(whole, at)) if _lies_ahead(part, what, at) else part
    if match["what"] is None and match["number"] is None:  # "the first days"
        return None
    length = int(match["number"] or 1)
    if match["number"] is None:
        start = add_units(first, number - 1, unit) if number else add_units(last + DAY, -1, unit)
    else:
        start = first if number == 1 else add_units(last + DAY, -length, unit)
    end = add_units(start, length, unit) - DAY
    if not first <= start <= last:
        return None
    part = between(start, min(end, last))
    return _share(match, _before(whole, at)) if _lies_ahead(part, what, at) else part


def _lies_ahead(part: Days, what: str, at: Moment) -> bool:
    """Whether "late November" or "the end of the month" has not come yet: then the one before is meant."""
    return not (at.future or at.reference is None or names_year(what)) and known_day(part.first) > at.reference


def _before(whole: Days, at: Moment) -> Moment:
    return replace(at, reference=known_day(whole.first) - DAY, year_from=None)


def _years(match: re.Match[str], at: Moment) -> Days | None:
    """ "2014-15", "2014-2016"."""
    last = match["last"] if len(match["last"]) == 4 else match["first"][:2] + match["last"]
    what = match["what"] or ""
    first_days, last_days = read_words(f"{what}{match['first']}", at), read_words(f"{what}{last}", at)
    if first_days and match["season"] == "winter":
        return first_days
    return _join(first_days, last_days)


def _numbers_of_month(match: re.Match[str], at: Moment) -> Days | None:
    """ "3 to 7 May", "May 3-7", "5, 6 and 7 May 2018"."""
    month = f"{match['month']}{match['year'] or ''}"
    numbers = re.findall(r"\d+", match["numbers"])
    last = _calendar(f"{numbers[-1]} {month}", at)
    if last is None or last.first is None:
        return None
    try:
        return between(last.first.replace(day=int(numbers[0])), last.first)
    except ValueError:
        return None


def _range(match: re.Match[str], at: Moment) -> Days | None:
    """Two dates and all between them; what only one of them says holds for both where it must."""
    left, right = match["left"], match["right"]
    last = read_words(right, at)
    if last is None:
        return None
    if not names_year(left) and names_year(right) and has_calendar_form(left) and last.first:
        first = read_words(f"{left} {last.first.year}", at)
        if first and first.first and first.first > last.first:
            first = read_words(f"{left} {last.first.year - 1}", at)
    elif has_calendar_form(right) and not names_year(right):
        first = read_words(left, at)
        if first and first.first and names_year(left):
            last = read_words(right, replace(at, year_from=first.first))
        elif first and first.first and last and last.first and first.first > last.first and " and " not in match[0]:
            first = read_words(left, replace(at, year_from=date(last.first.year - 1, last.first.month, 1)))
    else:
        first = read_words(left, at)
        if (
            first
            and first.first
            and last.first
            and first.first > last.first
            and first.precision == last.precision == "day"
        ):
            if " and " in match[0]:  # "Saturday and Friday"
                return between(last.first, first.first)
            first = one_day(first.first - timedelta(days=7))
    return _join(first, last)


def _join(first: Days | None, last: Days | None) -> Days | None:
    if first is None or last is None or first.first is None or last.last is None:
        return None
    return between(min(first.first, last.first or first.first), max(last.last, first.last or last.last))


def _inside(match: re.Match[str], at: Moment) -> Days | None:
    return read_words(match["what"], at)


def _up_to(match: re.Match[str], at: Moment) -> Days | None:
    """ "The week to Saturday"."""
    last = read_words(match["what"], at)
    if last is None or last.last is None:
        return None
    return between(add_units(last.last, -1, match["unit"]) + DAY, last.last)


_WHICH = r"(?P<which>last|past|previous|this|next|coming|that|the current|the previous|the next)"
_NEAR = (
    rf"(?:(?:yesterday|today|tomorrow)(?: {WEEKDAY})?|(?:this |last |next |that )?{WEEKDAY}|the day before yesterday)"
)
_PATTERNS: tuple[tuple[str, Read], ...] = (
    (rf"(?:(?P<which>this|last|past|next|coming|upcoming|the (?:previous|coming|next)|previous|that|the) )?"
     rf"(?P<weekday>{WEEKDAY})s?(?P<passed> passed)?", relative.read_weekday),
    (r"today|this day|tonight|this (?:very )?(?:morning|afternoon|evening|noon|dawn)", relative.read_now(0)),
    (r"yesterday", relative.read_now(-1)),
    (r"tomorrow", relative.read_now(1)),
    (r"(?:the )?day before yesterday", relative.read_now(-2)),
    (r"(?:the )?day after tomorrow", relative.read_now(2)),
    (r"overnight|(?:the )?last (?:night|evening)|this night|the past night", relative.read_overnight),
    (r"(?:the )?(?:whole |entire )?night", relative.read_the_night),
    (r"(?:the |that )(?:same )?(?:day|morning|afternoon|evening)|that night", relative.read_that_day),
    (rf"(?P<what>today|yesterday|tomorrow|this (?:morning|evening|afternoon)) (?:the )?(?P<weekday>{WEEKDAY})",
     relative.read_today_weekday),
    (rf"(?P<weekday>{WEEKDAY}) of (?P<which>last|this|next) week", relative.read_weekday_of_week),
    (rf"(?P<which>last|this|next) week(?: on)? (?P<weekday>{WEEKDAY})", relative.read_weekday_of_week),
    (rf"(?P<weekday>{WEEKDAY}) (?:the )?(?P<number>\d{{1,2}})(?:st|nd|rd|th)?", relative.read_weekday_and_number),
    (r"the (?P<number>\d{1,2})(?:st|nd|rd|th)(?P<this> of (?:this|the) month)?", relative.read_day_of_month),
    (r"(?P<number>\d{1,2})(?:st|nd|rd|th)?(?P<this> of (?:this|the) month)", relative.read_day_of_month),
    (rf"{AMOUNT}(?P<unit>day|night|morning|evening|week|month|quarter|year|decade)s? "
     r"(?P<direction>ago|earlier|before|beforehand|previously|prior|later|after|afterwards|on)",
     relative.read_from_anchor),
    (rf"(?P<direction>)before {AMOUNT}{UNIT}", relative.read_ago),
    (r"(?P<number>\d{1,3}|an?) (?:hours?|minutes?) ago", relative.read_now(0)),
    (r"(?:many |some |several |a few )?(?:days|weeks|months|years|decades) (?:ago|before|earlier)",
     relative.read_up_to_now),
    (r"(?:the )?(?P<which>previous|next|following) (?P<unit>day|night|morning|evening|week|month|year)(?P<side>)",
     relative.read_neighbour),
    (r"the (?P<unit>day|night|morning|evening|week|month|year) (?P<which>)"
     r"(?P<side>before|after|that followed|earlier)",
     relative.read_neighbour),
    (r"(?:(?:the |these |this )?(?:past|last|previous|preceding) )?(?P<number>\d{1,3}) hours(?: of past)?",
     relative.read_hours),
    (rf"(?:the |these |this )?(?P<which>past|last|previous|preceding|next|coming|following) (?P<number>\d{{1,3}})"
     rf"(?P<half> and a half)? {UNIT}", relative.read_window),
    (rf"(?:(?:the |this )(?P<which>past|last|coming)|(?P<which2>past)) (?P<number>)(?P<half>){ONE_UNIT}",
     relative.read_window),
    (r"(?:the |these |this )?(?P<which>past|last|recent|previous|preceding|next|coming|following)"
     r"(?: (?:few|several|many|couple of))? (?:hours|days|nights|weeks|months|years|decades)",
     relative.read_vague_window),
    (rf"(?:(?:the|these) )?{AMOUNT}{UNIT}(?P<behind> and (?:a )?half)?(?: and (?P<more>\d{{1,3}}) "
     r"(?P<more_unit>day|week|month)s?)?", relative.read_duration),
    (r"(?:many |some |several |a few |long |the )?(?:days|weeks|months|years|decades)", relative.read_up_to_now),
    (rf"(?:earlier |later )?{_WHICH} (?:very |current |calendar )?(?P<unit>week|month|quarter|year|decade|century)",
     relative.read_calendar_unit),
    (r"(?:the )?new year(?:'s(?: day)?)?", relative.read_holiday(1, 1)),
    (r"(?:the |this )?(?P<unit>week|month|quarter|year)", relative.read_the_unit),
    (r"(?:over )?(?:(?P<which>last|past|this|next|coming) |the (?:whole )?)?weekend", relative.read_weekend),
    (rf"(?:(?:the )?(?P<which>last|past|this|next|coming) |the )?{SEASON}(?:(?: of)? (?P<year>{YEAR}))?",
     relative.read_season),
    (rf"(?P<which>last|past|this|next|that|earlier this) (?P<month>{MONTH})", relative.read_which_month),
    (r"(?:the )?(?:early |late |mid-)?(?:(?P<decade>(?:1[89]|20)\d0)s|(?P<short>\d0)s)", relative.read_decade),
    (r"the nineties", relative.read_nineties),
    (r"christmas(?: day)?", relative.read_holiday(12, 25)),
    (r"christmas eve", relative.read_holiday(12, 24)),
    (r"new year's eve", relative.read_holiday(12, 31)),
    (rf"(?P<what>.*\b(?:{MONTH}|spring|summer|autumn|winter)\b.*?)(?: of)? "
     r"(?P<which>last|past|this|that|next|previous) year",
     _with_year_word),
    (rf"(?:{WEEKDAY} )?(?P<month>{MONTH}) (?P<numbers>{DAY_NUMBER}(?:(?:-|{JOIN}){DAY_NUMBER})+)(?P<year> {YEAR})?",
     _numbers_of_month),
    (rf"(?P<numbers>{DAY_NUMBER}(?:(?:-|{JOIN}){DAY_NUMBER})+)(?: of)? (?P<month>{MONTH})(?: of)?(?P<year> {YEAR})?",
     _numbers_of_month),
    (rf"(?:the )?(?P<what>(?P<season>spring|summer|autumn|winter)(?: of)? )?(?P<first>{YEAR})(?:[-/]| to | and )"
     r"(?P<last>\d{4}|\d\d)", _years),
    (rf"(?:the )?(?:very )?{EDGE}(?: (?:of|in)|-)? ?(?P<what>.+)", _part),
    (r"(?:the )?(?P<which>\dst|\dnd|\drd|\dth|last|final) (?:(?P<number>\d{1,2}) )?"
     r"(?P<unit>half|quarter|day|week|month)s?(?:(?: of| in)? (?P<what>.+))?", _share),
    (rf"(?:(?:at |before |after |around |until )?(?:the )?{PART_OF_DAY}(?: (?:of|on|at|to|in))? )(?:the )?"
     r"(?P<what>.+)", _inside),
    (rf"(?P<what>.+?),? (?:(?:in|at|during) )?(?:the )?(?:hours of the )?{PART_OF_DAY}(?: time)?", _inside),
    (rf"(?:today|yesterday)(?: (?:(?:in|at) )?(?:the )?{PART_OF_DAY})? "
     rf"(?P<what>{DAY_NUMBER} {MONTH}.*|{MONTH} {DAY_NUMBER}.*)",
     _inside),
    (rf"(?:early|late|earlier|later)(?: on)? (?P<what>{_NEAR}.*|this (?:morning|evening|afternoon))", _inside),
    (r"(?:early|late|earlier|later) "
     r"(?P<what>today|tonight|(?:this|last|next) (?:week|month|year|summer|winter|spring|autumn))", _inside),
    (r"(?P<what>.+?) (?:at )?\d{1,2}(?::\d\d(?::\d\d)?(?: ?[ap]m)?| ?[ap]m)(?: [a-z]{2,4})?", _inside),
    (rf"a (?:{WEEKDAY}|night|day|morning) in (?P<what>.+)", _inside),
    (r"(?:the )?(?P<unit>week|month|year) to (?P<what>.+)", _up_to),
    (rf"(?P<left>.+?)(?:{JOIN}| ?- ?)(?P<right>.+)", _range),
    (rf"(?:between|from) (?P<left>.+?){JOIN}(?P<right>.+)", _range),
)  # fmt: skip
FORMS = tuple((re.compile(pattern), read) for pattern, read in _PATTERNS)
