"""Which figures of one article tell of one incident."""

from __future__ import annotations

from tests.events.claims import claim, here
from tolltrace.claims.claim import Claim
from tolltrace.events.find import Thresholds
from tolltrace.events.incidents import incidents
from tolltrace.resolving.known_as import KnownAs


def groups(*claims: Claim) -> set[frozenset[str]]:
    found = incidents(claims, "story", Thresholds().article, KnownAs())
    return {frozenset(c.id for c in incident.claims) for incident in found}


def test_dead_and_wounded_of_one_sentence() -> None:
    dead, hurt = claim(at=0), claim(at=10, number=9, harm="injured", sentence_at=0)
    assert groups(dead, hurt) == {frozenset({dead.id, hurt.id})}


def test_a_list_of_places_is_told_apart() -> None:
    one, other = claim(at=0, number=12), claim(at=20, number=8, place="Raqqa", sentence_at=0)
    assert groups(one, other) == {frozenset({one.id}), frozenset({other.id})}


def test_two_strikes_on_one_village_on_one_day() -> None:
    morning = claim(at=0, number=12, sentence="In the morning a strike on the market killed 12 people.")
    evening = claim(at=300, number=7, sentence="Seven people died in the evening when a school was hit.")
    assert groups(morning, evening) == {frozenset({morning.id}), frozenset({evening.id})}


def test_the_same_place_two_days_apart() -> None:
    one, other = claim(at=0), claim(at=300, number=8, day="2018-05-04")
    assert groups(one, other) == {frozenset({one.id}), frozenset({other.id})}


def test_a_part_goes_with_its_whole_and_a_repeat_with_its_first() -> None:
    whole = claim(at=0, number=14)
    part = claim(at=400, number=5, victims="children", place=None, day=None, means=None, part_of=whole.id)
    repeat = claim(at=900, number=14, repeat_of=whole.id)
    assert groups(whole, part, repeat) == {frozenset({whole.id, part.id, repeat.id})}


def test_siblings_of_one_sum_are_two_incidents() -> None:
    one = claim(at=100, number=19, part_of="a#0-2")
    other = claim(at=300, number=6, part_of="a#0-2")
    assert groups(one, other) == {frozenset({one.id}), frozenset({other.id})}


def test_a_figure_without_a_place_goes_where_it_fits() -> None:
    strike = claim(at=0)
    clash = claim(at=300, number=8, place="Raqqa", day="2018-04-20", means="clashes")
    denial = claim(at=600, number=0, place=None, source="Army", means=None)
    assert frozenset({strike.id, denial.id}) in groups(strike, clash, denial)


def test_two_names_that_one_recorder_lists_as_one_place_stay_apart_in_an_article() -> None:
    listed = KnownAs([{"name": "al-Qasr", "other": "al-Fadel", "country": "SY", "says": "Recorder"}])
    one = claim(at=0, number=14, place=here("al-Qasr village"))
    other = claim(at=200, number=25, place=here("al-Fadel village"), source="SANA")
    assert len(incidents([one, other], "story", Thresholds().article, listed)) == 2


def test_totals_are_no_incidents() -> None:
    assert groups(claim(scope="total")) == set()
