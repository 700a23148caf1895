"""Temperatures and link thresholds fitted on validation documents, written into the model's configuration."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch.nn import functional

from tolltrace import scheme
from tolltrace.documents import AnnotatedDocument
from tolltrace.model.network import tag_loss
from tolltrace.model.predictor import Predictor
from tolltrace.pipeline import annotate
from training import metrics
from training.dataset import Collator, build

TEMPERATURES = np.exp(np.linspace(np.log(0.5), np.log(4.0), 43))
THRESHOLDS = np.round(np.arange(0.2, 0.71, 0.05), 2)


def calibrate(predictor: Predictor, validation: Sequence[AnnotatedDocument]) -> None:
    """Choose the temperatures by likelihood of gold tags and links, then each link's threshold by link F1."""
    config = predictor.config
    rows, _ = build(validation, predictor.tokenizer, config)
    collate = Collator(predictor.tokenizer, config)
    tag_costs, link_costs = np.zeros(len(TEMPERATURES)), np.zeros(len(TEMPERATURES))
    with torch.inference_mode():
        for row in rows:
            batch = {k: v.to(predictor.device) for k, v in collate([row]).items()}
            output = predictor.network(**batch)
            for i, temperature in enumerate(TEMPERATURES):
                tag_costs[i] += float(tag_loss(output.tag_logits / temperature, batch["tags"]))
                cost = functional.binary_cross_entropy_with_logits(
                    output.link_logits / temperature, batch["targets"], reduction="none"
                )
                link_costs[i] += float((cost * batch["allowed"]).sum())
    config.temperatures = {
        "spans": round(float(TEMPERATURES[tag_costs.argmin()]), 3),
        "links": round(float(TEMPERATURES[link_costs.argmin()]), 3),
    }
    documents = [annotated.document for annotated in validation]
    best = dict.fromkeys(scheme.LINK_NAMES, (-1.0, 0.5))
    for threshold in THRESHOLDS:
        config.thresholds = dict.fromkeys(scheme.LINK_NAMES, float(threshold))
        sums = metrics.count_all(validation, [r.annotated for r in annotate(predictor, documents)]).sum(axis=0)
        for name in best:
            value = float(metrics.f1(sums[metrics.KEYS.index(f"link/{name}")]))
            # A label that validation text hardly holds keeps the middle: its best threshold would be chance.
            if sums[metrics.KEYS.index(f"link/{name}"), 2] >= 10 and value > best[name][0]:
                best[name] = (value, float(threshold))
    config.thresholds = {name: threshold for name, (_, threshold) in best.items()}
