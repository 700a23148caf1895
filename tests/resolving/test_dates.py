"""Words of dates in their sentence, against an article's day: a table of cases, and what holds for all words."""

from __future__ import annotations

import datetime as real
import re
import sys
from datetime import date, timedelta

import dateparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tolltrace.documents import AnnotatedDocument, Document, Link, Span
from tolltrace.resolving import date_words
from tolltrace.resolving.article_date import ArticleDate
from tolltrace.resolving.dates import DateContext, Days, read_days, resolve_dates

THURSDAY = date(2018, 12, 6)
DAYS = st.dates(date(1950, 1, 1), date(2080, 1, 1))

# The sentence with the date in brackets | first day | last day | precision, in an article of Thursday, 6 December 2018.
TABLE = """
killed on [Thursday] | 2018-12-06 | 2018-12-06 | day
killed [on Monday evening] | 2018-12-03 | 2018-12-03 | day
killed on [Monday evening] | 2018-12-03 | 2018-12-03 | day
killed [last Friday] | 2018-11-30 | 2018-11-30 | day
killed [last Thursday] | 2018-11-29 | 2018-11-29 | day
killed on [Friday] | 2018-11-30 | 2018-11-30 | day
killed [Thursday night] | 2018-12-06 | 2018-12-06 | day
killed on [Wed] | 2018-12-05 | 2018-12-05 | day
talks open [next Monday] | 2018-12-10 | 2018-12-10 | day
The talks will resume on [Monday] | 2018-12-10 | 2018-12-10 | day
On [Monday] the council will vote | 2018-12-10 | 2018-12-10 | day
killed next to a bus on [Tuesday] | 2018-12-04 | 2018-12-04 | day
men captured in [February] might be freed | 2018-02-01 | 2018-02-28 | month
was hit [today in the morning, November 14] | 2018-11-14 | 2018-11-14 | day
was hit [today (Wednesday) in the hours of the noon] | 2018-12-05 | 2018-12-05 | day
killed in [the final weeks] | - | - | -
a vote due on [Thursday] | 2018-12-06 | 2018-12-06 | day
killed on [Monday], and talks will resume | 2018-12-03 | 2018-12-03 | day
It will send a second convoy, on [Monday] | 2018-12-10 | 2018-12-10 | day
The army said on [Wednesday] that it will leave | 2018-12-05 | 2018-12-05 | day
killed [today] | 2018-12-06 | 2018-12-06 | day
killed [yesterday] | 2018-12-05 | 2018-12-05 | day
killed [yesterday evening] | 2018-12-05 | 2018-12-05 | day
killed [the day before yesterday] | 2018-12-04 | 2018-12-04 | day
They meet [tomorrow] | 2018-12-07 | 2018-12-07 | day
killed [this morning] | 2018-12-06 | 2018-12-06 | day
killed [dawn today] | 2018-12-06 | 2018-12-06 | day
killed [today, Thursday] | 2018-12-06 | 2018-12-06 | day
killed [yesterday Wednesday] | 2018-12-05 | 2018-12-05 | day
killed [overnight] | 2018-12-05 | 2018-12-06 | days
killed [last night] | 2018-12-05 | 2018-12-06 | days
killed [early Sunday] | 2018-12-02 | 2018-12-02 | day
killed [early on Wednesday] | 2018-12-05 | 2018-12-05 | day
killed [late Saturday] | 2018-12-01 | 2018-12-01 | day
killed in [the early hours of Wednesday] | 2018-12-05 | 2018-12-05 | day
killed [at dawn on Tuesday] | 2018-12-04 | 2018-12-04 | day
killed [before dawn on Tuesday] | 2018-12-04 | 2018-12-04 | day
killed in the [Sunday-Monday night] | 2018-12-02 | 2018-12-03 | days
killed in [the night of Saturday to Sunday] | 2018-12-01 | 2018-12-02 | days
killed in [the night of 5 to 6 February] | 2018-02-05 | 2018-02-06 | days
killed in [the night of March 5] | 2018-03-05 | 2018-03-05 | day
killed [the day before] | 2018-12-05 | 2018-12-05 | day
killed [a day earlier] | 2018-12-05 | 2018-12-05 | day
killed [two days ago] | 2018-12-04 | 2018-12-04 | day
killed [twenty-one days ago] | 2018-11-15 | 2018-11-15 | day
killed [two hours ago] | 2018-12-06 | 2018-12-06 | day
killed [a week ago] | 2018-11-26 | 2018-12-02 | week
killed [three months ago] | 2018-09-01 | 2018-09-30 | month
killed [two years ago] | 2016-01-01 | 2016-12-31 | year
killed [years ago] | - | 2018-12-06 | period
killed [three days later] | - | - | -
killed [the next day] | - | - | -
killed in [the past 24 hours] | 2018-12-05 | 2018-12-06 | days
killed in [the last 48 hours] | 2018-12-04 | 2018-12-06 | days
killed over [the past day] | 2018-12-05 | 2018-12-06 | days
killed over [the past three days] | 2018-12-03 | 2018-12-06 | days
killed over [the past week] | 2018-11-29 | 2018-12-06 | week
killed over [the past two weeks] | 2018-11-22 | 2018-12-06 | period
killed over [the past month] | 2018-11-06 | 2018-12-06 | period
killed in [recent weeks] | - | 2018-12-06 | period
killed in [the past few days] | - | 2018-12-06 | period
besieged for [months] | - | 2018-12-06 | period
killed [this week] | 2018-12-03 | 2018-12-06 | week
killed during [the week] | 2018-11-29 | 2018-12-06 | week
killed [last week] | 2018-11-26 | 2018-12-02 | week
killed on [Tuesday of last week] | 2018-11-27 | 2018-11-27 | day
to be held [next week] | 2018-12-10 | 2018-12-16 | week
killed [earlier this month] | 2018-12-01 | 2018-12-06 | month
killed [last month] | 2018-11-01 | 2018-11-30 | month
killed [this year] | 2018-01-01 | 2018-12-06 | year
killed [last year] | 2017-01-01 | 2017-12-31 | year
killed at [the weekend] | 2018-12-01 | 2018-12-02 | days
killed [over the weekend] | 2018-12-01 | 2018-12-02 | days
killed on [September 10] | 2018-09-10 | 2018-09-10 | day
killed on [10 September] | 2018-09-10 | 2018-09-10 | day
killed on [Sept. 10, 2018] | 2018-09-10 | 2018-09-10 | day
killed on [10th of September 2018] | 2018-09-10 | 2018-09-10 | day
killed on [the seventh of October 2016] | 2016-10-07 | 2016-10-07 | day
killed on [Tuesday, 4 December 2018] | 2018-12-04 | 2018-12-04 | day
killed on [Thu Mar 1 2018] | 2018-03-01 | 2018-03-01 | day
killed on [Friday 9] | 2018-11-09 | 2018-11-09 | day
killed on [10/09/2018] | - | - | -
killed on [23/09/2018] | 2018-09-23 | 2018-09-23 | day
killed on [09/23/2018] | 2018-09-23 | 2018-09-23 | day
killed on [05/05/2018] | 2018-05-05 | 2018-05-05 | day
killed on [10.09.2018] | 2018-09-10 | 2018-09-10 | day
killed on [2018-09-10] | 2018-09-10 | 2018-09-10 | day
killed on [31 April 2018] | - | - | -
killed on [March 32] | - | - | -
killed on [29 February] | 2016-02-29 | 2016-02-29 | day
killed on [December 7] | 2018-12-07 | 2018-12-07 | day
killed on [December 8] | 2017-12-08 | 2017-12-08 | day
put off to [December 20] | 2018-12-20 | 2018-12-20 | day
killed on [the 12th] | 2018-11-12 | 2018-11-12 | day
killed on [the 3rd] | 2018-12-03 | 2018-12-03 | day
killed in [October] | 2018-10-01 | 2018-10-31 | month
killed in [March 2017] | 2017-03-01 | 2017-03-31 | month
killed in [March] 2017 | 2017-03-01 | 2017-03-31 | month
killed in [March last year] | 2017-03-01 | 2017-03-31 | month
killed [last October] | 2018-10-01 | 2018-10-31 | month
killed in [mid-October] | 2018-10-11 | 2018-10-20 | period
killed in [late November] | 2018-11-21 | 2018-11-30 | period
killed at [the start of December] | 2018-12-01 | 2018-12-06 | period
killed in [early 2015] | 2015-01-01 | 2015-04-30 | period
killed in [the middle of June] | 2018-06-11 | 2018-06-20 | period
killed at [the end of last year] | 2017-09-01 | 2017-12-31 | period
killed since [the beginning of the year] | 2018-01-01 | 2018-12-06 | period
From [the start of the year], 12 were killed | 2018-01-01 | 2018-12-06 | period
killed in [spring 2014] | 2014-03-01 | 2014-05-31 | period
killed in [the winter of 2014-2015] | 2014-12-01 | 2015-02-28 | period
killed [last winter] | 2017-12-01 | 2018-02-28 | period
killed in [the autumn] | 2018-09-01 | 2018-11-30 | period
would return by [summer] | 2019-06-01 | 2019-08-31 | period
killed in [2014] | 2014-01-01 | 2014-12-31 | year
killed in [2014-15] | 2014-01-01 | 2015-12-31 | period
killed in [the 1990s] | 1990-01-01 | 1999-12-31 | period
killed since [2011] | 2011-01-01 | 2018-12-06 | period
killed since [Sunday] | 2018-12-02 | 2018-12-06 | period
killed since early on [Sunday] | 2018-12-02 | 2018-12-06 | period
killed since the offensive began on [September 10] | 2018-09-10 | 2018-12-06 | period
killed from [3 to 7 May] | 2018-05-03 | 2018-05-07 | days
killed on [May 3-7, 2017] | 2017-05-03 | 2017-05-07 | days
killed on [5, 6 and 7 November] | 2018-11-05 | 2018-11-07 | days
killed between [Monday and Wednesday] | 2018-12-03 | 2018-12-05 | days
killed from [Friday to Sunday] | 2018-11-30 | 2018-12-02 | days
killed between [28 January and 3 March 2018] | 2018-01-28 | 2018-03-03 | period
killed between [28 December and 3 January] | 2017-12-28 | 2018-01-03 | days
killed between [November 2017 and January] | 2017-11-01 | 2018-01-31 | period
killed in [January and March] | 2018-01-01 | 2018-03-31 | period
besieged for [almost three months] | 2018-09-06 | 2018-12-06 | period
besieged for [two and a half years] | 2016-06-06 | 2018-12-06 | period
[More than a decade] of war killed many | 2008-12-06 | 2018-12-06 | period
will be sent home over [two years] | 2018-12-06 | 2020-12-06 | period
a truce of [two weeks] | - | - | -
[two days] after the truce | - | - | -
killed in [the first half of 2017] | 2017-01-01 | 2017-06-30 | period
killed in [the third quarter of 2017] | 2017-07-01 | 2017-09-30 | period
killed in [the first three months of the year] | 2018-01-01 | 2018-03-31 | period
killed in [the first week of March] | 2018-03-01 | 2018-03-07 | days
killed at [Christmas] | 2017-12-25 | 2017-12-25 | day
killed since [New Year] | 2018-01-01 | 2018-12-06 | period
killed in [Ramadan] | - | - | -
since [the start of the siege] | - | - | -
killed on [mercredi 6 mars 2024] | - | - | -
""".strip().splitlines()


