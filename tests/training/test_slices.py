from __future__ import annotations

from typing import Any

import pytest

from tolltrace import markup
from tolltrace.documents import AnnotatedDocument, Document
from training import metrics, outcomes, slices

GOOD = (
    "{{ACTOR a1:{actor}}} {{KILLED k1:killed}} {{COUNT c1:{number}}} {{VICTIM v1:men}}."
    "\n-- links\nc1 harm k1\nc1 victim v1"
)
BAD = "IS {{KILLED k1:killed}} {{TOTAL c1:{number}}} men.\n-- links\nc1 harm k1"


def article(name: str, marked: str, kind: str, **values: Any) -> AnnotatedDocument:
    parsed = markup.parse(name, marked.format(**values))
    return AnnotatedDocument(Document(name, parsed.text, {"kind": kind}), parsed.spans, parsed.links)


def pairs(bad_kind: str | None, number: int = 24) -> tuple[list[AnnotatedDocument], list[AnnotatedDocument]]:
    """Articles of two kinds; all of ``bad_kind`` are read badly."""
    gold, predicted = [], []
    for n in range(number):
        kind = "wire" if n % 2 else "local"
        gold.append(article(f"d{n}", GOOD, kind, actor="IS", number=n + 10))
        predicted.append(article(f"d{n}", BAD if kind == bad_kind else GOOD, kind, actor="IS", number=n + 10))
    return gold, predicted


def rows(gold: list[AnnotatedDocument], predicted: list[AnnotatedDocument], **more: Any) -> dict[tuple[str, str], Any]:
    found = slices.measure(gold, metrics.count_all(gold, predicted), outcomes.all_outcomes(gold, predicted), **more)
    return {(row["dimension"], row["slice"]): row for row in found}


def test_a_slice_that_is_read_badly_is_found_with_its_score() -> None:
    row = rows(*pairs("wire"))["kind", "wire"]
    # Per article right: KILLED; predicted two spans, gold four.
    assert row["scores"]["span"]["f1"] == pytest.approx(2 * 1 / (2 + 4))
    assert (row["documents"], row["items"], row["small"]) == (12, 48, False)
    test = row["tests"]["span"]
    assert test["difference"] == pytest.approx(1 / 3 - 1)
    assert test["differs"] and test["p"] <= test["p_corrected"] < 0.05


def test_without_a_difference_none_is_claimed() -> None:
    found = rows(*pairs(None))
    tests = [test for row in found.values() for test in row["tests"].values()]
    assert tests and not any(test["differs"] for test in tests)


def test_small_slices_are_shown_but_not_tested() -> None:
    gold, predicted = pairs("wire", number=6)
    row = rows(gold, predicted)["kind", "wire"]
    assert row["small"] and row["tests"] == {} and row["items"] == 12


def test_names_that_the_training_texts_hold_are_told_apart() -> None:
    gold = [article(f"d{n}", GOOD, "wire", actor="IS" if n < 20 else "FARC", number=n + 10) for n in range(40)]
    predicted = [article(f"d{n}", GOOD, "wire", actor="IS", number=n + 10) for n in range(20)]
    training = [article("t", GOOD, "wire", actor="is", number=5)]
    found = rows(gold, predicted, training=training)
    assert found["actor names", "seen in training"]["scores"]["span"]["f1"] == 1
    assert found["actor names", "unseen"]["scores"]["span"]["f1"] == 0
    assert found["actor names", "unseen"]["tests"]["span"]["differs"]


def test_links_are_sliced_by_the_sentences_between_their_ends() -> None:
    text = (
        "{KILLED k1:Killed} {COUNT c1:20}. {SOURCE s1:AP} said.\n-- links\nc1 harm k1\nc1 source s1",
        "{KILLED k1:Killed} {COUNT c1:20}. {SOURCE s1:AP} said.\n-- links\nc1 harm k1",
    )
    gold, predicted = ([markup.parse(f"d{n}", side) for n in range(25)] for side in text)
    found = rows(gold, predicted)
    assert found["distance of links", "next sentence"]["scores"]["link"]["f1"] == 0
    assert found["distance of links", "same sentence"]["scores"]["link"]["f1"] == 1
