"""Whom a figure counts: the victim group of a claim.

Only a figure of people without further words is one of ``all``. A noun that names a part ("officials", "women and
children") makes the group ``other`` with its words: such a figure says nothing about how many there were in all, but
that they were not fewer.
"""

from __future__ import annotations

import re

from tolltrace.claims import Claim, Victims
from tolltrace.claims.claim import VictimGroup
from tolltrace.words import word_set

EVERYBODY = word_set(
    "people person persons individual individuals others other bodies body victims victim souls lives dead casualties "
    "casualty remains corpses corpse human humans beings residents inhabitants locals citizens martyrs martyr members "
    "them those men-women innocent innocents"
)
WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")


def victim_group(claim: Claim) -> tuple[VictimGroup, str | None]:
    """The group that the figure counts, and for ``other`` its words in lower case."""
    victims = claim.victims
    if claim.group:
        return claim.group, None
    if victims is None or not WORD.search(victims.text):
        return "all", None
    named = _by_age_and_sex(victims)
    if named:
        return named, None
    if victims.category in ("civilian", "combatant") and (victims.category_by == "stated" or _is_plain(victims)):
        return ("civilians" if victims.category == "civilian" else "combatants"), None
    if victims.category == "police":
        return "police", None
    words = [word.casefold() for word in WORD.findall(victims.text)]
    if victims.category == "mixed" or EVERYBODY.intersection(words[:1] + words[-1:]):
        return "all", None
    if victims.category == "combatant":
        return "combatants", None
    return "other", " ".join(words)


def _is_plain(victims: Victims) -> bool:
    return len(WORD.findall(victims.text)) == 1 and victims.category == "combatant"


def _by_age_and_sex(victims: Victims) -> VictimGroup | None:
    if victims.age == "child":
        return "children"
    if victims.age == "adult" and victims.category in ("unknown", "civilian"):
        return {"female": "women", "male": "men"}.get(victims.sex or "")  # type: ignore[return-value]
    return None
