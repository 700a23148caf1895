"""Errors planted in a copy of annotated documents, by seed, so that the search for errors can be measured."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from annotation.label_quality import QUESTIONS
from tolltrace import scheme
from tolltrace.documents import AnnotatedDocument, DocumentError, Link, Span

WORD = re.compile(r"\w[\w'’-]*")
CLEAR = 40  # characters between planted errors of spans


@dataclass(frozen=True, slots=True)
class Planted:
    """An error that was planted: the range that it touches, in a layer (spans) or at a figure's question (links)."""

    document: str
    kind: str
    of_links: bool
    where: str
    start: int
    end: int


@dataclass
class Draft:
    """A document that errors are planted in; every change keeps it valid."""

    annotated: AnnotatedDocument
    planted: list[Planted] = field(default_factory=list)

    def clear(self, start: int, end: int) -> bool:
        return all(end + CLEAR <= p.start or p.end + CLEAR <= start for p in self.planted)

    def replace_span(self, kind: str, old: Span | None, new: Span | None) -> bool:
        """Put ``new`` in the place of ``old``; links that the scheme no longer allows go with it."""
        touched = [span for span in (old, new) if span]
        start, end = min(s.start for s in touched), max(s.end for s in touched)
        if not self.clear(start, end):
            return False
        spans = [s for s in self.annotated.spans if s != old] + ([new] if new else [])
        links = []
        for link in self.annotated.links:
            head, tail = (new if side == old else side for side in (link.head, link.tail))
            if head and tail and link.label in scheme.links_between(head.label, tail.label):
                links.append(Link(head, link.label, tail))
        return self._take(spans, links, Planted(self.annotated.id, kind, False, touched[0].layer, start, end))

    def replace_link(self, kind: str, old: Link, new: Link | None) -> bool:
        ends = {old.head, old.tail} | ({new.tail} if new else set())
        question = next(q for q, links in QUESTIONS.items() if scheme.LINK_NAMES.index(old.label) in links)
        planted = Planted(self.annotated.id, kind, True, question, old.head.start, old.head.end)
        spoiled = [p for p in self.planted if not p.of_links]
        if any(p.start < s.end and s.start < p.end for p in spoiled for s in ends):
            return False
        if any((p.of_links, p.where, p.start) == (True, question, planted.start) for p in self.planted):
            return False
        links = [k for k in self.annotated.links if k != old] + ([new] if new else [])
        return self._take(self.annotated.spans, links, planted)

    def _take(self, spans: Sequence[Span], links: Sequence[Link], planted: Planted) -> bool:
        try:
            self.annotated = AnnotatedDocument(self.annotated.document, tuple(spans), tuple(links))
        except DocumentError:
            return False
        self.planted.append(planted)
        return True


def swap_label(draft: Draft, span: Span, rng: random.Random) -> bool:
    others = [n for n in scheme.layer_labels(span.layer) if n != span.label and {n, span.label} != {"COUNT", "TOTAL"}]
    return bool(others) and draft.replace_span("label swapped", span, Span(span.start, span.end, rng.choice(others)))


def swap_figure(draft: Draft, span: Span, rng: random.Random) -> bool:
    if span.label not in scheme.COUNT_LABELS:
        return False
    other = next(name for name in scheme.COUNT_LABELS if name != span.label)
    return draft.replace_span("COUNT and TOTAL swapped", span, Span(span.start, span.end, other))


def move_border(draft: Draft, span: Span, rng: random.Random) -> bool:
    """One word more or less, at either end."""
    words = [w.span() for w in WORD.finditer(draft.annotated.text)]
    starts, ends = [w[0] for w in words], [w[1] for w in words]
    if span.start not in starts or span.end not in ends:
        return False
    first, last = starts.index(span.start), ends.index(span.end)
    ranges = [(first - 1, last), (first + 1, last), (first, last - 1), (first, last + 1)]
    ranges = [(a, b) for a, b in ranges if 0 <= a <= b < len(words)]
    if not ranges:
        return False
    a, b = rng.choice(ranges)
    return draft.replace_span("border moved", span, Span(starts[a], ends[b], span.label))


def remove_span(draft: Draft, span: Span, rng: random.Random) -> bool:
    return draft.replace_span("span removed", span, None)


def invent_span(draft: Draft, near: Span, rng: random.Random) -> bool:
    """A span over one to three words behind the given one."""
    words = [w.span() for w in WORD.finditer(draft.annotated.text, near.end) if w.end() - w.start() > 3][:30]
    if not words:
        return False
    first = rng.randrange(len(words))
    start, end = words[first][0], words[min(first + rng.randrange(3), len(words) - 1)][1]
    if "\n" in draft.annotated.text[start:end] or end - start > 40:
        return False
    label = rng.choice([name for name in scheme.LABEL_NAMES if name not in scheme.COUNT_LABELS])
    return draft.replace_span("span invented", None, Span(start, end, label))


def remove_link(draft: Draft, link: Link, rng: random.Random) -> bool:
    return draft.replace_link("link removed", link, None)


def move_link(draft: Draft, link: Link, rng: random.Random) -> bool:
    """To one of the three nearest spans with the tail's label."""
    linked = {k.tail for k in draft.annotated.links if k.head == link.head}
    others = [s for s in draft.annotated.spans if s.label == link.tail.label and s != link.head and s not in linked]
    others.sort(key=lambda s: abs(s.start - link.head.start))
    if not others:
        return False
    return draft.replace_link("link moved", link, Link(link.head, link.label, rng.choice(others[:3])))


def rename_link(draft: Draft, link: Link, rng: random.Random) -> bool:
    others = [n for n in scheme.links_between(link.head.label, link.tail.label) if n != link.label]
    return bool(others) and draft.replace_link("link renamed", link, Link(link.head, rng.choice(others), link.tail))


SPAN_ERRORS = (swap_label, swap_figure, move_border, remove_span, invent_span)
LINK_ERRORS = (remove_link, move_link, rename_link)


def plant(documents: Sequence[AnnotatedDocument], share: float, seed: int) -> list[Draft]:
    """Copies of the documents with errors in ``share`` of their spans and of their links, equally many of each kind (as
    far as there are places for it). The copies keep the rules of the scheme, as annotation that passed its checks."""
    rng = random.Random(seed)
    drafts = [Draft(annotated) for annotated in documents]
    _spread(drafts, SPAN_ERRORS, lambda draft: draft.annotated.spans, share, rng)
    _spread(drafts, LINK_ERRORS, lambda draft: draft.annotated.links, share, rng)
    return drafts


def _spread(
    drafts: Sequence[Draft],
    errors: Sequence[Callable[[Draft, Any, random.Random], bool]],
    items: Callable[[Draft], Sequence[Any]],
    share: float,
    rng: random.Random,
) -> None:
    total = sum(len(items(draft)) for draft in drafts)
    for number, error in enumerate(errors):
        wanted = round(total * share * (number + 1) / len(errors)) - round(total * share * number / len(errors))
        pool = [(draft, item) for draft in drafts for item in items(draft)]
        rng.shuffle(pool)
        for draft, item in pool:
            if not wanted:
                break
            wanted -= item in items(draft) and error(draft, item, rng)
