"""What the rules of rooms must know of somebody, computed and not shown; and the family in care."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from models.cases import Case
from models.casework import CaseFlag
from models.referrals import Referral
from models.vocabulary import FlagKind, LinkState, Purpose
from workflows import kinship, routing, together
from workflows.caring import today_at
from workflows.readings import age_of
from workflows.rooming import Sleeper
from workflows.states import TAKEN
from workflows.work import Work


@dataclass(frozen=True)
class Links:
    """Persons with whom somebody is family: by a verified link, and by one that is only claimed."""

    verified: frozenset[UUID]
    claimed: frozenset[UUID]


def sleepers(work: Work, cases: Iterable[Case]) -> tuple[Sleeper, ...]:
    """What is known of each for the rules of a room. Opens identity and answers, and shows nothing."""
    return tuple(_sleeper(work, case) for case in cases)


def _sleeper(work: Work, case: Case) -> Sleeper:
    with work.computing(case.person_id, Purpose.IDENTITY, Purpose.PROTECTION):
        about = routing.wanted(work, case, case.urgency)
        links = links_of(work, case)
        return Sleeper(
            person=case.person_id,
            age=age_of(work, case),
            sexes=about.sexes,
            ages=about.ages,
            companies=about.companies,
            verified=links.verified,
            claimed=links.claimed,
        )


def links_of(work: Work, case: Case) -> Links:
    """The family of a person. Nobody is, while a flag keeps the person apart from their companions.

    The caller was granted protection, or computes.
    """
    if _kept_apart(work, case):
        return Links(frozenset(), frozenset())
    found = together.companions(work, case.person_id)
    known = kinship.states_between(work, case.person_id, found)
    verified = frozenset(one for one in found if LinkState.VERIFIED in known[one])
    return Links(verified, frozenset(found) - verified)


def _kept_apart(work: Work, case: Case) -> bool:
    today = today_at(work, case)
    flags = work.session.scalars(
        select(CaseFlag)
        .where(
            CaseFlag.case_id == case.id,
            CaseFlag.ended_on.is_(None),
            CaseFlag.expires_on >= today,
        )
        .options(CaseFlag.content.undefer())
    )
    return any(FlagKind.APART_FROM_COMPANION in (row.content or {})["kinds"] for row in flags)


def family_of(work: Work, case: Case, desk_id: UUID) -> tuple[Case, ...]:
    """The others of the person's family whom the desk has in its care too, by case number.

    Who is kept apart from their companions, on either side, is not of it.
    """
    return tuple(_family(work, case, desk_id))


def _family(work: Work, case: Case, desk_id: UUID) -> Iterator[Case]:
    with work.computing(case.person_id, Purpose.PROTECTION):
        links = links_of(work, case)
    rows = work.session.scalars(
        select(Case)
        .join(Referral, Referral.case_id == Case.id)
        .where(
            Case.person_id.in_(links.verified | links.claimed),
            Case.closed_on.is_(None),
            Referral.desk_id == desk_id,
            Referral.state.in_(list(TAKEN)),
        )
        .order_by(Case.number)
    )
    for other in dict.fromkeys(rows):
        with work.computing(other.person_id, Purpose.PROTECTION):
            if not _kept_apart(work, other):
                yield other
