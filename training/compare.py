"""Is one model better than another? Both read the same articles, and a paired bootstrap over documents tells how far
the difference of their scores may be chance.

The word is on the mean F1 of spans, links and claims (core), by which training chooses its best state too: better where
the interval of the difference lies above zero, worse where it lies below. A model that is clearly worse in one of the
three is worse, whatever the mean. What other articles would give is accounted for; what another seed of training would
give is not.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from tolltrace import jsonlines
from tolltrace.documents import AnnotatedDocument
from training import metrics, splits
from training.changes import Change, by_label, find_changes
from training.systems import ModelSystem

SCORES = (metrics.SPAN, metrics.LINK, metrics.CLAIM_CORE)
MEAN = "mean"
CHANCE = 0.05
LEAST_DOCUMENTS = 10
RESAMPLES = 2000
Verdict = Literal["better", "no difference", "worse"]
SAID: Mapping[Verdict, str] = {
    "better": "The new model is better.",
    "no difference": "No difference that the data can show.",
    "worse": "The new model is worse.",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """F1 of both models, and the new one's less the old one's with the bounds of its bootstrap interval: of 95 % for
    the mean, and for the three scores so wide that all three hold together with 95 %."""

    old: float
    new: float
    difference: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """``scores``: for each of ``SCORES`` and ``MEAN``. ``why``: what the verdict rests on, in words."""

    documents: int
    scores: Mapping[str, Difference]
    verdict: Verdict
    why: str

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def compare(
    gold: Sequence[AnnotatedDocument],
    old: Sequence[AnnotatedDocument],
    new: Sequence[AnnotatedDocument],
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> Comparison:
    """``old`` and ``new``: what each model predicts for the gold documents; one without a prediction counts as missed.
    Raises ValueError without gold documents."""
    return compare_counts(metrics.count_all(gold, old), metrics.count_all(gold, new), seed, resamples)


def compare_counts(
    old: NDArray[np.int64], new: NDArray[np.int64], seed: int = 0, resamples: int = RESAMPLES
) -> Comparison:
    """As :func:`compare`, from the counts of ``metrics.count_all`` [documents, keys, 3] for the same documents."""
    chosen = [metrics.KEYS.index(key) for key in SCORES]
    sides = [old[:, chosen], new[:, chosen]]
    number = len(old)
    drawn = np.random.default_rng(seed).multinomial(number, np.full(number, 1 / number), size=resamples)
    before, after = (_with_mean(metrics.f1(side.sum(axis=0))) for side in sides)
    first, second = (_with_mean(metrics.f1(np.tensordot(drawn, side, axes=1))) for side in sides)
    scores = {}
    for place, key in enumerate((*SCORES, MEAN)):
        tail = CHANCE / 2 if key == MEAN else CHANCE / 2 / len(SCORES)
        low, high = np.quantile(second[:, place] - first[:, place], [tail, 1 - tail])
        values = float(before[place]), float(after[place])
        scores[key] = Difference(*values, values[1] - values[0], float(low), float(high))
    return Comparison(number, scores, *_judge(number, scores))


def _with_mean(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """[..., scores] to [..., scores and their mean]"""
    return np.concatenate([scores, scores.mean(axis=-1, keepdims=True)], axis=-1)


def _judge(documents: int, scores: Mapping[str, Difference]) -> tuple[Verdict, str]:
    if documents < LEAST_DOCUMENTS:
        return "no difference", f"{documents} articles are too few to tell; {LEAST_DOCUMENTS} are needed at least"
    mean = scores[MEAN]
    interval = f"{mean.difference:+.3f} (95 % interval {mean.low:+.3f} to {mean.high:+.3f})"
    why = f"mean F1 of spans, links and claims over {documents} articles: {interval}"
    fallen = [key for key in SCORES if scores[key].high < 0]
    if mean.high < 0 or fallen:
        return "worse", why + (f"; clearly lower: {', '.join(fallen)}" if fallen else "")
    return "better" if mean.low > 0 else "no difference", why


def show(found: Comparison, changes: Sequence[Change], examples: int, console: Console) -> None:
    """Scores, what was fixed and newly broken by label, and examples of it, surest first."""
    table = Table(title=f"{found.documents} articles")
    for heading in ("F1", "old", "new", "difference", "interval"):
        table.add_column(heading, justify="right" if heading != "F1" else "left")
    for key, value in found.scores.items():
        interval = f"{value.low:+.3f} to {value.high:+.3f}"
        table.add_row(key, f"{value.old:.3f}", f"{value.new:.3f}", f"{value.difference:+.3f}", interval)
    console.print(table)
    table = Table("", "fixed", "newly broken", title="items that one of the two reads rightly")
    for label, counts in by_label(changes).items():
        table.add_row(label, str(counts["fixed"]), str(counts["broken"]))
    console.print(table)
    for state in ("broken", "fixed"):
        chosen = sorted((c for c in changes if c.state == state), key=lambda c: -(c.score or 0))[:examples]
        for change in chosen:
            line = f"{state} {change.document} {change.label} {change.words!r}: {change.before}, now {change.now}"
            console.print(line, markup=False)
    console.print(f"{SAID[found.verdict]} {found.why}", markup=False)


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m training.compare", description=f"{__doc__}\nExit status: 0, or 1 where the new model is worse."
    )
    parser.add_argument("old", help="a folder, a hub name, or default for the packaged model")
    parser.add_argument("new")
    parser.add_argument("data", type=Path, help="annotated articles as JSON lines")
    parser.add_argument("--split", choices=splits.SPLITS, help="only the documents of this split")
    parser.add_argument("--splits", type=Path, default=Path("data/splits.json"))
    parser.add_argument("--examples", type=int, default=10, help="of either kind (%(default)s)")
    parser.add_argument("--json", type=Path, help="write all of it to this file")
    arguments = parser.parse_args()
    gold = list(jsonlines.read(arguments.data))
    if arguments.split:
        gold = splits.select(gold, splits.read(arguments.splits), arguments.split)
    old, new = (ModelSystem.load(name).read([a.document for a in gold]) for name in (arguments.old, arguments.new))
    found, changes = compare(gold, old, new), find_changes(gold, old, new)
    show(found, changes, arguments.examples, Console())
    if arguments.json:
        value = {**found.to_json(), "by_label": by_label(changes), "changes": [asdict(change) for change in changes]}
        arguments.json.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")
    return 1 if found.verdict == "worse" else 0


if __name__ == "__main__":
    sys.exit(main())
