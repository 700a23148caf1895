"""Annotated documents to training examples, and examples to batches of tensors."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from datasets import Dataset
from torch import Tensor

from tolltrace import jsonlines
from tolltrace.documents import AnnotatedDocument, Span
from tolltrace.model import candidates
from tolltrace.model.batches import Windower, join_spans
from tolltrace.model.config import TolltraceConfig
from tolltrace.model.encoding import align, tokenize
from tolltrace.reading import find_set_aside, ranges_to_read


@dataclass(frozen=True, slots=True)
class Reach:
    """What of the gold the model can learn: totals, and what is lost to word borders, furniture or distance."""

    spans: int
    spans_lost: int
    links: int
    links_lost: int
    lost_by_label: dict[str, int]

    def __str__(self) -> str:
        return (
            f"{self.spans - self.spans_lost} of {self.spans} gold spans and {self.links - self.links_lost} of "
            f"{self.links} gold links within reach; lost: {self.lost_by_label or 'nothing'}"
        )


def fingerprint(documents: Iterable[AnnotatedDocument]) -> str:
    """Checksum of texts and annotations, whatever their order in the file."""
    lines = sorted(jsonlines.dumps(jsonlines.to_json(annotated)) for annotated in documents)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def build(documents: Sequence[AnnotatedDocument], tokenizer: Any, config: TolltraceConfig) -> tuple[Dataset, Reach]:
    """Examples of the documents that have tokens, a row each, and what of their gold is within reach."""
    bodies = [ranges_to_read(a.text, find_set_aside(a.text)) for a in documents]
    rows = []
    lost: Counter[str] = Counter()
    spans_lost = links_lost = 0
    for annotated, tokens in zip(documents, tokenize(tokenizer, [a.text for a in documents], bodies), strict=True):
        gold = align(tokens, annotated)
        found = candidates.find(gold.spans, tokens.sentence, config.reach, config.figure_reach)
        _, missed = candidates.truth(found, gold.links)
        lost.update(item.label for item in gold.lost)
        lost["out of reach"] += missed
        spans_lost += sum(isinstance(item, Span) for item in gold.lost)
        links_lost += sum(not isinstance(item, Span) for item in gold.lost) + missed
        if tokens.words:
            rows.append(
                {
                    "id": annotated.id,
                    "tokens": tokens.ids.tolist(),
                    "length": len(tokens.ids),
                    "word": tokens.word.tolist(),
                    "shape": tokens.shape.tolist(),
                    "sentence": tokens.sentence.tolist(),
                    "tags": gold.tags.tolist(),
                    "spans": [list(span) for span in gold.spans],
                    "links": [list(link) for link in gold.links],
                }
            )
    reach = Reach(
        spans=sum(len(a.spans) for a in documents),
        spans_lost=spans_lost,
        links=sum(len(a.links) for a in documents),
        links_lost=links_lost,
        lost_by_label={name: number for name, number in sorted(lost.items()) if number},
    )
    return Dataset.from_list(rows), reach


class Collator:
    """Rows of :func:`build` to the tensors that :meth:`TolltraceModel.forward` takes."""

    def __init__(self, tokenizer: Any, config: TolltraceConfig) -> None:
        self.windower = Windower(tokenizer, config.window, config.overlap)
        self.reach, self.figure_reach = config.reach, config.figure_reach

    def __call__(self, rows: Sequence[dict[str, Any]]) -> dict[str, Tensor]:
        lengths = [len(row["sentence"]) for row in rows]
        bases = np.concatenate([[0], np.cumsum(lengths)])
        pieces = []
        for row, base in zip(rows, bases, strict=False):
            ids, word, shape = (np.asarray(row[name]) for name in ("tokens", "word", "shape"))
            pieces += self.windower.pieces(ids, word, shape, int(base))
        spans = [[(s[0], s[1], s[2]) for s in row["spans"]] for row in rows]
        options = [
            candidates.find(s, np.asarray(row["sentence"]), self.reach, self.figure_reach)
            for s, row in zip(spans, rows, strict=True)
        ]
        targets = [
            candidates.truth(o, [(k[0], k[1], k[2]) for k in row["links"]])[0]
            for o, row in zip(options, rows, strict=True)
        ]
        return {
            **self.windower.batch(pieces),
            **join_spans(spans, options, lengths),
            "lengths": torch.tensor(lengths),
            "tags": torch.from_numpy(np.concatenate([np.asarray(row["tags"]) for row in rows], axis=1)),
            "targets": torch.from_numpy(np.concatenate(targets)),
        }
