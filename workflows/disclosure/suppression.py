"""Hiding small cells, and what would give them away (statistics.md 3.5).

Primary: a count of 1..k-1 (and, by default, an empty cell on a small line). Complementary: as many
further cells as it takes, so that with everything published a hidden small cell may still be as
large as k and as small as its floor. Each is bought as a cheapest flow that proves just that, and
hiding more never undoes an earlier proof; an audit of what is published then runs all the same.

What this is not: protection against differencing over time, planted persons, or a reader who knows
all but one. Those need closed periods with noise; this is the second lock (statistics.md D2).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from math import isqrt

from workflows.disclosure.audit import exposures
from workflows.disclosure.cubes import Table
from workflows.disclosure.dimensions import FAMILIES, Dimension
from workflows.disclosure.errors import StillExposed, TablesOverlap, TableTooLarge
from workflows.disclosure.grids import Policy, Spot, network_of, spots_of
from workflows.disclosure.published import PublishedTable, publish

#: Cells of one exact table (statistics.md 3.5).
MOST_CELLS = 3000


@dataclass(frozen=True)
class Also:
    """What is hidden besides: lines by dimension, and cells as (number of the table, row, column)."""

    lines: Mapping[str, frozenset[str]] = field(default_factory=dict)
    cells: frozenset[tuple[int, str, str]] = frozenset()


NOTHING_MORE = Also()


class _Unprotected(Exception):
    """No hiding of inner cells protects this one: its margins alone say too much."""

    def __init__(self, spot: Spot) -> None:
        self.spot = spot
        super().__init__()


@dataclass
class _Plan:
    """The hidden lines, by dimension, shared by all tables of an export."""

    policy: Policy
    total: int
    dimensions: dict[str, Dimension]
    totals: dict[str, Mapping[str, int]]
    hidden: dict[str, set[str]] = field(default_factory=dict)
    #: Not even the number of persons may be told.
    nothing: bool = False

    def start(self, also: Also, *, cover: bool) -> None:
        """Hide the small lines of every dimension, those of `also`, and what covers them."""
        self.nothing = self.total < self.policy.k
        for name, totals in self.totals.items():
            self.hidden[name] = {
                code for code, count in totals.items() if self.policy.is_small(count, self.total)
            } | (also.lines.get(name, frozenset()) & totals.keys())
            if cover:
                self.cover(name)

    def cover(self, name: str) -> None:
        """Hide smallest lines until the hidden ones cannot be told from one another."""
        if self.dimensions[name].multi:
            return
        totals, hidden = self.totals[name], self.hidden[name]
        while hidden and not self.nothing:
            floors = sum(self.policy.floor(totals[code], self.total) for code in hidden)
            together = sum(totals[code] for code in hidden)
            # All but one may be at their floor, so that the one may be as large as the rest.
            if len(hidden) > 1 and together - max(0, floors - 1) >= self.policy.k:
                return
            if not self.hide_least([name]):
                self.nothing = True

    def hide_least(self, names: Sequence[str]) -> bool:
        """Hide the smallest shown line among these dimensions; False when there is none."""
        shown = [
            (self.totals[name][code], name, place, code)
            for name in names
            for place, code in enumerate(self.dimensions[name].codes)
            if code not in self.hidden[name] and self.totals[name][code] > 0
        ]
        if not shown:
            return False
        _, name, _, code = min(shown)
        self.hidden[name].add(code)
        return True

    def fold(self, table: Table, spot: Spot) -> None:
        """Hide a line through a cell that inner cells cannot protect."""
        names = [table.rows.name, table.columns.name if table.columns else table.rows.name]
        lines = [
            (line.total, name, line.code)
            for name, line in zip(names, (spot.row, spot.column), strict=True)
            if len(line.members) == 1 and line.code == line.members[0]
        ]
        if lines:
            _, name, code = min(lines)
            self.hidden[name].add(code)
        elif not self.hide_least(names):
            self.nothing = True
        for name in names:
            self.cover(name)


def protect(
    tables: Sequence[Table],
    policy: Policy | None = None,
    also: Also = NOTHING_MORE,
    *,
    cover: bool = True,
) -> tuple[PublishedTable, ...]:
    """Publish `tables` of one export, counted over the same persons, together.

    `also` is hidden besides. Without `cover` only small figures are: for attackers who then win.
    Raises TableTooLarge (over 3,000 cells), TablesOverlap (different persons, dimensions that contain
    one another, a table twice, or three tables in a ring), StillExposed if the audit finds a leak.
    """
    policy = policy or Policy()
    _check(tables)
    plan = _plan(tables, policy)
    plan.start(also, cover=cover)
    hidden_cells = _covered(tables, plan, also, cover=cover)
    published = tuple(
        publish(
            table,
            policy,
            hidden_rows=plan.hidden[table.rows.name],
            hidden_columns=plan.hidden[table.columns.name] if table.columns else set(),
            hidden_cells=frozenset() if plan.nothing else hidden_cells[place],
            nothing=plan.nothing,
        )
        for place, table in enumerate(tables)
    )
    for table, shown in zip(tables, published, strict=True):
        leaks = exposures(table, shown, policy) if cover else ()
        if leaks:
            raise StillExposed(table=table.name, cells=len(leaks))
    return published


def _covered(
    tables: Sequence[Table], plan: _Plan, also: Also, *, cover: bool
) -> list[frozenset[tuple[str, str]]]:
    """The hidden cells of each table, folding lines of the plan until they suffice."""
    hidden_cells: list[frozenset[tuple[str, str]]] = []
    while not plan.nothing:
        hidden_cells = []
        try:
            for number, table in enumerate(tables):
                besides = {(row, column) for at, row, column in also.cells if at == number}
                hidden_cells.append(_hide_cells(table, plan, besides, cover=cover))
        except _Unprotected as failed:
            plan.fold(tables[len(hidden_cells)], failed.spot)
            continue
        break
    return hidden_cells


def _hide_cells(
    table: Table, plan: _Plan, besides: AbstractSet[tuple[str, str]], *, cover: bool
) -> frozenset[tuple[str, str]]:
    """The cells of the folded table to hide. Raises _Unprotected where that cannot suffice."""
    if table.columns is None:
        return frozenset()
    policy = plan.policy
    spots = spots_of(table, policy, plan.hidden[table.rows.name], plan.hidden[table.columns.name])
    costs = tuple(0 if spot.key in besides else _cost(spot) for spot in spots)
    network = network_of(table, policy, spots, costs)
    for place, spot in enumerate(spots if cover else ()):
        if not spot.small:
            continue
        up = policy.k - spot.value
        down = 0 if spot.folded else spot.value - spot.floor
        if network.rise(place, up) < up and network.rise(place, up, buy=True) < up:
            raise _Unprotected(spot)
        if network.fall(place, down) < down and network.fall(place, down, buy=True) < down:
            raise _Unprotected(spot)
    return frozenset(
        spot.key for spot, arc in zip(spots, network.arcs, strict=False) if arc.cost == 0
    )


def _cost(spot: Spot) -> int | None:
    """Small cells are hidden anyway; an empty cell that is shown cannot serve as cover; else a
    price between 'each cell counts alike' and 'each person counts alike'.
    """
    if spot.small:
        return 0
    return None if spot.value == 0 else 1 + isqrt(spot.value)


def _plan(tables: Sequence[Table], policy: Policy) -> _Plan:
    dimensions: dict[str, Dimension] = {}
    totals: dict[str, Mapping[str, int]] = {}
    for table in tables:
        sides = [(table.rows, table.row_totals)]
        if table.columns is not None:
            sides.append((table.columns, table.column_totals))
        for dimension, margin in sides:
            if totals.setdefault(dimension.name, margin) != margin:
                raise TablesOverlap(dimension=dimension.name)
            dimensions[dimension.name] = dimension
    return _Plan(policy, tables[0].total if tables else 0, dimensions, totals)


def _check(tables: Sequence[Table]) -> None:
    """Refuse what cannot be judged table by table.

    Tables that share margins but form no ring always have a common population behind any choice of
    their cells (they are decomposable; Lauritzen 1996, 4.4), so nothing is learnt by combining them.
    A ring (A x B, B x C, C x A) has no such guarantee.
    """
    families: dict[str, str] = {}
    linked: list[set[str]] = []
    for table in tables:
        if len(table.cells) > MOST_CELLS:
            raise TableTooLarge(cells=len(table.cells), most=MOST_CELLS)
        if table.total != tables[0].total:
            raise TablesOverlap(dimension=table.rows.name)
        names = {table.rows.name} | ({table.columns.name} if table.columns else set())
        for name in names:
            if any(families.setdefault(family, name) != name for family in FAMILIES[name]):
                raise TablesOverlap(dimension=name)
        if table.columns is not None:
            linked = _linked(linked, names)


def _linked(groups: list[set[str]], pair: set[str]) -> list[set[str]]:
    """The connected dimensions after one more table. Raises TablesOverlap if it closes a ring."""
    if len(pair) == 1 or any(pair <= group for group in groups):
        raise TablesOverlap(dimension=max(pair))
    touched = [group for group in groups if group & pair]
    return [group for group in groups if group not in touched] + [pair.union(*touched)]
