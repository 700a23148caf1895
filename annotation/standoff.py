"""Annotations of public texts, kept without the texts, and the texts joined to them on the user's machine.

``python -m annotation.standoff join data/standoff/re3d.jsonl data/joined/re3d.jsonl --texts FOLDER`` or ``--download``
``python -m annotation.standoff part ANNOTATED.jsonl data/standoff/re3d.jsonl``

A line of a stand-off file is an annotated document with ``sha256``, the checksum of its text, in the text's place. Its
metadata name the text's ``origin``: folder and document of re3d, the Relationship and Entity Extraction Evaluation
Dataset of Dstl, in which every folder has its own licence.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tolltrace import jsonlines
from tolltrace.documents import AnnotatedDocument, DocumentError

REPOSITORY = "https://raw.githubusercontent.com/dstl/re3d/b061ff06713cad4df7e5cfaed3fd07bf15b2598c"
FILE = "documents.json"


def checksum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def part(annotated: AnnotatedDocument) -> dict[str, Any]:
    """The stand-off line of an annotated document, which must name its ``origin``; nothing of its text is in it."""
    origin = annotated.document.metadata.get("origin")
    if not isinstance(origin, Mapping) or not {"folder", "document"} <= set(origin):
        raise DocumentError(f"document {annotated.id!r}: its metadata name no origin with folder and document")
    row = jsonlines.to_json(annotated)
    return {"id": row["id"], "sha256": checksum(annotated.text), **{k: row[k] for k in ("metadata", "spans", "links")}}


def join(row: Mapping[str, Any], text: str) -> AnnotatedDocument:
    """The annotated document of a stand-off line and its text. Another text than the annotated one is refused."""
    found = checksum(text)
    if found != row["sha256"]:
        raise DocumentError(
            f"document {row['id']!r}: its text has sha256 {found}, the annotations were made on {row['sha256']}: "
            "take the text from the dataset as it was published"
        )
    return jsonlines.from_json({**{k: v for k, v in row.items() if k != "sha256"}, "text": text})


def join_all(rows: Iterable[Mapping[str, Any]], read: Callable[[str], bytes]) -> Iterator[AnnotatedDocument]:
    """Every stand-off line with its text; ``read`` gives the documents file of a folder."""
    texts: dict[str, dict[str, str]] = {}
    for row in rows:
        folder, document = (str(row["metadata"]["origin"][key]) for key in ("folder", "document"))
        if folder not in texts:
            lines = read(folder).decode("utf-8-sig").splitlines()
            texts[folder] = {item["_id"]: item["text"] for item in map(json.loads, filter(str.strip, lines))}
        if document not in texts[folder]:
            raise DocumentError(f"document {row['id']!r}: {folder}/{FILE} holds no document {document}")
        yield join(row, texts[folder][document])


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The lines of a stand-off file; a bad one raises an error that names file and line."""
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            row = json.loads(line)
            if missing := [key for key in ("id", "sha256", "metadata", "spans", "links") if key not in row]:
                raise ValueError(f"it lacks {', '.join(missing)}")
            rows.append(row)
        except ValueError as error:
            raise DocumentError(f"{path}:{number}: no stand-off line: {error}") from error
    return rows


def download(folder: str) -> bytes:
    """The documents file of a folder, from the public repository at the commit that was annotated."""
    with urllib.request.urlopen(f"{REPOSITORY}/{urllib.parse.quote(folder)}/{FILE}", timeout=60) as answer:  # noqa: S310 - https, above
        content: bytes = answer.read()
    return content


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m annotation.standoff", description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    joining = commands.add_parser("join", help="annotations and texts to annotated documents")
    joining.add_argument("standoff", type=Path)
    joining.add_argument("target", type=Path)
    where = joining.add_mutually_exclusive_group(required=True)
    where.add_argument("--texts", type=Path, help="folder of the dataset: <texts>/<folder>/documents.json")
    where.add_argument("--download", action="store_true", help=f"take the texts from {REPOSITORY}")
    parting = commands.add_parser("part", help="annotated documents to annotations without texts")
    parting.add_argument("source", type=Path)
    parting.add_argument("target", type=Path)
    arguments = parser.parse_args()
    try:
        if arguments.command == "part":
            lines = [jsonlines.dumps(part(annotated)) + "\n" for annotated in jsonlines.read(arguments.source)]
            arguments.target.write_text("".join(lines), encoding="utf-8")
            number = len(lines)
        else:
            read = download if arguments.download else lambda folder: (arguments.texts / folder / FILE).read_bytes()
            arguments.target.parent.mkdir(parents=True, exist_ok=True)
            number = jsonlines.write(arguments.target, join_all(read_rows(arguments.standoff), read))
    except (DocumentError, OSError) as error:
        sys.exit(str(error))
    print(f"{number} documents in {arguments.target}")


if __name__ == "__main__":
    main()
