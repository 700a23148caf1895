from __future__ import annotations

import csv
import dataclasses
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from rich.console import Console

from annotation import measures, queue
from annotation.measures import NAMES, Measures, Store, join, measure
from tests import tiny
from tolltrace import jsonlines, markup, scheme
from tolltrace.documents import AnnotatedDocument, Document
from tolltrace.model import loading
from tolltrace.model.decoding import decode_tags
from tolltrace.model.encoding import tokenize
from tolltrace.model.predictor import Predictor
from tolltrace.reading import InputError

MARKED = """{COUNT c1:At least 20} {VICTIM v1:civilians} were {KILLED k1:killed} in {MEANS m1:shelling} by the regime
on {LOCATION l1:Hajin} on {DATE d1:Thursday}, {SOURCE s1:activists} said. The army denied it.
-- links
c1 harm k1
c1 victim v1
c1 location l1"""
TEXTS = {
    "a": "At least 20 civilians were killed in airstrikes on Hajin on Thursday, activists said. The army denied it.",
    "b": "The Syrian Observatory for Human Rights reported 1,200 dead since September 10. “No casualties” — élan.",
    "c": "Islamic State militants claimed the car bomb. Three fighters were wounded.\n\nAt least 20 were killed by it.",
    "d": "on on on",
}


@pytest.fixture
def predictor(tmp_path: Path) -> Predictor:
    return Predictor(tiny.model(tmp_path / "encoder"), device="cpu", dtype=torch.float32)


@pytest.fixture
def console() -> Console:
    return Console(file=open("/dev/null", "w", encoding="utf-8"))


def documents() -> list[Document]:
    return [Document(name, text) for name, text in TEXTS.items()]


def rows(made: Measures) -> Iterator[tuple[object, ...]]:
    for row, name in enumerate(made.ids):
        yield name, *(getattr(made, array)[row].tolist() for array in measures.ARRAYS)


def test_errors_and_expected_spans_are_sums_over_words(predictor: Predictor, monkeypatch: pytest.MonkeyPatch) -> None:
    document = documents()[0]
    tokens = tokenize(predictor.tokenizer, [document.text], [[(0, len(document.text))]])[0]
    wrong, spans, likeliest = 0.0, dict.fromkeys(scheme.LABEL_NAMES, 0.0), 0.0
    for word in predictor.tag_probabilities(predictor.states([tokens])):
        at, figure = 0, 0.0
        for layer in scheme.LAYERS:
            tags = scheme.layer_tags(layer)
            chances = dict(zip(tags, word[at : at + len(tags)].tolist(), strict=True))
            at += len(tags)
            wrong += 1 - max(chances.values())
            for name in scheme.layer_labels(layer):
                spans[name] += chances[f"B-{name}"]
                figure += chances[f"B-{name}"] if name in scheme.COUNT_LABELS else 0
        likeliest = max(likeliest, figure)
    monkeypatch.setattr(predictor, "link_probabilities", lambda _s, _t, _p, options: np.zeros(options[0].allowed.shape))
    made = measure(predictor, [document])
    expected = made.expected[0].tolist()
    assert expected[: len(spans)] == pytest.approx(list(spans.values()), rel=1e-3)
    assert not any(expected[len(spans) :])
    assert float(made.errors[0]) == pytest.approx(wrong, rel=1e-3)
    assert float(made.figure[0]) == pytest.approx(likeliest, rel=1e-4)


def test_links_are_expected_where_the_scheme_allows_them(predictor: Predictor, monkeypatch: pytest.MonkeyPatch) -> None:
    document = documents()[0]
    tokens = tokenize(predictor.tokenizer, [document.text], [[(0, len(document.text))]])[0]
    chances = predictor.tag_probabilities(predictor.states([tokens]))
    places = decode_tags(np.log(chances), [tokens.words])[0].places.tolist()
    labels = [scheme.LABEL_NAMES[label] for _, _, label in places]
    heads = [place for place, label in enumerate(labels) if label in scheme.COUNT_LABELS]
    number = {
        (head, link.name): sum(label in link.tails for place, label in enumerate(labels) if place != head)
        for head in heads
        for link in scheme.LINKS
    }
    assert sum(number.values())

    def links(chance: float) -> Measures:
        monkeypatch.setattr(
            predictor, "link_probabilities", lambda _s, _t, _p, options: np.full(options[0].allowed.shape, chance)
        )
        return measure(predictor, [document])

    made = links(0.3)
    for link, found in zip(scheme.LINKS, made.expected[0, len(scheme.LABELS) :].tolist(), strict=True):
        assert found == pytest.approx(0.3 * sum(number[head, link.name] for head in heads), rel=1e-4)
    fields = sum(1 - 0.7**pairs for pairs in number.values())
    assert float(made.errors[0] - links(0.0).errors[0]) == pytest.approx(fields, rel=1e-3)


