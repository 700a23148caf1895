"""Agreement as one self-contained page: the figures, and the most disputed articles with all versions side by side.

Without its script the page shows everything; the script filters, sorts and jumps. Words of articles go through
:func:`tolltrace.writing.marked.escaped`, everything else through Jinja's escaping.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from annotation.agreement_scores import Report
from annotation.disagreement import (
    Article,
    Difference,
    LinkDifference,
    Standing,
    differences,
    link_differences,
)
from tolltrace import scheme
from tolltrace.documents import AnnotatedDocument, Span
from tolltrace.writing.marked import SCRIPT, STYLE, Mark, escaped, marked
from tolltrace.writing.self_contained import assemble, one_scope, part

FOLDER = Path(__file__).with_name("pages")
OPENED = 2
"""Articles that are open when the page is."""
PHRASES = 100
CONFUSIONS = 12
CONTEXT = 32
"""At most so many characters of the text are shown on either side of words that differ."""
ABSENT = ("absent",)


@dataclass(frozen=True, slots=True)
class Words:
    """A label and words; no words where they are those that the row is about."""

    label: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """What one annotator has; equal ``answer`` numbers of a row are equal answers."""

    annotator: int
    answer: int
    parts: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A difference: of spans, with their words and what stands around; of a link, with its two ``ends``. ``lights``:
    ids of marks in the text."""

    lights: str
    labels: tuple[str, ...]
    cells: tuple[Cell, ...]
    before: str = ""
    words: str = ""
    after: str = ""
    ends: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """One annotator's article. ``place``: from 0, the one that differs most from the others first."""

    annotator: int
    place: int
    html: Markup


@dataclass(frozen=True, slots=True)
class View:
    """An article on the page. ``following``: links that differ because the spans do."""

    standing: Standing
    versions: Sequence[Version]
    spans: Sequence[Row]
    links: Sequence[Row]
    following: Sequence[Row]


def render(report: Report, articles: int) -> str:
    """The page's source. ``articles``: how many of the most disputed ones it shows."""
    names = tuple(report.annotators)
    by_id = {article.id: article for article in report.articles}
    differing = [standing for standing in report.ranked if standing.disagreement]
    shown = differing[:articles]
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["text"] = lambda words: Markup(f"<bdi>{escaped(str(words))}</bdi>")  # noqa: S704
    body = environment.get_template("agreement_body.html").render(
        names=names,
        labels=scheme.LABEL_NAMES,
        total=len(report.articles),
        differing=len(differing),
        agreement=report.agreement,
        pairs=report.pairs,
        phrases=report.phrases[:PHRASES],
        phrases_left=len(report.phrases[PHRASES:]),
        confusions={
            kind: [(*pair, times) for pair, times in list(found.items())[:CONFUSIONS]]
            for kind, found in report.confusions.items()
        },
        articles=[_view(by_id[standing.id], standing, names) for standing in shown],
        left=len(differing) - len(shown),
        opened=OPENED,
    )
    page = part(FOLDER / "agreement.html").replace("<!-- body -->", body.replace("$", "$$"))
    scripts = {"marked.js": SCRIPT, "agreement.js": part(FOLDER / "agreement.js")}
    style = f"{STYLE}{part(FOLDER / 'agreement.css')}"
    return assemble(page, style, [one_scope(scripts)], {"pairs": _pairs(report, names)})


def _pairs(report: Report, names: Sequence[str]) -> list[object]:
    return [
        [
            names.index(pair.first),
            names.index(pair.second),
            pair.documents,
            [[value.first, value.second, value.f1, value.overlap_f1] for value in pair.agreement.values()],
        ]
        for pair in report.pairs
    ]


