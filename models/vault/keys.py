"""The keys database: one wrapped data key for each person, purpose and version.

A database of its own, so that it can have its own short-lived backups: erasing a person means deleting
these rows, which is only true if no old copy of them survives. It holds no unwrapped key and decides
nothing about who may use one.

Its one table is made by `create_schema`, not by the migrations of the main database: the two live,
move and are restored apart, and this table changes about once a decade (decision: docs).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Self
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Connection,
    Engine,
    MetaData,
    String,
    bindparam,
    delete,
    insert,
    select,
    text,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from models.vault.column import RawBytes
from models.vault.engine import prepare_engine
from models.vault.errors import KeyConflict

#: Owners asked for in one query; both databases take many more parameters.
_CHUNK = 5000
#: Any number that nobody else uses: two processes that start at once make the table one by one.
_SCHEMA_LOCK = 7_318_204_551


class KeysBase(DeclarativeBase):
    """The tables of the keys database."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "ix": "ix_%(column_0_label)s",
        }
    )


class DataKeyRow(KeysBase):
    """One wrapped data key. No time: it would tell the hour in which somebody arrived."""

    __tablename__ = "data_key"
    __table_args__ = (
        CheckConstraint("version BETWEEN 1 AND 65535", name="version_range"),
        # One tree instead of two: rows are found by their primary key alone.
        {"sqlite_with_rowid": False},
    )

    owner_id: Mapped[UUID] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(String(32), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    kek: Mapped[str] = mapped_column(String(48))
    # Not `LargeBinary`, which makes a memoryview for every value.
    wrapped: Mapped[bytes] = mapped_column(RawBytes)


class WrappedKey(NamedTuple):
    """A row of `data_key` as a plain value."""

    owner: UUID
    purpose: str
    version: int
    kek: str
    wrapped: bytes


class KeyStore:
    """Reads and writes wrapped data keys, each call in a short transaction of its own. Thread-safe."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writing = engine.execution_options(sqlite_begin="IMMEDIATE")

    @classmethod
    def open(cls, url: str, *, production: bool) -> Self:
        """Connect to the keys database at `url` and make its table if it is not there."""
        store = cls(prepare_engine(url, production=production))
        store.create_schema()
        return store

    def create_schema(self) -> None:
        """Make the table if it is missing. Several processes may do so at once."""
        with self._writing.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text(f"SELECT pg_advisory_xact_lock({_SCHEMA_LOCK})"))
            KeysBase.metadata.create_all(connection)

    def get(self, owner: UUID, purpose: str) -> list[WrappedKey]:
        """All versions for one person and purpose, oldest first; empty if there are none."""
        return self.prefetch([owner], [purpose])

    def prefetch(self, owners: Iterable[UUID], purposes: Iterable[str]) -> list[WrappedKey]:
        """The keys of many people in one query (one for every 5,000 people)."""
        wanted, named = list(owners), [str(purpose) for purpose in purposes]
        if not wanted or not named:
            return []
        with self.engine.connect() as connection:
            if len(wanted) == 1:
                found = connection.execute(_READ_ONE, {"owner": wanted[0]})
                return [WrappedKey(*row) for row in found if row[1] in named]
            return [
                key
                for start in range(0, len(wanted), _CHUNK)
                for key in _read(connection, wanted[start : start + _CHUNK], named)
            ]

    def create_many(self, keys: Sequence[WrappedKey]) -> None:
        """Store new keys with one INSERT, all or none, and commit.

        Raises:
            KeyConflict: one of them is there already.
        """
        if not keys:
            return
        rows = [dict(zip(_NAMES, key, strict=True)) for key in keys]
        try:
            with self._writing.begin() as connection:
                connection.execute(insert(DataKeyRow), rows)
        except IntegrityError:
            raise KeyConflict("a data key was made by somebody else meanwhile") from None

    def destroy(self, owners: Iterable[UUID]) -> int:
        """Delete all keys of these people, all purposes and versions, and commit. Returns how many."""
        wanted = list(owners)
        if not wanted:
            return 0
        with self._writing.begin() as connection:
            return connection.execute(
                delete(DataKeyRow).where(DataKeyRow.owner_id.in_(wanted))
            ).rowcount

    def close(self) -> None:
        """Give all connections back to the database."""
        self.engine.dispose()


#: The columns in the order of `WrappedKey`.
_NAMES = ("owner_id", "purpose", "version", "kek", "wrapped")


def _read(connection: Connection, owners: list[UUID], purposes: list[str]) -> list[WrappedKey]:
    asked = {"owners": owners, "purposes": purposes}
    return [WrappedKey(*row) for row in connection.execute(_READ, asked)]


_COLUMNS = select(
    DataKeyRow.owner_id,
    DataKeyRow.purpose,
    DataKeyRow.version,
    DataKeyRow.kek,
    DataKeyRow.wrapped,
).order_by(DataKeyRow.version)
#: Made once: putting it together costs as much as running it.
_READ = _COLUMNS.where(
    DataKeyRow.owner_id.in_(bindparam("owners", expanding=True)),
    DataKeyRow.purpose.in_(bindparam("purposes", expanding=True)),
)
#: One person has a handful: choosing here costs less than a list in the statement, which is made each time.
_READ_ONE = _COLUMNS.where(DataKeyRow.owner_id == bindparam("owner"))
