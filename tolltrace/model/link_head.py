"""The link head: scores pairs of spans, each in the light of the other pairs of its figure and of its other end."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from tolltrace import scheme
from tolltrace.model.candidates import FEATURE_SIZES

FEATURE_WIDTH = 16
ATTENTION_HEADS = 4


class LinkHead(nn.Module):
    """Scores pairs of spans: both spans, their product, the words between them, and features of the pair; then, in
    each of ``layers``, what the other pairs of the same figure and those of the same tail look like.

    ``states`` [n, hidden]; ``spans`` [s, 3] first word, last word, label; ``pairs`` [p, 2] places in ``spans``;
    ``features`` [p, f]. Gives logits [p, links].
    """

    def __init__(self, hidden: int, span_size: int, pair_size: int, layers: int, dropout: float) -> None:
        super().__init__()
        self.labels = nn.Embedding(len(scheme.LABEL_NAMES), 32)
        self.head = nn.Linear(3 * hidden + 32, span_size)
        self.tail = nn.Linear(3 * hidden + 32, span_size)
        self.between = nn.Linear(hidden, span_size)
        self.features = nn.ModuleList(nn.Embedding(size, FEATURE_WIDTH) for size in FEATURE_SIZES)
        self.pair = nn.Linear(4 * span_size + FEATURE_WIDTH * len(FEATURE_SIZES), pair_size)
        self.layers = nn.ModuleList(TableLayer(pair_size, dropout) for _ in range(layers))
        self.score = nn.Linear(pair_size, len(scheme.LINK_NAMES))
        self.dropout = nn.Dropout(dropout)

    def forward(self, states: Tensor, spans: Tensor, pairs: Tensor, features: Tensor) -> Tensor:
        # [n + 1, hidden]: the mean of any range in one step. Apple's GPUs have no double precision.
        exact = torch.float32 if states.device.type == "mps" else torch.float64
        sums = functional.pad(states.to(exact).cumsum(0), (0, 0, 1, 0))
        first, last, label = spans[:, 0], spans[:, 1], spans[:, 2]
        inside = _mean(sums, first, last + 1).to(states.dtype)
        span = self.dropout(torch.cat([states[first], states[last], inside, self.labels(label)], dim=-1))
        head = functional.gelu(self.head(span))[pairs[:, 0]]
        tail = functional.gelu(self.tail(span))[pairs[:, 1]]
        left = torch.minimum(last[pairs[:, 0]], last[pairs[:, 1]]) + 1
        right = torch.maximum(torch.maximum(first[pairs[:, 0]], first[pairs[:, 1]]), left)
        between = functional.gelu(self.between(_mean(sums, left, right).to(states.dtype)))
        embedded = [embedding(features[:, i]) for i, embedding in enumerate(self.features)]
        pair = self.pair(self.dropout(torch.cat([head, tail, head * tail, between, *embedded], dim=-1)))
        pair = functional.gelu(pair)
        if len(pairs):
            rows, columns = group(pairs[:, 0]), group(pairs[:, 1])
            for layer in self.layers:
                pair = layer(pair, rows, columns)
        logits: Tensor = self.score(self.dropout(pair))
        return logits


def _mean(sums: Tensor, start: Tensor, end: Tensor) -> Tensor:
    return (sums[end] - sums[start]) / (end - start).clamp(min=1).unsqueeze(-1)


def group(keys: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Places of items in a table with a row for each distinct key: row and column of each item, [p] and [p], and which
    cells of the table hold one, [rows, columns]."""
    order = torch.argsort(keys, stable=True)
    _, row_of, sizes = torch.unique_consecutive(keys[order], return_inverse=True, return_counts=True)
    row, column = torch.empty_like(keys), torch.empty_like(keys)
    row[order] = row_of
    column[order] = torch.arange(len(keys), device=keys.device) - (sizes.cumsum(0) - sizes)[row_of]
    filled = torch.arange(int(sizes.max()), device=keys.device) < sizes.unsqueeze(-1)
    return row, column, filled


class TableLayer(nn.Module):
    """The table of figures by spans, read by rows and by columns, then mixed; residual, [p, size] to [p, size]."""

    def __init__(self, size: int, dropout: float) -> None:
        super().__init__()
        self.by_row = GroupAttention(size, dropout)
        self.by_column = GroupAttention(size, dropout)
        self.mix = nn.Sequential(
            nn.LayerNorm(size), nn.Linear(size, 2 * size), nn.GELU(), nn.Linear(2 * size, size), nn.Dropout(dropout)
        )

    def forward(
        self, pairs: Tensor, rows: tuple[Tensor, Tensor, Tensor], columns: tuple[Tensor, Tensor, Tensor]
    ) -> Tensor:
        pairs = pairs + self.by_row(pairs, *rows)
        pairs = pairs + self.by_column(pairs, *columns)
        mixed: Tensor = pairs + self.mix(pairs)
        return mixed


class GroupAttention(nn.Module):
    """Self-attention among the items of each group, [p, size] to [p, size]; the groups are those of :func:`group`."""

    def __init__(self, size: int, dropout: float) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(size)
        self.inward = nn.Linear(size, 3 * size)
        self.outward = nn.Linear(size, size)
        self.dropout = nn.Dropout(dropout)

    def forward(self, items: Tensor, row: Tensor, column: Tensor, filled: Tensor) -> Tensor:
        table = items.new_zeros(*filled.shape, 3 * items.shape[-1])
        table[row, column] = self.inward(self.norm(items)).to(table.dtype)
        # [3, rows, heads, columns, size of a head]
        query, key, value = table.unflatten(-1, (3, ATTENTION_HEADS, -1)).permute(2, 0, 3, 1, 4)
        seen = functional.scaled_dot_product_attention(query, key, value, attn_mask=filled[:, None, None, :])
        found: Tensor = self.dropout(self.outward(seen.transpose(1, 2).flatten(-2)[row, column]))
        return found
