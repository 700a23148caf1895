"""The files of a run: ``documents.jsonl``, ``claims.jsonl``, ``claims.csv``, ``errors.jsonl`` and ``run.json``."""

from __future__ import annotations

import csv
import json
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any

from tolltrace import jsonlines
from tolltrace.reading import is_unread
from tolltrace.writing.rows import COLUMNS, row

if TYPE_CHECKING:
    from tolltrace.pipeline import Extraction
    from tolltrace.reading import InputError

NAMES = ("documents.jsonl", "claims.jsonl", "claims.csv", "errors.jsonl")


@dataclass
class Summary:
    """What a run read and found; ``set_aside`` counts characters by reason."""

    documents: int = 0
    errors: int = 0
    characters: int = 0
    set_aside: dict[str, int] = field(default_factory=dict)
    claims: int = 0
    repeats: int = 0

    def __str__(self) -> str:
        aside = sum(self.set_aside.values())
        reasons = "; ".join(f"{reason} {number:,}" for reason, number in sorted(self.set_aside.items()))
        lines = [
            f"{self.documents:,} documents, {self.characters:,} characters: {self.characters - aside:,} read, "
            f"{aside:,} set aside" + (f" ({reasons})" if reasons else ""),
            f"{self.claims:,} claims" + (f", and {self.repeats:,} in repeated passages" if self.repeats else ""),
        ]
        if self.errors:
            lines.append(f"{self.errors:,} inputs could not be read: see errors.jsonl")
        return "\n".join(lines)


def _encoding(name: str) -> str:
    """Spreadsheets know UTF-8 by its mark only."""
    return "utf-8-sig" if name.endswith(".csv") else "utf-8"


class ResultFiles:
    """Writes results as they come. The files appear under their names when all is written, or not at all."""

    def __init__(self, folder: Path, model: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.model = model
        self.summary = Summary()
        self._stack = ExitStack()
        self._files: dict[str, IO[str]] = {}

    def __enter__(self) -> ResultFiles:
        for name in NAMES:
            self._files[name] = self._stack.enter_context(
                open(self._partial(name), "w", encoding=_encoding(name), newline="")
            )
        self._table = csv.writer(self._files["claims.csv"])
        self._table.writerow(COLUMNS)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()
        if kind is not None:
            return
        for name in NAMES:
            self._partial(name).replace(self.folder / name)
        facts = {"model": self.model, **asdict(self.summary)}
        (self.folder / "run.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")

    def add(self, result: Extraction) -> None:
        """Write one document's annotations and claims."""
        document = result.annotated.document
        value = jsonlines.to_json(result.annotated)
        value["metadata"] |= {"model": self.model, "set_aside": [asdict(passage) for passage in result.set_aside]}
        self._line("documents.jsonl", value)
        self.summary.documents += 1
        self.summary.characters += len(document.text)
        for passage in result.set_aside:
            if not is_unread(document.text, passage):
                continue
            before = self.summary.set_aside.get(passage.reason, 0)
            self.summary.set_aside[passage.reason] = before + passage.end - passage.start
        for claim in result.claims:
            self._line("claims.jsonl", claim.to_json())
            self._table.writerow(row(claim))
            if claim.repeat_of is None:
                self.summary.claims += 1
            else:
                self.summary.repeats += 1

    def add_error(self, error: InputError) -> None:
        """Name an input that could not be read."""
        self._line("errors.jsonl", asdict(error))
        self.summary.errors += 1

    def _line(self, name: str, value: dict[str, Any]) -> None:
        self._files[name].write(jsonlines.dumps(value) + "\n")

    def _partial(self, name: str) -> Path:
        return self.folder / f"{name}.partial"
