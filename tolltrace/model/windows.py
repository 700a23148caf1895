"""Overlapping windows over a document's tokens, so that an article may have any length."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def split(length: int, size: int, overlap: int) -> list[tuple[int, int]]:
    """Token ranges ``[start, end)`` of the windows over ``length`` tokens: as few as can be, and of about one length.

    No window holds more than ``size`` tokens, and neighbours share at least ``overlap``. Raises ValueError where the
    windows could not advance.
    """
    if not 0 <= overlap < size:
        raise ValueError(f"overlap must be from 0 to {size - 1} (the window's size less one), not {overlap}")
    if length <= size:
        return [(0, length)] if length else []
    number = -(-(length - overlap) // (size - overlap))
    each = -(-(length + (number - 1) * overlap) // number)
    return [(start, start + each) for start in (i * (length - each) // (number - 1) for i in range(number))]


def edge_weights(start: int, end: int, length: int, overlap: int) -> NDArray[np.float32]:
    """Weight of each token of a window when windows are merged: less where it sees little context, shape [end - start].

    Rises from 1 at an edge that cuts the text to ``overlap`` + 1; the text's own beginning and end cost nothing.
    """
    position = np.arange(end - start, dtype=np.float32)
    left = position if start > 0 else np.full_like(position, overlap)
    right = position[::-1] if end < length else np.full_like(position, overlap)
    weights: NDArray[np.float32] = np.minimum(np.minimum(left, right), overlap) + 1
    return weights
