"""Measuring a closed period: every cell of a planned table once, with noise, empty ones too.

What comes out may be kept and published; the true counts may not, and are not in it. The noise of a cell
follows from the plan, the table, the period, the cell and who is counted in it. So the same figures measured
again are the same, two cells of the same persons have noise of their own (their equality would tell), and a
table whose sides are exchanged is the same table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from workflows.disclosure.dimensions import Dimension
from workflows.disclosure.errors import UnknownCode
from workflows.disclosure.noise import Mac, keyed
from workflows.disclosure.plan import Plan, Planned

#: Codes of a cell in the order of the table's dimensions.
Cell = tuple[str, ...]


@dataclass(frozen=True)
class Cohort:
    """`count` persons of a period with these codes in common. `keys`: the sum of their record keys, keyed
    numbers of 40 bits; it stands for who they are. A dimension of several values has a tuple of codes.
    """

    codes: Mapping[str, str | tuple[str, ...]]
    count: int
    keys: int


@dataclass(frozen=True)
class Measured:
    """A table of one period as it was measured: whole numbers with noise, some below zero."""

    table: str
    period: str
    cells: Mapping[Cell, int]


@dataclass(frozen=True)
class Rules:
    """What protects, each of which the attackers of the test-suite switch off to see that they then win.

    `own_label`: the noise of a cell is its own (R4). `empty_too`: empty cells get noise (R5).
    """

    own_label: bool = True
    empty_too: bool = True


ALL_RULES = Rules()


def measure(
    plan: Plan,
    table: Planned,
    period: str,
    cohorts: Iterable[Cohort],
    sides: Mapping[str, Dimension],
    mac: Mac,
    rules: Rules = ALL_RULES,
) -> Measured:
    """Measure one table of one period.

    `sides` holds the closed list of each dimension. Raises UnknownCode for a person off a list.
    """
    found = counted(table, cohorts, sides)
    cells = {}
    for cell in product(*(sides[name].codes for name in table.dimensions)):
        count, keys = found.get(cell, (0, 0))
        cells[cell] = count + _noise(plan, table, period, cell, (count, keys), mac, rules)
    return Measured(table.key, period, cells)


def counted(
    table: Planned, cohorts: Iterable[Cohort], sides: Mapping[str, Dimension]
) -> dict[Cell, tuple[int, int]]:
    """True counts and sums of record keys of the cells that are not empty. Never to be shown."""
    lists = [sides[name] for name in table.dimensions]
    places = {side.name: {code: at for at, code in enumerate(side.codes)} for side in lists}
    found: dict[Cell, tuple[int, int]] = {}
    for cohort in cohorts:
        ways = [_codes(cohort, side, places[side.name]) for side in lists]
        for cell in list(product(*ways))[: table.most]:
            count, keys = found.get(cell, (0, 0))
            found[cell] = (count + cohort.count, keys + cohort.keys)
    return found


def _codes(cohort: Cohort, side: Dimension, places: Mapping[str, int]) -> Sequence[str]:
    """The codes of a cohort in one dimension, in the order of the list."""
    given = cohort.codes[side.name]
    codes = (given,) if isinstance(given, str) else given
    if any(code not in places for code in codes) or not (codes or side.multi):
        raise UnknownCode(dimension=side.name)
    return sorted(codes, key=places.__getitem__)


def canonical(table: Planned, cell: Cell) -> str:
    """A cell whichever way round its table is written: `age_band=0-4 sex=F`."""
    pairs = sorted(zip(table.dimensions, cell, strict=True))
    return " ".join(f"{name}={code}" for name, code in pairs)


def _noise(
    plan: Plan,
    table: Planned,
    period: str,
    cell: Cell,
    who: tuple[int, int],
    mac: Mac,
    rules: Rules,
) -> int:
    count, keys = who
    if not count and not rules.empty_too:
        return 0
    place = (plan.version, table.key, period, canonical(table, cell)) if rules.own_label else ()
    return keyed(mac, plan.sigma, "serai measured cell", *place, count, keys)
