"""What the words of claims refer to: canonical parties and sources, places with coordinates, days of the calendar."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from tolltrace.claims.claim import Claim, Denial, Place, PlaceCandidate, Provenance, Responsible, Source, Victims, When
from tolltrace.claims.sources import with_roles
from tolltrace.documents import AnnotatedDocument, Mention, Span
from tolltrace.resolving import GAZETTEERS
from tolltrace.resolving.article_date import ArticleDate, article_date
from tolltrace.resolving.dates import resolve_dates
from tolltrace.resolving.days import Days
from tolltrace.resolving.gazetteer import PLACES_FILE, Entry, Gazetteer, contains
from tolltrace.resolving.known_as import KnownAs
from tolltrace.resolving.mentions import NameReading, resolve_mentions
from tolltrace.resolving.names import NameTable, load_names
from tolltrace.resolving.places import PlaceReading, resolve_places

Blamed = TypeVar("Blamed", Responsible, Denial)
Offsets = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Resolver:
    """The gazetteers that claims are resolved against. Loading them takes a second, so keep one."""

    names: NameTable
    places: Gazetteer
    known_as: KnownAs

    @classmethod
    def load(cls, names: Path | None = None, places: Sequence[Path] = ()) -> Resolver:
        """With the files in the package; ``names`` instead of the packaged table, ``places`` beside the packaged ones.

        A row of ``places`` stands before a packaged one with its id.
        """
        return cls(
            load_names(names) if names else load_names(),
            Gazetteer.load(GAZETTEERS / PLACES_FILE, *places),
            KnownAs.load(),
        )

    def resolve(self, annotated: AnnotatedDocument, claims: Sequence[Claim]) -> list[Claim]:
        """The claims of an article with canonical names, coordinates and days wherever they are found."""
        if not claims:
            return []
        day = article_date(annotated.document, [span for span in annotated.spans if span.label == "DATE"])
        places = resolve_places(annotated, self.places)
        countries = countries_of(places)
        reader = _Reader(
            annotated=annotated,
            table=self.names,
            countries=countries,
            day=day,
            days={(span.start, span.end): days for span, days in resolve_dates(annotated, day).items()},
            places={(span.start, span.end): reading for span, reading in places.items()},
            names=resolve_mentions(annotated, self.names, countries),
        )
        return [reader.read(claim) for claim in claims]


def countries_of(places: Mapping[Span, PlaceReading]) -> tuple[str, ...]:
    """The countries of an article by how often it names places in them."""
    found = Counter(reading.entry.country for reading in places.values() if reading.entry.country)
    return tuple(country for country, _ in found.most_common())


@dataclass(frozen=True, slots=True)
class _Reader:
    """One article's readings, applied to a claim."""

    annotated: AnnotatedDocument
    table: NameTable
    countries: tuple[str, ...]
    day: ArticleDate | None
    days: Mapping[Offsets, Days]
    places: Mapping[Offsets, PlaceReading]
    names: Mapping[Span, NameReading]

    def read(self, claim: Claim) -> Claim:
        return replace(
            claim,
            victims=self._victims(claim.victims) if claim.victims else None,
            responsible=tuple(self._blamed(party) for party in claim.responsible),
            denials=tuple(self._blamed(denial) for denial in claim.denials),
            places=self._places(claim.places),
            date=self._when(claim.date),
            reported=self._when(claim.reported),
            sources=with_roles([self._source(source) for source in claim.sources]),
            document=self._document(claim.document),
        )

    def _name(self, label: str, start: int, end: int) -> NameReading | None:
        return self.names.get(Span(start, end, label))

    def _victims(self, victims: Victims) -> Victims:
        inside = (
            self.names.get(span)
            for span in self.annotated.spans
            if span.label == "ACTOR" and victims.start <= span.start and span.end <= victims.end
        )
        reading = next((found for found in inside if found), None)
        if reading is None:
            return victims
        return replace(victims, actor=reading.name, actor_by=reading.by, side=self._side(reading))

    def _blamed(self, party: Blamed) -> Blamed:
        reading = self._name("ACTOR", party.start, party.end)
        by = self._speaker(party.by)
        if reading is None:
            return replace(party, by_name=by)
        return replace(party, actor=reading.name, actor_by=reading.by, side=self._side(reading), by_name=by)

    def _side(self, reading: NameReading) -> str:
        return self.table.lineage(reading.row)[-1].name if reading.row else reading.name

    def _speaker(self, by: Mention | None) -> str | None:
        reading = self._name("SOURCE", by.start, by.end) if by else None
        return reading.name if reading else None

    def _source(self, source: Source) -> Source:
        source = replace(source, role="origin")
        if source.start is None or source.end is None:
            row = self.table.find(source.text, self.countries) if source.text else None
            return replace(source, name=row.name, name_by="name") if row else source
        reading = self._name("SOURCE", source.start, source.end)
        if reading is None:
            return source
        kind = reading.row.source_kind if reading.row else source.kind
        return replace(source, name=reading.name, name_by=reading.by, kind=kind)

    def _places(self, places: Sequence[Place]) -> tuple[Place, ...]:
        readings = _fitting([self.places.get((place.start, place.end)) for place in places])
        return tuple(
            _located(place, reading, _is_wider(reading, readings))
            for place, reading in zip(places, readings, strict=True)
        )

    def _when(self, when: When | None) -> When | None:
        days = self.days.get((when.start, when.end)) if when else None
        if when is None or days is None:
            return when
        first, last = (day.isoformat() if day else None for day in (days.first, days.last))
        return replace(when, first_day=first, last_day=last, precision=days.precision)

    def _document(self, document: Provenance) -> Provenance:
        if self.day is None:
            return document
        return replace(document, day=self.day.day.isoformat(), day_from=self.day.found)


def _fitting(readings: Sequence[PlaceReading | None]) -> list[PlaceReading | None]:
    """Without the namesakes: a place in none of the provinces that the claim names in its country is another one."""
    named = {
        (r.entry.country, r.entry.name)
        for r in readings
        if r and r.precision == "province" and r.entry.kind == "province"
    }
    countries = {country for country, _ in named}
    return [
        None
        if r
        and r.precision == "exact"
        and r.entry.country in countries
        and (r.entry.country, r.entry.province) not in named
        else r
        for r in readings
    ]


def _is_wider(reading: PlaceReading | None, all_of_claim: Sequence[PlaceReading | None]) -> bool:
    """Whether another place of the claim lies in this one; one that the gazetteer does not know lies in every area."""
    if reading is None:
        return False
    if reading.precision in ("district", "province", "country") and None in all_of_claim:
        return True
    return any(contains(reading.entry, other.entry) for other in all_of_claim if other is not None)


def _located(place: Place, reading: PlaceReading | None, wider: bool) -> Place:
    if reading is None:
        return place
    entry, second = reading.entry, reading.runner_up
    return replace(
        place,
        id=entry.id,
        name=entry.name,
        province=_province(entry),
        country=entry.country or None,
        lat=entry.lat,
        lon=entry.lon,
        precision=reading.precision,
        wider=wider,
        margin=round(reading.margin, 3),
        runner_up=PlaceCandidate(
            second.id, second.name, _province(second), second.country or None, second.lat, second.lon
        )
        if second
        else None,
    )


def _province(entry: Entry) -> str | None:
    return entry.name if entry.kind == "province" else entry.province or None
