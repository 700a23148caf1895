"""An annotated article for the terminal: spans in the colours of their layers, each followed by its label."""

from __future__ import annotations

from itertools import pairwise

from rich.text import Text

from tolltrace import scheme
from tolltrace.documents import AnnotatedDocument, Span

STYLES = {"entities": "cyan", "casualties": "bold red", "means": "yellow", "attribution": "green"}


def legend() -> Text:
    """Which colour stands for which layer."""
    parts = [Text(", ".join(scheme.layer_labels(layer)), style=STYLES[layer]) for layer in scheme.LAYERS]
    return Text("  ").join(parts)


def highlighted(annotated: AnnotatedDocument) -> Text:
    """The article with its spans. Characters that a terminal would act on are shown as a box."""
    text = Text()
    borders = sorted({0, len(annotated.text), *(s.start for s in annotated.spans), *(s.end for s in annotated.spans)})
    waiting = list(reversed(annotated.spans))
    around: list[Span] = []
    for start, end in pairwise(borders):
        around = [span for span in around if span.end > start]
        while waiting and waiting[-1].start == start:
            around.append(waiting.pop())
        words = "".join(char if char.isprintable() or char == "\n" else "□" for char in annotated.text[start:end])
        text.append(words, _style(around))
        for span in sorted((s for s in around if s.end == end), reverse=True):
            text.append(f" {span.label} ", f"reverse {STYLES[span.layer]}")
    return text


def _style(around: list[Span]) -> str:
    """The innermost span gives the colour; an underline says that it lies in another one."""
    if not around:
        return ""
    innermost = min(around, key=lambda span: span.end - span.start)
    return STYLES[innermost.layer] + (" underline" if len(around) > 1 else "")
