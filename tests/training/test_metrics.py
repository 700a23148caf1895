from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.strategies import annotated_documents
from tolltrace import jsonlines, markup
from tolltrace.documents import AnnotatedDocument, Document
from training import metrics

GOLD = markup.parse(
    "d",
    "{COUNT c1:20} {VICTIM v1:men} {KILLED k1:dead} and {COUNT c2:five} {INJURED i1:hurt} in {LOCATION l1:Hajin}, "
    "{SOURCE s1:AP} said.\n-- links\nc1 harm k1\nc1 victim v1\nc1 location l1\nc1 source s1\nc2 harm i1\nc2 victim v1",
)
PREDICTED = markup.parse(
    "d",
    "{TOTAL c1:20} {VICTIM v1:men} {KILLED k1:dead} and {COUNT c2:five} {INJURED i1:hurt in} {LOCATION l1:Hajin}, AP "
    "said.\n-- links\nc1 harm k1\nc1 victim v1\nc2 harm i1\nc2 victim v1",
)


def test_scores_computed_by_hand() -> None:
    scores = metrics.score(metrics.count_all([GOLD], [PREDICTED]))
    # Right: men, dead, five, Hajin. Wrong: TOTAL for COUNT, "hurt in". Missed: AP.
    assert (scores["span"].predicted, scores["span"].gold) == (6, 7)
    assert scores["span"].precision == pytest.approx(4 / 6)
    assert scores["span"].recall == pytest.approx(4 / 7)
    assert scores["span_overlap"].recall == pytest.approx(5 / 7)
    assert scores["span/COUNT"].f1 == pytest.approx(2 / 3)
    # Right: c1 harm, c1 victim, c2 victim (a link's ends are compared by their place); c2 harm has a wrong border.
    assert scores["link"].f1 == pytest.approx(2 * 3 / (4 + 6))
    # Core of c1 is right; of c2 too, since harm is compared by its label.
    assert scores["claim_core"].f1 == pytest.approx(1.0)
    assert scores["claim_full"].f1 == pytest.approx(2 * 1 / (2 + 2))


def test_a_missing_document_counts_as_missed_and_an_empty_one_stays_in() -> None:
    empty = AnnotatedDocument(Document("e", "nothing"))
    counts = metrics.count_all([GOLD, empty], [])
    assert counts.shape == (2, len(metrics.KEYS), 3)
    assert metrics.score(counts)["span"].recall == 0
    assert metrics.score(metrics.count_all([GOLD, empty], [GOLD, empty]))["span"].f1 == 1


def test_intervals_come_from_documents_drawn_with_replacement() -> None:
    counts = np.zeros((40, len(metrics.KEYS), 3), dtype=np.int64)
    counts[:20, 0] = (1, 1, 1)
    counts[20:, 0] = (0, 1, 1)
    score = metrics.score(counts)["span"]
    assert score.f1 == pytest.approx(0.5)
    assert 0.3 < score.low < 0.4 and 0.6 < score.high < 0.7


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(annotated_documents(), annotated_documents()), min_size=1, max_size=4))
def test_tags_of_seqeval_and_spans_agree(pairs: list[tuple[AnnotatedDocument, AnnotatedDocument]]) -> None:
    gold, predicted = [], []
    for number, (one, two) in enumerate(pairs):
        text = one.text + two.text  # both sets of spans must fit one text
        document = Document(f"d{number}", text)
        gold.append(AnnotatedDocument(document, one.spans, one.links))
        predicted.append(AnnotatedDocument(document, two.spans, two.links) if fits(two, text) else gold[-1])
    exact = metrics.score(metrics.count_all(gold, predicted), resamples=2)["span"]
    assert metrics.tag_f1(gold, predicted) == pytest.approx(exact.f1)


def fits(annotated: AnnotatedDocument, text: str) -> bool:
    try:
        AnnotatedDocument(Document("x", text), annotated.spans, annotated.links)
    except ValueError:
        return False
    return True


def test_scores_agree_with_the_independent_scorer(root: Path, tmp_path: Path) -> None:
    scorer = root.parent / "shared" / "score.py"
    if not scorer.exists():
        pytest.skip("the independent scorer is not beside the project")
    for name, annotated in (("gold", GOLD), ("predicted", PREDICTED)):
        jsonlines.write(tmp_path / f"{name}.jsonl", [annotated])
    command = [sys.executable, str(scorer), str(tmp_path / "gold.jsonl"), str(tmp_path / "predicted.jsonl"), "--json"]
    theirs = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    ours = metrics.score(metrics.count_all([GOLD], [PREDICTED]))
    for key in metrics.TOTALS:
        assert round(ours[key].f1, 4) == theirs[key]["f1"]
    for kind in ("span", "link"):
        for label, row in theirs[f"{kind}_by_label"].items():
            assert round(ours[f"{kind}/{label}"].f1, 4) == row["f1"]


