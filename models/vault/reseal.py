"""Rotation of data keys: every person gets new ones, every value is sealed anew, the old are destroyed.

Four steps, each of which may be killed and begun again: new versions beside the old ones (a mark in the keys
database says how far); waiting until nobody works with the old ones alone; sealing anew, row by row, where
the value is still the one that was read; waiting again, and destroying. A person is readable throughout.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from secrets import token_bytes
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, String, and_, delete, exists, func, insert, select, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, aliased, mapped_column

from models.vault.contract import KeyProvider
from models.vault.errors import KeyConflict, KeyGone
from models.vault.format import KEY_BYTES, SealedBytes, key_context, version_of
from models.vault.keys import DataKeyRow, KeysBase, KeyStore
from models.vault.rotation import BATCH, Opening, quiet
from models.vault.sealed import Sealed, SealedExpression
from models.vault.vault import Vault

ROWS = 100
_KIND = "data keys"


class KeyJob(KeysBase):
    """How far a rotation has come, and when a drill was last held."""

    __tablename__ = "key_job"

    kind: Mapped[str] = mapped_column(String(32), primary_key=True)
    at: Mapped[str] = mapped_column(String(64))


@dataclass(frozen=True, slots=True)
class Resealed:
    """Data keys made, values sealed anew, old data keys destroyed."""

    made: int
    values: int
    destroyed: int


@dataclass(frozen=True, slots=True)
class Rotation:
    """All that the rotation of data keys works with. `after_batch` is told which step it was."""

    engine: Engine
    store: KeyStore
    provider: KeyProvider
    opening: Opening
    base: type[DeclarativeBase]
    after_batch: Callable[[str], None] = lambda _step: None

    def run(self) -> Resealed:
        """Rotate, or go on where a run was killed.

        Raises:
            NotHeld, Locked, ProviderDown: a purpose cannot be opened here and now; all stays readable.
            KeyConflict: values are left under old keys; nothing was destroyed, so do it again.
        """
        made = self._make()
        quiet(self.engine, self.opening)
        values = self._reseal()
        quiet(self.engine, self.opening)
        if self._outdated():
            raise KeyConflict("values were written under old data keys meanwhile; do it again")
        destroyed = self._destroy()
        note(self.store, _KIND, None)
        return Resealed(made, values, destroyed)

    def _make(self) -> int:
        """A next version for every data key there is, once a rotation: the mark is the last owner done."""
        begun = noted(self.store, _KIND)
        last = UUID(begun) if begun else None
        made = 0
        while rows := self._newest(last):
            fresh = []
            for owner, purpose, version in rows:
                kek, raw = self.provider.primary(purpose), token_bytes(KEY_BYTES)
                context = key_context(owner, purpose, version + 1)
                fresh.append(
                    {
                        "owner_id": owner,
                        "purpose": purpose,
                        "version": version + 1,
                        "kek": str(kek),
                        "wrapped": self.provider.wrap(kek, raw, context),
                    }
                )
            last = rows[-1][0]
            with self._writing().begin() as connection:
                connection.execute(insert(DataKeyRow), fresh)
                _note(connection, _KIND, last.hex)
            made += len(fresh)
            self.after_batch("made")
        return made

    def _newest(self, last: UUID | None) -> list[tuple[UUID, str, int]]:
        """(owner, purpose, newest version) of the next owners, all purposes of an owner together."""
        owners = select(DataKeyRow.owner_id).distinct().order_by(DataKeyRow.owner_id).limit(BATCH)
        if last is not None:
            owners = owners.where(DataKeyRow.owner_id > last)
        newest = (
            select(DataKeyRow.owner_id, DataKeyRow.purpose, func.max(DataKeyRow.version))
            .where(DataKeyRow.owner_id.in_(owners.scalar_subquery()))
            .group_by(DataKeyRow.owner_id, DataKeyRow.purpose)
            .order_by(DataKeyRow.owner_id)
        )
        with self.store.engine.connect() as connection:
            return [(row[0], row[1], row[2]) for row in connection.execute(newest)]

    def _reseal(self) -> int:
        """All sealed values under the newest keys, again and again until a round finds none."""
        done = 0
        while True:
            changed = sum(self._reseal_table(model, fields) for model, fields in self._models())
            done += changed
            if not changed:
                return done

    def _reseal_table(self, model: type[Any], fields: list[Sealed[Any]]) -> int:
        last: UUID | None = None
        done = 0
        while True:
            with self.opening() as (session, vault):
                rows = _rows(session, model, fields, last)
                if not rows:
                    return done
                last = rows[-1].id
                changed = sum(
                    _reseal_row(session, vault, row, fields) for row in _keyed(vault, rows)
                )
                session.commit()
            done += changed
            self.after_batch("resealed")

    def _outdated(self) -> bool:
        for model, fields in self._models():
            last: UUID | None = None
            while True:
                with self.opening() as (session, vault):
                    rows = _rows(session, model, fields, last)
                    if not rows:
                        break
                    last = rows[-1].id
                    if any(
                        version_of(blob) < vault.newest_version(owner_of(row), str(field.purpose))
                        for row in _keyed(vault, rows)
                        for field in fields
                        if (blob := getattr(row, field.column_name)) is not None
                    ):
                        return True
        return False

    def _destroy(self) -> int:
        newer = aliased(DataKeyRow)
        old = exists().where(
            and_(
                newer.owner_id == DataKeyRow.owner_id,
                newer.purpose == DataKeyRow.purpose,
                newer.version > DataKeyRow.version,
            )
        )
        with self._writing().begin() as connection:
            gone = delete(DataKeyRow).where(old).execution_options(synchronize_session=False)
            return connection.execute(gone).rowcount

    def _models(self) -> Iterator[tuple[type[Any], list[Sealed[Any]]]]:
        for mapper in sorted(self.base.registry.mappers, key=lambda one: str(one.local_table)):
            found = [
                getattr(mapper.class_, column.info["sealed"])
                for column in mapper.columns
                if "sealed" in column.info
            ]
            fields = [one.field for one in found if isinstance(one, SealedExpression)]
            if fields:
                yield mapper.class_, fields

    def _writing(self) -> Engine:
        return self.store.engine.execution_options(sqlite_begin="IMMEDIATE")


def owner_of(row: Any) -> UUID:
    """Whose keys seal a row."""
    owner: UUID = row.sealed_owner if hasattr(type(row), "sealed_owner") else row.person_id
    return owner


def note(store: KeyStore, kind: str, at: str | None) -> None:
    """Remember (or with None forget) how far something has come."""
    with store.engine.execution_options(sqlite_begin="IMMEDIATE").begin() as connection:
        _note(connection, kind, at)


def noted(store: KeyStore, kind: str) -> str | None:
    """What was remembered."""
    with store.engine.connect() as connection:
        found: str | None = connection.scalar(select(KeyJob.at).where(KeyJob.kind == kind))
        return found


def _note(connection: Any, kind: str, at: str | None) -> None:
    connection.execute(delete(KeyJob).where(KeyJob.kind == kind))
    if at is not None:
        connection.execute(insert(KeyJob).values(kind=kind, at=at))


def _rows(
    session: Session, model: type[Any], fields: list[Sealed[Any]], last: UUID | None
) -> list[Any]:
    chosen = select(model).order_by(model.id).limit(ROWS)
    if last is not None:
        chosen = chosen.where(model.id > last)
    loading = [getattr(model, field.name).undefer() for field in fields]
    return list(session.scalars(chosen.options(*loading)).unique())


def _keyed(vault: Vault, rows: list[Any]) -> list[Any]:
    """The rows whose person still has keys: what an erased one left behind stays noise."""
    owners = {owner_of(row) for row in rows if owner_of(row) is not None}
    known = vault.with_keys(owners)
    return [row for row in rows if owner_of(row) in known]


def _reseal_row(session: Session, vault: Vault, row: Any, fields: list[Sealed[Any]]) -> int:
    """Seal a row's outdated values anew, unless somebody changed them since. Returns how many."""
    owner, model = owner_of(row), type(row)
    fresh: dict[str, SealedBytes] = {}
    read: list[Any] = []
    for field in fields:
        blob, purpose = getattr(row, field.column_name), str(field.purpose)
        try:
            if blob is None or version_of(blob) >= vault.newest_version(owner, purpose):
                continue
        except KeyGone:
            continue
        fresh[field.column_name] = vault.seal_anew(
            owner, purpose, field.place_in(model)[2], row.id, blob, field.padding
        )
        read.append(getattr(model, field.column_name) == blob)
    if not fresh:
        return 0
    session.expunge(row)
    changed = session.execute(
        update(model)
        .where(model.id == row.id, *read)
        .values(fresh)
        .execution_options(synchronize_session=False)
    )
    if not changed.rowcount:  # type: ignore[attr-defined]  # an UPDATE has it
        return 0
    for column, blob in fresh.items():
        # The log says what stands there now, or its check would find every value altered.
        vault.writes.note(f"{model.__table__.name}.{column}", row.id, blob)
    return len(fresh)
