"""The network: one encoder, a BIO tag head for each layer of the scheme, and a link head over pairs of spans."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import AutoConfig, AutoModel, PreTrainedModel
from transformers.utils.generic import ModelOutput

from tolltrace.model.config import TolltraceConfig
from tolltrace.model.encoding import SHAPES, TAG_COUNTS
from tolltrace.model.link_head import LinkHead

IGNORED = -100
# Losses are sums over words, divided by a constant: averaged over each batch, a word or pair would weigh more in a
# batch of short texts with few figures than in others.
WORDS = 1000


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
        self.link_head = LinkHead(
            hidden, config.span_size, config.pair_size, layers=config.link_layers, dropout=config.dropout
        )
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
            loss = tag_loss(tag_logits, tags) + self.config.link_weight * link_loss(link_logits, targets, allowed)
        return TolltraceOutput(loss=loss, tag_logits=tag_logits, link_logits=link_logits)


def tag_loss(logits: Tensor, tags: Tensor) -> Tensor:
    """Cross entropy of all layers and words, for ``WORDS`` words. Logits [n, all tags], tags [layers, n]."""
    losses = [
        functional.cross_entropy(part.float(), gold, ignore_index=IGNORED, reduction="sum")
        for part, gold in zip(logits.split(TAG_COUNTS, dim=-1), tags, strict=True)
    ]
    return torch.stack(losses).sum() / WORDS


def link_loss(logits: Tensor, targets: Tensor, allowed: Tensor) -> Tensor:
    """Binary cross entropy over the labels that each pair allows, for ``WORDS`` words of text."""
    losses = functional.binary_cross_entropy_with_logits(logits.float(), targets, reduction="none")
    return (losses * allowed).sum() / WORDS


AutoConfig.register(TolltraceConfig.model_type, TolltraceConfig)
AutoModel.register(TolltraceConfig, TolltraceModel)
