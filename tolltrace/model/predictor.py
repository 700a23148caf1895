"""Spans and links of documents: tokens, windows, network, merged states, decoding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from tolltrace.documents import AnnotatedDocument, Document
from tolltrace.model import candidates as pairs
from tolltrace.model.batches import Windower, join_spans
from tolltrace.model.decoding import WordSpans, assemble, decode_links, decode_tags
from tolltrace.model.encoding import TAG_COUNTS, Ranges, Tokens, tokenize
from tolltrace.model.loading import LoadedModel
from tolltrace.model.network import Merger

CHUNK_WORDS = 8192


def best_device() -> torch.device:
    """A GPU where there is one, else the processor."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def best_dtype(device: torch.device) -> torch.dtype:
    """bf16 where the hardware multiplies in it, else float32."""
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float32
    if device.type == "cpu" and torch.cpu._is_avx512_bf16_supported():
        return torch.bfloat16
    return torch.float32


class Predictor:
    """Applies a loaded model to documents. ``batch_tokens``: tokens, padding counted in, of one run of the encoder."""

    def __init__(
        self,
        model: LoadedModel,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
        batch_tokens: int | None = None,
    ) -> None:
        self.device = torch.device(device) if device else best_device()
        self.dtype = dtype or best_dtype(self.device)
        self.network = model.network
        self.config = model.config
        self.tokenizer = model.tokenizer
        self.version = model.version
        self.batch_tokens = batch_tokens or (4096 if self.device.type == "cpu" else 131072)
        self.windower = Windower(model.tokenizer, self.config.window, self.config.overlap)
        self.network.to(self.device)  # type: ignore[arg-type]  # the stub knows modules only
        self.network.eval()
        self.network.encoder.to(self.dtype)

    @torch.inference_mode()
    def predict(self, documents: Sequence[Document], bodies: Sequence[Ranges] | None = None) -> list[AnnotatedDocument]:
        """Annotated documents, in order. ``bodies``: character ranges to read of each; without them the whole text."""
        bodies = bodies if bodies is not None else [[(0, len(d.text))] for d in documents]
        tokens = tokenize(self.tokenizer, [d.text for d in documents], bodies)
        if not any(t.words for t in tokens):
            return [AnnotatedDocument(document) for document in documents]
        return self.decode(documents, tokens, self.states(tokens))

    @torch.inference_mode()
    def decode(
        self, documents: Sequence[Document], tokens: Sequence[Tokens], states: Tensor
    ) -> list[AnnotatedDocument]:
        """Annotated documents from their tokens and :meth:`states`."""
        lengths = [t.words for t in tokens]
        logits = self.network.tag_heads(states).float().cpu().numpy()
        found = decode_tags(logits, lengths, self.config.temperatures["spans"])
        bases = np.concatenate([[0], np.cumsum(lengths)])
        result: list[AnnotatedDocument] = []
        for start, end in _chunks(lengths):
            part = states[int(bases[start]) : int(bases[end])]
            result += self._link(documents[start:end], tokens[start:end], found[start:end], part)
        return result

    @torch.inference_mode()
    def tag_probabilities(self, states: Tensor) -> NDArray[np.float32]:
        """The probabilities of all tags, layers side by side, for each word of ``states`` [words, hidden]."""
        logits = self.network.tag_heads(states).float() / self.config.temperatures["spans"]
        return torch.cat([part.softmax(-1) for part in logits.split(TAG_COUNTS, -1)], dim=-1).cpu().numpy()

    @torch.inference_mode()
    def link_probabilities(
        self,
        states: Tensor,
        tokens: Sequence[Tokens],
        spans: Sequence[Sequence[pairs.WordSpan]],
        options: Sequence[pairs.Candidates],
    ) -> NDArray[np.float32]:
        """Probabilities [p, links] of the candidate pairs of given spans, documents one after the other."""
        if not any(len(o.pairs) for o in options):
            return np.zeros((0, options[0].allowed.shape[1]), dtype=np.float32)
        joined = {k: v.to(self.device) for k, v in join_spans(spans, options, [t.words for t in tokens]).items()}
        logits = self.network.link_head(states, joined["spans"], joined["pairs"], joined["features"])
        scores: NDArray[np.float32] = torch.sigmoid(logits.float() / self.config.temperatures["links"]).cpu().numpy()
        return scores

    @torch.inference_mode()
    def states(self, tokens: Sequence[Tokens]) -> Tensor:
        """Merged encoder states of all documents, one after the other, [words, hidden]."""
        bases = np.concatenate([[0], np.cumsum([t.words for t in tokens])])
        pieces = [
            piece
            for t, base in zip(tokens, bases, strict=False)
            for piece in self.windower.pieces(t.ids, t.word, t.shape, int(base))
        ]
        pieces.sort(key=lambda piece: -piece.length)
        merger = Merger(int(bases[-1]), self.network.encoder.config.hidden_size, self.device)
        while pieces:
            rows = max(1, self.batch_tokens // pieces[0].length)
            batch = {k: v.to(self.device) for k, v in self.windower.batch(pieces[:rows]).items()}
            del pieces[:rows]
            states = self.network.encode(batch["input_ids"], batch["attention_mask"], batch["shapes"])
            merger.add(states, batch["index"], batch["weight"])
        return merger.merged()

    def _link(
        self, documents: Sequence[Document], tokens: Sequence[Tokens], found: Sequence[WordSpans], states: Tensor
    ) -> list[AnnotatedDocument]:
        spans = [[(int(a), int(b), int(c)) for a, b, c in f.places] for f in found]
        options = [
            pairs.find(s, t.sentence, self.config.reach, self.config.figure_reach)
            for s, t in zip(spans, tokens, strict=True)
        ]
        probabilities = self.link_probabilities(states, tokens, spans, options)
        split = np.split(probabilities, np.cumsum([len(o.pairs) for o in options])[:-1])
        return [
            assemble(document, t, f, decode_links(p, o, self.config.thresholds))
            for document, t, f, o, p in zip(documents, tokens, found, options, split, strict=True)
        ]


def _chunks(lengths: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Ranges of documents of about ``CHUNK_WORDS`` words, so that the link head's memory stays bounded."""
    start = total = 0
    for number, length in enumerate(lengths):
        if total and total + length > CHUNK_WORDS:
            yield start, number
            start, total = number, 0
        total += length
    if start < len(lengths):
        yield start, len(lengths)
