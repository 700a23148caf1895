"""How far the model's scores can be trusted, and how much a person has to review for a wanted precision.

A span or link is right if it is exactly gold's; a claim if its figure, harm and victim are. Thresholds are chosen on
validation documents and tried on the others: chosen where they are tried, they would flatter.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tolltrace.documents import AnnotatedDocument
from training import metrics
from training.systems import System

BINS = 10
WANTED = (0.8, 0.9, 0.95, 0.98)
CURVE_POINTS = 50
Scored = NDArray[np.float64]
"""Scores and whether each is right (0 or 1), shape [items, 2], and how many gold items there are beside it."""


def scored(
    system: System, gold: Sequence[AnnotatedDocument], predicted: Sequence[AnnotatedDocument]
) -> dict[str, tuple[Scored, int]]:
    """For spans, links and claims: score and rightness of every predicted one, and the number of gold ones."""
    by_id = {annotated.id: annotated for annotated in predicted}
    rows: dict[str, list[tuple[float, bool]]] = {"span": [], "link": [], "claim": []}
    wanted = dict.fromkeys(rows, 0)
    for true in gold:
        found = by_id.get(true.id, AnnotatedDocument(true.document))
        true_links = {metrics.link_key(link) for link in true.links}
        true_claims = metrics.claims(true)[0]
        cores = {core[0]: core for core in metrics.claims(found)[0] if isinstance(core, tuple)}
        rows["span"] += [(s.score, s in true.spans) for s in found.spans if s.score is not None]
        rows["link"] += [(k.score, metrics.link_key(k) in true_links) for k in found.links if k.score is not None]
        for claim in system.claims(found):
            if claim.confidence is not None:
                place = (claim.evidence.start, claim.evidence.end)
                rows["claim"].append((claim.confidence, cores.get(place) in true_claims))
        for kind, number in (("span", len(true.spans)), ("link", len(true_links)), ("claim", len(true_claims))):
            wanted[kind] += number
    return {kind: (np.array(items, dtype=np.float64).reshape(-1, 2), wanted[kind]) for kind, items in rows.items()}


def reliability(items: Scored) -> dict[str, Any]:
    """Bins of equal width with mean score, share of right ones and size, and the expected calibration error."""
    scores, right = items[:, 0], items[:, 1]
    bin_of = np.minimum((scores * BINS).astype(np.int64), BINS - 1)
    bins = []
    for number in range(BINS):
        inside = bin_of == number
        if inside.any():
            facts = {
                "score": float(scores[inside].mean()),
                "right": float(right[inside].mean()),
                "n": int(inside.sum()),
            }
            bins.append({"low": number / BINS, "high": (number + 1) / BINS, **facts})
    error = sum(abs(b["score"] - b["right"]) * b["n"] for b in bins) / max(len(items), 1)
    return {"bins": bins, "error": float(error), "n": len(items)}


def measure(before: dict[str, tuple[Scored, int]], after: dict[str, tuple[Scored, int]]) -> dict[str, Any]:
    """Reliability by kind, before and after temperature scaling."""
    return {
        kind: {"before": reliability(before[kind][0]), "after": reliability(after[kind][0])}
        for kind in after
        if len(after[kind][0])
    }


def review(chosen_on: dict[str, tuple[Scored, int]], tried_on: dict[str, tuple[Scored, int]]) -> dict[str, Any]:
    """By kind: the curve of precision and recall of what is kept unseen above each threshold, and for each wanted
    precision the threshold that validation documents give and what it gave on the others. What lies below is for a
    person to review: ``review_share`` of all that was found."""
    result = {}
    for kind, (items, gold) in tried_on.items():
        if not len(items):
            continue
        wanted = {}
        for precision in WANTED:
            threshold = lowest_threshold(chosen_on[kind][0], precision)
            wanted[str(precision)] = (
                None if threshold is None else {"threshold": threshold, **kept(items, gold, threshold)}
            )
        thresholds = np.unique(np.quantile(items[:, 0], np.linspace(0, 1, CURVE_POINTS), method="lower"))
        points = [{"threshold": float(t), **kept(items, gold, float(t))} for t in thresholds]
        result[kind] = {"points": points, "wanted": wanted}
    return result


def lowest_threshold(items: Scored, precision: float) -> float | None:
    """The lowest score from which on the kept items reach a precision; None where none does."""
    order = np.argsort(-items[:, 0], kind="stable")
    scores, right = items[order, 0], items[order, 1]
    reached = np.cumsum(right) / np.arange(1, len(items) + 1) >= precision
    last_of_score = np.append(scores[:-1] != scores[1:], True)  # a threshold takes all items of one score
    good = np.flatnonzero(reached & last_of_score)
    return float(scores[good[-1]]) if len(good) else None


def kept(items: Scored, gold: int, threshold: float) -> dict[str, float]:
    """What a threshold keeps: share to review, precision and recall of what is kept."""
    above = items[:, 0] >= threshold
    right = float(items[above, 1].sum())
    return {
        "review_share": float(1 - above.mean()),
        "kept": int(above.sum()),
        "precision": right / max(int(above.sum()), 1),
        "recall": right / max(gold, 1),
    }
