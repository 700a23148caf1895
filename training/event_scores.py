"""Scores of places, dates, names and events on the event sets: ``python -m training.event_scores [--model MODEL]``.

Events are scored twice: from the gold claims, and from those that a model finds. Each set of articles is read in one
run together with all the others of the split, as an analyst's articles would be. ``--choose`` tries thresholds on the
validation sets instead; they stand in :class:`tolltrace.events.find.Thresholds`.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tolltrace.claims import Claim, build_claims
from tolltrace.documents import AnnotatedDocument, Span
from tolltrace.events.event import Event
from tolltrace.events.find import Thresholds, find_events
from tolltrace.model import loading
from tolltrace.model.predictor import Predictor
from tolltrace.near_duplicates import near_duplicates
from tolltrace.pipeline import annotate
from tolltrace.resolving.article_date import article_date
from tolltrace.resolving.dates import resolve_dates
from tolltrace.resolving.gazetteer import distance_km
from tolltrace.resolving.mentions import resolve_mentions
from tolltrace.resolving.names import NameRow
from tolltrace.resolving.places import PlaceReading, resolve_places
from tolltrace.resolving.resolve import Resolver, countries_of
from training.coreference import b_cubed, ceaf_e, conll, muc
from training.event_data import FOLDER, SPLITS, EventSet, read_sets

Figure = tuple[str, int, int]
GROUPS = ("all", "civilians", "combatants", "children", "women", "men")


def claims_of(articles: Iterable[AnnotatedDocument], resolver: Resolver) -> list[list[Claim]]:
    """The resolved claims of each article."""
    return [resolver.resolve(article, build_claims(article)) for article in articles]


def events_of(
    articles: Sequence[AnnotatedDocument],
    claims: Sequence[Sequence[Claim]],
    resolver: Resolver,
    thresholds: Thresholds | None = None,
) -> tuple[Event, ...]:
    """The events of all articles together."""
    joined = near_duplicates((article.id, article.text) for article in articles)
    stories = {article.id: joined.root(article.id) for article in articles}
    return find_events(claims, stories, resolver.known_as, thresholds).events


def score_events(sets: Sequence[EventSet], events: Sequence[Event]) -> dict[str, float]:
    """Coreference scores of the figures in events against gold; a figure counts as found if it overlaps a gold one."""
    gold = [event for made in sets for event in made.events()]
    figures: dict[str, list[Figure]] = {}
    for figure in (figure for event in gold for figure in event):
        figures.setdefault(figure[0], []).append(figure)
    found = [
        frozenset(_align(figure.claim, figures) for figure in event.figures if figure.state != "repeat")
        for event in events
    ]
    found = [group for group in found if group]
    scores = {"gold events": float(len(gold)), "found events": float(len(found)), "CoNLL F1": conll(gold, found)}
    for name, measure in (("B-cubed", b_cubed), ("MUC", muc), ("CEAF-e", ceaf_e)):
        score = measure(gold, found)
        scores |= {f"{name} precision": score.precision, f"{name} recall": score.recall, f"{name} F1": score.f1}
    return scores


def _align(claim_id: str, figures: dict[str, list[Figure]]) -> Figure:
    document, _, offsets = claim_id.rpartition("#")
    start, end = (int(offset) for offset in offsets.split("-"))
    overlapping = [f for f in figures.get(document, ()) if f[1] < end and start < f[2]]
    return overlapping[0] if overlapping else (document, start, end)


def score_ranges(sets: Sequence[EventSet], events: Sequence[Event]) -> dict[str, float]:
    """How many gold ranges (harm, group, lowest, highest) the event with most of the gold event's figures has."""
    of_claim = {figure.claim: event for event in events for figure in event.figures}
    right = total = 0
    for made in sets:
        for gold, members in zip(made.gold["events"], made.events(), strict=True):
            votes = Counter(
                event.id for d, s, e in members if (event := of_claim.get(f"{d}#{s}-{e}")) is not None
            ).most_common(1)
            event = next((event for event in events if votes and event.id == votes[0][0]), None)
            for want in gold["current"]:
                if want["group"] not in GROUPS:
                    continue
                total += 1
                right += event is not None and any(_is_range(want, have) for have in event.ranges)
    return {"gold ranges": float(total), "ranges right": right / total if total else 0.0}


