from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch

from annotation import doubts
from tests import tiny
from tolltrace import jsonlines, markup
from tolltrace.documents import AnnotatedDocument
from tolltrace.model import loading
from tolltrace.model.predictor import Predictor

MARKED = """{COUNT c1:At least 20} {VICTIM v1:civilians} were {KILLED k1:killed} in {MEANS m1:shelling} by the regime
on {LOCATION l1:Hajin} on {DATE d1:Thursday}, {SOURCE s1:activists} said.
-- links
c1 harm k1
c1 victim v1
c1 location l1"""


@pytest.fixture
def predictor(tmp_path: Path) -> Predictor:
    return Predictor(tiny.model(tmp_path / "encoder"), device="cpu", dtype=torch.float32)


def test_every_span_that_only_one_side_has_is_a_doubt(predictor: Predictor) -> None:
    gold = markup.parse("d", MARKED)
    predicted = predictor.predict([gold.document])[0]
    found = doubts.find_doubts(predictor, [gold])
    messages = [d.message for d in found]
    for span in set(predicted.spans) - set(gold.spans):
        assert any(m.startswith(f"model: {span.label} {gold.text_of(span)!r}") for m in messages)
    for span in set(gold.spans) - set(predicted.spans):
        assert any(f"{span.label} {gold.text_of(span)!r}" in m.partition("annotated")[2] for m in messages)
    assert all(0 <= d.confidence <= 1 and d.document == "d" for d in found)
    assert [d.confidence for d in found] == sorted((d.confidence for d in found), reverse=True)


def test_a_model_does_not_doubt_its_own_spans(predictor: Predictor) -> None:
    text = markup.parse("d", MARKED).document
    own = AnnotatedDocument(text, predictor.predict([text])[0].spans, predictor.predict([text])[0].links)
    assert own.spans
    assert not [d for d in doubts.find_doubts(predictor, [own]) if d.message.startswith("model:")]


def test_links_are_doubted_from_both_sides(predictor: Predictor) -> None:
    gold = markup.parse("d", MARKED)
    predictor.config.thresholds = dict.fromkeys(predictor.config.thresholds, 1.1)
    missed = {d.message: d.confidence for d in doubts.find_doubts(predictor, [gold]) if ": annotated" in d.message}
    assert len(missed) == len(gold.links)
    predictor.config.thresholds = dict.fromkeys(predictor.config.thresholds, 0.0)
    added = [d.message for d in doubts.find_doubts(predictor, [gold]) if ": by the model" in d.message]
    # Between this figure and these spans the scheme allows one link each to harm, victim, means, place, date, source.
    assert sorted(m.split("'")[2].split()[0] for m in added) == ["date", "means", "source"]


def test_the_command_names_document_and_line(
    predictor: Predictor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    jsonlines.write(tmp_path / "gold.jsonl", [markup.parse("d", "A line.\n" + MARKED)])
    model = loading.LoadedModel(predictor.network, predictor.tokenizer, "tiny")
    monkeypatch.setattr(loading, "load", lambda _: model)
    monkeypatch.setattr(sys, "argv", ["doubts", str(tmp_path / "gold.jsonl"), "--least", "0"])
    doubts.main()
    lines = capsys.readouterr().out.splitlines()
    assert lines
    assert all(line.split(" ", 1)[1].startswith("d line ") for line in lines)
    assert any(line.split()[3] in ("2:", "3:") for line in lines)
