"""The event sets in ``data/events``: invented incidents, each told by several articles, with gold.

``articles.jsonl`` holds the annotated articles, ``gold.jsonl`` a line for each set: ``events`` with the ids of the
COUNT spans that tell of them, ``tallies`` with the TOTALs, and for spans by id ``places``, ``dates``, ``actors`` and
``sources``.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tolltrace import jsonlines
from tolltrace.documents import AnnotatedDocument, DocumentError, Span

FOLDER = Path("data/events")
SPLITS = ("validation", "test")


@dataclass(frozen=True)
class EventSet:
    """Articles about neighbouring incidents, and the gold as it stands in the file."""

    name: str
    split: str
    articles: tuple[AnnotatedDocument, ...]
    gold: Mapping[str, Any]

    def spans(self, kind: str) -> Iterator[tuple[AnnotatedDocument, Span, Any]]:
        """Every span that has gold of a kind (``places``, ``dates``, ``actors``, ``sources``), with that gold."""
        by_id = {article.id: {span.id: span for span in article.spans} for article in self.articles}
        for article in self.articles:
            for name, value in self.gold[kind].get(article.id, {}).items():
                yield article, by_id[article.id][name], value

    def events(self) -> list[frozenset[tuple[str, int, int]]]:
        """The gold events as sets of figures ``(document, start, end)``."""
        by_id = {(article.id, span.id): span for article in self.articles for span in article.spans}
        return [
            frozenset(
                (document, by_id[document, name].start, by_id[document, name].end)
                for document, names in event["claims"].items()
                for name in names
            )
            for event in self.gold["events"]
        ]


def read_sets(folder: Path = FOLDER, split: str | None = None) -> list[EventSet]:
    """The sets of a split, or all. Gold that does not fit the articles raises :class:`DocumentError`."""
    articles: dict[str, list[AnnotatedDocument]] = {}
    for article in jsonlines.read(folder / "articles.jsonl"):
        articles.setdefault(str(article.document.metadata["set"]), []).append(article)
    sets = []
    path = folder / "gold.jsonl"
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        gold = json.loads(line)
        made = EventSet(gold["set"], gold["split"], tuple(articles.get(gold["set"], ())), gold)
        if problems := _problems(made):
            raise DocumentError(f"{path}:{number}: set {made.name}: " + "; ".join(problems[:10]))
        sets.append(made)
    return [made for made in sets if split in (None, made.split)]


def _problems(made: EventSet) -> list[str]:
    problems = []
    if made.split not in SPLITS:
        problems.append(f"the split {made.split!r} is none of {', '.join(SPLITS)}")
    spans = {(article.id, span.id): span for article in made.articles for span in article.spans}
    figures = {key: span.label for key, span in spans.items() if span.label in ("COUNT", "TOTAL")}
    told = Counter(
        (document, name)
        for event in made.gold["events"]
        for document, names in event["claims"].items()
        for name in names
    )
    summed = Counter((document, name) for document, names in made.gold["tallies"].items() for name in names)
    for label, seen in (("COUNT", told), ("TOTAL", summed)):
        problems += [f"{label} {key} stands {times} times" for key, times in seen.items() if times > 1]
        problems += [f"{key} is no {label}" for key in seen if figures.get(key) != label]
        problems += [f"{label} {key} has no gold" for key, own in figures.items() if own == label and key not in seen]
    for kind, label in (("places", "LOCATION"), ("dates", "DATE"), ("actors", "ACTOR"), ("sources", "SOURCE")):
        for document, values in made.gold[kind].items():
            for name in values:
                key = (document, name)
                if key not in spans or spans[key].label != label:
                    problems.append(f"{kind}: {key} is no {label}")
    return problems
