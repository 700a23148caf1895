"""Places where a model that did not learn an annotation disagrees with it, and how sure of that it is.

What a person decides as one thing is one place: spans of one layer that overlap, or all tails of a figure for one
question (where? by what? who is held responsible?). Spans are judged by cleanlab's token classification (Wang & Mueller
2022, arXiv:2210.03920), with a place's words as its sentence, links by the probability of what is stated; the measured
choice is in docs/decisions/0013-label-errors.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import torch
from cleanlab.token_classification.rank import get_label_quality_scores
from numpy.typing import NDArray

from tolltrace import scheme
from tolltrace.documents import AnnotatedDocument, Span
from tolltrace.model import candidates
from tolltrace.model.candidates import Candidates
from tolltrace.model.decoding import decode_links
from tolltrace.model.encoding import TAG_COUNTS, Tokens, Truth, align, tokenize
from tolltrace.model.predictor import Predictor
from tolltrace.reading import find_set_aside, ranges_to_read

BATCH_DOCUMENTS = 32
BLAME = "blame"
# What a figure is asked: the links that answer one question, for who blames whom is one decision with four outcomes.
QUESTIONS: dict[str, tuple[int, ...]] = {
    (BLAME if names == scheme.RESPONSIBILITY_LINKS else names[0]): tuple(scheme.LINK_NAMES.index(n) for n in names)
    for names in dict.fromkeys(
        scheme.RESPONSIBILITY_LINKS if name in scheme.RESPONSIBILITY_LINKS else (name,) for name in scheme.LINK_NAMES
    )
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a model makes of an annotated document: its own reading, ``tags`` [words, all tags], the probabilities of
    each layer's tags side by side, and ``links`` [pairs, links], those of the annotated spans' candidate pairs."""

    annotated: AnnotatedDocument
    predicted: AnnotatedDocument
    tokens: Tokens
    gold: Truth
    tags: NDArray[np.float32]
    pairs: Candidates
    links: NDArray[np.float32]
    thresholds: dict[str, float]

    def span_at(self, place: int) -> Span:
        """The annotated span at a place of ``gold.spans``."""
        first, last, label = self.gold.spans[place]
        return Span(int(self.tokens.offsets[first, 0]), int(self.tokens.offsets[last, 1]), scheme.LABEL_NAMES[label])

    @property
    def unjudged(self) -> tuple[int, int]:
        """How many annotated spans stand in passages that the model does not read, and how many annotated links it
        cannot judge for that, for borders within a word, or for their length."""
        unread = sum(isinstance(s, Span) and not len(self.words_in(s.start, s.end)) for s in self.gold.lost)
        targets, _ = candidates.truth(self.pairs, self.gold.links)
        return unread, len(self.annotated.links) - int(targets.sum())

    def words_in(self, start: int, end: int) -> NDArray[np.int64]:
        """Numbers of the words that share a character with the range."""
        offsets = self.tokens.offsets
        return np.flatnonzero((offsets[:, 0] < end) & (offsets[:, 1] > start))


@dataclass(frozen=True, slots=True)
class SpanPlace:
    """Overlapping spans of one layer: what is annotated, what the model reads, and the numbers of their words."""

    layer: str
    gold: tuple[Span, ...]
    model: tuple[Span, ...]
    words: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class LinkPlace:
    """A figure and a question: which cells (row of ``pairs``, link) are annotated, and which the model states."""

    head: Span
    question: str
    gold: frozenset[tuple[int, int]]
    model: frozenset[tuple[int, int]]


@torch.inference_mode()
def gather(predictor: Predictor, documents: Sequence[AnnotatedDocument]) -> Iterator[Evidence]:
    """Evidence on each document, in order."""
    config = predictor.config
    waiting = iter(documents)
    while batch := list(islice(waiting, BATCH_DOCUMENTS)):
        bodies = [ranges_to_read(a.text, find_set_aside(a.text)) for a in batch]
        tokens = tokenize(predictor.tokenizer, [a.text for a in batch], bodies)
        if not any(t.words for t in tokens):
            yield from (_nothing_read(a, t) for a, t in zip(batch, tokens, strict=True))
            continue
        states = predictor.states(tokens)
        predicted = predictor.decode([a.document for a in batch], tokens, states)
        gold = [align(t, a) for t, a in zip(tokens, batch, strict=True)]
        pairs = [
            candidates.find(g.spans, t.sentence, config.reach, config.figure_reach)
            for g, t in zip(gold, tokens, strict=True)
        ]
        words = np.cumsum([t.words for t in tokens])[:-1]
        rows = np.cumsum([len(p.pairs) for p in pairs])[:-1]
        tags = np.split(predictor.tag_probabilities(states), words)
        links = np.split(predictor.link_probabilities(states, tokens, [g.spans for g in gold], pairs), rows)
        for n, annotated in enumerate(batch):
            yield Evidence(annotated, predicted[n], tokens[n], gold[n], tags[n], pairs[n], links[n], config.thresholds)


