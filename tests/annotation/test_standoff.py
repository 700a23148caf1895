from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from annotation import standoff
from tolltrace import jsonlines, markup
from tolltrace.documents import AnnotatedDocument, DocumentError

META = '\n-- metadata\n{"origin": {"folder": "Some Ministry", "document": "A1"}}'
MARKED = "{COUNT c1:Two} {VICTIM v1:men} {KILLED k1:died} in\u00a0{LOCATION:Hajin}.\n-- links\nc1 harm k1\nc1 victim v1"


@pytest.fixture
def annotated() -> AnnotatedDocument:
    return markup.parse("d1", MARKED + META)


def dataset(folder: Path, text: str) -> Path:
    (folder / "Some Ministry").mkdir(parents=True)
    lines = [{"_id": "A0", "text": "Another."}, {"_id": "A1", "text": text}]
    content = "".join(json.dumps(line) + "\n" for line in lines)
    (folder / "Some Ministry" / "documents.json").write_text(content, encoding="utf-8-sig")
    return folder


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str | Path) -> None:
    monkeypatch.setattr(sys, "argv", ["standoff", *map(str, arguments)])
    standoff.main()


def test_parted_annotations_hold_no_words_and_join_again(
    annotated: AnnotatedDocument, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, parted, joined = (tmp_path / name for name in ("whole.jsonl", "parted.jsonl", "joined.jsonl"))
    jsonlines.write(source, [annotated])
    run(monkeypatch, "part", source, parted)
    assert not any(word in parted.read_text() for word in ("Two", "died", "Hajin"))
    run(monkeypatch, "join", parted, joined, "--texts", dataset(tmp_path / "texts", annotated.text))
    assert list(jsonlines.read(joined)) == [annotated]


def test_another_text_is_refused_and_nothing_is_written(
    annotated: AnnotatedDocument, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parted, joined = tmp_path / "parted.jsonl", tmp_path / "joined.jsonl"
    parted.write_text(jsonlines.dumps(standoff.part(annotated)))
    texts = dataset(tmp_path / "texts", annotated.text.replace("\u00a0", " "))
    with pytest.raises(SystemExit, match="'d1': its text has sha256"):
        run(monkeypatch, "join", parted, joined, "--texts", texts)
    assert not joined.exists()


def test_a_missing_text_and_a_missing_folder_are_named(annotated: AnnotatedDocument, tmp_path: Path) -> None:
    row = standoff.part(annotated)
    with pytest.raises(DocumentError, match=r"Some Ministry/documents\.json holds no document A1"):
        list(standoff.join_all([row], lambda _: b'{"_id": "A0", "text": "x"}\n'))
    with pytest.raises(OSError, match="Some Ministry"):
        list(standoff.join_all([row], lambda folder: (tmp_path / folder / "documents.json").read_bytes()))


def test_a_document_without_origin_cannot_be_parted() -> None:
    with pytest.raises(DocumentError, match="name no origin"):
        standoff.part(markup.parse("d1", MARKED))


def test_a_bad_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "parted.jsonl"
    path.write_text('{"id": "d1"}\n')
    with pytest.raises(DocumentError, match=r"parted\.jsonl:1: .*lacks sha256"):
        standoff.read_rows(path)


def test_the_shipped_annotations_are_whole_and_hold_no_text() -> None:
    path = Path("data/standoff/re3d.jsonl")
    rows = standoff.read_rows(path)
    assert len(rows) >= 90
    assert not any("BBC" in row["metadata"]["origin"]["folder"] for row in rows)
    for row in rows:
        assert set(row) == {"id", "sha256", "metadata", "spans", "links"}
        assert set(row["metadata"]) == {"origin", "kind", "reviewed"}
        assert all(set(span) == {"id", "label", "start", "end"} for span in row["spans"])
