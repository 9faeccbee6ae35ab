"""A desk, a service or an agency is closed while referrals are live: they stay, are answered, or escalate."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from models.cases import Need, Task
from models.network import Agency, Desk, Service
from models.referrals import Referral
from models.vocabulary import NeedState, ReferralState, TaskKind, TaskState
from tests.workflows.test_sending import change
from tests.world import CHILD_DESK, GUARDIANS, World
from workflows import deadlines, desk_lists, network
from workflows.errors import InvalidCommand

S = ReferralState


def close_desk(world: World) -> None:
    """As the administrator does on the desk's page."""
    with world.work("administrator") as work:
        shown = network.desk(work, CHILD_DESK)
        command = network.EditDesk(
            code=CHILD_DESK, open=False, version=shown.version, capacity={}, verified=False
        )
        network.edit_desk(work, command)


def close_services(world: World) -> None:
    desk = world.desk_id(CHILD_DESK)
    change(world, Service, Service.desk_id == desk, open=False)


def end_agency(world: World) -> None:
    yesterday = world.now.date() - timedelta(days=1)
    change(world, Agency, Agency.code == GUARDIANS, valid_to=yesterday)


CLOSED = pytest.mark.parametrize("close", [close_desk, close_services, end_agency])


def state(world: World, number: str) -> tuple[ReferralState, NeedState]:
    row = world.rows(Referral, Referral.number == number)[0]
    return row.state, world.rows(Need, Need.id == row.need_id)[0].state


@CLOSED
def test_what_is_live_there_can_still_be_answered(world: World, close) -> None:
    _, number = world.sent()
    close(world)
    with world.work("guardian") as work:
        assert number in {line.number for line in desk_lists.queue(work).rows}
    world.accept(number)
    assert state(world, number) == (S.ACCEPTED, NeedState.REFERRED)


@CLOSED
def test_nothing_new_is_sent_there_and_silence_still_reaches_a_human(world: World, close) -> None:
    case, number = world.sent()
    close(world)
    other = world.child("Marzia")
    with pytest.raises(InvalidCommand) as refused:
        world.send(other)
    assert refused.value.params["field"] == "desk"

    world.clock.now = world.rows(Referral, Referral.number == number)[0].due_at
    world.clock.forward(minutes=1)
    with world.work() as work:
        deadlines.tick(work)
    assert state(world, number) == (S.NO_ANSWER, NeedState.OPEN)
    waiting = [one for one in world.of(Task, case) if one.state is TaskState.OPEN]
    assert TaskKind.CHOOSE_ANOTHER_DESK in {one.kind for one in waiting}
    assert CHILD_DESK not in {one.desk for one in world.proposal(case, "guardian").desks}


def test_nobody_deletes_a_desk_or_an_agency_with_live_referrals(any_world: World) -> None:
    """There is no such act; the database refuses whoever writes SQL, and the referral is there still."""
    _, number = any_world.sent()
    for table, where in ((Desk, Desk.code == CHILD_DESK), (Agency, Agency.code == GUARDIANS)):
        with pytest.raises(IntegrityError), any_world.work() as work:
            work.session.execute(delete(table).where(where))
    any_world.accept(number)
    assert state(any_world, number) == (S.ACCEPTED, NeedState.REFERRED)
