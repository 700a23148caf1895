"""A text with marks as a fragment of HTML, in which marks that nest and marks that cross can all be seen.

Nested marks are nested elements: the innermost tints the words, every mark has its own line below them, the outermost
lowest. Where two marks cross, the later one goes on in a second element; only a mark's first piece has its left edge,
so that two touching marks do not look like one.

The text stands in the fragment as it is: without its tags and with its entities resolved it is the text again. Nothing
in it is ever markup. Characters that would reorder what stands around them (embeddings, overrides and isolates), and
those that no browser shows, stand in boxes of their own that show their code and keep their effect inside.

A page adds :data:`STYLE` to its style sheet, sets ``color-scheme`` on its root (``light``, ``dark`` or ``light dark``),
and, for lists of links, runs :data:`SCRIPT`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from importlib import resources

from tolltrace import scheme
from tolltrace.documents import AnnotatedDocument
from tolltrace.jsonlines import with_ids
from tolltrace.writing import colours

LOWEST, HIGHEST = 4, 2
"""The lines of marks with more levels inside, and the names of marks with more that begin with them, coincide."""
UNSEEN = re.compile("[\u202a-\u202e\u2066-\u2069\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|\r\n|[\r\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Mark:
    """Words to mark, ``[start, end)`` of the text in code points.

    ``label``: one of the scheme has its colour, another one is grey. ``classes``: of the page's own style, or of
    :data:`STYLE`: ``tt-named`` shows the label beside the words, ``tt-quiet`` leaves the line alone. ``title``: shown
    when pointed at. ``id``: what a list of links names it by; several marks of a page may share one.
    """

    start: int
    end: int
    label: str
    classes: tuple[str, ...] = ()
    title: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Arrow:
    """A link as a line of a list: the ids of the marks at its ends and their words, its label between them."""

    head: str
    label: str
    tail: str
    head_words: str
    tail_words: str
    classes: tuple[str, ...] = ()
    title: str = ""


@dataclass(slots=True)
class _Piece:
    """An element that is open: where in the output its tag comes, how many marks nest in it so far, and how many of
    those begin where it does, so that their names would stand in one place."""

    mark: Mark
    start: int
    place: int
    height: int = 0
    lift: int = 0


def marked(text: str, marks: Iterable[Mark]) -> str:
    """A ``div`` of class ``tt-text``. Marks of one range nest in the order given. Raises ValueError for a mark that is
    empty or reaches out of the text."""
    starting: dict[int, list[Mark]] = defaultdict(list)
    borders = {0, len(text)}
    for mark in marks:
        if not 0 <= mark.start < mark.end <= len(text):
            raise ValueError(f"{mark} must satisfy 0 <= start < end <= {len(text)}, the text's length")
        starting[mark.start].append(mark)
        borders |= {mark.start, mark.end}
    out: list[str] = []
    around: list[_Piece] = []
    before = 0
    for border in sorted(borders):
        out.append(escaped(text[before:border]))
        first = next((i for i, piece in enumerate(around) if piece.mark.end == border), len(around))
        cut = [piece.mark for piece in around[first:] if piece.mark.end > border]
        while len(around) > first:
            _close(around, border, out)
        for mark in sorted(cut + starting[border], key=lambda mark: -mark.end):
            around.append(_Piece(mark, border, len(out)))
            out.append("")
        before = border
    return f'<div class="tt-text">{"".join(out)}</div>'


def _close(around: list[_Piece], border: int, out: list[str]) -> None:
    piece = around.pop()
    mark = piece.mark
    classes = ["tt-mark", *mark.classes]
    if mark.label in scheme.LABEL_BY_NAME:
        classes.append(f"tt-{mark.label}")
    if piece.start == mark.start:
        classes.append("tt-begins")
    if border == mark.end:
        classes.append("tt-ends")
    if piece.height:
        classes.append(f"tt-over{min(piece.height, LOWEST)}")
    if piece.lift:
        classes.append(f"tt-lift{min(piece.lift, HIGHEST)}")
    facts = {"class": " ".join(classes), "data-label": mark.label, "data-id": mark.id, "title": mark.title}
    out[piece.place] = f"<mark{_attributes(facts)}>"
    out.append("</mark>")
    if around:
        around[-1].height = max(around[-1].height, piece.height + 1)
        if around[-1].start == piece.start:
            around[-1].lift = piece.lift + 1


def annotated_marks(annotated: AnnotatedDocument, prefix: str = "") -> tuple[list[Mark], list[Arrow]]:
    """All spans and links. ``prefix`` makes ids unique where a page shows several versions of an article."""
    ids = {span: prefix + name for span, name in with_ids(annotated.spans).items()}
    marks = [Mark(span.start, span.end, span.label, title=span.label, id=ids[span]) for span in annotated.spans]
    arrows = [
        Arrow(ids[k.head], k.label, ids[k.tail], annotated.text_of(k.head), annotated.text_of(k.tail))
        for k in annotated.links
    ]
    return marks, arrows


def listed(arrows: Sequence[Arrow]) -> str:
    """A list of links. Pointing at one, or going to it by keyboard, lights up the words at its ends."""
    lines = []
    for arrow in arrows:
        facts = {
            "class": " ".join(["tt-link", *arrow.classes]),
            "data-lights": f"{arrow.head} {arrow.tail}",
            "tabindex": "0",
            "title": arrow.title,
        }
        lines.append(
            f"<li{_attributes(facts)}><bdi>{escaped(arrow.head_words)}</bdi> "
            f"<b>{escape(arrow.label)}</b> <bdi>{escaped(arrow.tail_words)}</bdi></li>"
        )
    return f'<ul class="tt-links">{"".join(lines)}</ul>'


def escaped(text: str) -> str:
    """Text that stands in HTML as text and keeps what it does to the order of letters to itself."""
    return UNSEEN.sub(_boxed, escape(text))


def _boxed(found: re.Match[str]) -> str:
    match found[0]:
        case "\r\n":
            return "&#13;\n"
        case "\r" | "\u2028" | "\u2029" as end:  # a browser takes them for blanks
            return f"&#{ord(end)};<br>"
        case char:
            return f'<bdi class="tt-control" data-code="U+{ord(char):04X}">{char}</bdi>'


def _attributes(facts: dict[str, str]) -> str:
    return "".join(f' {name}="{escape(value)}"' for name, value in facts.items() if value)


def _label_rules() -> str:
    return "\n".join(
        f".tt-{name} {{ --tt-line: {colours.colour(name)}; "
        f"--tt-tint: light-dark({colours.tint(name)}, {colours.tint(name, dark=True)}); "
        f"--tt-ink: light-dark({colours.ink(name)}, {colours.ink(name, dark=True)}); }}"
        for name in scheme.LABEL_NAMES
    )


def _style() -> str:
    sheet = (resources.files("tolltrace.writing") / "page" / "marked.css").read_text(encoding="utf-8")
    return sheet.replace("\r\n", "\n") + _label_rules() + "\n"


STYLE = _style()
SCRIPT = """\
{
  const light = (event, on) => {
    const at = event.target.closest?.("[data-lights]");
    if (!at) return;
    const ids = new Set(at.dataset.lights.split(" "));
    const scope = at.closest(".tt-scope") ?? document;
    for (const mark of scope.querySelectorAll(".tt-mark[data-id]")) {
      if (ids.has(mark.dataset.id)) mark.classList.toggle("tt-lit", on);
    }
  };
  for (const [name, on] of [["mouseover", true], ["mouseout", false], ["focusin", true], ["focusout", false]]) {
    document.addEventListener(name, (event) => light(event, on));
  }
}
"""
"""Lights up, inside the nearest element of class ``tt-scope``, the marks that a ``data-lights`` names."""
