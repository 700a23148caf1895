"""Claims of several articles to events and tallies."""

from __future__ import annotations

import random
from collections.abc import Sequence

from tests.events.claims import claim, here
from tolltrace.claims.claim import Claim
from tolltrace.events.event import Event
from tolltrace.events.find import Found, find_events
from tolltrace.resolving.known_as import KnownAs


def find(*articles: Sequence[Claim], known_as: KnownAs | None = None, **other: object) -> Found:
    stories = {article[0].document.id: article[0].document.id for article in articles}
    return find_events(articles, stories, known_as or KnownAs(), **other)  # type: ignore[arg-type]


def groups(found: Found) -> set[frozenset[str]]:
    return {frozenset(figure.claim for figure in event.figures) for event in found.events}


def only(found: Found) -> Event:
    assert len(found.events) == 1
    return found.events[0]


def test_two_outlets_on_one_strike() -> None:
    event = only(find([claim("a", number=14)], [claim("b", number=16, source="SANA")]))
    assert event.title == "Air strike, Hajin (Deir ez-Zor), 1 May 2018"
    assert event.contested == ("killed, all: 14 (Observatory) against 16 (SANA)",)
    assert [join.reasons[0].name for join in event.joins] == ["place"]
    assert event.status == "machine" and "not verified" in event.note


def test_the_next_village_and_the_next_days_stay_apart() -> None:
    found = find([claim("a")], [claim("b", place="Shaafa")], [claim("c", day="2018-05-03", told="2018-05-04")])
    assert len(found.events) == 3


def test_no_event_holds_two_incidents_of_one_article() -> None:
    morning = claim("a", 0, 12, sentence="In the morning a strike on the market killed 12 people.")
    evening = claim("a", 300, 7, sentence="Seven people died in the evening when a school was hit.")
    vague = claim("b", number=12, sentence="The strike killed 12 people.")
    found = find([morning, evening], [vague])
    assert groups(found) == {frozenset({morning.id, vague.id}), frozenset({evening.id})}


def test_names_of_one_place_by_one_recorder_are_flagged_with_the_reason() -> None:
    listed = KnownAs([{"name": "al-Qasr", "other": "al-Fadel", "country": "SY", "says": "Recorder"}])
    one = [claim("a", 0, 14, place=here("al-Qasr")), claim("a", 200, 25, place=here("al-Fadel"), source="SANA")]
    found = find(one, [claim("b", number=23, place=here("Al-Qasr"))], known_as=listed)
    assert groups(found) == {frozenset({one[0].id, "b#0-2"}), frozenset({one[1].id})}
    flags = [flag for event in found.events for flag in event.possibly_same_as]
    assert {flag.id for flag in flags} == {event.id for event in found.events}
    assert any("Recorder lists" in reason.words for flag in flags for reason in flag.reasons)


def test_totals_make_series_and_enter_no_event() -> None:
    def total(document: str, number: int, told: str) -> Claim:
        return claim(document, number=number, day="2018-01-01", told=told, scope="total")

    found = find([total("b", 820, "2018-06-01"), claim("b", 300, 34)], [total("a", 480, "2018-05-01")])
    assert [[point.min for point in tally.points] for tally in found.tallies] == [[480, 820]]
    assert groups(found) == {frozenset({"b#300-302"})}


def test_the_order_of_the_articles_changes_nothing() -> None:
    articles = [
        [claim("a", number=14)],
        [claim("b", number=16), claim("b", 300, 3, place="Raqqa")],
        [claim("c", number=3, place="Raqqa")],
        [claim("d", number=40, place="Aleppo", means="shelling")],
    ]
    want = groups(find(*articles))
    ids = {event.id for event in find(*articles).events}
    for seed in range(5):
        shuffled = random.Random(seed).sample(articles, len(articles))
        assert groups(find(*shuffled)) == want
        assert {event.id for event in find(*shuffled).events} == ids


def test_ids_stay_when_articles_are_added() -> None:
    first = find([claim("b", number=14)])
    earlier = {event.id: frozenset(f.claim for f in event.figures) for event in first.events}
    older = claim("a", number=14, told="2018-05-01")  # sorts before the claim that the event was named after
    again = find([older], [claim("b", number=14)], earlier=earlier)
    assert only(again).id == only(first).id
    assert only(find([older], [claim("b", number=14)])).id != only(first).id


def test_an_event_that_takes_another_in_says_so() -> None:
    earlier = {"event-1": frozenset({"a#0-2", "c#0-2"}), "event-2": frozenset({"b#0-2"})}
    event = only(find([claim("a")], [claim("b")], [claim("c")], earlier=earlier))
    assert (event.id, event.formerly) == ("event-1", ("event-2",))
