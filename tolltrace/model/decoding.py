"""Logits to spans and links, valid by the scheme: the inverse of :mod:`tolltrace.model.encoding`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tolltrace import scheme
from tolltrace.documents import STRAY_EDGES, AnnotatedDocument, Document, Link, Span
from tolltrace.model.candidates import Candidates
from tolltrace.model.encoding import TAG_COUNTS, Tokens

NEVER = np.float32(-1e9)
LEAST = 0.2
# Of figures less sure than this that find their harm in another sentence, a third were none (13 of validation).
FIRM = 0.8
GROUP_WORDS = 65536
LAYER_LABELS = tuple(scheme.layer_labels(layer) for layer in scheme.LAYERS)
WIDEST = max(len(names) for names in LAYER_LABELS)
LABEL_NUMBERS = np.array(
    [[scheme.LABEL_NAMES.index(n) for n in names] + [-1] * (WIDEST - len(names)) for names in LAYER_LABELS]
)
# Of these at most one holds between a figure and a party; a denial may stand beside any of them.
EXCLUSIVE = tuple(scheme.LINK_NAMES.index(name) for name in ("perpetrator", "suspected", "claimed"))


@dataclass(frozen=True, slots=True)
class WordSpans:
    """Spans of one document on its words: ``places`` [s, 3] (first word, last word, label) and ``scores`` [s]."""

    places: NDArray[np.int64]
    scores: NDArray[np.float32]


def decode_tags(logits: NDArray[np.float32], lengths: Sequence[int], temperature: float = 1.0) -> list[WordSpans]:
    """The best BIO-valid tag sequence of every layer of every document, as spans.

    ``logits`` [sum of lengths, all tags], documents one after the other, layers side by side. A span's score is the
    smallest probability of its words' tags: a span is as sure as its least sure word.
    """
    bases = np.concatenate([[0], np.cumsum(lengths)])
    found: dict[int, WordSpans] = {}
    for group in _groups(lengths):
        parts = [logits[bases[document] : bases[document + 1]] / temperature for document in group]
        found.update(zip(group, _decode_group(parts), strict=True))
    return [found[document] for document in range(len(lengths))]


def _groups(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Documents of like length together, so that padding them to the longest costs little memory."""
    group: list[int] = []
    for document in sorted(range(len(lengths)), key=lambda d: -lengths[d]):
        if group and (len(group) + 1) * lengths[group[0]] > GROUP_WORDS:
            yield group
            group = []
        group.append(document)
    if group:
        yield group


def _decode_group(parts: Sequence[NDArray[np.float32]]) -> list[WordSpans]:
    documents, longest = len(parts), max(len(part) for part in parts)
    if longest == 0:
        return [WordSpans(np.zeros((0, 3), dtype=np.int64), np.zeros(0, dtype=np.float32)) for _ in parts]
    rows = len(scheme.LAYERS) * documents
    outside = np.zeros((rows, longest), dtype=np.float32)
    begin = np.full((rows, longest, WIDEST), NEVER, dtype=np.float32)
    inside = np.full((rows, longest, WIDEST), NEVER, dtype=np.float32)
    for document, part in enumerate(parts):
        for number, layer in enumerate(np.split(part, np.cumsum(TAG_COUNTS)[:-1], axis=1)):
            log_probs = layer - np.logaddexp.reduce(layer, axis=1, keepdims=True)
            row, width = number * documents + document, len(LAYER_LABELS[number])
            outside[row, : len(part)] = log_probs[:, 0]
            begin[row, : len(part), :width] = log_probs[:, 1::2]
            inside[row, : len(part), :width] = log_probs[:, 2::2]
    path = _best_path(outside, begin, inside)
    return [
        _join([_read_path(number, number * documents + d, path, begin, inside) for number in range(len(scheme.LAYERS))])
        for d in range(documents)
    ]


def _best_path(
    outside: NDArray[np.float32], begin: NDArray[np.float32], inside: NDArray[np.float32]
) -> NDArray[np.int64]:
    """Viterbi for all rows at once: 0 for O, 1..k for B, k+1..2k for I; [rows, words].

    The only forbidden steps are those to ``I-X`` from anything but ``B-X`` and ``I-X``, so that no table of
    transitions is needed.
    """
    rows, length, width = begin.shape
    from_any = np.zeros((rows, length), dtype=np.int64)
    from_inside = np.zeros((rows, length, width), dtype=np.bool_)
    score = np.concatenate([outside[:, :1], begin[:, 0], np.full((rows, width), NEVER, dtype=np.float32)], axis=1)
    for t in range(1, length):
        b, i = score[:, 1 : width + 1], score[:, width + 1 :]
        from_any[:, t] = score.argmax(axis=1)
        best = score.max(axis=1, keepdims=True)
        from_inside[:, t] = i > b
        score = np.concatenate(
            [outside[:, t, None] + best, begin[:, t] + best, inside[:, t] + np.maximum(b, i)], axis=1
        )
    path = np.zeros((rows, length), dtype=np.int64)
    path[:, -1] = score.argmax(axis=1)
    every = np.arange(rows)
    for t in range(length - 1, 0, -1):
        here = path[:, t]
        label = np.where(here > width, here - width - 1, 0)
        stay = np.where(from_inside[every, t, label], label + width + 1, label + 1)
        path[:, t - 1] = np.where(here > width, stay, from_any[:, t])
    return path


