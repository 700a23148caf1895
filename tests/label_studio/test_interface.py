"""The labelling screen of a real Label Studio in a real browser: what is drawn there comes back right."""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from playwright.sync_api import expect

from annotation import instructions, labelling_config
from annotation.label_studio import regions, tasks
from annotation.label_studio.server import Server
from annotation.label_studio.studio import Project, Studio, connect
from tests.label_studio.conftest import ALICE
from tolltrace import scheme
from tolltrace.documents import AnnotatedDocument, Document, Link, Span

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Locator, Page

SECONDS = 1000
PATIENCE = 45 * SECONDS

pytestmark = [
    pytest.mark.label_studio,
    pytest.mark.browser,
]

# Emoji with joiners and a flag, combining characters, Arabic, no-break spaces, a soft hyphen, a tab, three newlines.
HARD = (
    "👨‍👩‍👧‍👦🇸🇾 Fighting in H\u0323ama\u0304h\r\n\r\n"
    "At least 20\u00a0SDF fight\u00aders were killed in حلب on Sunday, the army\u00a0said 🕊️.\r"
    "Rebels\u00a0denied\u00a0it.\tLater 25 were counted,\nte\u0301moins said."
)
ARTICLE = (
    "Air strike on market in Orlan kills 14\n\n"
    "At least 14 civilians, including five children, were killed and 30 people wounded when government warplanes hit a "
    "market in Orlan on Tuesday, the Valley Observatory and an SDF commander said. The army denied the raid.\n\n"
    "Since Sunday 60 people have died in shelling of the town, medics said."
)
# In the page, the points from which to where the mouse goes over code points [start, end) of the text.
POINTS = """([start, end]) => {
    const root = document.querySelector('.lsf-htx-richtext');
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    const chars = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        if (node.nodeName === 'BR') chars.push(null);
        if (node.nodeType !== Node.TEXT_NODE) continue;
        let at = 0;
        for (const char of node.data) { chars.push([node, at, at + char.length]); at += char.length; }
    }
    const boxOf = ([node, from, to]) => {
        const range = document.createRange();
        range.setStart(node, from);
        range.setEnd(node, to);
        return [...range.getClientRects()].filter(box => box.width > 0).pop();
    };
    const drawn = () => chars.slice(start, end).filter(Boolean).map(boxOf).filter(Boolean);
    const [node] = chars[start];
    node.parentElement.scrollIntoView({ block: 'center' });
    const boxes = drawn(), first = boxes[0], last = boxes[boxes.length - 1];
    const leftward = boxes.length > 1 && first.top === last.top && first.left > last.left;
    const y = box => box.top + box.height / 2;
    return leftward
        ? [first.right - 1, y(first), last.left + 1, y(last)]
        : [first.left + 1, y(first), last.right - 1, y(last)];
}"""


