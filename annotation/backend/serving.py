"""The model that is served, and the newer one that takes its place when the folder's files change."""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from annotation.backend import DEFAULT
from annotation.backend.journal import Journal
from tolltrace.documents import AnnotatedDocument, Document
from tolltrace.model.loading import DEFAULT_MODEL, load
from tolltrace.model.predictor import Predictor
from tolltrace.pipeline import annotate

# Files that make a model another one, and all that loading may read.
TELLING = ("config.json", "*.safetensors", "tokenizer.json")
COPIED = ("*.json", "*.txt", "*.safetensors", "*.model")
Make = Callable[[Path | str], Predictor]
Fingerprint = tuple[tuple[str, int, int, int], ...]


class ServingError(RuntimeError):
    """A model that cannot be loaded, whatever the reason; the message names it."""


@dataclass(frozen=True, slots=True)
class Served:
    """One loaded model. ``version``: changes with weights, thresholds and the scheme, which stands in its config."""

    predictor: Predictor

    @property
    def version(self) -> str:
        return self.predictor.version

    def annotate(self, documents: Sequence[Document]) -> list[AnnotatedDocument]:
        """As the extractor does, page furniture left out."""
        return [reading.annotated for reading in annotate(self.predictor, documents)]


class Serving:
    """Keeps one model ready; :attr:`current` is replaced in one step, so that who took it before goes on with it.

    ``name``: a folder, a hub name, or ``default`` for the model in the package. Folders are watched by :meth:`look`, a
    hub's model is taken once. Raises ServingError where the first model cannot be loaded.
    """

    def __init__(
        self,
        name: str,
        journal: Journal,
        device: str | None = None,
        make: Callable[[Path | str], Predictor] | None = None,
    ) -> None:
        self.name = name
        self.journal = journal
        self.trouble = ""  # why the newer model in the folder is not served
        self._make = make or (lambda source: Predictor(load(source), device=device))
        self._folder = DEFAULT_MODEL if name == DEFAULT else Path(name) if Path(name).is_dir() else None
        self._lock = Lock()
        self._loaded = self._seen = self._fingerprint()
        self.current = self._load()

    def look(self) -> bool:
        """See whether the folder holds another model, and serve it then; says whether it did.

        Files are loaded once two looks have found them the same, since training writes them one after the other. A
        model that cannot be loaded leaves the old one in service, and is tried again when its files change.
        """
        if self._folder is None:
            return False
        with self._lock:
            found = self._fingerprint()
            settled, self._seen = found == self._seen, found
            if found == self._loaded or not settled:
                return False
            self._loaded = found
            try:
                newer = self._load()
                if self._fingerprint() != found:
                    self._loaded = ()  # written to meanwhile: the next looks will see
                    return False
            except (ServingError, OSError) as error:
                self.trouble = str(error)
                self.journal.problem(
                    "model not loaded",
                    f"{self.trouble}; {self.current.version} stays in service",
                    logging.ERROR,
                    model=self.name,
                )
                return False
            self.trouble = ""
            older, self.current = self.current, newer
            if newer.version == older.version:
                return False
            self.journal.count("models loaded")
            self.journal.note("model loaded", model=self.name, version=newer.version, before=older.version)
            return True

    def _load(self) -> Served:
        if self._folder is None:
            try:
                return Served(self._make(self.name))
            except Exception as error:
                raise ServingError(f"{type(error).__name__}: {error}") from error
        # A file that shrinks while it is mapped into memory would end the process, hence a copy.
        with tempfile.TemporaryDirectory(prefix="tolltrace-model-") as copy:
            for path in _files(self._folder, COPIED):
                shutil.copy(path, copy)
            try:
                return Served(self._make(Path(copy)))
            except Exception as error:
                raise ServingError(f"{type(error).__name__}: {error}".replace(copy, str(self._folder))) from error

    def _fingerprint(self) -> Fingerprint:
        found = []
        for path in _files(self._folder, TELLING) if self._folder else []:
            try:
                facts = path.stat()
            except FileNotFoundError:  # gone since it was listed
                continue
            found.append((path.name, facts.st_size, facts.st_mtime_ns, facts.st_ino))
        return tuple(found)


def _files(folder: Path, patterns: Sequence[str]) -> list[Path]:
    return sorted({path for pattern in patterns for path in folder.glob(pattern) if path.is_file()})
