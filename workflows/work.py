"""One unit of work: session, actor, vault, clock, log. The door opens it; it commits once or not at all.

What a unit of work keeps to: an act is allowed by a rule before anything is done; the rule's purposes are
granted to the vault for one person; the act, and every sealed field that was opened, go to the log in the
same transaction; a refusal is logged in a transaction of its own, since the refused work is rolled back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy.exc import IntegrityError, NoResultFound, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from config.settings import Settings
from models.scope import SYSTEM as SYSTEM_SCOPE
from models.scope import Scope, work_within
from models.session import Storage
from models.turns import NoTurn
from models.vault.index import NameIndex
from models.vault.providers import KeyProvider
from models.vault.vault import Vault
from models.vocabulary import Purpose
from workflows import in_force, log
from workflows.errors import (
    ApprovalMissing,
    Busy,
    ChangedMeanwhile,
    NotAllowed,
    NotFound,
    OriginFirewall,
    SameApprover,
    SeraiError,
    StorageFull,
)
from workflows.packs import Shelf
from workflows.policy import SYSTEM, Act, Actor, Resource, Rule, require

#: Refusals that are worth a line in the log: somebody reached for what is not theirs.
_LOGGED_REFUSALS = (NotAllowed, NotFound, OriginFirewall, ApprovalMissing, SameApprover)

_Row = TypeVar("_Row")


@dataclass
class Work:
    """What every workflow function takes first. `now` is aware UTC and does not move within the work."""

    session: Session
    vault: Vault
    actor: Actor
    now: datetime
    settings: Settings
    shelf: Shelf
    provider: KeyProvider
    index: NameIndex
    entries: list[log.Entry] = field(default_factory=list)
    #: The last act asked for, so that a refusal can be logged with it.
    asked: Act | None = None
    held: set[object] = field(default_factory=set)

    def __setattr__(self, name: str, value: object) -> None:
        """Whose work it is, is also the database's to know: it is told when the actor is set."""
        object.__setattr__(self, name, value)
        if name == "actor" and isinstance(value, Actor):
            work_within(self.session, scope_of(value))

    @contextmanager
    def beyond(self) -> Iterator[None]:
        """Look past the boundary between agencies for a count, or for one case under a rule that says so.

        Lifts the database's second line only; the policy holds as ever.
        """
        before = self.session.info.get("scope")
        work_within(self.session, SYSTEM_SCOPE)
        try:
            yield
        finally:
            # Within another look beyond, that one goes on.
            work_within(self.session, before or scope_of(self.actor))

    def hold(self, row: _Row) -> _Row:
        """Keep a row that is asked for again and again: the session forgets one that nobody holds."""
        self.held.add(row)
        return row

    def allow(
        self,
        act: Act,
        resource: Resource = SYSTEM,
        *,
        person: UUID | None = None,
        detail: Mapping[str, object] | None = None,
    ) -> Rule:
        """Require that the actor may do `act`, grant the rule's purposes for `person`, and log it.

        Raises:
            NotAllowed, NotFound: from the policy.
        """
        self.asked = act
        rule = require(self.actor, act, resource)
        if person is not None and rule.purposes:
            self.vault.grant(person, *rule.purposes)
        self.note(act, rule.id, person=person, purposes=rule.purposes, detail=detail)
        return rule

    def note(
        self,
        act: Act,
        rule: str,
        *,
        person: UUID | None = None,
        purposes: Iterable[Purpose] = (),
        detail: Mapping[str, object] | None = None,
    ) -> None:
        """Log an act that needs no further permission. `detail` holds codes and counts, never a value."""
        self.entries.append(
            log.Entry(
                act=act.value,
                rule=rule,
                at=self.now,
                actor=self.actor.user_id,
                session=self.actor.session_id,
                subject=person,
                purpose=" ".join(sorted(purpose.value for purpose in purposes)) or None,
                detail=dict(detail or {}),
            )
        )

    @contextmanager
    def computing(self, person: UUID, *purposes: Purpose) -> Iterator[None]:
        """Open what a decision is computed from, without showing it: no grant remains, no read is logged.

        The act itself is in the log. Values opened here must not reach a result that is shown.
        """
        before = len(self.vault.reads)
        fresh = [p for p in purposes if not self.vault.is_granted(person, p)]
        self.vault.grant(person, *fresh)
        try:
            yield
        finally:
            self.vault.deny(person, *fresh)
            del self.vault.reads[before:]

    def start_again(self) -> None:
        """Undo all of this work so far, for a door that answers a refused act from the state as it is now."""
        self.session.rollback()
        self.vault.reads.clear()
        self.vault.writes.clear()
        self.entries = []

    def commit(self) -> None:
        """Write the log and commit: keys first, then everything else together."""
        self.entries += self._reads()
        self.session.flush()
        self.entries = log.with_writes(self.session, self.entries, self.actor.user_id)
        chain = log.append(self.session, self.provider, self.entries) if self.entries else None
        self.entries = []
        self.vault.flush_keys()
        try:
            self.session.commit()
        except BaseException:
            # Nothing is swallowed. Whether the commit arrived is not known, even when the process is being
            # stopped: this writer begins a new chain.
            log.kept(self.session, None)
            raise
        if chain is not None:
            log.kept(self.session, chain)

    def _reads(self) -> list[log.Entry]:
        opened: dict[UUID, set[str]] = {}
        for read in self.vault.reads:
            opened.setdefault(read.owner, set()).add(f"{read.table}.{read.column}")
        self.vault.reads.clear()
        return [
            log.Entry(
                act="read",
                rule="vault",
                at=self.now,
                actor=self.actor.user_id,
                session=self.actor.session_id,
                subject=owner,
                detail={"fields": sorted(fields)},
            )
            for owner, fields in opened.items()
        ]


