"""Counting and labels, and what is refused before anything is counted."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.disclosure.cubes import Fact, tabulate
from workflows.disclosure.dimensions import (
    DEFINITIONS,
    DIMENSIONS,
    Dimension,
    dimension,
    month_of,
    months_between,
    week_of,
    weeks_between,
)
from workflows.disclosure.errors import (
    TablesOverlap,
    TableTooLarge,
    UnknownCode,
)
from workflows.disclosure.suppression import protect

POST = Dimension("post", ("p1", "p2"))
PROFILE = dimension("profile", ("ASY", "UAC"))


def test_margins_of_single_valued_dimensions_are_sums():
    facts = [Fact({"post": "p1", "sex": "F"}, 7), Fact({"post": "p2", "sex": "M"}, 9)]
    table = tabulate(facts, POST, dimension("sex"))
    assert table.cells["p1", "F"] == 7
    assert table.cells["p1", "M"] == 0
    assert table.row_totals == {"p1": 7, "p2": 9}
    assert sum(table.column_totals.values()) == table.total == 16


def test_a_person_with_two_profiles_counts_in_both_rows_and_once_in_the_total():
    facts = [
        Fact({"profile": ("ASY", "UAC"), "post": "p1"}, 4),
        Fact({"profile": ("ASY",), "post": "p1"}, 3),
        Fact({"profile": (), "post": "p2"}, 2),
    ]
    table = tabulate(facts, PROFILE, POST)
    assert table.row_totals == {"ASY": 7, "UAC": 4}
    assert table.column_totals == {"p1": 7, "p2": 2}
    assert table.total == 9


@pytest.mark.parametrize(
    "codes", [{}, {"post": "p9"}, {"post": ("p1", "p2")}, {"post": ()}, {"sex": "F"}]
)
def test_a_fact_that_fits_no_line_is_refused_and_not_dropped(codes):
    with pytest.raises(UnknownCode):
        tabulate([Fact(codes)], POST)


def test_a_negative_count_is_refused():
    with pytest.raises(UnknownCode):
        tabulate([Fact({"post": "p1"}, -1)], POST)


@pytest.mark.parametrize(
    ("day", "label"),
    [
        (date(2026, 2, 9), "2026-W07"),
        (date(2026, 2, 15), "2026-W07"),
        (date(2026, 2, 16), "2026-W08"),
        (date(2027, 1, 3), "2026-W53"),
        (date(2024, 12, 30), "2025-W01"),
    ],
)
def test_weeks_are_iso_weeks_from_monday(day, label):
    assert week_of(day) == label


@given(st.dates(date(2000, 1, 1), date(2060, 1, 1)), st.integers(0, 900))
def test_every_day_of_a_period_has_its_week_and_month_on_the_list(first, length):
    last = first + timedelta(days=length)
    weeks, months = weeks_between(first, last), months_between(first, last)
    assert weeks[0] == week_of(first)
    assert weeks[-1] == week_of(last)
    assert months[0] == month_of(first)
    assert months[-1] == month_of(last)
    assert list(weeks) == sorted(set(weeks))
    assert list(months) == sorted(set(months))
    assert week_of(first + timedelta(days=length // 2)) in weeks


def test_every_dimension_has_a_definition():
    assert set(DEFINITIONS) == DIMENSIONS


def counted(*pairs, count=20):
    facts = [Fact({d.name: d.codes[0] for pair in pairs for d in pair if d is not None}, count)]
    return [tabulate(facts, *pair) for pair in pairs]


def test_three_tables_in_a_ring_are_refused():
    hold, sex = dimension("hold"), dimension("sex")
    with pytest.raises(TablesOverlap):
        protect(counted((POST, hold), (hold, sex), (sex, POST)))


def test_two_tables_over_dimensions_that_contain_one_another_are_refused():
    province = Dimension("province", ("north",))
    with pytest.raises(TablesOverlap):
        protect(counted((POST, None), (province, None)))


def test_the_same_table_twice_is_refused():
    sex = dimension("sex")
    with pytest.raises(TablesOverlap):
        protect(counted((POST, sex), (sex, POST)))


def test_tables_over_different_persons_are_refused():
    with pytest.raises(TablesOverlap):
        protect([*counted((POST, None)), *counted((dimension("sex"), None), count=30)])


def test_a_table_over_three_thousand_cells_is_refused():
    posts = Dimension("post", tuple(f"p{n}" for n in range(61)))
    languages = Dimension("language", tuple(f"l{n}" for n in range(50)))
    with pytest.raises(TableTooLarge):
        protect(counted((posts, languages)))


def test_an_empty_period_is_wholly_withheld():
    (table,) = protect([tabulate([], POST, dimension("sex"))])
    assert table.total is None
    assert set(table.figures()) == {None}
