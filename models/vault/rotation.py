"""Rotation while people work: purpose keys, and what is sealed under a key that belongs to nobody.

The new key is for new wraps at once; then every wrapped data key is wrapped anew, in batches, the
cryptography outside the lock. A row that somebody else changed meanwhile is left and found again: UPDATE
.. WHERE wrapped = old. A run that was killed is simply run again: what is left to do is what the rows say.

An old key may be destroyed only when no row names it and no unit of work is under way that began before:
that is what `quiet` waits for.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine, bindparam, func, select, text, tuple_, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from models.vault.contract import KekRef, KeyProvider
from models.vault.errors import KeyConflict
from models.vault.format import key_context
from models.vault.keys import DataKeyRow, KeyStore, WrappedKey
from models.vault.vault import Vault

BATCH = 500
Opening = Callable[[], AbstractContextManager[tuple[Session, Vault]]]
#: How long a unit of work is waited for, in seconds.
_PATIENCE = 60.0
_LOOK_AGAIN = 0.05
#: Longer than any process goes on with a keyring that it has not looked at (`models.vault.providers`).
_NOTICED = 0.1
_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND backend_type = 'client backend' AND pid <> pg_backend_pid() AND xact_start < :since"
)


@dataclass(frozen=True, slots=True)
class Rewrapped:
    """What a run did: data keys wrapped anew, and those that are still under an older key."""

    done: int
    left: int


def quiet(engine: Engine, opening: Opening, *, patience: float = _PATIENCE) -> None:
    """Wait until every unit of work on the main database that has begun is over. New ones may begin.

    `opening` begins a unit of work, as `Storage.open_session` does.

    SQLite: units of work take the write lock at their start, so holding it for a moment is enough.
    PostgreSQL: looks for older transactions of this database.

    Raises:
        KeyConflict: one of them lasts too long. Nothing was destroyed; do it again.
    """
    # Until every process has noticed what was changed in the keyring or in the book of pairs.
    time.sleep(_NOTICED)
    if engine.dialect.name == "sqlite":
        with opening() as (session, _vault):
            session.connection()
        return
    until = time.monotonic() + patience
    with engine.connect() as connection:
        since = connection.scalar(select(func.clock_timestamp()))
        connection.rollback()
        while connection.scalar(_OTHERS, {"since": since}):
            connection.rollback()
            if time.monotonic() > until:
                raise KeyConflict("a unit of work has lasted for a minute; do it again later")
            time.sleep(_LOOK_AGAIN)


@contextmanager
def patient(opening: Opening, patience: float = _PATIENCE) -> Iterator[tuple[Session, Vault]]:
    """A unit of work that waits its turn for longer, for a command beside a busy server on SQLite."""
    until = time.monotonic() + patience
    while True:
        with ExitStack() as stack:
            try:
                opened = stack.enter_context(opening())
                opened[0].connection()
            except OperationalError:
                if time.monotonic() > until:
                    raise
                continue
            yield opened
            return


def rewrap(
    store: KeyStore,
    provider: KeyProvider,
    purpose: str,
    *,
    batch: int = BATCH,
    after_batch: Callable[[int], None] = lambda _done: None,
) -> Rewrapped:
    """Wrap every data key of a purpose under the purpose's newest key. Goes on until none is left.

    Raises:
        NotHeld, Locked, ProviderDown: an older key cannot be used now; what was done is kept.
        Tampered: a wrapped key is not what was written.
    """
    done = 0
    while True:
        target = provider.primary(purpose)
        changed = _pass(store, provider, target, batch, after_batch)
        done += changed
        left = under_older(store, provider.primary(purpose))
        if not left or not changed:
            return Rewrapped(done, left)


def under_older(store: KeyStore, target: KekRef) -> int:
    """How many data keys of the purpose are wrapped under another key than `target`."""
    with store.engine.connect() as connection:
        counted = select(func.count()).select_from(DataKeyRow)
        return int(
            connection.scalar(
                counted.where(DataKeyRow.purpose == target.purpose, DataKeyRow.kek != str(target))
            )
            or 0
        )


def in_use(store: KeyStore) -> dict[str, int]:
    """How many data keys are wrapped under each purpose key."""
    with store.engine.connect() as connection:
        counted = select(DataKeyRow.kek, func.count()).group_by(DataKeyRow.kek)
        return {row[0]: row[1] for row in connection.execute(counted)}


def _pass(
    store: KeyStore,
    provider: KeyProvider,
    target: KekRef,
    batch: int,
    after_batch: Callable[[int], None],
) -> int:
    """Once through the rows, in the order of their owners."""
    last: WrappedKey | None = None
    done = 0
    while rows := _older(store, target, last, batch):
        fresh = []
        for key in rows:
            context = key_context(key.owner, key.purpose, key.version)
            raw = provider.unwrap(KekRef.parse(key.kek), key.wrapped, context)
            fresh.append(
                {
                    "owner": key.owner,
                    "of": key.purpose,
                    "number": key.version,
                    "old": key.wrapped,
                    "kek": str(target),
                    "wrapped": provider.wrap(target, raw, context),
                }
            )
        with store.engine.execution_options(sqlite_begin="IMMEDIATE").begin() as connection:
            # Row by row: how many were changed must be known, and executemany does not always tell.
            changed = sum(connection.execute(_REPLACE, row).rowcount for row in fresh)
        done += changed
        last = rows[-1]
        after_batch(done)
    return done


def _older(
    store: KeyStore, target: KekRef, last: WrappedKey | None, batch: int
) -> list[WrappedKey]:
    found = select(
        DataKeyRow.owner_id,
        DataKeyRow.purpose,
        DataKeyRow.version,
        DataKeyRow.kek,
        DataKeyRow.wrapped,
    ).where(DataKeyRow.purpose == target.purpose, DataKeyRow.kek != str(target))
    if last is not None:
        after = tuple_(DataKeyRow.owner_id, DataKeyRow.version)
        found = found.where(after > (last.owner, last.version))
    ordered = found.order_by(DataKeyRow.owner_id, DataKeyRow.version).limit(batch)
    with store.engine.connect() as connection:
        return [WrappedKey(*row) for row in connection.execute(ordered)]


_REPLACE = (
    update(DataKeyRow)
    .where(
        DataKeyRow.owner_id == bindparam("owner"),
        DataKeyRow.purpose == bindparam("of"),
        DataKeyRow.version == bindparam("number"),
        DataKeyRow.wrapped == bindparam("old"),
    )
    .values(kek=bindparam("kek"), wrapped=bindparam("wrapped"))
)
