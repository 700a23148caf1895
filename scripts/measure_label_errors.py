"""Does the search for label errors find them? ``python -m scripts.measure_label_errors [--split test] [--json FILE]``.

Errors are planted in a copy of a split that the model was not trained on, and `annotation.label_errors` looks for them.
Printed are, for several orders of its doubts, precision among the first 50, 100 and 200, and average precision: the
mean over all planted errors of the precision at the place where each is found, 0 for one that no doubt points to. What
the corpus has of errors by itself counts as a false alarm, so that all figures are a little low.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from cleanlab import multilabel_classification
from cleanlab.filter import find_label_issues
from cleanlab.rank import get_label_quality_scores
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from rich.table import Table

from annotation.label_quality import (
    Evidence,
    LinkPlace,
    SpanPlace,
    gather,
    link_confidence,
    link_places,
    span_confidences,
    span_places,
)
from scripts.planted_errors import Draft, Planted, plant
from tolltrace import jsonlines, scheme
from tolltrace.model import candidates, loading
from tolltrace.model.encoding import TAG_COUNTS
from tolltrace.model.predictor import Predictor
from training import splits

CUTS = (50, 100, 200)
SHIPPED = {"spans": "cleanlab self-confidence, softmin of words", "links": "self-confidence, worst link (as before)"}
BEFORE = "score of the model's span (as before)"
Found = tuple[int, int]  # number of the document, number of the planted error in it
Orders = dict[str, list[float]]


def word_scores(evidence: Sequence[Evidence]) -> dict[str, list[NDArray[np.float64]]]:
    """By method, for each layer how doubtful each word's tag is, the words of all documents one after the other."""
    scores: dict[str, list[NDArray[np.float64]]] = defaultdict(list)
    for number in range(len(scheme.LAYERS)):
        columns = [np.split(e.tags, np.cumsum(TAG_COUNTS)[:-1], axis=1)[number] for e in evidence]
        probabilities = np.concatenate(columns).astype(np.float64)
        labels = np.concatenate([e.gold.tags[number] for e in evidence])
        for method in ("self_confidence", "normalized_margin", "confidence_weighted_entropy"):
            scores[method].append(1 - get_label_quality_scores(labels, probabilities, method=method))
        adjusted = get_label_quality_scores(labels, probabilities, adjust_pred_probs=True)
        scores["self_confidence, adjusted"].append(1 - adjusted)
        issues = find_label_issues(labels, probabilities, filter_by="prune_by_noise_rate", n_jobs=1)
        scores["its issues first, then self_confidence"].append(issues + scores["self_confidence"][-1])
    return scores


def span_orders(evidence: Sequence[Evidence], places: Sequence[list[SpanPlace]], rng: np.random.Generator) -> Orders:
    """By method, the doubtfulness of every place."""
    orders: Orders = defaultdict(list)
    scores = word_scores(evidence)
    bases = np.cumsum([0] + [e.tokens.words for e in evidence])
    for document, (e, here) in enumerate(zip(evidence, places, strict=True)):
        orders[SHIPPED["spans"]] += span_confidences(e, here)
        for place in here:
            layer, words = scheme.LAYERS.index(place.layer), bases[document] + place.words
            for method, values in scores.items():
                orders[f"cleanlab {method}, worst word"].append(float(values[layer][words].max()))
            extra = float(scores["self_confidence"][layer][words].max())
            orders[BEFORE].append(max((s.score or 0 for s in place.model), default=extra))
            orders["chance, among what differs"].append(float(rng.random()))
    return orders


def link_orders(evidence: Sequence[Evidence], places: Sequence[list[LinkPlace]], rng: np.random.Generator) -> Orders:
    orders: Orders = defaultdict(list)
    for e, here in zip(evidence, places, strict=True):
        if not here:
            continue
        targets, _ = candidates.truth(e.pairs, e.gold.links)
        chances = np.clip(np.where(e.pairs.allowed, e.links, 0).astype(np.float64), 1e-6, 1 - 1e-6)
        doubtful = np.where(targets > 0, 1 - chances, chances)
        given = [np.flatnonzero(row).tolist() for row in targets]
        pairs = {
            method: 1 - multilabel_classification.get_label_quality_scores(given, chances, method=method)
            for method in ("self_confidence", "confidence_weighted_entropy")
        }
        for place in here:
            rows, links = zip(*sorted(place.gold ^ place.model), strict=True)
            cells = doubtful[rows, links]
            orders[SHIPPED["links"]].append(link_confidence(e, place))
            orders["self-confidence, mean of links"].append(float(cells.mean()))
            orders["log-odds of the two answers"].append(float(np.log(cells / (1 - cells)).sum()))
            for method, values in pairs.items():
                orders[f"cleanlab multi-label {method}, worst pair"].append(float(values[list(rows)].max()))
            orders["chance, among what differs"].append(float(rng.random()))
    return orders


def hits(drafts: Sequence[Draft], places: Sequence[Sequence[SpanPlace | LinkPlace]]) -> list[Found | None]:
    """For every place, the planted error that it points to."""
    return [
        next(((number, i) for i, p in enumerate(draft.planted) if _points_to(place, p)), None)
        for number, (draft, here) in enumerate(zip(drafts, places, strict=True))
        for place in here
    ]


