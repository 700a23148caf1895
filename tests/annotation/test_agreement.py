from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation import agreement
from tests.strategies import annotated_documents
from tolltrace import markup
from tolltrace.documents import AnnotatedDocument, DocumentError

FIRST = "{COUNT c1:Two} {VICTIM v1:men} {KILLED k1:died} in {LOCATION l1:Hajin} near {LOCATION l2:Sousa}."
LINKS = "\n-- links\nc1 harm k1\nc1 victim v1\nc1 location l1"
SECOND = FIRST.replace("{LOCATION l2:Sousa}", "Sousa")


def parse(marked: str) -> AnnotatedDocument:
    return markup.parse("d", marked)


def test_what_one_has_alone_lowers_f1_and_kappa() -> None:
    result = agreement.agreement([(parse(FIRST + LINKS), parse(SECOND + LINKS))])
    places = result["span/LOCATION"]
    assert (places.first, places.second) == (2, 1)
    assert places.f1 == pytest.approx(2 / 3)
    # Of 8 words, one is marked by both and one by the first alone: 7/8 agree, chance gives (2 * 1 + 6 * 7) / 64.
    assert places.kappa == pytest.approx((7 / 8 - 44 / 64) / (1 - 44 / 64))
    assert result["span/KILLED"].f1 == result["span/KILLED"].kappa == 1.0
    assert result["span/MISSING"].kappa is None


def test_links_are_judged_on_spans_that_both_marked() -> None:
    other = FIRST + LINKS.replace("location l1", "location l1 l2")
    result = agreement.agreement([(parse(FIRST + LINKS), parse(other))])
    assert result["link/location"].f1 == pytest.approx(2 / 3)
    assert result["link/location"].kappa == pytest.approx(0.0)
    assert result["link/victim"].f1 == 1.0
    assert result["link/location"].overlap_f1 is None


def test_a_border_off_by_a_word_overlaps() -> None:
    a, b = parse("in {LOCATION:eastern Syria} now"), parse("in eastern {LOCATION:Syria} now")
    result = agreement.agreement([(a, b)])
    assert (result["span"].f1, result["span"].overlap_f1) == (0.0, 1.0)


@given(st.lists(annotated_documents(), min_size=1, max_size=3))
def test_an_annotator_agrees_with_itself(documents: list[AnnotatedDocument]) -> None:
    for value in agreement.agreement([(d, d) for d in documents]).values():
        assert value.first == value.second
        assert value.f1 == (1.0 if value.first else 0.0)
        assert value.kappa is None or value.kappa == pytest.approx(1.0)


def test_documents_must_be_shared_and_the_same() -> None:
    one, other = parse("One."), parse("Two.")
    with pytest.raises(DocumentError, match="no document with the same id"):
        agreement.pair_up({"a": one}, {"b": one})
    with pytest.raises(DocumentError, match="'a': the two annotators had different texts"):
        agreement.pair_up({"a": one}, {"a": other})


def test_the_command_compares_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, marked in (("first", FIRST), ("second", SECOND)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "d.txt").write_text(marked + LINKS)
    out = tmp_path / "a.json"
    monkeypatch.setattr(sys, "argv", ["agreement", *map(str, (tmp_path / "first", tmp_path / "second", "--json", out))])
    agreement.main()
    assert "1 documents" in capsys.readouterr().out
    assert json.loads(out.read_text())["agreement"]["span/LOCATION"]["first"] == 2


def test_the_published_agreement_is_that_of_the_articles_annotated_twice(root: Path) -> None:
    first, second = (agreement.read(root / f"data/agreement/{name}.jsonl") for name in ("first", "second"))
    pairs = agreement.pair_up(first, second)
    stored = json.loads((root / "data/agreement/agreement.json").read_text(encoding="utf-8"))
    assert stored["documents"] == len(pairs) >= 40
    found = agreement.agreement(pairs)
    assert {key: value["first"] for key, value in stored["agreement"].items()} == {k: v.first for k, v in found.items()}
    assert stored["agreement"]["link"]["kappa"] == pytest.approx(found["link"].kappa)
