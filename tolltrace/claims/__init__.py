"""From the spans and links of an article to sourced casualty claims."""

from __future__ import annotations

from tolltrace.claims.build import build_claims
from tolltrace.claims.claim import (
    Claim,
    Count,
    Denial,
    Evidence,
    Means,
    Place,
    PlaceCandidate,
    Provenance,
    Responsible,
    Source,
    Victims,
    When,
)
from tolltrace.claims.numerals import read_count
from tolltrace.sentences import Sentences

__all__ = [
    "Claim",
    "Count",
    "Denial",
    "Evidence",
    "Means",
    "Place",
    "PlaceCandidate",
    "Provenance",
    "Responsible",
    "Sentences",
    "Source",
    "Victims",
    "When",
    "build_claims",
    "read_count",
]
