"""Two who approve at once, or somebody who reads meanwhile: one erasure, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread
from uuid import uuid4

import pytest

from models.people import Person
from models.rights import Erasure
from models.vault.errors import KeyGone, Tampered
from models.vault.tombstones import buried
from models.vocabulary import Role
from tests.erasure.whole import propose
from tests.world import BORDER, PASSWORD, POST, World
from workflows import erasure, log, retention, summaries
from workflows.accounts import CreateUser, make_user
from workflows.erasure import DecideErasure
from workflows.errors import Busy, ChangedMeanwhile, NotAllowedNow, NotFound

ROUNDS = 3
#: What the second of two may be told; anything else is a fault.
TOLD = (Busy, ChangedMeanwhile, NotAllowedNow, NotFound, KeyGone, Tampered)


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Do all at the same moment; what became of each."""
    start, found = Barrier(len(acts)), ["" for _ in acts]

    def run(number: int, act: Callable[[], object]) -> None:
        start.wait()
        try:
            act()
            found[number] = "done"
        except TOLD as told:
            found[number] = type(told).__name__

    threads = [Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def with_third(world: World) -> World:
    command = CreateUser(
        name="third", password=PASSWORD, role=Role.SUPERVISOR, agency=BORDER, post=POST, desks=()
    )
    with world.work() as work:
        make_user(work, command)
    return world


def approves(world: World, who: str, command: DecideErasure) -> Callable[[], object]:
    def act() -> object:
        with world.work(who) as work:
            return erasure.decide(work, command)

    return act


def test_of_two_who_approve_at_once_one_erases(
    any_office: World, figure: Callable[[str], None]
) -> None:
    world = with_third(any_office)
    world.actor("third")
    winners = []
    for number in range(ROUNDS):
        propose(world, world.register(f"Gone{number}"))
        with world.work("second") as work:
            (line,) = retention.overview(work).proposals
        command = DecideErasure(proposal_id=line.id, version=line.version, approve=True)
        found = at_once(approves(world, "second", command), approves(world, "third", command))
        winners.append(found.count("done"))
    assert winners == [1] * ROUNDS
    assert len(world.rows(Erasure)) == len(buried(world.storage.keys)) == ROUNDS
    assert world.rows(Person) == []
    with world.work() as work:
        assert log.verify(work.session, work.provider).findings == ()
    figure(f"erasure approved by two at once: {ROUNDS} rounds, {max(winners)} winner each")


def test_who_reads_while_a_person_is_erased_reads_all_or_nothing(any_office: World) -> None:
    world = any_office
    for number in range(ROUNDS):
        case = world.register(f"Gone{number}")
        propose(world, case)
        with world.work("second") as work:
            (line,) = retention.overview(work).proposals
        command = DecideErasure(proposal_id=line.id, version=line.version, approve=True)
        names: list[tuple[str, ...]] = []

        def reads(case: str = case, names: list[tuple[str, ...]] = names) -> None:
            with world.work("officer") as work:
                names.append(summaries.summary(work, case).names)

        found = at_once(approves(world, "second", command), reads)
        assert found[0] == "done"
        assert names in ([], [(f"Gone{number}",)])
    assert world.rows(Person) == []


def test_a_row_that_is_gone_between_two_statements_is_told_not_a_fault(any_office: World) -> None:
    """What PostgreSQL shows when somebody's reading comes between: the second statement finds nothing."""
    with pytest.raises(ChangedMeanwhile), any_office.work("officer") as work:
        work.session.get_one(Person, uuid4())
