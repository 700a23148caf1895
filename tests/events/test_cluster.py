from __future__ import annotations

from collections.abc import Collection

from hypothesis import given
from hypothesis import strategies as st

from tolltrace.events.cluster import cluster


def groups(
    size: int, scores: dict[tuple[int, int], float], threshold: float = 1.0, **other: object
) -> set[frozenset[int]]:
    found = cluster(
        size,
        [(score, *pair) for pair, score in scores.items()],
        lambda one, other: scores.get((one, other), 0.0),
        threshold,
        other.get("allowed", lambda one, other: True),  # type: ignore[arg-type]
        other.get("together", ()),  # type: ignore[arg-type]
    )
    return {frozenset(members) for members in found.members.values()}


def test_the_mean_of_all_pairs_decides() -> None:
    chain = {(0, 1): 3.0, (1, 2): 2.0, (0, 2): -9.0}
    assert groups(3, chain) == {frozenset({0, 1}), frozenset({2})}
    assert groups(3, chain | {(0, 2): 0.5}) == {frozenset({0, 1, 2})}


def test_what_must_not_meet_does_not() -> None:
    def allowed(one: Collection[int], other: Collection[int]) -> bool:
        return not {0, 2} <= {*one, *other}

    assert groups(3, {(0, 1): 3.0, (1, 2): 3.0, (0, 2): 3.0}, allowed=allowed) == {frozenset({0, 1}), frozenset({2})}


def test_what_belongs_together_is_joined_whatever_it_scores() -> None:
    assert groups(2, {(0, 1): -5.0}, together=[(0, 1)]) == {frozenset({0, 1})}


@given(st.integers(1, 12), st.data())
def test_every_item_stands_in_one_cluster(size: int, data: st.DataObject) -> None:
    pairs = [(i, j) for j in range(size) for i in range(j)]
    scores = {pair: data.draw(st.floats(-5, 5)) for pair in pairs}
    found = groups(size, scores)
    assert sorted(item for members in found for item in members) == list(range(size))
    assert all(
        members == {min(members)} or max(scores[i, j] for i in members for j in members if i < j) >= 1
        for members in found
    )
