"""What the words of a LOCATION say beside the name: compass words, type nouns, lists, roads and borders."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from tolltrace.words import word_set

Hint = Literal["any", "settlement", "province", "district", "region", "facility", "border", "territory", "road"]
"""What kind of place the type noun asks for; ``road`` and ``facility`` are near the place that they are named after."""

COMPASS = (
    r"(?:(?:north|south)[- ]?(?:east|west)|north|south|east|west|central|middle)(?:ern)?|rural|greater|inner|outer"
)
AREA = (
    "countryside|outskirts|suburbs?|hinterland|pocket|enclave|surroundings|environs|front ?lines?|front|axis|sector|"
    "area|areas|zone|fields|hills|mountains?|forest|desert|coast|valley|plain|side|interior|parts?|quarters?|"
    "neighbou?rhoods?|edge|vicinity|interior|basin|corridor"
)
LEADING = re.compile(
    rf"^(?:the |far |deep |upper |lower )*(?:(?:{COMPASS})(?:(?: and |/|, )(?:{COMPASS}))*(?: (?:{AREA}))?|{AREA})"
    r"(?: of)?(?: the (?:territory|province|city|district|town) of)?(?: the)? ",
    re.IGNORECASE,
)
TRAILING = re.compile(
    rf"(?:(?:'s|’s) (?:far )?(?:{COMPASS})|(?:'s|’s)? (?:(?:{COMPASS}) )?(?:{AREA})| and (?:its|the) .+)$",
    re.IGNORECASE,
)
TYPE_OF = re.compile(
    r"^(?:the )?(?:military |international |refugee )?(?P<noun>province|governorate|state|region|district|territory|"
    r"city|town|village|road|border|camp|airport|airbase|crossing|port)s? "
    r"of (?:the )?",
    re.IGNORECASE,
)
NOUNS: dict[str, Hint] = {
    noun: hint  # type: ignore[misc] # the keys below are hints
    for hint, nouns in {
        "province": "province governorate state oblast wilaya department prefecture muhafazah emirate provinces",
        "region": "region",
        "district": "district county division regency canton township subdistrict woreda raion municipality "
        "sub-district commune zone cercle locality",
        "settlement": "city town village",
        "facility": "camp airport airbase base prison crossing checkpoint airfield port refinery",
        "territory": "territory",
        "border": "border frontier borders airspace waters soil",
        "road": "road highway motorway route highways",
    }.items()
    for noun in nouns.split()
}
NOUN = re.compile(
    rf" (?:refugee |displacement |international |military |air |border )?(?P<noun>{'|'.join(NOUNS)})$", re.IGNORECASE
)
NEVER = re.compile(
    r"\b(?:hospitals?|clinic|university|college|school|mosque|church|cathedral|street|avenue|square|roundabout|junction|"
    r"bridge|market|bazaar|hotel|stadium|palace|park|library|ministry|embassy|consulate|plant|mill|mine|cemetery|block)s?"
    r"(?: \d+)?$",
    re.IGNORECASE,
)
"""Parts of a city and buildings: what the gazetteer does not know of them is not put where their name points."""
COMMON = word_set(
    "old new city town village camp strip north south east west northern southern eastern western central centre "
    "center middle northeast northwest southeast southwest capital border coast airport road river sea island islands "
    "area district province region state country city's downtown green zone dry line front the of and one st mount "
    "lake main airbase base market mosque hospital school bridge highway valley mountain hill hills desert forest"
)
"""Words that name no place by themselves."""
BEFORE = re.compile(
    r"\b(?P<noun>provinces?|governorates?|states?|oblasts?|region|district|county|city|cities|towns?|"
    r"villages?) of (?:the )?(?:[A-Z][\w'’-]+(?:, | and ))?$"
)
AFTER = re.compile(r"^ (?P<noun>provinces?|governorates?|state|oblast|district|county|city|town|village)\b(?! of\b)")


@dataclass(frozen=True, slots=True)
class PlaceWords:
    """One reading of a LOCATION's words: the name to look for, the kind asked for, and whether it is only near it.

    ``within`` is the name of the wider place that stands behind a comma.
    """

    name: str
    hint: Hint = "any"
    near: bool = False
    within: str | None = None


def hint_of(noun: str) -> Hint:
    """The kind that a type noun (singular or plural) asks for."""
    noun = noun.casefold()
    noun = {"cities": "city", "counties": "county"}.get(noun, noun)
    return NOUNS.get(noun) or NOUNS.get(noun.removesuffix("s"), "any")


def readings(words: str) -> list[PlaceWords]:
    """The ways to read a LOCATION's words, the most literal first; none where they can name no place."""
    words = " ".join(words.split()).removeprefix("the ").removeprefix("The ")
    found = [PlaceWords(words)] if _may_name(words) else []
    if NEVER.search(words):
        return found
    head, comma, tail = words.partition(", ")
    if comma and head and tail:
        found += [PlaceWords(r.name, r.hint, r.near, tail) for r in readings(head)]
        return found
    found += _parts(words)
    return list(dict.fromkeys(found))


def _parts(words: str) -> list[PlaceWords]:
    name, near = words, False
    hint: Hint = "any"
    found = []
    for _ in range(4):  # peeled from both ends, one layer at a time
        before = name
        if match := NOUN.search(name):
            if hint == "any":
                hint = hint_of(match["noun"])
            name = name[: match.start()]
        elif match := TYPE_OF.match(name):
            if hint == "any":
                hint = hint_of(match["noun"])
            name = name[match.end() :]
        elif (match := LEADING.match(name)) and name[match.end() :][:1].isupper():
            near, name = True, name[match.end() :]
        elif match := TRAILING.search(name):
            near, name = True, name[: match.start()]
        if name == before:
            break
        near = near or hint in ("road", "facility")
        if _may_name(name):
            found.append(PlaceWords(name, hint, near))
    joined = r"|-|, " if hint in ("road", "border") else ""
    split = re.split(rf"\s*[–—/]\s*| and | - {joined}", name)
    if len(split) > 1:
        for part in split:
            part = LEADING.sub("", part) if part else part
            if _may_name(part):
                found.append(PlaceWords(part, hint, True))
    return found


def _may_name(name: str) -> bool:
    """Whether the words look like a name: a capital letter, and a word that is more than a common noun."""
    words = re.findall(r"[^\W\d_]+", name)
    return any(word[0].isupper() for word in words) and not all(word.casefold() in COMMON for word in words)
