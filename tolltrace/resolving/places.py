"""Places of an article to entries of the gazetteer: every LOCATION read, its namesakes weighed, no guess silent."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from tolltrace.claims.claim import PlacePrecision
from tolltrace.documents import AnnotatedDocument, Span
from tolltrace.resolving.gazetteer import FINER, Entry, Gazetteer, contains, distance_km
from tolltrace.resolving.place_names import normalize
from tolltrace.resolving.place_scores import (
    FAR_KNOWN,
    FITTING,
    NEARNESS_KM,
    SAME_NAME,
    VARIANT,
    Candidate,
    other_place,
    ranked_candidates,
)
from tolltrace.resolving.place_words import AFTER, BEFORE, Hint, PlaceWords, hint_of, readings

DISTRICT_KM, PROVINCE_KM = 30.0, 300.0
"""Regions that reach no farther than this are like a district, like a province; larger ones like a country."""
SEAT_FROM = 5_000
"""A settlement with fewer people is not what the bare name of its province stands for."""
CAPITALIZED = re.compile(r"[A-Z][\w'’.]*")


@dataclass(frozen=True, slots=True)
class PlaceReading:
    """What a LOCATION stands for. ``margin``: by how much of the highest possible score the entry lies before the
    ``runner_up`` (a different place), or before nothing; from 0, a guess, to 1."""

    entry: Entry
    precision: PlacePrecision
    margin: float
    runner_up: Entry | None = None


def resolve_places(annotated: AnnotatedDocument, gazetteer: Gazetteer) -> dict[Span, PlaceReading]:
    """The place of every LOCATION that the gazetteer knows; a span that is missing stays as it is written.

    The same words mean the same place in all of an article, unless the text beside them asks for a province or a
    settlement.
    """
    spans = [span for span in annotated.spans if span.label == "LOCATION"]
    groups: dict[tuple[str, Hint], list[Span]] = defaultdict(list)
    for span in spans:
        groups[" ".join(annotated.text_of(span).split()).casefold(), _hint_beside(annotated, span)].append(span)
    candidates = {
        group: _candidates(annotated.text_of(members[0]), group[1], gazetteer) for group, members in groups.items()
    }
    countries = _countries(annotated, list(candidates.values()), gazetteer)
    firm = _anchors(groups, candidates, countries)
    found: dict[Span, PlaceReading] = {}
    for group, members in groups.items():
        beside = _beside(annotated.text, members, spans, groups, firm)
        reading = _choose(candidates[group], countries, members, firm, beside, group)
        if reading is not None:
            found.update(dict.fromkeys(members, reading))
    return found


def _hint_beside(annotated: AnnotatedDocument, span: Span) -> Hint:
    """The kind asked for by a type noun that the span leaves out ("the province of *Homs*")."""
    before = BEFORE.search(annotated.text[max(0, span.start - 60) : span.start])
    after = AFTER.match(annotated.text[span.end : span.end + 20])
    match = before or after
    return hint_of(match["noun"]) if match else "any"


def _candidates(words: str, beside: Hint, gazetteer: Gazetteer) -> list[Candidate]:
    """Entries that the words may name, by the most literal reading that names any."""
    for words_read in readings(words):
        hint = words_read.hint if words_read.hint != "any" else beside
        words_read = PlaceWords(words_read.name, hint, words_read.near, words_read.within)
        fitting = FITTING[hint]
        named = [
            Candidate(entry, words_read, like)
            for entry, like in gazetteer.named(words_read.name)
            if entry.kind in fitting
        ]
        if any(candidate.like >= VARIANT for candidate in named):
            variants = [c for c in named if c.like >= VARIANT]
            return _seats(_without_hamlets(_without_namesake_districts(variants)))
        if named:
            return named
    return []


def _without_namesake_districts(named: list[Candidate]) -> list[Candidate]:
    """A name without "district" is that of the town, if the district is named after one of its towns."""
    towns = [c.entry for c in named if c.entry.kind == "place"]
    return [
        c
        for c in named
        if c.entry.kind != "district"
        or c.words.hint == "district"
        or not any(contains(c.entry, town) for town in towns)
    ]


def _without_hamlets(named: list[Candidate]) -> list[Candidate]:
    """No small namesakes where the words are the name of a country."""
    if not any(c.entry.kind == "country" and c.like >= SAME_NAME for c in named):
        return named
    return [c for c in named if c.entry.kind != "place" or c.entry.population >= FAR_KNOWN]


def _seats(named: Iterable[Candidate]) -> list[Candidate]:
    """A town that gives its province or district the name is no less likely for being spelled otherwise in its row."""
    named = list(named)
    raised = []
    for candidate in named:
        if candidate.entry.kind == "place" and candidate.entry.population >= SEAT_FROM:
            like = max([candidate.like, *(area.like for area in named if contains(area.entry, candidate.entry))])
            candidate = replace(candidate, like=like)
        raised.append(candidate)
    return raised


def _countries(
    annotated: AnnotatedDocument, candidates: Sequence[Sequence[Candidate]], gazetteer: Gazetteer
) -> dict[str, float]:
    """How much the article is about each country, from 0 to 1: countries and nationalities in its text, in its
    metadata ``conflict`` and ``country``, and places that lie in one country only."""
    votes: dict[str, float] = defaultdict(float)
    metadata = annotated.document.metadata
    about = " ".join(str(metadata[name]) for name in ("conflict", "country") if metadata.get(name))
    for text, weight in ((annotated.text, 1.0), (about, 8.0)):
        for country in _spoken_of(text, gazetteer):
            votes[country] += weight
    lone: dict[str, dict[str, bool]] = defaultdict(dict)
    for named in candidates:
        sure = [c for c in named if c.like >= VARIANT and c.entry.country]
        if sure and len({c.entry.country for c in sure}) == 1:
            first = sure[0]
            large = first.entry.population >= FAR_KNOWN and first.like >= SAME_NAME
            lone[first.entry.country][first.entry.id] = large
    for country, entries in lone.items():  # one small place alone does not put an article into its country
        if country in votes or len(entries) > 1 or any(entries.values()):
            votes[country] += 2.0 * len(entries)
    most = max(votes.values(), default=0.0)
    return {country: math.sqrt(vote / most) for country, vote in votes.items()}


def _spoken_of(text: str, gazetteer: Gazetteer) -> Iterator[str]:
    """The country of every country, nationality, province and region that the text names in one or two words."""
    words = list(CAPITALIZED.finditer(text))
    done = -1
    for word, following in zip_longest(words, words[1:]):
        if word.start() < done:
            continue
        pair = text[word.start() : following.end()] if following and following.start() == word.end() + 1 else ""
        for name in (pair, word[0]):
            if name and (country := _country(name, gazetteer)):
                done = word.start() + len(name)
                yield country
                break


def _country(name: str, gazetteer: Gazetteer) -> str | None:
    wanted = normalize(name.removesuffix("'s").removesuffix("’s"))
    for entry in gazetteer.areas_named(wanted):
        if entry.kind in ("country", "province", "region") and entry.country:
            return entry.country
    return None


Group = tuple[str, Hint]


def _anchors(
    groups: Mapping[Group, list[Span]],
    candidates: Mapping[Group, list[Candidate]],
    countries: Mapping[str, float],
) -> dict[Group, Entry]:
    """First choices without regard to each other, where they are clear: the places that others are measured by."""
    firm = {}
    for group in groups:
        ranked = ranked_candidates(candidates[group], countries)
        if ranked and (len(ranked) == 1 or ranked[0][0] - other_place(ranked)[0] >= 0.05):
            firm[group] = ranked[0][1].entry
    return firm


def _beside(
    text: str,
    members: Sequence[Span],
    spans: Sequence[Span],
    groups: Mapping[Group, list[Span]],
    firm: Mapping[Group, Entry],
) -> list[Entry]:
    """Wider places that a mention is tied to by the words: "X, Y", "X in Y", "X in the Y", "Y's X"."""
    entry_of = {span: firm[group] for group, group_spans in groups.items() if group in firm for span in group_spans}
    tied = []
    for span in members:
        for other in spans:
            if other is span or other not in entry_of:
                continue
            between = text[span.end : other.start] if other.start >= span.end else None
            if between is not None and re.fullmatch(
                r",? (?:(?:a|the) )?(?:[a-z]+ ){0,3}(?:in|of)(?: the)?(?: [a-z]+){0,3} |, (?:in )?", between
            ):
                tied.append(entry_of[other])
                continue
            if other.end <= span.start and re.fullmatch(r"(?:'s|’s)(?: [a-z]+){0,3} ", text[other.end : span.start]):
                tied.append(entry_of[other])
    return tied


def _choose(
    candidates: Sequence[Candidate],
    countries: Mapping[str, float],
    members: Sequence[Span],
    firm: Mapping[Group, Entry],
    beside: Sequence[Entry],
    group: Group,
) -> PlaceReading | None:
    others = [e for g, e in firm.items() if g != group and FINER[e.kind] < FINER["region"]]
    nearness = {
        c.entry.id: max((math.exp(-distance_km(c.entry, other) / NEARNESS_KM) for other in others), default=0.0)
        for c in candidates
    }
    ranked = ranked_candidates(candidates, countries, nearness, beside)
    if not ranked:
        return None
    score, chosen = ranked[0]
    second, runner_up = other_place(ranked)
    margin = round(max(0.0, min(1.0, score - second)), 3)
    return PlaceReading(chosen.entry, _precision(chosen), margin, runner_up)


def _precision(chosen: Candidate) -> PlacePrecision:
    kind, words = chosen.entry.kind, chosen.words
    if kind == "country":
        return "country"
    if kind == "region":
        radius = chosen.entry.radius_km
        return "district" if radius <= DISTRICT_KM else "province" if radius <= PROVINCE_KM else "country"
    if kind == "province":
        return "province"
    if kind == "district" or words.hint in ("district", "territory"):
        return "district"
    if words.hint == "border" or words.near:
        return "near"
    return "exact"
