"""Sentences cover the text, and spans stay whole."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tolltrace.sentences import Sentences


def split(text: str) -> list[str]:
    return [text[start:end].strip() for start, end in Sentences(text).ranges]


@pytest.mark.parametrize(
    "sentences",
    [
        ["The depot burned.", "Two guards died!", "Who did it?", "Nobody knows…", "The army is silent."],
        ["The U.S. Army and the U.N. Mission left.", "They came from the U.S.", "The army denied it."],
        ["Gen. Roe, Lt. Col. J. R. Doe and Maj. Gen. Poe spoke.", "Dr. Low did not."],
        ["It hit at 5 p.m. Monday, near No. 3 Gate, on Jan. 5.", "He left at 6 p.m.", "The rest stayed."],
        ["Some 2.5 million fled.", "It was 3.5 km away."],
        ["“We lost them.”", "He wept.", "“They fled,” he said.", "(Two were held.)", "It ended."],
        ["A headline without a stop", "The first line, with one.", "Another headline"],
        ["They fled in the night.", "The army came."],
    ],
)
def test_sentences(sentences: list[str]) -> None:
    for joint in (" ", "\n", "\n\n"):
        if joint == " " and not all(s[-1] in ".!?…”)" for s in sentences):
            continue
        assert split(joint.join(sentences)) == sentences


def test_missing_space_and_wrapped_line() -> None:
    assert split("They fled.The army came.") == ["They fled.", "The army came."]
    assert split("They fled from the\nvillage at night.") == ["They fled from the\nvillage at night."]


def test_line_separators_of_other_systems() -> None:
    assert split("One line\x85Two lines\u2029Three lines") == ["One line", "Two lines", "Three lines"]


def test_a_span_across_a_boundary_joins_its_sentences() -> None:
    text = "He met Gen. He. Ng died. It ended."
    assert [text[a:b] for a, b in Sentences(text, [(16, 24)]).ranges][-1] == "It ended."
    text = "Near St. Ives. Two died. It ended."
    assert len(Sentences(text).ranges) == 3
    assert [text[a:b] for a, b in Sentences(text, [(9, 18)]).ranges] == ["Near St. Ives. Two died. ", "It ended."]


def test_around_trims_and_refuses_what_is_outside() -> None:
    sentences = Sentences("  Two died. \n It ended. ")
    assert (sentences.around(3).text, sentences.around(3).start) == ("Two died.", 2)
    with pytest.raises(ValueError, match="outside"):
        sentences.around(24)
    assert Sentences("").ranges == []


TEXTS = st.one_of(st.text(), st.text(alphabet="aB1 .!?\"'()“”\n\t\x85\u2028U.S。"))


@settings(deadline=None)
@given(TEXTS, st.lists(st.tuples(st.integers(0, 40), st.integers(1, 10)), max_size=3))
def test_sentences_partition_every_text(text: str, spans: list[tuple[int, int]]) -> None:
    whole = [(start, min(start + size, len(text))) for start, size in spans if start < len(text)]
    sentences = Sentences(text, whole)
    ranges = sentences.ranges
    assert "".join(text[start:end] for start, end in ranges) == text
    assert all(start < end for start, end in ranges)
    for number, (start, end) in enumerate(ranges):
        assert sentences.index(start) == sentences.index(end - 1) == number
    for start, end in whole:
        assert sentences.index(start) == sentences.index(end - 1)
