from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.training.conftest import MARKED
from tolltrace import markup
from tolltrace.documents import AnnotatedDocument
from training import metrics
from training.compare import MEAN, SCORES, Difference, _judge, compare, compare_counts

GOLD = [markup.parse(f"d{n}", MARKED.format(number=n)) for n in range(20, 32)]
EMPTY = [AnnotatedDocument(annotated.document) for annotated in GOLD]


def simulated(seed: int, documents: int, old: float, new: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Counts of two models that find each item with these chances, as chance would have it; a hard article is hard for
    both."""
    generator = np.random.default_rng(seed)
    gold = generator.integers(5, 60, size=(documents, 1))
    ease = generator.uniform(0.6, 1.1, size=(documents, 1))
    sides = []
    for chance in (old, new):
        right = generator.binomial(gold, np.minimum(chance * ease, 1), size=(documents, len(metrics.KEYS)))
        wanted = np.broadcast_to(gold, right.shape)
        sides.append(np.stack([right, wanted, wanted], axis=-1))
    return sides[0], sides[1]


def test_a_model_that_reads_all_is_better_than_one_that_reads_nothing() -> None:
    assert compare(GOLD, EMPTY, GOLD).verdict == "better"
    assert compare(GOLD, GOLD, EMPTY).verdict == "worse"
    same = compare(GOLD, GOLD, GOLD)
    assert same.verdict == "no difference"
    assert same.scores[MEAN] == Difference(1.0, 1.0, 0.0, 0.0, 0.0)


def test_few_articles_show_nothing() -> None:
    """Of one article every draw is the same, and the interval a point."""
    found = compare(GOLD[:9], EMPTY[:9], GOLD[:9])
    assert found.verdict == "no difference"
    assert "9 articles are too few" in found.why


def test_without_articles_there_is_nothing_to_compare() -> None:
    with pytest.raises(ValueError, match="no gold documents"):
        compare([], [], [])


@given(st.integers(0, 1000), st.integers(10, 20), st.floats(0.2, 0.9), st.floats(0.2, 0.9))
def test_the_other_way_round_it_says_the_opposite(seed: int, documents: int, old: float, new: float) -> None:
    one, other = simulated(seed, documents, old, new)
    there, back = compare_counts(one, other, resamples=100), compare_counts(other, one, resamples=100)
    for key in (*SCORES, MEAN):
        assert back.scores[key].difference == pytest.approx(-there.scores[key].difference)
        assert back.scores[key].low == pytest.approx(-there.scores[key].high)
        assert there.scores[key].low <= there.scores[key].high
    mean = there.scores[MEAN]
    assert mean.difference == pytest.approx(np.mean([there.scores[key].difference for key in SCORES]))


def test_chance_alone_seldom_looks_like_a_difference_and_a_difference_is_seen() -> None:
    equal = [compare_counts(*simulated(seed, 60, 0.8, 0.8), resamples=500).verdict for seed in range(200)]
    assert equal.count("better") <= 200 * 0.06
    assert equal.count("worse") <= 200 * 0.11
    apart = [compare_counts(*simulated(seed, 60, 0.75, 0.8), resamples=500).verdict for seed in range(50)]
    assert apart.count("better") >= 45


def test_the_articles_are_paired() -> None:
    """Apart, the two intervals overlap widely: articles differ more than the models do."""
    old, _ = simulated(1, 40, 0.7, 0.7)
    new = old.copy()
    new[..., 0] += new[..., 0] < new[..., 2]  # one more item of each article
    ranges = [metrics.score(side)[metrics.SPAN] for side in (old, new)]
    assert ranges[0].high > ranges[1].low
    assert compare_counts(old, new).scores[metrics.SPAN].low > 0


@pytest.mark.parametrize(
    ("mean", "links", "verdict"),
    [
        ((0.01, 0.03), (-0.01, 0.02), "better"),
        ((-0.01, 0.03), (0.01, 0.02), "no difference"),
        ((-0.03, -0.01), (-0.01, 0.02), "worse"),
        ((0.01, 0.03), (-0.05, -0.01), "worse"),
        ((0.0, 0.03), (0.0, 0.0), "no difference"),
    ],
)
def test_the_word_is_on_the_mean_and_no_score_may_clearly_fall(
    mean: tuple[float, float], links: tuple[float, float], verdict: str
) -> None:
    scores = {key: Difference(0.5, 0.5, 0.0, -0.01, 0.01) for key in SCORES}
    scores[metrics.LINK] = Difference(0.5, 0.5, 0.0, *links)
    scores[MEAN] = Difference(0.5, 0.5, 0.0, *mean)
    said, why = _judge(50, scores)
    assert said == verdict
    assert ("clearly lower: link" in why) == (links[1] < 0)
