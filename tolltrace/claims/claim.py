"""What an analyst gets: one :class:`Claim` per figure, with the words as written beside everything derived from them.

Offsets (``start``, ``end``) always count code points of the article as it was given. Canonical names, coordinates and
calendar days are ``None`` until a later step resolves them.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Literal

from tolltrace.documents import Mention

Bound = Literal["exact", "at_least", "more_than", "up_to", "about", "range", "vague", "none"]
Unit = Literal["person", "family", "household", "group"]
Scope = Literal["incident", "total"]
Harm = Literal["killed", "injured", "displaced", "detained", "missing", "unspecified"]
VictimCategory = Literal["civilian", "combatant", "police", "mixed", "unknown"]
CategoryBasis = Literal["stated", "inferred"]
Sex = Literal["male", "female", "mixed"]
Age = Literal["child", "adult", "mixed"]
MeansCategory = Literal[
    "air",
    "drone",
    "artillery_rocket",
    "ground_fighting",
    "shooting",
    "ied_mine",
    "suicide",
    "chemical",
    "execution",
    "accident",
    "other",
    "unknown",
]
Certainty = Literal["claimed", "stated", "suspected", "unidentified"]
SourceKind = Literal["monitor", "media", "party", "official", "un", "ngo", "medical", "witness", "unknown"]
SourceRole = Literal["origin", "relay"]


@dataclass(frozen=True, slots=True)
class Count:
    """How many: the words and the numbers they stand for; ``None`` is an open end, a ``share`` has no numbers."""

    text: str
    min: int | None
    max: int | None
    bound: Bound
    share: bool = False


@dataclass(frozen=True, slots=True)
class Victims:
    """Who was harmed. ``actor_text`` is the party that is named inside the words, ``actor`` its canonical name."""

    text: str
    start: int
    end: int
    category: VictimCategory
    category_by: CategoryBasis | None
    sex: Sex | None
    age: Age | None
    actor_text: str | None = None
    actor: str | None = None


@dataclass(frozen=True, slots=True)
class Means:
    """By what they were harmed."""

    text: str
    start: int
    end: int
    category: MeansCategory
    inherited: bool = False


@dataclass(frozen=True, slots=True)
class Responsible:
    """A party that is held responsible. ``by`` is who blames (``None``: the article itself) in ``sentence``."""

    text: str
    start: int
    end: int
    certainty: Certainty
    by: Mention | None
    sentence: Mention
    actor: str | None = None
    inherited: bool = False


@dataclass(frozen=True, slots=True)
class Denial:
    """A party that denies, in its own or the article's words: a denial of targeting is none of having struck."""

    text: str
    start: int
    end: int
    by: Mention | None
    sentence: Mention
    actor: str | None = None
    inherited: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where it happened."""

    text: str
    start: int
    end: int
    name: str | None = None
    country: str | None = None
    lat: float | None = None
    lon: float | None = None
    precision: str | None = None
    inherited: bool = False


@dataclass(frozen=True, slots=True)
class When:
    """A date as written; ``first_day``, ``last_day`` (ISO 8601) and ``precision`` once it is resolved."""

    text: str
    start: int
    end: int
    first_day: str | None = None
    last_day: str | None = None
    precision: str | None = None
    inherited: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """Who says so. Not ``stated``: the outlet speaks for itself, ``text`` is its name (if known), without offsets."""

    text: str | None
    start: int | None
    end: int | None
    kind: SourceKind
    role: SourceRole
    name: str | None = None
    stated: bool = True
    inherited: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """The sentence that holds the figure, its offsets, and those of the figure itself."""

    sentence: str
    sentence_start: int
    sentence_end: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Provenance:
    """The article a claim was read from."""

    id: str
    outlet: str | None = None
    url: str | None = None
    title: str | None = None
    published: str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """One figure and everything the article says about it. ``confidence`` and ``model`` are ``None`` for gold."""

    id: str
    count: Count
    unit: Unit
    scope: Scope
    part_of: str | None
    updates: str | None
    repeat_of: str | None
    harm: tuple[Harm, ...]
    harm_words: tuple[Mention, ...]
    victims: Victims | None
    means: tuple[Means, ...]
    responsible: tuple[Responsible, ...]
    denials: tuple[Denial, ...]
    places: tuple[Place, ...]
    date: When | None
    reported: When | None
    sources: tuple[Source, ...]
    evidence: Evidence
    document: Provenance
    confidence: float | None = None
    model: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The claim as plain dicts, lists, texts and numbers; keys stand in the order of the fields."""
        value: dict[str, Any] = _plain(self)
        return value


def claim_id(document_id: str, start: int, end: int) -> str:
    """The id of the claim whose figure stands at ``[start, end)``: stable as long as the article is."""
    return f"{document_id}#{start}-{end}"


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value
