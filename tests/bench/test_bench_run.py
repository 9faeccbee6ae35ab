"""A tiny run of the whole bench: 60 persons, the product as deployed, two samples of each request."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.figures import REGISTRATION, YARDSTICKS, Run
from bench.measuring import measure

PERSONS = 60


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder: Path = tmp_path_factory.mktemp("bench")
    (only,) = measure(folder, (PERSONS,), ("sqlite",), 2, lambda _line: None)
    return only


def test_it_fills_the_register_through_the_workflows(found: Run) -> None:
    assert (found.persons, found.filled) == (PERSONS, PERSONS)
    assert found.disk_mb > 0


def test_every_request_that_has_a_goal_is_measured(found: Run) -> None:
    assert set(YARDSTICKS) <= set(found.rows)
    assert {row.samples for row in found.rows.values()} == {2}


def test_every_request_takes_time_and_cpu(found: Run) -> None:
    assert all(row.wall_median > 0 for row in found.rows.values())
    assert found.rows[REGISTRATION].cpu_median > 0
    assert found.memory_start_mb > 0


def test_sqlite_has_no_processes_of_its_own(found: Run) -> None:
    assert {row.database_median for row in found.rows.values()} == {0}
