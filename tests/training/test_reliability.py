from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tests import tiny
from tolltrace import markup
from tolltrace.documents import AnnotatedDocument
from tolltrace.model.predictor import Predictor
from training import metrics, reliability
from training.systems import ModelSystem

ITEMS = np.array([(0.95, 1), (0.9, 1), (0.8, 0), (0.7, 1), (0.7, 0), (0.2, 0)], dtype=np.float64)


def test_bins_and_error_by_hand() -> None:
    result = reliability.reliability(np.array([(0.92, 1), (0.98, 0), (0.25, 0)], dtype=np.float64))
    assert [(b["low"], b["n"], b["right"]) for b in result["bins"]] == [(0.2, 1, 0.0), (0.9, 2, 0.5)]
    assert result["error"] == pytest.approx((abs(0.95 - 0.5) * 2 + 0.25) / 3)


def test_the_error_is_that_of_the_metrics() -> None:
    scored = [(float(score), bool(right)) for score, right in ITEMS]
    assert reliability.reliability(ITEMS)["error"] == pytest.approx(metrics.calibration_error(scored))


def test_thresholds_by_wanted_precision() -> None:
    assert reliability.lowest_threshold(ITEMS, 1.0) == 0.9
    # Of the three highest two are right; both items of score 0.7 come in together: three of five.
    assert reliability.lowest_threshold(ITEMS, 0.66) == 0.8
    assert reliability.lowest_threshold(ITEMS, 0.6) == 0.7
    assert reliability.lowest_threshold(ITEMS[2:3], 0.5) is None


def test_what_a_threshold_keeps() -> None:
    found = reliability.kept(ITEMS, 10, 0.8)
    assert found == {"review_share": 0.5, "kept": 3, "precision": pytest.approx(2 / 3), "recall": 0.2}


def test_thresholds_come_from_the_validation_items() -> None:
    chosen = {"span": (ITEMS, 6)}
    tried = {"span": (np.array([(0.9, 0), (0.9, 0), (0.1, 1)], dtype=np.float64), 3)}
    wanted = reliability.review(chosen, tried)["span"]["wanted"]["0.98"]
    assert wanted["threshold"] == 0.9 and wanted["precision"] == 0.0


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 1)), min_size=1, max_size=30), st.floats(0.1, 1))
def test_a_threshold_reaches_its_precision_where_it_was_chosen(rows: list[tuple[float, int]], precision: float) -> None:
    items = np.array(rows, dtype=np.float64)
    threshold = reliability.lowest_threshold(items, precision)
    if threshold is not None:
        assert reliability.kept(items, len(rows), threshold)["precision"] >= precision
        lower = [score for score, _ in rows if score < threshold]
        assert all(reliability.kept(items, len(rows), score)["precision"] < precision for score in lower)


def test_scores_without_temperature_keep_the_links(tmp_path: Path) -> None:
    system = ModelSystem(Predictor(tiny.model(tmp_path), device="cpu", dtype=torch.float32), "tiny")
    system.predictor.config.temperatures = {"spans": 1.0, "links": 2.5}
    gold = [markup.parse("d", "{KILLED k1:killed} {COUNT c1:20} {VICTIM v1:men}\n-- links\nc1 harm k1\nc1 victim v1")]
    after = system.link(gold)[0]
    with system.uncalibrated():
        before = system.link(gold)[0]
    assert after and set(before) == set(after)
    assert {k: k.score for k in before} != {k: k.score for k in after}
    assert system.predictor.config.temperatures["links"] == 2.5


def test_claims_are_right_by_figure_harm_and_victim(tmp_path: Path) -> None:
    system = ModelSystem(Predictor(tiny.model(tmp_path), device="cpu", dtype=torch.float32), "tiny")
    marked = "{{KILLED k1:killed}} {{COUNT c1:20}} {{VICTIM v1:men}}\n-- links\nc1 harm k1{}"
    gold = [markup.parse("d", marked.format("\nc1 victim v1"))]
    for links, right in (("\nc1 victim v1", 1.0), ("", 0.0)):
        parsed = markup.parse("d", marked.format(links))
        found = reliability.scored(system, gold, [_with_scores(parsed)])
        items, wanted = found["claim"]
        assert items.shape == (1, 2) and items[0, 1] == right and wanted == 1


def _with_scores(annotated: AnnotatedDocument) -> AnnotatedDocument:
    spans = {s: replace(s, score=0.9) for s in annotated.spans}
    links = tuple(replace(k, head=spans[k.head], tail=spans[k.tail], score=0.8) for k in annotated.links)
    return replace(annotated, spans=tuple(spans.values()), links=links)
