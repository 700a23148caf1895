"""The figures of agreement: F1 of every pair of annotators and of all pairs together, and alpha.

F1 is symmetric: twice what both have, by what each has. Of overlapping spans it counts those that overlap one of the
same label of the other annotator.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from annotation.agreement_units import alphas
from annotation.disagreement import Article, Phrase, Standing, confusions, phrases, rank
from tolltrace import scheme
from tolltrace.documents import AnnotatedDocument, DocumentError, Span

Versions = Mapping[str, Mapping[str, AnnotatedDocument]]
"""By annotator, by article."""
Matrix = NDArray[np.float64]
KEYS = (
    "span",
    *(f"span/{name}" for name in scheme.LABEL_NAMES),
    "link",
    *(f"link/{name}" for name in scheme.LINK_NAMES),
)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of one label or link over all pairs of annotators. ``counts``: how many each annotator has. ``f1``: None where
    nobody has one; ``overlap_f1``: None for links too; ``alpha``: None where everybody always gives the same answer."""

    counts: Mapping[str, int]
    f1: float | None
    overlap_f1: float | None
    alpha: float | None


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """The same of two annotators, and how many each has in the articles that both annotated."""

    first: int
    second: int
    f1: float | None
    overlap_f1: float | None


@dataclass(frozen=True, slots=True)
class Pair:
    first: str
    second: str
    documents: int
    agreement: Mapping[str, PairAgreement]


@dataclass(frozen=True, slots=True)
class Report:
    """``articles``: those that at least two annotators have; nothing else is looked at. ``annotators``: how many of
    them each has. ``ranked``: the same articles, the most disputed first."""

    annotators: Mapping[str, int]
    articles: Sequence[Article]
    agreement: Mapping[str, Agreement]
    pairs: Sequence[Pair]
    ranked: Sequence[Standing]
    phrases: Sequence[Phrase]
    confusions: Mapping[str, Mapping[tuple[str, str], int]]


@dataclass(frozen=True, slots=True)
class _Things:
    """Distinct spans or links of all articles as columns: ``keys`` and ``article`` [things]; which annotators have each
    and, of spans, which have one of its label that overlaps it: [annotators, things]."""

    keys: NDArray[np.str_]
    article: NDArray[np.int64]
    has: Matrix
    overlapping: Matrix | None


def shared_articles(versions: Versions) -> list[Article]:
    """Articles that at least two annotators have, by id. Raises DocumentError where there are none, or where two
    annotators had different texts under one id."""
    holders: dict[str, list[str]] = {}
    for annotator, documents in versions.items():
        for name in documents:
            holders.setdefault(name, []).append(annotator)
    articles = []
    for name, who in sorted(holders.items()):
        if len(who) < 2:
            continue
        article = Article(name, {annotator: versions[annotator][name] for annotator in who})
        for annotator, version in article.versions.items():
            if version.text != article.text:
                raise DocumentError(
                    f"document {name!r}: {who[0]} and {annotator} had different texts; compare versions of one text"
                )
        articles.append(article)
    if not articles:
        raise DocumentError("no two annotators hold a document with the same id")
    return articles


