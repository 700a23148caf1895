"""Annotated documents as JSON lines, the format of ``data/`` and of ``documents.jsonl``.

One object a line: ``{"id", "text", "metadata": {...}, "spans": [{"id", "label", "start", "end", "score"}],
"links": [{"head", "label", "tail", "score"}]}``. ``score`` stands only where there is one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tolltrace.documents import AnnotatedDocument, Document, DocumentError, Link, Span

KEYS = ("id", "text", "metadata", "spans", "links")


def with_ids(spans: Iterable[Span]) -> dict[Span, str]:
    """An id for every span, unique in the document: its own, or the next free ``s1``, ``s2``, …"""
    spans = sorted(spans)
    taken = {span.id for span in spans if span.id}
    fresh = (name for i in range(1, len(spans) + len(taken) + 1) if (name := f"s{i}") not in taken)
    return {span: span.id or next(fresh) for span in spans}


def to_json(annotated: AnnotatedDocument) -> dict[str, Any]:
    """The object of one annotated document; the inverse of :func:`from_json`."""
    ids = with_ids(annotated.spans)

    def scored(row: dict[str, Any], score: float | None) -> dict[str, Any]:
        return row if score is None else {**row, "score": round(score, 4)}

    return {
        "id": annotated.id,
        "text": annotated.text,
        "metadata": dict(annotated.document.metadata),
        "spans": [
            scored({"id": ids[s], "label": s.label, "start": s.start, "end": s.end}, s.score) for s in annotated.spans
        ],
        "links": [
            scored({"head": ids[k.head], "label": k.label, "tail": ids[k.tail]}, k.score) for k in annotated.links
        ],
    }


def _rows(value: Mapping[str, Any], key: str, required: tuple[str, ...]) -> list[Mapping[str, Any]]:
    rows = value.get(key, [])
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise DocumentError(f"document {value.get('id')!r}: {key} must be a list of objects")
    for row in rows:
        missing = [name for name in required if name not in row]
        unknown = [name for name in row if name not in (*required, "score")]
        if missing or unknown:
            raise DocumentError(f"document {value.get('id')!r}: {key} entry {dict(row)} lacks {missing}, has {unknown}")
    return rows


def from_json(value: Any) -> AnnotatedDocument:
    """One annotated document; anything malformed raises :class:`DocumentError`."""
    if not isinstance(value, Mapping):
        raise DocumentError(f"a line must hold a JSON object, not {type(value).__name__}")
    if "id" not in value or "text" not in value:
        raise DocumentError(f"document {value.get('id')!r}: the keys id and text are needed")
    if unknown := [key for key in value if key not in KEYS]:
        raise DocumentError(f"document {value['id']!r}: unknown keys {unknown}; other facts belong into metadata")
    metadata = value.get("metadata", {})
    if not isinstance(metadata, Mapping):
        raise DocumentError(f"document {value['id']!r}: metadata must be an object")
    document = Document(value["id"], value["text"], dict(metadata))
    spans: dict[str, Span] = {}
    for row in _rows(value, "spans", ("id", "label", "start", "end")):
        if not isinstance(row["id"], str) or not row["id"]:
            raise DocumentError(f"document {document.id!r}: a span has the id {row['id']!r}: it must be a text")
        if row["id"] in spans:
            raise DocumentError(f"document {document.id!r}: two spans have the id {row['id']!r}")
        spans[row["id"]] = Span(row["start"], row["end"], row["label"], row.get("score"), row["id"])
    links = []
    for row in _rows(value, "links", ("head", "label", "tail")):
        for end in ("head", "tail"):
            if row[end] not in spans:
                raise DocumentError(f"document {document.id!r}: link {dict(row)}: no span has the id {row[end]!r}")
        links.append(Link(spans[row["head"]], row["label"], spans[row["tail"]], row.get("score")))
    return AnnotatedDocument(document, tuple(spans.values()), tuple(links))


def read(path: str | Path, on_error: Callable[[DocumentError], None] | None = None) -> Iterator[AnnotatedDocument]:
    """Annotated documents of a JSON lines file. A bad line raises an error that names file and line, or is handed to
    ``on_error`` and the reading goes on. Repeated ids are bad."""
    seen: dict[str, int] = {}
    with open(path, "rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                annotated = from_json(json.loads(line.decode("utf-8")))
                if annotated.id in seen:
                    raise DocumentError(f"document {annotated.id!r} stands on line {seen[annotated.id]} already")
            except (ValueError, TypeError) as reason:
                error = DocumentError(f"{path}:{number}: {reason}")
                if on_error is None:
                    raise error from reason
                on_error(error)
                continue
            seen[annotated.id] = number
            yield annotated


def dumps(value: Mapping[str, Any]) -> str:
    """A JSON line without its end; line separators inside strings are escaped so that a line stays one."""
    text = json.dumps(value, ensure_ascii=False)
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029").replace("\x85", "\\u0085")


def write(path: str | Path, documents: Iterable[AnnotatedDocument]) -> int:
    """Write annotated documents; the file appears whole or not at all. Returns how many were written."""
    path = Path(path)
    partial = path.with_name(path.name + ".partial")
    written = 0
    with open(partial, "w", encoding="utf-8", newline="\n") as out:
        for annotated in documents:
            out.write(dumps(to_json(annotated)) + "\n")
            written += 1
    partial.replace(path)
    return written
