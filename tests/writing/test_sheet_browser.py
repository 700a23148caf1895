"""The HTML sheet in a real browser: what it shows, that it sends nothing, and that strangers' text stays text."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.writing.events_fixture import HOSTILE, Sheet, hostile, many, small
from tolltrace.events.review import read_decisions
from tolltrace.writing.sheet import write_sheet

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

COLUMNS = ["decision", "target", "field", "value", "by", "date", "reason", "seen"]
MANY = 5000

pytestmark = pytest.mark.browser

Open = Callable[..., "Page"]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """Addresses of the sheets, written once."""
    folder = tmp_path_factory.mktemp("sheets")
    made: dict[str, Callable[[], Sheet]] = {"small": small, "hostile": hostile, "many": lambda: many(MANY)}

    def address(name: str) -> str:
        path = folder / f"{name}.html"
        if not path.exists():
            write_sheet(path, *made[name]().parts)
        return path.as_uri()

    return address


@pytest.fixture
def visit(browser: Browser, pages: Callable[[str], str]) -> Iterator[Open]:
    """Opens a sheet; at the end no page may have logged a complaint, failed, or asked for anything but itself."""
    wrong: list[str] = []
    contexts = []

    def open_sheet(name: str, hash: str = "", width: int = 1440, height: int = 900, dark: bool = False) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light", accept_downloads=True
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: wrong.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: wrong.append(f"dialog: {dialog.message}"))
        address = pages(name)
        page.on("request", lambda request: wrong.extend({request.url.split("#")[0]} - {address}))
        page.goto(address + hash)
        page.wait_for_selector("html[data-ready=yes]")
        return page

    yield open_sheet
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    folder = Path(os.environ.get("TOLLTRACE_SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def shown(page: Page) -> int:
    return int(page.locator("#shown strong").inner_text().replace("\u202f", ""))


def ids(page: Page) -> list[str]:
    found: list[str] = page.eval_on_selector_all(".rows .row", "rows => rows.map(row => row.dataset.id)")
    return found


def test_it_opens_with_its_counts_and_says_what_it_is(visit: Open) -> None:
    page = visit("small")
    assert page.locator("#note").inner_text() == "machine-read claims, not verified"
    assert page.locator("#counts").inner_text().startswith("5 events: 5 machine, 0 reviewed · 11 claims from 7 of 7")
    assert shown(page) == 5
    assert ids(page) == ["ev-nowhere", "ev-east", "ev-fadel", "ev-orlan", "ev-sudan"]
    assert page.get_by_text("1 event cannot be placed").is_visible()
    assert page.get_by_text("1 event without a date").is_visible()
    words = page.locator("[data-id=ev-orlan] .c-figure").inner_text()
    assert words.startswith("23–35+ killed")
    assert "Valley Observatory: 23+; medics at the central hospital: 30–35. Replaced: Valley Observatory: 14" in words


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("q", "shepherd", ["ev-nowhere"]),
        ("q", "ORLAN red", ["ev-orlan"]),
        ("q", "denied having", []),
        ("q", "30 and 35", ["ev-orlan"]),
        ("place", "sudan", ["ev-sudan"]),
        ("place", "syria", ["ev-nowhere", "ev-east", "ev-fadel", "ev-orlan"]),
        ("party", "coalition", ["ev-fadel", "ev-orlan"]),
        ("source", "observatory", ["ev-orlan"]),
        ("from", "2031-05-20", ["ev-nowhere", "ev-east"]),
        ("to", "2031-05-06", ["ev-fadel", "ev-orlan"]),
    ],
)
def test_filters(visit: Open, field: str, value: str, expected: list[str]) -> None:
    page = visit("small")
    page.fill(f"[name={field}]", value)
    expect(page.locator("#shown strong")).to_have_text(str(len(expected)))
    assert ids(page) == expected
    assert f"{field}=" in page.url
    page.click("#clear")
    assert shown(page) == 5
    assert "#" not in page.url


def test_ticks_filter_and_the_address_brings_a_view_back(visit: Open) -> None:
    page = visit("small")
    page.check("[data-harm=injured]")
    assert ids(page) == ["ev-east", "ev-orlan"]
    assert page.locator("[data-id=ev-orlan] .numbers").inner_text().startswith("24+ injured")
    page.click(".more summary")
    page.check("[name=contested]")
    assert ids(page) == ["ev-orlan"]
    again = visit("small", "#" + page.url.split("#")[1])
    assert ids(again) == ["ev-orlan"]
    assert again.is_checked("[data-harm=injured]")
    broken = visit("small", "#sort=evil&harm=x&from=yesterday&event=none&box=a&tab=../x&__proto__=1")
    assert shown(broken) == 5


def test_the_keyboard_is_enough(visit: Open) -> None:
    page = visit("small")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("End")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.dataset.id") == "ev-orlan"
    page.keyboard.press("Enter")
    page.wait_for_selector("#drawer-title")
    assert page.locator("#drawer-title").inner_text() == "Airstrikes on Orlan"
    page.keyboard.press("p")
    expect(page.locator("#drawer-title")).to_have_text("Airstrikes in Fadel")
    page.keyboard.press("Escape")
    assert page.locator("#drawer").is_hidden()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert page.locator("#help").is_visible()
    page.keyboard.press("Escape")
    assert page.locator("#help").is_hidden()
    page.focus("#map")
    page.keyboard.press("Enter")
    assert page.locator(".picks button").count() == 4


def test_the_map_selects_and_the_timeline_chooses_dates(visit: Open) -> None:
    for place, title, down in (("orlan", "Airstrikes on Orlan", 0), ("sudan", "Clashes in Sudan", 16)):
        page = visit("small", f"#place={place}")
        page.get_by_text("Show all").click()
        box = page.locator("#map").bounding_box()
        assert box is not None
        page.mouse.click(
            box["x"] + box["width"] / 2, box["y"] + box["height"] / 2 + down
        )  # the only one: in the middle
        page.wait_for_selector("#drawer-title")
        assert page.locator("#drawer-title").inner_text() == title
    page = visit("small")
    line = page.locator("#timeline svg").bounding_box()
    assert line is not None
    page.mouse.move(line["x"] + 4, line["y"] + 60)
    page.mouse.down()
    page.mouse.move(line["x"] + line["width"] * 0.6, line["y"] + 60, steps=4)
    page.mouse.up()
    assert ids(page) == ["ev-east", "ev-fadel", "ev-orlan"]
    assert page.input_value("[name=from]") == "2031-05-06"


def test_an_event_whole_and_its_claim_in_the_article(visit: Open, shots: Path) -> None:
    page = visit("small", "#event=ev-orlan")
    drawer = page.locator("#drawer")
    expect(page.locator(".sentence").first).not_to_be_empty()
    words = drawer.inner_text()
    for expected in (
        "who was hit: people and children, or fighters only",
        "replaced by 23+",
        "Red Coalition denied having targeted the town.",
        "Nearly as likely: Orlan (the other)",
        "25 civilians against at least 23 people",
        "against -1.4",
        "machine-read claims, not verified",
    ):
        assert expected in words, expected
    page.screenshot(path=shots / "sheet-details.png")
    drawer.get_by_text("Read in the article").nth(1).click()
    page.wait_for_selector("mark.here")
    assert page.locator("mark.here").inner_text().startswith("At least 23")
    assert page.locator(".article .s-figure").inner_text() == "At least 23"
    assert page.locator(".article .s-party").inner_text() == "Red Coalition"
    link = drawer.get_by_text("Open where it was published")
    assert link.get_attribute("rel") == "noopener noreferrer nofollow"
    assert link.get_attribute("href") == "https://example.org/ev-orlan"
    page.screenshot(path=shots / "sheet-article.png")
    page.keyboard.press("Escape")
    drawer.get_by_role("button", name="Airstrikes in Fadel").click()
    expect(page.locator("#drawer-title")).to_have_text("Airstrikes in Fadel")


def test_tallies_stand_apart(visit: Open) -> None:
    page = visit("small", "#tab=tallies")
    assert page.locator(".tally").count() == 2
    assert page.locator("#events").is_hidden()
    page.locator(".tally summary").first.click()
    page.get_by_role("button", name="more than 2,000").click()
    page.wait_for_selector(".tally blockquote")
    assert "were killed in airstrikes" in page.locator(".tally blockquote").inner_text()


def test_strangers_text_is_shown_as_text(visit: Open) -> None:
    page = visit("hostile", "#event=ev-hostile")
    expect(page.locator(".sentence").first).not_to_be_empty()
    assert page.locator("#drawer-title").text_content() == HOSTILE
    page.locator("#drawer").get_by_text("Read in the article").click()
    page.wait_for_selector(".article")
    assert HOSTILE in (page.locator(".article").text_content() or "")
    assert "w" * 100_000 + " 🕊 after" in (page.locator(".article").text_content() or "")
    assert page.evaluate("document.querySelectorAll('img, iframe, object, .article [onerror]').length") == 0
    assert page.evaluate("typeof window.pwned") == "undefined"
    assert page.locator("#drawer a[href]").count() == 0  # its address is a javascript: one
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("(d => d.scrollWidth <= d.clientWidth)(document.getElementById('drawer'))")
    page.mouse.move(1200, 400)


@pytest.mark.parametrize("name", ["small", "hostile"])
def test_a_phone_scrolls_only_downwards(visit: Open, shots: Path, name: str) -> None:
    page = visit(name, width=360, height=740)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.click("#fold")
    assert page.locator("[name=place]").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.click("#fold")
    if name == "small":
        page.screenshot(path=shots / "sheet-phone.png")
    page.locator(".rows .row").first.click()
    page.wait_for_selector("#drawer-title")
    assert page.evaluate(
        "(d => d.scrollWidth <= d.clientWidth && d.clientWidth >= 345)(document.getElementById('drawer'))"
    )
    assert page.evaluate("document.getElementById('main').inert")
    if name == "small":
        page.screenshot(path=shots / "sheet-phone-details.png")
    for tab in ("tallies", "review"):
        assert visit(name, f"#tab={tab}", width=360, height=740).evaluate("document.documentElement.scrollWidth") == 360


def test_dark_follows_the_system_and_the_button(visit: Open) -> None:
    page = visit("small", dark=True)
    dark = page.evaluate("getComputedStyle(document.body.querySelector('.top')).backgroundColor")
    page.click("#theme")
    assert page.locator("#theme").inner_text() == "Theme: light"
    light = page.evaluate("getComputedStyle(document.body.querySelector('.top')).backgroundColor")
    assert (dark, light) == ("rgb(25, 28, 33)", "rgb(255, 255, 255)")


def test_decisions_become_a_review_file_and_come_back(visit: Open, tmp_path: Path) -> None:
    page = visit("small", "#event=ev-orlan")
    page.wait_for_selector("#drawer .pick")

    def note(reason: str) -> None:
        page.fill("#decide [name=by]", "Ada Poe")
        page.fill("#decide [name=reason]", reason)
        page.get_by_text("Note it").click()

    page.get_by_role("button", name="Correct a field").click()
    page.fill("#decide [name=value]", "=cmd|' /C calc'!A0")
    note('said "so",\nin two lines')
    page.get_by_role("button", name="Merge the two").click()
    note("one village, two names")
    picks = page.locator("#drawer .pick")
    claims = [picks.nth(0).get_attribute("value"), picks.nth(1).get_attribute("value")]
    picks.nth(0).check()
    picks.nth(1).check()
    page.get_by_role("button", name="Split selected").click()
    note("two strikes")
    page.locator("#drawer").get_by_role("button", name="Review").first.click()
    page.select_option("#decide [name=decision]", "correct")
    page.select_option("#decide [name=field]", "min")
    page.fill("#decide [name=value]", "many")
    note("-")
    assert page.locator("#decide").is_visible()  # no number: not noted
    page.fill("#decide [name=value]", "31")
    note("-")
    page.click("#tab-review")
    assert page.locator(".decisions tbody tr").count() == 4
    with page.expect_download() as waiting:
        page.click("#download")
    saved = tmp_path / "review.csv"
    waiting.value.save_as(saved)
    rows = list(csv.reader(io.StringIO(saved.read_text(encoding="utf-8-sig"), newline="")))
    assert rows[0] == COLUMNS
    seen = rows[1][7]
    assert len(seen) == 8
    day = rows[1][5]
    assert rows[1:] == [
        ["correct", "ev-orlan", "title", "'=cmd|' /C calc'!A0", "Ada Poe", day, 'said "so",\nin two lines', seen],
        ["merge", "ev-orlan", "", "ev-fadel", "Ada Poe", day, "one village, two names", seen],
        ["split", "ev-orlan", "", " ".join(str(claim) for claim in claims), "Ada Poe", day, "two strikes", seen],
        ["correct", claims[0], "min", "31", "Ada Poe", day, "'-", seen],
    ]
    assert [decision.value for decision in read_decisions(saved)] == [
        "=cmd|' /C calc'!A0",
        "ev-fadel",
        rows[3][3],
        "31",
    ]
    other = visit("small", "#tab=review")
    other.set_input_files("#review-file", saved)
    other.wait_for_selector(".decisions")
    assert other.locator(".decisions tbody tr").count() == 4
    assert "=cmd|' /C calc'!A0" in other.locator(".decisions").inner_text()
    with other.expect_download() as waiting:
        other.click("#download")
    again = tmp_path / "again.csv"
    waiting.value.save_as(again)
    assert again.read_bytes() == saved.read_bytes()
    bad = tmp_path / "bad.csv"
    bad.write_text("a,b\n1,2\n", encoding="utf-8")
    other.set_input_files("#review-file", bad)
    other.wait_for_selector("#review-problem:not([hidden])")
    assert "lacks the columns decision" in other.locator("#review-problem").inner_text()


def test_five_thousand_events(visit: Open, shots: Path) -> None:
    page = visit("many")
    assert shown(page) == MANY
    page.screenshot(path=shots / "sheet-wide-light.png")
    page.fill("[name=place]", "aleppo")
    part = shown(page)
    assert 0 < part < MANY
    page.check("[data-harm=injured]")
    assert 0 < shown(page) < part
    page.click("#clear")
    page.fill("[name=q]", "medics at the central hospital said")
    expect(page.locator("#shown strong")).not_to_have_text("0")
    page.click("#clear")
    page.evaluate("document.getElementById('table').scrollTop = 100000")
    expect(page.locator(".rows .row[aria-rowindex='1570']")).to_be_attached()
    page.focus(".rows .row[tabindex='0']")
    page.keyboard.press("End")
    assert page.evaluate("document.activeElement.getAttribute('aria-rowindex')") == str(MANY + 1)
    page.get_by_role("button", name="Figures, by source").click()
    assert page.locator(".head [aria-sort=descending]").inner_text().startswith("Figures")
    assert page.evaluate("document.querySelectorAll('*').length") < 4000
    dark = visit("many", "#event=ev-00010", width=1920, height=1080, dark=True)
    dark.wait_for_selector("#drawer-title")
    dark.screenshot(path=shots / "sheet-wide-dark.png")
