"""What tells two incidents of one place and day apart, in the words around a figure: scene and part of the day."""

from __future__ import annotations

import re
from collections.abc import Mapping

SCENES: Mapping[str, str] = {
    "market": r"markets?|bazaars?|souks?|souqs?|shops?|stalls?|mall|shopping",
    "school": r"schools?|college|university|classrooms?|madrass?as?|seminary|kindergarten|students|pupils",
    "worship": r"mosques?|church(?:es)?|cathedral|temples?|monaster(?:y|ies)|shrines?|worship\w*|prayers?|synagogue",
    "hospital": r"hospitals?|clinics?|health cent(?:er|re)|maternity|ambulances?",
    "home": r"houses?|homes?|apartments?|flats?|residential|building|households?|courtyard|roof",
    "food": r"baker(?:y|ies)|bread|restaurant|cafe|café|food",
    "vehicle": r"(?:mini)?bus(?:es)?|convoys?|cars?|vehicles?|trucks?|pickups?|lorr(?:y|ies)|motor(?:cycle|bike)s?",
    "boat": r"boats?|ships?|ferr(?:y|ies)|vessels?|port|harbour",
    "farm": r"farms?|farmland|farmers?|orchards?|fields?|harvest\w*|shepherds?|olive",
    "camp": r"camps?|tents?|shelters?",
    "post": r"checkpoints?|(?:out)?posts?|barracks|bases?|garrison|patrols?|trench(?:es)?|positions?|headquarters",
    "police": r"police station|prisons?|jail|court(?:house)?",
    "gathering": r"wedding|funeral|mourners|rall(?:y|ies)|protests?|demonstrat\w+|festival|party",
    "road": r"roads?|highway|roadside|junction|bridge",
    "works": r"mines? shaft|factory|plant|refinery|depot|warehouse|well|water tank\w*|power station",
}
DAY_PARTS: Mapping[str, str] = {
    "morning": r"morning|dawn|breakfast|sunrise|daybreak",
    "midday": r"noon|midday|afternoon|lunch\w*",
    "evening": r"evening|night|overnight|nightfall|dusk|sunset|midnight|dark",
}
SCENE_PATTERNS = {name: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for name, words in SCENES.items()}
DAY_PATTERNS = {name: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for name, words in DAY_PARTS.items()}


def scenes(text: str) -> frozenset[str]:
    """The kinds of scene that a text names: ``market``, ``school``, …"""
    return frozenset(name for name, pattern in SCENE_PATTERNS.items() if pattern.search(text))


def day_parts(text: str) -> frozenset[str]:
    """The parts of the day that a text names: ``morning``, ``midday``, ``evening``."""
    return frozenset(name for name, pattern in DAY_PATTERNS.items() if pattern.search(text))
