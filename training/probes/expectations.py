"""Sentences with what a reader understands of them (``expectations.toml``), read by a system and compared."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tolltrace.claims import Claim
from tolltrace.documents import Document
from training.probes.result import Failure, ProbeResult
from training.systems import System

CASES = Path(__file__).with_name("expectations.toml")
NONE_ABOVE_ZERO = "none above zero"
OPEN = "open"
Wanted = Sequence[Mapping[str, Any]] | str


@dataclass(frozen=True, slots=True)
class Case:
    """``wanted``: the claims that a reader finds, in order of the text, or ``NONE_ABOVE_ZERO``."""

    probe: str
    kind: str
    text: str
    wanted: Wanted


def read_cases(path: Path = CASES) -> list[Case]:
    cases = []
    for probe in tomllib.loads(path.read_text(encoding="utf-8"))["probe"]:
        for case in probe["cases"]:
            text = case.get("text") or probe["template"].format(case["fill"])
            cases.append(Case(probe["name"], probe["kind"], text, case["claims"]))
    return cases


def run(system: System, cases: Sequence[Case]) -> list[ProbeResult]:
    """A result for each probe; a case fails where any claim is missing, wrong, or too much."""
    read = system.read([Document(f"probe-{number}", case.text) for number, case in enumerate(cases)])
    results: dict[str, ProbeResult] = {}
    for case, annotated in zip(cases, read, strict=True):
        result = results.setdefault(case.probe, ProbeResult(case.probe, case.kind))
        why = differences(case.wanted, system.claims(annotated))
        result.add(None if not why else Failure(case.text, _told(case.wanted), "; ".join(why)))
    return list(results.values())


def differences(wanted: Wanted, found: Sequence[Claim]) -> list[str]:
    """What is wrong with the claims found, in words; empty where nothing is."""
    if isinstance(wanted, str):
        return [f"a claim of {c.count.text!r}" for c in found if c.count.max != 0]
    if len(wanted) != len(found):
        return [f"{len(found)} claims ({', '.join(repr(c.count.text) for c in found) or 'none'}), not {len(wanted)}"]
    return [why for want, claim in zip(wanted, found, strict=True) for why in _wrong(want, claim)]


def _wrong(wanted: Mapping[str, Any], claim: Claim) -> list[str]:
    found: dict[str, Any] = {
        "min": claim.count.min,
        "max": OPEN if claim.count.max is None else claim.count.max,
        "harm": list(claim.harm),
        "scope": claim.scope,
        "victims": claim.victims.category if claim.victims else None,
        "blamed": {r.text: r.certainty for r in claim.responsible},
        "denied": [d.text for d in claim.denials],
        "part": claim.part_of is not None,
        "sources": len(claim.sources),
    }
    return [f"{key} {found[key]!r}, not {value!r}" for key, value in wanted.items() if found[key] != value]


def _told(wanted: Wanted) -> str:
    if isinstance(wanted, str):
        return wanted
    return "; ".join(", ".join(f"{key} {value!r}" for key, value in want.items()) for want in wanted) or "no claim"
