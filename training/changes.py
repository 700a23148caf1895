"""What a new model reads rightly that the old one did not, and the other way round: item by item."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tolltrace.documents import AnnotatedDocument, Link, Span
from training import metrics
from training.outcomes import Outcome, all_outcomes

State = Literal["fixed", "broken"]
ABSENT = "not predicted"


@dataclass(frozen=True, slots=True)
class Change:
    """A span, link or claim that only one of the models reads rightly. ``before`` and ``now``: its results."""

    state: State
    document: str
    kind: str
    label: str
    words: str
    before: str
    now: str
    score: float | None

    @property
    def key(self) -> str:
        return self.kind if self.kind == "claim" else f"{self.kind}/{self.label}"


def find_changes(
    gold: Sequence[AnnotatedDocument], old: Sequence[AnnotatedDocument], new: Sequence[AnnotatedDocument]
) -> list[Change]:
    """In the order of the documents and of their texts. An item that gold does not hold is right where it is not
    predicted."""
    texts = {annotated.id: annotated.text for annotated in gold}
    before, now = (_by_item(all_outcomes(gold, side)) for side in (old, new))
    changes = []
    for item in dict.fromkeys([*before, *now]):
        one, other = before.get(item), now.get(item)
        was, right = (row is None or row.result == "correct" for row in (one, other))
        if was != right:
            row = other or one
            assert row is not None  # noqa: S101  # the item stands in one of the two
            results = (one.result if one else ABSENT, other.result if other else ABSENT)
            state: State = "fixed" if right else "broken"
            words = _words(texts[row.document], row)
            changes.append(Change(state, row.document, row.kind, row.label, words, *results, row.score))
    return changes


def by_label(changes: Sequence[Change]) -> dict[str, dict[str, int]]:
    """How many were fixed and newly broken of each kind and label."""
    table: dict[str, Counter[str]] = defaultdict(Counter)
    for change in changes:
        table[change.key][change.state] += 1
    return {key: {"fixed": table[key]["fixed"], "broken": table[key]["broken"]} for key in sorted(table)}


def _by_item(rows: Sequence[Outcome]) -> dict[Hashable, Outcome]:
    """Outcomes by gold's item, and by the predicted one where gold has none."""
    return {(row.document, row.kind, row.gold is None, _place(row.gold or row.predicted)): row for row in rows}


def _place(item: Span | Link | None) -> Hashable:
    if isinstance(item, Link):
        return metrics.link_key(item)
    return None if item is None else (*metrics.place(item), item.label)


def _words(text: str, row: Outcome) -> str:
    item: Any = row.gold or row.predicted
    if isinstance(item, Link):
        return f"{text[item.head.start : item.head.end]} → {text[item.tail.start : item.tail.end]}"
    return text[item.start : item.end]
