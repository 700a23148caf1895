"""Average-linkage clustering of things that were compared in pairs, some of which must or must not come together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from heapq import heapify, heappop

COMPARED = 64
"""Of larger clusters so many pairs are compared, spread evenly: two clusters of 100 articles would give 10,000."""


@dataclass
class Clusters:
    """The clusters as lists of item numbers, and the pairs whose scores brought clusters together, in that order."""

    members: dict[int, list[int]]
    joins: list[tuple[int, int, float]] = field(default_factory=list)


def cluster(
    size: int,
    scored: Iterable[tuple[float, int, int]],
    compare: Callable[[int, int], float],
    threshold: float,
    allowed: Callable[[Collection[int], Collection[int]], bool],
    together: Iterable[tuple[int, int]] = (),
    mean: float | None = None,
) -> Clusters:
    """Clusters of the items ``0 … size - 1``.

    Pairs are taken up from the highest score on; two clusters become one if the pair's score reaches ``threshold``, the
    mean score of their members ``mean`` (without it ``threshold``), and ``allowed`` has nothing against it. ``scored``
    holds the pairs worth comparing, ``compare`` gives the score of any other. Pairs in ``together`` are joined first,
    whatever they score.
    """
    root = list(range(size))
    members = {item: [item] for item in range(size)}
    known = {(one, other): score for score, one, other in scored}
    least = threshold if mean is None else mean
    result = Clusters(members)

    def find(item: int) -> int:
        while root[item] != item:
            root[item] = root[root[item]]
            item = root[item]
        return item

    def join(one: int, other: int) -> None:
        if len(members[one]) < len(members[other]):
            one, other = other, one
        root[other] = one
        members[one] += members.pop(other)

    def pair_score(one: int, other: int) -> float:
        pair = (min(one, other), max(one, other))
        if pair not in known:
            known[pair] = compare(*pair)
        return known[pair]

    for one, other in together:
        if (a := find(one)) != (b := find(other)):
            join(a, b)
    heap = [(-score, one, other) for (one, other), score in known.items() if score >= threshold]
    heapify(heap)
    while heap:
        negative, one, other = heappop(heap)
        a, b = find(one), find(other)
        if a == b or not allowed(members[a], members[b]):
            continue
        if len(members[a]) + len(members[b]) > 2 and _mean(members[a], members[b], pair_score) < least:
            continue
        result.joins.append((one, other, -negative))
        join(a, b)
    return result


def _mean(one: list[int], other: list[int], pair_score: Callable[[int, int], float]) -> float:
    pairs = len(one) * len(other)
    step = max(1, pairs // COMPARED)
    scores = [pair_score(one[i // len(other)], other[i % len(other)]) for i in range(0, pairs, step)]
    return sum(scores) / len(scores)
