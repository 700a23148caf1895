"""Where a model and the annotation disagree, surest first: ``python -m annotation.doubts DATA [--model MODEL]``.

DATA is a ``.jsonl`` file or a folder of marked articles that the model was not trained on: what it has learned by heart
it does not doubt. Each line is a place for a person to look at, never a correction: the model is often wrong.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from annotation.agreement import read
from tolltrace import scheme
from tolltrace.documents import AnnotatedDocument, Span
from tolltrace.model import candidates, loading
from tolltrace.model.encoding import TAG_COUNTS, TAG_INDEX, Tokens, align, tokenize
from tolltrace.model.predictor import Predictor
from tolltrace.reading import find_set_aside, ranges_to_read


@dataclass(frozen=True, slots=True)
class Doubt:
    """A disagreement: how sure the model is of it, from 0 to 1, where, and what it says instead."""

    confidence: float
    document: str
    offset: int
    message: str


def find_doubts(predictor: Predictor, documents: Sequence[AnnotatedDocument]) -> list[Doubt]:
    """Spans and links that only the model or only the annotation has, surest first."""
    doubts: list[Doubt] = []
    for annotated in documents:
        body = ranges_to_read(annotated.text, find_set_aside(annotated.text))
        tokens = tokenize(predictor.tokenizer, [annotated.text], [body])[0]
        if tokens.words:
            states = predictor.states([tokens])
            predicted = predictor.decode([annotated.document], [tokens], states)[0]
            doubts += _span_doubts(annotated, predicted, tokens, predictor.tag_probabilities(states))
            doubts += _link_doubts(predictor, annotated, tokens, states)
    return sorted(doubts, key=lambda d: -d.confidence)


def _span_doubts(
    annotated: AnnotatedDocument, predicted: AnnotatedDocument, tokens: Tokens, probabilities: NDArray[np.float32]
) -> Iterator[Doubt]:
    for span in set(predicted.spans) - set(annotated.spans):
        rivals = [s for s in annotated.spans if s.layer == span.layer and s.overlaps(span)]
        instead = f"annotated {' and '.join(_named(annotated, r) for r in rivals) or 'nothing'}"
        yield Doubt(span.score or 0.0, annotated.id, span.start, f"model: {_named(annotated, span)}; {instead}")
    missed = sorted(set(annotated.spans) - set(predicted.spans))
    missed = [s for s in missed if not any(p.layer == s.layer and p.overlaps(s) for p in predicted.spans)]
    for span in missed:
        sure = _probability(tokens, probabilities, span)
        if sure is not None:
            yield Doubt(1 - sure, annotated.id, span.start, f"model: nothing; annotated {_named(annotated, span)}")


def _probability(tokens: Tokens, probabilities: NDArray[np.float32], span: Span) -> float | None:
    """What the model gives to a span: the least probability of its words' tags; None where its words are not read."""
    inside = np.flatnonzero((tokens.offsets[:, 0] < span.end) & (tokens.offsets[:, 1] > span.start))
    if not len(inside):
        return None
    layer = scheme.LAYERS.index(span.layer)
    table = np.split(probabilities, np.cumsum(TAG_COUNTS)[:-1], axis=1)[layer]
    begin, within = (TAG_INDEX[span.layer][f"{prefix}-{span.label}"] for prefix in "BI")
    return float(min(table[inside[0], begin], *table[inside[1:], within], 1.0))


def _link_doubts(
    predictor: Predictor, annotated: AnnotatedDocument, tokens: Tokens, states: torch.Tensor
) -> Iterator[Doubt]:
    """Links of the annotated spans, judged by the model."""
    config = predictor.config
    gold = align(tokens, annotated)
    found = candidates.find(gold.spans, tokens.sentence, config.reach, config.figure_reach)
    if not len(found.pairs):
        return
    probabilities = predictor.link_probabilities(states, [tokens], [gold.spans], [found])
    targets, _ = candidates.truth(found, gold.links)
    spans = [_span_at(tokens, place) for place in gold.spans]
    for row, link in zip(*np.nonzero(found.allowed), strict=True):
        chance, stated = float(probabilities[row, link]), bool(targets[row, link])
        if (chance >= config.thresholds[scheme.LINK_NAMES[link]]) == stated:
            continue
        head, tail = (spans[place] for place in found.pairs[row])
        what = f"{_named(annotated, head)} {scheme.LINK_NAMES[link]} {_named(annotated, tail)}"
        who = "annotated, not by the model" if stated else "by the model, not annotated"
        yield Doubt(1 - chance if stated else chance, annotated.id, head.start, f"{what}: {who}")


def _span_at(tokens: Tokens, place: tuple[int, int, int]) -> Span:
    first, last, label = place
    return Span(int(tokens.offsets[first, 0]), int(tokens.offsets[last, 1]), scheme.LABEL_NAMES[label])


def _named(annotated: AnnotatedDocument, span: Span) -> str:
    return f"{span.label} {annotated.text_of(span)!r}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m annotation.doubts", description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", help="folder or hub name (default: the packaged model)")
    parser.add_argument("--least", type=float, default=0.5, help="show what the model is at least so sure of")
    arguments = parser.parse_args()
    documents = read(arguments.data)
    doubts = find_doubts(Predictor(loading.load(arguments.model), dtype=torch.float32), list(documents.values()))
    for doubt in doubts:
        if doubt.confidence >= arguments.least:
            line = documents[doubt.document].text.count("\n", 0, doubt.offset) + 1
            print(f"{doubt.confidence:.2f} {doubt.document} line {line}: {doubt.message}")


if __name__ == "__main__":
    main()
