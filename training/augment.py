"""Variants of training articles: names and numbers swapped alike throughout, noise of case and layout, articles mixed.

Chance comes from numpy's global generator, whose state the Trainer keeps in its checkpoints.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from tolltrace import scheme
from tolltrace.documents import AnnotatedDocument, Document, DocumentError, Link, Span
from training.config import AugmentConfig

NAME = re.compile(r"[A-Z][\w'’-]+(?: (?:(?:of|al|and|the) )*[A-Z][\w'’-]+)*")
NUMBER = re.compile(r"(?<![\d.,])[1-9]\d?(?![\d.,])")
SWAPPED = ("ACTOR", "LOCATION", "SOURCE")
FURNITURE = (
    "Share this article",
    "Read more",
    "Advertisement",
    "Follow us on Twitter",
    "Photo: archive",
    "Print | Email",
)
# Commas are what scraped news loses most, and with them the borders between names.
NOISE_CHANCES = (0.15, 0.15, 0.15, 0.15, 0.4)
Edit = tuple[int, int, str]
Transform = Callable[[dict[str, list[Any]]], dict[str, list[Any]]]


@dataclass(frozen=True)
class Augmenter:
    """Makes variants of the training articles; names to swap in are taken from the other articles."""

    documents: Sequence[AnnotatedDocument]
    config: AugmentConfig

    @cached_property
    def names(self) -> Mapping[str, list[str]]:
        """Names of the articles by their kind, as often as they stand."""
        names: dict[str, list[str]] = defaultdict(list)
        for annotated in self.documents:
            for span in annotated.spans:
                if span.label in SWAPPED and NAME.fullmatch(words := annotated.text_of(span)):
                    names[_kind(span.label, words)].append(words)
        return names

    def vary(self, annotated: AnnotatedDocument) -> AnnotatedDocument:
        """The article, or a variant of it; each kind of change happens by its own chance."""
        changes: tuple[tuple[float, Callable[[AnnotatedDocument], AnnotatedDocument]], ...] = (
            (self.config.swap, self.swap),
            (self.config.mix, self.mix),
            (self.config.noise, noise),
        )
        for chance, change in changes:
            if np.random.random() < chance:
                annotated = change(annotated)
        return annotated

    def swap(self, annotated: AnnotatedDocument) -> AnnotatedDocument:
        """Half of the names replaced by others of their kind, each alike throughout, and small figures by others."""
        new: dict[str, str] = {}
        for span in annotated.spans:
            words = annotated.text_of(span)
            if span.label in SWAPPED and words not in new and NAME.fullmatch(words):
                others = self.names[_kind(span.label, words)]
                new[words] = others[np.random.randint(len(others))] if np.random.random() < 0.5 else words
        edits: list[Edit] = []
        if new:
            known = "|".join(sorted(map(re.escape, new), key=len, reverse=True))
            for found in re.finditer(rf"(?<!\w)(?:{known})(?!\w)", annotated.text):
                edits.append((found.start(), found.end(), new[found[0]]))
        for span in annotated.spans:
            if span.label in scheme.COUNT_LABELS:
                for found in NUMBER.finditer(annotated.text, span.start, span.end):
                    if int(found[0]) > 1:
                        number = max(2, round(int(found[0]) * np.random.uniform(0.4, 2.5)))
                        edits.append((found.start(), found.end(), str(number)))
        return edited(annotated, edits)

    def mix(self, annotated: AnnotatedDocument) -> AnnotatedDocument:
        """The first paragraphs of this article, and behind them the last ones of another."""
        other = self.documents[np.random.randint(len(self.documents))]
        try:
            return joined(cut(annotated, 0, _middle(annotated.text)), cut(other, _middle(other.text), len(other.text)))
        except DocumentError:  # the cut would part a figure from its only harm word
            return annotated


def _kind(label: str, words: str) -> str:
    """Names are swapped for names of their length, abbreviations for abbreviations."""
    return f"{label} {'abbreviation' if words.isupper() else min(len(words.split()), 3)}"


def _middle(text: str) -> int:
    """A line's end in the middle third; without one the text's end."""
    ends = [m.end() for m in re.finditer(r"\n+", text) if len(text) / 3 < m.end() < len(text) * 2 / 3]
    return ends[np.random.randint(len(ends))] if ends else len(text)


def cut(annotated: AnnotatedDocument, start: int, end: int) -> AnnotatedDocument:
    """The part of an article between two offsets, with the spans and links that lie in it whole."""
    moved = {
        s: replace(s, start=s.start - start, end=s.end - start, id="")
        for s in annotated.spans
        if start <= s.start and s.end <= end
    }
    links = (k for k in annotated.links if k.head in moved and k.tail in moved)
    return AnnotatedDocument(
        Document(annotated.id, annotated.text[start:end]), tuple(moved.values()), _moved_links(links, moved)
    )


def joined(first: AnnotatedDocument, second: AnnotatedDocument) -> AnnotatedDocument:
    """Two articles as one, under the first one's id."""
    shift = len(first.text) + 1
    moved = {s: replace(s, start=s.start + shift, end=s.end + shift) for s in second.spans}
    return AnnotatedDocument(
        Document(first.id, f"{first.text}\n{second.text}"),
        (*first.spans, *moved.values()),
        (*first.links, *_moved_links(second.links, moved)),
    )


