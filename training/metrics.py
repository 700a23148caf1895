"""Scores of predicted documents against gold ones, in total and for each label, with intervals over documents.

A document's result is a table of counts (right, predicted, gold) for each thing scored; every score and every
bootstrap sample is made from sums of these tables, so that no document is lost and none counts twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tolltrace import scheme
from tolltrace.claims import read_count
from tolltrace.documents import AnnotatedDocument, Link, Span

SPAN, OVERLAP, LINK, CLAIM_CORE, CLAIM_FULL = "span", "span_overlap", "link", "claim_core", "claim_full"
TOTALS = (SPAN, OVERLAP, LINK, CLAIM_CORE, CLAIM_FULL)
# Links that blame, whatever the certainty; and of the figures found, those with the right value, the right scope.
BLAME, VALUE, SCOPE = "blame", "count_value", "count_scope"
# Of the figures found, those whose value lies in gold's range, or has its order of magnitude; those with exactly gold's
# sources (who says so), and with exactly gold's blamed parties and their certainty (at whose hands).
VALUE_WITHIN, VALUE_MAGNITUDE, SOURCES, BLAMED = "count_within", "count_magnitude", "claim_sources", "claim_blamed"
BLAMING = ("perpetrator", "suspected", "claimed")
KEYS = (
    *TOTALS,
    *(BLAME, VALUE, VALUE_WITHIN, VALUE_MAGNITUDE, SCOPE, SOURCES, BLAMED),
    *(f"span/{name}" for name in scheme.LABEL_NAMES),
    *(f"link/{name}" for name in scheme.LINK_NAMES),
)
RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Score:
    """Precision, recall and F1 with the bounds of F1's 95 % bootstrap interval, and the counts behind them."""

    precision: float
    recall: float
    f1: float
    low: float
    high: float
    gold: int
    predicted: int


def place(span: Span) -> tuple[int, int]:
    return span.start, span.end


def link_key(link: Link) -> tuple[Hashable, ...]:
    """What must be right in a link: both ends' offsets and its label (the ends' own labels are scored as spans)."""
    return place(link.head), link.label, place(link.tail)


def overlaps(gold: Iterable[Span], predicted: Iterable[Span]) -> int:
    """Gold spans that a predicted one of the same label touches, one to one, in order of offsets."""
    free = sorted(predicted)
    matched = 0
    for span in sorted(gold):
        match = next((p for p in free if p.label == span.label and p.overlaps(span)), None)
        if match is not None:
            free.remove(match)
            matched += 1
    return matched


def figures(gold: AnnotatedDocument, predicted: AnnotatedDocument) -> list[tuple[Span, Span]]:
    """Each gold COUNT or TOTAL that a predicted COUNT or TOTAL touches, with the first such one."""
    found = [s for s in predicted.spans if s.label in scheme.COUNT_LABELS]
    wanted = [s for s in gold.spans if s.label in scheme.COUNT_LABELS]
    return [(g, match) for g in wanted if (match := next((p for p in found if p.overlaps(g)), None))]


def value(annotated: AnnotatedDocument, span: Span) -> tuple[int | None, int | None]:
    """Least and greatest number that a figure's words say."""
    count = read_count(annotated.text_of(span))
    return count.min, count.max


def within(wanted: tuple[int | None, int | None], found: tuple[int | None, int | None]) -> bool:
    """Whether the found range says nothing that the wanted one excludes; None is an open end."""
    least = wanted[0] is None or (found[0] is not None and found[0] >= wanted[0])
    greatest = wanted[1] is None or (found[1] is not None and found[1] <= wanted[1])
    return least and greatest


def magnitude(numbers: tuple[int | None, int | None]) -> int | None:
    """Digits of the least number, else of the greatest; None where both ends are open."""
    known = next((number for number in numbers if number is not None), None)
    return None if known is None else len(str(known))


def tails(annotated: AnnotatedDocument, head: Span, labels: Sequence[str]) -> set[Hashable]:
    """Places and names of a figure's links of these labels."""
    return {(k.label, place(k.tail)) for k in annotated.links if k.head == head and k.label in labels}


