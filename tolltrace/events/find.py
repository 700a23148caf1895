"""Events and tallies from the claims of many articles."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from tolltrace.claims import Claim
from tolltrace.events.blocks import pairs
from tolltrace.events.build import build_event
from tolltrace.events.cluster import cluster
from tolltrace.events.event import Event, Join, PossiblySame, Reason, Tally
from tolltrace.events.identity import first_claim, name_of, take_over
from tolltrace.events.incidents import Incident, incidents
from tolltrace.events.score import KNOWN_AS, score
from tolltrace.events.tallies import tallies
from tolltrace.resolving.known_as import KnownAs

MOST_FLAGS = 5


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Least scores, chosen on the validation sets (``python -m training.event_scores --choose``): for figures of one
    article, for two incidents of different articles, for the mean of all pairs of two groups of those, and for telling
    that two events may be one."""

    article: float = 5.0
    together: float = 2.5
    mean: float = 1.5
    flag: float = 2.0


@dataclass(frozen=True, slots=True)
class Found:
    """What the claims make together, in order of their days."""

    events: tuple[Event, ...]
    tallies: tuple[Tally, ...]


def find_events(
    claims: Iterable[Sequence[Claim]],
    stories: Mapping[str, str],
    known_as: KnownAs,
    thresholds: Thresholds | None = None,
    earlier: Mapping[str, frozenset[str]] | None = None,
) -> Found:
    """The events and tallies of ``claims``, given article by article.

    ``stories`` names the story of each document (near-duplicates share one), ``earlier`` the claims of the events of an
    earlier run, whose ids are kept.
    """
    limits = thresholds or Thresholds()
    told: list[Incident] = []
    totals: list[Claim] = []
    for article in claims:
        if article:
            told += incidents(article, stories[article[0].document.id], limits.article, known_as)
            totals += [claim for claim in article if claim.scope == "total" and claim.repeat_of is None]
    compared: dict[tuple[int, int], tuple[float, tuple[Reason, ...]]] = {}

    def compare(one: int, other: int) -> float:
        points, reasons = score(told[one].profile, told[other].profile, known_as)
        if points >= limits.flag or (points > 0 and any(reason.name == KNOWN_AS for reason in reasons)):
            compared[one, other] = points, reasons
        return points

    scored = [(compare(i, j), i, j) for i, j in pairs(told)]
    scored = [pair for pair in scored if pair[0] >= limits.flag]

    article_of = [incident.claims[0].document.id for incident in told]

    def allowed(one: Collection[int], other: Collection[int]) -> bool:
        by_article: dict[str, list[int]] = {}
        for i in one:
            by_article.setdefault(article_of[i], []).append(i)
        return all(told[i].claims[0].id in told[j].open_to for j in other for i in by_article.get(article_of[j], ()))

    clusters = cluster(len(told), scored, compare, limits.together, allowed, mean=limits.mean)
    for i, j in _neighbours(told):
        compare(i, j)
    home = {i: root for root, members in clusters.members.items() for i in members}
    joins: dict[int, list[Join]] = {
        root: [j for i in members for j in told[i].joins] for root, members in clusters.members.items()
    }
    for i, j, points in clusters.joins:
        pair = compared[min(i, j), max(i, j)]
        joins[home[i]].append(Join(told[i].claims[0].id, told[j].claims[0].id, points, pair[1]))
    groups = {root: [claim for i in members for claim in told[i].claims] for root, members in clusters.members.items()}
    ids = _ids(groups, earlier or {})
    flags = _flags(compared, home, ids)
    events = [
        replace(
            build_event(ids[root][0], members, dict(stories), joins[root], ids[root][1]),
            possibly_same_as=flags.get(root, ()),
        )
        for root, members in groups.items()
    ]
    events.sort(key=lambda event: (event.first_day or "9999", event.id))
    return Found(tuple(events), tuple(tallies(totals)))


def _neighbours(told: Sequence[Incident]) -> Iterable[tuple[int, int]]:
    """Pairs of incidents of one article."""
    by_document: dict[str, list[int]] = {}
    for number, incident in enumerate(told):
        by_document.setdefault(incident.claims[0].document.id, []).append(number)
    for members in by_document.values():
        yield from combinations(members, 2)


def _ids(
    groups: Mapping[int, Sequence[Claim]], earlier: Mapping[str, frozenset[str]]
) -> dict[int, tuple[str, tuple[str, ...]]]:
    claim_ids = [frozenset(claim.id for claim in members) for members in groups.values()]
    fresh = [name_of("event", first_claim(members).id) for members in groups.values()]
    return dict(zip(groups, take_over(claim_ids, fresh, earlier), strict=True))


def _flags(
    compared: Mapping[tuple[int, int], tuple[float, tuple[Reason, ...]]],
    home: Mapping[int, int],
    ids: Mapping[int, tuple[str, tuple[str, ...]]],
) -> dict[int, tuple[PossiblySame, ...]]:
    """For each cluster the others that may be the same event, most likely first."""
    best: dict[tuple[int, int], tuple[float, tuple[Reason, ...]]] = {}
    for (i, j), pair in compared.items():
        a, b = home[i], home[j]
        if a != b:
            for key in ((a, b), (b, a)):
                if key not in best or pair[0] > best[key][0]:
                    best[key] = pair
    flags: dict[int, list[PossiblySame]] = {}
    for (a, b), (points, reasons) in best.items():
        flags.setdefault(a, []).append(PossiblySame(ids[b][0], points, reasons))
    return {a: tuple(sorted(each, key=lambda f: (-f.score, f.id))[:MOST_FLAGS]) for a, each in flags.items()}
