"""An :class:`Event` from the claims that were found to be of one incident."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from tolltrace.claims import Claim, Place
from tolltrace.claims.claim import MeansCategory, number_words
from tolltrace.documents import Mention
from tolltrace.events.event import Blame, Event, EventDenial, EventPlace, Figure, Join, Range
from tolltrace.events.figures import Group, agree, figures_of, group_of, main_origins, ranges_of
from tolltrace.events.profile import days_of
from tolltrace.resolving.place_names import fold

MEANS_WORDS: dict[MeansCategory, str] = {
    "air": "Air strike",
    "drone": "Drone strike",
    "artillery_rocket": "Shelling or rockets",
    "ground_fighting": "Fighting",
    "shooting": "Shooting",
    "ied_mine": "Bomb or mine",
    "suicide": "Suicide attack",
    "chemical": "Chemical attack",
    "execution": "Execution",
    "accident": "Accident",
    "other": "Attack",
}
SURE = 0.15
"""Below this margin of a place before its runner-up the event says that the place is uncertain."""


def build_event(
    name: str,
    claims: Sequence[Claim],
    stories: dict[str, str],
    joins: Sequence[Join] = (),
    formerly: tuple[str, ...] = (),
) -> Event:
    """The event of these claims; ``stories`` names the story of each document."""
    claims = sorted(claims, key=lambda c: (c.document.day or "9999", c.document.id, c.evidence.start))
    figures = figures_of(claims, stories)
    ranges = ranges_of(figures)
    places = _places(claims)
    means = tuple(category for category, _ in Counter(m.category for c in claims for m in c.means).most_common())
    days = days_of(claims)
    first, last = (days.first_day, days.last_day) if days else (None, None)
    blamed, denials = _blamed(claims), _denials(claims)
    documents = dict.fromkeys(claim.document.id for claim in claims)
    return Event(
        id=name,
        status="machine",
        title=_title(means, ranges, places, first, last),
        first_day=first,
        last_day=last,
        date_precision=days.precision if days else None,
        places=places,
        means=means,
        ranges=tuple(ranges),
        figures=tuple(figures),
        blamed=blamed,
        denials=denials,
        contested=tuple(_contested(figures, blamed, denials)),
        origins=main_origins(figures),
        documents=tuple(documents),
        stories=len({stories[document] for document in documents}),
        possibly_same_as=(),
        joins=tuple(joins),
        formerly=formerly,
    )


def _places(claims: Iterable[Claim]) -> tuple[EventPlace, ...]:
    """Every place that the claims name, once: finest and most often named first."""
    mentions: dict[tuple[str, str | None], list[tuple[Place, str]]] = {}
    for claim in claims:
        for place in claim.places:
            mentions.setdefault((place.id or fold(place.text), place.precision), []).append((place, claim.id))
    rank = {"exact": 0, "near": 1, None: 2, "district": 3, "province": 4, "country": 5}
    places = []
    for named in mentions.values():
        place = named[0][0]
        wider = all(p.wider for p, _ in named)
        ids = tuple(dict.fromkeys(claim for _, claim in named))
        places.append(
            EventPlace(
                name=place.name or place.text,
                id=place.id,
                province=place.province,
                country=place.country,
                lat=place.lat,
                lon=place.lon,
                precision=place.precision,
                wider=wider,
                uncertain=any(p.margin is not None and p.margin < SURE for p, _ in named),
                claims=ids,
            )
        )
    return tuple(sorted(places, key=lambda p: (p.wider, rank[p.precision], -len(p.claims), p.name)))


def _blamed(claims: Iterable[Claim]) -> tuple[Blame, ...]:
    found: dict[tuple[str, bool, str, str | None], list[str]] = {}
    for claim in claims:
        for party in claim.responsible:
            key = (
                party.actor or party.text,
                party.actor is not None,
                party.certainty,
                party.by_name or _text(party.by),
            )
            found.setdefault(key, []).append(claim.id)
    return tuple(
        Blame(party, resolved, certainty, by, tuple(dict.fromkeys(ids)))  # type: ignore[arg-type]
        for (party, resolved, certainty, by), ids in found.items()
    )


def _denials(claims: Iterable[Claim]) -> tuple[EventDenial, ...]:
    found: dict[tuple[str, bool, str | None, str], list[str]] = {}
    for claim in claims:
        for denial in claim.denials:
            by = denial.by_name or _text(denial.by)
            key = (denial.actor or denial.text, denial.actor is not None, by, denial.sentence.text)
            found.setdefault(key, []).append(claim.id)
    return tuple(EventDenial(*key, tuple(dict.fromkeys(ids))) for key, ids in found.items())


def _text(by: Mention | None) -> str | None:
    return by.text if by else None


def _contested(figures: Sequence[Figure], blamed: Sequence[Blame], denials: Sequence[EventDenial]) -> Iterator[str]:
    """What the reports disagree on: figures that cannot both be right, two parties blamed outright, denials."""
    standing: dict[Group, list[Figure]] = {}
    for figure in figures:
        if figure.state == "current" and not figure.part_of:
            standing.setdefault(group_of(figure), []).append(figure)
    for (harm, group, victims), members in standing.items():
        apart = [f for f in members if any(_disagree(f, other) for other in members)]
        if apart:
            apart.sort(key=lambda f: (f.min or 0, f.max or 0))
            said = dict.fromkeys(
                f"{number_words(f.min, f.max)} ({', '.join(origin.name for origin in f.origins)})" for f in apart
            )
            yield f"{' or '.join(harm)}, {victims or group}: {' against '.join(said)}"
    stated = dict.fromkeys(blame.party for blame in blamed if blame.certainty in ("stated", "claimed"))
    if len(stated) > 1:
        yield f"held responsible: {' and '.join(stated)}"
    yield from dict.fromkeys(f"{denial.party} denies" for denial in denials)


def _disagree(one: Figure, other: Figure) -> bool:
    """Whether two figures of different origins cannot both be right."""
    shared = {origin.key for origin in one.origins} & {origin.key for origin in other.origins}
    return not shared and not agree(one, other)


def _title(
    means: Sequence[MeansCategory],
    ranges: Sequence[Range],
    places: Sequence[EventPlace],
    first: str | None,
    last: str | None,
) -> str:
    what = next((MEANS_WORDS[category] for category in means if category in MEANS_WORDS), None)
    if what is None:
        what = " and ".join(ranges[0].harm).capitalize() if ranges else "Harm"
    where = places[0].name if places else "place not named"
    if places and places[0].province and places[0].province != where:
        where += f" ({places[0].province})"
    return f"{what}, {where}, {days_words(first, last)}"


def days_words(first: str | None, last: str | None) -> str:
    """Days for people: ``1 May 2018``, ``1–3 May 2018``, ``day not known``."""
    if first is None or last is None:
        return "day not known"
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    if start == end:
        return f"{start.day} {start:%B %Y}"
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day}–{end.day} {start:%B %Y}"
    return f"{start.day} {start:%B %Y} – {end.day} {end:%B %Y}"
