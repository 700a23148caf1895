"""The analyst's decisions: read from CSV, applied last, reported where they no longer fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.events.claims import claim
from tolltrace.claims.claim import Claim
from tolltrace.events.decide import decide_claims, decide_events
from tolltrace.events.event import Event
from tolltrace.events.find import find_events
from tolltrace.events.review import COLUMNS, Decision, ReviewError, Unfit, read_decisions, seen
from tolltrace.resolving.known_as import KnownAs


def decision(what: str, target: str, field: str = "", value: str = "", seen: str = "") -> Decision:
    return Decision(2, what, target, field, value, "Ada", "2026-11-30", "read it", seen)


def decided(
    articles: Sequence[Sequence[Claim]], decisions: Sequence[Decision]
) -> tuple[list[Event], list[Claim], list[Unfit]]:
    stories = {article[0].document.id: article[0].document.id for article in articles}
    first = decide_claims(articles, decisions)
    found = find_events(first.claims, stories, KnownAs())
    claims = {c.id: c for article in first.claims for c in article}
    events, unfit = decide_events(found.events, claims, stories, decisions)
    return events, list(claims.values()), [*first.unfit, *unfit]


def event_id(articles: Sequence[Sequence[Claim]], claim_id: str) -> str:
    events, _, _ = decided(articles, [])
    return next(event.id for event in events for figure in event.figures if figure.claim == claim_id)


STRIKE = [claim("a", number=14)], [claim("b", number=16, source="SANA")]
TWO = [claim("a", number=14)], [claim("b", number=40, place="Aleppo", means="shelling")]


def test_accepting_makes_it_reviewed_unless_it_has_changed_since() -> None:
    name = event_id(STRIKE, "a#0-2")
    same = seen(["b#0-2", "a#0-2"])
    (event,), _, unfit = decided(STRIKE, [decision("accept", name, seen=same)])
    assert event.status == "reviewed" and not unfit
    (event,), _, unfit = decided(STRIKE, [decision("accept", name, seen="00000000")])
    assert event.status == "machine" and "other claims now" in unfit[0].why


def test_a_rejected_claim_leaves_its_event() -> None:
    (event,), claims, unfit = decided(STRIKE, [decision("reject", "b#0-2")])
    assert [figure.claim for figure in event.figures] == ["a#0-2"] == [c.id for c in claims]
    assert not unfit


def test_a_rejected_event_is_gone() -> None:
    events, _, unfit = decided(TWO, [decision("reject", event_id(TWO, "b#0-2"))])
    assert [event.figures[0].claim for event in events] == ["a#0-2"] and not unfit


@pytest.mark.parametrize(
    ("field", "value", "want"),
    [
        ("min", "12", (12, 14)),
        ("max", "", (14, None)),
    ],
)
def test_a_corrected_figure(field: str, value: str, want: tuple[int, int | None]) -> None:
    (event,), (first, _), _ = decided(STRIKE, [decision("correct", "a#0-2", field, value)])
    assert (first.count.min, first.count.max) == want and first.status == "reviewed"
    assert first.count.text == "14"  # the words stay as they were written
    assert event.ranges[0].low == min(want[0], 16)


def test_corrections_of_whom_where_when_and_who_says_so() -> None:
    decisions = [
        decision("correct", "a#0-2", "group", "civilians"),
        decision("correct", "a#0-2", "harm", "killed injured"),
        decision("correct", "a#0-2", "place", "Raqqa | SY | 35.95 | 39.01"),
        decision("correct", "a#0-2", "first_day", "2018-04-30"),
        decision("correct", "a#0-2", "origin", "Raqqa Hospital"),
        decision("correct", "a#0-2", "scope", "total"),
    ]
    _, (first, *_), unfit = decided(STRIKE, decisions)
    assert not unfit
    assert (first.group, first.harm, first.scope) == ("civilians", ("killed", "injured"), "total")
    assert (first.places[0].name, first.places[0].lat, first.sources[0].name) == ("Raqqa", 35.95, "Raqqa Hospital")
    assert first.date is not None and (first.date.first_day, first.date.last_day) == ("2018-04-30", "2018-05-01")


def test_merging_keeps_the_first_id_and_splitting_makes_a_new_one() -> None:
    one, other = event_id(TWO, "a#0-2"), event_id(TWO, "b#0-2")
    (merged,), _, unfit = decided(TWO, [decision("merge", one, value=other)])
    assert merged.id == one and merged.formerly == (other,) and merged.status == "reviewed" and not unfit
    assert {figure.claim for figure in merged.figures} == {"a#0-2", "b#0-2"}
    name = event_id(STRIKE, "a#0-2")
    events, _, unfit = decided(STRIKE, [decision("split", name, value="b#0-2")])
    assert {event.id: [f.claim for f in event.figures] for event in events}[name] == ["a#0-2"] and not unfit
    assert len({event.id for event in events}) == 2


def test_what_was_merged_is_found_by_its_former_id() -> None:
    one, other = event_id(TWO, "a#0-2"), event_id(TWO, "b#0-2")
    decisions = [decision("merge", one, value=other), decision("correct", other, "title", "One raid")]
    (event,), _, unfit = decided(TWO, decisions)
    assert (event.title, unfit) == ("One raid", [])


def test_a_corrected_event() -> None:
    name = event_id(STRIKE, "a#0-2")
    decisions = [
        decision("correct", name, "place", "Raqqa | SY | 35.95 | 39.01"),
        decision("correct", name, "last_day", "2018-05-02"),
    ]
    (event,), _, _ = decided(STRIKE, decisions)
    assert (event.places[0].name, event.places[0].lon, event.last_day) == ("Raqqa", 39.01, "2018-05-02")


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (decision("accept", "event-0"), "no event event-0"),
        (decision("reject", "a#7-9"), "no claim a#7-9"),
        (decision("merge", "HERE", value="event-0"), "no other event event-0"),
        (decision("split", "HERE", value="b#0-2 c#0-2"), "does not hold all"),
        (decision("split", "HERE", value="a#0-2 b#0-2"), "left empty"),
    ],
)
def test_what_no_longer_fits_is_reported(made: Decision, why: str) -> None:
    name = event_id(STRIKE, "a#0-2")
    made = replace(made, target=made.target.replace("HERE", name))
    (event,), _, (unfit,) = decided(STRIKE, [made])
    assert why in unfit.why and event.status == "machine"


def test_a_review_file_is_read_with_or_without_a_spreadsheets_marks(tmp_path: Path) -> None:
    path = tmp_path / "review.csv"
    path.write_text(
        "\ufeff"
        + ",".join(COLUMNS)
        + '\ncorrect,event-1,title,"\'=1+1, a raid",Ada,2026-11-30T10:00,"two, words",ab\n',
        encoding="utf-8",
    )
    (made,) = read_decisions(path)
    assert (made.value, made.reason, made.line, made.of_claim) == ("=1+1, a raid", "two, words", 2, False)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("agree,event-1,,,Ada,2026-11-30,why,", "'agree' is none of accept"),
        ("accept,event-1,,,,2026-11-30,why,", "by is empty"),
        ("accept,event-1,,,Ada,yesterday,why,", "'yesterday'"),
        ("merge,event-1,,,Ada,2026-11-30,why,", "merge needs"),
        ("correct,a#0-2,colour,red,Ada,2026-11-30,why,", "'colour' cannot be corrected"),
        ("correct,a#0-2,min,a few,Ada,2026-11-30,why,", "'a few'"),
        ("correct,a#0-2,harm,hurt,Ada,2026-11-30,why,", "'hurt'"),
        ("correct,a#0-2,first_day,May,Ada,2026-11-30,why,", "'May'"),
        ("correct,event-1,place,Hajin | SY | 95 | 4,Ada,2026-11-30,why,", "lat must lie"),
    ],
)
def test_a_malformed_decision_is_named_by_file_and_line(tmp_path: Path, row: str, message: str) -> None:
    path = tmp_path / "review.csv"
    path.write_text(",".join(COLUMNS) + "\naccept,event-1,,,Ada,2026-11-30,fine,\n" + row + "\n", encoding="utf-8")
    with pytest.raises(ReviewError, match=r"review\.csv:3: ") as error:
        read_decisions(path)
    assert message in str(error.value)


def test_missing_columns_are_named(tmp_path: Path) -> None:
    path = tmp_path / "review.csv"
    path.write_text("decision,target\n", encoding="utf-8")
    with pytest.raises(ReviewError, match="lacks the columns field, value, by, date, reason"):
        read_decisions(path)
