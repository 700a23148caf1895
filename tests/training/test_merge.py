from __future__ import annotations

from dataclasses import replace

import pytest

from tolltrace.documents import AnnotatedDocument, Document, Span
from training.merge import merge
from training.splits import SPLITS, SplitError

KNOWN = {"a": "train", "b": "test", "c": "validation"}


def text(seed: str, words: int = 40) -> str:
    return " ".join(f"{seed}{number}" for number in range(words))


def made(name: str, words: str, *spans: Span, **metadata: object) -> AnnotatedDocument:
    return AnnotatedDocument(Document(name, words, metadata), spans)


CORPUS = [made(name, text(name), title=name.upper()) for name in KNOWN]
SPAN = Span(0, 2, "ACTOR")


def test_assigned_documents_keep_their_splits_and_new_ones_get_one() -> None:
    gold = [made(f"n{number}", text(f"n{number}x")) for number in range(30)]
    merged = merge(CORPUS, reversed(gold), KNOWN)
    assert merged.splits | KNOWN == merged.splits
    assert [annotated.id for annotated in merged.corpus] == ["a", "b", "c", *sorted(merged.new)]
    assert set(merged.new) == {annotated.id for annotated in gold}
    assert set(merged.new.values()) <= set(SPLITS) and merged.new.items() <= merged.splits.items()
    assert merge(CORPUS, gold, KNOWN).splits == merged.splits


def test_near_duplicates_and_articles_about_one_event_go_to_the_side_of_what_they_resemble() -> None:
    corpus = [*CORPUS[:2], made("c", text("c"), event="siege")]
    gold = [made(f"like-{name}", text(name) + " and more") for name in KNOWN] + [made("e", text("e"), event="siege")]
    merged = merge(corpus, gold, KNOWN)
    assert merged.new == {"like-a": "train", "like-b": "test", "like-c": "validation", "e": "validation"}


def test_what_resembles_two_sides_is_left_out() -> None:
    shared, a, b = text("s", 20), text("a", 10), text("b", 10)
    corpus = [made("a", f"{shared} {a}"), made("b", f"{b} {shared}")]
    bridge = made("bridge", f"{b} {shared} {a}")
    merged = merge(corpus, [bridge, made("other", text("o"))], KNOWN)
    assert list(merged.new) == ["other"]
    assert merged.left_out == {"bridge": "it resembles 'b' (test) and 'a' (train)"}
    assert "bridge" not in merged.splits


def test_a_document_is_replaced_only_where_its_text_is_the_same() -> None:
    gold = [
        made("a", text("a"), SPAN, gold="agreed"),
        made("b", text("b") + "."),
        replace(CORPUS[2], document=replace(CORPUS[2].document, metadata={})),
    ]
    merged = merge(CORPUS, gold, KNOWN)
    assert (merged.replaced, merged.unchanged, merged.new) == (["a"], ["c"], {})
    assert merged.left_out == {"b": "the corpus has it with another text"}
    assert merged.corpus[0].spans == (SPAN,)
    assert merged.corpus[0].document.metadata == {"title": "A", "gold": "agreed"}
    assert merged.corpus[1:] == CORPUS[1:]


def test_the_same_text_does_not_come_in_twice() -> None:
    beside = [made("joined", text("j"))]
    gold = [made("x", text("a")), made("y", text("y")), made("z", text("y")), made("joined", text("j"))]
    merged = merge(CORPUS, [*gold, made("w", text("j"))], KNOWN | {"joined": "train"}, beside)
    assert list(merged.new) == ["y"]
    assert merged.left_out == {
        "x": "'a' has the same text",
        "z": "'y' has the same text",
        "joined": "it is a joined text, which the corpus does not hold",
        "w": "'joined' has the same text",
    }
    assert len(merged.corpus) == 4


def test_what_serves_for_measuring_is_never_learned() -> None:
    measured = [made("n", text("m")), made("other measured", text("q"))]
    gold = [made("n", text("n")), made("like n", text("m") + " again")]
    merged = merge(CORPUS, gold, KNOWN, measured=measured)
    assert list(merged.new) == ["n"]
    assert merged.left_out == {"like n": "it resembles 'n', which serves for measuring"}


def test_splits_that_contradict_themselves_are_refused() -> None:
    corpus = [*CORPUS, made("d", text("a") + " more")]
    with pytest.raises(SplitError, match="a, d"):
        merge(corpus, [made("n", text("n"))], KNOWN | {"d": "test"})
