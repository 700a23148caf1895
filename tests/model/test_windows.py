from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tolltrace.model.windows import edge_weights, split


@given(st.integers(0, 3000), st.integers(2, 600), st.integers(0, 599))
def test_windows_cover_every_token_overlap_enough_and_advance(length: int, size: int, overlap: int) -> None:
    overlap = min(overlap, size - 1)
    windows = split(length, size, overlap)
    assert (windows[0][0], windows[-1][1]) == (0, length) if length else windows == []
    assert all(0 < end - start <= size for start, end in windows)
    for (start, end), (next_start, next_end) in itertools.pairwise(windows):
        assert start < next_start <= end - overlap
        assert end < next_end
    if length > size:
        assert max(e - s for s, e in windows) == min(e - s for s, e in windows)


def test_windows_that_cannot_advance_are_refused() -> None:
    with pytest.raises(ValueError, match="overlap must be from 0 to 9"):
        split(100, 10, 10)


def test_weights_fall_towards_cut_edges_only() -> None:
    assert edge_weights(0, 6, 20, 2).tolist() == [3, 3, 3, 3, 2, 1]
    assert edge_weights(5, 11, 20, 2).tolist() == [1, 2, 3, 3, 2, 1]
    assert np.all(edge_weights(0, 20, 20, 2) == 3)
