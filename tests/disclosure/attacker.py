"""An attacker who knows the method and holds every published figure, and nothing of our code.

It asks one question: is there a population with this figure in this range that would have given
exactly these tables? Search with interval propagation over whole numbers; slow, simple, complete.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from workflows.disclosure.published import PublishedTable

TOGETHER = "~"


class OutOfPatience(Exception):
    """The search was cut short: this population proves nothing either way."""


@dataclass
class Knowledge:
    """Named unknowns with bounds, and sums that must hold: sum of the parts equals the whole."""

    low: dict[object, int] = field(default_factory=dict)
    high: dict[object, int] = field(default_factory=dict)
    sums: list[tuple[tuple[object, ...], object]] = field(default_factory=list)
    #: (a, b): a is never more than b.
    within: list[tuple[object, object]] = field(default_factory=list)
    #: (cell, row, column): who is in both of two lines that overlap by necessity.
    overlaps: list[tuple[object, object, object]] = field(default_factory=list)
    #: Steps before giving up; None is never.
    patience: int | None = None

    def know(self, name, published, most, floor, policy, *, cell=False):
        low, high = (floor, most) if published is None else behind(published, policy, cell=cell)
        self.low[name] = max(self.low.get(name, 0), low)
        self.high[name] = min(self.high.get(name, most), high)

    def possible(self, name, low, high):
        """Whether some population has `name` between low and high."""
        lows, highs = dict(self.low), dict(self.high)
        self._steps = 0
        lows[name] = max(lows[name], low)
        highs[name] = min(highs[name], high)
        return self._search(lows, highs)

    def _search(self, low, high):
        self._steps += 1
        if self.patience is not None and self._steps > self.patience:
            raise OutOfPatience
        if not self._narrow(low, high):
            return False
        open_ones = [name for name in low if low[name] < high[name]]
        if not open_ones:
            return True
        name = min(open_ones, key=lambda one: high[one] - low[one])
        for value in range(low[name], high[name] + 1):
            lows, highs = dict(low), dict(high)
            lows[name] = highs[name] = value
            if self._search(lows, highs):
                return True
        return False

    def _narrow(self, low, high):
        """Tighten until nothing moves. False if nothing is left for some unknown."""
        while True:
            before = (dict(low), dict(high))
            for name, down, up in self._implied(low, high):
                low[name] = max(low[name], down)
                high[name] = min(high[name], up)
            if any(low[name] > high[name] for name in low):
                return False
            if before == (low, high):
                return True

    def _implied(self, low, high):
        """(unknown, at least, at most) from every relation, given the bounds as they are now."""
        for smaller, larger in self.within:
            yield larger, low[smaller], high[larger]
            yield smaller, low[smaller], high[larger]
        for cell, row, column in self.overlaps:
            yield cell, low[row] + low[column] - high["all"], high[cell]
            yield row, low[row], high[cell] + high["all"] - low[column]
            yield column, low[column], high[cell] + high["all"] - low[row]
        for parts, whole in self.sums:
            least, most = sum(low[p] for p in parts), sum(high[p] for p in parts)
            yield whole, least, most
            # The bounds of the parts as they were: still true, only less tight.
            bounds = [(low[p], high[p]) for p in parts]
            for part, (down, up) in zip(parts, bounds, strict=True):
                yield part, low[whole] - (most - up), high[whole] - (least - down)


def behind(published, policy, *, cell):
    """What a published figure may be: margins may be known exactly from elsewhere, cells not."""
    if policy.base == 1 or published == 0 or not cell:
        return published, published
    return max(policy.k, published - policy.base // 2), published + (policy.base - 1) // 2


def hides_zero(policy, *totals):
    """The published rule, written once more: on a withheld line everything is withheld."""
    if None in totals or policy.zeros == "hidden":
        return True
    return policy.zeros == "small_lines" and min(totals) < 10 * policy.k


def study(published: list[PublishedTable], policy, most) -> Knowledge:
    """All that the tables of one export say together. `most`: no operation is larger than this."""
    known = Knowledge()
    for table in published:
        total = table.total
        known.know("all", total, most, 0, policy)
        _margin(known, table.rows, table.row_totals, total, policy, most)
        if table.columns is None:
            continue
        _margin(known, table.columns, table.column_totals, total, policy, most)
        _cells(known, table, policy, most)
    return known


def _margin(known, dimension, totals, total, policy, most):
    for code in dimension.codes:
        floor = 0 if hides_zero(policy, total) else 1
        known.know((dimension.name, code), totals[code], most, floor, policy)
        known.within.append(((dimension.name, code), "all"))
    if not dimension.multi:
        known.sums.append((tuple((dimension.name, code) for code in dimension.codes), "all"))
    if totals.get(TOGETHER) is not None:
        whole = (dimension.name, TOGETHER)
        known.know(whole, totals[TOGETHER], most, 0, policy)
        hidden = [code for code in dimension.codes if totals[code] is None]
        known.sums.append((tuple((dimension.name, code) for code in hidden), whole))


def _cells(known, table, policy, most):
    rows, columns = table.rows, table.columns
    for (row, column), figure in table.cells.items():
        totals = (table.row_totals[row], table.column_totals[column])
        floor = 0 if TOGETHER in (row, column) or hides_zero(policy, *totals) else 1
        name = (table.name, row, column)
        known.know(name, figure, most, floor, policy, cell=True)
        parts_r = [c for c in rows.codes if table.row_totals[c] is None]
        parts_c = [c for c in columns.codes if table.column_totals[c] is None]
        if TOGETHER in (row, column):
            over_r = parts_r if row == TOGETHER else [row]
            over_c = parts_c if column == TOGETHER else [column]
            parts = tuple((table.name, r, c) for r in over_r for c in over_c)
            known.sums.append((parts, name))
        else:
            known.within.append((name, (rows.name, row)))
            known.within.append((name, (columns.name, column)))
            known.overlaps.append((name, (rows.name, row), (columns.name, column)))
    if not columns.multi:
        for row in rows.codes:
            parts = tuple((table.name, row, column) for column in columns.codes)
            known.sums.append((parts, (rows.name, row)))
    if not rows.multi:
        for column in columns.codes:
            parts = tuple((table.name, row, column) for row in rows.codes)
            known.sums.append((parts, (columns.name, column)))
