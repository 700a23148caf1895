r"""Inline markup of annotated documents, for writing and reviewing.

``{LABEL id:text}`` marks a span; spans nest; the id is needed only where a link names it. After a line ``-- links``
stand the links (``FROM LINK TO [TO …]``), after a line ``-- spans`` those spans that cross another one and so cannot be
nested (``ID LABEL START END``), after a line ``-- metadata`` the metadata as one JSON object.
In the text ``\{``, ``\}`` and ``\\`` stand for the characters themselves, and ``\-`` at the start of a line for a dash.
The way to JSON lines and back loses nothing but scores.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from tolltrace.documents import AnnotatedDocument, Document, DocumentError, Link, Span
from tolltrace.jsonlines import with_ids

LINKS_LINE = "-- links"
SPANS_LINE = "-- spans"
METADATA_LINE = "-- metadata"
WRITABLE = re.compile(r"[^\s:{}]+")
OPENING = re.compile(r"\{([A-Z]+)(?: ([^\s:{}]+))?:")
SECTION = re.compile(rf"(?:^|\n)(?:{LINKS_LINE}|{SPANS_LINE}|{METADATA_LINE})[ \t]*\r?(?:\n|$)")


def parse(name: str, marked: str) -> AnnotatedDocument:
    """The annotated document ``name`` from its markup. Raises :class:`DocumentError` with the line number."""
    first = SECTION.search(marked)
    body, rest = (marked[: first.start()], marked[first.start() :].lstrip("\n")) if first else (marked, "")
    text, spans = _parse_body(name, body)
    crossing, links, metadata = _parse_sections(name, rest, spans, body.count("\n") + 2)
    return AnnotatedDocument(Document(name, text, metadata), (*spans, *crossing), tuple(links))


def _parse_body(name: str, body: str) -> tuple[str, list[Span]]:
    text: list[str] = []
    spans: list[Span] = []
    open_spans: list[tuple[str, str, int, int]] = []
    at = 0

    def here(offset: int) -> str:
        return f"{name}:{body.count(chr(10), 0, offset) + 1}"

    while at < len(body):
        char = body[at]
        if char == "\\" and body[at + 1 : at + 2] in {"{", "}", "\\", "-"}:
            text.append(body[at + 1])
            at += 2
        elif char == "{":
            opening = OPENING.match(body, at)
            if not opening:
                raise DocumentError(
                    f"{here(at)}: {body[at : at + 30]!r} opens no span: write {{LABEL id:text}}, or \\{{ for a brace"
                )
            open_spans.append((opening[1], opening[2] or "", len(text), at))
            at = opening.end()
        elif char == "}":
            if not open_spans:
                raise DocumentError(f"{here(at)}: '}}' closes no span: write \\}} for a brace")
            label, identifier, start, _ = open_spans.pop()
            spans.append(Span(start, len(text), label, id=identifier))
            at += 1
        else:
            text.append(char)
            at += 1
    if open_spans:
        offset = open_spans[-1][3]
        raise DocumentError(f"{here(offset)}: span {body[offset : offset + 30]!r} is never closed")
    return "".join(text), spans


def _parse_sections(
    name: str, rest: str, nested: list[Span], first_line: int
) -> tuple[list[Span], list[Link], dict[str, Any]]:
    crossing: list[Span] = []
    statements: list[tuple[str, list[str]]] = []
    metadata: dict[str, Any] = {}
    section = ""
    for number, line in enumerate(rest.split("\n"), first_line):
        where, words = f"{name}:{number}", line.split()
        if not words:
            continue
        if line.strip() in (LINKS_LINE, SPANS_LINE, METADATA_LINE):
            section = line.strip()
        elif section == METADATA_LINE:
            try:
                metadata = json.loads(line)
            except ValueError as error:
                raise DocumentError(f"{where}: the metadata line is no JSON object: {error}") from error
            if not isinstance(metadata, dict):
                raise DocumentError(f"{where}: the metadata line is no JSON object")
        elif section == SPANS_LINE:
            if len(words) != 4 or not (words[2].isdecimal() and words[3].isdecimal()):
                raise DocumentError(f"{where}: {line!r} is no span: write ID LABEL START END")
            crossing.append(Span(int(words[2]), int(words[3]), words[1], id=words[0]))
        elif len(words) < 3:
            raise DocumentError(f"{where}: {line!r} is no link: write FROM LINK TO [TO …]")
        else:
            statements.append((where, words))
    by_id = {span.id: span for span in (*nested, *crossing) if span.id}
    links = []
    for where, (head, label, *tails) in statements:
        for identifier in (head, *tails):
            if identifier not in by_id:
                raise DocumentError(f"{where}: link {head} {label}: no span has the id {identifier!r}")
        links += [Link(by_id[head], label, by_id[tail]) for tail in tails]
    return crossing, links, metadata


def _nest(spans: tuple[Span, ...]) -> tuple[list[Span], list[Span]]:
    """Spans that nest, outermost first, and those that cross one of them."""
    nested: list[Span] = []
    crossing: list[Span] = []
    around: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.start, -s.end, s.label)):
        while around and around[-1].end <= span.start:
            around.pop()
        if around and span.end > around[-1].end:
            crossing.append(span)
        else:
            around.append(span)
            nested.append(span)
    return nested, crossing


def render(annotated: AnnotatedDocument) -> str:
    """The markup of an annotated document; the inverse of :func:`parse`."""
    ids = with_ids(s if WRITABLE.fullmatch(s.id) else replace(s, id="") for s in annotated.spans)
    nested, crossing = _nest(annotated.spans)
    starts: dict[int, list[Span]] = defaultdict(list)
    ends: dict[int, int] = defaultdict(int)
    for span in nested:
        starts[span.start].append(span)
        ends[span.end] += 1
    text, out = annotated.text, []
    for at in range(len(text) + 1):
        out.append("}" * ends.get(at, 0))
        out += [f"{{{span.label} {ids[span]}:" for span in starts.get(at, ())]
        if at < len(text):
            char = text[at]
            line_start = at == 0 or text[at - 1] == "\n"
            out.append("\\" + char if char in "\\{}" or (char == "-" and line_start) else char)
    tails: dict[tuple[str, str], list[str]] = defaultdict(list)
    for link in annotated.links:
        tails[ids[link.head], link.label].append(ids[link.tail])
    lines = [LINKS_LINE, *(f"{head} {label} {' '.join(to)}" for (head, label), to in tails.items())]
    if crossing:
        lines += [SPANS_LINE, *(f"{ids[span]} {span.label} {span.start} {span.end}" for span in crossing)]
    if annotated.document.metadata:
        lines += [METADATA_LINE, json.dumps(dict(annotated.document.metadata), ensure_ascii=True)]
    return "".join(out) + "\n" + "\n".join(lines) + "\n"


def read_folder(folder: str | Path) -> Iterator[AnnotatedDocument]:
    """The marked articles ``*.txt`` of a folder, by name; an article's id is its file's name without ending."""
    for path in sorted(Path(folder).glob("*.txt")):
        yield read_file(path)


def read_file(path: Path) -> AnnotatedDocument:
    """One marked article. Raises :class:`DocumentError` that names the file."""
    try:
        return parse(path.stem, path.read_bytes().decode("utf-8"))
    except ValueError as error:
        raise DocumentError(f"{path}: {error}") from error
