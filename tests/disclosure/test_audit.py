"""The audit finds what it should, and its ranges are those a complete search finds."""

from __future__ import annotations

import pytest
from attacker import study
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.disclosure.audit import exposures, ranges
from workflows.disclosure.cubes import Fact, tabulate
from workflows.disclosure.dimensions import Dimension
from workflows.disclosure.flows import Arc, Network
from workflows.disclosure.grids import Policy, Zeros
from workflows.disclosure.published import publish
from workflows.disclosure.suppression import protect

REGION = Dimension("region", ("north", "east", "south"))
POST = Dimension("post", ("p1", "p2", "p3"))
PROFILE = Dimension("profile", ("ASY", "UAC", "VOT"), multi=True)
POLICY = Policy(zeros=Zeros.HIDDEN)


def table_of(counts):
    return tabulate(
        [
            Fact({"region": region, "post": post}, counts[n * 3 + m])
            for n, region in enumerate(REGION.codes)
            for m, post in enumerate(POST.codes)
        ],
        REGION,
        POST,
    )


def with_hidden(table, cells):
    return publish(
        table,
        POLICY,
        hidden_rows=set(),
        hidden_columns=set(),
        hidden_cells=cells,
        nothing=False,
    )


CELLS = st.sampled_from([(region, post) for region in REGION.codes for post in POST.codes])


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(6, 14), min_size=9, max_size=9), st.frozensets(CELLS, min_size=1))
def test_a_range_is_exactly_what_the_published_figures_allow(counts, hidden):
    table = table_of(counts)
    shown = with_hidden(table, hidden)
    known = study([shown], POLICY, table.total)
    for found in ranges(table, shown, POLICY):
        name = (table.name, found.row, found.column)
        high = found.high if found.high is not None else table.total
        assert known.possible(name, found.low, found.low)
        assert known.possible(name, high, high)
        assert not known.possible(name, high + 1, table.total)
        assert found.low == 0 or not known.possible(name, 0, found.low - 1)


COUNTS = [20, 3, 30, 40, 22, 18, 9, 31, 16]


@pytest.mark.parametrize(
    "hidden",
    [
        set(),
        {("north", "p2")},
        {("north", "p2"), ("north", "p1")},
        {("north", "p2"), ("east", "p3")},
    ],
)
def test_a_small_cell_without_enough_cover_is_reported(hidden):
    table = table_of(COUNTS)
    (leak,) = exposures(table, with_hidden(table, hidden), POLICY)
    assert (leak.row, leak.column, leak.value) == ("north", "p2", 3)


def test_four_corners_that_can_trade_are_cover_enough():
    table = table_of(COUNTS)
    corners = {(row, post) for row in ("north", "south") for post in ("p1", "p2")}
    assert exposures(table, with_hidden(table, corners), POLICY) == ()


def test_two_small_cells_that_only_cover_each_other_are_reported():
    table = table_of([20, 2, 1, 40, 2, 1, 9, 31, 16])
    pair = {(row, post) for row in ("north", "east") for post in ("p2", "p3")}
    assert len(exposures(table, with_hidden(table, pair), POLICY)) == 4


def test_what_was_protected_passes_the_audit():
    table = table_of(COUNTS)
    (shown,) = protect([table], POLICY)
    assert exposures(table, shown, POLICY) == ()
    assert all(found.high is None or found.high >= 5 for found in ranges(table, shown, POLICY))


def test_a_row_of_persons_who_count_in_several_rows_protects_itself():
    facts = [
        Fact({"profile": ("ASY", "UAC"), "post": "p1"}, 3),
        Fact({"profile": ("ASY",), "post": "p2"}, 40),
        Fact({"profile": ("UAC",), "post": "p3"}, 30),
        Fact({"profile": ("ASY",), "post": "p3"}, 25),
        Fact({"profile": (), "post": "p1"}, 50),
    ]
    (shown,) = protect([tabulate(facts, PROFILE, POST)], Policy(zeros=Zeros.SHOWN))
    for row in ("ASY", "UAC"):
        withheld = [code for code in POST.codes if shown.cells[row, code] is None]
        assert "p1" in withheld
        assert len(withheld) >= 2
    assert shown.row_totals == {"ASY": 68, "UAC": 33, "VOT": 0}


def test_a_lone_small_total_needs_no_cover_where_totals_do_not_add_up():
    facts = [
        Fact({"profile": ("ASY",), "post": "p1"}, 60),
        Fact({"profile": ("VOT",), "post": "p2"}, 2),
    ]
    (shown,) = protect([tabulate(facts, PROFILE)])
    assert shown.row_totals["ASY"] == 60
    assert shown.row_totals["VOT"] is None


def test_buying_a_flow_hides_the_cheapest_way_round():
    arcs = [
        Arc(0, 2, 3),
        Arc(0, 3, 50, cost=9),
        Arc(1, 2, 50, cost=9),
        Arc(1, 3, 50, cost=9),
        Arc(0, 4, 50, cost=1),
        Arc(1, 4, 50, cost=1),
    ]
    network = Network(5, arcs)
    assert network.rise(0, 2) == 0
    assert network.rise(0, 2, buy=True) == 2
    assert [arc.cost for arc in arcs] == [0, 9, 0, 9, 0, 0]


def test_an_arc_that_must_stay_is_never_bought():
    arcs = [Arc(0, 2, 3), Arc(0, 3, 50, cost=None), Arc(1, 2, 50, cost=1), Arc(1, 3, 50, cost=1)]
    assert Network(4, arcs).rise(0, 2, buy=True) == 0
