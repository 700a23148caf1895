"""Events over one or more runs: claims are read again from their articles and joined; no model is needed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tolltrace import jsonlines
from tolltrace.claims import Claim, build_claims
from tolltrace.documents import AnnotatedDocument, DocumentError
from tolltrace.events.decide import decide_claims, decide_events
from tolltrace.events.event import Event, Tally
from tolltrace.events.find import Thresholds, find_events
from tolltrace.events.review import Decision, Unfit
from tolltrace.near_duplicates import near_duplicates
from tolltrace.resolving.known_as import KnownAs
from tolltrace.resolving.resolve import Resolver


@dataclass
class Articles:
    """Annotated articles by id with their resolved claims."""

    documents: dict[str, AnnotatedDocument] = field(default_factory=dict)
    claims: dict[str, Sequence[Claim]] = field(default_factory=dict)

    def add(self, annotated: AnnotatedDocument, claims: Sequence[Claim]) -> None:
        """Take in an article; one that is there already with another text raises :class:`DocumentError`."""
        known = self.documents.get(annotated.id)
        if known is not None and known.text != annotated.text:
            raise DocumentError(
                f"two articles have the id {annotated.id!r} and different texts: give one of them another id"
            )
        self.documents[annotated.id] = annotated
        self.claims[annotated.id] = claims


@dataclass(frozen=True, slots=True)
class Reconciled:
    """Everything that is written of a run or of several."""

    documents: Mapping[str, AnnotatedDocument]
    claims: tuple[Claim, ...]
    events: tuple[Event, ...]
    tallies: tuple[Tally, ...]
    decisions: int = 0
    unfit: tuple[Unfit, ...] = ()


def read_runs(folders: Iterable[Path], resolver: Resolver) -> Articles:
    """The articles in the ``documents.jsonl`` of each folder; of one in two runs the later run's annotations stay.

    A missing or malformed file raises :class:`DocumentError` or ``OSError`` that names it.
    """
    articles = Articles()
    for folder in folders:
        for annotated in jsonlines.read(folder / "documents.jsonl"):
            metadata = annotated.document.metadata
            repeats = [
                (passage["start"], passage["end"], passage["repeat_of"])
                for passage in metadata.get("set_aside", ())
                if passage.get("repeat_of") is not None
            ]
            claims = build_claims(annotated, repeats, model=metadata.get("model"))
            articles.add(annotated, resolver.resolve(annotated, claims))
    return articles


def earlier_events(path: Path) -> dict[str, frozenset[str]]:
    """The claims of the events in an ``events.jsonl``, whose ids are to stay; of no file none."""
    if not path.exists():
        return {}
    with open(path, encoding="utf-8") as lines:
        events = [json.loads(line) for line in lines if line.strip()]
    return {event["id"]: frozenset(figure["claim"] for figure in event["figures"]) for event in events}


def reconcile(
    articles: Articles,
    known_as: KnownAs,
    decisions: Sequence[Decision] = (),
    earlier: Mapping[str, frozenset[str]] | None = None,
    thresholds: Thresholds | None = None,
) -> Reconciled:
    """Events and tallies of all articles together, the analyst's decisions applied last."""
    decided = decide_claims(articles.claims.values(), decisions)
    joined = near_duplicates((name, article.text) for name, article in articles.documents.items())
    stories = {name: joined.root(name) for name in articles.documents}
    found = find_events(decided.claims, stories, known_as, thresholds, earlier)
    claims = {claim.id: claim for article in decided.claims for claim in article}
    events, unfit = decide_events(found.events, claims, stories, decisions)
    return Reconciled(
        documents=articles.documents,
        claims=tuple(claims.values()),
        events=tuple(events),
        tallies=found.tallies,
        decisions=len(decisions),
        unfit=(*decided.unfit, *unfit),
    )
