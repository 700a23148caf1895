from __future__ import annotations

import html
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import annotated_documents
from tolltrace import markup
from tolltrace.documents import AnnotatedDocument
from tolltrace.writing.marked import STYLE, Arrow, Mark, annotated_marks, escaped, listed, marked

HOSTILE = '<script>alert(1)</script> & "q" <img src=x onerror=alert(1)> \u202egnp.exe\u2069 \x00\x1b[2J'
TEXT = st.text(max_size=60) | st.text(alphabet="ab<>&\"'\r\n \u202e\u2069\x00\x85\u2028é", max_size=60)


@st.composite
def texts_and_marks(draw: st.DrawFn) -> tuple[str, list[Mark]]:
    text = draw(TEXT)
    marks = []
    for _ in range(draw(st.integers(0, 8)) if text else 0):
        start = draw(st.integers(0, len(text) - 1))
        end = draw(st.integers(start + 1, len(text)))
        word = draw(st.sampled_from(["", "x", '">', "a b"]))
        marks.append(Mark(start, end, draw(st.sampled_from(["COUNT", "SOURCE", '"<b>'])), (word,), word, word))
    return text, marks


class Reader(HTMLParser):
    """What a fragment says: the text, which elements are open over each character, and every tag."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.over: list[list[dict[str, str | None]]] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag != "br":
            self.open.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        self.over += [[facts for tag, facts in self.open if tag == "mark"]] * len(data)


def read(fragment: str) -> Reader:
    reader = Reader()
    reader.feed(fragment)
    reader.close()
    assert reader.open == []
    return reader


def bare(fragment: str) -> str:
    return html.unescape(re.sub("<[^>]*>", "", fragment))


@given(texts_and_marks())
def test_without_tags_the_text_is_as_it_was(given: tuple[str, list[Mark]]) -> None:
    text, marks = given
    fragment = marked(text, marks)
    assert bare(fragment) == text
    assert bare(escaped(text)) == text
    assert read(fragment).tags <= {"div", "mark", "bdi", "br"}


@given(texts_and_marks())
def test_every_mark_stands_over_its_own_words(given: tuple[str, list[Mark]]) -> None:
    text, marks = given
    reader = read(marked(text, [Mark(m.start, m.end, m.label, id=str(i)) for i, m in enumerate(marks)]))
    for at, over in enumerate(reader.over):
        assert sorted(str(m["data-id"]) for m in over) == sorted(
            str(i) for i, m in enumerate(marks) if m.start <= at < m.end
        )


@given(annotated_documents())
def test_annotated_documents_can_be_shown(annotated: AnnotatedDocument) -> None:
    marks, arrows = annotated_marks(annotated, "a-")
    assert bare(marked(annotated.text, marks)) == annotated.text
    assert len({mark.id for mark in marks}) == len(annotated.spans)
    assert {arrow.head for arrow in arrows} | {arrow.tail for arrow in arrows} <= {mark.id for mark in marks}
    assert listed(arrows).count("<li") == len(annotated.links)


def test_nested_marks_have_their_lines_below_each_other() -> None:
    fragment = marked("Syrian army spokesman", [Mark(0, 11, "ACTOR"), Mark(0, 21, "SOURCE"), Mark(0, 6, "LOCATION")])
    assert re.findall(r"tt-(?:over\d|[A-Z]+)\b", fragment) == [
        "tt-SOURCE",
        "tt-over2",
        "tt-ACTOR",
        "tt-over1",
        "tt-LOCATION",
    ]


def test_of_crossing_marks_only_the_first_piece_begins() -> None:
    fragment = marked("abcdef", [Mark(0, 4, "ACTOR", id="a"), Mark(2, 6, "SOURCE", id="s")])
    pieces = re.findall(r'class="([^"]*)" data-label="\w+" data-id="(\w)"', fragment)
    edges = [(name, "tt-begins" in classes, "tt-ends" in classes) for classes, name in pieces]
    assert edges == [("a", True, True), ("s", True, False), ("s", False, True)]


def test_text_is_never_markup() -> None:
    mark = Mark(0, 8, "COUNT", classes=('"><script>',), title='"><img onerror=alert(1)>', id="<x>")
    fragment = marked(HOSTILE, [mark]) + listed([Arrow("<x>", "<b>", "y", HOSTILE, HOSTILE, (), HOSTILE)])
    assert read(fragment).tags == {"div", "mark", "bdi", "ul", "li", "b"}
    assert "<script" not in fragment
    assert "<img" not in fragment


def test_what_reorders_letters_stands_in_a_box() -> None:
    fragment = escaped("a\u202eb\u2066c")
    assert fragment == (
        'a<bdi class="tt-control" data-code="U+202E">\u202e</bdi>'
        'b<bdi class="tt-control" data-code="U+2066">\u2066</bdi>c'
    )


def test_line_breaks_are_kept() -> None:
    assert escaped("a\nb\r\nc\rd\u2028e") == "a\nb&#13;\nc&#13;<br>d&#8232;<br>e"


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (1, 1), (2, 1), (0, 5)])
def test_a_mark_outside_the_text_is_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="0 <= start < end <= 4"):
        marked("text", [Mark(start, end, "COUNT")])


def test_every_label_has_its_style() -> None:
    annotated = markup.parse("d", "{COUNT c:Two} {KILLED k:died}\n-- links\nc harm k")
    marks, _ = annotated_marks(annotated)
    for mark in marks:
        assert f".tt-{mark.label} {{ --tt-line: #" in STYLE
