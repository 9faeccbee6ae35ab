"""Whatever the population, no attacker with all published figures gets at a small cell."""

from __future__ import annotations

from dataclasses import replace

import pytest
from attacker import OutOfPatience, study
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from workflows.disclosure import suppression
from workflows.disclosure.cubes import Fact, tabulate
from workflows.disclosure.dimensions import TOGETHER, Dimension, dimension
from workflows.disclosure.errors import StillExposed
from workflows.disclosure.grids import Policy, Zeros
from workflows.disclosure.published import PublishedTable
from workflows.disclosure.suppression import protect

REGION = Dimension("region", ("north", "east", "south"))
POST = Dimension("post", ("p1", "p2", "p3"))
HOLD = dimension("hold")
PROFILE = Dimension("profile", ("ASY", "UAC", "VOT"), multi=True)
NEED = Dimension("need", ("care", "law"), multi=True)

ATTACKS = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def several(dimension_):
    return st.lists(st.sampled_from(dimension_.codes), unique=True, max_size=3).map(tuple)


COUNTS = st.one_of(st.just(0), st.integers(1, 4), st.integers(5, 30))


@st.composite
def dense(draw):
    """Something in most cells: where single cells, and not whole lines, must be covered."""
    return [
        Fact(
            {
                "region": region,
                "post": post,
                "hold": draw(st.sampled_from(HOLD.codes)),
                "profile": draw(several(PROFILE)),
                "need": draw(several(NEED)),
            },
            draw(COUNTS),
        )
        for region in REGION.codes
        for post in POST.codes
    ]


@st.composite
def sparse(draw):
    fact = st.builds(
        lambda region, post, hold, profile, need, count: Fact(
            {"region": region, "post": post, "hold": hold, "profile": profile, "need": need},
            count,
        ),
        st.sampled_from(REGION.codes),
        st.sampled_from(POST.codes),
        st.sampled_from(HOLD.codes),
        several(PROFILE),
        several(NEED),
        COUNTS,
    )
    return draw(st.lists(fact, min_size=1, max_size=9))


populations = st.one_of(sparse(), dense())
policies = st.builds(Policy, k=st.sampled_from([3, 5]), zeros=st.sampled_from(Zeros))
rounding = st.builds(
    Policy, k=st.just(5), zeros=st.sampled_from(Zeros), base=st.sampled_from([2, 3, 5])
)


def small_figures(table, published, policy):
    """The small figures of a table, by the name the attacker uses, with the floor it may reach."""
    for dimension_, totals in (
        (table.rows, table.row_totals),
        (table.columns, table.column_totals),
    ):
        for code in dimension_.codes if dimension_ else ():
            if policy.is_small(totals[code], table.total):
                yield (dimension_.name, code), policy.floor(totals[code], table.total)
    for (row, column), value in table.cells.items():
        lines = table.row_totals[row], table.column_totals[column]
        shown_lines = published.row_totals[row], published.column_totals[column]
        if policy.is_small(value, *lines) and 0 not in shown_lines:
            floor = policy.floor(value, *lines)
            if None in shown_lines:
                floor = max(floor, policy.floor(value, table.total))
            yield (table.name, row, column), floor


def with_true_margins(table, shown):
    """The published table, but with exact margins: what an attacker may know from elsewhere."""

    def exact(totals, truth, together):
        sums = {TOGETHER: sum(truth[code] for code in together)}
        return {
            code: figure if figure is None else (truth | sums)[code]
            for code, figure in totals.items()
        }

    return replace(
        shown,
        row_totals=exact(shown.row_totals, table.row_totals, shown.rows_together),
        column_totals=exact(shown.column_totals, table.column_totals, shown.columns_together),
        total=shown.total if shown.total is None else table.total,
    )


def assert_safe(tables, published, policy, patience=None):
    published = [with_true_margins(*pair) for pair in zip(tables, published, strict=True)]
    known = study(list(published), policy, tables[0].total + 2 * policy.k)
    known.patience = patience
    for table, shown in zip(tables, published, strict=True):
        for name, floor in small_figures(table, shown, policy):
            assert known.possible(name, policy.k, 10**6), (name, "is bounded below k")
            assert known.possible(name, 0, floor), (name, "is proven to be there")


@ATTACKS
@given(populations, policies)
@pytest.mark.safeguard("INV-35")
def test_no_small_cell_of_a_table_can_be_bounded(facts, policy):
    table = tabulate(facts, REGION, POST)
    assert_safe([table], protect([table], policy), policy)


@ATTACKS
@given(populations, policies)
@pytest.mark.safeguard("INV-35")
def test_no_small_cell_of_linked_tables_can_be_bounded(facts, policy):
    tables = [
        tabulate(facts, REGION, POST),
        tabulate(facts, POST, HOLD),
        tabulate(facts, HOLD),
    ]
    assert_safe(tables, protect(tables, policy), policy)


@ATTACKS
@given(populations, policies)
@pytest.mark.safeguard("INV-35")
def test_no_small_cell_can_be_bounded_where_persons_count_in_several_rows(facts, policy):
    tables = [tabulate(facts, PROFILE, POST), tabulate(facts, POST)]
    assert_safe(tables, protect(tables, policy), policy)


