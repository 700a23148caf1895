"""The kind of attack from the words of a MEANS span.

The first pattern that fits decides; their order says what outranks what (a suicide car bomb is a suicide attack, a
drone strike no air strike). Decisions:

- *missile*, *rocket* and *shell* are ``artillery_rocket`` unless the words speak of air or drones: the word leaves open
  what it was fired from, and field conventions keep projectiles together. A rocket-propelled grenade is infantry's.
- *bomb*, *bomb attack* are ``ied_mine`` (a planted bomb); *bombing*, *bombed*, *bombs*, *blast*, *explosion*, *strike*
  and *raid* alone fit several kinds and are ``unknown``.
- ``other`` is a kind that is understood and has no category of its own (stabbing, arson, tear gas, grenades).
"""

from __future__ import annotations

import re

from tolltrace.claims.claim import Means, MeansCategory

PATTERNS: tuple[tuple[MeansCategory, str], ...] = (
    ("other", r"tear ?gas|gas (?:cylinder|canister|tank)|stun grenade|(?:shot|shoot\w*|bring\w*|brought) down"),
    ("chemical", r"chemical|\bgas(?:es|sed|sing)?\b(?! explosion)|sarin|chlorine|toxic|nerve agent|poison|phosgene"),
    (
        "accident",
        r"crash|collision|collid|collaps|acciden|drown|capsi[sz]|stampede|derail|shipwreck|\bsank|gas explosion",
    ),
    ("drone", r"\bdrones?\b|\buavs?\b|unmanned|quadcopter|loitering|shahed|bayraktar"),
    ("suicide", r"suicide|kamikaze|self-detonat|blew (?:him|her|them)sel"),
    (
        "execution",
        r"execut|behead|decapitat|\bhang(?:ed|ing)|firing squad|lynch|crucif|\bthroats?\b|extrajudicial|stoning",
    ),
    (
        "ied_mine",
        r"\bieds?\b|vbied|explosive|\bmines?\b|landmine|booby|roadside|unexploded|\buxo|"
        r"\b(?:car|truck|vehicle|bus|motorcycle|motorbike|bicycle|magnetic|sticky|planted|nail|pipe)[- ]bomb|"
        r"\bbomb(?:$| (?:attack|blast|explosion|detonat)s?)",
    ),
    (
        "air",
        r"\bair\b|\bair-|airstrike|airstike|\bairraid|airborne|aerial|warplane|\bjets?\b|aircraft|\bplanes?\b|barrel|"
        r"cluster|helicopter|strafing|gunship|bunker[- ]bust|carpet",
    ),
    ("ground_fighting", r"\brpgs?\b|rocket[- ]propelled"),
    (
        "artillery_rocket",
        r"artillery|\bshell(?:s|ed|ing|fire)?\b|mortar|rocket|missile|howitzer|\bgrads?\b|katyusha|tank (?:fire|shell)|"
        r"\btanks\b|cannon|ballistic|scud|naval (?:fire|gun|bombard)|heavy weapons",
    ),
    (
        "ground_fighting",
        r"clash|fight|fought|battl|combat|ambush|assault|skirmish|cross-?fire|exchange of fire|ground (?:attack|raid|"
        r"operation)|infiltrat|storm|hand-to-hand|firefight|confrontation",
    ),
    (
        "shooting",
        r"\bshots?\b|shoot|gun ?fire|gunshot|snip(?:er|ing)|machine[- ]?gun|bullet|rifle|opened fire|open(?:ing)? fire|"
        r"small arms|drive-by|live (?:fire|ammunition|rounds)|\bgunned|gun attack|\bfired?\b|\bfiring\b|pistol",
    ),
    (
        "other",
        r"stab|knif|knives|machete|\baxes?\b|tortur|beat|burn|arson|blaze|\brammed|ramming|grenade|strang|starv|molotov|"
        r"sword|bludgeon|poison|hammer",
    ),
)
COMPILED = tuple((category, re.compile(pattern)) for category, pattern in PATTERNS)


def categorise_means(text: str) -> MeansCategory:
    """The category of the words of a MEANS span; ``unknown`` where they fit several or none."""
    words = " ".join(text.casefold().replace("‑", "-").split())
    return next((category for category, pattern in COMPILED if pattern.search(words)), "unknown")


def read_means(text: str, start: int, end: int) -> Means:
    """The means that the MEANS span ``text`` at ``[start, end)`` names."""
    return Means(text, start, end, categorise_means(text))
