"""A snapshot of a Label Studio project: a folder that ``python -m annotation.pull`` writes and everyone after it reads.

``annotators/user-<id>.jsonl``
    One annotator's versions as JSON lines, a document each; whole and valid ones only.
``ground_truth.jsonl``
    The versions that were marked as ground truth (they stand in their annotator's file too).
``provenance.jsonl``
    A row (:class:`Row`) for every annotation and draft seen, whatever became of it.
``set_aside.jsonl``
    ``{"document", "task", "annotation", "annotator", "state", "reason", "raw"}``: what was not kept, as the server had
    it.
``manifest.json``
    Written last (:class:`Manifest`): what the folder holds, with checksums. A folder without it is no snapshot.

Annotators go by their number: their names and addresses stay in Label Studio.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tolltrace import jsonlines, scheme
from tolltrace.documents import AnnotatedDocument, DocumentError

ANNOTATORS = "annotators"
GROUND_TRUTH = "ground_truth.jsonl"
PROVENANCE = "provenance.jsonl"
SET_ASIDE = "set_aside.jsonl"
MANIFEST = "manifest.json"
STATES = ("kept", "empty", "skipped", "draft", "stale", "superseded", "refused")
IN_VERSIONS = ("kept", "empty")
ORIGINS = ("scratch", "prediction", "corrected")


class SnapshotError(ValueError):
    """A snapshot is missing, damaged or of another scheme, or may not be written; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one annotation or draft.

    ``annotation``: its id, None for a draft (or where the server's row had none). ``state``: one of :data:`STATES`.
    ``reason``: why it was not kept, and what was mended where it was. ``created``, ``updated``: ISO 8601, as the server
    has them. ``lead_time``: seconds. ``origin``: one of :data:`ORIGINS`; ``model_version``: whose prediction it was.
    ``note``: what the annotator wrote beside the article.
    """

    document: str | None
    task: int
    annotation: int | None
    annotator: str
    state: str
    reason: str = ""
    created: str | None = None
    updated: str | None = None
    lead_time: float | None = None
    origin: str = "scratch"
    model_version: str | None = None
    ground_truth: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """``pulled``: when, ISO 8601 in UTC. ``states``: annotations and drafts by state. ``files``: for each file its
    ``rows`` and ``sha256``."""

    project: int
    title: str
    pulled: str
    scheme: str
    tasks: int
    states: dict[str, int]
    files: dict[str, dict[str, Any]]


KINDS = {"project": int, "title": str, "pulled": str, "scheme": str, "tasks": int, "states": dict, "files": dict}


def read_versions(folder: str | Path) -> dict[str, list[AnnotatedDocument]]:
    """Every annotator's versions, all in memory; :func:`stream` reads them one by one."""
    return {name: list(stream(folder, name)) for name in annotators(folder)}


def annotators(folder: str | Path) -> tuple[str, ...]:
    """Those with at least one version, sorted."""
    names = (name for name in read_manifest(folder).files if name.startswith(f"{ANNOTATORS}/"))
    return tuple(sorted((Path(name).stem for name in names), key=_by_number))


def stream(folder: str | Path, annotator: str) -> Iterator[AnnotatedDocument]:
    """One annotator's versions."""
    yield from jsonlines.read(Path(folder) / ANNOTATORS / f"{annotator}.jsonl")


def read_ground_truth(folder: str | Path) -> Iterator[AnnotatedDocument]:
    yield from jsonlines.read(Path(folder) / GROUND_TRUTH)


def read_provenance(folder: str | Path) -> Iterator[Row]:
    for value in _lines(Path(folder) / PROVENANCE):
        yield Row(**value)


def read_set_aside(folder: str | Path) -> Iterator[dict[str, Any]]:
    yield from _lines(Path(folder) / SET_ASIDE)


def read_manifest(folder: str | Path) -> Manifest:
    """Raises SnapshotError where the folder is no snapshot, or one of another scheme."""
    path = Path(folder) / MANIFEST
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        manifest = Manifest(**{name: value[name] for name in KINDS})
        if wrong := [name for name, kind in KINDS.items() if not isinstance(value[name], kind)]:
            raise TypeError(f"{', '.join(wrong)} must be of another kind")
    except FileNotFoundError as error:
        raise SnapshotError(f"{folder} is no snapshot, it has no {MANIFEST}: make one with annotation.pull") from error
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise SnapshotError(f"{path} cannot be read ({error!r}): pull again") from error
    if manifest.scheme != scheme.fingerprint():
        raise SnapshotError(
            f"{folder} was pulled under the scheme {manifest.scheme}, this is {scheme.fingerprint()}: pull again"
        )
    return manifest


def check(folder: str | Path) -> Manifest:
    """The manifest, once every file is found to be what it says. Raises SnapshotError for the first that is not."""
    folder = Path(folder)
    manifest = read_manifest(folder)
    for name, facts in manifest.files.items():
        try:
            found = facts_of(folder / name)
        except OSError as error:
            raise SnapshotError(f"{folder / name} cannot be read ({error}): pull again") from error
        if found != facts:
            raise SnapshotError(f"{folder / name} was changed after it was pulled ({found}, not {facts}): pull again")
    if strangers := strangers_in(folder, manifest.files):
        raise SnapshotError(f"{folder} holds {', '.join(strangers)}, which no pull wrote: move it elsewhere")
    return manifest


def strangers_in(folder: Path, files: Mapping[str, Any]) -> list[str]:
    """Files in a snapshot's folder that its manifest does not name."""
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())
    return sorted(name for name in found if name != MANIFEST and name not in files)


def facts_of(path: Path) -> dict[str, Any]:
    """What a manifest says of a file."""
    digest, rows = hashlib.sha256(), 0
    with open(path, "rb") as lines:
        for line in lines:
            digest.update(line)
            rows += 1
    return {"rows": rows, "sha256": digest.hexdigest()}


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with open(path, encoding="utf-8", newline="\n") as lines:
        for number, line in enumerate(lines, 1):
            try:
                value = json.loads(line)
            except ValueError as error:
                raise DocumentError(f"{path}:{number}: {error}") from error
            yield value


def _by_number(name: str) -> tuple[int, str]:
    number = name.rpartition("-")[2]
    return (int(number) if number.isdecimal() else 0, name)
