"""Who was harmed: category, sex and age from the words of a VICTIM span, and the unit a figure counts.

Careful by rule: what the words leave open stays unknown. Decisions beyond the scheme's:

- *children* (infants, boys, girls, the elderly) are civilian, **inferred**: records of casualties presume it, and
  ``age`` keeps the fact apart. *Women* and *men* are unknown: both fight in these wars. "Women and children" is
  therefore unknown as a group, with ``age`` mixed.
- occupations and situations of civil life (doctors, farmers, refugees, residents) are civilian, inferred.
- words of war (fighters, soldiers, rebels) are combatant, stated; *terrorists*, *attackers*, "members of" a party and
  the party's bare name are combatant, inferred: the first are a party's word for its dead.
- *peacekeepers*, *guards*, *officials*, *prisoners*, *hostages* are unknown, even where a party is named.
- kin of a combatant ("wife of an IS commander") take nothing from him.
- the head noun decides first: *general*, *marine*, *rebel* and *officer* tell only as the head ("rebel leaders",
  "General Ada Poe", not "general strike"); a civil word before an officer ("election officers") makes a civilian,
  inferred.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TypeVar

from tolltrace.claims.claim import Age, CategoryBasis, Sex, Unit, VictimCategory, Victims
from tolltrace.words import word_set

Value = TypeVar("Value", bound=str)


COMBATANT = word_set(
    "fighter fighters soldier soldiers militant militants rebel rebels troop troops trooper troopers jihadi jihadis "
    "jihadist jihadists insurgent insurgents gunman gunmen militiaman militiamen militia militias combatant combatants "
    "mercenary mercenaries commander commanders commando commandos officer officers serviceman servicemen servicewoman "
    "servicewomen marine marines paratrooper paratroopers sniper snipers airman airmen conscript conscripts recruit "
    "recruits cadet cadets guerrilla guerrillas peshmerga guardsman guardsmen general generals colonel colonels "
    "lieutenant lieutenants sergeant sergeants brigadier infantry infantrymen reservist reservists warlord warlords "
    "servicemember servicemembers legionnaire legionnaires"
)
COMBATANT_INFERRED = word_set(
    "terrorist terrorists extremist extremists attacker attackers assailant assailants bomber bombers infiltrator "
    "infiltrators operative operatives emir emirs"
)
POLICE = word_set(
    "police policeman policemen policewoman policewomen gendarme gendarmes constable constables asayish gendarmerie"
)
CIVILIAN = word_set("civilian civilians noncombatant noncombatants non-combatant non-combatants")
CIVILIAN_INFERRED = word_set(
    "doctor doctors physician physicians surgeon surgeons nurse nurses medic medics paramedic paramedics medical "
    "health patient patients journalist journalists reporter reporters photographer photographers cameraman cameramen "
    "worker workers labourer labourers laborer laborers farmer farmers shepherd shepherds fisherman fishermen "
    "worshipper worshippers worshiper worshipers shopper shoppers pedestrian pedestrians passer-by passers-by passerby "
    "passersby student students pupil pupils teacher teachers lecturer lecturers refugee refugees villager villagers "
    "resident residents inhabitant inhabitants displaced pilgrim pilgrims tourist tourists shopkeeper shopkeepers "
    "vendor vendors trader traders merchant merchants imam imams priest priests cleric clerics monk monks nun nuns "
    "lawyer lawyers judge judges employee employees humanitarian rescuer rescuers firefighter firefighters migrant "
    "migrants mourner mourners guest guests spectator spectators passenger passengers commuter commuters bystander "
    "bystanders lawmaker lawmakers mayor mayors businessman businessmen herder herders miner miners townspeople "
    "motorist motorists polio aid"
)
CIVILIAN_PHRASE = re.compile(
    r"\b(?:(?:taxi|bus|truck|lorry|ambulance|tanker|minibus) drivers?|white helmets|asylum seekers|fire fighters?|"
    r"civil defen[cs]e)\b"
)
CHILD = word_set(
    "child children infant infants baby babies toddler toddlers newborn newborns boy boys girl girls minor minors "
    "teenager teenagers teen teens kid kids schoolchild schoolchildren schoolboy schoolboys schoolgirl schoolgirls "
    "underage teenage"
)
ELDERLY = word_set("elderly pensioner pensioners grandmother grandmothers grandfather grandfathers")
ADULT = (
    word_set("woman women man men adult adults mother mothers father fathers wife wives husband husbands widow widows")
    | ELDERLY
)
FEMALE = word_set(
    "woman women girl girls female females wife wives mother mothers daughter daughters sister sisters widow widows "
    "grandmother grandmothers policewoman policewomen servicewoman servicewomen schoolgirl schoolgirls bride brides "
    "aunt aunts pregnant nun nuns"
)
MALE = word_set(
    "man men boy boys male males father fathers son sons brother brothers husband husbands uncle uncles grandfather "
    "grandfathers schoolboy schoolboys groom"
)
KIN = word_set(
    "family families relative relatives wife wives husband husbands son sons daughter daughters brother brothers "
    "sister sisters mother mothers father fathers parent parents widow widows supporter supporters cousin cousins "
    "nephew nephews child children household households neighbour neighbours neighbor neighbors"
)
OPEN = word_set(
    "peacekeeper peacekeepers guard guards official officials prisoner prisoners detainee detainees inmate inmates "
    "captive captives hostage hostages activist activists citizen citizens martyr martyrs"
)
SERVICE = word_set("army military navy police rebel militia")
HEAD_ONLY = word_set("general marine rebel officer officers")
RANK = word_set("general generals officer officers")
CIVIL_RANK = word_set(
    "aid election electoral polling media press un customs court health medical humanitarian relief education welfare "
    "immigration probation tax attorney attorneys prosecutor solicitor auditor director consul surgeon"
)
CIVIL_HEAD = word_set(
    "public resident residents inhabitant inhabitants villager villagers townspeople patient patients visitor visitors "
    "biologist biologists scientist scientists shopper shoppers pedestrian pedestrians passer-by passers-by passerby "
    "passersby bystander bystanders tourist tourists refugee refugees"
)

MEMBERS = word_set(
    "member members person persons people body bodies corpse corpses remains group groups unit units leader leaders "
    "convoy crew dozens hundreds thousands"
)
TRAILING = word_set(
    "member members body bodies corpse corpses remains group groups unit units leader leaders convoy crew chief chiefs "
    "leadership figure figures force forces army corps faction factions movement alliance coalition side men personnel "
    "trainee trainees casualties dead deaths fatalities victims aged retired"
)
"""Behind the head noun: "rebel forces", "officer aged 34"."""
LISTED = (
    COMBATANT
    | COMBATANT_INFERRED
    | POLICE
    | CIVILIAN
    | CIVILIAN_INFERRED
    | CIVIL_HEAD
    | CIVIL_RANK
    | CHILD
    | ADULT
    | OPEN
)

AGED = re.compile(r"(\d{1,3})-year-olds?")
SUBSET = re.compile(r",? \(?(?:including|among them|mostly|mainly|many of (?:them|whom)|most of (?:them|whom))\b.*")
BEHIND = re.compile(
    r" (?:of|from|in|at|on|near|with|who|that|belonging|linked|loyal|allied|affiliated|aboard|inside|suspected of|to)\b"
)
LOCATIVE = re.compile(r" (?:in|at|on|near|inside|aboard|who|that|fleeing)\b")
JOINT = re.compile(r"\s*,\s*(?:and |or )?|\s+(?:and|or|as well as|along with)\s+|\s*[/&]\s*")
LETTER = re.compile(r"[^\W\d_]")
WORD = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*")
POSSESSOR = re.compile(r"^.*\w(?:'s|s')\s+(?=\w)")

UNITS: tuple[tuple[Unit, frozenset[str]], ...] = (
    ("family", word_set("family families")),
    ("household", word_set("household households")),
    (
        "group",
        word_set(
            "group groups unit units platoon platoons squad squads battalion battalions brigade brigades cell cells "
            "crew crews patrol patrols team teams company"
        ),
    ),
)


def read_victims(text: str, start: int, end: int, actors: Sequence[str] = ()) -> Victims:
    """The victims that the VICTIM span ``text`` names; ``actors`` are the texts of the ACTOR spans inside it."""
    written = text.replace("’", "'").replace("U.N.", "UN")
    plain = SUBSET.sub("", written.casefold())
    parts = [part for part in JOINT.split(plain) if LETTER.search(part)] or [plain]
    names = [actor.replace("’", "'").replace("U.N.", "UN").casefold() for actor in actors]
    proper = {word.casefold() for word in WORD.findall(written) if word[0].isupper()} - LISTED
    category, basis = _combine([_categorise(part, names, proper) for part in _share_adjective(parts)])
    return Victims(
        text=text,
        start=start,
        end=end,
        category=category,
        category_by=basis,
        sex=_common([_sex(part) for part in parts], "mixed"),
        age=_age(parts),
        actor_text=actors[0] if actors else None,
    )


def read_unit(victim: str | None, count: str = "") -> Unit:
    """What a figure counts: the victims' noun tells ("family members" are persons), without one the figure's words."""
    noun = BEHIND.split(victim.casefold(), maxsplit=1)[0] if victim else count.casefold()
    last = WORD.findall(noun)[-1:]
    return next((unit for unit, names in UNITS if names.issuperset(last) and last), "person")


def _share_adjective(parts: list[str]) -> list[str]:
    """ "Civilian men and women": both are civilian."""
    first = WORD.findall(parts[0])
    if len(first) < 2 or first[0] != "civilian":
        return parts
    shared = FEMALE | MALE | CHILD | ADULT
    return [parts[0], *(f"civilian {part}" if set(WORD.findall(part)) <= shared else part for part in parts[1:])]


def _categorise(part: str, actors: Iterable[str], proper: set[str]) -> tuple[VictimCategory, CategoryBasis | None]:
    own = LOCATIVE.split(part, maxsplit=1)[0]
    head = BEHIND.split(POSSESSOR.sub("", own), maxsplit=1)[0]
    words = WORD.findall(head)
    ranks = COMBATANT - (HEAD_ONLY - {_noun(words, proper)})
    if set(words) & KIN and not set(words) & (ranks | POLICE | CIVILIAN):
        return ("civilian", "inferred") if _is_child(head) else ("unknown", None)
    found = _byword_set(words, head, proper)
    if not found and words and words[-1] in MEMBERS:  # "members of the security forces", "bodies of soldiers"
        first, *behind = BEHIND.split(own)
        phrases = [first, *(f"{first} {phrase}" for phrase in behind)]
        found = next(filter(None, (_byword_set(WORD.findall(p), p, proper) for p in phrases)), None)
    if found:
        return found
    # An organised party that is named here is the victims' own: "members of the SDF", "Taliban".
    return ("combatant", "inferred") if any(actor in own for actor in actors) else ("unknown", None)


def _noun(order: list[str], proper: set[str]) -> str:
    """The head noun: the last word, but for a name and words such as "forces"."""
    return next((w for w in reversed(order) if not (w in TRAILING or w in proper or w.isdigit())), "")


def _byword_set(order: list[str], head: str, proper: set[str]) -> tuple[VictimCategory, CategoryBasis | None] | None:
    noun = _noun(order, proper)
    words = set(order) - (HEAD_ONLY - {noun})
    if noun in CIVIL_HEAD | CIVILIAN:
        return "civilian", "stated" if words & CIVILIAN else "inferred"
    if words & POLICE:
        return "police", "stated"
    if noun in OPEN:
        return "unknown", None
    if words & CIVILIAN:
        return "civilian", "stated"
    if CIVILIAN_PHRASE.search(head):
        return "civilian", "inferred"
    served: VictimCategory = "combatant" if set(order) & SERVICE else "civilian"
    if noun in RANK and words & CIVIL_RANK and not words & (COMBATANT - RANK):
        return served, "inferred"
    if words & COMBATANT:
        return "combatant", "inferred" if words & {"suspected", "alleged"} else "stated"
    if {"service", "members"} <= words or {"service", "member"} <= words:
        return "combatant", "stated"
    if words & COMBATANT_INFERRED or {"security", "forces"} <= words:
        return "combatant", "inferred"
    if words & CIVILIAN_INFERRED:
        return served, "inferred"
    if words & ELDERLY or _is_child(head):
        return "civilian", "inferred"
    return None


def _is_child(words: str) -> bool:
    ages = [int(age) for age in AGED.findall(words)]
    return any(age < 18 for age in ages) if ages else bool(set(WORD.findall(words)) & CHILD)


def _combine(
    found: list[tuple[VictimCategory, CategoryBasis | None]],
) -> tuple[VictimCategory, CategoryBasis | None]:
    categories = {category for category, _ in found}
    if "unknown" in categories:  # of "soldiers and others" we know too little to say mixed, or combatant
        return "unknown", None
    category = found[0][0] if len(categories) == 1 else "mixed"
    return category, "inferred" if any(basis == "inferred" for _, basis in found) else "stated"


def _sex(part: str) -> Sex | None:
    words = set(WORD.findall(BEHIND.split(part, maxsplit=1)[0]))
    female, male = bool(words & FEMALE), bool(words & MALE)
    if female and male:
        return "mixed"
    return "female" if female else "male" if male else None


def _age(parts: list[str]) -> Age | None:
    found: list[Age | None] = []
    for part in parts:
        head = BEHIND.split(part, maxsplit=1)[0]
        adult = bool(set(WORD.findall(head)) & ADULT) or bool(AGED.search(head))
        found.append("child" if _is_child(head) else "adult" if adult else None)
    if len(parts) > 1 and "child" in found and None in found:  # "people and children"
        return "mixed"
    return _common(found, "mixed")


def _common(values: Sequence[Value | None], mixed: Value) -> Value | None:
    """The value that all parts share, or ``mixed``; ``None`` where a part is open and the others do not differ."""
    known = {value for value in values if value is not None}
    if len(known) > 1:
        return mixed
    return next(iter(known)) if known and None not in values else None
