"""Variants of training articles: names, numbers and outlets swapped consistently, noise of case, passages mixed."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from torch.utils.data import Dataset

from tolltrace.documents import AnnotatedDocument, Document, DocumentError, Link, Span

NAME = re.compile(r"[A-Z][\w'’-]+(?: (?:[A-Z][\w'’-]+|of|al|and|the))*(?<! of)(?<! and)(?<! the)|[A-Z]{2,6}")
DIGITS = re.compile(r"\d{1,3}")
FURNITURE = ("Share this article", "Read more", "Advertisement", "Follow us on Twitter", "Listen to this article", "Photo: archive", "Print | E-mail")


class Varied(Dataset):  # type: ignore[type-arg]
    """Rows of :func:`training.dataset.build`, each read as itself or as a fresh variant."""

    def __init__(self, documents: Sequence[AnnotatedDocument], tokenizer: Any, config: Any, train: Any) -> None:
        self.documents, self.tokenizer, self.config = documents, tokenizer, config
        self.kinds = dict(k.split(":") for k in train.augment)
        self.random = random.Random(train.seed)
        from training.dataset import build

        self.build = build
        self.plain = build(documents, tokenizer, config)[0]
        self.lengths = list(self.plain["length"])
        self.pools: dict[str, list[str]] = defaultdict(list)
        for annotated in documents:
            for span in annotated.spans:
                words = annotated.text_of(span)
                if span.label in ("ACTOR", "LOCATION", "SOURCE") and NAME.fullmatch(words):
                    self.pools[kind_of(span.label, words)].append(words)

    def __len__(self) -> int:
        return len(self.documents)

    def __getitem__(self, place: int) -> Any:
        variant = self.vary(place)
        if variant is None:
            return self.plain[place]
        rows = self.build([variant], self.tokenizer, self.config)[0]
        return rows[0] if len(rows) else self.plain[place]

    def vary(self, place: int) -> AnnotatedDocument | None:
        annotated, changed = self.documents[place], False
        for kind, change in (("swap", self.swap), ("mix", self.mix), ("case", self.case)):
            if self.random.random() < float(self.kinds.get(kind, 0)):
                try:
                    annotated, changed = change(annotated), True
                except DocumentError:  # a cut between a figure and its only harm word
                    pass
        return annotated if changed else None

    def swap(self, annotated: AnnotatedDocument) -> AnnotatedDocument:
        new: dict[str, str] = {}
        for span in annotated.spans:
            words = annotated.text_of(span)
            if span.label in ("ACTOR", "LOCATION", "SOURCE") and NAME.fullmatch(words) and words not in new and self.random.random() < 0.5:
                new[words] = self.random.choice(self.pools[kind_of(span.label, words)])
        edits: list[tuple[int, int, str]] = []
        if new:
            pattern = re.compile(r"(?<!\w)(?:" + "|".join(sorted(map(re.escape, new), key=len, reverse=True)) + r")(?!\w)")
            borders = {s.start for s in annotated.spans} | {s.end for s in annotated.spans}
            for found in pattern.finditer(annotated.text):
                if not any(found.start() < b < found.end() for b in borders):
                    edits.append((found.start(), found.end(), new[found[0]]))
        for span in annotated.spans:
            if span.label in ("COUNT", "TOTAL"):
                for found in DIGITS.finditer(annotated.text, span.start, span.end):
                    if found.end() - found.start() <= 2 and int(found[0]) > 1 and annotated.text[found.end() : found.end() + 1] not in (",", ".") and annotated.text[found.start() - 1 : found.start()] not in (",", "."):
                        edits.append((found.start(), found.end(), str(max(2, round(int(found[0]) * self.random.uniform(0.4, 2.5))))))
        return edited(annotated, edits)

    def mix(self, annotated: AnnotatedDocument) -> AnnotatedDocument:
        """Half of the paragraphs, or sentences, of another article behind a part of this one."""
        other = self.documents[self.random.randrange(len(self.documents))]
        a, b = self.cut(annotated, first=True), self.cut(other, first=False)
        text = a.text.rstrip() + "\n" + b.text
        shift = len(a.text.rstrip()) + 1
        moved = {s: replace(s, start=s.start + shift, end=s.end + shift, id="") for s in b.spans}
        links = tuple(Link(moved[k.head], k.label, moved[k.tail]) for k in b.links)
        return AnnotatedDocument(Document(annotated.id, text), a.spans + tuple(moved.values()), a.links + links)

    def cut(self, annotated: AnnotatedDocument, first: bool) -> AnnotatedDocument:
        lines = [m.end() for m in re.finditer(r"\n+", annotated.text)]
        lines = [x for x in lines if len(annotated.text) * 0.3 < x < len(annotated.text) * 0.7]
        at = self.random.choice(lines) if lines else (len(annotated.text) if first else 0)
        if first:
            spans = tuple(s for s in annotated.spans if s.end <= at)
            kept = set(spans)
            return AnnotatedDocument(Document(annotated.id, annotated.text[:at]), spans, tuple(k for k in annotated.links if k.head in kept and k.tail in kept))
        moved = {s: replace(s, start=s.start - at, end=s.end - at) for s in annotated.spans if s.start >= at}
        links = tuple(Link(moved[k.head], k.label, moved[k.tail]) for k in annotated.links if k.head in moved and k.tail in moved)
        return AnnotatedDocument(Document(annotated.id, annotated.text[at:]), tuple(moved.values()), links)

    def case(self, annotated: AnnotatedDocument) -> AnnotatedDocument:
        text = annotated.text
        way = self.random.randrange(3)
        if way == 0:
            text = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
        elif way == 1:
            end = text.find("\n")
            head = text[: max(end, 0)]
            text = "".join(c.upper() if len(c.upper()) == 1 else c for c in head) + text[len(head) :]
        else:
            edits = [(m.start(), m.start(), self.random.choice(FURNITURE) + "\n") for m in re.finditer(r"(?<=\n)(?=\S)", text) if self.random.random() < 0.25]
            return edited(annotated, edits)
        return AnnotatedDocument(Document(annotated.id, text), annotated.spans, annotated.links)


def kind_of(label: str, words: str) -> str:
    return f"{label}-{'short' if words.isupper() else min(len(words.split()), 3)}"


def edited(annotated: AnnotatedDocument, edits: list[tuple[int, int, str]]) -> AnnotatedDocument:
    """The document with ranges of its text replaced; no range crosses a span's border."""
    edits.sort()
    text, at, out, starts, ends = annotated.text, 0, [], [], []
    moves: list[tuple[int, int]] = []
    shift = 0
    for start, end, words in edits:
        if start < at:
            continue
        out += [text[at:start], words]
        at = end
        shift += len(words) - (end - start)
        moves.append((end, shift))
    out.append(text[at:])

    import bisect

    keys = [m[0] for m in moves]

    def moved(offset: int, is_end: bool = False) -> int:
        i = bisect.bisect_right(keys, offset)
        if is_end and edits and i and keys[i - 1] == offset and any(s == e == offset for s, e, _ in edits):
            i -= 1
        return offset + (moves[i - 1][1] if i else 0)

    spans = {s: replace(s, start=moved(s.start), end=moved(s.end, True)) for s in annotated.spans}
    return AnnotatedDocument(
        Document(annotated.id, "".join(out)), tuple(spans.values()), tuple(Link(spans[k.head], k.label, spans[k.tail]) for k in annotated.links)
    )
