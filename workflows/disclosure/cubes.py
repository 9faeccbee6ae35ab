"""Counting: from rows of coarse facts to 1- and 2-way tables with margins over closed code lists.

Every cell of the grid exists, also the empty ones. Nothing here is safe to show: that is the work of
`workflows.disclosure.suppression`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from workflows.disclosure.dimensions import Dimension
from workflows.disclosure.errors import UnknownCode


@dataclass(frozen=True)
class Fact:
    """`count` persons who share these codes. A multi-valued dimension has a tuple of codes, maybe
    empty; any other has exactly one. A person must not be spread over two facts.
    """

    codes: Mapping[str, str | tuple[str, ...]]
    count: int = 1


@dataclass(frozen=True)
class Table:
    """True counts: `cells[row, column]`, both margins, and the number of distinct persons.

    A 1-way table has no `columns` and no `cells`: its figures are `row_totals`. A margin of a
    multi-valued dimension counts distinct persons and is not the sum of its line.
    """

    rows: Dimension
    columns: Dimension | None
    cells: Mapping[tuple[str, str], int]
    row_totals: Mapping[str, int]
    column_totals: Mapping[str, int]
    total: int

    @property
    def name(self) -> str:
        """`week`, or `week x post`: the same for the true and the published table."""
        return self.rows.name if self.columns is None else f"{self.rows.name} x {self.columns.name}"


def codes_of(fact: Fact, dimension: Dimension) -> tuple[str, ...]:
    """The codes of one fact in one dimension, each once. Raises UnknownCode when off the list."""
    found = fact.codes.get(dimension.name)
    if found is None:
        raise UnknownCode(dimension=dimension.name)
    codes = (str(found),) if isinstance(found, str) else tuple(dict.fromkeys(map(str, found)))
    if not dimension.multi and len(codes) != 1:
        raise UnknownCode(dimension=dimension.name)
    if any(code not in dimension.codes for code in codes):
        raise UnknownCode(dimension=dimension.name)
    return codes


def tabulate(facts: Iterable[Fact], rows: Dimension, columns: Dimension | None = None) -> Table:
    """Count `facts` by `rows` and, if given, `columns`.

    Cost: one pass over the facts. Raises UnknownCode if a fact lacks a dimension or has a code off
    its list, so that nobody falls out of a table unseen.
    """
    cells = (
        {}
        if columns is None
        else {(row, column): 0 for row in rows.codes for column in columns.codes}
    )
    row_totals = dict.fromkeys(rows.codes, 0)
    column_totals = {} if columns is None else dict.fromkeys(columns.codes, 0)
    total = 0
    for fact in facts:
        if fact.count < 0:
            raise UnknownCode(dimension=rows.name)
        total += fact.count
        in_rows = codes_of(fact, rows)
        in_columns = () if columns is None else codes_of(fact, columns)
        for column in in_columns:
            column_totals[column] += fact.count
        for row in in_rows:
            row_totals[row] += fact.count
            for column in in_columns:
                cells[row, column] += fact.count
    return Table(rows, columns, cells, row_totals, column_totals, total)
