from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from cleanlab.token_classification.rank import get_label_quality_scores
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from annotation import held_out, label_errors
from annotation.label_errors import Doubt, doubts_of
from annotation.label_quality import QUESTIONS, Evidence, gather, link_places, span_places
from annotation.label_studio.sending import Item
from scripts.measure_label_errors import SHIPPED, judge, measure, show
from scripts.planted_errors import LINK_ERRORS, SPAN_ERRORS, plant
from tests import strategies, tiny
from tolltrace import jsonlines, markup, scheme
from tolltrace.documents import AnnotatedDocument, Document, DocumentError, Link, Span
from tolltrace.model import loading
from tolltrace.model.encoding import TAG_COUNTS, TAG_INDEX
from tolltrace.model.predictor import Predictor
from tolltrace.pipeline import annotate

MARKED = """{COUNT c1:At least 20} {VICTIM v1:civilians} were {KILLED k1:killed} in {MEANS m1:shelling} by the
{ACTOR a1:regime} on {LOCATION l1:Hajin} on {DATE d1:Thursday}, {SOURCE s1:activists} said.
-- links
c1 harm k1
c1 victim v1
c1 location l1
c1 perpetrator a1"""
SURE = 0.9
Change = Callable[[AnnotatedDocument], AnnotatedDocument]


@pytest.fixture(scope="module")
def predictor(tmp_path_factory: pytest.TempPathFactory) -> Predictor:
    return Predictor(tiny.model(tmp_path_factory.mktemp("encoder")), device="cpu", dtype=torch.float32)


@pytest.fixture
def article() -> AnnotatedDocument:
    return markup.parse("d", MARKED)


def believing(predictor: Predictor, truth: AnnotatedDocument, given: AnnotatedDocument) -> Evidence:
    """Evidence on what is given, as of a model that is ``SURE`` of the truth: its tags, and its links where the given
    spans have them."""
    right, evidence = (next(gather(predictor, [annotated])) for annotated in (truth, given))
    parts = []
    for number, size in enumerate(TAG_COUNTS):
        table = np.full((evidence.tokens.words, size), (1 - SURE) / (size - 1), dtype=np.float32)
        table[np.arange(len(table)), right.gold.tags[number]] = SURE
        parts.append(table)
    links = np.full_like(evidence.links, 1 - SURE)
    known = {(k.head, k.label, k.tail) for k in truth.links}
    for row, (head, tail) in enumerate(evidence.pairs.pairs):
        for number, name in enumerate(scheme.LINK_NAMES):
            if (evidence.span_at(int(head)), name, evidence.span_at(int(tail))) in known:
                links[row, number] = SURE
    thresholds = dict.fromkeys(scheme.LINK_NAMES, 0.5)
    tags = np.concatenate(parts, axis=1)
    return replace(evidence, predicted=truth, tags=tags, links=links, thresholds=thresholds)


def span(article: AnnotatedDocument, label: str) -> Span:
    return next(s for s in article.spans if s.label == label)


def exchanged(article: AnnotatedDocument, old: Span, new: Span | None) -> AnnotatedDocument:
    ends = {s: s for s in article.spans} | {old: new}
    links = [Link(h, k.label, t) for k in article.links if (h := ends[k.head]) and (t := ends[k.tail])]
    spans = [s for s in ends.values() if s]
    return AnnotatedDocument(article.document, tuple(spans), tuple(links))


def linked(article: AnnotatedDocument, links: list[Link]) -> AnnotatedDocument:
    return AnnotatedDocument(article.document, article.spans, tuple(links))


def test_a_model_does_not_doubt_what_it_believes(predictor: Predictor, article: AnnotatedDocument) -> None:
    assert doubts_of(believing(predictor, article, article)) == []


def test_a_wrong_label_is_one_doubt(predictor: Predictor, article: AnnotatedDocument) -> None:
    count = span(article, "COUNT")
    wrong = exchanged(article, count, replace(count, label="TOTAL"))
    (doubt,) = (d for d in doubts_of(believing(predictor, article, wrong)) if d.kind != "link")
    assert (doubt.kind, doubt.start, doubt.end, doubt.line, doubt.words) == ("label", 0, 11, 1, "At least 20")
    assert (doubt.annotated, doubt.model) == ("TOTAL 'At least 20'", "COUNT 'At least 20'")
    assert str(doubt) == "line 1, label: annotated TOTAL 'At least 20'; the model reads COUNT 'At least 20'"


