"""Events on a map: points only where the place is exact, areas elsewhere, valid by RFC 7946."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.writing.small_events import CROSSING, EVENTS, FORMULA, ROAD
from tolltrace.claims.claim import PlacePrecision
from tolltrace.events.event import NOT_VERIFIED, EventPlace
from tolltrace.writing.geojson import EARTH_RADIUS_KM, RADIUS_KM, VERTICES, feature, geometry, write_geojson

Ring = list[list[float]]


def area(ring: Ring) -> float:
    """Twice the signed area: positive where the ring runs counterclockwise."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))


def distance_km(a: list[float], b: tuple[float, float]) -> float:
    (lon, lat), (other_lon, other_lat) = ([math.radians(x) for x in p] for p in (a, b))
    cosine = math.sin(lat) * math.sin(other_lat) + math.cos(lat) * math.cos(other_lat) * math.cos(lon - other_lon)
    return EARTH_RADIUS_KM * math.acos(min(1, cosine))


def at(lat: float, lon: float, precision: PlacePrecision | None = "district") -> EventPlace:
    return replace(CROSSING.places[0], lat=lat, lon=lon, precision=precision)


def rings(shape: dict[str, Any] | None) -> list[Ring]:
    assert shape is not None
    polygons = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
    assert all(len(polygon) == 1 for polygon in polygons)
    return [polygon[0] for polygon in polygons]


def test_the_file_is_a_feature_collection(tmp_path: Path) -> None:
    write_geojson(tmp_path / "events.geojson", [replace(CROSSING, title=FORMULA), *EVENTS[1:]])
    text = (tmp_path / "events.geojson").read_text(encoding="utf-8")
    value = json.loads(text)
    assert (value["type"], value["note"]) == ("FeatureCollection", NOT_VERIFIED)
    crossing, road, nowhere = value["features"]
    assert {f["type"] for f in value["features"]} == {"Feature"}
    assert crossing["geometry"] == {"type": "Point", "coordinates": [40.5, 35.25]}
    assert crossing["properties"]["title"] == FORMULA
    assert crossing["properties"]["killed_all_low"] == 23
    assert crossing["properties"]["killed_all_open"] is True
    assert "missing_all_low" not in crossing["properties"]
    assert road["geometry"]["type"] == "Polygon"
    assert (road["properties"]["radius_km"], road["properties"]["precision"]) == (75, "province")
    assert (road["properties"]["status"], road["properties"]["uncertain"]) == ("reviewed", True)
    assert nowhere["geometry"] is None
    assert (nowhere["properties"]["place"], nowhere["properties"]["located_by"]) == ("Umm Khafi", None)
    assert {f["properties"]["note"] for f in value["features"]} == {NOT_VERIFIED}
    assert list(tmp_path.iterdir()) == [tmp_path / "events.geojson"]


def test_no_events_are_a_valid_file(tmp_path: Path) -> None:
    write_geojson(tmp_path / "events.geojson", [])
    assert json.loads((tmp_path / "events.geojson").read_text(encoding="utf-8"))["features"] == []


def test_properties_are_flat() -> None:
    for event in EVENTS:
        for value in feature(event, {})["properties"].values():
            assert value is None or isinstance(value, str | int | float | bool | list)
            assert not isinstance(value, list) or all(isinstance(part, str) for part in value)


def test_a_known_size_stands_before_the_usual_one() -> None:
    assert feature(ROAD, {"x:3": 40.0})["properties"]["radius_km"] == 40
    assert feature(CROSSING, {"x:1": 40.0})["geometry"]["type"] == "Point"
    near = replace(CROSSING, places=(replace(CROSSING.places[0], precision="near"),))
    assert feature(near, {"x:1": 2.0})["properties"]["radius_km"] == RADIUS_KM["near"]


def test_only_an_exact_place_is_a_point() -> None:
    imprecise: list[PlacePrecision | None] = ["near", "district", "province", "country", None]
    for precision in imprecise:
        event = replace(CROSSING, places=(at(35, 40, precision),))
        assert feature(event, {})["geometry"]["type"] == "Polygon"


@given(st.floats(-80, 80), st.floats(-180, 180), st.sampled_from(sorted(set(RADIUS_KM.values()) - {0})))
def test_areas_are_circles_in_the_right_order(lat: float, lon: float, radius: float) -> None:
    shape = geometry(at(lat, lon), radius)
    for ring in rings(shape):
        assert ring[0] == ring[-1]
        assert all(-180 <= x <= 180 and -90 <= y <= 90 for x, y in ring)
        assert area(ring) > -1e-6
        for position in ring:
            if abs(position[0]) < 180:
                assert abs(distance_km(position, (lon, lat)) - radius) < 0.1
    if shape is not None and shape["type"] == "Polygon":
        assert len(rings(shape)[0]) == VERTICES + 1


def test_an_area_across_the_180th_meridian_is_cut() -> None:
    for lon in (179.5, -179.5, 180.0, -180.0):
        shape = geometry(at(-17, lon), 250)
        assert shape is not None
        assert shape["type"] == "MultiPolygon"
        parts = rings(shape)
        assert sorted({math.copysign(1, x) for x, _ in part} for part in parts) in ([{-1.0}, {1.0}], [{1.0}, {-1.0}])
        assert all(area(part) > 0 for part in parts)
        width = sum(max(x for x, _ in part) - min(x for x, _ in part) for part in parts)
        whole = rings(geometry(at(-17, 0), 250))[0]
        assert abs(width - (max(x for x, _ in whole) - min(x for x, _ in whole))) < 0.001


def test_an_area_that_holds_a_pole_has_no_ring() -> None:
    assert geometry(at(89.5, 0), 250) is None
