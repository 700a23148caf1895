"""Text to tokens and annotations to tags: the inverse of :mod:`tolltrace.model.decoding`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tolltrace import scheme
from tolltrace.documents import AnnotatedDocument, Link, Span

Ranges = Sequence[tuple[int, int]]
TAG_INDEX = {layer: {tag: i for i, tag in enumerate(scheme.layer_tags(layer))} for layer in scheme.LAYERS}


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of a document's body: ``ids`` [n] and character ``offsets`` [n, 2] into the text as it was given.

    ``sentence`` [n]: number of the sentence that each token stands in.
    """

    ids: NDArray[np.int64]
    offsets: NDArray[np.int64]
    sentence: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.ids)


def tokenize(tokenizer: Any, texts: Sequence[str], bodies: Sequence[Ranges]) -> list[Tokens]:
    """Tokens of each text that lie in its body (character ranges); white space and set-aside text give none."""
    if not texts:
        return []
    encoded = tokenizer(
        list(texts), add_special_tokens=False, return_offsets_mapping=True, return_attention_mask=False, verbose=False
    )
    result = []
    for text, body, ids, pairs in zip(texts, bodies, encoded["input_ids"], encoded["offset_mapping"], strict=True):
        offsets = np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
        keep = offsets[:, 1] > offsets[:, 0]
        starts, ends = (
            np.asarray([r[0] for r in body], dtype=np.int64),
            np.asarray([r[1] for r in body], dtype=np.int64),
        )
        inside = np.searchsorted(starts, offsets[:, 0], side="right") - 1
        keep &= inside >= 0
        if len(ends):
            keep &= offsets[:, 1] <= ends[np.maximum(inside, 0)]
        kept = offsets[keep]
        sentences = np.searchsorted(sentence_starts(text), kept[:, 0], side="right")
        result.append(Tokens(np.asarray(ids, dtype=np.int64)[keep], kept, sentences.astype(np.int64)))
    return result


@dataclass(frozen=True, slots=True)
class Truth:
    """Annotations on tokens: ``tags`` [layers, n], ``spans`` (first token, last token, label index) and ``links``
    (head's and tail's place in ``spans``, link index). ``lost``: spans and links that no token range can hold."""

    tags: NDArray[np.int64]
    spans: list[tuple[int, int, int]]
    links: list[tuple[int, int, int]]
    lost: tuple[Span | Link, ...]


def align(tokens: Tokens, annotated: AnnotatedDocument) -> Truth:
    """Annotations as tags and token spans; what token boundaries or set-aside text cut off is named in ``lost``."""
    first_at = {int(start): i for i, start in enumerate(tokens.offsets[:, 0])}
    last_at = {int(end): i for i, end in enumerate(tokens.offsets[:, 1])}
    tags = np.zeros((len(scheme.LAYERS), len(tokens)), dtype=np.int64)
    spans: list[tuple[int, int, int]] = []
    places: dict[Span, int] = {}
    lost: list[Span | Link] = []
    for span in annotated.spans:
        first, last = first_at.get(span.start), last_at.get(span.end)
        if first is None or last is None or last < first:
            lost.append(span)
            continue
        row, index = scheme.LAYERS.index(span.layer), TAG_INDEX[span.layer]
        tags[row, first] = index[f"B-{span.label}"]
        tags[row, first + 1 : last + 1] = index[f"I-{span.label}"]
        places[span] = len(spans)
        spans.append((first, last, scheme.LABEL_NAMES.index(span.label)))
    links = []
    for link in annotated.links:
        if link.head in places and link.tail in places:
            links.append((places[link.head], places[link.tail], scheme.LINK_NAMES.index(link.label)))
        else:
            lost.append(link)
    return Truth(tags, spans, links, tuple(lost))


SENTENCE_END = re.compile(r"[.!?][\"'”’)\]]*\s+(?=[^\sa-z])|\n+")


def sentence_starts(text: str) -> NDArray[np.int64]:
    """Offsets at which sentences start."""
    return np.array([0, *(m.end() for m in SENTENCE_END.finditer(text))], dtype=np.int64)
