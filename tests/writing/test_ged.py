"""Events with GED's columns: what the text does not give is empty, vague words count by the convention asked for."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.writing.small_events import CLAIMS, CROSSING, EVENTS, ROAD
from tolltrace.claims import read_count
from tolltrace.events.event import NOT_VERIFIED, Event
from tolltrace.events.figures import ranges_of
from tolltrace.writing.ged import GED_COLUMNS, date_prec, write_ged_csv
from tolltrace.writing.vague import Vague, acled_minimum, as_vague, recounted


def word_list(text: str) -> list[str]:
    return text.split()


GED = word_list(
    "id relid year active_year code_status type_of_violence conflict_dset_id conflict_new_id conflict_name "
    "dyad_dset_id dyad_new_id dyad_name side_a_dset_id side_a_new_id side_a side_b_dset_id side_b_new_id side_b "
    "number_of_sources source_article source_office source_date source_headline source_original where_prec "
    "where_coordinates where_description adm_1 adm_2 latitude longitude geom_wkt priogrid_gid country country_id "
    "region event_clarity date_prec date_start date_end deaths_a deaths_b deaths_civilians deaths_unknown best high "
    "low gwnoa gwnob"
)


def read(path: Path, events: list[Event], vague: Vague = "tolltrace") -> list[dict[str, str]]:
    write_ged_csv(path / "events_ged.csv", events, CLAIMS, vague, {"SY": "Syria"})
    with open(path / "events_ged.csv", encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_columns_are_geds() -> None:
    assert list(GED_COLUMNS) == [*GED, "status", "vague", "note"]


def test_an_event_as_ged_has_it(tmp_path: Path) -> None:
    crossing, road, nowhere = read(tmp_path, EVENTS)
    assert (crossing["id"], crossing["year"], crossing["date_prec"]) == ("event-1", "2031", "1")
    assert (crossing["date_start"], crossing["date_end"]) == ("2031-05-01", "2031-05-01")
    assert (crossing["low"], crossing["high"]) == ("23", "")
    assert (crossing["where_prec"], crossing["latitude"], crossing["longitude"]) == ("1", "35.25", "40.5")
    assert crossing["geom_wkt"] == "POINT (40.5 35.25)"
    assert (crossing["where_coordinates"], crossing["where_description"]) == ("Tall Aswad", "Tell Aswad")
    assert (crossing["adm_1"], crossing["country"]) == ("Wadi", "Syria")
    assert (crossing["number_of_sources"], crossing["source_office"]) == ("2", "Northern Wire;Daily Lamp")
    assert crossing["source_date"] == "2031-05-02;2031-05-03"
    assert crossing["source_original"] == "Observer Group;Daily Lamp"
    assert (road["where_prec"], road["date_prec"], road["adm_1"], road["status"]) == ("4", "3", "Wadi", "reviewed")
    assert "uncertain" in road["where_description"]
    assert [nowhere[name] for name in ("year", "where_prec", "latitude", "geom_wkt", "date_prec")] == [""] * 5
    assert nowhere["where_description"] == "Umm Khafi"
    assert {row["note"] for row in (crossing, road, nowhere)} == {NOT_VERIFIED}


def test_what_the_text_does_not_give_is_empty(tmp_path: Path) -> None:
    for row in read(tmp_path, EVENTS):
        for name in ("best", "side_a", "side_b", "type_of_violence", "country_id", "priogrid_gid", "deaths_a", "gwnoa"):
            assert row[name] == ""


def test_a_title_is_one_safe_part_of_the_headlines(tmp_path: Path) -> None:
    row = read(tmp_path, EVENTS)[0]
    headlines = row["source_headline"].split(";")
    assert len(headlines) == 2
    assert headlines[0].startswith("'=HYPERLINK(")
    assert len(row["source_article"].split(";")) == 2


def test_civilians_are_given_where_all_say_one_number(tmp_path: Path) -> None:
    part = replace(CROSSING.ranges[0], group="civilians", low=7, high=7, open=False, current=("one#30",))
    other = replace(part, high=9)
    rows = read(tmp_path, [replace(CROSSING, ranges=(p,)) for p in (part, other, replace(part, open=True))])
    assert [row["deaths_civilians"] for row in rows] == ["7", "", ""]
    assert [row["low"] for row in rows] == [""] * 3


def test_the_day_of_a_single_article_is_a_plain_date(tmp_path: Path) -> None:
    (row,) = read(tmp_path, [replace(CROSSING, documents=("one",))])
    assert row["source_date"] == "2031-05-02"


def test_high_is_given_where_nothing_goes_on(tmp_path: Path) -> None:
    closed = replace(CROSSING.ranges[0], low=14, high=23, open=False)
    (row,) = read(tmp_path, [replace(CROSSING, ranges=(closed,))])
    assert (row["low"], row["high"]) == ("14", "23")


@pytest.mark.parametrize(
    ("last", "precision"),
    [(1, 1), (2, 2), (6, 2), (7, 3), (8, 4), (31, 4)],
)
def test_date_precision_by_the_number_of_days(last: int, precision: int) -> None:
    assert date_prec(date(2031, 5, 1), date(2031, 5, last)) == precision


def test_date_precision_of_longer_times() -> None:
    assert date_prec(date(2031, 1, 1), date(2031, 12, 31)) == 5
    assert date_prec(date(2031, 1, 1), date(2033, 1, 1)) is None
    assert date_prec(None, None) is None


def test_vague_words_count_by_the_convention(tmp_path: Path) -> None:
    assert [row["low"] for row in read(tmp_path, EVENTS)] == ["23", "24", "3"]
    acled = read(tmp_path, EVENTS, "acled")
    assert [row["low"] for row in acled] == ["23", "12", "3"]
    assert acled[1]["high"] == ""
    assert {row["vague"] for row in acled} == {"acled"}


@pytest.mark.parametrize(
    ("text", "minimum"),
    [
        ("tens", 10),
        ("Dozens of", 12),
        ("at least dozens", 12),
        ("many dozens", 12),
        ("more than dozens", 12),
        ("scores", 20),
        ("hundreds and hundreds", 100),
        ("tens of thousands", 10_000),
        ("several", 3),
        ("a few hundred", 300),
        ("many", 3),
        ("a number of", 3),
        ("many others", 3),
        ("two dozens", None),
        ("a dozen", None),
        ("at least 20", None),
        ("some 40", None),
        ("34", None),
        ("half of them", None),
    ],
)
def test_acleds_numbers(text: str, minimum: int | None) -> None:
    assert acled_minimum(text) == minimum


@given(st.integers(0, 10**6), st.sampled_from(["{}", "at least {}", "more than {:,}", "about {}", "up to {}"]))
def test_numbers_are_the_same_under_both(number: int, form: str) -> None:
    assert acled_minimum(form.format(number)) is None


def test_a_vague_figure_beside_a_number_of_its_origin_is_no_second_statement() -> None:
    dozens = replace(ROAD.figures[0], min=24, max=None, words="dozens")
    number = replace(ROAD.figures[0], claim="other", min=34, max=34, words="34")
    (part,) = ranges_of([recounted(figure, "acled") for figure in (dozens, number)])
    assert (part.low, part.high, part.open) == (34, 34, False)


def test_a_closed_figure_is_not_recounted() -> None:
    count = read_count("up to several hundred")
    figure = replace(ROAD.figures[0], min=count.min, max=300, words=count.text)
    assert recounted(figure, "acled") == figure


def test_a_convention_that_is_not_known_is_named() -> None:
    assert as_vague("acled") == "acled"
    with pytest.raises(ValueError, match=r"'ucdp' is no convention .* tolltrace or acled"):
        as_vague("ucdp")
