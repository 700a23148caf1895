"""Scores of parts of the evaluation set, and which of them differ beyond chance from the rest.

Slices of documents (conflict, kind of text, length, number of claims, page furniture) hold whole articles; slices of
items (parties and places that the training texts hold or not, distance of a link) hold some spans or links of each.
Whether a slice differs is asked by a permutation test: memberships are dealt anew among the documents, or a document's
counts inside and outside the slice are swapped by the toss of a coin. All tests of one report are corrected together
(Benjamini and Hochberg), and a slice with fewer than ``SMALL`` gold items is shown but not tested.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import false_discovery_control

from tolltrace.documents import AnnotatedDocument, Link, Span
from tolltrace.reading import find_set_aside, is_unread
from tolltrace.sentences import Sentences
from training import metrics
from training.outcomes import Outcome

SMALL = 20
LEVEL = 0.05
DEALS = 2000
SCORES = (metrics.SPAN, metrics.LINK, metrics.CLAIM_CORE)
NAMED = ("ACTOR", "LOCATION")
# Upper ends of the ranges, with their names.
WORDS = ((150, "up to 150 words"), (300, "151 to 300 words"), (None, "over 300 words"))
CLAIMS = ((0, "no claim"), (4, "1 to 4 claims"), (10, "5 to 10 claims"), (None, "over 10 claims"))
SENTENCES = ((0, "same sentence"), (1, "next sentence"), (2, "2 sentences away"), (None, "3 or more sentences away"))
Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Slice:
    """``inside`` and ``rest``: counts (right, predicted, gold) [documents, scores, 3] of the slice and of all else that
    it can be compared with. ``documents``: whether each document takes part."""

    dimension: str
    name: str
    scores: tuple[str, ...]
    inside: Counts
    rest: Counts
    documents: NDArray[np.bool_]
    of_documents: bool


def measure(
    gold: Sequence[AnnotatedDocument],
    counts: Counts,
    outcomes: Iterable[Outcome],
    training: Iterable[AnnotatedDocument] = (),
    seed: int = 0,
) -> list[dict[str, Any]]:
    """All slices with their scores and tests, as JSON-able rows. ``counts``: of ``metrics.count_all`` for ``gold``;
    ``training``: the documents that the model learned from, which tell seen names from unseen ones."""
    slices = [*document_slices(gold, counts), *item_slices(gold, list(outcomes), training)]
    generator = np.random.default_rng(seed)
    rows = [_row(piece, generator) for piece in slices]
    _correct([test for row in rows for test in row["tests"].values()])
    return rows


def document_slices(gold: Sequence[AnnotatedDocument], counts: Counts) -> list[Slice]:
    """Slices of whole documents; a dimension that has one value only is left out."""
    parts: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for number, annotated in enumerate(gold):
        for dimension, name in facts(annotated):
            parts[dimension][name].append(number)
    kept = counts[:, [metrics.KEYS.index(key) for key in SCORES]]
    slices = []
    for dimension, values in parts.items():
        for name, members in sorted(values.items()) if len(values) > 1 else ():
            mask = np.zeros(len(gold), dtype=np.bool_)
            mask[members] = True
            inside, rest = (np.where(side[:, None, None], kept, 0) for side in (mask, ~mask))
            slices.append(Slice(dimension, name, SCORES, inside, rest, mask, of_documents=True))
    return slices


def facts(annotated: AnnotatedDocument) -> Iterable[tuple[str, str]]:
    """What of a document makes its slices: dimension and value."""
    metadata = annotated.document.metadata
    for key in ("conflict", "kind"):
        if metadata.get(key):
            yield key, str(metadata[key])
    if metadata.get("kind"):
        yield "machine translation", "translated" if metadata["kind"] == "translated" else "not translated"
    unread = any(is_unread(annotated.text, passage) for passage in find_set_aside(annotated.text))
    yield "page furniture", "with furniture or repeats" if unread else "clean text"
    yield "length", _range(len(annotated.text.split()), WORDS)
    yield "claims in the article", _range(len(metrics.claims(annotated)[0]), CLAIMS)


def _range(value: int, ends: Sequence[tuple[int | None, str]]) -> str:
    return next(name for end, name in ends if end is None or value <= end)


def item_slices(
    gold: Sequence[AnnotatedDocument], outcomes: Sequence[Outcome], training: Iterable[AnnotatedDocument]
) -> list[Slice]:
    """Slices of spans and links; predicted ones that gold does not hold count where they would belong."""
    seen = {(s.label, a.text_of(s).lower()) for a in training for s in a.spans if s.label in NAMED}
    texts = {annotated.id: annotated for annotated in gold}
    sentences = {annotated.id: Sentences(annotated.text) for annotated in gold}
    slices: list[Slice] = []

    def named(row: Outcome) -> str:
        item = row.gold or row.predicted
        words = texts[row.document].text_of(item).lower() if isinstance(item, Span) else ""
        return "seen in training" if (row.label, words) in seen else "unseen"

    def distance(row: Outcome) -> str:
        item = row.gold or row.predicted
        if not isinstance(item, Link):
            return ""
        find = sentences[row.document].index
        return _range(abs(find(item.tail.start) - find(item.head.start)), SENTENCES)

    if seen:
        for label in NAMED:
            rows = [row for row in outcomes if row.kind == "span" and row.label == label]
            slices += _item_slices(f"{label.lower()} names", metrics.SPAN, rows, named, list(texts))
    links = [row for row in outcomes if row.kind == "link"]
    slices += _item_slices("distance of links", metrics.LINK, links, distance, list(texts))
    return slices


def _item_slices(
    dimension: str, score: str, rows: Sequence[Outcome], value: Callable[[Outcome], str], ids: Sequence[str]
) -> list[Slice]:
    places = {name: number for number, name in enumerate(ids)}
    parts: dict[str, Counts] = defaultdict(lambda: np.zeros((len(ids), 1, 3), dtype=np.int64))
    for row in rows:
        found, wanted = row.predicted is not None, row.gold is not None
        parts[value(row)][places[row.document], 0] += (row.result == "correct", found, wanted)
    total = sum(parts.values())
    everywhere = np.ones(len(ids), dtype=np.bool_)
    return [
        Slice(dimension, name, (score,), parts[name], total - parts[name], everywhere, of_documents=False)
        for name in sorted(parts)
        if len(parts) > 1
    ]


def _row(piece: Slice, generator: np.random.Generator) -> dict[str, Any]:
    sums = piece.inside.sum(axis=0)
    members = piece.inside[piece.documents]
    drawn = generator.multinomial(len(members), np.full(len(members), 1 / len(members)), size=metrics.RESAMPLES)
    low, high = np.percentile(metrics.f1(np.tensordot(drawn, members, axes=1)), [2.5, 97.5], axis=0)
    values = metrics.f1(sums)
    small = [bool(gold < SMALL) for gold in sums[:, 2]]
    return {
        "dimension": piece.dimension,
        "slice": piece.name,
        "documents": int((piece.inside[:, :, 2].sum(axis=1) > 0).sum() if not piece.of_documents else len(members)),
        "items": int(sums[0, 2]),
        "small": small[0],
        "scores": {
            key: {"f1": float(values[i]), "low": float(low[i]), "high": float(high[i]), "gold": int(sums[i, 2])}
            for i, key in enumerate(piece.scores)
        },
        "tests": {
            key: _test(piece, i, generator)
            for i, key in enumerate(piece.scores)
            if not small[i] and piece.rest[:, i, 2].sum() >= SMALL
        },
    }


def _test(piece: Slice, number: int, generator: np.random.Generator) -> dict[str, Any]:
    """F1 inside less F1 of the rest, and how often chance alone gives as large a difference."""
    inside, rest = piece.inside[:, number], piece.rest[:, number]
    observed = _difference(inside.sum(axis=0), rest.sum(axis=0))
    if piece.of_documents:
        dealt = generator.permuted(np.tile(piece.documents, (DEALS, 1)), axis=1).astype(np.int64)
        all_counts = inside + rest
        ours = dealt @ all_counts
        differences = _difference(ours, all_counts.sum(axis=0) - ours)
    else:
        swap = generator.integers(0, 2, size=(DEALS, len(inside)))
        moved = swap @ (rest - inside)
        differences = _difference(inside.sum(axis=0) + moved, rest.sum(axis=0) - moved)
    extreme = int((np.abs(differences) >= abs(observed) - 1e-12).sum())
    return {"difference": float(observed), "p": (extreme + 1) / (DEALS + 1)}


def _difference(ours: Counts, theirs: Counts) -> Any:
    return metrics.f1(ours) - metrics.f1(theirs)


def _correct(tests: Sequence[dict[str, Any]]) -> None:
    if not tests:
        return
    for test, corrected in zip(tests, false_discovery_control([test["p"] for test in tests]), strict=True):
        test["p_corrected"] = float(corrected)
        test["differs"] = bool(corrected < LEVEL)
