"""The human of an agency who is told when nobody else has moved: one of its supervisors.

Named by a supervisor of the agency, or by whoever keeps the network.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import select

from models.accounts import FocalPoint, User
from models.network import Agency
from models.vocabulary import Role
from workflows.errors import InvalidCommand, NotFound
from workflows.policy import Act, Resource
from workflows.work import Work


@dataclass(frozen=True, kw_only=True)
class NameFocalPoint:
    """The human of an agency who is told when nobody else has moved."""

    agency: str
    account: str


@dataclass(frozen=True)
class AgencyContact:
    """An agency, whom it has named (the sign-in name of an open account), and whom it may name."""

    code: str
    names: dict[str, str]
    account: str | None
    candidates: tuple[str, ...]


def shown(work: Work, agency: str | None = None) -> AgencyContact:
    """Who is named, and who may be; of the actor's own agency where none is given.

    Raises:
        NotFound: no such agency, or not the actor's.
    """
    row = (
        work.session.get(Agency, work.actor.agency_id)
        if agency is None
        else work.session.scalar(select(Agency).where(Agency.code == agency))
    )
    _allow(work, row, "look")
    if row is None:
        raise NotFound
    named = of(work, row.id)
    return AgencyContact(
        code=row.code,
        names=dict(row.names),
        account=None if named is None else named.name,
        candidates=tuple(
            work.session.scalars(
                select(User.name)
                .where(
                    User.agency_id == row.id,
                    User.role == Role.SUPERVISOR,
                    User.disabled_on.is_(None),
                )
                .order_by(User.name)
            )
        ),
    )


def _allow(work: Work, agency: Agency | None, what: str) -> None:
    resource = Resource(kind="system", agency_id=None if agency is None else agency.id)
    detail = {} if agency is None else {"focal_point": agency.code, "do": what}
    work.allow(Act.NAME_FOCAL_POINT, resource, detail=detail)


def name(work: Work, command: NameFocalPoint) -> None:
    """Name an agency's focal point; who was named before is no longer.

    Raises:
        NotFound: another agency than the supervisor's own.
        InvalidCommand: no such agency, or no open account of a supervisor of it.
    """
    agency = work.session.scalar(select(Agency).where(Agency.code == command.agency))
    _allow(work, agency, "name")
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


def by_agency(work: Work) -> dict[UUID, str]:
    """Every agency that has named somebody whose account is open -> the sign-in name."""
    rows = work.session.execute(
        select(FocalPoint.agency_id, User.name)
        .join(User, FocalPoint.user_id == User.id)
        .where(User.disabled_on.is_(None))
    ).all()
    return {row.agency_id: row.name for row in rows}


def supervised(work: Work) -> frozenset[UUID]:
    """The agencies that have a supervisor with an open account."""
    return frozenset(
        work.session.scalars(
            select(User.agency_id).where(User.role == Role.SUPERVISOR, User.disabled_on.is_(None))
        )
    )
