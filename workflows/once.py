"""A write that arrives twice is done once: a double click, a browser that sends again, a machine
that retries.

The key is claimed in the transaction of the write, so that either both are kept or neither. What is kept of
the request is a keyed digest, and of the answer case numbers and codes, never content.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from models.accounts import Idempotency
from workflows.errors import KeyReused
from workflows.work import Work

#: How long a write is known by its key. A queue that was offline for a weekend may still send again.
KEPT = timedelta(days=7)


@dataclass(frozen=True)
class Claim:
    """The key of a write. `answer` is what was answered the first time; None when this is the first."""

    id: UUID
    request_mac: str
    answer: Mapping[str, object] | None


def claim(work: Work, key: str, request: bytes) -> Claim:
    """Claim `key` for this request, or find what the same request was answered before.

    The same key with another request is another write: somebody went back and corrected the form.
    """
    mac = _mac(work, request)
    return _claim(work, sha256(f"{work.actor.user_id}|{key}|{mac}".encode()).hexdigest(), mac)


def claim_strictly(work: Work, key: str, request: bytes) -> Claim:
    """As `claim`, for a machine: a key stands for one request and no other.

    Raises:
        KeyReused: the key was used for another request.
    """
    mac = _mac(work, request)
    digest = sha256(f"{work.actor.user_id}|machine|{key}".encode()).hexdigest()
    claimed = _claim(work, digest, mac)
    if claimed.request_mac != mac:
        raise KeyReused
    return claimed


def _mac(work: Work, request: bytes) -> str:
    return work.provider.mac("web", b"once|" + request).hex()


def _claim(work: Work, digest: str, mac: str) -> Claim:
    row_id = uuid4()
    # One statement, since nearly every write is the first of its key. Where somebody else is just claiming
    # it, the database waits for them.
    first = (
        _insert(work)(Idempotency)
        .values(
            id=row_id,
            key_sha256=digest,
            user_id=work.actor.user_id,
            request_mac=mac,
            status=0,
            answer={},
            at=work.now,
        )
        .on_conflict_do_nothing()
        .returning(Idempotency.id)
    )
    if work.session.scalar(first) is not None:
        return Claim(row_id, mac, None)
    found = work.session.scalars(select(Idempotency).where(Idempotency.key_sha256 == digest)).one()
    return Claim(found.id, found.request_mac, found.answer)


def _insert(work: Work) -> Any:
    """Neither database's way to pass over a row that is there is in SQL's own words."""
    postgres = work.session.get_bind().dialect.name == "postgresql"
    return postgresql.insert if postgres else sqlite.insert


def answered(work: Work, claimed: Claim, status: int, answer: Mapping[str, object]) -> Claim:
    """Keep what the write answered; commits with it. Returns the claim with its answer."""
    work.session.execute(
        update(Idempotency)
        .where(Idempotency.id == claimed.id)
        .values(status=status, answer=dict(answer))
        .execution_options(synchronize_session=False)
    )
    return replace(claimed, answer=answer)


def recall(work: Work, claim_id: UUID) -> Mapping[str, object] | None:
    """What a write of this actor was answered, for the page that follows it."""
    row = work.session.get(Idempotency, claim_id)
    return row.answer if row is not None and row.user_id == work.actor.user_id else None


def forget(work: Work) -> None:
    """Remove keys older than `KEPT`: a write with such a key is a new one."""
    work.session.execute(
        delete(Idempotency)
        .where(Idempotency.at < work.now - KEPT)
        .execution_options(synchronize_session=False)
    )
