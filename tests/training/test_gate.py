from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from tolltrace import markup
from tolltrace.claims import Claim, build_claims
from tolltrace.documents import AnnotatedDocument, Document, Link
from training import damages, gate
from training.report.evaluation import Cached, Data, evaluate

OLD: dict[str, Any] = {
    "version": "old",
    "data": {"fingerprint": "f"},
    "scores": {
        "span": {"f1": 0.9, "gold": 500},
        "span/ACTOR": {"f1": 0.8, "gold": 90},
        "span/DATE": {"f1": 0.8, "gold": 4},
    },
    "slices": [{"dimension": "kind", "slice": "wire", "scores": {"span": {"f1": 0.9, "gold": 100}}}],
    "probes": [{"name": "negation", "rate": 0.1}],
}


def changed(path: str, value: float) -> dict[str, Any]:
    new = copy.deepcopy(OLD)
    *steps, last = path.split("/") if path.startswith("scores") else path.split(".")
    place: Any = new
    for step in steps:
        place = place[int(step)] if isinstance(place, list) else place[step]
    place[last] = value
    return new


def verdict(new: dict[str, Any], old: dict[str, Any] | None = OLD, **limits: Any) -> gate.Verdict:
    return gate.decide(new, old, [gate.Rule("r", **limits)])


def test_a_value_may_fall_by_what_is_allowed_and_no_more() -> None:
    new = copy.deepcopy(OLD)
    new["scores"]["span"]["f1"] = 0.89
    assert verdict(new, values=("scores.span.f1",), may_fall=0.01).release
    new["scores"]["span"]["f1"] = 0.8899
    refused = verdict(new, values=("scores.span.f1",), may_fall=0.01)
    assert not refused.release
    check = refused.broken[0]
    assert (check.value, check.now, check.before) == ("scores.span.f1", 0.8899, 0.9)


def test_absolute_limits_hold_without_a_model_before() -> None:
    assert not verdict(OLD, None, values=("scores.span.f1",), at_least=0.95).release
    assert verdict(OLD, None, values=("scores.span.f1",), may_fall=0.0).release  # nothing to compare with
    assert verdict(OLD, None, values=("scores.span.f1",), at_least=0.5).compared is None


def test_scores_on_other_articles_are_not_compared() -> None:
    other = copy.deepcopy(OLD)
    other["data"]["fingerprint"] = "g"
    other["scores"]["span"]["f1"] = 0.99
    found = verdict(OLD, other, values=("scores.span.f1",), may_fall=0.01)
    assert found.release and found.compared is None


def test_labels_with_few_items_are_not_judged() -> None:
    new = copy.deepcopy(OLD)
    new["scores"]["span/DATE"]["f1"] = 0.1
    assert verdict(new, values=("scores.span/*.f1",), may_fall=0.05, least_gold=20).release
    new["scores"]["span/ACTOR"]["f1"] = 0.1
    broken = verdict(new, values=("scores.span/*.f1",), may_fall=0.05, least_gold=20).broken
    assert [check.value for check in broken] == ["scores.span/ACTOR.f1"]


def test_beyond_chance_a_fall_counts_only_outside_the_interval() -> None:
    new = copy.deepcopy(OLD)
    new["scores"]["span/ACTOR"] = {"f1": 0.7, "gold": 90, "low": 0.6, "high": 0.81}
    limits: dict[str, Any] = {"values": ("scores.span/*.f1",), "may_fall": 0.05, "least_gold": 20}
    assert not verdict(new, **limits).release
    assert verdict(new, **limits, beyond_chance=True).release
    new["scores"]["span/ACTOR"]["high"] = 0.79
    assert not verdict(new, **limits, beyond_chance=True).release
    new["probes"][0] |= {"rate": 0.3, "low": 0.05}
    assert verdict(new, values=("probes.*.rate",), may_rise=0.1, beyond_chance=True).release
    new["probes"][0]["low"] = 0.15
    assert not verdict(new, values=("probes.*.rate",), may_rise=0.1, beyond_chance=True).release


