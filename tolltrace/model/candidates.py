"""Pairs of spans that a link may join. One generator serves training, prediction and the count of what is reachable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tolltrace import scheme

WordSpan = tuple[int, int, int]  # first word, last word, index of the label

ALLOWED = np.array(
    [
        [[n in scheme.links_between(h, t) for n in scheme.LINK_NAMES] for t in scheme.LABEL_NAMES]
        for h in scheme.LABEL_NAMES
    ]
)
"""Whether a link may run from a label to a label, shape [labels, labels, links]."""

IS_FIGURE = np.array([name in scheme.COUNT_LABELS for name in scheme.LABEL_NAMES])

BUCKETS = np.array([1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256])
SENTENCES_AT_MOST = 4
FEATURE_SIZES = (2 * len(BUCKETS) + 2, 2 * SENTENCES_AT_MOST + 1, 5, 5, 5, 5)
"""Number of values of each feature of a pair: signed distance, signed sentences between, spans of the tail's label
between, figures between, spans of the tail's label nearer to the head, figures nearer to the tail."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """``pairs`` [p, 2]: places of head and tail in the list of spans; ``features`` [p, f]; ``allowed`` [p, links]."""

    pairs: NDArray[np.int64]
    features: NDArray[np.int64]
    allowed: NDArray[np.bool_]

    @property
    def sentences_away(self) -> NDArray[np.int64]:
        """How many sentences lie from head to tail, at most ``SENTENCES_AT_MOST``, [p]."""
        return np.abs(self.features[:, 1] - SENTENCES_AT_MOST)


def find(spans: Sequence[WordSpan], sentence: NDArray[np.int64], reach: int, figure_reach: int) -> Candidates:
    """Every pair within reach (in words) that the scheme allows. ``sentence`` [words] numbers the sentences."""
    table = np.asarray(spans, dtype=np.int64).reshape(-1, 3)
    first, last, label = table[:, 0], table[:, 1], table[:, 2]
    heads = np.flatnonzero(IS_FIGURE[label])
    pairs = [_pairs_of(int(head), table, reach, figure_reach) for head in heads]
    if not pairs:
        return Candidates(
            np.zeros((0, 2), dtype=np.int64),
            np.zeros((0, len(FEATURE_SIZES)), dtype=np.int64),
            np.zeros((0, len(scheme.LINK_NAMES)), dtype=np.bool_),
        )
    joined = np.concatenate(pairs)
    h, t = joined[:, 0], joined[:, 1]
    forward = first[t] > first[h]
    gap = np.where(forward, first[t] - last[h], first[h] - last[t])
    bucket = np.searchsorted(BUCKETS, np.maximum(gap, 0), side="left")
    signed = np.where(forward, len(BUCKETS) + 1 + bucket, len(BUCKETS) - bucket)
    sentences = np.clip(sentence[first[t]] - sentence[first[h]], -SENTENCES_AT_MOST, SENTENCES_AT_MOST)
    low, high = np.minimum(first[h], first[t]), np.maximum(first[h], first[t])
    between_same = _count_between(first, label, label[t], low, high)
    between_figures = _count_between(first, np.where(IS_FIGURE[label], 1, 0), np.ones_like(t), low, high)
    reach_of = np.abs(first[t] - first[h])
    nearer_tails = _count_between(first, label, label[t], first[h] - reach_of, first[h] + reach_of)
    nearer_heads = _count_between(
        first, np.where(IS_FIGURE[label], 1, 0), np.ones_like(t), first[t] - reach_of, first[t] + reach_of
    )
    features = np.stack(
        [signed, sentences + SENTENCES_AT_MOST, between_same, between_figures, nearer_tails, nearer_heads], axis=1
    )
    return Candidates(joined, features, ALLOWED[label[h], label[t]])


def _pairs_of(head: int, table: NDArray[np.int64], reach: int, figure_reach: int) -> NDArray[np.int64]:
    distance = np.abs(table[:, 0] - table[head, 0])
    allowed = ALLOWED[table[head, 2], table[:, 2]].any(axis=-1)
    near = distance <= np.where(IS_FIGURE[table[:, 2]], figure_reach, reach)
    tails = np.flatnonzero(allowed & near)
    tails = tails[tails != head]
    return np.stack([np.full_like(tails, head), tails], axis=1)


def _count_between(
    first: NDArray[np.int64],
    kind: NDArray[np.int64],
    wanted: NDArray[np.int64],
    low: NDArray[np.int64],
    high: NDArray[np.int64],
) -> NDArray[np.int64]:
    """How many spans of the ``wanted`` kind begin strictly between ``low`` and ``high``, at most 4, for each pair."""
    result = np.zeros(len(wanted), dtype=np.int64)
    for value in np.unique(wanted):
        starts = np.sort(first[kind == value])
        rows = wanted == value
        inside = np.searchsorted(starts, high[rows], side="left") - np.searchsorted(starts, low[rows], side="right")
        result[rows] = np.clip(inside, 0, 4)
    return result


def truth(candidates: Candidates, links: Sequence[tuple[int, int, int]]) -> tuple[NDArray[np.float32], int]:
    """Targets [p, links] of the candidates for the given links, and how many links no candidate reaches."""
    targets = np.zeros((len(candidates.pairs), len(scheme.LINK_NAMES)), dtype=np.float32)
    rows = {(int(h), int(t)): i for i, (h, t) in enumerate(candidates.pairs)}
    missed = 0
    for head, tail, name in links:
        row = rows.get((head, tail))
        if row is None:
            missed += 1
        else:
            targets[row, name] = 1.0
    return targets, missed
