"""A DuckDB file of a run (``tolltrace.duckdb``): documents, claims, events and tallies, with views and comments.

Tables come from Arrow tables as a whole; no SQL is built from data. Every table, view and column has a comment, which
``SELECT * FROM duckdb_columns()`` shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
from duckdb import DuckDBPyConnection

from tolltrace.claims import Claim
from tolltrace.documents import AnnotatedDocument
from tolltrace.events.event import NOT_VERIFIED, Event, Tally
from tolltrace.writing.database_tables import TABLES, tables
from tolltrace.writing.database_views import VIEWS
from tolltrace.writing.partial import written_whole


def write_database(
    path: Path,
    events: Sequence[Event],
    tallies: Sequence[Tally],
    claims: Sequence[Claim],
    documents: Iterable[AnnotatedDocument],
) -> None:
    """Write the database; it appears whole or not at all, in the place of an earlier one."""
    contents = tables(events, tallies, claims, documents)
    with written_whole(path) as partial:
        log = partial.with_name(f"{partial.name}.wal")
        log.unlink(missing_ok=True)
        try:
            with duckdb.connect(str(partial)) as connection:
                fill(connection, contents)
        finally:
            log.unlink(missing_ok=True)


def fill(connection: DuckDBPyConnection, contents: Mapping[str, pa.Table]) -> None:
    """Tables, views and comments in an empty database."""
    for name, table in contents.items():
        connection.register("incoming", table)
        connection.execute(f'CREATE TABLE "{name}" AS SELECT * FROM incoming')  # noqa: S608 - a name of TABLES
        connection.unregister("incoming")
        _comment(connection, "TABLE", name, TABLES[name].comment, TABLES[name].columns)
    for name, view in VIEWS.items():
        connection.execute(f'CREATE VIEW "{name}" AS {view.select}')
        _comment(connection, "VIEW", name, view.comment, view.columns)


def _comment(connection: DuckDBPyConnection, kind: str, name: str, comment: str, columns: Mapping[str, str]) -> None:
    connection.execute(f'COMMENT ON {kind} "{name}" IS {_literal(f"{comment} ({NOT_VERIFIED})")}')
    for column, words in columns.items():
        connection.execute(f'COMMENT ON COLUMN "{name}"."{column}" IS {_literal(words)}')


def _literal(text: str) -> str:
    """A comment of this package as SQL: COMMENT takes no parameters."""
    return "'" + text.replace("'", "''") + "'"
