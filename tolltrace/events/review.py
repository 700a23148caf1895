"""The analyst's decisions, which come last: a CSV file that a person or the sheet writes.

Columns: ``decision``, ``target``, ``field``, ``value``, ``by``, ``date``, ``reason``, ``seen``.

- ``accept``: the claim or event ``target`` is right. With every decision on an event ``seen`` may hold :func:`seen` of
  its figures: an event that has changed since is not what was decided on.
- ``reject``: the claim or event is left out.
- ``correct``: ``field`` becomes ``value``. Of a claim: ``min``, ``max`` (empty: open), ``harm`` (names with spaces
  between), ``group``, ``scope``, ``origin``, ``place``, ``first_day``, ``last_day``; of an event: ``title``, ``place``,
  ``first_day``, ``last_day``. A place is ``name``, or ``name | country | lat | lon``.
- ``merge``: the events ``target`` and ``value`` are one, and keep the first id.
- ``split``: the claims in ``value`` (ids with spaces between) leave the event ``target`` and are one of their own.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import get_args

from tolltrace.claims.claim import Harm, Scope, VictimGroup

COLUMNS = ("decision", "target", "field", "value", "by", "date", "reason", "seen")
DECISIONS = frozenset({"accept", "reject", "correct", "merge", "split"})
CLAIM_FIELDS = frozenset({"min", "max", "harm", "group", "scope", "origin", "place", "first_day", "last_day"})
EVENT_FIELDS = frozenset({"title", "place", "first_day", "last_day"})


class ReviewError(ValueError):
    """A review file that cannot be applied; the message names the file, the lines and what is wrong with them."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One line of a review file."""

    line: int
    decision: str
    target: str
    field: str
    value: str
    by: str
    date: str
    reason: str
    seen: str

    @property
    def of_claim(self) -> bool:
        """Whether the target is a claim: its id holds offsets, an event's does not."""
        return "#" in self.target


@dataclass(frozen=True, slots=True)
class Unfit:
    """A decision that no longer fits, and why: what it speaks of is not there, or has changed."""

    decision: Decision
    why: str


def seen(claims: Iterable[str]) -> str:
    """Eight hexadecimal digits that stand for the claims of an event, whatever their order."""
    return hashlib.sha256("\n".join(sorted(claims)).encode()).hexdigest()[:8]


def read_decisions(path: str | Path) -> list[Decision]:
    """The decisions of a review file, in its order. Any malformed line raises :class:`ReviewError` that names all."""
    decisions = []
    problems = []
    with open(path, encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        if missing := [name for name in COLUMNS[:7] if name not in (reader.fieldnames or ())]:
            raise ReviewError(f"{path}:1: lacks the columns {', '.join(missing)}; needed: {', '.join(COLUMNS)}")
        for row in reader:
            cells = {name: (row.get(name) or "").strip() for name in COLUMNS}
            decision = Decision(reader.line_num, **{name: _unquoted(cell) for name, cell in cells.items()})
            if problem := _problem(decision):
                problems.append(f"{path}:{decision.line}: {problem}")
            decisions.append(decision)
    if problems:
        raise ReviewError("\n".join(problems))
    return decisions


def _unquoted(cell: str) -> str:
    """Without the apostrophe that keeps a spreadsheet from running a cell as a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in ("=", "+", "-", "@", "\t") else cell


def _problem(decision: Decision) -> str | None:
    if decision.decision not in DECISIONS:
        return f"the decision {decision.decision!r} is none of {', '.join(sorted(DECISIONS))}"
    for name in ("target", "by", "date", "reason"):
        if not getattr(decision, name):
            return f"{name} is empty: every decision says of what, by whom, when and why"
    if not _is_day(decision.date[:10]):
        return f"the date {decision.date!r} must be like 2026-11-30"
    if decision.decision in ("merge", "split") and (decision.of_claim or not decision.value):
        return f"{decision.decision} needs an event as target, and a value"
    if decision.decision == "correct":
        return _correction_problem(decision)
    return None


def _correction_problem(decision: Decision) -> str | None:
    field, value = decision.field, decision.value
    known = CLAIM_FIELDS if decision.of_claim else EVENT_FIELDS
    if field not in known:
        return f"the field {field!r} cannot be corrected here; can be: {', '.join(sorted(known))}"
    if field in ("min", "max") and value and not value.isdecimal():
        return f"{field} must be a whole number, or empty for an open end, not {value!r}"
    if field in ("first_day", "last_day") and value and not _is_day(value):
        return f"{field} must be like 2026-11-30, or empty, not {value!r}"
    allowed = {"harm": get_args(Harm), "group": get_args(VictimGroup), "scope": get_args(Scope)}.get(field)
    if allowed and not (value and set(value.split()) <= set(allowed)):
        return f"{field} must be of {', '.join(allowed)}, not {value!r}"
    if field in ("origin", "title", "place") and not value:
        return f"{field} must not be empty"
    if field == "place":
        try:
            place_of(value)
        except ValueError as reason:
            return f"place {value!r}: {reason}"
    return None


def place_of(value: str) -> tuple[str, str | None, float | None, float | None]:
    """Name, country and coordinates of a corrected place."""
    cells = [cell.strip() for cell in value.split("|")]
    if len(cells) == 1:
        return cells[0], None, None, None
    if len(cells) != 4 or not cells[0]:
        raise ValueError("must be a name, or name | country | lat | lon")
    lat, lon = float(cells[2]), float(cells[3])
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise ValueError("lat must lie within -90 and 90, lon within -180 and 180")
    return cells[0], cells[1] or None, lat, lon


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
