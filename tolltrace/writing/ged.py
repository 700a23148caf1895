"""Events with the columns of UCDP's Georeferenced Event Dataset (``events_ged.csv``).

For analysts who hold GED and want to lay machine-read events beside it. It is no GED data: whether an incident meets
UCDP's definitions, who fought whom in it and what the best estimate is are judgements of coders, and stay empty:
``active_year``, ``code_status``, ``relid``, ``type_of_violence``, the conflict, the dyad and both sides, ``deaths_a``,
``deaths_b``, ``deaths_unknown``, ``best``, ``event_clarity``, and the codes ``country_id``, ``region``,
``priogrid_gid``, ``gwnoa`` and ``gwnob``. ``adm_2`` is filled where the district itself is the place.

Every event has a line, also one in which nobody was killed, which GED would leave out.

``low`` and ``high`` are the lowest and highest figure of killed people that stands; ``high`` is empty where one of
them goes on upwards ("at least"). ``deaths_civilians`` is filled only where all that count civilians say one number.
``number_of_sources`` counts articles. ``source_office``, ``source_date`` and ``source_headline`` have one part for each
article in one order, with ``;`` between them; ``source_original`` names the origins.

``where_prec`` (GED's scale from 1, exact, to 7, international waters) from the place's precision:

=========  ==========  ====================================================================
precision  where_prec  GED's meaning
=========  ==========  ====================================================================
exact      1           the place itself
near       2           within about 25 km of a place
district   3           a second-order administrative division; coordinates of its centre
province   4           a first-order administrative division; coordinates of its centre
country    6           only the country is known
=========  ==========  ====================================================================

5 (a larger region, or along a line) and 7 are not produced. ``date_prec`` is by the number of days from first to last,
both included: 1: 1; 2 to 6: 2; 7 (a week): 3; 8 to 31 (a month): 4; up to 366 (a year): 5; longer or unknown: empty.

``status``, ``vague`` and ``note`` at the end are no columns of GED.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tolltrace.claims import Claim, Provenance
from tolltrace.claims.claim import PlacePrecision
from tolltrace.events.event import Event, EventPlace, Range
from tolltrace.events.figures import ranges_of
from tolltrace.writing import words
from tolltrace.writing.event_rows import located_place, main_place
from tolltrace.writing.rows import Cell, day, safe
from tolltrace.writing.tabular import write_csv
from tolltrace.writing.vague import Vague, recounted

WHERE_PREC: dict[PlacePrecision, int] = {"exact": 1, "near": 2, "district": 3, "province": 4, "country": 6}
DATE_PREC = ((1, 1), (6, 2), (7, 3), (31, 4), (366, 5))
"""The longest stretch of days for each ``date_prec``."""


@dataclass(frozen=True)
class _Row:
    """An event with what its columns are read from."""

    event: Event
    articles: tuple[Provenance, ...]
    place: EventPlace | None
    first: date | None
    last: date | None
    killed: Range | None
    civilians: Range | None
    as_written: tuple[str, ...]
    country: str | None
    vague: Vague


def _empty(row: _Row) -> Cell:
    return None


def _where(row: _Row) -> str:
    """The places as written, and whether the coordinates may be another place's of that name."""
    described = words.join(row.as_written or (place.name for place in row.event.places))
    if row.place and row.place.uncertain:
        described += "; uncertain: another place of this name is nearly as likely"
    return described


def _source_date(row: _Row) -> Cell:
    if len(row.articles) == 1 and row.articles[0].day:
        return day(row.articles[0].day)  # a date, not a text that looks like one
    return ";".join(_part(article.day or article.published) for article in row.articles)


def _province(row: _Row) -> str | None:
    if row.place is None:
        return None
    return row.place.province or (row.place.name if row.place.precision == "province" else None)


