"""The tables of the database: what stands in them, and what their columns mean."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from tolltrace.claims import Claim, Provenance
from tolltrace.documents import AnnotatedDocument, Document
from tolltrace.events.event import Blame, Event, EventDenial, EventPlace, Figure, Tally, TallyPoint
from tolltrace.writing import arrow

VICTIM_GROUP = {"group": "victim_group"}
"""``group`` is a word of SQL."""
OF_EVENT = {"event": "Id of the event", "status": "machine, or reviewed where an analyst decided on the event"}
OF_TALLY = {"tally": "Id of the tally", "status": "machine, or reviewed where an analyst decided on the tally"}
CLAIMS = "Ids of the claims that say so"


@dataclass(frozen=True)
class About:
    """The comment of a table, and of each of its columns in their order."""

    comment: str
    columns: Mapping[str, str]


@dataclass(frozen=True)
class Article:
    """A row of ``documents``."""

    id: str
    outlet: str | None
    url: str | None
    title: str | None
    published: str | None
    day: str | None
    day_from: str | None
    text: str


TABLES: dict[str, About] = {
    "documents": About(
        "Articles as they were given",
        {
            "id": "Id of the article",
            "outlet": "Who published it, from its metadata",
            "url": "Where, from its metadata",
            "title": "Its title, from its metadata",
            "published": "When it was published, as its metadata give it",
            "day": "Its own date: from published, else from its date line; empty where no claim was found in it",
            "day_from": "metadata or date line: where day was found",
            "text": "The text; offsets of claims count its Unicode code points from 0",
        },
    ),
    "claims": About(
        "A row a figure of an article and everything the article says about it",
        {
            "id": "Id of the claim: the article and the offsets of the figure",
            "count": "The figure: its words, lowest and highest number (empty: open), kind of bound",
            "unit": "What is counted: person, family, household, group",
            "scope": "incident: one incident; total: several summed by the source",
            "part_of": "Id of the claim whose figure holds this one",
            "updates": "Id of the claim that this one replaces by the words of the article",
            "repeat_of": "Id of the claim that this one repeats where a page repeats a passage",
            "harm": "killed, injured, displaced, detained, missing, unspecified; several mean one or the other",
            "harm_words": "The words of the harm",
            "victims": "Who was harmed: words, category, sex, age, their party",
            "means": "By what they were harmed",
            "responsible": "Who is held responsible, how firmly, by whom, in which sentence",
            "denials": "Who denies, in which sentence",
            "places": "Where, as written and as found in the gazetteer, with what came second",
            "date": "When: as written, and first and last day",
            "reported": "When the source said so",
            "sources": "Who says so; role relay: passes on what another says",
            "evidence": "The sentence, with offsets into the article's text",
            "document": "The article",
            "confidence": "The model's, from 0 to 1, calibrated; empty for gold",
            "model": "Version of the model; empty for gold",
            "group": "Whom the figure counts, where a reviewer said so",
            "status": "machine, or reviewed where an analyst decided on the claim",
            "note": "What to keep in mind",
        },
    ),
    "events": About(
        "A row an incident",
        {
            "id": "Id of the event; stays the same when articles are added",
            "status": OF_EVENT["status"],
            "title": "Means, place and day in words",
            "first_day": "First day on which it may have happened",
            "last_day": "Last day on which it may have happened",
            "date_precision": "What the two days stand for: day, days, week, month, year, period",
            "means": "By what people were harmed, most often named first",
            "ranges": "Lowest and highest current figure by harm and victim group; open: a figure goes on upwards",
            "contested": "What the reports disagree on",
            "origins": "Who stands behind the figures, whoever prints them",
            "documents": "Ids of the articles",
            "stories": "Number of articles, a syndicated story counted once",
            "possibly_same_as": "Events that may be this one, with what speaks for and against",
            "joins": "Why the claims were brought together",
            "formerly": "Ids of earlier runs that this event has taken in",
            "note": "What to keep in mind",
        },
    ),
    "figures": About(
        "A row a figure in its event",
        {
            **OF_EVENT,
            "claim": "Id of the claim",
            "document": "Id of the article",
            "outlet": "Who published it",
            "day": "The article's own date",
            "harm": "What happened to the people counted",
            "victim_group": "Whom the figure counts; other: a part of the victims by its own words",
            "victims": "The words of the group other",
            "min": "Lowest number; empty: open",
            "max": "Highest number; empty: open",
            "words": "The figure as written",
            "origins": "Who says so, whoever prints it",
            "state": "current; replaced by its origin; part of a figure of its group; repeat of another article's",
            "replaced_by": "Id of the claim that replaced it",
            "part_of": "Id of the claim whose figure holds this one",
            "order_unknown": "Its origin gives another figure, and nothing tells which is later",
            "confidence": "The model's, from 0 to 1",
            "moment": "When its article was published, where the metadata give a time of day",
        },
    ),
    "places": About(
        "A row a place of an event",
        {
            **OF_EVENT,
            "position": "1 for the finest place of the event",
            "name": "Canonical name, as written where there is none",
            "id": "Id in the gazetteer; empty where it knows no such place",
            "province": "First-order division it lies in",
            "country": "ISO 3166-1 alpha-2",
            "lat": "Latitude, WGS 84",
            "lon": "Longitude, WGS 84",
            "precision": "What the coordinates stand for: exact, near, district, province, country",
            "wider": "Another place of the event lies in this one",
            "uncertain": "Another place of this name is nearly as likely",
            "claims": "Ids of the claims that name it",
        },
    ),
    "blamed": About(
        "A row a party that is held responsible by someone",
        {
            **OF_EVENT,
            "party": "Canonical name, as written where there is none",
            "resolved": "Whether party is a canonical name",
            "certainty": "claimed (by itself), stated, suspected, unidentified",
            "by": "Who blames; empty: the article itself",
            "claims": CLAIMS,
        },
    ),
    "denials": About(
        "A row a denial",
        {
            **OF_EVENT,
            "party": "Canonical name, as written where there is none",
            "resolved": "Whether party is a canonical name",
            "by": "Who says that it denies; empty: the article itself",
            "sentence": "The denial in its own words: having targeted, or having struck?",
            "claims": CLAIMS,
        },
    ),
    "tallies": About(
        "A row a series of totals, which are in no event",
        {
            "id": "Id of the tally",
            "status": OF_TALLY["status"],
            "origin": "Who says so",
            "area": "Places that the totals are for",
            "country": "ISO 3166-1 alpha-2",
            "harm": "What happened to the people counted",
            "victim_group": "Whom the totals count",
            "victims": "The words of the group other",
            "start": "First day of the period summed over",
            "period": "The words of the period",
            "note": "What to keep in mind",
        },
    ),
    "tally_points": About(
        "A row a total of a series",
        {
            **OF_TALLY,
            "claim": "Id of the claim",
            "document": "Id of the article",
            "day": "As of which day",
            "min": "Lowest number; empty: open",
            "max": "Highest number; empty: open",
            "words": "The total as written",
        },
    ),
}


def tables(
    events: Sequence[Event],
    tallies: Sequence[Tally],
    claims: Sequence[Claim],
    documents: Iterable[AnnotatedDocument],
) -> dict[str, pa.Table]:
    """The contents of every table, in the order of :data:`TABLES`."""
    known = {claim.document.id: claim.document for claim in claims}
    articles = (_article(annotated.document, known.get(annotated.id)) for annotated in documents)
    nested = {"figures", "places", "blamed", "denials"}
    return {
        "documents": arrow.table(Article, (({}, article) for article in articles)),
        "claims": arrow.claims_table(claims),
        "events": arrow.table(Event, (({}, event) for event in events), without=nested),
        "figures": _of_events(Figure, events, lambda event: event.figures, rename=VICTIM_GROUP),
        "places": _of_events(EventPlace, events, lambda event: event.places, numbered=True),
        "blamed": _of_events(Blame, events, lambda event: event.blamed),
        "denials": _of_events(EventDenial, events, lambda event: event.denials),
        "tallies": arrow.table(Tally, (({}, tally) for tally in tallies), without={"points"}, rename=VICTIM_GROUP),
        "tally_points": arrow.table(
            TallyPoint,
            (({"tally": tally.id, "status": tally.status}, point) for tally in tallies for point in tally.points),
            before=[arrow.text_column("tally"), arrow.text_column("status")],
        ),
    }


def _of_events(
    kind: type,
    events: Sequence[Event],
    parts: Callable[[Event], Iterable[Any]],
    *,
    numbered: bool = False,
    rename: Mapping[str, str] | None = None,
) -> pa.Table:
    """A row for each part of each event, with the event's id and status, and its position in the event if wanted."""

    def rows() -> Iterator[tuple[dict[str, Any], Any]]:
        for event in events:
            for position, part in enumerate(parts(event), 1):
                beside = {"event": event.id, "status": event.status}
                yield (beside | {"position": position} if numbered else beside), part

    before = [arrow.text_column("event"), arrow.text_column("status")]
    if numbered:
        before.append(pa.field("position", pa.int64(), nullable=False))
    return arrow.table(kind, rows(), before=before, rename=rename)


def _article(document: Document, known: Provenance | None) -> Article:
    """An article by what its claims know of it, else by its metadata."""

    def fact(key: str) -> str | None:
        value = document.metadata.get(key)
        return str(value).strip() or None if value is not None else None

    facts = known or Provenance(document.id, fact("outlet"), fact("url"), fact("title"), fact("published"))
    return Article(
        id=document.id,
        outlet=facts.outlet,
        url=facts.url,
        title=facts.title,
        published=facts.published,
        day=facts.day,
        day_from=facts.day_from,
        text=document.text,
    )