@dataclass
class Screen:
    """The screen of one task. Offsets are those of the document's own text."""

    page: Page
    document: Document
    task: int

    def __post_init__(self) -> None:
        self.view = tasks.shown(self.document.text)

    def place(self, words: str, number: int = 1) -> tuple[int, int]:
        start = -1
        for _ in range(number):
            start = self.document.text.index(words, start + 1)
        return start, start + len(words)

    def points(self, words: str, number: int = 1) -> tuple[float, float, float, float]:
        start, end = (self.view.to_shown(offset) for offset in self.place(words, number))
        left, top, right, bottom = self.page.evaluate(POINTS, [start, end])
        return left, top, right, bottom

    def choose(self, label: str) -> None:
        """Press the label's key until it is chosen: an editor that is still busy loses keys."""
        chosen = self.label(label).and_(self.page.locator(".lsf-label_selected"))
        for _ in range(4):
            self.page.keyboard.press(labelling_config.HOTKEYS[label])
            with suppress(PlaywrightTimeout):
                chosen.wait_for(timeout=10_000)
                return
        chosen.wait_for()

    def draw(self, label: str, words: str, number: int = 1) -> None:
        before = self.page.locator(".htx-highlight[data-start]").count()
        self.choose(label)
        x, y, to_x, to_y = self.points(words, number)
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move((x + to_x) / 2, (y + to_y) / 2, steps=4)
        self.page.mouse.move(to_x, to_y, steps=4)
        self.page.mouse.up()
        self.page.wait_for_function(
            "n => document.querySelectorAll('.htx-highlight[data-start]').length === n", arg=before + 1
        )

    def click(self, words: str, number: int = 1) -> None:
        x, y, to_x, _ = self.points(words, number)
        self.page.mouse.click((x + to_x) / 2, y)

    def select(self, label: str, words: str, number: int = 1) -> None:
        self.click(words, number)
        self.selected(label).wait_for()

    def link(self, head: tuple[str, str], *tails: str, name: str = "") -> None:
        """From a figure (label, words) to what the words mean, each by the keyboard and a click."""
        for tail in tails:
            before = self.arrows.count()
            self.select(*head)
            self.page.keyboard.press("Alt+r")
            self.click(tail)
            self.page.wait_for_function(
                "n => document.querySelectorAll('.relations-overlay g[id]').length === n", arg=before + 1
            )
        if name:
            self.tab("Relations").click()
            row = self.page.locator(".lsf-relations__item").last
            row.hover()
            row.get_by_label("Show Relation Labels").click()
            row.locator("[data-testid^=select-trigger]").click()
            self.page.get_by_role("option", name=name, exact=True).click()
            self.page.keyboard.press("Escape")
            self.names.filter(has_text=name).first.wait_for()
            self.tab("Regions").click()

    @property
    def arrows(self) -> Locator:
        return self.page.locator(".relations-overlay g[id]")

    @property
    def names(self) -> Locator:
        return self.page.locator(".relations-overlay text")

    def tab(self, name: str) -> Locator:
        return self.page.locator(".lsf-panel-tabs__tab:visible").filter(has_text=re.compile(f"^{name}$"))

    def label(self, name: str) -> Locator:
        return self.page.locator(".tt-bar .lsf-label").filter(has_text=re.compile(rf"^{name}\W*\w$"))

    def selected(self, label: str) -> Locator:
        return self.page.locator(f'.htx-highlight.__active[data-label$=":{label}"]')

    def submit(self, by_key: bool = True) -> None:
        button = self.page.get_by_role("button", name="Submit current annotation")
        button.wait_for()
        with self.page.expect_response(
            lambda answer: "/annotations" in answer.url and answer.request.method == "POST", timeout=PATIENCE
        ):
            if by_key:
                self.page.keyboard.press("Control+Enter")
            else:
                button.click()


@pytest.fixture(scope="module")
def studio(label_studio: Server) -> Iterator[Studio]:
    studio = connect(label_studio.url, label_studio.key)
    yield studio
    studio.http.close()


@pytest.fixture(scope="module")
def context(browser: Browser, label_studio: Server) -> Iterator[BrowserContext]:
    """An annotator, logged in."""
    context = browser.new_context()
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(f"{label_studio.url}/user/login")
    page.fill("input[name=email]", ALICE.email)
    page.fill("input[name=password]", ALICE.password)
    page.click("button[type=submit]")
    page.wait_for_url(lambda address: "login" not in address)
    page.close()
    yield context
    context.close()


@pytest.fixture(scope="module")
def projects(studio: Studio, context: BrowserContext) -> Callable[[bool], Project]:
    """One project with the box for a question, one without."""
    made: dict[bool, Project] = {}

    def project(question: bool) -> Project:
        if question not in made:
            title = f"screen {uuid.uuid4().hex[:8]}"
            config, told = labelling_config.build(question), instructions.html()
            made[question] = studio.create(title, config, expert_instruction=told, show_instruction=True)
            # Before its list of tasks was opened once, a project shows no annotation or prediction that is there.
            page = context.new_page()
            page.goto(f"{studio.url}/projects/{made[question].id}/data")
            page.locator("[data-dm-initialized]").wait_for()
            page.close()
        return made[question]

    return project


Open = Callable[..., Screen]


@pytest.fixture
def visit(context: BrowserContext, studio: Studio, projects: Callable[[bool], Project]) -> Iterator[Open]:
    """Opens a new task; at the end no page may have failed, opened a dialog, or asked another host for anything."""
    wrong: list[str] = []
    pages: list[Page] = []

    def open_task(
        document: Document,
        prediction: AnnotatedDocument | None = None,
        question: str = "",
        width: int = 1400,
        height: int = 820,
    ) -> Screen:
        project = projects(bool(question))
        predictions = [{"model_version": "m1", "result": regions.to_result(prediction)}] if prediction else []
        task = {"data": tasks.to_data(document, question), "predictions": predictions}
        path = f"/api/projects/{project.id}/import?return_task_ids=true"
        number = int(studio.post("send a task", path, [task])["task_ids"][0])
        page = context.new_page()
        pages.append(page)
        page.set_viewport_size({"width": width, "height": height})
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: wrong.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: wrong.extend([] if _local(request.url, studio.url) else [request.url]))
        page.goto(f"{studio.url}/projects/{project.id}/data?task={number}")
        screen = Screen(page, document, number)
        page.locator(".lsf-richtext__line").first.wait_for()
        if prediction:
            page.wait_for_function(
                "n => document.querySelectorAll('.htx-highlight[data-start]').length === n", arg=len(prediction.spans)
            )
        return screen

    yield open_task
    for page in pages:
        page.close()
    assert wrong == []


