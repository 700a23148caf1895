from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tolltrace import scheme
from tolltrace.documents import Document
from tolltrace.model import candidates
from tolltrace.model.decoding import WordSpans, assemble, decode_links, decode_tags, trim
from tolltrace.model.encoding import TAG_COUNTS, Tokens

WIDTH = sum(TAG_COUNTS)
MEANS = sum(TAG_COUNTS[: scheme.LAYERS.index("means")])


def logits(rng: np.random.Generator, length: int) -> NDArray[np.float32]:
    return rng.normal(size=(length, WIDTH)).astype(np.float32) * 3


@settings(max_examples=50)
@given(st.integers(0, 2**32 - 1), st.lists(st.integers(0, 12), min_size=1, max_size=4))
def test_spans_of_a_layer_never_overlap_and_batches_change_nothing(seed: int, lengths: list[int]) -> None:
    values = logits(np.random.default_rng(seed), sum(lengths))
    together = decode_tags(values, lengths)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    for number, found in enumerate(together):
        alone = decode_tags(values[starts[number] : starts[number + 1]], [lengths[number]])[0]
        assert np.array_equal(found.places, alone.places)
        assert np.allclose(found.scores, alone.scores)
        for layer in scheme.LAYERS:
            members = [p for p in found.places.tolist() if scheme.LAYER_OF[scheme.LABEL_NAMES[p[2]]] == layer]
            assert all(0 <= first <= last < lengths[number] for first, last, _ in members)
            assert all(a[1] < b[0] for a, b in itertools.pairwise(members))


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1))
def test_the_path_is_the_best_valid_one(seed: int) -> None:
    """Against all 3^5 tag sequences of the layer with one label, of which I may not follow O."""
    length = 5
    values = logits(np.random.default_rng(seed), length)
    part = values[:, MEANS : MEANS + 3]
    valid = [
        p
        for p in itertools.product(range(3), repeat=length)
        if all(t != 2 or (i and p[i - 1]) for i, t in enumerate(p))
    ]
    best = max(valid, key=lambda path: sum(part[i, tag] for i, tag in enumerate(path)))
    wanted = [
        (i, next((j for j in range(i + 1, length) if best[j] != 2), length) - 1) for i, t in enumerate(best) if t == 1
    ]
    found = decode_tags(values, [length])[0].places.tolist()
    assert [(a, b) for a, b, label in found if scheme.LABEL_NAMES[label] == "MEANS"] == wanted


def test_a_span_is_as_sure_as_its_least_sure_word() -> None:
    values = np.full((2, WIDTH), -20, dtype=np.float32)
    for start in np.cumsum([0, *TAG_COUNTS[:-1]]):
        values[:, start] = 20
    values[:, MEANS : MEANS + 3] = [[0, 9, 0], [0, 0, 1]]
    (found,) = decode_tags(values, [2])
    assert found.places.tolist() == [[0, 1, scheme.LABEL_NAMES.index("MEANS")]]
    assert np.isclose(found.scores[0], np.e / (np.e + 2), atol=1e-4)


def spans(*labels: str) -> list[tuple[int, int, int]]:
    return [(i * 3, i * 3 + 1, scheme.LABEL_NAMES.index(label)) for i, label in enumerate(labels)]


def probabilities(found: candidates.Candidates, stated: dict[tuple[int, int, str], float]) -> NDArray[np.float32]:
    table = np.zeros((len(found.pairs), len(scheme.LINK_NAMES)), dtype=np.float32)
    for (head, tail, name), value in stated.items():
        row = next(i for i, pair in enumerate(found.pairs.tolist()) if pair == [head, tail])
        table[row, scheme.LINK_NAMES.index(name)] = value
    return table


