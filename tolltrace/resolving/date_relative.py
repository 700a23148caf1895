"""Words that count from another day ("Thursday", "last week", "two days later"), each form as a function of its match.

A function returns ``None`` where the words have no meaning after all. :mod:`tolltrace.resolving.date_grammar` holds the
patterns; the rules are told in :mod:`tolltrace.resolving.dates`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from tolltrace.resolving.date_words import month_number, read_calendar, shift, weekday_number
from tolltrace.resolving.days import (
    DAY,
    Days,
    add_units,
    between,
    calendar_unit,
    month_of,
    one_day,
    season_of,
    weekday_from,
    weekday_up_to,
)


class NeedsReference(Exception):
    """The words can be read, but only with the article's day."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What the words are read against: the article's day and the text before them.

    ``anchor`` is the day that the text has just named ("a day later"), ``year_from`` the first day of a year that it
    has just named ("in December 2018 and in March"), ``covered`` the period that the article says it is about.
    """

    reference: date | None
    future: bool = False
    anchor: Days | None = None
    year_from: date | None = None
    covered: Days | None = None

    @property
    def day(self) -> date:
        if self.reference is None:
            raise NeedsReference
        return self.reference

    @property
    def anchor_day(self) -> date | None:
        return self.anchor.last if self.anchor is not None else None


Read = Callable[[re.Match[str], Moment], "Days | None"]

LENGTH = {"night": "day", "morning": "day", "evening": "day"}


def read_weekday(match: re.Match[str], at: Moment) -> Days:
    number = weekday_number(match["weekday"])
    which = match["which"] or ""
    if which.startswith(("next", "coming", "upcoming")):
        return one_day(weekday_from(at.day + DAY, number))
    if which.startswith("previous"):
        return one_day(weekday_up_to((at.anchor_day or at.day) - DAY, number))
    if which.startswith(("last", "past")) or match["passed"]:
        return one_day(weekday_up_to(at.day - DAY, number))
    return one_day(weekday_from(at.day, number) if at.future else weekday_up_to(at.day, number))


def read_today_weekday(match: re.Match[str], at: Moment) -> Days:
    """ "Today Thursday", "yesterday, Sunday": the weekday decides, whatever day the article's own date is."""
    if match["what"] == "tomorrow":
        return one_day(weekday_from(at.day, weekday_number(match["weekday"])))
    return one_day(weekday_up_to(at.day, weekday_number(match["weekday"])))


def read_weekday_of_week(match: re.Match[str], at: Moment) -> Days:
    monday = at.day + timedelta(weeks={"last": -1, "next": 1}.get(match["which"], 0)) - timedelta(days=at.day.weekday())
    return one_day(monday + timedelta(days=weekday_number(match["weekday"])))


def read_weekday_and_number(match: re.Match[str], at: Moment) -> Days | None:
    """ "Friday 9": the latest 9th that is a Friday (within two years)."""
    day, weekday = at.day + (-DAY if at.future else DAY), weekday_number(match["weekday"])
    for _ in range(800):
        if day.day == int(match["number"]) and day.weekday() == weekday:
            return one_day(day)
        day += DAY if at.future else -DAY
    return None


def read_day_of_month(match: re.Match[str], at: Moment) -> Days | None:
    number = int(match["number"])
    day = at.day + (-DAY if at.future or match["this"] else DAY)
    if match["this"]:
        return one_day(at.day.replace(day=number)) if number <= 28 else None
    for _ in range(62 if 1 <= number <= 31 else 0):
        if day.day == number:
            return one_day(day)
        day += DAY if at.future else -DAY
    return None


def read_now(offset: int) -> Read:
    return lambda match, at: one_day(at.day + timedelta(days=offset))


def read_overnight(match: re.Match[str], at: Moment) -> Days:
    return between(at.day - DAY, at.day)


def read_the_night(match: re.Match[str], at: Moment) -> Days:
    if at.anchor_day:
        return between(at.anchor_day, at.anchor_day + DAY)
    return between(at.day - DAY, at.day)


def read_that_day(match: re.Match[str], at: Moment) -> Days:
    return one_day(at.anchor_day or at.day)


def read_from_anchor(match: re.Match[str], at: Moment) -> Days | None:
    """ "A day earlier", "two weeks later", "three months ago": a week, month or year is the one that holds the day."""
    unit = LENGTH.get(match["unit"], match["unit"])
    number = int(match["number"]) if match["number"].isdigit() else 1
    direction = match["direction"]
    later = direction in ("later", "after", "on", "afterwards", "that followed")
    if direction == "ago":
        start = at.day
    elif at.anchor_day:
        start = at.anchor_day
    elif later:  # "two days later" with no day before it
        return _no_anchor(at)
    else:
        start = at.day
    if match["half"]:
        return calendar_unit(add_units(start, number + 0.5 if later else -number - 0.5, unit), unit)
    if unit == "quarter":
        return calendar_unit(add_units(start, number if later else -number, unit), unit)
    day = shift(start, number, unit, later)
    return calendar_unit(day, unit) if day else None


def read_ago(match: re.Match[str], at: Moment) -> Days | None:
    """ "Before three weeks": how a translation says "three weeks ago"."""
    number = int(match["number"]) if match["number"].isdigit() else 1
    unit = LENGTH.get(match["unit"], match["unit"])
    return calendar_unit(add_units(at.day, -number, unit), unit)


def read_up_to_now(match: re.Match[str], at: Moment) -> Days:
    """ "For months", "years ago": when it began is not said."""
    return Days(None, at.day, "period")


