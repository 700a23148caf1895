"""Places that somebody lists as two names of one: a reason to look, never a reason to take them for the same.

The file ``also_known.csv`` has the columns ``name``, ``other``, ``country`` (ISO 3166-1 alpha-2), ``province``,
``says`` (who lists them) and ``from`` (where that is to be found).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from tolltrace.resolving import GAZETTEERS
from tolltrace.resolving.gazetteer import GazetteerError
from tolltrace.resolving.place_names import fold

COLUMNS = ("name", "other", "country", "province", "says", "from")
FILE = "also_known.csv"


class KnownAs:
    """Pairs of names with who lists them as one place."""

    def __init__(self, rows: Iterable[dict[str, str]] = ()) -> None:
        self._says = {frozenset((fold(row["name"]), fold(row["other"]))): (row["says"], row["country"]) for row in rows}

    @classmethod
    def load(cls, path: str | Path = GAZETTEERS / FILE) -> KnownAs:
        """The pairs of a file; a malformed row raises :class:`GazetteerError` with file and line."""
        rows = []
        with open(path, encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            if tuple(reader.fieldnames or ()) != COLUMNS:
                raise GazetteerError(f"{path}:1: the columns must be {', '.join(COLUMNS)}")
            for row in reader:
                if None in row or not all(row.get(column) for column in COLUMNS):
                    raise GazetteerError(f"{path}:{reader.line_num}: every one of {', '.join(COLUMNS)} must be filled")
                rows.append(row)
        return cls(rows)

    def says(self, one: str, other: str, countries: Iterable[str | None] = ()) -> str | None:
        """Who lists the two folded names as one place; not where a known country of either is another one."""
        found = self._says.get(frozenset((one, other)))
        if found is None or any(country not in (None, found[1]) for country in countries):
            return None
        return found[0]
