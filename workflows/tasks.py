"""Tasks that a human ends, and the task that somebody else asks in private.

Tasks that follow from an act are opened and closed with it (`workflows.effects`, `workflows.deadlines`);
`give` and `end` are how.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
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
    {
        TaskKind.CHOOSE_ANOTHER_DESK,
        TaskKind.ANSWER_QUESTION,
        TaskKind.ANSWER_SOON,
        TaskKind.ASK_CONSENT_AGAIN,
    }
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
        task = give(
            work,
            TaskKind.PRIVATE_INTERVIEW,
            Role.BORDER_OFFICIAL,
            Urgency.SOON,
            case,
            post=case.post_id,
        )
        before: set[str] = set()
    else:
        before = set((task.detail or {}).get("facts", ()))
    task.detail = {"facts": sorted(before | set(command.facts))}
    work.session.flush()


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


class OfCase(Protocol):
    """A row of a case: a referral, a clock."""

    @property
    def case_id(self) -> UUID:
        """The case."""

    @property
    def person_id(self) -> UUID:
        """The person."""


def give(
    work: Work,
    kind: TaskKind,
    role: Role,
    urgency: Urgency,
    of: Case | OfCase | None,
    *,
    post: UUID | None = None,
    desk: UUID | None = None,
    due_at: datetime | None = None,
) -> Task:
    """Give a role at a post or a desk something to do, about a case or (None) about no person at all.

    Twice is two tasks: where one is enough, the caller looks first (`workflows.effects.open_task`).
    """
    case_id = None
    if of is not None:
        case_id = of.id if isinstance(of, Case) else of.case_id
    task = Task(
        id=uuid4(),
        case_id=case_id,
        person_id=None if of is None else of.person_id,
        kind=kind,
        state=TaskState.OPEN,
        role=role,
        urgency=urgency,
        post_id=post,
        desk_id=desk,
        due_at=due_at,
        opened_at=work.now,
    )
    work.session.add(task)
    return task


def end(work: Work, case_id: UUID, *which: ColumnElement[bool]) -> None:
    """What was asked for has been done: the case's open tasks for which every condition holds end.

    Where the clock ends them, nobody has done them.
    """
    done_by = None if work.actor.role is Role.SYSTEM else work.actor.user_id
    work.session.execute(
        update(Task)
        .where(Task.case_id == case_id, Task.state == TaskState.OPEN, *which)
        .values(state=TaskState.DONE, done_by=done_by)
        .execution_options(synchronize_session=False)
    )


def resource_of(work: Work, task: Task) -> Resource:
    """How a task relates to posts, desks and agencies."""
    agency = None
    if task.post_id is not None:
        agency = work.session.scalar(select(Post.agency_id).where(Post.id == task.post_id))
    return Resource(kind="task", post_id=task.post_id, desk_id=task.desk_id, agency_id=agency)
