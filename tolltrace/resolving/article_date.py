"""The day an article is of: from its metadata, else from its own date line.

Decisions:

- ``published`` counts as written: the day in the outlet's own time zone. What is no date, or one of two ("10/09/2018"),
  is passed over for the date line.
- a date line stands at the head of the body, in a short line of its own or in a dateline in front of the text, or in a
  line that signs the article at its end. A date inside a sentence is none, nor is one that belongs to the page: a line
  of page furniture, one beside "latest news" or a menu, one that says "last visited". A bare date that opens the whole
  text is the page's where the text has furniture, unless it is annotated as a DATE.
- a dateline without a year ("BEIRUT, Dec. 6 (AFP)") takes it from a full date of the head that is at most 60 days away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal

from tolltrace.documents import Document, Span
from tolltrace.reading import SetAside, find_set_aside, is_unread
from tolltrace.resolving.date_words import MONTH, WEEKDAY, YEAR, plain_words, read_full_date

HEAD = 700  # characters of the body
SHORT = 140  # characters of a line that may be a date line, and of a dateline in front of the text
TAIL_LINES = 3
NEAR = 60  # days between a dateline without a year and the full date that gives it
YEARS = range(1800, 2200)

DAY = r"\d{1,2}(?:st|nd|rd|th)?"
FULL = re.compile(
    rf"\b(?:{DAY}\.?(?: of)?[ -]{MONTH}\.?,?[ -]{YEAR}|{MONTH}\.? {DAY},? {YEAR}|{YEAR}-\d\d-\d\d(?=T|\b)|"
    rf"\d{{1,2}}[./]\d{{1,2}}[./]{YEAR}|{YEAR}[./]\d{{1,2}}[./]\d{{1,2}})(?![\d])",
    re.IGNORECASE,
)
PARTIAL = re.compile(
    rf"^\W*[A-Z][\w .'’/-]{{1,40}}[,(] ?(?:{WEEKDAY},? )?(?P<day>{MONTH}\.? {DAY}|{DAY} {MONTH}\b\.?)\)?"
    r"(?: ?[(/][A-Z][\w ./]{1,25}\)?)? ?[-–—:]",
    re.IGNORECASE,
)
BEHIND_PLACE = re.compile(r"\s*\)?\s*(?:[(/\[][^)\]\n]{1,30}[)\]/]?)?\s*[-–—:.|]")
BEHIND_DATE = re.compile(  # a headline, the date and the dateline on one line
    r"\s+(?:\d\d:\d\d )?[A-Z]{3}[\w'’/ -]{0,40}(?:, [A-Z][\w ]{2,20})?(?: ?\([A-Z]\w+\))?\s?[-–—:(]"
)
OWN_SENTENCE = re.compile(r"(?:^\W*|[.!?] )(?:\w+day,? )?$")
STARTS = re.compile(r"\b(?:since|from|until|till)(?: \w+day,?)? $", re.IGNORECASE)
CAPITALS = re.compile(r"\b[A-Z]{4}[\w ,/'’-]{0,25}[,(] ?$")
BYLINE = re.compile(r"\s*by [\w .]{2,40} on(?: \w+day,?)? $", re.IGNORECASE)
BEFORE_DATELINE = re.compile(
    rf"\W*(?:[\w.,'’/ -]{{2,60}}[,(:·|–—-]\s*)?(?:\([^)]{{1,30}}\)\W*)?(?:{WEEKDAY}\.?,? )?", re.IGNORECASE
)
LABEL = re.compile(
    r"\b(?:published|posted|issued|released|date|dated|filed|created|first published|as of)\b[^.]{0,25}$", re.IGNORECASE
)
UPDATE = re.compile(r"\b(?:updated|modified|edited)\b[^.]{0,25}$", re.IGNORECASE)
IN_SENTENCE = re.compile(
    r"\b(?:on|in|since|of|from|until|till|by|before|after|to|between|and|the|around|about|late|early|during|for)"
    rf"(?: (?:the|{WEEKDAY}))?,? ?$",
    re.IGNORECASE,
)
PERIOD_BEFORE = re.compile(rf"(?:\d{{1,2}}|{MONTH}) ?[-–—] ?$", re.IGNORECASE)
MASTHEAD = re.compile(
    r"latest news|breaking|\bhome\b|\bmenu\b|\bsearch\b|\blog ?in\b|sign in|subscribe|\bedition\b|e-?paper|weather|°|"
    r"last visit|visited|accessed|retrieved|printed|current time|top stories|trending|\btoday is\b|copyright|©|"
    r"rights reserved",
    re.IGNORECASE,
)
SENTENCE = re.compile(r"[a-z]{2,}[^.]*[.!?][\"”’)]?\s*$")
SIGNED = re.compile(
    r"^\W*(?:[-–—(\[]|published|posted|dated?|issued|source\b|reporting by|[A-Z][\w .&'’/-]{1,40}[,|/–—-])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ArticleDate:
    """The day an article is of, and where that stands."""

    day: date
    found: Literal["metadata", "date line"]


def article_date(document: Document, dates: Sequence[Span] = ()) -> ArticleDate | None:
    """The article's own day, ``None`` where it gives none. ``dates`` are its DATE spans, as far as they are known."""
    published = _read_published(document.metadata)
    if published:
        return ArticleDate(published, "metadata")
    day = _read_date_line(document.text, dates)
    return ArticleDate(day, "date line") if day else None


