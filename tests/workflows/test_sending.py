"""The sender's side: desks by need, consent, the firewall of the country of origin, withdrawal, closing."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from models.cases import Case, Hold, Need, Task
from models.log import LogEntry
from models.network import Agency, Desk, Service
from models.people import Consent
from models.referrals import Letter, Packet, Referral
from models.vocabulary import (
    AgencyKind,
    HoldState,
    LegalBasis,
    LetterKind,
    NeedState,
    OutcomeCode,
    ReferralState,
    RefusalReason,
    TaskKind,
    TaskState,
)
from tests.world import AKIMAT, ASYLUM_DESK, CHILD_DESK, World
from workflows import answering, casework, desks, referrals
from workflows.errors import (
    BadCaseNumber,
    ConsentMissing,
    InvalidCommand,
    NotAllowedNow,
    NotFound,
    OriginFirewall,
    StillHeld,
)


def state_of_need(world: World, referral: str) -> NeedState:
    row = world.referral(referral)
    found: NeedState = world.rows(Need, Need.id == row.need_id)[0].state
    return found


def open_tasks(world: World, number: str) -> list[TaskKind]:
    return sorted(t.kind for t in world.of(Task, number) if t.state is TaskState.OPEN)


def change(world: World, model: Any, where: Any, **values: Any) -> None:
    with world.work() as work:
        work.session.execute(update(model).where(where).values(**values))


def test_desks_are_proposed_by_need_and_place_in_the_packs_order(world: World) -> None:
    number = world.child()
    proposal = world.proposal(number, "asylum_procedure")
    assert proposal.desks[0].desk == ASYLUM_DESK, "the one that works where the post is"
    assert [d.rank for d in proposal.desks] == sorted(d.rank for d in proposal.desks)
    with world.work("officer") as work:
        proposals = referrals.propose(work, number)
    assert {p.need for p in proposals} >= {"guardian", "best_interests", "asylum_procedure"}
    assert proposals[0].urgency <= proposals[-1].urgency


def test_a_full_or_closed_desk_is_said_or_left_out(world: World) -> None:
    number = world.child()
    change(world, Service, Service.need == "guardian", capacity=0)
    assert all(desk.full for desk in world.proposal(number, "guardian").desks)
    change(world, Desk, Desk.code == CHILD_DESK, open=False)
    assert CHILD_DESK not in {d.desk for d in world.proposal(number, "guardian").desks}
    with pytest.raises(InvalidCommand):
        world.send(number)


def test_sending_writes_referral_packet_and_letter_together(any_world: World) -> None:
    _, referral = any_world.sent()
    row = any_world.rows(Referral)[0]
    assert (row.number, row.state) == (referral, ReferralState.SENT)
    assert [p.referral_id for p in any_world.rows(Packet)] == [row.id]
    letter = any_world.rows(Letter)[0]
    assert (letter.kind, letter.desk_id) == (LetterKind.REFERRAL, any_world.desk_id(CHILD_DESK))
    assert row.due_at - row.sent_at == answering.ANSWER_WITHIN[row.urgency]
    assert state_of_need(any_world, referral) is NeedState.REFERRED


def test_a_need_is_not_sent_twice(world: World) -> None:
    number, _ = world.sent()
    with pytest.raises(NotAllowedNow):
        world.send(number)
    assert len(world.rows(Referral)) == 1


@pytest.mark.safeguard("INV-23")
def test_consent_is_recorded_to_this_recipient_for_these_fields(world: World) -> None:
    number = world.child()
    world.send(number, "un_refugee", first_desk(world, number, "un_refugee"), **consented())
    consent = world.rows(Consent)[0]
    assert consent.recorded_by == world.actor("officer").user_id
    with world.work() as work:
        row = work.session.get_one(Consent, consent.id)
        work.vault.grant(row.person_id, "legal")
        terms = row.terms
    assert terms is not None
    assert terms["purpose"] == "un_refugee"
    assert terms["fields"] == list(world.pack().packets["un_refugee"].fields)
    assert terms["language"] == "prs"


def first_desk(world: World, number: str, need: str) -> str:
    return world.proposal(number, need).desks[0].desk


def consented() -> dict[str, Any]:
    return {"basis": LegalBasis.CONSENT, "consented": True}


@pytest.mark.parametrize(
    "given",
    [
        {"basis": LegalBasis.CONSENT},
        {"basis": LegalBasis.CONSENT, "consented": False},
        {"basis": LegalBasis.LEGAL_DUTY, "consented": True},
    ],
    ids=["not asked", "said no", "duty instead"],
)
@pytest.mark.safeguard("INV-23", "INV-25")
def test_without_the_consent_that_the_pack_asks_for_nothing_leaves(
    world: World, given: dict[str, Any]
) -> None:
    number = world.child()
    desk = first_desk(world, number, "un_refugee")
    with pytest.raises(ConsentMissing):
        world.send(number, "un_refugee", desk, **given)
    for model in (Referral, Packet, Letter, Consent):
        assert world.rows(model) == []


def foreign_desk(world: World, country: str, kind: AgencyKind = AgencyKind.AUTHORITY) -> str:
    """Turn the akimat into a body of another state."""
    change(world, Agency, Agency.code == AKIMAT, country=country, kind=kind)
    return ASYLUM_DESK


def test_nothing_goes_to_the_country_that_the_person_may_fear(any_world: World) -> None:
    number = any_world.child()
    desk = foreign_desk(any_world, "AFG")
    assert desk not in {d.desk for d in any_world.proposal(number, "asylum_procedure").desks}
    with pytest.raises(OriginFirewall):
        any_world.send(number, "asylum_procedure", desk)
    need = any_world.proposal(number, "asylum_procedure").need_id
    with pytest.raises(OriginFirewall), any_world.work("officer") as work:
        referrals.preview(work, number, need, desk)
    assert any_world.rows(Referral) == []
    refused = any_world.rows(LogEntry, LogEntry.act == "refused")
    assert {entry.rule for entry in refused} == {"origin_firewall"}


def test_of_two_nationalities_both_are_feared(world: World) -> None:
    number = world.child(nationalities=("TJK", "AFG"))
    for country in ("AFG", "TJK"):
        with pytest.raises(OriginFirewall):
            world.send(number, "asylum_procedure", foreign_desk(world, country))
    world.send(number, "asylum_procedure", foreign_desk(world, "UZB"))


def test_nothing_goes_to_a_consulate_whatever_its_country(world: World) -> None:
    number = world.child()
    with pytest.raises(OriginFirewall):
        world.send(number, "asylum_procedure", foreign_desk(world, "KAZ", AgencyKind.CONSULATE))


def test_a_desk_that_does_not_meet_the_need_cannot_be_sent_to(world: World) -> None:
    number = world.child()
    with pytest.raises(InvalidCommand):
        world.send(number, "guardian", "no.such.desk")
    other = world.child("Marzia")
    foreign = world.proposal(other, "guardian").need_id
    command = referrals.SendReferral(
        case_number=number, need_id=foreign, desk=CHILD_DESK, legal_basis=LegalBasis.BEST_INTEREST
    )
    with pytest.raises(NotFound), world.work("officer") as work:
        referrals.send(work, command)


def withdraw(world: World, referral: str, who: str = "officer") -> None:
    with world.work(who) as work:
        referrals.withdraw(work, referral)


def test_a_withdrawn_referral_opens_the_need_again_and_tells_the_desk(any_world: World) -> None:
    _, referral = any_world.sent()
    any_world.deliver()
    withdraw(any_world, referral)
    assert state_of_need(any_world, referral) is NeedState.OPEN
    assert [letter.kind for letter in any_world.rows(Letter, Letter.delivered_at.is_(None))] == [
        LetterKind.WITHDRAWAL
    ]
    answer = any_world.rows(Task, Task.kind == TaskKind.ANSWER_REFERRAL)
    assert {task.state for task in answer} == {TaskState.DONE}


def test_what_a_desk_has_taken_is_not_withdrawn(world: World) -> None:
    _, referral = world.sent()
    world.accept(referral)
    with pytest.raises(NotAllowedNow):
        withdraw(world, referral)
    with pytest.raises(NotFound):
        withdraw(world, referral, "elsewhere")


def test_finishing_leaves_every_need_without_a_desk_as_a_task(world: World) -> None:
    number = world.child()
    world.finish(number)
    assert TaskKind.CHOOSE_ANOTHER_DESK in open_tasks(world, number)


def test_a_need_that_lost_its_desk_can_be_sent_again_after_the_screening(world: World) -> None:
    number, referral = world.sent()
    world.finish(number)
    with world.work("guardian") as work:
        command = desks.RefuseReferral(number=referral, reason=RefusalReason.NO_CAPACITY)
        desks.refuse(work, command)
    again = world.send(number)
    assert state_of_need(world, again) is NeedState.REFERRED
    also = world.proposal(number, "best_interests", "supervisor")
    assert also.state is NeedState.OPEN


def quiet_case(world: World) -> tuple[str, str]:
    """A case on which nothing holds but what a test puts there, with a taken referral."""
    number, referral = world.sent()
    world.accept(referral)
    world.finish(number)
    case = world.rows(Case, Case.number == number)[0]
    change(world, Hold, Hold.case_id == case.id, state=HoldState.RELEASED)
    return number, referral


def close(world: World, number: str, who: str = "guardian") -> None:
    with world.work(who) as work:
        casework.close_case(work, number)


def report(world: World, referral: str, outcome: OutcomeCode, who: str = "guardian") -> None:
    with world.work(who) as work:
        desks.report_outcome(work, desks.ReportOutcome(number=referral, outcome=outcome))


def test_a_case_closes_once_nothing_holds_and_no_referral_is_live(world: World) -> None:
    number, referral = quiet_case(world)
    with pytest.raises(NotAllowedNow):
        close(world, number)
    report(world, referral, OutcomeCode.SERVICE_PROVIDED)
    close(world, number)
    assert world.rows(Case)[0].closed_on == world.now.date()
    with pytest.raises(NotAllowedNow):
        close(world, number)


def test_a_case_with_a_safeguard_does_not_close(world: World) -> None:
    number, referral = world.sent()
    world.accept(referral)
    world.finish(number)
    report(world, referral, OutcomeCode.SERVICE_PROVIDED)
    with pytest.raises(StillHeld):
        close(world, number)


@pytest.mark.asvs("2.3.1")
def test_a_case_that_is_still_screened_does_not_close(world: World) -> None:
    number, referral = world.sent()
    world.accept(referral)
    report(world, referral, OutcomeCode.SERVICE_PROVIDED)
    with pytest.raises(NotAllowedNow):
        close(world, number)


def test_the_case_number_with_a_wrong_check_character_is_refused_before_anything_is_looked_up(
    world: World,
) -> None:
    number = world.child()
    wrong = number[:-1] + ("2" if number[-1] != "2" else "3")
    before = len(world.rows(LogEntry))
    with pytest.raises(BadCaseNumber), world.work("officer") as work:
        referrals.propose(work, wrong)
    assert len(world.rows(LogEntry)) == before
