"""How far two annotators agree: ``python -m annotation.agreement FIRST SECOND [--json FILE]``.

FIRST and SECOND are ``.jsonl`` files or folders of marked articles; documents that both hold are compared, and must
have one text. For each label and link: strict F1 (for spans also that of overlapping ones), and Cohen's kappa, which
takes out what chance would agree on. The kappa of a span label is over words (in such a span or not); that of a link is
over the pairs of spans that both annotators marked and the scheme lets it join, so that it judges the link alone.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sklearn.metrics import cohen_kappa_score

from tolltrace import jsonlines, markup, scheme
from tolltrace.documents import AnnotatedDocument, DocumentError, Span

WORD = re.compile(r"\w+|[^\w\s]")
Pair = tuple[AnnotatedDocument, AnnotatedDocument]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of one label or link: how many each annotator has, F1 of exact and of overlapping ones, and Cohen's kappa (None
    where both never, or both always, use it)."""

    first: int
    second: int
    f1: float
    overlap_f1: float | None
    kappa: float | None


def read(path: Path) -> dict[str, AnnotatedDocument]:
    documents = markup.read_folder(path) if path.is_dir() else jsonlines.read(path)
    return {annotated.id: annotated for annotated in documents}


def pair_up(first: Mapping[str, AnnotatedDocument], second: Mapping[str, AnnotatedDocument]) -> list[Pair]:
    """The documents that both annotated. Raises DocumentError where there are none, or their texts differ."""
    shared = sorted(first.keys() & second.keys())
    if not shared:
        raise DocumentError("the two hold no document with the same id")
    for name in shared:
        if first[name].text != second[name].text:
            raise DocumentError(f"document {name!r}: the two annotators had different texts")
    return [(first[name], second[name]) for name in shared]


def agreement(pairs: Sequence[Pair]) -> dict[str, Agreement]:
    """Agreement by ``span``, ``span/LABEL``, ``link`` and ``link/label``."""
    result = {"span": _spans(pairs, scheme.LABEL_NAMES)}
    result |= {f"span/{name}": _spans(pairs, (name,)) for name in scheme.LABEL_NAMES}
    result["link"] = _links(pairs, scheme.LINK_NAMES)
    return result | {f"link/{name}": _links(pairs, (name,)) for name in scheme.LINK_NAMES}


def _spans(pairs: Sequence[Pair], labels: Sequence[str]) -> Agreement:
    first = second = exact = overlapping = 0
    marks: tuple[list[str], list[str]] = ([], [])
    for a, b in pairs:
        ours, theirs = ({s for s in d.spans if s.label in labels} for d in (a, b))
        first, second, exact = first + len(ours), second + len(theirs), exact + len(ours & theirs)
        overlapping += sum(any(s.label == t.label and s.overlaps(t) for t in theirs) for s in ours)
        overlapping += sum(any(s.label == t.label and s.overlaps(t) for t in ours) for s in theirs)
        for name in {scheme.LAYER_OF[label] for label in labels}:
            for spans, mark in zip((ours, theirs), marks, strict=True):
                mark += _words(a.text, [s for s in spans if s.layer == name])
    return Agreement(first, second, _f1(exact, first, second), overlapping / max(first + second, 1), _kappa(*marks))


def _words(text: str, spans: Sequence[Span]) -> Iterator[str]:
    """The label over each word of a text, or an empty one; the spans are of one layer."""
    by_start = iter(sorted(spans))
    span = next(by_start, None)
    for word in WORD.finditer(text):
        while span and span.end <= word.start():
            span = next(by_start, None)
        yield span.label if span and span.start < word.end() else ""


def _links(pairs: Sequence[Pair], names: Sequence[str]) -> Agreement:
    first = second = exact = 0
    marks: tuple[list[bool], list[bool]] = ([], [])
    for a, b in pairs:
        ours, theirs = ({(k.head, k.label, k.tail) for k in d.links if k.label in names} for d in (a, b))
        first, second, exact = first + len(ours), second + len(theirs), exact + len(ours & theirs)
        shared = sorted(set(a.spans) & set(b.spans))
        for head in (s for s in shared if s.label in scheme.COUNT_LABELS):
            for tail in (t for t in shared if t != head):
                for name in set(scheme.links_between(head.label, tail.label)) & set(names):
                    for links, mark in zip((ours, theirs), marks, strict=True):
                        mark.append((head, name, tail) in links)
    return Agreement(first, second, _f1(exact, first, second), None, _kappa(*marks))


def _f1(exact: int, first: int, second: int) -> float:
    return 2 * exact / max(first + second, 1)


def _kappa(first: Sequence[str | bool], second: Sequence[str | bool]) -> float | None:
    if len({*first, *second}) < 2:
        return None
    return float(cohen_kappa_score(first, second))


def show(result: Mapping[str, Agreement], documents: int) -> Table:
    table = Table(title=f"two annotators, {documents} documents")
    for heading in ("", "first", "second", "F1", "overlap F1", "kappa"):
        table.add_column(heading, justify="right" if heading else "left")
    for key, value in result.items():
        if value.first or value.second:
            shares = ("–" if x is None else f"{x:.3f}" for x in (value.f1, value.overlap_f1, value.kappa))
            table.add_row(key.replace("/", "  "), str(value.first), str(value.second), *shares)
    return table


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m annotation.agreement", description=__doc__)
    parser.add_argument("first", type=Path)
    parser.add_argument("second", type=Path)
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    arguments = parser.parse_args()
    try:
        pairs = pair_up(read(arguments.first), read(arguments.second))
    except (DocumentError, OSError) as error:
        sys.exit(str(error))
    result = agreement(pairs)
    Console().print(show(result, len(pairs)))
    if arguments.json:
        values = {"documents": len(pairs), "agreement": {key: asdict(value) for key, value in result.items()}}
        arguments.json.write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
