"""The path of a document: set aside what is not its body, find spans and links, build claims, resolve them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from tolltrace.claims import Claim, build_claims
from tolltrace.documents import AnnotatedDocument, Document, Link, Span
from tolltrace.model.loading import load
from tolltrace.model.predictor import Predictor
from tolltrace.reading import SetAside, find_set_aside, is_unread, ranges_to_read
from tolltrace.resolving.resolve import Resolver

BATCH_DOCUMENTS = 64


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


class Extractor:
    """Claims from documents by one model. Loading takes seconds, so keep one and use it for many documents."""

    def __init__(self, predictor: Predictor, resolver: Resolver | None = None) -> None:
        self.predictor = predictor
        self.resolver = resolver or Resolver.load()

    @classmethod
    def from_pretrained(
        cls, name: str | Path | None = None, device: str | None = None, resolver: Resolver | None = None
    ) -> Extractor:
        """An extractor with the model in a folder or on the hub; without a name with the one in the package."""
        return cls(Predictor(load(name), device=device), resolver)

    def extract(self, documents: Iterable[Document]) -> Iterator[Extraction]:
        """Results in the order of the documents, which are taken in batches: memory does not grow with their number."""
        waiting = iter(documents)
        while batch := list(islice(waiting, BATCH_DOCUMENTS)):
            for reading in annotate(self.predictor, batch):
                repeats = [(p.start, p.end, p.repeat_of) for p in reading.set_aside if p.repeat_of is not None]
                claims = build_claims(reading.annotated, repeats, model=self.predictor.version)
                claims = self.resolver.resolve(reading.annotated, claims)
                yield Extraction(reading.annotated, tuple(claims), reading.set_aside)


def annotate(predictor: Predictor, documents: Sequence[Document]) -> list[Reading]:
    """Spans and links of documents, page furniture left out.

    A passage that repeats an earlier one to the letter is not read again: it gets the spans and links of the first.
    """
    readings = []
    aside = [find_set_aside(document.text) for document in documents]
    bodies = [ranges_to_read(d.text, passages) for d, passages in zip(documents, aside, strict=True)]
    for annotated, passages in zip(predictor.predict(documents, bodies), aside, strict=True):
        unread = [p for p in passages if is_unread(annotated.text, p)]
        repeats = [(p.start, p.end, p.repeat_of) for p in unread if p.repeat_of is not None]
        readings.append(Reading(_copy_to_repeats(annotated, repeats), passages))
    return readings


def _copy_to_repeats(annotated: AnnotatedDocument, repeats: Sequence[tuple[int, int, int]]) -> AnnotatedDocument:
    copies: dict[Span, dict[int, Span]] = {}
    for start, end, original in repeats:
        shift = start - original
        for span in annotated.spans:
            if original <= span.start and span.end + shift <= end:
                copy = Span(span.start + shift, span.end + shift, span.label, span.score)
                copies.setdefault(span, {})[shift] = copy
    # The far end of a link is its copy of the same repeated part; what that part does not hold stands where it stood.
    links = [
        Link(head, link.label, copies.get(link.tail, {}).get(shift, link.tail), link.score)
        for link in annotated.links
        for shift, head in copies.get(link.head, {}).items()
    ]
    spans = [*annotated.spans, *(copy for made in copies.values() for copy in made.values())]
    return AnnotatedDocument(annotated.document, tuple(spans), (*annotated.links, *links))
