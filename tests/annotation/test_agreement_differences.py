from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.disagreement import Article, confusions, differences, link_differences, phrases, rank, standing
from tests.annotation.annotators import other_version
from tests.strategies import annotated_documents
from tolltrace import markup
from tolltrace.documents import AnnotatedDocument


def article(*marked: str, name: str = "d") -> Article:
    return Article(name, {chr(ord("a") + i): markup.parse(name, m) for i, m in enumerate(marked)})


def answers(found: Article) -> list[tuple[str, dict[str, list[tuple[str, str]]]]]:
    return [
        (
            found.text[d.start : d.end],
            {name: [(s.label, found.text[s.start : s.end]) for s in spans] for name, spans in d.answers.items()},
        )
        for d in differences(found)
    ]


def test_borders_labels_and_nothing_are_one_difference() -> None:
    found = article("in {LOCATION:eastern Syria} now", "in eastern {ACTOR:Syria} now", "in eastern Syria now")
    assert answers(found) == [
        ("eastern Syria", {"a": [("LOCATION", "eastern Syria")], "b": [("ACTOR", "Syria")], "c": []})
    ]


def test_the_same_words_in_another_layer_are_one_difference_but_nested_ones_are_two() -> None:
    words = article("men {MEANS:shot} dead", "men {KILLED:shot} dead")
    assert [where for where, _ in answers(words)] == ["shot"]
    nested = article("{SOURCE:the {ACTOR:army} said}", "the army said")
    assert [where for where, _ in answers(nested)] == ["the army said", "army"]


def test_links_between_shared_spans_are_told_from_those_whose_spans_differ() -> None:
    spans = "{COUNT c:Two} {KILLED k:died} in {LOCATION l:Hajin} by {ACTOR x:IS}"
    one = f"{spans}\n-- links\nc harm k\nc location l\nc perpetrator x"
    other = f"{spans}\n-- links\nc harm k\nc suspected x".replace("{LOCATION l:Hajin}", "Hajin")
    found = article(one, other)
    assert [(d.tail.label, d.answers, d.on_shared_spans) for d in link_differences(found)] == [
        ("LOCATION", {"a": ("location",), "b": ()}, False),
        ("ACTOR", {"a": ("perpetrator",), "b": ("suspected",)}, True),
    ]
    assert confusions([found]) == {
        "spans": {("LOCATION", "nothing"): 1},
        "links": {("perpetrator", "suspected"): 1},
    }


def test_articles_are_ranked_by_what_is_not_agreed() -> None:
    calm = article("{LOCATION:A} {DATE:B} {ACTOR:C}", "{LOCATION:A} {DATE:B} C", name="calm")
    wild = article("{LOCATION:A} B C", "A {DATE:B} C", name="wild")
    same = article("{LOCATION:A}", "{LOCATION:A}", name="same")
    assert [row.id for row in rank([same, calm, wild])] == ["wild", "calm", "same"]
    row = standing(calm)
    assert (row.spans.marked, row.spans.agreed, row.links.marked) == (3, 2, 0)
    assert row.disagreement == pytest.approx(1 / 5)


def test_more_annotators_alone_do_not_make_an_article_more_disputed() -> None:
    marked, bare = "{LOCATION:A} {DATE:B}", "{LOCATION:A} B"
    assert standing(article(marked, bare)).disagreement == pytest.approx(1 / 3)
    assert standing(article(marked, bare, marked, bare)).disagreement == pytest.approx(1 - (12 + 2) / (12 + 6))


def test_phrases_gather_the_same_words_of_all_articles() -> None:
    one = article("The {ACTOR:police} came. {ACTOR:Police} left.", "The police came. {ACTOR:Police} left.", name="x")
    two = article("{ACTOR:POLICE} said", "{LOCATION:POLICE} said", "POLICE said", name="y")
    [phrase] = phrases([one, two])
    assert (phrase.words.casefold(), phrase.places, phrase.articles, phrase.agreed) == ("police", 2, 2, 1)
    assert phrase.answers == {"ACTOR": {"a": 2}, "nothing": {"b": 1, "c": 1}, "LOCATION": {"b": 1}}


@given(annotated_documents(), st.integers(2, 4), st.integers(0, 1000))
def test_every_span_and_link_is_agreed_or_in_one_difference(annotated: AnnotatedDocument, n: int, seed: int) -> None:
    random = Random(seed)
    found = Article("d", {str(i): other_version(annotated, random, 0.4) for i in range(n)})
    for name, version in found.versions.items():
        differing = [span for d in differences(found) for span in d.answers[name]]
        agreed = set.intersection(*(set(v.spans) for v in found.versions.values()))
        assert len(differing) == len(set(differing))
        assert set(differing) == set(version.spans) - agreed
    marked = {link for v in found.versions.values() for link in v.links}
    everywhere = {link for link in marked if all(link in v.links for v in found.versions.values())}
    pairs = {(k.head, k.tail) for k in marked - everywhere}
    assert {(d.head, d.tail) for d in link_differences(found)} == pairs
