"""Who travels with whom: one group at a time. Rows that say nothing of what persons are to each other."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

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
    return others_of(work, [person]).get(person, ())


def others_of(work: Work, persons: Collection[UUID]) -> dict[UUID, tuple[UUID, ...]]:
    """The same of many at once; who travels with nobody is left out. A constant number of statements."""
    theirs = aliased(Membership)
    with work.beyond():
        rows = work.session.execute(
            select(Membership.person_id, theirs.person_id.label("other"))
            .join(theirs, theirs.group_id == Membership.group_id)
            .where(
                Membership.person_id.in_(persons),
                Membership.left_on.is_(None),
                theirs.left_on.is_(None),
                theirs.person_id != Membership.person_id,
            )
            .order_by(theirs.person_id)
        ).all()
    away = apart.parted(work, [one for row in rows for one in row])
    found: dict[UUID, list[UUID]] = {}
    for person, other in rows:
        if (person, other) not in away and (other, person) not in away:
            found.setdefault(person, []).append(other)
    return {person: tuple(with_them) for person, with_them in found.items()}


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
