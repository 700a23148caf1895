"""Why the claims of an event were joined, in words, from the event as it stands in ``events.jsonl``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tolltrace.claims.claim import number_words


def explain(event: Mapping[str, Any]) -> Iterator[str]:
    """Lines of text: the figures and their states, why they came together, what may be the same."""
    yield f"{event['id']}  {event['title']}  ({event['status']}; {event['note']})"
    yield ""
    yield f"{len(event['figures'])} figures from {len(event['documents'])} articles, {event['stories']} stories"
    figures = {figure["claim"]: figure for figure in event["figures"]}
    for figure in event["figures"]:
        yield f"  {_words(figure)}: {_state(figure)}"
    yield ""
    if event["joins"]:
        yield "Joined because"
    for join in event["joins"]:
        ends = " and ".join(_words(figures[end]) if end in figures else end for end in (join["one"], join["other"]))
        yield f"  {join['score']:+.1f}  {ends}"
        yield from _reasons(join["reasons"])
    if event["formerly"]:
        yield f"It has taken in {', '.join(event['formerly'])}"
    if event["possibly_same_as"]:
        yield ""
        yield "May be the same as"
    for flag in event["possibly_same_as"]:
        yield f"  {flag['score']:+.1f}  {flag['id']}"
        yield from _reasons(flag["reasons"])


def _words(figure: Mapping[str, Any]) -> str:
    number = number_words(figure["min"], figure["max"])
    whom = figure["victims"] or figure["group"]
    who = ", ".join(origin["name"] for origin in figure["origins"])
    return f"{number} {whom} {' or '.join(figure['harm'])} [{who}; {figure['claim']}]"


def _state(figure: Mapping[str, Any]) -> str:
    if figure["state"] == "replaced":
        return f"replaced by {figure['replaced_by']}"
    if figure["order_unknown"]:
        return "current, but another figure of its origin differs and their order is not known"
    return str(figure["state"])


def _reasons(reasons: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for reason in reasons:
        yield f"        {reason['points']:+.1f}  {reason['words']}"
