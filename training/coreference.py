"""Scores of one grouping against another: B-cubed, MUC, CEAF-e, and their mean, the CoNLL score.

Bagga and Baldwin (1998), Vilain et al. (1995), Luo (2005), Pradhan et al. (2014). Groups are sets of items; an item
that one side lacks costs the other side precision or recall, and nothing is left out, groups of one neither.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from scipy.optimize import linear_sum_assignment

Item = TypeVar("Item", bound=Hashable)
Groups = Sequence[frozenset[Item]]


@dataclass(frozen=True, slots=True)
class Score:
    """Precision, recall and F1, from 0 to 1."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def b_cubed(gold: Groups[Item], found: Groups[Item]) -> Score:
    """For each item the share of its group that belongs with it, averaged over the items of a side."""

    def share(groups: Groups[Item], others: Groups[Item]) -> float:
        other_of = {item: group for group in others for item in group}
        shares = [
            len(group & other_of[item]) / len(group) if item in other_of else 0.0 for group in groups for item in group
        ]
        return sum(shares) / len(shares) if shares else 0.0

    return Score(precision=share(found, gold), recall=share(gold, found))


def muc(gold: Groups[Item], found: Groups[Item]) -> Score:
    """The share of the links that hold a group together which the other side has too; groups of one have none."""

    def share(groups: Groups[Item], others: Groups[Item]) -> float:
        other_of = {item: number for number, group in enumerate(others) for item in group}
        kept = links = 0
        for group in groups:
            pieces = len({other_of.get(item, item) for item in group})
            kept += len(group) - pieces
            links += len(group) - 1
        return kept / links if links else 0.0

    return Score(precision=share(found, gold), recall=share(gold, found))


def ceaf_e(gold: Groups[Item], found: Groups[Item]) -> Score:
    """The best one-to-one alignment of groups by 2 · common / (size + size)."""
    if not gold or not found:
        return Score(0.0, 0.0)
    alike = np.array([[2 * len(a & b) / (len(a) + len(b)) for b in found] for a in gold])
    best = float(alike[linear_sum_assignment(alike, maximize=True)].sum())
    return Score(precision=best / len(found), recall=best / len(gold))


def conll(gold: Groups[Item], found: Groups[Item]) -> float:
    """The mean F1 of MUC, B-cubed and CEAF-e."""
    return sum(measure(gold, found).f1 for measure in (muc, b_cubed, ceaf_e)) / 3
