"""Rotation under a running writer and reader, on both databases: nothing fails to open, nothing is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Self
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, func, select, update

from models.session import Storage
from models.vault.errors import KeyConflict, KeyringDamaged, NotAllowed, NotHeld
from models.vault.format import version_of
from models.vault.index import NameIndex
from models.vault.keys import DataKeyRow
from models.vault.providers import LOOK_EVERY, FileProvider
from models.vault.reseal import Rotation
from models.vault.rotation import in_use, quiet, rewrap, under_older
from models.vocabulary import Purpose
from tests.vault.sample import Machine, Note, SampleBase, Traveller

PHRASE = "nine herons over the Panj"
IDENTITY = str(Purpose.IDENTITY)


@pytest.fixture(scope="module")
def keyring(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ring") / "keyring"
    FileProvider.create(path, PHRASE)
    return path


@pytest.fixture
def storage(machine: Machine, keyring: Path, tmp_path: Path) -> Storage:
    """The sample schema as the product opens a database, with a keyring of its own."""
    path = tmp_path / "keyring"
    path.write_bytes(keyring.read_bytes())
    path.chmod(0o600)
    provider = FileProvider.open(path, PHRASE)
    return Storage(machine.main, machine.store, provider, NameIndex(provider))


def enrol(storage: Storage, number: int, given: str = "Gulnora") -> list[UUID]:
    with storage.open_session() as (session, _vault):
        people = [Traveller(id=uuid4()) for _ in range(number)]
        session.add_all(people)
        session.flush()
        for person in people:
            person.given_name = given
            person.telephone = "+992"
            note = Note(id=uuid4(), person_id=person.id)
            session.add(note)
            note.claim = {"told": given}
        session.commit()
        return [person.id for person in people]


def read_all(storage: Storage) -> int:
    """Open everything of everybody; returns how many persons."""
    with storage.open_session() as (session, vault):
        people = session.scalars(select(Traveller)).all()
        for person in people:
            vault.grant(person.id, *(str(purpose) for purpose in Purpose))
            assert person.given_name in {"Gulnora", "Later"}
            assert person.telephone
        for note in session.scalars(select(Note).where(Note.person_id.in_([p.id for p in people]))):
            assert note.claim["told"] in {"Gulnora", "Later"}
        return len(people)


class Office:
    """A writer and a reader that go on until they are stopped, and what failed."""

    def __init__(self, storage: Storage) -> None:
        self.storage, self.failed, self.enough = storage, [], threading.Event()
        self.written = self.reads = 0
        self.threads = [threading.Thread(target=self._go, args=(one,)) for one in ("write", "read")]

    def __enter__(self) -> Self:
        for thread in self.threads:
            thread.start()
        self.at_work()
        return self

    def at_work(self) -> None:
        """Wait until each has done one more round."""
        written, reads = self.written, self.reads
        while not self.failed and not (self.written > written and self.reads > reads):
            self.enough.wait(0.01)

    def __exit__(self, *_what: object) -> None:
        self.enough.set()
        for thread in self.threads:
            thread.join(30)

    def _go(self, what: str) -> None:
        while not self.enough.is_set():
            try:
                if what == "write":
                    enrol(self.storage, 2, "Later")
                    self._rewrite()
                    self.written += 2
                else:
                    self.reads += read_all(self.storage)
            except Exception as failure:  # noqa: BLE001  # counted: none may happen
                self.failed.append(repr(failure))

    def _rewrite(self) -> None:
        with self.storage.open_session() as (session, _vault):
            person = session.scalars(select(Traveller).limit(1)).one()
            person.telephone = "+7"
            session.commit()


def test_a_purpose_key_is_rotated_while_people_work(
    storage: Storage, figure: Callable[[str], None]
) -> None:
    enrol(storage, 40)
    with Office(storage) as office:
        for _ in range(2):
            old = storage.provider.primary(IDENTITY)
            storage.provider.add_version(IDENTITY)
            quiet(storage.engine, storage.open_session)
            found = rewrap(storage.keys, storage.provider, IDENTITY, batch=20)
            assert found.left == 0
            office.at_work()
            quiet(storage.engine, storage.open_session)
            storage.provider.destroy_version(IDENTITY, old.version)
    assert office.failed == []
    assert office.written > 0
    assert office.reads > 0
    newest = storage.provider.primary(IDENTITY)
    assert under_older(storage.keys, newest) == 0
    assert {kek for kek in in_use(storage.keys) if kek.startswith(IDENTITY)} == {str(newest)}
    assert read_all(storage) >= 40
    figure(
        f"rotation of a purpose key x2, {storage.engine.dialect.name}: {office.reads} reads and"
        f" {office.written} enrolments meanwhile, {len(office.failed)} failed, 0 rows under the old key"
    )


def rotation(storage: Storage, **given: Any) -> Rotation:
    return Rotation(
        storage.engine, storage.keys, storage.provider, storage.open_session, SampleBase, **given
    )


@pytest.mark.asvs("11.2.2")
def test_data_keys_are_rotated_while_people_work(
    storage: Storage, figure: Callable[[str], None]
) -> None:
    people = enrol(storage, 60)
    with Office(storage) as office:
        found = [rotation(storage).run() for _ in range(2)]
        office.at_work()
    assert office.failed == []
    assert found[0].made >= 180
    assert found[0].values >= 170, "all but what was written anew meanwhile"
    assert found[0].destroyed >= found[0].made
    assert {key.version for who in people for key in storage.keys.get(who, IDENTITY)} == {3}
    with storage.open_session() as (session, _vault):
        blobs = session.scalars(select(Traveller.given_name_ct).where(Traveller.id.in_(people)))
        assert {version_of(blob) for blob in blobs} == {3}
    with storage.keys.engine.connect() as connection:
        several = (
            select(DataKeyRow.owner_id)
            .group_by(DataKeyRow.owner_id, DataKeyRow.purpose)
            .having(func.count() > 1)
        )
        assert connection.execute(several).all() == []
    assert read_all(storage) >= 60
    figure(
        f"rotation of data keys x2, {storage.engine.dialect.name}: {office.reads} reads and"
        f" {office.written} enrolments meanwhile, {len(office.failed)} failed, 0 values under old keys"
    )


def test_a_persons_destroyed_keys_stay_destroyed_through_a_rotation(storage: Storage) -> None:
    gone, kept = enrol(storage, 2)
    storage.keys.destroy([gone])
    rotation(storage).run()
    assert storage.keys.get(gone, IDENTITY) == []
    assert [key.version for key in storage.keys.get(kept, IDENTITY)] == [2]


@pytest.mark.parametrize(
    "machine", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)
def test_a_value_that_somebody_changes_while_it_is_sealed_anew_is_theirs(storage: Storage) -> None:
    """On SQLite there is one writer at a time; here somebody comes between reading and writing."""
    who = enrol(storage, 1)[0]
    changed: list[str] = []

    @contextmanager
    def disturbed() -> Iterator[Any]:
        with storage.open_session() as (session, vault):

            def between(execution: Any) -> None:
                person = "UPDATE traveller" in str(execution.statement)
                if execution.is_update and person and not changed:
                    changed.append("theirs")
                    with storage.open_session() as (other, _vault):
                        other.get_one(Traveller, who).telephone = "+7"
                        other.commit()

            event.listen(session, "do_orm_execute", between)
            yield session, vault

    found = replace(rotation(storage), opening=disturbed).run()
    # The name, and two of the note; the telephone was sealed by who changed it.
    assert (changed, found.values) == (["theirs"], 3)
    with storage.open_session() as (session, vault):
        vault.grant(who, "contact", "identity")
        person = session.get_one(Traveller, who)
        assert (person.telephone, person.given_name) == ("+7", "Gulnora")


#: Rotates and dies by SIGKILL in the middle of a step.
_DIES = """
import os, signal, sys
from models.vault.engine import prepare_engine
from models.vault.index import NameIndex
from models.vault.keys import KeyStore
from models.vault.providers import FileProvider
from models.session import Storage
from tests.vault.test_rotation import IDENTITY, PHRASE, rewrap, rotation

