"""StatFact after every step of a story: coarse words, in step with the case, naming nobody."""

from __future__ import annotations

import contextlib
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from models.cases import Case, Hold
from models.figures import StatFact
from models.people import Person
from models.referrals import Referral
from models.vocabulary import (
    HOLDING,
    AcknowledgedWithin,
    AgeBand,
    OutcomeCode,
    Purpose,
    RefusalReason,
    Sex,
)
from tests.safeguards.safe import Safe
from tests.world import ASYLUM_DESK, World
from workflows import deadlines, desks, figures, holds, offers, readings, referrals, screening
from workflows.age_bands import age_band
from workflows.arrivals import Birth
from workflows.disclosure.dimensions import month_of, week_of
from workflows.errors import NotAllowed
from workflows.rules.values import Interval


def row(world: World, number: str) -> StatFact:
    """The case's row of figures, found as the product finds it."""
    case = world.rows(Case, Case.number == number)[0]
    with world.work() as work:
        link = figures.link_of(work, case.id)
    found: StatFact = world.rows(StatFact, StatFact.link == link)[0]
    return found


def in_step(world: World, number: str) -> StatFact:
    """The row, after it was compared with the case as it is now."""
    fact = row(world, number)
    with world.work() as work:
        case = world.case(work, number)
        work.vault.grant(case.person_id, *Purpose)
        reading = readings.latest_reading(work, case)
        person = work.session.get_one(Person, case.person_id)
        assert person.traits is not None
        assert fact.sex == person.traits["sex"]
        assert fact.profiles == figures.profile_words(reading)
        assert fact.age_band is age_band(readings.age_of(work, case))
        held = select(Hold.id).where(Hold.case_id == case.id, Hold.state.in_(HOLDING)).limit(1)
        assert fact.hold is (work.session.scalar(held) is not None)
        assert fact.needs == figures._needs(work, case)
        assert (fact.month, fact.week) == (
            month_of(case.registered_on),
            week_of(case.registered_on),
        )
    return fact


def test_figures_are_in_step_after_every_step(any_world: World) -> None:
    world = any_world
    number = world.register(sex=Sex.FEMALE, birth=Birth(kind="age", age=15), nationalities=("AFG",))
    assert in_step(world, number).acknowledged is AcknowledgedWithin.NOT_SENT
    with world.work("officer") as work:
        look = screening.RecordUrgentNeeds(case_number=number, seen=("medical",))
        screening.record_urgent_needs(work, look)
    assert "health" in in_step(world, number).needs.split()
    world.inform(number)
    assert in_step(world, number).language == "prs"
    world.answer(number, with_parent="no", with_responsible_adult="no", fear_of_return="yes")
    fact = in_step(world, number)
    assert {"ASY", "UAC"} <= set(fact.profiles.split())
    assert (fact.age_band, fact.region) == (AgeBand.FROM_12, "Southern-Asia")
    referral = world.send(number)
    fact = in_step(world, number)
    assert (fact.referral, fact.acknowledged) == ("authority", AcknowledgedWithin.NONE)
    world.clock.forward(hours=2)
    world.accept(referral)
    fact = in_step(world, number)
    assert (fact.outcome, fact.acknowledged) == ("accepted", AcknowledgedWithin.HOURS_24)
    with world.work("guardian") as work:
        done = desks.ReportOutcome(number=referral, outcome=OutcomeCode.SERVICE_PROVIDED)
        desks.report_outcome(work, done)
    assert in_step(world, number).outcome == "service_provided"
    world.finish(number)
    in_step(world, number)
    assert len(world.rows(StatFact)) == 1


@pytest.mark.parametrize(
    ("hours", "within"),
    [
        (24, AcknowledgedWithin.HOURS_24),
        (25, AcknowledgedWithin.HOURS_72),
        (73, AcknowledgedWithin.WEEKS_2),
        (14 * 24 + 1, AcknowledgedWithin.LATER),
    ],
)
def test_the_time_to_an_answer_is_kept_coarsely(
    world: World, hours: int, within: AcknowledgedWithin
) -> None:
    number, referral = world.sent()
    world.clock.forward(hours=hours)
    with world.work("guardian") as work:
        command = desks.RefuseReferral(number=referral, reason=RefusalReason.NO_CAPACITY)
        desks.refuse(work, command)
    assert row(world, number).acknowledged is within


