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
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
import transformers
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file, save_file
from torch import nn
from transformers import EarlyStoppingCallback, Trainer, TrainerCallback, TrainingArguments
from transformers.trainer_utils import get_last_checkpoint

from tolltrace import jsonlines
from tolltrace.documents import AnnotatedDocument
from tolltrace.model import loading
from tolltrace.model.config import TolltraceConfig
from tolltrace.model.loading import LoadedModel
from tolltrace.model.predictor import Predictor, best_device, best_dtype
from tolltrace.pipeline import annotate
from training import config as configs
from training import metrics, splits
from training.calibrate import calibrate
from training.dataset import Collator, Reach, build, fingerprint

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
        self.decay = 1.0

    def create_optimizer(self, *_: Any, **__: Any) -> torch.optim.Optimizer:
        """AdamW with a rate of its own for the heads."""
        if self.optimizer is None:
            groups: dict[float, list[nn.Parameter]] = {}
            depth = unwrapped(self.network).encoder.config.num_hidden_layers
            for name, parameter in self.network.named_parameters():
                if parameter.requires_grad:
                    if any(head in name for head in HEADS):
                        rate = self.head_rate
                    else:
                        layer = int(name.split(".layer.")[1].split(".")[0]) if ".layer." in name else -1
                        rate = self.args.learning_rate * self.decay ** (depth - 1 - layer)
                    groups.setdefault(rate, []).append(parameter)
            self.optimizer = torch.optim.AdamW(
                [{"params": part, "lr": rate} for rate, part in groups.items()],
                weight_decay=self.args.weight_decay,
            )
        return self.optimizer

    def evaluate(self, *_: Any, metric_key_prefix: str = "eval", **__: Any) -> dict[str, float]:
        """Predict the validation documents as the extractor does, and score them."""
        averages = [c for c in self.callback_handler.callbacks if isinstance(c, Average) and c.shadow is not None]
        for average in averages:
            self.log({f"raw_{k}": v for k, v in self.scored().items()})
            average.swap()
        scores = {f"{metric_key_prefix}_{k}": v for k, v in self.scored().items()}
        self.log(scores)
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, scores)
        return scores

    def _get_train_sampler(self, *rest):
        if hasattr(self.train_dataset, "lengths"):
            from transformers.trainer_pt_utils import LengthGroupedSampler

            return LengthGroupedSampler(self.args.train_batch_size, lengths=self.train_dataset.lengths)
        return super()._get_train_sampler(*rest)

    def scored(self):
        network = unwrapped(self.network)
        was_training = self.network.training
        predictor = Predictor(
            LoadedModel(network, self.tokenizer_of_model, "training"), device=network.device, dtype=torch.float32
        )
        predicted = [reading.annotated for reading in annotate(predictor, [a.document for a in self.validation])]
        self.network.train(was_training)
        sums = metrics.count_all(self.validation, predicted).sum(axis=0)
        totals = dict(zip(metrics.KEYS, metrics.f1(sums).tolist(), strict=True))
        scores = {key: totals[key] for key in metrics.TOTALS}
        scores["score"] = (totals["span"] + totals["link"] + totals["claim_core"]) / 3
        return scores


def rare_weights(examples: Any, power: float) -> list[torch.Tensor]:
    """Weights of tags by the inverse of how often they stand, to a power; those of O are 1."""
    from tolltrace.model.encoding import TAG_COUNTS

    counts = [torch.zeros(n) for n in TAG_COUNTS]
    for tags in examples["tags"]:
        for row, values in zip(counts, tags, strict=True):
            row += torch.bincount(torch.tensor(values), minlength=len(row))
    weights = []
    for row in counts:
        weight = (row[1:].mean() / row.clamp(min=1)) ** power
        weight[0] = 1.0
        weights.append(weight.clamp(0.3, 5))
    return weights


class Average(TrainerCallback):
    """An exponential average of the trained weights, swapped in for every evaluation and for good at the end."""

    def __init__(self, decay: float, trainer: Any) -> None:
        self.decay, self.trainer, self.shadow = decay, trainer, None

    def parameters(self) -> Any:
        return [p for p in self.trainer.model.parameters() if p.requires_grad]

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        now = [p.detach() for p in self.parameters()]
        if self.shadow is None:
            self.shadow = [p.clone() for p in now]
        decay = min(self.decay, (1 + state.global_step) / (10 + state.global_step))
        for kept, value in zip(self.shadow, now, strict=True):
            kept.lerp_(value, 1 - decay)

    def swap(self) -> None:
        for kept, value in zip(self.shadow, self.parameters(), strict=True):
            new = kept.clone()
            kept.copy_(value.detach())
            value.data.copy_(new)


def unwrapped(model: Any) -> Any:
    """The network inside an adapter's wrapper."""
    return model.get_base_model() if hasattr(model, "get_base_model") else model


