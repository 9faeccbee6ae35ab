"""Inform, ask, assess: protection is given at once, and taken by nobody alone."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from models.cases import Answer, Assessment, Case, Hold, Need, Task
from models.log import LogEntry
from models.vocabulary import (
    Action,
    HoldCause,
    HoldState,
    NeedState,
    Purpose,
    TaskKind,
    TaskState,
    Urgency,
)
from tests.world import ASYLUM_DESK, World
from workflows import holds, readings, screening, tasks
from workflows.arrivals import Birth
from workflows.errors import (
    ChangedMeanwhile,
    InvalidCommand,
    NotAllowed,
    NotAllowedNow,
    NotFound,
    NotInformedYet,
)
from workflows.rules.answers import Source
from workflows.rules.values import WhyUnknown, value_to_json


@pytest.fixture
def adult(world: World) -> str:
    """An adult who has been informed."""
    number = world.register(birth=Birth(kind="age", age=40), nationalities=("AFG",))
    world.inform(number)
    return number


def held(world: World, number: str) -> dict[tuple[str, Action], tuple[HoldState, str]]:
    """Code and action -> state and cause, of all holds the case ever had."""
    with world.work() as work:
        case = world.case(work, number)
        work.vault.grant(case.person_id, *Purpose)
        rows = work.session.scalars(select(Hold).where(Hold.case_id == case.id)).all()
        return {
            (row.content["code"], row.action): (row.state, row.content["cause"]) for row in rows
        }


def needs(world: World, number: str) -> dict[str, NeedState]:
    with world.work() as work:
        case = world.case(work, number)
        work.vault.grant(case.person_id, *Purpose)
        rows = work.session.scalars(select(Need).where(Need.case_id == case.id)).all()
        return {row.content["code"]: row.state for row in rows}


def test_questions_wait_until_the_person_was_told_what_they_are_for(world: World) -> None:
    number = world.register()
    with pytest.raises(NotInformedYet):
        world.answer(number, fear_of_return="yes")
    with pytest.raises(NotInformedYet):
        world.finish(number)
    world.inform(number)
    world.answer(number, fear_of_return="yes")
    assert world.rows(Case)[0].informed_on == world.now.date()


def test_a_fellow_traveller_never_interprets(world: World) -> None:
    number = world.register()
    with pytest.raises(InvalidCommand) as refused:
        world.inform(number, interpreter="companion")
    assert refused.value.params == {"field": "interpreter"}
    assert world.rows(Case)[0].informed_on is None


def test_what_was_told_is_kept_with_the_version_of_the_text(world: World, adult: str) -> None:
    with world.work() as work:
        case = world.case(work, adult)
        work.vault.grant(case.person_id, *Purpose)
        told = case.information
    assert told is not None
    assert told["text_version"] == world.pack().version
    assert (told["language"], told["interpreter"]) == ("prs", "here")


def test_answers_are_added_and_the_later_one_of_a_source_counts(world: World, adult: str) -> None:
    world.answer(adult, fear_of_return="yes")
    world.answer(adult, fear_of_return="no")
    rows = world.of(Answer, adult)
    assert sorted(row.sequence for row in rows) == [1, 2, 3]
    with world.work() as work:
        case = world.case(work, adult)
        work.vault.grant(case.person_id, *Purpose)
        said = [s for s in readings.statements(work, case) if s.fact == "fear_of_return"]
        known = readings.known_facts(work, case)["fear_of_return"]
    assert [s.supersedes for s in said] == [None, said[0].id]
    assert value_to_json(known.value) == "no"
    assert known.why is None


def test_sources_that_contradict_each_other_protect(world: World, adult: str) -> None:
    said_no = world.answer(adult, fear_of_return="no", asks_for_asylum="no")
    assert said_no.reading.profiles["ASY"].grade.value != "presumed"
    seen = world.answer(adult, source=Source.DOCUMENT, fear_of_return="yes")
    assert "H.refoulement" in seen.reading.holds
    with world.work() as work:
        case = world.case(work, adult)
        work.vault.grant(case.person_id, *Purpose)
        known = readings.known_facts(work, case)["fear_of_return"]
    assert (known.value, known.why) == (None, WhyUnknown.CONTRADICTORY)


def test_a_hold_by_precaution_is_released_by_the_answer_and_the_act_is_logged(
    world: World, adult: str
) -> None:
    key = ("H.voluntary", Action.RETURN)
    assert held(world, adult)[key] == (HoldState.ACTIVE, "precaution")
    before = len(world.rows(LogEntry, LogEntry.act == "answer"))
    world.answer(adult, wants_to_return="yes")
    assert held(world, adult)[key][0] is HoldState.RELEASED
    assert len(world.rows(LogEntry, LogEntry.act == "answer")) == before + 1
    assert all(row.lifted_by is None for row in world.of(Hold, adult))


def test_a_hold_by_evidence_is_never_released_by_an_answer(world: World, adult: str) -> None:
    """What somebody said once is not unsaid by a later "no"; a human decides."""
    key = ("H.refoulement", Action.RETURN)
    world.answer(adult, fear_of_return="yes")
    assert held(world, adult)[key] == (HoldState.ACTIVE, "evidence")
    denied = dict.fromkeys(("fear_of_return", "asks_for_asylum", "left_for_conflict"), "no")
    world.answer(adult, **denied, refugee_elsewhere="no", afraid_of_embassy="no")
    assert held(world, adult)[key][0] in {HoldState.ACTIVE, HoldState.LIFTABLE}
    assert HoldState.RELEASED not in {
        state for state, cause in held(world, adult).values() if cause == "evidence"
    }


def liftable_child_hold(world: World) -> tuple[str, holds.HoldShown]:
    """A case taken by the guardians, with a hold for the child that their decision made liftable."""
    number = world.child()
    referral = world.send(number)
    world.accept(referral)
    world.answer(number, source=Source.DECISION, best_interests_return="yes")
    with world.work("guardian") as work:
        shown = {h.code: h for h in holds.holds_of(work, number) if h.action is Action.RETURN}
    return number, shown["H.child"]


def lift(world: World, who: str, number: str, hold: holds.HoldShown, **changed: Any) -> None:
    given = {"reason": "decision of the guardianship body", "version": hold.version, **changed}
    with world.work(who) as work:
        holds.lift(work, holds.LiftHold(case_number=number, hold_id=hold.id, **given))


def test_a_decision_makes_a_hold_liftable_and_gives_somebody_the_task(world: World) -> None:
    number, hold = liftable_child_hold(world)
    assert (hold.state, hold.cause) == (HoldState.LIFTABLE, HoldCause.EVIDENCE)
    assert TaskKind.DECIDE_HOLD in {task.kind for task in world.of(Task, number)}
    with world.work("guardian") as work:
        case = world.case(work, number)
        work.vault.grant(case.person_id, *Purpose)
        assert hold.action in {h.action for h in holds.holds_of(work, number)}, "it still shuts"


def test_a_named_human_of_the_competent_body_lifts_it_with_a_reason(world: World) -> None:
    number, hold = liftable_child_hold(world)
    lift(world, "guardian", number, hold)
    row = next(row for row in world.of(Hold, number) if row.id == hold.id)
    assert row.state is HoldState.LIFTED
    assert row.lifted_by == world.actor("guardian").user_id
    entry = world.rows(LogEntry, LogEntry.act == "lift_hold")[0]
    assert entry.actor == world.actor("guardian").user_id


@pytest.mark.parametrize("reason", ["", "   ", "\n"])
def test_nothing_is_lifted_without_a_reason(world: World, reason: str) -> None:
    number, hold = liftable_child_hold(world)
    with pytest.raises(InvalidCommand):
        lift(world, "guardian", number, hold, reason=reason)


def test_another_body_lifts_nothing_though_the_case_is_in_its_care(world: World) -> None:
    number, hold = liftable_child_hold(world)
    referral = world.send(number, "asylum_procedure", ASYLUM_DESK)
    world.accept(referral, "asylum")
    with pytest.raises(NotAllowed):
        lift(world, "asylum", number, hold)


@pytest.mark.parametrize("who", ["officer", "supervisor", "administrator", "monitor"])
def test_no_other_role_lifts_a_hold(world: World, who: str) -> None:
    number, hold = liftable_child_hold(world)
    with pytest.raises(NotAllowed):
        lift(world, who, number, hold)


def test_the_guardians_lift_nothing_in_a_case_they_have_not_taken(world: World) -> None:
    number = world.child()
    world.send(number)
    hold = world.of(Hold, number)[0]
    with pytest.raises(NotFound):
        lift(world, "guardian", number, hold)


def test_a_hold_that_the_answers_still_carry_is_not_lifted(world: World) -> None:
    number, referral = world.sent()
    world.accept(referral)
    with world.work("guardian") as work:
        child = next(h for h in holds.holds_of(work, number) if h.code == "H.child")
    with pytest.raises(NotAllowedNow):
        lift(world, "guardian", number, child)


def test_a_stale_page_lifts_nothing(world: World) -> None:
    number, hold = liftable_child_hold(world)
    with pytest.raises(ChangedMeanwhile):
        lift(world, "guardian", number, hold, version=hold.version - 1)


def test_a_liftable_hold_that_is_carried_again_is_active_again(world: World) -> None:
    number, hold = liftable_child_hold(world)
    world.answer(number, source=Source.DECISION, best_interests_return="no")
    row = next(row for row in world.of(Hold, number) if row.id == hold.id)
    assert row.state is HoldState.ACTIVE


def test_an_officers_own_word_is_no_decision(world: World, adult: str) -> None:
    for source in (Source.SELF, Source.OBSERVED, Source.DOCUMENT, Source.THIRD_PARTY):
        with pytest.raises(InvalidCommand):
            world.answer(adult, source=source, final_negative="yes")


@pytest.mark.parametrize(
    ("fact", "raw"),
    [
        ("no_such_fact", "yes"),
        ("fear_of_return", "perhaps"),
        ("fear_of_return", "y" * 5000),
        ("fear_of_return", "<script>"),
        ("fear_of_return", {"yes": True}),
        ("sex", "Q"),
        ("age", "15"),
        ("birth", "2001-02-31"),
        ("\x00", "yes"),
    ],
    ids=["unknown", "word", "long", "script", "shape", "option", "computed", "day", "nul"],
)
def test_a_value_that_cannot_be_is_told_at_its_field_and_nothing_is_kept(
    world: World, adult: str, fact: str, raw: object
) -> None:
    before = len(world.of(Answer, adult))
    with pytest.raises(InvalidCommand) as refused:
        world.answer(adult, asks_for_asylum="yes", **{fact: raw})
    assert refused.value.params == {"field": fact}
    assert str(raw) not in str(refused.value)
    assert len(world.of(Answer, adult)) == before


def test_of_two_officers_who_answer_at_once_the_second_is_told(world: World, adult: str) -> None:
    seen = max(row.sequence for row in world.of(Answer, adult))

    def save(who: str) -> None:
        with world.work(who) as work:
            command = screening.RecordAnswers(
                case_number=adult, answers={"fear_of_return": "yes"}, seen=seen
            )
            screening.answer(work, command)

    save("officer")
    with pytest.raises(ChangedMeanwhile):
        save("colleague")


def test_what_is_seen_at_a_glance_becomes_urgent_before_any_question(world: World) -> None:
    number = world.register()
    with world.work("officer") as work:
        look = screening.RecordUrgentNeeds(case_number=number, seen=("medical", "child_alone"))
        screening.record_urgent_needs(work, look)
    assert world.rows(Case)[0].urgency is Urgency.NOW
    assert [t.kind for t in world.of(Task, number)].count(TaskKind.URGENT_NEED) == 1
    assert "health" in needs(world, number)


def test_an_unknown_tick_is_refused(world: World) -> None:
    number = world.register()
    look = screening.RecordUrgentNeeds(case_number=number, seen=("religion",))
    with pytest.raises(InvalidCommand), world.work("officer") as work:
        screening.record_urgent_needs(work, look)


def test_urgency_never_falls_by_itself(world: World) -> None:
    number = world.child()
    assert world.rows(Case)[0].urgency is Urgency.NOW
    world.answer(number, with_parent="yes", with_responsible_adult="yes")
    assert world.rows(Case)[0].urgency is Urgency.NOW


def test_a_need_once_opened_stays_with_the_question_whether_it_is_still_needed(
    world: World,
) -> None:
    number = world.child()
    assert needs(world, number)["guardian"] is NeedState.OPEN
    world.answer(number, with_parent="yes", with_responsible_adult="yes")
    assert needs(world, number)["guardian"] is NeedState.OPEN
    assert TaskKind.STILL_NEEDED in {task.kind for task in world.of(Task, number)}


def test_every_assessment_is_kept_with_the_pack_that_made_it(world: World, adult: str) -> None:
    world.answer(adult, fear_of_return="yes")
    rows = sorted(world.of(Assessment, adult), key=lambda row: row.sequence)
    assert [row.sequence for row in rows] == list(range(1, len(rows) + 1))
    assert {row.pack_sha256 for row in rows} == {world.pack().sha256}


def test_a_look_that_saw_nothing_makes_no_new_assessment(world: World, adult: str) -> None:
    before = len(world.of(Assessment, adult))
    with world.work("officer") as work:
        look = screening.RecordUrgentNeeds(case_number=adult, seen=())
        assert not screening.record_urgent_needs(work, look).changed
    assert len(world.of(Assessment, adult)) == before


def test_after_the_screening_the_post_sees_nothing_inside(world: World) -> None:
    number = world.child()
    world.send(number)
    world.send(number, "asylum_procedure", ASYLUM_DESK)
    world.finish(number)
    with pytest.raises(NotFound):
        world.answer(number, fear_of_return="no")
    with pytest.raises(NotFound):
        world.inform(number)
    with pytest.raises(NotFound), world.work("officer") as work:
        holds.holds_of(work, number)


def test_what_must_be_asked_in_private_is_left_as_a_task_that_tells_nothing(
    world: World, adult: str
) -> None:
    with world.work("officer") as work:
        tasks.ask_in_private(
            work, tasks.AskInPrivate(case_number=adult, facts=("sexual_violence_said",))
        )
    row = next(t for t in world.of(Task, adult) if t.kind is TaskKind.PRIVATE_INTERVIEW)
    assert row.state is TaskState.OPEN
    with pytest.raises(InvalidCommand), world.work("officer") as work:
        tasks.ask_in_private(work, tasks.AskInPrivate(case_number=adult, facts=()))


def test_the_colleague_of_another_post_answers_nothing(world: World, adult: str) -> None:
    for who, error in (
        ("elsewhere", NotFound),
        ("abroad", NotFound),
        ("guardian", NotAllowed),
        ("supervisor", NotAllowed),
        ("administrator", NotAllowed),
    ):
        with pytest.raises(error):
            world.answer(adult, who, fear_of_return="no")


def test_a_language_that_is_no_language_is_refused_since_it_goes_into_figures(world: World) -> None:
    number = world.register("Zarifa")
    with pytest.raises(InvalidCommand) as refused:
        world.inform(number, language="Zarifa Ahmadi")
    assert refused.value.params == {"field": "language"}
