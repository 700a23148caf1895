"""A snapshot's writer: whole in its place, or not at all."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from annotation.snapshot import (
    ANNOTATORS,
    GROUND_TRUTH,
    IN_VERSIONS,
    MANIFEST,
    PROVENANCE,
    SET_ASIDE,
    STATES,
    Manifest,
    Row,
    SnapshotError,
    facts_of,
    strangers_in,
)
from tolltrace import jsonlines, scheme

SCRATCH = "scratch"


class Writer:
    """Writes a snapshot into ``NAME.partial``, which takes the name, and the place of an older snapshot, in
    :meth:`finish` alone; without it the folder and what stood there before are as they were.

    Raises SnapshotError at the start where ``folder`` holds something else than a snapshot of this project, or another
    pull is at work on it.
    """

    def __init__(self, folder: str | Path, project: int, title: str) -> None:
        self.folder = Path(folder).resolve()
        self.project, self.title = project, title
        self.states: Counter[str] = Counter()
        self._partial = self.folder.with_name(f"{self.folder.name}.partial")
        self._old = self.folder.with_name(f"{self.folder.name}.old")
        self._stack = ExitStack()
        self._files: dict[str, IO[str]] = {}

    def __enter__(self) -> Writer:
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        _heal(self.folder, self._old)
        _check_replaceable(self.folder, self.project)
        self._partial.mkdir(exist_ok=True)
        self._lock()
        try:
            _empty(self._partial)
            (self._partial / ANNOTATORS).mkdir()
            self.scratch.mkdir()
            for name in (GROUND_TRUTH, PROVENANCE, SET_ASIDE):
                self._open(name)
        except BaseException:
            self._stack.close()
            raise
        return self

    def _lock(self) -> None:
        """The lock is the folder's, and gone with the process."""
        handle = os.open(self._partial, os.O_RDONLY)
        self._stack.callback(os.close, handle)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._stack.close()
            raise SnapshotError(f"another pull is writing {self.folder}: wait until it is done") from error

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # While the lock is held; after `finish` there is nothing to remove.
        shutil.rmtree(self._partial, ignore_errors=True)
        self._stack.close()

    def version(self, annotator: str, value: Mapping[str, Any], truth: bool = False) -> None:
        """A version that is kept, as JSON lines have it. ``truth``: it is its document's ground truth."""
        _write(self._open(f"{ANNOTATORS}/{annotator}.jsonl"), value)
        if truth:
            _write(self._open(GROUND_TRUTH), value)

    @property
    def scratch(self) -> Path:
        """A folder for files that are of use until the snapshot is whole."""
        return self._partial / SCRATCH

    def row(self, row: Row, raw: Any = None) -> None:
        """What became of an annotation. ``raw``: as the server has it, for what was not kept."""
        self.states[row.state] += 1
        value = asdict(row)
        _write(self._open(PROVENANCE), value)
        if row.state not in IN_VERSIONS:
            kept = {name: value[name] for name in ("document", "task", "annotation", "annotator", "state", "reason")}
            _write(self._open(SET_ASIDE), {**kept, "raw": raw})

    def finish(self, tasks: int, pulled: str) -> Manifest:
        """The manifest, and all of it into its place. ``tasks``: how many the project has; ``pulled``: when."""
        for file in self._files.values():
            file.flush()
            os.fsync(file.fileno())
            file.close()
        shutil.rmtree(self.scratch)
        facts = {name: facts_of(self._partial / name) for name in sorted(self._files)}
        states = {state: self.states[state] for state in STATES}
        manifest = Manifest(self.project, self.title, pulled, scheme.fingerprint(), tasks, states, facts)
        with open(self._partial / MANIFEST, "w", encoding="utf-8") as out:
            out.write(json.dumps(asdict(manifest), indent=1, ensure_ascii=False) + "\n")
            out.flush()
            os.fsync(out.fileno())
        if self.folder.exists():
            self.folder.rename(self._old)
        self._partial.rename(self.folder)
        shutil.rmtree(self._old, ignore_errors=True)
        return manifest

    def _open(self, name: str) -> IO[str]:
        if name not in self._files:
            file = open(self._partial / name, "w", encoding="utf-8", newline="\n")  # noqa: SIM115
            self._files[name] = self._stack.enter_context(file)
        return self._files[name]


def _heal(folder: Path, old: Path) -> None:
    """Where a pull was stopped between its two last steps, the older snapshot gets its name back."""
    if not folder.exists() and (old / MANIFEST).exists():
        old.rename(folder)


def _check_replaceable(folder: Path, project: int) -> None:
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    try:
        value = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        held, title, files = value["project"], value["title"], value["files"]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise SnapshotError(f"{folder} exists and is no snapshot: name another folder") from error
    if held != project:
        raise SnapshotError(
            f"{folder} holds a snapshot of project {held}, {title!r}: name another folder, or remove it"
        )
    if strangers := strangers_in(folder, files):
        raise SnapshotError(f"{folder} holds {', '.join(strangers)}, which no pull wrote: move it elsewhere first")


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _write(file: IO[str], value: Mapping[str, Any]) -> None:
    line = jsonlines.dumps(value)
    try:
        line.encode()
    except UnicodeEncodeError:  # half a character, which is no Unicode, stands escaped
        line = json.dumps(value)
    file.write(line + "\n")
