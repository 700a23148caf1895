"""Links by rules of nearness and of cue words, for any spans: the rule system's own, gold's, or a plain tagger's."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tolltrace import scheme
from tolltrace.documents import AnnotatedDocument, Document, Link, Span
from tolltrace.sentences import Sentences

RESERVE = re.compile(r"\b(?:suspected|allegedly|alleged|believed|reportedly|probably|unknown|likely)\b", re.I)
CLAIMS = re.compile(r"\b(?:claimed responsibility|claimed|said it (?:had )?(?:killed|carried out)|announced)\b", re.I)
DENIES = re.compile(r"\b(?:den(?:y|ies|ied)|rejected)\b", re.I)
BLAMES = re.compile(r"\b(?:by|blamed|accused|blaming|accusing)\b(?:\W+[\w-]+){0,3}\W*$", re.I)
ATTACKS = re.compile(
    r"['’]?s? (?:\w+ )?(?:air ?strikes?|shelling|fire|bombing|attack|killed|carried out|shelled|bombed|opened fire)"
)
INCLUDING = re.compile(r"\b(?:including|among them|of whom|of them|among whom)\b", re.I)


def linked(document: Document, spans: Sequence[Span]) -> AnnotatedDocument:
    """The document with its spans and their links; a figure of nothing that harms is no figure."""
    links = find_links(document.text, spans)
    figures = {link.head for link in links if link.label == "harm"}
    kept = {span for span in spans if span.label not in scheme.COUNT_LABELS or span in figures}
    return AnnotatedDocument(document, tuple(kept), tuple(k for k in links if k.head in kept and k.tail in kept))


def find_links(text: str, spans: Sequence[Span]) -> list[Link]:
    """Every figure's links. A figure without a harm word in its sentence gets none."""
    sentences = Sentences(text)
    where = {span: sentences.index(span.start) for span in spans}
    by_label: dict[str, list[Span]] = {}
    for span in sorted(spans):
        by_label.setdefault(span.label, []).append(span)
    harms = sorted(span for name in scheme.HARM_LABELS for span in by_label.get(name, ()))
    figures = sorted(span for name in scheme.COUNT_LABELS for span in by_label.get(name, ()))
    links: list[Link] = []
    for figure in figures:
        near = [span for span in harms if where[span] == where[figure]]
        if near:
            links.append(Link(figure, "harm", min(near, key=lambda span: _gap(figure, span))))
            links += _others(text, figure, by_label, figures, where)
    return links


def _others(
    text: str, figure: Span, by_label: dict[str, list[Span]], figures: Sequence[Span], where: dict[Span, int]
) -> list[Link]:
    own = where[figure]

    def reach(label: str, sentences: int = 0) -> list[Span]:
        return [s for s in by_label.get(label, ()) if s != figure and abs(where[s] - own) <= sentences]

    links = []
    after = [s for s in reach("VICTIM") if 0 <= s.start - figure.end <= 40]
    victims = after or reach("VICTIM")
    if victims:
        links.append(Link(figure, "victim", min(victims, key=lambda span: _gap(figure, span))))
    links += [Link(figure, "means", span) for span in reach("MEANS")[:1]]
    places = reach("LOCATION") or reach("LOCATION", 1)
    links += [Link(figure, "location", span) for span in sorted(places, key=lambda s: _gap(figure, s))[:2]]
    for label, name in (("DATE", "date"), ("SOURCE", "source")):
        near = reach(label)
        if near:
            links.append(Link(figure, name, min(near, key=lambda span: _gap(figure, span))))
    for actor in reach("ACTOR"):
        if blame := _blame(text, actor):
            links.append(Link(figure, blame, actor))
    wholes = [f for f in figures if f.end <= figure.start and where[f] == own]
    if wholes and INCLUDING.search(text, wholes[-1].end, figure.start):
        links.append(Link(figure, "part_of", wholes[-1]))
    return links


def _blame(text: str, actor: Span) -> str | None:
    before, behind = text[max(actor.start - 40, 0) : actor.start], text[actor.end : actor.end + 40]
    if DENIES.search(behind):
        return "denied"
    if CLAIMS.search(behind):
        return "claimed"
    if BLAMES.search(before) or ATTACKS.match(behind):
        return "suspected" if RESERVE.search(before) else "perpetrator"
    return None


def _gap(figure: Span, span: Span) -> int:
    """Characters between two spans; what stands before the figure counts a little further."""
    return span.start - figure.end if span.start >= figure.end else figure.start - span.end + 5