def _points_to(place: SpanPlace | LinkPlace, planted: Planted) -> bool:
    if isinstance(place, LinkPlace):
        return planted.of_links and (place.question, place.head.start) == (planted.where, planted.start)
    spans = (*place.gold, *place.model)
    return (
        not planted.of_links
        and place.layer == planted.where
        and any(span.start < planted.end and planted.start < span.end for span in spans)
    )


def judge(scores: Sequence[float], found: Sequence[Found | None], planted: int) -> dict[str, float]:
    """Precision at the cuts, average precision, and the share of planted errors that any place points to."""
    seen: set[Found] = set()
    right, average, precision = 0, 0.0, {}
    for rank, place in enumerate(np.argsort(-np.asarray(scores), kind="stable"), 1):
        error = found[place]
        if error is not None and error not in seen:
            seen.add(error)
            right += 1
            average += right / rank
        if rank in CUTS:
            precision[f"first {rank}"] = right / rank
    return {**precision, "average precision": average / planted, "reachable": right / planted}


def measure(predictor: Predictor, drafts: Sequence[Draft], seed: int) -> dict[str, Any]:
    """For spans, links and both together: the figures of each order; and which kinds of errors stand first."""
    evidence = list(gather(predictor, [draft.annotated for draft in drafts]))
    rng = np.random.default_rng(seed)
    spans, links = [list(span_places(e)) for e in evidence], [list(link_places(e)) for e in evidence]
    orders = {"spans": span_orders(evidence, spans, rng), "links": link_orders(evidence, links, rng)}
    found = {"spans": hits(drafts, spans), "links": hits(drafts, links)}
    planted = {what: sum(p.of_links == (what == "links") for d in drafts for p in d.planted) for what in orders}
    result = {what: {m: judge(s, found[what], planted[what]) for m, s in orders[what].items()} for what in orders}
    both = orders["spans"][SHIPPED["spans"]] + orders["links"][SHIPPED["links"]]
    before = orders["spans"][BEFORE] + orders["links"][SHIPPED["links"]]
    together = found["spans"] + found["links"]
    total = sum(planted.values())
    result["both"] = {"as shipped": judge(both, together, total), "as before": judge(before, together, total)}
    first = [together[i] for i in np.argsort(-np.asarray(both), kind="stable")[:total]]
    kinds = Counter(p.kind for draft in drafts for p in draft.planted)
    caught = Counter(drafts[error[0]].planted[error[1]].kind for error in set(first) if error)
    share = {kind: caught[kind] / number for kind, number in kinds.items()}
    sizes = {"spans": sum(len(d.annotated.spans) for d in drafts), "links": sum(len(d.annotated.links) for d in drafts)}
    places_found = {what: len(found[what]) for what in orders}
    return {"orders": result, "caught": share, "planted": planted, "annotated": sizes, "places": places_found}


def show(runs: Sequence[Mapping[str, Any]], console: Console) -> None:
    def mean(values: Sequence[float]) -> str:
        return f"{np.mean(values):.2f}"

    for what in ("spans", "links", "both"):
        table = Table(title=f"{what}: mean of {len(runs)} seeds")
        columns = list(next(iter(runs[0]["orders"][what].values())))
        for heading in ("order", *columns):
            table.add_column(heading, justify="left" if heading == "order" else "right")
        for method in runs[0]["orders"][what]:
            rows = [run["orders"][what][method] for run in runs]
            table.add_row(method, *(mean([row.get(column, np.nan) for row in rows]) for column in columns))
        console.print(table)
        if what != "both":
            planted, annotated, places = (
                np.mean([run[key][what] for run in runs]) for key in ("planted", "annotated", "places")
            )
            console.print(
                f"{planted:.0f} planted among {annotated:.0f} {what}; {places:.0f} places where the two differ"
            )
    console.print("of each kind, how many stand among the first places, as many as errors were planted:")
    for kind in runs[0]["caught"]:
        console.print(f"  {kind}: {mean([run['caught'].get(kind, 0) for run in runs])}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m scripts.measure_label_errors", description=__doc__)
    parser.add_argument("--corpus", type=Path, default=Path("data/corpus.jsonl"))
    parser.add_argument("--splits", type=Path, default=Path("data/splits.json"))
    parser.add_argument("--split", choices=splits.SPLITS, default="test")
    parser.add_argument("--model", help="folder or hub name of a model that was not trained on it (the packaged one)")
    parser.add_argument("--share", type=float, default=0.04, help="of spans and links with an error (%(default)s)")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--json", type=Path, help="write the figures of every seed to this file")
    arguments = parser.parse_args()
    documents = splits.select(jsonlines.read(arguments.corpus), splits.read(arguments.splits), arguments.split)
    predictor = Predictor(loading.load(arguments.model), dtype=torch.float32)
    runs = [
        measure(predictor, plant(documents, arguments.share, seed), seed)
        for seed in track(arguments.seeds, description="seeds", console=Console(stderr=True))
    ]
    show(runs, Console(width=None if sys.stdout.isatty() else 120))
    if arguments.json:
        arguments.json.write_text(json.dumps(runs, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
