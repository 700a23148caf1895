"""Likely errors of annotation, where a model disagrees, surest first: ``python -m annotation.label_errors DATA``.

DATA is a ``.jsonl`` file or a folder of marked articles. ``--folds`` takes for each article the model that held it out
(`python -m training.cross_validate` makes them); ``--model`` is one that was not trained on DATA, for what a model has
learned by heart it does not doubt. Each line is a place for a person to look at, never a correction: the model is often
wrong. ``--push`` sends the articles of the shown lines to a review project in Label Studio, with the annotation and the
model's reading as two predictions, and the doubts in words above the text.

Kinds: ``label`` and ``border`` (both sides have a span there), ``extra`` (only the annotation has one), ``missed``
(only the model has one), ``link`` (the two answer a question about a figure differently).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import Progress

from annotation.held_out import Judges, judges_of, learned_by
from annotation.label_quality import (
    BATCH_DOCUMENTS,
    Evidence,
    LinkPlace,
    SpanPlace,
    gather,
    link_confidence,
    link_places,
    span_confidences,
    span_places,
)
from tolltrace import jsonlines, markup, scheme
from tolltrace.documents import AnnotatedDocument, DocumentError, Span
from tolltrace.model import loading
from tolltrace.model.predictor import Predictor
from tolltrace.pipeline import annotate
from tolltrace.writing.words import one_line

if TYPE_CHECKING:
    from annotation.label_studio.sending import Item

GOLD, MODEL = "gold", "model"  # names of the predictions in a review project
NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Doubt:
    """A disagreement: how sure the model is that the annotation is wrong, from 0 to 1, what kind of error it would be,
    where it is, and what the two sides say, in words."""

    confidence: float
    kind: str
    document: str
    line: int
    start: int
    end: int
    words: str
    annotated: str
    model: str

    def __str__(self) -> str:
        where = f" of {self.words!r}" if self.kind == "link" else ""
        return f"line {self.line}, {self.kind}{where}: annotated {self.annotated}; the model reads {self.model}"


@dataclass
class Findings:
    """The doubts of some documents, surest first, and what of their annotation no model could judge."""

    doubts: list[Doubt] = field(default_factory=list)
    documents: int = 0
    spans_unread: int = 0
    links_unjudged: int = 0

    def add(self, evidence: Evidence) -> None:
        self.doubts += doubts_of(evidence)
        self.documents += 1
        spans, links = evidence.unjudged
        self.spans_unread += spans
        self.links_unjudged += links

    def rank(self) -> None:
        self.doubts.sort(key=lambda d: (-d.confidence, d.document, d.start, d.end))


def doubts_of(evidence: Evidence) -> list[Doubt]:
    """Every disagreement about one document."""
    places = list(span_places(evidence))
    doubts = [
        _span_doubt(evidence, place, confidence)
        for place, confidence in zip(places, span_confidences(evidence, places), strict=True)
    ]
    return doubts + [_link_doubt(evidence, place) for place in link_places(evidence)]


def _span_doubt(evidence: Evidence, place: SpanPlace, confidence: float) -> Doubt:
    text = evidence.annotated
    spans = (*place.gold, *place.model)
    sides = [" and ".join(_named(text, span) for span in side) or NOTHING for side in (place.gold, place.model)]
    return _doubt(text, confidence, _kind(place), min(s.start for s in spans), max(s.end for s in spans), sides)


def _kind(place: SpanPlace) -> str:
    if not place.gold:
        return "missed"
    if not place.model:
        return "extra"
    return "border" if {s.label for s in place.gold} == {s.label for s in place.model} else "label"


def _link_doubt(evidence: Evidence, place: LinkPlace) -> Doubt:
    text = evidence.annotated
    sides = []
    for cells in (place.gold, place.model):
        tails: dict[str, list[Span]] = defaultdict(list)
        for row, link in sorted(cells):
            tails[scheme.LINK_NAMES[link]].append(evidence.span_at(int(evidence.pairs.pairs[row, 1])))
        said = [f"{name} {' and '.join(_quoted(text, t) for t in sorted(spans))}" for name, spans in tails.items()]
        sides.append("; ".join(said) or f"no {place.question}")
    return _doubt(text, link_confidence(evidence, place), "link", place.head.start, place.head.end, sides)


def _doubt(
    annotated: AnnotatedDocument, confidence: float, kind: str, start: int, end: int, sides: Sequence[str]
) -> Doubt:
    line = annotated.text.count("\n", 0, start) + 1
    words = _short(annotated.text[start:end])
    return Doubt(round(confidence, 4), kind, annotated.id, line, start, end, words, *sides)


def _named(annotated: AnnotatedDocument, span: Span) -> str:
    return f"{span.label} {_quoted(annotated, span)}"


def _quoted(annotated: AnnotatedDocument, span: Span) -> str:
    return repr(_short(annotated.text_of(span)))


def _short(words: str, most: int = 100) -> str:
    words = " ".join(words.split())
    return words if len(words) <= most else words[: most - 1] + "…"


def find(judges: Judges, console: Console) -> Findings:
    """The doubts of every model about the documents that it judges."""
    findings = Findings()
    with Progress(console=console) as progress:
        bar = progress.add_task("judging", total=sum(len(documents) for _, documents in judges))
        for model, documents in judges:
            for evidence in gather(Predictor(loading.load(model)), documents):
                findings.add(evidence)
                progress.advance(bar)
    findings.rank()
    return findings


def question(doubts: Sequence[Doubt]) -> str:
    """What a reviewer reads above the text."""
    lines = [f"{number}. {doubt} ({doubt.confidence:.0%} sure)" for number, doubt in enumerate(doubts, 1)]
    return "\n".join(["Look at these places. The model may be wrong, the surest stands first.", *lines])


def review_items(
    doubts: Sequence[Doubt], gold: Mapping[str, AnnotatedDocument], readings: Mapping[str, AnnotatedDocument]
) -> list[Item]:
    """What a review project gets: each document in doubt once, in the order of its surest doubt."""
    from annotation.label_studio.sending import Item

    by_document: dict[str, list[Doubt]] = defaultdict(list)
    for doubt in doubts:
        by_document[doubt.document].append(doubt)
    return [
        Item(gold[name].document, {GOLD: gold[name], MODEL: readings[name]}, question(about))
        for name, about in by_document.items()
    ]


def push(title: str, items: Sequence[Item], console: Console) -> int:
    """Send the items to the project, made where there is none; the exit status, as of `python -m annotation.push`."""
    from annotation import labelling_config
    from annotation.label_studio.delivery import Patience
    from annotation.label_studio.projects import open_project
    from annotation.label_studio.sending import send
    from annotation.label_studio.studio import StudioError, StudioGone, connect

    try:
        studio = connect()
        project, _ = open_project(studio, title, labelling_config.build(question=True))
        with console.status("sending"):
            report = send(studio, project, items, patience=Patience(60))
    except StudioGone as gone:
        console.print(f"error: {gone}\nWhat was sent is kept: start the same command again to go on.", markup=False)
        return 3
    except StudioError as error:
        console.print(f"error: {error}", markup=False)
        return 2
    console.print(f"{report.sent} articles sent to {title!r}, {report.there} were there already", markup=False)
    if report.there:
        console.print("articles that were there keep the doubts they came with: a new title shows today's")
    problems = [*report.refused, *report.duplicates, *report.doubles]
    for problem in problems:
        console.print(f"  {one_line(str(problem))}", markup=False)
    print(f"{studio.url}/projects/{project.id}/data")
    return 1 if problems else 0


def arguments_of(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m annotation.label_errors", description=__doc__)
    parser.add_argument("data", type=Path, metavar="DATA")
    judge = parser.add_mutually_exclusive_group()
    judge.add_argument("--folds", type=Path, help="folder of python -m training.cross_validate")
    judge.add_argument("--model", help="folder or hub name (default: the packaged model)")
    parser.add_argument("--top", type=int, default=100, metavar="N", help="how many to show and push (%(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all of them to this file")
    parser.add_argument("--push", metavar="PROJECT", help="title of a project in Label Studio; made if there is none")
    return parser.parse_args(given)


def main(given: Sequence[str] | None = None) -> int:
    arguments = arguments_of(given)
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        read = markup.read_folder if arguments.data.is_dir() else jsonlines.read
        documents = {annotated.id: annotated for annotated in read(arguments.data)}
        judges = judges_of(arguments.folds, documents) if arguments.folds else []
    except (DocumentError, OSError) as error:
        console.print(f"error: {error}", markup=False)
        return 2
    if not arguments.folds:
        judges = [(arguments.model, list(documents.values()))]
        if learned := learned_by(arguments.model, documents):
            console.print(
                f"warning: the model was trained on {len(learned)} of these {len(documents)} documents, and does not "
                "doubt what it learned by heart: use --folds"
            )
    findings = find(judges, console)
    shown = findings.doubts[: arguments.top]
    for doubt in shown:
        print(f"{doubt.confidence:.3f} {doubt.document} {doubt}")
    console.print(
        f"{len(findings.doubts):,} places in {findings.documents:,} documents, {len(shown):,} shown; not judged: "
        f"{findings.spans_unread:,} spans in passages that are not read, {findings.links_unjudged:,} links out of reach"
    )
    if arguments.json:
        rows: list[dict[str, Any]] = [asdict(doubt) for doubt in findings.doubts]
        arguments.json.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if arguments.push:
        readings = read_again(judges, {doubt.document for doubt in shown})
        return push(arguments.push, review_items(shown, documents, readings), console)
    return 0


def read_again(judges: Judges, wanted: set[str]) -> dict[str, AnnotatedDocument]:
    """What each model reads in the documents that are wanted, repeated passages included."""
    readings: dict[str, AnnotatedDocument] = {}
    for model, documents in judges:
        chosen = [annotated.document for annotated in documents if annotated.id in wanted]
        if chosen:
            predictor = Predictor(loading.load(model))
            for start in range(0, len(chosen), BATCH_DOCUMENTS):
                for reading in annotate(predictor, chosen[start : start + BATCH_DOCUMENTS]):
                    readings[reading.annotated.id] = reading.annotated
    return readings


if __name__ == "__main__":
    sys.exit(main())