def read(row: str) -> tuple[str, DateContext, tuple[str, str, str]]:
    sentence, first, last, precision = (part.strip() for part in row.split("|"))
    before, rest = sentence.split("[")
    words, after = rest.split("]")
    return words, DateContext(before=before, after=after), (first, last, precision)


def shown(days: Days) -> tuple[str, str, str]:
    return str(days.first or "-"), str(days.last or "-"), days.precision or "-"


@pytest.mark.parametrize("row", TABLE)
def test_words_to_days(row: str) -> None:
    words, context, expected = read(row)
    assert shown(read_days(words, THURSDAY, context)) == expected


ABSOLUTE = {"Sept. 10, 2018", "March 2017", "2014", "early 2015", "the 1990s", "the first half of 2017", "2018-09-10"}


@pytest.mark.parametrize("row", TABLE)
def test_without_an_article_date_only_what_holds_its_year_is_read(row: str) -> None:
    words, context, expected = read(row)
    days = read_days(words, None, context)
    if "since" in context.before and words == "2011":
        assert days == Days(date(2011, 1, 1), None, "period")
    elif any(char.isdigit() for char in words) and days.known:
        assert shown(days) == expected
    else:
        assert days in (Days(None, None, "relative"), Days(None, None, None), read_days(words, THURSDAY, context))
    if words in ABSOLUTE:
        assert shown(days) == expected
    if words in ("Thursday", "Sunday", "yesterday", "recent weeks", "September 10", "last month", "the next day"):
        assert days == Days(None, None, "relative")


