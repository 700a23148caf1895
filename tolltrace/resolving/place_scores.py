"""How well an entry fits the words of a place, in its article.

A candidate's score is the sum of what speaks for it, each part from 0 to 1 and weighted (:data:`WEIGHTS`): how like the
names are, how prominent the place is, how much the article is about its country, how near it lies to the article's
other places, whether it lies in the place named beside it, and whether it is of the kind that the words ask for.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tolltrace.resolving.gazetteer import FINER, Entry, contains, distance_km
from tolltrace.resolving.place_names import likeness, normalize
from tolltrace.resolving.place_words import Hint, PlaceWords

WEIGHTS = {"name": 3.0, "prominence": 3.0, "country": 3.0, "nearness": 1.0, "within": 2.0, "kind": 2.0}
NEARNESS_KM = 80.0
"""Nearness to another place of the article falls to 1/e at this distance."""
FAR_KNOWN = 100_000
"""A settlement of a country that the article does not speak of is taken only with this many people, by its own name."""
FAMOUS = 1_000_000
"""From this many people on, any of its names does."""
NEIGHBOUR_KM = 200.0
"""Within this distance of a place of the article a namesake of any size is taken, whatever its country."""
ABOUT, MAINLY_ABOUT = 0.25, 0.6
"""How much an article must be about a country for a variant of a name, or one merely akin, to be looked for there."""
UNKNOWN_PEOPLE = 1_000
"""For a settlement without a figure (GeoNames has none for many a town)."""
SAME_NAME, VARIANT = 0.99, 0.95
"""Likeness from which two names are spellings of one: see :func:`place_names.likeness`."""
BY_ALTERNATE = 0.15
"""What a name costs that is only one of the entry's other names: half of them are of bygone or neighbouring places."""
SAME_PLACE_KM = 5.0
FITTING: dict[Hint, dict[str, float]] = {
    "any": {"country": 1.0, "place": 0.85, "facility": 0.8, "province": 0.6, "region": 0.8, "district": 0.3},
    "settlement": {"place": 1.0, "facility": 0.5},
    "province": {"province": 1.0, "region": 0.7, "district": 0.3},
    "region": {"region": 1.0, "province": 0.9, "district": 0.5},
    "district": {"district": 1.0, "region": 0.8, "place": 0.6, "facility": 0.2, "province": 0.3},
    "facility": {"facility": 1.0, "place": 0.8},
    "border": {"country": 1.0, "region": 0.6, "province": 0.5, "place": 0.5, "facility": 0.8},
    "territory": {"country": 1.0, "district": 1.0, "region": 0.8, "place": 0.6, "province": 0.4},
    "road": {"place": 1.0, "facility": 0.5, "district": 0.2},
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that the words, read in this way, may name."""

    entry: Entry
    words: PlaceWords
    like: float


def _score(
    candidate: Candidate, countries: Mapping[str, float], near: float = 0.0, beside: Sequence[Entry] = ()
) -> float:
    """From 0 to 1: the weighted mean of what speaks for a candidate."""
    entry = candidate.entry
    within = candidate.words.within
    inside = any(contains(other, entry) for other in beside) or (
        within is not None and normalize(within) in {normalize(entry.province), normalize(entry.district)} - {""}
    )
    parts = {
        "name": _name_part(candidate.like) - (0.0 if _by_usual_name(candidate) else BY_ALTERNATE),
        "prominence": _prominence(entry),
        "country": countries.get(entry.country, 0.0) if entry.country else 0.6,
        "nearness": near,
        "within": float(inside),
        "kind": FITTING[candidate.words.hint].get(entry.kind, 0.0),
    }
    if entry.kind == "country":
        parts["country"] = max(parts["country"], 0.6)
    elif entry.population >= FAR_KNOWN:  # a large city is spoken of from anywhere
        parts["country"] = max(parts["country"], parts["prominence"] / 2)
    return sum(WEIGHTS[name] * value for name, value in parts.items()) / sum(WEIGHTS.values())


def _by_usual_name(candidate: Candidate) -> bool:
    return likeness(candidate.words.name, candidate.entry.name) >= VARIANT


def _name_part(like: float) -> float:
    if like >= SAME_NAME:
        return like
    return 0.45 if like >= VARIANT else max(0.0, 0.45 * (like - 0.75) / (VARIANT - 0.75))


def _prominence(entry: Entry) -> float:
    """From 0 for a hundred people to 1 for ten millions. A province counts as a tenth of its people."""
    if entry.kind in ("country", "region"):
        return 1.0
    if entry.kind == "facility":
        return 0.5
    people = entry.population / 10 if entry.kind == "province" else entry.population
    return min(1.0, max(0.0, math.log10(max(people, UNKNOWN_PEOPLE)) - 2) / 5)


def _supported(candidate: Candidate, countries: Mapping[str, float], near: float = 0.0) -> bool:
    """Whether there is enough for the candidate: nothing small, and no mere variant, far from what the article is
    about."""
    entry, like = candidate.entry, candidate.like
    about = countries.get(entry.country, 0.0)
    if like < VARIANT:
        return about >= MAINLY_ABOUT
    if about >= ABOUT or (about > 0 and like >= SAME_NAME):
        return True
    if entry.kind in ("country", "region"):
        return True
    if near >= math.exp(-NEIGHBOUR_KM / NEARNESS_KM):
        return True
    if like < SAME_NAME or candidate.words.hint not in ("any", "settlement", "province"):
        return False
    usual = likeness(candidate.words.name, entry.name) >= SAME_NAME
    return entry.population >= (FAR_KNOWN if usual else FAMOUS)


def ranked_candidates(
    candidates: Sequence[Candidate],
    countries: Mapping[str, float],
    nearness: Mapping[str, float] | None = None,
    beside: Sequence[Entry] = (),
) -> list[tuple[float, Candidate]]:
    """Candidates that have enough for them, with their scores, best first. ``countries``: how much the article is
    about each; ``nearness``: of entries by id, to its other places; ``beside``: wider places tied to the words."""
    scored = [
        (_score(c, countries, (nearness or {}).get(c.entry.id, 0.0), beside), c)
        for c in candidates
        if _supported(c, countries, (nearness or {}).get(c.entry.id, 0.0))
    ]
    return sorted(scored, key=lambda pair: (-pair[0], -pair[1].entry.population, pair[1].entry.id))


def other_place(ranked: Sequence[tuple[float, Candidate]]) -> tuple[float, Entry | None]:
    """The best-scored candidate that is a different place: none around, in, or beside the first."""
    first = ranked[0][1].entry
    for score, candidate in ranked[1:]:
        other = candidate.entry
        if contains(first, other) or contains(other, first) or _shares_name(first, other):
            continue
        if distance_km(first, other) > max(SAME_PLACE_KM, 2 * min(first.radius_km, other.radius_km)):
            return score, other
    return 0.0, None


def _shares_name(a: Entry, b: Entry) -> bool:
    """A town and the area of one country that goes by its name, though it lies outside it (Kyiv)."""
    return a.country == b.country and FINER[a.kind] != FINER[b.kind] and normalize(a.name) == normalize(b.name)
