"""The incidents of one article: which of its figures tell of the same one.

What an article tells apart stays apart for good: no event ever holds two such incidents. This step joins what the text
ties together, and beyond that decides by the same score as between articles, with what only one text can tell: figures
of one sentence, the very same mention of a place or an attack, and words such as "another" and "separately".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from tolltrace.claims import Claim
from tolltrace.events.cluster import Clusters, cluster
from tolltrace.events.event import Join, Reason
from tolltrace.events.groups import victim_group
from tolltrace.events.origins import origins_of
from tolltrace.events.profile import Profile, profile
from tolltrace.events.score import KNOWN_AS, score
from tolltrace.resolving.known_as import KnownAs

APART = re.compile(
    r"\b(?:another|separate(?:ly)?|elsewhere|second (?:attack|strike|blast|bombing|raid|incident|explosion|air)|"
    r"in a different|different (?:attack|incident|strike)|a day earlier|hours (?:later|earlier)|days? (?:later|before)|"
    r"other (?:attacks?|strikes?|incidents?)|previous(?:ly)?|last (?:week|month|year)|"
    r"later (?:(?:in the|that) day|on \w+day))\b",
    re.IGNORECASE,
)
OPEN = 3.0
"""Least mean score of two incidents of an article that its text does not keep apart."""
APART_REASONS = frozenset({"apart", "part of the day", KNOWN_AS})
Scored = tuple[float, tuple[Reason, ...]]
ATTACHED = 1.0
"""Least score of a figure without a place to go to an incident of its article."""
NEXT = 4  # characters between two sentences of a paragraph at most
FAR = 1500  # characters


@dataclass(frozen=True, slots=True)
class Incident:
    """Claims of one article about one incident, in the order of the text.

    ``open_to`` names other incidents of the article, by their first claims, that its text does not keep apart: reports
    elsewhere may show that they are one.
    """

    claims: tuple[Claim, ...]
    profile: Profile
    joins: tuple[Join, ...]
    open_to: frozenset[str] = frozenset()


def incidents(claims: Sequence[Claim], story: str, threshold: float, known_as: KnownAs) -> list[Incident]:
    """The incidents of one article's claims of scope ``incident``; a claim that repeats one goes where that goes."""
    told = [claim for claim in claims if claim.scope == "incident" and claim.repeat_of is None]
    profiles = [profile([claim], story) for claim in told]
    number = {claim.id: i for i, claim in enumerate(told)}
    found: dict[tuple[int, int], Scored] = {}

    def compare(one: int, other: int) -> float:
        if (one, other) not in found:
            found[one, other] = _score(told[one], told[other], profiles[one], profiles[other], known_as)
        return found[one, other][0]

    together = [
        (i, number[whole])
        for i, claim in enumerate(told)
        for whole in (claim.part_of, claim.updates)
        if whole in number
    ]
    pairs = [(compare(i, j), i, j) for i, j in combinations(range(len(told)), 2)]
    clusters = cluster(len(told), pairs, compare, threshold, _always, together)
    _attach(clusters, told, compare)
    joins = [Join(told[i].id, told[j].id, points, found[min(i, j), max(i, j)][1]) for i, j, points in clusters.joins]
    joins += [Join(told[i].id, told[j].id, 0.0, (_tie(told[i]),)) for i, j in together]
    repeats: dict[str, list[Claim]] = {}
    for claim in claims:
        if claim.repeat_of in number:
            repeats.setdefault(claim.repeat_of or "", []).append(claim)
    groups = sorted(sorted(group) for group in clusters.members.values())
    result = []
    for members in groups:
        ids = {told[i].id for i in members}
        own = tuple(told[i] for i in members)
        copies = tuple(copy for claim in own for copy in repeats.get(claim.id, ()))
        here = tuple(j for j in joins if j.one in ids)
        open_to = frozenset(
            told[others[0]].id
            for others in groups
            if others is not members and _is_open(members, others, compare, found)
        )
        result.append(Incident((*own, *copies), profile(own, story), here, open_to))
    return result


def _is_open(
    members: Sequence[int],
    others: Sequence[int],
    compare: Callable[[int, int], float],
    found: Mapping[tuple[int, int], Scored],
) -> bool:
    pairs = [(min(i, j), max(i, j)) for i in members for j in others]
    if sum(compare(*pair) for pair in pairs) / len(pairs) < OPEN:
        return False
    return not any(reason.name in APART_REASONS for pair in pairs for reason in found[pair][1])