def test_calibration_error_by_hand() -> None:
    # Bin of 0.9: mean score 0.9, half right, weight 2/3; bin of 0.2: none right, weight 1/3.
    assert metrics.calibration_error([(0.9, True), (0.9, False), (0.2, False)]) == pytest.approx(0.4 * 2 / 3 + 0.2 / 3)
    assert metrics.calibration_error([(1.0, True)] * 5) == 0


def test_figures_are_judged_by_value_scope_and_blame() -> None:
    links = "\n-- links\nc1 harm k1\nc1 perpetrator a1\nc2 harm i1\nc2 {label} a1"
    gold = "{ACTOR a1:IS} {KILLED k1:killed} {COUNT c1:at least 20}, {INJURED i1:hurt} {COUNT c2:about five}."
    found = "{ACTOR a1:IS} {KILLED k1:killed} at least {TOTAL c1:20}, {INJURED i1:hurt} {COUNT c2:about five}."
    scores = metrics.score(
        metrics.count_all(
            [markup.parse("d", gold + links.format(label="suspected"))],
            [markup.parse("d", found + links.format(label="suspected"))],
        )
    )
    assert scores["count_value"].f1 == 0.5  # "20" is not "at least 20"
    assert scores["count_scope"].f1 == 0.5
    assert scores["blame"].f1 == 0.5  # one of two: the other starts at another place
    assert scores["link/suspected"].f1 == 1.0


def test_ranges_magnitudes_sources_and_blame_of_the_figures_found() -> None:
    text = (
        "{{KILLED k1:Killed}}: {first} {{VICTIM v1:men}}, {{COUNT c2:dozens}} of {{VICTIM v2:boys}}, {{COUNT c3:120}} "
        "{{VICTIM v3:women}}, {{SOURCE s1:AP}} and {{SOURCE s2:SANA}} said of {{ACTOR a1:IS}}.\n-- links\n"
        "c1 harm k1\nc2 harm k1\nc3 harm k1\n{links}"
    )
    gold = markup.parse(
        "d", text.format(first="{COUNT c1:at least 20}", links="c1 source s1\nc2 source s2\nc1 suspected a1")
    )
    links = "c1 source s1\nc2 source s1\nc1 perpetrator a1"
    found = markup.parse("d", text.format(first="at least {COUNT c1:20}", links=links))
    scores = metrics.score(metrics.count_all([gold], [found]), resamples=2)
    # "20" says 20 to 20, which lies within "20 or more", and has its two digits; the other figures are the same.
    assert scores["count_value"].f1 == pytest.approx(2 / 3)
    assert scores["count_within"].f1 == scores["count_magnitude"].f1 == 1
    # c1 has gold's source, c2 another one, c3 none like gold. c1 is blamed on the right party with another certainty.
    assert scores["claim_sources"].f1 == pytest.approx(2 / 3)
    assert scores["claim_blamed"].f1 == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("wanted", "found", "inside", "alike"),
    [
        ((20, None), (25, 30), True, True),
        ((20, None), (15, None), False, True),
        ((10, 15), (10, None), False, True),
        ((None, 40), (None, 30), True, True),
        ((None, None), (5, 5), True, False),
        ((95, 95), (105, 105), False, False),
    ],
)
def test_ranges_and_magnitudes_by_hand(
    wanted: tuple[int | None, int | None], found: tuple[int | None, int | None], inside: bool, alike: bool
) -> None:
    assert metrics.within(wanted, found) is inside
    assert (metrics.magnitude(wanted) == metrics.magnitude(found)) is alike


def test_the_mean_of_labels_weighs_each_that_gold_holds_alike() -> None:
    scores = metrics.score(metrics.count_all([GOLD], [PREDICTED]), resamples=20)
    # COUNT 2/3, VICTIM 1, KILLED 1, INJURED 0, LOCATION 1, SOURCE 0; TOTAL is not in gold.
    assert scores["span_macro"].f1 == pytest.approx((2 / 3 + 1 + 1 + 0 + 1 + 0) / 6)
    # harm 1/2 (of two found and two wanted one is right), victim 1, location 0, source 0.
    assert scores["link_macro"].f1 == pytest.approx((1 / 2 + 1 + 0 + 0) / 4)


def test_links_between_gold_spans_are_judged_alone() -> None:
    stated = [k for k in GOLD.links if k.label != "source"] + [GOLD.links[0]]
    scores = metrics.score(metrics.count_links([GOLD], [stated]), resamples=2)
    assert scores["link"].recall == pytest.approx(5 / 6)
    assert scores["link"].precision == 1
    assert scores["link/source"].f1 == 0 and scores["link/victim"].f1 == 1
