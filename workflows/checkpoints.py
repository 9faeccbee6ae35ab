"""The sealer: takes entries that were committed since, adds them to the Merkle tree, signs its root.

It runs in the worker's round. What it adds was checked: an entry whose hash does not fit, that does not
follow the one before it, or whose chain's end was altered stays out, and the check of the log says so. A
heartbeat once a minute says of every chain how far it had come, in the worker's own chain.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from models.log import LogCheckpoint, LogEntry, LogHead, LogSealed
from models.vault.log_key import log_key
from workflows import log, notes
from workflows.merkle import Edge
from workflows.notes import Checkpoint, NoteKey
from workflows.policy import SYSTEM, Act, require
from workflows.work import Work

HEARTBEAT = timedelta(seconds=60)
#: Entries under one checkpoint at most; the next round takes the rest.
MOST = 10_000
#: Checkpoints that can have been made since the last heartbeat.
_RECENT = 20
#: The row under which the log speaks of its own heartbeats.
BEAT = UUID("0f4f0c7e-33a7-4d0c-8f0d-6f2f6f4f0d51")


@dataclass(frozen=True)
class Sealed:
    """What a round did: entries that came under the checkpoint, its note, chains that do not hold."""

    added: int
    size: int
    note: str | None
    broken: tuple[UUID, ...]


def public_key(work: Work) -> NoteKey:
    """The key that checks this installation's checkpoints."""
    return notes.key_of(log_key(work.provider))


def newest(work: Work) -> LogCheckpoint | None:
    """The newest checkpoint."""
    query = select(LogCheckpoint).order_by(LogCheckpoint.number.desc()).limit(1)
    return work.session.scalar(query)


def seal(work: Work) -> Sealed:
    """Make a checkpoint over all that was committed since the last one; nothing where nothing was."""
    require(work.actor, Act.SEAL_LOG, SYSTEM)
    last = newest(work)
    edge = Edge() if last is None else Edge(last.size, map(bytes.fromhex, last.edge))
    before, ranges, broken = edge.size, [], []
    for head, known in _behind(work):
        first = 1 if known is None else known.counter + 1
        reached = _add(work, edge, head, first, MOST - (edge.size - before))
        if reached is None:
            broken.append(head.stream)
        elif reached >= first:
            ranges.append([head.stream.hex, first, reached])
            _remember(work, head.stream, known, reached)
        if edge.size - before >= MOST:
            break
    if not ranges:
        return Sealed(0, before, None, tuple(broken))
    note = _kept(work, edge, ranges, 1 if last is None else last.number + 1)
    return Sealed(edge.size - before, edge.size, note, tuple(broken))


def _behind(work: Work) -> list[tuple[LogHead, LogSealed | None]]:
    """Chains that have gone on since they were sealed, in a fixed order."""
    rows = work.session.execute(
        select(LogHead, LogSealed)
        .join(LogSealed, LogSealed.stream == LogHead.stream, isouter=True)
        .where((LogSealed.counter.is_(None)) | (LogSealed.counter < LogHead.counter))
        .order_by(LogHead.stream)
    ).all()
    return [(head, known) for head, known in rows]


def _add(work: Work, edge: Edge, head: LogHead, first: int, room: int) -> int | None:
    """Add a chain's entries from `first`; returns the last one added, or None where the chain is broken."""
    if not hmac.compare_digest(head.mac, log.head_mac(work.provider, head)):
        return None
    rows = work.session.scalars(
        select(LogEntry)
        .where(
            LogEntry.stream == head.stream,
            LogEntry.counter >= max(first - 1, 1),
            LogEntry.counter <= head.counter,
        )
        .order_by(LogEntry.counter)
        .limit(room + 1)
    ).all()
    previous, wanted, leaves = log.FIRST, max(first - 1, 1), []
    for row in rows:
        if row.counter != wanted or log.entry_hash(vars(row)) != row.hash:
            return None
        if row.counter >= first:
            if row.previous != previous:
                return None
            leaves.append(bytes.fromhex(row.hash))
        previous, wanted = row.hash, row.counter + 1
    if wanted == head.counter + 1 and previous != head.hash:
        return None
    for leaf in leaves:
        edge.add(leaf)
    return first - 1 + len(leaves) if leaves else None


def _remember(work: Work, stream: UUID, known: LogSealed | None, counter: int) -> None:
    if known is None:
        work.session.add(LogSealed(id=uuid4(), stream=stream, counter=counter))
    else:
        known.counter = counter


def _kept(work: Work, edge: Edge, ranges: list[Any], number: int) -> str:
    signing = log_key(work.provider)
    origin = notes.key_of(signing).name
    note = notes.sign(Checkpoint(origin, edge.size, edge.root(), work.now), signing)
    work.session.add(
        LogCheckpoint(
            id=uuid4(),
            number=number,
            size=edge.size,
            root=edge.root().hex(),
            ranges=ranges,
            edge=[one.hex() for one in edge.hashes],
            note=note,
            at=work.now,
        )
    )
    work.session.flush()
    return note


def beat(work: Work) -> bool:
    """Once a minute: an entry that says how far every chain has come that moved since; whether it was due."""
    require(work.actor, Act.SEAL_LOG, SYSTEM)
    last = _last_beat(work)
    if last is not None and work.now - last < HEARTBEAT:
        return False
    recent = work.session.execute(
        select(LogCheckpoint.at, LogCheckpoint.ranges)
        .order_by(LogCheckpoint.number.desc())
        .limit(_RECENT)
    )
    streams = {head.stream for head, _ in _behind(work)}
    for at, ranges in recent:
        if last is None or at >= last:
            streams |= {UUID(str(stream)) for stream, _, _ in ranges}
    rows = work.session.execute(
        select(LogHead.stream, LogHead.counter, LogHead.hash).where(LogHead.stream.in_(streams))
    )
    heads = [[stream.hex, counter, digest] for stream, counter, digest in rows]
    work.note(Act.SEAL_LOG, "heartbeat", person=BEAT, detail={"heads": sorted(heads)})
    return True


def _last_beat(work: Work) -> datetime | None:
    found = log.accesses(work.session, work.provider, BEAT, limit=1)
    return found[0].at if found else None
