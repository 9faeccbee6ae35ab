"""A table as the attacker sees it: hidden lines folded into one, every figure an arc.

If a line's total is hidden, all its cells are, and the hidden lines of a dimension are known only
together (their sum is what is missing from the total). Folding them into one line leaves a table all
of whose margins are published. Then linked tables tell nothing about each other beyond those
margins, and each can be judged alone, exactly, as a network.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum

from workflows.disclosure.cubes import Table
from workflows.disclosure.dimensions import TOGETHER, Dimension
from workflows.disclosure.flows import ENDLESS, Arc, Network


class Zeros(StrEnum):
    """What becomes of empty cells. Hiding an empty cell keeps 'nobody' from being proven."""

    #: Hidden like small cells where a line through them is small (below ten times k).
    SMALL_LINES = "small_lines"
    HIDDEN = "hidden"
    SHOWN = "shown"


@dataclass(frozen=True)
class Policy:
    """`k`: counts of 1..k-1 are small. `zeros`: see Zeros. `base`: published figures are rounded to
    the nearest multiple, halves upwards (1: exact). Rounded cells cover small ones, so fewer must be
    hidden; margins are judged as if they were exact, since other tables may tell them.
    """

    k: int = 5
    zeros: Zeros = Zeros.SMALL_LINES
    base: int = 1

    def __post_init__(self) -> None:
        if self.k < 3 or not 1 <= self.base <= self.k:
            raise ValueError("k is at least 3, and the base between 1 and k")

    def rounded(self, value: int) -> int:
        """The figure as it is published."""
        return (2 * value + self.base) // (2 * self.base) * self.base

    def behind(self, value: int) -> tuple[int, int]:
        """The least and the most that a cell published as `rounded(value)` may be in truth."""
        if value == 0 or self.base == 1:
            return value, value
        shown = self.rounded(value)
        return max(self.k, shown - self.base // 2), shown + (self.base + 1) // 2 - 1

    def hides_zero(self, *line_totals: int) -> bool:
        """Whether an empty cell on lines with these totals is hidden."""
        if self.zeros is Zeros.SMALL_LINES:
            return min(line_totals) < 10 * self.k
        return self.zeros is Zeros.HIDDEN

    def is_small(self, value: int, *line_totals: int) -> bool:
        """Whether this figure must be hidden for itself (a primary cell)."""
        return 0 < value < self.k or (value == 0 and self.hides_zero(*line_totals))

    def floor(self, value: int, *line_totals: int) -> int:
        """What an attacker knows of a hidden figure at least: 1 where an empty cell would be shown."""
        return 0 if self.hides_zero(*line_totals) else min(1, value)


@dataclass(frozen=True)
class Line:
    """A row or column of the folded table: one code, or all hidden codes of a dimension together."""

    code: str
    members: tuple[str, ...]
    total: int
    #: The smallest total of a member: decides whether an empty cell on this line may be shown.
    least: int


@dataclass(frozen=True)
class Spot:
    """A cell of the folded table, with what protection it needs and what is known of it."""

    row: Line
    column: Line
    value: int
    small: bool
    floor: int

    @property
    def key(self) -> tuple[str, str]:
        return self.row.code, self.column.code

    @property
    def folded(self) -> bool:
        """Whether the cell counts several lines together, which nobody can be told apart in."""
        return TOGETHER in self.key


def lines_of(
    dimension: Dimension, totals: Mapping[str, int], hidden: AbstractSet[str]
) -> tuple[Line, ...]:
    """The lines of the folded table. Hidden lines of a multi-valued dimension simply vanish: its
    totals are no sum, so nothing is known of them, not even together.
    """
    shown = [
        Line(code, (code,), totals[code], totals[code])
        for code in dimension.codes
        if code not in hidden
    ]
    members = tuple(code for code in dimension.codes if code in hidden)
    if members and not dimension.multi:
        each = [totals[code] for code in members]
        shown.append(Line(TOGETHER, members, sum(each), min(each)))
    return tuple(shown)


def spots_of(
    table: Table, policy: Policy, hidden_rows: AbstractSet[str], hidden_columns: AbstractSet[str]
) -> tuple[Spot, ...]:
    """All cells of the folded 2-way table, row by row."""
    if table.columns is None:
        return ()
    spots = []
    columns = lines_of(table.columns, table.column_totals, hidden_columns)
    for row in lines_of(table.rows, table.row_totals, hidden_rows):
        for column in columns:
            value = sum(table.cells[r, c] for r in row.members for c in column.members)
            # On a line that is published as empty every cell is known to be empty.
            known = row.total == 0 or column.total == 0
            small = not known and policy.is_small(value, row.least, column.least)
            floor = policy.floor(value, row.least, column.least)
            spots.append(Spot(row, column, value, small, floor))
    return tuple(spots)


def network_of(
    table: Table, policy: Policy, spots: tuple[Spot, ...], costs: tuple[int | None, ...]
) -> Network:
    """The folded table as a network with all margins fixed; arc `n` is cell `spots[n]`.

    A dimension of which one person may have several codes does not add up to the other margin, so an
    endless arc stands for what is free; but no cell can hold more persons than its line.
    """
    rows = {code: n for n, code in enumerate(dict.fromkeys(spot.row.code for spot in spots))}
    columns = {
        code: len(rows) + n
        for n, code in enumerate(dict.fromkeys(spot.column.code for spot in spots))
    }
    free_row, free_column = len(rows) + len(columns), len(rows) + len(columns) + 1
    several_rows = table.rows.multi
    several_columns = table.columns is not None and table.columns.multi
    arcs = []
    for spot, cost in zip(spots, costs, strict=True):
        arc = Arc(rows[spot.row.code], columns[spot.column.code], spot.value, spot.floor, cost=cost)
        if several_rows or several_columns:
            arc.ceiling = min(spot.row.total, spot.column.total)
        if several_rows and several_columns:
            # Two lines with more persons than there are must share some.
            arc.floor = max(arc.floor, spot.row.total + spot.column.total - table.total)
        least, most = policy.behind(spot.value)
        arc.least, arc.most = max(least, arc.floor), min(most, arc.ceiling)
        arcs.append(arc)
    if several_rows:
        arcs += [Arc(free_row, node, 0, -ENDLESS) for node in columns.values()]
    if several_columns:
        arcs += [Arc(node, free_column, 0, -ENDLESS) for node in rows.values()]
    if several_rows and several_columns:
        arcs.append(Arc(free_row, free_column, 0, -ENDLESS))
    return Network(free_column + 1, arcs)
