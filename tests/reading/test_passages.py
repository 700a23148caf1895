"""Furniture and repeats: found where they are, never in the article's own sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tolltrace.reading import SetAside, body_ranges, find_set_aside, is_exact_repeat, is_unread
from tolltrace.reading.furniture import line_kind
from tolltrace.reading.repeats import normalise

LEAD = "Shells fell on the market of Karfaya on Thursday and killed at least seven farmers, a medic told this paper."
SECOND = (
    "The governor of the province blamed a militia from across the river and called for an inquiry into the attack."
)
THIRD = (
    "Rescue workers searched the ruins until late in the night, while families waited outside the only clinic in town."
)


def kinds(text: str) -> dict[str, str]:
    return {text[item.start : item.end]: item.reason for item in find_set_aside(text)}


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("7 + 2 =", "captcha"),
        ("What is 4 + 9?", "captcha"),
        ("Solve this math problem and type in the result. E.g. for 2+2, type 4.", "captcha"),
        ("12 users have voted.", "vote"),
        ("Average: 4.5 (12 votes)", "vote"),
        ("Post a comment", "comments"),
        ("Comments (14)", "comments"),
        ("Your email address will not be published. Required fields are marked *", "comments"),
        ("Our desk moderates all comments before they appear.", "comments"),
        ("Share on Facebook", "sharing"),
        ("Click to share on Twitter (Opens in new window)", "sharing"),
        ("Follow us on Telegram and WhatsApp", "sharing"),
        ("Facebook Twitter Email Print", "sharing"),
        ("Get the day's top stories emailed to you.", "newsletter"),
        ("Sign up for our weekly newsletter", "newsletter"),
        ("This website uses cookies to improve your experience.", "notice"),
        ("© 2019 Valley Post. All rights reserved.", "notice"),
        ("[ad_2]Source link", "notice"),
        ("Advertisement", "notice"),
        ("Author’s right of the image", "notice"),
        ("You are here: Home » World » Valley", "menu"),
        ("Home | World | Sport | Culture", "menu"),
        ("English | العربية", "menu"),
        ("3 min read", "menu"),
        ("Log in / Register", "menu"),
        ("Tags: Karfaya, shelling, militia", "menu"),
        ("Read Also", "related"),
        ("READ MORE: Governor visits the ruined market", "related"),
        ("Most read", "related"),
        ("Loading recommendations...", "related"),
    ],
)
def test_furniture_lines(line: str, kind: str) -> None:
    text = f"{LEAD}\n\n{SECOND}\n  {line}\n"
    assert kinds(text).get(line) == f"furniture: {kind}"


@pytest.mark.parametrize(
    "line",
    [
        THIRD,
        "By AFP - Dec 06,2018 - Last updated at Dec 06,2018",
        "Thursday, December 6th 2018",
        "KARFAYA —",
        "You are here because your village was burnt, the officer told them.",
        "Related: 12 killed in Karfaya",
        'Read more: "We were asleep when it hit us", says survivor',
        "Share of villages under rebel rule grows",
        "Comments by the minister angered the rebels",
        "More than 31 users of the clinic were wounded.",
        "Copyright of the video belongs to the army, the monitor said.",
        "News of the killings spread | a town mourns",
        "Idlib | 12 | shelling | Tuesday",
        "Idlib | dozens | shelling | Tuesday",
        "Home after ten years: a family returns",
        "By using cluster bombs, the army broke its own policy.",
        "Search for survivors",
        "Sign of hope in Karfaya",
        "5 + 8 people were counted in both rooms",
        "The most read verse at funerals",
        "With additional reporting by Jane Roe.",
        "Read more: Barrel bombs hit a bakery",
        "Idlib | Shelling | Clashes | Tuesday",
        "• Karfaya • Market • Bridge • Clinic",
    ],
)
def test_article_lines_survive(line: str) -> None:
    assert find_set_aside(f"{LEAD}\n{line}\n{SECOND}\n") == ()
    assert find_set_aside(line) == ()


def test_comment_rules_are_a_block() -> None:
    rules = [
        "Comments",
        "The Post checks everything. We welcome comments that stay with the subject of the article.",
        "We will not tolerate insults, threats, attacks on persons or links in a comment.",
        "Name *",
        "Website",
    ]
    text = "\n".join([LEAD, SECOND, *rules, THIRD])
    assert list(kinds(text)) == rules


def test_comment_heading_above_the_article_takes_nothing_along() -> None:
    text = "\n".join(
        ["Shells on Karfaya", "Comments", "Your comments must be polite, the envoy was told.", LEAD, SECOND, THIRD]
    )
    assert list(kinds(text)) == ["Comments"]


def test_related_headlines_are_a_block() -> None:
    headlines = [
        "Governor visits the ruined market",
        "Why did the bridge of Karfaya close?",
        "River militia names a new chief",
    ]
    text = "\n\n".join([LEAD, SECOND, "Related articles", *headlines])
    assert list(kinds(text)) == ["Related articles", *headlines]
    harm = "\n".join([LEAD, SECOND, "Related articles", headlines[0], "Nine wounded in blast", headlines[1]])
    assert list(kinds(harm)) == ["Related articles", *headlines[:2]]


def test_headline_right_above_the_article_stays() -> None:
    title = "Shells on Karfaya: what we know"
    assert list(kinds("\n".join(["Top stories", "Governor visits the ruined market", title, LEAD]))) == [
        "Top stories",
        "Governor visits the ruined market",
    ]
    assert list(kinds("\n".join([LEAD, "Read more", "Hostage swap", SECOND]))) == ["Read more"]
    inline = "Governor visits the ruined market"
    assert list(kinds("\n".join([LEAD, "Read more", inline, SECOND]))) == ["Read more", inline]


def test_headlines_cut_by_dots_at_the_end() -> None:
    cut = ["Governor visits the ruined mar...", "Bridge of Karfaya closed for rep…", "River militia names new chi..."]
    assert list(kinds("\n".join([LEAD, SECOND, "A plain headline", *cut]))) == ["A plain headline", *cut]
    assert kinds("\n".join([LEAD, *cut[:2]])) == {}
    above = "\n".join([LEAD, SECOND, "Governor visits the market", "Loading recommendations..."])
    assert list(kinds(above)) == ["Governor visits the market", "Loading recommendations..."]


TEASERS = [
    "Mine kills five shepherds near the bridge of Kar...",
    "Two detained over market bombing",
    "Army says it shot down four drones over the val...",
    "Governor: “No one will be left behind in the nor...",
    "Families flee as clashes reach the edge of Tell ...",
]


def test_teasers_cut_at_one_width_go_whatever_they_tell() -> None:
    assert list(kinds("\n".join([LEAD, SECOND, *TEASERS]))) == TEASERS
    wider = "Nine people were wounded when the market of Karfaya was shelled at noon"
    assert wider not in kinds("\n".join([LEAD, SECOND, wider, *TEASERS]))
    quiet = ["Governor visits the ruined market of the old t...", "Bridge of Karfaya closed for repairs until the e..."]
    below = [*TEASERS[2:], *quiet, "River militia names a new chief and three of his..."]  # a list by themselves
    assert list(kinds("\n".join([LEAD, SECOND, *below]))) == below
    table = ["Casualties by district", "Karfaya: 12 killed, 30 wounded", "Tell Amar: 7 killed"]
    assert list(kinds("\n".join([LEAD, SECOND, *table, *TEASERS]))) == TEASERS
    assert kinds("\n".join([LEAD, *TEASERS, SECOND])) == {}
    timed = [f"0{n}:30 {line}" for n, line in enumerate(TEASERS)]
    assert kinds("\n".join([LEAD, *timed])) == {}


LIVE = [
    "09:40 Two children pulled from the rubble alive",
    "09:25 Governor arrives at the scene...",
    "[09:10] Water trucks on their way to the dis...",
    "9 am: Roads into Karfaya are closed…",
    "0830 GMT Schools stay shut",
    "– Power is back in the north of the town...",
    "• The bridge is open again…",
]


@pytest.mark.parametrize("heading", [[], ["Other news:"], ["Latest news"], ["Related articles"]])
def test_live_page_stays(heading: list[str]) -> None:
    assert list(kinds("\n".join([LEAD, *heading, *LIVE]))) == heading


def test_live_page_with_its_times_on_their_own_lines_stays() -> None:
    lines = [part for line in LIVE[1:4] for part in ("09:25", line.split(maxsplit=1)[1])]
    assert kinds("\n".join([LEAD, *lines])) == {}


@pytest.mark.parametrize("heading", ["Other news:", "Latest news"])
def test_round_up_stays(heading: str) -> None:
    told = [
        "Barrel bombs hit a bakery in Idlib…",
        "A family of six still under the rubble in Hajin",
        "Clashes in Karfaya go on",
        "Air strikes and shelling in Hama",
        "Teacher arrested, brother kidnapped",
    ]
    quiet = "Water returns to the villages by the river"
    # In the middle of a page the heading opens nothing; at its end headlines without harm are other articles.
    assert list(kinds("\n".join([LEAD, heading, *told, quiet, SECOND]))) == [heading]
    assert list(kinds("\n".join([LEAD, heading, quiet, *told, *(f"{line} again" for line in told)]))) == [heading]
    assert list(kinds("\n".join([LEAD, SECOND, THIRD, heading, *told[:1], quiet]))) == [heading, quiet]
    assert list(kinds("\n".join([LEAD, SECOND, THIRD, heading, quiet, "A medic was on her way there."]))) == [heading]


def test_text_without_line_breaks_loses_its_tail_only() -> None:
    for tail in ("Read Also", "[ad_2]Source link", "Share on Facebook"):
        assert list(kinds(f"{LEAD} {SECOND} {tail}")) == [tail]
    assert kinds(f"{LEAD} Comments Post a comment {SECOND}") == {}
    assert kinds("He had nothing left to read also") == {}


def test_repeated_paragraphs() -> None:
    text = f"Title\n{LEAD}\n{SECOND}\n\n{THIRD}\r\n{SECOND}\r\n{THIRD}"
    found = find_set_aside(text)
    assert [text[item.start : item.end] for item in found] == [SECOND, THIRD]
    assert [item.repeat_of for item in found] == [text.index(SECOND), text.index(THIRD)]
    assert all(item.reason == "repeat" and is_exact_repeat(text, item) for item in found)


def test_short_lines_repeat_only_in_a_run() -> None:
    short = "Shells fell on the market of Karfaya on Thursday"
    assert find_set_aside(f"{short}\n{LEAD}\n{short}\n{SECOND}") == ()
    text = f"{short}\n{LEAD}\n{SECOND}\n{short}\n\n{SECOND}"
    assert [item.repeat_of for item in find_set_aside(text)] == [0, text.index(SECOND)]
    table = "Killed: 5\nWounded: 10\n"
    assert find_set_aside(f"Idlib\n{table}Hama\n{table}Homs\n{table}" * 3) == ()


def test_repeats_that_differ_in_case_white_space_and_marks() -> None:
    again = "“" + LEAD.upper().replace(" ", "  ").removesuffix(".") + "!”"
    text = f"{LEAD}\n{SECOND}\n{again}"
    (item,) = find_set_aside(text)
    assert (item.start, item.end, item.reason, item.repeat_of) == (text.index(again), len(text), "repeat", 0)
    assert not is_exact_repeat(text, item)


@pytest.mark.parametrize(
    ("word", "other"),
    [("seven", "eight"), ("seven", "7"), ("farmers", "women"), ("at least", "up to"), ("paper.", "paper?")],
)
def test_near_repeats_that_say_something_else_stay(word: str, other: str) -> None:
    assert find_set_aside(f"{LEAD}\n{LEAD.replace(word, other)}") == ()


def test_figures_are_never_normalised_away() -> None:
    assert len({normalise(figure) for figure in ("15", "1.5", "1,5", "1-5", "-15", "1 5", "15%", ".15")}) == 8


def test_repeated_sentences_in_one_line() -> None:
    long = LEAD.removesuffix(".") + " outside of the clinic."
    assert len(long) >= 120
    row = f"{LEAD} {LEAD} {SECOND}"
    (item,) = find_set_aside(row)
    assert (item.start, item.repeat_of) == (len(LEAD) + 1, 0) and is_exact_repeat(row, item)
    assert find_set_aside(f"{LEAD} {SECOND} {LEAD}") == ()
    apart = f"{long} {SECOND} {long} {THIRD}"
    assert [(item.start, item.repeat_of) for item in find_set_aside(apart)] == [(apart.rindex(long), 0)]
    assert [item.repeat_of for item in find_set_aside(f"{LEAD} {SECOND} {LEAD} {SECOND}")] == [0, len(LEAD) + 1]
    assert len(find_set_aside(f"{LEAD} {LEAD} {LEAD}")) == 2


def test_what_stood_in_furniture_first_is_no_repeat() -> None:
    headline = "Governor of the province blames a militia from across the river for the attack on the market"
    text = "\n".join(["Top stories", headline, "Another headline of the day", LEAD, headline, SECOND])
    assert [text[item.start : item.end] for item in find_set_aside(text)] == ["Top stories", headline]


FURNITURE = "Comments|Post a comment|7 + 2 =|Read more|Cut headline...|[ad_2]Source link|Name|We welcome comments."
BREAKS = ["\n", "\n\n", " ", "\r\n", "\u2028", "|", "Loading recommendations..."]
PIECES = st.sampled_from([LEAD, SECOND, THIRD, LEAD.upper(), *FURNITURE.split("|"), *BREAKS])
TEXTS = st.text() | st.lists(PIECES | st.text(max_size=5)).map("".join) | st.lists(PIECES).map("\n".join)


@given(TEXTS)
def test_set_aside_and_body_part_the_text(text: str) -> None:
    found = find_set_aside(text)
    assert list(found) == sorted(found)
    parts = sorted([(item.start, item.end) for item in found] + body_ranges(len(text), found))
    assert "".join(text[start:end] for start, end in parts) == text
    assert all(start < end for start, end in parts)


@given(TEXTS)
def test_repeats_point_to_equal_text_that_stays(text: str) -> None:
    found = find_set_aside(text)
    body = body_ranges(len(text), found)
    for item in found:
        assert (item.repeat_of is not None) == (item.reason == "repeat")
        if item.repeat_of is None:
            continue
        words = text[item.start : item.end]
        assert words == words.strip()
        assert item.repeat_of < item.start
        assert any(start <= item.repeat_of < end for start, end in body)
        if not is_exact_repeat(text, item):
            assert normalise(text[item.repeat_of :]).startswith(normalise(words))


def test_only_furniture_and_exact_repeats_are_unread() -> None:
    text = "\n".join([LEAD, SECOND, "Comments", SECOND, LEAD.upper()])
    found = find_set_aside(text)
    assert [item.reason for item in found] == ["furniture: comments", "repeat", "repeat"]
    assert [is_unread(text, item) for item in found] == [True, True, False]


@pytest.mark.parametrize("ranges", [[(3, 5), (1, 2)], [(1, 4), (3, 5)], [(2, 2)], [(0, 11)], [(-1, 2)]])
def test_body_ranges_refuses_what_is_no_partition(ranges: list[tuple[int, int]]) -> None:
    with pytest.raises(ValueError, match="must be sorted"):
        body_ranges(10, [SetAside(start, end, "repeat", 0) for start, end in ranges])


def test_body_ranges() -> None:
    assert body_ranges(0, ()) == []
    assert body_ranges(5, ()) == [(0, 5)]
    assert body_ranges(9, [SetAside(0, 2, "a"), SetAside(2, 3, "b"), SetAside(5, 9, "c")]) == [(3, 5)]


@pytest.mark.parametrize("piece", [".", " ", '"', '". ', "[ad_", "|", "1 + ", "share ", "read more: ", "a ", "\t", "”"])
def test_a_line_of_a_million_characters(piece: str) -> None:
    text = "x" + piece * (1_000_000 // len(piece)) + "x"
    parts = body_ranges(len(text), find_set_aside(text))
    assert parts[0][0] == 0


@pytest.mark.parametrize(
    "piece", ["share ", "get top e-mail ", "copyright 2018 ", '"a b ', "home > ", "tags: a", "| a "]
)
def test_lines_of_the_longest_furniture(piece: str) -> None:
    for length in (200, 220, 690):
        line_kind((piece * length)[:length])
