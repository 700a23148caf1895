"""Annotators made up from one: versions of an article that differ as people's do."""

from __future__ import annotations

from random import Random

from tolltrace import scheme
from tolltrace.documents import AnnotatedDocument, Link, Span

OTHER = {"ACTOR": "LOCATION", "COUNT": "TOTAL", "KILLED": "INJURED", "DATE": "LOCATION"}


def other_version(annotated: AnnotatedDocument, random: Random, slips: float = 0.06) -> AnnotatedDocument:
    """Each span is left out, cut by a word or given another label with the chance ``slips``, each link is left out with
    it; what the scheme then no longer allows goes too."""
    now: dict[Span, Span] = {}
    for span in annotated.spans:
        words = annotated.text_of(span)
        cut = words.rpartition(" ")[0].rstrip(",;: ")
        if random.random() >= slips:
            now[span] = span
        elif random.random() < 0.4 and cut:
            now[span] = Span(span.start, span.start + len(cut), span.label)
        elif random.random() < 0.5 and span.label in OTHER:
            now[span] = Span(span.start, span.end, OTHER[span.label])
    links = [
        Link(now[k.head], k.label, now[k.tail])
        for k in annotated.links
        if k.head in now
        and k.tail in now
        and k.label in scheme.links_between(now[k.head].label, now[k.tail].label)
        and (k.label == "harm" or random.random() >= slips)
    ]
    harmed = {k.head for k in links if k.label == "harm"}
    spans = [span for span in now.values() if span.label not in scheme.COUNT_LABELS or span in harmed]
    while True:  # a figure that goes may leave another one without its end
        kept = [k for k in links if k.head in spans and k.tail in spans]
        if len(kept) == len(links):
            return AnnotatedDocument(annotated.document, tuple(spans), tuple(links))
        links = kept
