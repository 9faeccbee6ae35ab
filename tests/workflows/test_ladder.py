"""The ladder: a reminder at half the time, a supervisor at its end, the focal point at one and a half."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from models.cases import Deadline, Task, TaskHolder
from models.referrals import Letter
from models.vocabulary import DeadlineState, LetterKind, ReferralState, Role, TaskKind, TaskState
from tests.policy.test_approvals import second_supervisor
from tests.world import BORDER, GUARDIANS, World
from workflows import deadlines, focal_points, oversight
from workflows.answering import ANSWER_WITHIN
from workflows.errors import InvalidCommand

_LATE = (TaskKind.ANSWER_SOON, TaskKind.CHOOSE_ANOTHER_DESK, TaskKind.ESCALATED)


def tick(world: World) -> deadlines.Ticked:
    with world.work() as work:
        return deadlines.tick(work)


def rungs(world: World, case: str, number: str) -> list[str]:
    """What was opened about a referral; the case's legal clocks have ladders of their own."""
    due = world.referral(number).due_at
    found = [t for t in world.of(Task, case) if t.kind in _LATE and t.due_at == due]
    return [t.kind.value for t in sorted(found, key=lambda t: _LATE.index(t.kind))]


def within(world: World, number: str) -> timedelta:
    row = world.referral(number)
    return ANSWER_WITHIN[row.urgency]


def test_each_rung_is_climbed_once_at_its_time(any_world: World) -> None:
    case, number = any_world.sent()
    whole = within(any_world, number)
    for part, climbed in ((0.49, 0), (0.02, 1), (0.48, 1), (0.02, 2), (0.48, 2), (0.02, 3), (9, 3)):
        any_world.clock.now += whole * part
        for _ in range(2):
            tick(any_world)
        assert rungs(any_world, case, number) == [kind.value for kind in _LATE[:climbed]]
    letters = any_world.rows(Letter, Letter.kind == LetterKind.ESCALATION)
    assert len(letters) == 1


def test_after_a_day_without_ticks_nothing_is_lost_and_nobody_is_reminded_of_what_is_over(
    any_world: World,
) -> None:
    case, number = any_world.sent()
    any_world.clock.now += within(any_world, number) + timedelta(days=1)
    assert tick(any_world).timed_out == 1
    assert tick(any_world).timed_out == 0
    assert rungs(any_world, case, number) == ["choose_another_desk", "escalated"]


def test_of_two_machines_that_tick_at_once_each_rung_is_climbed_by_one(any_world: World) -> None:
    case, number = any_world.sent()
    any_world.clock.now += within(any_world, number) * 2
    ready = threading.Barrier(4)

    def run() -> None:
        ready.wait()
        tick(any_world)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tick(any_world)
    assert rungs(any_world, case, number) == ["choose_another_desk", "escalated"]


def test_from_the_end_of_the_time_a_human_holds_it_by_name(world: World) -> None:
    case, number = world.sent()
    second_supervisor(world)
    with world.work("administrator") as work:
        focal_points.name(work, focal_points.NameFocalPoint(agency=BORDER, account="supervisor"))
    world.clock.now += within(world, number)
    tick(world)
    lost = next(t for t in world.of(Task, case) if t.kind is TaskKind.CHOOSE_ANOTHER_DESK)
    assert [h.task_id for h in world.rows(TaskHolder)] == [lost.id]
    world.clock.now += within(world, number)
    tick(world)
    late = next(t for t in world.of(Task, case) if t.kind is TaskKind.ESCALATED)
    holder = world.rows(TaskHolder, TaskHolder.task_id == late.id)[0]
    assert holder.user_id == world.actor("supervisor").user_id
    with world.work("supervisor") as work:
        shown = oversight.clocks(work).tasks
    assert [one.own for one in shown if one.kind is TaskKind.ESCALATED] == [True]


def test_an_answer_ends_the_ladder_and_its_tasks(world: World) -> None:
    case, number = world.sent()
    world.clock.now += within(world, number) * 2
    tick(world)
    world.accept(number)
    world.clock.now += timedelta(days=60)
    tick(world)
    still = [t for t in world.of(Task, case) if t.kind in _LATE and t.state is TaskState.OPEN]
    overdue = [d for d in world.of(Deadline, case) if d.state is DeadlineState.OVERDUE]
    assert {t.kind for t in still} <= {TaskKind.CHOOSE_ANOTHER_DESK, TaskKind.ESCALATED}
    assert TaskKind.ESCALATED not in {t.kind for t in still} or overdue
    row = world.referral(number)
    assert (row.state, row.next_step_at) == (ReferralState.ACCEPTED, None)


def test_a_legal_clock_goes_on_to_the_focal_point_where_its_row_says_so(world: World) -> None:
    case = world.child()
    rows = [d for d in world.of(Deadline, case) if d.escalate_at is not None]
    assert rows
    latest = max(d.escalate_at for d in rows if d.escalate_at)
    world.clock.now = latest - timedelta(seconds=1)
    tick(world)
    before = [t for t in world.of(Task, case) if t.kind is TaskKind.ESCALATED]
    world.clock.forward(seconds=2)
    for _ in range(2):
        tick(world)
    after = [t for t in world.of(Task, case) if t.kind is TaskKind.ESCALATED]
    assert len(after) == len(before) + 1
    assert all(d.state is DeadlineState.OVERDUE for d in world.of(Deadline, case) if d in rows)
    assert {t.role for t in after} == {Role.SUPERVISOR}


@pytest.mark.parametrize(
    ("agency", "account", "field"),
    [
        ("no.such", "supervisor", "agency"),
        (BORDER, "officer", "account"),
        (GUARDIANS, "supervisor", "account"),
    ],
)
def test_a_focal_point_is_a_supervisor_of_the_agency(
    world: World, agency: str, account: str, field: str
) -> None:
    with pytest.raises(InvalidCommand) as refused, world.work("administrator") as work:
        focal_points.name(work, focal_points.NameFocalPoint(agency=agency, account=account))
    assert refused.value.params == {"field": field}
