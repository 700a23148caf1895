from __future__ import annotations

from tests.training.test_metrics import GOLD, PREDICTED
from tolltrace.documents import AnnotatedDocument
from training.changes import by_label, find_changes


def test_what_the_new_model_reads_is_fixed_and_what_it_loses_broken() -> None:
    fixed = find_changes([GOLD], [PREDICTED], [GOLD])
    assert {change.state for change in fixed} == {"fixed"}
    told = {(c.kind, c.label, c.words, c.before) for c in fixed}
    assert ("span", "SOURCE", "AP", "missed") in told and ("span", "COUNT", "20", "incorrect") in told
    assert ("span", "INJURED", "hurt", "partial") in told and ("link", "location", "20 → Hajin", "missed") in told
    broken = find_changes([GOLD], [GOLD], [PREDICTED])
    assert {change.state for change in broken} == {"broken"} and len(broken) == len(fixed)
    assert by_label(fixed)["span/SOURCE"] == {"fixed": 1, "broken": 0}


def test_what_both_read_alike_is_no_change() -> None:
    assert find_changes([GOLD], [PREDICTED], [PREDICTED]) == []


def test_what_gold_does_not_hold_is_fixed_when_it_goes() -> None:
    empty = AnnotatedDocument(GOLD.document)
    changes = find_changes([empty], [GOLD], [empty])
    assert {(c.state, c.before, c.now) for c in changes} == {("fixed", "spurious", "not predicted")}