def _read_path(
    layer: int, row: int, path: NDArray[np.int64], begin: NDArray[np.float32], inside: NDArray[np.float32]
) -> WordSpans:
    tags = path[row]
    starts = np.flatnonzero((tags > 0) & (tags <= WIDEST))
    if not len(starts):
        return WordSpans(np.zeros((0, 3), dtype=np.int64), np.zeros(0, dtype=np.float32))
    breaks = np.append(np.flatnonzero(tags <= WIDEST), len(tags))
    ends = breaks[np.searchsorted(breaks, starts, side="right")]
    label = tags[starts] - 1
    scores = [
        min(float(begin[row, s, k]), *map(float, inside[row, s + 1 : e, k])) if e > s + 1 else float(begin[row, s, k])
        for s, e, k in zip(starts, ends, label, strict=True)
    ]
    places = np.stack([starts, ends - 1, LABEL_NUMBERS[layer, label]], axis=1)
    return WordSpans(places, np.exp(np.array(scores, dtype=np.float32)))


def _join(parts: Sequence[WordSpans]) -> WordSpans:
    places = np.concatenate([part.places for part in parts])
    scores = np.concatenate([part.scores for part in parts])
    order = np.lexsort((places[:, 2], places[:, 1], places[:, 0]))
    return WordSpans(places[order], scores[order])


WordLink = tuple[int, int, int, float]  # place of the head, place of the tail, index of the link label, score


def decode_links(
    probabilities: NDArray[np.float32], candidates: Candidates, thresholds: Mapping[str, float]
) -> list[WordLink]:
    """Links stated by ``probabilities`` [p, links] that keep the scheme's rules of number and distance; no circles.

    A link that a figure must have (``harm``) is stated by the best candidate where none reaches its threshold, if it is
    likely enough: a figure of nothing that harms (a strength, a population) is no claim.
    """
    table = np.where(candidates.allowed, probabilities, 0.0)
    stated_only = np.where(table >= [thresholds[name] for name in scheme.LINK_NAMES], table, 0.0)[:, EXCLUSIVE]
    strongest = stated_only.argmax(axis=1)
    for column_number, number in enumerate(EXCLUSIVE):
        table[:, number] = np.where(strongest == column_number, stated_only[:, column_number], 0.0)
    result: list[WordLink] = []
    heads = candidates.pairs[:, 0]
    by_head = np.split(np.arange(len(heads)), np.flatnonzero(np.diff(heads)) + 1) if len(heads) else []
    away = candidates.sentences_away
    for number, rule in enumerate(scheme.LINKS):
        column = table[:, number] if rule.sentences is None else np.where(away <= rule.sentences, table[:, number], 0.0)
        chosen: list[int] = []
        for rows in by_head:
            ranked = rows[np.argsort(-column[rows], kind="stable")]
            ranked = ranked[column[ranked] > 0]
            stated = [int(r) for r in ranked if column[r] >= thresholds[rule.name]]
            if rule.own_sentence and any(away[r] == 0 for r in stated):
                stated = [r for r in stated if away[r] == 0]
            stated = stated[: rule.at_most] if rule.at_most else stated
            if len(stated) < rule.at_least:
                stated = [int(r) for r in ranked[: rule.at_least] if column[r] >= LEAST]
            chosen += stated
        links = [(int(heads[r]), int(candidates.pairs[r, 1]), number, float(column[r])) for r in chosen]
        result += _without_circles(links) if rule.tails == scheme.COUNT_LABELS else links
    return result


def _without_circles(links: list[WordLink]) -> list[WordLink]:
    onward: dict[int, int] = {}
    kept = []
    for link in sorted(links, key=lambda k: -k[3]):
        head, tail = link[:2]
        here: int | None = tail
        while here is not None and here != head:
            here = onward.get(here)
        if here is None:
            onward[head] = tail
            kept.append(link)
    return kept


def assemble(document: Document, tokens: Tokens, found: WordSpans, links: Sequence[WordLink]) -> AnnotatedDocument:
    """Spans and links of one document on its characters.

    A figure without the links that it must have is left out; one that is not ``FIRM`` must have them in its sentence.
    """
    text = document.text
    spans: dict[int, Span] = {}
    for place, ((first, last, label), score) in enumerate(zip(found.places, found.scores, strict=True)):
        # Words on both sides of a passage that was set aside are neighbours here, but never one span.
        last = int(np.searchsorted(tokens.part[: last + 1], tokens.part[first], side="right")) - 1
        start, end = trim(text, int(tokens.offsets[first, 0]), int(tokens.offsets[last, 1]))
        if start < end:
            spans[place] = Span(start, end, scheme.LABEL_NAMES[label], score=float(score))
    required = [number for number, rule in enumerate(scheme.LINKS) if rule.at_least]
    sentence = tokens.sentence[found.places[:, 0]]
    stated = {
        (head, number)
        for head, tail, number, _ in links
        if head in spans and tail in spans and (found.scores[head] >= FIRM or sentence[head] == sentence[tail])
    }
    for place, span in list(spans.items()):
        if span.label in scheme.COUNT_LABELS and not all((place, number) in stated for number in required):
            del spans[place]
    return AnnotatedDocument(
        document,
        tuple(spans.values()),
        tuple(
            Link(spans[head], scheme.LINK_NAMES[number], spans[tail], score=score)
            for head, tail, number, score in links
            if head in spans and tail in spans
        ),
    )


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """The range without white space and stray punctuation at its edges."""
    while start < end and (text[start].isspace() or text[start] in STRAY_EDGES):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in STRAY_EDGES):
        end -= 1
    return start, end