def _attach(clusters: Clusters, told: Sequence[Claim], compare: Callable[[int, int], float]) -> None:
    """Give figures for which the text names no place to the incident of the article that they fit best, if any."""
    for root in [r for r, members in clusters.members.items() if not any(told[i].places for i in members)]:
        members = clusters.members[root]
        fits = [
            (max(compare(min(i, j), max(i, j)) for i in members for j in others), -other)
            for other, others in clusters.members.items()
            if other != root and any(told[j].places for j in others)
        ]
        points, other = max(fits, default=(0.0, 0))
        if points >= ATTACHED:
            one, two = max(
                ((i, j) for i in members for j in clusters.members[-other]),
                key=lambda pair: compare(min(pair), max(pair)),
            )
            clusters.joins.append((one, two, points))
            clusters.members[-other] += clusters.members.pop(root)


def _always(one: Collection[int], other: Collection[int]) -> bool:
    return True


def _tie(claim: Claim) -> Reason:
    if claim.part_of:
        return Reason("part", 0.0, f"{claim.count.text} is counted in the other figure")
    return Reason("update", 0.0, f"{claim.count.text} replaces the other figure")


def _score(
    one: Claim, other: Claim, profile_one: Profile, profile_other: Profile, known_as: KnownAs
) -> tuple[float, tuple[Reason, ...]]:
    points, reasons = score(profile_one, profile_other, known_as)
    if any(reason.name == "part of the day" for reason in reasons):
        points -= 1.5  # within one article that is a decision, not a slip
    if any(reason.name == KNOWN_AS for reason in reasons):
        points -= 2  # the article calls them by two names
    more = [reason for reason in _textual(one, other) if reason.points]
    return round(points + sum(reason.points for reason in more), 2), (*more, *reasons)


def _textual(one: Claim, other: Claim) -> Iterator[Reason]:
    first, second = sorted((one, other), key=lambda claim: claim.evidence.start)
    gap = second.evidence.sentence_start - first.evidence.sentence_end
    same_sentence = first.evidence.sentence_start == second.evidence.sentence_start
    if same_sentence:
        yield Reason("sentence", 2.0, "in one sentence")
    elif gap <= NEXT:
        yield Reason("sentence", 0.5, "in sentences that follow each other")
    elif gap > FAR:
        yield Reason("sentence", -0.5, "far apart in the text")
    for name, mentions in (("place", "places"), ("means", "means"), ("blame", "responsible")):
        a, b = ({(m.start, m.end) for m in getattr(claim, mentions)} for claim in (one, other))
        if a & b:
            yield Reason(name, 0.7, f"by the same mention of the {name}")
        elif a and b and name == "means":
            yield Reason(name, -0.7, "by two mentions of means")
    if one.date and other.date:
        same = one.date.start == other.date.start
        yield Reason(
            "day", 0.5 if same else -0.5, "by one mention of the day" if same else "by two mentions of the day"
        )
    elif one.document.day is None:
        yield Reason("day", 0.7, "no other day is named")
    if first.evidence.sentence_start == 0 and _same_figure(one, other):
        yield Reason("headline", 0.7, "one is the first sentence, which sums the article up")
    if not (one.places and other.places):
        yield Reason("place", 1.0, "no other place is named")
    if not same_sentence and APART.search(second.evidence.sentence):
        yield Reason("apart", -2.0, "the text tells the later one apart")
    if _side_by_side(one, other):
        yield Reason("apart", -4.0, "counted side by side in one sum")
    if _two_figures(one, other):
        yield Reason("figures", -2.0, "one source gives two figures for the same harm and victims")


def _same_figure(one: Claim, other: Claim) -> bool:
    return one.harm == other.harm and one.count.min is not None and one.count.min == other.count.min


def _side_by_side(one: Claim, other: Claim) -> bool:
    """Whether a larger figure counts both of them, for the same harm to the same kind of people."""
    return (
        one.part_of is not None
        and one.part_of == other.part_of
        and one.count.min != other.count.min
        and one.harm == other.harm
        and victim_group(one) == victim_group(other)
    )


def _two_figures(one: Claim, other: Claim) -> bool:
    """Whether a source gives two exact figures that differ for the same people: it hardly means one incident."""
    if one.count.bound != "exact" or other.count.bound != "exact" or one.count.min == other.count.min:
        return False
    if one.harm != other.harm or victim_group(one) != victim_group(other) or one.part_of or other.part_of:
        return False
    return bool({o.key for o in origins_of(one)} & {o.key for o in origins_of(other)})
