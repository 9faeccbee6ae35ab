"""Decisions of competent bodies: who may record one, and what it does to the holds of a person."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from models.cases import Answer, Deadline, Hold
from models.log import LogEntry
from models.vocabulary import Action, HoldState
from tests.safeguards.safe import Safe, on_both_databases
from tests.world import World
from workflows import deadlines, decisions, holds, referrals
from workflows.errors import (
    ChangedMeanwhile,
    InvalidCommand,
    NotAllowed,
    NotAllowedNow,
    NotFound,
)
from workflows.packs import Shelf


def lift(safe: Safe, who: Any, number: str, code: str) -> None:
    """Lift every row of a hold, as its page would."""
    with safe.world.work(who) as work:
        found = [hold for hold in holds.holds_of(work, number) if hold.code == code]
    for hold in found:
        with safe.world.work(who) as work:
            command = holds.LiftHold(
                case_number=number, hold_id=hold.id, reason="Heard.", version=hold.version
            )
            holds.lift(work, command)


@pytest.mark.safeguard("INV-13")
@on_both_databases
def test_a_decision_makes_evidence_liftable_and_a_lift_opens_the_action(safe: Safe) -> None:
    number = safe.asked_everything(fear_of_return="yes", left_for_work_or_family="yes")
    asylum = safe.body(number, "asylum_procedure")
    migration = safe.body(number, "migration_stay")
    safe.world.finish(number)
    assert safe.holding(number)["H.refoulement"] == ("active", "evidence")

    safe.world.clock.forward(days=30)
    safe.decide(asylum, number, "final_negative")
    assert safe.holding(number)["H.refoulement"] == ("liftable", "evidence")
    assert Action.RETURN in safe.shut(number)
    safe.decide(migration, number, "recheck_done")
    for code, who in (
        ("H.refoulement", asylum),
        ("H.voluntary", asylum),
        ("H.recheck", migration),
    ):
        assert safe.holding(number)[code] == ("liftable", "evidence"), code
        lift(safe, who, number, code)

    assert Action.RETURN not in safe.shut(number), safe.holding(number)


def refused(safe: Safe) -> tuple[str, Any, Any]:
    """Somebody refused for good, and all safeguards checked again: case, asylum body, migration body."""
    number = safe.asked_everything(fear_of_return="yes", left_for_work_or_family="yes")
    asylum, migration = safe.body(number, "asylum_procedure"), safe.body(number, "migration_stay")
    safe.world.clock.forward(days=30)
    safe.decide(asylum, number, "final_negative")
    safe.decide(migration, number, "recheck_done")
    for code, who in (("H.refoulement", asylum), ("H.voluntary", asylum), ("H.recheck", migration)):
        lift(safe, who, number, code)
    return number, asylum, migration


@pytest.mark.safeguard("INV-37")
@pytest.mark.parametrize("met", [False, True])
def test_a_check_of_all_safeguards_counts_for_72_hours_and_then_return_is_shut_again(
    safe: Safe, met: bool
) -> None:
    """Also where somebody says that the clock is met: a check that lapsed opens nothing."""
    number, _, _ = refused(safe)
    assert Action.RETURN not in safe.shut(number)
    running = [row for row in safe.world.of(Deadline, number) if row.warn_at is not None]
    newest = max(running, key=lambda row: row.started_at)
    if met:
        with safe.world.work("officer") as work:
            deadlines.meet(work, newest.id)

    safe.world.clock.forward(hours=71 - safe.world.now.hour)
    tick(safe)
    assert Action.RETURN not in safe.shut(number)
    safe.world.clock.forward(hours=2)
    tick(safe)

    assert safe.holding(number)["H.recheck"][0] == "active"
    assert Action.RETURN in safe.shut(number)


@pytest.mark.safeguard("INV-37")
def test_a_new_check_opens_what_the_lapsed_one_had_shut(safe: Safe) -> None:
    number, _, migration = refused(safe)
    safe.world.clock.forward(days=4)
    tick(safe)
    assert Action.RETURN in safe.shut(number)

    safe.decide(migration, number, "recheck_done", reference="D-0001/26")
    lift(safe, migration, number, "H.recheck")
    assert Action.RETURN not in safe.shut(number)
    safe.world.clock.forward(days=4)
    tick(safe)
    assert Action.RETURN in safe.shut(number)


@pytest.mark.safeguard("INV-37")
@pytest.mark.parametrize("fact", ["fear_of_return", "asks_for_asylum", "fear_spoken_by_other"])
@on_both_databases
def test_fear_told_after_a_final_decision_shuts_return_until_it_is_decided_on(
    safe: Safe, fact: str
) -> None:
    number, asylum, _ = refused(safe)
    safe.world.clock.forward(hours=1)
    safe.world.answer(number, **{fact: "yes"})

    assert safe.holding(number)["H.refoulement"] == ("active", "evidence")
    with safe.world.work("officer") as work:
        needs = {p.need for p in referrals.propose(work, number)}
    assert "asylum_procedure" in needs
    safe.world.clock.forward(days=1)
    safe.decide(asylum, number, "final_negative", reference="D-0002/26")
    assert safe.holding(number)["H.refoulement"] == ("liftable", "evidence")


@pytest.mark.safeguard("INV-13")
@on_both_databases
def test_precaution_releases_itself_and_evidence_does_not(safe: Safe) -> None:
    number = safe.asked_everything()
    assert "H.refoulement" not in safe.holding(number)
    safe.world.answer(number, fear_of_return="yes")
    assert safe.holding(number)["H.refoulement"] == ("active", "evidence")
    safe.world.answer(number, fear_of_return="no")
    assert safe.holding(number)["H.refoulement"] == ("liftable", "evidence")
    assert Action.RETURN in safe.shut(number)
    safe.world.answer(number, fear_of_return="yes")
    assert safe.holding(number)["H.refoulement"] == ("active", "evidence")


@pytest.mark.safeguard("INV-13", "INV-33")
def test_only_the_body_that_the_pack_names_records_its_decision(safe: Safe) -> None:
    number = safe.asked_everything(fear_of_return="yes", left_for_work_or_family="yes")
    migration = safe.body(number, "migration_stay")
    before = len(safe.world.of(Answer, number))
    for fact in ("best_interests_return", "guardian_appointed", "identification_done"):
        with pytest.raises(NotAllowed):
            safe.decide(migration, number, fact)
    world = safe.world
    command = decisions.RecordDecision(
        case_number=number, fact="final_negative", value="yes", on=world.now.date(),
        reference="D", reason="R", seen=0,
    )  # fmt: skip
    # Neither the post's official, nor a supervisor; nor a desk that does not have the case in its care.
    for who, error in (
        ("officer", NotAllowed),
        ("supervisor", NotAllowed),
        ("administrator", NotAllowed),
        ("asylum", NotFound),
    ):
        with pytest.raises(error), world.work(who) as work:
            decisions.record(work, command)
    assert len(world.of(Answer, number)) == before
    refusals = world.rows(LogEntry, LogEntry.act == "refused")
    assert {entry.detail["act"] for entry in refusals} == {"record_decision"}


@pytest.mark.safeguard("INV-33")
def test_whoever_registered_a_person_does_not_decide_on_them(safe: Safe) -> None:
    number = safe.asked_everything(fear_of_return="yes")
    asylum = safe.body(number, "asylum_procedure")
    with safe.world.work() as work:
        safe.world.case(work, number).registered_by = asylum.user_id
    with pytest.raises(NotAllowed):
        safe.decide(asylum, number, "final_negative")


@pytest.mark.safeguard("INV-34")
@on_both_databases
def test_a_decision_is_kept_with_its_grounds_and_a_later_one_supersedes_it(safe: Safe) -> None:
    number = safe.asked_everything(fear_of_return="yes")
    asylum = safe.body(number, "asylum_procedure")
    safe.decide(asylum, number, "final_negative")
    safe.world.clock.forward(days=3)
    safe.decide(asylum, number, "final_negative", "no", reason="Heard again: she is a refugee.")

    with safe.world.work(asylum) as work:
        known = decisions.deciding(work, number)
    assert [(one.value, one.counts) for one in known.decided] == [(False, True), (True, False)]
    assert known.decided[0].reason == "Heard again: she is a refugee."
    assert known.decided[0].on - known.decided[1].on == timedelta(days=3)
    assert safe.holding(number)["H.refoulement"] == ("active", "evidence")
    acts = [entry.act for entry in safe.world.rows(LogEntry)]
    assert acts.count("record_decision") >= 2


@pytest.mark.safeguard("INV-13")
@on_both_databases
def test_two_bodies_that_decide_differently_leave_the_matter_open(safe: Safe) -> None:
    number = safe.asked_everything(fear_of_return="yes", refused_as_citizen="yes")
    asylum = safe.body(number, "asylum_procedure")
    # In this country the migration service may decide on asylum as well.
    other = safe.body(number, "statelessness_procedure")
    safe.decide(asylum, number, "final_negative")
    assert safe.holding(number)["H.refoulement"][0] == "liftable"
    safe.decide(other, number, "final_negative", "no")
    assert safe.holding(number)["H.refoulement"] == ("active", "evidence")


@on_both_databases
def test_the_same_decision_sent_twice_is_recorded_once(safe: Safe) -> None:
    number = safe.asked_everything(fear_of_return="yes")
    asylum = safe.body(number, "asylum_procedure")
    first = safe.decide(asylum, number, "final_negative")
    before = len(safe.world.of(Answer, number))
    again = safe.decide(asylum, number, "final_negative", seen=0)
    assert (first.again, again.again, again.version) == (False, True, first.version)
    assert len(safe.world.of(Answer, number)) == before


@on_both_databases
def test_a_stale_page_decides_nothing(safe: Safe) -> None:
    number = safe.asked_everything(fear_of_return="yes")
    asylum = safe.body(number, "asylum_procedure")
    with safe.world.work(asylum) as work:
        seen = decisions.deciding(work, number).version
    safe.world.answer(number, asks_for_asylum="yes")
    with pytest.raises(ChangedMeanwhile):
        safe.decide(asylum, number, "final_negative", seen=seen)
    assert safe.holding(number)["H.refoulement"] == ("active", "evidence")


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("fact", {"fact": "fear_of_return"}),
        ("fact", {"fact": "no_such_fact"}),
        ("value", {"value": "perhaps"}),
        ("value", {"value": "declined"}),
        ("on", {"on": date(2999, 1, 1)}),
        ("reference", {"reference": "  "}),
        ("reason", {"reason": ""}),
    ],
)
def test_a_decision_without_sense_is_refused(
    safe: Safe, field: str, changed: dict[str, Any]
) -> None:
    number = safe.asked_everything(fear_of_return="yes")
    asylum = safe.body(number, "asylum_procedure")
    told = {"fact": "final_negative", "value": "yes", **changed}
    with pytest.raises(InvalidCommand) as refusal:
        safe.decide(asylum, number, told.pop("fact"), told.pop("value"), **told)
    assert refusal.value.params["field"] == field


@on_both_databases
def test_nothing_is_decided_on_a_closed_case(safe: Safe) -> None:
    number = safe.asked_everything(fear_of_return="yes")
    asylum = safe.body(number, "asylum_procedure")
    safe.world.finish(number)
    with safe.world.work() as work:
        case = safe.world.case(work, number)
        case.closed_on = work.now.date()
    with pytest.raises(NotAllowedNow):
        safe.decide(asylum, number, "final_negative")


@pytest.mark.safeguard("INV-13")
@on_both_databases
def test_a_hold_is_lifted_only_with_a_reason_by_the_named_body_and_keeps_who_and_when(
    safe: Safe,
) -> None:
    number = safe.asked_everything(fear_of_return="yes", left_for_work_or_family="yes")
    asylum, migration = safe.body(number, "asylum_procedure"), safe.body(number, "migration_stay")
    with pytest.raises(NotAllowedNow):
        lift(safe, asylum, number, "H.refoulement")
    safe.decide(asylum, number, "final_negative")
    row = next(row for row in safe.rows(number) if row[0] == "H.refoulement")
    command = holds.LiftHold(case_number=number, hold_id=row[3], reason=" ", version=2)
    with pytest.raises((InvalidCommand, ChangedMeanwhile)), safe.world.work(asylum) as work:
        holds.lift(work, command)
    lift(safe, asylum, number, "H.refoulement")
    kept = safe.world.rows(Hold, Hold.id == row[3])[0]
    assert (kept.state, kept.lifted_by, kept.ended_on) == (
        HoldState.LIFTED,
        asylum.user_id,
        safe.world.now.date(),
    )
    del migration


def tick(safe: Safe) -> None:
    with safe.world.work() as work:
        deadlines.tick(work)


@pytest.mark.safeguard("INV-13")
def test_every_hold_that_evidence_may_carry_has_a_body_in_every_country_that_may_lift_it(
    shelf: Shelf, world: World
) -> None:
    """None is a dead end; a screen that is not complete is the one hold that is precaution alone."""
    for code in shelf.codes():
        pack = shelf.get(code, world.now.date())
        present = set().union(*(agency.functions for agency in pack.agencies.values()))
        for hold in pack.holds:
            bodies = set(holds.bodies_of(pack, hold))
            assert bodies or hold == "H.unscreened", (code, hold)
            assert not pack.agencies or not bodies or bodies & present, (code, hold)
        for fact in pack.facts.values():
            if fact.decided_by and pack.agencies:
                assert fact.decided_by in present, (code, fact.id)
