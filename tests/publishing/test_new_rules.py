"""A new version gives at once and takes nothing by itself; what was said can be computed again."""

from __future__ import annotations

import shutil
from typing import Any

import pytest
from sqlalchemy import text

from models.cases import Assessment, Case, Hold, Need, Task
from models.publication import PackArchive, PackTrial
from models.vault.sealed import load_sealed
from models.vocabulary import HoldState, NeedState, Purpose, TaskKind, TaskState
from tests.publishing.conftest import Office, without_hold
from tests.world import World
from workflows import archives, holds, reassess, recheck, shadowing
from workflows.recheck import Outcome


def in_force(office: Office) -> None:
    """The worker's round after a version was published."""
    with office.world.work() as work:
        archives.keep_used(work)
    while True:
        with office.world.work() as work:
            if reassess.run_waiting(work) < reassess.BATCH:
                return


def held(world: World, number: str) -> dict[str, tuple[HoldState, str, Any]]:
    """Hold code -> state, cause, bodies named with the row (of any one of its actions)."""
    found = {}
    with world.work() as work:
        case = world.case(work, number)
        rows = (
            work.session.query(Hold)
            .filter(Hold.case_id == case.id)
            .options(*load_sealed(Hold.content))
        )
        with work.computing(case.person_id, Purpose.PROTECTION):
            for row in rows:
                content = row.content or {}
                found[content["code"]] = (row.state, content["cause"], content.get("bodies"))
    return found


def tasks(world: World, number: str) -> set[TaskKind]:
    return {task.kind for task in world.of(Task, number) if task.state is TaskState.OPEN}


def test_a_hold_of_precaution_whose_rule_is_gone_waits_for_a_named_decision(
    any_office: Office,
) -> None:
    office = any_office
    office.published()
    number = office.world.child()
    assert held(office.world, number)["H.medical"][:2] == (HoldState.ACTIVE, "precaution")

    without_hold(office, "H.medical")
    office.published()
    in_force(office)

    state, cause, bodies = held(office.world, number)["H.medical"]
    assert (state, cause, bodies) == (HoldState.LIFTABLE, "precaution", ["health"])
    assert {TaskKind.DECIDE_HOLD, TaskKind.STILL_NEEDED} <= tasks(office.world, number)

    # Nor later, when a question is answered under the new rules.
    office.world.answer(number, serious_illness="no")
    assert held(office.world, number)["H.medical"][0] is HoldState.LIFTABLE


def test_a_hold_of_precaution_still_ends_by_its_answer_after_a_new_version(office: Office) -> None:
    office.published()
    number = office.world.child()
    office.edit("kaz/pack.yaml", lambda text: text.replace("title: ", "title: New "))
    office.published()
    assert held(office.world, number)["H.third_state"][0] is HoldState.ACTIVE
    office.world.answer(number, return_to_third_state="no")
    assert held(office.world, number)["H.third_state"][0] is HoldState.RELEASED


def test_a_hold_without_a_pack_to_load_does_not_end_either(office: Office) -> None:
    """The old pack was never archived: an assessment before this product kept archives."""
    number = office.world.child()
    without_hold(office, "H.medical")
    office.published()
    in_force(office)
    assert held(office.world, number)["H.medical"][0] is HoldState.LIFTABLE


def test_a_hold_that_evidence_carried_stays_when_its_rule_is_gone(office: Office) -> None:
    office.published()
    number = office.world.child()
    office.world.answer(number, needs_doctor_now="yes")
    assert held(office.world, number)["H.medical"][1] == "evidence"
    without_hold(office, "H.medical")
    office.published()
    in_force(office)
    assert held(office.world, number)["H.medical"][0] is HoldState.LIFTABLE


