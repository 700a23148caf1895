"""What a task's rows come to, one task at a time and settled over all, without a server."""

from __future__ import annotations

import tracemalloc
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from annotation.arrivals import UNKNOWN, annotator_of, arrivals, task_of
from annotation.label_studio.tasks import to_data
from annotation.snapshot import stream
from annotation.snapshot_writer import Writer
from annotation.spool import Settled, Spool
from tests.annotation.malformed import DOCUMENT, WORDS, actor, count, good, harm, links
from tolltrace.documents import Document

DAY = "2026-12-01T00:00:{:02}Z"


def row(
    number: int = 1, *annotations: Mapping[str, Any], document: Document = DOCUMENT, **changes: Any
) -> dict[str, Any]:
    return {"id": number, "data": to_data(document), "annotations": list(annotations), "drafts": [], **changes}


def annotation(number: int, result: Any = None, by: Any = 2, second: int = 0, **changes: Any) -> dict[str, Any]:
    facts = {"id": number, "completed_by": by, "result": good() if result is None else result, "lead_time": 12.5}
    times = {"created_at": DAY.format(0), "updated_at": DAY.format(second)}
    return {**facts, **times, "was_cancelled": False, "ground_truth": False, **changes}


def settle(folder: Path, *rows: dict[str, Any]) -> list[Settled]:
    with Spool(folder / "spool.sqlite") as spool:
        for value in rows:
            task = task_of(value)
            spool.add_task(task)
            for arrival in arrivals(task, value):
                spool.add(arrival, task.text)
        settled = list(spool.settled())
    assert list(folder.iterdir()) == []
    return settled


def states(settled: list[Settled]) -> list[tuple[int | None, str]]:
    return [(one.row.annotation, one.row.state) for one in settled]


def test_states_are_told_apart(tmp_path: Path) -> None:
    draft = {"id": 9, "user": "bob@example.org", "created_username": "Bob, M. bob@example.org, 3", "result": [count()]}
    settled = settle(
        tmp_path,
        row(
            1,
            annotation(4, by=5, result=[]),
            annotation(1),
            annotation(2, by={"id": 3, "email": "bob@example.org"}, was_cancelled=True),
            annotation(3, by=4, result=[count()]),
            drafts=[draft, {**draft, "id": 10, "annotation": 3}],
        ),
    )
    rows = [one.row for one in settled]
    assert [(r.annotation, r.annotator, r.state) for r in rows] == [
        (1, "user-2", "kept"),
        (2, "user-3", "skipped"),
        (3, "user-4", "refused"),
        (4, "user-5", "empty"),
        (None, "user-3", "draft"),
        (None, "user-3", "draft"),
    ]
    assert (rows[0].document, rows[0].task, rows[0].lead_time, rows[0].updated) == ("six", 1, 12.5, DAY.format(0))
    assert [one.version is not None for one in settled] == [True, False, False, True, False, False]
    assert settled[1].raw["result"] == good()  # a skipped one keeps its spans
    assert rows[5].reason == "changes to annotation 3, not submitted"
    assert all("example.org" not in repr(one) and "Bob" not in repr(one) for one in settled)


def test_a_changed_text_makes_its_annotations_stale(tmp_path: Path) -> None:
    changed = row(1, annotation(1), annotation(2, by=3, was_cancelled=True))
    changed["data"]["text"] = "Seven" + changed["data"]["text"][3:]
    settled = settle(tmp_path, changed)
    assert states(settled) == [(1, "stale"), (2, "skipped")]
    assert "changed after it was sent" in settled[0].row.reason
    assert settled[0].row.document == "six"


def test_a_task_of_somebody_else_is_refused(tmp_path: Path) -> None:
    foreign = row(1, annotation(1), data={"text": "Six people"})
    settled = settle(tmp_path, foreign, row(2, annotation(2), data=None), row(3, data={"text": "x"}))
    assert states(settled) == [(1, "refused"), (2, "refused")]
    assert "annotation.push" in settled[0].row.reason
    assert settled[0].row.document is None


def test_the_newest_of_one_annotator_is_kept(tmp_path: Path) -> None:
    settled = settle(
        tmp_path,
        row(1, annotation(1, second=9), annotation(2, second=7), annotation(3, by=3), annotation(4, [], second=8)),
    )
    assert states(settled) == [(1, "kept"), (2, "superseded"), (3, "kept"), (4, "superseded")]
    assert settled[1].row.reason == "the same annotator has a newer one: annotation 1 of task 1"


@pytest.mark.parametrize(("first", "second", "kept"), [(".000001Z", "Z", 1), ("Z", ".5Z", 2), ("Z", "+00:00", 2)])
def test_times_are_compared_as_times(tmp_path: Path, first: str, second: str, kept: int) -> None:
    """The server leaves out a fraction of zero."""
    rows = [annotation(1), annotation(2)]
    rows[0]["updated_at"], rows[1]["updated_at"] = (f"2026-12-01T00:00:00{end}" for end in (first, second))
    assert [n for n, state in states(settle(tmp_path, row(1, *rows))) if state == "kept"] == [kept]


