from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from random import Random

import krippendorff
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from annotation import agreement, agreement_page, snapshot
from annotation.agreement_scores import KEYS, measure, shared_articles
from annotation.agreement_units import WORD, Tally
from tests.annotation.annotators import other_version
from tests.strategies import annotated_documents
from tolltrace import jsonlines, markup, scheme
from tolltrace.documents import AnnotatedDocument, DocumentError, Span

FIRST = "{COUNT c1:Two} {VICTIM v1:men} {KILLED k1:died} in {LOCATION l1:Hajin} near {LOCATION l2:Sousa}."
LINKS = "\n-- links\nc1 harm k1\nc1 victim v1\nc1 location l1"
SECOND = FIRST.replace("{LOCATION l2:Sousa}", "Sousa")


def parse(marked: str, name: str = "d") -> AnnotatedDocument:
    return markup.parse(name, marked)


def versions(*documents: AnnotatedDocument) -> dict[str, dict[str, AnnotatedDocument]]:
    """Each by an annotator of its own: a, b, …"""
    return {chr(ord("a") + i): {d.id: d} for i, d in enumerate(documents)}


def test_what_one_has_alone_lowers_f1_and_alpha() -> None:
    found = measure(versions(parse(FIRST + LINKS), parse(SECOND + LINKS))).agreement
    places = found["span/LOCATION"]
    assert places.counts == {"a": 2, "b": 1}
    assert places.f1 == pytest.approx(2 / 3)
    # 8 words, two answers each: one word differs, of 16 answers 3 are "in a place". alpha = 1 - observed / expected.
    assert places.alpha == pytest.approx(1 - (2 / 16) / (2 * 3 * 13 / (16 * 15)))
    assert found["span/KILLED"].f1 == found["span/KILLED"].alpha == 1.0
    assert found["span/MISSING"].alpha is None
    assert found["span/MISSING"].f1 is None


def test_links_are_judged_on_spans_that_both_marked() -> None:
    other = FIRST + LINKS.replace("location l1", "location l1 l2")
    found = measure(versions(parse(FIRST + LINKS), parse(other))).agreement
    assert found["link/location"].f1 == pytest.approx(2 / 3)
    # Two places to link, one of them differs: of 4 answers 3 are yes.
    assert found["link/location"].alpha == pytest.approx(1 - (2 / 4) / (2 * 3 * 1 / (4 * 3)))
    assert found["link/victim"].f1 == 1.0
    assert found["link/location"].overlap_f1 is None
    # The second did not mark Sousa: whether it is linked is no question for both.
    unmarked = measure(versions(parse(other), parse(SECOND + LINKS))).agreement
    assert unmarked["link/location"].f1 == pytest.approx(2 / 3)
    assert unmarked["link/location"].alpha is None


def test_a_border_off_by_a_word_overlaps() -> None:
    a, b = parse("in {LOCATION:eastern Syria} now"), parse("in eastern {LOCATION:Syria} now")
    c, d = parse("in {LOCATION:Syria now} then"), parse("in {LOCATION:Syria} now then")
    front, end = (measure(versions(*pair)).agreement["span"] for pair in ((a, b), (c, d)))
    assert (front.f1, front.overlap_f1) == (0.0, 1.0)
    assert front.alpha == pytest.approx(end.alpha)


def test_touching_spans_do_not_look_like_one() -> None:
    one, two = parse("{DATE:Monday night} came"), parse("{DATE:Monday} {DATE:night} came")
    apart = parse("{DATE:Monday}, {DATE:night} came")
    found = measure(versions(one, two)).agreement["span/DATE"]
    assert found.alpha is not None
    assert found.alpha < 1
    assert measure(versions(apart, apart)).agreement["span/DATE"].alpha == 1


def test_pairs_count_only_what_both_annotated() -> None:
    marked, bare = "{LOCATION:Hajin} and Sousa", "Hajin and Sousa"
    given = {
        "a": {"x": parse(marked, "x"), "y": parse(marked, "y"), "alone": parse(marked, "alone")},
        "b": {"x": parse(marked, "x")},
        "c": {"y": parse(bare, "y")},
    }
    report = measure(given)
    assert [article.id for article in report.articles] == ["x", "y"]
    assert report.annotators == {"a": 2, "b": 1, "c": 1}
    pairs = {(p.first, p.second): (p.documents, p.agreement["span"]) for p in report.pairs}
    assert {pair: documents for pair, (documents, _) in pairs.items()} == {("a", "b"): 1, ("a", "c"): 1, ("b", "c"): 0}
    assert pairs["a", "b"][1].f1 == 1
    assert (pairs["a", "c"][1].first, pairs["a", "c"][1].second, pairs["a", "c"][1].f1) == (1, 0, 0)
    assert pairs["b", "c"][1].f1 is None
    assert report.agreement["span"].f1 == pytest.approx(2 / 3)  # 2 of 2 matched, 0 of 1
    assert report.agreement["span"].counts == {"a": 2, "b": 1, "c": 0}


