"""Documents and their annotations: frozen types that hold every invariant of the scheme.

Gold and predictions are the same types. Scores and ids take no part in equality, so two annotated documents
can be compared span by span and link by link as sets.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tolltrace import scheme

STRAY_EDGES = frozenset(",;:")
SHOWN = 10


class DocumentError(ValueError):
    """A document or annotation that breaks the scheme; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Document:
    """A text as it was given. Offsets everywhere count Unicode code points of ``text``."""

    id: str
    text: str
    metadata: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if not isinstance(self.id, str) or not self.id.strip():
            raise DocumentError(f"document id must be a text with at least one character, not {self.id!r}")
        if not isinstance(self.text, str):
            raise DocumentError(f"document {self.id!r}: text must be a string, not {type(self.text).__name__}")
        lone = next((i for i, c in enumerate(self.text) if "\ud800" <= c <= "\udfff"), None)
        if lone is not None:
            raise DocumentError(f"document {self.id!r}: lone surrogate at offset {lone}: the text is not valid Unicode")


@dataclass(frozen=True, slots=True)
class Mention:
    """Words of the article and where they stand."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A labelled half-open range ``[start, end)`` of a document's text."""

    start: int
    end: int
    label: str
    score: float | None = field(default=None, compare=False)
    id: str = field(default="", compare=False)

    @property
    def layer(self) -> str:
        return scheme.LAYER_OF[self.label]

    def overlaps(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """A statement about the figure ``head`` (a COUNT or TOTAL): ``head label tail``."""

    head: Span
    label: str
    tail: Span
    score: float | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class AnnotatedDocument:
    """A document with its spans and links, sorted; breaks of the scheme raise :class:`DocumentError`."""

    document: Document
    spans: tuple[Span, ...] = ()
    links: tuple[Link, ...] = ()

    def __post_init__(self) -> None:
        problems = find_problems(self.document.text, self.spans, self.links)
        if problems:
            rest = [f"and {len(problems) - SHOWN} more"] if len(problems) > SHOWN else []
            raise DocumentError(f"document {self.document.id!r}: " + "; ".join(problems[:SHOWN] + rest))
        object.__setattr__(self, "spans", tuple(sorted(self.spans)))
        object.__setattr__(self, "links", tuple(sorted(self.links)))

    @property
    def id(self) -> str:
        return self.document.id

    @property
    def text(self) -> str:
        return self.document.text

    def text_of(self, span: Span) -> str:
        return self.document.text[span.start : span.end]


def find_problems(text: str, spans: Iterable[Span], links: Iterable[Link]) -> list[str]:
    """Every break of the scheme in these spans and links, each as a sentence that names the span or link."""
    spans, links = list(spans), list(links)
    problems = [problem for span in spans if (problem := _span_problem(text, span))]
    if problems:  # what follows needs spans that can be sliced and have a layer
        return problems
    return _overlap_problems(text, spans) + _link_problems(text, spans, links)


def describe(text: str, span: Span) -> str:
    """A span for an error message: id, label, offsets and its words."""
    words = text[max(span.start, 0) : max(span.end, 0)]
    name = f"{span.id} " if span.id else ""
    return f"span {name}{span.label} [{span.start}, {span.end}) {words[:60]!r}"


def _is_offset(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _span_problem(text: str, span: Span) -> str | None:
    if span.label not in scheme.LAYER_OF:
        return f"span {span.id} has the unknown label {span.label!r}; known: {', '.join(scheme.LABEL_NAMES)}"
    if not (_is_offset(span.start) and _is_offset(span.end)):
        return f"span {span.id} {span.label} has offsets {span.start!r}, {span.end!r}: they must be whole numbers"
    if not 0 <= span.start < span.end <= len(text):
        return (
            f"span {span.id} {span.label} [{span.start}, {span.end}) must satisfy "
            f"0 <= start < end <= {len(text)}, the text's length"
        )
    words = text[span.start : span.end]
    if words != words.strip():
        return f"{describe(text, span)} starts or ends with white space"
    if words[0] in STRAY_EDGES or words[-1] in STRAY_EDGES:
        return f"{describe(text, span)} starts or ends with punctuation"
    if problem := _score_problem(span.score):
        return f"{describe(text, span)} {problem}"
    return None


def _score_problem(score: float | None) -> str | None:
    if score is None:
        return None
    if isinstance(score, bool) or not isinstance(score, int | float) or not 0 <= score <= 1:
        return f"has the score {score!r}: it must be a number from 0 to 1"
    return None


def _overlap_problems(text: str, spans: list[Span]) -> list[str]:
    problems = []
    by_layer: dict[str, list[Span]] = defaultdict(list)
    for span in sorted(spans):
        by_layer[span.layer].append(span)
    for layer, members in by_layer.items():
        for i, left in enumerate(members):
            for right in members[i + 1 :]:
                if right.start >= left.end:
                    break
                problems.append(f"{describe(text, left)} and {describe(text, right)} overlap in layer {layer}")
    for name, times in Counter(span.id for span in spans if span.id).items():
        if times > 1:
            problems.append(f"{times} spans have the id {name!r}: ids must be unique in a document")
    return problems


def _link_problems(text: str, spans: list[Span], links: list[Link]) -> list[str]:
    problems = []
    known = set(spans)
    tails: dict[tuple[Span, str], list[Span]] = defaultdict(list)
    for link in links:
        problem = _link_problem(link, known)
        if problem is None and link.tail in tails[link.head, link.label]:
            problem = "stated twice"
        if problem is None:
            tails[link.head, link.label].append(link.tail)
        else:
            problems.append(f"link {describe(text, link.head)} {link.label} {describe(text, link.tail)}: {problem}")
    for span in sorted(spans):
        if span.label not in scheme.COUNT_LABELS:
            continue
        for rule in scheme.LINKS:
            number = len(tails[span, rule.name])
            if rule.at_most is not None and number > rule.at_most:
                problems.append(
                    f"{describe(text, span)} has {number} {rule.name} links, at most {rule.at_most} allowed"
                )
            if number < rule.at_least:
                problems.append(f"{describe(text, span)} has no {rule.name} link, and needs one")
    for name in ("part_of", "updates"):
        problems += _cycle_problems(text, name, {h: t[0] for (h, label), t in tails.items() if label == name and t})
    return problems


def _link_problem(link: Link, known: set[Span]) -> str | None:
    if link.label not in scheme.LINK_BY_NAME:
        return f"unknown link label; known: {', '.join(scheme.LINK_NAMES)}"
    if link.head not in known or link.tail not in known:
        return "both ends must be spans of the document"
    if link.head == link.tail:
        return "a figure cannot be linked to itself"
    if link.head.label not in scheme.COUNT_LABELS or link.tail.label not in scheme.LINK_BY_NAME[link.label].tails:
        return f"{link.label} runs from COUNT or TOTAL to {' or '.join(scheme.LINK_BY_NAME[link.label].tails)}"
    return _score_problem(link.score)


def _cycle_problems(text: str, name: str, onward: dict[Span, Span]) -> list[str]:
    problems = []
    settled: set[Span] = set()
    for first in onward:
        path: list[Span] = []
        here: Span | None = first
        while here is not None and here not in settled and here not in path:
            path.append(here)
            here = onward.get(here)
        if here is not None and here in path:
            problems.append(f"{describe(text, here)} is linked by {name} to itself in a circle")
        settled.update(path)
    return problems
