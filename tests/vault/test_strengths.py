"""Three strengths of a purpose, on the whole product: members who are signed in, drop-boxes, and travel."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url, update

from config.loading import load
from models.accounts import SignIn
from models.people import Person
from models.session import guard as guard_of
from models.session import open_storage
from models.vault.contract import KekRef
from models.vault.custody import join, open_half
from models.vault.errors import (
    KeyGone,
    NotAllowed,
    NotHeld,
    PurposeClosed,
    Tampered,
    WrongPassphrase,
)
from models.vault.factors import code_at
from models.vault.guarded import GuardedProvider
from models.vault.index import NameIndex
from models.vault.members import Members, digest
from models.vault.pairs import STALE, PairBook, PairRow, PrivateHalf
from models.vault.providers import EnvProvider, FileProvider, _derive, _root
from models.vocabulary import PERSON_PURPOSES, Purpose
from tests.conftest import Template
from tests.world import PASSWORD, World
from workflows import passwords, search, sessions, sign_in
from workflows.keeping_keys import Keeping
from workflows.packs import Shelf

PHRASE, BUNDLE = "nine herons over the Panj", "what the bundle is opened with"
PROTECTION = str(Purpose.PROTECTION)


@pytest.fixture(scope="module")
def moved(sqlite_template: Template, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The prepared world with its keys in a keyring file."""
    folder = tmp_path_factory.mktemp("moved")
    for url in (sqlite_template.main_url, sqlite_template.keys_url):
        shutil.copy(str(make_url(url).database), folder)
    (folder / "passphrase").write_text(PHRASE)
    material = _derive(_root(sqlite_template.material, "test"))
    FileProvider.restore(folder / "keyring", PHRASE, material)
    return folder


@dataclass
class Place:
    """A machine: a folder, and processes that open it."""

    folder: Path
    shelf: Shelf
    secrets: dict[str, str]

    def process(self, **environ: str) -> World:
        settings = load(environ, self.folder)
        return World(open_storage(settings), settings, self.shelf, self.secrets)

    def keeping(self, world: World) -> Keeping:
        return Keeping(world.storage, world.settings, self.shelf, lambda: world.now)


@pytest.fixture
def place(moved: Path, sqlite_template: Template, shelf: Shelf, tmp_path: Path) -> Place:
    shutil.copytree(moved, tmp_path / "data")
    return Place(tmp_path / "data", shelf, sqlite_template.secrets)


MEMBERS = {"SERAI_MEMBER_PURPOSES": PROTECTION}


def signed_in(world: World, name: str, password: str = PASSWORD) -> str:
    world.clock.forward(seconds=60)
    command = sign_in.SignInCommand(
        name=name,
        password=password,
        code=code_at(world.secrets[name], world.now),
        address="192.0.2.1",
    )
    with world.work() as work:
        return sign_in.sign_in(work, command).token


def served(world: World, token: str) -> sessions.Resumed | None:
    """A page of a session, in whichever process."""
    limits = world.settings.idle_limit, world.settings.absolute_limit
    with world.storage.open_session() as (session, _vault):
        found = sessions.resume(session, token, world.now, *limits)
        session.commit()
        return found


def guard(world: World) -> GuardedProvider:
    assert isinstance(world.storage.provider, GuardedProvider)
    return world.storage.provider


def needs(world: World, number: str) -> object:
    """Open what was seen at a glance: a protection field."""
    with world.work() as work:
        case = world.case(work, number)
        work.vault.grant(case.person_id, Purpose.PROTECTION)
        return case.urgent_needs


def name_of(world: World, number: str) -> str:
    with world.work() as work:
        person = work.session.get_one(Person, world.case(work, number).person_id)
        work.vault.grant(person.id, Purpose.IDENTITY)
        return str((person.names or [{}])[0].get("text"))


def later(world: World) -> None:
    """The next look at the sessions table is due."""
    guard(world).members._checked = 0.0


