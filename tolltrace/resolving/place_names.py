"""Names of places that different hands spell differently: three forms of a name, from strict to loose.

``normalize`` removes what no spelling depends on (case, marks, apostrophes, hyphens). ``fold`` also evens out the usual
choices of transliteration (``Deir ez-Zor``, ``Dayr az Zawr``: the article, ou/u/oo/o, ee/i/y, a final -ah/-eh/-a,
doubled letters). ``key`` keeps little more than the consonants, and serves to find candidates, never to accept them.
All three work on Latin script; letters of other scripts have no form.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from rapidfuzz import fuzz

from tolltrace.words import word_set

ARTICLES = word_set("al el ul ad ar as ash at az an ed er es esh et ez ech")
"""The Arabic article as it is written before another word: bare, and assimilated to the letter that follows."""
LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ə": "a", "ŋ": "n"}
)
APOSTROPHES = "'`´’‘ʼʻʿʾ′‛\"“”"
CLEAN = str.maketrans(dict.fromkeys(APOSTROPHES, "") | dict.fromkeys("-_.,;:/\\()[]{}–—‐‑−", " "))
VOWELS = str.maketrans("", "", "aeiouhwy ")


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((written, sound) for written, _, sound in (pair.partition(">") for pair in text.split(" ")))


FOLDS = _pairs(
    "sch>s ch>s sh>s ph>f dh>z zh>z ck>k kh>k gh>g th>t tz>ts dj>j x>ks q>k "
    "aw>u au>u ow>u ou>u oo>u o>u w>u ay>i ai>i ey>i ei>i ee>i e>i y>i"
)
KEYS = _pairs("sch>s ch>s ph>f dh>z ce>se ci>si cy>si x>ks c>k q>k")
WORDS = {
    spelling: word
    for word, spellings in {
        "tal": "tell tel tall til",
        "kafr": "kfar kafar kufr",
        "jabal": "jebel djebel gebel jabel jbel",
        "khirbat": "khirbet khirbah kherbet kharbat",
        "abu": "abou abi ebu ebi",
        "um": "oum umm",
        "maarat": "maaret maarrat maarret maarra",
        "hawsh": "housh hosh hoch haush",
    }.items()
    for spelling in spellings.split()
}
"""Common first words of Arabic names, whose vowels nobody agrees on."""
FINAL_A = re.compile(r"(?<=.[^aeiou])(?:e|[ae]h)$")
DOUBLED = re.compile(r"(.)\1+")
DROPPED_H = re.compile(r"(?<!^)h(?![aiu])")
AKIN_FROM = 0.88
"""How like two folded names of one key must at least be (rapidfuzz's ratio, 0 to 1)."""
SHORT, SHORT_AKIN_FROM = 5, 0.92
SHORTEST_AKIN = 4
"""Names whose folded form is shorter are matched only where the folded forms are the same."""


def normalize(name: str) -> str:
    """Lower-case ASCII words with single spaces: ``Al-Ḩasakah`` → ``al hasakah``. Empty for other scripts."""
    name = name.casefold()
    if not name.isascii():
        name = unicodedata.normalize("NFKD", name.translate(LETTERS).translate(CLEAN))
        name = name.encode("ascii", "ignore").decode()
    return " ".join(name.translate(CLEAN).split())


def without_articles(normalized: str) -> str:
    """The words of a normalized name without Arabic articles, unless they are all it has."""
    words = normalized.split(" ")
    if len(words) == 1:
        return normalized
    return " ".join(word for word in words[:-1] if word not in ARTICLES) + " " + words[-1]


@lru_cache(maxsize=1 << 16)
def fold(name: str) -> str:
    """One form for the usual spellings of a name, without spaces."""
    words = without_articles(normalize(name)).split(" ")
    text = WORDS.get(words[0], words[0]) + "".join(words[1:])
    text = FINAL_A.sub("a", text)
    for written, sound in FOLDS:
        text = text.replace(written, sound)
    text = DROPPED_H.sub("", text)
    return DOUBLED.sub(r"\1", text)


def key(name: str) -> str:
    """The sounds that spellings agree on; names with different keys are never taken for one another."""
    return sound_key(normalize(name))


def sound_key(normalized: str) -> str:
    """:func:`key` of a name that is normalized already."""
    text = without_articles(normalized).replace(" ", "") if " " in normalized else normalized
    if not text:
        return ""
    for written, sound in KEYS:
        if written in text:
            text = text.replace(written, sound)
    first = "a" if text[0] in "aeiou" else text[0]
    if first == "a" and text[:2] in ("ou", "oo") and text[2:3] in ("a", "e", "i"):
        first = "w"  # the French "ou" before a vowel
    rest = text[1:].translate(VOWELS)
    text = first + rest
    text = DOUBLED.sub(r"\1", text)
    if "dj" in text or "tz" in text:
        text = DOUBLED.sub(r"\1", text.replace("dj", "j").replace("tz", "ts"))
    return text


def _compact(normalized: str) -> str:
    return without_articles(normalized).replace(" ", "").replace("y", "i")


def likeness(name: str, other: str) -> float:
    """How like two spellings are: 1 for the same words, 0.95 and more for variants, less for akin ones, 0 for others.

    It is meant for names of one key.
    """
    mine, theirs = normalize(name), normalize(other)
    if mine == theirs:
        return 1.0
    if _compact(mine) == _compact(theirs):
        return 0.99
    mine, theirs = fold(mine), fold(theirs)
    if mine == theirs:
        return 0.95
    shorter = min(len(mine), len(theirs))
    if shorter < SHORTEST_AKIN:
        return 0.0
    ratio = fuzz.ratio(mine, theirs) / 100
    return 0.95 * ratio if ratio >= (SHORT_AKIN_FROM if shorter <= SHORT else AKIN_FROM) else 0.0
