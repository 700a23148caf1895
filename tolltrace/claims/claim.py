"""What an analyst gets: one :class:`Claim` per figure, with the words as written beside everything derived from them.

Offsets (``start``, ``end``) always count code points of the article as it was given. Canonical names, coordinates and
calendar days come from :mod:`tolltrace.resolving`, and are ``None`` where it finds none.
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
VictimGroup = Literal["all", "civilians", "combatants", "police", "children", "women", "men", "other"]
"""Whom a figure counts. ``other`` is a part of the victims by its own words ("officials", "women and children")."""
Status = Literal["machine", "reviewed"]
ResolvedBy = Literal["name", "abbreviation", "article", "fuzzy"]
"""How a canonical name was found: as an alias, by the brackets that explain an abbreviation in the article, by the
party or body that a generic mention stands for in the article, or by likeness to an alias."""
PlacePrecision = Literal["exact", "near", "district", "province", "country"]
"""What the coordinates stand for: the place itself, a place that it is near or part of, or the middle of an area."""
DatePrecision = Literal["day", "days", "week", "month", "year", "period", "relative"]
"""``relative``: the words need the article's date, and that is not known."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many: the words and the numbers they stand for; ``None`` is an open end, a ``share`` has no numbers."""

    text: str
    min: int | None
    max: int | None
    bound: Bound
    share: bool = False

    @property
    def numbers(self) -> str:
        """For people: ``20+``, ``14``, ``10–15``, ``up to 40``, ``?`` where the words give no number."""
        return number_words(self.min, self.max)


@dataclass(frozen=True, slots=True)
class Victims:
    """Who was harmed. ``actor_text`` is the party that is named inside the words, ``actor`` its canonical name,
    ``side`` that of the party it belongs to in the end, as an army to its state."""

    text: str
    start: int
    end: int
    category: VictimCategory
    category_by: CategoryBasis | None
    sex: Sex | None
    age: Age | None
    actor_text: str | None = None
    actor: str | None = None
    actor_by: ResolvedBy | None = None
    side: str | None = None


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
    """A party that is held responsible. ``by`` is who blames (``None``: the article itself) in ``sentence``.

    ``actor`` and ``by_name`` are the canonical names of the party and of who blames, ``side`` that of the party it
    belongs to in the end, as an army to its state.
    """

    text: str
    start: int
    end: int
    certainty: Certainty
    by: Mention | None
    sentence: Mention
    actor: str | None = None
    actor_by: ResolvedBy | None = None
    side: str | None = None
    by_name: str | None = None
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
    actor_by: ResolvedBy | None = None
    side: str | None = None
    by_name: str | None = None
    inherited: bool = False


@dataclass(frozen=True, slots=True)
class PlaceCandidate:
    """The gazetteer's entry that came second for the words of a place."""

    id: str
    name: str
    province: str | None
    country: str | None
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Place:
    """Where it happened. What follows ``end`` is the gazetteer's, ``None`` where it knows no such place.

    ``country`` is ISO 3166-1 alpha-2. ``margin`` is how far the choice lies before the ``runner_up``, from 0 (a guess)
    to 1; ``wider`` says that another place of the claim lies in this one.
    """

    text: str
    start: int
    end: int
    id: str | None = None
    name: str | None = None
    province: str | None = None
    country: str | None = None
    lat: float | None = None
    lon: float | None = None
    precision: PlacePrecision | None = None
    wider: bool = False
    margin: float | None = None
    runner_up: PlaceCandidate | None = None
    inherited: bool = False


@dataclass(frozen=True, slots=True)
class When:
    """A date as written, and its first and last day (ISO 8601, both included) where the article gives them."""

    text: str
    start: int
    end: int
    first_day: str | None = None
    last_day: str | None = None
    precision: DatePrecision | None = None
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
    name_by: ResolvedBy | None = None
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
    """As the metadata give it."""
    day: str | None = None
    """The article's own date (ISO 8601): from ``published``, else from its date line."""
    day_from: Literal["metadata", "date line"] | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """One figure and everything the article says about it. ``confidence`` and ``model`` are ``None`` for gold.

    ``group`` is set where a reviewer said whom the figure counts; else the words of ``victims`` tell.
    """

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
    group: VictimGroup | None = None
    status: Status = "machine"

    def to_json(self) -> dict[str, Any]:
        """The claim as plain dicts, lists, texts and numbers; keys stand in the order of the fields."""
        value: dict[str, Any] = plain(self)
        return value


def claim_id(document_id: str, start: int, end: int) -> str:
    """The id of the claim whose figure stands at ``[start, end)``: stable as long as the article is."""
    return f"{document_id}#{start}-{end}"


def number_words(low: int | None, high: int | None) -> str:
    """A figure as numbers: ``20+``, ``14``, ``10–15``, ``up to 40``, ``?`` where there is none."""
    if low is None and high is None:
        return "?"
    if high is None:
        return f"{low:,}+"
    if low is None:
        return f"up to {high:,}"
    return f"{low:,}" if low == high else f"{low:,}–{high:,}"


def plain(value: Any) -> Any:
    """Dataclasses and tuples as dicts and lists."""
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    return value
