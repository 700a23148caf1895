"""Events and tallies as rows of tables that are safe to open in a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from tolltrace.claims.claim import Harm, VictimGroup, number_words
from tolltrace.events.event import Event, EventPlace, Origin, Range, Tally, TallyPoint
from tolltrace.writing import words
from tolltrace.writing.rows import UNRESOLVED, Cell, day, safe

MAIN_GROUPS: tuple[tuple[Harm, VictimGroup], ...] = (
    ("killed", "all"),
    ("killed", "civilians"),
    ("killed", "combatants"),
    ("killed", "police"),
    ("killed", "children"),
    ("killed", "women"),
    ("killed", "men"),
    ("injured", "all"),
    ("injured", "civilians"),
    ("injured", "children"),
    ("missing", "all"),
    ("detained", "all"),
    ("displaced", "all"),
)
"""The harms and victim groups with columns of their own; every range stands in the column ``ranges``."""
Read = Callable[[Event], Cell]


def find_range(event: Event, harm: Harm, group: VictimGroup) -> Range | None:
    """The event's range for exactly this harm ("killed or injured" is another) and victim group."""
    return next((part for part in event.ranges if part.harm == (harm,) and part.group == group), None)


def main_place(event: Event) -> EventPlace | None:
    """The finest place, with or without coordinates."""
    return event.places[0] if event.places else None


def located_place(event: Event) -> EventPlace | None:
    """The finest place that has coordinates: a village that no gazetteer knows is located by its province."""
    return next((place for place in event.places if place.lat is not None and place.lon is not None), None)


def _of_places(event: Event, field: str) -> Cell:
    """A fact of the main place, else of the place it is located by."""
    for place in (main_place(event), located_place(event)):
        if place is not None and getattr(place, field) is not None:
            value: Cell = getattr(place, field)
            return value
    return None


def _located(event: Event, field: str) -> Cell:
    place = located_place(event)
    value: Cell = getattr(place, field) if place else None
    return value


def range_words(part: Range) -> str:
    """A range for people: ``killed, children: 5–10 (2 origins)``."""
    harm = " or ".join(part.harm)
    whom = f"“{part.victims}”" if part.victims else part.group
    numbers = number_words(part.low, part.high)
    if part.open and part.high is not None:
        numbers = f"{numbers}+"
    facts = [f"{part.origins} origin" + ("" if part.origins == 1 else "s")]
    if part.floor:
        facts.append("not fewer than a part of them")
    if part.order_unknown:
        facts.append("which is later not known")
    return f"{harm}, {whom}: {numbers} ({', '.join(facts)})"


def origin_words(origin: Origin) -> str:
    return origin.name if origin.resolved else f"{origin.name} {UNRESOLVED}"


def party_words(party: str, resolved: bool) -> str:
    return party if resolved else f"{party} {UNRESOLVED}"


def blamed_words(event: Event) -> Iterator[str]:
    for blame in event.blamed:
        by = f", by {blame.by}" if blame.by else ", by the article"
        yield f"{party_words(blame.party, blame.resolved)} ({blame.certainty}{by})"


def denial_words(event: Event) -> Iterator[str]:
    for denial in event.denials:
        by = f" by {denial.by}" if denial.by else ""
        yield f"{party_words(denial.party, denial.resolved)}{by}: “{denial.sentence}”"


def outlets(event: Event) -> Iterable[str]:
    """The outlets that print a figure of the event, each once."""
    return dict.fromkeys(figure.outlet for figure in event.figures if figure.outlet)


def _edges(harm: Harm, group: VictimGroup) -> dict[str, Read]:
    """The columns of a range: its lowest and highest figure, and whether it goes on upwards."""

    def reader(field: str) -> Read:
        def read(event: Event) -> Cell:
            part = find_range(event, harm, group)
            value: Cell = getattr(part, field) if part else None
            return value

        return read

    return {f"{harm}_{group}_{field}": reader(field) for field in ("low", "high", "open")}


EVENT_COLUMNS: dict[str, Read] = {
    "event": lambda e: e.id,
    "status": lambda e: e.status,
    "title": lambda e: e.title,
    "first_day": lambda e: day(e.first_day),
    "last_day": lambda e: day(e.last_day),
    "date_precision": lambda e: e.date_precision,
    "place": lambda e: place.name if (place := main_place(e)) else None,
    "province": lambda e: _of_places(e, "province"),
    "country": lambda e: _of_places(e, "country"),
    "lat": lambda e: _located(e, "lat"),
    "lon": lambda e: _located(e, "lon"),
    "place_precision": lambda e: _located(e, "precision"),
    "place_uncertain": lambda e: _located(e, "uncertain"),
    "located_by": lambda e: _located(e, "name"),
    "other_places": lambda e: words.join(place.name for place in e.places[1:]),
    "means": lambda e: words.join(e.means),
    **{name: read for harm, group in MAIN_GROUPS for name, read in _edges(harm, group).items()},
    "ranges": lambda e: words.join(range_words(part) for part in e.ranges),
    "origins": lambda e: len(e.origins),
    "origin_names": lambda e: words.join(origin_words(origin) for origin in e.origins),
    "outlets": lambda e: words.join(outlets(e)),
    "documents": lambda e: len(e.documents),
    "stories": lambda e: e.stories,
    "claims": lambda e: len(e.figures),
    "blamed": lambda e: words.join(blamed_words(e)),
    "denials": lambda e: words.join(denial_words(e)),
    "contested": lambda e: words.join(e.contested),
    "possibly_same_as": lambda e: words.join(other.id for other in e.possibly_same_as),
    "note": lambda e: e.note,
}
"""``lat`` to ``place_uncertain`` are of the place in ``located_by``: ``place`` itself, where it has coordinates."""

TALLY_COLUMNS: dict[str, Callable[[Tally, TallyPoint], Cell]] = {
    "tally": lambda t, p: t.id,
    "status": lambda t, p: t.status,
    "origin": lambda t, p: origin_words(t.origin),
    "origin_kind": lambda t, p: t.origin.kind,
    "area": lambda t, p: words.join(t.area),
    "country": lambda t, p: t.country,
    "harm": lambda t, p: words.join(t.harm),
    "victim_group": lambda t, p: t.group,
    "victims": lambda t, p: t.victims,
    "start": lambda t, p: day(t.start),
    "period": lambda t, p: t.period,
    "day": lambda t, p: day(p.day),
    "min": lambda t, p: p.min,
    "max": lambda t, p: p.max,
    "words": lambda t, p: p.words,
    "document": lambda t, p: p.document,
    "claim": lambda t, p: p.claim,
    "note": lambda t, p: t.note,
}
"""A row a point of a tally."""


def event_row(event: Event) -> list[Cell]:
    """One flat row of an event, a cell a column; several values of a field are joined by ``; ``."""
    return [safe(read(event)) for read in EVENT_COLUMNS.values()]


def tally_rows(tally: Tally) -> Iterator[list[Cell]]:
    """A flat row for each point of a tally."""
    for point in tally.points:
        yield [safe(read(tally, point)) for read in TALLY_COLUMNS.values()]
