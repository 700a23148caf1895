"""Models that have not seen what they are to judge: those of `python -m training.cross_validate`."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from tolltrace.documents import AnnotatedDocument, DocumentError

FOLDS_FILE = "folds.json"
Judges = list[tuple[str | None, list[AnnotatedDocument]]]


def judges_of(folds: Path, documents: Mapping[str, AnnotatedDocument]) -> Judges:
    """Each fold's model and the documents that it has held out. Raises DocumentError for documents that no fold has
    held out, or whose text has changed since."""
    path = folds / FOLDS_FILE
    if not path.exists():
        raise DocumentError(f"{path} is not there: run python -m training.cross_validate CONFIG.toml --out {folds}")
    held_out: dict[str, tuple[str, str]] = {}
    for fold in json.loads(path.read_text(encoding="utf-8"))["folds"]:
        held_out |= {name: (fold["model"], text) for name, text in fold["documents"].items()}
    sums = {name: hashlib.sha256(annotated.text.encode()).hexdigest() for name, annotated in documents.items()}
    other = [name for name in documents if name not in held_out or held_out[name][1] != sums[name]]
    if other:
        raise DocumentError(
            f"{len(other)} of {len(documents)} documents, such as {other[0]!r}, are in no fold of {path} with this "
            "text: cross-validate again with them, or judge them by a --model that was not trained on them"
        )
    judges: dict[str, list[AnnotatedDocument]] = defaultdict(list)
    for name, annotated in documents.items():
        judges[str(folds / held_out[name][0])].append(annotated)
    return list(judges.items())


def learned_by(model: str | None, documents: Iterable[str]) -> list[str]:
    """Documents that the model was trained on, as far as its run and the splits tell."""
    splits = Path("data/splits.json")
    if model is not None:
        run = Path(model) / "run.json"
        if not run.exists():
            return []
        splits = Path(json.loads(run.read_text(encoding="utf-8"))["config"]["data"]["splits"])
    sides = json.loads(splits.read_text(encoding="utf-8")) if splits.exists() else {}
    return [name for name in documents if sides.get(name, "test") != "test"]