def _read_published(metadata: Mapping[str, Any]) -> date | None:
    """The day of ``published``: a date, an ISO 8601 or RFC 2822 text, or a full date in words."""
    value = metadata.get("published")
    if isinstance(value, date):
        day: date | None = value.date() if isinstance(value, datetime) else value
    elif isinstance(value, str):
        day = _read_text(value.strip())
    else:
        return None
    return day if day and day.year in YEARS else None


def _read_text(value: str) -> date | None:
    if len(value) > SHORT:
        return None
    if re.match(r"\d{4}", value):
        try:
            return datetime.fromisoformat(value).date()
        except ValueError:
            pass
    if re.match(r"[A-Za-z]{3}, \d", value):
        try:
            return parsedate_to_datetime(value).date()
        except (ValueError, OverflowError):
            pass
    found = {day for match in FULL.finditer(value) if (day := _day(match[0]))}
    return found.pop() if len(found) == 1 else None


def _day(words: str) -> date | None:
    day = read_full_date(plain_words(re.sub(rf"(?<=\d)-(?={MONTH})|(?<=[a-z])-(?=\d{{4}})", " ", words, flags=re.I)))
    return day if day and day.year in YEARS else None


def _read_date_line(text: str, dates: Sequence[Span]) -> date | None:
    if not re.search(YEAR, text):
        return None
    furniture = [item for item in find_set_aside(text) if is_unread(text, item)]
    lines = list(_body_lines(text, furniture))
    head, size = [], 0
    for start, line in lines:
        if size > HEAD:
            break
        head.append((start, line))
        size += len(line)
    updated = None
    for start, line in head:
        for match in FULL.finditer(line[:SHORT]):
            if (day := _day(match[0])) is None or MASTHEAD.search(line[:SHORT]):
                continue
            annotated = any(span.start < start + match.end() and start + match.start() < span.end for span in dates)
            if start == lines[0][0] and _is_bare(line, match) and furniture and not annotated:
                continue
            if UPDATE.search(line[: match.start()]):
                updated = updated or day
            elif _is_date_line(line, match):
                return day
    return updated or _with_year(head) or _signed(lines)


def _body_lines(text: str, furniture: Sequence[SetAside]) -> Iterator[tuple[int, str]]:
    """Lines with words that are no furniture, each with its offset."""
    for match in re.finditer(r"[^\n\r\u2028\u2029]+", text):
        set_aside = any(item.start < match.end() and match.start() < item.end for item in furniture)
        if match[0].strip() and not set_aside:
            yield match.start(), match[0]


def _is_bare(line: str, match: re.Match[str]) -> bool:
    """Whether a line is nothing but a date, with its weekday and a time."""
    rest = re.sub(
        rf"\b{WEEKDAY}\b|\b(?:[ap]m|gmt|utc)\b|\d", "", line[: match.start()] + line[match.end() :], flags=re.I
    )
    return not re.search(r"[^\W_]", rest)


def _is_date_line(line: str, match: re.Match[str]) -> bool:
    before, after = line[: match.start()], line[match.end() :]
    if len(line) <= SHORT and (LABEL.search(before) or BYLINE.fullmatch(before)):
        return True
    if IN_SENTENCE.search(before) or PERIOD_BEFORE.search(before):
        return False
    if BEFORE_DATELINE.fullmatch(before) and BEHIND_PLACE.match(after):
        return True
    if OWN_SENTENCE.search(before) and re.match(r"[.:)]|, [A-Z]\w+ [-–—] ", after):
        return True
    if BEHIND_DATE.match(after) or (CAPITALS.search(before) and re.match(r"\)?\s*[-–—:]", after)):
        return True
    return len(line) <= SHORT and (not SENTENCE.search(line) or _is_bare(line, match))


def _with_year(head: Sequence[tuple[int, str]]) -> date | None:
    """A dateline without a year, by the nearest full date of the head."""
    partial = next(
        (match["day"] for _, line in head if (match := PARTIAL.match(line)) and not MASTHEAD.search(match[0])), None
    )
    if partial is None:
        return None
    full = [
        day
        for _, line in head
        if not MASTHEAD.search(line)
        for match in FULL.finditer(line)
        if not STARTS.search(line[: match.start()])
        if (day := _day(match[0]))
    ]
    near = [
        (abs((day - other).days), day)
        for other in full
        for year in (other.year - 1, other.year, other.year + 1)
        if (day := _day(f"{partial.rstrip('.')} {year}"))
    ]
    distance, day = min(near, default=(NEAR + 1, None))
    return day if distance <= NEAR else None


def _signed(lines: Sequence[tuple[int, str]]) -> date | None:
    """A line at the end that signs the article: "— AFP, 6 December 2018"."""
    for _, line in reversed(lines[-TAIL_LINES:]):
        matches = list(FULL.finditer(line)) if len(line) <= SHORT and not MASTHEAD.search(line) else []
        if len(matches) == 1 and (day := _day(matches[0][0])):
            rest = line[: matches[0].start()]
            if (
                not line[matches[0].end() :].strip(" .)]")
                and SIGNED.match(line)
                and (LABEL.search(rest) or not IN_SENTENCE.search(rest))
            ):
                return day
    return None
