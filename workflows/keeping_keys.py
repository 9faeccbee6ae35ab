"""What an operator does with keys: rotate, give to members, travel, drill, lock. Each goes to the log.

The work itself is the vault's (models/vault: rotation, reseal, strengths, custody); here it is put in order,
logged, and joined to what only the product knows: who the members are, and which names the index has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from config.settings import Settings
from models.accounts import SignIn, User
from models.base import Base
from models.people import Person
from models.session import Storage, lock_mark
from models.vault import custody, strengths
from models.vault.contract import BLOB, INDEX, KekRef, Rotating
from models.vault.errors import KeyGone, NotAllowed, SharesUnusable, VaultError
from models.vault.guarded import GuardedProvider, guards_of
from models.vault.index import Entry
from models.vault.providers import FileProvider
from models.vault.remote import RemoteProvider
from models.vault.reseal import Resealed, Rotation, note, noted
from models.vault.rotation import Rewrapped, in_use, patient, quiet, rewrap
from models.vault.sealed import load_sealed
from models.vault.vault import Vault
from models.vocabulary import PERSON_PURPOSES, Purpose
from workflows.accounts import SYSTEM_ACTOR
from workflows.errors import InvalidCommand
from workflows.names.keys import keys_of
from workflows.packs import Shelf
from workflows.policy import Act
from workflows.search import years_of
from workflows.work import Work, begin

_DRILL = "drill"
#: Persons whose names are indexed anew in one unit of work.
_PERSONS = 100


@dataclass(frozen=True)
class KeyLine:
    """One key, for a list: what it is for, its strength, how much is under it, whether it opens here now."""

    name: str
    strength: str
    data_keys: int
    open: bool


@dataclass(frozen=True)
class KeyList:
    """All keys of a machine."""

    provider: str
    lines: tuple[KeyLine, ...]
    custodians: bool
    drilled_on: str | None


@dataclass(frozen=True)
class Reindexed:
    """Persons whose names were put under the new index key, and segments that were dropped."""

    persons: int
    segments: int


@dataclass(frozen=True)
class Drilled:
    """What the custodians' words opened: keys of the keyring, and private halves of pairs."""

    keyring: bool
    keys: int
    pairs: int


