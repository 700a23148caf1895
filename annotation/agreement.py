"""How far annotators agree: ``python -m annotation.agreement SNAPSHOT`` or ``… VERSIONS VERSIONS [...]``.

SNAPSHOT is a folder that ``annotation.pull`` wrote; VERSIONS are one annotator's articles each, a ``.jsonl`` file or a
folder of marked articles. Articles that at least two annotators have are compared; nobody needs to have them all, and
all must have them with the same text.

For each label and link: strict F1 and, for spans, that of overlapping ones, for each pair of annotators and over all
pairs together; and Krippendorff's alpha over all annotators, which takes out what chance would agree on
(``annotation/agreement_units.py`` says how). Then the articles and phrases where they differ most. ``--json`` keeps all
of it, ``--html`` makes a page that shows the differences side by side in the text.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from annotation import agreement_page, snapshot
from annotation.agreement_scores import Report, measure
from annotation.snapshot import SnapshotError
from tolltrace import jsonlines, markup
from tolltrace.documents import AnnotatedDocument, DocumentError
from tolltrace.writing.partial import written_whole
from tolltrace.writing.words import one_line

NAMED_UP_TO = 4
"""So many annotators have a column of their own in the terminal's table."""
SHOWN = 10
"""Articles and phrases in the terminal."""


def read(path: Path) -> dict[str, AnnotatedDocument]:
    """One annotator's articles by id."""
    documents = markup.read_folder(path) if path.is_dir() else jsonlines.read(path)
    return {annotated.id: annotated for annotated in documents}


def read_all(paths: Iterable[Path]) -> dict[str, dict[str, AnnotatedDocument]]:
    """By annotator, by article. Annotators are called as their file or folder is, with the name of the folder around it
    where two are called the same. Raises DocumentError where there are fewer than two, SnapshotError for a broken
    snapshot."""
    found: list[tuple[Path, dict[str, AnnotatedDocument]]] = []
    for path in paths:
        if (path / snapshot.ANNOTATORS).is_dir() or (path / snapshot.MANIFEST).is_file():
            snapshot.check(path)
            for name in snapshot.annotators(path):
                found.append((path / name, {version.id: version for version in snapshot.stream(path, name)}))
        else:
            found.append((path, read(path)))
    if len(found) < 2:
        raise DocumentError(
            f"one annotator is not enough to compare: {', '.join(str(path) for path, _ in found) or 'none found'}"
        )
    return dict(zip(_names([path.absolute() for path, _ in found]), (versions for _, versions in found), strict=True))


def _names(paths: Sequence[Path]) -> list[str]:
    names = [path.name.removesuffix(".jsonl") for path in paths]
    longer = [f"{path.parent.name}/{name}" for path, name in zip(paths, names, strict=True)]
    names = [long if names.count(name) > 1 else name for name, long in zip(names, longer, strict=True)]
    if twice := [name for name in names if names.count(name) > 1]:
        raise DocumentError(f"two annotators are called {twice[0]!r}: rename a file, so that they can be told apart")
    return names


def to_json(report: Report) -> dict[str, Any]:
    """Everything but the texts. ``confusions`` are rows of ``[one, other, times]``."""
    return {
        "documents": len(report.articles),
        "annotators": dict(report.annotators),
        "agreement": {key: asdict(value) for key, value in report.agreement.items()},
        "pairs": [asdict(pair) for pair in report.pairs],
        "articles": [asdict(standing) for standing in report.ranked],
        "phrases": [asdict(phrase) for phrase in report.phrases],
        "confusions": {kind: [[*pair, n] for pair, n in found.items()] for kind, found in report.confusions.items()},
    }


def tables(report: Report) -> Iterator[Table]:
    """For the terminal."""
    names = list(report.annotators)
    alone = names if len(names) <= NAMED_UP_TO else []
    title = f"{len(names)} annotators, {len(report.articles)} documents"
    table = _table(title, "", *(alone or ["marked"]), "F1", "overlap F1", "alpha")
    for key, value in report.agreement.items():
        if value.f1 is not None:
            counts = [str(value.counts[name]) for name in alone] or [str(sum(value.counts.values()))]
            table.add_row(key.replace("/", "  "), *counts, *map(_figure, (value.f1, value.overlap_f1, value.alpha)))
    yield table
    if len(report.pairs) > 1:
        table = _table("pairs", "", "documents", "spans F1", "overlap F1", "links F1")
        for pair in report.pairs:
            spans, links = pair.agreement["span"], pair.agreement["link"]
            figures = map(_figure, (spans.f1, spans.overlap_f1, links.f1))
            table.add_row(Text(f"{pair.first} – {pair.second}"), str(pair.documents), *figures)
        yield table
    table = _table("most disputed articles", "", "not agreed", "spans", "links")
    for article in report.ranked[:SHOWN]:
        if article.disagreement:
            parts = (f"{part.marked - part.agreed} of {part.marked}" for part in (article.spans, article.links))
            table.add_row(Text(one_line(article.id)), f"{article.disagreement:.0%}", *parts)
    yield table
    table = _table("most disputed phrases", "", "places", "agreed elsewhere", "who says what")
    table.columns[-1].justify = "left"
    for phrase in report.phrases[:SHOWN]:
        said = (f"{one_line(answer)}: {_times(by)}" for answer, by in phrase.answers.items())
        table.add_row(Text(one_line(phrase.words)), str(phrase.places), str(phrase.agreed), Text("; ".join(said)))
    yield table


def _times(by: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {times}" for name, times in by.items())


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _table(title: str, *headings: str) -> Table:
    table = Table(title=title)
    for heading in headings:
        table.add_column(Text(heading), justify="right" if heading else "left")
    return table


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m annotation.agreement", description=__doc__)
    parser.add_argument("versions", nargs="+", type=Path, help="a snapshot, or one file or folder an annotator")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to this file")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write a page that shows the differences")
    parser.add_argument("--articles", type=int, default=30, metavar="N", help="so many on the page (default: 30)")
    arguments = parser.parse_args()
    if arguments.articles < 0:
        parser.error("--articles must not be negative")
    errors = Console(stderr=True)
    try:
        with errors.status("reading"):
            versions = read_all(arguments.versions)
        with errors.status("comparing"):
            report = measure(versions)
        if arguments.json:
            with written_whole(arguments.json) as partial:
                partial.write_text(json.dumps(to_json(report), indent=1) + "\n", encoding="utf-8")
        if arguments.html:
            with written_whole(arguments.html) as partial, errors.status("writing the page"):
                partial.write_text(agreement_page.render(report, arguments.articles), encoding="utf-8", newline="\n")
    except (DocumentError, SnapshotError, OSError) as error:
        sys.exit(str(error))
    console = Console()
    for table in tables(report):
        console.print(table)


if __name__ == "__main__":
    main()