class TestMembers:
    """Open while one of them is signed in, in every process of the server; closed with the last session."""

    @pytest.fixture
    def one(self, place: Place) -> Iterator[World]:
        world = place.process(**MEMBERS)
        for name in ("guardian", "guardian2"):
            signed_in(world, name)
        place.keeping(world).strengthen(PROTECTION, ["guardian", "guardian2"])
        yield world
        world.storage.close()

    def test_the_server_alone_cannot_open_it_and_goes_on_writing(
        self, one: World, place: Place
    ) -> None:
        number = one.register()
        with pytest.raises(PurposeClosed):
            needs(one, number)
        assert name_of(one, number) == "Zarifa"
        base = guard(one).base
        assert isinstance(base, FileProvider)
        assert PROTECTION not in base.material().keks
        assert not guard(one).can_unwrap(PROTECTION)
        assert place.folder.joinpath("keyring").exists()

    def test_it_is_open_in_every_process_while_a_member_is_signed_in(
        self, one: World, place: Place
    ) -> None:
        number = one.register()
        token = signed_in(one, "guardian")
        assert needs(one, number) is None or needs(one, number) == []
        other = place.process(**MEMBERS)
        other.clock.now = one.now
        with pytest.raises(PurposeClosed):
            needs(other, number)
        assert served(other, token)
        needs(other, number)
        other.storage.close()

    def test_signing_out_closes_it_everywhere(self, one: World, place: Place) -> None:
        number, token = one.register(), signed_in(one, "guardian")
        other = place.process(**MEMBERS)
        other.clock.now = one.now
        resumed = served(other, token)
        served(one, token)
        assert resumed is not None
        with one.work(resumed.actor) as work:
            sessions.sign_out(work)
        for world in (one, other):
            guard(world).members._open[digest(token)].believed = None
            later(world)
            with pytest.raises(PurposeClosed):
                needs(world, number)
        other.storage.close()

    def test_a_session_that_an_administrator_ends_closes_it_too(self, one: World) -> None:
        number, token = one.register(), signed_in(one, "guardian")
        served(one, token)
        later(one)
        needs(one, number)
        with one.work() as work:
            work.session.execute(update(SignIn).values(ended_at=one.now))
        later(one)
        with pytest.raises(PurposeClosed):
            needs(one, number)

    def test_idleness_closes_it(self, one: World) -> None:
        number = one.register()
        signed_in(one, "guardian")
        needs(one, number)
        members = guard(one).members
        at = members._clock()
        members._clock = lambda: at + one.settings.idle_limit.total_seconds() + 1
        with pytest.raises(PurposeClosed):
            needs(one, number)

    def test_it_stays_open_while_another_member_is_signed_in(self, one: World) -> None:
        number = one.register()
        first, second = signed_in(one, "guardian"), signed_in(one, "guardian2")
        guard(one).members.sign_out(digest(first))
        needs(one, number)
        guard(one).members.sign_out(digest(second))
        with pytest.raises(PurposeClosed):
            needs(one, number)

    def test_somebody_who_was_not_given_it_opens_nothing(self, one: World) -> None:
        number = one.register()
        signed_in(one, "officer")
        with pytest.raises(PurposeClosed):
            needs(one, number)

    def test_a_changed_password_and_a_new_token_take_the_key_along(self, one: World) -> None:
        number, token = one.register(), signed_in(one, "guardian")
        resumed = served(one, token)
        assert resumed is not None
        command = passwords.ChangePassword(
            present=PASSWORD, wanted="another phrase of many words", address="192.0.2.1"
        )
        with one.work(resumed.actor) as work:
            fresh = passwords.change_own(work, command).token
        needs(one, number)
        assert served(one, fresh)
        guard(one).members.forget()
        with pytest.raises(PurposeClosed):
            needs(one, number)
        signed_in(one, "guardian", "another phrase of many words")
        needs(one, number)

    def test_a_password_set_by_somebody_else_opens_nothing_until_it_is_given_again(
        self, one: World, place: Place
    ) -> None:
        number, members = one.register(), guard(one).members
        guardian = one.actor("guardian").user_id
        members.forget()
        assert members.sign_in(guardian, "set by an administrator", "token", idle=60) == 0
        with pytest.raises(PurposeClosed):
            needs(one, number)
        place.keeping(one).give(PROTECTION, "guardian", "guardian2", PASSWORD)
        assert members.sign_in(guardian, "set by an administrator", "token", idle=60) == 1
        needs(one, number)

    def test_taking_it_back_works_at_once(self, one: World, place: Place) -> None:
        number = one.register()
        signed_in(one, "guardian")
        place.keeping(one).take_back("guardian")
        later(one)
        with pytest.raises(PurposeClosed):
            needs(one, number)

    def test_a_stolen_database_with_the_password_is_not_enough(
        self, one: World, place: Place
    ) -> None:
        """A member's key also needs a token key of the server."""
        keys = one.storage.keys.engine
        thief = EnvProvider.open(EnvProvider.create(), production=False)
        with pytest.raises(PurposeClosed):
            Members(keys, thief).open_with(one.actor("guardian").user_id, PASSWORD)
        with pytest.raises(PurposeClosed):
            place.keeping(one).give(PROTECTION, "asylum", "guardian", "wrong password")

    def test_who_has_never_signed_in_cannot_be_given_anything(
        self, one: World, place: Place
    ) -> None:
        with pytest.raises(KeyGone, match="sign in once"):
            place.keeping(one).give(PROTECTION, "asylum", "guardian", PASSWORD)
        signed_in(one, "asylum")
        with pytest.raises(NotAllowed, match="not given"):
            place.keeping(one).give(PROTECTION, "guardian", "asylum", PASSWORD)

    def test_custodians_open_what_members_lost(self, one: World, place: Place) -> None:
        signed_in(one, "guardian")
        shares = place.keeping(one).custodians()
        found = place.keeping(one).drill(shares[1:])
        assert found.pairs == 1
        pair = guard(one).book.newest(PROTECTION)
        assert pair is not None
        assert pair.recovery is not None
        assert open_half(join(shares[:2]), pair.recovery).public == pair.public


