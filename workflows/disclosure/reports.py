"""PURE. Standard reports: what ministries, UNHCR, IOM and the Almaty Process ask for, of published tables.

A report holds figures of closed periods as they were published, and sums of them; nothing is counted for it,
so it costs no budget (statistics.md 3.2, R2). A sum has the noise of all its parts, and is withheld below
three times that: else the rounding up of empty months would add up to people who were never there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from math import ceil, sqrt

from workflows.disclosure.measuring import Cell
from workflows.disclosure.plan import Plan, Planned, Span, months_of, period_of
from workflows.disclosure.plan_files import PERSONS, Tables
from workflows.disclosure.publication import Books
from workflows.disclosure.settling import BELOW, Settled
from workflows.disclosure.sheets import Row, Sheet

#: Profiles of children without those who should care for them.
CHILDREN_ALONE = frozenset({"UAC", "SPC"})


@dataclass(frozen=True)
class Summed:
    """A table of years that adds up a published table of shorter periods."""

    table: Planned
    of: str
    span: Span

    def parts(self, year: str) -> tuple[str, ...]:
        """The periods that are added up."""
        months = months_of(Span.YEAR, year)
        return tuple(dict.fromkeys(period_of(self.span, month) for month in months))


SUMS: dict[str, Summed] = {
    one.table.key: one
    for one in (
        Summed(Planned("year-province", Span.YEAR, ("province",)), "month-province", Span.MONTH),
        Summed(Planned("year-region", Span.YEAR, ("region",)), "month-region", Span.MONTH),
        Summed(Planned("year-sex-age", Span.YEAR, ("sex_age",)), "quarter-sex-age", Span.QUARTER),
    )
}


@dataclass(frozen=True)
class Report:
    """A standard report: its tables, perhaps some lines of them only, and how others lay it out."""

    key: str
    span: Span
    title: str
    tables: tuple[str, ...]
    only: frozenset[str] = frozenset()
    layout: str = ""


REPORTS: tuple[Report, ...] = (
    Report(
        "arrivals",
        Span.MONTH,
        "Arrivals of a month by province and by region of nationality",
        ("month-province", "month-region"),
        layout="dtm",
    ),
    Report(
        "arrivals-year",
        Span.YEAR,
        "Arrivals of a year by province, post and region of nationality",
        ("year-province", "year-post", "year-region"),
    ),
    Report(
        "sex-age",
        Span.QUARTER,
        "Persons by sex and age, and by region of nationality and sex",
        ("quarter-sex-age", "quarter-region-sex"),
        layout="unhcr",
    ),
    Report("profiles", Span.YEAR, "Preliminary profiles by sex", ("year-profile-sex",)),
    Report(
        "children-alone",
        Span.YEAR,
        "Children who are unaccompanied or separated, by sex",
        ("year-profile-sex",),
        only=CHILDREN_ALONE,
    ),
    Report("needs", Span.YEAR, "Needs", ("year-need",)),
    Report("outcomes", Span.YEAR, "Outcomes of referrals", ("year-outcome",)),
    Report(
        "unhcr-demographics",
        Span.YEAR,
        "Demographics of a year in the columns of UNHCR's population statistics",
        ("year-sex-age", "year-region"),
        layout="unhcr",
    ),
    Report(
        "interstate-summary",
        Span.YEAR,
        "Summary for states of the Almaty Process, aggregates only",
        ("year-region", "year-sex-age", "year-profile-sex", "year-need", "year-outcome"),
        layout="summary",
    ),
)


@dataclass(frozen=True)
class Made:
    """A report of one period: its tables, the same figures as others lay them out, and notes.

    `least`: below how many persons the figures of a table that is a sum are withheld, by its key.
    """

    report: Report
    period: str
    tables: Tables
    layouts: tuple[Sheet, ...]
    notes: tuple[str, ...]
    least: Mapping[str, int]


def report_of(key: str) -> Report | None:
    """The standard report of this key."""
    return next((one for one in REPORTS if one.key == key), None)


def periods_ready(plan: Plan, report: Report, books: Books) -> tuple[str, ...]:
    """The closed periods of which a report can be made, newest first."""
    months = {period for _, period in books.settled if len(period) == 7 and "Q" not in period}
    ends = {period_of(report.span, month) for month in months}
    return tuple(
        period
        for period in sorted(ends, reverse=True)
        if all(_found(plan, report, key, period, books) for key in report.tables)
    )


def make(plan: Plan, report: Report, period: str, books: Books, country: str) -> Made | None:
    """A report of one period out of what was published; None where something of it was not."""
    found = [_found(plan, report, key, period, books) for key in report.tables]
    tables = tuple(one for one in found if one is not None)
    if len(tables) < len(report.tables):
        return None
    notes = tuple(
        _note(plan, SUMS[table.key], period, books) for table, _ in tables if table.key in SUMS
    )
    least = {
        table.key: least_of_sum(plan, len(_parts(SUMS[table.key], period, books)))
        for table, _ in tables
        if table.key in SUMS
    }
    made = Made(report, period, tables, (), (*_ALWAYS, *notes), least)
    layout = _LAYOUTS.get(report.layout)
    return replace(made, layouts=(layout(made, country),)) if layout else made


def summed(plan: Plan, one: Summed, year: str, books: Books) -> Settled | None:
    """The published periods of a year added up; None before its last one is published."""
    parts = _parts(one, year, books)
    if not parts or parts[-1].period != one.parts(year)[-1]:
        return None
    sums: dict[Cell, int] = {}
    for part in parts:
        for cell, persons in part.estimates.items():
            sums[cell] = sums.get(cell, 0) + persons
    least = least_of_sum(plan, len(parts))
    figures: dict[Cell, int | str] = {
        cell: persons if persons >= least else BELOW for cell, persons in sums.items()
    }
    return Settled(one.table.key, year, figures, sums)


def least_of_sum(plan: Plan, parts: int) -> int:
    """Below so many persons a sum of `parts` figures is withheld: three sigma of all their noise."""
    return max(plan.threshold, ceil(3 * float(plan.sigma) * sqrt(parts)))


def _parts(one: Summed, year: str, books: Books) -> list[Settled]:
    found = (books.settled.get((one.of, period)) for period in one.parts(year))
    return [part for part in found if part is not None]


def _found(
    plan: Plan, report: Report, key: str, period: str, books: Books
) -> tuple[Planned, Settled] | None:
    if key in SUMS:
        table = SUMS[key].table
        settled = summed(plan, SUMS[key], period, books)
    else:
        table = next(one for one in plan.tables if one.key == key)
        settled = books.settled.get((key, period))
    if settled is None or not report.only:
        return None if settled is None else (table, settled)
    kept = {cell: f for cell, f in settled.figures.items() if report.only & set(cell)}
    estimates = {cell: settled.estimates[cell] for cell in kept}
    return (table, replace(settled, figures=kept, estimates=estimates)) if kept else None


_ALWAYS = (
    "Made of published figures of closed periods only; nothing was counted for this report.",
    "Region of nationality, never the nationality: figures hold none.",
)


def _note(plan: Plan, one: Summed, year: str, books: Books) -> str:
    number = len(_parts(one, year, books))
    far = 1.96 * float(plan.sigma) * sqrt(number)
    least = least_of_sum(plan, number)
    return (
        f"{one.table.key} adds up {number} published periods of {one.of}: of 100 figures 95 are within "
        f"{far:.0f} persons, and figures below {least} are withheld."
    )


def _dtm(made: Made, country: str) -> Sheet:
    """As flow monitoring of IOM's DTM has it: a line a first-level area, observed individuals."""
    settled = made.tables[0][1]
    rows = [
        (made.period, country, cell[0], "incoming", "registered at posts", figure)
        for cell, figure in settled.figures.items()
    ]
    return Sheet(
        "dtm-flow-monitoring",
        ("reporting_period", "country", "adm1", "flow", "method", "individuals"),
        rows,
        5,
        (
            "#date+period",
            "#country+code",
            "#adm1+code",
            "#indicator+flow",
            "#meta+method",
            PERSONS,
        ),
    )


