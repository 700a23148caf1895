"""Encoded documents to tensors: windows for the encoder, and flat word, span and pair numbers for the heads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from tolltrace.model import windows
from tolltrace.model.candidates import Candidates


def special_tokens(tokenizer: Any) -> tuple[list[int], list[int]]:
    """Ids that the tokenizer puts before and behind a sequence."""
    probe = tokenizer("a", add_special_tokens=False)["input_ids"]
    whole = tokenizer("a")["input_ids"]
    at = next(i for i in range(len(whole)) if whole[i : i + len(probe)] == probe)
    return whole[:at], whole[at + len(probe) :]


@dataclass(frozen=True, slots=True)
class Piece:
    """A window ``[start, end)`` of a document's tokens; see :meth:`Windower.pieces`."""

    ids: NDArray[np.int64]
    word: NDArray[np.int64]
    shape: NDArray[np.int64]
    base: int
    start: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.start


class Windower:
    """Cuts token ids into padded windows for one tokenizer and window size."""

    def __init__(self, tokenizer: Any, window: int, overlap: int) -> None:
        self.before, self.behind = special_tokens(tokenizer)
        self.pad = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else 0
        self.size = window - len(self.before) - len(self.behind)
        self.overlap = overlap

    def pieces(
        self, ids: NDArray[np.int64], word: NDArray[np.int64], shape: NDArray[np.int64], base: int
    ) -> list[Piece]:
        """The windows over a document's tokens; ``base`` is the place of its first word in the merged sequence."""
        return [Piece(ids, word, shape, base, *r) for r in windows.split(len(ids), self.size, self.overlap)]

    def batch(self, pieces: Sequence[Piece]) -> dict[str, Tensor]:
        """Tensors of windows, each [windows, tokens]: ``input_ids``, ``attention_mask``, ``shapes``, ``index``,
        ``weight``."""
        longest = max(piece.length for piece in pieces) + len(self.before) + len(self.behind)
        size = (len(pieces), longest)
        ids = np.full(size, self.pad, dtype=np.int64)
        mask, shapes = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
        index = np.full(size, -1, dtype=np.int64)
        weight = np.zeros(size, dtype=np.float32)
        for row, piece in enumerate(pieces):
            content = slice(len(self.before), len(self.before) + piece.length)
            total = content.stop + len(self.behind)
            ids[row, : content.start] = self.before
            ids[row, content] = piece.ids[piece.start : piece.end]
            ids[row, content.stop : total] = self.behind
            mask[row, :total] = 1
            shapes[row, content] = piece.shape[piece.start : piece.end]
            index[row, content] = piece.word[piece.start : piece.end] + piece.base
            weight[row, content] = windows.edge_weights(piece.start, piece.end, len(piece.ids), self.overlap)
        return {
            "input_ids": torch.from_numpy(ids),
            "attention_mask": torch.from_numpy(mask),
            "shapes": torch.from_numpy(shapes),
            "index": torch.from_numpy(index),
            "weight": torch.from_numpy(weight),
        }


def join_spans(
    spans: Sequence[Sequence[tuple[int, int, int]]], candidates: Sequence[Candidates], lengths: Sequence[int]
) -> dict[str, Tensor]:
    """Spans and candidates of several documents as one list, their words standing one document after the other."""
    word_base = np.concatenate([[0], np.cumsum(lengths)])
    span_base = np.concatenate([[0], np.cumsum([len(s) for s in spans])])
    tables = [
        np.asarray(s, dtype=np.int64).reshape(-1, 3) + np.array([base, base, 0])
        for s, base in zip(spans, word_base[:-1], strict=True)
    ]
    return {
        "spans": torch.from_numpy(np.concatenate(tables)),
        "pairs": torch.from_numpy(np.concatenate([c.pairs + span_base[i] for i, c in enumerate(candidates)])),
        "features": torch.from_numpy(np.concatenate([c.features for c in candidates])),
        "allowed": torch.from_numpy(np.concatenate([c.allowed for c in candidates])),
    }