def test_a_moved_border_is_one_doubt_over_both_spans(predictor: Predictor, article: AnnotatedDocument) -> None:
    count = span(article, "COUNT")
    wrong = exchanged(article, count, replace(count, start=9))
    doubts = [d for d in doubts_of(believing(predictor, article, wrong)) if d.kind != "link"]
    assert [(d.kind, d.start, d.end, d.annotated, d.model) for d in doubts] == [
        ("border", 0, 11, "COUNT '20'", "COUNT 'At least 20'")
    ]


def test_a_border_within_a_word_is_doubted_as_surely(predictor: Predictor, article: AnnotatedDocument) -> None:
    place = span(article, "LOCATION")
    wrong = exchanged(article, place, replace(place, end=place.end - 1))
    (doubt,) = (d for d in doubts_of(believing(predictor, article, wrong)) if d.kind != "link")
    assert (doubt.kind, doubt.annotated, doubt.model) == ("border", "LOCATION 'Haji'", "LOCATION 'Hajin'")
    assert doubt.confidence > 0.5


def test_extra_and_missed_spans(predictor: Predictor, article: AnnotatedDocument) -> None:
    more = AnnotatedDocument(article.document, (*article.spans, Span(34, 36, "ACTOR")), article.links)
    (extra,) = doubts_of(believing(predictor, article, more))
    assert (extra.kind, extra.annotated, extra.model) == ("extra", "ACTOR 'in'", "nothing")
    fewer = exchanged(article, span(article, "DATE"), None)
    (missed,) = doubts_of(believing(predictor, article, fewer))
    assert (missed.kind, missed.annotated, missed.model) == ("missed", "nothing", "DATE 'Thursday'")
    others = len(scheme.layer_tags("entities")) - 1
    assert missed.confidence == pytest.approx(1 - (1 - SURE) / others, abs=1e-3)


def test_the_confidence_of_a_place_is_cleanlabs_score_of_a_sentence(
    predictor: Predictor, article: AnnotatedDocument
) -> None:
    wrong = exchanged(article, span(article, "COUNT"), replace(span(article, "COUNT"), start=9))
    evidence = believing(predictor, article, wrong)
    words = evidence.words_in(0, 11)
    assert len(words) == 3
    layer = scheme.LAYERS.index("casualties")
    table = np.split(evidence.tags, np.cumsum(TAG_COUNTS)[:-1], axis=1)[layer][words]
    given_tags = [TAG_INDEX["casualties"][tag] for tag in ("O", "O", "B-COUNT")]
    scores, _ = get_label_quality_scores([given_tags], [table.astype(float)], sentence_score_method="softmin")
    doubt = next(d for d in doubts_of(evidence) if d.kind == "border")
    assert doubt.confidence == pytest.approx(1 - scores[0], abs=1e-4)


@pytest.mark.parametrize(
    ("change", "annotated", "model"),
    [
        (lambda a: [k for k in a.links if k.label != "victim"], "no victim", "victim 'civilians'"),
        (
            lambda a: [replace(k, label="suspected") if k.label == "perpetrator" else k for k in a.links],
            "suspected 'regime'",
            "perpetrator 'regime'",
        ),
        (
            lambda a: [*a.links, Link(span(a, "COUNT"), "means", span(a, "MEANS"))],
            "means 'shelling'",
            "no means",
        ),
    ],
)
def test_an_answer_about_a_figure_is_one_doubt(
    predictor: Predictor,
    article: AnnotatedDocument,
    change: Callable[[AnnotatedDocument], list[Link]],
    annotated: str,
    model: str,
) -> None:
    (doubt,) = doubts_of(believing(predictor, article, linked(article, change(article))))
    assert (doubt.kind, doubt.annotated, doubt.model) == ("link", annotated, model)
    assert (doubt.words, doubt.start) == ("At least 20", 0)
    assert doubt.confidence == pytest.approx(SURE, abs=1e-3)
    assert str(doubt).startswith("line 1, link of 'At least 20': annotated ")


