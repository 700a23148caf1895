from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModel, TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from tolltrace import jsonlines
from tolltrace.documents import AnnotatedDocument
from tolltrace.model import loading
from tolltrace.model.predictor import Predictor
from training import config as configs
from training import train as training
from training.augment import Augmenter
from training.evaluate import evaluate


@pytest.mark.parametrize("bits", [4, 0])
def test_a_trained_model_is_saved_loaded_and_scored(run_folder: Path, bits: int) -> None:
    out = run_folder / "model"
    config = configs.read(run_folder / "config.toml")
    settings = dataclasses.replace(config.train, epochs=30, delta_bits=bits)  # enough to learn one sentence by heart
    facts = training.train(dataclasses.replace(config, train=settings), out)
    assert (out / loading.DELTA).exists() == (bits > 0)
    assert (out / loading.WHOLE).exists() == (bits == 0)
    assert facts["documents"] == {"train": 8, "validation": 2, "test": 2}
    assert json.loads((out / "run.json").read_text(encoding="utf-8"))["data_fingerprint"] == facts["data_fingerprint"]
    assert not (out / "checkpoints").exists()
    gold = list(jsonlines.read(run_folder / "corpus.jsonl"))
    predictor = Predictor(loading.load(out), device="cpu", dtype=torch.float32)
    result, predicted = evaluate(predictor, gold)
    assert len(predicted) == len(gold)
    assert result["scores"]["span"]["gold"] == 7 * len(gold)
    assert result["scores"]["span"]["f1"] == pytest.approx(result["tags_seqeval_strict_iob2"])
    assert result["scores"]["span"]["f1"] > 0.5
    before = AutoModel.from_pretrained(run_folder / "encoder").get_input_embeddings().weight
    assert torch.equal(predictor.network.encoder.get_input_embeddings().weight, before)


class StopEarly(TrainerCallback):  # type: ignore[misc, unused-ignore]
    def on_save(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        if state.global_step >= 8:
            raise KeyboardInterrupt


def test_an_interrupted_run_goes_on_and_gives_the_same_model(run_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = configs.read(run_folder / "config.toml")
    config = dataclasses.replace(config, train=dataclasses.replace(config.train, delta_bits=0))
    whole = training.train(config, run_folder / "whole")
    made = training.TolltraceTrainer.__init__

    def with_stop(self: training.TolltraceTrainer, *args: object, **kwargs: object) -> None:
        made(self, *args, **kwargs)  # type: ignore[arg-type]
        self.add_callback(StopEarly())

    with monkeypatch.context() as patched:
        patched.setattr(training.TolltraceTrainer, "__init__", with_stop)
        with pytest.raises(KeyboardInterrupt):
            training.train(config, run_folder / "halves")
    halves = training.train(config, run_folder / "halves")
    assert halves["history"][-1]["step"] == whole["history"][-1]["step"]
    one, two = (loading.load(run_folder / name).network.state_dict() for name in ("whole", "halves"))
    assert all(torch.allclose(one[key], two[key], atol=1e-4) for key in one)


def test_checkpoints_of_other_data_are_refused(tmp_path: Path) -> None:
    facts = {"config": {"a": 1}, "data_fingerprint": "x", "splits_fingerprint": "s"}
    training.check_resumable(tmp_path / "c", facts)
    training.check_resumable(tmp_path / "c", facts)
    with pytest.raises(configs.ConfigError, match="another configuration or other data"):
        training.check_resumable(tmp_path / "c", {**facts, "data_fingerprint": "y"})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[train]\nepoch = 3", r"\[train\]: unknown key 'epoch'"),
        ("[trian]\n", "unknown key 'trian'"),
        ('[train]\nepochs = "3"', "epochs must be int"),
        ("train = 3", "train must be a table"),
        ("", "needs either package or name"),
        ("[train", "config.toml"),
        ('[encoder]\nname = "x"\n[train]\ndelta_bits = 16', "delta_bits must be from 1 to 8, or 0, not 16"),
    ],
)
def test_mistakes_in_a_configuration_are_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(configs.ConfigError, match=message):
        configs.read(path)


def test_joined_documents_are_used_where_they_are_there(run_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = configs.read(run_folder / "config.toml")
    joined = run_folder / "joined.jsonl"
    data = dataclasses.replace(config.data, joined=(str(joined),))
    config = dataclasses.replace(config, data=data, train=dataclasses.replace(config.train, epochs=1))
    without = training.train(config, run_folder / "without")
    assert list(without["data_files"]) == list(config.data.corpus)
    assert f"{joined} is not there" in capsys.readouterr().out
    documents = list(jsonlines.read(config.data.corpus[0]))
    jsonlines.write(
        joined, [dataclasses.replace(a, document=dataclasses.replace(a.document, id=f"j-{a.id}")) for a in documents]
    )
    sides = json.loads(Path(config.data.splits).read_text(encoding="utf-8"))
    sides |= {f"j-{name}": side for name, side in sides.items()}
    Path(config.data.splits).write_text(json.dumps(sides), encoding="utf-8")
    with_joined = training.train(config, run_folder / "with")
    assert with_joined["data_files"] == {config.data.corpus[0]: 12, str(joined): 12}
    assert with_joined["documents"]["train"] == 2 * without["documents"]["train"]


def test_every_reading_of_an_article_may_vary_it(run_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = configs.read(run_folder / "config.toml")
    read: list[str] = []
    vary = Augmenter.vary

    def spying(self: Augmenter, annotated: AnnotatedDocument) -> AnnotatedDocument:
        varied = vary(self, annotated)
        read.append(varied.text)
        return varied

    monkeypatch.setattr(Augmenter, "vary", spying)
    training.train(config, run_folder / "plain")
    assert not read
    training.train(dataclasses.replace(config, augment=configs.AugmentConfig(swap=1.0)), run_folder / "varied")
    assert len(read) >= 8 * config.train.epochs
    assert len(set(read)) > 8
