"""The attacker in the house: the exact range of every withheld figure, from all that is published.

It starts from the published table, not from what the suppression meant to hide, so a fault there
shows here. Ranges are exact for one table; for the linked tables of an export, see `grids`.
"""

from __future__ import annotations

from dataclasses import dataclass

from workflows.disclosure.cubes import Table
from workflows.disclosure.dimensions import TOGETHER
from workflows.disclosure.flows import ENDLESS
from workflows.disclosure.grids import Policy, Spot, network_of, spots_of
from workflows.disclosure.published import PublishedTable


@dataclass(frozen=True)
class Range:
    """What an attacker can prove of one withheld figure: at least `low`, at most `high` (None: no
    bound). `row` or `column` is None for a margin.
    """

    row: str | None
    column: str | None
    value: int
    low: int
    high: int | None


def ranges(table: Table, published: PublishedTable, policy: Policy) -> tuple[Range, ...]:
    """The exact range of every withheld cell of the folded table and of every withheld margin.

    Cells on a withheld line have at most the range of their folded cell upwards and may be nobody:
    the persons of lines withheld together can be exchanged without changing anything published.
    """
    if published.total is None:
        return ()
    found = [*_margins(table, published, policy)]
    spots = _spots(table, published, policy)
    network = network_of(table, policy, spots, tuple(_cost(spot, published) for spot in spots))
    for place, spot in enumerate(spots):
        if published.cells[spot.key] is None:
            high = spot.value + network.rise(place, ENDLESS)
            low = spot.value - network.fall(place, spot.value)
            bound = None if high >= ENDLESS else high
            found.append(Range(spot.row.code, spot.column.code, spot.value, low, bound))
    return tuple(found)


def exposures(table: Table, published: PublishedTable, policy: Policy) -> tuple[Range, ...]:
    """The small figures that what is published bounds too closely; empty if all is well.

    Checked are `high >= k` for every small figure and `low <= floor` for every single one. Figures
    published though small are reported too.
    """
    if published.total is None:
        return ()
    found = [item for item in _margins(table, published, policy) if _close(item, table, policy)]
    spots = _spots(table, published, policy)
    network = network_of(table, policy, spots, tuple(_cost(spot, published) for spot in spots))
    for place, spot in enumerate(spots):
        if not spot.small:
            continue
        up = policy.k - spot.value
        down = 0 if spot.folded else spot.value - spot.floor
        if published.cells[spot.key] is None:
            up -= network.rise(place, up)
            down -= network.fall(place, down)
        if up > 0 or down > 0:
            low, high = spot.floor + down, policy.k - up
            found.append(Range(spot.row.code, spot.column.code, spot.value, low, high))
    return tuple(found)


def _spots(table: Table, published: PublishedTable, policy: Policy) -> tuple[Spot, ...]:
    rows = {code for code in table.row_totals if published.row_totals[code] is None}
    columns = {code for code in table.column_totals if published.column_totals[code] is None}
    return spots_of(table, policy, rows, columns)


def _cost(spot: Spot, published: PublishedTable) -> int | None:
    return 0 if published.cells[spot.key] is None else None


def _margins(table: Table, published: PublishedTable, policy: Policy) -> list[Range]:
    """Withheld line totals: together they are what is missing from the number of persons."""
    found = []
    sides = [(table.rows, table.row_totals, published.row_totals)]
    if table.columns is not None:
        sides.append((table.columns, table.column_totals, published.column_totals))
    for dimension, truth, shown in sides:
        hidden = [code for code in dimension.codes if shown[code] is None]
        floors = {code: policy.floor(truth[code], table.total) for code in hidden}
        together = sum(truth[code] for code in hidden)
        for code in hidden:
            low, high = floors[code], table.total
            if not dimension.multi:
                high = together - sum(floors.values()) + floors[code]
                low = together if len(hidden) == 1 else low
            row, column = (code, None) if dimension is table.rows else (None, code)
            found.append(Range(row, column, truth[code], low, high))
    return found


def _close(item: Range, table: Table, policy: Policy) -> bool:
    if TOGETHER in (item.row, item.column) or not policy.is_small(item.value, table.total):
        return False
    floor = policy.floor(item.value, table.total)
    return item.low > floor or (item.high is not None and item.high < policy.k)
