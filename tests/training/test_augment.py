from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import annotated_documents
from tolltrace import jsonlines, markup
from tolltrace.documents import AnnotatedDocument
from training import augment
from training.augment import Augmenter
from training.config import AugmentConfig

FIRST = """{LOCATION l1:Hajin} hit

{COUNT c1:At least 20} {VICTIM v1:men} {KILLED k1:died} in {LOCATION l2:Hajin}, said {SOURCE:Reuters}.
It's near Hajin's bridge, and nobody there knows what the coming weeks will bring.
-- links
c1 harm k1
c1 victim v1
c1 location l2"""
SECOND = """{ACTOR:SDF} fighters gather in {LOCATION:Kobani}

{LOCATION:Raqqa} is calm, {SOURCE:Anadolu} reports."""


@pytest.fixture
def articles() -> list[AnnotatedDocument]:
    return [markup.parse("first", FIRST), markup.parse("second", SECOND)]


def words(annotated: AnnotatedDocument) -> list[tuple[str, str]]:
    return [(span.label, annotated.text_of(span)) for span in annotated.spans]


def test_names_are_swapped_alike_throughout_and_numbers_stay_numbers(articles: list[AnnotatedDocument]) -> None:
    augmenter = Augmenter(articles, AugmentConfig())
    places = set()
    for seed in range(30):
        np.random.seed(seed)
        varied = augmenter.swap(articles[0])
        spans = words(varied)
        here = {text for label, text in spans if label == "LOCATION"}
        assert len(here) == 1
        assert f"near {min(here)}'s bridge" in varied.text
        places |= here
        assert re.fullmatch(r"At least \d+", dict(spans)["COUNT"])
        assert [label for label, _ in spans] == [s.label for s in articles[0].spans]
        assert len(varied.links) == len(articles[0].links)
    assert places == {"Hajin", "Kobani", "Raqqa"}


@given(annotated_documents(), st.integers(0, 99))
def test_noise_keeps_every_span_and_link(annotated: AnnotatedDocument, seed: int) -> None:
    np.random.seed(seed)
    noisy = augment.noise(annotated)
    plain = [re.sub("['’,]", "", annotated.text_of(s)).lower() for s in annotated.spans]
    assert [re.sub("['’,]", "", noisy.text_of(s)).lower() for s in noisy.spans] == plain
    assert [(k.label, noisy.text_of(k.tail).lower()) for k in noisy.links] or not annotated.links
    assert len(noisy.links) == len(annotated.links)


def test_lost_commas_leave_neighbouring_names_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(augment, "NOISE_CHANCES", (0, 0, 0, 0, 1))
    marked = "In {LOCATION:Saraqib}, {LOCATION:Idlib province}, {COUNT c1:1,200} {KILLED k1:died}\n-- links\nc1 harm k1"
    noisy = augment.noise(markup.parse("a", marked))
    assert noisy.text == "In Saraqib Idlib province 1,200 died"
    assert [text for _, text in words(noisy)] == ["Saraqib", "Idlib province", "1,200", "died"]


@given(annotated_documents(), st.data())
def test_edits_move_spans_and_never_cross_them(annotated: AnnotatedDocument, data: st.DataObject) -> None:
    offsets = st.integers(0, len(annotated.text))
    ranges = data.draw(st.lists(st.tuples(offsets, offsets).map(sorted), max_size=5))
    edits = [(start, end, "◆") for start, end in ranges]
    changed = augment.edited(annotated, edits)
    assert len(changed.spans) == len(annotated.spans)
    for old, new in zip(annotated.spans, changed.spans, strict=True):
        assert old.label == new.label
        kept = changed.text_of(new).split("◆")
        assert all(piece in annotated.text_of(old) for piece in kept)
        assert "".join(kept) or annotated.text_of(old)


def test_insertions_at_a_border_stay_outside() -> None:
    annotated = markup.parse("d", "in {LOCATION:Hajin} now")
    changed = augment.edited(annotated, [(3, 3, "old "), (8, 8, " town")])
    assert changed.text == "in old Hajin town now"
    assert words(changed) == [("LOCATION", "Hajin")]


def test_mixing_joins_the_beginning_of_one_and_the_end_of_another(articles: list[AnnotatedDocument]) -> None:
    augmenter = Augmenter(articles, AugmentConfig())
    seen = {}
    for seed in range(20):
        np.random.seed(seed)
        mixed = augmenter.mix(articles[0])
        assert mixed.id == "first"
        seen[mixed.text.split("\n")[-1]] = words(mixed)
    assert set(seen) == {text.split("\n")[-1] for text in (articles[0].text, articles[1].text)}
    first = [("LOCATION", "Hajin"), ("COUNT", "At least 20"), ("VICTIM", "men"), ("KILLED", "died")]
    assert seen["Raqqa is calm, Anadolu reports."][:4] == first
    assert seen["Raqqa is calm, Anadolu reports."][-2:] == [("LOCATION", "Raqqa"), ("SOURCE", "Anadolu")]


def test_rows_are_varied_by_chance_and_lengths_are_left_alone(articles: list[AnnotatedDocument]) -> None:
    made = augment.transform(
        Augmenter(articles, AugmentConfig(noise=1.0)), lambda a: {"tokens": [len(a.text)], "text": a.text}
    )
    rows: dict[str, list[Any]] = {"id": ["first"], "tokens": [[0]], "text": [articles[0].text]}
    np.random.seed(1)
    seen = {made(rows)["text"][0] for _ in range(20)}
    assert len(seen) > 2
    assert made({"length": [3]}) == {"length": [3]}
    never = augment.transform(Augmenter(articles, AugmentConfig()), lambda _: None)
    assert never(rows) == rows


def test_variants_of_the_corpus_are_valid() -> None:
    documents = list(jsonlines.read("data/corpus.jsonl"))[::20]
    augmenter = Augmenter(documents, AugmentConfig(swap=1.0, mix=1.0, noise=1.0))
    np.random.seed(3)
    for annotated in documents:  # an AnnotatedDocument that breaks the scheme cannot be made
        varied = augmenter.vary(annotated)
        assert varied != annotated
        assert all(varied.text_of(span).strip() for span in varied.spans)
