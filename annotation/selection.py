"""Which unlabelled articles to annotate next: what the model is unsure of, unlike what is there, rich in rare labels.

An article's value is a product, so that no weights between unlike units have to be chosen:

- **uncertainty**: expected wrong decisions for the effort of reading it, so that it is not just the longest;
- **novelty**: distance from the nearest article that is labelled or chosen already;
- **rarity**: how few examples there are of what it is expected to hold.

Greedy by uncertainty times distance is the heuristic of Dyer and Frieze (1985) for weighted k-centres, and what BADGE
(Ash et al. 2020) does by chance. Rarity is the gain of a sum of logarithms of counts, which is submodular: each example
of a label is worth less than the one before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from annotation.measures import FIGURE, NAMES, Measures
from tolltrace.near_duplicates import SIMILAR

OPENING = 50
"""Words that opening an article costs, however short it is: a headline of ten words is no bargain."""
QUIET_SHARE = 0.05
"""Share of the queue without figures: drawn by chance, so that the model keeps seeing such text, and its own misses."""
CHUNK = 4096
SHOWN_RARE = 3
WORTH_SHOWING = 0.3


@dataclass(frozen=True, slots=True)
class Labelled:
    """What is annotated already: ``vectors`` [m, hidden] and ``sketches`` [m, permutations] of the articles ``ids``,
    and how many spans and links of each of NAMES they hold, [NAMES]."""

    ids: tuple[str, ...]
    vectors: NDArray[np.float16]
    sketches: NDArray[np.uint32]
    counts: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Choice:
    """A chosen article by its row, and why. ``uncertainty``: expected corrections on 100 words; ``novelty``: from 0
    (there is one like it) to 1; ``rarity``: 1 is that of the pool's middle article; ``rare``: spans and links expected
    of labels that are rarer than most; ``quiet``: drawn from those without figures."""

    row: int
    uncertainty: float
    novelty: float
    rarity: float
    rare: dict[str, float] = field(hash=False)
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Selection:
    """Choices, best first. ``alike``: rows left out for being nearly the same as a chosen one; ``quiet``: rows left out
    for having no figure. What is in none of these had less to offer."""

    choices: tuple[Choice, ...]
    alike: dict[int, int]
    quiet: tuple[int, ...]


def select(
    pool: Measures,
    labelled: Labelled,
    size: int | None = None,
    words: int | None = None,
    seed: int = 0,
    quiet_share: float = QUIET_SHARE,
) -> Selection:
    """Choose up to ``size`` articles, or until they have ``words`` words. Ties go to the first of the pool."""
    vectors, known = _directions(pool.vectors, labelled.vectors)
    far = _distances(vectors, known)
    effort = pool.words + OPENING
    uncertainty = pool.errors / effort
    counts = labelled.counts.astype(np.float64) + 1.0
    usual = float(np.median(counts))
    is_quiet = pool.figure < FIGURE
    free = np.ones(len(pool), dtype=np.bool_)
    drawn = iter(np.random.default_rng(seed).permutation(np.flatnonzero(is_quiet)).tolist())
    choices: list[Choice] = []
    alike: dict[int, int] = {}
    total = 0
    while (size is None or len(choices) < size) and (words is None or total < words):
        rarity = _rarity(pool.expected, counts)
        turn = int((len(choices) + 1) * quiet_share) > int(len(choices) * quiet_share)
        row = next((r for r in drawn if free[r]), None) if turn else None
        quiet = row is not None
        if row is None:
            value = np.where(free & ~is_quiet, uncertainty * far * rarity, -1.0)
            row = int(value.argmax()) if len(value) else 0
            if not len(value) or value[row] < 0:
                break
        middle = float(np.median(rarity)) or 1.0
        choices.append(
            Choice(
                row,
                uncertainty=100 * float(uncertainty[row]),
                novelty=float(far[row]),
                rarity=float(rarity[row]) / middle,
                rare=_rare(pool.expected[row], counts, usual),
                quiet=quiet,
            )
        )
        free[row] = False
        total += int(pool.words[row])
        for other in _alike(pool.sketches, pool.sketches[row]):
            if free[other]:
                free[other] = False
                alike[other] = row
        far = np.minimum(far, _distances(vectors, vectors[row : row + 1]))
        counts += pool.expected[row]
    return Selection(tuple(choices), alike, tuple(np.flatnonzero(is_quiet & free).tolist()))


def twins(sketches: NDArray[np.uint32], labelled: Labelled) -> dict[int, str]:
    """Rows of ``sketches`` that are nearly the same text as a labelled article, each with that article's id."""
    found = ((row, next(_alike(labelled.sketches, sketch), None)) for row, sketch in enumerate(sketches))
    return {row: labelled.ids[other] for row, other in found if other is not None}


def _alike(sketches: NDArray[np.uint32], sketch: NDArray[np.uint32]) -> Iterator[int]:
    for start in range(0, len(sketches), CHUNK):
        shared = (sketches[start : start + CHUNK] == sketch).mean(axis=1)
        yield from (start + np.flatnonzero(shared >= SIMILAR)).tolist()


def _directions(
    pool: NDArray[np.float16], labelled: NDArray[np.float16]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Unit vectors from the middle of all articles: encoder states share a direction that says nothing."""
    if not len(pool):
        return pool.astype(np.float32), labelled.astype(np.float32)
    sums = pool.sum(axis=0, dtype=np.float64) + labelled.sum(axis=0, dtype=np.float64)
    middle = (sums / (len(pool) + len(labelled))).astype(np.float32)
    return _units(pool, middle), _units(labelled, middle)


def _units(vectors: NDArray[np.float16], middle: NDArray[np.float32]) -> NDArray[np.float32]:
    moved: NDArray[np.float32] = vectors.astype(np.float32) - middle
    moved /= np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-6)
    return moved


def _distances(vectors: NDArray[np.float32], known: NDArray[np.float32]) -> NDArray[np.float32]:
    """From each vector to the nearest of the known ones: 0 for the same direction, 1 for a right angle or more."""
    nearest = np.zeros(len(vectors), dtype=np.float32)
    for start in range(0, len(vectors), CHUNK):
        rows = slice(start, start + CHUNK)
        for other in range(0, len(known), CHUNK):
            nearest[rows] = np.maximum(nearest[rows], (vectors[rows] @ known[other : other + CHUNK].T).max(axis=1))
    distances: NDArray[np.float32] = np.clip(1 - nearest, 0, 1)
    return distances


def _rarity(expected: NDArray[np.float32], counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Gain of the sum of log counts for each span and link expected, [n]: 1/count for a few of one label."""
    gains = np.log1p(expected / counts).sum(axis=1)
    rarity: NDArray[np.float64] = gains / np.maximum(expected.sum(axis=1), 1e-6)
    return rarity


def _rare(expected: NDArray[np.float32], counts: NDArray[np.float64], usual: float) -> dict[str, float]:
    """The expected spans and links of rare labels that count most."""
    worth = np.where((counts < usual) & (expected >= WORTH_SHOWING), expected / counts, 0.0)
    ranked = [int(i) for i in np.argsort(-worth, kind="stable")[:SHOWN_RARE] if worth[i] > 0]
    return {NAMES[i]: round(float(expected[i]), 1) for i in ranked}
