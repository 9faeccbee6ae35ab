"""Referrals: no need loses its desk unseen, nothing leaves but what may, no force closes alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from models.cases import Case, Deadline, Hold, Need, Task
from models.kin import KinLink
from models.log import LogEntry
from models.network import Agency
from models.people import Membership
from models.referrals import Packet, Referral
from models.vocabulary import (
    AgencyKind,
    HoldState,
    LegalBasis,
    LinkState,
    NeedState,
    OutcomeCode,
    Purpose,
    ReferralState,
    RefusalReason,
    Sex,
    TaskKind,
    TaskState,
)
from tests.log.test_every_act_is_logged import failing_log
from tests.safeguards.safe import Safe, on_both_databases
from tests.world import ASYLUM_DESK, CHILD_DESK, World
from workflows import casework, deadlines, desks, referrals, states
from workflows.arrivals import Birth, Companion
from workflows.errors import (
    ApprovalMissing,
    ChangedMeanwhile,
    ConsentMissing,
    InvalidCommand,
    NotAllowedNow,
    NotFound,
    OriginFirewall,
    StillHeld,
)
from workflows.packs import Shelf
from workflows.rules.pack import Pack

#: Needs whose packets may name what is most private, each for its own purpose.
FORCES = {"police", "security", "border", "interpreter"}


def packs(shelf: Shelf, on: Any) -> list[Pack]:
    return [shelf.get(code, on) for code in shelf.codes()]


# --- a need keeps a desk or a task (INV-22) --------------------------------------------------


def refuse(safe: Safe, referral: str) -> None:
    with safe.world.work("guardian") as work:
        command = desks.RefuseReferral(number=referral, reason=RefusalReason.NO_CAPACITY)
        desks.refuse(work, command)


def withdraw(safe: Safe, referral: str) -> None:
    with safe.world.work("officer") as work:
        referrals.withdraw(work, referral)


def silence(safe: Safe, _: str) -> None:
    safe.world.clock.forward(hours=25)
    with safe.world.work() as work:
        deadlines.tick(work)


def accept(safe: Safe, referral: str) -> None:
    safe.world.accept(referral)


def not_reached(safe: Safe, referral: str) -> None:
    with safe.world.work("guardian") as work:
        command = desks.ReportOutcome(number=referral, outcome=OutcomeCode.NOT_REACHED)
        desks.report_outcome(work, command)


MOVES: dict[str, Callable[[Safe, str], None]] = {
    "refuse": refuse,
    "withdraw": withdraw,
    "silence": silence,
    "accept": accept,
    "not_reached": not_reached,
}
LIVE = (ReferralState.SENT, ReferralState.ACCEPTED)


def no_need_is_lost(safe: Safe, number: str, *, finished: bool) -> None:
    """Every need is with a desk or open; one that lost its desk after the screening is somebody's task."""
    found = safe.world.of(Referral, number)
    tasks = [t for t in safe.world.of(Task, number) if t.state is TaskState.OPEN]
    for need in safe.world.of(Need, number):
        mine = [r for r in found if r.need_id == need.id]
        if need.state is NeedState.REFERRED:
            assert any(r.state in LIVE for r in mine), need
        lost = mine and not any(r.state in LIVE for r in mine)
        if finished and lost and need.state is NeedState.OPEN:
            assert TaskKind.CHOOSE_ANOTHER_DESK in {t.kind for t in tasks}, mine


@pytest.mark.safeguard("INV-22")
@given(st.lists(st.sampled_from(sorted(MOVES)), min_size=1, max_size=4), st.booleans())
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_referral_that_is_refused_silent_or_taken_back_reopens_its_need(
    lasting: Safe, moves: list[str], finished: bool
) -> None:
    """Whatever the sides and the clock do, in any order, also after the screening."""
    number, referral = lasting.world.sent()
    if finished:
        lasting.world.finish(number)
    for move in moves:
        try:
            MOVES[move](lasting, referral)
        except (NotAllowedNow, ChangedMeanwhile, NotFound):
            continue
        no_need_is_lost(lasting, number, finished=finished)


