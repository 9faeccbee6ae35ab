"""The log: appended in the transaction of the act, one hash chain for each writer.

A writer is a thread of a process. One chain for all would make the whole application one transaction
at a time (security.md 6.2: 133 against 774 transactions a second). An entry holds codes and keyed tokens,
never a value; so does its hash. If an entry cannot be written, nothing else is, and nothing is shown.
"""

from __future__ import annotations

import hmac
import json
import os
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Protocol, cast
from uuid import UUID, uuid4

from sqlalchemy import URL, ColumnElement, Table, event, func, insert, select, update
from sqlalchemy.orm import Session

from models.base import adjacent_ids
from models.log import LogEntry, LogHead
from models.vault.vault import vault_in
from models.vault.writes import writes_in

FIRST = "0" * 64
_BATCH = 2000
_ENTRIES = cast("Table", LogEntry.__table__)


class Macs(Protocol):
    """The part of a key provider that the log needs."""

    def mac(self, key_id: str, data: bytes) -> bytes:
        """HMAC-SHA-256 of `data` under the named key."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What is to be logged of one act or read."""

    act: str
    rule: str
    at: datetime
    actor: UUID | None = None
    session: UUID | None = None
    subject: UUID | None = None
    purpose: str | None = None
    detail: Mapping[str, object] = field(default_factory=dict)
    #: Packed digests of what the act wrote.
    wrote: bytes | None = None


@dataclass
class _Chain:
    stream: UUID
    counter: int = 0
    hash: str = FIRST


class _Writers(threading.local):
    """This thread's chains: one for each database, and none that came over a fork."""

    def __init__(self) -> None:
        self.chains: dict[tuple[int, URL], _Chain] = {}


_writers = _Writers()


def _moment() -> int:
    """Microseconds of the machine's own clock: which of two writers of one value was the later.

    Not the work's time, which is that of its beginning: a writer that waited for another is the later one.
    """
    return time.time_ns() // 1000


def subject_token(macs: Macs, row: UUID) -> str:
    """The token under which the log speaks of a row. Keyed, so that the log alone names no case."""
    return macs.mac("log", b"subject|" + row.bytes).hex()[:32]


def append(session: Session, macs: Macs, entries: list[Entry]) -> _Chain:
    """Add entries to this writer's chain within the session's transaction; call `kept` after the commit."""
    old = _writers.chains.get(_place(session)) or _Chain(uuid4())
    chain = _Chain(old.stream, old.counter, old.hash)
    rows: list[dict[str, Any]] = []
    for row_id, entry in zip(adjacent_ids(), entries, strict=False):
        chain.counter += 1
        row = {
            "id": row_id,
            "stream": chain.stream,
            "counter": chain.counter,
            "at": entry.at,
            "actor": entry.actor,
            "session": entry.session,
            "act": entry.act,
            "rule": entry.rule,
            "subject": None if entry.subject is None else subject_token(macs, entry.subject),
            "purpose": entry.purpose,
            "detail": dict(entry.detail),
            "previous": chain.hash,
            "wrote": entry.wrote,
            "moment": None if entry.wrote is None else _moment(),
        }
        row["hash"] = chain.hash = entry_hash(row)
        rows.append(row)
    # Plain rows: a page that opened forty names logs forty reads, and needs none of them again.
    session.execute(insert(_ENTRIES), rows)
    values = {
        "counter": chain.counter,
        "hash": chain.hash,
        "mac": _head_mac(macs, chain.stream, chain.counter, chain.hash),
    }
    if old.counter == 0:
        session.add(LogHead(id=uuid4(), stream=chain.stream, **values))
    else:
        session.execute(update(LogHead).where(LogHead.stream == chain.stream).values(values))
    return chain


def with_writes(session: Session, entries: list[Entry], actor: UUID | None = None) -> list[Entry]:
    """The entries, the first of them with the digests of all sealed values that the session has written."""
    writes = writes_in(session)
    pieces = writes.drain() if writes is not None else []
    if not pieces:
        return entries
    if not entries:
        at = datetime.fromtimestamp(_moment() / 1_000_000, UTC)
        entries = [Entry(act="write", rule="vault", at=at, actor=actor)]
    first = replace(entries[0], wrote=pieces[0])
    more = [Entry(act="write", rule="vault", at=first.at, actor=first.actor) for _ in pieces[1:]]
    added = [replace(one, wrote=piece) for one, piece in zip(more, pieces[1:], strict=True)]
    return [first, *entries[1:], *added]


@event.listens_for(Session, "before_commit")
def _no_write_without_an_entry(session: Session) -> None:
    """What was sealed outside a unit of work (rotation of keys) gets its entry all the same."""
    vault = vault_in(session)
    if vault is None or session.in_nested_transaction():
        return
    session.flush()
    entries = with_writes(session, [])
    if entries:
        session.info["chain"] = append(session, vault.provider, entries)


