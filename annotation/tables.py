"""Tables of the documentation, made from scheme and data: ``python -m annotation.tables FILE...``.

``<!-- table: NAME -->`` … ``<!-- /table -->`` is filled with the table of that name.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from pathlib import Path

from tolltrace import jsonlines, scheme

CORPUS = Path("data/corpus.jsonl")
SPLITS = Path("data/splits.json")
AGREEMENT = Path("data/agreement/agreement.json")


def labels_table() -> str:
    rows = [f"| {la.layer} | `{la.name}` | {la.marks} | “{la.example}” |" for la in scheme.LABELS]
    return "\n".join(["| layer | label | what it marks | for example |", "|---|---|---|---|", *rows])


def links_table() -> str:
    rows = [f"| `{k.name}` | {', '.join(k.tails)} | {_number(k)} | {k.meaning} |" for k in scheme.LINKS]
    return "\n".join(["| link | to | how many | meaning |", "|---|---|---|---|", *rows])


def _number(link: scheme.LinkLabel) -> str:
    return f"{link.at_least}–{link.at_most}" if link.at_most else f"{link.at_least} or more"


def counts_table() -> str:
    """Spans and links of the corpus, the frequent ones first."""
    counts: Counter[str] = Counter()
    for annotated in jsonlines.read(CORPUS):
        counts.update(span.label for span in annotated.spans)
        counts.update(link.label for link in annotated.links)
    spans, links = (sorted(names, key=lambda n: -counts[n]) for names in (scheme.LABEL_NAMES, scheme.LINK_NAMES))
    rows = [
        f"| {span} | {counts[span]:,} | {f'{links[i]} | {counts[links[i]]:,}' if i < len(links) else ' | '} |"
        for i, span in enumerate(spans)
    ]
    return "\n".join(["| label | spans | link | links |", "|---|---|---|---|", *rows])


def corpus_table() -> str:
    """Articles and words of each kind of text, and of each split."""
    sides = json.loads(SPLITS.read_text(encoding="utf-8"))
    articles: Counter[str] = Counter()
    words: Counter[str] = Counter()
    for annotated in jsonlines.read(CORPUS):
        for name in ("all", sides[annotated.id], f"kind: {annotated.document.metadata['kind']}"):
            articles[name] += 1
            words[name] += len(annotated.text.split())
    names = ["all", "train", "validation", "test", *(n for n, _ in articles.most_common() if n.startswith("kind"))]
    rows = [f"| {name} | {articles[name]:,} | {words[name]:,} |" for name in names]
    return "\n".join(["| | articles | words |", "|---|---|---|", *rows])


def agreement_table() -> str:
    """How far annotators agree, as :mod:`annotation.agreement` stored it."""
    stored = json.loads(AGREEMENT.read_text(encoding="utf-8"))
    names = list(stored["annotators"])
    rows = []
    for key, value in stored["agreement"].items():
        if value["f1"] is not None:
            shares = ("–" if value[k] is None else f"{value[k]:.2f}" for k in ("f1", "overlap_f1", "alpha"))
            cells = [key.replace("/", " "), *(str(value["counts"][name]) for name in names), *shares]
            rows.append(f"| {' | '.join(cells)} |")
    headings = [f"{stored['documents']} articles", *names, "F1", "overlap F1", "alpha"]
    return "\n".join([f"| {' | '.join(headings)} |", "|" + "---|" * len(headings), *rows])


TABLES = {
    "labels": labels_table,
    "links": links_table,
    "counts": counts_table,
    "corpus": corpus_table,
    "agreement": agreement_table,
}


def filled(text: str) -> str:
    """The text with every marked table made anew."""
    return re.sub(
        r"(<!-- table: (\w+) -->\n).*?(<!-- /table -->)",
        lambda found: found[1] + TABLES[found[2]]() + "\n" + found[3],
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