def test_a_need_stays_when_the_rule_that_opened_it_is_gone(office: Office) -> None:
    office.published()
    number = office.world.child()
    before = {need.id: need.state for need in office.world.of(Need, number)}
    office.edit(
        "int/needs.yaml",
        lambda text: text.replace("{profile UAC: possible}", "{profile UAC: presumed}"),
    )
    # The country's own persons would notice, and stop the version.
    for path in office.folder.glob("kaz/vignettes/*.yaml"):
        path.unlink()
    office.published()
    in_force(office)
    after = {need.id: need.state for need in office.world.of(Need, number)}
    assert before.items() <= after.items()
    assert NeedState.OPEN in before.values()


def test_what_a_new_version_gives_acts_at_once(office: Office) -> None:
    office.published()
    number = office.world.child()
    before = set(held(office.world, number))
    office.edit(
        "int/holds.yaml",
        lambda text: (
            text
            + "\nH.new:\n  says: A new safeguard\n  shuts: RETURN\n  when: {age: maybe under 18}\n"
            + '  source: [CRC.1]\n  basis: "?"\n'
        ),
    )
    office.published()
    in_force(office)
    assert set(held(office.world, number)) == before | {"H.new"}


def test_a_closed_case_is_left_as_it_is(office: Office) -> None:
    office.published()
    number = office.world.child()
    with office.world.work() as work:
        case = office.world.case(work, number)
        case.screened_on = case.closed_on = office.world.now.date()
    before = len(office.world.of(Assessment, number))
    without_hold(office, "H.medical")
    office.published()
    in_force(office)
    assert len(office.world.of(Assessment, number)) == before


def test_a_body_that_the_row_names_may_lift_what_only_older_rules_carried(office: Office) -> None:
    office.published()
    number, referral = office.world.sent()
    office.world.accept(referral)
    without_hold(office, "H.medical")
    office.published()
    in_force(office)
    with office.world.work("guardian") as work:
        shown = {hold.code: hold for hold in holds.holds_of(work, number)}
    assert shown["H.medical"].bodies == ("health",)
    assert shown["H.medical"].state is HoldState.LIFTABLE


def test_every_stored_assessment_is_computed_again_to_the_last_byte(any_office: Office) -> None:
    office = any_office
    office.published()
    for name in ("Zarifa", "Marzia"):
        number = office.world.child(name)
        office.world.answer(number, needs_doctor_now="yes", injuries_seen="yes")
    office.edit("kaz/pack.yaml", lambda text: text.replace("title: ", "title: New "))
    office.published()
    in_force(office)
    office.world.clock.forward(days=400)
    office.world.answer(number, serious_illness="no")
    made = len(office.world.rows(Assessment))
    with office.world.work() as work:
        found = recheck.recheck(work, sample=1000)
    assert (found.tried, found.matched) == (made, made)
    with office.world.work() as work:
        assert recheck.recheck(work, sample=3, seed=1).tried == 3


def test_packs_of_the_folder_are_archived_too(office: Office) -> None:
    office.world.child()
    with office.world.work() as work:
        assert recheck.recheck(work).mismatches[0][2] is Outcome.NO_PACK
    with office.world.work() as work:
        archives.keep_used(work)
    assert office.world.rows(PackArchive)
    with office.world.work() as work:
        assert recheck.recheck(work).mismatches == ()


@pytest.mark.parametrize("column", ["as_of", "pack_sha256"])
def test_a_record_that_was_changed_is_found_and_named_by_a_hash_only(
    office: Office, column: str
) -> None:
    office.published()
    first = office.pack().sha256
    office.edit("kaz/pack.yaml", lambda text: text.replace("title: ", "title: New "))
    office.published()
    number = office.world.child()
    value = first if column == "pack_sha256" else "2020-01-01"
    with office.world.work() as work:
        work.session.execute(text(f"UPDATE assessment SET {column} = :value"), {"value": value})
    with office.world.work() as work:
        found = recheck.recheck(work)
    assert found.matched == 0
    assert number not in str(found)


