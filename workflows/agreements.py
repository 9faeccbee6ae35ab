"""Agreements under which a named partner has exact tables: recorded by one account, confirmed by another.

They belong to an agency. An agreement ends on its day, or before when somebody ends it; nothing is deleted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import func, select

from models.figures import Agreement, ExactRelease
from workflows.errors import (
    ChangedMeanwhile,
    InvalidCommand,
    NotAllowedNow,
    NotFound,
    SameApprover,
)
from workflows.holders import is_same_human
from workflows.policy import Act
from workflows.work import Work

#: An agreement is made anew after so long.
MOST_DAYS = 731


class Standing(StrEnum):
    """Where an agreement stands."""

    WAITING = "waiting"
    IN_FORCE = "in_force"
    ENDED = "ended"


@dataclass(frozen=True, kw_only=True)
class RecordAgreement:
    """A paper that was signed: with whom, what for, until when, and who signed for the partner."""

    partner: str
    purpose: str
    signed_by: str
    ends_on: date


@dataclass(frozen=True)
class AgreementShown:
    """An agreement as it is listed. `own`: this account recorded it. `files`, `figures`: what left so far."""

    id: UUID
    partner: str
    purpose: str
    signed_by: str
    ends_on: date
    standing: Standing
    own: bool
    version: int
    recorded_at: datetime
    files: int
    figures: int


def record(work: Work, command: RecordAgreement) -> UUID:
    """Keep an agreement; it counts once another account has confirmed it.

    Raises InvalidCommand: it has ended already, or would last more than two years.
    """
    work.allow(Act.KEEP_AGREEMENTS, detail={"view": "record"})
    today = work.now.date()
    if command.ends_on < today or (command.ends_on - today).days > MOST_DAYS:
        raise InvalidCommand(field="ends_on")
    for known in _rows(work):
        # A second click, not a second paper.
        same = known.partner == command.partner and known.purpose == command.purpose
        if same and known.ends_on == command.ends_on and known.ended_at is None:
            return known.id
    row = Agreement(
        id=uuid4(),
        country=work.actor.country,
        agency_id=work.actor.agency_id,
        partner=command.partner,
        purpose=command.purpose,
        signed_by=command.signed_by,
        ends_on=command.ends_on,
        recorded_by=work.actor.user_id,
        recorded_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    return row.id


def confirm(work: Work, agreement_id: UUID, version: int) -> None:
    """Confirm what another account recorded.

    Raises:
        NotFound: no such agreement of the actor's agency.
        SameApprover: the actor recorded it, or is known to be the same human.
        NotAllowedNow: it is confirmed already, or has ended. ChangedMeanwhile: the page is stale.
    """
    row = _opened(work, agreement_id, version, "confirm")
    if is_same_human(work, row.recorded_by, work.actor.user_id):
        raise SameApprover
    if _standing(row, work.now.date()) is not Standing.WAITING:
        raise NotAllowedNow
    row.confirmed_by, row.confirmed_at = work.actor.user_id, work.now
    work.session.flush()


def end(work: Work, agreement_id: UUID, version: int) -> None:
    """End an agreement before its day. What left under it stays on the ledger."""
    row = _opened(work, agreement_id, version, "end")
    if _standing(row, work.now.date()) is Standing.ENDED:
        raise NotAllowedNow
    row.ended_at = work.now
    work.session.flush()


def listed(work: Work) -> tuple[AgreementShown, ...]:
    """The agreements of the actor's agency, the newest first, with what left under each."""
    work.allow(Act.KEEP_AGREEMENTS, detail={"view": "list"})
    counted = select(
        ExactRelease.agreement_id, func.count(), func.sum(ExactRelease.figures)
    ).group_by(ExactRelease.agreement_id)
    left = {one: (files, figures) for one, files, figures in work.session.execute(counted)}
    return tuple(_shown(work, row, left.get(row.id, (0, 0))) for row in _rows(work))


def in_force(work: Work) -> dict[UUID, str]:
    """The partners who may have exact tables now, by agreement. The caller has asked whether it may."""
    today = work.now.date()
    rows = _rows(work)
    return {row.id: row.partner for row in rows if _standing(row, today) is Standing.IN_FORCE}


def _rows(work: Work) -> list[Agreement]:
    return list(
        work.session.scalars(
            select(Agreement)
            .where(Agreement.agency_id == work.actor.agency_id)
            .order_by(Agreement.recorded_at.desc(), Agreement.id)
        )
    )


def _opened(work: Work, agreement_id: UUID, version: int, view: str) -> Agreement:
    detail = {"view": view, "agreement": str(agreement_id)}
    work.allow(Act.KEEP_AGREEMENTS, detail=detail)
    row = work.session.get(Agreement, agreement_id)
    if row is None or row.agency_id != work.actor.agency_id:
        raise NotFound
    if row.version != version:
        raise ChangedMeanwhile
    return row


def _standing(row: Agreement, today: date) -> Standing:
    if row.ended_at is not None or row.ends_on < today:
        return Standing.ENDED
    return Standing.WAITING if row.confirmed_by is None else Standing.IN_FORCE


def _shown(work: Work, row: Agreement, left: tuple[int, int]) -> AgreementShown:
    return AgreementShown(
        id=row.id,
        partner=row.partner,
        purpose=row.purpose,
        signed_by=row.signed_by,
        ends_on=row.ends_on,
        standing=_standing(row, work.now.date()),
        own=is_same_human(work, row.recorded_by, work.actor.user_id),
        version=row.version,
        recorded_at=row.recorded_at,
        files=left[0],
        figures=left[1],
    )
