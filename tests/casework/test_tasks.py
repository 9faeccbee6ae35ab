"""A desk's tasks: given to a colleague, resting, many at once with undo, handed over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from models.cases import Deadline, Task
from models.taskcare import TaskCare
from models.vocabulary import Role, TaskChangeKind, TaskState
from tests.protection.offices import World as Office
from tests.protection.offices import token_in
from tests.world import World
from workflows import desk_tasks, handing_over, letters, summaries, taskcare
from workflows.errors import InvalidCommand, NotAllowedNow, NotFound
from workflows.taskcare import Changed, ChangeTasks, Picked


def waiting(world: World, count: int) -> None:
    """So many tasks of the guardians' desk: to answer a referral each."""
    for number in range(count):
        world.sent(name=f"Zarifa {'abcdefghij'[number]}")
    world.deliver()


def listed(world: World, who="guardian", **more):
    with world.work(who) as work:
        return desk_tasks.of_desk(work, **more)


def changed(world: World, rows, who="guardian", **more) -> Changed:
    picked = tuple(Picked(task_id=one.id, version=one.version) for one in rows)
    with world.work(who) as work:
        return taskcare.change(work, ChangeTasks(picked=picked, **more))


def snooze(world: World, rows, hours: float = 1, **more) -> Changed:
    until = world.now + timedelta(hours=hours)
    given = {"kind": TaskChangeKind.SNOOZE, "until": until, "reason": "Interpreter away", **more}
    return changed(world, rows, **given)


def test_the_person_hears_why_work_for_them_rests_from_the_desk_that_lets_it_rest(
    world: World,
) -> None:
    case, number = world.sent()
    world.accept(number)
    first = next(one for one in listed(world) if one.case_number.replace(" ", "") == case)
    assert snooze(world, [first]).done == (first.id,)
    with world.work("guardian") as work:
        heard = summaries.summary(work, case).rests
    assert [(one.kind, one.reason) for one in heard.shown] == [(first.kind, "Interpreter away")]
    assert heard.elsewhere == 0
    with world.work("officer") as work:
        at_the_post = summaries.summary(work, case).rests
    assert (at_the_post.shown, at_the_post.elsewhere) == ((), 1)


def test_what_rests_comes_back_by_itself_and_never_beyond_a_deadline(any_world: World) -> None:
    world = any_world
    waiting(world, 2)
    first, second = listed(world)
    snooze(world, [first])
    assert [one.id for one in listed(world, "guardian2")] == [second.id]
    assert [one.id for one in listed(world, resting=True)] == [first.id]
    world.clock.forward(hours=2)
    assert {one.id for one in listed(world)} == {first.id, second.id}

    due = min(row.due_at for row in world.rows(Deadline) if row.case_id == case_of(world, second))
    hours = (due - world.now).total_seconds() / 3600 + 0.1
    refused = snooze(world, [second], hours=hours).refused
    assert [one.reason for one in refused] == ["beyond_deadline"]
    assert snooze(world, [second], hours=hours - 0.2).done == (second.id,)


def case_of(world: World, line):
    return world.rows(Task, Task.id == line.id)[0].case_id


def test_a_bad_row_is_named_and_stops_no_good_one_and_undo_puts_back(world: World) -> None:
    waiting(world, 4)
    rows = listed(world)
    stale, gone = replace(rows[0], version=9), replace(rows[1], id=uuid4())
    to = world.actor("guardian2").user_id
    picked = (stale, gone, rows[2], rows[3])

    with world.work("guardian") as work:
        look = taskcare.preview(
            work,
            ChangeTasks(
                picked=tuple(Picked(task_id=one.id, version=one.version) for one in picked),
                kind=TaskChangeKind.ASSIGN,
                to=to,
            ),
        )
    assert world.rows(TaskCare) == []
    made = changed(world, picked, kind=TaskChangeKind.ASSIGN, to=to)
    assert (set(look.done), look.refused) == (set(made.done), made.refused)
    assert set(made.done) == {rows[2].id, rows[3].id}
    assert [one.reason for one in made.refused] == ["changed", "gone"]
    assert {one.assigned_name for one in listed(world)} == {None, "guardian2"}

    # One of the two is changed again before the first change is taken back.
    later = next(one for one in listed(world) if one.id == rows[3].id)
    snooze(world, [later], who="guardian2")
    for stranger in ("guardian2", "asylum"):
        with pytest.raises(NotFound), world.work(stranger) as work:
            taskcare.undo(work, made.change_id)
    with (
        pytest.raises(NotFound),
        world.work(replace(world.actor("guardian"), session_id=uuid4())) as work,
    ):
        taskcare.undo(work, made.change_id)
    with world.work("guardian") as work:
        back = taskcare.undo(work, made.change_id)
    assert (back.done, [one.task_id for one in back.refused]) == ((rows[2].id,), [rows[3].id])
    assert {one.assigned_name for one in listed(world)} == {None}
    with pytest.raises(NotAllowedNow), world.work("guardian") as work:
        taskcare.undo(work, made.change_id)


