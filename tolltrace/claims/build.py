"""Spans and links of an article to its claims: one for each COUNT and TOTAL.

A part ("14 people, including 5 children") takes from its whole, and that from its own, what it does not state itself:
means, responsible, denials, places, date and sources, each marked ``inherited``. Figure, victims and harm are its own.

``confidence`` is the product of the calibrated scores of the figure and of its core (harm and victim: links and the
spans they reach). A claim is right only when all of these are, and a link's score is given that its ends are right, so
the product is the chain rule's; the minimum would be the same for a claim with one doubt and for one with five.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any, TypeVar

from tolltrace.claims.claim import (
    Claim,
    Denial,
    Evidence,
    Harm,
    Means,
    Place,
    Provenance,
    Responsible,
    Source,
    SourceKind,
    When,
    claim_id,
)
from tolltrace.claims.means import read_means
from tolltrace.claims.numerals import read_count
from tolltrace.claims.repeats import mark_repeats
from tolltrace.claims.responsible import read_responsible
from tolltrace.claims.sources import kinds_in_document, outlet_source, with_roles
from tolltrace.claims.victims import read_unit, read_victims
from tolltrace.documents import AnnotatedDocument, Document, Link, Mention, Span
from tolltrace.scheme import COUNT_LABELS, HARM_LABELS
from tolltrace.sentences import Sentences

HARMS: dict[str, Harm] = {
    "KILLED": "killed",
    "INJURED": "injured",
    "DISPLACED": "displaced",
    "DETAINED": "detained",
    "MISSING": "missing",
    "HARMED": "unspecified",
}
CORE = ("harm", "victim")
# A date right behind a speech verb is when it was said: "said Tuesday", "told AFP late on Friday", "said in a
# statement on Monday".
SAID = re.compile(
    r"\b(?:said|says|told|announced|reported|confirmed|stated|declared|added|tweeted|wrote|claimed|denied)"
    r"(?: (?!that\b)(?:[A-Z][\w.'’-]*|the|a|an|in|statement|reporters|journalists|agency|news)){0,5}"
    r"(?: (?:late|early|later))?(?: on)? $"
)
Inheritable = TypeVar("Inheritable", Means, Responsible, Denial, Place, Source)


@dataclass(frozen=True, slots=True)
class _Article:
    """What reading one figure needs to know of its article."""

    annotated: AnnotatedDocument
    sentences: Sentences
    kinds: dict[str, SourceKind]
    links: dict[Span, list[Link]]
    provenance: Provenance
    model: str | None

    def tails(self, figure: Span, label: str) -> list[Span]:
        return sorted(link.tail for link in self.links[figure] if link.label == label)

    def id_of(self, figure: Span) -> str:
        return claim_id(self.annotated.id, figure.start, figure.end)


def build_claims(
    annotated: AnnotatedDocument, repeats: Sequence[tuple[int, int, int]] = (), model: str | None = None
) -> list[Claim]:
    """The claims of an article in order of their figures.

    ``repeats`` are passages ``(start, end, first)`` of the text that repeat the passage at ``first``. ``model`` is the
    version of the model that predicted the spans and links, ``None`` for gold.
    """
    figures = [span for span in annotated.spans if span.label in COUNT_LABELS]
    links: dict[Span, list[Link]] = {figure: [] for figure in figures}
    for link in annotated.links:
        links[link.head].append(link)
    article = _Article(
        annotated=annotated,
        sentences=Sentences(annotated.text, ((span.start, span.end) for span in annotated.spans)),
        kinds=_source_kinds(annotated),
        links=links,
        provenance=_provenance(annotated.document),
        model=model,
    )
    stated = {claim.id: claim for claim in (_read_figure(article, figure) for figure in figures)}
    outlet = outlet_source(article.provenance.outlet)
    claims = [_complete(claim, stated, outlet) for claim in stated.values()]
    return mark_repeats(claims, repeats)


def _read_figure(article: _Article, figure: Span) -> Claim:
    """The claim of one figure with what the article states of it directly."""
    text_of = article.annotated.text_of
    victims = [
        read_victims(text_of(span), span.start, span.end, list(_actors_in(article.annotated, span)))
        for span in article.tails(figure, "victim")[:1]
    ]
    words = text_of(figure)
    harm = article.tails(figure, "harm")
    labels = {span.label for span in harm}
    sources = article.tails(figure, "source")
    dates = article.tails(figure, "date")
    wholes, replaced = article.tails(figure, "part_of"), article.tails(figure, "updates")
    responsible, denials = read_responsible(article.annotated, article.sentences, figure, article.links[figure])
    sentence = article.sentences.around(figure.start)
    return Claim(
        id=article.id_of(figure),
        count=read_count(words),
        unit=read_unit(victims[0].text if victims else None, words),
        scope="total" if figure.label == "TOTAL" else "incident",
        part_of=article.id_of(wholes[0]) if wholes else None,
        updates=article.id_of(replaced[0]) if replaced else None,
        repeat_of=None,
        harm=tuple(HARMS[label] for label in HARM_LABELS if label in labels),
        harm_words=tuple(Mention(text_of(span), span.start, span.end) for span in harm),
        victims=victims[0] if victims else None,
        means=tuple(read_means(text_of(span), span.start, span.end) for span in article.tails(figure, "means")),
        responsible=responsible,
        denials=denials,
        places=tuple(Place(text_of(span), span.start, span.end) for span in article.tails(figure, "location")),
        date=When(text_of(dates[0]), dates[0].start, dates[0].end) if dates else None,
        reported=_reported(article, sources, dates),
        sources=with_roles(
            [Source(text_of(s), s.start, s.end, article.kinds[text_of(s)], "origin") for s in sources],
        ),
        evidence=Evidence(sentence.text, sentence.start, sentence.end, figure.start, figure.end),
        document=article.provenance,
        confidence=_confidence(figure, article.links[figure]),
        model=article.model,
    )


def _complete(claim: Claim, stated: dict[str, Claim], outlet: Source) -> Claim:
    """The claim with what it inherits from its wholes, nearest first, and the outlet where no source is named."""
    whole = stated.get(claim.part_of or "")
    while whole is not None:  # ends: AnnotatedDocument refuses circles
        takes_sources = not claim.sources and bool(whole.sources)
        claim = replace(
            claim,
            means=claim.means or _inherit(whole.means),
            responsible=claim.responsible or _inherit(whole.responsible),
            denials=claim.denials or _inherit(whole.denials),
            places=claim.places or _inherit(whole.places),
            date=claim.date or (replace(whole.date, inherited=True) if whole.date else None),
            sources=claim.sources or _inherit(whole.sources),
            reported=replace(whole.reported, inherited=True) if takes_sources and whole.reported else claim.reported,
        )
        whole = stated.get(whole.part_of or "")
    return claim if claim.sources else replace(claim, sources=(outlet,))


def _inherit(items: tuple[Inheritable, ...]) -> tuple[Inheritable, ...]:
    return tuple(replace(item, inherited=True) for item in items)


def _actors_in(annotated: AnnotatedDocument, around: Span) -> Iterator[str]:
    """Texts of the ACTOR spans inside a span of another layer."""
    for span in annotated.spans:
        if span.label == "ACTOR" and around.start <= span.start and span.end <= around.end:
            yield annotated.text_of(span)


def _source_kinds(annotated: AnnotatedDocument) -> dict[str, SourceKind]:
    sources = [span for span in annotated.spans if span.label == "SOURCE"]
    return kinds_in_document((annotated.text_of(span), list(_actors_in(annotated, span))) for span in sources)


def _reported(article: _Article, sources: list[Span], harm_dates: list[Span]) -> When | None:
    """When a linked source said so: a DATE of its sentence right behind a speech verb, and not the harm's own."""
    spoken_in = {article.sentences.index(source.start) for source in sources}
    text = article.annotated.text
    for span in article.annotated.spans:
        if span.label != "DATE" or span in harm_dates or article.sentences.index(span.start) not in spoken_in:
            continue
        before = " ".join(text[max(span.start - 80, 0) : span.start].split()) + " "
        if SAID.search(before):
            return When(article.annotated.text_of(span), span.start, span.end)
    return None


def _confidence(figure: Span, links: Sequence[Link]) -> float | None:
    core = [link for link in links if link.label in CORE]
    scores = [figure.score, *(score for link in core for score in (link.score, link.tail.score))]
    known = [score for score in scores if score is not None]
    return round(prod(known), 4) if known else None


def _provenance(document: Document) -> Provenance:
    def fact(key: str) -> str | None:
        value: Any = document.metadata.get(key)
        return str(value).strip() or None if value is not None else None

    return Provenance(document.id, fact("outlet"), fact("url"), fact("title"), fact("published"))
