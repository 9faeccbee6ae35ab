"""Who travels with whom: one group at a time. Rows that say nothing of what persons are to each other."""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy import func, select

from models.cases import Case
from models.people import Group, Membership
from models.vault.sealed import load_sealed
from models.vocabulary import Joined, Purpose, Role, TaskKind, Urgency
from workflows import apart, effects, readings
from workflows.errors import InAnotherGroup
from workflows.work import Work

_ADULT = 18


def membership(work: Work, person: UUID) -> Membership | None:
    """The group that a person is of now."""
    return work.session.scalar(
        select(Membership)
        .where(Membership.person_id == person, Membership.left_on.is_(None))
        .options(*load_sealed(Membership.claim))
    )


def others(work: Work, person: UUID) -> tuple[UUID, ...]:
    """Those who are of the same group now, without whom one is kept apart from, either way. Opens nothing."""
    own = select(Membership.group_id).where(
        Membership.person_id == person, Membership.left_on.is_(None)
    )
    with work.beyond():
        found = work.session.scalars(
            select(Membership.person_id)
            .where(
                Membership.group_id.in_(own),
                Membership.left_on.is_(None),
                Membership.person_id != person,
            )
            .order_by(Membership.person_id)
        ).all()
    if not found:
        return ()
    away = apart.hidden_from(work, person) | apart.kept_from(work, person, found)
    return tuple(one for one in found if one not in away)


def begin(work: Work, post_id: UUID) -> UUID:
    """A new group at a post; its id."""
    group = Group(id=uuid4(), created_on=work.now.date(), post_id=post_id)
    work.session.add(group)
    work.session.flush()
    return group.id


def enter(work: Work, group_id: UUID, person: UUID, joined: Joined) -> Membership:
    """Make a person one of a group; who is of it already stays as they are.

    Raises:
        InAnotherGroup: they are of another one.
    """
    present = membership(work, person)
    if present is not None:
        if present.group_id != group_id:
            raise InAnotherGroup
        return present
    row = work.session.scalar(
        select(Membership)
        .where(Membership.group_id == group_id, Membership.person_id == person)
        .options(*load_sealed(Membership.claim))
    )
    if row is None:
        with work.beyond():
            last = select(func.max(Membership.place)).where(Membership.group_id == group_id)
            place = (work.session.scalar(last) or 0) + 1
        row = Membership(id=uuid4(), group_id=group_id, person_id=person, place=place)
        work.session.add(row)
    row.left_on = row.left_by = None
    row.claim = {"joined": joined.value, "at": work.now.isoformat()}
    work.session.flush()
    return row


def speak_alone(work: Work, case: Case) -> None:
    """Give the post the task of a word alone with somebody who is, or may be, of age (INV-26)."""
    effects.open_task(work, case, TaskKind.SPEAK_ALONE, Role.BORDER_OFFICIAL, Urgency.SOON)


def may_be_adult(work: Work, case: Case) -> bool:
    """Whether somebody may be of age: not known is yes here, so that nobody is left unasked."""
    with work.computing(case.person_id, Purpose.IDENTITY, Purpose.PROTECTION, Purpose.LEGAL):
        age = readings.age_of(work, case)
    return age is None or age.hi is None or age.hi >= _ADULT
