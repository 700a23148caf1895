"""Files, folders, globs and standard input to documents; whatever is wrong becomes an error in its place."""

from __future__ import annotations

import gzip
import io
import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tolltrace.documents import Document
from tolltrace.reading import InputError, read_inputs

TEXT = "Shells fell on Karfaya.\r\nTwo men died.\n"
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


def read(*inputs: str | Path, text_column: str = "text", id_column: str = "id") -> list[Document | InputError]:
    return list(read_inputs(inputs, text_column, id_column))


def documents(items: Iterable[Document | InputError]) -> list[Document]:
    return [item for item in items if isinstance(item, Document)]


def errors(items: Iterable[Document | InputError]) -> list[InputError]:
    return [item for item in items if isinstance(item, InputError)]


def only_error(*inputs: str | Path) -> InputError:
    (item,) = read(*inputs)
    assert isinstance(item, InputError)
    return item


def test_text_file(tmp_path: Path) -> None:
    path = tmp_path / "karfaya.v2.txt"
    path.write_bytes(TEXT.encode())
    assert read(path) == [Document("karfaya.v2", TEXT)]
    assert read(str(path)) == [Document("karfaya.v2", TEXT)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ANY_TEXT.filter(str.strip), st.booleans())
def test_text_round_trip_keeps_any_text(tmp_path: Path, text: str, with_mark: bool) -> None:
    if not with_mark and text.startswith("\ufeff"):
        with_mark = True  # without a mark before it, the text's own first character would be taken for the mark
    path = tmp_path / "a.txt"
    path.write_bytes(("\ufeff" if with_mark else "").encode() + text.encode())
    assert [document.text for document in documents(read(path))] == [text]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary())
def test_any_bytes_yield_one_item_for_a_text(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(raw)
    assert len(read(path)) == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary() | ANY_TEXT.map(str.encode), st.sampled_from(["jsonl", "csv", "tsv", "parquet", "txt.gz"]))
