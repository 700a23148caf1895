"""What annotators did in a Label Studio project, as a snapshot: ``python -m annotation.pull --project X --out FOLDER``.

The server's address and key come from LABEL_STUDIO_URL and LABEL_STUDIO_API_KEY. The snapshot (see
``annotation.snapshot``) appears whole or not at all; one that stands there already is replaced when the new one is
whole. A pull that was stopped is started again.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from annotation.arrivals import arrivals, task_of, unreadable
from annotation.label_studio.export import PART, Export, Exported, Unreadable
from annotation.label_studio.studio import Project, Studio, StudioError, StudioRefused, connect
from annotation.snapshot import IN_VERSIONS, STATES, Manifest, Row, SnapshotError
from annotation.snapshot_writer import Writer
from annotation.spool import Spool
from tolltrace.writing.words import one_line

SHOWN = 100
MEANINGS = {
    "kept": "whole and valid",
    "empty": "handed in without a span: nothing to mark (kept)",
    "skipped": "its author skipped the task",
    "draft": "saved, not submitted",
    "stale": "the text was changed after it was sent",
    "superseded": "the same annotator has a newer one of the article",
    "refused": "breaks the scheme or cannot be read",
}


@dataclass
class Pulled:
    """What a pull found. ``told``: the first of those that somebody has to look at; the rest stand in the snapshot."""

    manifest: Manifest
    by_annotator: dict[str, Counter[str]]
    told: list[Row]


@dataclass
class _Tally:
    by_annotator: dict[str, Counter[str]] = field(default_factory=dict)
    told: list[Row] = field(default_factory=list)

    def add(self, row: Row) -> None:
        self.by_annotator.setdefault(row.annotator, Counter())[row.state] += 1
        if row.state in ("refused", "stale") and len(self.told) < SHOWN:
            self.told.append(row)


def pull(
    studio: Studio,
    project: Project,
    folder: Path,
    part: int = PART,
    begun: Callable[[int], None] = lambda tasks: None,
    reached: Callable[[int], None] = lambda tasks: None,
) -> Pulled:
    """Write a snapshot of the project. ``part``: tasks that the server exports at a time; ``begun`` is told how many
    tasks there are, ``reached`` how many more are read. Raises StudioError, SnapshotError, OSError; then nothing has
    changed in ``folder``."""
    when = datetime.now(UTC).isoformat(timespec="seconds")
    tally = _Tally()
    with Writer(folder, project.id, project.title) as writer, Spool(writer.scratch / "spool.sqlite") as spool:
        export = Export(studio, project, writer.scratch, part)
        predictions = _Predictions(studio, export)

        def part_read(tasks: int) -> None:
            predictions.part_read(tasks)
            reached(tasks)

        begun(export.count())
        with closing(export.tasks(part_read)) as rows:
            for row in rows:
                _take(row, spool, predictions)
        for settled in spool.settled():
            if settled.row.state in IN_VERSIONS and settled.version is not None:
                writer.version(settled.row.annotator, settled.version, settled.truth)
            writer.row(settled.row, settled.raw)
            tally.add(settled.row)
        spool.close()
        manifest = writer.finish(spool.tasks, when)
    return Pulled(manifest, tally.by_annotator, tally.told)


def _take(row: Exported, spool: Spool, predictions: _Predictions) -> None:
    if isinstance(row, Unreadable):
        spool.add_task(task_of(row.row))
        for arrival in unreadable(row):
            spool.add(arrival)
        return
    task = task_of(row)
    spool.add_task(task)
    for arrival in arrivals(task, row, predictions.of(row)):
        spool.add(arrival, task.text)


class _Predictions:
    """What annotations began with: asked for one by one, or along with the next tasks where most of them need one."""

    def __init__(self, studio: Studio, export: Export) -> None:
        self.studio, self.export = studio, export
        self.asked = 0

    def of(self, row: Mapping[str, Any]) -> Callable[[int], Mapping[str, Any] | None]:
        """Gives a prediction of a task by its id; None where it is gone, or cannot be handed out."""

        def prediction(number: int) -> Mapping[str, Any] | None:
            self.asked += 1
            for value in row.get("predictions") or []:
                if isinstance(value, dict) and value.get("id") == number:
                    return value
            try:
                found = self.studio.get(f"read prediction {number}", f"/api/predictions/{number}/")
            except StudioRefused:
                return None
            return found if isinstance(found, dict) else None

        return prediction

    def part_read(self, tasks: int) -> None:
        self.export.with_predictions = self.asked > tasks / 2
        self.asked = 0


def states_table(pulled: Pulled) -> Table:
    """How many annotations are in each state, by annotator."""
    names = sorted(pulled.by_annotator)
    table = Table(title=f"{pulled.manifest.title}: {pulled.manifest.tasks:,} tasks", title_justify="left")
    table.add_column("state")
    table.add_column("")
    for heading in (*names, "all"):
        table.add_column(heading, justify="right")
    for state in STATES:
        counts = [pulled.by_annotator[name][state] for name in names]
        table.add_row(state, MEANINGS[state], *(f"{number:,}" for number in (*counts, sum(counts))))
    return table


def problems_table(pulled: Pulled, url: str) -> Table:
    """Those to look at: where, whose, and why. What strangers wrote is shown as text."""
    table = Table(title="to look at", title_justify="left", show_lines=True)
    table.add_column("task", overflow="fold", max_width=28)
    table.add_column("why, and where to look", overflow="fold")
    for row in pulled.told:
        where = f"{url}/projects/{pulled.manifest.project}/data?task={row.task}"
        what = f"{row.task}\n{one_line(row.document or 'no document of ours')}\n{row.annotator}, {row.state}"
        table.add_row(Text(what), Text(f"{one_line(row.reason)}\n{where}"))
    return table


def report(pulled: Pulled, url: str, console: Console) -> None:
    console.print(states_table(pulled))
    if pulled.told:
        console.print(problems_table(pulled, url))
    states = pulled.manifest.states
    if (rest := states["refused"] + states["stale"] - len(pulled.told)) > 0:
        console.print(f"and {rest:,} more: see set_aside.jsonl")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m annotation.pull", description=__doc__)
    parser.add_argument("--project", required=True, help="its title, or its id")
    parser.add_argument("--out", required=True, type=Path, help="the snapshot's folder, such as data/annotated/NAME")
    parser.add_argument("--url", help="the server, where it is not the one in LABEL_STUDIO_URL")
    parser.add_argument("--part", type=_positive, default=PART, help=f"tasks read at a time ({PART})")
    arguments = parser.parse_args()
    columns = (TextColumn("reading tasks"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    try:
        studio = connect(arguments.url)
        project = studio.project(arguments.project)
        with Progress(*columns, console=Console(stderr=True)) as progress:
            bar = progress.add_task("", total=None)
            pulled = pull(
                studio,
                project,
                arguments.out,
                arguments.part,
                lambda tasks: progress.update(bar, total=tasks),
                lambda tasks: progress.advance(bar, tasks),
            )
    except (StudioError, SnapshotError, OSError, sqlite3.Error) as error:
        sys.exit(f"{error}\nno snapshot was written: {arguments.out} is as it was")
    except KeyboardInterrupt:
        sys.exit(f"stopped: {arguments.out} is as it was")
    report(pulled, studio.url, Console())
    print(f"{arguments.out}: {sum(pulled.manifest.states[state] for state in IN_VERSIONS):,} versions")


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


if __name__ == "__main__":
    main()
