from __future__ import annotations

from pathlib import Path

import pytest

from annotation import convert
from tolltrace import jsonlines, markup
from tolltrace.documents import AnnotatedDocument, Document, DocumentError

ARTICLES = [
    markup.parse("a", '{ACTOR:SDF} came.\n-- metadata\n{"kind": "wire"}'),
    AnnotatedDocument(Document("b", "No one {here}\r\n-- links\n")),
]


def test_to_markup_and_back_is_the_identity(tmp_path: Path) -> None:
    jsonlines.write(tmp_path / "corpus.jsonl", ARTICLES)
    assert convert.to_folder(tmp_path / "corpus.jsonl", tmp_path / "marked", set()) == 2
    assert convert.to_jsonl(tmp_path / "marked", tmp_path / "again.jsonl") == 2
    assert list(jsonlines.read(tmp_path / "again.jsonl")) == ARTICLES


def test_a_folder_replaces_its_articles_and_leaves_the_others(tmp_path: Path) -> None:
    jsonlines.write(tmp_path / "corpus.jsonl", ARTICLES)
    convert.to_folder(tmp_path / "corpus.jsonl", tmp_path / "marked", {"a"})
    (tmp_path / "marked" / "a.txt").write_text("{ACTOR:SDF} left.", encoding="utf-8")
    assert convert.to_jsonl(tmp_path / "marked", tmp_path / "corpus.jsonl") == 2
    assert [a.text for a in jsonlines.read(tmp_path / "corpus.jsonl")] == ["SDF left.", ARTICLES[1].text]


def test_ids_that_are_no_file_names_and_unknown_ids_are_refused(tmp_path: Path) -> None:
    jsonlines.write(tmp_path / "corpus.jsonl", [AnnotatedDocument(Document("../escaped", "text"))])
    with pytest.raises(DocumentError, match="cannot be a file's name"):
        convert.to_folder(tmp_path / "corpus.jsonl", tmp_path / "marked", set())
    with pytest.raises(DocumentError, match="holds no document with the id other"):
        convert.to_folder(tmp_path / "corpus.jsonl", tmp_path / "marked", {"other"})
    assert not (tmp_path / "escaped.txt").exists()
