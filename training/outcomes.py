"""What became of every gold and predicted span, link and claim: the rows that confusions, error kinds, slices,
reliability and the error browser are made from.

The kinds are those of MUC and SemEval-2013, as nervaluate names them: correct, incorrect (another label), partial
(other borders), missed, spurious. Matches are one to one: exact ones first, then same borders, then same label.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tolltrace import scheme
from tolltrace.documents import AnnotatedDocument, Link, Span
from training import metrics

Kind = Literal["span", "link", "claim"]
Result = Literal["correct", "incorrect", "partial", "missed", "spurious"]
RESULTS: tuple[Result, ...] = ("correct", "incorrect", "partial", "missed", "spurious")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One gold item, one predicted item, or the two that were matched.

    ``label`` is gold's, or the predicted one's where it is spurious; for claims ``claim``. ``score`` is the predicted
    item's. ``why`` names what is wrong of a matched claim: harm, victim, scope, value, sources, blamed, borders.
    """

    document: str
    kind: Kind
    label: str
    result: Result
    gold: Span | Link | None
    predicted: Span | Link | None
    score: float | None = None
    why: tuple[str, ...] = ()

    @property
    def predicted_label(self) -> str | None:
        return None if self.predicted is None else self.predicted.label


def outcomes(gold: AnnotatedDocument, predicted: AnnotatedDocument) -> list[Outcome]:
    """Of one document: spans, links and claims, each in order of the text."""
    return [*span_outcomes(gold, predicted), *link_outcomes(gold, predicted), *claim_outcomes(gold, predicted)]


def all_outcomes(gold: Sequence[AnnotatedDocument], predicted: Sequence[AnnotatedDocument]) -> list[Outcome]:
    """Of all gold documents; one without a prediction counts as missed."""
    by_id = {annotated.id: annotated for annotated in predicted}
    return [o for g in gold for o in outcomes(g, by_id.get(g.id, AnnotatedDocument(g.document)))]


def span_outcomes(gold: AnnotatedDocument, predicted: AnnotatedDocument) -> list[Outcome]:
    rows: list[Outcome] = []
    for layer in scheme.LAYERS:
        wanted = [s for s in gold.spans if s.layer == layer]
        found = [s for s in predicted.spans if s.layer == layer]
        rules: list[tuple[Result, Callable[[Span, Span], bool]]] = [
            ("correct", lambda g, p: g == p),
            ("incorrect", lambda g, p: metrics.place(g) == metrics.place(p)),
            ("partial", lambda g, p: g.label == p.label and g.overlaps(p)),
            ("incorrect", lambda g, p: g.overlaps(p)),
        ]
        rows += _match(gold.id, "span", wanted, found, rules)
    return sorted(rows, key=_place)


def link_outcomes(gold: AnnotatedDocument, predicted: AnnotatedDocument) -> list[Outcome]:
    """Links whose ends overlap are matched; an end's own label is no matter of the link's."""

    def same(g: Link, p: Link) -> bool:
        return metrics.link_key(g)[::2] == metrics.link_key(p)[::2]

    def near(g: Link, p: Link) -> bool:
        return g.head.overlaps(p.head) and g.tail.overlaps(p.tail)

    rules: list[tuple[Result, Callable[[Link, Link], bool]]] = [
        ("correct", lambda g, p: metrics.link_key(g) == metrics.link_key(p)),
        ("incorrect", same),
        ("partial", lambda g, p: g.label == p.label and near(g, p)),
    ]
    return sorted(_match(gold.id, "link", gold.links, predicted.links, rules), key=_place)


def claim_outcomes(gold: AnnotatedDocument, predicted: AnnotatedDocument) -> list[Outcome]:
    """Claims by their figures: correct where all that an analyst reads of it is right."""
    wanted = [s for s in gold.spans if s.label in scheme.COUNT_LABELS]
    found = [s for s in predicted.spans if s.label in scheme.COUNT_LABELS]
    rules: list[tuple[Result, Callable[[Span, Span], bool]]] = [
        ("correct", lambda g, p: metrics.place(g) == metrics.place(p)),
        ("partial", lambda g, p: g.overlaps(p)),
    ]
    rows = []
    for row in _match(gold.id, "claim", wanted, found, rules):
        why: tuple[str, ...] = ()
        result: Result = row.result
        if isinstance(row.gold, Span) and isinstance(row.predicted, Span):
            why = _differences(gold, row.gold, predicted, row.predicted)
            result = "correct" if not why else "partial" if why == ("borders",) else "incorrect"
        rows.append(Outcome(gold.id, "claim", "claim", result, row.gold, row.predicted, row.score, why))
    return sorted(rows, key=_place)


def _differences(gold: AnnotatedDocument, wanted: Span, predicted: AnnotatedDocument, found: Span) -> tuple[str, ...]:
    def harms(annotated: AnnotatedDocument, head: Span) -> set[str]:
        return {k.tail.label for k in annotated.links if k.head == head and k.label == "harm"}

    def differ(*labels: str) -> bool:
        return metrics.tails(gold, wanted, labels) != metrics.tails(predicted, found, labels)

    checks = {
        "borders": metrics.place(wanted) != metrics.place(found),
        "value": metrics.value(gold, wanted) != metrics.value(predicted, found),
        "scope": wanted.label != found.label,
        "harm": harms(gold, wanted) != harms(predicted, found),
        "victim": differ("victim"),
        "sources": differ("source"),
        "blamed": differ(*metrics.BLAMING),
        "places": differ("location"),
    }
    return tuple(name for name, wrong in checks.items() if wrong)


def _match(
    document: str,
    kind: Kind,
    gold: Sequence[Any],
    predicted: Sequence[Any],
    rules: Sequence[tuple[Result, Callable[[Any, Any], bool]]],
) -> list[Outcome]:
    """One to one, by the first rule that fits, in order of the text."""
    wanted, found = sorted(gold), sorted(predicted)
    rows: list[Outcome] = []
    for result, fits in rules:
        for g in list(wanted):
            p = next((p for p in found if fits(g, p)), None)
            if p is not None:
                wanted.remove(g)
                found.remove(p)
                rows.append(Outcome(document, kind, g.label, result, g, p, p.score))
    rows += [Outcome(document, kind, g.label, "missed", g, None) for g in wanted]
    rows += [Outcome(document, kind, p.label, "spurious", None, p, p.score) for p in found]
    return rows


def _place(row: Outcome) -> tuple[int, ...]:
    item = row.gold or row.predicted
    if isinstance(item, Link):
        return (*metrics.place(item.head), *metrics.place(item.tail))
    return metrics.place(item) if item else ()
