"""The whole of what was published as one system of equations: what can each small figure still be?

Every release of a quarter together, in whole numbers: whether a withheld figure could be another one in any
population that would have given these tables. Z3 solves it exactly; it comes with the extra `prove`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from workflows.disclosure.attack_world import MONTHS, World
from workflows.disclosure.attackers import SMALL, Finding
from workflows.disclosure.measuring import Cell
from workflows.disclosure.noise import law
from workflows.disclosure.plan import Planned, Span, months_of, period_of
from workflows.disclosure.settling import Settled

#: A cell of one table and period.
Spot = tuple[str, str, Cell]


class SolverMissing(Exception):
    """The extra `prove` is not installed."""


@dataclass
class _System:
    """Unknown counts with bounds, and sums that are the same persons counted twice."""

    low: dict[Spot, int] = field(default_factory=dict)
    high: dict[Spot, int] = field(default_factory=dict)
    equal: list[tuple[tuple[Spot, ...], tuple[Spot, ...]]] = field(default_factory=list)


def audit(world: World) -> Finding:
    """Bound every small withheld figure of each quarter; a figure pinned to one is proven.

    Raises SolverMissing.
    """
    claims = right = proven = 0
    for period in dict.fromkeys(period_of(Span.QUARTER, month) for month in MONTHS):
        system = _system(world, period)
        truths = _truths(world, period)
        model = _Model(system)
        for spot in system.low:
            true = truths[spot[0], spot[1]].get(spot[2], 0)
            if true not in SMALL or not _withheld(world, spot):
                continue
            claims += 1
            right += model.pinned(spot) == true
            proven += true == 1 and model.pinned(spot) == 1
    return Finding(
        "audit of all tables", claims, right, 0.0, exact=right, proven=proven, won=right > 0
    )


def _withheld(world: World, spot: Spot) -> bool:
    return isinstance(world.books.settled[spot[:2]].figures[spot[2]], str)


def _tables(world: World, quarter: str) -> Iterator[tuple[Planned, Settled]]:
    for table in world.plan.tables:
        periods = months_of(Span.QUARTER, quarter) if table.span is Span.MONTH else (quarter,)
        for period in periods if table.span is not Span.YEAR and table.most == 1 else ():
            yield table, world.books.settled[table.key, period]


def _truths(world: World, quarter: str) -> dict[tuple[str, str], dict[Cell, int]]:
    return {
        (settled.table, settled.period): world.truth(table, settled.period)
        for table, settled in _tables(world, quarter)
    }


def _system(world: World, quarter: str) -> _System:
    """How far the truth can be from what is shown: the reach of the noise and of settling; with no noise,
    of rounding only.
    """
    system, plan = _System(), world.plan
    reach = 2 * law(plan.sigma).most if world.guard.noise else 0
    reach += plan.base - 1
    wholes: dict[tuple[str, str], tuple[Spot, ...]] = {}
    for table, settled in _tables(world, quarter):
        spots = []
        for cell, figure in settled.figures.items():
            spot = (table.key, settled.period, cell)
            spots.append(spot)
            shown = isinstance(figure, int)
            system.low[spot] = max(0, figure - reach) if isinstance(figure, int) else 0
            system.high[spot] = reach + (figure if shown else plan.threshold - 1)  # type: ignore[operator]  # an int, if shown
        wholes[table.key, settled.period] = tuple(spots)
    _link(world, quarter, wholes, system)
    return system


def _link(
    world: World, quarter: str, wholes: dict[tuple[str, str], tuple[Spot, ...]], system: _System
) -> None:
    months = months_of(Span.QUARTER, quarter)
    for month in months:
        same = [spots for (_, period), spots in wholes.items() if period == month]
        system.equal += [(same[0], other) for other in same[1:]]
    for table in world.plan.of(Span.QUARTER):
        if table.within is None:
            continue
        parents = [spot for month in months for spot in wholes[table.within, month]]
        _, up = world.lists.up.get(table.dimensions[0], ("", {}))
        children = wholes[table.key, quarter]
        for coarser in dict.fromkeys(up.values()) or ("",):
            below = tuple(s for s in children if not up or up[s[2][0]] == coarser)
            above = tuple(s for s in parents if not up or s[2][0] == coarser)
            system.equal.append((below, above))


class _Model:
    """The system in Z3, asked for one figure after the other."""

    def __init__(self, system: _System) -> None:
        try:
            import z3  # lazily: only who attacks needs it
        except ImportError:
            raise SolverMissing from None
        self._impossible = z3.unsat
        self._counts = {spot: z3.Int(f"n{at}") for at, spot in enumerate(system.low)}
        self._solver = z3.Solver()
        for spot, count in self._counts.items():
            self._solver.add(count >= system.low[spot], count <= system.high[spot])
        for below, above in system.equal:
            one, other = (z3.Sum([self._counts[spot] for spot in side]) for side in (below, above))
            self._solver.add(one == other)
        # Noise may have moved tables so far apart that no population gives them: then nothing is proven.
        possible = self._solver.check() == z3.sat
        self._found = self._solver.model() if possible else None

    def pinned(self, spot: Spot) -> int | None:
        """The only number that a figure can be; None if it can be several."""
        if self._found is None:
            return None
        count = self._counts[spot]
        value = self._found.eval(count, model_completion=True).as_long()
        self._solver.push()
        self._solver.add(count != value)
        other = self._solver.check()
        self._solver.pop()
        return int(value) if other == self._impossible else None
