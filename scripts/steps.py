"""Work in steps that are joined by files, so that what was interrupted goes on where it was."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from tolltrace.writing.partial import written_whole


@dataclass
class Steps:
    """The steps of one run, in its folder. A step that is done leaves ``NAME.done`` there, with the checksums of what
    it was made from; it is done again only where that has changed, or where something it made is gone."""

    folder: Path
    console: Console

    def run(self, name: str, inputs: Sequence[Path], outputs: Sequence[Path], action: Callable[[], None]) -> None:
        """Do the step, unless it is done. ``action`` makes ``outputs`` from ``inputs``, all of them files."""
        marker = self.folder / f"{name}.done"
        made_from = {str(path): checksum(path) for path in inputs}
        if marker.exists() and all(path.exists() for path in outputs):
            if json.loads(marker.read_text(encoding="utf-8")) == made_from:
                self.console.print(f"{name}: done already ({', '.join(path.name for path in outputs)})", markup=False)
                return
            self.console.print(f"{name}: what it was made from has changed, it is done again", markup=False)
        marker.unlink(missing_ok=True)
        self.console.rule(name)
        action()
        with written_whole(marker) as partial:
            partial.write_text(json.dumps(made_from, indent=1) + "\n", encoding="utf-8")


def checksum(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
