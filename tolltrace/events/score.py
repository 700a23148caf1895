"""How far two profiles speak of one incident: points with their reasons, added up.

The points are judgements on a scale of evidence (about the natural logarithm of how much likelier the fact is when
the incident is one), set by hand; the thresholds that turn sums into decisions were chosen on data, see
:mod:`training.event_scores`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from itertools import product

from rapidfuzz import fuzz

from tolltrace.events.event import Reason
from tolltrace.events.profile import Profile, Spot
from tolltrace.resolving.gazetteer import distance_km
from tolltrace.resolving.known_as import KnownAs
from tolltrace.resolving.place_names import fold

KNOWN_AS = "known as"
"""The reason that two names are listed as one place: never enough to join, always enough to tell of it."""
PART_OF_TOWN = re.compile(
    r"\b(?:camp|airport|airbase|air base|base|prison|hospital|neighbou?rhood|quarter|suburb|district|port|crossing)\b",
    re.IGNORECASE,
)
VAGUE = 0.3
UNLIKE = -0.3
MORE, MORE_AT_MOST = 0.5, 1.5
SAME_KM = 3
NEXT_KM = 12
FAR_KM = 40
LIKE = 84
RECENT = 3  # days before its article in which an incident without a date is taken to have happened
AKIN_MEANS = (
    frozenset({"air", "drone", "artillery_rocket"}),
    frozenset({"ground_fighting", "shooting", "execution"}),
    frozenset({"ied_mine", "suicide"}),
)
"""Kinds of attack that reports of one incident mix up."""


def score(one: Profile, other: Profile, known_as: KnownAs) -> tuple[float, tuple[Reason, ...]]:
    """The sum of points that two profiles are one incident, and the reasons, the weightiest first."""
    reasons = [reason for reason in _reasons(one, other, known_as) if reason.points]
    named = {reason.name: reason.points for reason in reasons}
    across = one.documents.isdisjoint(other.documents) and "story" not in named
    if across and named.get("place", 0.0) < VAGUE and named.get("figures", 0.0) < 1:
        reasons.append(Reason("vague", -1.5, "neither a place nor a figure speaks for it"))
    reasons.sort(key=lambda reason: -abs(reason.points))
    return round(sum(reason.points for reason in reasons), 2), tuple(reasons)


def _reasons(one: Profile, other: Profile, known_as: KnownAs) -> Iterator[Reason]:
    if one.stories & other.stories and not one.documents & other.documents:
        yield Reason("story", 2.5, "the two articles are one story")
    yield _place(one, other, known_as)
    yield _day(one, other)
    yield from _means(one, other)
    yield from _scene(one, other)
    yield from _parties(one, other)
    yield _numbers(one, other)
    if one.origins & other.origins:
        yield Reason("origin", 0.3, "the same source speaks")
    shared = one.words & other.words
    if len(shared) >= 2:
        share = len(shared) / min(len(one.words), len(other.words))
        yield Reason("words", round(min(1.5, 3 * share), 2), f"the sentences share {', '.join(sorted(shared)[:5])}")


def _place(one: Profile, other: Profile, known_as: KnownAs) -> Reason:
    if not (one.spots and other.spots):
        return Reason("place", 0.0, "a place is not named")
    return max((_spots(a, b, known_as) for a, b in product(one.spots, other.spots)), key=lambda reason: reason.points)


def _spots(a: Spot, b: Spot, known_as: KnownAs) -> Reason:
    if a.id and b.id and (a.namesake == b.id or b.namesake == a.id):
        return Reason(
            "place", 1.5, f"{a.name} in {a.province or a.country} may be the one in {b.province or b.country}"
        )
    if a.country and b.country and a.country != b.country and "country" not in (a.precision, b.precision):
        return Reason("place", -6.0, f"{a.name} and {b.name} lie in two countries")
    if a.fine and b.fine:
        return _fine_spots(a, b, known_as)
    if a.id and a.id == b.id:
        points = {"district": 1.2, "province": 0.7, "country": 0.2}.get(a.precision or "", 0.7)
        return Reason("place", points, f"both in {a.name}")
    if a.fine != b.fine:
        fine, area = (a, b) if a.fine else (b, a)
        if area.precision == "country":
            points = 0.1 if fine.country in (None, area.country) else -6.0
            return Reason("place", points, f"{fine.name} and {area.name}, a country")
        return _fine_in_area(fine, area)
    if "country" in (a.precision, b.precision):
        return Reason("place", 0.0, f"{a.name} and {b.name}")
    return Reason("place", -2.5, f"{a.name} is not {b.name}")


def _fine_in_area(fine: Spot, area: Spot) -> Reason:
    if fine.province is None:
        return Reason("place", 0.0, f"{fine.name} is not known to lie in {area.name}")
    if area.precision == "province" and area.province == fine.province:
        return Reason("place", 0.7, f"{fine.name} lies in {area.name}")
    if fuzz.ratio(fine.key, area.key) >= LIKE:
        return Reason("place", 2.0, f"{fine.name} and the {area.precision} that is named after it")
    apart = _km(fine, area)
    if apart is not None and (area.precision == "district" or area.province is None):  # a district or a region
        if apart <= FAR_KM:
            return Reason("place", 0.4, f"{fine.name} lies {apart:.0f} km from the middle of {area.name}")
        if apart <= FAR_KM * 4:
            return Reason("place", 0.0, f"{fine.name} may lie in {area.name}")
    return Reason("place", -2.5, f"{fine.name} does not lie in {area.name}")


def _fine_spots(a: Spot, b: Spot, known_as: KnownAs) -> Reason:
    alias = known_as.says(a.key, b.key, (a.country, b.country))
    if alias:
        return Reason(KNOWN_AS, -1.0, f"{alias} lists {a.name} and {b.name} as names of one place")
    apart = _km(a, b)
    same_name = a.key == b.key or (a.id is not None and a.id == b.id)
    if same_name and (apart is None or apart <= NEXT_KM):
        if a.precision is None and a.province and b.province and a.province != b.province:
            return Reason("place", -2.5, f"{a.name} in {a.province} and in {b.province}")
        return Reason("place", 3.0, f"both in {a.name}")
    if apart is None:
        if fuzz.ratio(a.key, b.key) >= LIKE:
            return Reason("place", 1.5, f"{a.name} and {b.name} are nearly the same name")
        both = a.lat is None and b.lat is None
        return Reason("place", -2.0 if both else -1.2, f"{a.name} is not {b.name}")
    if any(one.province and fold(one.province) == other.key for one, other in ((a, b), (b, a))):
        return Reason("place", 0.4, f"{a.name} and {b.name}: one may stand for the province of the other")
    near = "near" in (a.precision, b.precision)
    if apart <= SAME_KM:
        return Reason("place", 2.0, f"{a.name} and {b.name} are {apart:.0f} km apart")
    if near and apart <= NEXT_KM * 2:
        return Reason("place", 0.5, f"{a.name} and {b.name} are {apart:.0f} km apart, one of them named roughly")
    if apart <= NEXT_KM and (PART_OF_TOWN.search(a.name) or PART_OF_TOWN.search(b.name)):
        return Reason("place", 1.0, f"{a.name} and {b.name} are {apart:.0f} km apart, one may be a part of the other")
    if apart <= NEXT_KM:
        return Reason("place", -2.5, f"{a.name} and {b.name} are {apart:.0f} km apart")
    points = -3.5 if apart <= FAR_KM else -6.0
    return Reason("place", points, f"{a.name} and {b.name} are {apart:.0f} km apart")


def _km(a: Spot, b: Spot) -> float | None:
    apart = distance_km(a, b)
    return None if math.isnan(apart) else apart


def _day(one: Profile, other: Profile) -> Reason:
    if one.first is None or one.last is None or other.first is None or other.last is None:
        return _told(one, other)
    gap = max(one.first, other.first) - min(one.last, other.last)
    exact = max(one.last - one.first, other.last - other.first) <= 1
    if gap <= 0:
        return Reason("day", 2.0, "on the same day") if exact else Reason("day", 0.7, "the times overlap")
    if gap == 1:
        return Reason("day", -2.0 if exact else -1.0, "a day apart")
    return Reason("day", max(-8.0, -2.5 * gap), f"{gap} days apart")


def _told(one: Profile, other: Profile) -> Reason:
    """Two incidents of which one has no date: it happened shortly before its article, most likely."""
    dated, undated = (one, other) if other.first is None else (other, one)
    if undated.told is None:
        return Reason("day", 0.0, "a day is not known")
    if dated.first is None or dated.last is None:
        if dated.told is None:
            return Reason("day", 0.0, "a day is not known")
        gap = abs(dated.told - undated.told)
        return Reason("day", 0.5 if gap <= 1 else max(-4.0, 1.0 - gap), f"told {gap} days apart")
    if dated.first > undated.told:
        return Reason("day", -6.0, "told before the other happened")
    late = undated.told - dated.last
    if late <= RECENT:
        return Reason("day", 0.7, "told within days of it")
    return Reason("day", max(-4.0, -0.5 * (late - RECENT)), f"told {late} days after it")


def _means(one: Profile, other: Profile) -> Iterator[Reason]:
    if not (one.means and other.means):
        return
    shared = one.means & other.means
    if shared:
        yield Reason("means", 1.0, f"both by {', '.join(sorted(shared))}".replace("_", " "))
    else:
        points = -0.4 if any(one.means & akin and other.means & akin for akin in AKIN_MEANS) else -2.5
        words = f"by {', '.join(sorted(one.means))} and by {', '.join(sorted(other.means))}"
        yield Reason("means", points, words.replace("_", " "))


def _scene(one: Profile, other: Profile) -> Iterator[Reason]:
    if one.scenes and other.scenes:
        if shared := one.scenes & other.scenes:
            yield Reason("scene", 0.7, f"both speak of a scene of the kind {', '.join(sorted(shared))}")
        else:
            named = f"{', '.join(sorted(one.scenes))} and {', '.join(sorted(other.scenes))}"
            yield Reason("scene", -0.7, f"the scenes are {named}")
    if one.day_parts and other.day_parts and one.day_parts.isdisjoint(other.day_parts):
        named = f"{', '.join(sorted(one.day_parts))} and {', '.join(sorted(other.day_parts))}"
        yield Reason("part of the day", -1.5, named)


def _parties(one: Profile, other: Profile) -> Iterator[Reason]:
    if shared := one.blamed & other.blamed:
        yield Reason("blame", 0.7, f"both laid at the door of {', '.join(sorted(shared))}")
    if one.victim_parties and other.victim_parties:
        if shared := one.victim_parties & other.victim_parties:
            yield Reason("victims", 0.7, f"the victims of both are of {', '.join(sorted(shared))}")
        else:
            yield Reason("victims", -1.0, "the victims are of different parties")
    elif one.categories and other.categories and one.categories.isdisjoint(other.categories):
        named = f"{', '.join(sorted(one.categories))} and {', '.join(sorted(other.categories))}"
        yield Reason("victims", -0.5, f"the victims are {named}")


def _numbers(one: Profile, other: Profile) -> Reason:
    """Figures for the same harm: equal ones speak for one incident, the more so the larger and the more they are."""
    equal: dict[str, float] = {}
    unlike: dict[str, tuple[float, str]] = {}
    for harm, group, low, high in one.numbers:
        for other_harm, other_group, other_low, other_high in other.numbers:
            if harm != other_harm:
                continue
            number, other_number = high if low is None else low, other_high if other_low is None else other_low
            if number is None or other_number is None:
                continue
            kind = f"{' or '.join(harm)}, {group}"
            if number == other_number:
                points = 0.0 if number == 0 else 0.5 if number <= 2 else 1.3 if number < 10 else 2.0
                points *= 1.0 if group == other_group else 0.6
                what = f"{number} {kind}"
                equal[what] = max(equal.get(what, 0.0), points)
            elif group == other_group:
                far = max(number, other_number) > 2.5 * max(min(number, other_number), 1)
                unlike[kind] = (-0.8 if far else UNLIKE, f"{number} and {other_number} {kind}")
    if any(equal.values()):
        best, *more = sorted(equal.values(), reverse=True)
        points = best + min(MORE_AT_MOST, MORE * sum(more))
        return Reason("figures", round(points, 2), f"{'; '.join(sorted(equal))} in both")
    if unlike:
        points, words = min(unlike.values())
        return Reason("figures", points, words)
    return Reason("figures", 0.0, "no figures for the same harm and victims")
