from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.training.test_gate import MARKED, Perfect
from tolltrace import markup
from tolltrace.claims import build_claims
from tolltrace.documents import AnnotatedDocument, Document
from training.probes import expectations, fairness, invariance, swaps
from training.probes.result import Failure, ProbeResult

CLAIMS = build_claims(
    markup.parse(
        "d",
        "{ACTOR a1:IS} {KILLED k1:killed} {COUNT c1:at least 20} {VICTIM v1:men}, "
        "{COUNT c2:five} of them {VICTIM v2:boys}."
        "\n-- links\nc1 harm k1\nc1 victim v1\nc1 perpetrator a1\nc2 harm k1\nc2 victim v2\nc2 part_of c1",
    )
)


@pytest.mark.parametrize(
    ("wanted", "wrong"),
    [
        ([{"min": 20, "max": "open", "harm": ["killed"], "blamed": {"IS": "stated"}}, {"min": 5, "part": True}], 0),
        ([{"min": 20, "max": 20}, {}], 1),
        ([{"blamed": {}}, {"part": False}], 2),
        ([{}], 1),
        (expectations.NONE_ABOVE_ZERO, 2),
    ],
)
def test_claims_are_compared_with_what_a_reader_understands(wanted: Any, wrong: int) -> None:
    assert len(expectations.differences(wanted, CLAIMS)) == wrong


def test_every_case_is_well_formed_and_can_fail() -> None:
    cases = expectations.read_cases()
    assert len(cases) > 70 and len({case.probe for case in cases}) >= 8
    known = {"min", "max", "harm", "scope", "victims", "blamed", "denied", "part", "sources"}
    for case in cases:
        assert not case.text[0].islower() and case.text.endswith(".")
        wanted = [] if isinstance(case.wanted, str) else case.wanted
        assert all(set(want) <= known and want for want in wanted)
    silent = Perfect([])
    results = {result.name: result for result in expectations.run(silent, cases)}
    assert len(results["number formats"].failures) == results["number formats"].cases == 20
    assert not results["numbers that are no casualties"].failures


def test_a_change_of_form_keeps_the_gold() -> None:
    gold = [markup.parse(f"d{n}", "Intro, with words.\n" + MARKED.format(n=n)) for n in range(10, 20)]
    generator = np.random.default_rng(0)
    for name, (change, _) in invariance.CHANGES.items():
        changed = [change(annotated, generator) for annotated in gold]
        assert any(new.text != old.text for new, old in zip(changed, gold, strict=True)) or name == "typographic quotes"
        for new, old in zip(changed, gold, strict=True):
            words = [new.text_of(span).lower() for span in new.spans]
            assert words == [old.text_of(span).lower() for span in old.spans][: len(words)]


def test_only_claims_that_were_right_can_fail() -> None:
    gold = [markup.parse(f"d{n}", "Intro, with words.\n" + MARKED.format(n=n)) for n in range(10, 20)]
    results = {result.name: result for result in invariance.run(Perfect(gold), gold)}
    # It knows the texts as they were only: in changed ones it finds nothing.
    assert results["lower case"].cases == len(results["lower case"].failures) == 20
    assert results["lower case"].failures[0].wanted.endswith("KILLED, victim men")
    blind = {result.name: result for result in invariance.run(Perfect([]), gold)}
    assert blind["lower case"].cases == 0


def test_swapped_names_are_judged_by_group() -> None:
    results, table = swaps.run(Perfect([]))
    assert {result.name for result in results} == {"blame by name", "victims by people"}
    assert all(row["rate"] == 1 for row in table)
    assert {row["group"] for row in table} >= {"states", "state forces", "armed groups", "Rohingya"}
    texts = [failure.text for result in results for failure in result.failures]
    assert len(texts) == len(set(texts)) and all("{" not in text for text in texts)


def test_blame_is_counted_for_the_side_that_is_blamed() -> None:
    gold = [markup.parse("d", MARKED.format(n=20))]
    text = gold[0].text
    silent = [AnnotatedDocument(Document("d", text))]
    rows = {(row["measure"], row["group"]): row for row in fairness.by_side(gold, silent)}
    assert rows["blame that is missed", fairness.OTHERS]["rate"] == 1
    assert not any(measure == "blamed without ground" for measure, _ in rows)
    rows = {(row["measure"], row["group"]): row for row in fairness.by_side(gold, gold)}
    assert {row["rate"] for row in rows.values()} == {0}


def test_rates_have_intervals() -> None:
    result = ProbeResult("p", "form")
    for number in range(10):
        result.add(Failure("t", "w", "f") if number < 2 else None)
    row = result.to_json()
    assert row["rate"] == 0.2 and row["low"] < 0.1 < 0.4 < row["high"] and len(row["examples"]) == 2