def _nothing_read(annotated: AnnotatedDocument, tokens: Tokens) -> Evidence:
    none = candidates.find([], tokens.sentence, 0, 0)
    return Evidence(
        annotated,
        AnnotatedDocument(annotated.document),
        tokens,
        align(tokens, annotated),
        np.zeros((0, sum(TAG_COUNTS)), dtype=np.float32),
        none,
        np.zeros((0, len(scheme.LINK_NAMES)), dtype=np.float32),
        {},
    )


def span_places(evidence: Evidence) -> Iterator[SpanPlace]:
    """Every place with a span that only one side has, in words that the model reads."""
    ours, theirs = set(evidence.annotated.spans), set(evidence.predicted.spans)
    for layer in scheme.LAYERS:
        group: list[Span] = []
        for span in sorted(s for s in ours ^ theirs if s.layer == layer):
            if group and span.start >= max(s.end for s in group):
                yield from _place(evidence, layer, group)
                group = []
            group.append(span)
        yield from _place(evidence, layer, group)


def _place(evidence: Evidence, layer: str, group: Sequence[Span]) -> Iterator[SpanPlace]:
    if not group:
        return
    words = evidence.words_in(group[0].start, max(span.end for span in group))
    if len(words):
        ours = set(evidence.annotated.spans)
        gold = tuple(span for span in group if span in ours)
        yield SpanPlace(layer, gold, tuple(span for span in group if span not in ours), words)


def link_places(evidence: Evidence) -> Iterator[LinkPlace]:
    """Every question to a figure that the annotation and the model answer differently, the model given the annotated
    spans."""
    pairs = evidence.pairs
    if not len(pairs.pairs):
        return
    targets, _ = candidates.truth(pairs, evidence.gold.links)
    row_of = {(int(head), int(tail)): row for row, (head, tail) in enumerate(pairs.pairs)}
    stated = {
        (row_of[head, tail], link) for head, tail, link, _ in decode_links(evidence.links, pairs, evidence.thresholds)
    }
    annotated = {(int(row), int(link)) for row, link in zip(*np.nonzero(targets), strict=True)}
    asked = {link: question for question, links in QUESTIONS.items() for link in links}
    disputed = {(int(pairs.pairs[row, 0]), asked[link]) for row, link in stated ^ annotated}
    for head, question in sorted(disputed):
        here = {cell for cell in annotated | stated if pairs.pairs[cell[0], 0] == head and asked[cell[1]] == question}
        yield LinkPlace(evidence.span_at(head), question, frozenset(here & annotated), frozenset(here & stated))


def span_confidences(evidence: Evidence, places: Sequence[SpanPlace]) -> list[float]:
    """How sure the model is that the annotation of each place is wrong: by cleanlab's score of a sentence, which weighs
    the least likely tags of its words most."""
    confidences = [0.0] * len(places)
    layers = np.split(evidence.tags.astype(np.float64), np.cumsum(TAG_COUNTS)[:-1], axis=1)
    for number, layer in enumerate(scheme.LAYERS):
        here = [i for i, place in enumerate(places) if place.layer == layer]
        if here:
            given = [evidence.gold.tags[number][places[i].words].tolist() for i in here]
            probabilities = [layers[number][places[i].words] for i in here]
            qualities, _ = get_label_quality_scores(given, probabilities, sentence_score_method="softmin")
            for i, quality in zip(here, qualities, strict=True):
                confidences[i] = float(1 - quality)
    return confidences


def link_confidence(evidence: Evidence, place: LinkPlace) -> float:
    """How sure the model is of the least likely of the links in dispute: that it is missing, or that it is wrong."""
    chances = {cell: float(evidence.links[cell]) for cell in place.gold ^ place.model}
    return max(1 - chance if cell in place.gold else chance for cell, chance in chances.items())