def _view(article: Article, standing: Standing, names: Sequence[str]) -> View:
    places = {name: names.index(name) for name in article.versions}
    found = differences(article)
    ids = {span: f"d{i}" for i, difference in enumerate(found) for a in difference.answers.values() for span in a}
    agreed = sorted({span for version in article.versions.values() for span in version.spans} - ids.keys())
    ids |= {span: f"a{i}" for i, span in enumerate(agreed)}
    order = _outliers_first(found, article)
    links = link_differences(article)
    return View(
        standing,
        [
            Version(places[name], order.index(name), Markup(marked(article.text, _marks(name, version, found, ids))))  # noqa: S704
            for name, version in article.versions.items()
        ],
        [_span_row(article.text, difference, f"d{i}", places) for i, difference in enumerate(found)],
        [_link_row(article.text, link, ids, places) for link in links if link.on_shared_spans],
        [_link_row(article.text, link, ids, places) for link in links if not link.on_shared_spans],
    )


def _outliers_first(found: Sequence[Difference], article: Article) -> list[str]:
    """Annotators by how often another one has something else, so that the versions worth seeing come first."""
    apart: dict[str, int] = defaultdict(int)
    for difference in found:
        for one, other in combinations(difference.answers, 2):
            if difference.answers[one] != difference.answers[other]:
                apart[one] += 1
                apart[other] += 1
    return sorted(article.versions, key=lambda name: -apart[name])


def _marks(name: str, version: AnnotatedDocument, found: Sequence[Difference], ids: Mapping[Span, str]) -> list[Mark]:
    """An annotator's spans, and the places where others marked something and this one did not."""
    marks = []
    for span in version.spans:
        disputed = ids[span].startswith("d")
        classes = ("tt-named",) if disputed else ("tt-quiet",)
        marks.append(Mark(span.start, span.end, span.label, classes, _title(span, found, ids[span]), ids[span]))
    for i, difference in enumerate(found):
        if not difference.answers[name]:
            marks.append(Mark(difference.start, difference.end, "", ABSENT, _who(difference), f"d{i}"))
    return marks


def _title(span: Span, found: Sequence[Difference], name: str) -> str:
    return f"{span.label}, all agree" if name.startswith("a") else _who(found[int(name[1:])])


def _who(difference: Difference) -> str:
    """A line for each answer: whose it is."""
    by_answer: dict[tuple[Span, ...], list[str]] = defaultdict(list)
    for name, spans in difference.answers.items():
        by_answer[spans].append(name)
    return "\n".join(
        f"{', '.join(span.label for span in spans) or 'nothing'}: {', '.join(names)}"
        for spans, names in by_answer.items()
    )


def _span_row(text: str, difference: Difference, name: str, places: Mapping[str, int]) -> Row:
    start, end = difference.start, difference.end
    before, after = text[max(start - CONTEXT, 0) : start], text[end : end + CONTEXT]
    if start > CONTEXT:  # only whole words
        before = "… " + before.partition(" ")[2]
    if end + CONTEXT < len(text):
        after = after.rpartition(" ")[0] + " …"
    labels = {span.label for spans in difference.answers.values() for span in spans}
    parts = {
        annotator: tuple(
            Words(s.label, "" if (s.start, s.end) == (start, end) else text[s.start : s.end]) for s in spans
        )
        for annotator, spans in difference.answers.items()
    }
    return Row(
        name,
        tuple(sorted(labels)),
        _cells(difference.answers, parts, places),
        before,
        text[start:end],
        after,
    )


def _link_row(text: str, link: LinkDifference, ids: Mapping[Span, str], places: Mapping[str, int]) -> Row:
    ends = [Words(span.label, text[span.start : span.end]) for span in (link.head, link.tail)]
    labels = {label for answer in link.answers.values() for label in answer}
    parts = {annotator: tuple(Words(label) for label in answer) for annotator, answer in link.answers.items()}
    return Row(
        f"{ids[link.head]} {ids[link.tail]}",
        tuple(sorted(labels)),
        _cells(link.answers, parts, places),
        ends=tuple(ends),
    )


def _cells(
    answers: Mapping[str, tuple[object, ...]], parts: Mapping[str, tuple[Words, ...]], places: Mapping[str, int]
) -> tuple[Cell, ...]:
    numbers = {answer: i for i, answer in enumerate(dict.fromkeys(answers.values()))}
    return tuple(Cell(places[name], numbers[answer], parts[name]) for name, answer in answers.items())
