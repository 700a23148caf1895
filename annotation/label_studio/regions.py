"""Spans and links to Label Studio's regions and relations, and back.

The server checks nothing: what comes back is read here as data from strangers, and every break of the scheme is told.
Offsets count code points of the task's text (``tasks.Shown``); the words that a region carries are never trusted. Two
links between the same spans are one relation with two names, for the interface holds one relation a pair.
"""

from __future__ import annotations

import reprlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from annotation.label_studio.tasks import Shown, shown
from annotation.labelling_config import NOTE, TEXT, tag_of
from tolltrace import jsonlines, scheme
from tolltrace.documents import STRAY_EDGES, AnnotatedDocument, Document, DocumentError, Link, Span, find_problems

# What may stand at the end of a region by a slip of the mouse.
LOOSE = "".join(sorted(STRAY_EDGES))
_BRIEF = reprlib.Repr()
_BRIEF.maxlevel, _BRIEF.maxdict, _BRIEF.maxlist, _BRIEF.maxstring, _BRIEF.maxother, _BRIEF.maxlong = 3, 8, 4, 60, 60, 24


@dataclass(frozen=True, slots=True)
class Reading:
    """What an annotation says, or why it says nothing. ``note``: what the annotator wrote beside it. ``trimmed``: how
    many regions had white space or a comma at their edges, which was taken off."""

    annotated: AnnotatedDocument | None
    problems: tuple[str, ...] = ()
    note: str = ""
    trimmed: int = 0


def to_result(annotated: AnnotatedDocument) -> list[dict[str, Any]]:
    """The ``result`` of an annotation or a prediction: a region a span, a relation a pair of linked spans."""
    view = shown(annotated.text)
    ids = jsonlines.with_ids(annotated.spans)
    result: list[dict[str, Any]] = []
    for span in annotated.spans:
        start, end = view.to_shown(span.start), view.to_shown(span.end)
        value = {"start": start, "end": end, "text": view.text[start:end], "labels": [span.label]}
        region = {"id": ids[span], "from_name": tag_of(span.label), "to_name": TEXT, "type": "labels", "value": value}
        result.append(region if span.score is None else {**region, "score": round(span.score, 4)})
    names: dict[tuple[Span, Span], list[str]] = defaultdict(list)
    for link in annotated.links:
        names[link.head, link.tail].append(link.label)
    for (head, tail), labels in names.items():
        relation = {"type": "relation", "from_id": ids[head], "to_id": ids[tail], "direction": "right"}
        # A name that the two labels leave no choice of stays away: names cover each other on the screen.
        settled = len(scheme.links_between(head.label, tail.label)) == 1
        result.append(relation if settled else {**relation, "labels": labels})
    return result


def from_result(document: Document, result: Any, origin: Shown | None = None) -> Reading:
    """Read one annotation of ``document``. ``origin``: the text as the task shows it, where it is known already."""
    reader = _Reader(document, origin or shown(document.text))
    if not isinstance(result, list):
        return Reading(None, (f"the result must be a list, not {type(result).__name__}",))
    items = list(reader.items(result))
    for kind, item in items:
        if kind == "labels":
            reader.region(item)
    for kind, item in items:
        if kind == "relation":
            reader.relation(item)
    problems = reader.problems or find_problems(document.text, reader.spans.values(), reader.links)
    if problems:
        return Reading(None, tuple(problems), reader.note, reader.trimmed)
    annotated = AnnotatedDocument(document, tuple(reader.spans.values()), tuple(reader.links))
    return Reading(annotated, (), reader.note, reader.trimmed)


