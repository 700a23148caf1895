from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tolltrace import scheme
from tolltrace.model.candidates import FEATURE_SIZES, find, truth

LABELS = st.integers(0, len(scheme.LABEL_NAMES) - 1)


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 5), LABELS), max_size=30), st.integers(0, 200))
def test_all_and_only_allowed_pairs_within_reach(raw: list[tuple[int, int, int]], reach: int) -> None:
    spans = [(start, start + length, label) for start, length, label in raw]
    found = find(spans, np.arange(400) // 20, reach, 2 * reach)
    pairs = {tuple(pair) for pair in found.pairs.tolist()}
    wanted = set()
    for h, (start, _, head) in enumerate(spans):
        for t, (other, _, tail) in enumerate(spans):
            names = scheme.links_between(scheme.LABEL_NAMES[head], scheme.LABEL_NAMES[tail])
            limit = 2 * reach if scheme.LABEL_NAMES[tail] in scheme.COUNT_LABELS else reach
            if h != t and names and abs(start - other) <= limit:
                wanted.add((h, t))
    assert pairs == wanted
    assert found.features.shape == (len(pairs), len(FEATURE_SIZES))
    assert np.all((found.features >= 0) & (found.features < np.array(FEATURE_SIZES)))


def test_truth_marks_candidates_and_counts_what_is_out_of_reach() -> None:
    names = scheme.LABEL_NAMES.index
    spans = [(0, 0, names("COUNT")), (2, 2, names("KILLED")), (90, 90, names("SOURCE"))]
    found = find(spans, np.zeros(100, dtype=np.int64), 50, 50)
    targets, missed = truth(found, [(0, 1, scheme.LINK_NAMES.index("harm")), (0, 2, scheme.LINK_NAMES.index("source"))])
    assert found.pairs.tolist() == [[0, 1]]
    assert targets.sum() == targets[0, scheme.LINK_NAMES.index("harm")] == 1
    assert missed == 1
