"""The human of an agency who is told when nobody else has moved: named by whoever keeps the network."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import select

from models.accounts import FocalPoint, User
from models.network import Agency
from models.vocabulary import Role
from workflows.errors import InvalidCommand
from workflows.policy import Act
from workflows.work import Work


@dataclass(frozen=True, kw_only=True)
class NameFocalPoint:
    """The human of an agency who is told when nobody else has moved."""

    agency: str
    account: str


def name(work: Work, command: NameFocalPoint) -> None:
    """Name an agency's focal point; who was named before is no longer.

    Raises:
        InvalidCommand: no such agency, or no open account of a supervisor of it.
    """
    work.allow(Act.MANAGE_NETWORK, detail={"focal_point": command.agency})
    agency = work.session.scalar(select(Agency).where(Agency.code == command.agency))
    if agency is None:
        raise InvalidCommand(field="agency")
    user = work.session.scalar(
        select(User).where(
            User.name == command.account,
            User.agency_id == agency.id,
            User.role == Role.SUPERVISOR,
            User.disabled_on.is_(None),
        )
    )
    if user is None:
        raise InvalidCommand(field="account")
    row = work.session.scalar(select(FocalPoint).where(FocalPoint.agency_id == agency.id))
    if row is None:
        row = FocalPoint(id=uuid4(), agency_id=agency.id)
        work.session.add(row)
    row.user_id, row.named_on = user.id, work.now.date()


def of(work: Work, agency_id: UUID) -> User | None:
    """The human whom an agency has named, while the account is open."""
    return work.session.scalar(
        select(User)
        .join(FocalPoint, FocalPoint.user_id == User.id)
        .where(FocalPoint.agency_id == agency_id, User.disabled_on.is_(None))
    )