def test_any_bytes_never_stop_the_run(tmp_path: Path, raw: bytes, ending: str) -> None:
    path = tmp_path / f"a.{ending}"
    path.write_bytes(raw)
    last = tmp_path / "last.txt"
    last.write_text(TEXT, newline="")
    assert read(path, last)[-1] == Document("last", TEXT)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "empty"),
        (b" \n\t\r\n", "white space"),
        (b"caf\xe9 owners", "not UTF-8: byte 0xe9 at byte 3"),
        (b"ab\0cd", "NUL byte at byte 2"),
        ("Karfaya".encode("utf-16"), "UTF-16"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"PK\x03\x04....", "ZIP"),
    ],
)
def test_unreadable_text(tmp_path: Path, raw: bytes, reason: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(raw)
    error = only_error(path)
    assert error.path == str(path)
    assert reason in error.reason


def test_paths_that_lead_nowhere(tmp_path: Path) -> None:
    assert "no such file" in only_error(tmp_path / "none.txt").reason
    assert "no file matches" in only_error(str(tmp_path / "*.txt")).reason
    assert "holds no files" in only_error(tmp_path).reason
    assert "no such file" in only_error("a\0b").reason
    assert only_error("a" * 5000).reason
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere")
    assert "leads nowhere" in only_error(tmp_path).reason


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_file_without_permission(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(TEXT)
    path.chmod(0)
    assert "cannot be read" in only_error(path).reason


def test_folder_is_read_by_name_with_its_subfolders(tmp_path: Path) -> None:
    for name in ("b/two.txt", "a.txt", "c.md", ".hidden.txt", ".git/x.txt", "b/one.TXT"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(TEXT)
    items = read(tmp_path)
    assert [document.id for document in documents(items)] == ["a", "one", "two"]
    (error,) = errors(items)
    assert error.path == str(tmp_path / "c.md")
    assert "unknown ending '.md'" in error.reason and ".txt" in error.reason


def test_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    (tmp_path / "loop").symlink_to(tmp_path)
    items = read(tmp_path)
    assert len(documents(items)) == 1
    assert "not followed" in errors(items)[0].reason


def test_globs_and_names_with_brackets(tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt", "c[1].txt"):
        (tmp_path / name).write_text(TEXT)
    assert [item.id for item in documents(read(str(tmp_path / "[ab].txt")))] == ["a", "b"]
    assert [item.id for item in documents(read(str(tmp_path / "c[1].txt")))] == ["c[1]"]


def test_a_file_that_is_found_several_times_is_read_once(tmp_path: Path) -> None:
    for name in ("a.txt", "deep/b.txt", "deep/er/c.jsonl", "deep/d.md"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('{"text": "one"}')
    (tmp_path / "link.txt").symlink_to(tmp_path / "a.txt")
    items = read(str(tmp_path / "**"), tmp_path / "a.txt", tmp_path / "deep" / ".." / "a.txt", tmp_path / "deep")
    assert [document.id for document in documents(items)] == ["a", "b", "c:1"]
    (error,) = errors(items)
    assert "unknown ending '.md'" in error.reason
    assert len(documents(read(tmp_path / "a.txt", tmp_path / "a.txt"))) == 1


def test_same_text_in_two_files_is_no_file_found_twice(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.txt").write_text(TEXT)
    (error,) = errors(read(str(tmp_path / "**")))
    assert "is taken" in error.reason and str(tmp_path / "one") in error.reason


def test_file_names_that_are_not_utf8(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/caf\xe9.txt"
    try:
        with open(raw, "wb") as out:
            out.write(TEXT.encode())
    except OSError:
        pytest.skip("this file system wants UTF-8 names")
    assert read(tmp_path) == [Document("caf\\xe9", TEXT)]


def test_repeated_id_names_the_first_place(tmp_path: Path) -> None:
    lines = tmp_path / "a.jsonl"
    lines.write_text('{"id": "x", "text": "one"}\n{"id": "x", "text": "two"}\n')
    text = tmp_path / "x.txt"
    text.write_text(TEXT)
    items = read(lines, text)
    assert [document.text for document in documents(items)] == ["one"]
    second, third = errors(items)
    assert (second.line, second.document_id) == (2, "x")
    assert f"{lines}:1" in second.reason and f"{lines}:1" in third.reason


def test_id_of_a_document_that_failed_is_free(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": "x", "text": " "}\n{"id": "x", "text": "two"}\n')
    assert documents(read(path)) == [Document("x", "two")]


def test_json_lines(tmp_path: Path) -> None:
    path = tmp_path / "corpus.jsonl"
    rows: list[dict[str, object]] = [
        {"id": "x", "text": TEXT, "metadata": {"outlet": "Post", "n": [1, None]}, "url": "u", "outlet": "beside"},
        {"text": "\ufeffno id\u2028here", "spans": [{"label": "X"}], "links": []},
        {"id": 7, "text": "number"},
        {"id": None, "text": "null id", "metadata": None},
    ]
    path.write_text("\ufeff" + "\n\n".join(json.dumps(row, ensure_ascii=False) for row in rows), newline="")
    read_back = documents(read(path))
    assert [document.id for document in read_back] == ["x", "corpus:3", "7", "corpus:7"]
    assert [document.text for document in read_back] == [row["text"] for row in rows]
    assert read_back[0].metadata == {"outlet": "Post", "n": [1, None], "url": "u"}
    assert read_back[1].metadata == {}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"id": "x", "text": ', "malformed JSON"),
        (b"[1, 2]", "must hold a JSON object, not list"),
        (b'{"id": "x"}', "no key 'text'; the keys are: 'id'"),
        (b'{"id": "x", "text": null}', "no text"),
        (b'{"id": "x", "text": 5}', "must hold a text, not int"),
        (b'{"id": "x", "text": "\\n"}', "white space"),
        (b'{"id": ["x"], "text": "a"}', "id must be a text"),
        (b'{"id": " ", "text": "a"}', "id must be a text"),
        (b'{"id": "\\ud800", "text": "a"}', "not valid Unicode"),
        (b'{"id": "x", "text": "a\\ud800"}', "lone surrogate at offset 1"),
        (b'{"id": "x", "text": "a\\u0000"}', "NUL character at offset 1"),
        (b'{"id": "x", "text": "caf\xe9"}', "not UTF-8"),
        (b'{"id": "x", "text": "a", "metadata": 5}', "metadata must be an object"),
        (b'{"id": "x", "text": "a", "m": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "malformed JSON"),
        (b'{"id": "x", "text": "a", "m": ' + b"9" * 5000 + b"}", "malformed JSON"),
    ],
)
def test_bad_json_line(tmp_path: Path, line: bytes, reason: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"id": "a", "text": "first"}\n' + line + b'\n{"id": "c", "text": "last"}\n')
    items = read(path)
    assert [document.id for document in documents(items)] == ["a", "c"]
    (error,) = errors(items)
    assert error.line == 2
    assert reason in error.reason
    str(error).encode()


def test_metadata_is_made_json_able(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": "x", "text": "a", "n": NaN, "i": 1e999, "s": "\\ud83d", "k": {"\\udc00": 1}}')
    (document,) = documents(read(path))
    assert document.metadata == {"n": None, "i": None, "s": "\ufffd", "k": {"\ufffd": 1}}


def test_other_keys_for_text_and_id(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    path.write_text('{"name": "x", "body": "one", "id": 3}\n')
    (document,) = documents(read(path, text_column="body", id_column="name"))
    assert document == Document("x", "one", {"id": 3})


def test_compressed_files(tmp_path: Path) -> None:
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(TEXT.encode()))
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(b'{"text": "one"}'))
    (tmp_path / "c.txt.gz").write_bytes(gzip.compress(TEXT.encode() * 100)[:-20])
    (tmp_path / "d.txt.gz").write_bytes(TEXT.encode())
    (tmp_path / "e.txt").write_bytes(gzip.compress(TEXT.encode()))
    items = read(tmp_path)
    assert [document.id for document in documents(items)] == ["a", "b:1"]
    assert [Path(error.path).name for error in errors(items)] == ["c.txt.gz", "d.txt.gz", "e.txt"]


class _Stdin:
    def __init__(self, raw: bytes) -> None:
        self.buffer = io.BytesIO(raw)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (TEXT.encode(), [Document("stdin", TEXT)]),
        (b"\xef\xbb\xbf\n \nText.", [Document("stdin", "\n \nText.")]),
        (b'\n {"id": "x", "text": "one"}\n{"text": "two"}', [Document("x", "one"), Document("stdin:3", "two")]),
        (b'\xef\xbb\xbf{"id": "x", "text": "one"}', [Document("x", "one")]),
    ],
)
def test_standard_input(monkeypatch: pytest.MonkeyPatch, raw: bytes, expected: list[Document]) -> None:
    monkeypatch.setattr(sys, "stdin", _Stdin(raw))
    assert read("-") == expected


@pytest.mark.parametrize("raw", [b"", b"\n \n", b"%PDF-1.4", b"a\xff"])
def test_unreadable_standard_input(monkeypatch: pytest.MonkeyPatch, raw: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", _Stdin(raw))
    assert only_error("-").path == "-"


def test_closed_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert "closed" in only_error("-").reason


def test_reading_streams(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": "x", "text": "one"}\nbroken\n')
    first = next(iter(read_inputs([path, tmp_path / "none.txt"])))
    assert first == Document("x", "one")
