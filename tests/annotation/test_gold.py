from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation import gold
from annotation.consensus import is_same
from annotation.gold import Decision, make
from annotation.snapshot import Row
from tests.annotation.test_adjudicate import FULL, NO_PLACE, SUSPECTED, TOTAL, version, write_snapshot
from tolltrace import jsonlines
from tolltrace.documents import AnnotatedDocument, Document

CHOICES = (FULL, SUSPECTED, TOTAL, NO_PLACE)


def kinds(made: gold.Gold) -> dict[str, str]:
    return {left.document: left.kind for left in made.left_out}


def how(made: gold.Gold) -> dict[str, str]:
    return {annotated.id: annotated.document.metadata["gold"] for annotated in made.documents}


def test_gold_is_what_is_decided_or_agreed() -> None:
    versions = {
        "user-2": [version(FULL, name) for name in ("agreed", "disputed", "decided", "single", "overruled")],
        "user-3": [version(FULL, name) for name in ("agreed", "overruled")],
    }
    versions["user-3"] += [version(TOTAL, name) for name in ("disputed", "decided")]
    decisions = [Decision(version(SUSPECTED, name), "user-4") for name in ("decided", "overruled")]
    made = make(versions, decisions)
    assert how(made) == {"agreed": "agreed", "decided": "adjudicated", "overruled": "adjudicated"}
    assert kinds(made) == {"disputed": "disputed", "single": "single"}
    by_id = {annotated.id: annotated for annotated in made.documents}
    assert is_same(by_id["decided"], version(SUSPECTED)) and is_same(by_id["overruled"], version(SUSPECTED))
    assert by_id["decided"].document.metadata == {
        "gold": "adjudicated",
        "annotators": ["user-2", "user-3"],
        "adjudicators": ["user-4"],
    }
    assert by_id["agreed"].document.metadata == {"gold": "agreed", "annotators": ["user-2", "user-3"]}
    assert made.made() == {"adjudicated": 2, "agreed": 1}
    assert made.missed() == {"single": 1, "disputed": 1}


def test_single_versions_are_taken_only_when_asked_for_and_disputed_ones_never() -> None:
    versions = {"user-2": [version(FULL, "one"), version(FULL, "two")], "user-3": [version(TOTAL, "two")]}
    assert how(make(versions)) == {}
    made = make(versions, single=True)
    assert how(made) == {"one": "single"}
    assert kinds(made) == {"two": "disputed"}


def test_decisions_that_contradict_or_belong_to_nothing_are_refused_by_name() -> None:
    versions = {"user-2": [version(FULL, name) for name in ("conflict", "text", "settled")]}
    versions["user-3"] = [version(TOTAL, name) for name in ("conflict", "text", "settled")]
    changed = AnnotatedDocument(Document("text", version(FULL).text + " "))
    decisions = [
        Decision(version(FULL, "conflict"), "user-4"),
        Decision(version(TOTAL, "conflict"), "user-5"),
        Decision(version(FULL, "settled"), "user-4"),
        Decision(version(FULL, "settled"), "user-5"),
        Decision(changed, "user-4"),
        Decision(version(FULL, "stranger"), "user-4"),
    ]
    made = make(versions, decisions, single=True)
    assert kinds(made) == {"conflict": "conflict", "text": "texts", "stranger": "unknown"}
    assert [annotated.document.metadata["adjudicators"] for annotated in made.documents] == [["user-4", "user-5"]]
    told = "\n".join(map(str, made.left_out))
    assert "user-4 and user-5 contradict each other" in told
    assert "user-4 decided another text than user-2 had" in told


def test_annotators_with_different_texts_give_no_gold() -> None:
    versions = {"user-2": [version(FULL)], "user-3": [AnnotatedDocument(Document("d", "Another text."))]}
    made = make(versions, [Decision(version(FULL), "user-4")], single=True)
    assert not made.documents
    assert kinds(made) == {"d": "texts"}


def test_older_marks_in_the_metadata_give_way() -> None:
    one = version(FULL)
    before = replace(one.document, metadata={"title": "T", "gold": "single", "adjudicators": ["user-9"]})
    made = make({name: [replace(one, document=before)] for name in ("user-2", "user-3")})
    assert made.documents[0].document.metadata == {"title": "T", "gold": "agreed", "annotators": ["user-2", "user-3"]}


@given(
    st.dictionaries(
        st.sampled_from(["a", "b", "c"]),
        st.tuples(
            st.dictionaries(st.sampled_from(["user-2", "user-3", "user-4"]), st.sampled_from(CHOICES), min_size=1),
            st.lists(st.sampled_from(CHOICES), max_size=2),
        ),
    ),
    st.booleans(),
)
def test_every_article_is_gold_or_left_out_and_gold_was_decided_or_agreed(
    given: dict[str, tuple[dict[str, str], list[str]]], single: bool
) -> None:
    versions: dict[str, list[AnnotatedDocument]] = {}
    decisions = []
    for name, (held, decided) in given.items():
        for annotator, marked in held.items():
            versions.setdefault(annotator, []).append(version(marked, name))
        decisions += [Decision(version(marked, name), f"user-{n}") for n, marked in enumerate(decided, 7)]
    made = make(versions, decisions, single)
    assert sorted([*how(made), *kinds(made)]) == sorted(given)
    for annotated in made.documents:
        held, decided = given[annotated.id]
        said = set(decided) or set(held.values())
        assert len(said) == 1 and is_same(annotated, version(said.pop()))
        assert decided or single or len(held) > 1


