"""Splits by document: ``python -m training.splits`` assigns new documents of the corpus and keeps what is assigned.

Near-duplicates and articles that name the same ``event`` in their metadata stay on one side.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from tolltrace import jsonlines
from tolltrace.documents import AnnotatedDocument, Document
from tolltrace.near_duplicates import near_duplicates

SPLITS = ("train", "validation", "test")
LIMITS = (80, 90, 100)


class SplitError(ValueError):
    """Splits that contradict the corpus; the message names the documents."""


def group(documents: Sequence[Document]) -> list[list[str]]:
    """Ids of documents that must stay together: near-duplicates and articles about one event, transitively."""
    joined = near_duplicates((document.id, document.text) for document in documents)
    events: dict[str, str] = {}
    for document in documents:
        if event := document.metadata.get("event"):
            joined.join(document.id, events.setdefault(str(event), document.id))
    return [sorted(members) for members in joined.sets()]


def assign(documents: Sequence[Document], known: dict[str, str] | None = None) -> dict[str, str]:
    """The split of every document. ``known`` assignments stay; a new group goes where its first id's checksum says."""
    known = known or {}
    result = dict(known)
    for members in group(documents):
        sides = {known[name] for name in members if name in known}
        if len(sides) > 1:
            raise SplitError(f"these documents are alike but assigned to {sorted(sides)}: {', '.join(members)}")
        if sides:
            side = sides.pop()
        else:
            ticket = int(hashlib.sha256(members[0].encode()).hexdigest(), 16) % 100
            side = next(s for s, limit in zip(SPLITS, LIMITS, strict=True) if ticket < limit)
        result |= dict.fromkeys(members, side)
    return dict(sorted(result.items()))


def select(corpus: Iterable[AnnotatedDocument], splits: dict[str, str], side: str) -> list[AnnotatedDocument]:
    """Documents of one split. A document that no split names is an error, not left out in silence."""
    chosen = []
    for annotated in corpus:
        if annotated.id not in splits:
            raise SplitError(f"document {annotated.id!r} is in no split: run python -m training.splits")
        if splits[annotated.id] == side:
            chosen.append(annotated)
    return chosen


def learning(corpus: Iterable[AnnotatedDocument], splits: dict[str, str], share: float) -> list[AnnotatedDocument]:
    """The documents to train on: a share of the training split."""
    return part(select(corpus, splits, "train"), share)


def part(documents: Sequence[AnnotatedDocument], share: float) -> list[AnnotatedDocument]:
    """A share of the documents, chosen by the checksums of their ids: a smaller share is part of a larger one."""
    ranked = sorted(documents, key=lambda a: hashlib.sha256(a.id.encode()).hexdigest())
    kept = {a.id for a in ranked[: round(share * len(ranked))]}
    return [a for a in documents if a.id in kept]


def read(path: str | Path) -> dict[str, str]:
    splits: dict[str, str] = json.loads(Path(path).read_text(encoding="utf-8"))
    return splits


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.splits", description=__doc__)
    parser.add_argument("--corpus", nargs="+", default=["data/corpus.jsonl"])
    parser.add_argument("--splits", type=Path, default=Path("data/splits.json"))
    arguments = parser.parse_args()
    documents = [annotated.document for path in arguments.corpus for annotated in jsonlines.read(path)]
    known = read(arguments.splits) if arguments.splits.exists() else {}
    splits = assign(documents, known)
    arguments.splits.write_text(json.dumps(splits, indent=1) + "\n", encoding="utf-8")
    print(", ".join(f"{side} {number}" for side, number in Counter(splits.values()).items()))


if __name__ == "__main__":
    main()
