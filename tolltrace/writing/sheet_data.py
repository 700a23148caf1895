"""What the HTML sheet holds as data: rows for table and map at once, the rest in shards that open when asked for.

A page of 5,000 events would take seconds to parse whole. So ``index`` holds what table, map, timeline and filters need;
``events-N`` the events as in ``events.jsonl``; ``articles-N`` article texts with their claims; ``tallies`` and
``sentences`` (for the search) stand alone. Articles of one event stand together, in order of the events.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tolltrace.claims import Claim
from tolltrace.claims.claim import PlaceCandidate, plain
from tolltrace.documents import AnnotatedDocument
from tolltrace.events.event import NOT_VERIFIED, Event, EventPlace, Figure, Origin, Range, Tally
from tolltrace.events.review import seen

EVENTS_A_SHARD = 100
ARTICLES_A_SHARD = 60

Json = dict[str, Any]


def blocks(
    events: Sequence[Event],
    tallies: Sequence[Tally],
    claims: Mapping[str, Claim],
    documents: Mapping[str, AnnotatedDocument],
) -> dict[str, Any]:
    """Every block of data by its name, as plain values. Articles that no claim comes from are left out, and counted."""
    shards = _article_shards(events, tallies, claims)
    shard_of = {name: number for number, names in enumerate(shards) for name in names}
    by_document: dict[str, list[Claim]] = {name: [] for name in shard_of}
    for claim in claims.values():
        by_document[claim.document.id].append(claim)
    origins = _OriginTable()
    rows = [_row(event, i // EVENTS_A_SHARD, origins, claims) for i, event in enumerate(events)]
    found: dict[str, Any] = {
        "index": {
            "note": NOT_VERIFIED,
            "counts": {
                "events": len(events),
                "reviewed": sum(event.status == "reviewed" for event in events),
                "claims": len(claims),
                "articles": len(documents),
                "quoted": len(shard_of),
                "tallies": len(tallies),
                "outlets": len({claim.document.outlet for claim in claims.values() if claim.document.outlet}),
            },
            "origins": origins.rows,
            "rows": rows,
        },
        "sentences": [_sentences(event, claims) for event in events],
        "tallies": {
            "tallies": [tally.to_json() for tally in tallies],
            "articles": _placed((point.document for tally in tallies for point in tally.points), shard_of),
        },
    }
    for number, start in enumerate(range(0, len(events), EVENTS_A_SHARD)):
        part = events[start : start + EVENTS_A_SHARD]
        found[f"events-{number}"] = {
            "events": {event.id: event.to_json() for event in part},
            "articles": _placed((figure.document for event in part for figure in event.figures), shard_of),
        }
    for number, names in enumerate(shards):
        found[f"articles-{number}"] = {
            "articles": {name: _article(name, by_document[name], documents.get(name)) for name in names},
            "claims": {claim.id: _claim(claim) for name in names for claim in by_document[name]},
        }
    return found


class _OriginTable:
    """Origins by their number: thousands of marks name the same few."""

    def __init__(self) -> None:
        self.rows: list[Json] = []
        self._numbers: dict[str, int] = {}

    def number(self, origin: Origin) -> int:
        if origin.key not in self._numbers:
            self._numbers[origin.key] = len(self.rows)
            self.rows.append({"name": origin.name, "kind": origin.kind, "resolved": origin.resolved})
        return self._numbers[origin.key]


def _row(event: Event, shard: int, origins: _OriginTable, claims: Mapping[str, Claim]) -> Json:
    figures = {figure.claim: figure for figure in event.figures}
    return {
        "id": event.id,
        "shard": shard,
        "title": event.title,
        "status": event.status,
        "first": event.first_day,
        "last": event.last_day,
        "precision": event.date_precision,
        "places": [_place(place, claims) for place in event.places],
        "means": list(event.means),
        "blamed": [
            {"party": blame.party, "certainty": blame.certainty, "by": blame.by, "resolved": blame.resolved}
            for blame in event.blamed
        ],
        "denied": sorted({denial.party for denial in event.denials}),
        "ranges": [_range(part, figures, origins) for part in event.ranges],
        "origins": [origins.number(origin) for origin in event.origins],
        "documents": len(event.documents),
        "stories": event.stories,
        "contested": list(event.contested),
        "order": any(part.order_unknown for part in event.ranges),
        "same": [other.id for other in event.possibly_same_as],
        "seen": seen(figure.claim for figure in event.figures),
    }


def _place(place: EventPlace, claims: Mapping[str, Claim]) -> Json:
    row: Json = plain(place)
    del row["claims"]
    if place.uncertain:
        row["runner_up"] = plain(_runner_up(place, claims))
    return row


def _runner_up(place: EventPlace, claims: Mapping[str, Claim]) -> PlaceCandidate | None:
    """The first other place that a claim behind this one could mean as well."""
    for name in place.claims:
        for written in claims[name].places if name in claims else ():
            if written.runner_up is not None and written.id == place.id:
                return written.runner_up
    return None


def _range(part: Range, figures: Mapping[str, Figure], origins: _OriginTable) -> Json:
    """A range with its marks: ``[min, max, origins, 1 for a replaced figure]``."""
    marks = [
        [figure.min, figure.max, [origins.number(origin) for origin in figure.origins], old]
        for old, names in ((0, part.current), (1, part.history))
        for name in names
        if (figure := figures.get(name)) is not None and (figure.min, figure.max) != (None, None)
    ]
    row: Json = plain(part)
    del row["current"], row["history"]
    return {**row, "marks": marks}


def _sentences(event: Event, claims: Mapping[str, Claim]) -> str:
    words = (claims[figure.claim].evidence.sentence for figure in event.figures if figure.claim in claims)
    return "\n".join(dict.fromkeys(words))


def _article_shards(
    events: Sequence[Event], tallies: Sequence[Tally], claims: Mapping[str, Claim]
) -> list[tuple[str, ...]]:
    names = [figure.document for event in events for figure in event.figures]
    names += [point.document for tally in tallies for point in tally.points]
    names += [claim.document.id for claim in claims.values()]
    order = list(dict.fromkeys(names))
    return [tuple(order[i : i + ARTICLES_A_SHARD]) for i in range(0, len(order), ARTICLES_A_SHARD)]


def _placed(names: Iterable[str], shard_of: Mapping[str, int]) -> dict[str, int]:
    return {name: shard_of[name] for name in names}


def _article(name: str, claims: Sequence[Claim], document: AnnotatedDocument | None) -> Json:
    """What the page knows of an article; ``text`` is ``None`` where only its claims were given."""
    facts: Json = {"outlet": None, "url": None, "title": None, "published": None, "day": None}
    if claims:
        facts = {key: getattr(claims[0].document, key) for key in facts}
    language = document.document.metadata.get("language") if document else None
    return {
        **facts,
        "id": name,
        "text": document.text if document else None,
        "language": language if isinstance(language, str) else None,
    }


def _claim(claim: Claim) -> Json:
    value = claim.to_json()
    value["document"] = claim.document.id
    return value