def noise(annotated: AnnotatedDocument) -> AnnotatedDocument:
    """One of: all in small letters, the first line in capitals, lines of page furniture, apostrophes or commas lost."""
    text, way = annotated.text, np.random.choice(5, p=NOISE_CHANCES)
    if way == 0:
        return replace(annotated, document=Document(annotated.id, _recased(text, str.lower)))
    if way == 1:
        line = text.find("\n") + 1
        return replace(annotated, document=Document(annotated.id, _recased(text[:line], str.upper) + text[line:]))
    edits: list[Edit] = []
    if way == 2:
        for found in re.finditer(r"(?<=\n)(?=\S)", text):
            inside = any(s.start < found.start() < s.end for s in annotated.spans)
            if np.random.random() < 0.25 and not inside:
                words = FURNITURE[np.random.randint(len(FURNITURE))]
                edits.append((found.start(), found.start(), f"{words}\n"))
    elif way == 3:
        edits = [(m.start(), m.end(), "") for m in re.finditer(r"['’]", text)]
    else:
        edits = [(m.start(), m.end(), " ") for m in re.finditer(r", ", text)]
    return edited(annotated, edits)


def _recased(text: str, change: Callable[[str], str]) -> str:
    """Letters changed one by one, but for those that would become two: offsets stay."""
    return "".join(new if len(new := change(char)) == 1 else char for char in text)


def edited(annotated: AnnotatedDocument, edits: Iterable[Edit]) -> AnnotatedDocument:
    """The article with ranges of its text replaced; what is inserted at a span's border stays outside the span. An
    edit that would cross a span's border, or remove words at one, is left out."""
    borders = sorted({offset for s in annotated.spans for offset in (s.start, s.end)})
    out: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    shifts = [0]
    at = 0
    for start, end, words in sorted(edits):
        crosses = start < end and bisect_right(borders, start) < bisect_left(borders, end)
        removes = not words and (start in borders or end in borders)
        if start < at or crosses or removes:
            continue
        out += [annotated.text[at:start], words]
        at = end
        starts.append(start)
        ends.append(end)
        shifts.append(shifts[-1] + len(words) - (end - start))
    out.append(annotated.text[at:])

    def moved(offset: int, closes: bool) -> int:
        place = bisect_right(ends, offset)
        while closes and place and starts[place - 1] == offset:
            place -= 1
        return offset + shifts[place]

    spans = {s: replace(s, start=moved(s.start, False), end=moved(s.end, True)) for s in annotated.spans}
    return AnnotatedDocument(
        Document(annotated.id, "".join(out)), tuple(spans.values()), _moved_links(annotated.links, spans)
    )


def _moved_links(links: Iterable[Link], moved: Mapping[Span, Span]) -> tuple[Link, ...]:
    return tuple(Link(moved[k.head], k.label, moved[k.tail]) for k in links)


def transform(augmenter: Augmenter, encode: Callable[[AnnotatedDocument], dict[str, Any] | None]) -> Transform:
    """For :meth:`datasets.Dataset.set_transform`: rows of variants in place of the articles' own, made anew each time
    they are read. ``encode`` gives an article's row, or None where it has no tokens."""
    by_id = {annotated.id: annotated for annotated in augmenter.documents}

    def vary(rows: dict[str, list[Any]]) -> dict[str, list[Any]]:
        if "tokens" not in rows:  # the Trainer looks at the lengths alone
            return rows
        result = {key: list(values) for key, values in rows.items()}
        for place, name in enumerate(rows["id"]):
            variant = augmenter.vary(by_id[name])
            row = encode(variant) if variant is not by_id[name] else None
            for key, value in (row or {}).items():
                result[key][place] = value
        return result

    return vary
