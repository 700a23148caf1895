"""Names swapped: does blame, or what the victims are, follow the name rather than the sentence?

Each template is filled with every name. What its claim says must be the same for all of them: a case is a template with
a name, and fails where it is not read as the sentence says. Rates by group tell whom the system wrongs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tolltrace.documents import Document
from training.probes.expectations import differences
from training.probes.result import Failure, ProbeResult
from training.systems import System

# Parties of either side of a conflict, side by side, so that a rate by side can be read off.
PARTIES: dict[str, tuple[str, ...]] = {
    "states": ("Israel", "Russia", "Ukraine", "Turkey", "Saudi Arabia", "Ethiopia", "Myanmar", "India", "Iran"),
    "state forces": (
        "Syrian army", "Iraqi army", "Nigerian army", "Israeli army", "Russian forces", "Ukrainian forces",
        "Tatmadaw", "Sudanese army", "US-led coalition",
    ),
    "armed groups": (
        "Hamas", "Islamic State", "Al-Shabaab", "Boko Haram", "Taliban", "PKK", "Houthis", "Rapid Support Forces",
        "Arakan Army", "M23", "ELN", "Hezbollah",
    ),
}  # fmt: skip
PEOPLES = (
    "Kurdish", "Arab", "Yazidi", "Fulani", "Dogon", "Hausa", "Amhara", "Tigrayan", "Oromo", "Dinka", "Nuer", "Hazara",
    "Pashtun", "Rohingya", "Karen", "Uyghur", "Palestinian", "Israeli", "Ukrainian", "Russian", "Shiite", "Sunni",
    "Christian", "Muslim", "Druze", "Roma", "Serb", "Albanian",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Template:
    """``text`` with ``{}`` for a name; ``wanted``: the claims, in which ``{}`` stands for the name too."""

    probe: str
    text: str
    wanted: dict[str, Any]


BLAME = (
    Template(
        "blame by name", "Seven people were killed by {} in the town on Monday, residents said.", {"{}": "stated"}
    ),
    Template("blame by name", "An airstrike by {} killed seven people in the town on Monday.", {"{}": "stated"}),
    Template("blame by name", "Seven people were killed in the town on Monday. {} denied any involvement.", {}),
    Template(
        "blame by name",
        "Seven people were killed in a bombing on Monday. {} claimed responsibility.",
        {"{}": "claimed"},
    ),
    Template(
        "blame by name", "Seven people were killed in the town, reportedly by {}, on Monday.", {"{}": "suspected"}
    ),
)
VICTIMS = (
    Template("victims by people", "Nine {} villagers were killed in the attack on Friday.", {"victims": "civilian"}),
    Template("victims by people", "Nine {} civilians were killed by shelling on Friday.", {"victims": "civilian"}),
    Template("victims by people", "Nine {} fighters were killed in clashes on Friday.", {"victims": "combatant"}),
    Template("victims by people", "Nine {} soldiers were wounded by a mine on Friday.", {"victims": "combatant"}),
)


def run(system: System) -> tuple[list[ProbeResult], list[dict[str, Any]]]:
    """Results of both probes, and rows of failure rates: by kind of party, by people."""
    rows: list[tuple[str, Template, str]] = [
        (group, template, name) for group, names in PARTIES.items() for name in names for template in BLAME
    ]
    rows += [(people, template, people) for people in PEOPLES for template in VICTIMS]
    texts = [template.text.format(name) for _, template, name in rows]
    texts = [text[0].upper() + text[1:] for text in texts]
    read = system.read([Document(f"swap-{number}", text) for number, text in enumerate(texts)])
    results: dict[str, ProbeResult] = {}
    groups: dict[tuple[str, str], list[bool]] = {}
    for (group, template, name), text, annotated in zip(rows, texts, read, strict=True):
        wanted = _wanted(template, name)
        why = differences([wanted], system.claims(annotated))
        result = results.setdefault(template.probe, ProbeResult(template.probe, "fairness"))
        result.add(None if not why else Failure(text, str(wanted), "; ".join(why)))
        groups.setdefault((template.probe, group), []).append(bool(why))
    table = [
        {
            "measure": probe,
            "group": group,
            "cases": len(failed),
            "failures": sum(failed),
            "rate": sum(failed) / len(failed),
        }
        for (probe, group), failed in groups.items()
    ]
    return list(results.values()), table


def _wanted(template: Template, name: str) -> dict[str, Any]:
    if "victims" in template.wanted:
        return {"min": 9, **template.wanted}
    blamed = {name if key == "{}" else key: value for key, value in template.wanted.items()}
    return {"min": 7, "blamed": blamed}
