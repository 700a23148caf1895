"""Everything measured of a system on one set of articles, as the JSON-able object of ``metrics.json`` (schema 2).

Nothing in it depends on the clock or the machine. Every part is made by its own module; here they are put together.
"""

from __future__ import annotations

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from tolltrace import scheme
from tolltrace.documents import AnnotatedDocument, Document, Link
from training import metrics, reliability, slices
from training.dataset import fingerprint
from training.outcomes import RESULTS, Outcome, all_outcomes
from training.probes import expectations, fairness, invariance, swaps
from training.systems import ModelSystem, System

SCHEMA = 2
DIGITS = 4
NOTHING = "nothing"


@dataclasses.dataclass(frozen=True)
class Data:
    """What a model is measured on, and what that takes: ``validation`` to choose thresholds, ``training`` to tell seen
    names from unseen ones."""

    name: str
    gold: Sequence[AnnotatedDocument]
    validation: Sequence[AnnotatedDocument] = ()
    training: Sequence[AnnotatedDocument] = ()


class Cached:
    """A system that reads each text once: probes, slices and damages ask for the same articles again and again."""

    def __init__(self, system: System) -> None:
        self.system = system
        self._read: dict[tuple[str, str], AnnotatedDocument] = {}
        self._linked: dict[tuple[str, str], list[Link]] = {}

    @property
    def name(self) -> str:
        return self.system.name

    @property
    def version(self) -> str:
        return self.system.version

    def read(self, documents: Sequence[Document]) -> list[AnnotatedDocument]:
        new = [d for d in documents if (d.id, d.text) not in self._read]
        for annotated in self.system.read(new) if new else ():
            self._read[annotated.id, annotated.text] = annotated
        return [self._read[d.id, d.text] for d in documents]

    def link(self, gold: Sequence[AnnotatedDocument]) -> list[list[Link]]:
        new = [a for a in gold if (a.id, a.text) not in self._linked]
        for annotated, links in zip(new, self.system.link(new) if new else (), strict=True):
            self._linked[annotated.id, annotated.text] = links
        return [self._linked[a.id, a.text] for a in gold]

    def claims(self, annotated: AnnotatedDocument) -> list[Any]:
        return self.system.claims(annotated)


def scores(system: System, gold: Sequence[AnnotatedDocument]) -> dict[str, Any]:
    """The scores alone: for baselines, and the first part of :func:`evaluate`."""
    predicted = system.read([a.document for a in gold])
    on_gold = metrics.score(metrics.count_links(gold, system.link(gold)))
    found = metrics.score(metrics.count_all(gold, predicted))
    return {
        "name": system.name,
        "version": system.version,
        "scores": {key: dataclasses.asdict(score) for key, score in found.items()},
        "scores_on_gold_spans": {k: dataclasses.asdict(s) for k, s in on_gold.items() if k.startswith(metrics.LINK)},
    }


def evaluate(system: System, data: Data, probes: bool = True) -> dict[str, Any]:
    """All parts that need no other model. ``probes``: behaviour too, which reads the articles six times more."""
    gold = data.gold
    cached = system if isinstance(system, Cached) else Cached(system)
    predicted = cached.read([a.document for a in gold])
    rows = all_outcomes(gold, predicted)
    result = {
        "schema": SCHEMA,
        **scores(cached, gold),
        "data": {
            "name": data.name,
            "documents": len(gold),
            "words": sum(len(a.text.split()) for a in gold),
            "fingerprint": fingerprint(gold)[:16],
        },
        "tags_seqeval_strict_iob2": metrics.tag_f1(gold, predicted),
        "results": results_by_label(rows),
        "confusion": confusion(rows),
        "claim_errors": dict(Counter(why for row in rows for why in row.why).most_common()),
        "slices": slices.measure(gold, metrics.count_all(gold, predicted), rows, data.training),
        "fairness": fairness.by_side(gold, predicted),
        "probes": [],
        **_trust(cached, data, predicted),
    }
    if probes:
        swapped, by_group = swaps.run(cached)
        found = [*expectations.run(cached, expectations.read_cases()), *swapped, *invariance.run(cached, gold)]
        result["probes"] = [probe.to_json() for probe in found]
        result["fairness"] += by_group
    rounded: dict[str, Any] = round_all(result)
    return rounded


def _trust(system: Cached, data: Data, predicted: Sequence[AnnotatedDocument]) -> dict[str, Any]:
    """Calibration and review; a system without scores has none."""
    after = reliability.scored(system, data.gold, predicted)
    before = after
    model = system.system
    if isinstance(model, ModelSystem):
        with model.uncalibrated():
            before = reliability.scored(system, data.gold, model.read([a.document for a in data.gold]))
    facts: dict[str, Any] = {"calibration": reliability.measure(before, after), "review": {}}
    if data.validation:
        chosen_on = reliability.scored(system, data.validation, system.read([a.document for a in data.validation]))
        facts["review"] = reliability.review(chosen_on, after)
    return facts


def results_by_label(rows: Sequence[Outcome]) -> dict[str, dict[str, dict[str, int]]]:
    """How many of each kind and label are correct, incorrect, partial, missed, spurious."""
    table: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for row in rows:
        table[row.kind][row.label][row.result] += 1
    return {
        kind: {label: {result: counts[result] for result in RESULTS} for label, counts in sorted(labels.items())}
        for kind, labels in table.items()
    }


def confusion(rows: Sequence[Outcome]) -> dict[str, dict[str, dict[str, int]]]:
    """For spans and links: how often each gold label met each predicted one; ``nothing`` where one side has none."""
    table: dict[str, dict[str, Counter[str]]] = {"span": defaultdict(Counter), "link": defaultdict(Counter)}
    for row in rows:
        if row.kind in table:
            wanted = row.gold.label if row.gold else NOTHING
            table[row.kind][wanted][row.predicted_label or NOTHING] += 1
    order = {"span": scheme.LABEL_NAMES, "link": scheme.LINK_NAMES}
    return {
        kind: {name: dict(cells[name]) for name in (*order[kind], NOTHING) if name in cells}
        for kind, cells in table.items()
    }


def round_all(value: Any) -> Any:
    """The value with every float cut to four digits: what differs beyond them is noise of the machine."""
    if isinstance(value, float):
        return round(value, DIGITS)
    if isinstance(value, dict):
        return {key: round_all(item) for key, item in value.items()}
    return [round_all(item) for item in value] if isinstance(value, list | tuple) else value