def test_a_figures_links_of_one_label_are_wrong_together() -> None:
    heads = np.array([3, 3, 3, 8])
    chances = np.array([[0.9, 0.0], [0.2, 0.5], [0.0, 0.0], [0.4, 1.0]], dtype=np.float32)
    wrong = (1 - 0.9 * 0.8) + (1 - 0.5) + (1 - 0.6) + 0
    assert measures._wrong_fields(heads, chances) == pytest.approx(wrong)
    assert measures._wrong_fields(heads[:0], chances[:0]) == 0


def test_measures_do_not_depend_on_the_batch(predictor: Predictor) -> None:
    together = list(rows(measure(predictor, documents())))
    for document, row in zip(documents(), together, strict=True):
        (alone,) = rows(measure(predictor, [document]))
        for one, other in zip(alone, row, strict=True):
            assert one == (other if isinstance(other, str) else pytest.approx(other, rel=1e-2, abs=2e-3))


def test_furniture_alone_and_nothing_to_read_give_a_row_too(predictor: Predictor) -> None:
    made = measure(predictor, [Document("x", " \n "), Document("y", "killed")])
    assert (made.words.tolist(), made.errors[0], made.figure[0]) == ([0, 1], 0, 0)
    assert not made.vectors[0].any() and made.vectors[1].any()
    assert len(measure(predictor, [Document("x", "\n")])) == 1


def test_vectors_are_of_the_sentences_with_figures(predictor: Predictor, monkeypatch: pytest.MonkeyPatch) -> None:
    document = documents()[2]
    tokens = tokenize(predictor.tokenizer, [document.text], [[(0, len(document.text))]])[0]
    states = predictor.states([tokens])
    begins = predictor.tag_probabilities(states)[:, measures._BEGINS]
    figures = begins[:, [scheme.LABEL_NAMES.index(name) for name in scheme.COUNT_LABELS]].sum(axis=1)
    monkeypatch.setattr(measures, "FIGURE", float(figures.max()))
    inside = tokens.sentence == tokens.sentence[figures.argmax()]
    assert 0 < inside.sum() < len(inside)
    wanted = states.numpy()[inside].mean(axis=0)
    assert measure(predictor, [document]).vectors[0].tolist() == pytest.approx(wanted.tolist(), abs=2e-3)
    monkeypatch.setattr(measures, "FIGURE", 1.1)
    everything = states.numpy().mean(axis=0).tolist()
    assert measure(predictor, [document]).vectors[0].tolist() == pytest.approx(everything, abs=2e-3)