def _unhcr(made: Made, country: str) -> Sheet:
    """As UNHCR's population statistics have it: one line, a column a sex and age bracket."""
    settled = next(settled for table, settled in made.tables if table.dimensions == ("sex_age",))
    groups = [_group(cell[0]) for cell in settled.figures]
    return Sheet(
        "unhcr-demographics",
        ("period", "country_of_asylum", "population", *(f"{sex}_{age}" for sex, age in groups)),
        [(made.period, country, "registered at posts", *settled.figures.values())],
        3,
        (
            "#date",
            "#country+code",
            "#affected+type",
            *(f"#affected+{sex}+age_{age}" for sex, age in groups),
        ),
    )


def _group(sex_age: str) -> tuple[str, str]:
    """`F 0-4` as the two parts of UNHCR's f_0_4; an age that is not known is `other`."""
    sex, _, band = sex_age.lower().partition(" ")
    age = band.replace("-", "_").replace("+", "") if band[:1].isdigit() else "other"
    return sex, age


def _summary(made: Made, country: str) -> Sheet:
    """Everything under one another: what states send one another, aggregates only."""

    def rows() -> Iterator[Row]:
        for table, settled in made.tables:
            for cell, figure in settled.figures.items():
                second = cell[1] if len(cell) > 1 else ""
                section = " x ".join(table.dimensions)
                yield made.period, country, section, cell[0], second, figure

    return Sheet(
        "interstate-summary",
        ("period", "country", "section", "line", "column", "persons"),
        list(rows()),
        5,
        ("#date", "#country+code", "#meta+section", "#meta+line", "#meta+column", PERSONS),
    )


_LAYOUTS: Mapping[str, Callable[[Made, str], Sheet]] = {
    "dtm": _dtm,
    "unhcr": _unhcr,
    "summary": _summary,
}
