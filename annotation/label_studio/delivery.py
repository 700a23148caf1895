"""Parcels to the server in few calls, through its refusals and absences.

One bad object makes the server refuse a whole call: then the call is halved until the bad one stands alone. A call
without an answer may have been stored: then the server is asked what it has before the rest is sent again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Protocol, TypeVar

from annotation.label_studio.parcels import Parcel
from annotation.label_studio.studio import StudioGone, StudioRefused

CALL_BYTES = 16 * 2**20  # the server fails above 250 MB, and proxies before it earlier
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 10.0  # seconds
TRIES = 2
NOTHING_STORED = (400, 413)
T = TypeVar("T")


class Destination(Protocol):
    """What takes parcels."""

    def post(self, parcels: Sequence[Parcel]) -> None:
        """Store them in one call; raises StudioError."""

    def missing(self, parcels: Sequence[Parcel]) -> list[Parcel]:
        """Those that the server does not have; raises StudioError."""

    def refuse(self, parcel: Parcel, why: str) -> None:
        """Set one aside."""


class Patience:
    """Waits for a server that went away. ``seconds``: how long at most, each time; 0 does not wait at all. ``say`` is
    told when a wait begins."""

    def __init__(self, seconds: float, say: Callable[[str], None] | None = None) -> None:
        self.seconds = seconds
        self._say = say
        self._until: float | None = None
        self._pause = FIRST_PAUSE

    def __call__(self, action: Callable[[], T]) -> T:
        """The result of an action that may be repeated."""
        while True:
            try:
                result = action()
            except StudioGone as gone:
                self.lost(gone)
            else:
                self.found()
                return result

    def lost(self, gone: StudioGone) -> None:
        """Wait a little; raises ``gone`` where the time is over."""
        now = time.monotonic()
        if self._until is None:
            self._until, self._pause = now + self.seconds, FIRST_PAUSE
            if self._say and self.seconds:
                self._say(f"{gone}; waiting up to {self.seconds:g} s")
        if now + self._pause > self._until:
            raise gone
        time.sleep(self._pause)
        self._pause = min(2 * self._pause, LONGEST_PAUSE)

    def found(self) -> None:
        self._until = None


def deliver(destination: Destination, parcels: Sequence[Parcel], patience: Patience) -> None:
    """Send all parcels; those that the server refuses are set aside one by one."""
    for call in split(parcels):
        _deliver(destination, call, patience)


def split(parcels: Iterable[Parcel], most: int = CALL_BYTES) -> Iterator[list[Parcel]]:
    """Calls of at most so many bytes; a larger parcel has one for itself."""
    call: list[Parcel] = []
    size = 0
    for parcel in parcels:
        if call and size + len(parcel.body) > most:
            yield call
            call, size = [], 0
        call.append(parcel)
        size += len(parcel.body) + 1
    if call:
        yield call


def as_array(parcels: Iterable[Parcel]) -> bytes:
    return b"[" + b",".join(parcel.body for parcel in parcels) + b"]"


def _deliver(destination: Destination, parcels: Sequence[Parcel], patience: Patience) -> None:
    for _ in range(TRIES):
        try:
            destination.post(parcels)
        except StudioGone as gone:
            patience.lost(gone)
            why = str(gone)
        except StudioRefused as refused:
            if refused.status == 404:  # the project itself is gone
                raise
            why = refused.why
            if refused.status in NOTHING_STORED:
                break
        else:
            patience.found()
            return
        parcels = patience(partial(destination.missing, parcels))
        if not parcels:
            return
    if len(parcels) == 1:
        destination.refuse(parcels[0], f"the server refuses it: {why}")
        return
    half = len(parcels) // 2
    _deliver(destination, parcels[:half], patience)
    _deliver(destination, parcels[half:], patience)
