"""A model's evaluation report: ``python -m training.report.build MODEL --out FOLDER``.

Measures the model, its baselines and the model before it on the same articles, asks the release gate, and writes
``metrics.json``, ``report.md`` and ``report.html``. The exit status is 1 where the gate refuses the model.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console

from tolltrace import jsonlines
from tolltrace.documents import AnnotatedDocument
from tolltrace.resolving.resolve import Resolver
from training import event_data, event_scores, gate, splits
from training.baselines import human
from training.baselines.plain import PlainSystem
from training.baselines.rules import RuleSystem
from training.changes import by_label, find_changes
from training.compare import compare
from training.evaluate import named_sets
from training.learning_curve import POINT
from training.report import markdown, page
from training.report.evaluation import SCHEMA, Cached, Data, evaluate, round_all, scores
from training.systems import ModelSystem, System

CORPUS, SPLITS = Path("data/corpus.jsonl"), Path("data/splits.json")
AGREEMENT = (Path("data/agreement/first.jsonl"), Path("data/agreement/second.jsonl"))
CURVE, CURVE_SCORES = Path("runs/curve"), ("span", "link", "claim_core")
FILES = ("metrics.json", "report.md", "report.html")


def build(
    system: System,
    sets: Sequence[Data],
    baselines: Sequence[System] = (),
    previous: System | None = None,
    rules: Sequence[gate.Rule] | None = None,
    console: Console | None = None,
) -> tuple[dict[str, Any], dict[str, list[AnnotatedDocument]]]:
    """The content of ``metrics.json``, and the predicted documents of each set. The first set decides at the gate."""
    console = console or Console(quiet=True)
    result: dict[str, Any] = {"schema": SCHEMA, "model": system.version, "name": system.name, "sets": {}}
    predicted: dict[str, list[AnnotatedDocument]] = {}
    cached = Cached(system)
    previous = Cached(previous) if previous is not None else None
    before = None
    for number, data in enumerate(sets):
        console.print(f"{data.name}: {len(data.gold)} articles")
        part = evaluate(cached, data, probes=number == 0)
        part["baselines"] = [round_all(scores(baseline, data.gold)) for baseline in baselines]
        if previous is not None:
            console.print(f"{data.name}: the model before, {previous.version}")
            if number == 0:
                before = evaluate(previous, data)
                part["baselines"].append({key: before[key] for key in ("name", "version", "scores")})
            else:
                part["baselines"].append(round_all(scores(previous, data.gold)))
        result["sets"][data.name] = part
        predicted[data.name] = cached.read([annotated.document for annotated in data.gold])
    first = result["sets"][sets[0].name]
    if previous is not None:
        result["comparison"] = _compare(sets[0].gold, previous, predicted[sets[0].name])
    result["gate"] = round_all(gate.decide(first, before, rules or gate.read_rules()).to_json())
    return result, predicted


def _compare(
    gold: Sequence[AnnotatedDocument], previous: System, predicted: Sequence[AnnotatedDocument]
) -> dict[str, Any]:
    """The model against the one before it: scores with paired intervals, what was fixed and what newly broke."""
    before = previous.read([annotated.document for annotated in gold])
    changes = by_label(find_changes(gold, before, predicted))
    rounded: dict[str, Any] = round_all({**compare(gold, before, predicted).to_json(), "by_label": changes})
    return rounded


def read_human() -> dict[str, Any] | None:
    """Agreement of annotators, where the project's files hold it."""
    if not all(path.exists() for path in AGREEMENT):
        return None
    rounded: dict[str, Any] = round_all(human.agreement(*(list(jsonlines.read(path)) for path in AGREEMENT)))
    return rounded


def read_curve(folder: Path = CURVE) -> list[dict[str, Any]] | None:
    """Points of ``training.learning_curve`` on the test split, by size; None where that was not run."""
    points = [json.loads(path.read_text(encoding="utf-8")) for path in folder.glob(f"*/{POINT}")]
    rows = []
    for point in points:
        scores = next(iter(point["scores"].values()))
        rows.append({"documents": point["documents"], "scores": {key: scores[key]["f1"] for key in CURVE_SCORES}})
    return sorted(rows, key=lambda row: int(row["documents"])) or None


def read_events(system: ModelSystem) -> dict[str, Any]:
    """Scores of places, days, names and events on the test sets of ``data/events``, whose articles are others."""
    sets = event_data.read_sets(split="test")
    rounded: dict[str, Any] = round_all(event_scores.evaluate(sets, Resolver.load(), system.predictor))
    return rounded


def tell(verdict: dict[str, Any], console: Console) -> None:
    """The gate's word, and what is broken."""
    console.print(f"the gate says: {verdict['verdict']}")
    for check in verdict["checks"]:
        if not check["holds"]:
            console.print(f"  {check['value']} {check['now']} ({check['limit']}; before: {check['before']})")


def write(
    folder: Path, result: dict[str, Any], sets: Sequence[Data], predicted: dict[str, list[AnnotatedDocument]]
) -> None:
    """The three files of a report. The page shows the articles of the first set: others may not be republished."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "metrics.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    (folder / "report.md").write_text(markdown.render(result), encoding="utf-8")
    shown = sets[0]
    (folder / "report.html").write_text(page.render(result, shown.gold, predicted[shown.name]), encoding="utf-8")


def corpus_set(corpus: Path, assigned: Path, side: str) -> Data:
    """A split of the corpus, with the other splits beside it."""
    documents, sides = list(jsonlines.read(corpus)), splits.read(assigned)
    parts = {name: splits.select(documents, sides, name) for name in splits.SPLITS}
    return Data(f"{side} split", parts[side], parts["validation"] if side != "validation" else (), parts["train"])


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m training.report.build", description=__doc__)
    parser.add_argument("model", help="a folder, a hub name, or default for the packaged model")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    parser.add_argument("--splits", type=Path, default=SPLITS)
    parser.add_argument("--split", choices=splits.SPLITS, default="test")
    parser.add_argument("--also", nargs="*", default=[], metavar="NAME=FILE", help="other annotated articles")
    parser.add_argument("--previous", help="the model before this one")
    parser.add_argument("--plain", type=Path, help="a folder of training.baselines.plain")
    arguments = parser.parse_args()
    data = corpus_set(arguments.corpus, arguments.splits, arguments.split)
    others = [replace(data, name=name, gold=gold) for name, gold in named_sets(arguments.also).items()]
    baselines: list[System] = [RuleSystem()]
    if arguments.plain:
        baselines.append(PlainSystem(arguments.plain))
    previous = None
    if arguments.previous:
        previous = ModelSystem.load(arguments.previous)
        previous.name = "the model before"
    sets = [data, *others]
    console = Console()
    system = ModelSystem.load(arguments.model)
    result, predicted = build(system, sets, baselines, previous, console=console)
    result |= {"human": read_human(), "learning_curve": read_curve(), "events": read_events(system)}
    write(arguments.out, result, sets, predicted)
    console.print(f"{arguments.out}: {', '.join(FILES)}")
    tell(result["gate"], console)
    return 0 if result["gate"]["verdict"] == "release" else 1


if __name__ == "__main__":
    sys.exit(main())