def test_the_day_up_to_which_a_date_without_year_lies() -> None:
    assert read_days("December 6", date(2019, 1, 3)).first == date(2018, 12, 6)
    assert read_days("December 31", date(2018, 12, 30)).first == date(2018, 12, 31)
    assert read_days("April", date(2018, 3, 31)).first == date(2017, 4, 1)
    assert shown(read_days("mid-October", date(2018, 10, 1))) == ("2017-10-11", "2017-10-20", "period")
    assert shown(read_days("the last week of November", date(2018, 11, 8))) == ("2017-11-24", "2017-11-30", "days")
    assert shown(read_days("the end of the month", date(2018, 11, 8))) == ("2018-10-21", "2018-10-31", "period")
    assert shown(read_days("the second half of the year", date(2018, 3, 8))) == ("2017-07-01", "2017-12-31", "period")


def resolve(marked: str, reference: date | None) -> list[tuple[str, str, str]]:
    """The days of the dates that stand in brackets."""
    text, spans = "", []
    for i, piece in enumerate(marked.replace("]", "[").split("[")):
        if i % 2:
            spans.append(Span(len(text), len(text) + len(piece), "DATE"))
        text += piece
    annotated = AnnotatedDocument(Document("d", text), tuple(spans))
    found = resolve_dates(annotated, ArticleDate(reference, "metadata") if reference else None)
    assert list(found) == spans
    return [shown(days) for days in found.values()]


