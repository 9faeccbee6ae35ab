"""Attacks on a log and its data by somebody who may write the whole database and knows every formula.

They have neither the signing key nor the folder where checkpoints are kept. Each attack changes something in
the open transaction of a connection and says what it was.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any, cast
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, Table, delete, insert, select, update

from models.base import Base
from models.log import LogCheckpoint, LogEntry, LogHead, LogSealed
from models.vault.format import SealedBytes
from models.vault.signing import SigningKey
from models.vault.writes import has_sealed
from workflows import log, notes
from workflows.log import FIRST, entry_hash
from workflows.merkle import Edge
from workflows.notes import Checkpoint

ENTRY = cast("Table", LogEntry.__table__)
HEAD = cast("Table", LogHead.__table__)
POINT = cast("Table", LogCheckpoint.__table__)
SEALED = cast("Table", LogSealed.__table__)
#: Every sealed value at an earlier moment: (table, column) -> row -> ciphertext.
Earlier = dict[tuple[str, str], dict[UUID, bytes | None]]
Row = dict[str, Any]
Attack = Callable[[Connection, Random, Earlier], str]


def sealed_values(connection: Connection) -> Earlier:
    """Every sealed value as it stands."""
    found: Earlier = {}
    for table in Base.metadata.sorted_tables:
        if has_sealed(table):
            for column in table.columns:
                if "sealed" in column.info:
                    rows = connection.execute(select(table.c.id, column)).all()
                    found[table.name, column.name] = {row[0]: row[1] for row in rows}
    return found


def _stream(connection: Connection, random: Random, at_least: int = 2) -> list[Row]:
    """The entries of a writer, in order."""
    rows = [dict(row) for row in connection.execute(select(ENTRY)).mappings()]
    streams: dict[UUID, list[Row]] = {}
    for row in sorted(rows, key=lambda one: one["counter"]):
        streams.setdefault(row["stream"], []).append(row)
    return random.choice([s for _, s in sorted(streams.items()) if len(s) >= at_least])


def _write_chain(connection: Connection, stream: UUID, rows: list[Row]) -> None:
    """Write a chain anew with counters, hashes and head that fit; only the head's MAC does not."""
    connection.execute(delete(ENTRY).where(ENTRY.c.stream == stream))
    previous = FIRST
    for counter, row in enumerate(rows, 1):
        row |= {"counter": counter, "previous": previous}
        row["hash"] = previous = entry_hash(row)
    if rows:
        connection.execute(insert(ENTRY), rows)
    connection.execute(
        update(HEAD).where(HEAD.c.stream == stream).values(counter=len(rows), hash=previous)
    )


def _forged(random: Random, row: Row) -> Row:
    column = random.choice(["actor", "act", "detail", "at", "subject", "wrote"])
    value = {
        "actor": uuid4(),
        "act": "view_case" if row["act"] != "view_case" else "answer",
        "detail": {"forged": random.random()},
        "at": row["at"] - timedelta(days=1),
        "subject": f"{random.getrandbits(128):032x}",
        "wrote": random.randbytes(60),
    }[column]
    return {**row, column: value, "moment": row["moment"] or 1}


def edit(connection: Connection, random: Random, _earlier: Earlier) -> str:
    row = random.choice(_stream(connection, random, 1))
    forged = _forged(random, row)
    connection.execute(update(ENTRY).where(ENTRY.c.id == row["id"]).values(forged))
    return "edit"


def edit_and_chain_again(connection: Connection, random: Random, _earlier: Earlier) -> str:
    rows = _stream(connection, random, 1)
    place = random.randrange(len(rows))
    rows[place] = _forged(random, rows[place])
    _write_chain(connection, rows[0]["stream"], rows)
    return "edit and chain again"


def remove(connection: Connection, random: Random, _earlier: Earlier) -> str:
    rows = _stream(connection, random)
    stream = rows[0]["stream"]
    del rows[random.randrange(len(rows))]
    _write_chain(connection, stream, rows)
    return "delete"


def reorder(connection: Connection, random: Random, _earlier: Earlier) -> str:
    rows = _stream(connection, random)
    one, other = random.sample(range(len(rows)), 2)
    rows[one], rows[other] = rows[other], rows[one]
    _write_chain(connection, rows[0]["stream"], rows)
    return "reorder"


def insert_one(connection: Connection, random: Random, _earlier: Earlier) -> str:
    rows = _stream(connection, random, 1)
    row = {**random.choice(rows), "id": uuid4(), "wrote": None}
    rows.insert(random.randrange(len(rows) + 1), row)
    _write_chain(connection, row["stream"], rows)
    return "insert"


def truncate(connection: Connection, random: Random, _earlier: Earlier) -> str:
    """Back to an older checkpoint: everything after it goes, heads and marks are set to where it ends."""
    points = connection.execute(select(POINT).order_by(POINT.c.number)).mappings().all()
    last = random.randrange(len(points) - 1)
    ends: dict[UUID, int] = {}
    for point in points[: last + 1]:
        ends |= {UUID(stream): end for stream, _, end in point["ranges"]}
    connection.execute(delete(POINT).where(POINT.c.number > points[last]["number"]))
    for stream in connection.execute(select(HEAD.c.stream)).scalars().all():
        _end_at(connection, stream, ends.get(stream, 0))
    return "truncate to an older checkpoint"


