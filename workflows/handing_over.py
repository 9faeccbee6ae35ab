"""The work of an absent officer changes hands, by a supervisor of the same agency. Nothing is read."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from models.accounts import User
from models.cases import Task
from models.taskcare import TaskCare
from models.vocabulary import TaskState
from workflows.desk_tasks import Colleague, officers_where
from workflows.errors import InvalidCommand
from workflows.policy import Act, Resource
from workflows.taskcare import desks_of
from workflows.work import Work


def officers(work: Work) -> tuple[Colleague, ...]:
    """The officers of a supervisor's agency, whose work may be handed over."""
    _may_hand_over(work, work.actor.agency_id)
    return officers_where(work, User.agency_id == work.actor.agency_id)


def _may_hand_over(work: Work, agency_id: UUID | None) -> None:
    work.allow(Act.HAND_OVER_WORK, Resource(kind="system", agency_id=agency_id))


def hand_over(work: Work, absent: UUID, to: UUID) -> int:
    """Give every open task of an absent officer of one's agency to a colleague at the same desk; how many.

    The supervisor reads nothing. Cases may belong to another agency's post: the desk's work is looked up
    past the boundary between agencies, and only what the officer's own desks have to do changes hands.

    Raises:
        NotFound: not an officer of one's agency.
        InvalidCommand: the colleague works for none of the same desks, or is the same.
    """
    found = {
        row.id: row for row in work.session.scalars(select(User).where(User.id.in_([absent, to])))
    }
    for user in (found.get(absent), found.get(to)):
        _may_hand_over(work, None if user is None else user.agency_id)
    shared = desks_of(work, to) & frozenset(desk.id for desk in found[absent].desks)
    if absent == to or not shared:
        raise InvalidCommand(field="to")
    with work.beyond():
        rows = work.session.execute(
            select(Task, TaskCare)
            .join(TaskCare, TaskCare.task_id == Task.id)
            .where(
                TaskCare.assigned_to == absent,
                Task.state == TaskState.OPEN,
                Task.desk_id.in_(shared),
            )
            .with_for_update()
        ).all()
        for task, care in rows:
            care.assigned_to = to
            work.note(
                Act.HAND_OVER_WORK,
                "supervisor.hand_over",
                person=task.person_id,
                detail={"task": task.kind.value},
            )
        work.session.flush()
    return len(rows)
