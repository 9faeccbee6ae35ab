"""From what was measured to what is published: totals that agree, base 5, and a threshold.

All of it works on numbers that already have their noise, so it costs nothing (post-processing). What was
published stays: months are settled first, and quarters and years are brought to agree with them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from workflows.disclosure.measuring import Cell, Measured
from workflows.disclosure.plan import Plan, Planned

#: Why a figure is withheld: below the threshold; it would tell of a whole group.
BELOW, GROUP = "c", "g"
#: From this share of one value in a published group on, the group is told of as a whole only (R6).
_NEARLY_ALL = 0.9


@dataclass(frozen=True)
class Settled:
    """A published table of one period. `figures` holds persons, a multiple of the base, or why withheld.

    `estimates` are the same before the threshold: for totals and later tables, never to be shown.
    """

    table: str
    period: str
    figures: Mapping[Cell, int | str]
    estimates: Mapping[Cell, int]

    @property
    def withheld(self) -> int:
        """How many figures are withheld."""
        return sum(isinstance(figure, str) for figure in self.figures.values())


@dataclass(frozen=True)
class Margin:
    """Cells that have a total which is known already: `of` names the group of each cell."""

    of: Callable[[Cell], str]
    totals: Mapping[str, int]


def settle(plan: Plan, table: Planned, measured: Measured, margin: Margin | None = None) -> Settled:
    """Bring a table to agree with `margin`, round it and withhold what is small.

    Without a margin (a table of several values a person, whose cells have no common total) each cell is
    rounded by itself.
    """
    if margin is None:
        rounded = {
            cell: _nearest(max(value, 0), plan.base) for cell, value in measured.cells.items()
        }
    else:
        rounded = _agreeing(plan, measured, margin)
    figures: dict[Cell, int | str] = {
        cell: value if value >= plan.threshold else BELOW for cell, value in rounded.items()
    }
    if table.sensitive is not None:
        _guard_groups(table, table.sensitive, figures)
    return Settled(measured.table, measured.period, figures, rounded)


def total_of(plan: Plan, tables: Sequence[Measured]) -> int:
    """The best estimate of all persons of a period from several tables of it, to the base.

    Each table's sum has a variance of its number of cells; they are weighted by its inverse.
    """
    weights = [1 / len(table.cells) for table in tables]
    sums = [
        sum(table.cells.values()) * weight for table, weight in zip(tables, weights, strict=True)
    ]
    return _nearest(max(sum(sums) / sum(weights), 0), plan.base)


def nearest_above_zero(values: Sequence[float], total: float) -> list[float]:
    """The nearest values (least squares) that are not below zero and have this total.

    Projection onto a simplex: Held, Wolfe, Crowder 1974.
    """
    if total <= 0:
        return [0.0] * len(values)
    running, shift = 0.0, 0.0
    for number, value in enumerate(sorted(values, reverse=True), start=1):
        running += value
        candidate = (running - total) / number
        if value - candidate <= 0:
            break
        shift = candidate
    return [max(value - shift, 0.0) for value in values]


def to_base(values: Sequence[float], total: int, base: int) -> list[int]:
    """Multiples of `base` with this total (a multiple itself), each within one base of its value.

    By largest remainder; of equal ones the first.
    """
    low = [int(value // base) for value in values]
    short = total // base - sum(low)
    by_rest = sorted(range(len(values)), key=lambda at: (low[at] * base - values[at], at))
    for at in by_rest[:short]:
        low[at] += 1
    return [number * base for number in low]


def _agreeing(plan: Plan, measured: Measured, margin: Margin) -> dict[Cell, int]:
    groups: dict[str, list[Cell]] = {}
    for cell in measured.cells:
        groups.setdefault(margin.of(cell), []).append(cell)
    rounded: dict[Cell, int] = {}
    for group, cells in groups.items():
        total = margin.totals.get(group, 0)
        near = nearest_above_zero([measured.cells[cell] for cell in cells], total)
        rounded.update(zip(cells, to_base(near, total, plan.base), strict=True))
    return {cell: rounded[cell] for cell in measured.cells}


def _guard_groups(table: Planned, sensitive: str, figures: dict[Cell, int | str]) -> None:
    """Withhold the line of a group nearly all of whom have one value: it would tell of each (R6)."""
    at = table.dimensions.index(sensitive)
    lines: dict[Cell, list[Cell]] = {}
    for cell in figures:
        lines.setdefault(cell[:at] + cell[at + 1 :], []).append(cell)
    for cells in lines.values():
        shown = [figure for figure in map(figures.__getitem__, cells) if isinstance(figure, int)]
        if len(lines) > 1 and shown and max(shown) >= _NEARLY_ALL * sum(shown):
            figures.update(dict.fromkeys(cells, GROUP))


def _nearest(value: float, base: int) -> int:
    return int(value / base + 0.5) * base


def mean_error(settled: Iterable[Settled], truth: Callable[[Settled], Mapping[Cell, int]]) -> float:
    """Mean absolute error of the shown figures, in persons; 0 where none is shown."""
    errors = []
    for table in settled:
        true = truth(table)
        errors += [
            abs(figure - true.get(cell, 0))
            for cell, figure in table.figures.items()
            if isinstance(figure, int)
        ]
    return fmean(errors) if errors else 0.0