def decode(
    labels: tuple[str, ...], stated: dict[tuple[int, int, str], float], sentence_words: int = 100
) -> set[tuple[int, int, str]]:
    found = candidates.find(spans(*labels), np.arange(100) // sentence_words, 50, 50)
    links = decode_links(probabilities(found, stated), found, dict.fromkeys(scheme.LINK_NAMES, 0.5))
    return {(head, tail, scheme.LINK_NAMES[number]) for head, tail, number, _ in links}


def test_numbers_of_links_are_kept() -> None:
    labels = ("COUNT", "VICTIM", "VICTIM", "KILLED", "INJURED", "ACTOR")
    stated = {(0, 1, "victim"): 0.7, (0, 2, "victim"): 0.9, (0, 3, "harm"): 0.2, (0, 4, "harm"): 0.3}
    assert decode(labels, stated) == {(0, 2, "victim"), (0, 4, "harm")}
    assert decode(labels, stated | {(0, 3, "harm"): 0.6, (0, 4, "harm"): 0.8}) >= {(0, 3, "harm"), (0, 4, "harm")}


def test_means_of_other_sentences_only_where_the_own_has_none_and_none_from_afar() -> None:
    labels = ("COUNT", "KILLED", "MEANS", "MEANS", "LOCATION", "LOCATION")  # a span every three words
    stated = {(0, 1, "harm"): 0.9} | {(0, n, "means"): 0.9 for n in (2, 3)} | {(0, n, "location"): 0.9 for n in (4, 5)}

    def tails(sentence_words: int, name: str) -> set[int]:
        return {tail for _, tail, label in decode(labels, stated, sentence_words) if label == name}

    assert [tails(words, "means") for words in (18, 9, 6, 3)] == [{2, 3}, {2}, {2, 3}, {2}]
    assert [tails(words, "location") for words in (18, 9, 5, 4)] == [{4, 5}, {4, 5}, {4}, set()]


def test_one_kind_of_responsibility_a_party_and_a_denial_beside_it() -> None:
    stated = {(0, 2, "perpetrator"): 0.6, (0, 2, "suspected"): 0.8, (0, 2, "denied"): 0.7, (0, 1, "harm"): 0.9}
    assert decode(("COUNT", "KILLED", "ACTOR"), stated) == {(0, 1, "harm"), (0, 2, "suspected"), (0, 2, "denied")}


def test_no_circles() -> None:
    stated = {(0, 1, "part_of"): 0.9, (1, 2, "part_of"): 0.8, (2, 0, "part_of"): 0.7}
    assert decode(("COUNT", "COUNT", "TOTAL"), stated) == {(0, 1, "part_of"), (1, 2, "part_of")}


def test_edges_are_trimmed() -> None:
    assert trim(" ,killed; ", 0, 10) == (2, 8)
    assert trim("  ", 0, 2) == (2, 2)


def test_a_figure_of_nothing_that_harms_gets_no_harm() -> None:
    assert decode(("COUNT", "KILLED"), {(0, 1, "harm"): 0.15}) == set()


@pytest.mark.parametrize(("score", "harm", "kept"), [(0.9, 3, True), (0.5, 3, False), (0.5, 1, True)])
def test_a_doubtful_figure_needs_its_harm_in_its_own_sentence(score: float, harm: int, kept: bool) -> None:
    words = ["Two", "died", ".", "Dead", "."]
    ends = np.cumsum([len(word) + 1 for word in words])
    offsets = np.stack([ends - [len(word) + 1 for word in words], ends - 1], axis=1)
    sentence = np.array([0, 0, 0, 1, 1])
    none = np.zeros(5, dtype=np.int64)
    tokens = Tokens(ids=none, word=np.arange(5), shape=none, offsets=offsets, sentence=sentence, part=none)
    count, killed = (scheme.LABEL_NAMES.index(name) for name in ("COUNT", "KILLED"))
    found = WordSpans(np.array([[0, 0, count], [harm, harm, killed]]), np.array([score, 0.9], dtype=np.float32))
    links = [(0, 1, scheme.LINK_NAMES.index("harm"), 0.9)]
    annotated = assemble(Document("d", " ".join(words)), tokens, found, links)
    assert [s.label for s in annotated.spans] == (["COUNT", "KILLED"] if kept else ["KILLED"])
    assert len(annotated.links) == int(kept)
