"""The evaluation report: its figures, its Markdown, and its page in a real browser."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.training.test_gate import MARKED, Perfect
from tolltrace import markup
from tolltrace.documents import AnnotatedDocument, Document
from training import damages, gate, metrics
from training.outcomes import all_outcomes
from training.report import build, markdown, page
from training.report.evaluation import Data, confusion, results_by_label

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

HOSTILE = "</script><script>window.bad = 1</script><img src=x onerror='window.bad = 1'> \u202eevil\u202c 🚒"
RULES = [gate.Rule("spans", ("scores.span.f1",), may_fall=0.01)]


def article(number: int) -> AnnotatedDocument:
    parsed = markup.parse(f"d{number}", MARKED.format(n=number))
    intro = f"{HOSTILE}\n"
    shift = len(intro)
    moved = {s: type(s)(s.start + shift, s.end + shift, s.label, 0.9, s.id) for s in parsed.spans}
    links = tuple(type(k)(moved[k.head], k.label, moved[k.tail], 0.8) for k in parsed.links)
    facts = {"title": f"Title {number} {HOSTILE}", "kind": "wire" if number % 2 else "local", "conflict": "Syria"}
    return AnnotatedDocument(Document(f"d{number}", intro + parsed.text, facts), tuple(moved.values()), links)


@pytest.fixture(scope="module")
def gold() -> list[AnnotatedDocument]:
    return [article(number) for number in range(10, 40)]


@pytest.fixture(scope="module")
def report(gold: list[AnnotatedDocument]) -> tuple[dict[str, Any], dict[str, list[AnnotatedDocument]], list[Data]]:
    spoiled = damages.Damaged(Perfect(gold), damages.Damage("spoiled", (), damages.DAMAGES[0].change))
    sets = [Data("test split", gold, gold[:10], gold[:5]), Data("other articles", gold[:12])]
    result, predicted = build.build(spoiled, sets, [Perfect(gold[:20])], Perfect(gold), RULES)
    return result, predicted, sets


def test_the_figures_are_whole_and_stable(report: Any, gold: list[AnnotatedDocument]) -> None:
    result, _, sets = report
    assert (result["schema"], list(result["sets"])) == (2, ["test split", "other articles"])
    found = result["sets"]["test split"]
    assert found["data"]["documents"] == 30 and len(found["data"]["fingerprint"]) == 16
    swapped = found["confusion"]["span"]["KILLED"].get("INJURED", 0)
    assert swapped == found["results"]["span"]["KILLED"]["incorrect"] > 0
    assert [b["name"] for b in found["baselines"]] == ["perfect", "perfect"]
    assert found["probes"] and result["sets"]["other articles"]["probes"] == []
    again, _ = build.build(
        damages.Damaged(Perfect(gold), damages.Damage("spoiled", (), damages.DAMAGES[0].change)),
        sets, [Perfect(gold[:20])], Perfect(gold), RULES,
    )  # fmt: skip
    assert json.dumps(again) == json.dumps(result)


def test_the_verdict_is_that_of_the_first_set_against_the_model_before(report: Any) -> None:
    verdict = report[0]["gate"]
    assert verdict["verdict"] == "refuse" and verdict["compared"] == "1"
    (check,) = verdict["checks"]
    assert check["before"] == 1.0 and check["now"] < 0.99


def test_kinds_of_results_add_up_to_gold_and_predicted(report: Any, gold: list[AnnotatedDocument]) -> None:
    predicted = report[1]["test split"]
    rows = all_outcomes(gold, predicted)
    scores = metrics.score(metrics.count_all(gold, predicted), resamples=2)
    for kind in ("span", "link"):
        counts = [c for labels in (results_by_label(rows)[kind],) for c in labels.values()]
        total = {result: sum(c[result] for c in counts) for result in counts[0]}
        assert total["correct"] + total["incorrect"] + total["partial"] + total["missed"] == scores[kind].gold
        assert total["correct"] + total["incorrect"] + total["partial"] + total["spurious"] == scores[kind].predicted
        assert sum(n for row in confusion(rows)[kind].values() for n in row.values()) == sum(total.values())


def test_the_markdown_tells_the_verdict_first_and_no_text_breaks_it(report: Any) -> None:
    text = markdown.render(report[0])
    assert text.index("may not be released") < text.index("## Test split") < text.index("## Other articles")
    assert markdown.table(("a",), [["x|<b>\ny"]]).splitlines()[2] == "| x\\|&lt;b> y |"


@pytest.fixture
def visit(
    report: Any, gold: list[AnnotatedDocument], tmp_path: Path, browser: Browser
) -> Iterator[Callable[..., Page]]:
    """Opens the page; at the end it may not have complained, failed, or asked for anything but itself."""
    result, predicted, _ = report
    path = tmp_path / "report.html"
    path.write_text(page.render(result, gold, predicted["test split"]), encoding="utf-8")
    wrong: list[str] = []
    contexts = []

    def visit(width: int = 1280, dark: bool = False) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light"
        )
        contexts.append(context)
        opened = context.new_page()
        opened.on("pageerror", lambda error: wrong.append(str(error)))
        opened.on("console", lambda line: wrong.append(line.text) if line.type in ("error", "warning") else None)
        opened.on("request", lambda request: wrong.append(request.url) if not request.url.startswith("file:") else None)
        opened.goto(path.as_uri())
        opened.wait_for_selector("#errors .errors button")
        return opened

    yield visit
    for context in contexts:
        context.close()
    assert wrong == []


def pick(opened: Page, name: str) -> Any:
    return opened.locator("#errors .field", has_text=re.compile(f"^{name}")).locator("select")


@pytest.mark.browser
def test_the_verdict_and_the_weakest_labels_stand_first(visit: Callable[..., Page]) -> None:
    opened = visit()
    first = opened.locator("main > section").first
    assert "May not be released" in first.inner_text()
    assert opened.locator("#verdict tr.bad").count() == 1
    assert opened.evaluate("window.bad") is None
    assert HOSTILE.split("\u202e")[0] in opened.locator("#errors .text").first.inner_text()


@pytest.mark.browser
def test_errors_are_filtered_and_walked_by_keyboard(visit: Callable[..., Page]) -> None:
    opened = visit()
    count = opened.locator("#errors-count")
    everything = count.inner_text()
    pick(opened, "What").select_option("span")
    pick(opened, "Label").select_option("KILLED")
    assert count.inner_text() != everything
    chosen = opened.locator("#errors [aria-current='true']")
    before = chosen.inner_text()
    opened.locator("#errors .errors button").first.focus()
    opened.keyboard.press("j")
    assert opened.locator("#errors .errors button").nth(1).get_attribute("aria-current") == "true"
    gold_side, predicted_side = opened.locator("#errors .side").all()
    assert gold_side.locator(".chosen").inner_text().startswith("killed")
    assert "INJURED" in predicted_side.locator(".chosen").inner_text() and "KILLED" in before
    pick(opened, "Slice").select_option("kind: wire")
    opened.get_by_role("searchbox").fill("no such words")
    assert count.inner_text().startswith("0 of")


@pytest.mark.browser
def test_offsets_hold_behind_characters_of_two_units(visit: Callable[..., Page]) -> None:
    opened = visit()
    pick(opened, "What").select_option("claim")
    assert opened.locator("#errors .side").first.locator(".chosen").first.inner_text().startswith("at least")


@pytest.mark.browser
def test_another_set_shows_its_figures_and_no_texts(visit: Callable[..., Page]) -> None:
    opened = visit()
    opened.get_by_label("Measured on").select_option("other articles")
    assert "12 articles" in opened.locator("#scores").inner_text()
    assert "not part of this page" in opened.locator("#errors").inner_text()
    assert opened.locator("#behaviour").count() == 0


@pytest.mark.browser
def test_pictures_of_the_report(visit: Callable[..., Page], tmp_path: Path) -> None:
    folder = Path(os.environ.get("TOLLTRACE_SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    for name, width, dark in (("light", 1280, False), ("dark", 1280, True), ("phone", 390, False)):
        opened = visit(width, dark)
        assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth")
        target = folder / f"report-{name}.png"
        opened.screenshot(path=str(target), full_page=True)
        assert target.stat().st_size > 20_000
    opened = visit()
    opened.emulate_media(media="print")
    assert not opened.locator(".filters").is_visible() and opened.locator("#labels").is_visible()
