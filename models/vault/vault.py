"""The vault: all sealing and opening of one unit of work.

It is handed to whoever works (`session.info["vault"]`) with nothing granted: a person and purpose must
be granted before anything of theirs opens. It does not decide who gets a grant (`workflows.policy`)
nor write the read log; it collects what the log must say in `reads`, before a value is given out.

Order of commits: new data keys reach the keys database before the main transaction commits. A crash
between the two leaves keys that nobody needs; the other order would leave values nobody can open. The
listeners at the end see to it for every session that carries a vault.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import event
from sqlalchemy.orm import Session, UOWTransaction

from models.vault.contract import PURPOSES, KeyProvider, kek_of
from models.vault.errors import Denied, KeyConflict, KeyGone, NotHeld, Tampered
from models.vault.format import (
    KEY_BYTES,
    DataKey,
    Padding,
    SealedBytes,
    key_context,
    place,
    version_of,
)
from models.vault.keys import KeyStore, WrappedKey
from models.vault.tombstones import bury_now
from models.vault.writes import Writes


class Read(NamedTuple):
    """One opened value, for the read log."""

    owner: UUID
    purpose: str
    table: str
    column: str
    row: UUID


class Vault:
    """Sealing and opening for one unit of work. Not for sharing between threads."""

    def __init__(self, provider: KeyProvider, store: KeyStore) -> None:
        self.provider = provider
        self.store = store
        self.reads: list[Read] = []
        self.writes = Writes()
        self._granted: set[tuple[UUID, str]] = set()
        self._rows: set[tuple[UUID, str, UUID]] = set()
        self._wrapped: dict[tuple[UUID, str], dict[int, WrappedKey]] = {}
        self._keys: dict[tuple[UUID, str, int], DataKey] = {}
        self._pending: list[WrappedKey] = []
        self._erased: set[UUID] = set()
        self._to_destroy: set[UUID] = set()
        self._closed = False

    def grant(self, owner: UUID, *purposes: str) -> None:
        """Allow what is sealed for these purposes of this person to be opened."""
        self._granted.update((owner, str(purpose)) for purpose in purposes)

    def grant_row(self, owner: UUID, purpose: str, row: UUID) -> None:
        """Allow what one row has sealed for a purpose of this person, and nothing else of that purpose."""
        self._rows.add((owner, str(purpose), row))

    def deny(self, owner: UUID, *purposes: str) -> None:
        """Take grants back."""
        self._granted.difference_update((owner, str(purpose)) for purpose in purposes)

    def is_granted(self, owner: UUID, purpose: str) -> bool:
        """Whether `open` would be allowed."""
        return (owner, purpose) in self._granted

    def require(self, owner: UUID, purpose: str, row: UUID | None = None) -> None:
        """Raise `Denied` unless granted, as a whole or for this row, and open."""
        if self._closed:
            raise Denied("the unit of work is over", purpose=str(purpose))
        if (owner, purpose) not in self._granted and (owner, purpose, row) not in self._rows:
            raise Denied(f"purpose {str(purpose)!r} was not granted here", purpose=str(purpose))

    def create_keys(
        self, owners: UUID | Iterable[UUID], purposes: Iterable[str], *, new: bool = False
    ) -> None:
        """Make the data keys that these people lack, all in one INSERT at `flush_keys`.

        Asks the keys database once which are there already, so doing it twice is harmless; not for those
        who are `new`, whose id has just been drawn.
        """
        wanted = [owners] if isinstance(owners, UUID) else list(owners)
        named = [str(purpose) for purpose in purposes]
        if new:
            for purpose in named:
                self._make_all(wanted, purpose)
            return
        self.prefetch(wanted, named)
        for purpose in named:
            lacking = [owner for owner in wanted if not self._wrapped[owner, purpose]]
            self._make_all(lacking, purpose)

    def prefetch(self, owners: Iterable[UUID], purposes: Iterable[str]) -> None:
        """Fetch the wrapped keys that are not here yet, in one query. Grants nothing."""
        named = [str(purpose) for purpose in purposes]
        missing = [
            owner
            for owner in dict.fromkeys(owners)
            if any((owner, purpose) not in self._wrapped for purpose in named)
        ]
        found: dict[tuple[UUID, str], dict[int, WrappedKey]] = {
            (owner, purpose): {} for owner in missing for purpose in named
        }
        for key in self.store.prefetch(missing, named):
            found[key.owner, key.purpose][key.version] = key
        for at, versions in found.items():
            self._wrapped.setdefault(at, versions)

    def seal(
        self,
        *,
        owner: UUID,
        purpose: str,
        table: str,
        column: str,
        row: UUID,
        plaintext: bytes,
        padding: Padding = Padding.FIELD,
    ) -> SealedBytes:
        """Seal a value for its place. Needs no grant. Makes the data key if the person has none.

        Raises:
            KeyGone: the person was erased in this unit of work.
            NotHeld, Locked: this machine cannot use the purpose's key now.
        """
        return self.sealing_key(owner, str(purpose)).seal(
            place(table, column), row, plaintext, padding
        )

    def open(
        self, *, owner: UUID, purpose: str, table: str, column: str, row: UUID, blob: bytes
    ) -> bytes:
        """Open a value at its place, and note it in `reads` before giving it out.

        Raises:
            Denied: not granted, or the unit of work is over.
            KeyGone: the person's keys were destroyed.
            Tampered: the value or its key is not what was written here.
            NotHeld, Locked: this machine cannot use the purpose's key now.
        """
        self.require(owner, purpose, row)
        return self.open_at(owner, purpose, (table, column, place(table, column)), row, blob)

    def open_at(
        self, owner: UUID, purpose: str, at: tuple[str, str, bytes], row: UUID, blob: bytes
    ) -> bytes:
        """As `open`, for whoever has required the purpose and made the place of the column before."""
        purpose = str(purpose)
        key = self._opening_key(owner, purpose, version_of(blob))
        table, column, bound = at
        plaintext = key.unseal(bound, row, blob)
        self.reads.append(Read(owner, purpose, table, column, row))
        return plaintext

    def note(self, owner: UUID, purpose: str, table: str, column: str, row: UUID) -> None:
        """Note a read of a place that turned out to be empty: that it is empty is knowledge too."""
        self.reads.append(Read(owner, str(purpose), table, column, row))

    def sealing_key(self, owner: UUID, purpose: str) -> DataKey:
        """The person's newest data key for a purpose, made if there is none. It can seal and open."""
        if self._closed:
            raise Denied("the unit of work is over", purpose=purpose)
        if owner in self._erased:
            raise KeyGone("the person was erased", purpose=purpose)
        if (owner, purpose) not in self._wrapped:
            self.prefetch([owner], [purpose])
        versions = self._wrapped[owner, purpose]
        if not versions:
            return self._make(owner, purpose)
        newest = max(versions) if len(versions) > 1 else next(iter(versions))
        try:
            return self._opening_key(owner, purpose, newest)
        except NotHeld:
            # A drop-box: what was written before cannot be opened, so what is written now gets a new key.
            return self._make(owner, purpose, newest + 1)

    def opens(self, owner: UUID, purposes: Iterable[str]) -> bool:
        """Whether all that is kept of a person for these purposes could be opened on this machine now."""
        named = [str(purpose) for purpose in purposes]
        self.prefetch([owner], named)
        try:
            for purpose in named:
                for version in self._wrapped[owner, purpose]:
                    self._opening_key(owner, purpose, version)
        except NotHeld:
            return False
        return True

    def with_keys(self, owners: Iterable[UUID]) -> set[UUID]:
        """Those of these people who have a data key. Fetches all their wrapped keys in one query."""
        wanted = list(owners)
        self.prefetch(wanted, PURPOSES)
        return {owner for owner in wanted if any(self._wrapped[owner, p] for p in PURPOSES)}

    def newest_version(self, owner: UUID, purpose: str) -> int:
        """The newest version of a data key. Raises `KeyGone` where there is none."""
        self.prefetch([owner], [purpose])
        versions = self._wrapped[owner, purpose]
        if not versions:
            raise KeyGone(f"there is no data key for purpose {purpose!r}", purpose=purpose)
        return max(versions)

    def seal_anew(
        self, owner: UUID, purpose: str, at: bytes, row: UUID, blob: bytes, padding: Padding
    ) -> SealedBytes:
        """The same value under the newest data key, for rotation: nothing is shown, so nothing is noted."""
        plaintext = self._opening_key(owner, purpose, version_of(blob)).unseal(at, row, blob)
        return self.sealing_key(owner, purpose).seal(at, row, plaintext, padding)

    def erase(self, owner: UUID) -> None:
        """Destroy all data keys of a person: at once for this vault, for everybody at the commit.

        A unit of work that is rolled back erases nobody (its session must have begun: erase after the
        rows of the person were read or the act was noted). If the main commit itself fails after the
        keys are gone, the act may simply be done again: destroying twice is harmless.
        """
        self._erased.add(owner)
        self._to_destroy.add(owner)
        self._keys = {at: key for at, key in self._keys.items() if at[0] != owner}
        self._pending = [row for row in self._pending if row.owner != owner]
        for at in [at for at in self._wrapped if at[0] == owner]:
            self._wrapped[at] = {}

    def flush_keys(self) -> None:
        """Store the new data keys with one INSERT and commit them to the keys database.

        Raises:
            KeyConflict: another process made one of them; the unit of work must be done again.
        """
        if not self._pending:
            return
        made, self._pending = self._pending, []
        try:
            self.store.create_many(made)
        except KeyConflict:
            # What was sealed with the keys that lost must not be written.
            self.close()
            raise

    def destroy_keys(self) -> None:
        """Carry out what `erase` asked for, and commit it to the keys database."""
        if self._to_destroy:
            bury_now(self.store, self._to_destroy)
            self._to_destroy.clear()

    def forget_erasures(self) -> None:
        """The unit of work was rolled back: nobody is to be erased. This vault stays without their keys."""
        self._to_destroy.clear()

    def close(self) -> None:
        """Forget all unwrapped keys and grants; nothing opens or seals after this."""
        self._closed = True
        self._keys.clear()
        self._wrapped.clear()
        self._granted.clear()
        self._rows.clear()
        self._pending.clear()
        self._to_destroy.clear()

    def __repr__(self) -> str:
        return f"<vault, {'closed' if self._closed else 'open'}, {len(self.reads)} reads>"

    def _make_all(self, owners: list[UUID], purpose: str) -> None:
        """First data keys for people who have none: one draw of randomness, one call of the provider."""
        if not owners:
            return
        if not self._erased.isdisjoint(owners):
            raise KeyGone("a person was erased", purpose=purpose)
        drawn = secrets.token_bytes(KEY_BYTES * len(owners))
        raws = [drawn[at : at + KEY_BYTES] for at in range(0, len(drawn), KEY_BYTES)]
        kek = self.provider.primary(purpose)
        contexts = [key_context(owner, purpose, 1) for owner in owners]
        wraps = self.provider.wraps(kek, raws, contexts)
        name, wrapped, pending, keys = str(kek), self._wrapped, self._pending, self._keys
        for owner, raw, blob in zip(owners, raws, wraps, strict=True):
            row = WrappedKey(owner, purpose, 1, name, blob)
            pending.append(row)
            wrapped[owner, purpose] = {1: row}
            keys[owner, purpose, 1] = DataKey(raw, owner=owner, purpose=purpose, version=1)

    def _make(self, owner: UUID, purpose: str, version: int = 1) -> DataKey:
        if owner in self._erased:
            raise KeyGone("the person was erased", purpose=purpose)
        raw = secrets.token_bytes(KEY_BYTES)
        kek = self.provider.primary(purpose)
        wrapped = self.provider.wrap(kek, raw, key_context(owner, purpose, version))
        row = WrappedKey(owner, purpose, version, str(kek), wrapped)
        key = DataKey(raw, owner=owner, purpose=purpose, version=version)
        self._pending.append(row)
        self._wrapped.setdefault((owner, purpose), {})[version] = row
        self._keys[owner, purpose, version] = key
        return key

    def _opening_key(self, owner: UUID, purpose: str, version: int) -> DataKey:
        key = self._keys.get((owner, purpose, version))
        if key is not None:
            return key
        if (owner, purpose) not in self._wrapped:
            self.prefetch([owner], [purpose])
        versions = self._wrapped[owner, purpose]
        if not versions:
            raise KeyGone(f"there is no data key for purpose {purpose!r}", purpose=purpose)
        row = versions.get(version)
        if row is None:
            raise Tampered("a sealed value names a data key that was never made")
        raw = self.provider.unwrap(
            kek_of(row.kek), row.wrapped, key_context(owner, purpose, version)
        )
        key = DataKey(raw, owner=owner, purpose=purpose, version=version)
        self._keys[owner, purpose, version] = key
        return key


def vault_in(session: Session) -> Vault | None:
    """The vault that a session carries, if any."""
    vault = session.info.get("vault")
    return vault if isinstance(vault, Vault) else None


@event.listens_for(Session, "after_flush")
def _keys_after_flush(session: Session, _flush: UOWTransaction) -> None:
    vault = vault_in(session)
    if vault is not None:
        vault.flush_keys()


@event.listens_for(Session, "before_commit")
def _keys_before_commit(session: Session) -> None:
    vault = vault_in(session)
    if vault is None:
        return
    # What will be flushed may seal once more (listeners of others), so flush first.
    session.flush()
    vault.flush_keys()
    if not session.in_nested_transaction():
        vault.destroy_keys()


@event.listens_for(Session, "after_rollback")
def _nobody_erased(session: Session) -> None:
    vault = vault_in(session)
    if vault is not None:
        vault.forget_erasures()
