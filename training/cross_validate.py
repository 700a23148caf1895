"""A model for every article that has not seen it: ``python -m training.cross_validate CONFIG.toml --out runs/folds``.

The articles are dealt into folds; each fold's model learns by CONFIG's recipe from the others. Near-duplicates and
articles about one event are in one fold, and every fold has its share of each split: what an article serves for stays
as it is, so that a fold's validation articles still stop its training and set its thresholds, and test articles are
learned from by no model at all, though each is held out by one. That covers the whole corpus, and these models, which
are for finding errors (`python -m annotation.label_errors DATA --folds runs/folds`), have seen nothing that others are
measured on. Started again, it goes on where it stopped.
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import json
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from tolltrace import jsonlines
from tolltrace.documents import AnnotatedDocument
from training import config as configs
from training import splits
from training.config import ConfigError
from training.dataset import fingerprint
from training.train import RUN_FILE, train

FOLDS_FILE = "folds.json"
SPLITS_FILE = "splits.json"
CHECKED = ("config", "data_fingerprint", "splits_fingerprint", "folds")


def deal(groups: Iterable[Sequence[str]], sides: dict[str, str], folds: int) -> list[list[str]]:
    """The documents that each fold holds out: whole groups, every split dealt evenly, the same ones each time.

    Raises SplitError where a group's documents are in different splits, or in none.
    """
    held_out: list[list[str]] = [[] for _ in range(folds)]
    filled: list[Counter[str]] = [Counter() for _ in range(folds)]
    order = sorted(groups, key=lambda members: (-len(members), hashlib.sha256(members[0].encode()).hexdigest()))
    for members in order:
        if unknown := [name for name in members if name not in sides]:
            raise splits.SplitError(f"document {unknown[0]!r} is in no split: run python -m training.splits")
        side, *others = {sides[name] for name in members}
        if others:
            raise splits.SplitError(f"these documents are alike but in different splits: {', '.join(members)}")
        fold = min(range(folds), key=lambda f: (filled[f][side], filled[f].total()))
        held_out[fold] += members
        filled[fold][side] += len(members)
    return [sorted(names) for names in held_out]


def sides_of(held_out: Iterable[str], sides: dict[str, str]) -> dict[str, str]:
    """The splits of one fold: as they are, but what it holds out is for testing."""
    return {**sides, **dict.fromkeys(held_out, "test")}


def plan(config: configs.Config, folds: int, only: Iterable[str] | None = None) -> dict[str, Any]:
    """What ``folds.json`` says: the configuration, checksums of data and splits, and for each fold its model's folder
    and the documents that it holds out, with the checksums of their texts.

    ``only``: hold out these documents alone, and what must stay with them; all others are learned from as ever.
    """
    if folds < 2:
        raise ConfigError(f"there must be at least 2 folds, not {folds}")
    files = {path: list(jsonlines.read(path)) for path in config.data.files()}
    corpus = {annotated.id: annotated for documents in files.values() for annotated in documents}
    sides = splits.read(config.data.splits)
    groups = splits.group([annotated.document for annotated in corpus.values()])
    if only is not None:
        wanted = set(only)
        if unknown := sorted(wanted - set(corpus)):
            raise ConfigError(
                f"{len(unknown)} of the documents to hold out are not in the corpus, such as {unknown[0]!r}: add their "
                "file to [data] corpus, and run python -m training.splits"
            )
        groups = [members for members in groups if wanted.intersection(members)]
    dealt = deal(groups, sides, folds)
    for number, held_out in enumerate(dealt, 1):
        left = Counter(sides_of(held_out, sides)[name] for name in corpus)
        if lacking := [side for side in ("train", "validation") if not left[side]]:
            raise ConfigError(f"fold {number} would have no {' and no '.join(lacking)} documents: choose fewer folds")
        if not held_out:
            raise ConfigError(f"fold {number} would hold out no document: choose fewer folds")
    return {
        "config": json.loads(json.dumps(dataclasses.asdict(config))),
        "data_files": {path: len(documents) for path, documents in files.items()},
        "data_fingerprint": fingerprint(corpus.values()),
        "splits_fingerprint": hashlib.sha256(json.dumps(sides, sort_keys=True).encode()).hexdigest(),
        "folds": [
            {"model": f"fold-{number}", "documents": {name: checksum(corpus[name]) for name in held_out}}
            for number, held_out in enumerate(dealt, 1)
        ],
    }


def checksum(annotated: AnnotatedDocument) -> str:
    return hashlib.sha256(annotated.text.encode()).hexdigest()


def cross_validate(
    config: configs.Config,
    out: Path,
    folds: int,
    only: Iterable[str] | None = None,
    console: Console | None = None,
) -> dict[str, Any]:
    """Train the model of every fold, except those that ``out`` has, and write ``folds.json``, whose object is returned.

    Raises ConfigError where ``out`` holds folds of another configuration or other data.
    """
    console = console or Console()
    made = plan(config, folds, only)
    finished, unfinished = out / FOLDS_FILE, out / (FOLDS_FILE + ".partial")
    for memory in (finished, unfinished):
        if memory.exists():
            before = json.loads(memory.read_text(encoding="utf-8"))
            if [before.get(key) for key in CHECKED] != [made[key] for key in CHECKED]:
                raise ConfigError(
                    f"{out} holds folds of another configuration, other data or another number of folds: remove it, or "
                    "choose another folder"
                )
    out.mkdir(parents=True, exist_ok=True)
    if not finished.exists():
        unfinished.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    sides = splits.read(config.data.splits)
    started, trained = time.time(), 0
    for number, fold in enumerate(made["folds"], 1):
        folder = out / fold["model"]
        console.rule(f"fold {number} of {folds}: {len(fold['documents'])} documents held out")
        if (folder / RUN_FILE).exists():  # what training writes last
            console.print(f"{folder} is finished already")
            continue
        folder.mkdir(exist_ok=True)
        own = folder / SPLITS_FILE
        own.write_text(json.dumps(sides_of(fold["documents"], sides), indent=1) + "\n", encoding="utf-8")
        train(dataclasses.replace(config, data=dataclasses.replace(config.data, splits=str(own))), folder)
        trained += 1
        left = sum(not (out / f["model"] / RUN_FILE).exists() for f in made["folds"])
        minutes = (time.time() - started) / 60 / trained
        console.print(f"fold {number} of {folds} is trained; {left} to go, about {left * minutes:.0f} minutes")
    if not finished.exists():
        unfinished.replace(finished)
    return made


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.cross_validate", description=__doc__)
    parser.add_argument("config", type=Path)
    parser.add_argument(
        "--out", type=Path, default=Path("runs/folds"), help="where the models go (default: %(default)s)"
    )
    parser.add_argument("--folds", type=int, default=5, help="how many models (%(default)s)")
    parser.add_argument("--epochs", type=int, help="instead of the configuration's")
    parser.add_argument(
        "--only", type=Path, metavar="FILE", help="hold out the documents of this .jsonl file alone, a new batch say"
    )
    arguments = parser.parse_args()
    config = configs.read(arguments.config)
    if arguments.epochs:
        config = dataclasses.replace(config, train=dataclasses.replace(config.train, epochs=arguments.epochs))
    only = [annotated.id for annotated in jsonlines.read(arguments.only)] if arguments.only else None
    made = cross_validate(config, arguments.out, arguments.folds, only)
    held_out = sum(len(fold["documents"]) for fold in made["folds"])
    print(f"{arguments.out / FOLDS_FILE}: {held_out} documents, each with a model that has not seen it")


if __name__ == "__main__":
    main()
