"""Between JSON lines and inline markup: ``python -m annotation.convert FROM TO``.

From a ``.jsonl`` file to a folder of marked articles for reading and correcting, or from such a folder to a file.
Articles that the target file holds already are replaced by those of the folder, the others stay.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from tolltrace import jsonlines, markup
from tolltrace.documents import DocumentError

FILE_NAME = re.compile(r"\w[\w.+@=, -]{0,200}")


def to_folder(source: Path, folder: Path, only: set[str]) -> int:
    """Write each article as ``<id>.txt``; ``only`` picks articles by id. Returns how many were written."""
    folder.mkdir(parents=True, exist_ok=True)
    written: set[str] = set()
    for annotated in jsonlines.read(source):
        if not only or annotated.id in only:
            if not FILE_NAME.fullmatch(annotated.id):
                raise DocumentError(f"document {annotated.id!r}: its id cannot be a file's name")
            (folder / f"{annotated.id}.txt").write_bytes(markup.render(annotated).encode())
            written.add(annotated.id)
    if missing := only - written:
        raise DocumentError(f"{source} holds no document with the id {', '.join(sorted(missing))}")
    return len(written)


def to_jsonl(folder: Path, target: Path) -> int:
    """Write or replace the folder's articles in ``target``, sorted by id. Returns how many it holds then."""
    articles = {a.id: a for a in jsonlines.read(target)} if target.exists() else {}
    articles |= {a.id: a for a in markup.read_folder(folder)}
    return jsonlines.write(target, (articles[name] for name in sorted(articles)))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m annotation.convert", description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--only", nargs="*", default=[], help="ids of the articles to take out")
    arguments = parser.parse_args()
    try:
        if arguments.source.is_dir():
            number = to_jsonl(arguments.source, arguments.target)
        else:
            number = to_folder(arguments.source, arguments.target, set(arguments.only))
    except (DocumentError, OSError) as error:
        sys.exit(str(error))
    print(f"{number} articles in {arguments.target}")


if __name__ == "__main__":
    main()
