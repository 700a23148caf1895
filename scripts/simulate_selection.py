"""How much annotation choosing saves: ``python -m scripts.simulate_selection CONFIG --out FOLDER [--draw FILE.svg]``.

The training split of the corpus is the pool, its annotation hidden until an article is chosen. From a start drawn by
chance, articles are added by chance or as `python -m annotation.queue` ranks them by the model of the round before;
each round trains from scratch by CONFIG and is scored on the test split. Effort is counted in words annotated. A point
that FOLDER holds is not trained again, so that a run that was stopped goes on; with --report nothing is trained.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from annotation.measures import BATCH_DOCUMENTS, Measures, join, measure
from annotation.queue import labelled_from
from annotation.selection import OPENING, select
from tolltrace import jsonlines
from tolltrace.documents import AnnotatedDocument
from tolltrace.model import loading
from tolltrace.model.predictor import Predictor
from tolltrace.writing.partial import written_whole
from training import config as configs
from training import metrics, splits
from training.evaluate import evaluate
from training.train import train

SHOWN = {"span": "spans", "link": "links", "claim_core": "claims (core)"}
TITLES = {"random": "by chance", "queue": "by the queue", "uncertainty": "by uncertainty alone"}
START, POINT = "start", "point.json"
VALIDATION = 20
Pool = Mapping[str, AnnotatedDocument]


@dataclasses.dataclass(frozen=True, slots=True)
class Simulation:
    """What all points share: ``pool`` in the order of the corpus, ``validation`` for calibration, ``test``."""

    config: configs.Config
    pool: Pool
    validation: Sequence[AnnotatedDocument]
    test: Sequence[AnnotatedDocument]
    out: Path

    def point(self, folder: Path, ids: Sequence[str], seed: int) -> dict[str, Any]:
        """Train on these articles and score; what ``folder`` holds is returned as it is."""
        stored = folder / POINT
        if stored.exists():
            point: dict[str, Any] = json.loads(stored.read_text(encoding="utf-8"))
            return point
        started = time.time()
        chosen = [self.pool[name] for name in ids]
        folder.mkdir(parents=True, exist_ok=True)
        jsonlines.write(folder / "corpus.jsonl", [*chosen, *self.validation])
        sides = dict.fromkeys(ids, "train") | {a.id: "validation" for a in self.validation}
        (folder / "splits.json").write_text(json.dumps(sides), encoding="utf-8")
        config = dataclasses.replace(
            self.config,
            data=configs.DataConfig(corpus=(str(folder / "corpus.jsonl"),), splits=str(folder / "splits.json")),
            train=dataclasses.replace(self.config.train, seed=seed),
        )
        train(config, folder)
        scores = evaluate(Predictor(loading.load(folder)), self.test)[0]["scores"]
        point = {
            "documents": len(chosen),
            "words": count_words(chosen),
            "annotations": sum(len(a.spans) + len(a.links) for a in chosen),
            "minutes": round((time.time() - started) / 60, 1),
            "scores": {key: scores[key] for key in metrics.KEYS},
            "ids": list(ids),
        }
        write_json(stored, point)
        return point

    def chosen(self, folder: Path, before: Path, strategy: str, ids: Sequence[str], words: int, seed: int) -> list[str]:
        """What :meth:`choose` chose for ``folder``, which remembers it: a training that was stopped needs the same."""
        memory = folder / "chosen.json"
        if not memory.exists():
            chosen = self.choose(before, strategy, ids, words, seed)
            folder.mkdir(parents=True, exist_ok=True)
            write_json(memory, chosen)
        remembered: list[str] = json.loads(memory.read_text(encoding="utf-8"))
        return remembered

    def choose(self, folder: Path, strategy: str, ids: Sequence[str], words: int, seed: int) -> list[str]:
        """The articles of the next round: these, and others until they have ``words`` words."""
        if strategy == "random":
            return self.by_chance(words, seed)
        rest = [a for name, a in self.pool.items() if name not in set(ids)]
        labelled = [self.pool[name] for name in ids]
        predictor = Predictor(loading.load(folder))
        measures = measure_all(predictor, rest)
        missing = words - count_words(labelled)
        if strategy == "uncertainty":
            order = np.argsort(-measures.errors / (measures.words + OPENING), kind="stable").tolist()
            rows = until(order, measures.words.tolist(), missing)
        else:
            known = labelled_from(labelled, measure_all(predictor, labelled))
            rows = [choice.row for choice in select(measures, known, words=missing, seed=seed).choices]
        return [*ids, *(measures.ids[row] for row in rows)]

    def by_chance(self, words: int, seed: int) -> list[str]:
        """The first articles of an order that the seed gives: a smaller share is part of a larger one."""
        names = list(self.pool)
        order = np.random.default_rng(seed).permutation(len(names)).tolist()
        return [names[i] for i in until(order, [count_words([a]) for a in self.pool.values()], words)]

    def run(self, seeds: Sequence[int], strategies: Sequence[str], words: Sequence[int]) -> Iterator[dict[str, Any]]:
        """Every point, one after the other: the start of a seed is the same for all strategies."""
        for seed in seeds:
            start = self.out / f"seed-{seed}" / START
            first = self.point(start, self.by_chance(words[0], seed), seed)
            yield {"seed": seed, "strategy": START, "target": words[0], **first}
            last = dict.fromkeys(strategies, (start, first["ids"]))
            for target in words[1:]:
                for strategy in strategies:
                    folder = self.out / f"seed-{seed}" / f"{strategy}-{target}"
                    ids = self.chosen(folder, last[strategy][0], strategy, last[strategy][1], target, seed)
                    point = self.point(folder, ids, seed)
                    last[strategy] = (folder, point["ids"])
                    yield {"seed": seed, "strategy": strategy, "target": target, **point}


def write_json(path: Path, value: Any) -> None:
    """The file appears whole or not at all."""
    with written_whole(path) as partial:
        partial.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")


def count_words(documents: Sequence[AnnotatedDocument]) -> int:
    return sum(len(a.text.split()) for a in documents)


def until(order: Sequence[int], words: Sequence[int], wanted: int) -> list[int]:
    """The first of ``order`` that have ``wanted`` words together."""
    taken: list[int] = []
    total = 0
    for row in order:
        if total >= wanted:
            break
        taken.append(row)
        total += words[row]
    return taken


def measure_all(predictor: Predictor, documents: Sequence[AnnotatedDocument]) -> Measures:
    parts = [
        measure(predictor, [a.document for a in documents[start : start + BATCH_DOCUMENTS]])
        for start in range(0, len(documents), BATCH_DOCUMENTS)
    ]
    return join(parts, predictor.network.encoder.config.hidden_size)


Curve = dict[int, list[tuple[int, float]]]
"""For each seed the points of one strategy: words annotated, and F1."""
EFFORTS = ("words", "annotations")
"""What a round costs: words read, or spans and links marked."""


def curve(points: Sequence[Mapping[str, Any]], strategy: str, key: str, effort: str = "words") -> Curve:
    found: Curve = {}
    for point in points:
        if point["strategy"] in (START, strategy):
            found.setdefault(point["seed"], []).append((point[effort], point["scores"][key]["f1"]))
    return {seed: sorted(places) for seed, places in found.items()}


def mean(of: Curve) -> list[tuple[float, float, float, float]]:
    """Over the seeds that have all rounds, for each round: effort, F1, lowest and highest F1."""
    longest = max(len(places) for places in of.values())
    rounds = np.array([places for places in of.values() if len(places) == longest])
    return [
        (float(r[:, 0].mean()), float(r[:, 1].mean()), float(r[:, 1].min()), float(r[:, 1].max()))
        for r in rounds.transpose(1, 0, 2)
    ]


def effort_needed(places: Sequence[tuple[float, float]], wanted: float) -> float | None:
    """Where a curve, straight between its points over the logarithm of effort, first reaches F1 ``wanted``; None where
    it does not."""
    for (low, before), (high, behind) in pairwise(places):
        if before < wanted <= behind:
            return float(np.exp(np.interp(wanted, [before, behind], np.log([low, high]))))
    return None


def report(points: Sequence[Mapping[str, Any]], strategies: Sequence[str], effort: str = "words") -> Iterator[str]:
    """What each round reached, and how much effort chance needs for that."""
    for strategy in (s for s in strategies if s != "random"):
        for key, title in SHOWN.items():
            chance = [(place[0], place[1]) for place in mean(curve(points, "random", key, effort))]
            for spent, reached, low, high in mean(curve(points, strategy, key, effort))[1:]:
                beside = float(np.interp(np.log(spent), np.log([w for w, _ in chance]), [f for _, f in chance]))
                needed = effort_needed(chance, reached)
                if reached < beside:
                    said = "no saving"
                elif spent > chance[-1][0]:
                    said = "chance was not tried with so many"
                elif needed is None:
                    said = f"chance needs more than {chance[-1][0]:,.0f}: it does not reach this"
                else:
                    said = f"chance needs {needed:,.0f}: {100 * (1 - spent / needed):.0f} % saved"
                yield (
                    f"{title}, {TITLES[strategy]}, {spent:,.0f} {effort}: F1 {reached:.3f} ({low:.3f} to {high:.3f}), "
                    f"by chance {beside:.3f}; {said}"
                )


def draw(points: Sequence[Mapping[str, Any]], strategies: Sequence[str], target: Path) -> None:
    """F1 against words annotated: means over seeds, and from the lowest to the highest of them as a band."""
    with mpl.rc_context({"svg.hashsalt": "tolltrace", "svg.fonttype": "none"}):
        figure = Figure(figsize=(4.0 * len(SHOWN), 3.6), layout="constrained")
        for panel, (key, title) in zip(figure.subplots(1, len(SHOWN)), SHOWN.items(), strict=True):
            for strategy in strategies:
                words, values, low, high = zip(*mean(curve(points, strategy, key)), strict=True)
                panel.plot(words, values, marker="o", label=TITLES[strategy])
                panel.fill_between(words, low, high, alpha=0.2)
            panel.set_title(title)
            panel.set_xlabel("words annotated")
            panel.set_xscale("log")
            shown = [round(place[0], -3) for place in mean(curve(points, strategies[0], key))]
            panel.set_xticks(shown, [f"{n / 1000:.0f}k" for n in shown])
            panel.set_xticks([], minor=True)
            panel.grid(alpha=0.3)
            if key == next(iter(SHOWN)):
                panel.set_ylabel("F1 on the test split")
                panel.legend()
        figure.savefig(target, metadata={"Date": None})


def read_points(out: Path) -> list[dict[str, Any]]:
    """The points that a folder holds."""
    points = []
    for path in sorted(out.glob(f"seed-*/*/{POINT}")):
        strategy, _, words = path.parent.name.partition("-")
        facts = {"seed": int(path.parent.parent.name.removeprefix("seed-")), "strategy": strategy}
        points.append({**facts, "target": int(words or 0), **json.loads(path.read_text(encoding="utf-8"))})
    return points


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m scripts.simulate_selection", description=__doc__)
    parser.add_argument("config", type=Path)
    parser.add_argument("--out", type=Path, required=True, help="folder of the points")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--strategies", nargs="+", choices=list(TITLES), default=["random", "queue"])
    parser.add_argument("--words", type=int, nargs="+", default=[6000, 10000, 16000, 25000], help="start, then rounds")
    parser.add_argument("--validation", type=int, default=VALIDATION, help="articles that calibrate each model")
    parser.add_argument("--draw", type=Path, metavar="FILE.svg")
    parser.add_argument("--report", action="store_true", help="report and draw the points that are there")
    arguments = parser.parse_args()
    if not arguments.report:
        config = configs.read(arguments.config)
        corpus = [a for path in config.data.files() for a in jsonlines.read(path)]
        sides = splits.read(config.data.splits)
        validation = splits.select(corpus, sides, "validation")
        simulation = Simulation(
            config,
            {a.id: a for a in splits.select(corpus, sides, "train")},
            splits.part(validation, arguments.validation / len(validation)),
            splits.select(corpus, sides, "test"),
            arguments.out,
        )
        total = len(arguments.seeds) * (1 + len(arguments.strategies) * (len(arguments.words) - 1))
        for number, point in enumerate(simulation.run(arguments.seeds, arguments.strategies, arguments.words), 1):
            scores = ", ".join(f"{title} {point['scores'][key]['f1']:.3f}" for key, title in SHOWN.items())
            facts = f"seed {point['seed']}, {point['strategy']}, {point['documents']} articles, {point['words']} words"
            print(f"{number} of {total}: {facts}: {scores} ({point['minutes']} minutes)", flush=True)
    wanted = (START, *arguments.strategies)
    points = [p for p in read_points(arguments.out) if p["strategy"] in wanted and p["seed"] in arguments.seeds]
    for effort in EFFORTS:
        print("\n".join(report(points, arguments.strategies, effort)))
    if arguments.draw:
        draw(points, arguments.strategies, arguments.draw)


if __name__ == "__main__":
    main()