def test_ground_truth_counts_as_adjudicated(tmp_path: Path) -> None:
    folder = write_snapshot(
        tmp_path / "s",
        {"user-2": [version(FULL, "flagged"), version(FULL, "alone")], "user-3": [version(TOTAL, "flagged")]},
        truths=("flagged", "alone"),
    )
    made = gold.from_snapshots(folder)
    assert how(made) == {"flagged": "adjudicated", "alone": "adjudicated"}
    assert all(annotated.document.metadata["ground_truth"] for annotated in made.documents)
    assert all(is_same(annotated, version(FULL)) for annotated in made.documents)
    other = write_snapshot(tmp_path / "a", {"user-4": [version(TOTAL, "flagged")]}, title="adjudication", project=2)
    assert kinds(gold.from_snapshots(folder, other)) == {"flagged": "conflict"}


def test_of_two_adjudicators_the_marked_one_decides(tmp_path: Path) -> None:
    folder = write_snapshot(tmp_path / "s", {"user-2": [version(FULL)], "user-3": [version(TOTAL)]})
    two = {"user-4": [version(SUSPECTED)], "user-5": [version(FULL)]}
    other = write_snapshot(tmp_path / "a", two, title="adjudication", project=2)
    assert kinds(gold.from_snapshots(folder, other)) == {"d": "conflict"}
    marked = write_snapshot(tmp_path / "m", two, ("d",), title="adjudication", project=2)
    (made,) = gold.from_snapshots(folder, marked).documents
    assert is_same(made, version(SUSPECTED))
    assert made.document.metadata["adjudicators"] == ["user-4"]


def test_what_was_not_kept_is_told(tmp_path: Path) -> None:
    rows = (
        Row("alone", 1, 2, "user-3", "skipped"),
        Row("gone", 2, 3, "user-2", "refused"),
        Row("alone", 1, None, "user-2", "draft"),  # beside a version that was handed in
    )
    folder = write_snapshot(tmp_path / "s", {"user-2": [version(FULL, "alone"), version(FULL, "apart")]}, rows=rows)
    made = gold.from_snapshots(folder)
    assert [str(left) for left in made.left_out] == [
        "single\talone\tuser-2 alone has it; user-3: skipped",
        "single\tapart\tuser-2 alone has it",
        "no version\tgone\tuser-2: refused",
    ]


def test_predictions_that_everybody_left_as_they_were_are_counted(tmp_path: Path) -> None:
    folder = tmp_path / "s"
    versions = {name: [version(FULL, "a"), version(FULL, "b")] for name in ("user-2", "user-3")}
    rows = tuple(Row("a", 1, 1, name, "kept", origin="prediction", model_version="m") for name in versions)
    write_snapshot(folder, versions, rows=rows)
    made = gold.from_snapshots(folder)
    assert made.taken_over == 1
    assert any("nobody changed" in line for line in gold.report_lines(made))


def run(monkeypatch: pytest.MonkeyPatch, *given: object) -> int:
    monkeypatch.setattr(sys, "argv", ["gold", *map(str, given)])
    return gold.main()


def test_the_command_writes_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_snapshot(
        tmp_path / "s", {"user-2": [version(FULL, "a"), version(FULL, "b\x1b")], "user-3": [version(FULL, "a")]}
    )
    out = tmp_path / "gold" / "batch.jsonl"
    assert run(monkeypatch, folder, "--out", out) == 0
    told = capsys.readouterr()
    assert told.out == "single\tb\tuser-2 alone has it\n"
    assert "1 articles are gold: agreed" in told.err and "1 left out (single)" in told.err
    (made,) = jsonlines.read(out)
    assert is_same(made, version(FULL))
    before = out.read_bytes()

    def fails(*_: object) -> dict[str, object]:
        raise OSError("no space left")

    with monkeypatch.context() as patched:
        patched.setattr(jsonlines, "to_json", fails)
        assert run(monkeypatch, folder, "--out", out, "--single") == 2
    assert out.read_bytes() == before
    alone = write_snapshot(tmp_path / "alone", {"user-2": [version(FULL)]})
    assert run(monkeypatch, alone, "--out", out) == 2
    assert "no article became gold" in capsys.readouterr().err
    assert out.read_bytes() == before


def test_contradictions_and_wrong_pairs_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_snapshot(tmp_path / "s", {name: [version(FULL)] for name in ("user-2", "user-3")})
    out = tmp_path / "gold.jsonl"
    assert run(monkeypatch, folder, folder, "--out", out) == 2
    assert "the annotators' own project 'articles'" in capsys.readouterr().err
    assert not out.exists()
    other = write_snapshot(tmp_path / "o", {"user-4": [version(FULL, "stranger")]}, title="elsewhere", project=2)
    assert run(monkeypatch, folder, other, "--out", out) == 1
    assert "unknown\tstranger\tuser-4 decided it, but no annotator has it" in capsys.readouterr().out
    assert out.exists()
    assert run(monkeypatch, tmp_path / "nothing", "--out", out) == 2
    assert "is no snapshot" in capsys.readouterr().err
