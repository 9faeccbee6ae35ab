"""No backup brings an erased person back: the main database's, the keys', or both at once."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from models.cases import Case
from models.people import Person
from models.rights import Erasure
from models.session import open_storage
from models.vault.tombstones import buried, rise_again
from tests.erasure.test_at_once import at_once
from tests.erasure.whole import back_up, erase, reconcile, restore
from tests.world import World
from workflows import erasure, log, restoring, search
from workflows.erasure import Certificate


def gone(world: World, number: str, stays: str) -> None:
    """The person is nowhere; the other one is found as ever."""
    assert {row.number for row in world.rows(Case)} == {stays}
    assert len(world.rows(Person)) == 1
    (person,) = (row.person_id for row in world.rows(Erasure))
    assert buried(world.storage.keys) == {person}
    assert rise_again(world.storage.keys, [person]) == set()
    with world.work("officer") as work:
        assert search.find(work, "Zarifa Ahmadi").hints == ()
    with world.work("officer") as work:
        assert [hint.case_number for hint in search.find(work, "Farrukh Saidov").hints] == [stays]
    with world.work() as work:
        assert log.verify(work.session, work.provider).findings == ()
    assert reconcile(world) == erasure.Reconciled(0, 0)


def two(world: World) -> tuple[str, str]:
    return world.register("Zarifa Ahmadi"), world.register("Farrukh Saidov")


def test_an_old_backup_of_the_main_database_does_not(any_office: World) -> None:
    number, stays = two(any_office)
    old = back_up(any_office)
    erase(any_office, number)
    restore(any_office, main=old.main)
    assert len(any_office.rows(Person)) == 2
    assert reconcile(any_office) == erasure.Reconciled(rows=1, keys=0)
    gone(any_office, number, stays)


def test_an_old_backup_of_the_keys_does_not(any_office: World) -> None:
    number, stays = two(any_office)
    old = back_up(any_office)
    erase(any_office, number)
    any_office.clock.forward(days=31)
    restore(any_office, keys=old.keys)
    assert reconcile(any_office) == erasure.Reconciled(rows=0, keys=1)
    gone(any_office, number, stays)


def test_old_backups_of_both_do_not_where_a_certificate_was_kept_outside(any_office: World) -> None:
    number, stays = two(any_office)
    old = back_up(any_office)
    made = erase(any_office, number)
    restore(any_office, main=old.main, keys=old.keys)
    # Neither database knows. This is why certificates leave the machine.
    assert reconcile(any_office) == erasure.Reconciled(0, 0)
    assert reconcile(any_office, made) == erasure.Reconciled(rows=1, keys=1)
    gone(any_office, number, stays)


def test_a_forged_certificate_erases_nobody(office: World) -> None:
    number, _ = two(office)
    person = office.rows(Case, Case.number == number)[0].person_id
    made = erase(office, office.register("Marzia"))
    with office.work() as work:
        token = log.subject_token(work.provider, person)
    forged = Certificate("X", {**made.body, "reference": token}, made.signature)
    assert reconcile(office, forged) == erasure.Reconciled(0, 0)
    assert len(office.rows(Person)) == 2


@pytest.mark.parametrize("times", [1, 3])
def test_reconciling_again_and_again_changes_nothing(office: World, times: int) -> None:
    number, stays = two(office)
    old = back_up(office)
    erase(office, number)
    restore(office, main=old.main)
    reconcile(office)
    for _ in range(times):
        assert reconcile(office) == erasure.Reconciled(0, 0)
    gone(office, number, stays)


def test_several_processes_that_start_at_once_bring_nobody_back(any_office: World) -> None:
    number, stays = two(any_office)
    old = back_up(any_office)
    erase(any_office, number)
    restore(any_office, main=old.main)
    processes = [replace(any_office, storage=open_storage(any_office.settings)) for _ in range(3)]
    found = at_once(
        *(
            partial(restoring.at_start, one.storage, one.settings, one.shelf, one.now)
            for one in processes
        )
    )
    for one in processes:
        one.storage.close()
    assert found == ["done"] * 3
    gone(any_office, number, stays)
