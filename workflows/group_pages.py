"""The group as one member's page shows it: who is of it, what was claimed, and from whom somebody is kept.

Made for the person of one case: whoever is kept from them is left out, not greyed; of members whom the actor
may not see, only the number is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from models.cases import Case, Task
from models.people import Membership, Person
from models.referrals import Referral
from models.vault.sealed import load_sealed
from models.vocabulary import Purpose, TaskKind, TaskState
from workflows import apart, groups, kinship
from workflows.apart import ApartShown
from workflows.casework import CaseStatus, case_resource, keep_origin_out, open_case, status
from workflows.errors import NotFound
from workflows.kinship import LinkShown
from workflows.policy import Act, allows
from workflows.work import Work


@dataclass(frozen=True)
class MemberShown:
    """A member whom the actor may see. `name`: where it may be opened. `alone`: a word alone is to come."""

    number: str
    status: CaseStatus
    screening_open: bool
    name: str | None
    self_: bool
    alone: bool
    must_not_know: bool


@dataclass(frozen=True)
class GroupShown:
    """The group of a case. `elsewhere`: members whom the actor may not see. `version`: of the membership."""

    number: str
    screening_open: bool
    members: tuple[MemberShown, ...]
    elsewhere: int
    links: tuple[LinkShown, ...]
    kept_from: tuple[ApartShown, ...]
    version: int | None
    may_keep: bool
    may_keep_apart: bool


def of_case(work: Work, case_number: str) -> GroupShown:
    """The group of the person of a case.

    Raises:
        NotFound, BadCaseNumber: as `casework.open_case`.
    """
    case = open_case(work, case_number, Act.VIEW_GROUP)
    person = case.person_id
    opened = work.vault.is_granted(person, Purpose.IDENTITY)
    protected = work.vault.is_granted(person, Purpose.PROTECTION)
    own = groups.membership(work, person)
    away = apart.of_person(work, person) if protected else ()
    kept = {one.number for one in away}
    hidden = apart.hidden_from(work, person)
    ids = () if own is None else _members(work, own.group_id, hidden, person)
    shown = [row for one in ids if (row := _member(work, one, person, kept)) is not None]
    resource = case_resource(work, case)
    return GroupShown(
        number=case.number,
        screening_open=case.screened_on is None,
        members=tuple(shown),
        elsewhere=len(ids) - len(shown),
        links=kinship.links_of(work, case) if opened else (),
        kept_from=away,
        version=None if own is None else own.version,
        may_keep=allows(work.actor, Act.KEEP_GROUP, resource) is not None,
        may_keep_apart=allows(work.actor, Act.KEEP_APART, resource) is not None,
    )


def _members(work: Work, group_id: UUID, hidden: frozenset[UUID], person: UUID) -> tuple[UUID, ...]:
    """The person first, then the others in the order in which they came into the group."""
    with work.beyond():
        found = work.session.scalars(
            select(Membership.person_id)
            .where(Membership.group_id == group_id, Membership.left_on.is_(None))
            .order_by(Membership.place, Membership.person_id)
        ).all()
    rest = [one for one in found if one != person and one not in hidden]
    return (person, *rest)


def _member(work: Work, member: UUID, person: UUID, kept: set[str]) -> MemberShown | None:
    case = work.session.scalar(
        select(Case).where(Case.person_id == member).order_by(Case.registered_on.desc()).limit(1)
    )
    if case is None:
        return None
    resource = case_resource(work, case)
    if allows(work.actor, Act.VIEW_GROUP, resource) is None:
        return None
    try:
        keep_origin_out(work, case)
    except NotFound:
        return None
    if member != person:
        work.allow(Act.VIEW_GROUP, resource, person=member)
    name = None
    if work.vault.is_granted(member, Purpose.IDENTITY):
        row = work.session.get_one(Person, member, options=load_sealed(Person.names))
        name = next((form["text"] for form in row.names or ()), None)
    states = list(work.session.scalars(select(Referral.state).where(Referral.case_id == case.id)))
    waiting = select(Task.id).where(
        Task.case_id == case.id,
        Task.kind == TaskKind.SPEAK_ALONE,
        Task.state == TaskState.OPEN,
    )
    return MemberShown(
        number=case.number,
        status=status(case, states),
        screening_open=case.screened_on is None,
        name=name,
        self_=member == person,
        alone=work.session.scalar(waiting.limit(1)) is not None,
        must_not_know=case.number in kept,
    )


def sizes(work: Work, numbers: list[str]) -> dict[str, int]:
    """Of cases that the actor was shown: with how many others each travels, by `groups.others`."""
    if not numbers:
        return {}
    rows = work.session.execute(
        select(Case.number, Case.person_id).where(Case.number.in_(numbers))
    ).all()
    found = groups.others_of(work, [person for _, person in rows])
    return {number: len(found[person]) for number, person in rows if person in found}
