"""The books of a month are closed once, nobody is counted twice, and files need two accounts."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from models.figures import ClosedPeriod, Release, StatFact
from models.vocabulary import Role
from tests.world import BORDER, PASSWORD, POST, World
from workflows import approvals, closing, published
from workflows.accounts import CreateUser, make_user
from workflows.closing import PLAN
from workflows.errors import ApprovalMissing, NotAllowed, NotFound, SameApprover


def second_supervisor(world: World) -> str:
    """Another supervisor of the same agency."""
    command = CreateUser(
        name="supervisor2", password=PASSWORD, role=Role.SUPERVISOR, agency=BORDER, post=POST
    )
    with world.work() as work:
        make_user(work, command)
    world.__dict__["_actors"] = {}
    return "supervisor2"


def close(world: World) -> list[str]:
    with world.work() as work:
        return [one.period for one in closing.close_due(work)]


def at(world: World, month: int, day: int, year: int = 2026) -> None:
    world.clock.now = datetime(year, month, day, 9, tzinfo=UTC)


def booked(world: World) -> list[str | None]:
    return sorted((fact.booked for fact in world.rows(StatFact)), key=str)


@pytest.fixture
def closed(world: World) -> World:
    """Two persons of November, whose books are closed in December."""
    at(world, 11, 20)
    world.child("Zarifa")
    world.child("Mahbub")
    at(world, 12, 16)
    assert close(world) == ["2026-11"]
    return world


def test_a_month_is_closed_fifteen_days_after_its_end_and_once(any_world: World) -> None:
    world = any_world
    at(world, 11, 20)
    world.child()
    at(world, 12, 15)
    assert close(world) == []
    at(world, 12, 16)
    assert close(world) == ["2026-11"]
    assert booked(world) == ["2026-11"]
    assert close(world) == []


def test_who_comes_late_is_in_the_next_books_and_nobody_is_in_two(closed: World) -> None:
    at(closed, 11, 30)
    closed.child("Late")
    at(closed, 12, 20)
    closed.child("December")
    at(closed, 1, 16, 2027)
    assert close(closed) == ["2026-12", "2026-Q4", "2026"]
    assert booked(closed) == ["2026-11", "2026-11", "2026-12", "2026-12"]


def test_months_without_anybody_are_published_like_others(closed: World) -> None:
    at(closed, 4, 20, 2027)
    assert close(closed) == [
        "2026-12",
        "2026-Q4",
        "2026",
        "2027-01",
        "2027-02",
        "2027-03",
        "2027-Q1",
    ]
    with closed.work("supervisor") as work:
        empty = published.figures(work, "2027-02")
    assert all(figure == "c" for _, table in empty.tables for figure in table.figures.values())


def test_the_numbers_are_noisy_and_the_true_ones_nowhere(closed: World) -> None:
    row = closed.rows(ClosedPeriod)[0]
    with closed.work() as work:
        content = closing.contents(work, row)
    cells = [number for table in content.values() for _, number, _, _ in table["cells"]]
    assert len(cells) > 25
    assert len({*cells}) > 10
    assert max(map(abs, cells)) > 10
    assert b"month-region" not in row.payload


def test_nobody_changes_what_was_published(any_world: World) -> None:
    at(any_world, 11, 20)
    any_world.child()
    at(any_world, 12, 16)
    close(any_world)
    for statement in ("UPDATE stat_period SET rho = 9", "DELETE FROM stat_period"):
        with pytest.raises(DBAPIError), any_world.storage.engine.begin() as connection:
            connection.execute(text(statement))


def test_a_supervisor_sees_what_it_costs(closed: World) -> None:
    with closed.work("supervisor") as work:
        found = published.ledger(work)
    assert [one.period for one in found.periods] == ["2026-11"]
    assert found.advantage == pytest.approx(0.065, abs=0.001)
    assert found.threshold == PLAN.threshold
    for who in ("officer", "guardian"):
        with pytest.raises(NotAllowed), closed.work(who) as work:
            published.ledger(work)


def test_files_need_a_second_account(closed: World) -> None:
    with pytest.raises(ApprovalMissing), closed.work("supervisor") as work:
        published.release(work, "2026-11")
    with closed.work("supervisor") as work:
        published.ask(work, "2026-11")
    with closed.work("supervisor") as work:
        asked = published.figures(work, "2026-11").request
    assert asked is not None
    with pytest.raises(SameApprover), closed.work("supervisor") as work:
        approvals.answer(work, asked.id, asked.version, approve=True)
    with closed.work(second_supervisor(closed)) as work:
        approvals.answer(work, asked.id, asked.version, approve=True)
    with closed.work("supervisor") as work:
        files = published.release(work, "2026-11")
    manifest = json.loads(files["manifest.json"])
    assert manifest["threshold"] == 59
    assert manifest["advantage_person"] == 0.0648
    assert {entry["name"] for entry in manifest["files"]} == set(files) - {"manifest.json"}
    assert files["month-region-2026-11.csv"].splitlines()[1].startswith(b"#date,#region")
    assert len(closed.rows(Release)) == 1
    with pytest.raises(ApprovalMissing), closed.work("supervisor") as work:
        published.release(work, "2026-11")


def test_what_is_not_closed_is_not_there(closed: World) -> None:
    for period in ("2026-12", "2026", "x" * 50):
        with pytest.raises(NotFound), closed.work("supervisor") as work:
            published.figures(work, period)
