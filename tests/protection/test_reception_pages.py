"""The pages of reception: a site, its rooms, a bed given and left; numbers for a supervisor, and no names."""

from __future__ import annotations

import re
from uuid import UUID

from sqlalchemy import select

from models.cases import Case
from models.reception import Room, Site, Stay
from models.vocabulary import StayState
from tests.protection.offices import NAME, World, desk_named
from workflows.casenumbers import show

ROOM = {"label": "B 12", "beds": "2", "open": "yes"}


def a_room(world: World, who: str = "desk.one", desk: str = "", **terms: str) -> tuple[str, str]:
    """A new site with a room, made through the pages: their ids."""
    code = desk or world.desk
    on = f"/reception/sites/new/{code}"
    name = f"House {len(rows(world, Site)) + 1}"
    assert world.press(who, on, on=on, name=name).status_code == 303
    site = next(one for one in rows(world, Site) if one.name == name)
    on = f"/reception/sites/{site.id}/rooms/new"
    assert world.press(who, on, on=on, **{**ROOM, **terms}).status_code == 303
    return str(site.id), str(next(one for one in rows(world, Room) if one.site_id == site.id).id)


def rows(world: World, model: type) -> list:
    with world.work() as work:
        return list(work.session.query(model).all())


def test_a_bed_is_given_through_the_pages_and_left(world: World) -> None:
    number, case = world.in_care()
    _, room = a_room(world)
    board = world.get("desk.one", "/reception").text
    assert show(case) in board
    assert NAME not in board
    on = f"/reception/cases/{show(case)}"
    refused = world.press("desk.one", on, on=on, here="yes", at="25:99", note="By the door")
    assert refused.status_code == 422
    assert "Choose the room" in refused.text
    assert "By the door" in refused.text
    late = world.press(
        "desk.one", on, on=on, room_id=room, here="yes", at="23:59", note="By the door"
    )
    assert late.status_code == 422
    assert "By the door" in late.text
    done = world.press("desk.one", on, on=on, room_id=room, here="yes", note="By the door")
    assert done.status_code == 303
    assert "The bed is given." in world.get("desk.one", done.location).text
    inside = world.get("desk.one", f"/reception/rooms/{room}").text
    assert show(case) in inside
    assert "By the door" in inside
    assert NAME not in inside
    assert "B 12" in world.get("desk.one", f"/care/{number}/whereabouts").text
    assert "B 12" in world.get("desk.one", f"/care/{number}/file").text
    again = world.press("desk.one", f"{on}/left", on=on)
    assert again.status_code == 422
    left = world.press("desk.one", f"{on}/left", on=on, reason="left")
    assert left.status_code == 303
    states = {one.case_id: one.state for one in rows(world, Stay)}
    with world.work() as work:
        case_id = work.session.scalars(select(Case.id).where(Case.number == case)).one()
    assert states[case_id] is StayState.GONE


def test_pressed_twice_it_is_one_bed(world: World) -> None:
    _, case = world.in_care()
    _, room = a_room(world)
    on = f"/reception/cases/{show(case)}"
    first = world.press("desk.one", on, on=on, room_id=room, here="no")
    second = world.press("desk.two", on, on=on, room_id=room, here="no")
    assert (first.status_code, second.status_code) == (303, 422)
    with world.work() as work:
        assert work.session.get_one(Room, UUID(room)).taken == 1
    come = f"{on}/arrived"
    assert world.press("desk.one", come, on=on).status_code == 303
    assert world.press("desk.one", come, on=on).status_code == 409


def test_a_room_is_changed_and_a_stale_page_is_told(world: World) -> None:
    _, room = a_room(world)
    on = f"/reception/rooms/{room}/change"
    page = world.get("desk.one", on).text
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version is not None
    terms = {**ROOM, "beds": "4", "out_of_use": "1", "version": version[1]}
    asked = world.press("desk.one", on, on=on, **terms)
    assert asked.status_code == 422
    assert "Choose why they are out of use." in asked.text
    assert world.press("desk.one", on, on=on, out_reason="repair", **terms).status_code == 303
    stale = world.press("desk.two", on, on=on, **{**terms, "label": "B 13"}, out_reason="repair")
    assert stale.status_code == 422
    assert "Somebody else changed this" in stale.text
    assert "B 13" in stale.text
    same = f"/reception/sites/{rows(world, Site)[-1].id}/rooms/new"
    assert world.press("desk.one", same, on=same, **ROOM).status_code == 422


def test_another_desks_house_is_not_there(world: World) -> None:
    site, room = a_room(world)
    for address in (
        f"/reception/rooms/{room}",
        f"/reception/rooms/{room}/change",
        f"/reception/sites/{site}/rooms/new",
        f"/reception/sites/new/{world.desk}",
    ):
        assert world.get("desk.other", address).status_code == 404


def test_a_supervisor_sees_numbers_and_answers_for_more_people_than_beds(world: World) -> None:
    _, room = a_room(world, "desk.other", world.other_desk, beds="1")
    assert desk_named(world, world.other_desk)
    page = "/occupancy"
    assert "B 12" in world.get("supervisor.elsewhere", page).text
    assert "B 12" not in world.get("supervisor", page).text
    on = f"/occupancy/rooms/{room}"
    assert world.get("supervisor", on).status_code == 404
    said = {"extra": "2", "days": "3", "reason": "weather", "version": "1"}
    refused = world.press("supervisor.elsewhere", on, on=on, **said)
    assert refused.status_code == 422
    assert "Write why there is no other way." in refused.text
    done = world.press("supervisor.elsewhere", on, on=on, note="Snow on the road", **said)
    assert done.status_code == 303
    assert "supervisor.elsewhere" in world.get("supervisor.elsewhere", page).text
    assert "Snow on the road" in world.get("supervisor.elsewhere", on).text
    assert "Snow" not in world.get("desk.other", "/reception").text
    stale = world.press("supervisor.elsewhere", on, on=on, note="Snow", **said)
    assert stale.status_code == 422
