"""Intervals of calendar days, and the arithmetic that dates in news need.

Decisions: a week runs from Monday to Sunday, a weekend is Saturday and Sunday, seasons are those of the northern half
of the world in whole months (spring starts with March), and a part of a month or year ("early", "mid", "late") is a
third of it.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass, replace
from datetime import date, timedelta

from tolltrace.claims.claim import DatePrecision

FEW = 7  # days: what lies further apart is a period
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
THIRDS = {"early": (0, 1), "mid": (1, 2), "late": (2, 3)}
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Days:
    """First and last day, both included; ``None`` where the words leave that end open.

    ``precision`` is ``relative`` (and both days ``None``) where the words need a date that is not known, and ``None``
    where they cannot be read as days at all. Raises ValueError where ``first`` lies after ``last``.
    """

    first: date | None
    last: date | None
    precision: DatePrecision | None

    def __post_init__(self) -> None:
        if self.first is not None and self.last is not None and self.first > self.last:
            raise ValueError(f"first day {self.first} lies after the last day {self.last}")

    @property
    def known(self) -> bool:
        """Whether both ends are given."""
        return self.first is not None and self.last is not None


UNREAD = Days(None, None, None)
RELATIVE = Days(None, None, "relative")


def one_day(day: date) -> Days:
    return Days(day, day, "day")


def between(first: date, last: date) -> Days:
    """From one day to another, in either order: ``day``, ``days`` (up to a week apart) or ``period``."""
    first, last = min(first, last), max(first, last)
    if first == last:
        return one_day(first)
    return Days(first, last, "days" if (last - first).days <= FEW else "period")


def month_of(year: int, month: int) -> Days:
    return Days(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]), "month")


def year_of(year: int) -> Days:
    return Days(date(year, 1, 1), date(year, 12, 31), "year")


def week_of(day: date) -> Days:
    monday = day - timedelta(days=day.weekday())
    return Days(monday, monday + timedelta(days=6), "week")


def season_of(year: int, name: str) -> Days:
    """Three months that start in ``year``."""
    first = date(year, SEASONS[name], 1)
    last = month_of(*_month(year, SEASONS[name] + 2)).last
    return Days(first, last, "period")


def add_months(day: date, months: int) -> date:
    """The same day of another month, or its last day where it is shorter."""
    year, month = _month(day.year, day.month + months)
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def add_units(day: date, number: float, unit: str) -> date:
    """``number`` of ``day``, ``week``, ``month``, ``year`` or ``decade`` later, or earlier where it is negative."""
    if unit in ("day", "week"):
        return day + timedelta(days=round(number * (7 if unit == "week" else 1)))
    return add_months(day, round(number * {"month": 1, "quarter": 3, "year": 12, "decade": 120, "century": 1200}[unit]))


def calendar_unit(day: date, unit: str) -> Days:
    """The day, week, month, quarter or year that holds ``day``."""
    if unit == "week":
        return week_of(day)
    if unit == "month":
        return month_of(day.year, day.month)
    if unit == "quarter":
        return share_of(year_of(day.year), (day.month - 1) // 3, 4)
    if unit == "year":
        return year_of(day.year)
    if unit in ("decade", "century"):
        length = 10 if unit == "decade" else 100
        start = day.year - day.year % length
        return Days(date(max(start, 1), 1, 1), date(start + length - 1, 12, 31), "period")
    return one_day(day)


def share_of(whole: Days, number: int, of: int) -> Days:
    """Share ``number`` (from 0) of a whole that is cut into ``of`` equal ones: whole months where it has enough."""
    if whole.first is None or whole.last is None:
        return whole
    months = (whole.last.year - whole.first.year) * 12 + whole.last.month - whole.first.month + 1
    if months >= of and whole.first.day == 1:
        first = add_months(whole.first, months * number // of)
        last = add_months(whole.first, months * (number + 1) // of) - DAY
    else:
        length = (whole.last - whole.first).days + 1
        first = whole.first + timedelta(days=length * number // of)
        last = whole.first + timedelta(days=max(length * (number + 1) // of, length * number // of + 1) - 1)
    return Days(first, min(last, whole.last), "period")


def weekday_up_to(day: date, weekday: int) -> date:
    """The latest such weekday (Monday is 0) that is not after ``day``."""
    return day - timedelta(days=(day.weekday() - weekday) % 7)


def weekday_from(day: date, weekday: int) -> date:
    """The first such weekday that is not before ``day``."""
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def cut_at(days: Days, last: date) -> Days:
    """Nothing after ``last``, where the interval starts on it or before."""
    if days.first is not None and days.last is not None and days.first <= last < days.last:
        return replace(days, last=last)
    return days


def _month(year: int, month: int) -> tuple[int, int]:
    """Year and month where months run on below 1 and above 12."""
    return year + (month - 1) // 12, (month - 1) % 12 + 1
