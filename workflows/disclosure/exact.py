"""PURE. Exact tables for a named partner: safe by themselves, and with everything that was told before.

Small cells and what covers them are hidden first (`suppression`). Then the new file and all earlier ones
that share persons with it are put together (`exact_atoms`), and no small group, nor small difference of
files, may be bounded closer than from its floor to `k` (`exact_solver`). What bounds one too closely is
hidden besides; where that does not help, nothing is made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter

from workflows.disclosure.cubes import Fact, Table, tabulate
from workflows.disclosure.dimensions import Dimension
from workflows.disclosure.errors import TooMuchTogether, WouldDisclose
from workflows.disclosure.exact_atoms import Sum, joined, system_of
from workflows.disclosure.exact_files import ExactFile, Ground, told_by
from workflows.disclosure.exact_solver import weak_groups
from workflows.disclosure.grids import Policy
from workflows.disclosure.published import PublishedTable
from workflows.disclosure.suppression import NOTHING_MORE, Also, protect

#: Rounds of hiding more before a table is refused.
_ROUNDS = 25
#: Seconds after which a table is refused as too much to be compared.
_PATIENCE = 15.0
#: Persons below which a figure of a partner's file is withheld.
SMALLEST = 10


@dataclass(frozen=True)
class Wanted:
    """The tables of a file, as (rows, columns), of whoever is within these codes."""

    within: Mapping[str, frozenset[str]]
    tables: tuple[tuple[Dimension, Dimension | None], ...]


@dataclass(frozen=True)
class Decided:
    """The tables as they may leave, what they tell, and how many figures were hidden because of earlier
    files. `compared`: how many of those there were.
    """

    tables: tuple[PublishedTable, ...]
    file: ExactFile
    repaired: int
    compared: int


@dataclass(frozen=True)
class Compare:
    """What protects, each of which the attackers switch off to see that they then win."""

    earlier: bool = True
    cover: bool = True


ALL = Compare()


def decide(
    wanted: Wanted,
    earlier: Sequence[ExactFile],
    ground: Ground,
    population: Sequence[Fact],
    policy: Policy,
    compare: Compare = ALL,
) -> Decided:
    """Make a file safe together with `earlier` ones. `population`: everybody who may be in any of them.

    Raises WouldDisclose, FiguresMoved, TooMuchTogether, and what `protect` raises.
    """
    tables = [
        _counted(wanted, rows, columns, ground, population) for rows, columns in wanted.tables
    ]
    also, repaired = NOTHING_MORE, 0
    started = perf_counter()
    for _ in range(_ROUNDS):
        shown = protect(tables, policy, also, cover=compare.cover)
        told = [told_by(table, one, policy) for table, one in zip(tables, shown, strict=True)]
        file = ExactFile(wanted.within, tuple(told))
        together = joined(file, earlier if compare.earlier else ())
        if not compare.earlier:
            return Decided(shown, file, 0, 0)
        system = system_of(together, ground, population, policy)
        if perf_counter() - started > _PATIENCE:
            raise TooMuchTogether(most=len(system.kinds))
        weak = weak_groups(system, policy.k)
        culprits = [_worst(held, file, len(together) - 1) for _, held in weak]
        if not culprits:
            return Decided(shown, file, repaired, len(together) - 1)
        more = {one for one in culprits if one is not None}
        if not more:
            raise WouldDisclose
        also, repaired = _hidden(also, more, file), repaired + len(more)
    raise WouldDisclose


def _counted(
    wanted: Wanted,
    rows: Dimension,
    columns: Dimension | None,
    ground: Ground,
    population: Sequence[Fact],
) -> Table:
    sides = [rows] if columns is None else [rows, columns]
    facts = [
        Fact({side.name: _codes(side, ground, fact) for side in sides}, fact.count)
        for fact in population
        if all(fact.codes[name] in codes for name, codes in wanted.within.items())
    ]
    return tabulate(facts, rows, columns)


def _codes(side: Dimension, ground: Ground, fact: Fact) -> str | tuple[str, ...]:
    found = ground.code(side.name, fact.codes)
    return found if side.multi else found[0]


def _worst(held: Sequence[Sum], file: ExactFile, number: int) -> tuple[int, int] | None:
    """The figure of the newest file to hide: a cell before a line, of few persons before many.

    None where only earlier files, or the number of all persons, hold the group.
    """
    own = []
    for one in held:
        at, table, figure = one.place
        told = file.tables[table].figures[figure] if at == number else None
        if told is None or not told.persons or (told.rows is None and told.columns is None):
            continue
        inner = told.rows is not None and told.columns is not None
        own.append((not inner, told.persons, (table, figure)))
    return min(own)[2] if own else None


def _hidden(also: Also, more: set[tuple[int, int]], file: ExactFile) -> Also:
    """The same hiding and more."""
    lines = {name: set(codes) for name, codes in also.lines.items()}
    cells = set(also.cells)
    for at, figure in more:
        table = file.tables[at]
        told = table.figures[figure]
        if told.rows and told.columns and len(told.rows) == len(told.columns) == 1:
            cells.add((at, told.rows[0], told.columns[0]))
            continue
        if told.rows:
            lines.setdefault(table.rows, set()).update(told.rows)
        elif told.columns and table.columns:
            lines.setdefault(table.columns, set()).update(told.columns)
    return Also({name: frozenset(codes) for name, codes in lines.items()}, frozenset(cells))
