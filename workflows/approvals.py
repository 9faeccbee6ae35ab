"""Four eyes: what one account asks to do, another approves, for a day and for one use.

A request is bound to a hash of the act and of exactly what is to be done: whoever changes a month or a person
in between has an approval for something else. The second account must be allowed the same act itself, and
be neither the first account nor, where that is known, the same human.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, CursorResult, select, update

from models.approvals import Approval
from models.cases import Case
from models.vocabulary import ApprovalState
from workflows.errors import (
    ApprovalMissing,
    ChangedMeanwhile,
    NotAllowed,
    NotAllowedNow,
    NotFound,
    SameApprover,
)
from workflows.holders import is_same_human
from workflows.policy import Act, Resource, role_may
from workflows.visibility import approvals_for
from workflows.work import Work

#: How long a request waits, and an approval holds.
LASTS = timedelta(hours=24)
#: What is to be done, as JSON can say it: ids, codes and counts. It is hashed, and not kept.
What = Mapping[str, object]


@dataclass(frozen=True)
class Request:
    """A request as the second account, or whoever asked, sees it."""

    id: UUID
    act: Act
    told: Mapping[str, Any]
    state: ApprovalState
    asked_at: datetime
    expires_at: datetime
    expired: bool
    own: bool
    version: int


def digest(act: Act, what: What) -> str:
    """SHA-256 over the act and a canonical form of what is to be done; 64 hexadecimal digits."""
    said = json.dumps([act.value, what], sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return sha256(said.encode()).hexdigest()


def ask(
    work: Work, act: Act, what: What, *, told: What | None = None, case: Case | None = None
) -> UUID:
    """Ask another account to approve `act` for exactly `what`; returns the request's id.

    The caller has already required that the actor may do the act. `told` is what the second account is
    shown, `what` itself where it is left out: codes, periods, counts, never anything of a person.
    """
    row = Approval(
        id=uuid4(),
        act=act.value,
        digest=digest(act, what),
        told=dict(what if told is None else told),
        agency_id=work.actor.agency_id if case is None else case.agency_id,
        country=work.actor.country,
        case_id=None if case is None else case.id,
        asked_by=work.actor.user_id,
        asked_at=work.now,
        expires_at=work.now + LASTS,
    )
    work.session.add(row)
    work.session.flush()
    work.note(act, "approvals", person=_person(case), detail={"approval": "asked"})
    return row.id


def answer(work: Work, approval_id: UUID, version: int, *, approve: bool) -> None:
    """Approve or refuse what somebody else asked. `version` is that of the page.

    Raises:
        NotFound: no such request, or not for this actor.
        SameApprover: the actor asked, or is known to be the same human.
        NotAllowed: the actor's role may not do the act either.
        NotAllowedNow: it was answered already, or has expired.
        ChangedMeanwhile: somebody else answered since the page was shown.
    """
    row = work.session.get(Approval, approval_id)
    if row is None:
        work.asked = Act.APPROVE
        raise NotFound
    case = None if row.case_id is None else work.session.get(Case, row.case_id)
    said = {"act": row.act, "approved": approve}
    work.allow(Act.APPROVE, resource_of(row), person=_person(case), detail=said)
    if is_same_human(work, row.asked_by, work.actor.user_id):
        raise SameApprover
    if not role_may(work.actor.role, Act(row.act)):
        raise NotAllowed
    if row.version != version:
        raise ChangedMeanwhile
    if row.state is not ApprovalState.ASKED or row.expires_at <= work.now:
        raise NotAllowedNow
    row.state = ApprovalState.APPROVED if approve else ApprovalState.REFUSED
    row.answered_by, row.answered_at = work.actor.user_id, work.now
    work.session.flush()


def use(work: Work, act: Act, what: What, *, whoever_asked: bool = False) -> tuple[UUID, UUID]:
    """Use the approval of `act` for exactly `what`, in the transaction that does it: once, by who asked.

    `whoever_asked` takes an approval of any account, for what the worker or an operator carries out.
    Returns who asked and who approved.

    Raises:
        ApprovalMissing: none was given, it has expired, or it was used.
    """
    wanted = _standing(work, act, what)
    if not whoever_asked:
        wanted.append(Approval.asked_by == work.actor.user_id)
    row = work.session.scalar(select(Approval).where(*wanted).order_by(Approval.asked_at).limit(1))
    if row is None or row.answered_by is None:
        raise ApprovalMissing
    # One conditional UPDATE: of two that use it at once, one finds no row.
    changed = work.session.execute(
        update(Approval)
        .where(Approval.id == row.id, Approval.state == ApprovalState.APPROVED)
        .values(state=ApprovalState.USED, used_at=work.now, version=Approval.version + 1)
        .execution_options(synchronize_session=False)
    )
    if cast("CursorResult[Any]", changed).rowcount != 1:
        raise ApprovalMissing
    work.session.expire(row)
    work.note(act, "approvals", detail={"approval": "used"})
    return row.asked_by, row.answered_by


def stands(work: Work, act: Act, what: What) -> bool:
    """Whether an approval of exactly this stands, by whomever it was asked. Uses nothing up."""
    return (
        work.session.scalar(select(Approval.id).where(*_standing(work, act, what)).limit(1))
        is not None
    )


def _standing(work: Work, act: Act, what: What) -> list[ColumnElement[bool]]:
    return [
        Approval.digest == digest(act, what),
        Approval.act == act.value,
        Approval.state == ApprovalState.APPROVED,
        Approval.expires_at > work.now,
    ]


def state_of(work: Work, act: Act, what: What) -> Request | None:
    """The actor's own newest request for exactly this, if any, for the page that asks."""
    row = work.session.scalar(
        select(Approval)
        .where(Approval.digest == digest(act, what), Approval.asked_by == work.actor.user_id)
        .order_by(Approval.asked_at.desc())
        .limit(1)
    )
    return None if row is None else shown(work, row)


