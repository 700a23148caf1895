"""The gazetteer: places with their names, coordinates and what they lie in, found by the sound of a name.

The file is a TSV (plain or gzip) whose columns ``data/gazetteers/PLACES.md`` describes. Facts come from GeoNames
(CC BY 4.0), UCDP GED (CC BY 4.0) and the hand-made list of areas; each row names its source.
"""

from __future__ import annotations

import gzip
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Protocol, get_args

from tolltrace.resolving import GAZETTEERS
from tolltrace.resolving.place_names import key, likeness, normalize

Kind = Literal["place", "facility", "district", "province", "region", "country"]
KINDS = frozenset(get_args(Kind))
COLUMNS = (
    "id",
    "name",
    "alternates",
    "lat",
    "lon",
    "kind",
    "country",
    "province",
    "district",
    "population",
    "radius_km",
    "parts",
    "source",
    "keys",
)
PLACES_FILE = "places.tsv.gz"
EARTH_RADIUS_KM = 6371.0088
FINER = {"country": 4, "region": 3, "province": 2, "district": 1, "place": 0, "facility": 0}


class GazetteerError(ValueError):
    """A gazetteer file that cannot be used; the message says file, line and what to do."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One place. ``country`` is ISO 3166-1 alpha-2, empty for a region of several countries.

    ``province`` and ``district`` are names of entries of these kinds in the same country. ``radius_km`` is how far an
    area reaches from its centre (0: unknown, or a point). ``parts`` are what a region consists of: ``UA:Donetsk`` for
    a province, ``ML`` for a country; without them it is a circle.
    """

    id: str
    name: str
    alternates: tuple[str, ...]
    lat: float
    lon: float
    kind: Kind
    country: str
    province: str
    district: str
    population: int
    radius_km: float
    parts: tuple[str, ...]
    source: str

    @property
    def names(self) -> tuple[str, ...]:
        """Every name, the usual one first."""
        return (self.name, *self.alternates)


class Located(Protocol):
    """Anything with coordinates in degrees."""

    @property
    def lat(self) -> float | None: ...

    @property
    def lon(self) -> float | None: ...


def distance_km(a: Located, b: Located) -> float:
    """Great-circle distance in kilometres (haversine); not a number where coordinates are missing."""
    if a.lat is None or a.lon is None or b.lat is None or b.lon is None:
        return math.nan
    phi, other = math.radians(a.lat), math.radians(b.lat)
    across = math.radians(b.lon - a.lon)
    chord = math.sin((other - phi) / 2) ** 2 + math.cos(phi) * math.cos(other) * math.sin(across / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, chord)))


def contains(wider: Entry, finer: Entry) -> bool:
    """Whether one entry lies in the other, by country, province and district, or in a region's parts or circle.

    A place contains nothing; nothing contains itself.
    """
    if wider.id == finer.id or FINER[wider.kind] == 0:
        return False
    if wider.kind == "region":
        return _in_region(wider, finer)
    if wider.country != finer.country or not wider.country:
        return False
    if wider.kind == "country":
        return finer.kind != "country"
    if wider.kind == "province":
        return finer.kind not in ("country", "province") and finer.province == wider.name
    in_district = finer.province == wider.province and finer.district == wider.name
    return FINER[finer.kind] == 0 and in_district


def _in_region(wider: Entry, finer: Entry) -> bool:
    if wider.parts:
        province = finer.name if finer.kind == "province" else finer.province
        return bool(finer.country) and (
            finer.country in wider.parts or (bool(province) and f"{finer.country}:{province}" in wider.parts)
        )
    apart = FINER[finer.kind] > 0 and finer.radius_km >= wider.radius_km
    return not apart and distance_km(wider, finer) <= wider.radius_km