def test_a_row_of_figures_names_nobody_and_no_exact_day(world: World) -> None:
    number, referral = world.sent(birth=Birth(kind="date", year=2011, month=5, day=7))
    world.accept(referral)
    case = world.rows(Case)[0]
    values = {name: value for name, value in vars(row(world, number)).items() if name[0] != "_"}
    known = {
        *(value for value in vars(case).values() if isinstance(value, UUID)),
        *(value for value in vars(world.rows(Referral)[0]).values() if isinstance(value, UUID)),
    }
    words = " ".join(str(value) for value in values.values())
    assert not any(str(one) in words or one.hex in words for one in known)
    for secret in (number, referral, "Zarifa", "2011", "2026-11-24", "AFG", "korday-"):
        assert secret not in words
    assert values["month"] == "2026-11"


def test_figures_cannot_be_joined_to_cases_without_the_key(world: World) -> None:
    first, second = world.register("Zarifa"), world.register("Marzia")
    links: set[Any] = {row(world, number).link for number in (first, second)}
    assert len(links) == 2
    assert all(len(link) == 64 for link in links)


@pytest.mark.parametrize(
    ("age", "band"),
    [
        (None, AgeBand.UNKNOWN),
        (Interval(None, 3), AgeBand.UNKNOWN),
        (Interval(0, 4), AgeBand.FROM_0),
        (Interval(4, 5), AgeBand.UNKNOWN),
        (Interval(17, 17), AgeBand.FROM_12),
        (Interval(17, 18), AgeBand.UNKNOWN),
        (Interval(18, 59), AgeBand.FROM_18),
        (Interval(60, 125), AgeBand.FROM_60),
    ],
)
def test_an_age_that_reaches_over_a_border_of_brackets_is_unknown(
    age: Interval | None, band: AgeBand
) -> None:
    assert age_band(age) is band


def test_what_fails_changes_no_figure(world: World) -> None:
    number, referral = world.sent()
    before = vars(row(world, number)).copy()
    with pytest.raises(referrals.NotAllowedNow):
        world.send(number)
    with pytest.raises(desks.NotFound), world.work("asylum") as work:
        desks.refuse(work, desks.RefuseReferral(number=referral, reason=RefusalReason.DUPLICATE))
    after = vars(row(world, number))
    assert {k: v for k, v in before.items() if k[0] != "_"} == {
        k: v for k, v in after.items() if k[0] != "_"
    }


def test_silence_and_another_desk_stay_in_step(world: World) -> None:
    number, _ = world.sent()
    world.send(number, "asylum_procedure", ASYLUM_DESK)
    world.clock.forward(days=20)
    with world.work() as work:
        deadlines.tick(work)
    fact = row(world, number)
    assert fact.acknowledged is AcknowledgedWithin.NONE
    assert fact.outcome == "none"


def test_an_offer_taken_up_and_the_last_safeguard_lifted_are_in_step(any_world: World) -> None:
    safe = Safe(any_world)
    number = safe.asked_everything(wants_to_return="no", consular_requested="yes")
    assert "migration" not in in_step(any_world, number).needs.split()
    for need in ("decision_stay", "decision_asylum"):
        with any_world.work("officer") as work:
            offers.take_up(work, number, need)
    assert {"asylum", "migration"} <= set(in_step(any_world, number).needs.split())
    migration, asylum = (safe.body(number, need) for need in ("decision_stay", "decision_asylum"))
    any_world.clock.forward(days=30)
    safe.decide(migration, number, "recheck_done")
    safe.decide(asylum, number, "final_negative")
    assert in_step(any_world, number).hold
    for who in (migration, asylum):
        lift_all(any_world, who, number)
    assert not in_step(any_world, number).hold


def lift_all(world: World, who: Any, number: str) -> None:
    """Lift what the officer's body may lift of a case."""
    with world.work(who) as work:
        shown = holds.holds_of(work, number)
    for hold in shown:
        command = holds.LiftHold(
            case_number=number, hold_id=hold.id, reason="Heard.", version=hold.version
        )
        with contextlib.suppress(NotAllowed), world.work(who) as work:
            holds.lift(work, command)
