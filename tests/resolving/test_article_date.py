"""The day of an article: metadata, its date line, and never the page's masthead."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tolltrace.documents import Document, Span
from tolltrace.resolving.article_date import ArticleDate, article_date

DAY = date(2018, 12, 6)
BODY = "Air strikes killed 20 people in Hajin on Thursday, the Observatory said.\n\nOn 12 May 2014 militants took it."
SENTENCE = "Militants killed 20 people in the village of Hajin on 4 December 2018, the Observatory said."


def of(text: str, published: Any = None, dates: tuple[Span, ...] = ()) -> ArticleDate | None:
    return article_date(Document("d", text, {} if published is None else {"published": published}), dates)


@pytest.mark.parametrize(
    "published",
    [
        "2018-12-06",
        " 2018-12-06 ",
        "2018-12-06T23:30:00+03:00",
        "2018-12-06T10:00:00Z",
        "2018-12-06 10:00:00",
        "20181206",
        "2018/12/06",
        "6 December 2018",
        "Dec. 6, 2018",
        "Thursday, December 6, 2018 - 10:30",
        "Thu, 06 Dec 2018 10:00:00 GMT",
        "06.12.2018",
        DAY,
        datetime(2018, 12, 6, 23, 59, tzinfo=UTC),
    ],
)
def test_published(published: object) -> None:
    assert of(BODY, published) == ArticleDate(DAY, "metadata")


@pytest.mark.parametrize(
    "published",
    [
        "10/09/2018",
        "yesterday",
        "",
        "2018",
        "2018-13-45",
        "2018-02-30T10:00",
        "0001-01-01",
        1544090000,
        [],
        {},
        "x" * 10_000,
        "6 May 2018 - 7 May 2018",
        "Mon, 99 Zzz 2018",
        "Thu, 06 Dec 99999999999 10:00:00 GMT",
    ],
)
def test_malformed_metadata_fall_back_on_the_date_line(published: object) -> None:
    assert of(BODY, published) is None
    assert of(f"BEIRUT, Dec. 6, 2018 (AFP) — {BODY}", published) == ArticleDate(DAY, "date line")


@pytest.mark.parametrize(
    "head",
    [
        "BEIRUT, Dec. 6, 2018 (AFP) — ",
        "BEIRUT, December 6, 2018 — ",
        "BEIRUT (Dec 6, 2018) - ",
        "Baghdad, 6 December 2018 - ",
        "MOSUL, Iraq (Dec 6, 2018) — ",
        "DONETSK, Ukraine, Dec 6, 2018 - ",
        "Air strike kills 23, agency says 6 December 2018 SANAA (Reuters) - ",
        "By Reporter on 6 December 2018\n\n",
        "6 December 2018 | ",
        "6 December 2018, Beirut – ",
        "(6 December 2018) Beirut and Hajin – ",
        "Medics counted twenty. Dec 6, 2018. ",
        "Dec 06, 2018\n\n",
        "Published: 6 December 2018\n\n",
        "Published on Thursday, 6 December 2018, 16:22 – Reading time 2 min\n\n",
        "By Our Correspondent, Beirut  |  December 6, 2018\n\n",
        "Thu Dec 6, 2018 10:14\n\n",
        "SITUATION REPORT, as of 6 December 2018\n\n",
        "Updated: 7 December 2018\nPublished: 6 December 2018\n\n",
        "Last updated 6 December 2018\n\n",
        "2018-12-06\n\n",
        "06.12.2018 - ",
    ],
)
def test_date_lines(head: str) -> None:
    assert of(f"Twenty killed in strikes on Hajin\n\n{head}{BODY}") == ArticleDate(DAY, "date line")


@pytest.mark.parametrize("line", ["— AFP, 6 December 2018", "(AFP, December 6, 2018)", "Published 6 December 2018"])
def test_a_line_that_signs_the_article(line: str) -> None:
    filler = "The town has seen fighting for weeks, residents said by telephone.\n\n" * 12
    assert of(f"Twenty killed\n\n{BODY}\n\n{filler}{line}") == ArticleDate(DAY, "date line")


@pytest.mark.parametrize(
    "text",
    [
        BODY,
        SENTENCE,
        f"On 4 December 2018, militants struck.\n\n{SENTENCE}",
        f"Twenty killed\n\nBEIRUT, Dec. 6 (AFP) — {BODY}",
        f"Incident bulletin: Gulu and Kitgum, 1-15 September 2003\n\n{BODY}",
        f"Twenty killed\n\nPhoto taken on 6 December 2018\n\n{BODY}",
        f"Twenty killed\n\n10/09/2018\n\n{BODY}",
        "",
    ],
)
def test_no_date_line(text: str) -> None:
    assert of(text) is None


MASTHEADS = [
    "Tuesday, 30 June 2026 | Latest news",
    "Home | World | Sport | 30 June 2026",
    "Tuesday, 30 June 2026",
    "Last visited: 30 June 2026",
    "Weather 34° | 30 June 2026",
]


@pytest.mark.parametrize("masthead", MASTHEADS)
def test_never_the_masthead(masthead: str) -> None:
    page = f"{masthead}\nSkip to content\nHome > World\n\nTwenty killed in Hajin\n\n"
    footer = "\n\n© 2026 The Daily. All rights reserved."
    assert of(page + BODY + footer) is None
    assert of(f"{page}Dec 06, 2018\n\n{BODY}{footer}") == ArticleDate(DAY, "date line")


def test_a_bare_date_on_top_counts_without_furniture_or_as_a_span() -> None:
    text = f"6 December 2018\n\n{BODY}"
    assert of(text) == ArticleDate(DAY, "date line")
    page = f"6 December 2018\nSkip to content\n\n{BODY}"
    assert of(page) is None
    assert of(page, dates=(Span(0, 15, "DATE"),)) == ArticleDate(DAY, "date line")


def test_a_dateline_takes_its_year_from_a_full_date_of_the_head() -> None:
    assert of(f"BEIRUT, Dec. 6 (AFP) — {SENTENCE}") == ArticleDate(DAY, "date line")
    assert of(f"BEIRUT, Jan. 2 (AFP) — {SENTENCE}") == ArticleDate(date(2019, 1, 2), "date line")
    assert of("BEIRUT, Dec. 6 (AFP) — Twenty died in a war that has gone on since 12 November 2016.") is None
    assert of(f"BEIRUT, July 6 (AFP) — {SENTENCE}") is None


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_any_iso_day_is_itself(day: date) -> None:
    assert of(BODY, day.isoformat()) == ArticleDate(day, "metadata")
    assert of(f"Twenty killed\n\nBEIRUT, {day:%b} {day.day}, {day.year} (AFP) — {BODY}") == ArticleDate(
        day, "date line"
    )


@given(st.text(max_size=200), st.text(max_size=40) | st.integers() | st.none() | st.lists(st.integers()))
def test_any_text_and_metadata_are_read(text: str, published: object) -> None:
    article_date(Document("d", text, {"published": published}))