@event.listens_for(Session, "after_commit")
def _kept_after_commit(session: Session) -> None:
    chain = session.info.pop("chain", None)
    if chain is not None:
        kept(session, chain)


def kept(session: Session, chain: _Chain | None) -> None:
    """Remember the chain's end after its commit. None (a commit that failed) starts a new chain."""
    if chain is None:
        _writers.chains.pop(_place(session), None)
    else:
        _writers.chains[_place(session)] = chain


def forget() -> None:
    """Begin new chains in this thread: its database was put back to an earlier state."""
    _writers.chains.clear()


def _place(session: Session) -> tuple[int, URL]:
    return os.getpid(), session.get_bind().engine.url


def entry_hash(row: Mapping[str, Any]) -> str:
    """SHA-256 over every column of the entry and the hash before it, in a canonical form."""
    parts = [
        row["id"].hex,
        row["stream"].hex,
        row["counter"],
        row["at"].timestamp(),
        row["actor"].hex if row["actor"] else None,
        row["session"].hex if row["session"] else None,
        row["act"],
        row["rule"],
        row["subject"],
        row["purpose"],
        row["detail"],
        row["previous"],
    ]
    if row["wrote"] is not None:
        parts += [row["moment"], sha256(row["wrote"]).hexdigest()]
    return sha256(json.dumps(parts, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def head_mac(macs: Macs, head: LogHead) -> str:
    """What the MAC of a chain's end ought to be; 64 hexadecimal digits."""
    return _head_mac(macs, head.stream, head.counter, head.hash)


def _head_mac(macs: Macs, stream: UUID, counter: int, digest: str) -> str:
    return macs.mac("log", b"head|" + f"{stream.hex}|{counter}|{digest}".encode()).hex()


#: Findings about the log as a whole name no chain.
NO_CHAIN = UUID(int=0)


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with the log, naming the writer and the entry."""

    kind: str
    stream: UUID
    counter: int


@dataclass(frozen=True)
class Verified:
    """What a check of the whole log found."""

    entries: int
    writers: int
    findings: tuple[Finding, ...]


def verify(session: Session, macs: Macs) -> Verified:
    """Check every entry, every chain's order, and every chain's end.

    Findings: `edited` (the hash does not fit the entry), `missing` (a counter is absent), `reordered` (an
    entry does not follow the one before it), `cut` (the chain ends before its head), `head` (the head was
    altered or is missing).
    """
    findings: list[Finding] = []
    ends: dict[UUID, tuple[int, str]] = {}
    for row in in_order(session):
        counter, digest = ends.get(row.stream, (0, FIRST))
        if row.counter != counter + 1:
            findings += [Finding("missing", row.stream, n) for n in range(counter + 1, row.counter)]
        elif row.previous != digest:
            findings.append(Finding("reordered", row.stream, row.counter))
        if entry_hash(vars(row)) != row.hash:
            findings.append(Finding("edited", row.stream, row.counter))
        ends[row.stream] = (row.counter, row.hash)
    findings += check_heads(session, macs, ends)
    total = session.scalar(select(func.count()).select_from(LogEntry)) or 0
    return Verified(total, len(ends), tuple(findings))


def check_heads(
    session: Session, macs: Macs, ends: dict[UUID, tuple[int, str]]
) -> Iterator[Finding]:
    """Whether each chain ends where its head says, under the head's MAC."""
    heads = {head.stream: head for head in session.scalars(select(LogHead))}
    for stream, head in heads.items():
        if not hmac.compare_digest(head.mac, _head_mac(macs, stream, head.counter, head.hash)):
            yield Finding("head", stream, head.counter)
        elif ends.get(stream) != (head.counter, head.hash):
            yield Finding("cut", stream, head.counter)
    for stream, (counter, _) in ends.items():
        if stream not in heads:
            yield Finding("head", stream, counter)


def in_order(session: Session) -> Iterator[LogEntry]:
    """All entries, chain by chain, each let go of when the next is taken."""
    query = select(LogEntry).order_by(LogEntry.stream, LogEntry.counter)
    for row in session.scalars(query.execution_options(yield_per=_BATCH)):
        yield row
        session.expunge(row)


def accesses(
    session: Session, macs: Macs, subject: UUID, *which: ColumnElement[bool], limit: int = 100
) -> list[LogEntry]:
    """Who did or read what of one row, newest first; of the entries for which every condition holds."""
    token = subject_token(macs, subject)
    query = select(LogEntry).where(LogEntry.subject == token, *which).order_by(LogEntry.at.desc())
    return list(session.scalars(query.limit(limit)))
