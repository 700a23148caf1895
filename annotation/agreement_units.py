"""Agreement beyond chance: Krippendorff's alpha of spans and links, over any number of annotators.

**Spans.** The units are the words of an article, for each layer by itself, where spans do not overlap; the answer is
the label of the span that a word lies in, or none. A word that begins a span right behind another one of its label has
an answer of its own (the tagging scheme IOB1), so that two touching spans do not look like one. Marking every first
word would count a border that is off at the front twice as dear as one that is off at the end.

**Links.** The units are the pairs of spans that the scheme lets a link join, once for each link; the answers are yes
and no. Who did not mark both spans has no answer there: alpha judges the link alone, not its spans once more.

An annotator who did not annotate an article has no answer for it, and units with fewer than two answers tell nothing.
For one label or link, its answers stand against all others taken together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import krippendorff
import numpy as np
from numpy.typing import NDArray

from tolltrace import scheme
from tolltrace.documents import AnnotatedDocument, Link, Span

WORD = re.compile(r"\w+|[^\w\s]")
Counts = NDArray[np.int64]

_VALUES = {label: 1 + 2 * i for i, label in enumerate(scheme.LABEL_NAMES)}
"""The answer for a label; the next number is that of a word that begins a span behind one of its kind; 0 is none."""
_SIZE = 1 + 2 * len(scheme.LABEL_NAMES)


class Tally:
    """How many annotators gave each answer to each unit, [units, answers].

    Units on which all agree are counted together: one unit with all their answers gives the same alpha, and a corpus of
    any size needs memory for its disputed units only.
    """

    def __init__(self, answers: int) -> None:
        self._agreed = np.zeros(answers, dtype=np.int64)
        self._disputed: list[Counts] = []

    def add(self, counts: Counts) -> None:
        counts = counts[counts.sum(axis=1) >= 2]
        agreed = counts.max(axis=1, initial=0) == counts.sum(axis=1)
        self._agreed += counts[agreed].sum(axis=0)
        self._disputed.append(counts[~agreed])

    def alpha(self, groups: Sequence[Sequence[int]]) -> float | None:
        """Nominal alpha, from 1 (all agree) over 0 (as chance would) downwards. ``groups``: answers that count as one,
        each in one group. None where fewer than two answers were ever given."""
        answers = np.zeros((len(self._agreed), len(groups)), dtype=np.int64)
        for column, group in enumerate(groups):
            answers[list(group), column] = 1
        counts = np.concatenate([np.diag(self._agreed), *self._disputed]) @ answers
        counts = counts[counts.any(axis=1)]
        counts = counts[:, counts.any(axis=0)]
        if counts.shape[1] < 2:
            return None
        return float(krippendorff.alpha(value_counts=counts, level_of_measurement="nominal"))


def alphas(articles: Iterable[Mapping[str, AnnotatedDocument]]) -> dict[str, float | None]:
    """By ``span``, ``span/LABEL``, ``link`` and ``link/label``. An article is its versions by annotator."""
    layers = {layer: Tally(_SIZE) for layer in scheme.LAYERS}
    words = Tally(_SIZE)
    links = {name: Tally(2) for name in scheme.LINK_NAMES}
    pairs = Tally(2)
    for versions in articles:
        for layer, counts in _word_counts(list(versions.values())).items():
            layers[layer].add(counts)
            words.add(counts)
        for name, counts in _link_counts(list(versions.values())).items():
            links[name].add(counts)
            pairs.add(counts)
    found = {"span": words.alpha([[value] for value in range(_SIZE)])}
    for label in scheme.LABEL_NAMES:
        own = [_VALUES[label], _VALUES[label] + 1]
        rest = [value for value in range(_SIZE) if value not in own]
        found[f"span/{label}"] = layers[scheme.LAYER_OF[label]].alpha([[own[0]], [own[1]], rest])
    found["link"] = pairs.alpha([[0], [1]])
    return found | {f"link/{name}": tally.alpha([[0], [1]]) for name, tally in links.items()}


def _word_counts(versions: Sequence[AnnotatedDocument]) -> dict[str, Counts]:
    """For each layer, [words, answers]."""
    words = [word.span() for word in WORD.finditer(versions[0].text)]
    starts, ends = np.array(words, dtype=np.int64).reshape(-1, 2).T
    rows = np.arange(len(words))
    counts: dict[str, Counts] = {layer: np.zeros((len(words), _SIZE), dtype=np.int64) for layer in scheme.LAYERS}
    for version in versions:
        answers = {layer: np.zeros(len(words), dtype=np.int64) for layer in scheme.LAYERS}
        first = np.searchsorted(ends, [span.start for span in version.spans], side="right")
        after = np.searchsorted(starts, [span.end for span in version.spans], side="left")
        before: dict[str, tuple[str, int]] = {}
        for span, begin, end in zip(version.spans, first.tolist(), after.tolist(), strict=True):
            label, reached = before.get(span.layer, ("", 0))
            begin = max(begin, reached)  # of two spans in one word the first has it
            if begin < end:
                answers[span.layer][begin:end] = _VALUES[span.label]
                if label == span.label and begin == reached:
                    answers[span.layer][begin] += 1
                before[span.layer] = span.label, end
        for layer, given in answers.items():
            counts[layer][rows, given] += 1
    return counts


def _link_counts(versions: Sequence[AnnotatedDocument]) -> dict[str, Counts]:
    """For each link, [pairs of spans, (no, yes)]."""
    spans = sorted({span for version in versions for span in version.spans})
    place = {span: i for i, span in enumerate(spans)}
    marked = np.zeros((len(versions), len(spans)), dtype=np.int64)
    for row, version in enumerate(versions):
        marked[row, [place[span] for span in version.spans]] = 1
    heads = _places(spans, scheme.COUNT_LABELS)
    both = marked[:, heads].T @ marked  # [heads, spans]: how many marked the two
    both[np.arange(len(heads)), heads] = 0
    stated = {name: np.zeros_like(both) for name in scheme.LINK_NAMES}
    row_of = {head: row for row, head in enumerate(heads)}
    for link in _links(versions):
        stated[link.label][row_of[place[link.head]], place[link.tail]] += 1
    counts: dict[str, Counts] = {}
    for rule in scheme.LINKS:
        tails = _places(spans, rule.tails)
        yes = stated[rule.name][:, tails]
        counts[rule.name] = np.stack([both[:, tails] - yes, yes], axis=-1).reshape(-1, 2)
    return counts


def _places(spans: Sequence[Span], labels: Sequence[str]) -> list[int]:
    return [i for i, span in enumerate(spans) if span.label in labels]


def _links(versions: Sequence[AnnotatedDocument]) -> Iterable[Link]:
    return (link for version in versions for link in version.links)
