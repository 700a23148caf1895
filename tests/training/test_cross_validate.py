from __future__ import annotations

import dataclasses
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation import held_out
from tolltrace import jsonlines
from tolltrace.documents import Document
from tolltrace.model import loading
from training import config as configs
from training import cross_validate as validation
from training import splits


@pytest.fixture
def config(run_folder: Path) -> configs.Config:
    """A quick recipe for the tiny corpus, whose articles are near-duplicates: here each stands for itself."""
    read = configs.read(run_folder / "config.toml")
    return dataclasses.replace(read, train=dataclasses.replace(read.train, epochs=1))


@pytest.fixture(autouse=True)
def apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """The articles of the tiny corpus are near-duplicates; only what names one event is alike here."""

    def group(documents: list[Document]) -> list[list[str]]:
        events: dict[str, list[str]] = {}
        for document in documents:
            events.setdefault(document.metadata.get("event", document.id), []).append(document.id)
        return list(events.values())

    monkeypatch.setattr(splits, "group", group)


@given(
    st.lists(st.tuples(st.sampled_from(splits.SPLITS), st.integers(1, 3)), max_size=40),
    st.integers(2, 6),
    st.randoms(use_true_random=False),
)
def test_every_document_is_held_out_once_groups_stay_whole_and_splits_are_even(
    made: list[tuple[str, int]], folds: int, random: Any
) -> None:
    groups = [[f"g{number}-{i}" for i in range(size)] for number, (_, size) in enumerate(made)]
    sides = {name: side for group, (side, _) in zip(groups, made, strict=True) for name in group}
    dealt = validation.deal(groups, sides, folds)
    assert len(dealt) == folds
    assert sorted(name for held_out in dealt for name in held_out) == sorted(sides)
    for group in groups:
        assert sum(group[0] in held_out for held_out in dealt) == 1
        assert any(set(group) <= set(held_out) for held_out in dealt)
    for side in splits.SPLITS:
        sizes = [sum(sides[name] == side for name in held_out) for held_out in dealt]
        assert max(sizes) - min(sizes) <= 3  # as many as the largest group
    random.shuffle(groups)
    assert validation.deal(groups, sides, folds) == dealt


def test_a_fold_learns_from_nothing_that_it_holds_out_and_from_no_test_article() -> None:
    sides = {"a": "train", "b": "train", "c": "validation", "d": "validation", "e": "test", "f": "test"}
    assert validation.sides_of(["a", "c", "e"], sides) == {
        "a": "test",
        "b": "train",
        "c": "test",
        "d": "validation",
        "e": "test",
        "f": "test",
    }


def test_groups_across_splits_and_unknown_documents_are_refused() -> None:
    with pytest.raises(splits.SplitError, match="alike but in different splits: a, b"):
        validation.deal([["a", "b"]], {"a": "train", "b": "test"}, 2)
    with pytest.raises(splits.SplitError, match=r"'b' is in no split: run python -m training\.splits"):
        validation.deal([["a"], ["b"]], {"a": "train"}, 2)


