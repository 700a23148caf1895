"""The DATE spans of an article as intervals of calendar days.

Decisions:

- everything counts from the article's own day, never from today. Without it, what holds its year is read and the rest
  stays ``relative``.
- news looks back: a weekday, a day or a month is the latest one up to the article's day (a day of the calendar may be
  one later: time zones), "last Friday" lies before that day. Only words of the clause ("will", "due", "deadline") or of
  the expression ("next Monday") turn it forward. Nothing that looks back reaches beyond the article's day: "this
  month" ends on it.
- "overnight" and "the past 24 hours" are two days. "Thursday night" is Thursday. A "past week" counts seven days back,
  "last week" is the one from Monday to Sunday before.
- "since X" is from the first day of X to the article's day, a period, open at its end where that is not known; a
  length ("for almost three months", qualifiers dropped) ends on the article's day; "recent weeks" begin at no
  known day.
- "a day earlier", "the next day", "two days later" count from the last day named in this sentence or the one before;
  without one, earlier counts from the article's day, and later is not read.
- a month or day without a year takes one that the same sentence has just named, or that follows ("April and 3 May
  2018").
- several dates ("January and March") are one interval from the first to the last.
- "10/09/2018" is one of two days, and not read; with points the day comes first. Lunar and solar calendars,
  Ramadan among them, and events ("the start of the siege") are not read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from tolltrace.documents import AnnotatedDocument, Span
from tolltrace.resolving.article_date import ArticleDate
from tolltrace.resolving.date_grammar import read_words
from tolltrace.resolving.date_relative import Moment, NeedsReference
from tolltrace.resolving.date_words import CLOCK_SKEW, MONTH, YEAR, has_calendar_form, names_year, plain_words
from tolltrace.resolving.days import RELATIVE, UNREAD, Days, between, cut_at
from tolltrace.sentences import Sentences

__all__ = ["DateContext", "Days", "read_days", "resolve_dates"]

LONGEST = 80  # characters; no date is longer
HEAD = 300  # characters of the article in which a period is what it is about
SINCE = re.compile(
    r"\b(?:since\b(?:(?!\b(?:which|who|that|when)\b)[^.,;:()\n]){0,40}|"
    r"(?:starting|beginning)(?: (?:from|on|in))?[ -]*)$",
    re.IGNORECASE,
)
FROM = re.compile(r"\bfrom(?: (?:the|on))?\s*$", re.I)
ONWARDS = re.compile(r"\s*(?:on(?:wards?)?|forward|until now|to (?:the )?date|until today)\b", re.I)
START_WORDS = re.compile(r"(?:the )?(?:start|1st)\b.*")
PAIR_BEFORE = re.compile(r"\b(?:from|between)(?: (?:the|on|late|early))*\s*$", re.I)
PAIR_BETWEEN = re.compile(r"\s*(?:to|until|till|through|and|[-–—])(?: (?:on|the|late|early))*\s*", re.I)
LIST_BETWEEN = re.compile(r",?\s*(?:to|until|till|through|and|or|[-–—,])\s*", re.I)
CLAUSE_END = re.compile(r"[.;:!?,\n]|\b(?:and|but|who|which|while|after|that|when)\b", re.I)
OPEN_END = re.compile(r"(?:, (?:on|by|from|in|at)|:)\s*$", re.IGNORECASE)
FUTURE = re.compile(
    r"\b(?:will|shall|due|scheduled|slated|deadline|upcoming|the coming|planned|plans to|promise[sd]?|expects?|"
    r"hopes?|expected to|set to|(?:is|are|was|were) to|to be held|going to|ahead of|ultimatum|"
    r"tomorrow|set for|put off|postponed|must|"
    r"agreed to|next (?:meeting|round|update|session|hearing|vote|talks)|(?:would|might|could)(?! have\b))\b|'ll\b",
    re.IGNORECASE,
)
OPENING = re.compile(r"\s*(?:(?:from|starting|but|by|on|in|at|and) ?)*$", re.IGNORECASE)
FORWARD_WORDS = re.compile(r"\b(?:next|coming|upcoming|following|tomorrow|later this|tonight|later today)\b")
DURATION = re.compile(
    r"(?:(?:the|these) )?(?:(?:\d{1,3}|an?)(?: and a half)? (?:[a-z]+ )?(?:day|night|week|month|year|decade)s?\b.*|"
    r"(?:many |some |several |a few |long )?(?:days|weeks|months|years|decades)|\d{1,3} hours)"
)
DURATION_AFTER = re.compile(
    r"\b(?:in|for|over|within|during|after|since|these|throughout|through|space of|course of|first time in|worst in)"
    r"(?: (?:the|last|past|next|about|around|just|only|almost|nearly|at least|more than|less than|over))*\s*$",
    re.I,
)
OF_SOMETHING = re.compile(r" of (?!age\b|the\b)\w", re.IGNORECASE)
LATER_ON = re.compile(
    r"\s*(?:ago|earlier|later|before|after|afterwards|previously)\b(?!\s+(?:the|a|an|his|her|its|their)\b)", re.I
)
NEXT_YEAR = re.compile(rf",? (?:of )?({YEAR})\b")
DATE_AHEAD = re.compile(
    rf"\s*(?:to|and|until|through|[-–—])\s*((?:\d{{1,2}} )?{MONTH}\.?(?: \d{{1,2}},?)? {YEAR})\b", re.IGNORECASE
)
NUMBER_AHEAD = re.compile(rf"\s*(?:to|and|or|until|[-–—])\s*\d{{1,2}} ({MONTH})\b(?: ({YEAR}))?", re.I)


@dataclass(frozen=True, slots=True)
class DateContext:
    """What stands around the words: the sentence before and after them, and what the text has said of days so far.

    ``anchor`` is the last single day named, ``year_from`` the first day of a date with a year in this sentence,
    ``following`` the words of a date that directly follows, ``covered`` the period that the article is about.
    """

    before: str = ""
    after: str = ""
    anchor: Days | None = None
    year_from: date | None = None
    following: str = ""
    covered: Days | None = None


ALONE = DateContext(before="in ")


SINCE_IN = re.compile(
    r"\bsince\b|\bha(?:s|ve) (?:\w+ly )?(?:killed|died|been killed|uprooted|displaced|fled)\b", re.IGNORECASE
)
"""What tells in the sentence of a total that it still grows."""


def read_days(text: str, reference: date | None, context: DateContext = ALONE) -> Days:
    """The days that words stand for in an article of the day ``reference`` (``None``: not known).

    Words that cannot be read give ``Days(None, None, None)``; without a reference, words that need one are
    ``relative``. Never raises.
    """
    if len(text) > LONGEST:
        return UNREAD
    words = _completed(plain_words(text), context)
    since = SINCE.search(context.before) is not None or (
        FROM.search(context.before) is not None
        and (ONWARDS.match(context.after) is not None or START_WORDS.fullmatch(words) is not None)
    )
    if DURATION.fullmatch(words) and not words.endswith(("ago", "earlier", "later", "before", "after", "beforehand")):
        if following := LATER_ON.match(context.after):
            words = f"{words} {following[0].strip().lower()}"
        elif not (DURATION_AFTER.search(context.before) or OF_SOMETHING.match(context.after)):
            return UNREAD
    future = not since and (FORWARD_WORDS.search(words) is not None or _looks_forward(context))
    at = Moment(reference, future, context.anchor, context.year_from, context.covered)
    try:
        days = read_words(words, at)
    except NeedsReference:
        return RELATIVE
    except (OverflowError, ValueError):  # a day before the year 1 or after 9999
        return UNREAD
    if days is None:
        return UNREAD
    if since:
        return _since(days, reference)
    return days if reference is None or future else cut_at(days, reference)


def resolve_dates(annotated: AnnotatedDocument, article: ArticleDate | None) -> dict[Span, Days]:
    """The days of every DATE span, in an article of the day that ``article`` gives."""
    reference = article.day if article else None
    text = annotated.text
    spans = [span for span in annotated.spans if span.label == "DATE"]
    sentences = Sentences(text, [(span.start, span.end) for span in spans])
    found: dict[Span, Days] = {}
    covered: Days | None = None
    for number, span in enumerate(spans):
        start, end = sentences.range_at(span.start)
        earlier = [
            s for s in spans[max(number - 6, 0) : number] if sentences.index(s.start) >= sentences.index(start) - 1
        ]
        named = [s for s in earlier if s.start >= start]
        ahead = spans[number + 1] if number + 1 < len(spans) else None
        context = DateContext(
            before=text[start : span.start],
            after=text[span.end : max(end, span.end)],
            anchor=next((found[s] for s in reversed(earlier) if found[s].precision == "day"), None),
            year_from=_year_named(text, named, found),
            following=text[ahead.start : ahead.end]
            if ahead and LIST_BETWEEN.fullmatch(text[span.end : ahead.start])
            else "",
            covered=covered,
        )
        found[span] = read_days(annotated.text_of(span), reference, context)
        if covered is None and span.start < HEAD and found[span].known and _covers(found[span]):
            covered = found[span]
    for left, right in pairwise(spans):
        _join_pair(text, left, right, found)
    if reference:
        _run_on(annotated, sentences, found, reference)
    return found


def _run_on(annotated: AnnotatedDocument, sentences: Sentences, found: dict[Span, Days], reference: date) -> None:
    """Let a total's period run on to the article's day: "a truce ended in July. Since then 40 have died"."""
    for link in annotated.links:
        days = found.get(link.tail)
        if link.label != "date" or link.head.label != "TOTAL" or days is None or not days.known:
            continue
        start, end = sentences.range_at(link.head.start)
        if days.precision in ("day", "month", "year") and SINCE_IN.search(annotated.text[start:end]):
            found[link.tail] = _since(days, reference)


def _completed(words: str, context: DateContext) -> str:
    """Words with the year or the month that stands right behind them."""
    if re.fullmatch(r"\d{1,2}(?:st|nd|rd|th)?", words) and (ahead := NUMBER_AHEAD.match(context.after)):
        return f"{words} {ahead[1].lower()}" + (f" {ahead[2]}" if ahead[2] else "")
    if re.search(rf"\b{MONTH}\b", words) and not names_year(words):
        if year := NEXT_YEAR.match(context.after):
            return f"{words} {year[1]}"
        ahead = DATE_AHEAD.match(context.after)
        following = plain_words(context.following or (ahead[1] if ahead else ""))
        if has_calendar_form(words) and has_calendar_form(following) and re.search(rf"[a-z].* {YEAR}$", following):
            return _with_year_before(words, following)
    return words


def _with_year_before(words: str, following: str) -> str:
    """The year that makes ``words`` come before the date that follows: "December and 3 January 2018"."""
    year = int(following[-4:])
    last = read_words(following, Moment(None))
    first = read_words(f"{words} {year}", Moment(None))
    if first and last and first.first and last.first and first.first > last.first:
        year -= 1
    return f"{words} {year}"


def _looks_forward(context: DateContext) -> bool:
    *_, before = CLAUSE_END.split(OPEN_END.sub("", context.before[-120:]))
    after = CLAUSE_END.split(context.after[:80])[0]
    return FUTURE.search(before) is not None or (OPENING.match(before) is not None and FUTURE.search(after) is not None)


def _since(days: Days, reference: date | None) -> Days:
    if days.first is None or (reference is not None and days.first > reference + CLOCK_SKEW):
        return days
    return Days(days.first, max(reference, days.first) if reference else None, "period")


def _year_named(text: str, spans: list[Span], found: dict[Span, Days]) -> date | None:
    """The first day of the last date with a year in the sentence, if it says when, not since when."""
    for span in reversed(spans):
        words = plain_words(text[span.start : span.end])
        if names_year(words) and found[span].first and not SINCE.search(text[max(span.start - 30, 0) : span.start]):
            return found[span].first
    return None


def _covers(days: Days) -> bool:
    return days.precision in ("days", "week", "month", "period") and days.first is not None


def _join_pair(text: str, left: Span, right: Span, found: dict[Span, Days]) -> None:
    """Two spans that are the ends of one interval ("between Monday and Wednesday") both get all of it."""
    if not PAIR_BEFORE.search(text[max(left.start - 20, 0) : left.start]):
        return
    if not PAIR_BETWEEN.fullmatch(text[left.end : right.start]):
        return
    first, last = found[left], found[right]
    if first.first and last.last and first.first <= last.last:
        found[left] = found[right] = between(first.first, last.last)
