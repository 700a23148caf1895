from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation import selection
from annotation.measures import NAMES, Measures, sketch
from annotation.selection import Labelled, select, twins
from tolltrace.near_duplicates import PERMUTATIONS

HIDDEN = 4
COMMON, RARE = NAMES.index("location"), NAMES.index("updates")
FILLER = " ".join(f"word{n}" for n in range(60))


def pool(
    size: int,
    words: list[int] | None = None,
    errors: list[float] | None = None,
    vectors: list[list[float]] | None = None,
    expected: dict[int, dict[int, float]] | None = None,
    figure: list[float] | None = None,
    sketches: list[str] | None = None,
) -> Measures:
    """Articles that are alike in all that is not given, but for their directions: each has one of its own."""
    table = np.zeros((size, len(NAMES)), dtype=np.float32)
    table[:, COMMON] = 1
    for row, counts in (expected or {}).items():
        for column, number in counts.items():
            table[row, column] = number
    directions = np.eye(size, max(size, HIDDEN)) if vectors is None else np.array(vectors)
    return Measures(
        tuple(f"a{row}" for row in range(size)),
        np.array(words or [100] * size),
        np.array(errors or [10.0] * size, dtype=np.float32),
        np.array(figure or [1.0] * size, dtype=np.float32),
        table,
        directions.astype(np.float16),
        np.stack([sketch(text) for text in sketches])
        if sketches
        else np.arange(size * PERMUTATIONS, dtype=np.uint32).reshape(size, PERMUTATIONS),
        np.zeros(size, dtype=np.uint64),
    )


def labelled(
    vectors: list[list[float]] | None = None, counts: dict[int, int] | None = None, hidden: int = HIDDEN
) -> Labelled:
    table = np.full(len(NAMES), 100.0)
    for column, number in (counts or {}).items():
        table[column] = number
    rows = np.array(vectors, dtype=np.float16) if vectors else np.zeros((0, hidden), dtype=np.float16)
    return Labelled(
        tuple(f"l{n}" for n in range(len(rows))),
        rows,
        np.full((len(rows), PERMUTATIONS), 2**32 - 1, dtype=np.uint32),
        table,
    )


def order(articles: Measures, known: Labelled | None = None, **options: int | float) -> list[int]:
    known = known or labelled(hidden=articles.vectors.shape[1])
    return [choice.row for choice in select(articles, known, **options).choices]  # type: ignore[arg-type]


def test_the_least_sure_come_first_and_length_alone_wins_nothing() -> None:
    assert order(pool(3, errors=[5, 20, 10])) == [1, 2, 0]
    # Three times as long with twice the errors is the worse bargain; a headline with one error is none either.
    assert order(pool(3, words=[100, 300, 6], errors=[10, 20, 1])) == [0, 1, 2]


def test_what_is_like_labelled_or_chosen_articles_waits() -> None:
    east, north, west = [1.0, 0, 0, 0], [0, 1.0, 0, 0], [-1.0, 0, 0, 0]
    articles = pool(4, errors=[12, 11, 8, 9], vectors=[east, east, north, west])
    assert order(articles)[0] == 0
    assert order(articles)[-1] == 1  # a near copy of the first in what it is about
    assert order(articles, labelled([east, east]))[:2] == [3, 2]


def test_rare_labels_come_first_and_count_less_each_time() -> None:
    rare = pool(2, expected={1: {RARE: 1.0}})
    assert order(rare, labelled(counts={RARE: 2, COMMON: 5000})) == [1, 0]
    assert order(rare, labelled(counts={RARE: 5000, COMMON: 2})) == [0, 1]
    # Two articles hold ten of one rare label, one holds ten of another that is a little less rare.
    second = NAMES.index("MISSING")
    articles = pool(3, expected={0: {RARE: 10}, 1: {RARE: 10}, 2: {second: 10}})
    assert order(articles, labelled(counts={RARE: 5, second: 6, COMMON: 5000})) == [0, 2, 1]


