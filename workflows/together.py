"""Members of a group are not parted by routing: with whom somebody travels, and where the others were sent.

A link that is only claimed makes a family possible and takes nothing away: a child with a pretended uncle
must not be shut out of a house for children alone (INV-28).
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from models.cases import Case
from models.referrals import Referral
from models.vault.sealed import load_sealed
from models.vocabulary import Company, LinkState, Purpose
from workflows import groups, kinship, states
from workflows.rules.values import Interval
from workflows.work import Work

_ADULT = 18


def companions(work: Work, person: UUID) -> tuple[UUID, ...]:
    """Those of the group who are not found to be strangers to the person, nor kept apart from them."""
    found = groups.others(work, person)
    known = kinship.states_between(work, person, found)
    return tuple(one for one in found if not known[one] or known[one] - kinship.FALSE)


def companies(work: Work, person: UUID, age: Interval | None) -> frozenset[Company]:
    """With whom the person travels, as far as a service asks."""
    found = companions(work, person)
    known = kinship.states_between(work, person, found)
    proven = [one for one in found if LinkState.VERIFIED in known[one]]
    grown = age is not None and age.lo is not None and age.lo >= _ADULT
    # Children who are proven to be brothers are still alone: one of the two must be of age.
    if proven and (grown or any(kinship.is_adult(work, one) for one in proven)):
        return frozenset({Company.FAMILY})
    if age is None:
        return frozenset()
    possible = {Company.FAMILY} if found else set()
    if (age.lo or 0) < _ADULT:
        possible.add(Company.CHILD_ALONE)
    if age.hi is None or age.hi >= _ADULT:
        possible.add(Company.ALONE)
    return frozenset(possible)


def desks_of_family(work: Work, case: Case, need: str) -> frozenset[UUID]:
    """The desks that have a live referral of another member for the same need. Computed, not shown."""
    found = companions(work, case.person_id)
    if not found:
        return frozenset()
    with work.beyond():
        live = work.session.scalars(
            select(Referral)
            .where(Referral.person_id.in_(found), Referral.state.not_in(list(states.ENDED)))
            .options(*load_sealed(Referral.content))
        ).all()
        desks = set()
        for row in live:
            with work.computing(row.person_id, Purpose.PROTECTION):
                if (row.content or {}).get("need") == need:
                    desks.add(row.desk_id)
    return frozenset(desks)
