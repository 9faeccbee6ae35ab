"""Broken glass: one case, an hour, read only, told at once, reviewed; and who can never break it."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import event

from models.cases import Case, Task
from models.glass import Glass
from models.log import LogEntry
from models.vocabulary import GlassReason, Role, TaskKind, TaskState, Urgency
from tests.world import World
from workflows import assessments, attachments, breakglass, casenumbers, oversight, summaries
from workflows.breakglass import Break
from workflows.errors import InvalidCommand, NotAllowed, NotAllowedNow, NotFound, SeraiError
from workflows.policy import Act, Actor

SAYS = "The shelter called: she may be in danger tonight."


def broken(world: World, number: str, who: str = "asylum", says: str = SAYS) -> None:
    with world.work(who) as work:
        command = Break(case_number=number, reason=GlassReason.LIFE_IN_DANGER, says=says)
        breakglass.break_glass(work, command)


def read(world: World, number: str, who: str = "asylum") -> object:
    with world.work(who) as work:
        return breakglass.read(work, number)


def review(world: World, who: str = "supervisor", *, justified: bool = True) -> None:
    glass = world.rows(Glass)[0]
    with world.work(who) as work:
        breakglass.review(work, glass.id, glass.version, justified=justified)


def tasks(world: World) -> dict[tuple[Role, UUID | None], Task]:
    found = world.rows(Task, Task.kind == TaskKind.REVIEW_GLASS)
    return {(task.role, task.desk_id): task for task in found}


def test_for_an_hour_one_case_is_read_and_nothing_else(any_world: World) -> None:
    number, other = any_world.child(), any_world.child("Latifa")
    with pytest.raises(NotFound):
        read(any_world, number)
    broken(any_world, number)
    assert read(any_world, number)
    for act in (lambda: read(any_world, other), lambda: read(any_world, number, "guardian")):
        with pytest.raises(NotFound):
            act()
    with pytest.raises(NotAllowed), any_world.work("asylum") as work:
        assessments.numbered(work, number)
    any_world.clock.forward(minutes=60)
    with pytest.raises(NotFound):
        read(any_world, number)


def test_whoever_has_the_case_is_told_at_once(world: World) -> None:
    number, referral = world.sent()
    world.accept(referral)
    broken(world, number)
    told = tasks(world)
    assert {role for role, _ in told} == {Role.SUPERVISOR, Role.PROTECTION_OFFICER}
    assert {task.due_at for task in told.values()} == {world.now + breakglass.REVIEWED_WITHIN}
    with world.work("guardian") as work:
        acts = [access.act for access in oversight.accesses(work, number)]
    assert Act.BREAK_GLASS in acts


def test_the_reason_is_for_the_reviewer_and_in_no_entry(world: World) -> None:
    number = world.child()
    broken(world, number)
    with world.work("supervisor") as work:
        (line,) = breakglass.to_review(work)
    assert (line.says, line.role, line.own) == (SAYS, Role.PROTECTION_OFFICER, False)
    assert SAYS[:12] not in str([vars(entry) for entry in world.rows(LogEntry)])


def test_a_review_ends_it_and_a_late_one_becomes_urgent_and_stops_the_next(world: World) -> None:
    number, other = world.child(), world.child("Latifa")
    broken(world, number)
    world.clock.forward(hours=72)
    for wanted in (1, 0):
        with world.work() as work:
            assert breakglass.escalate(work) == wanted
    assert {task.urgency for task in tasks(world).values()} == {Urgency.NOW}
    with pytest.raises(NotAllowedNow):
        broken(world, other)
    review(world, justified=False)
    assert {task.state for task in tasks(world).values()} == {TaskState.DONE}
    assert world.rows(Glass)[0].justified is False
    broken(world, other)
    with pytest.raises(NotAllowedNow):
        review(world)


def test_forces_other_countries_and_other_roles_cannot(world: World) -> None:
    number = world.child()
    for who in ("officer", "administrator", "monitor"):
        with pytest.raises(NotAllowed):
            broken(world, number, who)
    force = replace(world.actor("asylum"), force=True)
    abroad = replace(world.actor("asylum"), country="TJK")
    command = Break(case_number=number, reason=GlassReason.OTHER, says=SAYS)
    for actor in (force, abroad, world.actor("supervisor")):
        with pytest.raises(NotFound), world.work(actor) as work:
            breakglass.break_glass(work, command)


def test_words_are_needed(world: World) -> None:
    number = world.child()
    for says in ("", "  short ", "x" * 501):
        with pytest.raises(InvalidCommand):
            broken(world, number, says=says)


def test_an_account_of_the_country_of_origin_sees_nothing_by_any_rule(world: World) -> None:
    """A desk that was sent a case before the person said where they are from."""
    number, referral = world.sent()
    world.accept(referral)
    with world.work("guardian") as work:
        oversight.accesses(work, number)
    compatriot = replace(world.actor("guardian"), country="AFG")
    assert world.rows(Case, Case.number == number)
    with pytest.raises(NotFound), world.work(compatriot) as work:
        oversight.accesses(work, number)


def test_a_force_with_the_case_in_care_opens_no_document_and_no_whole_file(world: World) -> None:
    number, referral = world.sent()
    world.accept(referral)
    force = replace(world.actor("guardian"), force=True)
    for look in (attachments.documents, summaries.summary):
        with pytest.raises(NotFound), world.work(force) as work:
            look(work, number)


def asked_of(world: World, who: str | Actor, number: str, read: bool) -> tuple[str, list[str]]:
    """How the answer ends, and the statements that it took."""
    made: list[str] = []

    def note(*told: object) -> None:
        made.append(str(told[2]))

    engine = world.storage.engine
    actor = world.actor(who) if isinstance(who, str) else who
    event.listen(engine, "before_cursor_execute", note)
    try:
        with world.work(actor) as work:
            if read:
                breakglass.read(work, number)
            else:
                said = Break(case_number=number, reason=GlassReason.OTHER, says=SAYS)
                breakglass.break_glass(work, said)
    except SeraiError as error:
        return type(error).__name__, made
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return "opened", made


@pytest.mark.parametrize("read", [False, True])
@pytest.mark.parametrize("who", ["officer", "administrator", "supervisor", "abroad", "asylum"])
def test_a_case_that_does_not_open_and_none_are_one_answer_of_the_same_work(
    world: World, who: str, read: bool
) -> None:
    number = world.child()
    actor = world.actor("asylum" if who == "abroad" else who)
    if who == "abroad":
        actor = replace(actor, country="TJK")
    there = asked_of(world, actor, number, read)
    none = asked_of(world, actor, casenumbers.new_number(), read)
    if who == "asylum" and not read:
        # The one who may: it opens, and for a number that is none it does not.
        assert (there[0], none[0]) == ("opened", "NotFound")
    else:
        assert there == none
        assert there[0] == ("NotAllowed" if who in {"officer", "administrator"} else "NotFound")