def test_the_reasons_are_told_in_numbers() -> None:
    articles = pool(2, words=[150, 150], errors=[10, 2], expected={0: {RARE: 2.04}})
    first, second = select(articles, labelled(counts={RARE: 1}), size=2).choices
    assert first.uncertainty == pytest.approx(5.0)  # 10 on 200 words, 50 of them for opening the article
    assert (first.novelty, first.rare) == (1.0, {"updates": 2.0})
    assert first.rarity > 1 > second.rarity
    assert second.rare == {}


def test_near_duplicates_of_a_choice_are_left_out_by_name() -> None:
    texts = [FILLER, f"{FILLER} and a little more", "something else altogether, said five ministers on Friday"]
    found = select(pool(3, errors=[9, 10, 1], sketches=texts), labelled(), size=3)
    assert [choice.row for choice in found.choices] == [1, 2]
    assert found.alike == {0: 1}


def test_twins_of_labelled_articles_are_found_by_name() -> None:
    sketches = np.stack([sketch("nothing alike at all"), sketch(FILLER)])
    known = Labelled(("x", "y"), np.zeros((2, HIDDEN), dtype=np.float16), sketches, np.zeros(len(NAMES)))
    assert twins(pool(2, sketches=["far from both of them", FILLER + " Reuters"]).sketches, known) == {1: "y"}


def test_a_share_without_figures_stays_and_the_rest_of_them_is_left_out() -> None:
    articles = pool(60, figure=[1.0] * 40 + [0.1] * 20, errors=[5.0] * 40 + [50.0] * 20)
    found = select(articles, labelled(hidden=60), size=40, seed=3)
    drawn = [choice.row for choice in found.choices if choice.quiet]
    assert [place for place, choice in enumerate(found.choices, 1) if choice.quiet] == [20, 40]
    assert all(row >= 40 for row in drawn)
    assert sorted([*drawn, *found.quiet]) == list(range(40, 60))
    again = [
        tuple(c.row for c in select(articles, labelled(hidden=60), size=40, seed=s).choices if c.quiet)
        for s in (3, *range(9))
    ]
    assert again[0] == tuple(drawn)
    assert len(set(again)) > 1


def test_a_pool_without_figures_gives_its_share_and_no_more() -> None:
    assert order(pool(30, figure=[0.0] * 30), size=10) == []
    assert len(order(pool(30, figure=[0.0] * 30), size=10, quiet_share=1.0)) == 10


def test_choosing_stops_at_a_number_of_words() -> None:
    articles = pool(5, words=[100, 100, 100, 100, 100], errors=[5, 4, 3, 2, 1])
    assert order(articles, words=250) == [0, 1, 2]
    assert order(articles, words=200) == [0, 1]
    assert order(pool(0), size=3) == []


@given(st.integers(0, 2**32 - 1), st.integers(1, 25), st.integers(0, 6))
def test_choices_are_distinct_a_shorter_queue_begins_a_longer_one_and_nothing_is_lost(
    seed: int, size: int, known: int
) -> None:
    chance = np.random.default_rng(seed)
    articles = pool(
        20,
        words=chance.integers(5, 400, 20).tolist(),
        errors=chance.uniform(0, 40, 20).tolist(),
        vectors=chance.normal(size=(20, HIDDEN)).tolist(),
        figure=chance.uniform(0, 1, 20).tolist(),
    )
    articles.sketches[1] = articles.sketches[0]
    other = labelled(chance.normal(size=(known, HIDDEN)).tolist() if known else None)
    found = select(articles, other, size=size, seed=1)
    rows = [choice.row for choice in found.choices]
    assert len(set(rows)) == len(rows) <= size
    assert rows == order(articles, other, size=25, seed=1)[: len(rows)]
    assert not {0, 1} <= set(rows)
    assert not set(rows) & set(found.alike) and not set(rows) & set(found.quiet)
    assert all(0 <= choice.novelty <= 1 and choice.uncertainty >= 0 for choice in found.choices)


def test_distances_do_not_depend_on_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.random.default_rng(0)
    middle = np.zeros(8, dtype=np.float32)
    one, other = (selection._units(chance.normal(size=(n, 8)).astype(np.float16), middle) for n in (23, 11))
    monkeypatch.setattr(selection, "CHUNK", 4)
    wanted = [min(1.0, *(float(1 - a @ b) for b in other)) for a in one]
    assert selection._distances(one, other).tolist() == pytest.approx(wanted, abs=1e-5)