def test_a_document_in_two_tasks_is_one(tmp_path: Path) -> None:
    settled = settle(
        tmp_path,
        row(1, annotation(1, second=5), annotation(2, by=3, second=9)),
        row(2, annotation(3, second=6), annotation(4, by=3, second=8)),
    )
    assert states(settled) == [(1, "superseded"), (2, "kept"), (3, "kept"), (4, "superseded")]


def test_of_two_texts_under_one_id_the_newer_tasks_counts(tmp_path: Path) -> None:
    """Even where nobody has annotated it yet."""
    other = Document("six", DOCUMENT.text + " More.")
    settled = settle(
        tmp_path, row(1, annotation(1)), row(2, document=other), row(3, annotation(2), document=Document("b", "b"))
    )
    assert states(settled) == [(1, "stale"), (2, "refused")]
    assert settled[0].row.reason == "a newer task of this document, 2, has another text"


def test_a_newer_one_that_is_refused_is_told_and_the_older_kept(tmp_path: Path) -> None:
    settled = settle(
        tmp_path, row(1, annotation(1), annotation(2, [count()], second=5), annotation(3, was_cancelled=True, second=9))
    )
    assert states(settled) == [(1, "kept"), (2, "refused"), (3, "skipped")]
    assert settled[0].row.reason == "kept although a newer one, annotation 2 of task 1, was refused"
    assert settled[1].version is None


def test_one_version_is_the_ground_truth(tmp_path: Path) -> None:
    """Imported annotations are all marked as ground truth."""
    settled = settle(
        tmp_path,
        row(
            1,
            annotation(1, ground_truth=True),
            annotation(2, by=3, second=4, ground_truth=True),
            annotation(3, by=4, second=9),
        ),
        row(2, annotation(4, [count()], ground_truth=True), document=Document("b", DOCUMENT.text)),
    )
    assert [one.truth for one in settled] == [False, True, False, False]
    assert [one.row.ground_truth for one in settled] == [True, True, False, True]


def test_origins(tmp_path: Path) -> None:
    predicted = [{**item, "origin": "prediction"} if item["type"] == "labels" else item for item in good()]
    body = {"id": 70, "model_version": "m1", "result": good()}
    seen: list[int] = []

    def prediction(number: int) -> Mapping[str, Any] | None:
        seen.append(number)
        return {"id": number, "model_version": "m0", "result": good()} if number == 71 else None

    value = row(
        1,
        annotation(1),
        annotation(2, parent_prediction=70, prediction=body),
        annotation(3, [*predicted, actor()], prediction=body),
        annotation(4, parent_prediction=71, prediction=body),
        annotation(5, [count(), harm(), links()[1]], parent_prediction=70, prediction=body),  # a span was deleted
        annotation(6, predicted),
        annotation(7, predicted, parent_prediction=72, prediction={}),
        annotation(8, prediction=body),  # it lay there, and was not used
    )
    origins = [
        (a.row.annotation, a.row.origin, a.row.model_version) for a in arrivals(task_of(value), value, prediction)
    ]
    assert origins == [
        (1, "scratch", None),
        (2, "prediction", "m1"),
        (3, "corrected", "m1"),
        (4, "prediction", "m0"),
        (5, "corrected", "m1"),
        (6, "corrected", None),
        (7, "corrected", None),
        (8, "scratch", None),
    ]
    assert seen == [71, 72]


def test_a_models_scores_do_not_become_an_annotators(tmp_path: Path) -> None:
    (one,) = settle(tmp_path, row(1, annotation(1, [{**item, "score": 0.5} for item in good()])))
    assert one.row.state == "kept"
    assert "score" not in repr(one.version)


def test_memory_does_not_grow_with_the_number_of_articles(tmp_path: Path) -> None:
    def peak(number: int) -> int:
        tracemalloc.start()
        with Writer(tmp_path / str(number), 1, "many") as writer, Spool(writer.scratch / "spool.sqlite") as spool:
            for i in range(number):
                value = row(
                    i, annotation(2 * i), annotation(2 * i + 1, [count()], by=3), document=Document(f"d{i}", WORDS)
                )
                task = task_of(value)
                spool.add_task(task)
                for arrival in arrivals(task, value):
                    spool.add(arrival, task.text)
            for one in spool.settled():
                if one.version is not None:
                    writer.version(one.row.annotator, one.version, one.truth)
                writer.row(one.row, one.raw)
            writer.finish(spool.tasks, "")
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert len(list(stream(tmp_path / str(number), "user-2"))) == number
        return most

    peak(50)
    assert peak(300) < peak(100) + 250_000  # what the other 200 articles say is more than that by far


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ({"completed_by": 3}, "user-3"),
        ({"completed_by": {"id": 3, "email": "x"}}, "user-3"),
        ({"completed_by": None}, UNKNOWN),
        ({"completed_by": True}, UNKNOWN),
        ({"user": "a@b.org", "created_username": "A, B a@b.org, 12"}, "user-12"),
        ({"user": "a@b.org", "created_username": "a@b.org"}, UNKNOWN),
        ({"user": 4}, "user-4"),
        ({}, UNKNOWN),
    ],
)
def test_annotators_go_by_their_number(raw: dict[str, Any], name: str) -> None:
    assert annotator_of(raw) == name