def scope_of(actor: Actor) -> Scope:
    """What the database is told of an actor."""
    return Scope(actor.role.value, actor.agency_id, actor.post_id, actor.country, actor.desk_ids)


@contextmanager
def begin(
    storage: Storage, actor: Actor, *, now: datetime, settings: Settings, shelf: Shelf
) -> Iterator[Work]:
    """Open a unit of work; commit it when the block ends well, else roll all of it back.

    Raises:
        ChangedMeanwhile: a row was changed or erased by somebody else since it was read, or its number taken.
        StorageFull: the database has no room. Nothing was written.
        Busy: others kept the database too long. Nothing was written.
    """
    try:
        with _begun(storage, actor, now, settings, shelf) as work:
            yield work
    except NoTurn:
        raise Busy from None


@contextmanager
def _begun(
    storage: Storage, actor: Actor, now: datetime, settings: Settings, shelf: Shelf
) -> Iterator[Work]:
    with storage.open_session() as (session, vault):
        packs = in_force.noticed(shelf, storage.engine, session, now)
        work = Work(session, vault, actor, now, settings, packs, storage.provider, storage.index)
        try:
            yield work
            work.commit()
        except (StaleDataError, NoResultFound) as error:
            # PostgreSQL shows each statement what is committed by then: a row that another statement has just
            # named may be gone, when a person is erased while somebody reads.
            raise ChangedMeanwhile from error
        except IntegrityError as error:
            if _is_taken(error):
                raise ChangedMeanwhile from error
            raise
        except OperationalError as error:
            if _is_full(error):
                raise StorageFull from error
            if _is_busy(error):
                raise Busy from error
            raise
        except _LOGGED_REFUSALS as refusal:
            session.rollback()
            _log_refusal(work, refusal)
            raise


def _log_refusal(work: Work, refusal: SeraiError) -> None:
    asked = work.asked.value if work.asked else "unknown"
    work.entries = [
        log.Entry(
            act="refused",
            rule=refusal.code,
            at=work.now,
            actor=work.actor.user_id,
            session=work.actor.session_id,
            detail={"act": asked},
        )
    ]
    work.vault.reads.clear()
    work.commit()


def _is_taken(error: IntegrityError) -> bool:
    """Whether somebody else wrote the same number first; any other broken rule is a fault of ours."""
    text = str(error.orig)
    return getattr(error.orig, "sqlstate", None) == "23505" or "UNIQUE constraint failed" in text


def _is_full(error: OperationalError) -> bool:
    text = str(error.orig).lower()
    return "disk is full" in text or "no space left" in text or "could not extend file" in text


def _is_busy(error: OperationalError) -> bool:
    text = str(error.orig).lower()
    return "database is locked" in text or "lock timeout" in text or "deadlock detected" in text
