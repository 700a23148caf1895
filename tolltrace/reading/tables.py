"""Tables: CSV, TSV and Parquet, one row a document, the other columns into the metadata."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from typing import Any, BinaryIO

from tolltrace.reading.records import InputError, Placed, Source, UnreadableError, make_document

# Articles are longer than the csv module's own limit of 131,072 characters a field; this is 2 GiB.
FIELD_LIMIT = 2**31 - 1
# Rows of a Parquet file that are held at a time.
BATCH_ROWS = 256


def read_csv(handle: BinaryIO, source: Source) -> Iterator[Placed | InputError]:
    """The documents of a comma-separated file with a header; line breaks inside quotes are kept as they are."""
    return _read_separated(handle, source, ",")


def read_tsv(handle: BinaryIO, source: Source) -> Iterator[Placed | InputError]:
    """The documents of a tab-separated file with a header."""
    return _read_separated(handle, source, "\t")


def _read_separated(handle: BinaryIO, source: Source, delimiter: str) -> Iterator[Placed | InputError]:
    if csv.field_size_limit() < FIELD_LIMIT:
        csv.field_size_limit(FIELD_LIMIT)
    # Bytes that are not UTF-8 come through as surrogates, so that they spoil one row and not the rest of the file.
    lines = io.TextIOWrapper(handle, encoding="utf-8-sig", errors="surrogateescape", newline="")
    # strict: an unclosed quote is an error instead of a last field that swallows the remaining rows.
    rows = csv.reader(lines, delimiter=delimiter, strict=True)
    header: list[str] | None = None
    while True:
        line = rows.line_num + 1  # where this row starts; quoted line breaks make rows longer than a line
        try:
            cells = next(rows)
            if header is None:
                header = _checked_header(cells, source)
                continue
            if cells:
                yield _row_document(header, cells, source, line)
        except StopIteration:
            break
        except csv.Error as error:
            yield source.error(f"malformed row: {error}", line)
            if header is None:
                return
        except UnreadableError as error:
            yield source.error(str(error), line)
            if header is None:
                return
    if header is None:
        yield source.error("the file is empty")


def _checked_header(cells: Sequence[str], source: Source) -> list[str]:
    header = [cell.strip() for cell in cells]
    if any(map(_undecodable, header)):
        raise UnreadableError("the header is not UTF-8")
    _check_columns(header, source)
    return header


def _check_columns(columns: Sequence[str], source: Source) -> None:
    """The text column must be there once; the id column too, unless it is the default and rows get made-up ids."""
    known = ", ".join(map(repr, columns)) or "none"
    for column in (source.text_column, source.id_column):
        if columns.count(column) > 1:
            raise UnreadableError(f"the column {column!r} stands there {columns.count(column)} times")
        needed = column == source.text_column or column != "id"
        if needed and column not in columns:
            raise UnreadableError(f"no column {column!r}; the columns are: {known}")


def _row_document(header: Sequence[str], cells: Sequence[str], source: Source, line: int) -> Placed | InputError:
    if len(cells) != len(header):
        # Never cut or filled up: a comma outside quotes would silently shorten the text.
        raise UnreadableError(f"the row has {len(cells)} cells, the header {len(header)}: is a quote missing?")
    row = dict(zip(header, cells, strict=True))
    for column, cell in row.items():
        if _undecodable(cell):
            raise UnreadableError(f"the column {column!r} is not UTF-8")
    text, document_id = row.pop(source.text_column), row.pop(source.id_column, None)
    return make_document(source, document_id, text, {key: cell for key, cell in row.items() if cell and key}, line)


def _undecodable(cell: str) -> bool:
    return not cell.isascii() and any("\udc80" <= c <= "\udcff" for c in cell)


def read_parquet(handle: BinaryIO, source: Source) -> Iterator[Placed | InputError]:
    """The documents of a Parquet file, by batches of :data:`BATCH_ROWS` rows; null cells are left out."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    number = 0
    try:
        with pq.ParquetFile(handle) as file:
            _check_columns(file.schema_arrow.names, source)
            for batch in file.iter_batches(batch_size=BATCH_ROWS):
                columns = {name: _cell_reader(column) for name, column in zip(batch.schema.names, batch, strict=True)}
                for i in range(batch.num_rows):
                    number += 1
                    yield _parquet_document(columns, i, source, number)
    except (pa.ArrowException, UnreadableError) as error:
        yield source.error(f"unreadable Parquet: {error}", number or None)
    else:
        if not number:
            yield source.error("the file holds no rows")


def _cell_reader(column: Any) -> Callable[[int], Any]:
    """Python values of an Arrow column by row; nanoseconds, which Python lacks, are cut to microseconds."""
    import pyarrow as pa

    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    elif pa.types.is_time64(column.type) and column.type.unit == "ns":
        column = column.cast(pa.time64("us"), safe=False)
    elif pa.types.is_duration(column.type) and column.type.unit == "ns":
        column = column.cast(pa.duration("us"), safe=False)
    return lambda i: column[i].as_py()


def _parquet_document(
    columns: dict[str, Callable[[int], Any]], i: int, source: Source, number: int
) -> Placed | InputError:
    row: dict[str, Any] = {}
    for name, cell in columns.items():
        try:
            row[name] = cell(i)
        except (ValueError, OverflowError, LookupError) as error:
            return source.error(f"the column {name!r} cannot be read: {error}", number)
    text, document_id = row.pop(source.text_column), row.pop(source.id_column, None)
    return make_document(source, document_id, text, {k: v for k, v in row.items() if v is not None}, number)
