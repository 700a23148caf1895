from __future__ import annotations

import pytest
from hypothesis import given

from tests.strategies import annotated_documents
from tolltrace import jsonlines, markup
from tolltrace.documents import AnnotatedDocument, Document, DocumentError, Link, Span

TEXT = "At least 20 civilians were killed by rebels, activists said."
COUNT = Span(0, 11, "COUNT", id="c1")
VICTIM = Span(12, 21, "VICTIM", id="v1")
KILLED = Span(27, 33, "KILLED", id="k1")
ACTOR = Span(37, 43, "ACTOR", id="a1")
HARM = Link(COUNT, "harm", KILLED)

BREACHES = [
    ([Span(0, 5, "PERSON", id="x")], [], "unknown label 'PERSON'"),
    ([Span(5, 5, "ACTOR", id="x")], [], r"x ACTOR \[5, 5\) must satisfy 0 <= start < end <= 60"),
    ([Span(50, 61, "ACTOR", id="x")], [], "the text's length"),
    ([Span(-1, 3, "ACTOR", id="x")], [], "must satisfy"),
    ([Span(0, 2.5, "ACTOR", id="x")], [], "whole numbers"),  # type: ignore[arg-type]
    ([Span(True, 3, "ACTOR", id="x")], [], "whole numbers"),
    ([Span(37, 44, "ACTOR", id="x")], [], "'rebels,' starts or ends with punctuation"),
    ([Span(36, 43, "ACTOR", id="x")], [], "white space"),
    ([Span(37, 43, "ACTOR", 7.0, "x")], [], "score 7.0"),
    ([VICTIM, Span(18, 26, "MISSING", id="g1")], [], "overlap in layer casualties"),
    ([VICTIM, Span(37, 43, "ACTOR", id="v1")], [], "2 spans have the id 'v1'"),
    ([COUNT, KILLED], [], "span c1 COUNT .* has no harm link"),
    ([COUNT, KILLED, VICTIM], [HARM, Link(VICTIM, "harm", KILLED)], "harm runs from COUNT or TOTAL"),
    ([COUNT, KILLED, VICTIM], [HARM, Link(COUNT, "perpetrator", VICTIM)], "perpetrator runs from .* to ACTOR"),
    ([COUNT, KILLED], [HARM, Link(COUNT, "victim", VICTIM)], "both ends must be spans of the document"),
    ([COUNT, KILLED], [HARM, HARM], "stated twice"),
    ([COUNT, KILLED], [HARM, Link(COUNT, "blames", KILLED)], "unknown link label"),
    ([COUNT, KILLED], [HARM, Link(COUNT, "part_of", COUNT)], "cannot be linked to itself"),
    ([COUNT, KILLED], [Link(COUNT, "harm", KILLED, -1.0)], "score -1.0"),
    (
        [COUNT, VICTIM, KILLED, Span(45, 54, "VICTIM", id="v2")],
        [HARM, Link(COUNT, "victim", VICTIM), Link(COUNT, "victim", Span(45, 54, "VICTIM"))],
        "has 2 victim links, at most 1",
    ),
]


@pytest.mark.parametrize(("spans", "links", "message"), BREACHES)
def test_breaches_are_refused_with_document_span_and_reason(spans: list[Span], links: list[Link], message: str) -> None:
    with pytest.raises(DocumentError, match=message) as caught:
        AnnotatedDocument(Document("article-7", TEXT), tuple(spans), tuple(links))
    assert "article-7" in str(caught.value)


def test_circles_are_refused() -> None:
    text = "5 of 9 dead"
    five, nine, dead = Span(0, 1, "COUNT"), Span(5, 6, "COUNT"), Span(7, 11, "KILLED")
    links = [Link(five, "harm", dead), Link(nine, "harm", dead), Link(five, "part_of", nine)]
    AnnotatedDocument(Document("d", text), (five, nine, dead), tuple(links))
    with pytest.raises(DocumentError, match="in a circle"):
        AnnotatedDocument(Document("d", text), (five, nine, dead), (*links, Link(nine, "part_of", five)))


@pytest.mark.parametrize("text", ["\ud800", "a\udfffb"])
def test_text_that_is_not_unicode_is_refused(text: str) -> None:
    with pytest.raises(DocumentError, match="lone surrogate at offset"):
        Document("d", text)


def test_scores_and_ids_take_no_part_in_equality() -> None:
    assert Span(0, 2, "ACTOR", 0.5, "a") == Span(0, 2, "ACTOR", 0.9, "b")
    assert {Link(COUNT, "harm", KILLED, 0.1)} == {HARM}
    first = AnnotatedDocument(Document("d", TEXT), (COUNT, KILLED), (HARM,))
    assert first == AnnotatedDocument(Document("d", TEXT), (KILLED, Span(0, 11, "COUNT", 0.3)), (HARM,))


@given(annotated_documents())
def test_json_lines_and_markup_lose_nothing(annotated: AnnotatedDocument) -> None:
    assert jsonlines.from_json(jsonlines.to_json(annotated)) == annotated
    assert markup.parse(annotated.id, markup.render(annotated)) == annotated
    line = jsonlines.dumps(jsonlines.to_json(annotated))
    assert len(line.splitlines()) == 1