def test_each_fold_gets_a_model_that_has_not_seen_what_it_holds_out(
    config: configs.Config, run_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    learned: dict[str, set[str]] = {}
    learning = splits.learning

    def spying(corpus: Any, sides: dict[str, str], share: float) -> Any:
        chosen = learning(corpus, sides, share)
        learned[f"fold-{len(learned) + 1}"] = {a.id for a in chosen} | {
            name for name, side in sides.items() if side == "validation"
        }
        return chosen

    monkeypatch.setattr(splits, "learning", spying)
    out = run_folder / "folds"
    made = validation.cross_validate(config, out, 2)
    assert json.loads((out / "folds.json").read_text(encoding="utf-8")) == made
    assert not (out / "folds.json.partial").exists()
    tests = {name for name, side in splits.read(config.data.splits).items() if side == "test"}
    for fold in made["folds"]:
        held = set(fold["documents"])
        assert len(held) == 6
        assert not learned[fold["model"]] & (held | tests)
        assert len(learned[fold["model"]]) == 5
        loading.load(out / fold["model"])
    assert Counter(name for fold in made["folds"] for name in fold["documents"]).most_common(1)[0][1] == 1
    # What annotation.label_errors reads of it.
    documents = {a.id: a for a in jsonlines.read(config.data.corpus[0])}
    judges = held_out.judges_of(out, documents)
    assert {str(model): {a.id for a in judged} for model, judged in judges} == {
        str(out / fold["model"]): set(fold["documents"]) for fold in made["folds"]
    }
    assert held_out.learned_by(str(out / "fold-1"), made["folds"][0]["documents"]) == []
    assert set(held_out.learned_by(str(out / "fold-1"), documents)) == learned["fold-1"]


def test_an_interrupted_run_keeps_finished_folds_and_goes_on(
    config: configs.Config, run_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = run_folder / "folds"
    trained: list[str] = []

    def stopping(config: configs.Config, folder: Path) -> dict[str, Any]:
        trained.append(folder.name)
        if trained == ["fold-1", "fold-2"]:
            raise KeyboardInterrupt
        (folder / "run.json").write_text(str(len(trained)), encoding="utf-8")
        return {}

    monkeypatch.setattr(validation, "train", stopping)
    with pytest.raises(KeyboardInterrupt):
        validation.cross_validate(config, out, 2)
    assert not (out / "folds.json").exists()
    first = (out / "fold-1" / "run.json").read_bytes()
    validation.cross_validate(config, out, 2)
    assert trained == ["fold-1", "fold-2", "fold-2"]
    assert (out / "fold-1" / "run.json").read_bytes() == first
    assert (out / "folds.json").exists()
    assert "fold-1 is finished already" in capsys.readouterr().out.replace("\n", "")
    validation.cross_validate(config, out, 2)
    assert len(trained) == 3


@pytest.mark.parametrize("finished", [True, False])
def test_folds_of_other_data_are_refused(config: configs.Config, run_folder: Path, finished: bool) -> None:
    out = run_folder / "folds"
    out.mkdir()
    made = validation.plan(config, 2)
    name = "folds.json" if finished else "folds.json.partial"
    (out / name).write_text(json.dumps(made), encoding="utf-8")
    documents = list(jsonlines.read(config.data.corpus[0]))
    changed = dataclasses.replace(documents[0], links=documents[0].links[1:])
    jsonlines.write(config.data.corpus[0], [changed, *documents[1:]])
    with pytest.raises(configs.ConfigError, match="other data"):
        validation.cross_validate(config, out, 2)
    jsonlines.write(config.data.corpus[0], documents)
    with pytest.raises(configs.ConfigError, match="another number of folds"):
        validation.cross_validate(config, out, 3)


def test_only_some_documents_are_held_out_with_what_is_like_them(config: configs.Config) -> None:
    documents = [
        dataclasses.replace(
            a, document=dataclasses.replace(a.document, metadata={"event": "x"} if a.id in ("d20", "d21") else {})
        )
        for a in jsonlines.read(config.data.corpus[0])
    ]
    jsonlines.write(config.data.corpus[0], documents)
    made = validation.plan(config, 2, only=["d20", "d22"])
    assert sorted(sorted(fold["documents"]) for fold in made["folds"]) == [["d20", "d21"], ["d22"]]
    with pytest.raises(configs.ConfigError, match="not in the corpus, such as 'new'"):
        validation.plan(config, 2, only=["d20", "new"])
    with pytest.raises(configs.ConfigError, match="would hold out no document"):
        validation.plan(config, 2, only=["d20"])


def test_too_many_or_too_few_folds_are_named(config: configs.Config) -> None:
    with pytest.raises(configs.ConfigError, match="at least 2 folds, not 1"):
        validation.plan(config, 1)
    with pytest.raises(configs.ConfigError, match="would hold out no document"):
        validation.plan(config, 13)
    sides = splits.read(config.data.splits)
    one = {name: "train" if side == "validation" and name != "d28" else side for name, side in sides.items()}
    Path(config.data.splits).write_text(json.dumps(one), encoding="utf-8")
    with pytest.raises(configs.ConfigError, match="would have no validation documents: choose fewer folds"):
        validation.plan(config, 2)


def test_the_command(run_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    seen: list[tuple[int, int, list[str] | None]] = []

    def cross_validate(config: configs.Config, out: Path, folds: int, only: list[str] | None) -> dict[str, Any]:
        seen.append((config.train.epochs, folds, only))
        return {"folds": [{"documents": {"a": "", "b": ""}}, {"documents": {"c": ""}}]}

    monkeypatch.setattr(validation, "cross_validate", cross_validate)
    some = run_folder / "some.jsonl"
    jsonlines.write(some, list(jsonlines.read(run_folder / "corpus.jsonl"))[:1])
    command = ["cross_validate", str(run_folder / "config.toml"), "--out", str(run_folder / "folds"), "--folds", "3"]
    monkeypatch.setattr("sys.argv", [*command, "--epochs", "2", "--only", str(some)])
    validation.main()
    assert seen == [(2, 3, ["d20"])]
    assert "3 documents, each with a model that has not seen it" in capsys.readouterr().out
