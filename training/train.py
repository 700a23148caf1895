"""Train a model: ``python -m training.train CONFIG.toml --out FOLDER``. Started again, it goes on where it stopped."""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import json
import os
import platform
import shutil
import time
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import torch
import transformers
from safetensors.torch import save_file
from torch import nn
from transformers import EarlyStoppingCallback, Trainer, TrainingArguments
from transformers.trainer_utils import get_last_checkpoint

from tolltrace import jsonlines
from tolltrace.documents import AnnotatedDocument
from tolltrace.model import delta, loading
from tolltrace.model.config import TolltraceConfig
from tolltrace.model.loading import LoadedModel
from tolltrace.model.predictor import Predictor, best_device, best_dtype
from tolltrace.pipeline import annotate
from training import config as configs
from training import metrics, splits
from training.augment import Augmenter, transform
from training.calibrate import calibrate
from training.dataset import Collator, Reach, build, encode, fingerprint

HEADS = ("shapes", "tag_heads", "link_head")
RUN_FILE = "run.json"


class TolltraceTrainer(Trainer):
    """The Hugging Face Trainer, judged on validation documents by the scores that count: spans, links and claims."""

    def __init__(
        self, *args: Any, validation: Sequence[AnnotatedDocument], tokenizer: Any, head_rate: float, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.network: Any = self.model
        self.validation = validation
        self.tokenizer_of_model = tokenizer
        self.head_rate = head_rate

    def create_optimizer(self, *_: Any, **__: Any) -> torch.optim.Optimizer:
        """AdamW with a rate of its own for the heads."""
        if self.optimizer is None:
            groups: dict[bool, list[nn.Parameter]] = {True: [], False: []}
            for name, parameter in self.network.named_parameters():
                if parameter.requires_grad:
                    groups[any(head in name for head in HEADS)].append(parameter)
            self.optimizer = torch.optim.AdamW(
                [
                    {"params": groups[False], "lr": self.args.learning_rate},
                    {"params": groups[True], "lr": self.head_rate},
                ],
                weight_decay=self.args.weight_decay,
            )
        return self.optimizer

    def evaluate(self, *_: Any, metric_key_prefix: str = "eval", **__: Any) -> dict[str, float]:
        """Predict the validation documents as the extractor does, and score them."""
        was_training = self.network.training
        predictor = Predictor(
            LoadedModel(self.network, self.tokenizer_of_model, "training"),
            device=self.network.device,
            dtype=torch.float32,
        )
        predicted = [reading.annotated for reading in annotate(predictor, [a.document for a in self.validation])]
        self.network.train(was_training)
        sums = metrics.count_all(self.validation, predicted).sum(axis=0)
        totals = dict(zip(metrics.KEYS, metrics.f1(sums).tolist(), strict=True))
        scores = {f"{metric_key_prefix}_{key}": totals[key] for key in metrics.TOTALS}
        scores[f"{metric_key_prefix}_score"] = (totals["span"] + totals["link"] + totals["claim_core"]) / 3
        self.log(scores)
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, scores)
        return scores


def model_config(config: configs.Config) -> TolltraceConfig:
    base = config.encoder.base()
    settings = loading.encoder_settings(base) | config.encoder.settings
    made = TolltraceConfig(encoder=settings, base=base, **dataclasses.asdict(config.model))
    made.check()
    return made


