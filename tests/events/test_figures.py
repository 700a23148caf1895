from __future__ import annotations

from dataclasses import replace

from tests.events.claims import claim
from tolltrace.claims.claim import Claim, Source
from tolltrace.events.event import Range
from tolltrace.events.figures import figures_of, ranges_of


def ranges(*claims: Claim, stories: dict[str, str] | None = None) -> dict[tuple[str, str], Range]:
    names = stories or {c.document.id: c.document.id for c in claims}
    return {(r.harm[0], r.group): r for r in ranges_of(figures_of(list(claims), names))}


def ends(part: Range) -> tuple[int | None, int | None, bool]:
    return part.low, part.high, part.open


def test_two_origins_give_a_range_and_nothing_is_added() -> None:
    found = ranges(claim("a", number=14), claim("b", number=18, source="Ministry"))
    assert ends(found["killed", "all"]) == (14, 18, False)
    assert found["killed", "all"].origins == 2


def test_an_origin_counts_once_whoever_prints_it() -> None:
    found = ranges(claim("a", number=14), claim("b", number=14, outlet="Other"))
    assert found["killed", "all"].origins == 1
    assert len(found["killed", "all"].current) == 2


def test_an_origins_later_figure_replaces_its_earlier_one() -> None:
    old, new = claim("a", number=14, told="2018-05-01"), claim("b", number=(23, None), told="2018-05-02")
    found = ranges(old, new)
    assert ends(found["killed", "all"]) == (23, 23, True)
    assert found["killed", "all"].history == (old.id,)
    figures = figures_of([old, new], {"a": "a", "b": "b"})
    assert figures[0].replaced_by == new.id


def test_civilians_said_later_leave_nothing_of_fewer_people() -> None:
    old = claim("a", number=(14, None), told="2018-05-01")
    part = claim("a", 30, 5, "children", told="2018-05-01", part_of=old.id)
    new = claim("b", number=(23, None), victims="civilians", told="2018-05-02")
    new_part = claim("b", 30, 10, "children", told="2018-05-02", part_of=new.id)
    found = ranges(old, part, new, new_part)
    assert ends(found["killed", "all"]) == (23, 23, True) and found["killed", "all"].floor
    assert ends(found["killed", "children"]) == (10, 10, False)
    assert found["killed", "all"].history == (old.id,) and found["killed", "children"].history == (part.id,)


def test_fewer_civilians_said_later_do_not() -> None:
    found = ranges(claim("a", number=14, told="2018-05-01"), claim("b", number=9, victims="civilians"))
    assert ends(found["killed", "all"]) == (14, 14, False)
    assert ends(found["killed", "civilians"]) == (9, 9, False)


def test_a_figure_for_civilians_does_not_contradict_one_for_all() -> None:
    found = ranges(claim("a", number=4), claim("a", 30, 2, "civilians", source="SANA"))
    assert ends(found["killed", "all"]) == (4, 4, False)
    assert ends(found["killed", "civilians"]) == (2, 2, False)


def test_without_an_order_both_stay_flagged() -> None:
    found = ranges(claim("a", number=14, told=None), claim("b", number=18, told=None))
    assert ends(found["killed", "all"]) == (14, 18, False)
    assert found["killed", "all"].order_unknown and not found["killed", "all"].history


def test_the_hour_of_publication_gives_the_order() -> None:
    early, late = claim("a", number=14), claim("b", number=18)
    early = replace(early, document=replace(early.document, published="2018-05-02T08:00:00+03:00"))
    late = replace(late, document=replace(late.document, published="2018-05-02T07:00Z"))
    found = ranges(late, early)
    assert ends(found["killed", "all"]) == (18, 18, False)
    assert found["killed", "all"].history == (early.id,)


def test_an_update_in_the_text_is_history() -> None:
    old = claim("a", number=15)
    found = ranges(old, claim("a", 30, 18, updates=old.id))
    assert ends(found["killed", "all"]) == (18, 18, False)
    assert found["killed", "all"].history == (old.id,)


def test_dozens_and_34_from_one_origin_are_one_statement() -> None:
    found = ranges(claim("a", number=(24, None)), claim("a", 30, 34))
    assert ends(found["killed", "all"]) == (34, 34, False)
    assert not found["killed", "all"].order_unknown


def test_a_part_of_the_same_group_is_no_figure_of_the_whole() -> None:
    whole = claim("a", number=14)
    found = ranges(whole, claim("a", 30, 3, part_of=whole.id))
    assert ends(found["killed", "all"]) == (14, 14, False)


def test_a_headline_without_a_source_is_no_testimony_of_its_own() -> None:
    found = ranges(claim("a", number=14, source=None), claim("a", 30, 14))
    assert found["killed", "all"].origins == 1


def test_a_syndicated_story_repeats_and_its_copy_is_no_second_figure() -> None:
    first, copy = claim("a", number=14, source=None), claim("b", number=14, source=None, outlet="Other")
    figures = figures_of([first, copy], {"a": "a", "b": "a"})
    assert [figure.state for figure in figures] == ["current", "repeat"]
    assert ranges(first, copy, stories={"a": "a", "b": "a"})["killed", "all"].origins == 1


def test_zero_is_a_figure() -> None:
    found = ranges(claim("a", number=0, source="Army"), claim("b", number=6))
    assert ends(found["killed", "all"]) == (0, 6, False)


def test_words_without_a_number_have_no_ends() -> None:
    found = ranges(claim("a", number=(None, None), victims="people"))
    assert ends(found["killed", "all"]) == (None, None, True)


def test_the_only_figure_of_an_article_counts_all_whatever_it_calls_them() -> None:
    found = ranges(claim("a", number=12, victims="Christians"))
    assert ends(found["killed", "all"]) == (12, 12, False)
    beside = ranges(claim("a", number=3, victims="officials"), claim("a", 30, 5, "soldiers"))
    assert ends(beside["killed", "other"]) == (3, 3, False)
    families = ranges(claim("a", number=60, victims="families", harm="displaced", unit="family"))
    assert ("displaced", "other") in families


def test_up_to_40_does_not_mean_none() -> None:
    assert ends(ranges(claim("a", number=(None, 40)))["killed", "all"]) == (None, 40, False)
    both = ranges(claim("a", number=(None, 40)), claim("b", number=4, source="Governor"))
    assert ends(both["killed", "all"]) == (4, 40, False)


def test_a_person_is_one_origin_with_and_without_a_title() -> None:
    sources = ("Kharkiv region governor Andriy Pohor", "Andriy Pohor")
    claims = [
        claim(name, number=6, sources=(Source(text, 60, 90, "official", "origin"),))
        for name, text in zip("ab", sources, strict=True)
    ]
    assert ranges(*claims)["killed", "all"].origins == 1
    bodies = [
        claim(name, number=6, sources=(Source("Health Ministry", 60, 75, "official", "origin"),)) for name in "ab"
    ]
    assert ranges(*bodies)["killed", "all"].origins == 2  # whose, nobody says
