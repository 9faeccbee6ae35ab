"""Finding a case, saying how it relates to the actor, and its computed status."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import exists, select

from models.cases import Case, Hold, Task
from models.network import Post
from models.people import Person
from models.referrals import Referral
from models.vocabulary import (
    HOLDING,
    Action,
    Purpose,
    ReferralState,
    Role,
    TaskKind,
    TaskState,
)
from workflows import casenumbers, lineage, states
from workflows.errors import NotAllowedNow, NotFound, StillHeld
from workflows.mandates import may_close_alone
from workflows.policy import Act, Actor, Resource, allows, require
from workflows.work import Work


class CaseStatus(StrEnum):
    """Computed from the milestones and the parts; never stored, so that it cannot contradict them."""

    REGISTERED = "registered"
    INFORMED = "informed"
    SCREENED = "screened"
    REFERRED = "referred"
    IN_CARE = "in_care"
    CLOSED = "closed"


@dataclass(frozen=True)
class LookedUp:
    """A case with what the policy must know of it: one page asks the database once for several acts."""

    case: Case
    resource: Resource

    def may(self, actor: Actor, act: Act) -> bool:
        """Whether some rule allows it."""
        return allows(actor, act, self.resource) is not None


def find_case(work: Work, number: str) -> Case | None:
    """The case with this (parsed) number, whoever asks. Callers must `allow` before they use it."""
    return work.session.scalar(select(Case).where(Case.number == number))


def case_resource(work: Work, case: Case, *, glass_of: frozenset[UUID] = frozenset()) -> Resource:
    """What the policy must know of a case. Desks are looked up only for those who work for desks.

    `glass_of`: who has broken its glass, looked up by `workflows.breakglass` alone.
    """
    referred: frozenset[UUID] = frozenset()
    accepted: frozenset[UUID] = frozenset()
    if work.actor.role is Role.PROTECTION_OFFICER:
        rows = work.session.execute(
            select(Referral.desk_id, Referral.state).where(Referral.case_id == case.id)
        ).all()
        live = [(desk, state) for desk, state in rows if state not in states.ENDED]
        referred = frozenset(desk for desk, _ in live)
        accepted = frozenset(desk for desk, state in live if state in states.TAKEN)
    return Resource(
        kind="case",
        post_id=case.post_id,
        agency_id=case.agency_id,
        country=post_country(work, case),
        registered_by=case.registered_by,
        screened=case.screened_on is not None,
        needs_new_desk=_needs_new_desk(work, case),
        referred_desks=referred,
        accepted_desks=accepted,
        glass_of=glass_of,
    )


def look_up(work: Work, number: str) -> LookedUp | None:
    """A case by its number as typed, to ask what the actor may do to it. Opens nothing, logs nothing.

    Raises:
        BadCaseNumber: the check character does not fit.
    """
    case = find_case(work, casenumbers.parse(number))
    return None if case is None else LookedUp(case, case_resource(work, case))


def post_country(work: Work, case: Case) -> str | None:
    """The country of the case's post; asked of the database once in a unit of work."""
    post = work.hold(work.session.get(Post, case.post_id))
    return None if post is None else post.country


def _needs_new_desk(work: Work, case: Case) -> bool:
    return bool(
        work.session.scalar(
            select(
                exists().where(
                    Task.case_id == case.id,
                    Task.kind == TaskKind.CHOOSE_ANOTHER_DESK,
                    Task.state == TaskState.OPEN,
                )
            )
        )
    )


def open_case(work: Work, number: str, act: Act) -> Case:
    """The case with this number as typed, if the actor may do `act` to it.

    Raises:
        BadCaseNumber: the check character does not fit.
        NotFound: no such case, or not for this actor.
    """
    case = find_case(work, casenumbers.parse(number))
    # The policy is asked the same of a number that stands for nobody, so that the time of the answer does not
    # tell a case that is somebody else's from none. A nationality is opened only where a rule would allow.
    resource = case_resource(work, nobody() if case is None else case)
    if case is None or allows(work.actor, act, resource) is None:
        work.asked = act
        require(work.actor, act, resource)
        raise NotFound
    keep_origin_out(work, case)
    work.allow(act, resource, person=case.person_id)
    return case


def nobody() -> Case:
    """A case that is nowhere and is never kept."""
    return Case(id=uuid4(), post_id=uuid4(), agency_id=uuid4())


def keep_origin_out(work: Work, case: Case) -> None:
    """No account of the person's country of origin sees the case, by whatever rule (INV-20).

    Asked only of accounts of another country than the post's, so that it costs the others nothing: at home
    a returning national's own authorities receive them.

    Raises:
        OriginFirewall: it belongs to the person's country of origin.
    """
    country = work.actor.country
    if country == "INT" or work.actor.role is Role.SYSTEM:
        return
    if country == post_country(work, case):
        return
    person = work.session.get_one(Person, case.person_id)
    with work.computing(person.id, Purpose.IDENTITY):
        origin = (person.traits or {}).get("nationalities", ())
    if country in origin:
        work.asked = work.asked or Act.VIEW_CASE
        raise NotFound


def status(case: Case, referral_states: list[ReferralState]) -> CaseStatus:
    """The case's status as computed from milestones and referrals."""
    if case.closed_on:
        return CaseStatus.CLOSED
    if any(state in states.IN_CARE for state in referral_states):
        return CaseStatus.IN_CARE
    if any(state in states.WAITING for state in referral_states):
        return CaseStatus.REFERRED
    if case.screened_on:
        return CaseStatus.SCREENED
    return CaseStatus.INFORMED if case.informed_on else CaseStatus.REGISTERED


def close_case(work: Work, number: str) -> None:
    """Close a case whose referrals have ended or have an outcome, and on which nothing holds.

    Raises:
        StillHeld: a hold shuts CLOSE, of this or of another record of the person; or a police or security
            body would close what no other body has reported on (INV-38).
        NotAllowedNow: a referral is live or screening is not finished.
    """
    case = open_case(work, number, Act.CLOSE_CASE)
    if case.closed_on or case.screened_on is None:
        raise NotAllowedNow
    held = work.session.scalar(
        select(
            exists().where(
                Hold.case_id == case.id,
                Hold.action == Action.CLOSE,
                Hold.state.in_(HOLDING),
            )
        )
    )
    held = held or Action.CLOSE in lineage.shut_by_twins(work, case)
    if held or not may_close_alone(work.session, case, work.actor.agency_id):
        raise StillHeld
    found = work.session.scalars(select(Referral.state).where(Referral.case_id == case.id)).all()
    # A desk may close a case only while it has a referral in its care: one whose outcome is reported is done.
    done = states.ENDED | {ReferralState.OUTCOME_REPORTED}
    if any(state not in done for state in found):
        raise NotAllowedNow
    case.closed_on = case.changed_on = work.now.date()
