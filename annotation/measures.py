"""What a model knows of unlabelled articles, as numbers: what choosing the next ones to annotate needs of them.

An article becomes a row of about one and a half kilobytes, whatever its length. Rows are kept in files, so that a run
that was stopped measures no article twice.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from datasketch import MinHash
from numpy.typing import NDArray

from tolltrace import scheme
from tolltrace.documents import Document
from tolltrace.model import candidates
from tolltrace.model.decoding import decode_tags
from tolltrace.model.encoding import TAG_COUNTS, TAG_INDEX, Tokens, tokenize
from tolltrace.model.predictor import Predictor
from tolltrace.near_duplicates import PERMUTATIONS, shingles
from tolltrace.reading import find_set_aside, ranges_to_read

NAMES = (*scheme.LABEL_NAMES, *scheme.LINK_NAMES)
"""Columns of :attr:`Measures.expected`."""
FIGURE = 0.2
"""From this chance on a word counts as a figure here: half of what is that sure is none, and worth a person's look."""
BATCH_DOCUMENTS = 64
BATCH_CHARACTERS = 50_000

_TAG_STARTS = np.concatenate([[0], np.cumsum(TAG_COUNTS)[:-1]])
_BEGINS = np.array(
    [
        _TAG_STARTS[scheme.LAYERS.index(label.layer)] + TAG_INDEX[label.layer][f"B-{label.name}"]
        for label in scheme.LABELS
    ]
)
_FIGURES = [scheme.LABEL_NAMES.index(name) for name in scheme.COUNT_LABELS]


@dataclass(frozen=True, slots=True)
class Measures:
    """Articles as rows. ``errors`` [n]: how many of the model's tags and figures' fields are expected to be wrong;
    ``figure`` [n]: the chance of the likeliest figure; ``expected`` [n, NAMES]: spans and links expected of each label;
    ``vectors`` [n, hidden]: mean encoder state of the sentences that hold a figure, or of all where none does;
    ``words`` [n] of the whole text; ``sketches`` [n, permutations]: MinHash; ``checksums`` [n] of the texts.
    """

    ids: tuple[str, ...]
    words: NDArray[np.int64]
    errors: NDArray[np.float32]
    figure: NDArray[np.float32]
    expected: NDArray[np.float32]
    vectors: NDArray[np.float16]
    sketches: NDArray[np.uint32]
    checksums: NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self.ids)

    def take(self, rows: Sequence[int]) -> Measures:
        """The articles in these rows."""
        arrays = {name: getattr(self, name)[list(rows)] for name in ARRAYS}
        return Measures(tuple(self.ids[row] for row in rows), **arrays)


ARRAYS = tuple(field.name for field in dataclasses.fields(Measures) if field.name != "ids")


def join(parts: Sequence[Measures], hidden: int) -> Measures:
    """All rows in order. ``hidden``: the encoder's size, which no part may tell."""
    parts = [*parts, _empty(hidden)]
    arrays = {name: np.concatenate([getattr(part, name) for part in parts]) for name in ARRAYS}
    return Measures(tuple(name for part in parts for name in part.ids), **arrays)


def _empty(hidden: int) -> Measures:
    none = np.zeros(0)
    return Measures(
        (),
        none.astype(np.int64),
        none.astype(np.float32),
        none.astype(np.float32),
        np.zeros((0, len(NAMES)), dtype=np.float32),
        np.zeros((0, hidden), dtype=np.float16),
        np.zeros((0, PERMUTATIONS), dtype=np.uint32),
        none.astype(np.uint64),
    )


