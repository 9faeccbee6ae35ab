"""PURE. Which breakdowns of all files must be thought of together, and in what order they hang together.

Two tables that share a breakdown have a common population whenever they agree on it, so each can stand by
itself as long as they hang together as a tree (decomposable; Lauritzen 1996, 4.4). Tables in a ring (A x B,
B x C, C x A) have no such guarantee: they are put into one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

Clique = frozenset[str]


def cliques_of(tables: Iterable[Iterable[str]]) -> list[Clique]:
    """Sets of breakdowns of which each table has one, that hang together as a tree.

    By taking out, again and again, whatever has fewest neighbours (minimum degree; Rose 1972).
    """
    near: dict[str, set[str]] = {}
    for table in tables:
        for name in table:
            near.setdefault(name, set()).update(set(table) - {name})
    found: list[Clique] = [] if near else [frozenset()]
    while near:
        name = min(sorted(near), key=lambda one: len(near[one]))
        others = near.pop(name)
        found.append(frozenset(others | {name}))
        for other in others:
            near[other] |= others - {other}
            near[other].discard(name)
    return [one for one in found if not any(one < other for other in found)]


def links_of(cliques: list[Clique]) -> Iterator[tuple[int, int]]:
    """The tree: pairs of cliques that have most in common (Prim 1957), each clique linked once."""
    left = set(range(1, len(cliques)))
    reached = [0]
    while left:
        one, other = max(
            ((a, b) for a in reached for b in sorted(left)),
            key=lambda pair: len(cliques[pair[0]] & cliques[pair[1]]),
        )
        yield one, other
        reached.append(other)
        left.remove(other)
