"""What a screening gives and may not give; what comes before questions; what is seen at once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from models.cases import Case, Deadline, Hold, Task
from models.vocabulary import Action, DeadlineState, Grade, Role, TaskKind, Urgency
from tests.safeguards.safe import Safe, on_both_databases
from tests.safeguards.test_merge import DAY, PACK, anything, history
from tests.world import World
from workflows import deadlines, effects, holds, policy, post_lists, screening, search
from workflows.errors import InvalidCommand, NotAllowed, NotInformedYet
from workflows.packs import Shelf
from workflows.policy import Act
from workflows.rules.answers import merge
from workflows.rules.assess import assess

#: Words of a status, of an exclusion, of a judgment on somebody's credibility.
JUDGES = re.compile(
    r"\b(credib|reliab|truthful|genuine|liar|bogus|illegal|criminal|excluded)", re.IGNORECASE
)
VERDICTS = {"recognised", "rejected", "refugee_status", "excluded", "credible"}


def keys_of(value: Any) -> set[str]:
    """Every key at any depth of what JSON can say."""
    if isinstance(value, dict):
        return set(value) | {key for inner in value.values() for key in keys_of(inner)}
    if isinstance(value, list | tuple):
        return {key for inner in value for key in keys_of(inner)}
    return set()


@pytest.mark.safeguard("INV-17")
@given(anything)
@settings(max_examples=100, deadline=None)
def test_a_reading_holds_grades_of_profiles_and_no_status_score_or_verdict(told: Any) -> None:
    reading = assess(PACK, merge(history("a", [], told), PACK.facts), DAY)
    assert {profile.grade for profile in reading.profiles.values()} <= set(Grade)
    keys = keys_of(reading.as_dict())
    assert keys.isdisjoint({"score", "credibility", "status", "probability", "weight", "verdict"})
    assert keys.isdisjoint(VERDICTS)


@pytest.mark.safeguard("INV-17")
def test_no_pack_calls_a_profile_a_status_or_judges_a_person(shelf: Shelf, world: World) -> None:
    for code in shelf.codes():
        pack = shelf.get(code, world.now.date())
        for profile in pack.profiles.values():
            assert not JUDGES.search(f"{profile.says} {profile.means}"), (code, profile.id)
        assert VERDICTS.isdisjoint({word.lower() for word in pack.profiles})
    assert set(Grade) == {"presumed", "possible", "open", "not_indicated"}


@pytest.mark.asvs("2.3.1")
@pytest.mark.safeguard("INV-19")
def test_no_question_is_answered_before_the_person_was_informed(safe: Safe) -> None:
    number = safe.world.register("Shirin")
    before = safe.holding(number)
    with pytest.raises(NotInformedYet):
        safe.world.answer(number, fear_of_return="no")
    with pytest.raises(NotInformedYet):
        safe.world.finish(number)
    assert safe.holding(number) == before
    for wrong in ({"interpreter": "companion"}, {"language": "no such language"}):
        with pytest.raises(InvalidCommand):
            safe.world.inform(number, **wrong)
    assert safe.world.rows(Case)[0].informed_on is None
    safe.world.inform(number)
    safe.world.answer(number, fear_of_return="no")


@pytest.mark.safeguard("INV-19")
def test_to_see_a_medical_need_waits_for_no_information(safe: Safe) -> None:
    number = safe.world.register("Shirin")
    look(safe, number, "medical")
    assert safe.world.rows(Case)[0].urgency is Urgency.NOW


def look(safe: Safe, number: str, *seen: str) -> None:
    with safe.world.work("officer") as work:
        command = screening.RecordUrgentNeeds(case_number=number, seen=seen)
        screening.record_urgent_needs(work, command)


@pytest.mark.safeguard("INV-30")
@on_both_databases
def test_an_emergency_is_the_first_task_and_its_clock_is_due_at_once(safe: Safe) -> None:
    number = safe.world.register("Shirin")
    look(safe, number, "medical")
    tasks = safe.world.of(Task, number)
    assert {(t.kind, t.urgency) for t in tasks} == {(TaskKind.URGENT_NEED, Urgency.NOW)}
    clocks = safe.world.of(Deadline, number)
    assert min(row.due_at for row in clocks) <= safe.world.now
    assert {row.state for row in clocks} == {DeadlineState.RUNNING}


@pytest.mark.safeguard("INV-30")
@given(st.sets(st.sampled_from(screening.URGENT_NEEDS)))
@settings(max_examples=64, deadline=None)
def test_whatever_else_is_seen_an_urgent_need_makes_the_case_urgent(seen: set[str]) -> None:
    """Pure: the words that call for somebody at once, whatever stands beside them."""
    urgent = bool(seen & effects._URGENT_AT_A_GLANCE)
    assert urgent == bool(
        seen & {"medical", "injury", "child_alone", "danger_from_companion", "distress"}
    )


@pytest.mark.safeguard("INV-32")
def test_a_likeness_of_names_is_a_hint_to_a_human_and_changes_nothing(safe: Safe) -> None:
    world = safe.world
    first = world.registered("Zarifa Ahmadi")
    second = world.registered("Zarifa Ahmadi")
    assert [hint.case_number for hint in second.hints] == [first.case_number]
    one, other = safe.holding(first.case_number), safe.holding(second.case_number)
    assert one == other
    assert {row.urgency for row in world.rows(Case)} == {Urgency.ROUTINE}
    assert len({row.person_id for row in world.rows(Case)}) == 2, "never a merge"
    with world.work("officer") as work:
        assert {found.case_number for found in search.find(work, "Zarifa Ahmadi").hints} == {
            first.case_number,
            second.case_number,
        }


@pytest.mark.safeguard("INV-33")
def test_no_act_of_the_product_returns_detains_or_refuses_entry() -> None:
    adverse = re.compile(r"return_person|deport|remove|detain|refuse_entry|expel|exclude")
    assert [act for act in Act if adverse.search(act.value)] == []
    # The clock and the worker act for nobody: they lift, decide, close and send nothing.
    system = {act for rule in policy.RULES if Role.SYSTEM in rule.roles for act in rule.acts}
    named = {Act.LIFT_HOLD, Act.RECORD_DECISION, Act.CLOSE_CASE, Act.SEND_REFERRAL, Act.ANSWER}
    assert system.isdisjoint(named)


@pytest.mark.safeguard("INV-33")
def test_the_system_lifts_no_hold_and_closes_no_case(safe: Safe) -> None:
    number = safe.world.child()
    row = safe.rows(number)[0]
    command = holds.LiftHold(case_number=number, hold_id=row[3], reason="because", version=1)
    with pytest.raises(NotAllowed), safe.world.work() as work:
        holds.lift(work, command)
    safe.world.clock.forward(days=400)
    with safe.world.work() as work:
        deadlines.tick(work)
    assert {r.state for r in safe.world.of(Hold, number)} <= {"active", "released"}
    assert safe.world.rows(Case)[0].closed_on is None


@pytest.mark.safeguard("INV-33")
@on_both_databases
def test_a_lifted_hold_without_a_named_human_cannot_even_be_stored(safe: Safe) -> None:
    safe.world.child()
    with pytest.raises(IntegrityError), safe.world.work() as work:
        work.session.execute(update(Hold).values(state="lifted"))


@pytest.mark.safeguard("INV-21")
@on_both_databases
def test_disclosure_is_shut_from_the_first_second(safe: Safe) -> None:
    number = safe.world.register("Shirin")
    assert safe.shut(number) == set(Action)


@pytest.mark.safeguard("INV-17")
def test_an_outcome_is_reported_and_a_decision_recorded_by_receiving_bodies_only() -> None:
    for act in (Act.REPORT_OUTCOME, Act.RECORD_DECISION, Act.LIFT_HOLD):
        roles = {role for rule in policy.RULES if act in rule.acts for role in rule.roles}
        assert roles == {Role.PROTECTION_OFFICER}, act


@pytest.mark.safeguard("INV-24")
def test_no_list_of_a_post_tells_what_somebody_said(safe: Safe) -> None:
    told = {"sexual_violence_said": "yes", "lgbtiq_said": "yes", "serious_illness": "yes"}
    number = safe.asked_everything(**told)
    with safe.world.work("officer") as work:
        reads = len(work.vault.reads)
        shown = f"{post_lists.today(work)} {post_lists.tasks(work)}"
        assert len(work.vault.reads) == reads, "a list opens nothing"
    assert number in shown
    for word in (
        r"sexual\w*",
        r"lgbtiq\w*",
        r"serious\w*",
        "GBV",
        "LGB",
        "MED",
        "gbv_care",
        "Farrukh",
    ):
        assert not re.search(rf"\b{word}\b", shown), word
