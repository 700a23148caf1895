"""CSV, TSV, Parquet and HTML to documents."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tolltrace.documents import Document

from .test_inputs import ANY_TEXT, documents, errors, read

PAGE = """<!doctype html><html><head><title>Shells fall on Karfaya - Valley Post</title>{head}
<meta property="og:site_name" content="Valley Post">
<link rel="canonical" href="https://valleypost.example/a/1"></head>
<body><nav><ul><li><a href="/">Front</a></li><li><a href="/s">Sport</a></li></ul></nav>
<article><h1>Shells fall on Karfaya</h1>
<p>At least seven farmers were killed when shells fell on the market of Karfaya, a medic says; a caf\u00e9 burnt.</p>
<p>The governor blamed a militia from across the river and promised help for the families who lost their homes.</p>
</article><footer>Copyright 2018</footer></body></html>"""


def write_table(path: Path, rows: list[list[str]], delimiter: str = ",") -> None:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(rows)
    path.write_bytes(out.getvalue().encode())


@pytest.mark.parametrize(("ending", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_separated_table(tmp_path: Path, ending: str, delimiter: str) -> None:
    path = tmp_path / f"a.{ending}"
    text = "First\r\nsecond\rthird\n, \t'said' \"he\""
    write_table(path, [["id", "text", "url", "empty"], ["x", text, "u", ""], ["", "two", "", ""]], delimiter)
    assert read(path) == [Document("x", text, {"url": "u"}), Document("a:6", "two")]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ANY_TEXT.filter(str.strip))
def test_csv_round_trip_keeps_any_text(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.csv"
    write_table(path, [["text", "id"], [text, "x"]])
    assert [document.text for document in documents(read(path))] == [text]


def test_large_field_and_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    text = "long " * 100_000
    path.write_bytes(b"\xef\xbb\xbftext,id\r\n" + text.encode() + b",x\r\n")
    assert read(path) == [Document("x", text)]


def test_bad_rows_do_not_stop_the_table(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(
        b"id,text\nx,caf\xe9\ny,fell on A, then on B\nz\n\nw,\nv,a\0b\nu,good\n"
        b't,"closed" badly\ns,good too\nr,"never closed\n'
    )
    items = read(path)
    assert [document.id for document in documents(items)] == ["u", "s"]
    found = {error.line: error.reason for error in errors(items)}
    assert list(found) == [2, 3, 4, 6, 7, 9, 11]
    assert "not UTF-8" in found[2]
    assert "3 cells, the header 2" in found[3]
    assert "empty" in found[6]
    assert "NUL" in found[7]
    assert "malformed row" in found[9] and "malformed row" in found[11]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "empty"),
        (b"id,body\nx,one\n", "no column 'text'; the columns are: 'id', 'body'"),
        (b"text,text\nx,one\n", "2 times"),
        (b"id,caf\xe9\nx,one\n", "header is not UTF-8"),
    ],
)
def test_bad_header(tmp_path: Path, raw: bytes, reason: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(raw)
    (error,) = errors(read(path))
    assert reason in error.reason


def test_missing_id_column(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("body\none\n")
    assert read(path, text_column="body") == [Document("a:2", "one")]
    (error,) = errors(read(path, text_column="body", id_column="name"))
    assert "no column 'name'" in error.reason


def test_parquet(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    moment = dt.datetime(2018, 12, 6, 10, 30)
    table = pa.table(
        {
            "id": pa.array(["x", None, "z"]),
            "text": pa.array(["one\r\n", "two", None]).dictionary_encode(),
            "day": pa.array([dt.date(2018, 12, 6)] * 3),
            "moment": pa.array([moment] * 3, pa.timestamp("ns")),
            "price": pa.array([Decimal("1.50")] * 3),
            "raw": pa.array([b"\xff"] * 3),
            "share": pa.array([float("nan"), 0.5, None]),
            "tags": pa.array([["a"], [], None]),
        }
    )
    pq.write_table(table, path)
    items = read(path)
    first, second = documents(items)
    assert (first.id, first.text, second.id) == ("x", "one\r\n", "a:2")
    assert first.metadata == {
        "day": "2018-12-06",
        "moment": "2018-12-06T10:30:00",
        "price": "1.50",
        "raw": "ff",
        "share": None,
        "tags": ["a"],
    }
    json.dumps(dict(second.metadata), allow_nan=False)
    (error,) = errors(items)
    assert (error.line, error.document_id) == (3, "z")


def test_bad_parquet(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"id": ["x"], "body": ["one"]}), path)
    assert "no column 'text'" in errors(read(path))[0].reason
    raw = path.read_bytes()
    path.write_bytes(raw[:-6])
    assert "unreadable Parquet" in errors(read(path))[0].reason
    invalid = pa.StringArray.from_buffers(1, pa.py_buffer(b"\0\0\0\0\2\0\0\0"), pa.py_buffer(b"\xff\xfe"))
    pq.write_table(pa.table({"id": ["x"], "text": invalid}), path)
    assert len(errors(read(path))) == 1


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ANY_TEXT.filter(str.strip), min_size=1))
def test_parquet_round_trip(tmp_path: Path, texts: list[str]) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": texts}), path)
    assert [document.text for document in documents(read(path))] == texts


def test_html_page(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    head = '<meta property="article:published_time" content="2018-12-06T10:00:00Z">'
    path.write_text(PAGE.format(head=head), encoding="utf-8")
    (document,) = documents(read(path))
    assert document.id == "page"
    assert "At least seven farmers were killed" in document.text
    assert "Sport" not in document.text and "Copyright" not in document.text
    assert document.metadata == {
        "title": "Shells fall on Karfaya",
        "published": "2018-12-06",
        "outlet": "Valley Post",
        "url": "https://valleypost.example/a/1",
    }


def test_html_in_the_encoding_it_declares(tmp_path: Path) -> None:
    path = tmp_path / "page.htm"
    path.write_bytes(PAGE.format(head='<meta charset="windows-1252">').encode("cp1252"))
    assert "café" in documents(read(path))[0].text
    path.write_bytes(PAGE.format(head="").encode("cp1252"))
    assert "not UTF-8" in errors(read(path))[0].reason


@pytest.mark.parametrize("page", ["", " \n", "<html><body></body></html>", "<" * 10_000, "<html>\0</html>"])
def test_html_without_an_article(tmp_path: Path, page: str) -> None:
    path = tmp_path / "page.html"
    path.write_text(page)
    (error,) = errors(read(path))
    assert error.document_id == "page"