@pytest.mark.safeguard("INV-22")
def test_the_table_of_states_reopens_a_need_wherever_a_desk_is_lost() -> None:
    lost = {
        ReferralState.REFUSED,
        ReferralState.NO_ANSWER,
        ReferralState.WITHDRAWN,
        ReferralState.WAITING_LIST,
        ReferralState.NO_SHOW,
    }
    for move in states.REFERRAL_MOVES:
        assert ("reopen_need" in move.then) == (move.after in lost), move


@pytest.mark.safeguard("INV-22")
def test_no_need_leaves_the_screening_without_a_desk_or_a_task(safe: Safe) -> None:
    number = safe.world.child()
    safe.world.finish(number)
    tasks = {task.kind for task in safe.world.of(Task, number)}
    assert TaskKind.CHOOSE_ANOTHER_DESK in tasks
    assert {need.state for need in safe.world.of(Need, number)} == {NeedState.OPEN}


@pytest.mark.safeguard("INV-22")
def test_a_referral_goes_only_to_a_body_with_the_mandate(safe: Safe) -> None:
    number = safe.world.child()
    with pytest.raises(InvalidCommand):
        safe.world.send(number, "asylum_procedure", CHILD_DESK)
    assert safe.world.rows(Referral) == []


# --- consent and what a packet may tell (INV-23, 24, 25) -------------------------------------


@pytest.mark.safeguard("INV-23")
def test_best_interests_stand_in_for_consent_for_a_child_only_and_are_logged(safe: Safe) -> None:
    world = safe.world
    child, adult = world.child(), safe.asked_everything(fear_of_return="yes")
    desk = world.proposal(child, "un_refugee").desks[0].desk
    with pytest.raises(ConsentMissing):
        world.send(adult, "un_refugee", desk)
    assert world.of(Referral, adult) == []

    need_id = world.proposal(child, "un_refugee").need_id
    command = referrals.SendReferral(
        case_number=child, need_id=need_id, desk=desk, legal_basis=LegalBasis.BEST_INTEREST
    )
    with pytest.raises(ApprovalMissing), world.work("officer") as work:
        referrals.send(work, command)
    assert world.of(Referral, child) == []

    world.send(child, "un_refugee", desk)

    overridden = [e.detail for e in world.rows(LogEntry) if e.rule == "without_consent"]
    assert overridden == [{"without_consent": "best_interest"}]


@pytest.mark.safeguard("INV-23", "INV-24")
def test_every_packet_of_every_country_names_only_what_its_own_purpose_may_carry(
    shelf: Shelf, world: World
) -> None:
    for pack in packs(shelf, world.now.date()):
        for need, packet in pack.packets.items():
            for fact in packet.facts:
                restricted = pack.facts[fact].restricted
                assert not restricted or restricted in packet.may_carry, (pack.code, need, fact)
            for code in ("LGB", "GBV", "TOR"):
                if code in packet.profiles:
                    assert need in ("gbv_care", "health", "mhpss"), (pack.code, need, code)
        functions = {need: pack.needs[need].function for need in pack.packets}
        asylum = {n for n, f in functions.items() if f in ("asylum", "migration", "security")}
        for need in asylum:
            assert not pack.packets[need].may_carry, (pack.code, need)


