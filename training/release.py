"""Make a trained model the packaged one: ``python -m training.release runs/default [--also NAME=GOLD.jsonl ...]``.

Measures it beside its baselines and the model that the package holds, and asks the release gate. If that lets it
through, its weights and configuration go into the package, the report and the model card into ``model_cards/default``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console

from tolltrace import jsonlines
from tolltrace.model import loading
from training import splits
from training.baselines.plain import PlainSystem
from training.baselines.rules import RuleSystem
from training.evaluate import named_sets
from training.report.build import build, read_curve, read_events, read_human, tell, write
from training.report.evaluation import Data
from training.systems import ModelSystem, System
from training.train import RUN_FILE

CARDS = Path("model_cards")
SHOWN = ("span", "span_overlap", "link", "blame", "claim_core", "claim_full", "count_value", "count_scope")


def copy(source: Path, target: Path) -> None:
    """Replace the files in ``target`` by the model in ``source``, which must be a delta: the package stays small."""
    if not (source / loading.DELTA).exists():
        raise loading.ModelError(f"{source} holds no {loading.DELTA}: train with delta_bits, the package stays small")
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name in (loading.DELTA, "config.json"):
        shutil.copy(source / name, target / name)
        (target / name).chmod(0o644)


def card(run: dict[str, Any], sides: dict[str, Counter[str]], result: dict[str, Any], checksum: str) -> str:
    """The model card, from a run's facts and its report's figures. ``sides``: documents of each split in each file of
    the run."""
    metrics = result["sets"]
    train = run["config"]["train"]
    augment = run["config"]["augment"]
    trained = "; ".join(
        f"{n['train']} documents of `{path}`, stopped by {n['validation']}" for path, n in sides.items()
    )
    encoder = run["config"]["encoder"]
    rows = [
        f"| {name} | {key} | {s['precision']:.3f} | {s['recall']:.3f} | {s['f1']:.3f} | {s['low']:.3f}–{s['high']:.3f} |"
        for name, result in metrics.items()
        for key, s in result["scores"].items()
        if key in SHOWN
    ]
    labels = [
        f"| {name} | {key} | {s['gold']} | {s['f1']:.3f} | {s['low']:.3f}–{s['high']:.3f} |"
        for name, result in metrics.items()
        for key, s in result["scores"].items()
        if "/" in key and s["gold"]
    ]
    calibration = "; ".join(
        f"{name}: " + ", ".join(f"{kind}s {c['after']['error']:.3f}" for kind, c in r["calibration"].items())
        for name, r in metrics.items()
    )
    sizes = "\n".join(
        f"- {name}: {r['data']['documents']} documents, {r['data']['words']:,} words" for name, r in metrics.items()
    )
    return f"""# The default model

Finds sourced casualty claims in English news on armed conflict: spans in four layers and links between them, by the
scheme in `annotation/guidelines.md`. Version `{result["model"]}`; it ships inside the package.

**It reports what articles say. It does not establish what happened**, and must not be used as if it did: not for
targeting, prosecution, asylum decisions or the counting of the dead without people who check every claim in its text.

## Made of
- Encoder: `{encoder["package"] or encoder["name"]}`, weights sha256 `{encoder["sha256"]}`, checked when they are loaded.
- Fine-tuned whole but for the word embeddings; its change in {train["delta_bits"]} bits a weight, four BIO heads and a link head are
  `{loading.DELTA}`, sha256 `{checksum}`.
- Trained on {trained}; fingerprint of the data `{run["data_fingerprint"][:16]}`. The corpus is invented (`data/README.md`);
  joined texts, if any are named here, are public ones (`data/standoff/README.md`). No news article was trained on.
- Articles were varied while training: names and numbers swapped ({augment["swap"]:.0%}), articles mixed ({augment["mix"]:.0%}), noise ({augment["noise"]:.0%}).
- {train["epochs"]} epochs at most, batches of {train["batch_documents"]} articles, seed {train["seed"]}; {run["minutes"]} minutes on {run["processor"]},
  torch {run["versions"]["torch"]}, transformers {run["versions"]["transformers"]}. Again: `make train`, after joining the
  texts that are named.