def test_every_link_answers_one_question() -> None:
    assert sorted(link for links in QUESTIONS.values() for link in links) == list(range(len(scheme.LINK_NAMES)))
    assert [scheme.LINK_NAMES[link] for link in QUESTIONS["blame"]] == list(scheme.RESPONSIBILITY_LINKS)


def test_places_are_all_that_differs(predictor: Predictor, article: AnnotatedDocument) -> None:
    """With a model that knows nothing, every span that one side has alone is in one place, every link too."""
    evidence = next(gather(predictor, [article]))
    places = list(span_places(evidence))
    for place in places:
        assert {s.layer for s in (*place.gold, *place.model)} == {place.layer}
    gold = [s for place in places for s in place.gold]
    model = [s for place in places for s in place.model]
    assert sorted(gold) == sorted(set(article.spans) - set(evidence.predicted.spans))
    assert sorted(model) == sorted(set(evidence.predicted.spans) - set(article.spans))
    assert {p.question for p in link_places(evidence)} <= set(QUESTIONS)
    assert all(0 <= doubt.confidence <= 1 for doubt in doubts_of(evidence))


def test_articles_in_one_batch_are_judged_as_alone(predictor: Predictor, article: AnnotatedDocument) -> None:
    other = markup.parse("e", "No casualties.\n\n" + MARKED)
    empty = AnnotatedDocument(Document("f", ""))
    together = [doubts_of(e) for e in gather(predictor, [article, empty, other])]
    alone = [doubts_of(next(gather(predictor, [a]))) for a in (article, empty, other)]
    assert [[str(d) for d in doubts] for doubts in together] == [[str(d) for d in doubts] for doubts in alone]
    assert together[1] == []
    for one, two in zip(together, alone, strict=True):
        assert [d.confidence for d in one] == pytest.approx([d.confidence for d in two], abs=1e-3)


def test_what_no_model_can_judge_is_counted(predictor: Predictor, article: AnnotatedDocument) -> None:
    predictor.config.reach, before = 3, predictor.config.reach
    try:
        evidence = next(gather(predictor, [article]))
    finally:
        predictor.config.reach = before
    assert evidence.unjudged == (0, 3)
    nothing_read = replace(evidence, tokens=replace(evidence.tokens, offsets=evidence.tokens.offsets[:0]))
    assert replace(nothing_read, gold=replace(evidence.gold, lost=article.spans)).unjudged[0] == len(article.spans)


def doubt(confidence: float, document: str = "d", kind: str = "label", start: int = 0) -> Doubt:
    return Doubt(confidence, kind, document, 1, start, start + 2, "20", "COUNT '20'", "TOTAL '20'")


def test_a_review_gets_each_article_once_with_both_readings_and_its_doubts(
    predictor: Predictor, article: AnnotatedDocument
) -> None:
    other = replace(article, document=replace(article.document, id="e"))
    gold = {"d": article, "e": other, "f": replace(article, document=replace(article.document, id="f"))}
    readings = {name: annotate(predictor, [a.document])[0].annotated for name, a in gold.items()}
    doubts = [doubt(0.99, "e"), doubt(0.8), doubt(0.7, "e", "link", 9)]
    items = label_errors.review_items(doubts, gold, readings)
    assert [item.document.id for item in items] == ["e", "d"]
    assert items[0].versions == {"gold": other, "model": readings["e"]}
    assert items[0].question.splitlines()[1:] == [
        "1. line 1, label: annotated COUNT '20'; the model reads TOTAL '20' (99% sure)",
        "2. line 1, link of '20': annotated COUNT '20'; the model reads TOTAL '20' (70% sure)",
    ]
    assert "may be wrong" in items[0].question.splitlines()[0]


def test_words_of_an_article_cannot_break_out_of_their_line(predictor: Predictor) -> None:
    text = "Shelling killed 20\u2028\x1b[31m\ncivilians."
    article = AnnotatedDocument(Document("d", text), (Span(16, len(text) - 1, "VICTIM"), Span(0, 8, "MEANS")))
    lines = [str(d) for d in doubts_of(believing(predictor, AnnotatedDocument(article.document), article))]
    assert len(lines) == 2
    assert all(line.isprintable() for line in lines)


