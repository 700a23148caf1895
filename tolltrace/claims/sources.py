"""What kind of body a SOURCE is, and whether a figure is its own (``origin``) or passed on by it (``relay``).

Decisions:

- a party is who fights: armed forces and groups, their commanders and spokesmen, defence ministries, and every SOURCE
  that names an ACTOR, a state included, unless the ACTOR is a civil body (ministry, police, municipality, presidency).
- Amaq is a party: it is the Islamic State's own channel. State media are media: no party's own voice. A government's or
  party's *media office* is no medium.
- rescue services go with the medics; the White Helmets are an NGO.
- activists are ``unknown``: neither witnesses nor a body that documents. Their networks and groups are monitors.
- a surname alone ("Khalil") takes its kind from a longer mention of the article that ends with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from tolltrace.claims.claim import Source, SourceKind

Kinds = tuple[tuple[SourceKind, re.Pattern[str]], ...]


def _compile(*rows: tuple[SourceKind, str]) -> Kinds:
    return tuple((kind, re.compile(pattern)) for kind, pattern in rows)


# Names keep their case ("WHO" is no "who"); common words are looked for in lower case.
NAMES = _compile(
    (
        "un",
        r"\bU\.?N\.?(?:$|[\s,'’]|AMA\b|AMI\b|AMID\b|ICEF\b|HCR\b|MISS\b|RWA\b|FPA\b|IFIL\b)|United Nations|"
        r"\bOCHA\b|\bOHCHR\b|\bWHO\b|World Health Organi|\bWFP\b|World Food Program|\bMONUSCO\b|\bMINUSMA\b|"
        r"\bIOM\b|International Organi[sz]ation for Migration",
    ),
    (
        "monitor",
        r"Observatory|\bSOHR\b|\bSNHR\b|Network for Human Rights|Airwars|\bACLED\b|\bUCDP\b|Violations Documentation|"
        r"\bVDC\b|Iraq Body Count|Yemen Data Project|Civilian Impact Monitoring|Being Slaughtered Silently|"
        r"DeirEzzor ?24|Local Coordination Committees|Yesh Din|Armed Conflict Location",
    ),
    (
        "ngo",
        r"Amnesty|Human Rights Watch|\bHRW\b|Red C(?:ross|rescent)|\bICRC\b|\bMSF\b|Doctors Without Borders|"
        r"M[ée]decins|Save the Children|Oxfam|White Helmets|Mercy Corps|World Vision|\bNGOs?\b|Physicians for Human|"
        r"B['’]Tselem|Emergency Lawyers|\bCARE\b|Islamic Relief|Norwegian Refugee|\bIRC\b|\bNRC\b",
    ),
    ("party", r"\bAmaq\b|Aamaq|Reconciliation Cent|\bC(?:ENT|ent)COM\b|Central Command|\bPentagon\b|\bNATO\b|\bIDF\b"),
    (
        "media",
        r"\bAFP\b|Agence France|\bAP\b|Associated Press|Reuters|\bDPA\b|\bdpa\b|\bEFE\b|\bANSA\b|\bUPI\b|\bSANA\b|"
        r"\bT(?:ASS|ass)\b|Interfax|\bRIA\b|Sputnik|Xinhua|Anadolu|\bIRNA\b|\bFars\b|Tasnim|\bBBC\b|\bCNN\b|[Jj]azeera|"
        r"[Aa]l[- ]Arabiya|Rudaw|\bANHA\b|Hawar|\bNBC\b|\bCBS\b|\bABC\b|Fox News|\bNPR\b|Voice of America|\bVOA\b|"
        r"Times\b|\bPost\b|Guardian\b|Mayadeen|Manar\b|Enab Baladi|Zaman|Tolo ?News|Pajhwok|Khaama|Al[- ]Masirah|"
        r"Radio Dabanga|Sudan Tribune|Deutsche Welle|\bDW\b|Le Monde|Haaretz|Middle East Eye|Shafaq|\bINA\b|\bWAFA\b",
    ),
)
OFFICE = (
    r"(?:media|press|information) (?:office|officer|secretary|service|cent(?:er|re)|council|bureau|wing|advis|spokes)"
)
MEDIA = re.compile(
    r"\b(?:media|press|news|newspapers?|tv|television|radio|broadcasters?|channels?|dailies|daily|magazine|website|outlets?|"
    r"(?:news|press|state) agency|correspondents?|reporters?|journalists?|photographers?)\b"
)
WORDS = _compile(
    (
        "monitor",
        r"\bmonitor(?:s|ing)?\b|watchdog|observatory|activist (?:group|network|collective|committee)|"
        r"(?:human )?rights (?:network|cent)",
    ),
    (
        "ngo",
        r"\b(?:charity|charities|aid (?:group|agenc|worker|organi|official)\w*|relief (?:group|agenc|organi)\w*|"
        r"humanitarian|rights (?:group|organi|campaign|activ|body|lawyer)\w*|non-governmental|ngos?)",
    ),
    (
        "medical",
        r"\b(?:doctors?|dr\.?|medics?|medical|hospitals?|paramedics?|nurses?|physicians?|surgeons?|ambulances?|morgues?|"
        r"pathologists?|clinics?|health (?:worker|source)s?|"
        r"rescuers?|rescue|emergency (?:service|worker)s?|first responders?|civil defen[cs]e)(?!\w)",
    ),
    ("official", r"\bpolice\b"),
    (
        "party",
        r"\b(?:army|military|militar\w+|defen[cs]e (?:ministry|minister|official|secretary|department)\w*|"
        r"ministry of defen[cs]e|forces|troops|soldiers?|fighters?|militants?|rebels?|militia\w*|insurgents?|"
        r"jihadis\w*|commanders?|commanding|(?<!attorney )(?<!secretary[ -])(?<!director[ -])general|gen\.|colonel|"
        r"col\.|lt\.|maj\.|coalition|combatants?|armed (?:group|faction|opposition)|factions?|"
        r"alliance|navy|air force|guerrillas?)(?!\w)",
    ),
    (
        "official",
        r"\b(?:officials?|government|ministry|minister|president|presidency|governor|governorate|mayor|municipal\w*|"
        r"authorit(?:y|ies)|prosecutors?|attorney|embassy|ambassador|state department|white house|kremlin|"
        r"parliament\w*|lawmakers?|"
        r"senators?|mps?|intelligence|security (?:source|service|chief|agenc)\w*|secretary|chancellor|envoy|"
        r"council(?:lor)?s?|administration|court|diplomats?|kabul|damascus|moscow|baghdad|tehran|ankara|khartoum)\b",
    ),
    (
        "witness",
        r"\b(?:eye-?)?witness(?:es)?\b|\b(?:residents?|locals?(?! (?:official|author|activ|source))|villagers?|"
        r"survivors?|relatives?|famil(?:y|ies)|neighbou?rs?|inhabitants?|refugees?|evacuees?|travell?ers?|shopkeepers?|farmers?|"
        r"fathers?|mothers?|brothers?|sisters?|sons?|daughters?|uncles?|cousins?|widows?|elders?|tribesm[ae]n|"
        r"drivers?)\b",
    ),
)
MINISTRY = re.compile(r"\bministr|\bpolice\b")
CIVIL_BODY = re.compile(
    r"\bministr|\bgovernment|police|presiden|municip|authorit|state department|white house|"
    r"parliament|governor|embassy|interior|administration|judiciary|court"
)
DEFENCE = re.compile(r"defen[cs]e (?:ministr|department)|ministr\w+ of defen[cs]e")
REPORTER = re.compile(r"\b(?:correspondents?|reporters?|journalists?|photographers?|cameram[ae]n)\b", re.IGNORECASE)


def source_kind(text: str, actors: Sequence[str] = ()) -> SourceKind:
    """The kind of body that the SOURCE span ``text`` names; ``actors`` are the texts of the ACTOR spans inside it."""
    plain = text.casefold()
    office = re.search(OFFICE, plain)
    for kind, pattern in NAMES:
        if pattern.search(text) and not (kind == "media" and office):
            return kind
    if MEDIA.search(plain) and not office:
        return "media"
    for kind, pattern in WORDS[:3]:
        if pattern.search(plain):
            return kind
    if actors:
        named = " ".join(actors).casefold()
        civil = CIVIL_BODY.search(named) or MINISTRY.search(plain)
        return "official" if civil and not DEFENCE.search(plain) else "party"
    return next((kind for kind, pattern in WORDS[3:] if pattern.search(plain)), "unknown")


def kinds_in_document(sources: Iterable[tuple[str, Sequence[str]]]) -> dict[str, SourceKind]:
    """The kind of every SOURCE text of an article, each with the ACTORs inside; surnames take a longer mention's."""
    known: dict[str, SourceKind] = {}
    for text, actors in sources:
        kind = source_kind(text, actors)
        if known.get(text, "unknown") == "unknown":
            known[text] = kind
    for text, kind in known.items():
        if kind == "unknown" and text[:1].isupper():
            longer = [name for name in known if name.endswith(f" {text}") and known[name] != "unknown"]
            if longer:
                known[text] = known[longer[0]]
    return known


def with_roles(sources: Sequence[Source]) -> tuple[Source, ...]:
    """The sources of one figure; a medium beside another kind of source passes that one's word on.

    Its correspondent does not: what he saw is a testimony of its own.
    """
    if all(source.kind == "media" for source in sources):
        return tuple(sources)
    return tuple(
        _relay(source) if source.kind == "media" and not REPORTER.search(source.text or "") else source
        for source in sources
    )


def outlet_source(outlet: str | None) -> Source:
    """The origin of a figure that the article gives without a source: the outlet itself."""
    return Source(outlet, None, None, "media", "origin", stated=False)


def _relay(source: Source) -> Source:
    return replace(source, role="relay")
