"""Keys through one unit of work: made, stored before the main commit, fetched together, forgotten, erased."""

from __future__ import annotations

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import event, func, select, update

from models.vault.errors import Denied, KeyConflict, KeyGone, NotHeld, Tampered
from models.vault.keys import DataKeyRow, KeyStore
from models.vault.providers import EnvProvider, FileProvider
from models.vault.vault import Vault
from models.vocabulary import PERSON_PURPOSES, Purpose
from tests.vault.sample import Machine, Traveller


def _count(machine: Machine) -> int:
    with machine.store.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(DataKeyRow)).scalar_one()


def _statements(engine) -> list[str]:
    seen: list[str] = []
    event.listen(
        engine, "before_cursor_execute", lambda _c, _cur, statement, *_r: seen.append(statement)
    )
    return seen


def test_all_purposes_of_a_person_are_made_with_one_insert(machine: Machine):
    seen = _statements(machine.store.engine)
    vault = Vault(machine.provider, machine.store)
    vault.create_keys(uuid4(), PERSON_PURPOSES)
    vault.flush_keys()
    assert len([s for s in seen if s.startswith("INSERT")]) == 1
    assert _count(machine) == len(PERSON_PURPOSES)


def test_the_keys_of_a_thousand_people_are_made_with_one_insert(machine: Machine):
    seen, people = _statements(machine.store.engine), [uuid4() for _ in range(1000)]
    vault = Vault(machine.provider, machine.store)
    vault.create_keys(people, PERSON_PURPOSES)
    vault.flush_keys()
    assert len([s for s in seen if s.startswith("INSERT")]) == 1
    assert _count(machine) == 1000 * len(PERSON_PURPOSES)


def test_making_keys_twice_keeps_the_first(machine: Machine):
    who = machine.enrol()
    before = machine.store.get(who, "identity")
    vault = Vault(machine.provider, machine.store)
    vault.create_keys(who, PERSON_PURPOSES)
    vault.flush_keys()
    assert machine.store.get(who, "identity") == before
    assert _count(machine) == len(PERSON_PURPOSES)


def test_keys_are_in_their_database_before_the_main_commit(machine: Machine):
    held_at_commit = []
    with machine.session() as session:
        traveller = Traveller(id=uuid4())
        session.add(traveller)
        traveller.given_name = "Parisa"
        event.listen(
            machine.main,
            "commit",
            lambda _c: held_at_commit.append(machine.store.get(traveller.id, "identity")),
        )
        session.commit()
    assert len(held_at_commit[0]) == 1


def test_what_is_sealed_at_the_last_moment_of_a_commit_has_its_key(machine: Machine):
    who = uuid4()

    def seal_late(session):
        traveller = Traveller(id=who)
        session.add(traveller)
        traveller.given_name = "Parisa"

    with machine.session() as session:
        event.listen(session, "before_commit", seal_late)
        session.commit()
    with machine.session((who, Purpose.IDENTITY)) as session:
        assert session.get(Traveller, who).given_name == "Parisa"


def test_the_vault_itself_opens_nothing_without_a_grant(machine: Machine):
    place = {"owner": uuid4(), "purpose": "identity", "table": "t", "column": "c", "row": uuid4()}
    vault = Vault(machine.provider, machine.store)
    blob = vault.seal(**place, plaintext=b"Parisa")
    with pytest.raises(Denied):
        vault.open(**place, blob=blob)
    vault.grant(place["owner"], Purpose.IDENTITY)
    assert vault.open(**place, blob=blob) == b"Parisa"
    assert [read.column for read in vault.reads] == ["c"]


def test_a_rolled_back_registration_leaves_nothing_but_perhaps_an_idle_key(machine: Machine):
    with machine.session() as session:
        traveller = Traveller(id=uuid4())
        session.add(traveller)
        traveller.given_name = "Parisa"
        session.flush()
        session.rollback()
    with machine.session() as session:
        assert session.scalars(select(Traveller)).all() == []


def test_two_makers_of_one_key_cannot_both_win(machine: Machine):
    who = uuid4()
    vaults = [Vault(machine.provider, machine.store) for _ in range(2)]
    for vault in vaults:
        vault.create_keys(who, [Purpose.IDENTITY])
    vaults[0].flush_keys()
    with pytest.raises(KeyConflict):
        vaults[1].flush_keys()
    with pytest.raises(Denied):
        vaults[1].sealing_key(who, "identity")
    assert _count(machine) == 1


def test_many_threads_enrol_and_read_side_by_side(machine: Machine):
    def work(number):
        who = machine.enrol(given=f"Name {number}")
        with machine.session((who, Purpose.IDENTITY)) as session:
            return session.get(Traveller, who).given_name == f"Name {number}"

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(64)))


def test_prefetch_asks_once_and_grants_nothing(machine: Machine):
    people = [machine.enrol() for _ in range(5)]
    seen = _statements(machine.store.engine)
    with machine.session() as session:
        vault = session.info["vault"]
        vault.prefetch(people, [Purpose.IDENTITY])
        vault.prefetch(people, [Purpose.IDENTITY])
        with pytest.raises(Denied):
            _ = session.get(Traveller, people[0]).given_name
    assert len([s for s in seen if s.startswith("SELECT")]) == 1