@given(st.lists(annotated_documents(), min_size=1, max_size=3), st.integers(2, 4))
def test_annotators_agree_with_themselves(documents: list[AnnotatedDocument], people: int) -> None:
    named = [replace(d, document=replace(d.document, id=str(i))) for i, d in enumerate(documents)]
    report = measure({str(person): {d.id: d for d in named} for person in range(people)})
    for value in report.agreement.values():
        assert value.f1 == (1.0 if value.counts["0"] else None)
        assert value.alpha is None or value.alpha == pytest.approx(1.0)
    assert report.phrases == []
    assert report.confusions == {"spans": {}, "links": {}}
    assert all(article.disagreement == 0 for article in report.ranked)


@given(annotated_documents(), st.integers(2, 4), st.integers(0, 1000))
def test_figures_are_those_of_counting_by_hand(annotated: AnnotatedDocument, people: int, seed: int) -> None:
    random = Random(seed)
    documents = [other_version(annotated, random, 0.4) for _ in range(people)]
    report = measure(versions(*documents))
    matched = overlapping = marked = 0
    for i, one in enumerate(documents):
        for other in documents[i + 1 :]:
            matched += 2 * len(set(one.spans) & set(other.spans))
            marked += len(one.spans) + len(other.spans)
            for ours, theirs in ((one.spans, other.spans), (other.spans, one.spans)):
                overlapping += sum(any(s.label == t.label and s.overlaps(t) for t in theirs) for s in ours)
    value = report.agreement["span"]
    assert value.f1 == (pytest.approx(matched / marked) if marked else None)
    assert value.overlap_f1 == (pytest.approx(overlapping / marked) if marked else None)


@given(annotated_documents(), st.integers(2, 4), st.integers(0, 1000))
def test_alpha_is_that_of_the_table_of_words_and_annotators(annotated: AnnotatedDocument, n: int, seed: int) -> None:
    random = Random(seed)
    documents = [other_version(annotated, random, 0.4) for _ in range(n)]
    words = [word.span() for word in WORD.finditer(annotated.text)]

    def answer(spans: tuple[Span, ...], layer: str, start: int, end: int) -> str:
        return next((s.label for s in spans if s.layer == layer and s.start < end and s.end > start), "none")

    # Spans of one label that touch have an answer more.
    touching = (
        s.label == t.label and not annotated.text[s.end : t.start].strip()
        for d in documents
        for s in d.spans
        for t in d.spans
        if s.end <= t.start
    )
    assume(not any(touching))
    for label in ("LOCATION", "COUNT", "MEANS"):
        layer = scheme.LAYER_OF[label]
        table = np.array([[int(answer(d.spans, layer, *word) == label) for word in words] for d in documents])
        found = measure(versions(*documents)).agreement[f"span/{label}"].alpha
        if len(np.unique(table)) < 2:
            assert found is None
        else:
            assert found == pytest.approx(krippendorff.alpha(table, level_of_measurement="nominal"))


@given(st.lists(st.lists(st.integers(0, 3), min_size=3, max_size=3), min_size=1, max_size=30))
def test_putting_agreed_units_together_leaves_alpha(counts: list[list[int]]) -> None:
    table = np.array(counts)
    tally = Tally(3)
    for row in table:
        tally.add(row[None, :])
    pairable = table[table.sum(axis=1) >= 2]
    if (pairable.sum(axis=0) > 0).sum() < 2:
        assert tally.alpha([[0], [1], [2]]) is None
    else:
        expected = krippendorff.alpha(value_counts=pairable, level_of_measurement="nominal")
        assert tally.alpha([[0], [1], [2]]) == pytest.approx(expected)


