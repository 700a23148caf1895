from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from nervaluate.evaluator import Evaluator

from tests.strategies import annotated_documents
from tests.training.test_metrics import GOLD, PREDICTED
from tolltrace import markup, scheme
from tolltrace.documents import AnnotatedDocument, Document, Span
from training.outcomes import all_outcomes, claim_outcomes, link_outcomes, span_outcomes


def test_every_kind_by_hand() -> None:
    rows = {(row.label, row.predicted_label): row.result for row in span_outcomes(GOLD, PREDICTED)}
    assert rows == {
        ("COUNT", "TOTAL"): "incorrect",
        ("COUNT", "COUNT"): "correct",
        ("VICTIM", "VICTIM"): "correct",
        ("KILLED", "KILLED"): "correct",
        ("INJURED", "INJURED"): "partial",
        ("LOCATION", "LOCATION"): "correct",
        ("SOURCE", None): "missed",
    }
    # c1 harm, c1 victim and c2 victim are right; c2 harm has another border; location and source are missed.
    results = Counter(row.result for row in link_outcomes(GOLD, PREDICTED))
    assert results == {"correct": 3, "partial": 1, "missed": 2}


def test_a_link_with_another_name_is_incorrect_and_a_new_one_spurious() -> None:
    text = "{{KILLED k1:killed}} {{COUNT c1:20}} by {{ACTOR a1:IS}}\n-- links\nc1 harm k1{}"
    gold = markup.parse("d", text.format("\nc1 perpetrator a1"))
    suspects = markup.parse("d", text.format("\nc1 suspected a1"))
    silent = markup.parse("d", text.format(""))
    (row,) = [row for row in link_outcomes(gold, suspects) if row.result != "correct"]
    assert (row.label, row.predicted_label, row.result) == ("perpetrator", "suspected", "incorrect")
    (row,) = [row for row in link_outcomes(silent, gold) if row.result != "correct"]
    assert (row.label, row.result) == ("perpetrator", "spurious")


def test_what_is_wrong_of_a_claim_is_named() -> None:
    first, second = claim_outcomes(GOLD, PREDICTED)
    assert (first.result, set(first.why)) == ("incorrect", {"scope", "sources", "places"})
    assert (second.result, second.why) == ("correct", ())
    (missed, _) = claim_outcomes(GOLD, AnnotatedDocument(GOLD.document))
    assert missed.result == "missed" and missed.why == ()


def test_a_document_without_a_prediction_is_missed() -> None:
    assert {row.result for row in all_outcomes([GOLD], [])} == {"missed"}


@settings(max_examples=60, deadline=None)
@given(annotated_documents(), annotated_documents())
def test_correct_missed_and_spurious_are_those_of_nervaluate(one: AnnotatedDocument, other: AnnotatedDocument) -> None:
    """Strict evaluation of nervaluate, where no two spans of one side meet the same one of the other: there its
    matches, which are not one to one, are ours."""
    document = Document("d", one.text + other.text)
    for layer in scheme.LAYERS:
        gold, predicted = ([s for s in side.spans if s.layer == layer] for side in (one, other))
        if any(_meets_several(s, predicted) for s in gold) or any(_meets_several(s, gold) for s in predicted):
            continue
        ours = Counter(row.result for row in span_outcomes(_only(document, gold), _only(document, predicted)))
        sides = [[[_entity(s) for s in side]] for side in (gold, predicted)]
        theirs = Evaluator(*sides, list(scheme.LABEL_NAMES), loader="dict").evaluate()["overall"]
        assert (ours["missed"], ours["spurious"]) == (theirs["strict"].missed, theirs["strict"].spurious)
        assert (ours["correct"], ours["incorrect"] + ours["partial"]) == (
            theirs["strict"].correct,
            theirs["strict"].incorrect,
        )
        assert (ours["correct"] + ours["partial"], ours["incorrect"]) == (
            theirs["ent_type"].correct,
            theirs["ent_type"].incorrect,
        )


def _meets_several(span: Span, others: list[Span]) -> bool:
    return sum(span.overlaps(other) for other in others) > 1


class _Bare:
    """Spans of one layer without the links that a figure needs."""

    def __init__(self, document: Document, spans: list[Span]) -> None:
        self.id, self.text, self.spans, self.links = document.id, document.text, tuple(spans), ()


def _only(document: Document, spans: list[Span]) -> AnnotatedDocument:
    return _Bare(document, spans)  # type: ignore[return-value]


def _entity(span: Span) -> dict[str, object]:
    return {"label": span.label, "start": span.start, "end": span.end - 1}
