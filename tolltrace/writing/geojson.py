"""Events on a map (``events.geojson``, RFC 7946).

A feature an event. A pin claims a precision that most reports do not have: only a place that is known exactly becomes
a point, every other one an area as wide as its precision says. An event without coordinates has no geometry. Positions
are longitude and latitude in WGS 84; rings run counterclockwise, and an area across the 180th meridian is cut there.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tolltrace import jsonlines
from tolltrace.claims.claim import PlacePrecision
from tolltrace.events.event import NOT_VERIFIED, Event, EventPlace
from tolltrace.writing.event_rows import (
    MAIN_GROUPS,
    blamed_words,
    denial_words,
    find_range,
    located_place,
    main_place,
    origin_words,
    outlets,
    range_words,
)
from tolltrace.writing.partial import written_whole

RADIUS_KM: dict[PlacePrecision, float] = {"exact": 0, "near": 15, "district": 25, "province": 75, "country": 250}
"""How far from the coordinates the place may be, by its precision, where the gazetteer knows no size."""
UNKNOWN_RADIUS_KM = 25.0
"""For coordinates that come without a precision."""
VERTICES = 48
DECIMALS = 4
"""Of degrees: about 10 metres."""
EARTH_RADIUS_KM = 6371.0088

Json = dict[str, Any]
Position = tuple[float, float]


def write_geojson(path: Path, events: Sequence[Event], radii: Mapping[str, float] | None = None) -> None:
    """Write a feature collection; it appears whole or not at all.

    ``radii`` are the sizes of areas, in kilometres, by the ids of their places, where a gazetteer has them; they stand
    before the radius of the precision.
    """
    with (
        written_whole(path) as partial,
        open(partial, "w", encoding="utf-8", errors="replace", newline="\n") as out,
    ):
        out.write(f'{{"type": "FeatureCollection", "note": "{NOT_VERIFIED}", "features": [')
        for number, event in enumerate(events):
            out.write((",\n" if number else "\n") + jsonlines.dumps(feature(event, radii or {})))
        out.write("\n]}\n")


def feature(event: Event, radii: Mapping[str, float]) -> Json:
    """An event with its area or point; the properties are flat, lists are lists of texts."""
    place = located_place(event)
    radius = radius_km(place, radii) if place else None
    return {
        "type": "Feature",
        "id": event.id,
        "geometry": geometry(place, radius) if place and radius is not None else None,
        "properties": _properties(event, place, radius),
    }


def radius_km(place: EventPlace, radii: Mapping[str, float]) -> float:
    """How far from its coordinates the place may be: 0 only where it is exact."""
    if place.precision == "exact":
        return 0
    known = radii.get(place.id or "", 0)
    if known > 0 and place.precision != "near":  # near a place is outside of it
        return known
    return RADIUS_KM[place.precision] if place.precision else UNKNOWN_RADIUS_KM


def _properties(event: Event, place: EventPlace | None, radius: float | None) -> Json:
    main = main_place(event)
    found: Json = {
        "title": event.title,
        "status": event.status,
        "first_day": event.first_day,
        "last_day": event.last_day,
        "date_precision": event.date_precision,
        "place": main.name if main else None,
        "located_by": place.name if place else None,
        "province": (main and main.province) or (place and place.province),
        "country": (main and main.country) or (place and place.country),
        "precision": place.precision if place else None,
        "radius_km": radius,
        "uncertain": place.uncertain if place else None,
        "means": list(event.means),
    }
    for harm, group in MAIN_GROUPS:
        part = find_range(event, harm, group)
        if part is not None:
            found |= {f"{harm}_{group}_{edge}": getattr(part, edge) for edge in ("low", "high", "open")}
    return found | {
        "ranges": [range_words(part) for part in event.ranges],
        "origins": [origin_words(origin) for origin in event.origins],
        "outlets": list(outlets(event)),
        "stories": event.stories,
        "claims": len(event.figures),
        "blamed": list(blamed_words(event)),
        "denials": list(denial_words(event)),
        "contested": list(event.contested),
        "possibly_same_as": [other.id for other in event.possibly_same_as],
        "note": event.note,
    }


def geometry(place: EventPlace, radius: float) -> Json | None:
    """A point without a radius, else a circle. ``None`` where the circle would hold a pole: it has no ring there."""
    if place.lat is None or place.lon is None:
        return None
    if radius == 0:
        return {"type": "Point", "coordinates": [round(place.lon, 6), round(place.lat, 6)]}
    if abs(place.lat) + math.degrees(radius / EARTH_RADIUS_KM) >= 90:
        return None
    ring = circle(place.lat, place.lon, radius)
    west, east = min(lon for lon, _ in ring), max(lon for lon, _ in ring)
    shift = 360 if west < -180 else -360 if east > 180 else 0
    if not shift:
        return {"type": "Polygon", "coordinates": [_closed(ring)]}
    edge = math.copysign(180, -shift)
    inside = _cut(ring, edge, keep_west=edge > 0)
    beyond = [(lon + shift, lat) for lon, lat in _cut(ring, edge, keep_west=edge < 0)]
    return {"type": "MultiPolygon", "coordinates": [[_closed(part)] for part in (inside, beyond)]}


def circle(lat: float, lon: float, radius: float) -> list[Position]:
    """The vertices of a circle on the sphere, counterclockwise from its east; ``radius`` in kilometres.

    Longitudes run on beyond 180 and -180, so that neighbours are near each other.
    """
    angle = radius / EARTH_RADIUS_KM
    centre = math.radians(lat)
    found = []
    for number in range(VERTICES):
        bearing = math.pi / 2 - 2 * math.pi * number / VERTICES
        sine = math.sin(centre) * math.cos(angle) + math.cos(centre) * math.sin(angle) * math.cos(bearing)
        across = math.atan2(
            math.sin(bearing) * math.sin(angle) * math.cos(centre), math.cos(angle) - math.sin(centre) * sine
        )
        found.append((lon + math.degrees(across), math.degrees(math.asin(sine))))
    return found


def _cut(ring: Sequence[Position], edge: float, keep_west: bool) -> list[Position]:
    """The part of a convex ring on one side of a meridian (Sutherland and Hodgman), in the ring's direction."""
    kept: list[Position] = []
    for here, after in zip(ring, [*ring[1:], ring[0]], strict=True):
        inside, next_inside = ((lon <= edge) == keep_west for lon, _ in (here, after))
        if inside:
            kept.append(here)
        if inside != next_inside:
            share = (edge - here[0]) / (after[0] - here[0])
            kept.append((edge, here[1] + share * (after[1] - here[1])))
    return kept


def _closed(ring: Sequence[Position]) -> list[list[float]]:
    rounded = [[round(lon, DECIMALS), round(lat, DECIMALS)] for lon, lat in ring]
    return [*rounded, rounded[0]]