def read_nineties(match: re.Match[str], at: Moment) -> Days:
    return Days(date(1990, 1, 1), date(1999, 12, 31), "period")


def read_neighbour(match: re.Match[str], at: Moment) -> Days | None:
    """ "The day before", "the next morning", "the week before", "the previous month"."""
    unit = LENGTH.get(match["unit"], match["unit"])
    later = match["which"] in ("next", "following") or match["side"] in ("after", "that followed")
    whole = at.covered if unit in ("week", "month", "year") and at.covered and not later else at.anchor
    if unit == "week" and whole and whole.known and whole.precision in ("days", "week", "period") and not later:
        return replace(
            between(known_day(whole.first) - timedelta(days=7), known_day(whole.first) - DAY), precision="week"
        )
    start = whole.last if whole is not None and whole.last is not None else None
    if start is None:
        if later:
            return _no_anchor(at)
        start = at.day
    return calendar_unit(add_units(start, 1 if later else -1, unit), unit)


def _no_anchor(at: Moment) -> Days | None:
    if at.reference is None:
        raise NeedsReference
    return None


def known_day(day: date | None) -> date:
    if day is None:
        raise ValueError("this interval is known to have both ends")
    return day


def read_hours(match: re.Match[str], at: Moment) -> Days:
    return between(at.day - timedelta(days=-(-int(match["number"]) // 24)), at.day)


def read_window(match: re.Match[str], at: Moment) -> Days:
    """ "The past three days", "the last week", "the coming month": counted from the article's day."""
    unit = LENGTH.get(match["unit"], match["unit"])
    number = float(match["number"] or 1) + (0.5 if match["half"] else 0)
    if match["which"] in ("next", "coming", "following"):
        return between(at.day, add_units(at.day, number, unit))
    start = at.anchor_day or at.day if match["which"] in ("previous", "preceding") else at.day
    days = between(add_units(start, -number, unit), start)
    return replace(days, precision="week") if unit == "week" and number == 1 else days


def read_vague_window(match: re.Match[str], at: Moment) -> Days:
    if match["which"] in ("next", "coming", "following"):
        return Days(at.day, None, "period")
    return Days(None, at.day, "period")


def read_duration(match: re.Match[str], at: Moment) -> Days:
    """ "Almost three months", "a year and a half", "two years and three weeks": up to the article's day or from it."""
    number = 1.0 if match["number"] in ("a", "an") else float(match["number"])
    number += 0.5 if match["half"] or match["behind"] else 0
    unit = LENGTH.get(match["unit"], match["unit"])
    first = add_units(at.day, -number, unit)
    if match["more"]:
        first = add_units(first, -int(match["more"]), match["more_unit"])
    if at.future:
        return replace(between(at.day, add_units(at.day, number, unit)), precision="period")
    return replace(between(first, at.day), precision="period")


def read_calendar_unit(match: re.Match[str], at: Moment) -> Days:
    """ "Last week", "this month", "next year"."""
    unit, which = match["unit"], match["which"].removeprefix("the ")
    step = -1 if which in ("last", "previous") else 1 if which == "next" else 0
    if unit == "week":
        return calendar_unit(at.day + timedelta(weeks=step), "week")
    return calendar_unit(add_units(at.day.replace(day=1), step, unit), unit)


def read_the_unit(match: re.Match[str], at: Moment) -> Days | None:
    """ "The week", "the month", "the year": of the article if it says which, else the one up to its day."""
    unit = match["unit"]
    longest = {"week": 8, "month": 31, "quarter": 92, "year": 366}[unit]
    known = at.covered if at.covered is not None else at.anchor
    if known and known.first and known.last and longest // 2 < (known.last - known.first).days < longest:
        return known
    if unit == "week":
        return Days(at.day - timedelta(days=7), at.day, "week")
    return calendar_unit(at.day, unit)


def read_weekend(match: re.Match[str], at: Moment) -> Days:
    saturday = weekday_up_to(at.day, 5)
    if match["which"] == "last" and saturday + DAY >= at.day:
        saturday -= timedelta(days=7)
    if match["which"] in ("next", "coming") or at.future:
        saturday = weekday_from(at.day, 5)
    return between(saturday, saturday + DAY)


def read_season(match: re.Match[str], at: Moment) -> Days:
    name = match["season"]
    if match["year"]:
        return season_of(int(match["year"]), name)
    if at.future or match["which"] == "next":
        return next(s for y in (0, 1) if (s := season_of(at.day.year + y, name)).first and known_day(s.last) >= at.day)
    seasons = [season_of(at.day.year - back, name) for back in range(3)]
    if match["which"] in ("last", "past"):
        return next(season for season in seasons if known_day(season.last) < at.day)
    return next(season for season in seasons if known_day(season.first) <= at.day)


def read_which_month(match: re.Match[str], at: Moment) -> Days:
    """ "Last October", "this December", "next March"."""
    number, year, which = month_number(match["month"]), at.day.year, match["which"]
    if which in ("last", "past") and number >= at.day.month:
        year -= 1
    elif which == "next" and number <= at.day.month:
        year += 1
    return month_of(year, number)


def read_decade(match: re.Match[str], at: Moment) -> Days:
    start = int(match["decade"] or f"19{match['short']}")
    return Days(date(start, 1, 1), date(start + 9, 12, 31), "period")


def read_holiday(month: int, day: int) -> Read:
    return lambda match, at: read_calendar(f"{day} {('jan', 'dec')[month == 12]}", at.day, at.future)