def measure(versions: Versions) -> Report:
    """Everything there is to say. Raises DocumentError as :func:`shared_articles`."""
    articles = shared_articles(versions)
    names = tuple(versions)
    present = np.array([[name in article.versions for article in articles] for name in names], dtype=np.float64)
    spans, links = _spans(articles, names), _links(articles, names)
    chance = alphas(article.versions for article in articles)
    agreement: dict[str, Agreement] = {}
    pairs: dict[tuple[str, str], dict[str, PairAgreement]] = {pair: {} for pair in combinations(names, 2)}
    for key in KEYS:
        kind, _, label = key.partition("/")
        things = spans if kind == "span" else links
        chosen = things.keys == label if label else np.ones(len(things.keys), dtype=np.bool_)
        has = things.has[:, chosen]
        marked = has @ present[:, things.article[chosen]].T  # of the first, in articles that the second has too
        both = has @ has.T
        near = None if things.overlapping is None else has @ things.overlapping[:, chosen].T
        for i, j in combinations(range(len(names)), 2):
            overlap = None if near is None else near[i, j] + near[j, i]
            pairs[names[i], names[j]][key] = PairAgreement(
                int(marked[i, j]), int(marked[j, i]), *_f1s(2 * both[i, j], overlap, marked[i, j] + marked[j, i])
            )
        upper = np.triu_indices(len(names), 1)
        over = None if near is None else float((near + near.T)[upper].sum())
        figures = _f1s(2 * float(both[upper].sum()), over, float((marked + marked.T)[upper].sum()))
        counts = dict(zip(names, map(int, has.sum(axis=1)), strict=True))
        agreement[key] = Agreement(counts, *figures, chance[key])
    together = present @ present.T
    return Report(
        dict(zip(names, map(int, present.sum(axis=1)), strict=True)),
        articles,
        agreement,
        [
            Pair(first, second, int(together[names.index(first), names.index(second)]), figures)
            for (first, second), figures in pairs.items()
        ],
        rank(articles),
        phrases(articles),
        confusions(articles),
    )


def _f1s(exact: float, overlapping: float | None, marked: float) -> tuple[float | None, float | None]:
    """``exact`` and ``overlapping`` count what is matched on either side, ``marked`` what is marked on either side."""
    if not marked:
        return None, None
    return float(exact / marked), None if overlapping is None else float(overlapping / marked)


def _spans(articles: Sequence[Article], names: Sequence[str]) -> _Things:
    keys: list[str] = []
    sizes, has, overlapping = [], [], []
    for article in articles:
        distinct = sorted({span for version in article.versions.values() for span in version.spans})
        mine = _membership(distinct, names, {name: version.spans for name, version in article.versions.items()})
        keys += [span.label for span in distinct]
        sizes.append(len(distinct))
        has.append(mine)
        overlapping.append(np.minimum(mine @ _overlaps(distinct), 1))
    return _things(keys, sizes, names, has, overlapping)


def _links(articles: Sequence[Article], names: Sequence[str]) -> _Things:
    keys: list[str] = []
    sizes, has = [], []
    for article in articles:
        distinct = sorted({link for version in article.versions.values() for link in version.links})
        keys += [link.label for link in distinct]
        sizes.append(len(distinct))
        has.append(_membership(distinct, names, {name: version.links for name, version in article.versions.items()}))
    return _things(keys, sizes, names, has, None)


def _membership(distinct: Sequence[object], names: Sequence[str], given: Mapping[str, Iterable[object]]) -> Matrix:
    """[annotators, things]"""
    place = {thing: i for i, thing in enumerate(distinct)}
    has = np.zeros((len(names), len(distinct)))
    for row, name in enumerate(names):
        has[row, [place[thing] for thing in given.get(name, ())]] = 1
    return has


def _overlaps(spans: Sequence[Span]) -> Matrix:
    """[spans, spans]: of one label, and not apart."""
    starts, ends = (np.array(values, dtype=np.int64) for values in ([s.start for s in spans], [s.end for s in spans]))
    labels = np.array([scheme.LABEL_NAMES.index(s.label) for s in spans], dtype=np.int64)
    near = (starts[:, None] < ends) & (starts < ends[:, None]) & (labels[:, None] == labels)
    overlaps: Matrix = near.astype(np.float64)
    return overlaps


def _things(
    keys: list[str], sizes: list[int], names: Sequence[str], has: list[Matrix], overlapping: list[Matrix] | None
) -> _Things:
    none = np.zeros((len(names), 0))
    return _Things(
        np.array(keys, dtype=np.str_),
        np.repeat(np.arange(len(sizes)), sizes),
        np.concatenate([none, *has], axis=1),
        None if overlapping is None else np.concatenate([none, *overlapping], axis=1),
    )