GED_COLUMNS: dict[str, Callable[[_Row], Cell]] = {
    "id": lambda r: r.event.id,
    "relid": _empty,
    "year": lambda r: r.first.year if r.first and r.last and r.first.year == r.last.year else None,
    "active_year": _empty,
    "code_status": _empty,
    "type_of_violence": _empty,
    "conflict_dset_id": _empty,
    "conflict_new_id": _empty,
    "conflict_name": _empty,
    "dyad_dset_id": _empty,
    "dyad_new_id": _empty,
    "dyad_name": _empty,
    "side_a_dset_id": _empty,
    "side_a_new_id": _empty,
    "side_a": _empty,
    "side_b_dset_id": _empty,
    "side_b_new_id": _empty,
    "side_b": _empty,
    "number_of_sources": lambda r: len(r.event.documents),
    "source_article": lambda r: ";".join(map(_reference, r.articles)),
    "source_office": lambda r: ";".join(_part(a.outlet) for a in r.articles),
    "source_date": _source_date,
    "source_headline": lambda r: ";".join(_part(a.title) for a in r.articles),
    "source_original": lambda r: ";".join(_part(origin.name) for origin in r.event.origins),
    "where_prec": lambda r: WHERE_PREC.get(r.place.precision) if r.place and r.place.precision else None,
    "where_coordinates": lambda r: r.place.name if r.place else None,
    "where_description": _where,
    "adm_1": _province,
    "adm_2": lambda r: r.place.name if r.place and r.place.precision == "district" else None,
    "latitude": lambda r: r.place.lat if r.place else None,
    "longitude": lambda r: r.place.lon if r.place else None,
    "geom_wkt": lambda r: f"POINT ({r.place.lon} {r.place.lat})" if r.place else None,
    "priogrid_gid": _empty,
    "country": lambda r: r.country,
    "country_id": _empty,
    "region": _empty,
    "event_clarity": _empty,
    "date_prec": lambda r: date_prec(r.first, r.last),
    "date_start": lambda r: r.first,
    "date_end": lambda r: r.last,
    "deaths_a": _empty,
    "deaths_b": _empty,
    "deaths_civilians": lambda r: _one_number(r.civilians),
    "deaths_unknown": _empty,
    "best": _empty,
    "high": lambda r: r.killed.high if r.killed and not r.killed.open else None,
    "low": lambda r: r.killed.low if r.killed else None,
    "gwnoa": _empty,
    "gwnob": _empty,
    "status": lambda r: r.event.status,
    "vague": lambda r: r.vague,
    "note": lambda r: r.event.note,
}


def write_ged_csv(
    path: Path,
    events: Sequence[Event],
    claims: Iterable[Claim],
    vague: Vague = "tolltrace",
    countries: Mapping[str, str] | None = None,
) -> None:
    """A line an event. ``claims`` tell of the articles and the words of places; those of no event are not used.

    ``vague`` chooses what "dozens" and the like count as (:mod:`tolltrace.writing.vague`); ``countries`` are names by
    ISO 3166-1 alpha-2 code, which stands where there is none.
    """
    by_id = {claim.id: claim for claim in claims}
    rows = (_row(event, by_id, vague, countries or {}) for event in events)
    write_csv(path, GED_COLUMNS, ([safe(read(row)) for read in GED_COLUMNS.values()] for row in rows))


def date_prec(first: date | None, last: date | None) -> int | None:
    """GED's precision of a date from its first and last day."""
    if first is None or last is None:
        return None
    days = (last - first).days + 1
    return next((precision for longest, precision in DATE_PREC if days <= longest), None)


def _row(event: Event, claims: Mapping[str, Claim], vague: Vague, countries: Mapping[str, str]) -> _Row:
    figures = [recounted(figure, vague) for figure in event.figures]
    ranges = event.ranges if figures == list(event.figures) else ranges_of(figures)
    by_group = {part.group: part for part in ranges if part.harm == ("killed",)}
    articles = {f.document: claims[f.claim].document for f in event.figures if f.claim in claims}
    place = located_place(event)
    named = [main_place(event), place]
    code = next((p.country for p in named if p and p.country), None)
    return _Row(
        event=event,
        articles=tuple(articles.get(name) or Provenance(name) for name in event.documents),
        place=place,
        first=day(event.first_day),
        last=day(event.last_day),
        killed=by_group.get("all"),
        civilians=by_group.get("civilians"),
        as_written=tuple(_as_written(event, claims)),
        country=countries.get(code, code) if code else None,
        vague=vague,
    )


def _as_written(event: Event, claims: Mapping[str, Claim]) -> dict[str, None]:
    """The words that the articles have for the event's places, the finest place first."""
    return {
        written.text: None
        for place in event.places
        for name in place.claims
        if name in claims
        for written in claims[name].places
        if (written.id == place.id if place.id else written.text == place.name)
    }


def _one_number(part: Range | None) -> int | None:
    """The number that all of a range's origins agree on."""
    if part is None or part.open or part.low != part.high or not part.current:
        return None
    return part.low


def _part(text: str | None) -> str:
    """A text as one part of a list with ``;`` between."""
    return (text or "").replace(";", ",").strip()


def _reference(article: Provenance) -> str:
    return '"' + ",".join(_part(p).replace('"', "'") for p in (article.outlet, article.day, article.title)) + '"'
