"""What the claims of many articles make together: an :class:`Event` for an incident, a :class:`Tally` for totals.

Nothing here is added up, averaged, graded or judged. Claims are named by their ids; the claims themselves stand in
``claims.jsonl``. Days are ISO 8601.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from tolltrace.claims.claim import (
    Certainty,
    DatePrecision,
    Harm,
    MeansCategory,
    PlacePrecision,
    SourceKind,
    Status,
    VictimGroup,
    plain,
)

NOT_VERIFIED = "machine-read claims, not verified"
State = Literal["current", "replaced", "part", "repeat"]
"""Of a figure in its event: it stands; its origin replaced it; it counts a part of a whole that is in the same group;
it repeats another claim of its article, or an article that is the same story."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One fact that speaks for (``points`` > 0) or against two things being one, in words."""

    name: str
    points: float
    words: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Who says so, whoever prints it: one testimony. ``name`` is canonical or as written; ``resolved`` tells which."""

    key: str
    name: str
    kind: SourceKind
    resolved: bool


@dataclass(frozen=True, slots=True)
class Figure:
    """A claim's figure in its event: ``min`` to ``max``, open where ``None``; ``words`` as written."""

    claim: str
    document: str
    outlet: str | None
    day: str | None
    harm: tuple[Harm, ...]
    group: VictimGroup
    victims: str | None
    min: int | None
    max: int | None
    words: str
    origins: tuple[Origin, ...]
    state: State
    replaced_by: str | None = None
    part_of: str | None = None
    order_unknown: bool = False
    """Another figure of its origin differs, and nothing tells which of the two came later: both stay."""
    confidence: float | None = None
    moment: str | None = None
    """When its article was published, in UTC, where the metadata give a time of day."""


@dataclass(frozen=True, slots=True)
class Range:
    """The lowest and highest current figure for one harm and victim group.

    ``high`` is the highest number that is stated; ``open`` says that a current figure goes on upwards ("at least").
    ``floor`` marks a range of ``all`` that no figure of its own gives: the highest figure of a group that is in it.
    Both are ``None`` where the words give no number ("many").
    """

    harm: tuple[Harm, ...]
    group: VictimGroup
    victims: str | None
    """The words of the group ``other``, which is a range for each."""
    low: int | None
    high: int | None
    open: bool
    floor: bool
    origins: int
    """How many origins stand behind the current figures."""
    current: tuple[str, ...]
    history: tuple[str, ...]
    order_unknown: bool


@dataclass(frozen=True, slots=True)
class EventPlace:
    """A place of the event, the finest first; without coordinates it is as written."""

    name: str
    id: str | None
    province: str | None
    country: str | None
    lat: float | None
    lon: float | None
    precision: PlacePrecision | None
    wider: bool
    uncertain: bool
    """Another place of this name is nearly as likely; see the claims' ``runner_up``."""
    claims: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Blame:
    """Who is held responsible by whom, how firmly; ``by`` is ``None`` where an article says so itself."""

    party: str
    resolved: bool
    certainty: Certainty
    by: str | None
    claims: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EventDenial:
    """Who denies what, in the words of the sentence."""

    party: str
    resolved: bool
    by: str | None
    sentence: str
    claims: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Join:
    """Why two claims, as the heads of what was joined by then, are in one event; the machine's score."""

    one: str
    other: str
    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class PossiblySame:
    """Another event that may be this one, and what speaks for and against."""

    id: str
    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """One incident: every figure, who says it, who is blamed by whom."""

    id: str
    status: Status
    title: str
    first_day: str | None
    last_day: str | None
    date_precision: DatePrecision | None
    places: tuple[EventPlace, ...]
    means: tuple[MeansCategory, ...]
    ranges: tuple[Range, ...]
    figures: tuple[Figure, ...]
    blamed: tuple[Blame, ...]
    denials: tuple[EventDenial, ...]
    contested: tuple[str, ...]
    """What the reports disagree on, in words."""
    origins: tuple[Origin, ...]
    documents: tuple[str, ...]
    stories: int
    """Articles, a syndicated story counted once."""
    possibly_same_as: tuple[PossiblySame, ...]
    joins: tuple[Join, ...]
    formerly: tuple[str, ...] = ()
    """Ids of earlier runs that this event has taken in."""
    note: str = NOT_VERIFIED

    def to_json(self) -> dict[str, Any]:
        """The event as plain dicts, lists, texts and numbers."""
        value: dict[str, Any] = plain(self)
        return value


@dataclass(frozen=True, slots=True)
class TallyPoint:
    """One total of a series, as of ``day``."""

    claim: str
    document: str
    day: str | None
    min: int | None
    max: int | None
    words: str


@dataclass(frozen=True, slots=True)
class Tally:
    """Totals of one origin for one area, group of victims, harm and start of the period, in order of their days."""

    id: str
    status: Status
    origin: Origin
    area: tuple[str, ...]
    country: str | None
    harm: tuple[Harm, ...]
    group: VictimGroup
    victims: str | None
    start: str | None
    period: str | None
    """The words of the period ("since 2011")."""
    points: tuple[TallyPoint, ...]
    note: str = NOT_VERIFIED

    def to_json(self) -> dict[str, Any]:
        """The tally as plain dicts, lists, texts and numbers."""
        value: dict[str, Any] = plain(self)
        return value