@pytest.mark.safeguard("INV-24")
@pytest.mark.parametrize("need", ["asylum_procedure", "legal_aid", "safe_accommodation"])
def test_violence_torture_and_orientation_stand_in_no_packet_that_does_not_need_them(
    safe: Safe, need: str
) -> None:
    told = {"sexual_violence_said": "yes", "lgbtiq_said": "yes", "family_violence": "yes"}
    number = safe.asked_everything(
        fear_of_return="yes", ill_treated_by_officials="yes", serious_illness="yes", **told
    )
    world = safe.world
    world.send(
        number, need, world.proposal(number, need).desks[0].desk, basis=LegalBasis.VITAL_INTEREST
    )
    with world.work() as work:
        case = world.case(work, number)
        work.vault.grant(case.person_id, *Purpose)
        packet = work.session.query(Packet).one()
        told_of = {*(packet.needs or {})["facts"], *(packet.needs or {})["profiles"]}
        work.start_again()
    private = {*told, "ill_treated_by_officials", "serious_illness", "GBV", "TOR", "LGB", "MED"}
    assert told_of.isdisjoint(private)
    assert told_of <= {
        *world.pack().packets[need].facts,
        *world.pack().packets[need].profiles,
    }


@pytest.mark.safeguard("INV-25")
@pytest.mark.parametrize("basis", [LegalBasis.CONSENT, LegalBasis.LEGAL_DUTY])
def test_refusing_consent_costs_no_need_no_hold_no_clock_and_no_asylum_procedure(
    safe: Safe, basis: LegalBasis
) -> None:
    world = safe.world
    number = safe.asked_everything(fear_of_return="yes", asks_for_asylum="yes")
    before = standing_of(safe, number)
    desk = world.proposal(number, "un_refugee").desks[0].desk
    with pytest.raises(ConsentMissing):
        world.send(number, "un_refugee", desk, basis=basis, consented=False)
    assert standing_of(safe, number) == before

    world.send(number, "asylum_procedure", ASYLUM_DESK, basis=LegalBasis.LEGAL_DUTY)
    assert len(world.of(Referral, number)) == 1


@pytest.mark.safeguard("INV-25")
def test_the_way_to_asylum_asks_for_no_consent_in_any_country(shelf: Shelf, world: World) -> None:
    for pack in packs(shelf, world.now.date()):
        for need in ("asylum_procedure", "guardian"):
            assert not pack.needs[need].consent, (pack.code, need)


@pytest.mark.safeguard("INV-25")
@pytest.mark.parametrize("word", ["declined", "withdrawn"])
def test_taking_an_answer_back_takes_no_protection(safe: Safe, word: str) -> None:
    number = safe.world.child()
    before = standing_of(safe, number)
    safe.world.answer(number, with_parent=word, fear_of_return=word)
    after = standing_of(safe, number)
    assert before["needs"] == after["needs"]
    assert before["clocks"] <= after["clocks"]
    assert before["shut"] <= after["shut"]


def standing_of(safe: Safe, number: str) -> dict[str, Any]:
    """What stands for a person now."""
    world = safe.world
    return {
        "needs": {(need.id, need.state) for need in world.of(Need, number)},
        "clocks": {row.id for row in world.of(Deadline, number)},
        "holds": safe.holding(number),
        "shut": safe.shut(number),
    }


# --- families and children (INV-26, 27, 28, 29) ----------------------------------------------


@pytest.mark.safeguard("INV-26")
def test_each_member_of_a_family_has_a_case_of_their_own_and_claims_alone(safe: Safe) -> None:
    world = safe.world
    husband = safe.asked_everything()
    wife = world.register(
        "Shirin",
        sex=Sex.FEMALE,
        birth=Birth(kind="age", age=30),
        companions=(Companion(case_number=husband, relationship="HUS"),),
    )
    world.inform(wife)
    world.answer(wife, fear_of_return="yes", asks_for_asylum="yes", family_violence="yes")
    before = standing_of(safe, husband)

    world.send(wife, "asylum_procedure", ASYLUM_DESK, basis=LegalBasis.LEGAL_DUTY)

    assert [r.case_id for r in world.rows(Referral)] == [
        world.rows(Case, Case.number == wife)[0].id
    ]
    assert standing_of(safe, husband) == before
    assert "H.refoulement" not in safe.holding(husband)
    assert safe.holding(wife)["H.refoulement"] == ("active", "evidence")
    groups = {row.group_id for row in world.rows(Membership)}
    assert len(groups) == 1, "the referral splits no family"


