"""Tables for spreadsheets (CSV) and for data frames (Parquet): ``events.csv``, ``tallies.csv``, ``*.parquet``.

CSV is flat and for people; cells that a spreadsheet could run or rewrite are made safe. Parquet is nested and typed as
the JSON lines are, and keeps every text as it was written. Files appear under their names whole or not at all.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tolltrace.claims import Claim
from tolltrace.events.event import Event, Tally
from tolltrace.writing import arrow
from tolltrace.writing.event_rows import EVENT_COLUMNS, TALLY_COLUMNS, event_row, tally_rows
from tolltrace.writing.partial import written_whole
from tolltrace.writing.rows import Cell


def write_events_csv(path: Path, events: Sequence[Event]) -> None:
    """A line an event; :data:`~tolltrace.writing.event_rows.EVENT_COLUMNS` says what stands in the columns."""
    write_csv(path, EVENT_COLUMNS, map(event_row, events))


def write_tallies_csv(path: Path, tallies: Sequence[Tally]) -> None:
    """A line a point of a tally."""
    write_csv(path, TALLY_COLUMNS, (row for tally in tallies for row in tally_rows(tally)))


def write_csv(path: Path, header: Iterable[str], rows: Iterable[Sequence[Cell]]) -> None:
    """A CSV file in UTF-8 with the mark that spreadsheets know it by; cells must be safe already."""
    with (
        written_whole(path) as partial,
        open(partial, "w", encoding="utf-8-sig", errors="replace", newline="") as out,
    ):
        table = csv.writer(out)
        table.writerow(header)
        table.writerows(rows)


def write_claims_parquet(path: Path, claims: Sequence[Claim]) -> None:
    """A row a claim, its places, parties and sources nested in it."""
    _write_parquet(path, arrow.claims_table(claims))


def write_events_parquet(path: Path, events: Sequence[Event]) -> None:
    """A row an event, its figures, ranges, places and parties nested in it."""
    _write_parquet(path, arrow.events_table(events))


def write_tallies_parquet(path: Path, tallies: Sequence[Tally]) -> None:
    """A row a tally, its points nested in it."""
    _write_parquet(path, arrow.tallies_table(tallies))


def _write_parquet(path: Path, table: pa.Table) -> None:
    with written_whole(path) as partial:
        pq.write_table(table, partial, compression="zstd")
