"""Ids of events and tallies that stay the same when articles are added.

An event is named after its first claim: of the earliest article, the first in the text. A run that finds events of an
earlier run hands their ids on: the event that shares most claims with an earlier one takes its id.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from tolltrace.claims import Claim


def first_claim(claims: Iterable[Claim]) -> Claim:
    """The claim an event is named after: of the earliest article (undated ones last), the first in the text."""
    return min(claims, key=lambda claim: (claim.document.day or "9999", claim.document.id, claim.evidence.start))


def name_of(kind: str, *parts: str) -> str:
    """An id made of a checksum: ``event-1f0c2a9b4d``."""
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    return f"{kind}-{digest[:10]}"


def take_over(
    groups: Sequence[frozenset[str]], fresh: Sequence[str], earlier: Mapping[str, frozenset[str]]
) -> list[tuple[str, tuple[str, ...]]]:
    """For each group of claim ids its id and the earlier ids that it has taken in beside it.

    ``fresh`` are the ids that the groups would have on their own, ``earlier`` the claims of earlier events. An earlier
    id goes to the group with most of its claims; a group that could have several takes the one it shares most with.
    """
    home = {claim: name for name, claims in earlier.items() for claim in claims}
    shares = [
        (count, name, number)
        for number, claims in enumerate(groups)
        for name, count in Counter(home[claim] for claim in claims if claim in home).items()
    ]
    shares.sort(key=lambda share: (-share[0], share[1], share[2]))
    given: dict[int, str] = {}
    taken: dict[str, int] = {}
    formerly: dict[int, list[str]] = {}
    for _, name, number in shares:
        if name in taken:
            continue  # the group with most of its claims has it
        taken[name] = number
        if number in given:
            formerly.setdefault(number, []).append(name)
        else:
            given[number] = name
    result = []
    used = set(taken)
    for number, own in enumerate(fresh):
        name = given.get(number, own)
        if number not in given and name in used:  # an earlier event has this id, and another group has its claims
            name = name_of("event", *sorted(groups[number]))
        result.append((name, tuple(formerly.get(number, ()))))
    return result