def day(text: str) -> tuple[str, str, str]:
    return text, text, "day"


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("Two died on [Sunday] after a strike [a day earlier].", [day("2018-12-02"), day("2018-12-01")]),
        (
            "On [14 February] all fled. They had been warned [the evening before].",
            [day("2018-02-14"), day("2018-02-13")],
        ),
        ("Ten died on [Monday]. [Two days later], four more did.", [day("2018-12-03"), day("2018-12-05")]),
        ("Ten died on [Monday]. One more died [the next morning].", [day("2018-12-03"), day("2018-12-04")]),
        (
            "Ten died on [1 May 2016]. Others came. Still others. One died [the day before].",
            [day("2016-05-01"), day("2018-12-05")],
        ),
        (
            "It rose in [December 2015] and again in [March].",
            [("2015-12-01", "2015-12-31", "month"), ("2016-03-01", "2016-03-31", "month")],
        ),
        ("killed in [April] and [3 May 2016].", [("2016-04-01", "2016-04-30", "month"), day("2016-05-03")]),
        (
            "BAGHDAD, [2 December 2018] - 934 died in [November].",
            [day("2018-12-02"), ("2018-11-01", "2018-11-30", "month")],
        ),
        ("The bloodiest since [2011]: [March 5].", [("2011-01-01", "2018-12-06", "period"), day("2018-03-05")]),
        ("from [Monday] to [Wednesday] 7 died", [("2018-12-03", "2018-12-05", "days")] * 2),
        ("between [3] and [7 May] 9 died", [("2018-05-03", "2018-05-07", "days")] * 2),
        ("NOTE, [October 2018]\n\nIn [the month], 12 were killed.", [("2018-10-01", "2018-10-31", "month")] * 2),
        (
            "WEEK [20-26 November 2018]\n\nWe saw 21 in [the week], five more than in [the week before].",
            [("2018-11-20", "2018-11-26", "days")] * 2 + [("2018-11-13", "2018-11-19", "week")],
        ),
    ],
)
def test_dates_of_a_text_lean_on_each_other(marked: str, expected: list[tuple[str, str, str]]) -> None:
    assert resolve(marked, THURSDAY) == expected


def test_an_absolute_day_carries_relative_ones_in_an_article_without_date() -> None:
    marked = "Ten died on [1 May 2016]. One more died [the next day]. On [Friday] all was quiet."
    assert resolve(marked, None) == [day("2016-05-01"), day("2016-05-02"), ("-", "-", "relative")]


def test_only_dates_are_resolved() -> None:
    annotated = AnnotatedDocument(Document("d", "Homs on Monday"), (Span(0, 4, "LOCATION"), Span(8, 14, "DATE")))
    assert list(resolve_dates(annotated, None)) == [Span(8, 14, "DATE")]


@given(DAYS, DAYS)
def test_an_iso_date_is_itself(written: date, reference: date) -> None:
    assert read_days(written.isoformat(), reference) == Days(written, written, "day")
    assert read_days(written.isoformat(), None) == Days(written, written, "day")


@given(DAYS)
def test_months_in_words_are_read_back(written: date) -> None:
    words = f"{written.day} {written:%B} {written.year}"
    assert read_days(words, None).first == written
    assert read_days(f"{written:%b}. {written.day}, {written.year}", None).first == written


