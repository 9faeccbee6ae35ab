"""Who was erased, remembered beside the keys, so that neither database restored alone brings anybody back.

A tombstone is a bare random id and a day. It is written in the transaction that destroys the keys.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import Connection, delete, func, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from models.vault.keys import DataKeyRow, KeysBase, KeyStore


class ErasedOwner(KeysBase):
    """A person whose keys were destroyed, and when (UTC)."""

    __tablename__ = "erased_owner"

    owner_id: Mapped[UUID] = mapped_column(primary_key=True)
    erased_on: Mapped[date]


def bury(connection: Connection, owners: Iterable[UUID]) -> int:
    """Destroy all keys of these people and leave their tombstones; returns how many keys there were."""
    wanted = set(owners)
    known = set(
        connection.scalars(select(ErasedOwner.owner_id).where(ErasedOwner.owner_id.in_(wanted)))
    )
    gone = connection.execute(delete(DataKeyRow).where(DataKeyRow.owner_id.in_(wanted))).rowcount
    if wanted - known:
        rows = [{"owner_id": owner} for owner in wanted - known]
        connection.execute(insert(ErasedOwner).values(erased_on=func.current_date()), rows)
    return gone


def buried(store: KeyStore) -> set[UUID]:
    """Everybody of whom there is a tombstone beside the keys."""
    with store.engine.connect() as connection:
        return set(connection.scalars(select(ErasedOwner.owner_id)))


def rise_again(store: KeyStore, owners: Iterable[UUID]) -> set[UUID]:
    """Those of `owners` who have keys or no tombstone: an older copy of the keys was brought back."""
    wanted = set(owners)
    with store.engine.connect() as connection:
        keyed = set(
            connection.scalars(
                select(DataKeyRow.owner_id).where(DataKeyRow.owner_id.in_(wanted)).distinct()
            )
        )
        known = set(
            connection.scalars(select(ErasedOwner.owner_id).where(ErasedOwner.owner_id.in_(wanted)))
        )
    return keyed | (wanted - known)


def bury_now(store: KeyStore, owners: Iterable[UUID]) -> int:
    """`bury` in a transaction of its own, committed. Doing it twice is harmless."""
    wanted = set(owners)
    if not wanted:
        return 0
    with store.engine.execution_options(sqlite_begin="IMMEDIATE").begin() as connection:
        return bury(connection, wanted)
