"""Does the gate catch what it must? ``python -m training.check_gate [--model MODEL]``.

Plants each damage of ``damages.py`` into the model's answers on the test split, asks the gate, and prints which values
caught it. Exit status 1 if a damage slips through, is caught only by values that were not made for it, or if the gate
refuses the model as it is.
"""

from __future__ import annotations

import argparse
import sys

from rich.console import Console
from rich.progress import track
from rich.table import Table

from tolltrace import jsonlines
from training import gate, splits
from training.damages import DAMAGES, Damage, Damaged
from training.report.evaluation import Cached, Data, evaluate
from training.systems import ModelSystem

SHOWN = 3


def check(system: Cached, data: Data, rules: list[gate.Rule], damages: tuple[Damage, ...], console: Console) -> bool:
    """Whether the gate lets the system through as it is and catches every damage by a value made for it."""
    whole = evaluate(system, data)
    table = Table(title=f"damages planted into {system.version}, {len(data.gold)} articles")
    for heading in ("damage", "verdict", "caught by", "and"):
        table.add_column(heading)
    unharmed = gate.decide(whole, whole, rules)
    good = unharmed.release
    table.add_row("none", "released" if good else "REFUSED", *_told([c.value for c in unharmed.broken], ()))
    for damage in track(damages, "planting damages", console=console, transient=True):
        verdict = gate.decide(evaluate(Damaged(system, damage), data), whole, rules)
        broken = sorted({c.value for c in verdict.broken})
        caught = any(part in value for value in broken for part in damage.caught_by)
        good &= caught and not verdict.release
        state = "RELEASED" if verdict.release else "refused" if caught else "REFUSED BY CHANCE"
        table.add_row(damage.name, state, *_told(broken, damage.caught_by))
    console.print(table)
    return good


def _told(broken: list[str], caught_by: tuple[str, ...]) -> tuple[str, str]:
    """The values made for the damage, and how many others broke too."""
    made = [value for value in broken if any(part in value for part in caught_by)]
    more = f" (+{len(made) - SHOWN})" if len(made) > SHOWN else ""
    others = len(broken) - len(made)
    return ", ".join(made[:SHOWN]) + more, f"{others} more" if others else ""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m training.check_gate", description=__doc__)
    parser.add_argument("--model", default="default", help="folder or hub name (default: the packaged model)")
    arguments = parser.parse_args()
    corpus, sides = list(jsonlines.read("data/corpus.jsonl")), splits.read("data/splits.json")
    parts = {side: splits.select(corpus, sides, side) for side in splits.SPLITS}
    data = Data("test split", parts["test"], parts["validation"], parts["train"])
    good = check(Cached(ModelSystem.load(arguments.model)), data, gate.read_rules(), DAMAGES, Console())
    print("the gate catches every damage" if good else "THE GATE LETS SOMETHING THROUGH")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