@given(st.sampled_from(TABLE), DAYS)
def test_days_are_in_order_and_not_after_the_article(row: str, reference: date) -> None:
    words, context, _ = read(row)
    days = read_days(words, reference, context)
    assert days.first is None or days.last is None or days.first <= days.last
    forward = any(
        word in context.before + words + context.after for word in ("will", "due", "next", "to be", "put off", "would")
    )
    if not forward and words != "tomorrow" and not re.search("19|20", words + context.after) and days.last:
        assert days.last <= reference + timedelta(days=1)


@given(
    st.sampled_from(
        ["Monday", "last Friday", "next Sunday", "yesterday", "overnight", "the weekend", "last week", "TUE"]
    ),
    DAYS,
    st.integers(-500, 500),
)
def test_weekdays_move_with_the_article(words: str, reference: date, weeks: int) -> None:
    move = timedelta(weeks=weeks)
    here, there = read_days(words, reference), read_days(words, reference + move)
    assert here.first and here.last
    assert (here.first + move, here.last + move, here.precision) == (there.first, there.last, there.precision)


@given(st.text(max_size=90), st.none() | st.dates(), st.text(max_size=30), st.text(max_size=30))
def test_any_words_are_read_or_not(words: str, reference: date | None, before: str, after: str) -> None:
    read_days(words, reference, DateContext(before, after))


PIECES = "the last 3 two days weeks of May - to and 31 2019 ago Friday early night since start first half , year a 9999"


@given(st.lists(st.sampled_from(PIECES.split()), max_size=7), st.none() | st.dates())
def test_any_mixture_of_date_words_is_read_or_not(pieces: list[str], reference: date | None) -> None:
    read_days(" ".join(pieces), reference, DateContext("in "))


def test_an_interval_has_an_order() -> None:
    with pytest.raises(ValueError, match="2018-12-06 lies after the last day 2018-12-05"):
        Days(THURSDAY, THURSDAY - timedelta(days=1), "days")


def test_the_clock_of_the_machine_plays_no_part(monkeypatch: pytest.MonkeyPatch) -> None:
    class AnyDatetime(type):
        def __instancecheck__(cls, value: object) -> bool:
            return isinstance(value, real.datetime)

    class Frozen(real.datetime, metaclass=AnyDatetime):
        @classmethod
        def now(cls, tz: real.tzinfo | None = None) -> Frozen:
            return cls(1999, 2, 3, 4, 5, tzinfo=tz)

        @classmethod
        def utcnow(cls) -> Frozen:
            return cls(1999, 2, 3, 4, 5)

        @classmethod
        def today(cls) -> Frozen:
            return cls(1999, 2, 3, 4, 5)

    rows = [read(row) for row in TABLE]
    before = [[read_days(w, day, c) for w, c, _ in rows] for day in (THURSDAY, None)]
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] == "dateparser" and getattr(module, "datetime", None) is real.datetime:
            monkeypatch.setattr(module, "datetime", Frozen)
    moved = dateparser.parse("yesterday")
    assert moved is not None and moved.year == 1999  # the clock of the library has moved
    date_words._parse.cache_clear()
    assert [[read_days(w, day, c) for w, c, _ in rows] for day in (THURSDAY, None)] == before
    date_words._parse.cache_clear()


def test_a_total_runs_on_where_its_sentence_says_since() -> None:
    text = "A truce ended in July. Since then more than 400 people have died."
    spans = {label: Span(text.index(words), text.index(words) + len(words), label) for words, label in (
        ("July", "DATE"), ("more than 400", "TOTAL"), ("people", "VICTIM"), ("died", "KILLED"),
    )}  # fmt: skip
    total = spans["TOTAL"]
    links = (Link(total, "date", spans["DATE"]), Link(total, "harm", spans["KILLED"]))
    annotated = AnnotatedDocument(Document("a", text), tuple(spans.values()), links)
    day = ArticleDate(date(2016, 5, 24), "metadata")
    assert resolve_dates(annotated, day)[spans["DATE"]] == Days(date(2015, 7, 1), date(2016, 5, 24), "period")
    unlinked = AnnotatedDocument(Document("a", text), tuple(spans.values()), (Link(total, "harm", spans["KILLED"]),))
    assert resolve_dates(unlinked, day)[spans["DATE"]] == Days(date(2015, 7, 1), date(2015, 7, 31), "month")