folder, what, lives = sys.argv[1], sys.argv[2], int(sys.argv[3])
from pathlib import Path
provider = FileProvider.open(Path(folder) / "keyring", PHRASE)
main = prepare_engine(f"sqlite:///{folder}/main.db", production=False)
store = KeyStore.open(f"sqlite:///{folder}/keys.db", production=False)
storage = Storage(main, store, provider, NameIndex(provider))
steps = []

def die(step):
    steps.append(step)
    if len([one for one in steps if what == "kek" or one == what]) > lives:
        os.kill(os.getpid(), signal.SIGKILL)

if what == "kek":
    provider.add_version(IDENTITY)
    rewrap(store, provider, IDENTITY, batch=10, after_batch=die)
else:
    rotation(storage, after_batch=die).run()
"""


@pytest.fixture
def killed(storage: Storage, sqlite_machine: Machine, tmp_path: Path) -> Callable[..., None]:
    del sqlite_machine

    def kill(what: str, lives: int) -> None:
        ended = subprocess.run(
            [sys.executable, "-c", _DIES, str(tmp_path), what, str(lives)],
            cwd=Path(__file__).parents[2],
            capture_output=True,
            check=False,
            env={**os.environ, "PYTHONPATH": "."},
        )
        assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()

    return kill


@pytest.mark.parametrize("machine", ["sqlite"], indirect=True)
def test_a_rotation_of_a_purpose_key_that_was_killed_goes_on(
    storage: Storage, killed: Callable[..., None]
) -> None:
    enrol(storage, 40)
    killed("kek", 1)
    assert storage.provider.primary(IDENTITY).version == 2, "the new key reached this process"
    assert read_all(storage) == 40
    assert 0 < under_older(storage.keys, storage.provider.primary(IDENTITY)) < 40
    found = rewrap(storage.keys, storage.provider, IDENTITY)
    assert found.left == 0
    storage.provider.destroy_version(IDENTITY, 1)
    assert read_all(storage) == 40


@pytest.mark.parametrize("machine", ["sqlite"], indirect=True)
def test_a_rotation_of_data_keys_that_was_killed_goes_on(
    storage: Storage, killed: Callable[..., None]
) -> None:
    who = enrol(storage, 40)[0]
    for step in ("made", "resealed"):
        killed(step, 0)
        assert read_all(storage) == 40
    found = rotation(storage).run()
    assert (found.made, read_all(storage)) == (0, 40)
    assert [key.version for key in storage.keys.get(who, IDENTITY)] == [2], "once, not three times"


def test_a_key_that_cannot_be_used_stops_the_rotation_and_loses_nothing(storage: Storage) -> None:
    enrol(storage, 30)
    provider = storage.provider
    full = provider.material()
    provider.add_version(IDENTITY)
    rewrap(storage.keys, provider, IDENTITY)
    provider.add_version(IDENTITY)
    held = provider.material()
    keks = {**held.keks, IDENTITY: {3: held.keks[IDENTITY][3]}}
    provider.change(lambda _held: replace(held, keks=keks))
    with pytest.raises(NotHeld):
        rewrap(storage.keys, provider, IDENTITY)
    provider.change(lambda _held: held)
    assert rewrap(storage.keys, provider, IDENTITY).left == 0
    assert read_all(storage) == 30
    assert full.primary[IDENTITY] == 1


def test_a_row_changed_under_the_rotations_hands_is_left_and_found_again(storage: Storage) -> None:
    who = enrol(storage, 1)[0]
    other = enrol(storage, 1)[0]
    provider = storage.provider
    provider.add_version(IDENTITY)
    first = storage.keys.get(who, IDENTITY)[0]

    class Meddling:
        """Writes the same key again, under the old purpose key, while it is being wrapped anew."""

        def __getattr__(self, name: str) -> Any:
            return getattr(provider, name)

        def wrap(self, kek: Any, raw: bytes, context: bytes) -> bytes:
            if first.wrapped == storage.keys.get(who, IDENTITY)[0].wrapped:
                old = replace_version(kek, 1)
                with storage.keys.engine.execution_options(sqlite_begin="IMMEDIATE").begin() as db:
                    mine = update(DataKeyRow).where(
                        DataKeyRow.owner_id == who, DataKeyRow.purpose == IDENTITY
                    )
                    db.execute(
                        mine.values(wrapped=provider.wrap(old, raw_of_first, context_of_first))
                    )
            return provider.wrap(kek, raw, context)

    from models.vault.format import key_context

    context_of_first = key_context(who, IDENTITY, 1)
    raw_of_first = provider.unwrap(
        replace_version(provider.primary(IDENTITY), 1), first.wrapped, context_of_first
    )
    found = rewrap(storage.keys, Meddling(), IDENTITY)
    assert (found.done, found.left) == (2, 0)
    assert read_all(storage) == 2
    assert other


def replace_version(kek: Any, version: int) -> Any:
    return replace(kek, version=version)


def test_a_unit_of_work_that_began_before_is_waited_for(storage: Storage) -> None:
    begun, done = threading.Event(), threading.Event()
    order: list[str] = []

    def slow() -> None:
        with storage.open_session() as (session, _vault):
            session.scalars(select(Traveller)).all()
            begun.set()
            done.wait(10)
            order.append("work")

    thread = threading.Thread(target=slow)
    thread.start()
    begun.wait(10)
    waiting = threading.Thread(
        target=lambda: (quiet(storage.engine, storage.open_session), order.append("quiet"))
    )
    waiting.start()
    waiting.join(0.2)
    assert order == []
    done.set()
    waiting.join(10)
    thread.join(10)
    assert order == ["work", "quiet"]


@pytest.mark.parametrize(
    "machine", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)
def test_a_unit_of_work_that_never_ends_is_not_waited_for_for_ever(storage: Storage) -> None:
    with storage.open_session() as (session, _vault):
        session.scalars(select(Traveller)).all()
        with pytest.raises(KeyConflict):
            quiet(storage.engine, storage.open_session, patience=0.1)


def test_the_newest_key_is_never_destroyed_and_a_locked_keyring_not_written(
    storage: Storage,
) -> None:
    provider = storage.provider
    with pytest.raises(NotAllowed):
        provider.destroy_version(IDENTITY, provider.primary(IDENTITY).version)
    unlocked = provider._unlocked
    provider.lock()
    with pytest.raises(KeyringDamaged):
        unlocked.reload()


def test_two_that_change_a_keyring_at_once_do_not_overwrite_each_other(
    storage: Storage, tmp_path: Path
) -> None:
    other = FileProvider.open(tmp_path / "keyring", PHRASE)
    other._renew()
    stale = other._unlocked
    storage.provider.add_version(IDENTITY)
    with pytest.raises(KeyConflict):
        stale.save(other._material)
    assert other.add_version(IDENTITY) == 3, "it looks again before it changes anything"
    time.sleep(LOOK_EVERY)
    assert storage.provider.primary(IDENTITY).version == 3
