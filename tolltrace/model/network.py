"""The network: one encoder, a BIO tag head for each layer of the scheme, and a link head over pairs of spans."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import AutoConfig, AutoModel, PreTrainedModel
from transformers.utils.generic import ModelOutput

from tolltrace import scheme
from tolltrace.model.candidates import FEATURE_SIZES
from tolltrace.model.config import TolltraceConfig
from tolltrace.model.encoding import SHAPES, TAG_COUNTS

IGNORED = -100
FEATURE_WIDTH = 16


class ShapeEmbedding(nn.Embedding):
    """Added to the encoder's own embeddings; it begins at zero, so that a pretrained encoder begins as it was."""


class TagHeads(nn.Module):
    """One linear BIO classifier a layer. States [n, hidden] give logits [n, all tags], layers side by side."""

    def __init__(self, hidden: int, dropout: float) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.linear = nn.Linear(hidden, sum(TAG_COUNTS))

    def forward(self, states: Tensor) -> Tensor:
        logits: Tensor = self.linear(self.dropout(states))
        return logits


class LinkHead(nn.Module):
    """Scores pairs of spans: both spans, their product, the words between them, and features of the pair.

    ``states`` [n, hidden]; ``spans`` [s, 3] first word, last word, label; ``pairs`` [p, 2] places in ``spans``;
    ``features`` [p, f]. Gives logits [p, links].
    """

    def __init__(self, hidden: int, span_size: int, pair_size: int, dropout: float) -> None:
        super().__init__()
        self.labels = nn.Embedding(len(scheme.LABEL_NAMES), 32)
        self.head = nn.Linear(3 * hidden + 32, span_size)
        self.tail = nn.Linear(3 * hidden + 32, span_size)
        self.between = nn.Linear(hidden, span_size)
        self.features = nn.ModuleList(nn.Embedding(size, FEATURE_WIDTH) for size in FEATURE_SIZES)
        self.pair = nn.Linear(4 * span_size + FEATURE_WIDTH * len(FEATURE_SIZES), pair_size)
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
        more = [self.extra(states, spans, pairs)] if len(pairs) and isinstance(self, MarkerHead) else []
        if isinstance(self, MarkerHead) and not more:
            more = [states.new_zeros(0, 576)]
        pair = self.pair(self.dropout(torch.cat([head, tail, head * tail, between, *embedded, *more], dim=-1)))
        return self.decide(pair, pairs)

    def decide(self, pair: Tensor, pairs: Tensor) -> Tensor:
        logits: Tensor = self.score(self.dropout(functional.gelu(pair)))
        return logits


def _mean(sums: Tensor, start: Tensor, end: Tensor) -> Tensor:
    return (sums[end] - sums[start]) / (end - start).clamp(min=1).unsqueeze(-1)


class BiaffineHead(nn.Module):
    """Biaffine in place of the pair's two layers."""

    def __init__(self, hidden: int, span_size: int, pair_size: int, dropout: float) -> None:
        super().__init__()
        self.labels = nn.Embedding(len(scheme.LABEL_NAMES), 32)
        self.head = nn.Linear(3 * hidden + 32, span_size)
        self.tail = nn.Linear(3 * hidden + 32, span_size)
        self.features = nn.ModuleList(nn.Embedding(size, FEATURE_WIDTH) for size in FEATURE_SIZES)
        links = len(scheme.LINK_NAMES)
        self.bilinear = nn.Parameter(torch.zeros(links, span_size, span_size))
        self.linear = nn.Linear(2 * span_size + FEATURE_WIDTH * len(FEATURE_SIZES), links)
        self.dropout = nn.Dropout(dropout)

    def forward(self, states: Tensor, spans: Tensor, pairs: Tensor, features: Tensor) -> Tensor:
        sums = functional.pad(states.double().cumsum(0), (0, 0, 1, 0))
        first, last, label = spans[:, 0], spans[:, 1], spans[:, 2]
        inside = _mean(sums, first, last + 1).to(states.dtype)
        span = self.dropout(torch.cat([states[first], states[last], inside, self.labels(label)], dim=-1))
        head, tail = functional.gelu(self.head(span)), functional.gelu(self.tail(span))
        turned = torch.einsum("sd,lde->sle", head, self.bilinear)[pairs[:, 0]]
        embedded = [embedding(features[:, i]) for i, embedding in enumerate(self.features)]
        h, t = head[pairs[:, 0]], tail[pairs[:, 1]]
        return torch.einsum("ple,pe->pl", turned, t) + self.linear(self.dropout(torch.cat([h, t, *embedded], dim=-1)))