def own(work: Work, act: Act, limit: int = 25) -> tuple[Request, ...]:
    """The actor's own requests for an act that still count or were refused, of the last day, newest first.

    The caller has already required that the actor may do the act.
    """
    rows = work.session.scalars(
        select(Approval)
        .where(
            Approval.act == act.value,
            Approval.asked_by == work.actor.user_id,
            Approval.state != ApprovalState.USED,
            Approval.expires_at > work.now,
        )
        .order_by(Approval.asked_at.desc(), Approval.id)
        .limit(limit)
    )
    return tuple(shown(work, row) for row in rows)


def missed(work: Work, act: Act) -> None:
    """Undo what was begun without an approval, and keep that it was tried: the door shows the page again."""
    work.start_again()
    work.note(act, ApprovalMissing.code, detail={"approval": "missing"})


def waiting(work: Work, limit: int = 25) -> tuple[Request, ...]:
    """Requests that the actor may answer or has made, of the last day, oldest first."""
    work.allow(Act.VIEW_APPROVALS)
    own = Approval.asked_by == work.actor.user_id
    rows = work.session.scalars(
        select(Approval)
        .where(
            approvals_for(work.actor, Act.APPROVE) | own,
            Approval.state.in_([ApprovalState.ASKED, ApprovalState.APPROVED]),
            Approval.expires_at > work.now,
            Approval.act.in_([act.value for act in Act if role_may(work.actor.role, act)]),
        )
        .order_by(Approval.asked_at)
        .limit(limit)
    )
    return tuple(shown(work, row) for row in rows)


def resource_of(row: Approval) -> Resource:
    """How a request relates to agencies. One about a case stays within its agency."""
    if row.act == Act.MANAGE_KEYS:
        # The keys are the installation's: no agency's, and no country's.
        return Resource(kind="approval", about_keys=True)
    country = row.country if row.case_id is None else None
    return Resource(kind="approval", agency_id=row.agency_id, country=country)


def shown(work: Work, row: Approval) -> Request:
    """A request as a page shows it."""
    return Request(
        id=row.id,
        act=Act(row.act),
        told=row.told,
        state=row.state,
        asked_at=row.asked_at,
        expires_at=row.expires_at,
        expired=row.expires_at <= work.now,
        own=row.asked_by == work.actor.user_id,
        version=row.version,
    )


def _person(case: Case | None) -> UUID | None:
    return None if case is None else case.person_id