def _is_range(want: dict[str, Any], have: Any) -> bool:
    high = None if have.open else have.high
    return (
        have.harm == (want["harm"],)
        and have.group == want["group"]
        and not have.floor
        and (have.low, high) == (want["min"], want["max"])
    )


def score_places(sets: Sequence[EventSet], resolver: Resolver) -> dict[str, float]:
    """Shares of gold LOCATION spans: named places within 10 and 161 km (not found is wrong), right areas."""
    within10 = within161 = points = areas_right = areas = 0
    for article, wanted in _by_article(sets, "places"):
        found = resolve_places(article, resolver.places)
        for span, gold in wanted:
            reading = found.get(span)
            if gold["level"] == "place":
                if gold.get("lat") is None:
                    continue
                points += 1
                if reading is not None:
                    away = distance_km(reading.entry, _At(gold["lat"], gold["lon"]))
                    within10 += away <= 10
                    within161 += away <= 161
            else:
                areas += 1
                areas_right += reading is not None and _is_area(gold, reading)
    return {
        "named places": float(points),
        "within 10 km": within10 / points,
        "within 161 km": within161 / points,
        "areas": float(areas),
        "areas right": areas_right / areas,
    }


def _is_area(gold: dict[str, Any], reading: PlaceReading) -> bool:
    """Whether a reading has the right country and is not finer than the gold's level: "northern Syria" as Syria."""
    if gold["country"] and (reading.entry.country or gold["country"]) != gold["country"]:
        return False
    if gold["level"] == "region":
        return reading.precision in ("province", "country", "near", "district")
    return bool(reading.entry.kind == gold["level"] or reading.precision == gold["level"])


@dataclass(frozen=True)
class _At:
    lat: float
    lon: float


def score_dates(sets: Sequence[EventSet]) -> dict[str, float]:
    """Shares of gold days in articles that have a date: exactly right, and overlapping."""
    exact = overlapping = total = 0
    for article, wanted in _by_article(sets, "dates"):
        day = article_date(article.document, [span for span in article.spans if span.label == "DATE"])
        if day is None:
            continue
        found = resolve_dates(article, day)
        for span, (first, last) in wanted:
            if first is None or last is None:
                continue
            total += 1
            days = found.get(span)
            if days is not None and days.first and days.last:
                exact += (days.first.isoformat(), days.last.isoformat()) == (first, last)
                overlapping += days.first.isoformat() <= last and first <= days.last.isoformat()
    return {"dates": float(total), "dates exact": exact / total, "dates overlapping": overlapping / total}


def score_names(sets: Sequence[EventSet], resolver: Resolver, kind: str) -> dict[str, float]:
    """Shares of gold ACTOR or SOURCE spans (``kind``) with the right body, with a body of the right side (an army for
    its state), and of those without one left unresolved.

    Gold names are looked up in the table; one that it lacks must be found as the same name.
    """
    right = sides = named = left = unnamed = 0
    for article, wanted in _by_article(sets, kind):
        countries = countries_of(resolve_places(article, resolver.places))
        found = resolve_mentions(article, resolver.names, countries)
        for span, gold in wanted:
            reading = found.get(span)
            if gold is None:
                unnamed += 1
                left += reading is None
                continue
            named += 1
            row = _gold_row(resolver, gold, countries)
            if reading is None:
                continue
            right += reading.name == (row.name if row else gold)
            sides += bool(row and reading.row and _side(resolver, row) == _side(resolver, reading.row))
    return {
        f"{kind} named": float(named),
        f"{kind} right": right / named,
        f"{kind} of the right side": sides / named,
        f"{kind} left open": left / max(unnamed, 1),
    }


