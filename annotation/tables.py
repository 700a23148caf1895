"""The scheme's tables in the documentation, between their markers: ``python -m annotation.tables FILE...``."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from tolltrace import scheme


def labels_table() -> str:
    rows = [f"| {la.layer} | `{la.name}` | {la.marks} | “{la.example}” |" for la in scheme.LABELS]
    return "\n".join(["| layer | label | what it marks | for example |", "|---|---|---|---|", *rows])


def links_table() -> str:
    rows = [f"| `{k.name}` | {', '.join(k.tails)} | {_number(k)} | {k.meaning} |" for k in scheme.LINKS]
    return "\n".join(["| link | to | how many | meaning |", "|---|---|---|---|", *rows])


def _number(link: scheme.LinkLabel) -> str:
    return f"{link.at_least}–{link.at_most}" if link.at_most else f"{link.at_least} or more"


TABLES = {"labels": labels_table, "links": links_table}


def filled(text: str) -> str:
    """The text with every ``<!-- scheme: NAME -->`` … ``<!-- /scheme -->`` filled from the scheme."""
    return re.sub(
        r"(<!-- scheme: (\w+) -->\n).*?(\n<!-- /scheme -->)",
        lambda found: found[1] + TABLES[found[2]]() + found[3],
        text,
        flags=re.DOTALL,
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m annotation.tables", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    for path in parser.parse_args().files:
        path.write_text(filled(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