@dataclass
class _Reader:
    document: Document
    view: Shown
    spans: dict[str, Span] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    note: str = ""
    trimmed: int = 0
    broken: set[str] = field(default_factory=set)

    def items(self, result: list[Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for number, item in enumerate(result, 1):
            kind = item.get("type") if isinstance(item, Mapping) else None
            if kind in ("labels", "relation"):
                yield kind, item
            elif kind == "textarea" and item.get("from_name") == NOTE:
                self._take_note(item.get("value"), item)
            else:
                self.problems.append(f"item {number} is no region, relation or note of ours: {_short(item)}")

    def _take_note(self, value: Any, item: Mapping[str, Any], about: str = "") -> None:
        texts = value.get("text") if isinstance(value, Mapping) else None
        texts = [texts] if isinstance(texts, str) else texts
        if isinstance(texts, list) and all(isinstance(text, str) for text in texts):
            self.note = "\n".join([*filter(None, [self.note]), *(f"{about}{text}" for text in texts)])
        else:
            self.problems.append(f"the note is no text: {_short(item)}")

    def region(self, item: Mapping[str, Any]) -> None:
        name = item.get("id")
        try:
            if not isinstance(name, str) or not name or not _is_unicode(name):
                raise DocumentError(f"region without an id: {_short(item)}")
            if name in self.spans or name in self.broken:
                raise DocumentError(f"two regions have the id {_short(name)}")
            self.spans[name] = self._span(name, item)
        except DocumentError as problem:
            self.problems.append(str(problem))
            if isinstance(name, str):
                self.broken.add(name)
        meta = item.get("meta")
        if isinstance(meta, Mapping) and "text" in meta:  # what the interface takes down about a single region
            span = self.spans.get(name) if isinstance(name, str) else None
            self._take_note(meta, item, f"{self._called(span)}: " if span else "")

    def _span(self, name: str, item: Mapping[str, Any]) -> Span:
        value = item.get("value")
        if item.get("to_name") != TEXT or not isinstance(value, Mapping):
            raise DocumentError(f"region {_short(name)} has no value, or lies over something else than the text")
        labels = value.get("labels")
        if not isinstance(labels, list) or len(labels) != 1 or not isinstance(labels[0], str):
            raise DocumentError(f"region {_short(name)} must have one label, not {_short(labels)}")
        if labels[0] not in scheme.LAYER_OF:
            raise DocumentError(f"region {_short(name)} has the unknown label {_short(labels[0])}")
        start, end = value.get("start"), value.get("end")
        if type(start) is not int or type(end) is not int:  # bool is an int, and no offset
            raise DocumentError(
                f"region {_short(name)} {labels[0]} has offsets {_short(start)}, {_short(end)}: they must be whole "
                "numbers"
            )
        text = self.view.text
        if not 0 <= start < end <= len(text):
            raise DocumentError(
                f"region {_short(name)} {labels[0]} [{_short(start)}, {_short(end)}) must satisfy "
                f"0 <= start < end <= {len(text)}, the text's length"
            )
        score = item.get("score")
        if score is not None and not (type(score) in (int, float) and 0 <= score <= 1):
            raise DocumentError(f"region {_short(name)} has the score {_short(score)}: it must be a number from 0 to 1")
        tight_start, tight_end = _tight(text, start, end)
        if tight_start >= tight_end:
            raise DocumentError(
                f"region {_short(name)} {labels[0]} [{start}, {end}) holds no words: {text[start:end]!r}"
            )
        self.trimmed += (tight_start, tight_end) != (start, end)
        original = self.view.to_original
        return Span(original(tight_start), original(tight_end), labels[0], score, name)

    def relation(self, item: Mapping[str, Any]) -> None:
        ends = [item.get("from_id"), item.get("to_id")]
        if any(isinstance(end, str) and end in self.broken for end in ends):
            return  # told already
        what = f"relation {_short(ends[0])} to {_short(ends[1])}"
        if missing := [end for end in ends if not isinstance(end, str) or end not in self.spans]:
            self.problems.append(f"{what}: no region has the id {_short(missing[0])}")
            return
        direction = item.get("direction", "right")
        if direction == "bi":
            self.problems.append(f"{what} runs both ways: turn it from the figure")
            return
        if direction not in ("right", "left"):
            self.problems.append(f"{what} has the direction {_short(direction)}: it must be right or left")
            return
        head, tail = (self.spans[str(end)] for end in (ends if direction == "right" else reversed(ends)))
        for label in self._names(head, tail, item.get("labels")):
            self.links.append(Link(head, label, tail))

    def _names(self, head: Span, tail: Span, labels: Any) -> list[str]:
        """The names of a relation; without one, that which the scheme leaves."""
        labels = [] if labels is None else labels
        what = f"relation from {self._called(head)} to {self._called(tail)}"
        if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
            self.problems.append(f"{what} has names that are no texts: {_short(labels)}")
            return []
        if labels:
            return labels
        allowed = scheme.links_between(head.label, tail.label) if head != tail else ()
        if len(allowed) == 1:
            return [allowed[0]]
        if allowed:
            self.problems.append(f"{what} has no name: choose among {', '.join(allowed)}")
        elif tail.label in scheme.COUNT_LABELS:
            self.problems.append(f"{what} is reversed: it must run from the figure")
        else:
            self.problems.append(f"{what}: the scheme has no link between these")
        return []

    def _called(self, span: Span) -> str:
        return f"{span.label} {self.document.text[span.start : span.end][:60]!r}"


def _tight(text: str, start: int, end: int) -> tuple[int, int]:
    """The range without white space and loose punctuation at its edges."""
    while start < end and (text[start].isspace() or text[start] in LOOSE):
        start += 1
    while start < end and (text[end - 1].isspace() or text[end - 1] in LOOSE):
        end -= 1
    return start, end


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in text)


def _short(value: Any) -> str:
    """A value for a message, however long or deep."""
    try:
        return _BRIEF.repr(value)
    except ValueError:  # a number of thousands of digits
        return f"a huge {type(value).__name__}"
