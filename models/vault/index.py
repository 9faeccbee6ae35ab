"""The name index: in the memory of each process, loaded from sealed segments, nothing searchable at rest.

It answers "which persons share one of these keys". Which keys a name has is decided in
`workflows.names`; who may search, in the policy; how alike the names are, after opening them.

Segments are append-only. Their numbers are given under one lock that is held until the commit, so that
whoever has seen number n has seen all before it: no late commit can be missed. Call `add` near the end
of a unit of work: on PostgreSQL other writers of the index wait for its commit from there on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from threading import Lock
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, LargeBinary, case, delete, func, insert, select, update
from sqlalchemy.orm import Mapped, Session, SessionTransaction, mapped_column

from models.base import Base
from models.vault.contract import KeyProvider
from models.vault.errors import NotHeld
from models.vault.postings import STRONG, Content, Postings, from_bytes, merged, to_bytes

TOKEN_BYTES = 8
MOST_HITS = 50
_ADVISORY = 0x5E7A1  # PostgreSQL's lock number for the order of segments
_PENDING = "name_index_pending"


class NameSegment(Base):
    """One sealed piece of the index. Clear are its number, its day, and how many persons it speaks of."""

    __tablename__ = "name_segment"

    seq: Mapped[int] = mapped_column(unique=True)
    created: Mapped[date]
    count: Mapped[int]
    payload: Mapped[bytes] = mapped_column(LargeBinary)


_NEWEST = select(func.max(NameSegment.seq))


@dataclass(frozen=True, slots=True)
class Entry:
    """A person and the plain keys of all name forms (`workflows.names.keys.keys_of`)."""

    person: UUID
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Pending:
    """A transaction that wrote segments itself: until it ends it may follow only what is older."""

    transaction: SessionTransaction
    below: int


@dataclass(slots=True)
class _Memory:
    """What this process knows. `seqs` says which segments each part came from."""

    runs: list[tuple[frozenset[int], Postings]] = field(default_factory=list)
    recent: dict[int, list[bytes]] = field(default_factory=dict)
    recent_parts: dict[int, Postings] = field(default_factory=dict)
    removed: set[bytes] = field(default_factory=set)
    tombstones: set[int] = field(default_factory=set)
    last: int = 0

    def known_after(self, live: set[int]) -> set[int]:
        """Numbers of the segments still known after `drop_all_but`."""
        runs = [seqs for seqs, _ in self.runs if seqs <= live]
        recent = self.recent_parts.keys() if self.recent_parts.keys() <= live else ()
        return (self.tombstones & live).union(recent, *runs)

    def drop_all_but(self, live: set[int]) -> None:
        """Forget parts of which a segment was replaced by a compaction."""
        self.runs = [run for run in self.runs if run[0] <= live]
        self.tombstones &= live
        if not self.recent_parts.keys() <= live:
            self.recent.clear()
            self.recent_parts.clear()


class NameIndex:
    """One for each process, database and keyring; safe to use from several threads.

    `small` is the number of tokens below which a segment is kept in a dictionary and not in an array
    of its own, `large` the number of persons from which compaction leaves a segment alone.
    """

    def __init__(
        self,
        provider: KeyProvider,
        *,
        small: int = 4_096,
        recent_tokens: int = 16_384,
        large: int = 50_000,
    ) -> None:
        self._provider = provider
        self._small = small
        self._recent_tokens = recent_tokens
        self._large = large
        self._lock = Lock()
        self._memory = _Memory()

    def add(self, session: Session, entries: Iterable[Entry], *, on: date) -> None:
        """Write the entries in the session's transaction; others find them after the commit.

        `on` is the day, for `created`. Nothing is written for no entries. The session itself finds
        them only after its commit. Adding a person again adds keys and takes none away.
        """
        rest = iter(entries)
        while chunk := list(islice(rest, 2 * self._large)):
            epoch = self._provider.epochs()[-1]
            plain = [key for entry in chunk for key in entry.keys]
            tokens = dict(zip(plain, self._tokens(plain, epoch), strict=True))
            postings = Postings.of(
                (entry.person.bytes, [tokens[key] for key in entry.keys]) for entry in chunk
            )
            self._write(session, Content(postings, epoch=epoch), on)

    def remove(self, session: Session, person: UUID, *, on: date) -> None:
        """Forget a person for good (erasure): never found again after the commit.

        Their tokens leave the database with the next `compact`.
        """
        epoch = self._provider.epochs()[-1]
        gone = Content(Postings.of(()), removed=(person.bytes,), epoch=epoch)
        self._write(session, gone, on)

    def lookup(
        self,
        session: Session,
        keys: Iterable[str],
        *,
        weak: Iterable[str] = (),
        limit: int = MOST_HITS,
    ) -> list[UUID]:
        """Persons that share a key, at most `limit`: most shared `keys` first, then most `weak` ones.

        First follows what other processes have committed: one cheap query, and the new segments if
        there are any. Raises what the provider raises (`Locked`, `Tampered`).
        """
        self._follow(session)
        plain, ordering = list(set(keys)), list(set(weak))
        # While the index key is being rotated, tokens of both epochs are about.
        asked = [
            self._tokens([*plain, *ordering], epoch)
            for epoch in (self._provider.epochs() if plain or ordering else ())
        ]
        strong = [token for tokens in asked for token in tokens[: len(plain)]]
        weaker = [token for tokens in asked for token in tokens[len(plain) :]]
        shared: Counter[bytes] = Counter()
        with self._lock:
            memory = self._memory
            enough = limit + len(memory.removed)
            for _, postings in memory.runs:
                shared.update(postings.sharing(strong, weaker, enough))
            for tokens, worth in ((strong, STRONG), (weaker, 1)):
                for token in tokens:
                    shared.update(dict.fromkeys(memory.recent.get(token, ()), worth))
            for person in memory.removed:
                shared.pop(person, None)
        return [UUID(bytes=person) for person, _ in shared.most_common(limit)]

    def compact(self, session: Session, *, on: date) -> int:
        """Merge small segments and drop who was removed, in the session's transaction.

        Waits for writers of the index to commit and makes new ones wait, so none is lost. Returns the
        number of segments merged; 0 means there was nothing to do. Do not look up in the same session
        before its commit.
        """
        _take_turn(session)
        rows = session.execute(
            select(NameSegment.id, NameSegment.seq, NameSegment.payload).order_by(NameSegment.seq)
        ).all()
        opened = {seq: self._open(row_id, payload) for row_id, seq, payload in rows}
        contents = {seq: content for seq, content in opened.items() if not content.unread}
        removed = frozenset(person for content in contents.values() for person in content.removed)
        chosen = [seq for seq, content in contents.items() if self._merges(content, removed)]
        if len(chosen) < 2 and not removed:
            return 0
        postings = merged([contents[seq].postings for seq in chosen], removed)
        session.execute(
            delete(NameSegment)
            .where(NameSegment.seq.in_(chosen))
            .execution_options(synchronize_session=False)
        )
        # The merged segment takes a number above all others; with it every process reads the list anew.
        epoch = min((contents[seq].epoch for seq in chosen if contents[seq].postings), default=1)
        self._write(session, Content(postings, merged=True, epoch=epoch), on, above=max(opened))
        _set_pending(session, below=0)
        return len(chosen)

    def sizes(self) -> dict[str, int]:
        """Tokens, bytes of arrays and segments in this process's memory, for `serai bench` and health."""
        with self._lock:
            memory = self._memory
            arrays = [postings for _, postings in memory.runs]
            return {
                "tokens": sum(map(len, arrays)) + sum(map(len, memory.recent.values())),
                "array_bytes": sum(12 * len(part) + len(part.ids) for part in arrays),
                "segments": len(memory.recent_parts) + len(memory.tombstones) + len(arrays),
            }

    def outdated(self, session: Session) -> list[tuple[int, list[UUID]]]:
        """Numbers of the segments with tokens of an older epoch, and the persons they speak of."""
        newest = self._provider.epochs()[-1]
        found = self._fetch(session, NameSegment.seq > 0, None)
        return [
            (seq, [UUID(bytes=person) for person in content.postings.persons()])
            for seq, content in sorted(found.items())
            if content.epoch < newest and len(content.postings)
        ]

    def retire(self, session: Session, seq: int, *, on: date) -> None:
        """Drop a segment whose persons have all been added again, in the session's transaction."""
        _take_turn(session)
        highest = session.scalar(_NEWEST) or 0
        session.execute(
            delete(NameSegment)
            .where(NameSegment.seq == seq)
            .execution_options(synchronize_session=False)
        )
        newest = self._provider.epochs()[-1]
        told = Content(Postings.of(()), merged=True, epoch=newest)
        self._write(session, told, on, above=highest)
        _set_pending(session, below=0)

    def _tokens(self, keys: Sequence[str], epoch: int) -> list[int]:
        """64 bits of each keyed digest: a dictionary of names is of no use without the index key."""
        plain = [key.encode("utf-8", "surrogatepass") for key in keys]
        return [
            int.from_bytes(digest[:TOKEN_BYTES], "little")
            for digest in self._provider.macs(epoch, plain)
        ]

    def _open(self, row_id: UUID, payload: bytes) -> Content:
        """A segment's content. One sealed with a key that is elsewhere (travel mode) says nothing here."""
        try:
            return from_bytes(self._provider.open_blob(_place(row_id), payload))
        except NotHeld:
            return Content(Postings.of(()), unread=True)

    def _write(self, session: Session, content: Content, on: date, *, above: int = 0) -> None:
        _take_turn(session)
        row_id = uuid4()
        highest = func.coalesce(select(func.max(NameSegment.seq)).scalar_subquery(), 0)
        persons = len(content.removed) + sum(1 for _ in content.postings.persons())
        written = session.execute(
            insert(NameSegment)
            .values(
                id=row_id,
                seq=case((highest > above, highest), else_=above) + 1,
                created=on,
                count=persons,
                payload=self._provider.seal_blob(_place(row_id), to_bytes(content)),
            )
            .returning(NameSegment.seq)
        )
        _set_pending(session, below=written.scalar_one())

    def _merges(self, content: Content, removed: frozenset[bytes]) -> bool:
        persons = set(content.postings.persons())
        return len(persons) < self._large or not removed.isdisjoint(persons)

    def _follow(self, session: Session) -> None:
        """Take in committed segments.

        The first query is outside the lock: on SQLite it may wait for a writer's transaction, and that
        writer may be waiting for our lock.
        """
        below = _pending_below(session)
        newest = _NEWEST if below is None else _NEWEST.where(NameSegment.seq < below)
        with session.no_autoflush:
            if (session.scalar(newest) or 0) <= self._memory.last:
                return
            with self._lock:
                self._catch_up(session, below)

    def _catch_up(self, session: Session, below: int | None) -> None:
        """All segments above the last one seen, of one statement and so of one state of the table.

        No merged one among them: that is all. Else start from the list of those that live.
        """
        memory = self._memory
        fresh = self._fetch(session, NameSegment.seq > memory.last, below)
        if memory.last and any(content.merged for content in fresh.values()):
            fresh = self._replace(session, below)
        for seq in sorted(fresh):
            self._take_in(seq, fresh[seq])
        memory.last = max(memory.last, *fresh, 0)

    def _replace(self, session: Session, below: int | None) -> dict[int, Content]:
        """Forget what compaction replaced; the segments that live and are not known yet."""
        memory = self._memory
        while True:
            listed = select(NameSegment.seq)
            if below is not None:
                listed = listed.where(NameSegment.seq < below)
            live = set(session.scalars(listed))
            kept = memory.known_after(live)
            missing = live - kept
            lowest, highest = min(missing, default=0), max(missing, default=0)
            span = NameSegment.seq.between(lowest, highest)
            fetched = self._fetch(session, span & NameSegment.seq.not_in(kept), below)
            if missing <= fetched.keys():  # else one more compaction came between the statements
                memory.drop_all_but(live)
                return {seq: fetched[seq] for seq in missing}

    def _fetch(
        self, session: Session, which: ColumnElement[bool], below: int | None
    ) -> dict[int, Content]:
        rows = select(NameSegment.id, NameSegment.seq, NameSegment.payload).where(which)
        if below is not None:
            rows = rows.where(NameSegment.seq < below)
        return {seq: self._open(row_id, payload) for row_id, seq, payload in session.execute(rows)}

    def _take_in(self, seq: int, content: Content) -> None:
        memory = self._memory
        memory.removed.update(content.removed)
        if content.removed:
            memory.tombstones.add(seq)
        elif len(content.postings) > self._small:
            memory.runs.append((frozenset((seq,)), content.postings))
        else:
            memory.recent_parts[seq] = content.postings
            for person, tokens in content.postings.entries():
                for token in tokens:
                    memory.recent.setdefault(token, []).append(person)
            if sum(map(len, memory.recent_parts.values())) > self._recent_tokens:
                self._fold_recent()

    def _fold_recent(self) -> None:
        """Turn the dictionary of small segments into one array: a tenth of the memory."""
        memory = self._memory
        seqs = frozenset(memory.recent_parts)
        postings = merged(list(memory.recent_parts.values()), frozenset())
        memory.runs.append((seqs, postings))
        memory.recent.clear()
        memory.recent_parts.clear()


def _place(row_id: UUID) -> str:
    return f"name_segment/payload/{row_id}"


def _take_turn(session: Session) -> None:
    """Hold the order of segments until the transaction ends.

    PostgreSQL: a lock of the transaction. SQLite: the write lock, taken by a write that changes nothing,
    so that what is read next cannot be stale. Both are released by commit and rollback alike.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_ADVISORY)))
    else:
        session.execute(
            update(NameSegment)
            .where(NameSegment.seq < 0)
            .values(count=NameSegment.count)
            .execution_options(synchronize_session=False)
        )


def _set_pending(session: Session, *, below: int) -> None:
    transaction = session.get_transaction()
    before = _pending_below(session)
    if transaction is not None:
        least = below if before is None else min(before, below)
        session.info[_PENDING] = _Pending(transaction, least)


def _pending_below(session: Session) -> int | None:
    """The lowest segment number this very transaction wrote; None when it wrote none."""
    pending = session.info.get(_PENDING)
    if isinstance(pending, _Pending) and pending.transaction is session.get_transaction():
        return pending.below
    return None