@pytest.fixture
def folds(tmp_path: Path, article: AnnotatedDocument) -> Path:
    """Folds of three documents and two models."""
    folder = tmp_path / "folds"
    folder.mkdir()
    text = hashlib.sha256(article.text.encode()).hexdigest()
    rows = [{"model": "fold-1", "documents": {"a": text, "c": text}}, {"model": "fold-2", "documents": {"b": text}}]
    (folder / "folds.json").write_text(json.dumps({"folds": rows}), encoding="utf-8")
    return folder


def named(article: AnnotatedDocument, *names: str) -> dict[str, AnnotatedDocument]:
    return {name: replace(article, document=replace(article.document, id=name)) for name in names}


def test_each_article_is_judged_by_the_model_that_held_it_out(folds: Path, article: AnnotatedDocument) -> None:
    judges = held_out.judges_of(folds, named(article, "a", "b", "c"))
    assert [(Path(str(model)).name, [a.id for a in documents]) for model, documents in judges] == [
        ("fold-1", ["a", "c"]),
        ("fold-2", ["b"]),
    ]


def test_articles_that_no_fold_has_held_out_are_refused(folds: Path, article: AnnotatedDocument) -> None:
    with pytest.raises(DocumentError, match="1 of 2 documents, such as 'x', are in no fold"):
        held_out.judges_of(folds, named(article, "a", "x"))
    changed = {"a": markup.parse("a", "Other words.")}
    with pytest.raises(DocumentError, match="with this text"):
        held_out.judges_of(folds, changed)
    with pytest.raises(DocumentError, match=r"training\.cross_validate"):
        held_out.judges_of(folds / "nowhere", named(article, "a"))


@pytest.fixture
def command(
    predictor: Predictor, tmp_path: Path, article: AnnotatedDocument, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., int]:
    """The command on a file of three articles, with an untrained model in the place of all others."""
    data = tmp_path / "gold.jsonl"
    jsonlines.write(data, named(markup.parse("d", "A line.\n" + MARKED), "a", "b", "c").values())
    model = loading.LoadedModel(predictor.network, predictor.tokenizer, "tiny")
    monkeypatch.setattr(loading, "load", lambda _: model)
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: label_errors.main([str(data), *map(str, arguments)])


