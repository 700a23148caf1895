"""Fields of a claim as short words for people, in the table on the terminal and in CSV alike."""

from __future__ import annotations

from collections.abc import Iterable

from tolltrace.claims import Claim


def join(values: Iterable[str]) -> str:
    """The different values, in order, with ``; `` between them."""
    return "; ".join(dict.fromkeys(values))


def one_line(text: str) -> str:
    """Text on one line, without the control and format characters that a terminal or spreadsheet might act on."""
    return "".join(char for char in " ".join(text.split()) if char.isprintable())


def responsible(claim: Claim) -> list[str]:
    """Each party held responsible with its certainty, and each that denies."""
    blamed = [f"{party.text} ({party.certainty})" for party in claim.responsible]
    return [*blamed, *(f"{denial.text} (denies)" for denial in claim.denials)]


def sources(claim: Claim) -> list[str]:
    return [source.text or "unnamed outlet" for source in claim.sources]