- What of the gold its windows and tokens reach: {run["reach"]["spans"] - run["reach"]["spans_lost"]:,} of {run["reach"]["spans"]:,} spans, {run["reach"]["links"] - run["reach"]["links_lost"]:,} of {run["reach"]["links"]:,} links.
{run.get("remark", "")}
## Scores
Strict: exact offsets and label. A link is right where both ends and its label are. A claim's core is count, harm and
victim; full adds scope and every other link but the date. Blame: the links perpetrator, suspected and claimed. Of the
figures found, count_value are those with the right least and greatest number, count_scope those rightly COUNT or TOTAL.
Intervals: 95 %, bootstrap over documents.

{sizes}

| measured on | | precision | recall | F1 | interval |
|---|---|---|---|---|---|
{chr(10).join(rows)}

<details><summary>Each label</summary>

| measured on | label | gold | F1 | interval |
|---|---|---|---|---|
{chr(10).join(labels)}

</details>

Expected calibration error of the scores, temperatures fitted on validation articles: {calibration}.

Everything is in `metrics.json`; for reading there is [the report](report.md), and as a page with every error in its
article `report.html`, which loads nothing.

## Weak where
- Who is held responsible, where it happened and who says so, when they stand sentences away from the figure.
- COUNT against TOTAL where the text does not say over what time a figure runs.
- Labels that are rare in the corpus (MISSING, HARMED; links `updates`, `claimed`, `denied`).
- Languages other than English, and texts that are not news.
- The corpus was written by language models and reviewed by others of them. Its test split is like its training split;
  the real articles are the honest measure.
"""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m training.release", description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument(
        "--also", nargs="*", default=[], metavar="NAME=FILE", help="other annotated documents to score on"
    )
    parser.add_argument("--previous", default="default", help="the model before (default: the packaged one)")
    parser.add_argument("--plain", type=Path, help="a folder of training.baselines.plain")
    parser.add_argument("--despite-gate", metavar="REASON", help="release what the gate refuses; the card tells why")
    arguments = parser.parse_args()
    run = json.loads((arguments.model / RUN_FILE).read_text(encoding="utf-8"))
    data = run["config"]["data"]
    assigned = splits.read(data["splits"])
    files = {path: list(jsonlines.read(path)) for path in run["data_files"]}
    sides = {path: Counter(assigned[a.id] for a in documents) for path, documents in files.items()}
    corpus = [a for path in data["corpus"] for a in files[path]]
    parts = {side: splits.select(corpus, assigned, side) for side in splits.SPLITS}
    test = Data("test split", parts["test"], parts["validation"], parts["train"])
    sets = [test, *(replace(test, name=name, gold=gold) for name, gold in named_sets(arguments.also).items())]
    baselines: list[System] = [RuleSystem(), *([PlainSystem(arguments.plain)] if arguments.plain else [])]
    previous = ModelSystem.load(arguments.previous)
    previous.name = "the model before"
    console = Console()
    system = ModelSystem.load(str(arguments.model))
    result, predicted = build(system, sets, baselines, previous, console=console)
    result |= {"name": "the default model", "human": read_human(), "learning_curve": read_curve()}
    result["events"] = read_events(system)
    tell(result["gate"], console)
    if result["gate"]["verdict"] != "release":
        if not arguments.despite_gate:
            console.print("not released; --despite-gate REASON would, and say so in the card")
            return 1
        run["remark"] = f"\n**Released although the gate refused it**: {arguments.despite_gate}\n"
    copy(arguments.model, loading.DEFAULT_MODEL)
    folder = CARDS / "default"
    write(folder, result, sets, predicted)
    checksum = hashlib.sha256((loading.DEFAULT_MODEL / loading.DELTA).read_bytes()).hexdigest()
    (folder / "README.md").write_text(card(run, sides, result, checksum), encoding="utf-8")
    shutil.copy(arguments.model / RUN_FILE, folder / RUN_FILE)
    for name, found in result["sets"].items():
        console.print(name, {key: round(found["scores"][key]["f1"], 3) for key in SHOWN})
    return 0


if __name__ == "__main__":
    sys.exit(main())
