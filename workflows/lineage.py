"""Records that stand as one person: who belongs together, and what the strictest of them shuts.

A statement stands between two records (`models.merging`); the records stay what they were. Whoever asks what
is shut, what is erased or what is held of a person asks here for the others. Looks past the boundary between
agencies, opens nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select

from models.cases import Case, Hold
from models.merging import PersonMerge
from models.vocabulary import HOLDING, Action, MergeState
from workflows.work import Work

#: While one of these, the two stand as one.
STANDING = (MergeState.MERGED, MergeState.UNDO_PROPOSED)


@dataclass(frozen=True)
class Twin:
    """Another record of the same person. `leads`: it is the leading one."""

    case_id: UUID
    person_id: UUID
    number: str
    leads: bool


@dataclass(frozen=True)
class SamePerson:
    """The other records of a person, and what their safeguards shut."""

    twins: tuple[Twin, ...]
    shut: frozenset[Action]


def persons(work: Work, person: UUID) -> tuple[UUID, ...]:
    """The other persons' records that stand as one with this, the leading one first."""
    return tuple(one for one in _star(work, person) if one != person)


def _star(work: Work, person: UUID) -> tuple[UUID, ...]:
    """All that belong together, the leading one first; nobody where the record stands alone."""
    return stars(work, [person]).get(person, ())


def stars(work: Work, persons: Collection[UUID]) -> dict[UUID, tuple[UUID, ...]]:
    """Of many at once: all that belong together with each, the leading one first.

    Records that stand alone are left out. At most two statements, however many are asked for.
    """
    with work.beyond():
        leading: dict[UUID, UUID] = {}
        for lead, other in work.session.execute(
            select(PersonMerge.person_id, PersonMerge.other_person_id).where(
                or_(PersonMerge.person_id.in_(persons), PersonMerge.other_person_id.in_(persons)),
                PersonMerge.state.in_(STANDING),
            )
        ):
            leading.setdefault(lead, lead)
            leading.setdefault(other, lead)
        if not leading:
            return {}
        together = {lead: [lead] for lead in leading.values()}
        for lead, other in work.session.execute(
            select(PersonMerge.person_id, PersonMerge.other_person_id)
            .where(PersonMerge.person_id.in_(together), PersonMerge.state.in_(STANDING))
            .order_by(PersonMerge.merged_at, PersonMerge.id)
        ):
            together[lead].append(other)
    return {one: tuple(together[leading[one]]) for one in persons if one in leading}


def twins(work: Work, case: Case) -> tuple[Twin, ...]:
    """The cases of the other records of a case's person, the leading record's first."""
    together = _star(work, case.person_id)
    others = [one for one in together if one != case.person_id]
    if not others:
        return ()
    with work.beyond():
        rows = work.session.execute(
            select(Case.id, Case.person_id, Case.number)
            .where(Case.person_id.in_(others))
            .order_by(Case.registered_on, Case.number)
        ).all()
    found = [Twin(id_, person, number, person == together[0]) for id_, person, number in rows]
    return tuple(sorted(found, key=lambda one: not one.leads))


def same_person(work: Work, case: Case) -> SamePerson:
    """Both, for the top of a case's page."""
    others = twins(work, case)
    return SamePerson(others, _shut_by(work, others))


def shut_by_twins(work: Work, case: Case) -> frozenset[Action]:
    """What a safeguard of another record of the same person shuts: the strictest wins."""
    return _shut_by(work, twins(work, case))


def _shut_by(work: Work, others: Sequence[Twin]) -> frozenset[Action]:
    if not others:
        return frozenset()
    with work.beyond():
        rows = work.session.scalars(
            select(Hold.action)
            .where(Hold.case_id.in_([one.case_id for one in others]), Hold.state.in_(HOLDING))
            .distinct()
        )
        return frozenset(rows)


def shut_by_others(work: Work, cases: Sequence[Case]) -> dict[UUID, frozenset[Action]]:
    """The same for many cases: case id -> actions; cases whose person has one record are left out."""
    mine = {case.person_id for case in cases}
    with work.beyond():
        known = work.session.scalar(
            select(PersonMerge.id)
            .where(
                or_(PersonMerge.person_id.in_(mine), PersonMerge.other_person_id.in_(mine)),
                PersonMerge.state.in_(STANDING),
            )
            .limit(1)
        )
    if known is None:
        return {}
    found = {case.id: twins(work, case) for case in cases}
    return {case_id: _shut_by(work, others) for case_id, others in found.items() if others}