@pytest.mark.safeguard("INV-27")
@on_both_databases
def test_a_child_alone_gets_guardian_need_clocks_and_task_in_one_transaction_or_nothing(
    safe: Safe,
) -> None:
    world = safe.world
    number = world.register("Zarifa", birth=Birth(kind="age", age=14))
    world.inform(number)
    before = standing_of(safe, number)
    mend = failing_log(world)
    with pytest.raises(OperationalError):
        world.answer(number, with_parent="no", with_responsible_adult="no")
    mend()
    assert standing_of(safe, number) == before

    world.answer(number, with_parent="no", with_responsible_adult="no")

    proposals = {p.need: p for p in proposals_of(world, number)}
    assert {"guardian", "best_interests"} <= set(proposals)
    assert proposals["guardian"].desks[0].desk == CHILD_DESK
    clocks = codes_of(safe, number)
    assert {"UAC.notify", "UAC.guardian"} <= clocks
    assert safe.holding(number)["H.close_child"] == ("active", "evidence")


@pytest.mark.safeguard("INV-27")
def test_a_child_is_not_heard_on_asylum_before_a_guardian_is_appointed(safe: Safe) -> None:
    world = safe.world
    number, guardianship = world.sent()
    world.accept(guardianship)
    asked = world.send(number, "asylum_procedure", ASYLUM_DESK)
    world.accept(asked, "asylum")
    done = desks.ReportOutcome(number=asked, outcome=OutcomeCode.SERVICE_PROVIDED)
    with pytest.raises(StillHeld), world.work("asylum") as work:
        desks.report_outcome(work, done)

    safe.decide("guardian", number, "guardian_appointed")

    # Registering the claim never has to wait; being heard may now take place.
    with world.work("asylum") as work:
        desks.report_outcome(work, done)
    assert world.referral(asked).outcome_code == "service_provided"


@pytest.mark.safeguard("INV-27")
def test_to_register_a_childs_claim_waits_for_no_guardian(safe: Safe) -> None:
    world = safe.world
    number = world.child()
    asked = world.send(number, "asylum_procedure", ASYLUM_DESK)
    world.accept(asked, "asylum")
    opened = desks.ReportOutcome(number=asked, outcome=OutcomeCode.PROCEDURE_OPENED)
    with world.work("asylum") as work:
        desks.report_outcome(work, opened)
    assert world.rows(Referral)[0].outcome_code is OutcomeCode.PROCEDURE_OPENED


def proposals_of(world: World, number: str) -> tuple[referrals.Proposal, ...]:
    with world.work("officer") as work:
        return referrals.propose(work, number)


def codes_of(safe: Safe, number: str) -> set[str]:
    with safe.world.work() as work:
        case = safe.world.case(work, number)
        work.vault.grant(case.person_id, *Purpose)
        rows = work.session.query(Deadline).filter(Deadline.case_id == case.id)
        found = {(row.content or {})["code"] for row in rows}
        work.start_again()
    return found


@pytest.mark.safeguard("INV-28")
def test_an_adult_who_comes_with_a_child_is_a_claim_and_never_the_guardian(safe: Safe) -> None:
    world = safe.world
    uncle = safe.asked_everything()
    child = world.register(
        "Zarifa",
        birth=Birth(kind="age", age=13),
        companions=(Companion(case_number=uncle, relationship="UNC"),),
    )
    world.inform(child)
    world.answer(
        child,
        with_parent="no",
        with_responsible_adult="no",
        with_other_adult="yes",
        link_proven="no",
    )
    assert {row.state for row in world.rows(KinLink)} == {LinkState.PENDING}
    false = {"falsely_attributed", "rejected"}
    assert set(LinkState) == {"pending", "verified", "unverified", "disputed", "ended", *false}
    needs = {p.need: p for p in proposals_of(world, child)}
    assert needs["guardian"].state is NeedState.OPEN
    assert safe.holding(child)["H.close_child"][0] == "active"