def test_the_command_shows_the_surest_and_writes_all(
    command: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("--top", 5, "--json", tmp_path / "all.json") == 0
    lines = capsys.readouterr().out.splitlines()
    rows = json.loads((tmp_path / "all.json").read_text(encoding="utf-8"))
    assert len(lines) == 5 < len(rows)
    assert [row["confidence"] for row in rows] == sorted((row["confidence"] for row in rows), reverse=True)
    assert all(
        line.startswith(f"{r['confidence']:.3f} {r['document']} line ") for line, r in zip(lines, rows, strict=False)
    )
    text = "A line.\n" + markup.parse("d", MARKED).text
    for row in rows:
        assert row["words"] == " ".join(text[row["start"] : row["end"]].split())[:100]
        assert row["line"] == text.count("\n", 0, row["start"]) + 1
    assert {row["document"] for row in rows} == {"a", "b", "c"}


def test_the_command_takes_folds(
    command: Callable[..., int], folds: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert command("--folds", folds) == 2
    assert "are in no fold" in capsys.readouterr().err  # the articles have a line more than those of the folds
    rows = json.loads((folds / "folds.json").read_text(encoding="utf-8"))
    text = hashlib.sha256(("A line.\n" + markup.parse("d", MARKED).text).encode()).hexdigest()
    for fold in rows["folds"]:
        fold["documents"] = dict.fromkeys(fold["documents"], text)
    (folds / "folds.json").write_text(json.dumps(rows), encoding="utf-8")
    loaded: list[str] = []
    load = loading.load

    def spying(name: str) -> loading.LoadedModel:
        loaded.append(Path(name).name)
        return load(name)

    monkeypatch.setattr(loading, "load", spying)
    assert command("--folds", folds) == 0
    assert loaded == ["fold-1", "fold-2"]


def test_a_model_that_learned_the_articles_is_warned_of(
    command: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "splits.json").write_text(json.dumps({"a": "train", "b": "validation", "c": "test"}), encoding="utf-8")
    (tmp_path / "run").mkdir()
    run = {"config": {"data": {"splits": str(tmp_path / "splits.json")}}}
    (tmp_path / "run" / "run.json").write_text(json.dumps(run), encoding="utf-8")
    assert command("--model", tmp_path / "run") == 0
    assert "trained on 2 of these 3 documents" in capsys.readouterr().err
    assert command("--model", tmp_path) == 0
    assert "warning" not in capsys.readouterr().err


def test_only_articles_of_shown_doubts_are_pushed(
    command: Callable[..., int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[tuple[str, list[Item]]] = []

    def push(title: str, items: list[Item], console: Console) -> int:
        sent.append((title, items))
        return 0

    monkeypatch.setattr(label_errors, "push", push)
    assert command("--top", 1, "--json", tmp_path / "all.json", "--push", "review") == 0
    ((title, (item,)),) = sent
    first = json.loads((tmp_path / "all.json").read_text(encoding="utf-8"))[0]
    assert (title, item.document.id) == ("review", first["document"])
    assert set(item.versions) == {"gold", "model"}
    assert item.versions["gold"].links and all(v.document == item.document for v in item.versions.values())


def copies(article: AnnotatedDocument, number: int) -> list[AnnotatedDocument]:
    return list(named(article, *(f"d{n}" for n in range(number))).values())


def test_planted_errors_are_as_many_as_asked_for_and_known(article: AnnotatedDocument) -> None:
    documents = copies(article, 40)
    drafts = plant(documents, 0.05, seed=3)
    planted = [p for draft in drafts for p in draft.planted]
    assert sum(not p.of_links for p in planted) == round(0.05 * 8 * 40)
    assert len({p.kind for p in planted if not p.of_links}) == len(SPAN_ERRORS)
    assert {p.kind for p in planted if p.of_links} <= {"link removed", "link moved", "link renamed"}
    assert len(LINK_ERRORS) == 3
    for draft, before in zip(drafts, documents, strict=True):
        changed = set(draft.annotated.spans) ^ set(before.spans)
        touched = [p for p in draft.planted if not p.of_links]
        assert all(any(p.start <= s.start and s.end <= p.end and s.layer == p.where for p in touched) for s in changed)
        assert bool(touched) == bool(changed)
    assert plant(documents, 0.05, seed=3) == drafts
    assert plant(documents, 0.05, seed=4) != drafts


@given(strategies.annotated_documents(), st.integers(0, 99))
def test_planting_keeps_any_document_valid(annotated: AnnotatedDocument, seed: int) -> None:
    (draft,) = plant([annotated], 0.5, seed)
    assert draft.annotated.document == annotated.document
    same = (draft.annotated.spans, draft.annotated.links) == (annotated.spans, annotated.links)
    assert same == (not draft.planted)


def test_average_precision_counts_an_error_once_and_the_unfound_as_nothing() -> None:
    found = [(0, 0), None, (0, 1), (0, 0)]
    figures = judge([0.9, 0.8, 0.7, 0.6], found, planted=4)
    assert figures == {"average precision": (1 / 1 + 2 / 3) / 4, "reachable": 0.5}
    assert judge([0.6, 0.9, 0.8, 0.7], found, planted=4)["average precision"] == (1 / 2 + 2 / 3) / 4
    many = judge(np.linspace(1, 0, 60).tolist(), [(0, n) if n % 2 else None for n in range(60)], planted=60)
    assert many["first 50"] == 0.5


@pytest.mark.filterwarnings("ignore:May not flag all label issues")
def test_every_order_is_measured_on_the_same_places(
    predictor: Predictor, article: AnnotatedDocument, capsys: pytest.CaptureFixture[str]
) -> None:
    drafts = plant(copies(article, 30), 0.1, seed=1)
    planted = [p for draft in drafts for p in draft.planted]
    run = measure(predictor, drafts, seed=1)
    assert run["planted"] == {
        what: sum(p.of_links == (what == "links") for p in planted) for what in ("spans", "links")
    }
    for what, name in SHIPPED.items():
        orders = run["orders"][what]
        assert name in orders and len(orders) > 4
        assert len({figures["reachable"] for figures in orders.values()}) == 1
        assert all(0 <= value <= 1 for figures in orders.values() for value in figures.values())
    assert set(run["caught"]) == {p.kind for p in planted}
    show([run, run], Console())
    assert f"{run['planted']['spans']} planted among" in capsys.readouterr().out
