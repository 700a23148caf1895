"""What the words of a mention say beside a name: whose body, who speaks for it, which of its members."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tolltrace.resolving.names import NameRow, NameTable, key, singular
from tolltrace.words import word_set

FORCES = word_set(
    "aircraft aviation airplane army armoured artillery boat combat commando conscript drone force ground "
    "gunboat gunner helicopter howitzer infantry jet marine military missile navy paratrooper personnel plane rocket "
    "serviceman servicemen shelling soldier special tank troop unit warplane warship battalion brigade patrol convoy "
    "air base position f su mig mi quadcopter gunship border guard serviceperson invader occupier "
    "artilleryman contingent peacekeeper f16 f 16 su 34 24 25 fighter_jet strike"
)
"""Nouns of what only armed forces have, in the singular; "fighters", "militants" and "rebels" are anybody's."""
GOVERNMENT = word_set(
    "government regime authority state administration official cabinet side leadership occupation enemy entity "
    "officials leader"
)
MEMBERS = word_set(
    "fighter militant rebel terrorist gunman gunmen jihadist insurgent guerrilla extremist member combatant element "
    "cell sleeper gang group organisation movement militia militiaman militiamen mercenary mercenarie faction party "
    "network branch force troop unit soldier commando guerilla network terror leader commander position convoy "
    "bomber suicide attacker drone missile rocket warplane aircraft jet helicopter plane artillery squad cadre "
    "alliance coalition partisan loyalist supporter separatist administration government police army air "
    "tank gunner sniper patrol checkpoint operative affiliate entity peacekeeper contingent forces body strike"
)
ROLES = word_set(
    "spokesman spokeswoman spokesperson spokespeople spokesmen official officer commander chief head director source "
    "representative leader member statement correspondent reporter president minister secretary general colonel "
    "lieutenant major captain brigadier envoy adviser advisor deputy senior military political media press fighter "
    "militant soldier founder coordinator researcher monitor staff team delegate delegation worker "
    "activist observer investigator command agency news newspaper television tv radio channel station group "
    "organisation report bulletin website service office information agent premier prime foreign defence "
    "interior health mouthpiece account lawyer medic doctor volunteer rescuer photographer journalist governor "
    "ambassador diplomat administrator inspector mission country co-founder vice humanitarian special army "
    "central bureau centre outlet figure militia movement rebel negotiator"
)
QUALIFIERS = word_set(
    "paramilitary rebel jihadist militant extremist terrorist islamist hardline outlawed banned notorious radical "
    "rights monitoring monitor group conflict war network watchdog charity news agency state official state-run "
    "semi-official pro-government pro-opposition opposition british london britain-based "
    "us-based activist human private independent aid medical-charity charity outlet broadcaster television channel "
    "newspaper website site self-declared self-styled so-called self-proclaimed shiite shi'ite "
    "sunni kurdish lebanese palestinian somali pakistani afghan syrian iraqi yemeni turkish russian iranian israeli "
    "libyan sudanese colombian communist leftist maoist armed separatist movement militia "
    "organisation organization party force forces powerful volunteer rescue service deadly notorious"
)
BACKED = re.compile(
    r"[\w.'’-]+-(?:backed|led|aligned|allied|linked|affiliated|based|supported|dominated|sponsored)", re.I
)
FOR = re.compile(
    r"^(?P<role>(?:[\w'’-]+ ){0,3}?[\w'’-]+),? (?:of|for|from|with) (?:the )?(?P<body>.+)$",
    re.IGNORECASE,
)
OF = re.compile(r"^(?P<part>[\w'’ -]+?) (?:of|for) (?:the )?(?P<whole>.+)$", re.IGNORECASE)
SPEAKERS = word_set(
    "spokesman spokeswoman spokesperson official officer commander chief head director representative leader member "
    "statement correspondent source monitor investigator researcher staff observer fighter militant soldier "
    "secretary media press office correspondent reporter founder coordinator unit aviation troop forces warplane "
    "aircraft drone helicopter emir organisation group"
)
ADJECTIVES = word_set(
    "armed hardline islamist kurdish lebanese palestinian radical resistance shiite shi'ite western foreign arab"
)
"""Words that say which group, and stand for none by themselves."""
PEOPLE = word_set(
    "rebel jihadist militant insurgent separatist guerrilla extremist islamist terrorist communist maoist paramilitary"
)
"""Who may be anybody's: in the plural they need "the" to mean those who were named."""
MANY = word_set(
    "groups organisations factions militias gangs armies coalitions ministries movements brigades governments"
)
"""Nouns of bodies in the plural: more than one is meant."""
BODY_NOUNS = word_set("group organisation movement militia faction network party force coalition alliance")
ARMY_OF = word_set("government regime state junta army military air")
SPEAK_FOR_STATE = GOVERNMENT | word_set("president prime presidency spokesman spokeswoman spokesperson diplomat envoy")


