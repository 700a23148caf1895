"""Which figures of an event stand, which are history, and the range of those that stand.

An origin's latest figure stands. A figure is replaced where the text says so (``updates``), or where its origins all
gave another one for the same harm and group in a later article. Of two figures that one origin gave on one day, or on
days unknown, neither is known to be the later: both stay, flagged. A group's figure also replaces an earlier one for
*all* if it is not below it: 23 civilians leave nothing of 14 people.

An article that gives a figure without a source, and the same harm to the same people by a source, means that one's.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from tolltrace.claims import Claim
from tolltrace.claims.claim import Unit, VictimGroup
from tolltrace.events.event import Figure, Origin, Range
from tolltrace.events.groups import victim_group
from tolltrace.events.origins import origins_of

Group = tuple[tuple[str, ...], VictimGroup, str | None]


def figures_of(claims: Sequence[Claim], stories: dict[str, str]) -> list[Figure]:
    """The figures of an event's claims. ``stories`` names the story of each document."""
    figures = [_figure(claim) for claim in claims]
    return _states(_whole([claim.unit for claim in claims], figures), claims, stories)


def _whole(units: Sequence[Unit], figures: Sequence[Figure]) -> list[Figure]:
    """A figure of persons by other words ("12 Christians") is one of all, if it is its article's only one for the harm.

    Beside others it may be a part of them, and is left as it is.
    """
    whole = Counter((figure.document, figure.harm) for figure in figures if not figure.part_of)
    return [
        replace(figure, group="all", victims=None)
        if figure.group == "other"
        and not figure.part_of
        and unit == "person"
        and whole[figure.document, figure.harm] == 1
        else figure
        for unit, figure in zip(units, figures, strict=True)
    ]


def _figure(claim: Claim) -> Figure:
    group, words = victim_group(claim)
    return Figure(
        claim=claim.id,
        document=claim.document.id,
        outlet=claim.document.outlet,
        day=claim.document.day,
        moment=_moment(claim.document.published),
        harm=claim.harm,
        group=group,
        victims=words,
        min=claim.count.min,
        max=claim.count.max,
        words=claim.count.text,
        origins=origins_of(claim),
        state="current",
        part_of=claim.part_of,
        confidence=claim.confidence,
    )


def _moment(published: str | None) -> str | None:
    """The time of publication in UTC, where the metadata give one to the minute."""
    try:
        moment = datetime.fromisoformat(published or "")
    except ValueError:
        return None
    if "T" not in (published or "").upper() and ":" not in (published or ""):
        return None
    return moment.astimezone(UTC).isoformat() if moment.tzinfo else f"{moment.isoformat()}+00:00"


def group_of(figure: Figure) -> Group:
    return figure.harm, figure.group, figure.victims


def _states(figures: list[Figure], claims: Sequence[Claim], stories: dict[str, str]) -> list[Figure]:
    by_claim = {figure.claim: figure for figure in figures}
    replaced = {claim.updates: claim.id for claim in claims if claim.updates in by_claim}
    first_told: dict[tuple[str, Group, int | None, int | None], str] = {}
    settled: list[Figure] = []
    for figure, claim in zip(figures, claims, strict=True):
        whole = by_claim.get(figure.part_of or "")
        told = (stories[figure.document], group_of(figure), figure.min, figure.max)
        if claim.repeat_of is not None or first_told.setdefault(told, figure.document) != figure.document:
            figure = replace(figure, state="repeat")
        elif figure.claim in replaced:
            figure = replace(figure, state="replaced", replaced_by=replaced[figure.claim])
        elif whole is not None and group_of(whole) == group_of(figure):
            figure = replace(figure, state="part")
        settled.append(figure)
    return _by_day(_attributed(settled))


def _attributed(figures: list[Figure]) -> list[Figure]:
    """Figures that stand without a source get the origins of those that their article gives for the same people."""
    named: dict[tuple[str, Group], list[Figure]] = defaultdict(list)
    for figure in figures:
        if any(":" in origin.key or origin.kind != "media" or origin.resolved for origin in figure.origins):
            named[figure.document, group_of(figure)].append(figure)
    result = []
    for figure in figures:
        others = [f for f in named[figure.document, group_of(figure)] if f.claim != figure.claim]
        if len(figure.origins) == 1 and figure.origins[0].name == figure.outlet and others:
            close = [other for other in others if agree(figure, other)]
            if close:
                figure = replace(figure, origins=close[0].origins)
        result.append(figure)
    return result


def agree(one: Figure, other: Figure) -> bool:
    """Whether some number is in both figures: "dozens" and 34, "at least 20" and 23."""
    low = max(one.min or 0, other.min or 0)
    highs = [high for high in (one.max, other.max) if high is not None]
    return not highs or low <= min(highs)


