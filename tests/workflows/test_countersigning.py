"""A child's best interests stand in for consent only where a second account agrees to exactly that."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.log import LogEntry
from models.referrals import Referral
from models.vocabulary import ApprovalState, LegalBasis, NeedState, Role
from tests.workflows.test_desk_answers import redirect, serves
from tests.world import ASYLUM_DESK, CHILD_DESK, World
from workflows import approvals, referrals
from workflows.errors import ApprovalMissing, SameApprover
from workflows.referrals import SendReferral


def command(world: World, case: str, need: str = "un_refugee", desk: int = 0) -> SendReferral:
    found = world.proposal(case, need)
    return SendReferral(
        case_number=case,
        need_id=found.need_id,
        desk=found.desks[desk].desk,
        legal_basis=LegalBasis.BEST_INTEREST,
    )


def send(world: World, what: SendReferral) -> None:
    with world.work("officer") as work:
        referrals.send(work, what)


@pytest.mark.safeguard("INV-23")
def test_nothing_leaves_before_another_account_has_agreed_and_both_stand_in_the_log(
    any_world: World,
) -> None:
    world = any_world
    case = world.child()
    what = command(world, case)
    with pytest.raises(ApprovalMissing):
        send(world, what)
    with world.work("officer") as work:
        asked = referrals.countersign(work, what)
        assert asked.state is ApprovalState.ASKED
        assert referrals.countersign(work, what).id == asked.id
        assert set(asked.told) == {"ground", "case"}
    with pytest.raises(ApprovalMissing):
        send(world, what)
    own = replace(world.actor("officer"), role=Role.SUPERVISOR)
    with pytest.raises(SameApprover), world.work(own) as work:
        approvals.answer(work, asked.id, asked.version, approve=True)
    with world.work("supervisor") as work:
        approvals.answer(work, asked.id, asked.version, approve=True)
    send(world, what)
    assert len(world.of(Referral, case)) == 1
    said = [e.detail for e in world.rows(LogEntry) if e.rule in ("approvals", "without_consent")]
    assert {"approval": "asked"} in said
    assert {"approval": "used"} in said
    assert {"without_consent": "best_interest"} in said


def test_who_is_refused_sends_nothing_and_may_still_ask_the_person(world: World) -> None:
    case = world.child()
    what = command(world, case)
    world.countersigned(what, "officer", agrees=False)
    with pytest.raises(ApprovalMissing):
        send(world, what)
    with world.work("officer") as work:
        assert referrals.countersign(work, what).state is ApprovalState.REFUSED
    world.send(case, "un_refugee", what.desk, basis=LegalBasis.CONSENT, consented=True)
    assert len(world.of(Referral, case)) == 1


def test_what_was_agreed_for_one_need_is_not_agreed_for_another(world: World) -> None:
    case = world.child()
    world.countersigned(command(world, case), "officer")
    with pytest.raises(ApprovalMissing):
        send(world, command(world, case, "safe_accommodation"))
    assert world.of(Referral, case) == []


@pytest.mark.safeguard("INV-23")
def test_what_was_agreed_for_one_desk_goes_on_to_no_other(world: World) -> None:
    case = world.child()
    serves(world, CHILD_DESK, "un_refugee")
    serves(world, ASYLUM_DESK, "un_refugee")
    referral = world.send(case, "un_refugee", CHILD_DESK)
    assert redirect(world, referral) == referral
    assert world.need_state(referral) is NeedState.OPEN
    assert len(world.of(Referral, case)) == 1
    with pytest.raises(ApprovalMissing):
        send(world, replace(command(world, case), desk=ASYLUM_DESK))


def test_a_life_in_danger_and_a_need_without_consent_wait_for_nobody(world: World) -> None:
    case = world.child()
    world.sent()
    what = command(world, case)
    urgent = SendReferral(
        case_number=case,
        need_id=what.need_id,
        desk=what.desk,
        legal_basis=LegalBasis.VITAL_INTEREST,
    )
    send(world, urgent)
    assert len(world.of(Referral, case)) == 1