def model_config(config: configs.Config) -> TolltraceConfig:
    base = config.encoder.base()
    settings = loading.encoder_settings(base) | config.encoder.settings
    made = TolltraceConfig(encoder=settings, base=base, **dataclasses.asdict(config.model))
    made.check()
    return made


def with_adapter(network: Any, train: configs.TrainConfig) -> Any:
    """The network with LoRA on every linear layer of its encoder, its heads trained whole; at rank 0 all is trained."""
    if train.lora_rank == 0:
        return network
    depth = network.encoder.config.num_hidden_layers
    kept = range(depth - (train.lora_layers or depth), depth)
    targets = [
        f"encoder.{n}"
        for n, module in network.encoder.named_modules()
        if isinstance(module, nn.Linear) and any(f"layer.{i}." in n for i in kept)
    ]
    lora = LoraConfig(
        r=train.lora_rank,
        lora_alpha=train.lora_alpha,
        lora_dropout=train.lora_dropout,
        target_modules=targets,
        modules_to_save=list(HEADS),
    )
    return get_peft_model(network, lora)


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
        bf16=best_dtype(device) == torch.bfloat16,
        seed=train.seed,
        data_seed=train.seed,
        eval_strategy="steps",
        eval_steps=every,
        save_strategy="no",
        save_steps=every,
        save_total_limit=2,
        load_best_model_at_end=False,
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
    corpus = [annotated for path in config.data.corpus for annotated in jsonlines.read(path)]
    sides = splits.read(config.data.splits)
    learning, validation = (splits.select(corpus, sides, side) for side in ("train", "validation"))
    network_config = model_config(config)
    tokenizer = loading.load_tokenizer(loading.base_folder(network_config.base))
    examples, reach = build(learning, tokenizer, network_config)
    print(f"training on {len(learning)} documents, validating on {len(validation)}: {reach}")
    checkpoints = out / "checkpoints"
    facts = run_facts(config, corpus, sides, reach)
    check_resumable(checkpoints, facts)
    transformers.set_seed(config.train.seed)
    fresh = loading.start(network_config)
    if config.train.start:
        fresh.encoder.load_state_dict(load_file(config.train.start))
    model = with_adapter(fresh, config.train)
    base = unwrapped(model)
    base.focal = config.train.focal
    if config.train.rare:
        base.loss_weights = rare_weights(examples, config.train.rare)
    if config.train.augment:
        from training.augment import Varied
        examples = Varied(learning, tokenizer, network_config, config.train)
    steps = -(-len(examples) // config.train.batch_documents)
    trainer = TolltraceTrainer(
        model=model,
        args=arguments_for(config.train, checkpoints, steps),
        train_dataset=examples,
        eval_dataset=build(validation, tokenizer, network_config)[0],
        data_collator=Collator(tokenizer, network_config),
        validation=validation,
        tokenizer=tokenizer,
        head_rate=config.train.head_learning_rate,
    )
    trainer.decay = config.train.layer_decay
    if config.train.average:
        trainer.add_callback(Average(config.train.average, trainer))
    last = get_last_checkpoint(str(checkpoints)) if checkpoints.is_dir() else None
    if last:
        print(f"going on from {last}")
    trainer.train(resume_from_checkpoint=last)
    network = unwrapped(trainer.model)
    loaded = LoadedModel(network, tokenizer, "training")
    calibrate(Predictor(loaded, device=best_device(), dtype=torch.float32), validation)
    save(trainer.model, network.config, tokenizer, out)
    history = [row for row in trainer.state.log_history if "eval_score" in row]
    facts |= {
        "minutes": round((time.time() - started) / 60, 1),
        "best_validation_score": trainer.state.best_metric,
        "history": history,
    }
    (out / RUN_FILE).write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    shutil.rmtree(checkpoints, ignore_errors=True)
    return facts


def run_facts(
    config: configs.Config, corpus: Sequence[AnnotatedDocument], sides: dict[str, str], reach: Reach
) -> dict[str, Any]:
    """What a run depends on, and where it ran."""
    return {
        "config": dataclasses.asdict(config),
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


def save(model: Any, config: TolltraceConfig, tokenizer: Any, out: Path) -> None:
    """Leave the model in ``out``: adapter and heads in half precision where there is an adapter, else all of it."""
    model.save_pretrained(out, safe_serialization=True)
    if (out / loading.ADAPTER).exists():
        weights = load_file(out / loading.ADAPTER)
        save_file({k: v.half().contiguous() for k, v in weights.items()}, out / loading.ADAPTER, {"format": "pt"})
        (out / "README.md").unlink(missing_ok=True)
        config.save_pretrained(out)
    else:
        tokenizer.save_pretrained(out)


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
