from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.label_studio.regions import from_result, to_result
from annotation.labelling_config import NOTE, TEXT
from tests.annotation.malformed import DOCUMENT, MALFORMED, NOT_FROM_A_SERVER, count, good, harm, links, victim
from tests.strategies import annotated_documents
from tolltrace import jsonlines
from tolltrace.documents import AnnotatedDocument, Document, Link, Span

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=12,
)
EVERY = {**MALFORMED, **NOT_FROM_A_SERVER}
KEYS = (
    "id",
    "type",
    "from_name",
    "to_name",
    "value",
    "start",
    "end",
    "labels",
    "score",
    "from_id",
    "to_id",
    "direction",
    "meta",
)


@given(annotated_documents())
def test_there_and_back_is_the_identity(annotated: AnnotatedDocument) -> None:
    sent = json.loads(json.dumps(to_result(annotated)))
    reading = from_result(annotated.document, sent)
    assert reading.problems == ()
    assert reading.annotated == annotated
    assert reading.trimmed == 0
    assert jsonlines.to_json(reading.annotated) == jsonlines.to_json(annotated)


@given(annotated_documents(), st.sampled_from(["\r\n", "\r"]))
def test_there_and_back_with_other_newlines(annotated: AnnotatedDocument, newline: str) -> None:
    """Offsets go by the text as it is shown, with one character a newline, and come back as they were."""
    places = [i for i, char in enumerate(annotated.text) if char == "\n"]

    def moved(offset: int) -> int:
        return offset + (len(newline) - 1) * sum(place < offset for place in places)

    spans = {s: Span(moved(s.start), moved(s.end), s.label, id=s.id) for s in annotated.spans}
    document = Document("d", annotated.text.replace("\n", newline))
    other = AnnotatedDocument(
        document, tuple(spans.values()), tuple(Link(spans[k.head], k.label, spans[k.tail]) for k in annotated.links)
    )
    assert from_result(document, to_result(other)).annotated == other
    for item in to_result(other):
        if item["type"] == "labels":
            value = item["value"]
            assert (
                document.text.replace("\r\n", "\n").replace("\r", "\n")[value["start"] : value["end"]] == value["text"]
            )


@given(JSON)
def test_junk_is_told_and_never_raises(junk: Any) -> None:
    reading = from_result(DOCUMENT, junk)
    if reading.annotated is None:
        assert reading.problems
        assert all(len(problem) < 2000 for problem in reading.problems)
    else:
        assert junk == [] or reading.note


@given(
    annotated_documents(), st.lists(st.tuples(st.sampled_from(KEYS), JSON, st.integers(0, 99)), min_size=1, max_size=3)
)
def test_a_broken_annotation_is_told_or_whole(annotated: AnnotatedDocument, breaks: list[tuple[str, Any, int]]) -> None:
    """Whatever is put anywhere into an annotation, it is refused with a reason or read as a valid one."""
    result = to_result(annotated)
    for key, value, place in breaks:
        if result:
            item = result[place % len(result)]
            target = item["value"] if key in ("start", "end", "labels") and "value" in item else item
            if isinstance(target, dict):
                target[key] = value
    reading = from_result(annotated.document, result)
    assert (reading.annotated is None) == bool(reading.problems)


@pytest.mark.parametrize("name", EVERY)
def test_every_malformed_annotation_is_refused_with_its_reason(name: str) -> None:
    result, why = EVERY[name]
    reading = from_result(DOCUMENT, result)
    assert reading.annotated is None
    assert why in "; ".join(reading.problems)


def test_the_annotation_that_all_of_them_break_is_good() -> None:
    reading = from_result(DOCUMENT, good())
    assert reading.problems == ()
    assert reading.annotated is not None
    assert [link.label for link in reading.annotated.links] == ["harm", "victim"]


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_items_is_of_no_account(seed: int) -> None:
    result = good()
    random.Random(seed).shuffle(result)
    assert from_result(DOCUMENT, result).annotated == from_result(DOCUMENT, good()).annotated


def test_the_words_that_a_region_carries_are_not_trusted() -> None:
    result = good()
    result[0]["value"]["text"] = "Seven \ud800"
    reading = from_result(DOCUMENT, result)
    assert reading.annotated is not None
    assert reading.annotated.text_of(reading.annotated.spans[0]) == "Six"


def test_one_relation_with_two_names_is_two_links() -> None:
    text = "Rebels blamed the army: three killed."
    head, tail, harmed = Span(24, 29, "COUNT", id="c"), Span(18, 22, "ACTOR", id="a"), Span(30, 36, "KILLED", id="k")
    both = (Link(head, "perpetrator", tail), Link(head, "denied", tail), Link(head, "harm", harmed))
    annotated = AnnotatedDocument(Document("d", text), (head, tail, harmed), both)
    relations = [item for item in to_result(annotated) if item["type"] == "relation"]
    assert [item["labels"] for item in relations if item["to_id"] == "a"] == [["denied", "perpetrator"]]
    assert from_result(annotated.document, to_result(annotated)).annotated == annotated


def test_a_name_that_the_scheme_leaves_open_to_none_is_supplied() -> None:
    reading = from_result(DOCUMENT, [count(), victim(), harm(), *links(labels=None)])
    assert reading.annotated is not None
    assert {link.label for link in reading.annotated.links} == {"victim", "harm"}


def test_a_relation_drawn_leftwards_is_read_leftwards() -> None:
    result = good()
    for item in result:
        if item["type"] == "relation":
            item["from_id"], item["to_id"], item["direction"] = item["to_id"], item["from_id"], "left"
    assert from_result(DOCUMENT, result).annotated == from_result(DOCUMENT, good()).annotated


def test_loose_edges_come_off_and_are_counted() -> None:
    reading = from_result(DOCUMENT, [count(), victim(end=12), harm(start=17), *links()])
    assert reading.annotated == from_result(DOCUMENT, good()).annotated
    assert reading.trimmed == 2


def test_notes_of_the_article_and_of_a_region_are_kept() -> None:
    article = {
        "id": "n",
        "type": "textarea",
        "from_name": NOTE,
        "to_name": TEXT,
        "value": {"text": ["doubtful", "why?"]},
    }
    reading = from_result(DOCUMENT, [*good(), article, {**article, "value": {"text": "later"}}])
    assert reading.note == "doubtful\nwhy?\nlater"
    marked = [{**count(), "meta": {"text": ["or sixty"]}}, victim(), harm(), *links()]
    assert from_result(DOCUMENT, marked).note == "COUNT 'Six': or sixty"


def test_a_note_is_read_also_where_the_rest_is_refused() -> None:
    article = {"id": "n", "type": "textarea", "from_name": NOTE, "to_name": TEXT, "value": {"text": ["help"]}}
    reading = from_result(DOCUMENT, [article, count(labels=["PERSON"])])
    assert reading.annotated is None
    assert reading.note == "help"


def test_every_problem_is_told_not_the_first_alone() -> None:
    result = [count(start=-1), victim(labels=[]), harm(end=9999), *links()]
    assert len(from_result(DOCUMENT, result).problems) == 3


def test_a_list_deeper_than_the_stack_is_refused() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    for junk in ([deep], [{**count(), "id": deep}], [{**count(), "score": deep}], [count(start=deep)]):
        assert from_result(DOCUMENT, junk).problems
