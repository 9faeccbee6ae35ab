"""What is published when a period closes: its tables, measured once, agreeing with what went before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from workflows.disclosure.dimensions import Dimension
from workflows.disclosure.measuring import Measured
from workflows.disclosure.plan import Plan, Planned, Span, months_of
from workflows.disclosure.settling import Margin, Settled, settle, total_of


@dataclass(frozen=True)
class Lists:
    """The closed code lists of a deployment, fixed with the plan. `up` leads from a code to the coarser one
    that holds it: post to province.
    """

    sides: Mapping[str, Dimension]
    up: Mapping[str, tuple[str, Mapping[str, str]]] = field(default_factory=dict)


@dataclass
class Books:
    """Everything that was published: never changed, only added to. By table and period."""

    settled: dict[tuple[str, str], Settled] = field(default_factory=dict)

    def add(self, tables: Iterable[Settled]) -> None:
        """Put published tables with the others. A period of a table is published once (R1)."""
        for table in tables:
            place = (table.table, table.period)
            if place in self.settled:
                raise ValueError(f"{table.table} of {table.period} is published already")
            self.settled[place] = table

    def sums(self, table: str, periods: Iterable[str], *, by_code: bool = False) -> dict[str, int]:
        """Persons of a table over several periods: of each code of its first dimension, or all (`""`)."""
        found: dict[str, int] = {}
        for period in periods:
            settled = self.settled.get((table, period))
            for cell, value in settled.estimates.items() if settled else ():
                code = cell[0] if by_code else ""
                found[code] = found.get(code, 0) + value
        return found


def settle_period(
    plan: Plan, span: Span, period: str, measured: Iterable[Measured], lists: Lists, books: Books
) -> list[Settled]:
    """Settle all tables of one closed period; months come before the quarters and years that hold them."""
    found = {table.table: table for table in measured}
    planned = [table for table in plan.of(span) if table.key in found]
    roots = [found[t.key] for t in planned if t.within is None and t.most == 1]
    total = total_of(plan, roots) if roots else 0
    settled = []
    for table in planned:
        margin = _margin(table, span, period, lists, books, total)
        settled.append(settle(plan, table, found[table.key], margin))
    return settled


def _margin(
    table: Planned, span: Span, period: str, lists: Lists, books: Books, total: int
) -> Margin | None:
    if table.most > 1:
        return None
    if table.within is None:
        return Margin(lambda _cell: "", {"": total})
    months = months_of(span, period)
    coarser, up = lists.up.get(table.dimensions[0], ("", {}))
    if table.within.endswith(f"-{coarser}") and coarser:
        return Margin(lambda cell: up[cell[0]], books.sums(table.within, months, by_code=True))
    if table.within.endswith(f"-{table.dimensions[0]}"):
        return Margin(lambda cell: cell[0], books.sums(table.within, months, by_code=True))
    return Margin(lambda _cell: "", books.sums(table.within, months))