def _local(address: str, server: str) -> bool:
    return address.startswith((server, "data:", "blob:"))


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    folder = Path(os.environ.get("TOLLTRACE_SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def read_back(studio: Studio, screen: Screen) -> tuple[regions.Reading, dict[str, Any]]:
    """What the API has of the task: its only annotation, read as all others are."""
    row = studio.get("read the task", f"/api/tasks/{screen.task}/")
    (annotation,) = row["annotations"]
    document = tasks.from_data(row["data"])
    assert document == screen.document
    return regions.from_result(document, annotation["result"]), annotation


def drawn(reading: regions.Reading) -> set[tuple[str, str]]:
    assert reading.problems == ()
    assert reading.annotated is not None
    return {(span.label, reading.annotated.text_of(span)) for span in reading.annotated.spans}


def links(reading: regions.Reading) -> set[tuple[str, str, str]]:
    assert reading.annotated is not None
    text_of = reading.annotated.text_of
    return {(text_of(link.head), link.label, text_of(link.tail)) for link in reading.annotated.links}


def test_spans_and_links_drawn_over_a_hard_text_come_back_with_the_right_offsets(
    visit: Open, studio: Studio, shots: Path
) -> None:
    screen = visit(Document("hard", HARD))
    spans = [
        ("MEANS", "Fighting"),
        ("LOCATION", "H\u0323ama\u0304h"),
        ("COUNT", "At least 20"),
        ("VICTIM", "SDF fight\u00aders"),
        ("ACTOR", "SDF"),  # inside
        ("KILLED", "killed"),
        ("LOCATION", "حلب"),
        ("DATE", "Sunday"),
        ("SOURCE", "army\u00a0said 🕊️"),
        ("ACTOR", "army"),  # inside, with the same start
        ("ACTOR", "Rebels"),
        ("COUNT", "25"),
        # Over the same words; at once would be taken for a double click, which repeats the label before.
        ("SOURCE", "Rebels"),
        ("SOURCE", "te\u0301moins"),
        ("MEANS", "👨‍👩‍👧‍👦🇸🇾"),
    ]
    for label, words in spans:
        screen.draw(label, words)
    figure = ("COUNT", "At least 20")
    screen.link(figure, "ight\u00aders", "killed", "حلب", "Sunday")
    screen.link(figure, "SDF", name="perpetrator")
    later = ("COUNT", "25")
    screen.link(later, "killed", "te\u0301moins")
    screen.link(later, "At least 20", name="updates")
    screen.page.screenshot(path=shots / "labelling-hard-text.png")
    screen.page.get_by_placeholder("A note on this article").fill("acl: is Hama the city?")
    screen.submit(by_key=False)
    reading, annotation = read_back(studio, screen)
    assert drawn(reading) == set(spans)
    assert links(reading) == {
        ("At least 20", "victim", "SDF fight\u00aders"),
        ("At least 20", "harm", "killed"),
        ("At least 20", "location", "حلب"),
        ("At least 20", "date", "Sunday"),
        ("At least 20", "perpetrator", "SDF"),
        ("25", "harm", "killed"),
        ("25", "source", "te\u0301moins"),
        ("25", "updates", "At least 20"),
    }
    assert reading.note == "acl: is Hama the city?"
    relations = [item for item in annotation["result"] if item["type"] == "relation"]
    assert sorted(item["labels"] for item in relations if "labels" in item) == [["perpetrator"], ["updates"]]
    assert reading.trimmed == 0


def span(text: str, label: str, words: str, number: int = 1) -> Span:
    start = -1
    for _ in range(number):
        start = text.index(words, start + 1)
    return Span(start, start + len(words), label, score=0.9)


def predicted(name: str) -> AnnotatedDocument:
    """The article as a model marks it: all of it right but for the last sentence."""

    def of(label: str, words: str, number: int = 1) -> Span:
        return span(ARTICLE, label, words, number)

    dead, children, hurt = of("COUNT", "At least 14"), of("COUNT", "five"), of("COUNT", "30")
    killed, wounded = of("KILLED", "killed"), of("INJURED", "wounded")
    raid, place, day = of("MEANS", "raid"), of("LOCATION", "Orlan", 2), of("DATE", "Tuesday")
    planes, observatory = of("ACTOR", "government warplanes"), of("SOURCE", "Valley Observatory")
    commander, army = of("SOURCE", "SDF commander"), of("ACTOR", "army")
    links = [
        *(Link(dead, "source", source) for source in (observatory, commander)),
        Link(dead, "victim", of("VICTIM", "civilians")),
        Link(dead, "perpetrator", planes),
        Link(dead, "denied", army),
        Link(dead, "means", raid),
        Link(dead, "location", place),
        Link(dead, "date", day),
        Link(dead, "harm", killed),
        Link(children, "part_of", dead),
        Link(children, "victim", of("VICTIM", "children")),
        Link(children, "harm", killed),
        Link(hurt, "victim", of("VICTIM", "people")),
        Link(hurt, "harm", wounded),
        Link(hurt, "perpetrator", planes),
    ]
    others = [of("MEANS", "Air strike"), of("LOCATION", "Orlan"), of("KILLED", "kills"), of("ACTOR", "SDF")]
    spans = {end for link in links for end in (link.head, link.tail)} | set(others)
    spans |= {of("COUNT", "14"), of("KILLED", "died"), of("LOCATION", "Orlan")}
    headline = of("COUNT", "14")
    links.append(Link(headline, "harm", of("KILLED", "kills")))
    metadata = {"title": "Air strike on market in Orlan", "outlet": "Valley News", "published": "2024-03-06"}
    return AnnotatedDocument(Document(name, ARTICLE, metadata), tuple(spans), tuple(links))


def test_a_prediction_is_shown_and_accepted_by_submitting_it(visit: Open, studio: Studio, shots: Path) -> None:
    model = predicted("accepted")
    screen = visit(model.document, model)
    expect(screen.arrows).to_have_count(len(model.links), timeout=PATIENCE)
    screen.select("COUNT", "At least 14")
    screen.page.mouse.move(0, 0)
    screen.page.screenshot(path=shots / "labelling.png")
    screen.submit()
    reading, annotation = read_back(studio, screen)
    assert reading.annotated == model
    assert {item["origin"] for item in annotation["result"] if item["type"] == "labels"} == {"prediction"}
    assert annotation["parent_prediction"]


def test_a_prediction_is_corrected(visit: Open, studio: Studio) -> None:
    model = predicted("corrected")
    screen = visit(model.document, model)
    screen.select("ACTOR", "army")
    screen.page.keyboard.press("Backspace")  # its link goes with it
    screen.page.wait_for_function(
        "n => document.querySelectorAll('.relations-overlay g[id]').length === n", arg=len(model.links) - 1
    )
    screen.select("MEANS", "raid")
    screen.page.keyboard.press(labelling_config.HOTKEYS["SOURCE"])
    screen.selected("SOURCE").wait_for()
    screen.page.keyboard.press(labelling_config.HOTKEYS["MEANS"])
    screen.selected("MEANS").wait_for()
    screen.page.keyboard.press("Escape")
    screen.draw("TOTAL", "60")
    screen.draw("VICTIM", "people", 2)
    screen.link(("TOTAL", "60"), "died")
    screen.submit()
    reading, _ = read_back(studio, screen)
    assert reading.annotated is not None, reading.problems
    army = span(ARTICLE, "ACTOR", "army")
    total, died = span(ARTICLE, "TOTAL", "60"), span(ARTICLE, "KILLED", "died")
    assert set(reading.annotated.spans) == set(model.spans) - {army} | {total, span(ARTICLE, "VICTIM", "people", 2)}
    assert set(reading.annotated.links) == {k for k in model.links if k.tail != army} | {Link(total, "harm", died)}


def test_spans_that_cover_each_other_can_be_told_apart_and_selected(visit: Open) -> None:
    text = "The army said 17 SDF fighters fled."
    same = [span(text, "ACTOR", "army"), span(text, "SOURCE", "army")]
    inner, outer = span(text, "ACTOR", "SDF"), span(text, "VICTIM", "SDF fighters")
    figure, fled = span(text, "COUNT", "17"), span(text, "DISPLACED", "fled")
    document = Document("nested", text)
    model = AnnotatedDocument(document, (*same, inner, outer, figure, fled), (Link(figure, "harm", fled),))
    screen = visit(document, model)
    screen.select("ACTOR", "SDF")
    screen.select("VICTIM", "fighters")
    heights = set()
    for words, label in (("army", "ACTOR"), ("army", "SOURCE"), ("SDF", "ACTOR"), ("fighters", "VICTIM")):
        mark = screen.page.locator(f'.htx-highlight[data-label$=":{label}"]').filter(has_text=words)
        screen.page.keyboard.press("Escape")
        x, y = name_below(mark)
        screen.page.mouse.click(x, y)
        screen.selected(label).filter(has_text=words).wait_for()
        if words == "army":
            heights.add(mark.evaluate("mark => Math.round(mark.getBoundingClientRect().height)"))
    assert len(heights) == 2, f"one hides the other: {heights}"


def name_below(mark: Locator) -> tuple[float, float]:
    """The middle of a label's name: it runs to the left from the end of its span."""
    x, y = mark.evaluate(
        """mark => {
            const range = document.createRange();
            range.selectNodeContents(mark);
            const end = [...range.getClientRects()].pop(), name = getComputedStyle(mark, '::after');
            return [end.right - 6, end.bottom + parseFloat(name.top) - 11];
        }"""
    )
    return x, y


@pytest.mark.parametrize(("width", "dark"), [(1000, True), (1920, False)])
def test_labels_stay_in_sight_and_legible(visit: Open, shots: Path, width: int, dark: bool) -> None:
    model = predicted(f"width-{width}")
    screen = visit(model.document, model, width=width, height=600)
    screen.page.evaluate(f"document.documentElement.dataset.colorScheme = '{'dark' if dark else 'light'}'")
    top = screen.label("ACTOR").bounding_box()
    screen.page.locator(".lsf-main-content").evaluate("pane => pane.scrollTo(0, 300)")
    for name, key in labelling_config.HOTKEYS.items():
        label = screen.label(name)
        assert label.locator(".lsf-label__hotkey").inner_text() == key
        box = label.bounding_box()
        assert box is not None
        assert top is not None
        assert 0 < box["y"] <= top["y"] + 100
        assert box["x"] + box["width"] <= width
    screen.page.screenshot(path=shots / f"labelling-{width}.png")
    worst = screen.page.evaluate(CONTRAST)
    assert worst >= 4.5, f"a label's name has a contrast of {worst:.1f} only"


# The least contrast between the name of a label below a span and the page, as WCAG counts it.
CONTRAST = """() => {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const light = colour => {
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map(v => v / 255)
            .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const page = light(getComputedStyle(document.querySelector('.tt-bar')).backgroundColor);
    return Math.min(...[...document.querySelectorAll('.htx-highlight[data-label]')].map(mark => {
        const name = light(getComputedStyle(mark, '::after').color);
        return (Math.max(name, page) + 0.05) / (Math.min(name, page) + 0.05);
    }));
}"""


def test_the_question_and_the_article_s_source_stand_above_as_plain_text(visit: Open, shots: Path) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    metadata = {"title": f"{hostile} $text", "outlet": "Valley News", "published": "2024-03-06"}
    screen = visit(
        Document("hostile", f"{hostile} killed $text", metadata), question=f"Is this {hostile}?\nLook twice."
    )
    question = screen.page.locator(".tt-question")
    assert question.inner_text() == f"Is this {hostile}?\nLook twice."
    above = screen.page.locator(".tt-article").inner_text()
    assert above.split("\n") == [f"{hostile} $text", "Valley News", "2024-03-06"]
    assert screen.page.locator(".lsf-richtext__line").inner_text() == f"{hostile} killed $text"
    screen.page.screenshot(path=shots / "labelling-question.png")


def test_help_follows_the_selected_span(visit: Open) -> None:
    text = "Five men died."
    figure, dead = span(text, "COUNT", "Five"), span(text, "KILLED", "died")
    document = Document("help", text)
    screen = visit(document, AnnotatedDocument(document, (figure, dead), (Link(figure, "harm", dead),)))
    shown = screen.page.locator(".tt-help h3:visible")
    expect(shown).to_have_text([instructions.START], timeout=PATIENCE)
    for label, words in (("COUNT", "Five"), ("KILLED", "died")):
        screen.select(label, words)
        expect(shown).to_have_text([instructions.help_for(scheme.LABEL_BY_NAME[label])], timeout=PATIENCE)
    screen.page.get_by_role("button", name="Instructions", exact=True).click()
    assert "A link runs from the figure" in screen.page.locator(".tt-rules").last.inner_text()