class TestDropBox:
    """Only the public half is here: what is written is not read back, and the rest goes on."""

    @pytest.fixture
    def border(self, place: Place) -> Iterator[World]:
        home = place.process()
        guard(home).book.add(PROTECTION, PrivateHalf.fresh())
        home.storage.close()
        world = place.process(SERAI_DROP_BOX_PURPOSES=PROTECTION)
        yield world
        world.storage.close()

    def test_registration_goes_on_and_nothing_is_read_back(self, border: World) -> None:
        number = border.register()
        border.inform(number)
        with pytest.raises(PurposeClosed) as closed:
            needs(border, number)
        assert "protection" in str(closed.value)
        assert name_of(border, number) == "Zarifa"

    def test_without_even_the_public_half_it_says_what_to_do(self, place: Place) -> None:
        world = place.process(SERAI_DROP_BOX_PURPOSES="medical")
        with pytest.raises(NotHeld, match="serai keys strengthen medical"):
            guard(world).primary("medical")
        world.storage.close()

    def test_a_public_half_that_an_attacker_wrote_is_refused(self, border: World) -> None:
        stranger = PrivateHalf.fresh()
        with border.storage.keys.engine.begin() as connection:
            connection.execute(update(PairRow).values(public=stranger.public.raw))
        book = PairBook(border.storage.keys.engine, guard(border).base)
        with pytest.raises(Tampered):
            book.newest(PROTECTION)
        guard(border).book._read_at = None
        with pytest.raises(Tampered):
            border.register()


class TestTravel:
    """Before a border the machine becomes a drop-box; afterwards everything opens again."""

    def test_there_and_back(self, place: Place, tmp_path: Path) -> None:
        world = place.process()
        before = world.register("Zarifa")
        running = place.process()
        keeping = place.keeping(world)
        bundle = tmp_path / "bundle"
        gone = keeping.travel(bundle, BUNDLE, [])
        assert set(gone) == {str(purpose) for purpose in PERSON_PURPOSES}

        for machine in (world, running, place.process()):
            for field in (needs, name_of):
                with pytest.raises(NotHeld):
                    field(machine, before)
        abroad = running.register("Parwana")
        with pytest.raises(NotHeld):
            name_of(running, abroad)
        base = guard(world).base
        assert isinstance(base, FileProvider)
        assert set(base.material().keks) == {"account", "blob"}
        assert signed_in(world, "officer"), "signing in needs no purpose of persons"

        assert keeping.come_back(bundle, BUNDLE) >= len(PERSON_PURPOSES)
        for machine in (world, running, place.process()):
            assert (name_of(machine, before), name_of(machine, abroad)) == ("Zarifa", "Parwana")
        assert guard(world).book.all() == []
        assert keeping.rotate_index().persons == 1, "whoever was registered before the journey"
        assert found(world, "Zarifa") == 1

    def test_a_wrong_passphrase_brings_nothing_back(self, place: Place, tmp_path: Path) -> None:
        world = place.process()
        keeping = place.keeping(world)
        keeping.travel(tmp_path / "bundle", BUNDLE, [PROTECTION])
        with pytest.raises(WrongPassphrase, match="the passphrase of the bundle"):
            keeping.come_back(tmp_path / "bundle", "another")
        assert not guard(world).can_unwrap(PROTECTION)
        assert guard(world).can_unwrap("identity")
        with pytest.raises(NotAllowed, match="not on this machine"):
            keeping.travel(tmp_path / "second", BUNDLE, [PROTECTION])

    def test_what_members_were_given_travels_too(self, place: Place, tmp_path: Path) -> None:
        world = place.process(**MEMBERS)
        for name in ("guardian", "guardian2"):
            signed_in(world, name)
        keeping = place.keeping(world)
        keeping.strengthen(PROTECTION, ["guardian", "guardian2"])
        number = world.register()
        keeping.travel(tmp_path / "bundle", BUNDLE, [])
        guard(world).members.forget()
        signed_in(world, "guardian")
        with pytest.raises(PurposeClosed):
            needs(world, number)
        keeping.come_back(tmp_path / "bundle", BUNDLE)
        signed_in(world, "guardian")
        needs(world, number)


