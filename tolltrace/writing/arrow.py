"""Claims, events and tallies as Arrow tables: Parquet files and the database are made from these.

The types are made from the dataclasses, never from the data, so that they are the same for every run, an empty one
too: nested as in the JSON lines, calendar days as ``date32``, moments as timestamps in UTC.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from functools import cache
from itertools import islice
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pyarrow as pa

from tolltrace.claims import Claim
from tolltrace.events.event import NOT_VERIFIED, Event, Tally
from tolltrace.writing.rows import day

DAYS = frozenset({"day", "first_day", "last_day", "start"})
"""Fields of texts that are calendar days; ``start`` is one in tallies (elsewhere it is a number: an offset)."""
BATCH_ROWS = 4096
"""Rows that exist as Python objects at one time: they take far more room than in Arrow's columns."""
MOMENTS = frozenset({"moment"})
PLAIN: dict[type, pa.DataType] = {bool: pa.bool_(), int: pa.int64(), float: pa.float64()}

Read = Callable[[Any], Any]


@dataclass(frozen=True)
class Part:
    """The Arrow type of a field, and how its value gets there."""

    type: pa.DataType
    read: Read
    nullable: bool = False


@cache
def parts_of(kind: type) -> dict[str, Part]:
    """The fields of a dataclass in their order."""
    hints = get_type_hints(kind)
    return {field.name: _part(hints[field.name], field.name) for field in fields(kind)}


def _part(hint: Any, name: str) -> Part:
    if get_origin(hint) in (Union, types.UnionType):
        (inner,) = (choice for choice in get_args(hint) if choice is not type(None))
        return _optional(_part(inner, name))
    if get_origin(hint) is Literal:
        return Part(pa.string(), _text)
    if get_origin(hint) is tuple:
        item = _part(get_args(hint)[0], name)
        of_items = pa.list_(pa.field("element", item.type, nullable=item.nullable))
        return Part(of_items, lambda values: [item.read(value) for value in values])
    if is_dataclass(hint) and isinstance(hint, type):
        return _struct(hint)
    if hint is str:
        if name in DAYS:
            return Part(pa.date32(), day)
        if name in MOMENTS:
            return Part(pa.timestamp("s", tz="UTC"), datetime.fromisoformat)
        return Part(pa.string(), _text)
    return Part(PLAIN[hint], lambda value: value)


def _optional(part: Part) -> Part:
    return Part(part.type, lambda value: None if value is None else part.read(value), nullable=True)


def _struct(kind: type) -> Part:
    parts = parts_of(kind)
    return Part(pa.struct(_fields(parts)), lambda value: _values(parts, value))


def _fields(parts: Mapping[str, Part]) -> list[pa.Field]:
    return [pa.field(name, part.type, nullable=part.nullable) for name, part in parts.items()]


def _values(parts: Mapping[str, Part], value: Any) -> dict[str, Any]:
    return {name: part.read(getattr(value, name)) for name, part in parts.items()}


def _text(value: str) -> str:
    """The text; a lone half of a surrogate pair, which UTF-8 cannot hold, becomes a question mark."""
    return value.encode("utf-8", "replace").decode("utf-8")


def table(
    kind: type,
    records: Iterable[tuple[Mapping[str, Any], Any]],
    *,
    before: Sequence[pa.Field] = (),
    after: Sequence[pa.Field] = (),
    without: Container[str] = (),
    rename: Mapping[str, str] | None = None,
    about: str = "",
) -> pa.Table:
    """A row a record: ``(what stands in the columns before and after, an instance of the dataclass)``.

    ``about`` says in the schema's metadata what the table is, beside the note that nothing in it is verified.
    """
    names = dict(rename or {})
    parts = {name: part for name, part in parts_of(kind).items() if name not in without}
    own = [field.with_name(names.get(field.name, field.name)) for field in _fields(parts)]
    metadata = {"description": about, "note": NOT_VERIFIED, "made_by": "tolltrace"}
    schema = pa.schema([*before, *own, *after], metadata=metadata)
    rows = (
        {**beside, **{names.get(name, name): value for name, value in _values(parts, record).items()}}
        for beside, record in records
    )
    batches = []
    while batch := list(islice(rows, BATCH_ROWS)):
        batches.append(pa.RecordBatch.from_pylist(batch, schema=schema))
    return pa.Table.from_batches(batches, schema=schema)


def text_column(name: str, *, nullable: bool = False) -> pa.Field:
    return pa.field(name, pa.string(), nullable=nullable)


def claims_table(claims: Iterable[Claim]) -> pa.Table:
    """A row a claim as in ``claims.jsonl``, with the ``note``."""
    about = "Casualty claims in news articles, a row a figure, each with its sentence"
    rows = (({"note": NOT_VERIFIED}, claim) for claim in claims)
    return table(Claim, rows, after=[text_column("note")], about=about)


def events_table(events: Iterable[Event]) -> pa.Table:
    """A row an event as in ``events.jsonl``."""
    about = "Incidents with every figure that articles give, by whom; a row an event"
    return table(Event, (({}, event) for event in events), about=about)


def tallies_table(tallies: Iterable[Tally]) -> pa.Table:
    """A row a tally as in ``tallies.jsonl``."""
    about = "Totals over several incidents as series, a row for each source, area, victims, harm and start"
    return table(Tally, (({}, tally) for tally in tallies), about=about)
