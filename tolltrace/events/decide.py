"""Apply an analyst's decisions: first those on claims, before events are made, then those on events."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tolltrace.claims.claim import Claim, Place, PlacePrecision, Source, When
from tolltrace.events.build import build_event
from tolltrace.events.event import Event, EventPlace, PossiblySame
from tolltrace.events.identity import first_claim, name_of
from tolltrace.events.review import Decision, Unfit, place_of, seen


@dataclass
class Decided:
    """What is left after the decisions on claims, and which decisions did not fit."""

    claims: list[list[Claim]]
    unfit: list[Unfit] = field(default_factory=list)


def decide_claims(claims: Iterable[Sequence[Claim]], decisions: Iterable[Decision]) -> Decided:
    """The claims of each article with accepted, corrected and without rejected ones."""
    articles = [list(article) for article in claims]
    at = {claim.id: (i, j) for i, article in enumerate(articles) for j, claim in enumerate(article)}
    rejected: set[str] = set()
    decided = Decided(articles)
    for decision in decisions:
        if not decision.of_claim:
            continue
        if decision.target not in at or decision.target in rejected:
            decided.unfit.append(Unfit(decision, f"there is no claim {decision.target}"))
            continue
        i, j = at[decision.target]
        if decision.decision == "reject":
            rejected.add(decision.target)
        else:
            articles[i][j] = replace(_corrected(articles[i][j], decision), status="reviewed")
    decided.claims = [[claim for claim in article if claim.id not in rejected] for article in articles]
    return decided


def _corrected(claim: Claim, decision: Decision) -> Claim:
    if decision.decision != "correct":
        return claim
    return CORRECTIONS[decision.field](claim, decision.value)


def _min(claim: Claim, value: str) -> Claim:
    return replace(claim, count=replace(claim.count, min=int(value) if value else None, share=False))


def _max(claim: Claim, value: str) -> Claim:
    return replace(claim, count=replace(claim.count, max=int(value) if value else None, share=False))


def _first_day(claim: Claim, value: str) -> Claim:
    return _with_days(claim, value or None, claim.date.last_day if claim.date else None)


def _last_day(claim: Claim, value: str) -> Claim:
    return _with_days(claim, claim.date.first_day if claim.date else None, value or None)


def _with_days(claim: Claim, first: str | None, last: str | None) -> Claim:
    """The claim with these days; the one end stands for both where the other is not known."""
    when = claim.date or When("", claim.evidence.start, claim.evidence.start)
    first, last = first or last, last or first
    return replace(
        claim, date=replace(when, first_day=first, last_day=last, precision="day" if first == last else "days")
    )


def _place(claim: Claim, value: str) -> Claim:
    name, country, lat, lon = place_of(value)
    at = claim.evidence.start
    precision: PlacePrecision | None = "exact" if lat is not None else None
    located = Place(name, at, at, name=name, country=country, lat=lat, lon=lon, precision=precision)
    return replace(claim, places=(located, *(place for place in claim.places if place.wider)))


CORRECTIONS: Mapping[str, Callable[[Claim, str], Claim]] = {
    "min": _min,
    "max": _max,
    "harm": lambda claim, value: replace(claim, harm=tuple(value.split())),  # type: ignore[arg-type]
    "group": lambda claim, value: replace(claim, group=value),  # type: ignore[arg-type]
    "scope": lambda claim, value: replace(claim, scope=value),  # type: ignore[arg-type]
    "origin": lambda claim, value: replace(
        claim, sources=(Source(value, None, None, "unknown", "origin", name=value, name_by="name"),)
    ),
    "place": _place,
    "first_day": _first_day,
    "last_day": _last_day,
}


def decide_events(
    events: Sequence[Event], claims: Mapping[str, Claim], stories: dict[str, str], decisions: Iterable[Decision]
) -> tuple[list[Event], list[Unfit]]:
    """The events with the decisions on them applied in order, and the decisions that did not fit."""
    table = _Events(events, claims, stories)
    unfit = []
    for decision in decisions:
        if not decision.of_claim and (problem := table.decide(decision)):
            unfit.append(Unfit(decision, problem))
    return table.result(), unfit


class _Events:
    """Events by id while decisions change them; each method returns what is wrong with a decision, if anything."""

    def __init__(self, events: Sequence[Event], claims: Mapping[str, Claim], stories: dict[str, str]) -> None:
        self.events = {event.id: event for event in events}
        self.home: dict[str, str] = {}
        self.claims = claims
        self.stories = stories

    def decide(self, decision: Decision) -> str | None:
        event = self._find(decision.target)
        if event is None:
            return f"there is no event {decision.target}"
        if decision.seen and decision.seen != seen(_ids(event)):
            return "the event has other claims now than when this was decided"
        if decision.decision == "merge":
            return self._merge(event, decision.value)
        if decision.decision == "split":
            return self._split(event, decision.value.split())
        if decision.decision == "reject":
            del self.events[event.id]
        else:
            corrected = _corrected_event(event, decision) if decision.decision == "correct" else event
            self.events[event.id] = replace(corrected, status="reviewed")
        return None

    def result(self) -> list[Event]:
        """The events that are left, their flags pointing to such."""
        return [replace(event, possibly_same_as=self._flags(event)) for event in self.events.values()]

    def _find(self, name: str) -> Event | None:
        return self.events.get(self.home.get(name, name))

    def _merge(self, event: Event, value: str) -> str | None:
        other = self._find(value)
        if other is None or other.id == event.id:
            return f"there is no other event {value}"
        formerly = (*event.formerly, other.id, *other.formerly)
        merged = self._rebuilt(event, (*_ids(event), *_ids(other)), event.id, formerly)
        self.events[event.id] = replace(
            merged,
            joins=(*event.joins, *other.joins),
            possibly_same_as=(*event.possibly_same_as, *other.possibly_same_as),
        )
        del self.events[other.id]
        self.home |= {name: event.id for name, at in self.home.items() if at == other.id}
        self.home[other.id] = event.id
        return None

    def _split(self, event: Event, leaving: list[str]) -> str | None:
        ids = _ids(event)
        staying = [claim for claim in ids if claim not in leaving]
        if not set(leaving) <= set(ids) or not staying:
            return "the event does not hold all of these claims, or would be left empty"
        name = name_of("event", first_claim(self.claims[claim] for claim in leaving).id, "split")
        self.events[event.id] = self._rebuilt(event, staying, event.id, event.formerly)
        self.events[name] = self._rebuilt(event, leaving, name)
        return None

    def _rebuilt(self, event: Event, ids: Iterable[str], name: str, formerly: tuple[str, ...] = ()) -> Event:
        members = [self.claims[claim] for claim in ids]
        here = {claim.id for claim in members}
        joins = tuple(join for join in event.joins if join.one in here and join.other in here)
        made = build_event(name, members, self.stories, joins, formerly)
        return replace(made, status="reviewed", possibly_same_as=event.possibly_same_as)

    def _flags(self, event: Event) -> tuple[PossiblySame, ...]:
        flags: dict[str, PossiblySame] = {}
        for flag in event.possibly_same_as:
            other = self._find(flag.id)
            if other is not None and other.id != event.id:
                flags.setdefault(other.id, replace(flag, id=other.id))
        return tuple(flags.values())


def _ids(event: Event) -> list[str]:
    return [figure.claim for figure in event.figures]


def _corrected_event(event: Event, decision: Decision) -> Event:
    value = decision.value or None
    if decision.field == "title":
        return replace(event, title=decision.value)
    if decision.field == "first_day":
        return replace(event, first_day=value)
    if decision.field == "last_day":
        return replace(event, last_day=value)
    name, country, lat, lon = place_of(decision.value)
    place = EventPlace(
        name=name,
        id=None,
        province=None,
        country=country,
        lat=lat,
        lon=lon,
        precision="exact" if lat is not None else None,
        wider=False,
        uncertain=False,
        claims=tuple(_ids(event)),
    )
    return replace(event, places=(place, *(p for p in event.places if p.wider)))