def test_documents_must_be_shared_and_the_same() -> None:
    one, other = parse("One."), parse("Two.")
    with pytest.raises(DocumentError, match="no two annotators hold a document with the same id"):
        shared_articles({"a": {"x": one}, "b": {"y": one}})
    with pytest.raises(DocumentError, match="'x': a and b had different texts"):
        shared_articles({"a": {"x": one}, "b": {"x": other}})


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    for name, marked in (("first", FIRST), ("second", SECOND)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "d.txt").write_text(marked + LINKS)
    return [tmp_path / "first", tmp_path / "second"]


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> None:
    monkeypatch.setattr(sys, "argv", ["agreement", *map(str, arguments)])
    agreement.main()


def test_the_command_compares_folders(
    folders: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    figures, page = tmp_path / "a.json", tmp_path / "a.html"
    run(monkeypatch, *folders, "--json", figures, "--html", page)
    out = capsys.readouterr().out
    assert "2 annotators, 1 documents" in out
    assert "Sousa" in out
    values = json.loads(figures.read_text())
    assert list(values["agreement"]) == list(KEYS)
    assert values["agreement"]["span/LOCATION"]["counts"] == {"first": 2, "second": 1}
    assert values["phrases"][0]["answers"] == {"LOCATION": {"first": 1}, "nothing": {"second": 1}}
    assert values["confusions"]["spans"] == [["LOCATION", "nothing", 1]]
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_the_command_reads_a_snapshot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "snapshot"
    (folder / "annotators").mkdir(parents=True)
    for name, marked in (("user-2", FIRST), ("user-10", SECOND)):
        jsonlines.write(folder / "annotators" / f"{name}.jsonl", [parse(marked + LINKS)])
    files = {
        f"annotators/{n}.jsonl": snapshot.facts_of(folder / f"annotators/{n}.jsonl") for n in ("user-2", "user-10")
    }
    manifest = {"project": 1, "title": "t", "pulled": "2024-01-01T00:00:00+00:00", "scheme": scheme.fingerprint()}
    manifest |= {"tasks": 1, "states": {"kept": 2}, "files": files}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    run(monkeypatch, folder, "--json", tmp_path / "a.json")
    assert list(json.loads((tmp_path / "a.json").read_text())["annotators"]) == ["user-2", "user-10"]
    capsys.readouterr()
    with open(folder / "annotators/user-2.jsonl", "a") as out:
        out.write("\n")
    with pytest.raises(SystemExit, match="was changed after it was pulled"):
        run(monkeypatch, folder)


def test_annotators_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        jsonlines.write(tmp_path / name / "v.jsonl", [parse(FIRST + LINKS)])
    paths = [tmp_path / name / "v.jsonl" for name in ("one", "two")]
    assert list(agreement.read_all(paths)) == ["one/v", "two/v"]
    with pytest.raises(DocumentError, match="two annotators are called 'one/v'"):
        agreement.read_all([paths[0], paths[0]])
    with pytest.raises(DocumentError, match=r"one annotator is not enough to compare: .*v\.jsonl"):
        agreement.read_all(paths[:1])


def test_the_published_agreement_is_that_of_the_articles_annotated_twice(root: Path) -> None:
    report = measure(agreement.read_all(root / f"data/agreement/{name}.jsonl" for name in ("first", "second")))
    stored = json.loads((root / "data/agreement/agreement.json").read_text(encoding="utf-8"))
    assert stored["documents"] == len(report.articles) >= 40
    assert stored == json.loads(json.dumps(agreement.to_json(report)))
    for kind, figures in (("span", (3009, 3033, 0.954, 0.977)), ("link", (2640, 2613, 0.887, None))):
        value = report.pairs[0].agreement[kind]
        assert (value.first, value.second) == figures[:2]
        assert value.f1 == pytest.approx(figures[2], abs=0.0005)
        assert value.overlap_f1 == (pytest.approx(figures[3], abs=0.0005) if figures[3] else None)


def test_the_page_says_what_it_leaves_out() -> None:
    given = {
        "a": {str(i): parse(FIRST + LINKS, str(i)) for i in range(5)},
        "b": {str(i): parse(SECOND + LINKS, str(i)) for i in range(4)} | {"4": parse(FIRST + LINKS, "4")},
    }
    page = agreement_page.render(measure(given), 3)
    assert page.count('<details class="article') == 3
    assert "3 of 4 articles that differ are on this page; the other 1, less disputed, are left out" in page
    assert "left out" not in agreement_page.render(measure(given), 4)
