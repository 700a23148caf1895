"""Short articles for the tests of actors and sources, in the inline markup of the annotators."""

from __future__ import annotations

import re

from tolltrace.documents import AnnotatedDocument, Document, Span

MARK = re.compile(r"\[(A|S) ([^\]]*)\]")


def article(marked: str) -> AnnotatedDocument:
    """The article of a text that marks actors as ``[A words]`` and sources as ``[S words]``."""
    text, spans, at = "", [], 0
    for match in MARK.finditer(marked):
        text += marked[at : match.start()]
        spans.append(Span(len(text), len(text) + len(match[2]), {"A": "ACTOR", "S": "SOURCE"}[match[1]]))
        text += match[2]
        at = match.end()
    return AnnotatedDocument(Document("test", text + marked[at:]), tuple(spans))
