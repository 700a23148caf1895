"""Who stands behind a figure: everything that comes from one monitor is one testimony, whoever prints it.

A medium that passes a word on is no origin, and a figure without a source is its outlet's. A person is the same with
and without a title, in every article. Any other source that no table knows ("activists", "a medic") is an origin of its
article alone: whether two papers heard the same activists nobody can tell.
"""

from __future__ import annotations

import re

from tolltrace.claims import Claim, Source
from tolltrace.events.event import Origin

PERSON = re.compile(r"(?:^|[a-z.,] )([A-Z][\w'’-]+(?: (?:al|el|bin|ibn|de|van)[ -])?(?: ?[A-Z][\w'’-]+){1,2})$")
"""Two or three words with capitals at the end, behind a title in small letters or alone."""
BODY = re.compile(
    r"\b(?:ministry|office|army|police|council|hospital|command|department|forces?|committee|agency|news|center|centre|"
    r"service|network|movement|front|union|authority|brigade|division|corps|crescent|cross|media|tv|radio|group|party|"
    r"organi[sz]ation|association|administration|guards?|bureau|headquarters|foundation|university|state|government)\b",
    re.IGNORECASE,
)


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
    person = PERSON.search(words)
    if person and not BODY.search(person[1]):
        return Origin(f"person: {person[1].casefold()}", words, source.kind, resolved=False)
    return Origin(f"{claim.document.id}: {words.casefold()}", words, source.kind, resolved=False)
