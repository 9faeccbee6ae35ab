"""A closed case is opened again: by a supervisor of its agency, with a sealed reason, while nobody erases."""

from __future__ import annotations

import pytest
from sqlalchemy import text, update

from models.cases import Case, Hold, Need, Task
from models.casework import Reopening
from models.log import LogEntry
from models.referrals import Referral
from models.vocabulary import (
    Action,
    ErasureGround,
    HoldState,
    NeedState,
    OutcomeCode,
    ReferralState,
    TaskKind,
    TaskState,
)
from tests.world import World
from workflows import casework, desks, erasure, reopening, summaries
from workflows.errors import InvalidCommand, NotAllowed, NotAllowedNow, NotFound
from workflows.reopening import Reopen

WHY = "Her brother was found, and the guardian did not know"


def closed(world: World, name: str = "Zarifa") -> tuple[str, str]:
    """A child whose guardian was found, and whose case is closed: case and referral number."""
    number, referral = world.sent(name=name)
    world.finish(number)
    world.accept(referral)
    case = world.rows(Case, Case.number == number)[0]
    with world.work("guardian") as work:
        outcome = OutcomeCode.SERVICE_PROVIDED
        desks.report_outcome(work, desks.ReportOutcome(number=referral, outcome=outcome))
    with world.work() as work:
        # What keeps a case open has its own tests (`tests/workflows`).
        work.session.execute(
            update(Hold)
            .where(Hold.case_id == case.id, Hold.action == Action.CLOSE)
            .values(state=HoldState.RELEASED)
        )
    with world.work("guardian") as work:
        casework.close_case(work, number)
        desks.close(work, referral)
    return number, referral


def reopen(world: World, number: str, who: str = "supervisor", reason: str = WHY):
    with world.work(who) as work:
        return reopening.reopen(work, Reopen(case_number=number, reason=reason))


def propose(world: World, number: str) -> None:
    command = erasure.ProposeErasure(case_number=number, ground=ErasureGround.REQUEST)
    with world.work("supervisor") as work:
        erasure.propose(work, command)


def test_needs_are_open_again_but_those_declined_and_a_supervisor_chooses_the_desk(
    any_world: World,
) -> None:
    world = any_world
    number, referral = closed(world)
    needs = world.of(Need, number)
    with world.work() as work:
        declined = next(one for one in needs if one.state is NeedState.OPEN)
        work.session.execute(
            update(Need).where(Need.id == declined.id).values(state=NeedState.DECLINED)
        )
        # What was asked before is over, so that the new task is seen.
        work.session.execute(update(Task).values(state=TaskState.CANCELLED))
    made = reopen(world, number)

    case = world.rows(Case, Case.number == number)[0]
    assert case.closed_on is None
    states = {one.id: one.state for one in world.of(Need, number)}
    assert states.pop(declined.id) is NeedState.DECLINED
    assert set(states.values()) == {NeedState.OPEN}
    assert made.needs == len(states)
    [task] = [one for one in world.of(Task, number) if one.state is TaskState.OPEN]
    assert task.kind is TaskKind.CHOOSE_ANOTHER_DESK
    # What was sent stays as it ended.
    assert world.referral(referral).state is ReferralState.CLOSED
    again = world.send(number, who="supervisor")
    assert world.referral(again).state is ReferralState.SENT
    assert {one.number for one in world.of(Referral, number)} == {referral, again}


def test_the_reason_is_sealed_logged_as_an_act_and_read_out_to_the_person(world: World) -> None:
    number, _ = closed(world)
    reopen(world, number)
    [row] = world.of(Reopening, number)
    assert row.closed_on == world.now.date()
    with world.storage.engine.connect() as connection:
        raw = bytes(connection.execute(text("SELECT reason_ct FROM reopening")).scalar_one())
    assert b"brother" not in raw
    assert [e.act for e in world.rows(LogEntry, LogEntry.act == "reopen_case")] == ["reopen_case"]
    world.accept(world.send(number, who="supervisor"))
    with world.work("guardian") as work:
        told = summaries.summary(work, number)
    assert [one.reason for one in told.reopenings] == [WHY]


@pytest.mark.parametrize("reason", ["", "   ", "a" * 1001])
def test_without_a_reason_it_stays_closed(world: World, reason: str) -> None:
    number, _ = closed(world)
    with pytest.raises(InvalidCommand):
        reopen(world, number, reason=reason)
    assert world.rows(Case, Case.number == number)[0].closed_on is not None


def test_it_stays_closed_while_its_erasure_is_not_settled(any_world: World) -> None:
    world = any_world
    number, _ = closed(world)
    propose(world, number)
    with pytest.raises(NotAllowedNow) as refused:
        reopen(world, number)
    assert refused.value.params == {"why": "to_be_erased"}
    # As the schedule proposes: nobody stands for it yet.
    with world.work() as work:
        work.session.execute(text("UPDATE erasure_proposal SET first_by = NULL"))
    with pytest.raises(NotAllowedNow):
        reopen(world, number)
    with world.work() as work:
        work.session.execute(text("UPDATE erasure_proposal SET state = 'refused'"))
    assert reopen(world, number).needs > 0


def test_twice_is_once(any_world: World) -> None:
    world = any_world
    number, _ = closed(world)
    reopen(world, number)
    with pytest.raises(NotAllowedNow) as refused:
        reopen(world, number)
    assert refused.value.params == {"why": "not_closed"}
    assert len(world.of(Reopening, number)) == 1


@pytest.mark.parametrize("who", ["officer", "guardian", "administrator", "monitor"])
def test_nobody_else_reopens(world: World, who: str) -> None:
    number, _ = closed(world)
    with pytest.raises(NotAllowed):
        reopen(world, number, who)


def test_another_agencys_case_is_not_there(world: World) -> None:
    number = world.child("Latifa", "abroad")
    with pytest.raises(NotFound):
        reopen(world, number)
