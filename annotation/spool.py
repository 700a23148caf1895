"""Arrivals on disk until all are there: what concerns several tasks is settled once the last one is read.

On disk, so that memory does not grow with the project; a file of SQLite, since it is settled by sorting and looking up.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

from annotation.arrivals import Arrival, Task
from annotation.snapshot import Row
from tolltrace import jsonlines

TABLES = """
CREATE TABLE task (id INTEGER PRIMARY KEY, document TEXT, text TEXT);
CREATE INDEX task_document ON task (document, id);
CREATE TABLE seen (
    number INTEGER PRIMARY KEY, task INTEGER, annotation INTEGER, document TEXT, annotator TEXT, text TEXT,
    updated REAL, ground_truth INTEGER, state TEXT, reason TEXT, row TEXT, version TEXT, raw TEXT
);
CREATE INDEX seen_document ON seen (document, annotator, state);
"""
# Somebody pushed another text under the same id: the newest task's text is the document's.
STALE = """
UPDATE seen SET state = 'stale', reason = 'a newer task of this document, ' || newest.id || ', has another text'
FROM (SELECT id, document, text FROM task AS t
      WHERE text IS NOT NULL AND id = (SELECT max(id) FROM task WHERE document = t.document AND text IS NOT NULL)
     ) AS newest
WHERE newest.document = seen.document AND newest.text <> seen.text AND state IN ('kept', 'empty')
"""
NEWEST = """
CREATE TABLE newest AS SELECT * FROM (
    SELECT number, document, annotator, annotation, task, updated,
           row_number() OVER (PARTITION BY document, annotator ORDER BY updated DESC, annotation DESC) AS place
    FROM seen WHERE state IN ('kept', 'empty')
) WHERE place = 1;
CREATE INDEX newest_document ON newest (document, annotator);
"""
SUPERSEDED = """
UPDATE seen SET state = 'superseded',
    reason = 'the same annotator has a newer one: annotation ' || newest.annotation || ' of task ' || newest.task
FROM newest
WHERE newest.document = seen.document AND newest.annotator = seen.annotator AND newest.number <> seen.number
  AND state IN ('kept', 'empty')
"""
# What was wrong with the newer one is told; the older one is whole, and still what its author handed in.
DESPITE = """
UPDATE seen SET reason = trim(seen.reason || '; kept although a newer one, annotation ' || bad.annotation
    || ' of task ' || bad.task || ', was refused', '; ')
FROM seen AS bad
WHERE seen.state IN ('kept', 'empty') AND bad.state = 'refused' AND bad.document = seen.document
  AND bad.annotator = seen.annotator AND (bad.updated, bad.annotation) > (seen.updated, seen.annotation)
"""
# One version a document is the truth, also where several are marked: imported annotations all are.
TRUTH = """
CREATE TABLE truth AS SELECT number FROM (
    SELECT number, row_number() OVER (PARTITION BY document ORDER BY updated DESC, annotation DESC) AS place
    FROM seen WHERE state IN ('kept', 'empty') AND ground_truth
) WHERE place = 1;
"""
SETTLED = """
SELECT state, reason, row, version, raw, number IN (SELECT number FROM truth) FROM seen ORDER BY task, number
"""


class Settled(NamedTuple):
    """``version``: the JSON value of a version that is kept. ``truth``: whether it is its document's ground truth."""

    row: Row
    version: dict[str, Any] | None
    raw: Any
    truth: bool


class Spool:
    """Takes tasks and arrivals, and gives them settled, by task. ``path``: of a file that is there meanwhile."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.tasks = 0

    def __enter__(self) -> Spool:
        self._base = sqlite3.connect(self.path, isolation_level=None)
        # Nobody reads this file after a crash.
        self._base.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {TABLES} BEGIN;")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._base.close()
        self.path.unlink(missing_ok=True)

    def add_task(self, task: Task) -> None:
        self._base.execute("INSERT INTO task VALUES (?, ?, ?)", (task.id, task.name, task.text))
        self.tasks += 1

    def add(self, arrival: Arrival, text: str | None = None) -> None:
        """``text``: the checksum of the task's text."""
        row = arrival.row
        version = jsonlines.to_json(arrival.annotated) if arrival.annotated else None
        for mark in (*version["spans"], *version["links"]) if version else ():
            mark.pop("score", None)  # the model's, of a mark that is a person's now
        facts = (row.task, row.annotation, row.document, row.annotator, text, _moment(row.updated), row.ground_truth)
        values = (*facts, row.state, row.reason, *map(json.dumps, (asdict(row), version, arrival.raw)))
        self._base.execute(f"INSERT INTO seen VALUES (NULL{', ?' * len(values)})", values)  # noqa: S608

    def settled(self) -> Iterator[Settled]:
        self._base.execute(STALE)
        self._base.executescript(NEWEST)
        for statement in (SUPERSEDED, DESPITE, TRUTH):
            self._base.execute(statement)
        for state, reason, row, version, raw, truth in self._base.execute(SETTLED):
            settled = Row(**{**json.loads(row), "state": state, "reason": reason})
            yield Settled(settled, json.loads(version), json.loads(raw), bool(truth))


def _moment(time: str | None) -> float:
    try:
        return datetime.fromisoformat(time).timestamp() if time else 0.0
    except ValueError:
        return 0.0
