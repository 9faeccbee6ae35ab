"""Appointments: in the desk's own time; kept, moved, missed; a slip that tells nothing; the list of a day."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from sqlalchemy import update

from models.cases import Task
from models.casework import Appointment
from models.network import Agency, Desk
from models.vocabulary import AppointmentState, Bring, TaskKind, TaskState
from tests.protection.offices import World as Office
from tests.world import World
from workflows import appointments, summaries
from workflows.appointments import MakeAppointment, MoveAppointment, SettleAppointment
from workflows.errors import ChangedMeanwhile, InvalidCommand, NotAllowedNow, NotFound

TOMORROW = date(2026, 11, 25)


def made(world: World, number: str, **more):
    given = {"day": TOMORROW, "time": time(10, 30), "place": "Room 4", "bring": (Bring.PAPERS,)}
    with world.work("guardian") as work:
        return appointments.make(work, MakeAppointment(number=number, **{**given, **more}))


def in_care(world: World, name: str = "Zarifa") -> tuple[str, str]:
    number, referral = world.sent(name=name)
    world.accept(referral)
    return number, referral


def settle(world: World, number: str, which, state: AppointmentState, version: int = 1) -> None:
    command = SettleAppointment(number=number, appointment_id=which, state=state, version=version)
    with world.work("guardian2") as work:
        appointments.settle(work, command)


def open_tasks(world: World) -> list[Task]:
    return world.rows(Task, Task.kind == TaskKind.MISSED_APPOINTMENT, Task.state == TaskState.OPEN)


def test_a_missed_one_is_a_task_of_the_desk_until_another_is_made(any_world: World) -> None:
    world = any_world
    _, number = in_care(world)
    which = made(world, number)
    # 10:30 at the desk is 05:30 in UTC.
    assert world.rows(Appointment)[0].starts_at.isoformat() == "2026-11-25T05:30:00+00:00"
    with pytest.raises(NotAllowedNow):
        settle(world, number, which, AppointmentState.MISSED)
    world.clock.forward(days=1)
    settle(world, number, which, AppointmentState.MISSED)

    [task] = open_tasks(world)
    assert (task.desk_id, task.due_at - world.now) == (
        world.rows(Appointment)[0].desk_id,
        timedelta(hours=72),
    )
    with pytest.raises(NotAllowedNow):
        settle(world, number, which, AppointmentState.KEPT, version=2)
    made(world, number, day=TOMORROW + timedelta(days=3))
    assert open_tasks(world) == []


def test_it_is_told_in_the_zone_in_which_the_desk_tells_its_hours(world: World) -> None:
    _, number = in_care(world)
    with world.work() as work:
        work.session.execute(update(Desk).values(zone="Asia/Kabul"))
    made(world, number)
    assert world.rows(Appointment)[0].starts_at.isoformat() == "2026-11-25T06:00:00+00:00"
    with world.work("guardian") as work:
        [shown] = appointments.of_case(work, number)
    assert shown.local.strftime("%H:%M") == "10:30"


def test_one_that_is_moved_stays_beside_the_new_one(world: World) -> None:
    case, number = in_care(world)
    which = made(world, number)
    move = MoveAppointment(
        number=number,
        appointment_id=which,
        day=TOMORROW,
        time=time(16, 0),
        place="Room 5",
        bring=(),
        version=1,
    )
    with pytest.raises(ChangedMeanwhile), world.work("guardian") as work:
        appointments.move(work, replace(move, version=7))
    with world.work("guardian") as work:
        appointments.move(work, move)
    with pytest.raises(NotAllowedNow), world.work("guardian2") as work:
        appointments.move(work, replace(move, version=2))

    with world.work("guardian") as work:
        shown = appointments.of_case(work, number)
        heard = summaries.summary(work, case).appointments
    assert [(f"{one.local:%H:%M}", one.state, one.place) for one in shown] == [
        ("16:00", "planned", "Room 5"),
        ("10:30", "moved", "Room 4"),
    ]
    assert heard == shown
    other = in_care(world, "Latifa")[1]
    with pytest.raises(NotFound), world.work("guardian") as work:
        appointments.move(work, replace(move, number=other))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"day": TOMORROW - timedelta(days=2)}, "day"),
        ({"day": TOMORROW + timedelta(days=400)}, "day"),
        # It is noon at the desk.
        ({"day": TOMORROW - timedelta(days=1), "time": time(11, 59)}, "time"),
        ({"place": "  "}, "place"),
    ],
)
def test_what_cannot_be_an_appointment_is_named(world: World, wrong, field: str) -> None:
    _, number = in_care(world)
    with pytest.raises(InvalidCommand) as refused:
        made(world, number, **wrong)
    assert refused.value.params == {"field": field}


def test_the_list_of_the_day_is_that_of_the_desk_and_opens_nothing(world: World) -> None:
    _, late = in_care(world)
    _, early = in_care(world, "Latifa")
    made(world, late, time=time(23, 30))
    made(world, early, time=time(0, 15))

    with world.work("guardian2") as work:
        found = appointments.of_day(work, TOMORROW)
        assert work.vault.reads == []
    assert [f"{one.local:%H:%M}" for one in found.lines] == ["00:15", "23:30"]
    assert found.unsettled == ()
    world.clock.forward(days=3)
    with world.work("guardian") as work:
        today = appointments.of_day(work)
    assert (today.day, today.lines) == (TOMORROW + timedelta(days=2), ())
    assert len(today.unsettled) == 2
    with world.work("asylum") as work:
        assert appointments.of_day(work, TOMORROW).lines == ()


def test_the_slip_tells_when_and_where_in_two_languages_and_nothing_else(office: Office) -> None:
    number, _ = office.in_care()
    on = f"/care/{number}/appointments"
    typed = {"day-kind": "date", "day-calendar": "gregorian", "day-day": "20"}
    typed |= {"day-month": "11", "day-year": "2026", "time": "9.5", "place": "Room 4, Abay 10"}

    refused = office.press("desk.one", on, on=on, **typed)
    assert refused.status_code == 422
    assert "Room 4, Abay 10" in refused.text
    with office.work() as work:
        agency = work.session.get(Agency, office.actors["desk.one"].agency_id)
        names = set(agency.names.values())
    telling = office.press(
        "desk.one", on, on=on, **{**typed, "time": "09:30", "place": f"At {names.pop()}"}
    )
    assert telling.status_code == 422
    assert "would tell why" in telling.text
    right = {**typed, "time": "09:30", "bring": ["papers", "children"]}
    assert office.press("desk.one", on, on=on, **right).status_code == 303
    with office.work("desk.one") as work:
        [one] = appointments.of_case(work, number)
    slip = office.get("desk.two", f"{on}/{one.id}/slip").text

    article = re.search(r"<article.*</article>", slip, re.DOTALL)[0]
    # The person was told in Russian; the officer reads English.
    assert re.findall(r'lang="(\w+)"', article) == ["ru", "en"]
    assert "Room 4, Abay 10" in article
    assert "Friday, 20" in article.replace("\u00a0", " ")
    assert "пятница" in article
    for telling_word in (*names, "asylum", "refugee", "protection", "legal"):
        assert telling_word.casefold() not in article.casefold()
    day = office.get("desk.two", "/appointments?day=2026-11-20").text
    assert "09:30" in day
    assert "Abay" not in day
    assert office.get("desk.two", "/appointments?day=never").status_code == 404
    settled = {"version": "1", "state": "called_off", "from": "day"}
    assert office.press("desk.two", f"{on}/{one.id}/settle", on=on, **settled).status_code == 303
    assert office.get("desk.two", f"{on}/{one.id}/slip").status_code == 404
