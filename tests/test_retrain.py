"""Retraining from end to end, with a tiny encoder: nothing is learned but one sentence."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from rich.console import Console

from scripts import retrain, retraining
from scripts.retraining import Choices, RetrainError, Run, folder_for
from scripts.steps import Steps
from tests import tiny
from tests.training.conftest import MARKED
from tolltrace import jsonlines, markup
from tolltrace.documents import AnnotatedDocument
from tolltrace.model import loading
from training import config as configs
from training import train as training

CONFIG = """
[data]
corpus = ["{folder}/corpus.jsonl"]
splits = "{folder}/splits.json"
[encoder]
name = "{folder}/encoder"
[model]
window = 32
overlap = 8
span_size = 8
pair_size = 8
[train]
epochs = 15
batch_documents = 2
learning_rate = 1e-2
head_learning_rate = 1e-2
patience = 99
evaluate_every = 15
"""
Command = Callable[..., int]


def article(name: str, number: int) -> AnnotatedDocument:
    """No two of them are near-duplicates."""
    body, _, links = MARKED.format(number=number).partition("\n-- links\n")
    words = " ".join(f"{name}{place}" for place in range(12))
    return markup.parse(name, f"{body} {words}\n-- links\n{links}")


@pytest.fixture(scope="module", autouse=True)
def quick() -> Iterator[None]:
    """Calibration is most of a tiny model's training, and threads that wait for each other much of the rest."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(training, "calibrate", lambda *_: None)
        yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus, its splits, a configuration, and the released model: one that has learned next to nothing."""
    folder = tmp_path_factory.mktemp("data")
    sides = {"train": 8, "validation": 2, "test": 12}
    corpus = {side: [article(f"{side[:2]}{number}", 20 + number) for number in range(n)] for side, n in sides.items()}
    jsonlines.write(folder / "corpus.jsonl", [annotated for part in corpus.values() for annotated in part])
    splits = {annotated.id: side for side, part in corpus.items() for annotated in part}
    (folder / "splits.json").write_text(json.dumps(splits), encoding="utf-8")
    tiny.save_encoder(folder / "encoder")
    (folder / "config.toml").write_text(CONFIG.format(folder=folder), encoding="utf-8")
    config = configs.read(folder / "config.toml")
    training.train(dataclasses.replace(config, train=dataclasses.replace(config.train, epochs=1)), folder / "released")
    gold = [article(f"g{number}", 50 + number) for number in range(4)]
    first = corpus["train"][0]
    changed = dataclasses.replace(first, links=tuple(link for link in first.links if link.label != "means"))
    jsonlines.write(folder / "gold.jsonl", [*gold, changed])
    return folder


@pytest.fixture
def command(data: Path, tmp_path: Path) -> Command:
    """The command over a copy of the data, so that it may change."""
    for name in ("corpus.jsonl", "splits.json", "gold.jsonl"):
        (tmp_path / name).write_bytes((data / name).read_bytes())
    text = (data / "config.toml").read_text(encoding="utf-8")
    text = text.replace(f"{data}/corpus", f"{tmp_path}/corpus").replace(f"{data}/splits", f"{tmp_path}/splits")
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    fixed = ["--config", tmp_path / "config.toml", "--released", data / "released", "--runs", tmp_path / "runs"]

    def run(*given: object) -> int:
        source = [] if "--gold" in given or "--project" in given else ["--gold", tmp_path / "gold.jsonl"]
        return retrain.main([*map(str, [*given, *source, *fixed]), "--measured"])

    return run


def choices(**changed: object) -> Choices:
    given: dict[str, object] = {"project": "The War: 1", "adjudication": None, "gold": None, "single": False}
    given |= {"config": Path("c.toml"), "released": "default", "measured": ()}
    return Choices(**(given | changed))  # type: ignore[arg-type]


def interrupt(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_gold_makes_a_better_model_and_the_corpus_takes_it_when_told(
    command: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (tmp_path / "corpus.jsonl").read_bytes()
    with monkeypatch.context() as patched:
        patched.setattr(retraining, "train", interrupt)
        assert command() == 130
    run = tmp_path / "runs" / "gold-1"
    told = capsys.readouterr().err
    assert "4 new articles, 1 replaced, 0 as they were, 0 left out; the corpus has 26" in told
    assert "replaced in the corpus: tr0" in told

    with monkeypatch.context() as patched:
        patched.setattr(retraining, "merge", interrupt)  # it is done already
        patched.setattr(retraining, "evaluate", interrupt)
        assert command() == 130
    assert (run / "model" / "run.json").exists()
    trained = (run / "model" / "run.json").stat().st_mtime_ns

    assert command() == 0
    told = capsys.readouterr().err
    assert "train: done already" in told and "The new model is better." in told
    assert (run / "model" / "run.json").stat().st_mtime_ns == trained
    assert list((tmp_path / "runs").iterdir()) == [run]
    assert (tmp_path / "corpus.jsonl").read_bytes() == before
    loading.load(run / "model")
    facts = json.loads((run / "comparison.json").read_text(encoding="utf-8"))
    scores = json.loads((run / "scores.json").read_text(encoding="utf-8"))
    for key, row in facts["all"]["scores"].items():
        if key != "mean":
            assert row["new"] == pytest.approx(scores["new"]["scores"][key]["f1"])
            assert row["old"] == pytest.approx(scores["released"]["scores"][key]["f1"])
    splits = json.loads((run / "splits.json").read_text(encoding="utf-8"))
    assert json.loads((tmp_path / "splits.json").read_text(encoding="utf-8")).items() <= splits.items()
    test = {annotated.id for annotated in jsonlines.read(run / "test.jsonl")}
    assert test == {name for name, side in splits.items() if side == "test"}

    assert command("--name", "gold-1", "--merge") == 0
    merged = list(jsonlines.read(tmp_path / "corpus.jsonl"))
    assert len(merged) == 26 and {"g0", "g1", "g2", "g3"} <= {annotated.id for annotated in merged}
    assert json.loads((tmp_path / "splits.json").read_text(encoding="utf-8")) == splits
    assert command("--name", "gold-1", "--merge") == 0  # is there already
    jsonlines.write(tmp_path / "corpus.jsonl", merged[:-1])
    assert command("--name", "gold-1", "--merge") == 2
    assert "corpus.jsonl has changed since this run took it up" in capsys.readouterr().err
    assert len(list(jsonlines.read(tmp_path / "corpus.jsonl"))) == 25

    # The next gold begins the next run; what is in the corpus already is nothing new.
    jsonlines.write(tmp_path / "corpus.jsonl", merged)
    assert command() == 2
    assert (tmp_path / "runs" / "gold-2").is_dir()
    assert "nothing that the corpus lacks" in capsys.readouterr().err


def test_errors_in_the_gold_stop_the_run_and_all_are_told(
    command: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = (tmp_path / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    lines[0] = lines[0].replace('"COUNT"', '"CONT"')
    lines[2] = "{"
    (tmp_path / "gold.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert command() == 2
    told = capsys.readouterr().err
    assert "2 errors" in told
    assert "gold.jsonl:1: " in told and "unknown label 'CONT'" in told and "gold.jsonl:3: " in told
    assert not (tmp_path / "runs" / "gold-1" / "gold.jsonl").exists()


def test_likely_slips_are_listed_once_and_stop_nothing(
    command: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retraining, "train", interrupt)
    unmarked = markup.parse("slip", "Clashes killed nobody whom we know. " + " ".join(f"w{n}" for n in range(30)))
    jsonlines.write(tmp_path / "gold.jsonl", [unmarked])
    assert command() == 130
    notes = (tmp_path / "runs" / "gold-1" / "notes.txt").read_text(encoding="utf-8")
    assert "slip: line 1: 'killed' is not marked: KILLED?\n" in notes
    assert "note slip: line 1: 'killed' is not marked" in capsys.readouterr().err


def test_changed_gold_is_taken_up_again(
    command: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retraining, "train", interrupt)
    assert command() == 130
    jsonlines.write(tmp_path / "gold.jsonl", [article("g9", 70)])
    assert command() == 130
    assert "merge: what it was made from has changed, it is done again" in capsys.readouterr().err
    run = tmp_path / "runs" / "gold-1"
    assert [annotated.id for annotated in jsonlines.read(run / "corpus.jsonl")][22:] == ["g9"]


def test_a_run_goes_on_only_with_what_it_was_begun_with(
    command: Command, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retraining, "train", interrupt)
    assert command("--name", "mine") == 130
    assert command("--name", "mine", "--gold", data / "gold.jsonl") == 2
    assert "was begun with gold" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([], "name a --project"),
        (["--gold", "g.jsonl", "--project", "p"], "not allowed with"),
        (["--gold", "g.jsonl", "--adjudication", "a"], "belongs to a --project"),
        (["--gold", "g.jsonl", "--single"], "taken whole"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(
    given: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        retrain.main(given)
    assert message in capsys.readouterr().err


def test_without_a_server_it_says_what_to_set(
    command: Command, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LABEL_STUDIO_URL", raising=False)
    assert command("--project", "articles") == 2
    assert "set LABEL_STUDIO_URL" in capsys.readouterr().err


def test_an_unfinished_run_goes_on_and_a_finished_one_is_followed(tmp_path: Path) -> None:
    assert folder_for(choices(), tmp_path) == tmp_path / "the-war-1-1"
    for number in (1, 10):
        (tmp_path / f"the-war-1-{number}").mkdir()
    (tmp_path / "the-war-1-9x").mkdir()
    assert folder_for(choices(), tmp_path) == tmp_path / "the-war-1-10"
    (tmp_path / "the-war-1-10" / "compare.done").write_text("{}", encoding="utf-8")
    assert folder_for(choices(), tmp_path) == tmp_path / "the-war-1-11"
    assert folder_for(choices(), tmp_path, "x") == tmp_path / "x"
    assert folder_for(choices(project="../.."), tmp_path) == tmp_path / "run-1"


def test_several_corpora_are_not_written_back(command: Command, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace('corpus.jsonl"]', f'corpus.jsonl", "{tmp_path}/second.jsonl"]'), encoding="utf-8")
    run = Run(tmp_path / "r", choices(config=config), Console())
    with pytest.raises(RetrainError, match="several corpora"):
        run.write_back()


def test_a_step_is_done_again_where_its_input_changed_or_its_output_is_gone(tmp_path: Path) -> None:
    source, made = tmp_path / "in", tmp_path / "out"
    times = []

    def action() -> None:
        times.append(1)
        made.write_text(source.read_text(encoding="utf-8"), encoding="utf-8")

    steps = Steps(tmp_path, Console())
    source.write_text("1", encoding="utf-8")
    for expected in (1, 1):
        steps.run("copy", [source], [made], action)
        assert len(times) == expected
    source.write_text("2", encoding="utf-8")
    steps.run("copy", [source], [made], action)
    assert len(times) == 2
    made.unlink()
    steps.run("copy", [source], [made], action)
    assert len(times) == 3 and made.read_text(encoding="utf-8") == "2"

    def fail() -> None:
        raise OSError("no space left")

    source.write_text("3", encoding="utf-8")
    with pytest.raises(OSError, match="no space"):
        steps.run("copy", [source], [made], fail)
    steps.run("copy", [source], [made], action)
    assert len(times) == 4
