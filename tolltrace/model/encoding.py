"""Text to tokens and annotations to tags: the inverse of :mod:`tolltrace.model.decoding`."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tolltrace import scheme
from tolltrace.documents import AnnotatedDocument, Link, Span
from tolltrace.sentences import Sentences

Ranges = Sequence[tuple[int, int]]
SPACES = np.array([code for code in range(0x3001) if chr(code).isspace()], dtype=np.uint32)
# Scripts without spaces between words: South-East Asian ones, Chinese, Japanese.
WITHOUT_SPACES = (
    (0x0E00, 0x0EFF),
    (0x1000, 0x109F),
    (0x1780, 0x17FF),
    (0x2E80, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)
SHAPES = ("other", "lower", "title", "upper", "initial", "mixed", "digits")
TAG_COUNTS = tuple(len(scheme.layer_tags(layer)) for layer in scheme.LAYERS)
TAG_INDEX = {layer: {tag: i for i, tag in enumerate(scheme.layer_tags(layer))} for layer in scheme.LAYERS}


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of a document's body, and the words that they make: what is tagged, so that no span splits a word.

    ``ids`` [tokens]; ``word`` [tokens]: the word that each token belongs to; ``shape`` [tokens]: how that word is
    written (see :func:`shape_of`); ``offsets`` [words, 2]: characters of the text as it was given;
    ``sentence`` [words]: number of the sentence that each word stands in; ``part`` [words]: number of the range of the
    body, between passages that were set aside.
    """

    ids: NDArray[np.int64]
    word: NDArray[np.int64]
    shape: NDArray[np.int64]
    offsets: NDArray[np.int64]
    sentence: NDArray[np.int64]
    part: NDArray[np.int64]

    @property
    def words(self) -> int:
        return len(self.offsets)


def tokenize(tokenizer: Any, texts: Sequence[str], bodies: Sequence[Ranges]) -> list[Tokens]:
    """Tokens of each text that lie in its body (character ranges); white space and set-aside text give none."""
    if not texts:
        return []
    encoded = tokenizer(
        list(texts), add_special_tokens=False, return_offsets_mapping=True, return_attention_mask=False, verbose=False
    )
    return [
        _in_body(text, body, np.asarray(ids, dtype=np.int64), np.asarray(pairs, dtype=np.int64).reshape(-1, 2))
        for text, body, ids, pairs in zip(texts, bodies, encoded["input_ids"], encoded["offset_mapping"], strict=True)
    ]


def _in_body(text: str, body: Ranges, ids: NDArray[np.int64], offsets: NDArray[np.int64]) -> Tokens:
    offsets = _without_space(text, offsets)
    ranges = np.asarray(body, dtype=np.int64).reshape(-1, 2)
    inside = np.searchsorted(ranges[:, 0], offsets[:, 0], side="right") - 1
    keep = (offsets[:, 1] > offsets[:, 0]) & (inside >= 0)
    if len(ranges):
        keep &= offsets[:, 1] <= ranges[np.maximum(inside, 0), 1]
    kept = offsets[keep]
    begins = _word_begins(text, kept)
    word = np.cumsum(begins) - 1
    first = np.flatnonzero(begins)
    last = np.append(first[1:], len(kept)) - 1 if len(first) else first
    words = np.stack([kept[first, 0], kept[last, 1]], axis=1)
    sentence = np.searchsorted(Sentences(text).starts, words[:, 0], side="right")
    shapes = np.array([shape_of(text[start:end]) for start, end in words.tolist()], dtype=np.int64)
    return Tokens(ids[keep], word.astype(np.int64), shapes[word], words, sentence.astype(np.int64), inside[keep][first])


def _word_begins(text: str, offsets: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether each token begins a word: it does not where it shares a character with the token before, or goes on
    directly behind a letter or digit with another one, in a script that puts spaces between words."""
    begins = np.ones(len(offsets), dtype=np.bool_)
    begins[1:] = offsets[1:, 0] >= offsets[:-1, 1]
    for i in np.flatnonzero(offsets[1:, 0] == offsets[:-1, 1]) + 1:
        at = int(offsets[i, 0])
        begins[i] = not (_makes_words(text[at - 1]) and _makes_words(text[at]))
    return begins


def shape_of(word: str) -> int:
    """Index in SHAPES of how a word is written, which an uncased encoder cannot see ("IS" is a party, "is" not)."""
    if word.isdecimal():
        return SHAPES.index("digits")
    if word.islower():
        return SHAPES.index("lower")
    if word.isupper():
        return SHAPES.index("upper" if len(word) > 1 else "initial")
    if word.istitle():
        return SHAPES.index("title")
    return SHAPES.index("mixed" if word[0].isalnum() else "other")


def _makes_words(char: str) -> bool:
    if not (char.isalnum() or unicodedata.category(char).startswith("M")):
        return False
    return not any(low <= ord(char) <= high for low, high in WITHOUT_SPACES)


def _without_space(text: str, offsets: NDArray[np.int64]) -> NDArray[np.int64]:
    """Offsets moved inwards past white space, which some tokenizers count to the word behind it."""
    space = np.isin(np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32), SPACES)
    places = np.arange(len(text) + 1)
    forward = np.append(np.where(space, len(text), places[:-1]), len(text))
    next_word = np.minimum.accumulate(forward[::-1])[::-1]
    last_end = np.maximum.accumulate(np.append(0, np.where(space, 0, places[1:])))
    return np.stack([next_word[offsets[:, 0]], last_end[offsets[:, 1]]], axis=1)


@dataclass(frozen=True, slots=True)
class Truth:
    """Annotations on words: ``tags`` [layers, words], ``spans`` (first word, last word, label index) and ``links``
    (head's and tail's place in ``spans``, link index). ``lost``: spans and links that no range of words can hold."""

    tags: NDArray[np.int64]
    spans: list[tuple[int, int, int]]
    links: list[tuple[int, int, int]]
    lost: tuple[Span | Link, ...]


def align(tokens: Tokens, annotated: AnnotatedDocument) -> Truth:
    """Annotations as tags and word spans; what word borders or set-aside text cut off is named in ``lost``."""
    first_at = {int(start): i for i, start in enumerate(tokens.offsets[:, 0])}
    last_at = {int(end): i for i, end in enumerate(tokens.offsets[:, 1])}
    tags = np.zeros((len(scheme.LAYERS), tokens.words), dtype=np.int64)
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
