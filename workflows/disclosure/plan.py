"""The publication plan: which tables are measured of which period, once each, and what that costs.

Budgets are rho of zero-concentrated differential privacy (Bun, Steinke 2016). A person is in the figures of
one period of each table (its cohort), so the cost of a plan is that of its tables together and does not grow
with the number of months that are published.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_UP, Decimal
from enum import StrEnum
from math import ceil, log, pi, sqrt
from statistics import NormalDist

from workflows.disclosure.dimensions import DIMENSIONS
from workflows.disclosure.errors import UnknownDimension

#: With which the guarantee may fail outright; a household of any size stays far from it.
DELTA = 1e-8
#: Persons of one household who may be in one cell, for the figure that is told beside a person's.
HOUSEHOLD = 5


class Span(StrEnum):
    """How long a period is."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True)
class Planned:
    """One table of the plan. `most` is in how many of its cells one person may be counted (for a dimension
    of several values: the first ones in the order of its list). `sensitive` names its dimension that may not
    be told of a group alone.
    """

    key: str
    span: Span
    dimensions: tuple[str, ...]
    most: int = 1
    sensitive: str | None = None
    within: str | None = None

    def __post_init__(self) -> None:
        for name in self.dimensions:
            if name not in DIMENSIONS:
                raise UnknownDimension(dimension=name[:40])
        if not self.dimensions or self.most < 1:
            raise ValueError("a table has a dimension, and a person is in one cell at least")


@dataclass(frozen=True)
class Plan:
    """The tables, and the budget rho of one person's lifetime in them."""

    version: str
    tables: tuple[Planned, ...]
    rho: float
    delta: float = DELTA
    base: int = 5
    least: int = 10

    @property
    def sigma(self) -> Decimal:
        """Standard deviation of the noise in persons: the same in every table, so that the sum of
        `most / (2 sigma^2)` over all tables is at most rho. Rounded up.
        """
        cells = sum(table.most for table in self.tables)
        return Decimal(sqrt(cells / (2 * self.rho))).quantize(Decimal("0.01"), ROUND_UP)

    @property
    def threshold(self) -> int:
        """Below so many persons a figure is withheld: 10, or three sigma if that is more.

        A fixed 10 under a sigma of 20 would invent groups (statistics.md 2.1).
        """
        return max(self.least, ceil(3 * self.sigma))

    @property
    def epsilon(self) -> float:
        """For readers who think in epsilon, at `delta`: rho + 2 sqrt(rho ln(1/delta))."""
        return epsilon_of(self.rho, self.delta)

    def advantage(self, persons: int = 1) -> float:
        """How much better than guessing anybody can ever tell whether `persons` together are in the figures.

        True-positive minus false-positive rate of the best test there is, all other records known.
        """
        return advantage_of(self.rho * persons**2)

    @property
    def error(self) -> float:
        """Mean absolute error in persons of a figure before rounding, told before budget is spent."""
        return float(self.sigma) * sqrt(2 / pi)

    def of(self, span: Span) -> tuple[Planned, ...]:
        """The tables of periods of this length."""
        return tuple(table for table in self.tables if table.span is span)


def epsilon_of(rho: float, delta: float = DELTA) -> float:
    """Epsilon at `delta` of rho-zCDP (Bun, Steinke 2016, proposition 1.3)."""
    return rho + 2 * sqrt(rho * log(1 / delta))


def rho_of(epsilon: float, delta: float = DELTA) -> float:
    """The rho whose `epsilon_of` this is."""
    if epsilon <= 0:
        raise ValueError("epsilon is above 0")
    far = log(1 / delta)
    return (sqrt(far + epsilon) - sqrt(far)) ** 2


def advantage_of(rho: float) -> float:
    """2 Phi(sqrt(2 rho) / 2) - 1: two Gaussians of one sigma, sqrt(2 rho) sigmas apart."""
    return 2 * NormalDist().cdf(sqrt(2 * rho) / 2) - 1


#: What is published (statistics.md 3.3). Origin is told as a region: figures hold no nationality, which a
#: stolen database would show beside a post and a week.
LEAN: tuple[Planned, ...] = (
    Planned("month-province", Span.MONTH, ("province",)),
    Planned("month-region", Span.MONTH, ("region",)),
    Planned("quarter-region-sex", Span.QUARTER, ("region", "sex"), within="month-region"),
    Planned("quarter-sex-age", Span.QUARTER, ("sex_age",), within="month-region"),
    Planned("year-post", Span.YEAR, ("post",), within="month-province"),
    Planned("year-profile-sex", Span.YEAR, ("profile", "sex"), most=2, sensitive="profile"),
    Planned("year-need", Span.YEAR, ("need",), most=2, sensitive="need"),
    Planned("year-outcome", Span.YEAR, ("outcome",), sensitive="outcome", within="month-region"),
)


def lean(epsilon: float = 1.0, version: str = "lean-1") -> Plan:
    """The lean plan at a lifetime epsilon: 1 where a state is the adversary, at most 2."""
    return Plan(version, LEAN, rho_of(epsilon))


def months_of(span: Span, period: str) -> tuple[str, ...]:
    """The months of a period: `2026-03`, `2026-Q1` or `2026`."""
    if span is Span.MONTH:
        return (period,)
    year = period[:4]
    if span is Span.QUARTER:
        first = 3 * int(period[6]) - 2
        return tuple(f"{year}-{month:02d}" for month in range(first, first + 3))
    return tuple(f"{year}-{month:02d}" for month in range(1, 13))


def period_of(span: Span, month: str) -> str:
    """The period of a length in which a month lies."""
    if span is Span.MONTH:
        return month
    year, number = month[:4], int(month[5:])
    return f"{year}-Q{(number + 2) // 3}" if span is Span.QUARTER else year


def ends_with(span: Span, month: str) -> bool:
    """Whether a period of this length ends with this month."""
    return months_of(span, period_of(span, month))[-1] == month
