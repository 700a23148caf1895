from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import tiny
from tolltrace.documents import AnnotatedDocument, Document, Link, Span
from tolltrace.model.decoding import WordSpans, assemble
from tolltrace.model.encoding import SHAPES, align, shape_of, tokenize

TOKENIZERS = {kind: tiny.tokenizer(kind) for kind in tiny.KINDS}
TEXT = "At least 20 civilians were killed by the regime on Thursday, activists said. élan “quotes” 👩‍🚒 done."


@pytest.mark.parametrize("kind", tiny.KINDS)
def test_annotations_survive_tags_and_back(kind: str) -> None:
    words = {
        "At least 20": "COUNT",
        "civilians": "VICTIM",
        "killed": "KILLED",
        "regime": "ACTOR",
        "activists": "SOURCE",
    }
    spans = {label: Span(TEXT.index(w), TEXT.index(w) + len(w), label) for w, label in words.items()}
    links = [Link(spans["COUNT"], "harm", spans["KILLED"]), Link(spans["COUNT"], "source", spans["SOURCE"])]
    gold = AnnotatedDocument(Document("d", TEXT), tuple(spans.values()), tuple(links))
    (tokens,) = tokenize(TOKENIZERS[kind], [TEXT], [[(0, len(TEXT))]])
    truth = align(tokens, gold)
    assert truth.lost == ()
    found = WordSpans(np.array(truth.spans), np.ones(len(truth.spans), dtype=np.float32))
    assert assemble(gold.document, tokens, found, [(h, t, n, 1.0) for h, t, n in truth.links]) == gold


@pytest.mark.parametrize("kind", tiny.KINDS)
@settings(max_examples=40)
@given(text=st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60), cut=st.integers(0, 60))
def test_tokens_lie_in_the_body_in_order(kind: str, text: str, cut: int) -> None:
    cut = min(cut, len(text))
    (tokens,) = tokenize(TOKENIZERS[kind], [text], [[(cut, len(text))] if cut < len(text) else []])
    offsets = tokens.offsets
    assert len(tokens.ids) == len(tokens.word)
    assert tokens.words == len(offsets) == len(tokens.sentence)
    assert np.all((offsets[:, 0] >= cut) & (offsets[:, 1] <= len(text)) & (offsets[:, 0] < offsets[:, 1]))
    assert np.all(offsets[1:, 0] >= offsets[:-1, 1])


@pytest.mark.parametrize("kind", tiny.KINDS)
def test_no_letter_or_digit_goes_unread(kind: str) -> None:
    (tokens,) = tokenize(TOKENIZERS[kind], [TEXT], [[(0, len(TEXT))]])
    read = {i for start, end in tokens.offsets.tolist() for i in range(start, end)}
    assert all(i in read for i, char in enumerate(TEXT) if char.isalnum())


def test_spans_off_the_token_borders_or_set_aside_are_named_as_lost() -> None:
    spans = (Span(0, 5, "DATE"), Span(12, 21, "VICTIM"), Span(27, 33, "KILLED"))
    gold = AnnotatedDocument(Document("d", TEXT), spans)
    (tokens,) = tokenize(TOKENIZERS["bert"], [TEXT], [[(0, 22), (34, len(TEXT))]])
    assert {span.label for span in align(tokens, gold).lost} == {"DATE", "KILLED"}


def test_how_words_are_written() -> None:
    words = {
        "is": "lower",
        "Is": "title",
        "IS": "upper",
        "I": "initial",
        "iPhone": "mixed",
        "2018": "digits",
        ",": "other",
    }
    assert {word: SHAPES[shape_of(word)] for word in words} == words
    (tokens,) = tokenize(TOKENIZERS["bert"], ["The IS is"], [[(0, 9)]])
    assert [SHAPES[s] for s in tokens.shape[np.flatnonzero(np.diff(tokens.word, prepend=-1))]] == [
        "title",
        "upper",
        "lower",
    ]
