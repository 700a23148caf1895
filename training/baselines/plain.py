"""The plain way: one head of BIO tags over all labels, no links.

``python -m training.baselines.plain --out runs/plain`` trains it, and goes on where it was stopped. The
encoder and the training texts are those of the default configuration, trained and applied as the Transformers library's
own guide to token classification does it. Overlapping spans of different layers cannot be told: the longer one is kept.
Links are drawn by nearness and cue words (``rule_links``).
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import transformers
from datasets import Dataset
from transformers import (
    AutoModelForTokenClassification,
    DataCollatorForTokenClassification,
    Trainer,
    TrainingArguments,
    pipeline,
)
from transformers.trainer_utils import get_last_checkpoint

from tolltrace import jsonlines, scheme
from tolltrace.claims import Claim, build_claims
from tolltrace.documents import AnnotatedDocument, Document, Link, Span
from tolltrace.model import loading
from tolltrace.model.decoding import trim
from training import config as configs
from training import splits
from training.baselines.rule_links import find_links, linked

TAGS = ("O", *(f"{prefix}-{name}" for name in scheme.LABEL_NAMES for prefix in "BI"))
WINDOW, STRIDE = 384, 64
EPOCHS, RATE = 4, 2e-4
SEED = 1


def single_layer(spans: Sequence[Span]) -> list[Span]:
    """The spans that one layer of tags can hold: of overlapping ones the longest."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.start - s.end, s)):
        if not any(span.overlaps(other) for other in kept):
            kept.append(span)
    return sorted(kept)


def encode(documents: Sequence[AnnotatedDocument], tokenizer: Any) -> list[dict[str, Any]]:
    """Windows of token ids with the number of each token's tag; special tokens have none (-100)."""
    rows = []
    for annotated in documents:
        encoded = tokenizer(
            annotated.text,
            truncation=True,
            max_length=WINDOW,
            stride=STRIDE,
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
            return_special_tokens_mask=True,
        )
        kept = single_layer(annotated.spans)
        windows = zip(encoded["input_ids"], encoded["offset_mapping"], encoded["special_tokens_mask"], strict=True)
        for ids, offsets, special in windows:
            tags = [-100 if mark else 0 for mark in special]
            for span in kept:
                inside = [i for i, (s, e) in enumerate(offsets) if s < span.end and span.start < e and not special[i]]
                for i in inside:
                    begins = offsets[i][0] <= span.start
                    tags[i] = TAGS.index(f"{'B' if begins else 'I'}-{span.label}")
            rows.append({"input_ids": ids, "attention_mask": [1] * len(ids), "labels": tags})
    return rows


def train(config: configs.Config, out: Path, epochs: int = EPOCHS) -> None:
    """Train on the configuration's training split and leave model and tokenizer in ``out``; resumable."""
    corpus = list(chain.from_iterable(jsonlines.read(path) for path in config.data.files()))
    learning = splits.learning(corpus, splits.read(config.data.splits), config.data.share)
    base = loading.base_folder(config.encoder.base())
    tokenizer = loading.load_tokenizer(base)
    transformers.set_seed(SEED)
    network = AutoModelForTokenClassification.from_pretrained(
        base,
        num_labels=len(TAGS),
        id2label=dict(enumerate(TAGS)),
        label2id={tag: number for number, tag in enumerate(TAGS)},
        **config.encoder.settings,
    )
    checkpoints = out / "checkpoints"
    trainer = Trainer(
        model=network,
        args=TrainingArguments(
            output_dir=str(checkpoints),
            num_train_epochs=epochs,
            learning_rate=RATE,
            warmup_steps=50,
            per_device_train_batch_size=8,
            save_strategy="epoch",
            save_total_limit=1,
            logging_steps=50,
            report_to="none",
            seed=SEED,
        ),
        train_dataset=Dataset.from_list(encode(learning, tokenizer)),
        data_collator=DataCollatorForTokenClassification(tokenizer),
    )
    trainer.train(resume_from_checkpoint=get_last_checkpoint(str(checkpoints)) if checkpoints.is_dir() else None)
    network.save_pretrained(out)
    tokenizer.save_pretrained(out)


class PlainSystem:
    """A plain tagger behind ``training.systems.System``."""

    name = "plain tagger"

    def __init__(self, folder: Path) -> None:
        weights = folder / "model.safetensors"
        self.version = "plain-" + hashlib.sha256(weights.read_bytes()).hexdigest()[:12]
        network = AutoModelForTokenClassification.from_pretrained(folder, use_safetensors=True)
        tokenizer = loading.load_tokenizer(folder)
        tokenizer.model_max_length = WINDOW
        self.tagger = pipeline(
            "token-classification", model=network, tokenizer=tokenizer, aggregation_strategy="simple", stride=STRIDE
        )

    def read(self, documents: Sequence[Document]) -> list[AnnotatedDocument]:
        return [self._read(document) for document in documents]

    def link(self, gold: Sequence[AnnotatedDocument]) -> list[list[Link]]:
        return [find_links(annotated.text, annotated.spans) for annotated in gold]

    def claims(self, annotated: AnnotatedDocument) -> list[Claim]:
        return build_claims(annotated, (), model=self.version)

    def _read(self, document: Document) -> AnnotatedDocument:
        found = self.tagger(document.text) if document.text.strip() else []
        spans: list[Span] = []
        for entity in found:
            start, end = trim(document.text, int(entity["start"]), int(entity["end"]))
            span = Span(start, end, entity["entity_group"], float(entity["score"]))
            if start < end and not any(span.overlaps(other) for other in spans):
                spans.append(span)
        return linked(document, spans)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.baselines.plain", description=__doc__)
    parser.add_argument("--config", type=Path, default=Path("training/configs/default.toml"))
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    arguments = parser.parse_args()
    train(configs.read(arguments.config), arguments.out, arguments.epochs)


if __name__ == "__main__":
    main()
