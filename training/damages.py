"""Models damaged on purpose, each in one way that the release gate must catch by the score made for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from zlib import crc32

from tolltrace import scheme
from tolltrace.claims import Claim
from tolltrace.documents import AnnotatedDocument, Document, Link, Span
from tolltrace.model.decoding import trim
from tolltrace.sentences import Sentences
from training.systems import System

Change = Callable[[AnnotatedDocument], AnnotatedDocument]


@dataclass(frozen=True, slots=True)
class Damage:
    """``caught_by``: parts of the names of values of which one at least must break."""

    name: str
    caught_by: tuple[str, ...]
    change: Change | None = None
    claims: Callable[[Claim], Claim] | None = None


class Damaged:
    """A system whose answers are spoiled after it has given them."""

    def __init__(self, system: System, damage: Damage) -> None:
        self.system, self.damage = system, damage
        self.name, self.version = f"{system.name}, {damage.name}", f"{system.version}-{damage.name}"

    def read(self, documents: Sequence[Document]) -> list[AnnotatedDocument]:
        read = self.system.read(documents)
        return [self.damage.change(annotated) for annotated in read] if self.damage.change else read

    def link(self, gold: Sequence[AnnotatedDocument]) -> list[list[Link]]:
        return self.system.link(gold)

    def claims(self, annotated: AnnotatedDocument) -> list[Claim]:
        found = self.system.claims(annotated)
        return [self.damage.claims(claim) for claim in found] if self.damage.claims else found


def chance(span: Span, document: str) -> float:
    """A number from 0 to 1 that is always the same for a span of a document."""
    return crc32(f"{document} {span.start} {span.label}".encode()) % 1000 / 1000


def respan(annotated: AnnotatedDocument, change: Callable[[Span], Span | None]) -> AnnotatedDocument:
    """The document with changed or dropped spans; links follow, and figures without harm fall with theirs."""
    new = {span: moved for span in annotated.spans if (moved := change(span)) is not None}
    links = [replace(k, head=new[k.head], tail=new[k.tail]) for k in annotated.links if k.head in new and k.tail in new]
    return _whole(annotated.document, new.values(), links)


def relink(annotated: AnnotatedDocument, change: Callable[[Link], Link | None]) -> AnnotatedDocument:
    links = {moved for link in annotated.links if (moved := change(link)) is not None}
    return _whole(annotated.document, annotated.spans, sorted(links))


def _whole(document: Document, spans: Iterable[Span], links: Sequence[Link]) -> AnnotatedDocument:
    harmed = {link.head for link in links if link.label == "harm"}
    kept = {span for span in spans if span.label not in scheme.COUNT_LABELS or span in harmed}
    return AnnotatedDocument(document, tuple(kept), tuple(k for k in links if k.head in kept and k.tail in kept))


def _swap_labels(one: str, other: str, share: float) -> Change:
    labels = {one: other, other: one}

    def change(annotated: AnnotatedDocument) -> AnnotatedDocument:
        def swapped(span: Span) -> Span:
            hit = span.label in labels and chance(span, annotated.id) < share
            return replace(span, label=labels[span.label]) if hit else span

        return respan(annotated, swapped)

    return change


def _drop_links(label: str, share: float = 1.0) -> Change:
    return lambda a: relink(a, lambda k: None if k.label == label and chance(k.head, a.id) < share else k)


def _rename_links(old: str, new: str) -> Change:
    return lambda a: relink(a, lambda k: replace(k, label=new) if k.label == old else k)


def _drop_qualifiers(annotated: AnnotatedDocument) -> AnnotatedDocument:
    """ "At least 20" becomes "20": the figure says another thing, at nearly the same place."""

    def cut(span: Span) -> Span:
        words = annotated.text_of(span)
        if span.label in scheme.COUNT_LABELS and " " in words:
            start, end = trim(annotated.text, span.start + words.rindex(" "), span.end)
            return replace(span, start=start, end=end)
        return span

    return respan(annotated, cut)


def _only_near(annotated: AnnotatedDocument) -> AnnotatedDocument:
    """No link leaves its sentence."""
    find = Sentences(annotated.text).index
    return relink(annotated, lambda k: k if find(k.head.start) == find(k.tail.start) else None)


def _blind_to_kind(kind: str) -> Change:
    def change(annotated: AnnotatedDocument) -> AnnotatedDocument:
        blind = annotated.document.metadata.get("kind") == kind
        return AnnotatedDocument(annotated.document) if blind else annotated

    return change


def _blind_to_lower_case(annotated: AnnotatedDocument) -> AnnotatedDocument:
    return AnnotatedDocument(annotated.document) if annotated.text.islower() else annotated


def _blind_to_some(annotated: AnnotatedDocument) -> AnnotatedDocument:
    return AnnotatedDocument(annotated.document) if crc32(annotated.id.encode()) % 12 == 0 else annotated


def _forgives(names: tuple[str, ...]) -> Change:
    """Blame of some parties is never seen."""

    def change(annotated: AnnotatedDocument) -> AnnotatedDocument:
        return relink(
            annotated,
            lambda k: None if k.tail.label == "ACTOR" and annotated.text_of(k.tail).startswith(names) else k,
        )

    return change


def _overconfident(annotated: AnnotatedDocument) -> AnnotatedDocument:
    spans = {s: replace(s, score=None if s.score is None else s.score**0.05) for s in annotated.spans}
    links = [
        replace(k, head=spans[k.head], tail=spans[k.tail], score=None if k.score is None else k.score**0.05)
        for k in annotated.links
    ]
    return AnnotatedDocument(annotated.document, tuple(spans.values()), tuple(links))


def _no_zeros(annotated: AnnotatedDocument) -> AnnotatedDocument:
    zero = re.compile(r"no\b|none\b|nobody\b|not\b", re.IGNORECASE)
    return respan(
        annotated, lambda s: None if s.label in scheme.COUNT_LABELS and zero.match(annotated.text_of(s)) else s
    )


def _one_more(claim: Claim) -> Claim:
    more = (None if n is None else n + 1 for n in (claim.count.min, claim.count.max))
    return replace(claim, count=replace(claim.count, min=next(more), max=next(more)))


DAMAGES: tuple[Damage, ...] = (
    Damage(
        "killed and injured swapped in a tenth", ("span/KILLED", "span/INJURED"), _swap_labels("KILLED", "INJURED", 0.1)
    ),
    Damage("totals read as counts in a quarter", ("count_scope", "span/TOTAL"), _swap_labels("COUNT", "TOTAL", 0.25)),
    Damage("sources dropped from a fifth", ("link/source", "claim_sources"), _drop_links("source", 0.2)),
    Damage("every denial lost", ("link/denied",), _drop_links("denied")),
    Damage(
        "suspicion stated as fact", ("link/suspected", "link/perpetrator"), _rename_links("suspected", "perpetrator")
    ),
    Damage("qualifiers of figures lost", ("count_value",), _drop_qualifiers),
    Damage("numerals read one too high", ("probes.number formats",), claims=_one_more),
    Damage("links within the sentence only", ("slices.distance of links",), _only_near),
    Damage(
        "translated articles unread",
        ("slices.kind: translated", "slices.machine translation"),
        _blind_to_kind("translated"),
    ),
    Damage("statements unread", ("slices.kind: statement",), _blind_to_kind("statement")),
    Damage("articles in small letters unread", ("probes.lower case",), _blind_to_lower_case),
    Damage("one article in twelve unread", ("scores.span.f1", "scores.claim_core.f1"), _blind_to_some),
    Damage("some parties never blamed", ("probes.blame by name",), _forgives(("Israel", "Russia", "Hamas", "PKK"))),
    Damage("figures of none lost", ("probes.negation",), _no_zeros),
    Damage("scores that are always high", ("calibration.",), _overconfident),
)
