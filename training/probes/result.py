"""What a probe gives: how many cases, how many failed, and examples."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from scipy.stats import binomtest

EXAMPLES = 10


@dataclass(frozen=True, slots=True)
class Failure:
    """A text that was read wrongly, what a reader understands, and what the system did."""

    text: str
    wanted: str
    found: str


@dataclass(slots=True)
class ProbeResult:
    name: str
    kind: str
    cases: int = 0
    failures: list[Failure] = field(default_factory=list)

    def add(self, failure: Failure | None) -> None:
        """Count one case."""
        self.cases += 1
        if failure is not None:
            self.failures.append(failure)

    def to_json(self) -> dict[str, Any]:
        """Failure rate with its 95 % interval (Wilson), and the first examples."""
        bounds = binomtest(len(self.failures), max(self.cases, 1)).proportion_ci(method="wilson")
        return {
            "name": self.name,
            "kind": self.kind,
            "cases": self.cases,
            "failures": len(self.failures),
            "rate": len(self.failures) / max(self.cases, 1),
            "low": float(bounds.low),
            "high": float(bounds.high),
            "examples": [
                {"text": failure.text, "wanted": failure.wanted, "found": failure.found}
                for failure in self.failures[:EXAMPLES]
            ],
        }
