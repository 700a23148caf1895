"""The path of a document: set aside what is not its body, find spans and links, build claims."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tolltrace.documents import AnnotatedDocument, Document, Link, Span
from tolltrace.reading import SetAside, body_ranges, find_set_aside

if TYPE_CHECKING:
    from tolltrace.claims import Claim
    from tolltrace.model.predictor import Predictor

BATCH_DOCUMENTS = 64
BATCH_CHARACTERS = 400_000


@dataclass(frozen=True, slots=True)
class Reading:
    """An annotated document and the passages of it that were set aside."""

    annotated: AnnotatedDocument
    set_aside: tuple[SetAside, ...]


@dataclass(frozen=True, slots=True)
class Extraction:
    """What one document gives: its annotations, its claims, and the passages that were set aside."""

    annotated: AnnotatedDocument
    claims: tuple[Claim, ...]
    set_aside: tuple[SetAside, ...]


def annotate(predictor: Predictor, documents: Sequence[Document]) -> list[Reading]:
    """Spans and links of documents. A repeated passage is not read again: it gets those of its first occurrence."""
    aside = [find_set_aside(document.text) for document in documents]
    bodies = [body_ranges(len(d.text), passages) for d, passages in zip(documents, aside, strict=True)]
    return [
        Reading(_copy_to_repeats(annotated, passages), passages)
        for annotated, passages in zip(predictor.predict(documents, bodies), aside, strict=True)
    ]


def _copy_to_repeats(annotated: AnnotatedDocument, passages: Sequence[SetAside]) -> AnnotatedDocument:
    copies: dict[Span, list[Span]] = {}
    repeats = [(p.start, p.end, p.repeat_of) for p in passages if p.repeat_of is not None]
    if not repeats:
        return annotated
    for start, end, original in repeats:
        shift = start - original
        for span in annotated.spans:
            if original <= span.start and span.end + shift <= end:
                copy = Span(span.start + shift, span.end + shift, span.label, span.score)
                copies.setdefault(span, []).append(copy)
    # A link's far end is the copy in the same repeated passage, or else the one nearest to the figure's copy.
    links = [
        Link(
            head,
            link.label,
            min([link.tail, *copies.get(link.tail, [])], key=lambda s: abs(s.start - head.start)),
            link.score,
        )
        for link in annotated.links
        for head in copies.get(link.head, [])
    ]
    spans = [*annotated.spans, *(copy for made in copies.values() for copy in made)]
    return AnnotatedDocument(annotated.document, tuple(spans), (*annotated.links, *links))
