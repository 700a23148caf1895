"""Totals as series: what one origin says for one area, group of victims, harm and start of the period, day by day."""

from __future__ import annotations

from collections.abc import Iterable

from tolltrace.claims import Claim
from tolltrace.claims.claim import Harm, VictimGroup
from tolltrace.events.event import Origin, Tally, TallyPoint
from tolltrace.events.groups import victim_group
from tolltrace.events.identity import name_of
from tolltrace.events.origins import origins_of
from tolltrace.resolving.place_names import fold

Series = tuple[str, tuple[str, ...], tuple[Harm, ...], VictimGroup, str | None, str | None]


def tallies(totals: Iterable[Claim]) -> list[Tally]:
    """The tallies of claims of scope ``total``; a total of two origins stands in the series of each."""
    series: dict[Series, list[Claim]] = {}
    origins: dict[str, Origin] = {}
    for claim in totals:
        group, words = victim_group(claim)
        area = tuple(sorted({place.id or fold(place.text) for place in claim.places if not place.wider}))
        start = claim.date.first_day if claim.date else None
        for origin in origins_of(claim):
            origins[origin.key] = origin
            series.setdefault((origin.key, area, claim.harm, group, words, start), []).append(claim)
    made = [_tally(key, origins[key[0]], claims) for key, claims in series.items()]
    return sorted(made, key=lambda tally: (tally.origin.name, tally.area, tally.start or "", tally.id))


def _tally(key: Series, origin: Origin, claims: list[Claim]) -> Tally:
    _, area, harm, group, words, start = key
    first = claims[0]
    return Tally(
        id=name_of("tally", origin.key, *area, *harm, group, words or "", start or ""),
        status="machine",
        origin=origin,
        area=tuple(dict.fromkeys(place.name or place.text for place in first.places if not place.wider)),
        country=next((place.country for place in first.places if place.country), None),
        harm=harm,
        group=group,
        victims=words,
        start=start,
        period=next((claim.date.text for claim in claims if claim.date), None),
        points=tuple(sorted((_point(claim) for claim in claims), key=lambda p: (p.day or "9999", p.claim))),
    )


def _point(claim: Claim) -> TallyPoint:
    day = claim.date.last_day if claim.date and claim.date.last_day else claim.document.day
    return TallyPoint(claim.id, claim.document.id, day, claim.count.min, claim.count.max, claim.count.text)