def grouped(keys: Tensor) -> tuple[Tensor, Tensor, int, int]:
    """Row and column of each item in a table with a row for each key; rows, columns."""
    order = torch.argsort(keys, stable=True)
    _, inverse, counts = torch.unique_consecutive(keys[order], return_inverse=True, return_counts=True)
    position = torch.arange(len(keys), device=keys.device) - (counts.cumsum(0) - counts)[inverse]
    row, column = torch.empty_like(keys), torch.empty_like(keys)
    row[order], column[order] = inverse, position
    return row, column, len(counts), int(counts.max())


class Attend(nn.Module):
    """Pairs of one group attend to one another."""

    def __init__(self, size: int, dropout: float, heads: int = 4) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(size)
        self.inward = nn.Linear(size, 3 * size)
        self.outward = nn.Linear(size, size)
        self.heads = heads
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, keys: Tensor) -> Tensor:
        row, column, rows, columns = grouped(keys)
        size = x.shape[-1]
        table = x.new_zeros(rows, columns, 3 * size)
        table[row, column] = self.inward(self.norm(x))
        real = torch.zeros(rows, columns, dtype=torch.bool, device=x.device)
        real[row, column] = True
        q, k, v = table.view(rows, columns, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        out = functional.scaled_dot_product_attention(q, k, v, attn_mask=real[:, None, None, :])
        out = out.transpose(1, 2).reshape(rows, columns, size)[row, column]
        return x + self.dropout(self.outward(out))


class TableHead(LinkHead):
    """The pair head with attention among the pairs of one figure and among the pairs of one tail, before the score."""

    def __init__(self, hidden: int, span_size: int, pair_size: int, dropout: float) -> None:
        super().__init__(hidden, span_size, pair_size, dropout)
        self.rows = nn.ModuleList(Attend(pair_size, dropout) for _ in range(2))
        self.columns = nn.ModuleList(Attend(pair_size, dropout) for _ in range(2))
        self.mix = nn.ModuleList(nn.Sequential(nn.LayerNorm(pair_size), nn.Linear(pair_size, 2 * pair_size), nn.GELU(), nn.Linear(2 * pair_size, pair_size)) for _ in range(2))
        self.last = nn.LayerNorm(pair_size)

    def decide(self, pair: Tensor, pairs: Tensor) -> Tensor:
        x = functional.gelu(pair)
        if len(x):
            for row, column, mix in zip(self.rows, self.columns, self.mix):
                x = column(row(x, pairs[:, 0]), pairs[:, 1])
                x = x + self.dropout(mix(x))
        return self.score(self.dropout(self.last(x)))


class MarkerHead(LinkHead):
    """A second pass over the words around each figure, marked with the figure and the labels of all spans."""

    def __init__(self, hidden: int, span_size: int, pair_size: int, dropout: float) -> None:
        super().__init__(hidden, span_size, pair_size, dropout)
        self.down = nn.Linear(hidden, 192)
        self.marks = nn.Embedding(len(scheme.LABEL_NAMES), 192)
        self.figure = nn.Embedding(2, 192)
        self.place = nn.Embedding(301, 192)
        layer = nn.TransformerEncoderLayer(192, 4, 384, dropout, "gelu", batch_first=True, norm_first=True)
        self.second = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.pair = nn.Linear(4 * span_size + FEATURE_WIDTH * len(FEATURE_SIZES) + 3 * 192, pair_size)

    def extra(self, states: Tensor, spans: Tensor, pairs: Tensor) -> Tensor:
        heads, inverse = torch.unique(pairs[:, 0], return_inverse=True)
        marked = torch.zeros(len(states), 192, dtype=states.dtype, device=states.device)
        lengths = spans[:, 1] - spans[:, 0] + 1
        owner = torch.repeat_interleave(torch.arange(len(spans)), lengths)
        words = torch.arange(int(lengths.sum())) - (lengths.cumsum(0) - lengths)[owner] + spans[owner, 0]
        marked = marked.index_add(0, words, self.marks(spans[owner, 2]))
        base = self.down(states) + marked
        start = spans[heads, 0]
        offset = torch.arange(-130, 131)
        around = start[:, None] + offset[None]
        real = (around >= 0) & (around < len(states))
        # documents of a batch stand one after the other: words of a neighbour are harmless, but not seen in use
        x = base[around.clamp(0, len(states) - 1)] + self.place(offset + 150)[None]
        inside = (around >= start[:, None]) & (around <= spans[heads, 1][:, None])
        x = x + self.figure(inside.long())
        x = self.second(x, src_key_padding_mask=~real)
        tail_first = (spans[pairs[:, 1], 0] - start[inverse] + 130).clamp(0, 260)
        tail_last = (spans[pairs[:, 1], 1] - start[inverse] + 130).clamp(0, 260)
        return torch.cat([x[inverse, tail_first], x[inverse, tail_last], x[inverse, torch.full_like(inverse, 130)]], -1)


LINK_HEADS = {"pair": LinkHead, "biaffine": BiaffineHead, "table": TableHead, "marker": MarkerHead}


def weight_lengths(index: Tensor, lengths: Any) -> Any:
    return lengths


def crf_loss(logits: Tensor, tags: Tensor, transitions: Tensor, lengths: Tensor) -> Tensor:
    """Negative log likelihood of a linear chain for each layer, averaged over words."""
    longest = int(lengths.max())
    starts = lengths.cumsum(0) - lengths
    places = (starts[:, None] + torch.arange(longest)[None]).clamp(max=len(logits) - 1)
    real = torch.arange(longest)[None] < lengths[:, None]
    total, at = logits.new_zeros(()), 0
    for part, gold, table in zip(logits.split(TAG_COUNTS, -1), tags, transitions.split([n * n for n in TAG_COUNTS]), strict=True):
        n = part.shape[1]
        table = table.view(n, n)
        emit, true = part[places], gold[places]
        alpha = emit[:, 0]
        for t in range(1, longest):
            nxt = torch.logsumexp(alpha[:, :, None] + table[None], 1) + emit[:, t]
            alpha = torch.where(real[:, t, None], nxt, alpha)
        z = torch.logsumexp(alpha, -1)
        score = (emit.gather(2, true[..., None]).squeeze(-1) * real).sum(1)
        score = score + (table[true[:, :-1], true[:, 1:]] * real[:, 1:]).sum(1)
        total = total + (z - score).sum() / lengths.sum()
    return total


class Merger:
    """Merges the states of the tokens of overlapping windows to one state a word, [length, hidden].

    The tag heads are linear, so this is the same as merging their logits.
    """

    def __init__(self, length: int, hidden: int, device: torch.device) -> None:
        self.total = torch.zeros(length, hidden, device=device)
        self.norm = torch.zeros(length, 1, device=device)

    def add(self, states: Tensor, index: Tensor, weight: Tensor) -> None:
        """Add windows: ``states`` [w, t, hidden]; ``index`` [w, t] the place of each token's word, -1 for
        special tokens and padding; ``weight`` [w, t]."""
        kept = index >= 0
        places, weights = index[kept], weight[kept].unsqueeze(-1)
        self.total.index_add_(0, places, states[kept].float() * weights)
        self.norm.index_add_(0, places, weights)

    def merged(self) -> Tensor:
        return self.total / self.norm


@dataclass
class TolltraceOutput(ModelOutput):
    """``loss``: scalar where tags were given; ``tag_logits`` [n, all tags]; ``link_logits`` [p, links]."""

    loss: Tensor | None = None
    tag_logits: Tensor | None = None
    link_logits: Tensor | None = None


class TolltraceModel(PreTrainedModel):
    """Token classification in layers, and links, over the windows of one or more documents, merged to one sequence."""

    config_class = TolltraceConfig
    base_model_prefix = "encoder"
    main_input_name = "input_ids"
    accepts_loss_kwargs = False
    supports_gradient_checkpointing = False
    loss_weights: Any = None
    focal: float = 0.0
    _supports_sdpa = True

    def __init__(self, config: TolltraceConfig) -> None:
        super().__init__(config)
        encoder_config = config.encoder_config()
        try:
            self.encoder = AutoModel.from_config(encoder_config, add_pooling_layer=False)
        except TypeError:  # DeBERTa-v2 and others have no pooling layer to leave out
            self.encoder = AutoModel.from_config(encoder_config)
        hidden = encoder_config.hidden_size
        self.shapes = ShapeEmbedding(len(SHAPES), self.encoder.get_input_embeddings().embedding_dim)
        self.tag_heads = TagHeads(hidden, config.dropout)
        self.link_head = LINK_HEADS[config.link_form](hidden, config.span_size, config.pair_size, config.dropout)
        if config.crf:
            self.tag_heads.transitions = nn.Parameter(torch.zeros(sum(n * n for n in TAG_COUNTS)))
        self.post_init()

    def _init_weights(self, module: nn.Module) -> None:
        if isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, std=0.02)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, ShapeEmbedding):
            nn.init.zeros_(module.weight)
        elif isinstance(module, nn.Embedding):
            nn.init.normal_(module.weight, std=0.02)
        elif isinstance(module, nn.LayerNorm):
            nn.init.ones_(module.weight)
            nn.init.zeros_(module.bias)

    def encode(self, input_ids: Tensor, attention_mask: Tensor, shapes: Tensor) -> Tensor:
        """States [windows, tokens, hidden] of windows [windows, tokens]; ``shapes``: how each word is written."""
        embedded = self.encoder.get_input_embeddings()(input_ids)
        embedded = embedded + self.shapes(shapes).to(embedded.dtype)
        states: Tensor = self.encoder(inputs_embeds=embedded, attention_mask=attention_mask).last_hidden_state
        return states

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor,
        shapes: Tensor,
        index: Tensor,
        weight: Tensor,
        spans: Tensor,
        pairs: Tensor,
        features: Tensor,
        allowed: Tensor,
        tags: Tensor | None = None,
        targets: Tensor | None = None,
        **_: Any,
    ) -> TolltraceOutput:
        """One batch, as :mod:`tolltrace.model.batches` builds it. ``tags`` [layers, n] and ``targets`` [p, links] give
        the loss."""
        encoded = self.encode(input_ids, attention_mask, shapes)
        merger = Merger(int(index.max()) + 1, encoded.shape[-1], encoded.device)
        merger.add(encoded, index, weight)
        states = merger.merged()
        tag_logits = self.tag_heads(states)
        link_logits = self.link_head(states, spans, pairs, features)
        loss = None
        if tags is not None and targets is not None:
            found = crf_loss(tag_logits, tags, self.tag_heads.transitions, weight_lengths(index, _.get("lengths"))) if self.config.crf else tag_loss(tag_logits, tags, self.loss_weights, self.focal)
            loss = found + self.config.link_weight * link_loss(link_logits, targets, allowed, len(states))
        return TolltraceOutput(loss=loss, tag_logits=tag_logits, link_logits=link_logits)


def tag_loss(logits: Tensor, tags: Tensor, weights: Any = None, focal: float = 0.0) -> Tensor:
    """Cross entropy, summed over layers and averaged over tokens. Logits [n, all tags], tags [layers, n]."""
    losses = []
    for i, (part, gold) in enumerate(zip(logits.split(TAG_COUNTS, dim=-1), tags, strict=True)):
        each = functional.cross_entropy(part.float(), gold, ignore_index=IGNORED, reduction="none", weight=weights[i] if weights else None)
        if focal:
            each = each * (1 - functional.softmax(part.float(), -1).gather(1, gold.unsqueeze(1)).squeeze(1)) ** focal
        losses.append(each.mean())
    return torch.stack(losses).sum()


def link_loss(logits: Tensor, targets: Tensor, allowed: Tensor, words: int = 0) -> Tensor:
    """Binary cross entropy over the labels that each pair allows, for each word of the text."""
    losses = functional.binary_cross_entropy_with_logits(logits.float(), targets, reduction="none")
    return (losses * allowed).sum() / (2.9 * words if words else allowed.sum().clamp(min=1))


AutoConfig.register(TolltraceConfig.model_type, TolltraceConfig)
AutoModel.register(TolltraceConfig, TolltraceModel)
