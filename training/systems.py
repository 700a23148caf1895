"""What can be evaluated: anything that reads documents into spans, links and claims. The model, baselines and models
damaged on purpose are judged by the same code on the same articles.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import exp, log
from pathlib import Path
from typing import Protocol

import numpy as np
import torch

from tolltrace import scheme
from tolltrace.claims import Claim, build_claims
from tolltrace.documents import AnnotatedDocument, Document, Link
from tolltrace.model import candidates, loading
from tolltrace.model.decoding import decode_links
from tolltrace.model.encoding import align, tokenize
from tolltrace.model.predictor import Predictor
from tolltrace.pipeline import BATCH_DOCUMENTS, annotate
from tolltrace.reading import find_set_aside, ranges_to_read


class System(Protocol):
    """``name`` is for people, ``version`` changes whenever the system's answers may."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    def read(self, documents: Sequence[Document]) -> list[AnnotatedDocument]:
        """Spans and links of each document, in order."""
        ...

    def link(self, gold: Sequence[AnnotatedDocument]) -> list[list[Link]]:
        """The system's own links between gold's spans, for each document."""
        ...

    def claims(self, annotated: AnnotatedDocument) -> list[Claim]:
        """The claims of a document with its spans and links, before names and places are resolved."""
        ...


class ModelSystem:
    """A trained model behind :class:`System`."""

    def __init__(self, predictor: Predictor, name: str) -> None:
        self.predictor = predictor
        self.name = name

    @classmethod
    def load(cls, model: str, dtype: torch.dtype | None = None) -> ModelSystem:
        """``model``: a folder, a hub name, or ``default`` for the packaged model."""
        loaded = loading.load(None if model == "default" else model)
        return cls(Predictor(loaded, dtype=dtype), model if model == "default" else Path(model).name)

    @property
    def version(self) -> str:
        return self.predictor.version

    def read(self, documents: Sequence[Document]) -> list[AnnotatedDocument]:
        return [reading.annotated for reading in annotate(self.predictor, documents)]

    @contextmanager
    def uncalibrated(self) -> Iterator[None]:
        """Scores without temperature scaling, for as long as this lasts; the same links reach their thresholds."""
        config = self.predictor.config
        kept = config.temperatures, config.thresholds
        config.temperatures = dict.fromkeys(kept[0], 1.0)
        config.thresholds = {name: _rescaled(value, kept[0]["links"]) for name, value in kept[1].items()}
        try:
            yield
        finally:
            config.temperatures, config.thresholds = kept

    def link(self, gold: Sequence[AnnotatedDocument]) -> list[list[Link]]:
        starts = range(0, len(gold), BATCH_DOCUMENTS)
        return [links for start in starts for links in self._link(gold[start : start + BATCH_DOCUMENTS])]

    def _link(self, gold: Sequence[AnnotatedDocument]) -> list[list[Link]]:
        config = self.predictor.config
        bodies = [ranges_to_read(a.text, find_set_aside(a.text)) for a in gold]
        tokens = tokenize(self.predictor.tokenizer, [a.text for a in gold], bodies)
        if not any(t.words for t in tokens):
            return [[] for _ in gold]
        truths = [align(t, a) for t, a in zip(tokens, gold, strict=True)]
        options = [
            candidates.find(truth.spans, t.sentence, config.reach, config.figure_reach)
            for truth, t in zip(truths, tokens, strict=True)
        ]
        states = self.predictor.states(tokens)
        joined = self.predictor.link_probabilities(states, tokens, [truth.spans for truth in truths], options)
        parts = np.split(joined, np.cumsum([len(option.pairs) for option in options])[:-1])
        result = []
        for annotated, truth, option, part in zip(gold, truths, options, parts, strict=True):
            spans = [span for span in annotated.spans if span not in set(truth.lost)]
            found = decode_links(part, option, config.thresholds)
            result.append([Link(spans[h], scheme.LINK_NAMES[n], spans[t], score) for h, t, n, score in found])
        return result

    def claims(self, annotated: AnnotatedDocument) -> list[Claim]:
        return build_claims(annotated, (), model=self.version)


def _rescaled(threshold: float, temperature: float) -> float:
    """The probability without temperature of what has this probability with it."""
    return 1 / (1 + exp(-temperature * log(threshold / (1 - threshold))))
