"""Annotations that break the scheme, one way each: the result as Label Studio would hand it out, and words of the
reason for which it must be refused. Label Studio takes every one of them in."""

from __future__ import annotations

from typing import Any

from annotation.labelling_config import TEXT, tag_of
from tolltrace.documents import Document

#       0         1         2         3         4         5
#       0123456789012345678901234567890123456789012345678901234567
WORDS = "Six people , were killed by the army. Nine men, 4 women too"
DOCUMENT = Document("six", WORDS)
Item = dict[str, Any]


def region(name: str, label: str, start: Any, end: Any, **changes: Any) -> Item:
    value: Item = {"start": start, "end": end, "text": "", "labels": [label]}
    item: Item = {"id": name, "from_name": tag_of(label), "to_name": TEXT, "type": "labels", "value": value}
    for key, change in changes.items():
        (value if key in value else item)[key] = change
    return item


def count(start: Any = 0, end: Any = 3, **changes: Any) -> Item:
    return region("c", "COUNT", start, end, **changes)


def victim(start: Any = 4, end: Any = 10, **changes: Any) -> Item:
    return region("v", "VICTIM", start, end, **changes)


def harm(start: Any = 18, end: Any = 24, **changes: Any) -> Item:
    return region("k", "KILLED", start, end, **changes)


def actor(**changes: Any) -> Item:
    return region("a", "ACTOR", 32, 36, **changes)


def relation(head: Any, tail: Any, *names: Any, **changes: Any) -> Item:
    item = {"type": "relation", "from_id": head, "to_id": tail, "direction": "right", "labels": list(names)}
    return {**item, **changes}


def links(**changes: Any) -> list[Item]:
    return [relation("c", "v", "victim", **changes), relation("c", "k", "harm", **changes)]


def good() -> list[Item]:
    return [count(), victim(), harm(), *links()]


def _without(item: Item, key: str) -> Item:
    value = {k: v for k, v in item["value"].items() if k != key} if "value" in item else None
    return {**{k: v for k, v in item.items() if k != key}, **({"value": value} if value and key != "value" else {})}


def _first(item: Any) -> list[Any]:
    return [item, victim(), harm(), *links()]


def _with(*items: Any) -> list[Any]:
    return [*good(), *items]


def _deep(levels: int) -> Any:
    value: Any = "x"
    for _ in range(levels):
        value = [value]
    return value


SECOND = region("c2", "COUNT", 38, 42)
THIRD = region("c3", "COUNT", 48, 49)
_OFFSETS = "must be whole numbers"
_ORDER = "must satisfy 0 <= start < end <= 59"
_LABEL = "must have one label"