@ATTACKS
@given(populations, policies)
@pytest.mark.safeguard("INV-35")
def test_no_small_cell_can_be_bounded_where_persons_count_in_several_rows_and_columns(
    facts, policy
):
    table = tabulate(facts, PROFILE, NEED)
    assert_safe([table], protect([table], policy), policy)


@ATTACKS
@given(populations, rounding)
@pytest.mark.safeguard("INV-35")
def test_no_small_cell_can_be_bounded_where_only_rounding_covers_it(facts, policy):
    for table in (tabulate(facts, REGION, POST), tabulate(facts, PROFILE, HOLD)):
        try:
            assert_safe([table], protect([table], policy), policy, patience=400)
        except OutOfPatience:
            event("cut short")
        else:
            event("decided")


@ATTACKS
@given(populations, policies)
def test_what_is_shown_is_true(facts, policy):
    table = tabulate(facts, REGION, POST)
    (shown,) = protect([table], policy)
    true = {
        **table.cells,
        (TOGETHER, TOGETHER): None,
    }
    for cell, figure in shown.cells.items():
        if figure is not None and TOGETHER not in cell:
            assert figure == true[cell]
    for code, figure in shown.row_totals.items():
        expected = (
            sum(table.row_totals[member] for member in shown.rows_together)
            if code == TOGETHER
            else table.row_totals[code]
        )
        assert figure in (None, expected)
    assert shown.total in (None, table.total)


@ATTACKS
@given(populations, policies)
@pytest.mark.safeguard("INV-35")
def test_no_figure_from_one_to_k_is_ever_shown(facts, policy):
    tables = [tabulate(facts, REGION, POST), tabulate(facts, PROFILE, POST)]
    for table in protect(tables, policy):
        assert not [figure for figure in table.figures() if figure and 0 < figure < policy.k]


@ATTACKS
@given(populations, st.sampled_from([2, 5]))
def test_rounding_moves_a_figure_by_half_the_base_at_most(facts, base):
    table = tabulate(facts, REGION, POST)
    (exact,) = protect([table], Policy())
    (rounded,) = protect([table], Policy(base=base))
    both = [
        (exact.cells[cell], rounded.cells[cell])
        for cell in exact.cells.keys() & rounded.cells.keys()
    ]
    for one, other in [*both, (exact.total, rounded.total)]:
        if one is not None and other is not None:
            assert abs(one - other) * 2 <= base
            assert other % base == 0


def without_the_second_step(table, policy):
    """Small cells hidden, nothing else: what the attacker must be able to break."""

    def hide(value, *lines):
        return None if policy.is_small(value, *lines) else value

    cells = {
        (row, column): hide(value, table.row_totals[row], table.column_totals[column])
        for (row, column), value in table.cells.items()
    }
    rows = {code: hide(value, table.total) for code, value in table.row_totals.items()}
    columns = {code: hide(value, table.total) for code, value in table.column_totals.items()}
    return PublishedTable(table.rows, table.columns, cells, rows, columns, table.total, (), ())


SPREAD = [
    Fact({"region": region, "post": post, "hold": "no"}, count)
    for region, counts in (("north", (20, 3, 30)), ("east", (40, 22, 18)), ("south", (9, 31, 16)))
    for post, count in zip(POST.codes, counts, strict=True)
]


def test_without_the_second_step_the_attacker_wins():
    table, policy = tabulate(SPREAD, REGION, POST), Policy()
    known = study([without_the_second_step(table, policy)], policy, 500)
    cell = (table.name, "north", "p2")
    assert known.possible(cell, 3, 3)
    assert not known.possible(cell, 0, 2)
    assert not known.possible(cell, 4, 500)


def test_with_the_second_step_the_same_attacker_loses():
    table, policy = tabulate(SPREAD, REGION, POST), Policy()
    known = study(list(protect([table], policy)), policy, 500)
    cell = (table.name, "north", "p2")
    assert known.possible(cell, 1, 1)
    assert known.possible(cell, 5, 500)


@pytest.mark.parametrize("count", [1, 4])
def test_a_lone_small_line_is_covered_by_another(count):
    facts = [
        Fact({"region": "north"}, 60),
        Fact({"region": "east"}, 25),
        Fact({"region": "south"}, count),
    ]
    (shown,) = protect([tabulate(facts, REGION)])
    assert shown.row_totals == {"north": 60, "east": None, "south": None, TOGETHER: 25 + count}
    assert shown.rows_together == ("east", "south")


def test_two_large_overlapping_lines_do_not_prove_that_somebody_is_in_both():
    facts = [
        Fact({"profile": ("ASY",), "need": ()}, 2),
        Fact({"profile": ("ASY",), "need": ("care",)}, 4),
        Fact({"profile": (), "need": ("care",)}, 4),
    ]
    table, policy = tabulate(facts, PROFILE, NEED), Policy()
    published = protect([table], policy)
    # 6 + 8 of 10 persons: whoever sees both totals knows that at least 4 are in both.
    assert None in (published[0].row_totals["ASY"], published[0].column_totals["care"])
    assert_safe([table], published, policy)


def test_if_the_second_step_failed_the_audit_would_stop_the_release(monkeypatch):
    monkeypatch.setattr(suppression, "_hide_cells", lambda *_, **__: frozenset())
    with pytest.raises(StillExposed):
        protect([tabulate(SPREAD, REGION, POST)])
