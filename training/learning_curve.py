"""Scores against corpus size: ``python -m training.learning_curve CONFIG --out FOLDER [--also NAME=GOLD.jsonl ...]``.

Trains the configuration on shares of the training split, each part of the next, scores every model, and draws the
curve. Points that FOLDER holds already are not trained again.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from tolltrace import jsonlines
from tolltrace.documents import AnnotatedDocument
from tolltrace.model import loading
from tolltrace.model.predictor import Predictor
from training import config as configs
from training import splits
from training.evaluate import evaluate, named_sets
from training.train import train

SHARES = (0.125, 0.25, 0.5, 1.0)
SHOWN = {"span": "spans", "link": "links", "claim_core": "claims (core)"}
POINT = "point.json"


def measure(config: configs.Config, sets: Mapping[str, Sequence[AnnotatedDocument]], folder: Path) -> dict[str, Any]:
    """One point of the curve: documents and words trained on, and the scores on each set."""
    stored = folder / POINT
    if stored.exists():
        point: dict[str, Any] = json.loads(stored.read_text(encoding="utf-8"))
        return point
    corpus = [annotated for path in config.data.files() for annotated in jsonlines.read(path)]
    learning = splits.learning(corpus, splits.read(config.data.splits), config.data.share)
    train(config, folder)
    predictor = Predictor(loading.load(folder))
    scores = {name: evaluate(predictor, gold)[0]["scores"] for name, gold in sets.items()}
    point = {"documents": len(learning), "words": sum(len(a.text.split()) for a in learning), "scores": scores}
    stored.write_text(json.dumps(point, indent=1) + "\n", encoding="utf-8")
    return point


def draw(points: Sequence[Mapping[str, Any]], target: Path) -> None:
    """The curve as SVG: a panel a set, F1 with its interval against documents on a scale of doublings."""
    names = list(points[0]["scores"])
    with mpl.rc_context({"svg.hashsalt": "tolltrace", "svg.fonttype": "none"}):
        figure = Figure(figsize=(4.2 * len(names), 3.6), layout="constrained")
        panels = figure.subplots(1, len(names), squeeze=False, sharey=True)[0]
        documents = [point["documents"] for point in points]
        for panel, name in zip(panels, names, strict=True):
            for key, title in SHOWN.items():
                values = [point["scores"][name][key] for point in points]
                bounds = [[v["f1"] - v["low"] for v in values], [v["high"] - v["f1"] for v in values]]
                panel.errorbar(documents, [v["f1"] for v in values], yerr=bounds, marker="o", capsize=3, label=title)
            panel.set_xscale("log", base=2)
            panel.set_xticks(documents, [str(n) for n in documents])
            panel.set_title(f"on {name}")
            panel.set_xlabel("articles trained on")
            panel.grid(alpha=0.3)
        panels[0].set_ylabel("F1, with 95 % interval")
        panels[0].legend()
        figure.savefig(target, metadata={"Date": None})


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.learning_curve", description=__doc__)
    parser.add_argument("config", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=int, help="instead of the configuration's")
    parser.add_argument("--also", nargs="*", default=[], metavar="NAME=FILE", help="other documents to score on")
    arguments = parser.parse_args()
    config = configs.read(arguments.config)
    if arguments.epochs:
        config = dataclasses.replace(config, train=dataclasses.replace(config.train, epochs=arguments.epochs))
    corpus = [a for path in config.data.corpus for a in jsonlines.read(path)]
    sets = {"the test split": splits.select(corpus, splits.read(config.data.splits), "test")}
    sets |= named_sets(arguments.also)
    points = []
    for share in SHARES:
        part = dataclasses.replace(config, data=dataclasses.replace(config.data, share=share))
        points.append(measure(part, sets, arguments.out / f"{share:g}"))
        print(share, {name: {key: round(s[key]["f1"], 3) for key in SHOWN} for name, s in points[-1]["scores"].items()})
    (arguments.out / "curve.json").write_text(json.dumps(points, indent=1) + "\n", encoding="utf-8")
    draw(points, arguments.out / "curve.svg")


if __name__ == "__main__":
    main()