def claims(annotated: AnnotatedDocument) -> tuple[set[Hashable], set[Hashable]]:
    """Core and full claims. Core: count, harm labels and victim; full: scope and every other link but the date too."""
    tails: dict[Span, dict[str, set[Hashable]]] = {
        s: defaultdict(set) for s in annotated.spans if s.label in scheme.COUNT_LABELS
    }
    for link in annotated.links:
        tails[link.head][link.label].add(link.tail.label if link.label == "harm" else place(link.tail))
    core: set[Hashable] = set()
    full: set[Hashable] = set()
    for span, held in tails.items():
        harm = frozenset(held["harm"])
        core.add((place(span), harm, frozenset(held["victim"])))
        others = frozenset((k, frozenset(v)) for k, v in held.items() if v and k not in ("harm", "date"))
        full.add((place(span), span.label, harm, others))
    return core, full


def count(gold: AnnotatedDocument, predicted: AnnotatedDocument) -> NDArray[np.int64]:
    """Counts of one document, shape [keys, 3]: right, predicted, gold."""
    table = np.zeros((len(KEYS), 3), dtype=np.int64)

    def add(key: str, right: int, found: int, wanted: int) -> None:
        table[KEYS.index(key)] += (right, found, wanted)

    def compare(key: str, wanted: set[Any], found: set[Any], label: Callable[[Any], str] | None = None) -> None:
        add(key, len(wanted & found), len(found), len(wanted))
        for name in {label(x) for x in wanted | found} if label else ():
            w, f = ({x for x in side if label and label(x) == name} for side in (wanted, found))
            add(f"{key}/{name}", len(w & f), len(f), len(w))

    compare(SPAN, set(gold.spans), set(predicted.spans), lambda s: str(s.label))
    add(OVERLAP, overlaps(gold.spans, predicted.spans), len(predicted.spans), len(gold.spans))
    compare(LINK, {link_key(k) for k in gold.links}, {link_key(k) for k in predicted.links}, lambda k: str(k[1]))
    blamed, blames = ({link_key(k) for k in side.links if k.label in BLAMING} for side in (gold, predicted))
    compare(BLAME, blamed, blames)
    pairs = figures(gold, predicted)
    values = [(value(gold, g), value(predicted, p)) for g, p in pairs]
    judged = {
        VALUE: (wanted == found for wanted, found in values),
        VALUE_WITHIN: (within(wanted, found) for wanted, found in values),
        VALUE_MAGNITUDE: (magnitude(wanted) == magnitude(found) for wanted, found in values),
        SCOPE: (g.label == p.label for g, p in pairs),
        SOURCES: (tails(gold, g, ("source",)) == tails(predicted, p, ("source",)) for g, p in pairs),
        BLAMED: (tails(gold, g, BLAMING) == tails(predicted, p, BLAMING) for g, p in pairs),
    }
    for key, rights in judged.items():
        add(key, sum(rights), len(pairs), len(pairs))
    for key, wanted, found in zip((CLAIM_CORE, CLAIM_FULL), claims(gold), claims(predicted), strict=True):
        compare(key, wanted, found)
    return table


def count_all(gold: Sequence[AnnotatedDocument], predicted: Sequence[AnnotatedDocument]) -> NDArray[np.int64]:
    """Counts of all gold documents, [documents, keys, 3]. A gold document without a prediction counts as all missed."""
    if not gold:
        raise ValueError("there are no gold documents to score against: the file or the split is empty")
    by_id = {annotated.id: annotated for annotated in predicted}
    return np.stack([count(g, by_id.get(g.id, AnnotatedDocument(g.document))) for g in gold])


def count_links(gold: Sequence[AnnotatedDocument], links: Sequence[Iterable[Link]]) -> NDArray[np.int64]:
    """As :func:`count_all`, of links alone: those that a system finds between gold's spans."""
    tables = np.zeros((len(gold), len(KEYS), 3), dtype=np.int64)
    for table, annotated, found in zip(tables, gold, links, strict=True):
        wanted, stated = ({link_key(k) for k in side} for side in (annotated.links, found))
        for key, label in ((LINK, None), *((f"{LINK}/{name}", name) for name in scheme.LINK_NAMES)):
            w, f = ({k for k in side if label in (None, k[1])} for side in (wanted, stated))
            table[KEYS.index(key)] = (len(w & f), len(f), len(w))
    return tables