def test_only_an_officer_of_the_same_desk_gets_a_task(world: World) -> None:
    waiting(world, 1)
    [row] = listed(world)
    to = world.actor("asylum").user_id
    assert [one.reason for one in changed(world, [row], kind=TaskChangeKind.ASSIGN, to=to).refused]
    refused = changed(world, [row], who="asylum", kind=TaskChangeKind.WAKE).refused
    assert [(one.reason, one.case_number) for one in refused] == [("gone", None)]
    with pytest.raises(InvalidCommand):
        changed(world, [row], kind=TaskChangeKind.ASSIGN)
    with pytest.raises(InvalidCommand):
        snooze(world, [row], reason=" ")
    with pytest.raises(InvalidCommand):
        changed(world, [row] * 0, kind=TaskChangeKind.WAKE)
    with pytest.raises(InvalidCommand):
        changed(world, [replace(row, id=uuid4()) for _ in range(501)], kind=TaskChangeKind.WAKE)


def test_a_supervisor_hands_over_all_of_an_absent_officers_open_tasks(any_world: World) -> None:
    world = any_world
    waiting(world, 3)
    one, two, three = listed(world)
    absent, to = (world.actor(name).user_id for name in ("guardian", "guardian2"))
    changed(world, [one, two], kind=TaskChangeKind.ASSIGN, to=absent)
    with world.work() as work:
        work.session.get_one(Task, two.id).state = TaskState.DONE
    head = replace(
        world.actor("supervisor"), role=Role.SUPERVISOR, agency_id=world.actor("guardian").agency_id
    )

    with world.work(head) as work:
        assert {officer.name for officer in handing_over.officers(work)} == {
            "guardian",
            "guardian2",
        }
        assert handing_over.hand_over(work, absent, to) == 1
        assert work.vault.reads == []
    assert {row.id: row.assigned_name for row in listed(world)} == {
        one.id: "guardian2",
        three.id: None,
    }
    with pytest.raises(InvalidCommand), world.work(head) as work:
        handing_over.hand_over(work, to, to)
    for supervisor, other in (
        (world.actor("supervisor"), to),
        (head, world.actor("asylum").user_id),
    ):
        with pytest.raises(NotFound), world.work(supervisor) as work:
            handing_over.hand_over(work, absent, other)


def test_the_page_previews_does_and_takes_back(office: Office) -> None:
    number, _ = office.referral()
    with office.work() as work:
        letters.deliver(work)
    on = "/desk/tasks"
    with office.work("desk.one") as work:
        # Tests of this file share the office, in any order.
        [row] = [one for one in desk_tasks.of_desk(work) if one.referral == number]
    mark = f"{row.id}.{row.version}"
    none = office.press("desk.one", f"{on}/preview", on=on, kind="wake")
    assert none.status_code == 422
    assert "Tick at least one task" in none.text
    empty = office.press("desk.one", f"{on}/preview", on=on, picked=mark, kind="assign")
    assert empty.status_code == 422
    assert "Choose who gets them" in empty.text
    assert f'value="{mark}" checked' in empty.text
    to = str(office.actors["desk.two"].user_id)
    look = office.press("desk.one", f"{on}/preview", on=on, picked=mark, kind="assign", to=to)
    assert "Tasks that would change: 1" in look.text
    done = office.press("desk.one", f"{on}/change", on=on, picked=mark, kind="assign", to=to)
    assert "Tasks changed: 1" in done.text
    assert "desk.two" in office.get("desk.one", on).text
    undo = done.text.split("/desk/tasks/changes/")[1].split('"')[0]
    client = office.client("desk.one")
    back = client.post(
        f"{on}/changes/{undo}", data={"csrf_token": token_in(office.get("desk.one", on).text)}
    )
    assert "Tasks put back: 1" in back.text


def test_the_page_keeps_good_rows_beside_a_stale_one_and_says_why(office: Office) -> None:
    """A colleague was quicker with one of two: the other is done, and the page names the first."""
    for name in ("Gulandama Berdimyrat", "Ogulsapar Ataeva"):
        office.referral(name)
    with office.work() as work:
        letters.deliver(work)
    with office.work("desk.one") as work:
        stale, good = desk_tasks.of_desk(work)[:2]
    to = office.actors["desk.two"].user_id
    with office.work("desk.two") as work:
        picked = (Picked(task_id=stale.id, version=stale.version),)
        taskcare.change(work, ChangeTasks(picked=picked, kind=TaskChangeKind.ASSIGN, to=to))

    on = "/desk/tasks"
    marks = [f"{stale.id}.{stale.version}", f"{good.id}.{good.version}", f"{uuid4()}.0"]
    given = {"picked": marks, "kind": "assign", "to": str(to)}
    look = office.press("desk.one", f"{on}/preview", on=on, **given)
    assert "Tasks that would change: 1" in look.text
    done = office.press("desk.one", f"{on}/change", on=on, **given)
    for said in (
        "Tasks changed: 1",
        "Somebody changed it since you opened the list",
        "It is done, or not your desk",
    ):
        assert said in done.text, said
    with office.work("desk.one") as work:
        names = {one.id: one.assigned_name for one in desk_tasks.of_desk(work)}
    assert (names[stale.id], names[good.id]) == ("desk.two", "desk.two")
