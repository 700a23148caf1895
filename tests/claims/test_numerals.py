"""Golden values of the scheme's table, and what must hold for every figure and every text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tolltrace.claims import Count, read_count
from tolltrace.claims.cardinals import SMALL, TENS
from tolltrace.claims.claim import Bound

Row = tuple[str, int | None, int | None, Bound]

EXACT: list[tuple[str, int]] = [
    ("34", 34),
    ("a", 1),
    ("A", 1),
    ("an", 1),
    ("one", 1),
    ("a single", 1),
    ("another", 1),
    ("a second", 1),
    ("third", 1),
    ("21st", 1),
    ("one more", 1),
    ("a couple", 2),
    ("both", 2),
    ("the two", 2),
    ("a pair of", 2),
    ("only 3", 3),
    ("just three", 3),
    ("all four", 4),
    ("an additional five", 5),
    ("half a dozen", 6),
    ("half-dozen", 6),
    ("a dozen", 12),
    ("a further 12", 12),
    ("another 12", 12),
    ("12 others", 12),
    ("a total of 12", 12),
    ("a record 12", 12),
    ("twenty-two", 22),
    ("twenty two", 22),
    ("two dozen", 24),
    ("a hundred", 100),
    ("one hundred and one", 101),
    ("three hundred and fifty", 350),
    ("twelve hundred", 1200),
    ("2,000", 2000),
    ("2.500", 2500),
    ("2 500", 2500),
    ("2\u00a0500", 2500),
    ("2\u2009500", 2500),
    ("2’500", 2500),
    ("1,50,000", 150_000),
    ("5k", 5000),
    ("2 thousand 500", 2500),
    ("two hundred thousand and five", 200_005),
    ("half a million", 500_000),
    ("a quarter of a million", 250_000),
    ("three quarters of a million", 750_000),
    ("1.2m", 1_200_000),
    ("1½ million", 1_500_000),
    ("one and a half million", 1_500_000),
    ("a million and a half", 1_500_000),
    ("2.5 million", 2_500_000),
    ("2,5 million", 2_500_000),
    ("1.250 million", 1_250_000),
    ("٢٥", 25),
    ("۱۲۳", 123),
    ("١٢٬٥٠٠", 12_500),
    ("“seven”", 7),
    ("three of the 14", 3),
]

OTHERS: list[Row] = [
    ("at least 20", 20, None, "at_least"),
    ("At least a dozen", 12, None, "at_least"),
    ("no fewer than 7", 7, None, "at_least"),
    ("no less than 30", 30, None, "at_least"),
    ("20 or more", 20, None, "at_least"),
    ("20+", 20, None, "at_least"),
    ("twenty-plus", 20, None, "at_least"),
    ("10, possibly more", 10, None, "at_least"),
    ("at least dozens", 24, None, "at_least"),
    ("more than 20", 21, None, "more_than"),
    ("more than 99", 100, None, "more_than"),
    ("more than 100", 100, None, "more_than"),
    ("more than 2000", 2000, None, "more_than"),
    ("over 20", 21, None, "more_than"),
    ("well over 1,000", 1000, None, "more_than"),
    ("in excess of 50", 51, None, "more_than"),
    ("upwards of 30", 31, None, "more_than"),
    ("more than a dozen", 13, None, "more_than"),
    ("a total of more than 20 people", 21, None, "more_than"),
    (">20", 21, None, "more_than"),
    ("up to 40", None, 40, "up_to"),
    ("as many as 40", None, 40, "up_to"),
    ("no more than 7", None, 7, "up_to"),
    ("at most five", None, 5, "up_to"),
    ("fewer than 10", None, 9, "up_to"),
    ("less than 100", None, 99, "up_to"),
    ("up to 10 or 12", None, 12, "up_to"),
    ("about 50", 50, 50, "about"),
    ("some 1.2 million", 1_200_000, 1_200_000, "about"),
    ("around two dozen", 24, 24, "about"),
    ("nearly 500", 500, 500, "about"),
    ("almost 90", 90, 90, "about"),
    ("roughly 30", 30, 30, "about"),
    ("approximately 30", 30, 30, "about"),
    ("an estimated 40", 40, 40, "about"),
    ("a dozen or so", 12, 12, "about"),
    ("twenty-odd", 20, 20, "about"),
    ("~30", 30, 30, "about"),
    ("a couple of hundred", 200, 200, "about"),
    ("between 10 and 15", 10, 15, "range"),
    ("between a hundred and two hundred", 100, 200, "range"),
    ("between one hundred and fifty and two hundred", 150, 200, "range"),
    ("10 to 15", 10, 15, "range"),
    ("from 10 to 15", 10, 15, "range"),
    ("10-15", 10, 15, "range"),
    ("10–15", 10, 15, "range"),
    ("10—15", 10, 15, "range"),
    ("five-six", 5, 6, "range"),
    ("either 3 or 4", 3, 4, "range"),
    ("about 10 to 15", 10, 15, "range"),
    ("two or three dozen", 24, 36, "range"),
    ("two to three million", 2_000_000, 3_000_000, "range"),
    ("500 to 1 million", 500, 1_000_000, "range"),
    ("at least 10, possibly 15", 10, 15, "range"),
    ("at least 10 and up to 15", 10, 15, "range"),
    ("at least 10 but no more than 15", 10, 15, "range"),
    ("several", 3, None, "vague"),
    ("a few", 3, None, "vague"),
    ("a handful of", 3, None, "vague"),
    ("several hundred", 300, None, "vague"),
    ("a few dozen", 36, None, "vague"),
    ("dozens", 24, None, "vague"),
    ("dozens of", 24, None, "vague"),
    ("dozens more", 24, None, "vague"),
    ("tens", 20, None, "vague"),
    ("scores", 40, None, "vague"),
    ("hundreds", 200, None, "vague"),
    ("many hundreds", 200, None, "vague"),
    ("hundreds and hundreds", 200, None, "vague"),
    ("hundreds, perhaps thousands", 200, None, "vague"),
    ("thousands", 2000, None, "vague"),
    ("tens of thousands", 20_000, None, "vague"),
    ("hundreds of thousands", 200_000, None, "vague"),
    ("many", None, None, "vague"),
    ("some", None, None, "vague"),
    ("some of the 12", None, None, "vague"),
    ("a number of", None, None, "vague"),
    ("an unknown number of", None, None, "vague"),
    ("1,234,56", None, None, "vague"),
    ("2.5", None, None, "vague"),
    ("", None, None, "vague"),
    ("9" * 5000, None, None, "vague"),
    ("no", 0, 0, "none"),
    ("No one", 0, 0, "none"),
    ("nobody", 0, 0, "none"),
    ("none", 0, 0, "none"),
    ("not one", 0, 0, "none"),
    ("not a single", 0, 0, "none"),
    ("zero", 0, 0, "none"),
    ("0", 0, 0, "none"),
]

SHARES = [
    "half",
    "more than half of them",
    "nearly half",
    "two thirds",
    "two-thirds of them",
    "a third of them",
    "more than a third",
    "a quarter",
    "40 percent",
    "40 per cent",
    "40%",
    "most",
    "most of them",
    "the majority",
    "a large proportion",
    "all",
    "one in five",
]


@pytest.mark.parametrize(("text", "number"), EXACT)
def test_exact_figures(text: str, number: int) -> None:
    assert read_count(text) == Count(text, number, number, "exact")


@pytest.mark.parametrize(("text", "low", "high", "bound"), OTHERS)
def test_qualified_figures(text: str, low: int | None, high: int | None, bound: Bound) -> None:
    assert read_count(text) == Count(text, low, high, bound)


@pytest.mark.parametrize("text", SHARES)
def test_shares_stay_words(text: str) -> None:
    assert read_count(text) == Count(text, None, None, "vague", share=True)


def in_words(number: int, joint: str = " and ") -> str:
    """An English number below 10**9, "and" after the hundreds where ``joint`` says so."""
    small = {value: word for word, value in SMALL.items()}
    tens = {value: word for word, value in TENS.items()}
    if number < 20:
        return small[number]
    if number < 100:
        return tens[number // 10 * 10] + (f"-{small[number % 10]}" if number % 10 else "")
    for scale, name in ((10**6, "million"), (1000, "thousand"), (100, "hundred")):
        if number >= scale:
            rest = number % scale
            between = joint if scale == 100 or rest < 100 else " "
            return f"{in_words(number // scale, joint)} {name}" + (f"{between}{in_words(rest, joint)}" if rest else "")
    raise AssertionError(number)


NUMBERS = st.one_of(st.integers(0, 2000), st.integers(0, 999_999_999))
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def renderings(number: int) -> list[str]:
    grouped = f"{number:,}"
    written = [str(number), str(number).translate(ARABIC), in_words(number), in_words(number, " ").upper()]
    return [*written, *(grouped.replace(",", sign) for sign in ",. '’\u00a0\u2009\u202f")]


@settings(deadline=None)
@given(NUMBERS)
def test_every_integer_reads_back(number: int) -> None:
    for text in renderings(number):
        count = read_count(text)
        assert (count.min, count.max, count.bound) == (number, number, "exact" if number else "none"), text


@settings(deadline=None)
@given(NUMBERS.filter(bool), st.integers(0, 10))
def test_qualifiers_compose_with_every_rendering(number: int, way: int) -> None:
    text = renderings(number)[way]
    assert read_count(f"at least {text}") == Count(f"at least {text}", number, None, "at_least")
    more = number + 1 if number < 100 else number
    assert read_count(f"More than {text}") == Count(f"More than {text}", more, None, "more_than")
    assert read_count(f"up to {text}") == Count(f"up to {text}", None, number, "up_to")
    assert read_count(f"fewer than {text}") == Count(f"fewer than {text}", None, number - 1, "up_to")
    assert read_count(f"an estimated {text}") == Count(f"an estimated {text}", number, number, "about")
    assert read_count(f"{text} or more others") == Count(f"{text} or more others", number, None, "at_least")


@settings(deadline=None)
@given(NUMBERS, NUMBERS, st.sampled_from(["between {} and {}", "{} to {}", "{}–{}", "either {} or {}"]))
def test_ranges_of_digits(one: int, other: int, pattern: str) -> None:
    low, high = sorted((one, other))
    count = read_count(pattern.format(low, high))
    assert (count.min, count.max) == (low, high)


WORDS = (
    "at least more than up to about some between and or possibly - , + % a the no half dozen dozens of several million "
    "hundred thousands ten five 15 2,000 3.5 third many not one from as people ½ ٣"
)
VOCABULARY = WORDS.split()


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=150), st.lists(st.sampled_from(VOCABULARY), max_size=14).map(" ".join)))
def test_any_text_gives_a_sound_count(text: str) -> None:
    count = read_count(text)
    assert count.text == text
    if count.min is not None and count.max is not None:
        assert 0 <= count.min <= count.max
    assert (count.bound == "none") == (count.max == 0 == count.min)
    if count.bound in ("exact", "about"):
        assert count.min == count.max is not None
    if count.share:
        assert (count.min, count.max, count.bound) == (None, None, "vague")
