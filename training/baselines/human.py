"""How far two annotators agree, in the measures that models are judged by: what a model can be asked to reach."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from tolltrace.documents import AnnotatedDocument
from training import metrics

NOTE = "two annotators of the same articles, the second judged against the first; both language models (data/README.md)"


def agreement(first: Sequence[AnnotatedDocument], second: Sequence[AnnotatedDocument]) -> dict[str, Any]:
    """Scores of the second annotator against the first, over the documents that both have."""
    theirs = {annotated.id: annotated for annotated in second}
    shared = [annotated for annotated in first if annotated.id in theirs]
    found = metrics.score(metrics.count_all(shared, [theirs[a.id] for a in shared]))
    return {
        "name": "human agreement",
        "version": "data/agreement",
        "documents": len(shared),
        "note": NOTE,
        "scores": {key: dataclasses.asdict(score) for key, score in found.items()},
    }