def test_erasing_makes_unreadable_at_once_and_for_good(machine: Machine):
    who = machine.enrol()
    with machine.session(*machine.everything(who)) as session:
        traveller = session.get(Traveller, who)
        assert traveller.given_name == "Gulnora"
        session.info["vault"].erase(who)
        with pytest.raises(KeyGone):
            _ = traveller.given_name
        with pytest.raises(KeyGone):
            traveller.given_name = "again"
        with pytest.raises(KeyGone):
            session.info["vault"].create_keys(who, [Purpose.IDENTITY])
        session.commit()
    assert _count(machine) == 0


def test_a_rolled_back_erasure_erases_nobody(machine: Machine):
    who = machine.enrol()
    with machine.session() as session:
        session.delete(session.get(Traveller, who))
        session.info["vault"].erase(who)
        session.rollback()
        session.commit()
    with machine.session((who, Purpose.IDENTITY)) as session:
        assert session.get(Traveller, who).given_name == "Gulnora"


def test_an_erasure_within_a_savepoint_waits_for_the_whole_commit(machine: Machine):
    who = machine.enrol()
    with machine.session() as session:
        with session.begin_nested():
            session.info["vault"].erase(who)
        assert _count(machine) == 1
        session.rollback()
    assert _count(machine) == 1


def test_a_wrapped_key_that_was_moved_is_refused(machine: Machine):
    one, other = machine.enrol(), machine.enrol()
    moved = machine.store.get(other, "identity")[0].wrapped
    with machine.store.engine.begin() as connection:
        connection.execute(
            update(DataKeyRow).where(DataKeyRow.owner_id == one).values(wrapped=moved)
        )
    with machine.session((one, Purpose.IDENTITY)) as session, pytest.raises(Tampered):
        _ = session.get(Traveller, one).given_name


def test_a_machine_without_the_purpose_key_opens_the_rest(sqlite_machine: Machine, tmp_path: Path):
    path = tmp_path / "keyring"
    full = FileProvider.create(path, "nine herons")
    machine = Machine(sqlite_machine.main, sqlite_machine.store, full)
    who = machine.enrol(telephone="+992")
    held = full._held
    without = {ref: key for ref, key in held.keks.items() if ref.purpose != "contact"}
    full._held = replace(held, keks=without)
    with machine.session(*machine.everything(who)) as session:
        traveller = session.get(Traveller, who)
        assert traveller.given_name == "Gulnora"
        with pytest.raises(NotHeld, match="contact"):
            _ = traveller.telephone


def test_a_closed_vault_holds_no_key(sqlite_machine: Machine):
    who = sqlite_machine.enrol()
    with sqlite_machine.session((who, Purpose.IDENTITY)) as session:
        vault = session.info["vault"]
        assert session.get(Traveller, who).given_name
        assert vault._keys
    assert [vault._keys, vault._wrapped, vault._granted, vault._pending] == [{}, {}, set(), []]


def test_the_schema_may_be_made_by_many_processes_at_once(machine: Machine):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: machine.store.create_schema(), range(8)))
    machine.enrol()


#: Enrols people for ever and dies by SIGKILL between the commit of the keys and that of the rows.
_DIES = """
import os, signal, sys
from uuid import uuid4
from sqlalchemy import event
from sqlalchemy.orm import Session
from models.vault.engine import prepare_engine
from models.vault.keys import KeyStore
from models.vault.providers import EnvProvider
from models.vault.vault import Vault
from tests.vault.sample import Traveller

folder, material, lives = sys.argv[1], sys.argv[2], int(sys.argv[3])
main = prepare_engine(f"sqlite:///{folder}/main.db", production=False)
store = KeyStore.open(f"sqlite:///{folder}/keys.db", production=False)
provider = EnvProvider.open(material, production=False)
commits = 0

def die(connection):
    global commits
    commits += 1
    if commits > lives:
        os.kill(os.getpid(), signal.SIGKILL)

event.listen(main, "commit", die)
while True:
    with Session(main) as session:
        session.info["vault"] = Vault(provider, store)
        traveller = Traveller(id=uuid4())
        session.add(traveller)
        traveller.given_name = "Gulnora"
        session.commit()
"""


def test_a_kill_between_the_two_commits_leaves_nothing_unreadable(
    sqlite_machine: Machine, tmp_path: Path
):
    material = EnvProvider.create()
    machine = Machine(
        sqlite_machine.main, sqlite_machine.store, EnvProvider.open(material, production=False)
    )
    for lives in (0, 3):
        ended = subprocess.run(
            [sys.executable, "-c", _DIES, str(tmp_path), material, str(lives)],
            cwd=Path(__file__).parents[2],
            capture_output=True,
            check=False,
        )
        assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()
    with machine.session() as session:
        people = session.scalars(select(Traveller.id)).all()
    assert len(people) == 3
    assert _count(machine) == 5, "two keys nobody needs"
    with machine.session(*machine.everything(*people)) as session:
        assert {session.get(Traveller, who).given_name for who in people} == {"Gulnora"}


def test_no_data_key_row_tells_a_time():
    assert set(DataKeyRow.__table__.c.keys()) == {
        "owner_id",
        "purpose",
        "version",
        "kek",
        "wrapped",
    }
    assert DataKeyRow.__table__.primary_key.name == "pk_data_key"
    assert KeyStore.__doc__
