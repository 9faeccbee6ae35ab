"""Legal clocks: when a limit is due, and the tick that lets no clock run out unseen.

`tick` may run twice, on several machines, and after an outage: each step is written once, under the key of
its letter. The arithmetic of limits is in `workflows.clocks`.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from models.cases import Case, Deadline, Task
from models.referrals import Referral
from models.vocabulary import (
    DeadlineState,
    LetterKind,
    ReferralState,
    Role,
    TaskKind,
    Urgency,
)
from workflows import (
    consent_ends,
    decisions,
    ladder,
    letters,
    moving,
    own_services,
    questions,
    states,
    tasks,
)
from workflows.errors import NotAllowedNow, NotFound
from workflows.policy import Act, Resource
from workflows.work import Work

_BATCH = 200


@dataclass(frozen=True)
class Ticked:
    """What one tick did."""

    warned: int
    overdue: int
    timed_out: int


def tick(work: Work) -> Ticked:
    """Move every clock that has run out, and give somebody a task for it. Idempotent.

    Only the state, never the sealed content, of a case is read: the clock acts for nobody.
    """
    work.allow(Act.TICK)
    warned = _warn(work)
    overdue = _overdue(work)
    _lapse(work)
    consent_ends.see_to(work)
    _to_focal_points(work)
    timed_out = _climb(work)
    own_services.remind(work)
    return Ticked(warned, overdue, timed_out)


def meet(work: Work, deadline_id: UUID) -> None:
    """Say that what a clock asked for was done; its open tasks are done with it.

    Raises:
        NotFound: no such clock, or not of this actor's post, desk or agency.
        NotAllowedNow: it no longer runs.
    """
    row = work.session.get(Deadline, deadline_id)
    if row is None:
        work.asked = Act.DO_TASK
        raise NotFound
    case = work.session.get_one(Case, row.case_id)
    thing = Resource(kind="task", post_id=case.post_id, agency_id=case.agency_id)
    work.allow(Act.DO_TASK, thing, person=case.person_id, detail={"set": "deadline_met"})
    if row.state in (DeadlineState.MET, DeadlineState.CANCELLED):
        raise NotAllowedNow
    done(work, row)


def done(work: Work, row: Deadline) -> None:
    """End a clock whose duty was done, and the case's open tasks when it was the last to press."""
    row.state = DeadlineState.MET
    work.session.flush()
    still = select(Deadline.id).where(
        Deadline.case_id == row.case_id,
        Deadline.state.in_([DeadlineState.WARNED, DeadlineState.OVERDUE]),
    )
    if work.session.scalar(still.limit(1)) is None:
        tasks.end(work, row.case_id, Task.kind == TaskKind.MEET_DEADLINE)


def _warn(work: Work) -> int:
    rows = work.session.scalars(
        select(Deadline)
        .where(Deadline.state == DeadlineState.RUNNING, Deadline.warn_at <= work.now)
        .limit(_BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        row.state = DeadlineState.WARNED
        _task_for(work, row, Role.BORDER_OFFICIAL, Urgency.SOON)
    return len(rows)


def _overdue(work: Work) -> int:
    rows = work.session.scalars(
        select(Deadline)
        .where(
            Deadline.state.in_([DeadlineState.RUNNING, DeadlineState.WARNED]),
            Deadline.due_at <= work.now,
        )
        .limit(_BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        row.state = DeadlineState.OVERDUE
        row.step += 1
        _task_for(work, row, Role.SUPERVISOR, Urgency.NOW)
        decisions.see_to_lapse(work, row)
    return len(rows)


def _lapse(work: Work) -> None:
    """A clock that somebody has met, or cancelled, still ends: what a decision opened shuts with it."""
    rows = work.session.scalars(
        select(Deadline)
        .where(
            Deadline.state.in_([DeadlineState.MET, DeadlineState.CANCELLED]),
            Deadline.step == 0,
            Deadline.due_at <= work.now,
        )
        .limit(_BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        row.step += 1
        decisions.see_to_lapse(work, row)


def _task_for(work: Work, row: Deadline, role: Role, urgency: Urgency) -> None:
    case = work.session.get_one(Case, row.case_id)
    tasks.give(
        work, TaskKind.MEET_DEADLINE, role, urgency, row, post=case.post_id, due_at=row.due_at
    )


def _climb(work: Work) -> int:
    """Silence climbs its ladder, of a desk, of a sender who was asked, of a waiting list; how many ran out.

    A rung is climbed once, however late the tick comes; `step` says how far.
    """
    rows = work.session.scalars(
        select(Referral)
        .where(Referral.next_step_at <= work.now)
        .order_by(Referral.next_step_at)
        .limit(_BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    before = {row.id: row.state for row in rows}
    for row in rows:
        if row.state in states.ON_THE_CLOCK or row.state is ReferralState.NO_ANSWER:
            _steps(work, row)
        elif row.withdrawal_wish is not None and row.confirmed_at is None:
            # The person took their consent back, and the desk has not said that it knows.
            ladder.to_focal_point(work, row)
        ladder.set_next(row)
    return sum(row.state is ReferralState.NO_ANSWER is not before[row.id] for row in rows)


def _steps(work: Work, row: Referral) -> None:
    for rung in ladder.steps_due(row, work.now):
        if rung.who in ("desk", "post"):
            # After an outage nobody is reminded of what is over.
            if row.due_at > work.now:
                ladder.remind(work, row, rung.who)
        elif rung.who == "focal_point":
            ladder.to_focal_point(work, row)
        elif row.state is ReferralState.NEEDS_INFORMATION:
            # A clock of its own begins: that of the desk.
            questions.lapse(work, row)
            return
        else:
            _silent(work, row)
        row.step += 1


def _silent(work: Work, row: Referral) -> None:
    row.state = moving.require_move(row, "time_out", "clock").after
    moving.reopen_need(work, row)
    letters.write(
        work, LetterKind.ESCALATION, row, key=f"{row.id}/escalation/{row.due_at.isoformat()}"
    )
    ladder.held_by_name(work, TaskKind.CHOOSE_ANOTHER_DESK, row, supervisor=True)


def _to_focal_points(work: Work) -> None:
    """Legal clocks that are overdue by half of their time again."""
    rows = work.session.scalars(
        select(Deadline)
        .where(Deadline.escalate_at <= work.now)
        .limit(_BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        row.escalate_at = None
        if row.state is DeadlineState.OVERDUE:
            ladder.held_by_name(work, TaskKind.ESCALATED, row)
