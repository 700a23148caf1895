from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from typer.testing import CliRunner

from tests import tiny
from tolltrace import jsonlines
from tolltrace.cli import app
from tolltrace.documents import AnnotatedDocument, Document
from tolltrace.model import decoding
from tolltrace.model.predictor import Predictor
from tolltrace.pipeline import Extractor, annotate
from tolltrace.writing.rows import safe

PARAGRAPH = (
    "Shelling killed at least 20 civilians and wounded 35 others in the town of Hajin on Thursday, activists said, and "
    "the army denied that it had fired on the town at all.\n"
)
FORMULA = '=HYPERLINK("http://x") killed 5 people'


@pytest.fixture
def model_folder(tmp_path: Path) -> Path:
    model = tiny.model(tmp_path / "encoder")
    model.network.save_pretrained(tmp_path / "model")
    return tmp_path / "model"


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_run_accounts_for_every_input(tmp_path: Path, model_folder: Path) -> None:
    articles = tmp_path / "in"
    articles.mkdir()
    (articles / "good.txt").write_text(PARAGRAPH + "5 + 8 =\n", encoding="utf-8")
    (articles / "formula.txt").write_text(FORMULA, encoding="utf-8")
    (articles / "empty.txt").write_text(" \n", encoding="utf-8")
    (articles / "latin.txt").write_bytes("élan".encode("latin-1"))
    (articles / "more.jsonl").write_text('{"id": "j1", "text": "20 dead"}\n{broken\n', encoding="utf-8")
    out = tmp_path / "out"
    command = ["extract", str(articles), str(tmp_path / "nowhere.txt"), "--out", str(out), "--model", str(model_folder)]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.output
    assert "machine-read claims, not verified" in result.output
    assert "3 documents, " in result.output and "4 inputs could not be read" in result.output
    documents = list(jsonlines.read(out / "documents.jsonl"))
    assert [d.id for d in documents] == ["formula", "good", "j1"]
    errors = lines(out / "errors.jsonl")
    assert sorted(Path(str(e["path"])).name for e in errors) == ["empty.txt", "latin.txt", "more.jsonl", "nowhere.txt"]
    claims = lines(out / "claims.jsonl")
    with open(out / "claims.csv", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [r["claim"] for r in rows] == [c["id"] for c in claims]
    assert len(claims) == sum(s.label in ("COUNT", "TOTAL") for d in documents for s in d.spans) > 0
    assert all(cell is None or not str(cell).startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())
    assert len((out / "claims.csv").read_text(encoding="utf-8").splitlines()) == len(rows) + 1
    assert not list(out.glob("*.partial"))
    facts = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert facts["documents"] == 3 and facts["errors"] == 4
    assert sum(facts["set_aside"].values()) == 7 and "captcha" in str(facts["set_aside"])


def test_nothing_readable_is_a_failure_that_is_told(tmp_path: Path, model_folder: Path) -> None:
    command = ["extract", str(tmp_path / "nowhere.txt"), "--out", str(tmp_path / "out"), "--model", str(model_folder)]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 1
    assert len(lines(tmp_path / "out" / "errors.jsonl")) == 1


def test_a_missing_model_is_a_usage_error(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["extract", "x.txt", "--out", str(tmp_path), "--model", "./nowhere"])
    assert result.exit_code == 2
    assert "is no folder with a model" in result.output


def test_an_interrupted_run_leaves_no_half_files(tmp_path: Path) -> None:
    from tolltrace.writing import ResultFiles

    with pytest.raises(KeyboardInterrupt), ResultFiles(tmp_path / "out", "model") as files:
        extractor = Extractor(Predictor(tiny.model(tmp_path / "encoder"), device="cpu"))
        for result in extractor.extract([Document("a", PARAGRAPH)]):
            files.add(result)
        raise KeyboardInterrupt
    assert not (tmp_path / "out" / "claims.jsonl").exists()


def test_the_script_and_the_command_are_the_same(root: Path) -> None:
    script = subprocess.run(
        [sys.executable, str(root / "scripts" / "extract.py"), "--help"], capture_output=True, text=True, check=True
    )
    command = CliRunner().invoke(app, ["extract", "--help"])
    for option in ("--out", "--model", "--device", "--text-column", "--id-column"):
        assert option in script.stdout and option in command.output


def test_standard_input(tmp_path: Path, model_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = ["extract", "-", "--out", str(tmp_path / "out"), "--model", str(model_folder)]
    result = CliRunner().invoke(app, command, input=PARAGRAPH)
    assert result.exit_code == 0, result.output
    (document,) = jsonlines.read(tmp_path / "out" / "documents.jsonl")
    assert (document.id, document.text) == ("stdin", PARAGRAPH)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_repeated_passage_gets_the_annotations_of_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dtype: torch.dtype
) -> None:
    monkeypatch.setattr(decoding, "FIRM", 0.0)  # an untrained model is sure of nothing
    text = f"A headline\n{PARAGRAPH}Another sentence stands between.\n{PARAGRAPH}"
    predictor = Predictor(tiny.model(tmp_path), device="cpu", dtype=dtype)
    (reading,) = annotate(predictor, [Document("d", text)])
    shift = text.rindex(PARAGRAPH) - text.index(PARAGRAPH)
    first = [s for s in reading.annotated.spans if s.start >= 11 and s.end <= 10 + len(PARAGRAPH)]
    second = [s for s in reading.annotated.spans if s.start >= 11 + shift]
    assert [(s.start + shift, s.end + shift, s.label, s.score) for s in first] == [
        (s.start, s.end, s.label, s.score) for s in second
    ]
    (result,) = Extractor(predictor).extract([Document("d", text)])
    repeats = [claim for claim in result.claims if claim.evidence.start >= 11 + shift]
    assert repeats and all(claim.repeat_of is not None for claim in repeats)
    assert all(claim.repeat_of is None for claim in result.claims if claim.evidence.start < 11 + shift)
    inside = [
        k
        for k in reading.annotated.links
        if all(s.start >= 11 and s.end <= 10 + len(PARAGRAPH) for s in (k.head, k.tail))
    ]
    copied = {(k.head.start, k.label, k.tail.start) for k in reading.annotated.links}
    assert inside and {(k.head.start + shift, k.label, k.tail.start + shift) for k in inside} <= copied


def test_show_prints_text_as_text(tmp_path: Path) -> None:
    path = tmp_path / "documents.jsonl"
    jsonlines.write(path, [AnnotatedDocument(Document("a[/b]\x1b]", "[red]no markup[/] \x1b[31m", {}))])
    result = CliRunner().invoke(app, ["show", str(path)])
    assert result.exit_code == 0, result.output
    assert "[red]no markup[/] □[31m" in result.output and "\x1b]" not in result.output
    assert CliRunner().invoke(app, ["show", str(path), "other"]).exit_code == 2
    assert CliRunner().invoke(app, ["show", str(tmp_path / "nowhere")]).exit_code == 2


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", " =1", "\t=1", "＝1", "10-15", "\u200b=1"])
def test_cells_are_no_formulas_and_no_dates(cell: str) -> None:
    assert str(safe(cell)).startswith("'")


def test_cells_stay_on_one_line_without_control_characters() -> None:
    assert safe("a\nb\u2028c\x1b\u202ed") == "a b cd"
    assert safe(5) == 5 and safe(None) is None and safe("Hajin") == "Hajin"


def test_a_review_leaves_the_articles_of_the_run_as_they_were(tmp_path: Path, model_folder: Path) -> None:
    (tmp_path / "a.txt").write_text(PARAGRAPH + "5 + 8 =\n", encoding="utf-8")
    out = tmp_path / "out"
    out.mkdir()
    review = "decision,target,field,value,by,date,reason\nreject,event-none,,,Ada,2026-11-30,not ours\n"
    (out / "review.csv").write_text(review, encoding="utf-8")
    command = ["extract", str(tmp_path / "a.txt"), "--out", str(out), "--model", str(model_folder), "--format", "jsonl"]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0 and "0 of 1 decisions applied" in result.output
    (document,) = lines(out / "documents.jsonl")
    metadata = document["metadata"]
    assert isinstance(metadata, dict) and metadata["model"]
    assert [passage["reason"] for passage in metadata["set_aside"]] == ["furniture: captcha"]
