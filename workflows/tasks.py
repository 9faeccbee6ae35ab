"""Tasks that a human ends, and the task that somebody else asks in private.

Tasks that follow from an act are opened and closed with it (`workflows.effects`, `workflows.deadlines`);
`end` is how.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, select, update

from models.cases import Case, Task
from models.network import Post
from models.vault.sealed import load_sealed
from models.vocabulary import Role, TaskKind, TaskState, Urgency
from workflows import readings
from workflows.casework import open_case
from workflows.errors import InvalidCommand, NotAllowedNow, NotFound
from workflows.policy import Act, Resource
from workflows.work import Work

#: Tasks that end by the act they ask for, and by no other.
BY_THEIR_ACT = frozenset(
    {TaskKind.CHOOSE_ANOTHER_DESK, TaskKind.ANSWER_QUESTION, TaskKind.ANSWER_SOON}
)


@dataclass(frozen=True, kw_only=True)
class AskInPrivate:
    """Questions that somebody else should ask, alone with the person."""

    case_number: str
    facts: tuple[str, ...]


def ask_in_private(work: Work, command: AskInPrivate) -> None:
    """Give the post a task to ask these questions in private; which ones is sealed.

    Raises:
        InvalidCommand: no question, or one that the pack does not have.
    """
    case = open_case(work, command.case_number, Act.ANSWER)
    known = readings.pack_of(work, case).facts
    if not command.facts or any(fact not in known for fact in command.facts):
        raise InvalidCommand(field="facts")
    task = work.session.scalar(
        select(Task)
        .where(
            Task.case_id == case.id,
            Task.kind == TaskKind.PRIVATE_INTERVIEW,
            # A desk's own task stays its own.
            Task.desk_id.is_(None),
            Task.state == TaskState.OPEN,
        )
        .options(*load_sealed(Task.detail))
    )
    if task is None:
        task = _private_interview(work, case)
        before: set[str] = set()
    else:
        before = set((task.detail or {}).get("facts", ()))
    task.detail = {"facts": sorted(before | set(command.facts))}
    work.session.flush()


def _private_interview(work: Work, case: Case) -> Task:
    task = Task(
        id=uuid4(),
        case_id=case.id,
        person_id=case.person_id,
        kind=TaskKind.PRIVATE_INTERVIEW,
        state=TaskState.OPEN,
        role=Role.BORDER_OFFICIAL,
        urgency=Urgency.SOON,
        post_id=case.post_id,
        opened_at=work.now,
    )
    work.session.add(task)
    return task


def do_task(work: Work, task_id: UUID) -> None:
    """Say that a task is done.

    Raises:
        NotFound: no such task, or not for this actor.
        NotAllowedNow: it has ended, or only the act that it asks for ends it.
    """
    task = work.session.get(Task, task_id)
    if task is None:
        work.asked = Act.DO_TASK
        raise NotFound
    detail = {"kind": task.kind.value}
    work.allow(Act.DO_TASK, resource_of(work, task), person=task.person_id, detail=detail)
    if task.state is not TaskState.OPEN or task.kind in BY_THEIR_ACT:
        raise NotAllowedNow
    task.state = TaskState.DONE
    task.done_by = work.actor.user_id


def end(work: Work, case_id: UUID, *which: ColumnElement[bool]) -> None:
    """What was asked for has been done: the case's open tasks for which every condition holds end."""
    work.session.execute(
        update(Task)
        .where(Task.case_id == case_id, Task.state == TaskState.OPEN, *which)
        .values(state=TaskState.DONE, done_by=work.actor.user_id)
        .execution_options(synchronize_session=False)
    )


def resource_of(work: Work, task: Task) -> Resource:
    """How a task relates to posts, desks and agencies."""
    agency = None
    if task.post_id is not None:
        agency = work.session.scalar(select(Post.agency_id).where(Post.id == task.post_id))
    return Resource(kind="task", post_id=task.post_id, desk_id=task.desk_id, agency_id=agency)
