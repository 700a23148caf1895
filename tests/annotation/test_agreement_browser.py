"""The page of agreement in a real browser."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from playwright import sync_api
from playwright.sync_api import Browser, Page

from annotation import agreement_page
from annotation.agreement_scores import measure
from tests.annotation.annotators import other_version
from tolltrace import jsonlines, markup
from tolltrace.documents import AnnotatedDocument, Document

pytestmark = pytest.mark.browser
Open = Callable[..., Page]

HOSTILE = (
    'Two {LOCATION:<script>window.pwned = 1</script>} men </script><img src=x onerror="window.pwned = 1"> '
    "${LOCATION:$policy} &lt;b&gt; \u202egnp.exe {ACTOR:\u2066army\u2069} <!-- \r\nend"
)
EVIL = '<img src=x onerror="window.pwned = 1">'


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("agreement")
    data = Path(__file__).resolve().parents[2] / "data/agreement"
    first, second = ({d.id: d for d in jsonlines.read(data / f"{name}.jsonl")} for name in ("first", "second"))
    random = Random(1)
    third, fourth = ({d.id: other_version(d, random, slips) for d in first.values()} for slips in (0.03, 0.1))
    # Not everybody has every article.
    del second["p19-col-choco-displaced-01"], fourth[min(fourth)]
    write(folder / "four.html", {"first": first, "second": second, "third": third, "fourth": fourth}, 12)
    write(folder / "two.html", {"first": first, "second": second}, 5)
    hostile = markup.parse("d", HOSTILE)
    evil = AnnotatedDocument(Document(EVIL, hostile.text, {"title": EVIL}), hostile.spans)
    write(folder / "hostile.html", {EVIL: {EVIL: evil}, "b": {EVIL: replace(evil, spans=())}, "c": {EVIL: evil}}, 5)
    return folder


def write(path: Path, versions: dict[str, dict[str, AnnotatedDocument]], articles: int) -> None:
    path.write_text(agreement_page.render(measure(versions), articles), encoding="utf-8", newline="\n")


@pytest.fixture
def visit(browser: Browser, pages: Path) -> Iterator[Open]:
    """Opens a page; afterwards nothing may have been asked of the network, and nothing have gone wrong."""
    asked: list[str] = []
    wrong: list[str] = []
    contexts = []

    def visit(name: str, width: int = 1440, height: int = 1000, dark: bool = False) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light"
        )
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: wrong.append(message.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto((pages / f"{name}.html").as_uri())
        return page

    yield visit
    for context in contexts:
        context.close()
    assert [url for url in asked if not url.startswith("file:")] == []
    assert wrong == []


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    folder = Path(os.environ.get("TOLLTRACE_SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def differences(page: Page) -> int:
    return int(page.locator("#count").inner_text().split(", ")[1].split()[0])


def test_versions_stand_side_by_side(visit: Open, shots: Path) -> None:
    page = visit("two")
    article = page.locator(".article").first
    versions = article.locator(".version")
    assert [versions.nth(i).locator("h3").inner_text() for i in range(2)] == ["first", "second"]
    boxes = [versions.nth(i).bounding_box() for i in range(2)]
    assert boxes[0] and boxes[1]
    assert boxes[0]["y"] == boxes[1]["y"]
    assert boxes[0]["x"] + boxes[0]["width"] <= boxes[1]["x"]
    assert article.locator(".tt-named").count() > 0
    assert article.locator(".tt-quiet").count() > article.locator(".tt-named").count()
    page.screenshot(path=shots / "agreement-light.png")
    page.locator("#articles").evaluate("e => e.scrollIntoView()")
    page.screenshot(path=shots / "agreement-articles.png")


def test_the_label_filters_differences_and_articles(visit: Open) -> None:
    page = visit("four")
    everything = differences(page)
    page.select_option("#key", "ACTOR")
    some = differences(page)
    assert 0 < some < everything
    rows = page.locator(".article:not([hidden]) .differences tbody tr:not([hidden])")
    assert rows.count() == some
    assert all("ACTOR" in str(rows.nth(i).get_attribute("data-labels")).split() for i in range(some))
    named = page.locator(".article:not([hidden]) .version:not([hidden]) .tt-named")
    assert named.count() > 0
    page.select_option("#key", "updates")
    assert differences(page) < some
    page.locator("[data-show=LOCATION]").click()
    assert page.locator("#key").input_value() == "LOCATION"
    page.select_option("#key", "")
    assert differences(page) == everything


def test_annotators_are_chosen(visit: Open, shots: Path) -> None:
    page = visit("four")
    everything = differences(page)
    wide = page.locator(".article:not([hidden])", has=page.locator(".columns")).first
    wide.evaluate("e => { e.open = true; }")
    assert wide.locator(".version:visible").count() == 3
    wide.locator(".columns input:not(:checked)").check()
    assert wide.locator(".version:visible").count() == 4
    page.locator("#annotators input").nth(3).uncheck()
    page.locator("#annotators input").nth(1).uncheck()
    between = differences(page)
    assert 0 < between < everything
    shown = page.locator(".article:not([hidden])").first
    shown.evaluate("e => { e.open = true; }")
    assert shown.locator(".version:visible h3").all_inner_texts() == ["first", "third"]
    headings = shown.locator(".differences").first.locator("thead th:visible")
    assert headings.all_inner_texts()[1:] == ["first", "third"]
    page.locator("#annotators input").nth(2).uncheck()
    assert differences(page) == 0
    assert page.locator("#none").is_visible()


def test_it_can_be_used_from_the_keyboard(visit: Open) -> None:
    page = visit("two")
    page.keyboard.press("n")
    row = page.locator(".differences tbody tr:focus")
    assert row.count() == 1
    first = row.get_attribute("data-lights")
    lit = page.locator(".tt-lit")
    assert lit.count() >= 1
    assert set(lit.evaluate_all("all => all.map(m => m.dataset.id)")) <= set(str(first).split())
    sync_api.expect(lit.first).to_be_in_viewport()
    page.keyboard.press("n")
    page.keyboard.press("p")
    assert row.get_attribute("data-lights") == first
    page.locator("#theme").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert (
        page.evaluate("getComputedStyle(document.body.querySelector('section')).backgroundColor") == "rgb(25, 28, 33)"
    )


def test_tables_sort_and_pairs_follow_the_label(visit: Open) -> None:
    page = visit("four")
    table = page.locator(".sortable").first
    heading = table.locator("thead button", has_text="alpha")
    for direction, reverse in (("descending", True), ("ascending", False)):
        heading.click()
        assert table.locator(f"[aria-sort={direction}]").count() == 1
        cells = table.locator("tbody tr:not(.all) td:last-child").all_inner_texts()
        values = [float(cell) for cell in cells if cell != "–"]
        assert values == sorted(values, reverse=reverse)
        assert table.locator("tbody tr").first.get_attribute("class") == "all"
    matrix = page.locator(".matrix tbody td").all_inner_texts()
    assert len(matrix) == 16
    assert matrix[1] == matrix[4] != "–"
    page.select_option("#pairs-of", label="suspected")
    assert page.locator(".matrix tbody td").all_inner_texts() != matrix


def test_text_stays_text(visit: Open) -> None:
    page = visit("hostile")
    assert page.evaluate("typeof window.pwned") == "undefined"
    assert page.locator("img, .tt-text script").count() == 0
    text = markup.parse("d", HOSTILE).text
    for shown in page.locator(".tt-text").all():
        assert shown.evaluate("e => e.textContent") == text
    assert page.locator(".article .title").inner_text() == EVIL
    assert page.locator(".version h3").first.inner_text() == EVIL
    assert page.locator(".tt-text").first.locator(".tt-control").count() == 3
    # What stands behind an override is not turned round.
    places = page.locator(".tt-text").first.evaluate(
        """e => {
          const walker = document.createTreeWalker(e, NodeFilter.SHOW_TEXT);
          while (walker.nextNode()) {
            const at = walker.currentNode.data.indexOf("gnp.exe");
            if (at < 0) continue;
            return [0, 6].map((i) => {
              const range = document.createRange();
              range.setStart(walker.currentNode, at + i);
              range.setEnd(walker.currentNode, at + i + 1);
              return range.getBoundingClientRect().left;
            });
          }
        }"""
    )
    assert places[0] < places[1]


@pytest.mark.parametrize(("width", "dark"), [(390, False), (1440, True)])
def test_phones_and_the_dark(visit: Open, shots: Path, width: int, dark: bool) -> None:
    page = visit("four", width=width, dark=dark)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.locator("#articles").evaluate("e => e.scrollIntoView()")
    page.screenshot(path=shots / f"agreement-{'dark' if dark else 'phone'}.png")


def test_on_paper_everything_is_open(visit: Open) -> None:
    page = visit("four")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.locator("details:not([open])").count() == 0
    assert page.locator(".filters").is_hidden()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator(".article[open]").count() == 2
