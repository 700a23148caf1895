"""The annotation scheme: labels, layers, link labels and what each link may join.

This is the one place where the scheme is declared. The model's tag sets, the validators, the labelling
configuration and the tables of the documentation are made from it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Label:
    """A kind of span: its layer, what it marks, and an example."""

    name: str
    layer: str
    marks: str
    example: str


@dataclass(frozen=True, slots=True)
class LinkLabel:
    """A kind of link from a COUNT or TOTAL: the labels its tail may have, how many, and what it says.

    ``sentences``: how many sentences away the tail may stand, if that is bounded. ``own_sentence``: mentions in other
    sentences are linked only where the figure's own has none.
    """

    name: str
    tails: tuple[str, ...]
    meaning: str
    at_most: int | None = None
    at_least: int = 0
    sentences: int | None = None
    own_sentence: bool = False


LABELS: tuple[Label, ...] = (
    Label("ACTOR", "entities", "an organised party that fights, backs or governs", "Syrian Democratic Forces"),
    Label("LOCATION", "entities", "a place with a name", "northeastern Hasaka province"),
    Label("DATE", "entities", "an expression of when or for how long, without its preposition", "September 10"),
    Label("COUNT", "casualties", "how many people were harmed in one incident, with its qualifier", "At least 20"),
    Label("TOTAL", "casualties", "the same, summed over several incidents or more than about a day", "more than 2000"),
    Label("VICTIM", "casualties", "who was harmed: the noun phrase without its count", "civilians"),
    Label("KILLED", "casualties", "a word that says people were killed", "deaths"),
    Label("INJURED", "casualties", "a word that says people were injured", "wounded"),
    Label("DISPLACED", "casualties", "a word that says people were driven from home", "fled"),
    Label("DETAINED", "casualties", "a word that says people were captured, kidnapped or held", "captured"),
    Label("MISSING", "casualties", "a word that says people are missing", "missing"),
    Label("HARMED", "casualties", "a word for harm to people that leaves open which", "casualties"),
    Label("MEANS", "means", "how an attack was made: weapon, munition or kind of violence", "airstrikes"),
    Label("SOURCE", "attribution", "to whom a statement, claim or report is attributed", "activists"),
)

HARM_LABELS: tuple[str, ...] = ("KILLED", "INJURED", "DISPLACED", "DETAINED", "MISSING", "HARMED")
COUNT_LABELS: tuple[str, ...] = ("COUNT", "TOTAL")

LINKS: tuple[LinkLabel, ...] = (
    LinkLabel("victim", ("VICTIM",), "who is counted", at_most=1),
    LinkLabel("harm", HARM_LABELS, "how they were harmed", at_least=1),
    LinkLabel("perpetrator", ("ACTOR",), "the party held responsible without reserve"),
    LinkLabel("suspected", ("ACTOR",), "a party named as responsible with reserve"),
    LinkLabel("claimed", ("ACTOR",), "a party that itself says it did this"),
    LinkLabel("denied", ("ACTOR",), "a party that denies having caused this harm"),
    LinkLabel("means", ("MEANS",), "by what they were harmed", sentences=2, own_sentence=True),
    LinkLabel("location", ("LOCATION",), "where it happened", sentences=2),
    LinkLabel("date", ("DATE",), "when it happened, or the period that a TOTAL sums over", at_most=1, sentences=2),
    LinkLabel("source", ("SOURCE",), "who says so", sentences=2),
    LinkLabel("part_of", COUNT_LABELS, "the larger figure that this one is counted in", at_most=1),
    LinkLabel("updates", COUNT_LABELS, "the earlier figure that this one replaces", at_most=1),
)

LAYERS: tuple[str, ...] = tuple(dict.fromkeys(label.layer for label in LABELS))
LABEL_NAMES: tuple[str, ...] = tuple(label.name for label in LABELS)
LINK_NAMES: tuple[str, ...] = tuple(link.name for link in LINKS)
LABEL_BY_NAME: dict[str, Label] = {label.name: label for label in LABELS}
LINK_BY_NAME: dict[str, LinkLabel] = {link.name: link for link in LINKS}
LAYER_OF: dict[str, str] = {label.name: label.layer for label in LABELS}
RESPONSIBILITY_LINKS: tuple[str, ...] = tuple(link.name for link in LINKS if link.tails == ("ACTOR",))


def layer_labels(layer: str) -> tuple[str, ...]:
    """Names of the labels of a layer, in order."""
    return tuple(label.name for label in LABELS if label.layer == layer)


def layer_tags(layer: str) -> tuple[str, ...]:
    """BIO tags of a layer: ``O`` first, then ``B-X``, ``I-X`` for each of its labels."""
    return ("O", *(f"{prefix}-{name}" for name in layer_labels(layer) for prefix in "BI"))


def links_between(head: str, tail: str) -> tuple[str, ...]:
    """Names of the links that the scheme allows from a span labelled ``head`` to one labelled ``tail``."""
    if head not in COUNT_LABELS:
        return ()
    return tuple(link.name for link in LINKS if tail in link.tails)


def fingerprint() -> str:
    """Checksum of the scheme's names and of what they may join; a model made for another scheme is refused by it."""
    apart = ("meaning", "sentences", "own_sentence")
    rules = {
        "labels": [(label.name, label.layer) for label in LABELS],
        "links": [{k: v for k, v in asdict(link).items() if k not in apart} for link in LINKS],
    }
    return hashlib.sha256(json.dumps(rules, sort_keys=True).encode()).hexdigest()[:16]
