"""How far a cell can move while all else that is published stays: flows in a table's network.

The equations of a 2-way table with margins are a network: each line is a node, each cell an arc
from its row to its column, each margin an arc back. What an attacker cannot tell apart are the
circulations, so the exact range of a hidden cell is a maximum flow, and whole numbers come out
whole (the matrix is totally unimodular; Cox 1995, Castro 2007). No linear programme is needed.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

#: More than any table holds, so that "no bound" is a number.
ENDLESS = 1 << 60


@dataclass
class Arc:
    """One figure: `value` in truth, at least `floor`, at most `ceiling` as an attacker knows it.

    `cost` is the price of hiding it: 0 when it is hidden already, None when it must stay. A figure
    that is shown but rounded may still be anything from `least` to `most`.
    """

    tail: int
    head: int
    value: int
    floor: int = 0
    ceiling: int = ENDLESS
    cost: int | None = 0
    least: int = ENDLESS
    most: int = -ENDLESS


class Network:
    """The arcs that may move, by node. Bounds are exact; `push` pays for what it must hide."""

    def __init__(self, nodes: int, arcs: Iterable[Arc]) -> None:
        self.arcs = list(arcs)
        self._at: list[list[int]] = [[] for _ in range(nodes)]
        for index, arc in enumerate(self.arcs):
            self._at[arc.tail].append(index)
            self._at[arc.head].append(index)

    def rise(self, index: int, wanted: int, *, buy: bool = False) -> int:
        """By how much arc `index` can grow, up to `wanted`; with `buy`, hiding what that takes."""
        arc = self.arcs[index]
        room = min(wanted, arc.ceiling - arc.value)
        return self._move(index, arc.head, arc.tail, room, buy=buy)

    def fall(self, index: int, wanted: int, *, buy: bool = False) -> int:
        """By how much arc `index` can shrink, up to `wanted`; with `buy`, hiding what that takes."""
        arc = self.arcs[index]
        room = min(wanted, arc.value - arc.floor)
        return self._move(index, arc.tail, arc.head, room, buy=buy)

    def _move(self, index: int, source: int, target: int, wanted: int, *, buy: bool) -> int:
        """Flow from `source` to `target` without arc `index`; what is bought is kept hidden."""
        shift: dict[int, int] = {}
        moved = 0
        while moved < wanted:
            find = self._cheapest if buy else self._shortest
            path = find(index, source, target, shift)
            if path is None:
                break
            step = min([wanted - moved, *(self._room(arc, up, shift) for arc, up in path)])
            for arc, up in path:
                if not self._loose(arc, up, shift):
                    self.arcs[arc].cost = 0
                shift[arc] = shift.get(arc, 0) + (step if up else -step)
            moved += step
        return moved

    def _loose(self, index: int, up: bool, shift: dict[int, int]) -> int:  # noqa: FBT001 - a direction
        """How far a figure that is shown may move within its rounding."""
        arc = self.arcs[index]
        now = arc.value + shift.get(index, 0)
        return max(0, arc.most - now if up else now - arc.least)

    def _room(self, index: int, up: bool, shift: dict[int, int]) -> int:  # noqa: FBT001 - a direction
        """How far a figure may move: within its rounding if it is shown, else as far as is known."""
        arc = self.arcs[index]
        if arc.cost != 0:
            loose = self._loose(index, up, shift)
            if loose or arc.cost is None:
                return loose
        now = arc.value + shift.get(index, 0)
        return arc.ceiling - now if up else now - arc.floor

    def _shortest(
        self, without: int, source: int, target: int, shift: dict[int, int]
    ) -> list[tuple[int, bool]] | None:
        """A shortest path over what may move already (Edmonds and Karp 1972)."""
        came: dict[int, tuple[int, int, bool]] = {source: (-1, -1, True)}
        queue = deque([source])
        arcs = self.arcs
        while queue:
            node = queue.popleft()
            for index in self._at[node]:
                arc = arcs[index]
                up = arc.tail == node
                other = arc.head if up else arc.tail
                if other in came or index == without:
                    continue
                move = self._room if arc.cost == 0 else self._loose
                if move(index, up, shift) <= 0:
                    continue
                came[other] = (node, index, up)
                if other == target:
                    return _walk(came, target)
                queue.append(other)
        return None

    def _cheapest(
        self, without: int, source: int, target: int, shift: dict[int, int]
    ) -> list[tuple[int, bool]] | None:
        """A path that hides least (Dijkstra), over all arcs that may be hidden."""
        best = {source: 0}
        came: dict[int, tuple[int, int, bool]] = {source: (-1, -1, True)}
        heap = [(0, source)]
        arcs = self.arcs
        while heap:
            paid, node = heapq.heappop(heap)
            if node == target:
                return _walk(came, target)
            if paid > best[node]:
                continue
            for index in self._at[node]:
                arc = arcs[index]
                if index == without:
                    continue
                up = arc.tail == node
                other = arc.head if up else arc.tail
                price = paid
                if arc.cost and not self._loose(index, up, shift):
                    price += arc.cost
                if price < best.get(other, ENDLESS) and self._room(index, up, shift) > 0:
                    best[other] = price
                    came[other] = (node, index, up)
                    heapq.heappush(heap, (price, other))
        return None


def _walk(came: dict[int, tuple[int, int, bool]], target: int) -> list[tuple[int, bool]]:
    """The arcs from the source to `target`, each with its direction (True: the figure grows)."""
    path = []
    node = target
    while came[node][1] >= 0:
        node, index, up = came[node]
        path.append((index, up))
    return path