def cores(text: str, *, speaking: bool, qualified: bool = False) -> Iterator[str]:
    """The words that may name the body, the fullest first: without brackets, roles, members, persons and,
    unless it must stay ``qualified`` ("monitoring group" is not any group), qualifiers."""
    plain = re.sub(r"\s*\([^)]*\)?$", "", text).strip("\"“”'‘’ ")
    yield plain
    found = FOR.match(plain)
    if found and any(singular(word) in SPEAKERS for word in key(found["role"]).split()):
        yield re.split(r",| at | in ", found["body"])[0]
    words = re.split(r",", plain)[0].split()
    allowed = MEMBERS | ROLES if speaking else MEMBERS
    for end in range(len(words) - 1, 0, -1):
        rest = [singular(word) for word in key(" ".join(words[end:])).split()]
        if rest and (rest[0] in allowed if speaking else all(word in allowed for word in rest)):
            yield " ".join(words[:end])
            if not qualified:
                yield from _unqualified(words[:end])
    if not qualified:
        yield from _unqualified(words)


def _unqualified(words: list[str]) -> Iterator[str]:
    for start in range(1, len(words)):
        before = words[start - 1]
        if not (BACKED.fullmatch(before) or before.casefold() in QUALIFIERS):
            break
        yield " ".join(words[start:])


def body_of_state(text: str, table: NameTable, countries: tuple[str, ...], *, speaking: bool) -> NameRow | None:
    """The body that a state's name or adjective and a noun stand for: "Turkish forces", "army of Pakistan"."""
    words = text.split()
    for end in range(len(words) - 1, 0, -1):
        state = table.find(" ".join(words[:end]), countries)
        if state and state.party == "state":
            row = _part(state, key(" ".join(words[end:])), table, speaking=speaking)
            if row:
                return row
    found = OF.match(text)
    if found:
        state = table.find(found["whole"], countries)
        if state and state.party == "state":
            return _part(state, key(found["part"]), table, speaking=speaking)
    return None


def _part(state: NameRow, phrase: str, table: NameTable, *, speaking: bool) -> NameRow | None:
    """The state's body that a phrase stands for, with a spokesman or officer after it where it speaks."""
    words = re.sub(r"\bminister\b", "ministry", phrase).split()
    stems = [singular(word) for word in words]
    children = [row for row in table.children[state.id] if row.party and row.id.startswith(f"{state.id}-")]
    forces = next((row for row in children if row.party == "state_forces" and row.is_called("army")), None)
    for end in range(len(words), 0, -1):
        rest = stems[end:]
        if rest and not (speaking and rest[0] in ROLES):
            continue
        called = [row for row in children if row.is_called(" ".join(words[:end]))]
        if len(called) == 1:
            return called[0]
        first = stems[:end]
        if first[0] in GOVERNMENT and len(first) > 1 and all(map(_is_of_forces, first[1:])):
            return forces
        if all(map(_is_of_forces, first)):
            return forces or state
        if all(word in GOVERNMENT for word in first) and "media" not in rest:  # "Turkish state media": no party's voice
            return state
    return state if speaking and stems[0] in SPEAK_FOR_STATE and "media" not in stems else None


def _is_of_forces(word: str) -> bool:
    return word in FORCES or word[0].isdigit()  # "F-16s", "Su-34"


def generic_phrase(text: str) -> str:
    """The nouns that a body may be called by; "government troops" and "army helicopters" are the army's."""
    words = key(text).split()
    stems = [singular(word) for word in words]
    if all(word in ADJECTIVES for word in stems) or words[-1] in MANY:
        return ""
    if len(stems) > 1 and stems[0] in ARMY_OF and all(map(_is_of_forces, stems[1:])):
        return "army"
    return " ".join(words)
