"""Disjoint sets: things that belong together, transitively."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Generic, TypeVar

Item = TypeVar("Item", bound=Hashable)


class DisjointSets(Generic[Item]):
    """Sets that are joined step by step; an unknown item is a set of its own."""

    def __init__(self, items: Iterable[Item] = ()) -> None:
        self._parent: dict[Item, Item] = {item: item for item in items}

    def root(self, item: Item) -> Item:
        """The item that stands for the set of this one."""
        parent = self._parent
        parent.setdefault(item, item)
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    def join(self, one: Item, other: Item) -> None:
        """Make one set of the two; the root of ``other`` stands for it."""
        self._parent[self.root(one)] = self.root(other)

    def sets(self) -> list[list[Item]]:
        """All sets, in the order in which their first items came."""
        groups: dict[Item, list[Item]] = {}
        for item in list(self._parent):
            groups.setdefault(self.root(item), []).append(item)
        return list(groups.values())
