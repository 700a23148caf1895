"""Errors of blame by the side that is blamed, on articles with gold: whom the system wrongs, and whom it lets off."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from typing import Any

from scipy.stats import binomtest

from tolltrace.documents import AnnotatedDocument, Link
from tolltrace.resolving.names import NameTable, load_names
from training import metrics

SIDES = {
    "state": "states and their forces",
    "state_forces": "states and their forces",
    "ministry": "states and their forces",
    "police": "states and their forces",
    "government": "states and their forces",
    "coalition": "coalitions",
    "international": "coalitions",
}
OTHERS, UNNAMED = "armed groups", "generic or unknown to the table"


def by_side(gold: Sequence[AnnotatedDocument], predicted: Sequence[AnnotatedDocument]) -> list[dict[str, Any]]:
    """For each kind of party: how often the model blames without gold (``wronged``), and how often it misses blame
    (``let off``), each with cases, failures, rate and its interval."""
    table = _names()
    by_id = {annotated.id: annotated for annotated in predicted}
    wronged: dict[str, list[bool]] = defaultdict(list)
    let_off: dict[str, list[bool]] = defaultdict(list)
    for true in gold:
        found = by_id.get(true.id, AnnotatedDocument(true.document))
        wanted = {metrics.link_key(k)[::2] for k in _blaming(true)}
        stated = {metrics.link_key(k)[::2] for k in _blaming(found)}
        for link in _blaming(found):
            wronged[side_of(found.text_of(link.tail), table)].append(metrics.link_key(link)[::2] not in wanted)
        for link in _blaming(true):
            let_off[side_of(true.text_of(link.tail), table)].append(metrics.link_key(link)[::2] not in stated)
    rows = []
    for measure, sides in (("blamed without ground", wronged), ("blame that is missed", let_off)):
        for side, failed in sorted(sides.items()):
            bounds = binomtest(sum(failed), len(failed)).proportion_ci(method="wilson")
            rate = sum(failed) / len(failed)
            facts = {"measure": measure, "group": side, "cases": len(failed), "failures": sum(failed), "rate": rate}
            rows.append({**facts, "low": float(bounds.low), "high": float(bounds.high)})
    return rows


def side_of(words: str, table: NameTable) -> str:
    row = table.find(words, parties_only=True)
    if row is None or row.party is None:
        return UNNAMED
    return SIDES.get(row.party, OTHERS)


def _blaming(annotated: AnnotatedDocument) -> list[Link]:
    return [link for link in annotated.links if link.label in metrics.BLAMING]


@cache
def _names() -> NameTable:
    return load_names()
