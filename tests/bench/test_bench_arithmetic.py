"""The arithmetic of measuring: medians, ranks, ratios, goals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import figures
from bench.figures import REGISTRATION, Row, Run, Sample
from bench.tables import report
from bench.visitor import hidden_fields, links

_MS = st.floats(min_value=0, max_value=1e6)


def row(cpu: float, *, server: float | None = None) -> Row:
    used = cpu if server is None else server
    return Row(
        samples=40,
        wall_median=cpu,
        wall_p95=cpu,
        cpu_median=cpu,
        cpu_p95=cpu,
        server_median=used,
        database_median=cpu - used,
    )


def run(persons: int, rows: dict[str, Row], *, database: str = "sqlite", start: float = 2.0) -> Run:
    return Run(
        database=database,
        persons=persons,
        rows=rows,
        start_s=start,
        first_use_s=1.0,
        memory_start_mb=200.0,
        memory_used_mb=220.0,
        disk_mb=10.0,
        filled=persons,
        fill_s=4.0,
    )


def test_the_95th_of_a_hundred_is_the_95th() -> None:
    assert figures.p95([float(n) for n in range(1, 101)]) == 95


def test_p95_of_one_value_is_that_value() -> None:
    assert figures.p95([7.0]) == 7


@given(st.lists(_MS, min_size=1, max_size=200))
def test_at_least_95_of_100_do_not_exceed_p95(values: list[float]) -> None:
    found = figures.p95(values)
    assert found in values
    assert sum(value <= found for value in values) >= 0.95 * len(values)
    assert sum(value < found for value in values) < 0.95 * len(values)


def test_cpu_is_of_server_and_database_together() -> None:
    found = figures.row_of(
        [Sample(30.0, 10.0, 5.0), Sample(10.0, 4.0, 2.0), Sample(20.0, 8.0, 2.0)]
    )
    assert (found.wall_median, found.cpu_median, found.cpu_p95) == (20, 10, 15)
    assert (found.server_median, found.database_median, found.samples) == (8, 2, 3)


def test_requests_that_belong_together_are_added_up() -> None:
    assert Sample(1.0, 2.0, 3.0) + Sample(10.0, 20.0, 30.0) == Sample(11.0, 22.0, 33.0)


def test_the_ratio_is_how_many_times_the_peer_uses_ours() -> None:
    assert figures.ratio(REGISTRATION, 100_000, 16.94) == pytest.approx(100)


def test_there_is_no_ratio_at_a_size_at_which_the_peer_was_not_measured() -> None:
    assert figures.ratio(REGISTRATION, 5_000, 10.0) is None
    assert figures.ratio("registration: form", 100_000, 10.0) is None


def test_the_peer_s_figures_are_those_that_the_goals_name() -> None:
    at_100k = {name: yard.peer[100_000] for name, yard in figures.YARDSTICKS.items()}
    assert at_100k[REGISTRATION] == 1694
    assert at_100k["list: arrivals at the post"] == 1288
    assert at_100k["search: somebody"] == 675
    assert at_100k["case file: at the desk"] == 617
    assert at_100k["statistics"] == 10675


def test_a_goal_is_met_up_to_its_bound_and_missed_above() -> None:
    met, missed = (
        next(v for v in figures.verdicts([run(1_000, {"statistics": row(cpu)})]) if "CPU" in v.goal)
        for cpu in (150.0, 150.1)
    )
    assert met.met
    assert not missed.met


def test_growth_is_from_the_smallest_to_the_largest_size_of_the_same_database() -> None:
    runs = [
        run(10_000, {"statistics": row(30.0)}),
        run(100_000, {"statistics": row(26.0)}),
        run(1_000, {"statistics": row(20.0)}),
        run(1_000, {"statistics": row(50.0)}, database="postgres"),
    ]
    growth = [v for v in figures.verdicts(runs) if "growth" in v.goal]
    assert [(v.database, v.persons, v.found, v.met) for v in growth] == [
        ("sqlite", 100_000, 1.3, True)
    ]


def test_a_slow_start_is_a_missed_goal() -> None:
    (found,) = figures.verdicts([run(1_000, {}, start=3.4)])
    assert not found.met


def test_the_report_names_every_request_and_what_was_missed() -> None:
    text = report([run(1_000, {"statistics": row(200.0, server=150.0), REGISTRATION: row(50.0)})])
    assert "150.0 + 50.0" in text
    assert "MISSED" in text
    assert "1 of 3 goals missed" in text


def test_machines_get_runs_goals_and_the_peer() -> None:
    found = figures.as_dict([run(1_000, {"statistics": row(36.8)})])
    assert found["runs"][0]["peer_ratio"] == {"statistics": 10.0}
    assert {goal["met"] for goal in found["goals"]} == {True}
    assert found["peer"]["cpu_ms"]["statistics"][100_000] == 10675


def test_hidden_fields_and_links_are_read_from_a_page() -> None:
    page = '<form><input type="hidden" name="csrf_token" value="a&amp;b"><input name="q"></form>'
    assert hidden_fields(page) == {"csrf_token": "a&b"}
    assert links('<a href="/cases/1">x</a><a>y</a>') == ["/cases/1"]
