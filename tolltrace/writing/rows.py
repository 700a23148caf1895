"""Claims as rows of a table that is safe to open in a spreadsheet."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date

from tolltrace.claims import Claim, Place
from tolltrace.events.event import NOT_VERIFIED
from tolltrace.writing import words

Cell = str | int | float | bool | date | None
FORMULA_STARTS = ("=", "+", "-", "@")
LIKE_A_DATE = re.compile(r"\d{1,4}[-/.–]\d{1,2}(?:[-/.–]\d{1,4})?")

COLUMNS: dict[str, Callable[[Claim], Cell]] = {
    "claim": lambda c: c.id,
    "document": lambda c: c.document.id,
    "outlet": lambda c: c.document.outlet,
    "published": lambda c: c.document.published,
    "count": lambda c: c.count.text,
    "min": lambda c: c.count.min,
    "max": lambda c: c.count.max,
    "bound": lambda c: c.count.bound,
    "share": lambda c: c.count.share,
    "unit": lambda c: c.unit,
    "scope": lambda c: c.scope,
    "harm": lambda c: words.join(c.harm),
    "victims": lambda c: c.victims.text if c.victims else None,
    "victim_category": lambda c: c.victims.category if c.victims else None,
    "victim_sex": lambda c: c.victims.sex if c.victims else None,
    "victim_age": lambda c: c.victims.age if c.victims else None,
    "means": lambda c: words.join(means.text for means in c.means),
    "means_category": lambda c: words.join(means.category for means in c.means),
    "responsible": lambda c: words.join(words.responsible(c)),
    "places": lambda c: words.join(place.text for place in c.places),
    "date": lambda c: c.date.text if c.date else None,
    "sources": lambda c: words.join(words.sources(c)),
    "source_kinds": lambda c: words.join(source.kind for source in c.sources),
    "part_of": lambda c: c.part_of,
    "updates": lambda c: c.updates,
    "repeat_of": lambda c: c.repeat_of,
    "confidence": lambda c: c.confidence,
    "evidence": lambda c: c.evidence.sentence,
    "start": lambda c: c.evidence.start,
    "end": lambda c: c.evidence.end,
    "title": lambda c: c.document.title,
    "url": lambda c: c.document.url,
    "model": lambda c: c.model,
    "article_day": lambda c: day(c.document.day),
    "article_day_from": lambda c: c.document.day_from,
    "first_day": lambda c: day(c.date.first_day) if c.date else None,
    "last_day": lambda c: day(c.date.last_day) if c.date else None,
    "date_precision": lambda c: c.date.precision if c.date else None,
    "place_names": lambda c: words.join(named(place.name, place.text) for place in c.places),
    "place": lambda c: named(where.name, where.text) if (where := finest_place(c)) else None,
    "province": lambda c: where.province if (where := finest_place(c)) else None,
    "country": lambda c: where.country if (where := finest_place(c)) else None,
    "lat": lambda c: where.lat if (where := finest_place(c)) else None,
    "lon": lambda c: where.lon if (where := finest_place(c)) else None,
    "place_precision": lambda c: where.precision if (where := finest_place(c)) else None,
    "place_margin": lambda c: where.margin if (where := finest_place(c)) else None,
    "source_names": lambda c: words.join(named(source.name, source.text) for source in c.sources),
    "responsible_names": lambda c: words.join(_responsible_names(c)),
    "victim_party": lambda c: named(c.victims.actor, c.victims.actor_text) if c.victims else None,
    "victim_group": lambda c: c.group,
    "status": lambda c: c.status,
    "note": lambda c: NOT_VERIFIED,
}
UNRESOLVED = "(as written)"


def row(claim: Claim) -> list[Cell]:
    """One flat row of a claim, a cell a column; several values of a field are joined by ``; ``.

    ``place`` and the columns after it are those of the claim's finest place, ``place_names`` has all places.
    """
    return [safe(read(claim)) for read in COLUMNS.values()]


def day(text: str | None) -> date | None:
    """A calendar day as a date, which no spreadsheet mistakes; nothing for an empty text.

    Raises :class:`ValueError` where the text is no day.
    """
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as reason:
        raise ValueError(f"{text!r} is no calendar day: days are written YYYY-MM-DD") from reason


def named(name: str | None, text: str | None) -> str:
    """The canonical name, else the words of the article, marked as such; nothing where there are none."""
    if name:
        return name
    return f"{text} {UNRESOLVED}" if text else ""


def finest_place(claim: Claim) -> Place | None:
    """The place that no other place of the claim lies in, one with coordinates before one without."""
    return min(claim.places, key=lambda place: (place.wider, place.lat is None, place.start), default=None)


def _responsible_names(claim: Claim) -> Iterator[str]:
    for party in claim.responsible:
        yield f"{named(party.actor, party.text)} ({party.certainty})"
    for denial in claim.denials:
        yield f"{named(denial.actor, denial.text)} (denies)"


def safe(cell: Cell) -> Cell:
    """A cell that no spreadsheet runs as a formula or turns into a date, on one line, without control characters."""
    if not isinstance(cell, str):
        return cell
    text = words.one_line(cell)
    # Some spreadsheets take full-width signs for the plain ones.
    risky = unicodedata.normalize("NFKC", text[:1]).startswith(FORMULA_STARTS) or LIKE_A_DATE.fullmatch(text)
    return "'" + text if risky else text
