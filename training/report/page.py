"""The report as one self-contained page: verdict first, then plots, then every error in its article."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import tolltrace.writing
from tolltrace import scheme
from tolltrace.documents import AnnotatedDocument, Link, Span
from tolltrace.writing.self_contained import assemble, one_scope, part
from training.outcomes import Outcome, all_outcomes
from training.slices import facts

FOLDER = Path(__file__).with_name("page")
SHARED = Path(tolltrace.writing.__file__).with_name("page")
SCRIPTS = ("charts.js", "parts.js", "errors.js", "main.js")


def render(result: Mapping[str, Any], gold: Sequence[AnnotatedDocument], predicted: Sequence[AnnotatedDocument]) -> str:
    """The page's source. ``gold`` and ``predicted``: the articles of the result's first set, which the page shows."""
    scripts = {"dom.js": part(SHARED / "dom.js"), **{name: part(FOLDER / name) for name in SCRIPTS}}
    return assemble(
        part(FOLDER / "report.html"),
        part(FOLDER / "report.css"),
        [one_scope(scripts)],
        {"metrics": result, "texts": _texts(gold, predicted)},
    )


def _texts(gold: Sequence[AnnotatedDocument], predicted: Sequence[AnnotatedDocument]) -> dict[str, Any]:
    found = {annotated.id: annotated for annotated in predicted}
    numbers = {annotated.id: number for number, annotated in enumerate(gold)}
    rows = [row for row in all_outcomes(gold, predicted) if row.result != "correct"]
    return {
        "layers": scheme.LAYER_OF,
        "documents": [_document(g, found.get(g.id, AnnotatedDocument(g.document))) for g in gold],
        "errors": [_error(row, numbers[row.document]) for row in rows],
    }


def _document(gold: AnnotatedDocument, predicted: AnnotatedDocument) -> dict[str, Any]:
    return {
        "id": gold.id,
        "title": str(gold.document.metadata.get("title") or ""),
        "text": gold.text,
        "facts": dict(facts(gold)),
        "gold": [_span(span) for span in gold.spans],
        "predicted": [_span(span) for span in predicted.spans],
        "gold_links": [_link(link) for link in gold.links],
        "predicted_links": [_link(link) for link in predicted.links],
    }


def _error(row: Outcome, number: int) -> dict[str, Any]:
    return {
        "document": number,
        "kind": row.kind,
        "label": row.label,
        "predicted_label": row.predicted_label,
        "result": row.result,
        "score": None if row.score is None else round(row.score, 4),
        "why": list(row.why),
        "gold": _item(row.gold),
        "predicted": _item(row.predicted),
    }


def _item(item: Span | Link | None) -> Any:
    if isinstance(item, Link):
        return {"head": _span(item.head), "tail": _span(item.tail)}
    return None if item is None else _span(item)


def _span(span: Span) -> list[Any]:
    return [span.start, span.end, span.label, None if span.score is None else round(span.score, 4)]


def _link(link: Link) -> list[Any]:
    return [link.head.start, link.head.end, link.label, link.tail.start, link.tail.end]
