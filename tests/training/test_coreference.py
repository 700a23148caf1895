"""Coreference measures against values worked out by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.coreference import b_cubed, ceaf_e, conll, muc


def groups(*texts: str) -> list[frozenset[str]]:
    return [frozenset(text) for text in texts]


GOLD = groups("abc", "defg")
FOUND = groups("ab", "cd", "fghi")


def test_b_cubed_as_in_its_textbook_example() -> None:  # Pradhan et al. (2014), section 4
    score = b_cubed(GOLD, FOUND)
    assert score.precision == pytest.approx(1 / 8 * (2 + 2 * 1 / 2 + 2 * 1 / 2))
    assert score.recall == pytest.approx(1 / 7 * (5 / 3 + 5 / 4))


def test_muc_and_ceaf_of_the_same_example() -> None:
    assert [muc(GOLD, FOUND).recall, muc(GOLD, FOUND).precision] == pytest.approx([2 / 5, 2 / 5])
    assert ceaf_e(GOLD, FOUND).recall == pytest.approx((4 / 5 + 4 / 8) / 2)
    assert ceaf_e(GOLD, FOUND).precision == pytest.approx((4 / 5 + 4 / 8) / 3)


def test_nothing_found_scores_nothing() -> None:
    assert conll(GOLD, []) == 0


def test_singletons_cost_b_cubed_too() -> None:
    assert b_cubed(groups("a", "b"), groups("ab")).precision == pytest.approx(1 / 2)
    assert b_cubed(groups("ab"), groups("a", "b")).recall == pytest.approx(1 / 2)


@given(st.lists(st.integers(0, 4), min_size=2, max_size=12))
def test_a_grouping_is_right_against_itself(labels: list[int]) -> None:
    made = [frozenset(i for i, label in enumerate(labels) if label == value) for value in set(labels)]
    assert b_cubed(made, made).f1 == ceaf_e(made, made).f1 == pytest.approx(1)
    assert muc(made, made).f1 == (1 if any(len(group) > 1 for group in made) else 0)