MALFORMED: dict[str, tuple[Any, str]] = {
    # offsets
    "negative start": (_first(count(start=-1)), _ORDER),
    "end past the text": (_first(count(end=60)), _ORDER),
    "end far past the text": (_first(count(end=10**400)), _ORDER),
    "nothing between start and end": (_first(count(start=3)), _ORDER),
    "end before start": (_first(count(start=3, end=0)), _ORDER),
    "offset with a fraction": (_first(count(start=0.5)), _OFFSETS),
    "offset as a float": (_first(count(end=3.0)), _OFFSETS),
    "offset true": (_first(count(start=False, end=True)), _OFFSETS),
    "offset as text": (_first(count(start="0")), _OFFSETS),
    "offset null": (_first(count(start=None)), _OFFSETS),
    "offset missing": (_first(_without(count(), "end")), _OFFSETS),
    "offset as a list": (_first(count(start=[0])), _OFFSETS),
    "white space alone": (_first(count(start=10, end=11)), "holds no words"),
    "white space and a comma alone": (_first(count(start=10, end=13)), "holds no words"),
    # labels
    "unknown label": (_first(count(labels=["PERSON"])), "unknown label 'PERSON'"),
    "label in lower case": (_first(count(labels=["count"])), "unknown label 'count'"),
    "no label": (_first(count(labels=[])), _LABEL),
    "two labels": (_first(count(labels=["COUNT", "TOTAL"])), _LABEL),
    "labels null": (_first(count(labels=None)), _LABEL),
    "labels as text": (_first(count(labels="COUNT")), _LABEL),
    "label a number": (_first(count(labels=[7])), _LABEL),
    "labels missing": (_first(_without(count(), "labels")), _LABEL),
    # ids
    "id missing": ([_without(count(), "id")], "without an id"),
    "id empty": ([count(id="")], "without an id"),
    "id a number": ([count(id=7)], "without an id"),
    "id null": ([count(id=None)], "without an id"),
    "one id twice": (_with(region("c", "ACTOR", 32, 36)), "two regions have the id 'c'"),
    # scores
    "score 7": (_first(count(score=7)), "score 7"),
    "score below 0": (_first(count(score=-0.5)), "score -0.5"),
    "score as text": (_first(count(score="high")), "score 'high'"),
    # shapes
    "null in place of an item": (_with(None), "is no region"),
    "a list in place of an item": (_with([]), "is no region"),
    "lists in lists": (_with(_deep(200)), "is no region"),
    "text in place of an item": (_with("COUNT"), "is no region"),
    "an empty item": (_with({}), "is no region"),
    "unknown type": (_with({**actor(), "type": "rectanglelabels"}), "is no region"),
    "type missing": (_with(_without(actor(), "type")), "is no region"),
    "value null": (_first({**count(), "value": None}), "has no value"),
    "value a list": (_first({**count(), "value": [0, 3]}), "has no value"),
    "value missing": (_first(_without(count(), "value")), "has no value"),
    "region over another tag": (_first(count(to_name="title")), "over something else than the text"),
    "note that is no text": (_with({"type": "textarea", "from_name": "note", "value": {"text": 7}}), "note is no text"),
    # relations
    "relation from nowhere": (_with(relation("gone", "v", "victim")), "no region has the id 'gone'"),
    "relation to nowhere": (_with(relation("c", "gone", "harm")), "no region has the id 'gone'"),
    "relation without ends": (_with({"type": "relation", "labels": ["harm"]}), "no region has the id None"),
    "relation to a number": (_with(relation("c", 7, "harm")), "no region has the id 7"),
    "reversed relation": ([count(), victim(), harm(), relation("v", "c", "victim"), links()[1]], "runs from COUNT"),
    "reversed relation without a name": ([count(), victim(), harm(), relation("v", "c"), links()[1]], "reversed"),
    "relation of a figure to itself": (_with(relation("c", "c", "updates")), "cannot be linked to itself"),
    "relation between labels that none joins": (_with(relation("v", "k")), "no link between these"),
    "relation under another link's name": (_with(actor(), relation("c", "a", "victim")), "victim runs from COUNT"),
    "unknown name": (_with(actor(), relation("c", "a", "killed_by")), "unknown link label"),
    "name missing where there is a choice": (_with(actor(), relation("c", "a")), "choose among perpetrator"),
    "relation both ways": (_with(actor(), relation("c", "a", "claimed", direction="bi")), "runs both ways"),
    "direction null": (_with(actor(), relation("c", "a", "claimed", direction=None)), "has the direction None"),
    "names a number": (_with(actor(), relation("c", "a", labels=0)), "names that are no texts"),
    "names a text": (_with(actor(), relation("c", "a", labels="claimed")), "names that are no texts"),
    "a name null": (_with(actor(), relation("c", "a", None)), "names that are no texts"),
    "one relation twice": (_with(links()[0]), "stated twice"),
    "one name twice": (_with(actor(), relation("c", "a", "claimed", "claimed")), "stated twice"),
    # the scheme
    "two regions of a layer that overlap": (_with(region("t", "TOTAL", 0, 10)), "overlap in layer casualties"),
    "one region twice": (_with(region("again", "KILLED", 18, 24)), "overlap in layer casualties"),
    "figure without harm": ([count(), victim(), links()[0]], "has no harm link"),
    "two victims": (_with(region("v2", "VICTIM", 43, 46), relation("c", "v2", "victim")), "at most 1 allowed"),
    "parts in a circle": (
        _with(
            SECOND,
            THIRD,
            *(relation(name, "k", "harm") for name in ("c2", "c3")),
            relation("c", "c2", "part_of"),
            relation("c2", "c3", "part_of"),
            relation("c3", "c", "part_of"),
        ),
        "to itself in a circle",
    ),
}
# What no JSON of a server can say, or only before the rest is looked at.
NOT_FROM_A_SERVER: dict[str, tuple[Any, str]] = {
    "result null": (None, "must be a list"),
    "result an object": ({"result": []}, "must be a list"),
    "result a text": ("[]", "must be a list"),
    "score that is no number": (_first(count(score=float("nan"))), "score nan"),
    "infinite offset": (_first(count(end=float("inf"))), _OFFSETS),
    "half a character in an id": ([count(id="\ud83d")], "without an id"),
    "half a character as a label": (_first(count(labels=["\ud83d"])), "unknown label"),
    "a number of thousands of digits": (_first(count(end=int("9" * 4000) * 10**4000)), _ORDER),
}
