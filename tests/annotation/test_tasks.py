"""Documents to the data of tasks and back; offsets both ways."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from annotation.label_studio.tasks import StaleText, checksum, from_data, shown, to_data
from tests.strategies import METADATA, TEXT
from tolltrace.documents import Document, DocumentError

NEWLINES = st.text(alphabet="ab\r\n\u2028é🚒", max_size=30)
TEXTS = TEXT | NEWLINES


def sent(document: Document) -> dict[str, Any]:
    """A task's data as the server gives it back."""
    data: dict[str, Any] = json.loads(json.dumps(to_data(document)))
    return data


@given(TEXTS, METADATA)
def test_a_document_comes_back_as_it_was(text: str, metadata: dict[str, Any]) -> None:
    assume(text.strip() and "\x00" not in text)
    document = Document("d", text, metadata)
    back = from_data(sent(document))
    assert back == document
    assert back.metadata == metadata


@given(TEXTS)
def test_what_is_shown_has_lf_alone_and_keeps_all_else(text: str) -> None:
    view = shown(text)
    assert "\r" not in view.text
    assert view.text == text.replace("\r\n", "\n").replace("\r", "\n")
    assert view.original() == text


def inside_crlf(text: str, offset: int) -> bool:
    return text[offset - 1 : offset + 1] == "\r\n" if offset else False


@given(TEXTS)
def test_offsets_go_both_ways(text: str) -> None:
    view = shown(text)
    for offset in range(len(text) + 1):
        if not inside_crlf(text, offset):
            there = view.to_shown(offset)
            assert view.to_original(there) == offset
            assert shown(text[:offset]).text == view.text[:there]
    for offset in range(len(view.text) + 1):
        assert view.to_shown(view.to_original(offset)) == offset


def test_crlf_and_cr_mixed() -> None:
    text = "a\r\nb\rc\n\r\n\r\rd"
    view = shown(text)
    assert view.text == "a\nb\nc\n\n\n\nd"
    assert view.newlines == ((1, "\r\n"), (3, "\r"), (6, "\r\n"), (7, "\r"), (8, "\r"))
    assert [view.to_shown(text.index(letter)) for letter in "abcd"] == [0, 2, 4, 9]


@given(TEXTS, st.integers(0, 100), st.characters(exclude_categories=["Cs"]))
def test_a_changed_text_is_told(text: str, place: int, other: str) -> None:
    assume(text.strip() and "\x00" not in text)
    data = sent(Document("d", text))
    place %= len(data["text"])
    changed = data["text"][:place] + other + data["text"][place + 1 :]
    assume(changed != data["text"])
    with pytest.raises(StaleText, match=r"'d'.*text was changed"):
        from_data({**data, "text": changed})


@pytest.mark.parametrize(
    "newlines",
    [
        [[0, "\r\n"]],
        [[1, "\n"]],
        [[1, "\r\n", 2]],
        [[-2, "\r\n"]],
        [[99, "\r"]],
        [[True, "\r"]],
        [[1.0, "\r"]],
        [["1", "\r"]],
        [[3, "\r"], [1, "\r"]],
        [[1, "\r"], [1, "\r"]],
        [1],
        {"1": "\r"},
        "\r\n",
    ],
)
def test_newlines_that_are_none_of_the_text_are_told(newlines: Any) -> None:
    data = sent(Document("d", "a\r\nb\n"))
    with pytest.raises(StaleText, match="newlines were changed"):
        from_data({**data, "newlines": newlines})


@pytest.mark.parametrize(
    "change", [{"text": None}, {"text": ["a"]}, {"document_id": 3}, {"document_id": None}, {"text_sha256": ...}]
)
def test_a_task_of_somebody_else_is_told(change: dict[str, Any]) -> None:
    data = {**sent(Document("d", "a")), **change}
    data = {key: value for key, value in data.items() if value is not ...}
    with pytest.raises(DocumentError, match="not sent by"):
        from_data(data)


def test_a_lone_surrogate_is_another_text() -> None:
    data = sent(Document("d", "a"))
    with pytest.raises(StaleText):
        from_data({**data, "text": "\ud800"})


def test_broken_metadata_is_told() -> None:
    with pytest.raises(DocumentError, match="metadata must be an object"):
        from_data({**sent(Document("d", "a")), "metadata": [1]})


def test_columns_are_texts() -> None:
    data = to_data(Document("d", "a", {"title": "T", "published": 2016, "outlet": None}), question="Which?")
    assert (data["title"], data["published"], data["outlet"], data["question"]) == ("T", "2016", "", "Which?")
    assert data["text_sha256"] == checksum("a")
    assert "question" not in to_data(Document("d", "a"))


@pytest.mark.parametrize(("text", "words"), [(" \n", "empty"), ("a\x00b", "NUL at offset 1")])
def test_what_label_studio_cannot_hold_is_refused(text: str, words: str) -> None:
    with pytest.raises(DocumentError, match=words):
        to_data(Document("d", text))
