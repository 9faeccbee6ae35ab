"""Compares every sealed value in the database with the digest that the log wrote last. Needs no key.

The digests go through a database of their own in a temporary file, which holds digests and row ids only, so
that a log of any length can be compared.
"""

from __future__ import annotations

import pkgutil
import sqlite3
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Any
from uuid import UUID

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

import models
from models.base import Base
from models.vault.writes import EMPTY, GONE, Written, digest_of, has_sealed
from workflows.log import NO_CHAIN, Finding

for _module in pkgutil.iter_modules(models.__path__):
    if not _module.ispkg:
        import_module(f"models.{_module.name}")

#: Of two writers on two machines, whose clocks may differ by so much (microseconds), either may be the later.
_TOLERANCE = 5_000_000
_BATCH = 1000


class Values:
    """The last record of every value, by chain; then every value that is there."""

    def __init__(self) -> None:
        # An empty name is a temporary file of SQLite's own, removed when it is closed.
        self._kept = sqlite3.connect("", isolation_level=None)
        self._kept.execute("PRAGMA journal_mode=OFF")
        self._kept.execute(
            "CREATE TABLE w (place TEXT, row BLOB, stream BLOB, counter INT, moment INT, digest BLOB,"
            " seen INT DEFAULT 0, PRIMARY KEY (place, row, stream)) WITHOUT ROWID"
        )
        self._kept.execute("BEGIN")

    def close(self) -> None:
        """Forget everything."""
        self._kept.close()

    def add(self, stream: UUID, counter: int, moment: int, records: Iterable[Written]) -> None:
        """Take up what an entry wrote. Entries of one chain come in its order."""
        self._kept.executemany(
            "INSERT OR REPLACE INTO w (place, row, stream, counter, moment, digest)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            [(one.place, one.row, stream.bytes, counter, moment, one.digest) for one in records],
        )

    def compare(self, session: Session) -> tuple[int, list[Finding]]:
        """How many values there are, and those that are not what was written last, or not there."""
        count = 0
        findings: list[Finding] = []
        for table in Base.metadata.sorted_tables:
            if not has_sealed(table):
                continue
            names = [column.name for column in table.columns if "sealed" in column.info]
            for row_id, *blobs in _rows(session, table, names):
                for name, blob in zip(names, blobs, strict=True):
                    count += blob is not None
                    findings += self._looked_at(f"{table.name}.{name}", row_id, blob)
                if self._latest(table.name, row_id):
                    findings.append(_finding("row_back", (NO_CHAIN, 0)))
        return count, findings + list(self._missing())

    def _looked_at(self, place: str, row: UUID, blob: bytes | None) -> Iterator[Finding]:
        told = self._latest(place, row)
        if not told:
            if blob is not None:
                yield _finding("value_unknown", (NO_CHAIN, 0))
            return
        self._kept.execute("UPDATE w SET seen = 1 WHERE place = ? AND row = ?", (place, row.bytes))
        digest = digest_of(blob)
        if all(one != digest for one, _, _ in told):
            yield _finding("value_changed", (told[0][1], told[0][2]))

    def _latest(self, place: str, row: UUID) -> list[tuple[bytes, UUID, int]]:
        """Digest, chain and entry of the last record, and of those that may be as late."""
        found = self._kept.execute(
            "SELECT digest, stream, counter, moment FROM w WHERE place = ? AND row = ?"
            " ORDER BY moment DESC",
            (place, row.bytes),
        ).fetchall()
        return [
            (digest, UUID(bytes=stream), counter)
            for digest, stream, counter, moment in found
            if moment >= found[0][3] - _TOLERANCE
        ]

    def _missing(self) -> Iterator[Finding]:
        """Rows of which the log knows a value, that are not there, and that nobody deleted."""
        rows = self._kept.execute(
            "SELECT w.place, w.row, w.stream, w.counter FROM w WHERE w.seen = 0 AND w.digest <> ?"
            " AND w.digest <> ? AND instr(w.place, '.') > 0 AND NOT EXISTS (SELECT 1 FROM w AS g"
            " WHERE g.place = substr(w.place, 1, instr(w.place, '.') - 1) AND g.row = w.row)",
            (EMPTY, GONE),
        )
        for _place, _row, stream, counter in rows:
            yield _finding("row_gone", (UUID(bytes=stream), counter))


def _finding(kind: str, entry: tuple[UUID, int]) -> Finding:
    return Finding(kind, *entry)


def _rows(session: Session, table: Table, names: list[str]) -> Iterator[Any]:
    columns = [table.c.id, *(table.c[name] for name in names)]
    batches = {"yield_per": _BATCH}
    yield from session.connection().execute(select(*columns), execution_options=batches)
