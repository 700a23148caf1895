"""The release gate: may this model be released? Rules stand in ``gate.toml``, values in the ``metrics.json`` of the
model and of the one before it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

RULES = Path(__file__).with_name("gate.toml")
LIMITS = ("at_least", "at_most", "may_fall", "may_rise")
KEYS = {"name", "values", "least_gold", "beyond_chance", *LIMITS}
# What of a list's rows makes the key by which paths name them.
ROW_KEYS = (("dimension", "slice"), ("name",))


class GateError(ValueError):
    """Rules that cannot be read, or that name values which do not exist."""


@dataclass(frozen=True, slots=True)
class Rule:
    name: str
    values: tuple[str, ...]
    at_least: float | None = None
    at_most: float | None = None
    may_fall: float | None = None
    may_rise: float | None = None
    least_gold: int = 0
    beyond_chance: bool = False


@dataclass(frozen=True, slots=True)
class _Value:
    """A number of metrics.json, the gold items that it rests on, and its interval."""

    number: float
    gold: int | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Check:
    """One value under one rule. ``before``: of the model before, where there is one."""

    rule: str
    value: str
    now: float
    before: float | None
    limit: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """``release`` is true where every check holds. ``compared`` names the model before, if there was one to compare."""

    release: bool
    compared: str | None
    checks: tuple[Check, ...]

    @property
    def broken(self) -> list[Check]:
        return [check for check in self.checks if not check.holds]

    def to_json(self) -> dict[str, Any]:
        return {
            "verdict": "release" if self.release else "refuse",
            "compared": self.compared,
            "checks": [asdict(check) for check in self.checks],
        }


def read_rules(path: Path = RULES) -> list[Rule]:
    rules = []
    for row in tomllib.loads(path.read_text(encoding="utf-8")).get("rule", []):
        if unknown := set(row) - KEYS:
            raise GateError(f"{path}: rule {row.get('name')!r} has the unknown key {min(unknown)!r}")
        if not row.get("name") or not row.get("values") or not set(LIMITS) & set(row):
            raise GateError(f"{path}: rule {row.get('name')!r} needs a name, values, and one of {', '.join(LIMITS)}")
        rules.append(Rule(**{**row, "values": tuple(row["values"])}))
    if not rules:
        raise GateError(f"{path} holds no rule: a gate without rules would let everything through")
    return rules


def decide(new: Mapping[str, Any], old: Mapping[str, Any] | None, rules: Sequence[Rule]) -> Verdict:
    """Check every rule. ``old``: metrics of the model before on the same articles; without them (or measured on others)
    what may not fall cannot be judged, and only absolute limits count."""
    comparable = old is not None and old["data"]["fingerprint"] == new["data"]["fingerprint"]
    before = old if comparable else None
    checks = [check for rule in rules for path in rule.values for check in _checks(rule, path, new, before)]
    compared = str(before["version"]) if before else None
    return Verdict(all(check.holds for check in checks), compared, tuple(checks))


def _checks(rule: Rule, path: str, new: Mapping[str, Any], old: Mapping[str, Any] | None) -> Iterator[Check]:
    found = list(_resolve(new, path.split("."), ()))
    if not found and "*" not in path:
        raise GateError(f"rule {rule.name!r}: metrics.json has no {path}")
    before = {place: value.number for place, value in _resolve(old, path.split("."), ())} if old else {}
    for place, value in found:
        if value.gold is not None and value.gold < rule.least_gold:
            continue
        was = before.get(place)
        for limit, holds in _limits(rule, value, was):
            yield Check(rule.name, place, value.number, was, limit, holds)
    # What the model before could do and this one has no value for: a slice, a probe or a label that is gone.
    for place in before.keys() - {place for place, _ in found}:
        yield Check(rule.name, place, float("nan"), before[place], "is not measured any more", False)


def _limits(rule: Rule, value: _Value, was: float | None) -> Iterator[tuple[str, bool]]:
    slack = 1e-9  # a fall of exactly what is allowed is allowed
    now = value.number
    beyond = ", beyond chance" if rule.beyond_chance else ""
    if rule.at_least is not None:
        yield f"at least {rule.at_least:g}", now >= rule.at_least - slack
    if rule.at_most is not None:
        yield f"at most {rule.at_most:g}", now <= rule.at_most + slack
    if was is not None and rule.may_fall is not None:
        chance = rule.beyond_chance and value.high is not None and was <= value.high
        yield f"may fall by {rule.may_fall:g}{beyond}", chance or now >= was - rule.may_fall - slack
    if was is not None and rule.may_rise is not None:
        chance = rule.beyond_chance and value.low is not None and was >= value.low
        yield f"may rise by {rule.may_rise:g}{beyond}", chance or now <= was + rule.may_rise + slack


def _resolve(
    value: Any, path: Sequence[str], place: tuple[str, ...], around: Mapping[str, Any] | None = None
) -> Iterator[tuple[str, _Value]]:
    """Every number that a path names, with its full path; ``around`` is the object that holds it."""
    if not path:
        if isinstance(value, int | float):
            gold, low, high = ((around or {}).get(key) for key in ("gold", "low", "high"))
            yield ".".join(place), _Value(float(value), gold, low, high)
        return
    step, *rest = path
    if isinstance(value, list):
        value = {_row_key(row): row for row in value}
    if not isinstance(value, Mapping):
        return
    prefix = step[:-1] if step.endswith("*") else None
    names = [n for n in value if n.startswith(prefix)] if prefix is not None else [n for n in (step,) if n in value]
    for name in names:
        yield from _resolve(value[name], rest, (*place, name), value)


def _row_key(row: Mapping[str, Any]) -> str:
    keys = next(keys for keys in ROW_KEYS if all(key in row for key in keys))
    return ": ".join(str(row[key]) for key in keys)
