"""A gazetteer made from open facts: a GeoNames dump, UCDP's places, and the hand-made list of areas.

Settlements come from GeoNames and UCDP; provinces and districts get the population-weighted mean of their settlements
as centre, and as radius the distance that takes in nine of ten of them. Names of countries, regions, provinces and
their variants come from the list of areas (``data/gazetteers/areas.tsv``, the columns of the gazetteer itself).
"""

from __future__ import annotations

import gzip
import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tolltrace.resolving.gazetteer import COLUMNS, Entry, Gazetteer, GazetteerError, distance_km
from tolltrace.resolving.gazetteer_sources import GEONAMES, Feature, is_spelling, latin_alternates
from tolltrace.resolving.place_names import key, normalize

SAME_PLACE_KM = 5.0


@dataclass(frozen=True, slots=True)
class Settings:
    """What a gazetteer takes in: every settlement of ``countries`` with at least ``smallest`` people (``floors`` sets
    this apart by country), and elsewhere those with at least ``elsewhere``."""

    countries: frozenset[str]
    smallest: int = 0
    floors: tuple[tuple[str, int], ...] = ()
    elsewhere: int = 100_000

    def takes(self, country: str, population: int) -> bool:
        """Whether a settlement of this country and size goes in."""
        floor = dict(self.floors).get(country, self.smallest)
        return population >= (floor if country in self.countries else self.elsewhere)


def build(
    features: Iterable[Feature],
    settings: Settings,
    areas: Collection[Entry] = (),
    admin1: dict[str, str] | None = None,
    others: Iterable[Entry] = (),
) -> list[Entry]:
    """Entries of a gazetteer: settlements, their provinces and districts, and the areas. ``others`` are settlements
    of other makers: one within 5 km of a settlement with a like name gives it its names and district."""
    provinces = {entry.id.removeprefix("gn1:"): entry for entry in areas if entry.kind == "province"}
    names = {code: entry.name for code, entry in provinces.items()}
    divisions: dict[str, Feature] = {}
    districts: dict[tuple[str, str, str], Feature] = {}
    settlements = []
    for feature in features:
        if feature.code == "ADM1":
            divisions[f"{feature.country}.{feature.admin1}"] = feature
        elif feature.code == "ADM2":
            districts[feature.country, feature.admin1, feature.admin2] = feature
        elif settings.takes(feature.country, feature.population):
            settlements.append(feature)
    for code, name in {**{c: f.name for c, f in divisions.items()}, **(admin1 or {})}.items():
        names.setdefault(code, name)
    places = [_settlement(feature, names, districts) for feature in settlements]
    places = _spelled(merge(places, others), areas)
    made = [
        *_provinces(places, names, provinces, divisions, {f"{f.country}.{f.admin1}" for f in settlements}),
        *_districts(places),
    ]
    rest = [entry for entry in areas if entry.kind != "province" and not is_spelling(entry)]
    return [*rest, *made, *places]


def _spelled(places: Iterable[Entry], areas: Iterable[Entry]) -> list[Entry]:
    """The places with the names that the list of areas adds to them; one that is not here is of another dump."""
    names = {entry.id: entry.names for entry in areas if is_spelling(entry)}
    return [
        replace(place, alternates=tuple(dict.fromkeys((*place.alternates, *names[place.id]))))
        if place.id in names
        else place
        for place in places
    ]


def _settlement(feature: Feature, names: dict[str, str], districts: dict[tuple[str, str, str], Feature]) -> Entry:
    district = districts.get((feature.country, feature.admin1, feature.admin2))
    return Entry(
        f"gn:{feature.id}",
        feature.name,
        latin_alternates(feature.name, feature.alternates),
        round(feature.lat, 5),
        round(feature.lon, 5),
        "place",
        feature.country,
        names.get(f"{feature.country}.{feature.admin1}", ""),
        district.name if district else "",
        feature.population,
        0.0,
        (),
        GEONAMES,
    )


def merge(places: list[Entry], others: Iterable[Entry]) -> list[Entry]:
    """The places, and those of the others that are none of them: see :func:`build`."""
    index = Gazetteer(places)
    merged = {entry.id: entry for entry in places}
    for other in others:
        twins = [
            merged[entry.id]
            for entry, like in index.named(other.name)
            if like >= 0.9 and distance_km(entry, other) <= SAME_PLACE_KM and entry.kind == other.kind
        ]
        if not twins:
            merged[other.id] = other
            continue
        twin = min(twins, key=lambda entry: distance_km(entry, other))
        added = latin_alternates(twin.name, (*twin.alternates, other.name, *other.alternates))
        merged[twin.id] = replace(
            twin,
            alternates=added,
            district=twin.district or other.district,
            province=twin.province or other.province,
            source=twin.source if other.source in twin.source else f"{twin.source}; {other.source}",
        )
    return list(merged.values())


