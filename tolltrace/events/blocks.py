"""Which incidents of different articles are worth comparing, so that cost grows with their number, not its square.

Two incidents meet where they share a place and a day (or neighbouring days), a province and a day if one of them names
no finer place, a telling figure and a day if one of them names no place at all, a place and a figure if one of them has
no day, or a story.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence

from tolltrace.events.incidents import Incident
from tolltrace.events.profile import Profile, Spot
from tolltrace.events.score import RECENT

CELL = 0.25  # degrees, some 28 km
LONG = 9  # days; a longer time says too little about when
MOST = 300
"""One without a day is compared with so many incidents of its place; beyond that a figure must be the same too."""
TELLING = 3  # people: a smaller figure is everywhere
Key = tuple[Hashable, ...]


def pairs(incidents: Sequence[Incident]) -> Iterator[tuple[int, int]]:
    """Numbers of incidents to compare, each pair once, the lower number first; never two of one article."""
    blocks: dict[Key, list[int]] = defaultdict(list)
    seen: set[tuple[int, int]] = set()
    for number, incident in enumerate(incidents):
        mine = incident.profile
        for key in dict.fromkeys(_keys(mine)):
            if key[0] == "undated" and len(key) == 2 and len(blocks[key]) > MOST:
                continue
            for other in blocks[key]:
                pair = (other, number)
                theirs = incidents[other].profile
                if pair in seen or mine.documents & theirs.documents or not _meets(key, mine, theirs):
                    continue
                seen.add(pair)
                yield pair
            blocks[key].append(number)


def _meets(key: Key, one: Profile, other: Profile) -> bool:
    """Whether a block's condition on the pair holds: the loose blocks are for what has no closer one."""
    if key[0] == "area":
        return not (_has_fine(one) and _has_fine(other))
    if key[0] == "figure":
        return not (_is_located(one) and _is_located(other))
    if key[0] == "undated":
        return one.first is None or other.first is None
    return True


def _has_fine(profile: Profile) -> bool:
    return any(spot.fine for spot in profile.spots)


def _is_located(profile: Profile) -> bool:
    return any(spot.fine and spot.lat is not None for spot in profile.spots)


def _keys(profile: Profile) -> Iterator[Key]:
    days = list(_days(profile))
    figures = sorted((h, low) for h, _, low, _ in profile.numbers if low is not None and low >= TELLING)
    for story in sorted(profile.stories):
        yield "story", story
    areas = {(spot.country, spot.province or spot.key) for spot in profile.areas}
    areas |= {(spot.country, spot.province or spot.key) for spot in profile.spots if spot.province or not spot.fine}
    for day in days:
        for spot in profile.spots:
            if spot.fine:
                yield "name", spot.key, day
                for cell in _cells(spot):
                    yield "cell", *cell, day
        yield from (("area", *area, day) for area in areas)
        yield from (("figure", *figure, day) for figure in (figures[-1:] if _is_located(profile) else figures))
    for spot in profile.spots:
        yield "undated", spot.key
        yield from (("undated", spot.key, *figure) for figure in figures)


def _days(profile: Profile) -> range:
    """The days on which it may have happened, and the one before: a neighbour of it meets it there."""
    if profile.first is not None and profile.last is not None and profile.last - profile.first <= LONG:
        return range(profile.first - 1, profile.last + 1)
    if profile.first is None and profile.told is not None:
        return range(profile.told - RECENT, profile.told + 1)
    return range(0)


def _cells(spot: Spot) -> Iterator[tuple[int, int]]:
    """The cell of the grid that holds the place, and those on three sides: places near a border meet in one of them."""
    if spot.lat is None or spot.lon is None:
        return
    row, column = math.floor(spot.lat / CELL), math.floor(spot.lon / CELL)
    for down in (0, 1):
        for right in (0, 1):
            yield row + down, column + right