def checksum(text: str) -> int:
    """64 bits that tell whether an article is still the one that was measured."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def sketch(text: str) -> NDArray[np.uint32]:
    """MinHash [permutations]: two texts share about as many values as they have shingles in common."""
    made = MinHash(num_perm=PERMUTATIONS, seed=1)
    made.update_batch([run.encode() for run in sorted(shingles(text))])
    return np.asarray(made.hashvalues, dtype=np.uint32)  # datasketch keeps 32 bits in 64


def measure(predictor: Predictor, documents: Sequence[Document]) -> Measures:
    """One row for each document, in order; page furniture is not read. Takes one batch (see :func:`batches`)."""
    texts = [document.text for document in documents]
    tokens = tokenize(predictor.tokenizer, texts, [ranges_to_read(t, find_set_aside(t)) for t in texts])
    size = len(documents)
    errors, figure = np.zeros(size, dtype=np.float32), np.zeros(size, dtype=np.float32)
    expected = np.zeros((size, len(NAMES)), dtype=np.float32)
    vectors = np.zeros((size, predictor.network.encoder.config.hidden_size), dtype=np.float16)
    if any(t.words for t in tokens):
        states = predictor.states(tokens)
        tags = predictor.tag_probabilities(states)
        unsure = np.stack([1 - p.max(axis=1) for p in np.split(tags, _TAG_STARTS[1:], axis=1)], axis=1).sum(axis=1)
        begins, plain = tags[:, _BEGINS], states.float().cpu().numpy()
        bases = np.concatenate([[0], np.cumsum([t.words for t in tokens])])
        for row, (t, base) in enumerate(zip(tokens, bases, strict=False)):
            if t.words:
                part = slice(int(base), int(base) + t.words)
                figures = begins[part][:, _FIGURES].sum(axis=1)
                errors[row], figure[row] = unsure[part].sum(), figures.max()
                expected[row, : len(scheme.LABEL_NAMES)] = begins[part].sum(axis=0)
                vectors[row] = plain[part][_telling(t, figures)].mean(axis=0)
        # Logarithms of probabilities are logits that are tempered already.
        found = decode_tags(np.log(np.maximum(tags, 1e-12)), [t.words for t in tokens])
        spans = [[(int(a), int(b), int(c)) for a, b, c in f.places] for f in found]
        reach = predictor.config.reach, predictor.config.figure_reach
        options = [candidates.find(s, t.sentence, *reach) for s, t in zip(spans, tokens, strict=True)]
        chances = predictor.link_probabilities(states, tokens, spans, options)
        parts = np.split(chances, np.cumsum([len(o.pairs) for o in options])[:-1])
        for row, (o, p) in enumerate(zip(options, parts, strict=True)):
            allowed = np.where(o.allowed, p, 0.0)
            errors[row] += _wrong_fields(o.pairs[:, 0], allowed)
            expected[row, len(scheme.LABEL_NAMES) :] = allowed.sum(axis=0)
    return Measures(
        tuple(document.id for document in documents),
        np.array([len(text.split()) for text in texts], dtype=np.int64),
        errors,
        figure,
        expected,
        vectors,
        np.stack([sketch(text) for text in texts]),
        np.array([checksum(text) for text in texts], dtype=np.uint64),
    )


def _telling(tokens: Tokens, figures: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which words stand in sentences with a figure; all of them where there is none."""
    inside = np.isin(tokens.sentence, tokens.sentence[figures >= FIGURE])
    return inside if inside.any() else np.ones(tokens.words, dtype=np.bool_)


def _wrong_fields(heads: NDArray[np.int64], chances: NDArray[np.float32]) -> float:
    """How many of the figures' fields (all links of one label from one figure) are expected to be wrong somewhere.

    Counted so, a figure adds at most one for each link label: pairs grow with the square of the figures, and lists of
    them would outweigh everything else.
    """
    _, figure = np.unique(heads, return_inverse=True)
    right = np.zeros((len(figure) and int(figure.max()) + 1, chances.shape[1]))
    np.add.at(right, figure, np.log(np.maximum(chances, 1 - chances)))
    return float((1 - np.exp(right)).sum())


class Store:
    """Rows that were measured by one model, in a folder of its own. Files appear whole or not at all."""

    def __init__(self, folder: Path, predictor: Predictor) -> None:
        self.folder = folder / predictor.version
        self.folder.mkdir(parents=True, exist_ok=True)
        self.hidden = predictor.network.encoder.config.hidden_size
        self.parts = [_load(path) for path in sorted(self.folder.glob("*.npz"))]
        self.rows: dict[tuple[str, int], tuple[int, int]] = {}
        for number, part in enumerate(self.parts):
            self._note(number, part)

    def __contains__(self, document: Document) -> bool:
        return (document.id, checksum(document.text)) in self.rows

    def add(self, part: Measures) -> None:
        self._note(len(self.parts), part)
        self.parts.append(part)
        path = self.folder / f"{uuid.uuid4().hex}.npz"
        partial = path.with_suffix(".partial")
        ids = np.frombuffer(json.dumps(part.ids).encode(), dtype=np.uint8)
        with open(partial, "wb") as out:
            np.savez(out, ids=ids, **{name: getattr(part, name) for name in ARRAYS})
        partial.replace(path)

    def gather(self, wanted: Sequence[tuple[str, int]]) -> Measures:
        """The rows of these ids and checksums, part by part."""
        rows: dict[int, list[int]] = {}
        for key in wanted:
            number, row = self.rows[key]
            rows.setdefault(number, []).append(row)
        return join([self.parts[number].take(chosen) for number, chosen in sorted(rows.items())], self.hidden)

    def _note(self, number: int, part: Measures) -> None:
        for row, key in enumerate(zip(part.ids, part.checksums.tolist(), strict=True)):
            self.rows[key] = (number, row)


def _load(path: Path) -> Measures:
    with np.load(path, allow_pickle=False) as stored:
        return Measures(tuple(json.loads(stored["ids"].tobytes())), **{name: stored[name] for name in ARRAYS})


class Batcher:
    """Collects documents until they make a batch that the link head's memory bears."""

    def __init__(self) -> None:
        self.waiting: list[Document] = []
        self.characters = 0

    def add(self, document: Document) -> Iterator[list[Document]]:
        """Yields the waiting documents where this one would be too many."""
        if self.waiting and (
            len(self.waiting) == BATCH_DOCUMENTS or self.characters + len(document.text) > BATCH_CHARACTERS
        ):
            yield from self.rest()
        self.waiting.append(document)
        self.characters += len(document.text)

    def rest(self) -> Iterator[list[Document]]:
        """What waits still."""
        if self.waiting:
            yield self.waiting
        self.waiting, self.characters = [], 0