def _gold_row(resolver: Resolver, gold: str, countries: Sequence[str]) -> NameRow | None:
    """The row of a gold name, which may be "State: body"."""
    state, colon, body = gold.partition(": ")
    if not colon:
        return resolver.names.find(gold, countries)
    if body == "government":
        return resolver.names.find(state, countries)
    return resolver.names.find(f"{body} ({state})", countries) or resolver.names.find(f"{state}'s {body}", countries)


def _side(resolver: Resolver, row: NameRow) -> str:
    return resolver.names.lineage(row)[-1].id


def _by_article(sets: Iterable[EventSet], kind: str) -> Iterator[tuple[AnnotatedDocument, list[tuple[Span, Any]]]]:
    for made in sets:
        wanted: dict[str, list[tuple[Span, Any]]] = {}
        for article, span, gold in made.spans(kind):
            wanted.setdefault(article.id, []).append((span, gold))
        yield from ((article, wanted[article.id]) for article in made.articles if article.id in wanted)


def evaluate(sets: Sequence[EventSet], resolver: Resolver, predictor: Predictor | None) -> dict[str, dict[str, float]]:
    """All scores, by what they are of."""
    articles = [article for made in sets for article in made.articles]
    result = {
        "places": score_places(sets, resolver),
        "dates": score_dates(sets),
        "parties": score_names(sets, resolver, "actors"),
        "sources": score_names(sets, resolver, "sources"),
    }
    read = {"gold claims": articles}
    if predictor is not None:
        read["predicted claims"] = [r.annotated for r in annotate(predictor, [a.document for a in articles])]
    for name, annotated in read.items():
        events = events_of(annotated, claims_of(annotated, resolver), resolver)
        result[f"events from {name}"] = score_events(sets, events) | score_ranges(sets, events)
    return result


def choose(sets: Sequence[EventSet], resolver: Resolver) -> list[tuple[float, Thresholds]]:
    """B-cubed F1 from gold claims for a grid of thresholds, the best first."""
    articles = [article for made in sets for article in made.articles]
    claims = claims_of(articles, resolver)
    grid = product((3.0, 3.5, 4.0, 4.5, 5.0), (2.5, 3.0, 3.5, 4.0), (0.5, 1.0, 1.5, 2.0, 3.0))
    tried = []
    for article, together, mean in grid:
        limits = Thresholds(article=article, together=together, mean=mean)
        scores = score_events(sets, events_of(articles, claims, resolver, limits))
        tried.append((scores["B-cubed F1"], limits))
    return sorted(tried, key=lambda pair: -pair[0])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.event_scores", description=__doc__)
    parser.add_argument("--split", choices=SPLITS, default="test")
    parser.add_argument("--data", type=Path, default=FOLDER)
    parser.add_argument(
        "--model", default="default", help="a folder, a hub name, default, or none for gold claims only"
    )
    parser.add_argument("--choose", action="store_true", help="try thresholds on the validation sets")
    parser.add_argument("--json", type=Path, help="write the scores to this file")
    arguments = parser.parse_args()
    resolver = Resolver.load()
    if arguments.choose:
        for value, limits in choose(read_sets(arguments.data, "validation"), resolver)[:12]:
            print(f"{value:.3f}  article {limits.article}  together {limits.together}  mean {limits.mean}")
        return
    predictor = None
    if arguments.model != "none":
        predictor = Predictor(loading.load(None if arguments.model == "default" else arguments.model))
    result = evaluate(read_sets(arguments.data, arguments.split), resolver, predictor)
    table = Table("", "", title=f"event sets, {arguments.split}")
    for title, scores in result.items():
        table.add_row(title, "", style="bold")
        for name, value in scores.items():
            table.add_row(f"  {name}", f"{value:.0f}" if value > 1 else f"{value:.3f}")
    Console().print(table)
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