def test_keys_of_the_environment_neither_travel_nor_rotate(world: World) -> None:
    keeping = Keeping(world.storage, world.settings, world.shelf, lambda: world.now)
    with pytest.raises(NotAllowed):
        keeping.travel(world.settings.data_dir / "bundle", BUNDLE, [])
    with pytest.raises(NotAllowed):
        keeping.rotate_purpose("identity")


def test_a_pair_opens_what_was_sealed_to_it_in_its_context_alone() -> None:
    one, other = PrivateHalf.fresh(), PrivateHalf.fresh()
    blob = one.public.seal(bytes(32), b"here")
    assert (len(blob), one.open(blob, b"here")) == (1168, bytes(32))
    assert replace(one) == one
    for private, sealed, info in (
        (one, blob, b"there"),
        (other, blob, b"here"),
        (one, blob[:-1], b"here"),
        (one, b"", b"here"),
    ):
        with pytest.raises(Tampered):
            private.open(sealed, info)
    assert KekRef.parse("protection/pair-3") == KekRef("protection", 3, pair=True)
    assert STALE <= 5


def on_a_keyring(world: World, folder: Path) -> World:
    """The same world with its keys in a keyring file, so that they rotate."""
    material = _derive(_root(str(world.settings.key_material), "test"))
    base = FileProvider.restore(folder / "ring", PHRASE, material)
    storage = world.storage
    provider = guard_of(world.settings, storage.engine, base, storage.keys)
    moved = replace(storage, provider=provider, index=NameIndex(provider))
    return World(moved, world.settings, world.shelf, world.secrets)


def found(world: World, name: str) -> int:
    with world.work("officer") as work:
        return len(search.similar(work, [name], ()).hints)


def test_the_index_key_is_rotated_and_every_name_stays_findable(
    any_world: World, tmp_path: Path, figure: Callable[[str], None]
) -> None:
    world = on_a_keyring(any_world, tmp_path)
    other = replace(world.storage, index=NameIndex(world.storage.provider))
    beside = World(other, world.settings, world.shelf, world.secrets)
    people = ["Zarifa Karimova", "Parwana Nazari", "Gulnora Saidova"]
    for name in people:
        world.register(name)
    failed: list[str] = []
    asked = 0
    enough = threading.Event()

    def ask() -> None:
        nonlocal asked
        while not enough.is_set():
            for name in people:
                asked += 1
                if found(beside, name) != 1:
                    failed.append(name)

    reader = threading.Thread(target=ask)
    reader.start()
    keeping = Keeping(world.storage, world.settings, world.shelf, lambda: world.now)
    for _ in range(2):
        done = keeping.rotate_index()
    world.register("Madina Yusufova")
    enough.set()
    reader.join(30)
    assert (failed, done.persons) == ([], 3)
    assert world.storage.provider.epochs() == (3,)
    for machine in (world, beside):
        assert [found(machine, name) for name in [*people, "Madina Yusufova"]] == [1, 1, 1, 1]
    with world.work() as work:
        assert work.index.outdated(work.session) == []
    figure(
        f"rotation of the index key x2, {world.storage.engine.dialect.name}: {asked} searches meanwhile,"
        f" {len(failed)} failed, 0 segments under the old key"
    )


def test_a_rotation_of_the_index_key_that_was_cut_short_goes_on(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = on_a_keyring(world, tmp_path)
    for name in ("Zarifa Karimova", "Parwana Nazari"):
        world.register(name)
    keeping = Keeping(world.storage, world.settings, world.shelf, lambda: world.now)
    retire, times = NameIndex.retire, []

    def once(*given: Any, **named: Any) -> None:
        times.append(1)
        if len(times) > 1:
            raise KeyboardInterrupt
        retire(*given, **named)

    monkeypatch.setattr(NameIndex, "retire", once)
    with pytest.raises(KeyboardInterrupt):
        keeping.rotate_index()
    monkeypatch.undo()
    assert [found(world, name) for name in ("Zarifa Karimova", "Parwana Nazari")] == [1, 1]
    assert world.storage.provider.epochs() == (1, 2)
    keeping.rotate_index()
    assert world.storage.provider.epochs() == (2,)
    assert [found(world, name) for name in ("Zarifa Karimova", "Parwana Nazari")] == [1, 1]
