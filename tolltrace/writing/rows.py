"""Claims as rows of a table that is safe to open in a spreadsheet."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from tolltrace.claims import Claim
from tolltrace.writing import words

Cell = str | int | float | bool | None
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
}


def row(claim: Claim) -> list[Cell]:
    """One flat row of a claim, a cell a column; several values of a field are joined by ``; ``."""
    return [safe(read(claim)) for read in COLUMNS.values()]


def safe(cell: Cell) -> Cell:
    """A cell that no spreadsheet runs as a formula or turns into a date, on one line, without control characters."""
    if not isinstance(cell, str):
        return cell
    text = words.one_line(cell)
    # Some spreadsheets take full-width signs for the plain ones.
    risky = unicodedata.normalize("NFKC", text[:1]).startswith(FORMULA_STARTS) or LIKE_A_DATE.fullmatch(text)
    return "'" + text if risky else text