def f1(sums: NDArray[np.int64]) -> NDArray[np.float64]:
    """F1 from counts [..., 3]; 0 where nothing is right."""
    right, rest = sums[..., 0], sums[..., 1] + sums[..., 2]
    result: NDArray[np.float64] = 2 * right / np.maximum(rest, 1)
    return result


def score(counts: NDArray[np.int64], seed: int = 0, resamples: int = RESAMPLES) -> dict[str, Score]:
    """Scores from counts [documents, keys, 3], with percentile intervals over documents drawn with replacement."""
    sums = counts.sum(axis=0)
    drawn = np.random.default_rng(seed).multinomial(len(counts), np.full(len(counts), 1 / len(counts)), size=resamples)
    samples = f1(np.tensordot(drawn, counts, axes=1))
    low, high = np.percentile(samples, [2.5, 97.5], axis=0)
    values = f1(sums)
    result = {
        key: Score(
            precision=float(sums[i, 0] / max(sums[i, 1], 1)),
            recall=float(sums[i, 0] / max(sums[i, 2], 1)),
            f1=float(values[i]),
            low=float(low[i]),
            high=float(high[i]),
            gold=int(sums[i, 2]),
            predicted=int(sums[i, 1]),
        )
        for i, key in enumerate(KEYS)
    }
    for kind in (SPAN, LINK):
        labels = [i for i, key in enumerate(KEYS) if key.startswith(f"{kind}/") and sums[i, 2]]
        if labels:
            low, high = np.percentile(samples[:, labels].mean(axis=1), [2.5, 97.5])
            held = [result[KEYS[i]] for i in labels]
            precision, recall, mean = (
                float(np.mean([getattr(s, name) for s in held])) for name in ("precision", "recall", "f1")
            )
            result[f"{kind}_macro"] = Score(
                precision, recall, mean, float(low), float(high), result[kind].gold, result[kind].predicted
            )
    return result


def calibration_error(scored: Sequence[tuple[float, bool]], bins: int = 10) -> float:
    """Expected calibration error: mean distance of score and share of right ones over bins of equal width."""
    scores = np.array([score for score, _ in scored])
    right = np.array([ok for _, ok in scored], dtype=np.float64)
    bin_of = np.minimum((scores * bins).astype(np.int64), bins - 1)
    return float(
        sum(
            abs(scores[inside].mean() - right[inside].mean()) * inside.mean()
            for number in range(bins)
            if (inside := bin_of == number).any()
        )
    )


def calibration(gold: Sequence[AnnotatedDocument], predicted: Sequence[AnnotatedDocument]) -> dict[str, float]:
    """Expected calibration error of the scores of predicted spans and links."""
    by_id = {annotated.id: annotated for annotated in gold}
    spans, links = [], []
    for annotated in predicted:
        true_spans = set(by_id[annotated.id].spans)
        true_links = {link_key(link) for link in by_id[annotated.id].links}
        spans += [(s.score, s in true_spans) for s in annotated.spans if s.score is not None]
        links += [(k.score, link_key(k) in true_links) for k in annotated.links if k.score is not None]
    return {name: calibration_error(scored) for name, scored in ((SPAN, spans), (LINK, links)) if scored}


def tags(annotated: AnnotatedDocument, layer: str) -> list[str]:
    """IOB2 tags of one layer, a tag for every character, so that every span can be told exactly."""
    result = ["O"] * len(annotated.text)
    for span in annotated.spans:
        if span.layer == layer:
            result[span.start : span.end] = [f"B-{span.label}"] + [f"I-{span.label}"] * (span.end - span.start - 1)
    return result


def tag_f1(gold: Sequence[AnnotatedDocument], predicted: Sequence[AnnotatedDocument]) -> float:
    """Micro F1 of seqeval (strict, IOB2) over all layers; equals the strict span F1."""
    from seqeval.metrics import f1_score
    from seqeval.scheme import IOB2

    by_id = {annotated.id: annotated for annotated in predicted}
    pairs = [
        (tags(g, layer), tags(by_id.get(g.id, AnnotatedDocument(g.document)), layer))
        for g in gold
        for layer in scheme.LAYERS
    ]
    return float(f1_score([g for g, _ in pairs], [p for _, p in pairs], mode="strict", scheme=IOB2, zero_division=0))
