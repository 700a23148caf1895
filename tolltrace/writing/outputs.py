"""The files of events, format by format: what ``extract`` and ``reconcile`` write beside the claims."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tolltrace import jsonlines
from tolltrace.reconcile import Reconciled
from tolltrace.resolving.gazetteer import Gazetteer
from tolltrace.writing.database import write_database
from tolltrace.writing.ged import write_ged_csv
from tolltrace.writing.geojson import write_geojson
from tolltrace.writing.partial import written_whole
from tolltrace.writing.rows import COLUMNS, row
from tolltrace.writing.sheet import write_sheet
from tolltrace.writing.tabular import (
    write_claims_parquet,
    write_csv,
    write_events_csv,
    write_events_parquet,
    write_tallies_csv,
    write_tallies_parquet,
)
from tolltrace.writing.vague import Vague


@dataclass(frozen=True, slots=True)
class Options:
    """What some formats need to know beside the events: a gazetteer for the size of areas, the convention for words."""

    places: Gazetteer
    vague: Vague = "tolltrace"


def _jsonl(folder: Path, made: Reconciled, options: Options) -> None:
    write_lines(folder / "events.jsonl", (event.to_json() for event in made.events))
    write_lines(folder / "tallies.jsonl", (tally.to_json() for tally in made.tallies))


def _csv(folder: Path, made: Reconciled, options: Options) -> None:
    write_events_csv(folder / "events.csv", made.events)
    write_tallies_csv(folder / "tallies.csv", made.tallies)


def _parquet(folder: Path, made: Reconciled, options: Options) -> None:
    write_claims_parquet(folder / "claims.parquet", made.claims)
    write_events_parquet(folder / "events.parquet", made.events)
    write_tallies_parquet(folder / "tallies.parquet", made.tallies)


def _geojson(folder: Path, made: Reconciled, options: Options) -> None:
    ids = {place.id for event in made.events for place in event.places if place.id in options.places}
    radii = {name: radius for name in ids if name and (radius := options.places[name].radius_km)}
    write_geojson(folder / "events.geojson", made.events, radii)


def _ged(folder: Path, made: Reconciled, options: Options) -> None:
    countries = {entry.country: entry.name for entry in options.places if entry.kind == "country"}
    write_ged_csv(folder / "events_ged.csv", made.events, made.claims, options.vague, countries)


def _duckdb(folder: Path, made: Reconciled, options: Options) -> None:
    write_database(folder / "tolltrace.duckdb", made.events, made.tallies, made.claims, tuple(made.documents.values()))


def _html(folder: Path, made: Reconciled, options: Options) -> None:
    claims = {claim.id: claim for claim in made.claims}
    write_sheet(folder / "events.html", made.events, made.tallies, claims, made.documents)


FORMATS: Mapping[str, Callable[[Path, Reconciled, Options], None]] = {
    "jsonl": _jsonl,
    "csv": _csv,
    "parquet": _parquet,
    "geojson": _geojson,
    "ged": _ged,
    "duckdb": _duckdb,
    "html": _html,
}


def write_events(folder: Path, made: Reconciled, options: Options, formats: Iterable[str] = FORMATS) -> None:
    """Write the events in each format; every file appears whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in formats:
        FORMATS[name](folder, made, options)
    if made.decisions:
        write_lines(
            folder / "review_unfit.jsonl", ({**asdict(unfit.decision), "why": unfit.why} for unfit in made.unfit)
        )


def write_claims(folder: Path, made: Reconciled) -> None:
    """Write the claims as ``extract`` does, the analyst's decisions applied."""
    write_lines(folder / "claims.jsonl", (claim.to_json() for claim in made.claims))
    write_csv(folder / "claims.csv", COLUMNS, (row(claim) for claim in made.claims))


def write_lines(path: Path, values: Iterable[dict[str, Any]]) -> None:
    """A JSON object a line."""
    with written_whole(path) as partial, open(partial, "w", encoding="utf-8", newline="\n") as out:
        for value in values:
            out.write(jsonlines.dumps(value) + "\n")
