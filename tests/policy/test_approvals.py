"""Four eyes: an approval is another account's, for exactly one thing, for a day, for one use."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from models.accounts import User
from models.approvals import Approval
from models.vocabulary import ApprovalState, Role
from tests.world import BORDER, FOREIGN_POST, PASSWORD, POST, World
from workflows import approvals
from workflows.accounts import CreateUser, change_role, make_user, set_holder
from workflows.administration import role_of
from workflows.errors import (
    ApprovalMissing,
    ChangedMeanwhile,
    NotAllowed,
    NotAllowedNow,
    NotFound,
    SameApprover,
)
from workflows.policy import Act

WHAT = {"period": "2026-10", "tables": ["week-post"]}


def second_supervisor(
    world: World,
    name: str = "supervisor2",
    agency: str = BORDER,
    post: str = POST,
    staff_number: str = "",
) -> str:
    """Another supervisor of the same agency."""
    with world.work() as work:
        command = CreateUser(
            name=name,
            password=PASSWORD,
            role=Role.SUPERVISOR,
            agency=agency,
            post=post,
            staff_number=staff_number,
        )
        make_user(work, command)
    world.__dict__["_actors"] = {}
    return name


def asked(world: World, who: str = "supervisor") -> UUID:
    with world.work(who) as work:
        work.allow(Act.EXPORT_FIGURES)
        return approvals.ask(work, Act.EXPORT_FIGURES, WHAT)


def answered(world: World, who: str, request: UUID, *, approve: bool = True) -> None:
    version = world.rows(Approval, Approval.id == request)[0].version
    with world.work(who) as work:
        approvals.answer(work, request, version, approve=approve)


def use(world: World, who: str = "supervisor", what: dict[str, object] | None = None) -> object:
    with world.work(who) as work:
        work.allow(Act.EXPORT_FIGURES)
        return approvals.use(work, Act.EXPORT_FIGURES, WHAT if what is None else what)


def test_another_account_approves_and_it_is_used_once(any_world: World) -> None:
    other = second_supervisor(any_world)
    request = asked(any_world)
    with pytest.raises(ApprovalMissing):
        use(any_world)
    answered(any_world, other, request)
    ids = (any_world.actor("supervisor").user_id, any_world.actor(other).user_id)
    assert use(any_world) == ids
    with pytest.raises(ApprovalMissing):
        use(any_world)
    assert any_world.rows(Approval)[0].state is ApprovalState.USED


@pytest.mark.asvs("2.3.5")
def test_whoever_asked_cannot_approve(world: World) -> None:
    request = asked(world)
    with pytest.raises(SameApprover):
        answered(world, "supervisor", request)


@pytest.mark.asvs("2.3.5")
def test_two_accounts_of_one_human_are_one_signature(world: World) -> None:
    other = second_supervisor(world)
    with world.work() as work:
        set_holder(work, "supervisor", "staff12")
    with world.work("administrator") as work:
        found = role_of(work, world.actor(other).user_id)
        change_role(work, replace(found, staff_number="Staff 12 "))
    request = asked(world)
    with pytest.raises(SameApprover):
        answered(world, other, request)
    kept = {row.name: row.holder_mac for row in world.rows(User) if row.holder_mac}
    assert set(kept) == {"supervisor", other}
    assert len(set(kept.values())) == 1
    assert "12" not in {*kept.values()}


def test_who_is_not_known_to_be_one_human_signs_for_two(world: World) -> None:
    third = second_supervisor(world, "supervisor3", staff_number="staff 13")
    with world.work() as work:
        set_holder(work, "supervisor", "staff12")
    answered(world, third, asked(world))
    use(world)


def test_an_approval_is_for_exactly_one_thing(world: World) -> None:
    other = second_supervisor(world)
    answered(world, other, asked(world))
    for changed in ({**WHAT, "period": "2026-11"}, {**WHAT, "tables": []}, {**WHAT, "post": "x"}):
        with pytest.raises(ApprovalMissing):
            use(world, what=changed)
    with pytest.raises(ApprovalMissing):
        use(world, other)
    use(world)


def test_a_refusal_is_no_approval(world: World) -> None:
    other = second_supervisor(world)
    answered(world, other, asked(world), approve=False)
    with pytest.raises(ApprovalMissing):
        use(world)


def test_both_halves_expire(world: World) -> None:
    other = second_supervisor(world)
    request = asked(world)
    late = asked(world)
    answered(world, other, request)
    world.clock.now += timedelta(hours=24)
    with pytest.raises(ApprovalMissing):
        use(world)
    with pytest.raises(NotAllowedNow):
        answered(world, other, late)


def test_roles_and_agencies_that_do_not_answer(world: World) -> None:
    request = asked(world)
    # An administrator approves what is done with keys, and learns of nothing else.
    told = {"officer": NotAllowed, "guardian": NotFound, "monitor": NotAllowed}
    for who, error in {**told, "administrator": NotFound}.items():
        with pytest.raises(error):
            answered(world, who, request)
    abroad = second_supervisor(world, "abroad2", "tjk.tjk_border_troops", FOREIGN_POST)
    with pytest.raises(NotFound):
        answered(world, abroad, request)


def test_a_stale_page_and_a_second_answer_are_refused(world: World) -> None:
    other = second_supervisor(world)
    request = asked(world)
    answered(world, other, request)
    with world.work(other) as work, pytest.raises(ChangedMeanwhile):
        approvals.answer(work, request, 1, approve=False)
    with pytest.raises(NotAllowedNow):
        answered(world, other, request)


@pytest.mark.asvs("15.4.2")
def test_of_two_that_use_it_at_once_one_wins(any_world: World) -> None:
    other = second_supervisor(any_world)
    for _ in range(5):
        answered(any_world, other, asked(any_world))

        def attempt(_: int) -> bool:
            try:
                use(any_world)
            except ApprovalMissing:
                return False
            return True

        with ThreadPoolExecutor(4) as pool:
            assert sum(pool.map(attempt, range(4))) == 1


def test_the_list_shows_what_one_may_answer_and_what_one_asked(world: World) -> None:
    other = second_supervisor(world)
    request = asked(world)
    for who, own in (("supervisor", True), (other, False)):
        with world.work(who) as work:
            (one,) = approvals.waiting(work)
            assert (one.id, one.own, one.told["period"]) == (request, own, "2026-10")
