"""Parts of the canaries' story that speak of others: of a group, and of another installation."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

from models.agency_keys import OutsideThread
from models.vocabulary import LeftBecause, OutsideSide, OutsideState, SaidBy
from tests.world import World
from workflows import apart, families

#: A place in the database -> the word that stands there.
Canary = Callable[[str], str]


def keep_apart_and_leave(world: World, canary: Canary, number: str, other: str) -> None:
    """The person is kept from somebody of the group, who then leaves it in words."""
    with world.work("officer") as work:
        why = canary("no_contact.content")
        away = apart.KeepApart(case_number=number, other=other, said_by=SaidBy.SELF, why=why)
        apart.keep_apart(work, away)
    with world.work("officer") as work:
        leaving = families.LeaveGroup(
            case_number=other,
            because=LeftBecause.OWN_WISH,
            says=canary("membership.claim"),
            version=1,
        )
        families.leave(work, leaving)


def hear_from_outside(world: World, canary: Canary) -> None:
    """What another installation disclosed; how letters come in has its own tests."""
    with world.work() as work:
        thread = OutsideThread(
            id=uuid4(),
            thread="a" * 32,
            side=OutsideSide.RECEIVER,
            state=OutsideState.RECEIVED,
            ours="kaz.one",
            peer="kaz.other",
            opened_at=work.now,
            changed_at=work.now,
        )
        work.session.add(thread)
        thread.needs = {"note": canary("outside_thread.needs")}
        thread.identity = {"name": canary("outside_thread.identity")}
