"""Checks the whole log from a database and what witnesses kept. Needs no secret: a copy will do.

The chains of `workflows.log`; the Merkle root, order, time and signature of every checkpoint; whether every
note that was kept outside is among them; what heartbeats said of each chain; and, when asked, whether every
sealed value in the database is the one that the log says was written last.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.log import LogCheckpoint, LogEntry, LogHead
from models.vault.writes import unpack
from workflows import log, log_data, notes
from workflows.log import FIRST, NO_CHAIN, Finding, Macs
from workflows.merkle import Edge
from workflows.notes import Checkpoint, NoteKey
from workflows.witnesses import entries_of

#: An entry that is older than the newest checkpoint by this must be under one.
GRACE = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Outside:
    """What the check may use beside the database: the public key, notes of witnesses, MACs if at home.

    `complete` says that the installation was sealed and stands still: every entry must be under a checkpoint.
    """

    key: NoteKey | None = None
    notes: tuple[str, ...] = ()
    macs: Macs | None = None
    data: bool = False
    complete: bool = False


@dataclass(frozen=True)
class Checked:
    """What was looked at, and what is wrong. `waiting`: entries that no checkpoint covers yet."""

    entries: int
    writers: int
    checkpoints: int
    kept_outside: int
    values: int
    waiting: int
    findings: tuple[Finding, ...]


@dataclass
class _State:
    """What one pass over the entries gathers for the checks that follow."""

    ends: dict[UUID, tuple[int, str]] = field(default_factory=dict)
    said: list[tuple[UUID, int, str]] = field(default_factory=list)
    entries: int = 0


def check(session: Session, outside: Outside) -> Checked:
    """Check everything that can be checked. Changes nothing."""
    state = _State()
    values = log_data.Values()
    try:
        findings = list[Finding]()
        findings += list(_chains(session, state, values if outside.data else None))
        findings += _heads(session, outside.macs, state)
        findings += _heartbeats(session, state)
        covered = dict[UUID, int]()
        made = list(_checkpoints(session, outside.key, covered))
        findings += [one for one in made if isinstance(one, Finding)]
        stated = {one.size: one for one in made if isinstance(one, Checkpoint)}
        findings += _outside(outside, stated)
        waiting, late = _not_covered(session, state, covered, stated, complete=outside.complete)
        findings += late
        compared = 0
        if outside.data:
            compared, wrong = values.compare(session)
            findings += wrong
    finally:
        values.close()
    return Checked(
        state.entries,
        len(state.ends),
        session.scalar(select(func.count()).select_from(LogCheckpoint)) or 0,
        len(outside.notes),
        compared,
        waiting,
        tuple(findings),
    )


def _chains(session: Session, state: _State, values: log_data.Values | None) -> Iterator[Finding]:
    for row in log.in_order(session):
        state.entries += 1
        counter, digest = state.ends.get(row.stream, (0, FIRST))
        if row.counter != counter + 1:
            yield from (Finding("missing", row.stream, n) for n in range(counter + 1, row.counter))
        elif row.previous != digest:
            yield Finding("reordered", row.stream, row.counter)
        if log.entry_hash(vars(row)) != row.hash:
            yield Finding("edited", row.stream, row.counter)
        state.ends[row.stream] = (row.counter, row.hash)
        if row.rule == "heartbeat":
            try:
                state.said += _said(row.detail)
            except (AttributeError, KeyError, TypeError, ValueError):
                yield Finding("edited", row.stream, row.counter)
        if values is not None and row.wrote is not None:
            try:
                values.add(row.stream, row.counter, row.moment or 0, unpack(row.wrote))
            except ValueError:
                yield Finding("edited", row.stream, row.counter)


def _said(detail: Any) -> list[tuple[UUID, int, str]]:
    """What a heartbeat says of each chain; any error for what is no heartbeat."""
    return [
        (UUID(stream), int(counter), str(digest)) for stream, counter, digest in detail["heads"]
    ]


def _heads(session: Session, macs: Macs | None, state: _State) -> Iterator[Finding]:
    """Every chain ends where its head says; at home also under its MAC."""
    if macs is not None:
        yield from log.check_heads(session, macs, state.ends)
        return
    heads = {row.stream: (row.counter, row.hash) for row in session.scalars(select(LogHead))}
    for stream in heads.keys() | state.ends.keys():
        if heads.get(stream) != state.ends.get(stream):
            counter = (heads.get(stream) or state.ends[stream])[0]
            yield Finding("cut", stream, counter)


def _heartbeats(session: Session, state: _State) -> Iterator[Finding]:
    for stream, counter, digest in state.said:
        found = session.scalar(
            select(LogEntry.hash).where(LogEntry.stream == stream, LogEntry.counter == counter)
        )
        if found != digest:
            yield Finding("missing" if found is None else "edited", stream, counter)


def _checkpoints(
    session: Session, key: NoteKey | None, covered: dict[UUID, int]
) -> Iterator[Finding | Checkpoint]:
    """Recompute the tree: yields what is wrong, and what each checkpoint states that holds."""
    edge, number, at = Edge(), 0, None
    for row in session.scalars(select(LogCheckpoint).order_by(LogCheckpoint.number)):
        number += 1
        wrong = Finding("checkpoint", NO_CHAIN, row.number)
        follows = _add_ranges(session, row, edge, covered)
        said = _stated(row.note)
        late = said is not None and at is not None and said.at < at
        if said is None or not follows or row.number != number or late:
            yield wrong
            continue
        at = said.at
        if (said.size, said.root) != (edge.size, edge.root()) or row.size != said.size:
            yield wrong
        elif key is not None and not (
            said.origin == key.name and notes.is_signed_by(row.note, key)
        ):
            yield Finding("signature", NO_CHAIN, row.number)
        else:
            yield said


def _add_ranges(session: Session, row: LogCheckpoint, edge: Edge, covered: dict[UUID, int]) -> bool:
    """Add the entries of one checkpoint to the tree; whether each stretch goes on where its chain was."""
    follows = True
    try:
        for name, first, last in row.ranges:
            stream = UUID(str(name))
            for digest in session.scalars(entries_of(str(name), first, last)):
                edge.add(bytes.fromhex(digest))
            follows = follows and covered.get(stream, 0) + 1 == first
            covered[stream] = int(str(last))
    except (TypeError, ValueError):
        return False
    return follows


def _stated(note: str) -> Checkpoint | None:
    try:
        return notes.parse(note)
    except ValueError:
        return None


def _outside(outside: Outside, stated: dict[int, Checkpoint]) -> Iterator[Finding]:
    """Every note that a witness kept is one of the database's checkpoints that hold."""
    for number, note in enumerate(outside.notes, 1):
        said = _stated(note)
        if said is None or (outside.key is not None and not notes.is_signed_by(note, outside.key)):
            # What somebody put into the folder says nothing about the log; that it is there is worth a line.
            yield Finding("strange_note", NO_CHAIN, number)
            continue
        found = stated.get(said.size)
        if found is None or found.root != said.root:
            yield Finding("taken_back", NO_CHAIN, said.size)


def _not_covered(
    session: Session,
    state: _State,
    covered: dict[UUID, int],
    stated: dict[int, Checkpoint],
    *,
    complete: bool,
) -> tuple[int, list[Finding]]:
    """How many entries no checkpoint covers, and those of them that should have been."""
    newest = max((one.at for one in stated.values()), default=None)
    waiting, late = 0, []
    for stream, (counter, _) in state.ends.items():
        first = covered.get(stream, 0) + 1
        if first > counter:
            continue
        waiting += counter - first + 1
        if complete or _is_late(session, stream, first, newest):
            late.append(Finding("not_covered", stream, first))
    return waiting, late


def _is_late(session: Session, stream: UUID, counter: int, newest: datetime | None) -> bool:
    at = session.scalar(
        select(LogEntry.at).where(LogEntry.stream == stream, LogEntry.counter == counter)
    )
    return newest is not None and at is not None and at < newest - GRACE


def kinds(findings: Iterable[Finding]) -> dict[str, int]:
    """How many findings of each kind."""
    counts: dict[str, int] = {}
    for one in findings:
        counts[one.kind] = counts.get(one.kind, 0) + 1
    return counts
