from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tolltrace import jsonlines
from tolltrace.documents import AnnotatedDocument, Document, DocumentError, Link, Span

SPANS = [
    {"id": "c1", "label": "COUNT", "start": 0, "end": 2},
    {"id": "k1", "label": "KILLED", "start": 3, "end": 7},
]
GOOD = {"id": "d", "text": "20 dead", "spans": SPANS, "links": [{"head": "c1", "label": "harm", "tail": "k1"}]}

BAD: list[tuple[object, str]] = [
    ([], "must hold a JSON object"),
    ({"id": "d"}, "id and text are needed"),
    ({**GOOD, "extra": 1}, "unknown keys"),
    ({**GOOD, "text": None}, "text must be a string"),
    ({**GOOD, "id": 7}, "document id must be"),
    ({**GOOD, "metadata": []}, "metadata must be an object"),
    ({**GOOD, "spans": {}}, "spans must be a list"),
    ({**GOOD, "spans": [{"id": "c1"}]}, "lacks"),
    ({**GOOD, "spans": [{**SPANS[0], "start": "0"}, SPANS[1]]}, "whole numbers"),
    ({**GOOD, "spans": [{**SPANS[0], "colour": 1}]}, "colour"),
    ({**GOOD, "spans": [SPANS[0], {**SPANS[1], "id": "c1"}]}, "two spans have the id"),
    ({**GOOD, "spans": [{**SPANS[0], "id": None}]}, "must be a text"),
    ({**GOOD, "links": [{"head": "c1", "label": "harm", "tail": "k9"}]}, "no span has the id 'k9'"),
    ({**GOOD, "links": [{"head": "c1", "tail": "k1"}]}, "lacks"),
]


@pytest.mark.parametrize(("value", "message"), BAD)
def test_errors_name_file_and_line(tmp_path: Path, value: object, message: str) -> None:
    path = tmp_path / "corpus.jsonl"
    path.write_text(json.dumps({**GOOD, "id": "first"}) + "\n\n" + json.dumps(value) + "\n", encoding="utf-8")
    with pytest.raises(DocumentError, match=message) as caught:
        list(jsonlines.read(path))
    assert str(caught.value).startswith(f"{path}:3: ")


def test_malformed_json_and_repeated_ids_name_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "corpus.jsonl"
    path.write_text("{broken", encoding="utf-8")
    with pytest.raises(DocumentError, match=r"corpus.jsonl:1: "):
        list(jsonlines.read(path))
    path.write_bytes(b'{"id": "a", "text": "\xe9"}\n{"id": "b", "text": "x"}\n[]\n')
    errors: list[DocumentError] = []
    assert [a.id for a in jsonlines.read(path, on_error=errors.append)] == ["b"]
    assert [str(e).split(": ")[0] for e in errors] == [f"{path}:1", f"{path}:3"]
    path.write_text(f"{json.dumps(GOOD)}\n{json.dumps(GOOD)}\n", encoding="utf-8")
    with pytest.raises(DocumentError, match=r"corpus.jsonl:2: document 'd' stands on line 1"):
        list(jsonlines.read(path))


def test_scores_are_written_where_there_are_any_and_ids_are_made_unique() -> None:
    count, dead = Span(0, 2, "COUNT", 0.91234, "s2"), Span(3, 7, "KILLED")
    value = jsonlines.to_json(
        AnnotatedDocument(Document("d", "20 dead"), (count, dead), (Link(count, "harm", dead, 0.5),))
    )
    assert value["spans"] == [
        {"id": "s2", "label": "COUNT", "start": 0, "end": 2, "score": 0.9123},
        {"id": "s1", "label": "KILLED", "start": 3, "end": 7},
    ]
    assert value["links"] == [{"head": "s2", "label": "harm", "tail": "s1", "score": 0.5}]


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    def documents() -> Iterator[AnnotatedDocument]:
        yield AnnotatedDocument(Document("a", "text"))
        raise RuntimeError("stopped")

    with pytest.raises(RuntimeError):
        jsonlines.write(tmp_path / "out.jsonl", documents())
    assert not (tmp_path / "out.jsonl").exists()
    assert jsonlines.write(tmp_path / "out.jsonl", [AnnotatedDocument(Document("a", "one\u2028two\x85"))]) == 1
    assert [a.text for a in jsonlines.read(tmp_path / "out.jsonl")] == ["one\u2028two\x85"]