def arguments_for(train: configs.TrainConfig, folder: Path, steps_an_epoch: int) -> TrainingArguments:
    every = train.evaluate_every * steps_an_epoch
    total = train.epochs * steps_an_epoch
    device = best_device()
    return TrainingArguments(
        output_dir=str(folder),
        per_device_train_batch_size=train.batch_documents,
        num_train_epochs=train.epochs,
        learning_rate=train.learning_rate,
        weight_decay=train.weight_decay,
        warmup_steps=int(train.warmup * total),
        lr_scheduler_type="linear",
        # On processors autocast to bf16 saves no time with small heads of attention, and would train another model.
        bf16=device.type == "cuda" and best_dtype(device) == torch.bfloat16,
        seed=train.seed,
        data_seed=train.seed,
        eval_strategy="steps",
        eval_steps=every,
        save_strategy="steps",
        save_steps=every,
        save_total_limit=2,
        load_best_model_at_end=True,
        metric_for_best_model="score",
        greater_is_better=True,
        logging_steps=max(1, steps_an_epoch // 2),
        remove_unused_columns=False,
        train_sampling_strategy="group_by_length",
        length_column_name="length",
        dataloader_pin_memory=device.type == "cuda",
        report_to="none",
    )


def train(config: configs.Config, out: Path) -> dict[str, Any]:
    """Train by ``config`` and leave the model in ``out``; the run's facts are returned and stored beside it."""
    started = time.time()
    for path in set(config.data.joined) - set(config.data.files()):
        print(f"{path} is not there: training without it (data/standoff/README.md says how to join it)")
    files = {path: list(jsonlines.read(path)) for path in config.data.files()}
    corpus = list(chain.from_iterable(files.values()))
    sides = splits.read(config.data.splits)
    learning = splits.learning(corpus, sides, config.data.share)
    validation = splits.select(corpus, sides, "validation")
    network_config = model_config(config)
    tokenizer = loading.load_tokenizer(loading.base_folder(network_config.base))
    examples, reach = build(learning, tokenizer, network_config)
    if any(dataclasses.astuple(config.augment)):

        def encoded(annotated: AnnotatedDocument) -> dict[str, Any] | None:
            rows, _ = encode([annotated], tokenizer, network_config)
            return rows[0] if rows else None

        examples.set_transform(transform(Augmenter(learning, config.augment), encoded))
    print(f"training on {len(learning)} documents, validating on {len(validation)}: {reach}")
    checkpoints = out / "checkpoints"
    facts = run_facts(config, files, sides, reach)
    check_resumable(checkpoints, facts)
    transformers.set_seed(config.train.seed)
    network = loading.start(network_config)
    # Half of a small encoder's weights, of which the corpus touches a few: they stay as pretrained.
    network.encoder.get_input_embeddings().requires_grad_(False)
    steps = -(-len(examples) // config.train.batch_documents)
    trainer = TolltraceTrainer(
        model=network,
        args=arguments_for(config.train, checkpoints, steps),
        train_dataset=examples,
        eval_dataset=build(validation, tokenizer, network_config)[0],
        data_collator=Collator(tokenizer, network_config),
        callbacks=[EarlyStoppingCallback(config.train.patience)],
        validation=validation,
        tokenizer=tokenizer,
        head_rate=config.train.head_learning_rate,
    )
    last = get_last_checkpoint(str(checkpoints)) if checkpoints.is_dir() else None
    if last:
        print(f"going on from {last}")
    trainer.train(resume_from_checkpoint=last)
    for name in (loading.DELTA, loading.WHOLE, "tokenizer.json"):
        (out / name).unlink(missing_ok=True)  # of an earlier model
    if config.train.delta_bits:
        base = loading.pretrained(network)
        packed = delta.pack(network.state_dict(), base, config.train.delta_bits)
        network.load_state_dict(delta.unpack(packed, base, loading.shapes_of(network)))
        save_file(packed, out / loading.DELTA, {"format": "pt"})
    calibrate(Predictor(LoadedModel(network, tokenizer, "training"), dtype=torch.float32), validation)
    if config.train.delta_bits:
        network.config.save_pretrained(out)
    else:
        network.save_pretrained(out)
        tokenizer.save_pretrained(out)
    history = [row for row in trainer.state.log_history if "eval_score" in row]
    facts |= {
        "minutes": round((time.time() - started) / 60, 1),
        "best_validation_score": trainer.state.best_metric,
        "history": history,
    }
    (out / RUN_FILE).write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    shutil.rmtree(checkpoints)
    return facts


def run_facts(
    config: configs.Config, files: Mapping[str, Sequence[AnnotatedDocument]], sides: dict[str, str], reach: Reach
) -> dict[str, Any]:
    """What a run depends on, and where it ran."""
    corpus = list(chain.from_iterable(files.values()))
    return {
        "config": dataclasses.asdict(config),
        "data_files": {path: len(documents) for path, documents in files.items()},
        "data_fingerprint": fingerprint(corpus),
        "splits_fingerprint": hashlib.sha256(json.dumps(sides, sort_keys=True).encode()).hexdigest(),
        "documents": {side: sum(sides[a.id] == side for a in corpus) for side in splits.SPLITS},
        "reach": dataclasses.asdict(reach),
        "versions": {"torch": torch.__version__, "transformers": transformers.__version__},
        "processor": f"{platform.machine()}, {os.cpu_count()} cores",
    }


def check_resumable(checkpoints: Path, facts: dict[str, Any]) -> None:
    """Remember what the run depends on, and refuse to go on with checkpoints of another configuration or other data."""
    memory = checkpoints / RUN_FILE
    relevant = json.loads(json.dumps({key: facts[key] for key in ("config", "data_fingerprint", "splits_fingerprint")}))
    if memory.exists() and json.loads(memory.read_text(encoding="utf-8")) != relevant:
        raise configs.ConfigError(
            f"{checkpoints} holds checkpoints of another configuration or other data: remove it, or choose "
            "another folder"
        )
    checkpoints.mkdir(parents=True, exist_ok=True)
    memory.write_text(json.dumps(relevant), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.train", description=__doc__)
    parser.add_argument("config", type=Path)
    parser.add_argument("--out", type=Path, help="where the model goes (default: runs/<name of the configuration>)")
    parser.add_argument("--seed", type=int, help="instead of the configuration's")
    arguments = parser.parse_args()
    config = configs.read(arguments.config)
    if arguments.seed is not None:
        config = dataclasses.replace(config, train=dataclasses.replace(config.train, seed=arguments.seed))
    out = arguments.out or Path("runs") / arguments.config.stem
    facts = train(config, out)
    print(f"{out}: best validation score {facts['best_validation_score']:.3f} after {facts['minutes']} minutes")


if __name__ == "__main__":
    main()
