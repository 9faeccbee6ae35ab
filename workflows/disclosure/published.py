"""A table as it may be shown: every figure is a number or withheld, and nothing says which of the
withheld ones is small and which only covers another (that would give both away).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from workflows.disclosure.cubes import Table
from workflows.disclosure.dimensions import TOGETHER, Dimension
from workflows.disclosure.grids import Policy, spots_of

#: How a withheld figure is written.
WITHHELD = "c"


@dataclass(frozen=True)
class PublishedTable:
    """What may leave. `None` is withheld. `rows_together` are the codes of which only the sum is
    told, under the code `~` (in `cells`, `row_totals`): they are one line of the table.
    """

    rows: Dimension
    columns: Dimension | None
    cells: Mapping[tuple[str, str], int | None]
    row_totals: Mapping[str, int | None]
    column_totals: Mapping[str, int | None]
    total: int | None
    rows_together: tuple[str, ...]
    columns_together: tuple[str, ...]

    @property
    def name(self) -> str:
        """As of the true table: `week`, or `week x post`."""
        return self.rows.name if self.columns is None else f"{self.rows.name} x {self.columns.name}"

    @property
    def row_codes(self) -> tuple[str, ...]:
        """The lines in reading order, `~` last if there is one."""
        return self.rows.codes + ((TOGETHER,) if self.rows_together else ())

    @property
    def column_codes(self) -> tuple[str, ...]:
        """The columns in reading order, `~` last if there is one; empty for a 1-way table."""
        if self.columns is None:
            return ()
        return self.columns.codes + ((TOGETHER,) if self.columns_together else ())

    def figures(self) -> Iterator[int | None]:
        """Every figure of the table, margins and total too."""
        yield from self.cells.values()
        yield from self.row_totals.values()
        yield from self.column_totals.values()
        yield self.total

    @property
    def withheld(self) -> int:
        """How many figures are withheld."""
        return sum(figure is None for figure in self.figures())


def publish(
    table: Table,
    policy: Policy,
    *,
    hidden_rows: AbstractSet[str],
    hidden_columns: AbstractSet[str],
    hidden_cells: AbstractSet[tuple[str, str]],
    nothing: bool,
) -> PublishedTable:
    """Write down what is left. `hidden_cells` are cells of the folded table; `nothing` hides all."""

    def shown(value: int, *, hide: bool) -> int | None:
        return None if hide or nothing else policy.rounded(value)

    def margin(
        totals: Mapping[str, int], hidden: AbstractSet[str], together: Sequence[str]
    ) -> dict[str, int | None]:
        line = {code: shown(value, hide=code in hidden) for code, value in totals.items()}
        if together:
            line[TOGETHER] = shown(sum(totals[code] for code in together), hide=False)
        return line

    rows_together = () if nothing else _together(table.rows, hidden_rows)
    columns_together = () if nothing else _together(table.columns, hidden_columns)
    cells: dict[tuple[str, str], int | None] = dict.fromkeys(table.cells)
    if not nothing:
        for spot in spots_of(table, policy, hidden_rows, hidden_columns):
            cells[spot.key] = shown(spot.value, hide=spot.key in hidden_cells)
    return PublishedTable(
        table.rows,
        table.columns,
        cells,
        margin(table.row_totals, hidden_rows, rows_together),
        margin(table.column_totals, hidden_columns, columns_together),
        shown(table.total, hide=False),
        rows_together,
        columns_together,
    )


def _together(dimension: Dimension | None, hidden: AbstractSet[str]) -> tuple[str, ...]:
    if dimension is None or dimension.multi:
        return ()
    return tuple(code for code in dimension.codes if code in hidden)