def _provinces(
    places: list[Entry],
    names: dict[str, str],
    known: dict[str, Entry],
    divisions: dict[str, Feature],
    codes: set[str],
) -> Iterator[Entry]:
    """Provinces that hold a settlement, and those of the list of areas that have coordinates of their own."""
    members: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in places:
        members[entry.country, entry.province].append(entry)
    done = set()
    for code in sorted({*codes, *known}):
        country, name = code.split(".")[0], names.get(code, "")
        listed, division = known.get(code), divisions.get(code)
        inside = members.get((country, name), [])
        if not name or (country, name) in done or not (inside or listed):
            continue
        done.add((country, name))
        if inside:
            lat, lon, radius = centre(inside)
        elif listed and (listed.lat or listed.lon):
            lat, lon, radius = listed.lat, listed.lon, listed.radius_km
        else:
            raise GazetteerError(f"province {code} {name!r} has no settlement and no coordinates: give lat and lon")
        yield Entry(
            f"gn1:{code}",
            name,
            listed.alternates if listed else latin_alternates(name, division.alternates if division else ()),
            lat,
            lon,
            "province",
            country,
            "",
            "",
            sum(entry.population for entry in inside),
            radius,
            (),
            f"{GEONAMES}; names: {listed.source}" if listed else GEONAMES,
        )


def _districts(places: list[Entry]) -> Iterator[Entry]:
    members: dict[tuple[str, str, str], list[Entry]] = defaultdict(list)
    for entry in places:
        if entry.district and entry.province:
            members[entry.country, entry.province, entry.district].append(entry)
    for (country, province, name), inside in sorted(members.items()):
        lat, lon, radius = centre(inside)
        sources = Counter(source for entry in inside for source in entry.source.split("; "))
        identity = normalize(f"{country} {province} {name}").replace(" ", "-")
        people = sum(entry.population for entry in inside)
        made = " and ".join(sorted(sources))
        yield Entry(f"tt:2-{identity}", name, (), lat, lon, "district", country, province, "", people, radius, (), made)


def centre(places: Collection[Entry]) -> tuple[float, float, float]:
    """Population-weighted mean of coordinates (everybody counts for at least 500 people), and the radius in km that
    takes in nine of ten places. Areas that cross the date line get a wrong centre: none is known to matter here."""
    weights = [max(entry.population, 500) for entry in places]
    total = sum(weights)
    lat = sum(entry.lat * weight for entry, weight in zip(places, weights, strict=True)) / total
    lon = sum(entry.lon * weight for entry, weight in zip(places, weights, strict=True)) / total
    middle = replace(next(iter(places)), lat=lat, lon=lon)
    far = sorted(distance_km(middle, entry) for entry in places)
    radius = far[math.ceil(0.9 * len(far)) - 1]
    return round(lat, 4), round(lon, 4), round(max(radius, 5.0), 1)


def write(path: Path, entries: Iterable[Entry], notice: str) -> int:
    """Write a gazetteer (gzip where the name ends in ``.gz``), with the notice as comment; returns its number of rows.

    The same entries give the same bytes.
    """
    lines = [f"# {line}" for line in notice.splitlines()]
    lines.append("\t".join(COLUMNS))
    rows = 0
    for entry in entries:
        cells = (
            entry.id,
            entry.name,
            "|".join(entry.alternates),
            f"{entry.lat:g}" if entry.lat == round(entry.lat, 3) else f"{entry.lat:.5f}",
            f"{entry.lon:g}" if entry.lon == round(entry.lon, 3) else f"{entry.lon:.5f}",
            entry.kind,
            entry.country,
            entry.province,
            entry.district,
            str(entry.population or ""),
            f"{entry.radius_km:g}" if entry.radius_km else "",
            "|".join(entry.parts),
            entry.source,
            "|".join(sorted({key(name) for name in entry.names} - {""})),
        )
        lines.append("\t".join(" ".join(cell.split()) for cell in cells))
        rows += 1
    data = ("\n".join(lines) + "\n").encode()
    path.write_bytes(gzip.compress(data, 9, mtime=0) if path.suffix == ".gz" else data)
    return rows
