"""Breaking the glass: one case that no rule opens to somebody, for an hour, read only, never unseen.

Whoever has the person in care and the case's supervisor get a task at once; a supervisor says within 72
hours whether it was justified. Who has an unreviewed case past that time breaks no further glass. Police,
border and security bodies cannot, nor can accounts of the person's country of origin
(`casework.keep_origin_out`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import Select, select, update

from models.cases import Case, Task
from models.glass import Glass
from models.referrals import Referral
from models.vault.sealed import load_sealed
from models.vocabulary import GlassReason, Role, TaskKind, TaskState, Urgency
from workflows import casenumbers, oversight, states, summaries, tasks
from workflows.casework import case_resource, find_case, keep_origin_out, nobody
from workflows.errors import ChangedMeanwhile, InvalidCommand, NotAllowedNow, NotFound
from workflows.holders import is_same_human
from workflows.policy import Act, Resource, allows, require
from workflows.summaries import Summary
from workflows.visibility import cases_for
from workflows.work import Work

LASTS = timedelta(minutes=60)
REVIEWED_WITHIN = timedelta(hours=72)
_LONGEST, _SHORTEST = 500, 10


@dataclass(frozen=True, kw_only=True)
class Break:
    """Which case, why, and in own words. The words are sealed for those who review."""

    case_number: str
    reason: GlassReason
    says: str


@dataclass(frozen=True)
class GlassLine:
    """A broken glass as a supervisor reviews it: role and agency of who broke it, never a name."""

    id: UUID
    case_number: str
    reason: GlassReason
    says: str
    role: Role | None
    agency: oversight.Names
    opened_at: datetime
    review_due_at: datetime
    own: bool
    version: int


def break_glass(work: Work, command: Break) -> datetime:
    """Open one case for an hour, with its reason; returns until when.

    Raises:
        BadCaseNumber, NotFound: as `casework.open_case`.
        InvalidCommand: no words, or too many.
        NotAllowedNow: a glass that the actor broke earlier is still not reviewed after its time.
    """
    says = command.says.strip()
    if not _SHORTEST <= len(says) <= _LONGEST:
        raise InvalidCommand(field="says")
    case, resource = _case(work, command.case_number, Act.BREAK_GLASS)
    detail = {"reason": command.reason.value}
    work.allow(Act.BREAK_GLASS, resource, person=case.person_id, detail=detail)
    with work.beyond():
        late = work.session.scalar(_overdue(work.actor.user_id, work.now).limit(1))
    if late is not None:
        raise NotAllowedNow
    glass = Glass(
        id=uuid4(),
        case_id=case.id,
        person_id=case.person_id,
        agency_id=case.agency_id,
        user_id=work.actor.user_id,
        reason=command.reason,
        opened_at=work.now,
        ends_at=work.now + LASTS,
        review_due_at=work.now + REVIEWED_WITHIN,
    )
    work.session.add(glass)
    glass.says = says
    with work.beyond():
        _tell(work, case, glass)
        work.session.flush()
    return glass.ends_at


def read(work: Work, case_number: str) -> Summary:
    """The whole file of a case whose glass the actor has broken within the hour. Changes nothing.

    Raises:
        BadCaseNumber, NotFound: no such case, or its glass is whole.
    """
    case, resource = _case(work, case_number, Act.READ_GLASS)
    with work.beyond():
        work.allow(Act.READ_GLASS, resource, person=case.person_id)
        return summaries.whole(work, case)


def to_review(work: Work, limit: int = 25) -> tuple[GlassLine, ...]:
    """Glass that was broken in the cases of the actor's agency and waits for a review, soonest due first."""
    rows = work.session.execute(
        select(Glass, Case)
        .join(Case, Glass.case_id == Case.id)
        .where(cases_for(work.actor, Act.REVIEW_GLASS), Glass.reviewed_at.is_(None))
        .order_by(Glass.review_due_at)
        .limit(limit)
        .options(*load_sealed(Glass.says))
    ).all()
    known = oversight.people(work, {glass.user_id for glass, _ in rows})
    return tuple(_line(work, glass, case, known) for glass, case in rows)