def test_no_article_is_measured_twice_and_a_changed_one_is(
    predictor: Predictor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = queue.measured(predictor, Store(tmp_path, predictor), documents())
    assert first.ids == tuple(TEXTS)
    asked: list[str] = []

    def counting(predictor: Predictor, batch: list[Document]) -> Measures:
        asked.extend(document.id for document in batch)
        return measure(predictor, batch)

    monkeypatch.setattr(queue, "measure", counting)
    again = queue.measured(predictor, Store(tmp_path, predictor), documents())
    assert list(rows(again)) == list(rows(first)) and asked == []
    changed = [Document("a", "No casualties."), *documents()[1:3]]
    assert set(queue.measured(predictor, Store(tmp_path, predictor), changed).ids) == {"a", "b", "c"}
    assert asked == ["a"]
    predictor.version = "another"
    queue.measured(predictor, Store(tmp_path, predictor), documents())
    assert asked == ["a", *TEXTS]


def test_a_stop_loses_one_batch_at_most(predictor: Predictor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measures, "BATCH_DOCUMENTS", 1)

    def stopping() -> Iterator[Document]:
        yield from documents()[:3]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        queue.measured(predictor, Store(tmp_path, predictor), stopping())
    store = Store(tmp_path, predictor)
    assert [document in store for document in documents()] == [True, True, False, False]
    assert not list(tmp_path.rglob("*.partial"))


def test_texts_do_not_pile_up(predictor: Predictor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    handed = done = most = 0
    row = measure(predictor, [Document("x", "killed")])

    def fake(_: Predictor, batch: list[Document]) -> Measures:
        nonlocal done, most
        most = max(most, handed - done)
        done += len(batch)
        assert sum(len(document.text) for document in batch) <= 300 or len(batch) == 1
        return dataclasses.replace(
            join([row] * len(batch), predictor.network.encoder.config.hidden_size),
            ids=tuple(document.id for document in batch),
            checksums=np.array([measures.checksum(d.text) for d in batch], dtype=np.uint64),
        )

    def stream() -> Iterator[Document]:
        nonlocal handed
        for number in range(200):
            handed += 1
            yield Document(f"d{number}", "long " * 90 if number % 7 == 0 else f"number {number}")

    monkeypatch.setattr(queue, "measure", fake)
    monkeypatch.setattr(measures, "BATCH_CHARACTERS", 300)
    monkeypatch.setattr(measures, "BATCH_DOCUMENTS", 8)
    found = queue.measured(predictor, Store(tmp_path, predictor), stream())
    assert sorted(found.ids) == sorted(f"d{number}" for number in range(200))
    assert most <= 9


def test_everything_left_out_has_its_reason(
    predictor: Predictor, tmp_path: Path, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("annotation.selection.FIGURE", 0.0)
    gold = markup.parse("gold", MARKED)
    pool: list[Document | InputError] = [
        *documents()[:3],
        Document("gold", "whatever it says now"),
        Document("copy", gold.text + " Agencies"),
        Document("c2", TEXTS["c"] + " Reuters"),
        InputError("bad.html", "no text", document_id="bad"),
    ]
    made = queue.build(predictor, Store(tmp_path, predictor), pool, [gold], 2, 1, console)
    chosen = [made.pool.ids[choice.row] for choice in made.choices]
    told = {left.article: (left.reason, left.detail) for left in made.left}
    assert len(chosen) == 2 and len(chosen) + len(made.left) == len(pool)
    assert set(chosen) | set(told) == {"a", "b", "c", "gold", "copy", "c2", "bad"}
    assert told["gold"] == (queue.LABELLED, "")
    assert told["copy"] == (queue.LIKE_LABELLED, "gold")
    assert told["bad"] == (queue.UNREADABLE, "bad.html: no text")
    if twin := {"c", "c2"} & set(chosen):
        (other,) = {"c", "c2"} - twin
        assert told[other] == (queue.LIKE_CHOSEN, *twin)
    words = sum(int(made.pool.words[choice.row]) for choice in made.choices)
    assert queue.summary(made).startswith(f"2 articles chosen, {words} words; left out: ")
    monkeypatch.setattr("annotation.selection.FIGURE", 1.1)
    quiet = queue.build(predictor, Store(tmp_path, predictor), pool[:3], [gold], 2, 1, console)
    assert not quiet.choices and {left.reason for left in quiet.left} == {queue.NO_FIGURES}


def test_an_article_that_changes_or_goes_stops_the_queue(
    predictor: Predictor, tmp_path: Path, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("annotation.selection.FIGURE", 0.0)
    made = queue.build(predictor, Store(tmp_path, predictor), documents()[:2], [], 2, 1, console)
    fetched = queue.fetch(made, documents(), "v1")
    assert [d.metadata["queue"]["place"] for d in fetched] == [1, 2]
    assert {d.metadata["queue"]["model"] for d in fetched} == {"v1"}
    with pytest.raises(queue.QueueError, match="'a' changed while the queue was made"):
        queue.fetch(made, [Document("a", "another text"), documents()[1]], "v1")
    with pytest.raises(queue.QueueError, match="went away while the queue was made: a; run it again"):
        queue.fetch(made, documents()[1:], "v1")


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The arguments of a run over a folder with a text, a page and a table, two of the articles with figures."""
    folder = tmp_path / "pool"
    folder.mkdir()
    (folder / "one [b].txt").write_text(TEXTS["a"], encoding="utf-8")
    page = "<html><body><article>" + "".join(f"<p>{TEXTS['b']} {n} killed.</p>" for n in range(9)) + "</article></body>"
    (folder / "two.html").write_text(page, encoding="utf-8")
    rows = [{"id": name, "text": text, "outlet": "Wire"} for name, text in TEXTS.items()]
    (folder / "three.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows) + "{\n", encoding="utf-8")
    jsonlines.write(tmp_path / "gold.jsonl", [markup.parse("a", MARKED)])
    model = tiny.model(tmp_path / "encoder")
    monkeypatch.setattr(loading, "load", lambda name: model)
    monkeypatch.setattr("annotation.selection.FIGURE", 0.0)
    given = ["--labelled", tmp_path / "gold.jsonl", "--measures", tmp_path / "m", "--out", tmp_path / "out.jsonl"]
    yield ["queue", str(folder), *map(str, given), "--size", "3", "--left-out", str(tmp_path / "left.csv")]


def test_the_command_writes_a_queue_that_is_a_pool_again(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", command)
    assert queue.main() == 0
    printed, errors = capsys.readouterr()
    written = list(jsonlines.read(tmp_path / "out.jsonl"))
    assert len(written) == 3 and not any(annotated.spans for annotated in written)
    by_id = {"one [b]": TEXTS["a"], **TEXTS}
    for place, annotated in enumerate(written, 1):
        said = annotated.document.metadata["queue"]
        assert said["place"] == place and said["why"] == "ranked"
        assert annotated.text == by_id.get(annotated.id, annotated.text)
        assert f"{said['corrections_per_100_words']:.1f}" in printed and annotated.id in printed
    with open(tmp_path / "left.csv", encoding="utf-8-sig", newline="") as lines:
        left = {row["article"]: row["reason"] for row in csv.DictReader(lines)}
    assert left["a"] == queue.LABELLED and queue.UNREADABLE in left.values()
    assert len(written) + len(left) == 7
    assert "three.jsonl:5: malformed JSON" in "".join(errors.split("\n"))

    def refuse(*_: object) -> Measures:
        raise AssertionError("measured again")

    monkeypatch.setattr(queue, "measure", refuse)
    assert queue.main() == 0
    assert list(jsonlines.read(tmp_path / "out.jsonl")) == written


def test_the_queue_is_pushed_from_its_file(command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from annotation import push

    sent: list[list[str]] = []

    def main(given: list[str]) -> int:
        assert Path(given[0]).exists()
        sent.append(given)
        return 3

    monkeypatch.setattr(push, "main", main)
    monkeypatch.setattr(sys, "argv", [*command, "--push", "Next"])
    assert queue.main() == 3
    monkeypatch.setattr(sys, "argv", [*command, "--push", "Next", "--blind"])
    assert queue.main() == 3
    out = str(tmp_path / "out.jsonl")
    assert sent == [[out, "--project", "Next", "--model", "default"], [out, "--project", "Next", "--blind"]]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["-"], "the pool is read twice"),
        (["x", "--size", "0"], "--size must be at least 1, not 0"),
        (["x", "--push", "Next"], "give --out"),
    ],
)
def test_arguments_that_cannot_work_are_refused(
    given: list[str], message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["queue", *given])
    with pytest.raises(SystemExit):
        queue.main()
    assert message in capsys.readouterr().err


def test_a_missing_corpus_is_an_error_that_names_it(command: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["queue", "x", "--labelled", "nowhere.jsonl"])
    with pytest.raises(SystemExit, match=r"nowhere\.jsonl"):
        queue.main()


def test_gold_is_counted_by_label() -> None:
    gold = markup.parse("d", MARKED)
    empty = join([], 4)
    counts = dict(zip(NAMES, queue.labelled_from([gold, AnnotatedDocument(gold.document)], empty).counts, strict=True))
    assert (counts["COUNT"], counts["harm"], counts["location"], counts["LOCATION"], counts["updates"]) == (
        1,
        1,
        1,
        1,
        0,
    )