def test_slices_and_probes_are_named_by_what_they_are() -> None:
    new = copy.deepcopy(OLD)
    new["slices"][0]["scores"]["span"]["f1"] = 0.5
    new["probes"][0]["rate"] = 0.3
    broken = verdict(new, values=("slices.*.scores.*.f1",), may_fall=0.1).broken
    assert [check.value for check in broken] == ["slices.kind: wire.scores.span.f1"]
    broken = verdict(new, values=("probes.*.rate",), may_rise=0.1, at_most=0.25).broken
    assert [check.limit for check in broken] == ["at most 0.25", "may rise by 0.1"]


def test_what_is_not_measured_any_more_is_refused() -> None:
    new = copy.deepcopy(OLD)
    del new["probes"][0]
    broken = verdict(new, values=("probes.*.rate",), may_rise=0.1).broken
    assert [(check.value, check.limit) for check in broken] == [("probes.negation.rate", "is not measured any more")]


def test_a_rule_that_names_nothing_is_an_error() -> None:
    with pytest.raises(gate.GateError, match=r"scores\.spam\.f1"):
        verdict(OLD, values=("scores.spam.f1",), at_least=0.1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no rule"),
        ('[[rule]]\nname = "a"\nvalues = ["x"]', "one of at_least"),
        ('[[rule]]\nname = "a"\nvalues = ["x"]\nat_lest = 1', "at_lest"),
    ],
)
def test_broken_rules_are_refused(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "gate.toml").write_text(text)
    with pytest.raises(gate.GateError, match=message):
        gate.read_rules(tmp_path / "gate.toml")


class Perfect:
    """Gives gold, with scores."""

    name, version = "perfect", "1"

    def __init__(self, gold: list[AnnotatedDocument]) -> None:
        self.gold = {annotated.text: annotated for annotated in gold}

    def read(self, documents: list[Document] | Any) -> list[AnnotatedDocument]:
        return [self.gold.get(d.text, AnnotatedDocument(d)) for d in documents]

    def link(self, gold: Any) -> list[list[Link]]:
        return [list(annotated.links) for annotated in gold]

    def claims(self, annotated: AnnotatedDocument) -> list[Claim]:
        return build_claims(annotated)


MARKED = (
    "{{SOURCE s1:Activists}} said {{COUNT c1:at least {n}}} {{VICTIM v1:men}} were {{KILLED k1:killed}} by "
    "{{ACTOR a1:IS}}. {{TOTAL t1:{n} more}} were {{INJURED i1:hurt}} since May.\n-- links\n"
    "c1 harm k1\nc1 victim v1\nc1 source s1\nc1 perpetrator a1\nt1 harm i1"
)


def test_each_damage_changes_what_it_says(root: Path) -> None:
    gold = [markup.parse(f"d{n}", MARKED.format(n=n)) for n in range(10, 50)]
    data = Data("t", gold)
    whole = evaluate(Cached(Perfect(gold)), data, probes=False)
    assert whole["scores"]["span"]["f1"] == whole["scores"]["claim_full"]["f1"] == 1
    rules = [gate.Rule("r", ("scores.*.f1",), may_fall=0.01)]
    assert gate.decide(whole, whole, rules).release
    expected = {
        "killed and injured swapped in a tenth": "scores.span/KILLED.f1",
        "totals read as counts in a quarter": "scores.count_scope.f1",
        "sources dropped from a fifth": "scores.link/source.f1",
        "qualifiers of figures lost": "scores.count_value.f1",
        "one article in twelve unread": "scores.span.f1",
    }
    for damage in damages.DAMAGES:
        if damage.name in expected:
            spoiled = evaluate(damages.Damaged(Perfect(gold), damage), data, probes=False)
            broken = {check.value for check in gate.decide(spoiled, whole, rules).broken}
            assert expected[damage.name] in broken, damage.name


def test_there_are_many_damages_each_with_its_score() -> None:
    assert len(damages.DAMAGES) >= 10 and len({d.name for d in damages.DAMAGES}) == len(damages.DAMAGES)
    assert all(damage.caught_by for damage in damages.DAMAGES)