def review(work: Work, glass_id: UUID, version: int, *, justified: bool) -> None:
    """Say whether breaking a glass was justified; its tasks are done with it.

    Raises:
        NotFound: no such glass, or of another agency's case. NotAllowedNow: it was reviewed, or is one's own.
        ChangedMeanwhile: the page is stale.
    """
    glass = work.session.get(Glass, glass_id)
    if glass is None:
        work.asked = Act.REVIEW_GLASS
        raise NotFound
    case = work.session.get_one(Case, glass.case_id)
    detail = {"justified": justified}
    resource = case_resource(work, case)
    work.allow(Act.REVIEW_GLASS, resource, person=case.person_id, detail=detail)
    if glass.reviewed_at is not None or is_same_human(work, glass.user_id, work.actor.user_id):
        raise NotAllowedNow
    if glass.version != version:
        raise ChangedMeanwhile
    glass.reviewed_by, glass.reviewed_at = work.actor.user_id, work.now
    glass.justified = justified
    work.session.flush()
    still = select(Glass.id).where(Glass.case_id == case.id, Glass.reviewed_at.is_(None))
    if work.session.scalar(still.limit(1)) is None:
        tasks.end(work, case.id, Task.kind == TaskKind.REVIEW_GLASS, Task.role == Role.SUPERVISOR)


def escalate(work: Work) -> int:
    """Reviews whose time is over: their tasks become urgent, once. Returns how many."""
    work.allow(Act.TICK, detail={"set": "glass"})
    rows = work.session.scalars(
        select(Glass).where(
            Glass.reviewed_at.is_(None),
            Glass.escalated_at.is_(None),
            Glass.review_due_at <= work.now,
        )
    ).all()
    for glass in rows:
        glass.escalated_at = work.now
        work.session.execute(
            update(Task)
            .where(
                Task.case_id == glass.case_id,
                Task.kind == TaskKind.REVIEW_GLASS,
                Task.state == TaskState.OPEN,
            )
            .values(urgency=Urgency.NOW)
            .execution_options(synchronize_session=False)
        )
    return len(rows)


def _case(work: Work, number: str, act: Act) -> tuple[Case, Resource]:
    """The case, and how it relates to whoever asks.

    Everything is asked the same of a number that stands for nobody, so that neither the answer nor its time
    tells a case that somebody may not open from none (as `casework.open_case`).
    """
    with work.beyond():
        case = find_case(work, casenumbers.parse(number))
        asked = nobody() if case is None else case
        resource = case_resource(work, asked, glass_of=_broken_by(work, asked))
        if case is None or allows(work.actor, act, resource) is None:
            work.asked = act
            require(work.actor, act, resource)
            raise NotFound
        keep_origin_out(work, case)
    return case, resource


def _broken_by(work: Work, case: Case) -> frozenset[UUID]:
    """The actor, where they have broken the case's glass within the hour."""
    held = select(Glass.id).where(
        Glass.case_id == case.id, Glass.user_id == work.actor.user_id, Glass.ends_at > work.now
    )
    mine = work.session.scalar(held.limit(1)) is not None
    return frozenset({work.actor.user_id}) if mine else frozenset()


def _overdue(user: UUID, now: datetime) -> Select[UUID]:
    return select(Glass.id).where(
        Glass.user_id == user, Glass.reviewed_at.is_(None), Glass.review_due_at <= now
    )


def _tell(work: Work, case: Case, glass: Glass) -> None:
    """A task for the case's supervisor, and one for each desk that has the person in care."""
    desks = work.session.scalars(
        select(Referral.desk_id).where(
            Referral.case_id == case.id, Referral.state.in_(list(states.TAKEN))
        )
    ).all()
    kind, soon, due_at = TaskKind.REVIEW_GLASS, Urgency.SOON, glass.review_due_at
    tasks.give(work, kind, Role.SUPERVISOR, soon, case, post=case.post_id, due_at=due_at)
    for desk in set(desks):
        tasks.give(work, kind, Role.PROTECTION_OFFICER, soon, case, desk=desk, due_at=due_at)


def _line(
    work: Work, glass: Glass, case: Case, known: dict[UUID, tuple[Role, oversight.Names]]
) -> GlassLine:
    resource = case_resource(work, case)
    work.allow(Act.REVIEW_GLASS, resource, person=case.person_id, detail={"view": "reason"})
    role, agency = known.get(glass.user_id, (None, {}))
    return GlassLine(
        id=glass.id,
        case_number=case.number,
        reason=glass.reason,
        says=glass.says or "",
        role=role,
        agency=agency,
        opened_at=glass.opened_at,
        review_due_at=glass.review_due_at,
        own=glass.user_id == work.actor.user_id,
        version=glass.version,
    )
