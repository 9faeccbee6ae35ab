"""The tasks of a desk as its officers see them: by urgency, then time left. Nothing sealed is shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, case, or_, select

from models.accounts import User, user_desk
from models.cases import Case, Task
from models.referrals import Referral
from models.taskcare import TaskCare
from models.vocabulary import Role, TaskKind, TaskState, Urgency
from workflows import states
from workflows.policy import Act
from workflows.visibility import tasks_for
from workflows.work import Work

#: Most lines of the list.
MOST = 500
_RANK = case({word.value: rank for rank, word in enumerate(Urgency)}, value=Task.urgency)


@dataclass(frozen=True)
class DeskTask:
    """A line of the desk's list. `referral` leads to the case; nothing sealed is shown."""

    id: UUID
    kind: TaskKind
    case_number: str
    referral: str | None
    taken: bool
    urgency: Urgency
    due_at: datetime | None
    opened_at: datetime
    assigned_to: UUID | None
    assigned_name: str | None
    rests_until: datetime | None
    version: int


@dataclass(frozen=True)
class Colleague:
    """An officer who works for one of the same desks."""

    id: UUID
    name: str


def of_desk(work: Work, *, resting: bool = False) -> tuple[DeskTask, ...]:
    """The open tasks of the actor's desks by urgency, then time left; or those that rest."""
    work.allow(Act.VIEW_TASKS)
    rests = TaskCare.rests_until > work.now
    rows = work.session.execute(
        select(Task, TaskCare, Case.number, User.name)
        .join(Case, Task.case_id == Case.id)
        .outerjoin(TaskCare, TaskCare.task_id == Task.id)
        .outerjoin(User, TaskCare.assigned_to == User.id)
        .where(
            tasks_for(work.actor, Act.ARRANGE_TASK),
            Task.state == TaskState.OPEN,
            rests if resting else or_(TaskCare.rests_until.is_(None), ~rests),
        )
        .order_by(_RANK, Task.due_at.is_(None), Task.due_at, Task.opened_at, Task.id)
        .limit(MOST)
    ).all()
    referrals = _referrals(work, {task.case_id for task, *_ in rows})
    return tuple(_line(*row, referrals.get((row[0].case_id, row[0].desk_id))) for row in rows)


def _referrals(
    work: Work, cases: set[UUID | None]
) -> dict[tuple[UUID | None, UUID | None], Referral]:
    """The live referral by which a desk has to do with a case."""
    found = work.session.scalars(
        select(Referral).where(
            Referral.case_id.in_(cases), Referral.state.not_in(list(states.ENDED))
        )
    )
    return {(row.case_id, row.desk_id): row for row in found}


def _line(
    task: Task, care: TaskCare | None, number: str, name: str | None, referral: Referral | None
) -> DeskTask:
    return DeskTask(
        id=task.id,
        kind=task.kind,
        case_number=number,
        referral=None if referral is None else referral.number,
        taken=referral is not None and referral.state in states.TAKEN,
        urgency=task.urgency,
        due_at=task.due_at,
        opened_at=task.opened_at,
        assigned_to=None if care is None else care.assigned_to,
        assigned_name=name,
        rests_until=None if care is None else care.rests_until,
        version=0 if care is None else care.version,
    )


def colleagues(work: Work) -> tuple[Colleague, ...]:
    """The officers of the actor's desks, the actor too."""
    return officers_where(work, user_desk.c.desk_id.in_(list(work.actor.desk_ids)))


def officers_where(work: Work, which: ColumnElement[bool]) -> tuple[Colleague, ...]:
    """Officers of desks by a condition on accounts and their desks."""
    rows = work.session.execute(
        select(User.id, User.name)
        .join(user_desk, user_desk.c.user_id == User.id)
        .where(which, User.role == Role.PROTECTION_OFFICER)
        .distinct()
        .order_by(User.name)
    )
    return tuple(Colleague(id_, name) for id_, name in rows)
