"""Whether the system is well, for its administrator: schema, keys, outbox, index, packs. No person
is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import func, select

from models import schema
from models.agency_keys import OutsideParcel
from models.network import Desk, Service
from models.referrals import Letter
from models.vocabulary import LetterState, Purpose
from workflows import key_orders
from workflows.policy import Act
from workflows.rules.faults import PackError
from workflows.work import Work

#: Rows are counted so far and no further.
MOST_COUNTED = 1000


@dataclass(frozen=True)
class PackHealth:
    """A pack as loaded. `doubtful`: rows whose basis nobody has confirmed; `fault`: why it does not load."""

    code: str
    version: str
    status: str
    sha256: str
    doubtful: int
    untranslated: Mapping[str, int]
    calendar_until: date | None
    has_calendar: bool
    fault: str | None = None


@dataclass(frozen=True)
class Health:
    """What an administrator should know. Counts stop at `MOST_COUNTED`."""

    schema_current: bool
    database: str
    key_provider: str
    keyring_changed_at: datetime | None
    missing_keys: tuple[str, ...]
    letters: Mapping[LetterState, int]
    #: The same of letters to installations outside.
    parcels: Mapping[LetterState, int]
    oldest_waiting: datetime | None
    index_sizes: Mapping[str, int]
    packs: tuple[PackHealth, ...]
    signatures_checked: bool
    unverified_services: int
    closed_desks: int
    #: Key operations that somebody carried out alone, and nobody else has looked into.
    keys_alone: int


def health(work: Work) -> Health:
    """Look at everything once."""
    work.allow(Act.VIEW_HEALTH)
    connection = work.session.connection()
    return Health(
        schema_current=schema.is_newest(connection),
        database=connection.dialect.name,
        key_provider=work.settings.key_provider,
        keyring_changed_at=_keyring_changed(work),
        missing_keys=tuple(p.value for p in Purpose if not work.provider.can_unwrap(p.value)),
        letters=_letters(work, Letter),
        parcels=_letters(work, OutsideParcel),
        oldest_waiting=work.session.scalar(
            select(func.min(Letter.not_before)).where(Letter.state == LetterState.WAITING)
        ),
        index_sizes=work.index.sizes(),
        packs=tuple(_pack(work, code) for code in work.shelf.codes()),
        signatures_checked=work.settings.pack_trust is not None,
        unverified_services=_count(
            work, select(Service.id).where(Service.verified_on.is_(None)).limit(MOST_COUNTED)
        ),
        closed_desks=_count(work, select(Desk.id).where(~Desk.open).limit(MOST_COUNTED)),
        keys_alone=key_orders.unseen(work),
    )


def _keyring_changed(work: Work) -> datetime | None:
    """When the keyring file was last written; None for a provider without a file."""
    if work.settings.key_provider != "file":
        return None
    try:
        return datetime.fromtimestamp(work.settings.keyring.stat().st_mtime, UTC)
    except OSError:
        return None


def _letters(work: Work, of: type[Letter | OutsideParcel]) -> dict[LetterState, int]:
    return {
        state: _count(work, select(of.id).where(of.state == state).limit(MOST_COUNTED))
        for state in (LetterState.WAITING, LetterState.LEASED, LetterState.STUCK)
    }


def _count(work: Work, query: Any) -> int:
    rows = query.subquery()
    return work.session.scalar(select(func.count()).select_from(rows)) or 0


def _pack(work: Work, code: str) -> PackHealth:
    try:
        pack = work.shelf.get(code, work.now.date())
    except PackError as error:
        where = f"{error.file}:{error.line}"
        return PackHealth(code, "", "", "", 0, {}, None, has_calendar=False, fault=where)
    rows: tuple[Any, ...] = (
        *pack.profiles.values(),
        *pack.rules.values(),
        *pack.needs.values(),
        *pack.holds.values(),
        *pack.deadlines,
        *pack.routes,
        *pack.agencies.values(),
    )
    languages = [language for language in work.settings.languages if language != "en"]
    return PackHealth(
        code=code,
        version=pack.version,
        status=pack.status,
        sha256=pack.sha256,
        doubtful=sum(row.basis == "?" for row in rows),
        untranslated={language: len(pack.missing(language)) for language in languages},
        calendar_until=pack.calendar.confirmed_until if pack.calendar else None,
        has_calendar=pack.calendar is not None,
    )
