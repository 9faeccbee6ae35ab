"""What a unit of work writes of sealed values, as digests for the log: one record a value, made once.

A record says that the sealed value of a row is now the one with this SHA-256, that it is empty, or that the
row is gone. The log keeps the records with the act, so that a value that was put back, altered, exchanged or
removed in the database shows, also to somebody who holds no key (`workflows.log_data`).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from sqlalchemy import Delete, Table, event, inspect, select
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, UOWTransaction

#: Digests that are none: the value is empty; the row is gone.
EMPTY, GONE = bytes(32), b"\xff" * 32
#: More records than this go to a further entry of the log.
MOST = 4000
_HEAD = struct.Struct(">BH")
_RECORD = 48


@dataclass(frozen=True, slots=True)
class Written:
    """One record. `place` is `table.column`, or the table alone for a row that is gone."""

    place: str
    row: bytes
    digest: bytes


class Writes:
    """The records of one unit of work. The last write of a value counts."""

    __slots__ = ("_values",)

    def __init__(self) -> None:
        self._values: dict[str, dict[UUID, bytes]] = {}

    def note(self, place: str, row: UUID, blob: bytes | None) -> None:
        """A value was sealed for its place, or emptied."""
        values = self._values.get(place)
        if values is None:
            values = self._values[place] = {}
        values[row] = digest_of(blob)

    def gone(self, table: str, rows: Iterable[UUID]) -> None:
        """Rows are deleted, with all their sealed values."""
        ids = list(rows)
        for place, values in self._values.items():
            if place.partition(".")[0] == table:
                for row in ids:
                    values.pop(row, None)
        if ids:
            self._values.setdefault(table, {}).update(dict.fromkeys(ids, GONE))

    def clear(self) -> None:
        """The work was rolled back."""
        self._values.clear()

    def __bool__(self) -> bool:
        return any(self._values.values())

    def drain(self) -> list[bytes]:
        """All records, packed, at most `MOST` in each piece; forgotten here."""
        pieces, piece, room = [], [], MOST
        for place, values in self._values.items():
            records = [row.bytes + digest for row, digest in values.items()]
            while records:
                part, records = records[:room], records[room:]
                piece.append(_block(place, part))
                room -= len(part)
                if not room:
                    pieces.append(b"".join(piece))
                    piece, room = [], MOST
        if piece:
            pieces.append(b"".join(piece))
        self._values = {}
        return pieces


def digest_of(blob: bytes | None) -> bytes:
    """The digest of a value as it stands in the database; 32 bytes."""
    return EMPTY if blob is None else sha256(blob).digest()


def _block(place: str, records: list[bytes]) -> bytes:
    name = place.encode("ascii")
    return _HEAD.pack(len(name), len(records)) + name + b"".join(records)


def unpack(packed: bytes) -> Iterator[Written]:
    """The records of a packed piece. Raises ValueError for what was not packed here."""
    at = 0
    try:
        while at < len(packed):
            length, count = _HEAD.unpack_from(packed, at)
            at += _HEAD.size
            place = packed[at : at + length].decode("ascii")
            at += length
            if len(packed) < at + count * _RECORD or not place:
                raise ValueError("cut short")
            for start in range(at, at + count * _RECORD, _RECORD):
                yield Written(place, packed[start : start + 16], packed[start + 16 : start + 48])
            at += count * _RECORD
    except (struct.error, UnicodeDecodeError) as error:
        raise ValueError("not a packed piece") from error


def has_sealed(table: Table) -> bool:
    """Whether a table has sealed columns."""
    return any("sealed" in column.info for column in table.columns)


def writes_in(session: Session) -> Writes | None:
    """The records of the session's vault, if it carries one."""
    found = getattr(session.info.get("vault"), "writes", None)
    return found if isinstance(found, Writes) else None


@event.listens_for(Session, "do_orm_execute")
def _rows_that_go(state: ORMExecuteState) -> None:
    """Before a DELETE of rows with sealed values: which rows they are."""
    if not state.is_delete or not isinstance(state.statement, Delete):
        return
    writes, table = writes_in(state.session), state.statement.table
    if writes is None or not isinstance(table, Table) or not has_sealed(table):
        return
    ids = select(table.c.id)
    if state.statement.whereclause is not None:
        ids = ids.where(state.statement.whereclause)
    writes.gone(table.name, state.session.connection().scalars(ids).all())


@event.listens_for(Session, "after_flush")
def _objects_that_went(session: Session, _flush: UOWTransaction) -> None:
    writes = writes_in(session)
    if writes is None:
        return
    for gone in session.deleted:
        for table in inspect(type(gone)).tables:
            if isinstance(table, Table) and has_sealed(table):
                writes.gone(table.name, [gone.id])


@event.listens_for(Session, "after_soft_rollback")
def _nothing_written(session: Session, previous: SessionTransaction) -> None:
    writes = writes_in(session)
    if writes is not None and not previous.nested:
        writes.clear()
