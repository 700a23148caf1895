"""Changes that leave what an article says as it was: what the system read rightly before, it must read rightly after.

Articles with gold are changed by ``training.augment.edited``, which moves the gold along. A case is a claim whose core
(figure, harm, victim) was right in the article as it was; it fails where it is not right in the changed one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Sequence

import numpy as np

from tolltrace.documents import AnnotatedDocument, Document
from training import metrics
from training.augment import FURNITURE, Edit, cut, edited
from training.probes.result import Failure, ProbeResult
from training.systems import System

Change = Callable[[AnnotatedDocument, np.random.Generator], AnnotatedDocument]
TYPO_RATE = 0.04  # of the words of five letters and more that no span holds
CONTEXT = 120


def lower_case(annotated: AnnotatedDocument, _: np.random.Generator) -> AnnotatedDocument:
    text = "".join(low if len(low := char.lower()) == 1 else char for char in annotated.text)
    return AnnotatedDocument(Document(annotated.id, text), annotated.spans, annotated.links)


def typos(annotated: AnnotatedDocument, generator: np.random.Generator) -> AnnotatedDocument:
    """Two neighbouring letters swapped in some words outside of spans: a reader would not even notice."""
    edits: list[Edit] = []
    for found in re.finditer(r"\b[a-z]{5,}\b", annotated.text):
        held = any(span.start < found.end() and found.start() < span.end for span in annotated.spans)
        if not held and generator.random() < TYPO_RATE * 5:
            at = found.start() + int(generator.integers(1, len(found[0]) - 2))
            edits.append((at, at + 2, annotated.text[at + 1] + annotated.text[at]))
    return edited(annotated, edits)


def furniture(annotated: AnnotatedDocument, generator: np.random.Generator) -> AnnotatedDocument:
    """Lines of page furniture between the paragraphs."""
    edits: list[Edit] = []
    for found in re.finditer(r"(?<=\n)(?=\S)", annotated.text):
        inside = any(span.start < found.start() < span.end for span in annotated.spans)
        if not inside and generator.random() < 0.5:
            edits.append((found.start(), found.start(), f"{generator.choice(FURNITURE)}\n"))
    return edited(annotated, edits)


def lost_commas(annotated: AnnotatedDocument, _: np.random.Generator) -> AnnotatedDocument:
    return edited(annotated, [(m.start(), m.end(), " ") for m in re.finditer(r", ", annotated.text)])


def typographic(annotated: AnnotatedDocument, _: np.random.Generator) -> AnnotatedDocument:
    """Straight quotes and hyphens by their typographic brothers."""
    text = annotated.text.translate({ord("'"): "’", ord('"'): "”"})
    return AnnotatedDocument(Document(annotated.id, text), annotated.spans, annotated.links)


def truncated(annotated: AnnotatedDocument, _: np.random.Generator) -> AnnotatedDocument:
    """The article without its last third, cut at a line's end."""
    ends = [found.end() for found in re.finditer(r"\n", annotated.text) if found.end() <= 2 * len(annotated.text) / 3]
    end = max(ends, default=len(annotated.text))
    whole = all(link.tail.end <= end for link in annotated.links if link.head.end <= end)
    return cut(annotated, 0, end) if whole else annotated


CHANGES: dict[str, tuple[Change, str]] = {
    "lower case": (lower_case, "form"),
    "typos": (typos, "form"),
    "page furniture": (furniture, "form"),
    "lost commas": (lost_commas, "form"),
    "typographic quotes": (typographic, "form"),
    "truncation": (truncated, "form"),
}


def run(system: System, gold: Sequence[AnnotatedDocument], seed: int = 0) -> list[ProbeResult]:
    """A result for each change, over all claims of ``gold`` that the system reads rightly without it."""
    before = [_right(g, p) for g, p in zip(gold, system.read([a.document for a in gold]), strict=True)]
    results = []
    for name, (change, kind) in CHANGES.items():
        generator = np.random.default_rng(seed)
        changed = [change(annotated, generator) for annotated in gold]
        read = system.read([a.document for a in changed])
        result = ProbeResult(name, kind)
        for old, new, found, was_right in zip(gold, changed, read, before, strict=True):
            if new.text == old.text:
                continue
            still = _right(new, found)
            for number, place in enumerate(_figures(new)):
                if number in was_right:
                    result.add(None if number in still else _failure(new, found, place))
        results.append(result)
    return results


def _figures(annotated: AnnotatedDocument) -> list[tuple[int, int]]:
    return [metrics.place(span) for span in annotated.spans if span.label in ("COUNT", "TOTAL")]


def _cores(annotated: AnnotatedDocument) -> dict[Hashable, Hashable]:
    return {core[0]: core for core in metrics.claims(annotated)[0] if isinstance(core, tuple)}


def _right(gold: AnnotatedDocument, predicted: AnnotatedDocument) -> set[int]:
    """Numbers, in order of the text, of gold's figures whose claims have the right core."""
    wanted, found = _cores(gold), _cores(predicted)
    return {n for n, place in enumerate(_figures(gold)) if found.get(place) == wanted[place]}


def _failure(gold: AnnotatedDocument, found: AnnotatedDocument, place: tuple[int, int]) -> Failure:
    start, end = place
    around = gold.text[max(start - CONTEXT, 0) : end + CONTEXT]
    read = _cores(found).get(place)
    return Failure(around, _core_told(gold, _cores(gold)[place]), _core_told(found, read) if read else "no claim")


def _core_told(annotated: AnnotatedDocument, core: Hashable) -> str:
    if not isinstance(core, tuple):
        return "no claim"
    (start, end), harms, victims = core
    words = [annotated.text[s:e] for _, (s, e) in ((None, v) for v in victims)]
    return f"{annotated.text[start:end]!r}, {' and '.join(sorted(harms))}, victim {' and '.join(words) or 'none'}"
