"""Words in what is sealed of reception, of a case opened again, of a turned screen; a trial of new rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import get_args
from uuid import uuid4

from sqlalchemy import select, update

from models.base import Base
from models.cases import Case
from models.referrals import Referral
from models.vault.sealed import sealed_fields
from models.vocabulary import OverReason, Role, Solution, WayKind
from tests.world import CHILD_DESK, PASSWORD, World
from workflows import (
    beds,
    overfull,
    publishing,
    reopening,
    shadowing,
    sites,
    states,
    turned,
    ways_on,
)


def sleep_and_come_back(world: World, canary: Callable[[str], str], number: str) -> None:
    """A bed with what the house must know, more people than beds, and a closed case opened again."""
    case = world.rows(Case, Case.number == number)[0]
    of_guardians = Referral.desk_id == world.desk_id(CHILD_DESK), Referral.state.in_(states.TAKEN)
    referral = world.rows(Referral, Referral.case_id == case.id, *of_guardians)[0].number
    with world.work("guardian") as work:
        site = sites.add_site(work, sites.AddSite(desk=CHILD_DESK, name="House"))
        room = sites.add_room(work, sites.AddRoom(site_id=site, label="1", beds=2))
        note = canary("stay.detail")
        given = beds.Place(case_number=number, room_id=room, asked_alone=True, note=note)
        beds.place(work, given)
        went = ways_on.RecordWay(
            number=referral,
            kind=WayKind.SOLUTION,
            solution=Solution.CARE_FOUND,
            says=canary("way_on.content"),
        )
        ways_on.record(work, went)
    warden = replace(world.actor("guardian"), role=Role.SUPERVISOR)
    with world.work(warden) as work:
        why = canary("room.extra_note")
        more = overfull.AllowOverfull(
            room_id=room, extra=1, days=1, reason=OverReason.WEATHER, note=why, version=1
        )
        overfull.allow_overfull(work, more)
    gone = world.register(canary("person.names closed"))
    with world.work() as work:
        work.session.execute(
            update(Case)
            .where(Case.number == gone)
            .values(screened_on=world.now.date(), closed_on=world.now.date())
        )
    with world.work("supervisor") as work:
        reason = canary("reopening.reason")
        reopening.reopen(work, reopening.Reopen(case_number=gone, reason=reason))


def turn_a_screen(world: World, canary: Callable[[str], str]) -> None:
    """Somebody answers alone, asks for help and for another interpreter."""
    number = world.register(canary("person.names alone"))
    world.inform(number)
    official = replace(world.actor("officer"), session_id=uuid4())
    with world.work(official) as work:
        command = turned.TurnScreen(case_number=number, card="ill_treatment", language="ru")
        token = turned.turn(work, command)
    with world.work() as work:
        turned.answer(work, token, 0, "yes")
    for wished in get_args(turned.Wish):
        with world.work() as work:
            turned.wish(work, token, wished)


def try_new_rules(world: World) -> None:
    """A version in testing is asked about every open case, and what it says is kept."""
    command = publishing.BringIn(
        pack="kaz", note="a reason", signature=publishing.Signature(password=PASSWORD)
    )
    with world.work("administrator") as work:
        version = publishing.bring_in(work, command)
    with world.work("administrator") as work:
        publishing.start_testing(work, version, 1)
    with world.work() as work:
        assert shadowing.run_waiting(work)


def filled_fields(world: World) -> set[str]:
    """The sealed fields that hold something somewhere."""
    found = set()
    with world.storage.engine.connect() as connection:
        for field in sealed_fields(Base):
            column = Base.metadata.tables[field.table].c[f"{field.name}_ct"]
            if connection.execute(select(column).where(column.is_not(None)).limit(1)).first():
                found.add(f"{field.table}.{field.name}")
    return found