def _by_day(figures: list[Figure]) -> list[Figure]:
    standing = [figure for figure in figures if figure.state == "current"]
    result = {figure.claim: figure for figure in figures}
    for figure in standing:
        rivals = [f for f in standing if f is not figure and _same_people(f, figure)]
        later = {o.key: f for f in rivals for o in f.origins if _later(f, figure)}
        if figure.origins and all(origin.key in later for origin in figure.origins):
            newest = max((later[origin.key] for origin in figure.origins), key=lambda f: (f.day or "", f.moment or ""))
            result[figure.claim] = replace(figure, state="replaced", replaced_by=newest.claim)
            continue
        unordered = [
            f
            for f in rivals
            if group_of(f) == group_of(figure)
            and _shares_origin(f, figure)
            and f.day == figure.day
            and not agree(f, figure)
        ]
        if unordered:
            result[figure.claim] = replace(figure, order_unknown=True)
    return list(result.values())


def _later(one: Figure, other: Figure) -> bool:
    if one.day is None or other.day is None or one.document == other.document:
        return False
    if one.day != other.day:
        return one.day > other.day
    return one.moment is not None and other.moment is not None and one.moment > other.moment


def _shares_origin(one: Figure, other: Figure) -> bool:
    return bool({origin.key for origin in one.origins} & {origin.key for origin in other.origins})


def _same_people(newer: Figure, older: Figure) -> bool:
    """Whether the newer figure answers the older one's question: the same harm and group, or a floor that covers it."""
    if newer.harm != older.harm:
        return False
    if group_of(newer) == group_of(older):
        return True
    return (
        older.group == "all" and newer.group != "other" and (newer.min or 0) >= max(older.min or 0, older.max or 0, 1)
    )


@dataclass(frozen=True, slots=True)
class _Said:
    """What one origin says now: the highest of its lower ends (``None``: "up to 40"), the highest number it states, and
    if it goes on."""

    low: int | None
    high: int
    open: bool


def ranges_of(figures: Sequence[Figure]) -> list[Range]:
    """A range for every harm and group that a standing figure or the history has, ``all`` first."""
    groups: dict[Group, list[Figure]] = defaultdict(list)
    for figure in figures:
        if figure.state in ("current", "replaced"):
            groups[group_of(figure)].append(figure)
    ranges = {group: _range(group, members) for group, members in groups.items()}
    harms = dict.fromkeys(group[0] for group in groups)
    for harm in harms:
        whole: Group = (harm, "all", None)
        parts = [r for (h, g, _), r in ranges.items() if h == harm and g != "all" and r.low]
        stands = whole in ranges and ranges[whole].current
        if parts and not stands:
            ranges[whole] = _floor(max(parts, key=lambda r: r.low or 0), ranges.get(whole))
    order = {
        group: i for i, group in enumerate(("all", "civilians", "combatants", "police", "children", "women", "men"))
    }
    return sorted(
        ranges.values(), key=lambda r: (HARM_ORDER.index(r.harm[0]), r.harm, order.get(r.group, 9), r.victims or "")
    )


HARM_ORDER = ("killed", "injured", "missing", "detained", "displaced", "unspecified")


def _range(group: Group, figures: Iterable[Figure]) -> Range:
    current = [figure for figure in figures if figure.state == "current"]
    by_origin: dict[str, list[Figure]] = defaultdict(list)
    for figure in current:
        for origin in figure.origins:
            by_origin[origin.key].append(figure)
    said = [each for members in by_origin.values() for each in _said(members)]
    return Range(
        harm=group[0],  # type: ignore[arg-type]
        group=group[1],
        victims=group[2],
        low=min((s.low for s in said if s.low is not None), default=None),
        high=max((s.high for s in said), default=None),
        open=any(s.open for s in said) and max(said, key=lambda s: s.high).open if said else bool(current),
        floor=False,
        origins=len(by_origin),
        current=tuple(figure.claim for figure in current),
        history=tuple(figure.claim for figure in figures if figure.state == "replaced"),
        order_unknown=any(figure.order_unknown for figure in current),
    )


def _said(figures: Sequence[Figure]) -> list[_Said]:
    """What an origin's standing figures say: those that agree are one statement, more or less exactly put."""
    statements: list[list[Figure]] = []
    for figure in sorted(figures, key=lambda f: (f.max is None, f.claim)):
        if figure.min is None and figure.max is None:
            continue
        group = next((s for s in statements if all(agree(figure, other) for other in s)), None)
        if group is None:
            statements.append([figure])
        else:
            group.append(figure)
    return [_statement(group) for group in statements]


def _statement(figures: Sequence[Figure]) -> _Said:
    lows = [figure.min for figure in figures if figure.min is not None]
    closed = [figure.max for figure in figures if figure.max is not None]
    low = max(lows, default=None)
    return _Said(low, min(closed) if closed else low or 0, not closed)


def _floor(part: Range, own: Range | None) -> Range:
    """The range of *all* where only a part's figure stands: not fewer than that."""
    return Range(
        harm=part.harm,
        group="all",
        victims=None,
        low=part.low,
        high=part.low,
        open=True,
        floor=True,
        origins=part.origins,
        current=part.current,
        history=own.history if own else (),
        order_unknown=False,
    )


def main_origins(figures: Iterable[Figure]) -> tuple[Origin, ...]:
    """Every origin of the figures, in the order of the text."""
    return tuple({origin.key: origin for figure in figures for origin in figure.origins}.values())