def beside(office: Office) -> Any:
    """A version without H.medical and with fewer trafficking rules, in testing."""
    without_hold(office, "H.medical")
    version = office.bring_in()
    office.test(version)
    return version


def trials(office: Office) -> list[PackTrial]:
    return office.world.rows(PackTrial)


def test_a_version_in_testing_runs_beside_and_nothing_of_it_acts(any_office: Office) -> None:
    office = any_office
    office.published()
    version = beside(office)
    number = office.world.child()
    assert held(office.world, number)["H.medical"][0] is HoldState.ACTIVE
    assert [trial.version_id for trial in trials(office)] == [version]
    assert tasks(office.world, number) & {TaskKind.DECIDE_HOLD, TaskKind.STILL_NEEDED} == set()
    with office.world.work("supervisor") as work:
        found = shadowing.to_review(work, version)
    assert found.losing == (number,)


def test_cases_from_before_are_asked_by_the_worker(office: Office) -> None:
    office.published()
    numbers = {office.world.child(f"Zarifa {i}") for i in range(3)}
    version = beside(office)
    with office.world.work() as work:
        assert shadowing.run_waiting(work) == 3
    with office.world.work() as work:
        assert shadowing.run_waiting(work) == 0
    with office.world.work("supervisor") as work:
        assert set(shadowing.to_review(work, version).losing) == numbers


def test_case_numbers_are_for_those_who_may_see_the_cases(office: Office) -> None:
    office.published()
    office.world.child()
    version = beside(office)
    with office.world.work() as work:
        shadowing.run_waiting(work)
    with office.world.work("administrator") as work:
        assert shadowing.to_review(work, version) == shadowing.ToReview((), ())


def test_small_figures_and_what_would_tell_them_are_withheld(office: Office) -> None:
    office.published()
    for i in range(7):
        office.world.child(f"Zarifa {i}")
    version = beside(office)
    with office.world.work() as work:
        shadowing.run_waiting(work)
    shadow = office.row(version).shadow
    assert shadow is not None
    lines = {(line["change"], line["output"]): line for line in shadow["outputs"]}
    line = lines["lost", "hold H.medical"]
    assert line["total"] == 7
    figures = [v for name in ("country", "age_band", "sex") for v in line[name].values()]
    assert all(v is None or v == 0 or v >= 5 for v in figures)


def test_a_few_cases_give_no_figure_at_all(office: Office) -> None:
    office.published()
    office.world.child()
    version = beside(office)
    with office.world.work() as work:
        shadowing.run_waiting(work)
    shadow = office.row(version).shadow
    assert shadow is not None
    assert shadow["cases"] is None
    assert {line["total"] for line in shadow["outputs"]} == {None}


def test_a_shadow_run_over_stored_cases_counts_as_it_goes(office: Office) -> None:
    office.published()
    for i in range(6):
        office.world.child(f"Zarifa {i}")
    without_hold(office, "H.medical")
    other = office.world.shelf.get("kaz", office.world.now.date())
    with office.world.work() as work:
        found = list(shadowing.run_over(work, other))
        counted = shadowing.counts(work, found)
    assert len(found) == 6
    assert counted["cases"] == 6
    assert all("hold H.medical" in one.lost for _, one in found)
    assert office.world.rows(Case)
    assert trials(office) == []


def test_rules_that_carry_less_take_no_need_and_no_hold(office: Office) -> None:
    office.published()
    number = office.world.child()
    needs = {need.id for need in office.world.of(Need, number)}
    weaker = lambda text: text.replace("strength: key", "strength: weak")  # noqa: E731  # said once
    office.edit("int/rules/children.yaml", weaker)
    # Its own persons would notice, which is what they are for.
    shutil.rmtree(office.folder / "kaz" / "vignettes")
    office.published()
    in_force(office)
    assert {need.id for need in office.world.of(Need, number)} >= needs
    assert held(office.world, number)["H.child"][0] is HoldState.ACTIVE
