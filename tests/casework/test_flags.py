"""Flags: at the top of the case while they stand, in its history for ever."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from models.casework import CaseFlag
from models.vocabulary import FlagKind
from tests.protection.offices import World as Office
from tests.world import World
from workflows import caseflags, desk_lists
from workflows.caseflags import EndFlag, RaiseFlag
from workflows.errors import ChangedMeanwhile, InvalidCommand, NotAllowedNow, NotFound


def raised(world: World, number: str, days: int = 3, **more) -> RaiseFlag:
    given = {"kinds": (FlagKind.INTERPRETER, FlagKind.FEMALE_OFFICER), "text": "Dari", **more}
    command = RaiseFlag(number=number, expires_on=world.now.date() + timedelta(days=days), **given)
    with world.work("guardian") as work:
        caseflags.raise_flag(work, command)
    return command


def top(world: World, number: str):
    with world.work("guardian2") as work:
        return desk_lists.case_file(work, number).flags


def test_a_flag_stands_until_its_last_day_and_stays_in_the_history(any_world: World) -> None:
    world = any_world
    number = world.sent()[1]
    world.accept(number)
    raised(world, number)

    assert [(one.kinds, one.text) for one in top(world, number)] == [
        ((FlagKind.INTERPRETER, FlagKind.FEMALE_OFFICER), "Dari")
    ]
    world.clock.forward(days=3)
    assert len(top(world, number)) == 1
    world.clock.forward(days=1)
    assert top(world, number) == ()
    with world.work("guardian") as work:
        [past] = caseflags.of_case(work, number)
    assert (past.text, past.standing, past.ended_on) == ("Dari", False, None)


def test_the_last_day_is_that_of_the_place(world: World) -> None:
    """At 20:30 UTC it is tomorrow in Almaty: a flag for the day that is over there cannot be set."""
    number = world.sent()[1]
    world.accept(number)
    world.clock.forward(hours=13.5)
    with pytest.raises(InvalidCommand):
        raised(world, number, days=0)


def test_a_flag_is_ended_once_by_whoever_saw_its_newest_version(world: World) -> None:
    number = world.sent()[1]
    world.accept(number)
    raised(world, number)
    [flag] = top(world, number)
    end = EndFlag(number=number, flag_id=flag.id, version=flag.version)

    with pytest.raises(ChangedMeanwhile), world.work("guardian2") as work:
        caseflags.end(work, replace(end, version=99))
    with world.work("guardian2") as work:
        caseflags.end(work, end)
    assert top(world, number) == ()
    with pytest.raises(NotAllowedNow), world.work("guardian") as work:
        caseflags.end(work, replace(end, version=flag.version + 1))
    other = world.sent(name="Latifa")[1]
    world.accept(other)
    with pytest.raises(NotFound), world.work("guardian") as work:
        caseflags.end(work, replace(end, number=other))
    assert world.rows(CaseFlag)[0].ended_by == world.actor("guardian2").user_id


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kinds": ()}, "kinds"),
        ({"kinds": (FlagKind.OTHER,), "text": " "}, "text"),
        ({"days": -1}, "expires_on"),
        ({"days": 400}, "expires_on"),
    ],
)
def test_what_cannot_be_a_flag_is_named(world: World, wrong, field: str) -> None:
    number = world.sent()[1]
    world.accept(number)
    with pytest.raises(InvalidCommand) as refused:
        raised(world, number, **wrong)
    assert refused.value.params == {"field": field}


def test_the_top_of_the_case_file_shows_it(office: Office) -> None:
    number, _ = office.in_care()
    on = f"/care/{number}/flags"
    day = {"expires_on-kind": "date", "expires_on-calendar": "gregorian"}
    day |= {"expires_on-day": "30", "expires_on-month": "11", "expires_on-year": "2026"}

    refused = office.press("desk.one", on, on=on, kinds="other", text="", **day)
    assert refused.status_code == 422
    assert "Write what to heed" in refused.text
    kinds = ["interpreter", "female_officer"]
    assert (
        office.press("desk.one", on, on=on, kinds=kinds, text="Turkmen", **day).status_code == 303
    )

    page = office.get("desk.two", f"/care/{number}").text
    assert "Interpreter needed · Speak to a woman only" in page
    assert "Turkmen" in page
    with office.work("desk.one") as work:
        [flag] = caseflags.of_case(work, number)
    ended = office.press("desk.two", f"{on}/{flag.id}/end", on=on, version=str(flag.version))
    assert ended.status_code == 303
    assert "Turkmen" not in office.get("desk.two", f"/care/{number}").text
    assert "Turkmen" in office.get("desk.two", on).text
