"""Claims of a passage that the page repeats, tied to the claims where it stands first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tolltrace.claims.claim import Claim


def mark_repeats(claims: Sequence[Claim], repeats: Sequence[tuple[int, int, int]]) -> list[Claim]:
    """The claims, with ``repeat_of`` where the figure lies in one of the passages ``(start, end, first)``.

    A repeat is the claim at the same place of the first passage; failing that (the two passages may differ by a few
    characters) the nearest claim in it with the same figure and harm. A different figure is never called a repeat.
    """
    return [replace(claim, repeat_of=_first(claim, claims, repeats)) for claim in claims]


def _first(claim: Claim, claims: Sequence[Claim], repeats: Sequence[tuple[int, int, int]]) -> str | None:
    figure = claim.evidence
    for start, end, first in repeats:
        if not start <= figure.start < end:
            continue
        place = figure.start - (start - first)
        earlier = [
            other
            for other in claims
            if first <= other.evidence.start < first + (end - start) and other.evidence.start < figure.start
        ]
        for other in earlier:
            if other.evidence.start == place:
                return other.id
        same = [other for other in earlier if _figure(other) == _figure(claim)]
        if same:
            return min(same, key=lambda other: abs(other.evidence.start - place)).id
    return None


def _figure(claim: Claim) -> tuple[object, ...]:
    count = claim.count
    return count.min, count.max, count.bound, count.share, claim.harm