@dataclass(frozen=True)
class Keeping:
    """Whoever keeps the keys: the storage they act on, and the clock."""

    storage: Storage
    settings: Settings
    shelf: Shelf
    now: Callable[[], datetime]

    # --- looking -------------------------------------------------------------------------

    def listed(self) -> KeyList:
        """Every purpose key in use or primary, and every epoch of the index key."""
        guard, used = self._guard(), in_use(self.storage.keys)
        known: dict[str, int] = dict(used)
        for purpose in (*PERSON_PURPOSES, Purpose.ACCOUNT):
            try:
                known.setdefault(str(guard.primary(str(purpose))), 0)
            except VaultError:
                known.setdefault(f"{purpose}/none", 0)
        lines = [
            KeyLine(name, self._strength(guard, name), number, self._opens(guard, name))
            for name, number in sorted(known.items())
        ]
        lines += [KeyLine(f"{INDEX}/{epoch}", "token", 0, open=True) for epoch in guard.epochs()]
        return KeyList(
            provider=self.settings.key_provider,
            lines=tuple(lines),
            custodians=strengths.custody_of(self.storage.keys, guard.base) is not None,
            drilled_on=noted(self.storage.keys, _DRILL),
        )

    def _strength(self, guard: GuardedProvider, name: str) -> str:
        purpose = name.partition("/")[0]
        if purpose in guard.member_purposes:
            return "member-unlocked"
        pair = "/pair-" in name
        held = pair and any(str(p.ref) == name and p.held for p in guard.book.all())
        return "drop-box" if pair and not held else "operational"

    def _opens(self, guard: GuardedProvider, name: str) -> bool:
        try:
            kek = KekRef.parse(name)
            if kek.pair:
                guard.private(kek)
                return True
            return guard.base.can_unwrap(kek.purpose)
        except VaultError:
            return False

    # --- rotating ------------------------------------------------------------------------

    def rotate_purpose(self, purpose: str, *, keep_old: bool = False) -> Rewrapped:
        """A new key for a purpose; all data keys under it; the old destroyed. Run again if it was killed.

        Raises:
            NotAllowed: the provider's keys do not rotate.
            NotHeld, Locked, ProviderDown: an older key cannot be used now; what was done is kept.
        """
        rotating, store = self._rotating(), self.storage.keys
        self._log("rotate", purpose)
        newest = rotating.versions(purpose)[-1:]
        older = {name for name in in_use(store) if name.startswith(f"{purpose}/")}
        if not newest or older <= {f"{purpose}/{newest[0]}"}:
            rotating.add_version(purpose)
        # Else a rotation was cut short: the newest key is in place, and rows are left under an older one.
        self._quiet()
        found = rewrap(store, self.storage.provider, purpose)
        if not found.left and not keep_old:
            self._quiet()
            for version in rotating.versions(purpose)[:-1]:
                rotating.destroy_version(purpose, version)
            strengths.forget_pairs(self._guard(), purpose, in_use(store))
        return found

    def rotate_data_keys(self) -> Resealed:
        """New data keys for everybody. Run again if it was killed. Raises as `Rotation.run` does."""
        self._log("rotate", "data keys")
        storage = self.storage
        return Rotation(storage.engine, storage.keys, storage.provider, self._patient, Base).run()

    def rotate_index(self, *, keep_old: bool = False) -> Reindexed:
        """A new key for the tokens of the name index. Run again if it was killed.

        Raises:
            NotHeld: names cannot be opened here and now.
        """
        rotating, index = self._rotating(), self.storage.index
        self._log("rotate", INDEX)
        with self.working() as work:
            begun = bool(index.outdated(work.session))
        if not begun:
            rotating.add_version(INDEX)
        self._quiet()
        persons = segments = 0
        while True:
            with self.working() as work:
                outdated = index.outdated(work.session)
            if not outdated:
                break
            for seq, speaks_of in outdated:
                for start in range(0, len(speaks_of), _PERSONS):
                    persons += self._reindex(speaks_of[start : start + _PERSONS])
                with self.working() as work:
                    index.retire(work.session, seq, on=work.now.date())
                segments += 1
        with self.working() as work:
            index.compact(work.session, on=work.now.date())
        if not keep_old:
            self._quiet()
            for epoch in rotating.versions(INDEX)[:-1]:
                rotating.destroy_version(INDEX, epoch)
        return Reindexed(persons, segments)

    def _reindex(self, persons: Sequence[UUID]) -> int:
        """Index persons' names under the new key. Who was erased is left out."""
        with self.working() as work:
            rows = work.session.scalars(
                select(Person)
                .where(Person.id.in_(persons))
                .options(*load_sealed(Person.names, Person.birth))
            ).all()
            work.vault.prefetch([row.id for row in rows], [Purpose.IDENTITY])
            entries = []
            for row in rows:
                with work.computing(row.id, Purpose.IDENTITY):
                    try:
                        texts = [form["text"] for form in row.names or ()]
                        entries.append(Entry(row.id, keys_of(texts, years_of(row.birth or {}))))
                    except KeyGone:
                        continue
            work.index.add(work.session, entries, on=work.now.date())
        return len(entries)

    # --- strengths -----------------------------------------------------------------------

    def strengthen(self, purpose: str, names: Sequence[str]) -> Rewrapped:
        """Give a member-unlocked purpose to members, under a new pair, and take the server's key away.

        Raises:
            NotAllowed: the settings do not call it member-unlocked, or too few members.
            InvalidCommand: no such account.
            KeyGone: a member who has not signed in yet.
        """
        guard = self._guard()
        self._rotating()
        if purpose not in guard.member_purposes:
            raise NotAllowed(f"SERAI_MEMBER_PURPOSES does not name {purpose!r}")
        with self.working() as work:
            members = [self._account(work, name) for name in names]
            work.allow(Act.MANAGE_KEYS, detail={"did": "strengthen", "key": purpose})
        pair = strengths.give_to_members(self.storage.keys, guard, purpose, members)
        self._quiet()
        found = rewrap(self.storage.keys, guard, purpose)
        if not found.left:
            self._quiet()
            self._drop(purpose, keep=str(pair.ref))
        return found

    def give(self, purpose: str, name: str, giver: str, password: str) -> None:
        """A member who has a purpose gives it to another, with their password.

        Raises:
            PurposeClosed: the password does not open it, or they do not have it.
            InvalidCommand, KeyGone: as for `strengthen`.
        """
        guard = self._guard()
        with self.working() as work:
            member, by = self._account(work, name), self._account(work, giver)
            work.allow(Act.MANAGE_KEYS, detail={"did": "give", "key": purpose})
        opened = guard.members.open_with(by, password)
        mine = {ref: half for ref, half in opened.items() if ref.purpose == purpose}
        if not mine:
            raise NotAllowed(f"they were not given {purpose!r} themselves")
        for ref, half in mine.items():
            guard.members.give(member, ref, half)

    def take_back(self, name: str) -> None:
        """Take every purpose back from a member, and close what they have open."""
        with self.working() as work:
            member = self._account(work, name)
            work.allow(Act.MANAGE_KEYS, detail={"did": "take_back"})
        self._guard().members.take_back(member)

    def travel(self, bundle: Path, passphrase: str, purposes: Sequence[str]) -> tuple[str, ...]:
        """Make drop-boxes of purposes; all of persons for none named. See `strengths.travel`."""
        self._log("travel", " ".join(purposes) or "all")
        chosen = tuple(purposes) or tuple(str(purpose) for purpose in PERSON_PURPOSES)
        gone = strengths.travel(self.storage.keys, self._guard(), bundle, passphrase, chosen)
        return gone.purposes

    def come_back(self, bundle: Path, passphrase: str) -> int:
        """Bring the keys of a bundle back. Returns how many data keys were sealed meanwhile."""
        guard = self._guard()
        purposes = strengths.come_back(self.storage.keys, guard, bundle, passphrase)
        self._log("return", " ".join(purposes))
        done = 0
        for purpose in purposes:
            self._quiet()
            found = rewrap(self.storage.keys, guard, purpose)
            done += found.done
            if not found.left:
                strengths.forget_pairs(guard, purpose, in_use(self.storage.keys))
        return done

    # --- custodians ----------------------------------------------------------------------

    def custodians(self) -> list[str]:
        """New custodians: the words of each, shown once. Whoever had words before has none now."""
        self._log("custodians", "new")
        public, shares = custody.new_custody()
        strengths.set_custody(self.storage.keys, self._guard(), public)
        return shares

    def drill(self, shares: Sequence[str]) -> Drilled:
        """Open the recovery copies with custodians' words and compare them with what is in use.

        Raises:
            SharesUnusable: they do not open it, or what they open is not what is in use.
        """
        private, guard = custody.join(shares), self._guard()
        keyring, keys = isinstance(guard.base, FileProvider), 0
        if isinstance(guard.base, FileProvider):
            copy = custody.read_recovery(custody.recovery_file(self.settings.keyring), private)
            if not custody.same(copy, guard.base.material()):
                raise SharesUnusable("the copy for the custodians is not the keyring in use")
            keys = sum(len(versions) for versions in copy.keks.values()) + len(copy.macs)
        pairs = 0
        for pair in guard.book.all():
            if pair.recovery is not None:
                opened = custody.open_half(private, pair.recovery)
                if opened.public != pair.public:
                    raise SharesUnusable(f"the copy of {pair.ref} is of another pair")
                pairs += 1
        if not keyring and not pairs:
            raise SharesUnusable("there is nothing that custodians could open")
        self._log("drill", "passed")
        note(self.storage.keys, _DRILL, self.now().date().isoformat())
        return Drilled(keyring, keys, pairs)

    # --- locking -------------------------------------------------------------------------

    def lock(self) -> int:
        """End every session, have every process here forget its keys. Returns how many sessions ended."""
        with self.working() as work:
            work.allow(Act.MANAGE_KEYS, detail={"did": "lock"})
            live = update(SignIn).where(SignIn.ended_at.is_(None)).values(ended_at=work.now)
            ended = cast("CursorResult[Any]", work.session.execute(live)).rowcount
        self._guard().members.end()
        lock_mark(self.settings).touch(mode=0o600)
        return ended

    # --- within --------------------------------------------------------------------------

    def _drop(self, purpose: str, *, keep: str) -> None:
        """No other key of a purpose is needed any more: not the server's, nor that of an earlier pair."""
        self._rotating().drop(purpose)
        strengths.forget_pairs(self._guard(), purpose, [*in_use(self.storage.keys), keep])

    def _guard(self) -> GuardedProvider:
        guard = guards_of(self.storage.provider)
        if guard is None:
            raise NotAllowed("this provider has no strengths")
        return guard

    def _rotating(self) -> Rotating:
        base = self._guard().base
        if not isinstance(base, FileProvider | RemoteProvider):
            raise NotAllowed("keys of the environment do not rotate: SERAI_KEY_PROVIDER")
        return base

    def _account(self, work: Work, name: str) -> UUID:
        found = work.session.scalar(select(User.id).where(User.name == name.strip().casefold()))
        if found is None:
            raise InvalidCommand(field="name")
        return found

    def _log(self, did: str, key: str) -> None:
        with self.working() as work:
            work.allow(Act.MANAGE_KEYS, detail={"did": did, "key": key})

    def _quiet(self) -> None:
        quiet(self.storage.engine, self._patient)

    @contextmanager
    def _patient(self) -> Iterator[tuple[Session, Vault]]:
        with patient(self.storage.open_session) as opened:
            yield opened

    @contextmanager
    def working(self) -> Iterator[Work]:
        """A unit of work of the system."""
        with begin(
            self.storage, SYSTEM_ACTOR, now=self.now(), settings=self.settings, shelf=self.shelf
        ) as work:
            yield work


def rotates(name: str) -> bool:
    """Whether a name is one that `rotate_purpose` takes. What belongs to nobody is not wrapped anew."""
    return name != BLOB and name in {str(purpose) for purpose in Purpose}
