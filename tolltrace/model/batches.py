"""Encoded documents to tensors: windows for the encoder, and flat token, span and pair numbers for the heads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from tolltrace.model import windows
from tolltrace.model.candidates import Candidates


def special_tokens(tokenizer: Any) -> tuple[list[int], list[int]]:
    """Ids that the tokenizer puts before and behind a sequence."""
    probe = tokenizer("a", add_special_tokens=False)["input_ids"]
    whole = tokenizer("a")["input_ids"]
    at = next(i for i in range(len(whole)) if whole[i : i + len(probe)] == probe)
    return whole[:at], whole[at + len(probe) :]


class Windower:
    """Cuts token ids into padded windows for one tokenizer and window size."""

    def __init__(self, tokenizer: Any, window: int, overlap: int) -> None:
        self.before, self.behind = special_tokens(tokenizer)
        self.pad = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else 0
        self.size = window - len(self.before) - len(self.behind)
        self.overlap = overlap

    def ranges(self, length: int) -> list[tuple[int, int]]:
        """Token ranges of the windows over a document of ``length`` tokens."""
        return windows.split(length, self.size, self.overlap)

    def batch(
        self, pieces: Sequence[tuple[Sequence[int] | np.ndarray[Any, Any], tuple[int, int], int]]
    ) -> dict[str, Tensor]:
        """Tensors of windows: each piece is (a document's token ids, the window's range, the document's first place).

        Gives ``input_ids``, ``attention_mask``, ``index``, ``weight``, each [windows, tokens].
        """
        longest = max(end - start for _, (start, end), _ in pieces) + len(self.before) + len(self.behind)
        shape = (len(pieces), longest)
        ids = np.full(shape, self.pad, dtype=np.int64)
        mask = np.zeros(shape, dtype=np.int64)
        index = np.full(shape, -1, dtype=np.int64)
        weight = np.zeros(shape, dtype=np.float32)
        for row, (tokens, (start, end), base) in enumerate(pieces):
            content = slice(len(self.before), len(self.before) + end - start)
            total = content.stop + len(self.behind)
            ids[row, : content.start] = self.before
            ids[row, content] = tokens[start:end]
            ids[row, content.stop : total] = self.behind
            mask[row, :total] = 1
            index[row, content] = np.arange(base + start, base + end)
            weight[row, content] = windows.edge_weights(start, end, len(tokens), self.overlap)
        return {
            "input_ids": torch.from_numpy(ids),
            "attention_mask": torch.from_numpy(mask),
            "index": torch.from_numpy(index),
            "weight": torch.from_numpy(weight),
        }


def join_spans(
    spans: Sequence[Sequence[tuple[int, int, int]]], candidates: Sequence[Candidates], lengths: Sequence[int]
) -> dict[str, Tensor]:
    """Spans and candidates of several documents as one list, their tokens standing one document after the other."""
    token_base = np.concatenate([[0], np.cumsum(lengths)])
    span_base = np.concatenate([[0], np.cumsum([len(s) for s in spans])])
    tables = [
        np.asarray(s, dtype=np.int64).reshape(-1, 3) + np.array([base, base, 0])
        for s, base in zip(spans, token_base[:-1], strict=True)
    ]
    return {
        "spans": torch.from_numpy(np.concatenate(tables)),
        "pairs": torch.from_numpy(np.concatenate([c.pairs + span_base[i] for i, c in enumerate(candidates)])),
        "features": torch.from_numpy(np.concatenate([c.features for c in candidates])),
        "allowed": torch.from_numpy(np.concatenate([c.allowed for c in candidates])),
    }
