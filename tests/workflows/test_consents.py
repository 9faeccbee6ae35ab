"""Consents travel: a last day, told to desk and person; renewed, run out, taken back, confirmed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import delete

from models.cases import Deadline, Hold, Need, Task, TaskHolder
from models.people import Consent
from models.referrals import Letter, Packet, Referral
from models.rights import PersonRequest
from models.vocabulary import (
    LegalBasis,
    LetterKind,
    LetterState,
    NeedState,
    OutcomeCode,
    ReferralState,
    RefusalReason,
    RequestKind,
    TaskKind,
    TaskState,
    WithdrawalWish,
)
from tests.rights.test_requests import take
from tests.world import World
from workflows import consent_ends, deadlines, desk_lists, desks, referrals, taking_back
from workflows.errors import ChangedMeanwhile, InvalidCommand, NotAllowedNow, NotFound
from workflows.taking_back import ConsentShown, RenewConsent, TakeBackConsent

S = ReferralState
AGREED: dict[str, Any] = {"basis": LegalBasis.CONSENT, "consented": True}


def agreed(world: World, **more: Any) -> tuple[str, str]:
    """A child whose referral left on her consent: case number, referral number."""
    case = world.child()
    return case, world.send(case, **AGREED, **more)


def shown(world: World, case: str, who: str = "officer") -> ConsentShown:
    with world.work(who) as work:
        return taking_back.of_case(work, case)[0]


def back(
    world: World, case: str, wish: WithdrawalWish = WithdrawalWish.FORGET, who: str = "officer"
) -> None:
    one = shown(world, case)
    with world.work(who) as work:
        taking_back.take_back(
            work,
            TakeBackConsent(case_number=case, consent_id=one.id, wish=wish, version=one.version),
        )


def renew(world: World, case: str, until: date) -> None:
    one = shown(world, case)
    with world.work("officer") as work:
        command = RenewConsent(
            case_number=case, consent_id=one.id, consent_until=until, version=one.version
        )
        taking_back.renew(work, command)


def tick(world: World) -> None:
    with world.work() as work:
        deadlines.tick(work)


def open_tasks(world: World, case: str, kind: TaskKind) -> list[Task]:
    return [t for t in world.of(Task, case) if t.kind is kind and t.state is TaskState.OPEN]


def test_a_consent_ends_when_the_pack_says_or_when_it_was_agreed_and_the_desk_is_told(
    world: World,
) -> None:
    today = world.now.date()
    case, number = agreed(world)
    assert shown(world, case).expires_on == today + timedelta(days=90)
    with world.work("guardian") as work:
        packet = desk_lists.preview(work, number).packet
    assert packet is not None
    assert packet["consent_until"] == (today + timedelta(days=90)).isoformat()

    desk = world.proposal(case, "un_refugee").desks[0].desk
    world.send(case, "un_refugee", desk, **AGREED)
    assert today + timedelta(days=180) in {c.expires_on for c in world.rows(Consent)}
    _, other = agreed(world, consent_until=today)
    assert (
        world.rows(Consent, Consent.id == world.referral(other).consent_id)[0].expires_on == today
    )


@pytest.mark.parametrize("days", [-1, 367])
def test_a_last_day_that_is_over_or_far_ahead_sends_nothing(world: World, days: int) -> None:
    """Also where the page was looked at before midnight and sent after it."""
    case = world.child()
    with pytest.raises(InvalidCommand) as refused:
        world.send(case, **AGREED, consent_until=world.now.date() + timedelta(days=days))
    assert refused.value.params["field"] == "consent_until"
    for model in (Referral, Packet, Letter, Consent):
        assert world.rows(model) == []


def test_another_ground_has_no_last_day(world: World) -> None:
    case, number = world.sent()
    with world.work("guardian") as work:
        assert "consent_until" not in (desk_lists.preview(work, number).packet or {})
    with world.work("officer") as work:
        assert taking_back.of_case(work, case) == ()


def test_before_the_last_day_the_post_asks_anew_once_and_agreeing_again_ends_the_task(
    any_world: World,
) -> None:
    world = any_world
    case, number = agreed(world, consent_until=world.now.date() + timedelta(days=1))
    tick(world)
    assert not open_tasks(world, case, TaskKind.ASK_CONSENT_AGAIN)
    world.clock.forward(days=1)
    tick(world)
    tick(world)
    (task,) = open_tasks(world, case, TaskKind.ASK_CONSENT_AGAIN)
    assert (task.post_id, task.due_at.date()) == (world.referral(number).post_id, world.now.date())

    until = world.now.date() + timedelta(days=30)
    with pytest.raises(InvalidCommand):
        renew(world, case, world.now.date() - timedelta(days=1))
    renew(world, case, until)
    assert not open_tasks(world, case, TaskKind.ASK_CONSENT_AGAIN)
    newest = world.rows(Consent, Consent.id == world.referral(number).consent_id)[0]
    assert newest.expires_on == until
    world.clock.forward(days=2)
    with world.work() as work:
        consent_ends.see_to(work)
    assert world.referral(number).withdrawal_wish is None


def test_consents_whose_time_is_to_come_keep_no_other_waiting(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consent_ends, "_BATCH", 1)
    later, _ = agreed(world, consent_until=world.now.date() + timedelta(days=10))
    due, _ = agreed(world, consent_until=world.now.date())
    tick(world)
    assert open_tasks(world, later, TaskKind.ASK_CONSENT_AGAIN) == []
    assert len(open_tasks(world, due, TaskKind.ASK_CONSENT_AGAIN)) == 1


def test_what_waits_on_a_consent_that_is_over_does_not_leave_and_is_withdrawn(
    any_world: World,
) -> None:
    world = any_world
    case, number = agreed(world, consent_until=world.now.date())
    world.clock.forward(days=1)
    world.deliver()
    assert world.referral(number).received_at is None
    assert {row.state for row in world.rows(Letter)} == {LetterState.WAITING}
    with pytest.raises(NotAllowedNow) as refused:
        world.accept(number)
    assert refused.value.params["reason"] == "consent_over"

    with world.work() as work:
        consent_ends.see_to(work)
    assert world.referral(number).state is S.WITHDRAWN
    assert world.need_state(number) is NeedState.OPEN
    assert open_tasks(world, case, TaskKind.CHOOSE_ANOTHER_DESK)
    with pytest.raises(NotAllowedNow):
        renew(world, case, world.now.date())


def test_a_consent_that_ends_takes_nobody_out_of_care(world: World) -> None:
    case, number = agreed(world, consent_until=world.now.date())
    world.accept(number)
    world.clock.forward(days=1)
    tick(world)
    assert world.referral(number).state is S.ACCEPTED
    assert not open_tasks(world, case, TaskKind.CHOOSE_ANOTHER_DESK)


def refuse(world: World, number: str) -> None:
    with world.work("guardian") as work:
        desks.refuse(work, desks.RefuseReferral(number=number, reason=RefusalReason.NO_CAPACITY))


def report(world: World, number: str) -> None:
    world.accept(number)
    with world.work("guardian") as work:
        desks.report_outcome(
            work, desks.ReportOutcome(number=number, outcome=OutcomeCode.SERVICE_PROVIDED)
        )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (lambda _w, _n: None, S.WITHDRAWN),
        (lambda w, _n: w.deliver(), S.WITHDRAWN),
        (World.accept, S.WITHDRAWN),
        (refuse, S.REFUSED),
        (report, S.OUTCOME_REPORTED),
    ],
    ids=["sent", "received", "accepted", "refused", "outcome"],
)
def test_taking_back_reaches_whoever_was_told_and_comes_back_with_a_receipt(
    any_world: World,
    before: Callable[[World, str], None],
    after: ReferralState,
    figure: Callable[[str], None],
) -> None:
    world = any_world
    case, number = agreed(world)
    before(world, number)
    back(world, case)
    world.deliver()
    row = world.referral(number)
    assert (row.state, row.withdrawal_wish) == (after, WithdrawalWish.FORGET)
    if after is not S.OUTCOME_REPORTED:
        assert world.need_state(number) is NeedState.OPEN

    with world.work("guardian") as work:
        assert desk_lists.preview(work, number).packet is None
        read = desks.read_packet(work, number)
        assert (read.needs, read.identity) == ({}, None)
        (gone,) = taking_back.to_confirm(work)
        assert (gone.number, gone.wish) == (number, WithdrawalWish.FORGET)
        taking_back.confirm(work, number)
    one = shown(world, case)
    assert one.withdrawn_on == world.now.date()
    assert one.told_at
    assert one.confirmed_at
    told = [x for x in world.rows(Letter) if x.kind is LetterKind.WITHDRAWAL]
    assert [x.state for x in told] == [LetterState.DELIVERED]
    with world.work("guardian") as work:
        assert taking_back.to_confirm(work) == ()
    with pytest.raises(NotAllowedNow), world.work("guardian") as work:
        taking_back.confirm(work, number)
    figure("consents taken back inside: reached their holder and receipted 100 % (1 of 1)")


def test_what_no_desk_confirms_comes_to_a_human_by_name_once(any_world: World) -> None:
    world = any_world
    case, number = agreed(world)
    world.accept(number)
    back(world, case)
    world.deliver()
    with world.work() as work:
        # The case's legal clocks have ladders of their own.
        work.session.execute(delete(Deadline))

    def held() -> list[Task]:
        return open_tasks(world, case, TaskKind.ESCALATED)

    world.clock.forward(hours=71)
    tick(world)
    assert held() == []
    world.clock.forward(hours=2)
    for _ in range(2):
        tick(world)
    (task,) = held()
    assert [holder.task_id for holder in world.of(TaskHolder, case)].count(task.id) == 1
    with world.work("guardian") as work:
        taking_back.confirm(work, number)
    tick(world)
    assert held() == []


def test_what_was_confirmed_in_time_comes_to_nobody(world: World) -> None:
    case, number = agreed(world)
    world.accept(number)
    back(world, case)
    with world.work("guardian") as work:
        taking_back.confirm(work, number)
    with world.work() as work:
        work.session.execute(delete(Deadline))
    world.clock.forward(hours=80)
    tick(world)
    assert open_tasks(world, case, TaskKind.ESCALATED) == []


def test_each_recipient_hears_the_persons_wish_and_no_other(world: World) -> None:
    case, number = agreed(world)
    desk = world.proposal(case, "un_refugee").desks[0].desk
    other = world.send(case, "un_refugee", desk, **AGREED)
    with world.work("officer") as work:
        mine = next(c for c in taking_back.of_case(work, case) if c.referral == number)
    with world.work("officer") as work:
        taking_back.take_back(
            work,
            TakeBackConsent(
                case_number=case, consent_id=mine.id, wish=WithdrawalWish.STOP, version=mine.version
            ),
        )
    assert world.referral(number).withdrawal_wish is WithdrawalWish.STOP
    assert (world.referral(other).state, world.referral(other).withdrawal_wish) == (S.SENT, None)


def test_taking_back_twice_or_from_an_old_page_or_elsewhere_is_refused(world: World) -> None:
    case, number = agreed(world)
    one = shown(world, case)
    with pytest.raises(NotFound):
        back(world, case, who="elsewhere")
    with pytest.raises(NotFound), world.work("asylum") as work:
        taking_back.confirm(work, number)
    with pytest.raises(NotAllowedNow), world.work("guardian") as work:
        taking_back.confirm(work, number)
    old = TakeBackConsent(
        case_number=case, consent_id=one.id, wish=WithdrawalWish.STOP, version=one.version - 1
    )
    with pytest.raises(ChangedMeanwhile), world.work("officer") as work:
        taking_back.take_back(work, old)
    back(world, case)
    with pytest.raises(NotAllowedNow):
        back(world, case)


@pytest.mark.safeguard("INV-25")
def test_taking_a_consent_back_costs_no_need_no_hold_and_no_clock(world: World) -> None:
    case, number = agreed(world)

    def standing() -> tuple[Any, ...]:
        return (
            sorted(row.id for row in world.of(Need, case)),
            sorted((row.id, row.state) for row in world.of(Hold, case)),
            sorted((row.id, row.due_at, row.state) for row in world.of(Deadline, case)),
        )

    before = standing()
    back(world, case)
    assert standing() == before
    again = world.send(case, **AGREED)
    assert world.referral(again).state is S.SENT
    assert world.referral(number).state is S.WITHDRAWN
    world.send(case, "asylum_procedure", world.proposal(case, "asylum_procedure").desks[0].desk)


def test_an_objection_stops_a_desk_that_already_has_the_needs(world: World) -> None:
    case, number = world.sent()
    world.deliver()
    take(world, case, RequestKind.OBJECTION, says="I do not want this")
    with pytest.raises(NotAllowedNow) as refused:
        world.accept(number)
    assert refused.value.params["reason"] == "objected"
    with world.work("guardian") as work:
        assert desk_lists.preview(work, number).may["accept"]
    assert world.rows(PersonRequest)
    refuse(world, number)
    assert world.need_state(number) is NeedState.OPEN


def test_a_life_in_danger_is_not_kept_waiting_by_an_objection(world: World) -> None:
    case = world.child()
    number = world.send(case, basis=LegalBasis.VITAL_INTEREST)
    take(world, case, RequestKind.OBJECTION, says="No")
    world.accept(number)
    assert world.referral(number).state is S.ACCEPTED


def test_the_desk_of_a_withdrawn_referral_reads_nothing_through_the_list(world: World) -> None:
    case, _ = agreed(world)
    back(world, case)
    with world.work("guardian") as work:
        assert desk_lists.queue(work).rows == ()
    number = world.rows(Referral)[0].number
    with pytest.raises(NotAllowedNow), world.work("officer") as work:
        referrals.withdraw(work, number)
