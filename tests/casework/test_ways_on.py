"""How it may go on: alternatives, onward movement, solutions; a return opens last of all, and shuts again."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text, update

from models.cases import Hold
from models.casework import WayOn
from models.vocabulary import Action, Alternative, HoldState, Solution, There, WayKind
from tests.protection.offices import World as Office
from tests.world import World
from workflows import summaries, ways_on
from workflows.errors import InvalidCommand, NotAllowed, NotFound, StillHeld
from workflows.rules.answers import Source
from workflows.ways_on import PARTS, RecordWay, ReturnShut

BACK = {"kind": WayKind.RETURN, "country": "AFG"}
OFFERED = {"kind": WayKind.ALTERNATIVES, "alternatives": (Alternative.REGULAR_STAY,)}


def record(world: World, number: str, who: str = "guardian", **given: Any) -> None:
    with world.work(who) as work:
        ways_on.record(work, RecordWay(number=number, **given))


def shut(world: World, number: str) -> set[ReturnShut]:
    with world.work("guardian") as work:
        return set(ways_on.of_case(work, number).shut)


def open_up(world: World) -> None:
    """No safeguard shuts return any more: how that comes about has its own tests."""
    with world.work() as work:
        work.session.execute(
            update(Hold).where(Hold.action == Action.RETURN).values(state=HoldState.RELEASED)
        )


def test_a_return_opens_last_of_all_and_shuts_again_after_72_hours(any_world: World) -> None:
    world = any_world
    number, referral = world.sent()
    world.accept(referral)
    assert shut(world, referral) == set(ReturnShut)
    world.answer(number, source=Source.DECISION, recheck_done="yes")
    world.finish(number)
    assert shut(world, referral) == {ReturnShut.HELD, ReturnShut.NOTHING_OFFERED}
    record(world, referral, **OFFERED)
    with pytest.raises(StillHeld) as refused:
        record(world, referral, **BACK)
    assert refused.value.params == {"why": "held"}
    open_up(world)
    assert shut(world, referral) == set()
    record(world, referral, **BACK)
    world.clock.forward(days=3)
    assert shut(world, referral) == {ReturnShut.NOT_CHECKED_AGAIN}
    with pytest.raises(StillHeld):
        record(world, referral, **BACK)
    assert len(world.rows(WayOn)) == 2


@pytest.mark.parametrize("one", [There.NO, There.UNKNOWN])
def test_protection_elsewhere_is_available_only_where_all_of_it_is_certain(
    world: World, one: There
) -> None:
    _, referral = world.sent()
    world.accept(referral)
    all_of_it = dict.fromkeys(PARTS, There.YES)
    record(world, referral, kind=WayKind.ONWARD, country="IRN", there=all_of_it)
    world.clock.forward(minutes=1)
    record(world, referral, kind=WayKind.ONWARD, country="IRN", there={**all_of_it, "family": one})
    with world.work("guardian") as work:
        newest, first = ways_on.of_case(work, referral).ways
    assert (first.available, newest.available) == (True, False)
    with pytest.raises(InvalidCommand) as refused:
        record(world, referral, kind=WayKind.ONWARD, country="IRN", there={})
    assert refused.value.params == {"field": "documents"}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"kind": WayKind.ALTERNATIVES}, "alternatives"),
        ({"kind": WayKind.SOLUTION}, "solution"),
        ({"kind": WayKind.RETURN, "country": "XXQ"}, "country"),
        ({**OFFERED, "says": "a" * 1001}, "says"),
    ],
)
def test_what_belongs_to_it_is_asked_for(world: World, given: dict[str, Any], field: str) -> None:
    _, referral = world.sent()
    world.accept(referral)
    with pytest.raises(InvalidCommand) as refused:
        record(world, referral, **given)
    assert refused.value.params == {"field": field}


def test_what_is_recorded_is_sealed_for_civil_desks_that_have_them_in_care(world: World) -> None:
    number, referral = world.sent()
    with pytest.raises(NotFound):
        record(world, referral, **OFFERED)
    world.accept(referral)
    said = {"kind": WayKind.SOLUTION, "solution": Solution.CARE_FOUND, "says": "With her aunt"}
    record(world, referral, **said)
    with world.storage.engine.connect() as connection:
        raw = repr([bytes(v) if isinstance(v, memoryview) else v for row in
                    connection.execute(text("SELECT * FROM way_on")) for v in row])  # fmt: skip
    assert "aunt" not in raw
    assert "care_found" not in raw
    assert "solution" not in raw
    for who in ("officer", "supervisor", "administrator", "monitor"):
        with pytest.raises((NotAllowed, NotFound)):
            record(world, referral, who, **OFFERED)
    with world.work("guardian") as work:
        assert [one.solution for one in summaries.summary(work, number).ways] == [
            Solution.CARE_FOUND
        ]


def test_the_page_says_why_a_return_is_shut_and_keeps_what_was_typed(office: Office) -> None:
    number, _ = office.in_care()
    page = f"/care/{number}/ways"
    text_ = office.get("desk.one", page).text
    assert "A safeguard shuts return." in text_
    assert "disabled" in text_
    offer = f"{page}/alternatives"
    refused = office.press("desk.one", offer, on=offer, says="She wishes to work")
    assert refused.status_code == 422
    assert "She wishes to work" in refused.text
    done = office.press("desk.one", offer, on=offer, alternatives="work", says="She wishes to work")
    assert done.status_code == 303
    assert "A way to work lawfully" in office.get("desk.one", done.location).text
    back = office.press(
        "desk.one", f"{page}/return", on=f"{page}/return", country="TKM", says="By bus"
    )
    assert back.status_code == 422
    assert "By bus" in back.text
    onward = f"{page}/onward"
    parts = dict.fromkeys(PARTS, "yes")
    moved = office.press("desk.one", onward, on=onward, country="IRN", **parts)
    assert moved.status_code == 303
    assert "Protection was available there." in office.get("desk.one", page).text
    assert office.get("desk.one", f"{page}/nothing").status_code == 404
    assert office.get("desk.other", page).status_code == 404