def _end_at(connection: Connection, stream: UUID, end: int) -> None:
    connection.execute(delete(ENTRY).where(ENTRY.c.stream == stream, ENTRY.c.counter > end))
    if not end:
        connection.execute(delete(HEAD).where(HEAD.c.stream == stream))
        connection.execute(delete(SEALED).where(SEALED.c.stream == stream))
        return
    chosen = select(ENTRY.c.hash).where(ENTRY.c.stream == stream, ENTRY.c.counter == end)
    digest = connection.execute(chosen).scalar_one()
    connection.execute(update(HEAD).where(HEAD.c.stream == stream).values(counter=end, hash=digest))
    connection.execute(update(SEALED).where(SEALED.c.stream == stream).values(counter=end))


def sign_again(connection: Connection, random: Random, _earlier: Earlier) -> str:
    """Another history, whole in itself: chains, tree and checkpoints made anew, signed with another key."""
    edit_and_chain_again(connection, random, _earlier)
    signing = SigningKey(Ed25519PrivateKey.generate())
    edge, said = Edge(), None
    for point in connection.execute(select(POINT).order_by(POINT.c.number)).mappings().all():
        for stream, first, last in point["ranges"]:
            chosen = (
                select(ENTRY.c.hash)
                .where(ENTRY.c.stream == UUID(stream), ENTRY.c.counter.between(first, last))
                .order_by(ENTRY.c.counter)
            )
            for digest in connection.execute(chosen).scalars():
                edge.add(bytes.fromhex(digest))
        said = notes.parse(point["note"])
        stated = Checkpoint(said.origin, edge.size, edge.root(), said.at)
        note = notes.sign(stated, signing).replace(notes.key_of(signing).name, said.origin)
        values = {"note": note, "root": edge.root().hex(), "edge": [h.hex() for h in edge.hashes]}
        connection.execute(update(POINT).where(POINT.c.id == point["id"]).values(values))
    return "sign with another key"


def _values(connection: Connection, random: Random, at_least: int = 1) -> tuple[Table, str, Any]:
    """A sealed column with values: table, column, rows that hold one."""
    now = sealed_values(connection)
    places = [
        (place, {row: blob for row, blob in rows.items() if blob is not None})
        for place, rows in sorted(now.items())
    ]
    place, rows = random.choice([one for one in places if len(one[1]) >= at_least])
    return Base.metadata.tables[place[0]], place[1], rows


def _set(connection: Connection, table: Table, column: str, row: UUID, blob: bytes | None) -> None:
    value = None if blob is None else SealedBytes(blob)
    connection.execute(update(table).where(table.c.id == row).values({column: value}))


def roll_back(connection: Connection, random: Random, earlier: Earlier) -> str:
    now = sealed_values(connection)
    changed = [
        (place, row, blob)
        for place, rows in sorted(earlier.items())
        for row, blob in sorted(rows.items())
        if row in now[place] and now[place][row] != blob
    ]
    (table, column), row, blob = random.choice(changed)
    _set(connection, Base.metadata.tables[table], column, row, blob)
    return "value rolled back"


def take_value(connection: Connection, random: Random, _earlier: Earlier) -> str:
    table, column, rows = _values(connection, random)
    _set(connection, table, column, random.choice(sorted(rows)), None)
    return "value deleted"


def alter(connection: Connection, random: Random, _earlier: Earlier) -> str:
    table, column, rows = _values(connection, random)
    row = random.choice(sorted(rows))
    blob = bytearray(rows[row])
    blob[random.randrange(len(blob))] ^= 1 << random.randrange(8)
    _set(connection, table, column, row, bytes(blob))
    return "value altered"


def swap(connection: Connection, random: Random, _earlier: Earlier) -> str:
    table, column, rows = _values(connection, random, 2)
    one, other = random.sample(sorted(rows), 2)
    _set(connection, table, column, one, rows[other])
    _set(connection, table, column, other, rows[one])
    return "values swapped"


def take_row(connection: Connection, random: Random, _earlier: Earlier) -> str:
    """A row with what it sealed goes; nothing may point to it, or the database itself would refuse."""
    names = ("hold", "deadline", "assessment", "answer")
    table = Base.metadata.tables[random.choice(names)]
    rows = sorted(connection.execute(select(table.c.id)).scalars())
    connection.execute(delete(table).where(table.c.id == random.choice(rows)))
    return "row deleted"


def take_writer(connection: Connection, random: Random, _earlier: Earlier) -> str:
    """A whole writer goes, with its head: no chain is left to be broken."""
    stream = _stream(connection, random, 1)[0]["stream"]
    for table in (ENTRY, HEAD, SEALED):
        connection.execute(delete(table).where(table.c.stream == stream))
    return "whole writer deleted"


#: The eleven kinds of security.md 6.3, and two more that the design names as holes.
KINDS: tuple[Attack, ...] = (
    *(edit, edit_and_chain_again, remove, reorder, insert_one, truncate, sign_again),
    *(roll_back, take_value, alter, swap, take_row, take_writer),
)
assert log.FIRST == FIRST
