"""What claims say of their incident, in the form in which two incidents are compared."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from tolltrace.claims import Claim, Place, When
from tolltrace.claims.claim import Harm, MeansCategory, PlacePrecision, VictimCategory, VictimGroup
from tolltrace.events.groups import victim_group
from tolltrace.events.origins import origins_of
from tolltrace.events.scenes import day_parts, scenes
from tolltrace.resolving.place_names import fold
from tolltrace.resolving.place_words import readings
from tolltrace.words import word_set

UNSURE = 0.25
"""Below this margin before its runner-up a place may be that one."""
Number = tuple[tuple[Harm, ...], VictimGroup, int | None, int | None]
WORD = re.compile(r"[^\W\d_]{4,}")
COMMON = word_set(
    "monitor monitors monitoring group groups spokesman rights human ministry government syrian iraqi israeli turkish "
    "russian american afghan attacked "
    "about according after against also among another around army attack attacks been before being between both "
    "children civilian civilians dead during early eight fighters five fled forces four from front group have "
    "including injured injuring killed killing last late least local members military militants more monday most "
    "morning near nearly night nine officials other others over people police province region reported reports said "
    "saturday seven several since soldiers some source sources state statement strike strikes such sunday than that "
    "their them there they this those three thursday town tuesday twelve under village were when where which while "
    "wednesday with women wounded wounding friday"
)


@dataclass(frozen=True, slots=True)
class Spot:
    """A place by what the gazetteer gives, or by its words alone."""

    key: str
    name: str
    id: str | None
    province: str | None
    country: str | None
    lat: float | None
    lon: float | None
    precision: PlacePrecision | None
    namesake: str | None = None
    """The id of another place that the words fit nearly as well."""

    @property
    def fine(self) -> bool:
        """Whether it is a place rather than an area; words that the gazetteer does not know are taken for one."""
        return self.precision in ("exact", "near", None)


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of an incident. Days are proleptic Gregorian ordinals.

    ``spots`` are the finest places, ``areas`` the wider ones named with them. ``first`` and ``last`` are ``None`` where
    no claim tells; ``told`` is the last day of the articles.
    """

    spots: tuple[Spot, ...]
    areas: tuple[Spot, ...]
    first: int | None
    last: int | None
    told: int | None
    means: frozenset[MeansCategory]
    blamed: frozenset[str]
    victim_parties: frozenset[str]
    categories: frozenset[VictimCategory]
    numbers: frozenset[Number]
    origins: frozenset[str]
    words: frozenset[str]
    scenes: frozenset[str]
    day_parts: frozenset[str]
    documents: frozenset[str]
    stories: frozenset[str]


def profile(claims: Sequence[Claim], story: str) -> Profile:
    """The profile of claims of one article about one incident; ``story`` names the article's story."""
    days = days_of(claims)
    told = [day for claim in claims if (day := ordinal(claim.document.day)) is not None]
    fine, wide = _spots(claims)
    return Profile(
        spots=fine,
        areas=wide,
        first=ordinal(days.first_day) if days else None,
        last=ordinal(days.last_day) if days else None,
        told=max(told, default=None),
        means=frozenset(m.category for claim in claims for m in claim.means if m.category not in ("unknown", "other")),
        blamed=frozenset(
            (r.side or r.text).casefold() for c in claims for r in c.responsible if r.certainty != "unidentified"
        ),
        victim_parties=frozenset(c.victims.side.casefold() for c in claims if c.victims and c.victims.side),
        categories=frozenset(c.victims.category for c in claims if c.victims and c.victims.category != "unknown"),
        numbers=frozenset((c.harm, victim_group(c)[0], c.count.min, c.count.max) for c in claims),
        origins=frozenset(origin.key for c in claims for origin in origins_of(c)),
        words=frozenset(_words(claims)),
        scenes=frozenset(scene for c in claims for scene in scenes(c.evidence.sentence)),
        day_parts=frozenset(part for c in claims for part in _day_parts(c)),
        documents=frozenset(c.document.id for c in claims),
        stories=frozenset({story}),
    )


def ordinal(day: str | None) -> int | None:
    """The ordinal of an ISO 8601 day."""
    return date.fromisoformat(day).toordinal() if day else None


def spot(place: Place) -> Spot:
    return Spot(
        key=fold(_bare(place)),
        name=place.name or place.text,
        id=place.id,
        province=place.province,
        country=place.country,
        lat=place.lat,
        lon=place.lon,
        precision=place.precision,
        namesake=place.runner_up.id if place.runner_up and (place.margin or 0.0) < UNSURE else None,
    )


def _bare(place: Place) -> str:
    """The name without its type noun ("Al-Qasr village") where the gazetteer has none."""
    named = readings(place.text)
    return place.name or (named[-1].name if named else place.text)


def _spots(claims: Iterable[Claim]) -> tuple[tuple[Spot, ...], tuple[Spot, ...]]:
    finest: dict[Spot, None] = {}
    wider: dict[Spot, None] = {}
    for claim in claims:
        for place in claim.places:
            (wider if place.wider else finest)[spot(place)] = None
    if any(s.fine for s in finest):  # one claim of the incident names the village, another the province only
        wider |= {s: None for s in finest if not s.fine}
        finest = {s: None for s in finest if s.fine}
    return tuple(finest), tuple(s for s in wider if s not in finest)


def days_of(claims: Iterable[Claim]) -> When | None:
    """The days that most claims give, single days before longer times: that date of the first such claim."""
    dates = [claim.date for claim in claims if claim.date and claim.date.first_day and claim.date.last_day]
    told = Counter((date.first_day, date.last_day) for date in dates)

    def order(date: When) -> tuple[int, int, str]:
        length = (ordinal(date.last_day) or 0) - (ordinal(date.first_day) or 0)
        return length, -told[date.first_day, date.last_day], date.first_day or ""

    return min(dates, key=order, default=None)


def _day_parts(claim: Claim) -> frozenset[str]:
    """The part of the day by the words of its date, else by its sentence."""
    return (day_parts(claim.date.text) if claim.date else frozenset()) or day_parts(claim.evidence.sentence)


def _words(claims: Iterable[Claim]) -> Iterable[str]:
    """The rarer words of the sentences: no names of places and sources, which are compared as such."""
    names = {word for claim in claims for text in _named(claim) for word in WORD.findall(text.casefold())}
    for claim in claims:
        for word in WORD.findall(claim.evidence.sentence.casefold()):
            if word not in COMMON and word not in names:
                yield word


def _named(claim: Claim) -> Iterator[str]:
    yield from (place.text for place in claim.places)
    yield from (source.text or "" for source in claim.sources)
