"""Places that referrals hold: never more than there are, given back at every end, behind no closed door."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from models.cases import Task
from models.network import Agency, Desk, Reservation, Service
from models.referrals import Letter, Referral
from models.vocabulary import (
    GroundKind,
    OutcomeCode,
    RefusalReason,
    Role,
    Standing,
    TaskKind,
    TaskState,
    Verdict,
)
from tests.world import CHILD_DESK, GUARDIANS, World
from workflows import deadlines, desk_steps, desks, referrals
from workflows.errors import InvalidCommand, NoPlaceFree, NotAllowedNow
from workflows.states import FILLS

THREADS, PLACES = 6, 2


def change(world: World, model: Any, where: Any, **values: Any) -> None:
    with world.work() as work:
        work.session.execute(update(model).where(where).values(**values))


def guardians(world: World, **values: Any) -> None:
    """What every desk says of its guardians."""
    change(world, Service, Service.need == "guardian", **values)


def taken(world: World) -> int:
    """Places taken at the desk, by its own count and by the referrals that hold them."""
    rows = world.rows(Service, Service.need == "guardian")
    held = len(world.rows(Reservation))
    assert sum(row.reserved for row in rows) == held
    assert held == len(world.rows(Referral, Referral.state.in_(FILLS)))
    return held


@pytest.mark.asvs("2.3.4", "15.4.2")
def test_of_many_who_send_at_once_no_more_get_a_place_than_there_are(any_world: World) -> None:
    guardians(any_world, capacity=PLACES)
    cases = [any_world.child(f"Zarifa{n}") for n in range(THREADS)]
    needs = {case: any_world.proposal(case, "guardian").need_id for case in cases}
    gate = threading.Barrier(THREADS)

    def attempt(case: str) -> bool:
        command = referrals.SendReferral(
            case_number=case,
            need_id=needs[case],
            desk=CHILD_DESK,
            legal_basis=referrals.LegalBasis.BEST_INTEREST,
        )
        gate.wait()
        try:
            with any_world.work("officer") as work:
                referrals.send(work, command)
        except NoPlaceFree:
            return False
        return True

    with ThreadPoolExecutor(THREADS) as pool:
        won = sum(pool.map(attempt, cases))
    assert won == taken(any_world) == PLACES
    assert len(any_world.rows(Referral)) == len(any_world.rows(Letter)) == PLACES


def refuse(world: World, referral: str) -> None:
    with world.work("guardian") as work:
        command = desks.RefuseReferral(number=referral, reason=RefusalReason.NO_CAPACITY)
        desks.refuse(work, command)


def withdraw(world: World, referral: str) -> None:
    with world.work("officer") as work:
        referrals.withdraw(work, referral)


def stay_silent(world: World, _referral: str) -> None:
    world.clock.forward(days=15)
    with world.work() as work:
        deadlines.tick(work)


def report(world: World, referral: str) -> None:
    world.accept(referral)
    assert taken(world) == 1, "whoever is in care holds the place"
    with world.work("guardian") as work:
        outcome = OutcomeCode.PROCEDURE_OPENED
        desks.report_outcome(work, desks.ReportOutcome(number=referral, outcome=outcome))


def wait(world: World, referral: str) -> None:
    tomorrow = world.now.date() + timedelta(days=1)
    with world.work("guardian") as work:
        command = desk_steps.PutOnWaitingList(number=referral, expected_on=tomorrow)
        desk_steps.wait(work, command)


def not_come(world: World, referral: str) -> None:
    world.accept(referral)
    with world.work("guardian") as work:
        desk_steps.no_show(work, referral)


@pytest.mark.parametrize("end", [refuse, withdraw, stay_silent, report, wait, not_come])
def test_a_place_is_given_back_when_the_referral_ends(world: World, end: Any) -> None:
    guardians(world, capacity=1)
    _, referral = world.sent()
    assert taken(world) == 1
    end(world, referral)
    assert taken(world) == 0
    world.sent(name="Marzia")


def test_a_referral_that_is_passed_on_takes_its_place_along(world: World) -> None:
    other = next(
        d.desk for d in world.proposal(world.child("A"), "guardian").desks if d.desk != CHILD_DESK
    )
    _, referral = world.sent()
    guardians(world, capacity=1)
    with world.work("guardian") as work:
        command = desks.RedirectReferral(
            number=referral, desk=other, reason=RefusalReason.NO_CAPACITY
        )
        desks.redirect(work, command)
    assert taken(world) == 1
    held = world.rows(Service, Service.id == world.rows(Reservation)[0].service_id)[0]
    assert held.desk_id == world.desk_id(other)


def test_a_late_answer_takes_the_place_again(world: World) -> None:
    guardians(world, capacity=1)
    _, referral = world.sent()
    stay_silent(world, referral)
    world.accept(referral)
    assert taken(world) == 1


def test_whoever_comes_late_takes_the_place_again(world: World) -> None:
    guardians(world, capacity=1)
    _, referral = world.sent()
    not_come(world, referral)
    with world.work("guardian") as work:
        desk_steps.start_service(work, referral)
    assert taken(world) == 1


def test_nothing_is_sent_where_no_place_is_left_and_the_next_desk_is_offered(world: World) -> None:
    guardians(world, capacity=1)
    world.sent()
    number = world.child("Marzia")
    found = world.proposal(number, "guardian").desks
    assert found[0].desk != CHILD_DESK
    assert not found[0].full
    full = next(choice for choice in found if choice.desk == CHILD_DESK)
    assert full.full
    assert (GroundKind.PLACES, Verdict.AGAINST) in {(g.kind, g.verdict) for g in full.grounds}
    with pytest.raises(NoPlaceFree):
        world.send(number)
    assert len(world.rows(Referral)) == 1


def test_where_nobody_has_a_place_the_supervisor_gets_the_task_once(world: World) -> None:
    number = world.child()
    need = world.proposal(number, "guardian").need_id
    with pytest.raises(NotAllowedNow), world.work("officer") as work:
        referrals.ask_supervisor(work, number, need)
    guardians(world, capacity=0)
    for _ in range(2):
        with world.work("officer") as work:
            referrals.ask_supervisor(work, number, need)
    tasks = [t for t in world.of(Task, number) if t.kind is TaskKind.CHOOSE_ANOTHER_DESK]
    assert [(t.role, t.state) for t in tasks] == [(Role.SUPERVISOR, TaskState.OPEN)]
    assert world.proposal(number, "guardian", "supervisor").desks[0].full


@pytest.mark.parametrize(
    ("model", "where", "values"),
    [
        (Service, Service.need == "guardian", {"open": False}),
        (Desk, Desk.code == CHILD_DESK, {"open": False}),
        (Agency, Agency.code == GUARDIANS, {"valid_to": -1}),
        (Agency, Agency.code == GUARDIANS, {"valid_from": 1}),
    ],
    ids=["service shut", "desk shut", "agency gone", "agency not yet there"],
)
def test_nothing_goes_to_a_closed_door(
    world: World, model: Any, where: Any, values: dict[str, Any]
) -> None:
    number = world.child()
    today = world.now.date()
    told = {k: v if v is False else today + timedelta(days=v) for k, v in values.items()}
    change(world, model, where, **told)
    assert CHILD_DESK not in {d.desk for d in world.proposal(number, "guardian").desks}
    with pytest.raises(InvalidCommand):
        world.send(number)
    assert world.rows(Referral) == []


def test_a_service_for_others_cannot_be_chosen_and_says_why(world: World) -> None:
    number = world.child()
    guardians(world, sexes=["M"])
    choice = next(d for d in world.proposal(number, "guardian").desks if d.desk == CHILD_DESK)
    assert not choice.fits
    with pytest.raises(InvalidCommand):
        world.send(number)


def test_what_was_not_verified_in_time_is_asked_after_all_others(world: World) -> None:
    number = world.child()
    old = world.now.date() - timedelta(days=90)
    change(world, Service, Service.desk_id == world.desk_id(CHILD_DESK), verified_on=old)
    found = world.proposal(number, "guardian").desks
    assert found[0].desk != CHILD_DESK
    assert found[-1].desk == CHILD_DESK
    assert found[-1].standing is Standing.EXPIRED
