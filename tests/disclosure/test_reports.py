"""Standard reports are what was published, and sums of it; a sum invents nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from workflows.disclosure.attack_world import World, world
from workflows.disclosure.dimensions import DIMENSIONS
from workflows.disclosure.plan import LEAN, lean, months_of
from workflows.disclosure.publication import Books
from workflows.disclosure.reports import (
    REPORTS,
    SUMS,
    Made,
    Summed,
    least_of_sum,
    make,
    periods_ready,
    report_of,
    summed,
)

PLAN = lean()
KEYS = [one.key for one in REPORTS if not one.only]


@pytest.fixture(scope="module")
def published() -> World:
    return world(PLAN, 6_000, 5)


def made(found: World, key: str, period: str) -> Made:
    report = report_of(key)
    assert report is not None
    done = make(PLAN, report, period, found.books, "KAZ")
    assert done is not None
    return done


@pytest.mark.parametrize("key", KEYS)
def test_a_report_holds_published_figures_and_nothing_else(published: World, key: str) -> None:
    report = report_of(key)
    assert report is not None
    periods = periods_ready(PLAN, report, published.books)
    assert periods == tuple(sorted(periods, reverse=True))
    assert periods
    done = made(published, key, periods[0])
    for table, settled in done.tables:
        if table.key not in SUMS:
            assert settled == published.books.settled[table.key, periods[0]]
        assert all(isinstance(f, str) or f >= PLAN.threshold for f in settled.figures.values())
    figures = [figure for _, table in done.tables for figure in table.figures.values()]
    for sheet in done.layouts:
        rows = [tuple(row) for row in sheet.rows]
        assert all(len(row) == len(sheet.heads) == len(sheet.tags) for row in rows)
        laid_out = [cell for row in rows for cell in row[sheet.codes :]]
        assert all(cell in figures for cell in laid_out)


def test_a_year_is_the_sum_of_its_months(published: World) -> None:
    settled = summed(PLAN, SUMS["year-region"], "2025", published.books)
    assert settled is not None
    for cell, figure in settled.figures.items():
        parts = [
            published.books.settled["month-region", month].estimates[cell]
            for month in SUMS["year-region"].parts("2025")
        ]
        assert settled.estimates[cell] == sum(parts)
        assert figure == (sum(parts) if sum(parts) >= least_of_sum(PLAN, 12) else "c")


@pytest.mark.parametrize(("persons", "seed"), [(400, 0), (400, 1), (4_000, 1)])
def test_a_sum_of_empty_months_shows_nobody(persons: int, seed: int) -> None:
    """Estimates are never below zero, so those of nobody add up; the threshold of a sum knows that."""
    few = world(PLAN, persons, seed)
    empty = [
        (figure, estimate)
        for one in SUMS.values()
        for year in ("2025", "2026")
        for true, figure, estimate in lines_of(few, one, year)
        if true < 5
    ]
    assert len(empty) > 10
    assert all(isinstance(figure, str) for figure, _ in empty)
    # With the threshold of a single figure people would have been told of who are not there.
    if persons == 4_000:
        assert any(estimate >= PLAN.threshold for _, estimate in empty)


def lines_of(found: World, one: Summed, year: str) -> Iterator[tuple[int, int | str, int]]:
    """True count, figure and estimate of each cell of a sum."""
    source = next(table for table in LEAN if table.key == one.of)
    settled = summed(PLAN, one, year, found.books)
    assert settled is not None
    true: Counter[tuple[str, ...]] = Counter()
    for part in one.parts(year):
        true.update(found.truth(source, part))
    for cell, figure in settled.figures.items():
        yield true[cell], figure, settled.estimates[cell]


def test_a_report_waits_for_its_last_period(published: World) -> None:
    books = Books()
    for (key, period), settled in published.books.settled.items():
        if period < "2026-12" and period not in ("2026", "2026-Q4"):
            books.settled[key, period] = settled
    for report in REPORTS:
        ready = periods_ready(PLAN, report, books)
        assert not {"2026", "2026-Q4", "2026-12"} & set(ready)
    assert make(PLAN, REPORTS[1], "2026", books, "KAZ") is None
    assert make(PLAN, REPORTS[0], "1999-01", books, "KAZ") is None


def test_unhcrs_columns_are_named_as_unhcr_names_them(published: World) -> None:
    (sheet,) = made(published, "unhcr-demographics", "2025").layouts
    assert sheet.heads[3:9] == ("f_0_4", "f_5_11", "f_12_17", "f_18_59", "f_60", "f_other")
    assert sheet.tags[3] == "#affected+f+age_0_4"
    assert len(list(sheet.rows)) == 1


def test_no_report_tells_a_nationality() -> None:
    """Figures hold none, and no layout of others may bring one in."""
    assert "nationality" not in DIMENSIONS
    known = {table.key for table in LEAN} | set(SUMS)
    for report in REPORTS:
        assert set(report.tables) <= known
        assert "nationality" not in " ".join(report.tables)
    for one in SUMS.values():
        assert (
            set(months_of(one.table.span, "2025")) >= set(one.parts("2025")) or one.span != "month"
        )