@pytest.mark.safeguard("INV-29", "INV-21")
def test_nobody_of_the_country_of_origin_and_no_consulate_is_ever_asked(safe: Safe) -> None:
    """Tracing, too: its desk is no body of the state that the person may fear."""
    world = safe.world
    number = world.child()
    world.answer(number, wants_family_found="yes")
    traced = world.proposal(number, "tracing").desks[0]
    code = traced.desk.rsplit(".", 1)[0]
    for values in ({"country": "AFG"}, {"kind": AgencyKind.CONSULATE, "country": "KAZ"}):
        with world.work() as work:
            work.session.execute(update(Agency).where(Agency.code == code).values(**values))
        assert traced.desk not in {d.desk for d in world.proposal(number, "tracing").desks}
        with pytest.raises(OriginFirewall):
            world.send(number, "tracing", traced.desk, basis=LegalBasis.VITAL_INTEREST)
    assert world.of(Referral, number) == []


@pytest.mark.safeguard("INV-29")
def test_family_is_looked_for_only_where_the_child_wishes_it(safe: Safe) -> None:
    world = safe.world
    number = world.child()
    assert "tracing" not in {p.need for p in proposals_of(world, number)}
    world.answer(number, wants_family_found="no", family_missing="yes")
    assert "tracing" not in {p.need for p in proposals_of(world, number)}
    world.answer(number, wants_family_found="yes")
    tracing = world.proposal(number, "tracing")
    assert tracing.consent_needed


@pytest.mark.safeguard("INV-21")
def test_no_consulate_is_proposed_unless_the_person_asks_for_it(safe: Safe) -> None:
    number = safe.asked_everything(asks_for_asylum="yes")
    assert "consular_on_request" not in {p.need for p in proposals_of(safe.world, number)}
    assert "DISCLOSE" in {action.value for action in safe.shut(number)}


# --- no force closes alone (INV-38) -----------------------------------------------------------


@pytest.mark.safeguard("INV-38")
def test_every_need_but_disarming_has_a_body_that_is_more_than_a_force(
    shelf: Shelf, world: World
) -> None:
    for pack in packs(shelf, world.now.date()):
        for need in pack.needs.values():
            if not pack.routes or need.function in FORCES:
                continue
            routed = [pack.agencies[r.agency] for r in pack.routes if r.need == need.id]
            assert any(need.function in a.functions and a.functions - FORCES for a in routed), (
                pack.code,
                need.id,
            )


@pytest.mark.safeguard("INV-38")
@pytest.mark.parametrize("kind", [AgencyKind.POLICE, AgencyKind.SECURITY])
def test_a_police_or_security_body_closes_no_case_on_which_no_other_has_reported(
    safe: Safe, kind: AgencyKind
) -> None:
    world = safe.world
    number, referral = world.sent()
    world.accept(referral)
    world.finish(number)
    with world.work("guardian") as work:
        done = desks.ReportOutcome(number=referral, outcome=OutcomeCode.SERVICE_PROVIDED)
        desks.report_outcome(work, done)
    held = world.rows(Hold)
    with world.work() as work:
        work.session.execute(update(Hold).values(state=HoldState.RELEASED))
        agency = work.session.get_one(Agency, world.actor("guardian").agency_id)
        agency.kind = kind
    assert held
    with pytest.raises(StillHeld), world.work("guardian") as work:
        casework.close_case(work, number)
    with world.work() as work:
        agency = work.session.get_one(Agency, world.actor("guardian").agency_id)
        agency.kind = AgencyKind.AUTHORITY
    with world.work("guardian") as work:
        casework.close_case(work, number)
