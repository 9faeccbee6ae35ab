"""A closed period is measured once, with noise of its own in every cell, and what is published agrees."""

from __future__ import annotations

import hmac
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.disclosure.attack_world import MONTHS, World, world
from workflows.disclosure.dimensions import Dimension
from workflows.disclosure.errors import UnknownCode
from workflows.disclosure.measuring import Cohort, Measured, counted, measure
from workflows.disclosure.plan import LEAN, Planned, Span, lean, months_of
from workflows.disclosure.settling import (
    BELOW,
    GROUP,
    nearest_above_zero,
    settle,
    to_base,
    total_of,
)

PLAN = lean()
SEX = Dimension("sex", ("F", "M", "X"))
AGE = Dimension("age_band", ("0-4", "5-11"))
NEED = Dimension("need", ("a", "b", "c"), multi=True)
SIDES = {side.name: side for side in (SEX, AGE, NEED)}
TABLE = Planned("sex-age", Span.MONTH, ("sex", "age_band"))
TURNED = Planned("sex-age", Span.MONTH, ("age_band", "sex"))


def mac(data: bytes) -> bytes:
    return hmac.digest(b"a key", data, "sha256")


def cohort(
    sex: str, age: str, count: int = 1, keys: int = 77, need: tuple[str, ...] = ()
) -> Cohort:
    return Cohort({"sex": sex, "age_band": age, "need": need}, count, keys)


def measured(table: Planned, *cohorts: Cohort, period: str = "2026-03") -> Measured:
    return measure(PLAN, table, period, cohorts, SIDES, mac)


def test_every_cell_of_the_lists_has_a_number_of_its_own() -> None:
    found = measured(TABLE)
    assert len(found.cells) == 6
    assert len(set(found.cells.values())) > 3
    assert any(value < 0 for value in found.cells.values())


def test_measured_again_it_is_the_same_and_turned_round_too() -> None:
    people = (cohort("F", "0-4", 4), cohort("M", "5-11", 9))
    first, again, turned = (
        measured(TABLE, *people),
        measured(TABLE, *people),
        measured(TURNED, *people),
    )
    assert first == again
    assert {(b, a): value for (a, b), value in first.cells.items()} == turned.cells


def test_other_people_other_periods_and_other_tables_have_other_noise() -> None:
    one = measured(TABLE, cohort("F", "0-4", 4, keys=5)).cells
    assert one != measured(TABLE, cohort("F", "0-4", 4, keys=6)).cells
    assert one != measured(TABLE, cohort("F", "0-4", 4, keys=5), period="2026-04").cells
    other = Planned("another", Span.MONTH, ("sex", "age_band"))
    assert one != measured(other, cohort("F", "0-4", 4, keys=5)).cells
    # The same persons in two cells of two tables: neither number tells of the other.
    whole = Planned("whole", Span.MONTH, ("sex",))
    assert measured(whole, cohort("F", "0-4", 4, keys=5)).cells["F",] != one["F", "0-4"]


def test_somebody_of_several_values_counts_in_the_first_ones_of_the_list() -> None:
    table = Planned("needs", Span.YEAR, ("need",), most=2)
    found = counted(table, [cohort("F", "0-4", 3, 5, ("c", "a", "b"))], SIDES)
    assert found == {("a",): (3, 5), ("b",): (3, 5)}
    assert counted(table, [cohort("F", "0-4")], SIDES) == {}


@pytest.mark.parametrize("wrong", [cohort("Z", "0-4"), cohort("F", "99")])
def test_who_is_off_a_list_stops_the_measuring(wrong: Cohort) -> None:
    with pytest.raises(UnknownCode):
        measured(TABLE, wrong)


@given(st.lists(st.floats(-50, 500), min_size=1, max_size=8), st.integers(0, 400))
def test_the_nearest_values_have_the_total_and_none_is_below_zero(
    values: list[float], bases: int
) -> None:
    total = bases * 5
    near = nearest_above_zero(values, total)
    assert min(near) >= 0
    assert sum(near) == pytest.approx(total, abs=1e-6)
    rounded = to_base(near, total, 5)
    assert sum(rounded) == total
    assert all(
        number % 5 == 0 and abs(number - v) < 5 + 1e-6
        for number, v in zip(rounded, near, strict=True)
    )


def test_small_figures_are_withheld_and_the_others_are_of_the_base() -> None:
    table = Planned("needs", Span.YEAR, ("need",), most=2)
    found = settle(PLAN, table, Measured("needs", "2026", {("a",): 58, ("b",): 203, ("c",): -9}))
    assert PLAN.threshold == 59
    assert found.figures == {("a",): 60, ("b",): 205, ("c",): BELOW}
    assert found.withheld == 1


def test_a_group_that_nearly_all_has_one_value_is_told_of_as_a_whole_only() -> None:
    table = Planned("need-sex", Span.YEAR, ("need", "sex"), most=2, sensitive="need")
    cells = {(need, sex): 300 for need in "abc" for sex in "FM"} | {("a", "M"): 9000}
    figures = settle(PLAN, table, Measured("need-sex", "2026", cells)).figures
    assert {cell for cell, figure in figures.items() if figure == GROUP} == {
        (n, "M") for n in "abc"
    }


def test_the_total_is_nearer_to_the_table_of_fewer_cells() -> None:
    few = Measured("x", "2026-01", {("a",): 100})
    many = Measured("y", "2026-01", {(str(n),): 5 for n in range(10)})
    assert total_of(PLAN, [few, many]) == 95


@pytest.fixture(scope="module")
def published() -> World:
    return world(PLAN, 4_000, 3)


def test_everything_published_agrees(published: World) -> None:
    books, lists = published.books, published.lists
    months = {m: books.sums("month-region", [m])[""] for m in MONTHS}
    assert months == {m: books.sums("month-province", [m])[""] for m in MONTHS}
    posts = lists.up["post"][1]
    keys: tuple[tuple[str, Span, Callable[[str], str]], ...] = (
        ("quarter-region-sex", Span.QUARTER, str),
        ("year-post", Span.YEAR, posts.__getitem__),
    )
    for key, span, coarser in keys:
        table = next(t for t in LEAN if t.key == key)
        assert table.within is not None
        for period in {p for k, p in books.settled if k == key}:
            own: dict[str, int] = {}
            for (code, *_), value in books.settled[key, period].estimates.items():
                own[coarser(code)] = own.get(coarser(code), 0) + value
            assert own == books.sums(table.within, months_of(span, period), by_code=True)
    year = sum(months[m] for m in months_of(Span.YEAR, "2025"))
    assert books.sums("year-outcome", ["2025"])[""] == year


def test_nothing_below_the_threshold_is_shown_and_everything_is_of_the_base(
    published: World,
) -> None:
    figures = [f for table in published.books.settled.values() for f in table.figures.values()]
    shown = [figure for figure in figures if isinstance(figure, int)]
    assert shown
    assert min(shown) >= PLAN.threshold
    assert all(figure % PLAN.base == 0 for figure in shown)


def test_a_period_is_published_once(published: World) -> None:
    again = published.books.settled["month-province", "2025-01"]
    with pytest.raises(ValueError, match="already"):
        published.books.add([again])


def test_a_published_deployment_is_the_same_to_the_last_figure(published: World) -> None:
    assert world(PLAN, 4_000, 3).books == published.books
