"""Who stands behind a figure: everything that comes from one monitor is one testimony, whoever prints it.

A medium that passes a word on is no origin, and a figure without a source is its outlet's. A source without a name
("activists", "a medic") is an origin of its article alone: whether two papers heard the same activists nobody can tell.
"""

from __future__ import annotations

from tolltrace.claims import Claim, Source
from tolltrace.events.event import Origin


def origins_of(claim: Claim) -> tuple[Origin, ...]:
    """The origins of a claim, each once, in the order of the text."""
    sources = [source for source in claim.sources if source.role == "origin"] or list(claim.sources)
    return tuple({origin.key: origin for origin in (_origin(claim, source) for source in sources)}.values())


def _origin(claim: Claim, source: Source) -> Origin:
    if source.name:
        return Origin(source.name.casefold(), source.name, source.kind, resolved=True)
    words = source.text or f"outlet of {claim.document.id}"
    if not source.stated:
        return Origin(words.casefold(), words, source.kind, resolved=False)
    return Origin(f"{claim.document.id}: {words.casefold()}", words, source.kind, resolved=False)