class Gazetteer:
    """Entries by id, and by the sounds of their names."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._rows: dict[str, Entry | tuple[str, int, list[str]]] = {}
        self._areas: dict[str, list[Entry]] | None = None
        self._ids: dict[str, list[str]] = defaultdict(list)
        for entry in entries:
            self._add(entry.id, entry, sorted({key(name) for name in entry.names}))

    @classmethod
    def load(cls, *paths: str | Path) -> Gazetteer:
        """The gazetteer of one or more files; of none, the one that comes with tolltrace.

        A row of a later file replaces the row with its id in an earlier one. One without coordinates adds its
        alternates to that row's names. Raises :class:`GazetteerError` for files that are no gazetteers.
        """
        gazetteer = cls(())
        for path in paths or (GAZETTEERS / PLACES_FILE,):
            gazetteer._read(Path(path))
        return gazetteer

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Entry]:
        return (self[name] for name in self._rows)

    def __contains__(self, entry_id: object) -> bool:
        return entry_id in self._rows

    def __getitem__(self, entry_id: str) -> Entry:
        row = self._rows[entry_id]
        if not isinstance(row, Entry):  # rows of a file become entries when they are asked for
            row = self._rows[entry_id] = _entry(*row)
        return row

    def sounding_like(self, name: str) -> list[Entry]:
        """Every entry that has a name with the key of ``name``."""
        sound = key(name)
        return [self[entry_id] for entry_id in self._ids.get(sound, ())] if sound else []

    def named(self, name: str) -> list[tuple[Entry, float]]:
        """Entries with a name like this one, each with its likeness (see :func:`place_names.likeness`), best first."""
        found = []
        for entry in self.sounding_like(name):
            best = max(likeness(name, other) for other in entry.names)
            if best > 0:
                found.append((entry, best))
        return sorted(found, key=lambda pair: (-pair[1], -pair[0].population, pair[0].id))

    def areas_named(self, normalized: str) -> list[Entry]:
        """Countries, then provinces and regions, with exactly this name (see :func:`place_names.normalize`)."""
        if self._areas is None:
            self._areas = defaultdict(list)
            for entry_id, row in self._rows.items():
                if (row.kind if isinstance(row, Entry) else row[2][5]) in ("country", "province", "region"):
                    for name in dict.fromkeys(normalize(name) for name in self[entry_id].names):
                        self._areas[name].append(self[entry_id])
            for entries in self._areas.values():
                entries.sort(key=lambda entry: (-FINER[entry.kind], -entry.population, entry.id))
        return self._areas.get(normalized, [])

    def _add(self, entry_id: str, row: Entry | tuple[str, int, list[str]], keys: Iterable[str]) -> None:
        if not entry_id:
            raise GazetteerError("an entry has no id: give every row one of its own")
        self._rows[entry_id] = row
        self._areas = None
        for sound in keys:
            ids = self._ids[sound]
            if not ids or entry_id not in ids:
                ids.append(entry_id)

    def _read(self, path: Path) -> None:
        try:
            raw = path.read_bytes()
            text = (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode("utf-8")
        except (OSError, EOFError, UnicodeDecodeError) as reason:
            raise GazetteerError(
                f"{path}: cannot be read as a gazetteer (TSV in UTF-8, or gzip of it): {reason}"
            ) from None
        header: list[str] | None = None
        for number, line in enumerate(text.split("\n"), 1):
            line = line.rstrip("\r")
            if not line.strip() or line.startswith("#"):
                continue
            cells = line.split("\t")
            if header is None:
                header = cells
                if header != list(COLUMNS):
                    raise GazetteerError(
                        f"{path}:{number}: the columns must be {', '.join(COLUMNS)}, not {', '.join(cells)}"
                    )
                continue
            if len(cells) != len(COLUMNS):
                raise GazetteerError(
                    f"{path}:{number}: {len(cells)} cells, but {len(COLUMNS)} columns: separate by tabs"
                )
            self._take(str(path), number, cells)
        if header is None:
            raise GazetteerError(f"{path}: no header line; it must name the columns {', '.join(COLUMNS)}")

    def _take(self, path: str, number: int, cells: list[str]) -> None:
        if not cells[3] and not cells[4]:  # a row that only adds names
            if cells[0] not in self._rows:
                raise GazetteerError(
                    f"{path}:{number}: {cells[0]!r} has no coordinates and no file before names it: give lat and lon"
                )
            entry = self[cells[0]]
            added = [name for name in (cells[1], *cells[2].split("|")) if name and name not in entry.names]
            entry = replace(entry, alternates=(*entry.alternates, *added))
            self._add(entry.id, entry, [key(name) for name in added])
            return
        keys = cells[13].split("|") if cells[13] else sorted({key(name) for name in (cells[1], *cells[2].split("|"))})
        try:
            if not (-90 <= float(cells[3]) <= 90 and -180 <= float(cells[4]) <= 180):
                raise ValueError("lat must lie within -90 and 90, lon within -180 and 180")
            if cells[5] not in KINDS:
                raise ValueError(f"the kind {cells[5]!r} is none of {', '.join(sorted(KINDS))}")
            if not cells[1]:
                raise ValueError("the name is empty")
            self._add(cells[0], (path, number, cells), keys)
        except ValueError as reason:
            raise GazetteerError(f"{path}:{number}: {reason}") from None


def _entry(path: str, number: int, cells: list[str]) -> Entry:
    try:
        return Entry(
            id=cells[0],
            name=cells[1],
            alternates=tuple(name for name in cells[2].split("|") if name),
            lat=float(cells[3]),
            lon=float(cells[4]),
            kind=cells[5],  # type: ignore[arg-type] # checked when the file was read
            country=cells[6],
            province=cells[7],
            district=cells[8],
            population=int(cells[9] or 0),
            radius_km=float(cells[10] or 0),
            parts=tuple(part for part in cells[11].split("|") if part),
            source=cells[12],
        )
    except ValueError as reason:
        raise GazetteerError(f"{path}:{number}: population and radius_km must be numbers: {reason}") from None
