"""Score a model on annotated documents: ``python -m training.evaluate MODEL DATA [--json FILE]``.

MODEL is a folder, a hub name, or ``default`` for the packaged model. DATA is a JSON lines file of annotated documents.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tolltrace import jsonlines
from tolltrace.documents import AnnotatedDocument
from tolltrace.model import loading
from tolltrace.model.predictor import Predictor
from tolltrace.pipeline import annotate
from training import metrics, splits

SCHEMA = 1


def evaluate(predictor: Predictor, gold: Sequence[AnnotatedDocument]) -> tuple[dict[str, Any], list[AnnotatedDocument]]:
    """All scores as a JSON-able object, and the predicted documents."""
    predicted = [reading.annotated for reading in annotate(predictor, [a.document for a in gold])]
    scores = metrics.score(metrics.count_all(gold, predicted))
    return {
        "schema": SCHEMA,
        "model": predictor.version,
        "documents": len(gold),
        "words": sum(len(a.text.split()) for a in gold),
        "scores": {key: dataclasses.asdict(score) for key, score in scores.items()},
        "tags_seqeval_strict_iob2": metrics.tag_f1(gold, predicted),
        "expected_calibration_error": metrics.calibration(gold, predicted),
    }, predicted


def named_sets(items: Iterable[str]) -> dict[str, list[AnnotatedDocument]]:
    """Annotated documents by name, from ``NAME=FILE`` as commands take them."""
    sets = {}
    for item in items:
        name, separator, path = item.partition("=")
        if not separator:
            raise SystemExit(f"--also takes NAME=FILE, not {item!r}")
        sets[name] = list(jsonlines.read(path))
    return sets


def show(result: dict[str, Any], console: Console) -> None:
    """The scores as a table for people."""
    table = Table(title=f"model {result['model']} on {result['documents']} documents, {result['words']:,} words")
    for heading in ("", "precision", "recall", "F1", "95 % interval", "gold", "predicted"):
        table.add_column(heading, justify="left" if not heading else "right")
    for key, s in result["scores"].items():
        if s["gold"] or s["predicted"]:
            indent = "  " if "/" in key else ""
            numbers = [f"{s[name]:.3f}" for name in ("precision", "recall", "f1")]
            interval = f"{s['low']:.3f}–{s['high']:.3f}"
            table.add_row(indent + key.split("/")[-1], *numbers, interval, str(s["gold"]), str(s["predicted"]))
    console.print(table)
    console.print(f"tags, seqeval strict IOB2: F1 {result['tags_seqeval_strict_iob2']:.3f}")
    for name, error in result["expected_calibration_error"].items():
        console.print(f"expected calibration error of {name} scores: {error:.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.evaluate", description=__doc__)
    parser.add_argument("model")
    parser.add_argument("data", type=Path)
    parser.add_argument("--split", choices=splits.SPLITS, help="only the documents of this split")
    parser.add_argument("--splits", type=Path, default=Path("data/splits.json"))
    parser.add_argument("--json", type=Path, help="write the scores to this file")
    parser.add_argument("--predictions", type=Path, help="write the predicted documents to this file")
    arguments = parser.parse_args()
    gold = list(jsonlines.read(arguments.data))
    if arguments.split:
        gold = splits.select(gold, splits.read(arguments.splits), arguments.split)
    model = loading.load(None if arguments.model == "default" else arguments.model)
    result, predicted = evaluate(Predictor(model), gold)
    show(result, Console())
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    if arguments.predictions:
        jsonlines.write(arguments.predictions, predicted)


if __name__ == "__main__":
    main()
