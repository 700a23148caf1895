"""What went well and what went wrong, counted and kept: Label Studio shows its users none of it."""

from __future__ import annotations

import json
import logging
from collections import Counter, deque
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Lock
from typing import Any

KEPT = 50
logger = logging.getLogger("annotation.backend")


def now() -> datetime:
    return datetime.now(UTC)


class Journal:
    """Counts and the last problems, for ``GET /status``; each problem is logged as one line of JSON as well.

    Safe to use from several threads. What is recorded holds ids and reasons, never an article's text or a key.
    """

    def __init__(self, clock: Callable[[], datetime] = now) -> None:
        self._clock = clock
        self._lock = Lock()
        self._counts: Counter[str] = Counter()
        self._problems: deque[dict[str, Any]] = deque(maxlen=KEPT)

    def count(self, what: str, number: int = 1) -> None:
        with self._lock:
            self._counts[what] += number

    def problem(self, kind: str, reason: str, level: int = logging.WARNING, **where: Any) -> None:
        """Record a problem. ``kind`` is counted; ``where``: the task, the document, the project it concerns."""
        row = {"when": self._clock().isoformat(timespec="seconds"), "kind": kind, **where, "reason": reason}
        with self._lock:
            self._counts[kind] += 1
            self._problems.append(row)
        # Escaped to ASCII: an id from strangers moves no cursor and starts no second line.
        logger.log(level, json.dumps(row))

    def note(self, what: str, **facts: Any) -> None:
        """Log what is no problem."""
        logger.info(json.dumps({"when": self._clock().isoformat(timespec="seconds"), "kind": what, **facts}))

    def counts(self) -> dict[str, int]:
        with self._lock:
            return dict(sorted(self._counts.items()))

    def problems(self) -> list[dict[str, Any]]:
        """The last ``KEPT``, the newest first."""
        with self._lock:
            return list(reversed(self._problems))
