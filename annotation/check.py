"""Check annotated articles: ``python -m annotation.check PATH...``.

PATH is a marked ``.txt`` file, a folder of them, or a ``.jsonl`` file.

Errors break the scheme and give exit status 1; notes are likely slips that a person looks at.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from annotation.lint import find_slips
from tolltrace import jsonlines, markup, scheme
from tolltrace.documents import AnnotatedDocument, DocumentError


def read_all(paths: Iterable[Path], errors: list[str]) -> Iterator[AnnotatedDocument]:
    """Every article that can be read; what cannot is added to ``errors``."""
    for path in paths:
        if path.suffix == ".jsonl":
            yield from jsonlines.read(path, on_error=lambda error: errors.append(str(error)))
            continue
        for file in sorted(path.glob("*.txt")) if path.is_dir() else [path]:
            try:
                yield markup.read_file(file)
            except DocumentError as error:
                errors.append(str(error))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m annotation.check", description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--errors-only", action="store_true", help="leave the notes out")
    arguments = parser.parse_args()
    errors: list[str] = []
    counts: Counter[str] = Counter()
    articles = words = notes = 0
    for annotated in read_all(arguments.paths, errors):
        articles += 1
        words += len(annotated.text.split())
        counts.update(span.label for span in annotated.spans)
        counts.update(link.label for link in annotated.links)
        if not arguments.errors_only:
            for slip in find_slips(annotated):
                notes += 1
                print(f"note {annotated.id}: {slip}")
    for error in errors:
        print(f"ERROR {error}")
    print(f"{articles} articles, {words} words, {len(errors)} errors, {notes} notes")
    print("spans: " + ", ".join(f"{name} {counts[name]}" for name in scheme.LABEL_NAMES))
    print("links: " + ", ".join(f"{name} {counts[name]}" for name in scheme.LINK_NAMES))
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
