"""Versions of articles that go into Label Studio as predictions: from a model, or from a file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from tolltrace import jsonlines
from tolltrace.documents import AnnotatedDocument, Document, DocumentError


class ModelVersions:
    """The predictions of a model. ``name``: a folder or hub name, None for the packaged one. ``unread``: by reason, how
    many passages it has not read. Raises ModelError where it cannot be loaded."""

    def __init__(self, name: str | None, device: str | None = None) -> None:
        # Loading these takes seconds, which a push without a model need not wait.
        from transformers.utils import logging

        from tolltrace.model import loading
        from tolltrace.model.predictor import Predictor

        logging.disable_progress_bar()
        self._predictor = Predictor(loading.load(name), device=device)
        self.version: str = self._predictor.version
        self.unread: dict[str, int] = {}

    def annotate(self, documents: Sequence[Document]) -> list[AnnotatedDocument | None]:
        from tolltrace.pipeline import BATCH_DOCUMENTS, annotate

        made: list[AnnotatedDocument | None] = []
        waiting = iter(documents)
        while batch := list(islice(waiting, BATCH_DOCUMENTS)):
            for reading in annotate(self._predictor, batch):
                made.append(reading.annotated)
                for passage in reading.set_aside:
                    self.unread[passage.reason] = self.unread.get(passage.reason, 0) + 1
        return made


class FileVersions:
    """Annotated JSON lines, found by the article's id. Only places in the file are held in memory.

    ``version``: the model that the lines name in their metadata, where it is one (``tolltrace extract`` writes it);
    else the file's name with a checksum, so that a changed file is another version. Raises DocumentError, with file and
    line, for what is no annotated document.
    """

    def __init__(self, path: Path, version: str | None = None) -> None:
        self.path = path
        self.used = 0
        self._places: dict[str, int] = {}
        checksum = hashlib.sha256()
        models: set[object] = set()
        at = 0
        with open(path, "rb") as lines:
            for number, line in enumerate(lines, 1):
                checksum.update(line)
                if line.strip():
                    annotated = self._read(line, number)
                    if annotated.id in self._places:
                        raise DocumentError(f"{path}:{number}: document {annotated.id!r} stands there twice")
                    self._places[annotated.id] = at
                    models.add(annotated.document.metadata.get("model"))
                at += len(line)
        model = models.pop() if len(models) == 1 else None
        named = model if isinstance(model, str) and model.strip() else f"{path.stem}-{checksum.hexdigest()[:8]}"
        self.version = version or named

    def __len__(self) -> int:
        return len(self._places)

    def annotate(self, documents: Sequence[Document]) -> list[AnnotatedDocument | None]:
        with open(self.path, "rb") as lines:
            made: list[AnnotatedDocument | None] = []
            for document in documents:
                place = self._places.get(document.id)
                if place is None:
                    made.append(None)
                    continue
                lines.seek(place)
                made.append(self._read(lines.readline(), None))
                self.used += 1
        return made

    def _read(self, line: bytes, number: int | None) -> AnnotatedDocument:
        try:
            return jsonlines.from_json(json.loads(line.decode()))
        except (ValueError, TypeError) as problem:
            place = f"{self.path}:{number}" if number else str(self.path)
            raise DocumentError(f"{place}: {problem}") from problem
