"""A desk's tasks: whose they are, when they rest, and up to five hundred changed, and undone, at once.

Each task is judged by itself: one that cannot be changed is named with a reason and stops none of the others.
Nothing rests beyond a legal deadline of its case, nor beyond its own time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select

from models.accounts import User, user_desk
from models.cases import Case, Deadline, Task
from models.taskcare import TaskCare, TaskChange, TaskChangeRow
from models.vault.sealed import load_sealed
from models.vocabulary import (
    DeadlineState,
    TaskChangeKind,
    TaskKind,
    TaskState,
)
from workflows.errors import InvalidCommand, NotAllowedNow, NotFound
from workflows.policy import Act, allows
from workflows.tasks import resource_of
from workflows.work import Work

#: Most tasks of one change.
MOST = 500
LONGEST_REASON = 300
REST_AT_MOST = timedelta(days=31)
_RUNNING = (DeadlineState.RUNNING, DeadlineState.WARNED, DeadlineState.OVERDUE)


@dataclass(frozen=True, kw_only=True)
class Picked:
    """A task as the page showed it. `version` is that of its care; 0 where nobody had it in care yet."""

    task_id: UUID
    version: int


@dataclass(frozen=True, kw_only=True)
class ChangeTasks:
    """Give tasks to a colleague, let them rest until a moment with a reason, or wake them."""

    picked: tuple[Picked, ...]
    kind: TaskChangeKind
    to: UUID | None = None
    until: datetime | None = None
    reason: str = ""


@dataclass(frozen=True)
class Refused:
    """A task that is left as it is, and why: gone, changed, not_there, beyond_deadline."""

    task_id: UUID
    case_number: str | None
    reason: str


@dataclass(frozen=True)
class RestShown:
    """A task about a person that rests, or rested last: what it is for, until when, and the reason given."""

    kind: TaskKind
    until: datetime
    reason: str


@dataclass(frozen=True)
class Rests:
    """Of the desk that reads them out; `elsewhere`: how many rest at other desks."""

    shown: tuple[RestShown, ...]
    elsewhere: int


@dataclass(frozen=True)
class Changed:
    """What a change did, or would do (`change_id` is None then)."""

    change_id: UUID | None
    done: tuple[UUID, ...]
    refused: tuple[Refused, ...]


def preview(work: Work, command: ChangeTasks) -> Changed:
    """What a change would do. Changes nothing.

    Raises:
        InvalidCommand: none or too many tasks; nobody to give them to; no moment or reason for a rest.
    """
    _sound(work, command)
    verdicts = list(_judged(work, command))
    done = tuple(task.id for task, _, refused in verdicts if task is not None and refused is None)
    return Changed(None, done, tuple(refused for _, _, refused in verdicts if refused is not None))


def change(work: Work, command: ChangeTasks) -> Changed:
    """Change the tasks that can be changed, and say of each other why not. See `preview`."""
    _sound(work, command)
    made = _change(work, command.kind)
    done, refusals = [], []
    for task, care, refused in list(_judged(work, command)):
        if refused is not None:
            refusals.append(refused)
        elif task is not None and task.case_id is not None and task.person_id is not None:
            detail = {"set": command.kind.value}
            work.allow(
                Act.ARRANGE_TASK, resource_of(work, task), person=task.person_id, detail=detail
            )
            _set(work, made, task, care, command)
            done.append(task.id)
    work.session.flush()
    return Changed(made.id, tuple(done), tuple(refusals))


def _change(work: Work, kind: TaskChangeKind) -> TaskChange:
    made = TaskChange(
        id=uuid4(),
        kind=kind,
        made_by=work.actor.user_id,
        session_id=work.actor.session_id,
        made_at=work.now,
    )
    work.session.add(made)
    work.session.flush()
    return made


def _sound(work: Work, command: ChangeTasks) -> None:
    if not 0 < len(command.picked) <= MOST:
        raise InvalidCommand(field="picked")
    if command.kind is TaskChangeKind.ASSIGN and command.to is None:
        raise InvalidCommand(field="to")
    if command.kind is TaskChangeKind.SNOOZE:
        if command.until is None or not work.now < command.until <= work.now + REST_AT_MOST:
            raise InvalidCommand(field="until")
        if not command.reason.strip() or len(command.reason) > LONGEST_REASON:
            raise InvalidCommand(field="reason")


def _judged(
    work: Work, command: ChangeTasks
) -> Iterator[tuple[Task | None, TaskCare | None, Refused | None]]:
    """Each picked task once, with its care and the reason why it is left as it is."""
    wanted = {one.task_id: one.version for one in command.picked}
    tasks = {row.id: row for row in work.session.scalars(select(Task).where(Task.id.in_(wanted)))}
    cares = _cares(work, list(tasks))
    numbers = dict(
        work.session.execute(
            select(Task.id, Case.number)
            .join(Case, Task.case_id == Case.id)
            .where(Task.id.in_(tasks))
        ).all()
    )
    ends = _ends(work, {task.case_id for task in tasks.values()})
    theirs = desks_of(work, command.to)
    for task_id, version in wanted.items():
        task, care = tasks.get(task_id), cares.get(task_id)
        if task is None or allows(work.actor, Act.ARRANGE_TASK, resource_of(work, task)) is None:
            yield None, None, Refused(task_id, None, "gone")
            continue
        reason = _why_not(command, task, care, version, ends.get(task.case_id), theirs)
        refused = None if reason is None else Refused(task_id, numbers.get(task_id), reason)
        yield task, care, refused


def _why_not(
    command: ChangeTasks,
    task: Task,
    care: TaskCare | None,
    version: int,
    end: datetime | None,
    theirs: frozenset[UUID],
) -> str | None:
    if task.state is not TaskState.OPEN or task.case_id is None:
        return "gone"
    if (0 if care is None else care.version) != version:
        return "changed"
    if command.kind is TaskChangeKind.ASSIGN and task.desk_id not in theirs:
        return "not_there"
    limits = [limit for limit in (task.due_at, end) if limit is not None]
    if command.until is not None and command.kind is TaskChangeKind.SNOOZE:
        return "beyond_deadline" if any(command.until > limit for limit in limits) else None
    return None


def _cares(work: Work, tasks: Sequence[UUID]) -> dict[UUID, TaskCare]:
    rows = work.session.scalars(
        select(TaskCare)
        .where(TaskCare.task_id.in_(tasks))
        .options(*load_sealed(TaskCare.reason))
        .with_for_update()
    )
    return {row.task_id: row for row in rows}


def _ends(work: Work, cases: set[UUID | None]) -> dict[UUID | None, datetime]:
    """When the next legal deadline of each case is due."""
    rows = work.session.execute(
        select(Deadline.case_id, func.min(Deadline.due_at))
        .where(Deadline.case_id.in_(cases), Deadline.state.in_(list(_RUNNING)))
        .group_by(Deadline.case_id)
    )
    return dict(rows.all())


def read_out(work: Work, case: Case) -> Rests:
    """For the person, under a rule that opened their whole file: why work rests at the reader's desk."""
    rows = work.session.execute(
        select(Task.kind, Task.desk_id, TaskCare)
        .join(TaskCare, TaskCare.task_id == Task.id)
        .where(TaskCare.case_id == case.id, TaskCare.rests_until.is_not(None))
        .order_by(TaskCare.rests_until)
        .options(*load_sealed(TaskCare.reason))
    ).all()
    own = [(kind, care) for kind, desk, care in rows if desk in work.actor.desk_ids]
    shown = tuple(
        RestShown(kind, care.rests_until, (care.reason or {}).get("text", ""))
        for kind, care in own
        if care.rests_until is not None
    )
    return Rests(shown, len(rows) - len(shown))


def desks_of(work: Work, user: UUID | None) -> frozenset[UUID]:
    """The desks that an account that is not closed works for."""
    if user is None:
        return frozenset()
    rows = work.session.scalars(
        select(user_desk.c.desk_id)
        .join(User, User.id == user_desk.c.user_id)
        .where(User.id == user, User.disabled_on.is_(None))
    )
    return frozenset(rows)


def _set(
    work: Work, made: TaskChange, task: Task, care: TaskCare | None, command: ChangeTasks
) -> None:
    row = care if care is not None else _new_care(work, task)
    before = _state_of(row)
    if command.kind is TaskChangeKind.ASSIGN:
        row.assigned_to = command.to
    elif command.kind is TaskChangeKind.SNOOZE:
        row.rests_until, row.reason = command.until, {"text": command.reason.strip()}
    else:
        row.rests_until, row.reason = None, {}
    work.session.flush()
    _remember(work, made, row, before)


def _new_care(work: Work, task: Task) -> TaskCare:
    row = TaskCare(id=uuid4(), case_id=task.case_id, person_id=task.person_id, task_id=task.id)
    work.session.add(row)
    row.reason = {}
    return row


def _state_of(row: TaskCare) -> dict[str, Any]:
    until = row.rests_until
    return {
        "assigned_to": None if row.assigned_to is None else str(row.assigned_to),
        "rests_until": None if until is None else until.isoformat(),
        "reason": row.reason or {},
    }


def _remember(work: Work, made: TaskChange, row: TaskCare, before: dict[str, Any]) -> None:
    kept = TaskChangeRow(
        id=uuid4(),
        case_id=row.case_id,
        person_id=row.person_id,
        change_id=made.id,
        task_id=row.task_id,
        care_version=row.version,
    )
    work.session.add(kept)
    kept.before = before


def undo(work: Work, change_id: UUID) -> Changed:
    """Put every task back as it was before a change, but those that were changed since.

    Raises:
        NotFound: no such change of this account in this session.
        NotAllowedNow: it was undone already.
    """
    made = work.session.get(TaskChange, change_id)
    work.asked = Act.ARRANGE_TASK
    own = (work.actor.user_id, work.actor.session_id)
    if made is None or (made.made_by, made.session_id) != own:
        raise NotFound
    if made.undone_at is not None:
        raise NotAllowedNow
    made.undone_at = work.now
    rows = work.session.scalars(
        select(TaskChangeRow)
        .where(TaskChangeRow.change_id == change_id)
        .options(*load_sealed(TaskChangeRow.before))
    ).all()
    cares = _cares(work, [row.task_id for row in rows])
    done, refusals = [], []
    for row in rows:
        if _put_back(work, row, cares.get(row.task_id)):
            done.append(row.task_id)
        else:
            refusals.append(Refused(row.task_id, None, "changed"))
    return Changed(change_id, tuple(done), tuple(refusals))


def _put_back(work: Work, row: TaskChangeRow, care: TaskCare | None) -> bool:
    task = work.session.get(Task, row.task_id)
    if task is None or care is None or care.version != row.care_version:
        return False
    thing = resource_of(work, task)
    if allows(work.actor, Act.ARRANGE_TASK, thing) is None:
        return False
    work.allow(Act.ARRANGE_TASK, thing, person=row.person_id, detail={"set": "undo"})
    before = row.before or {}
    assigned, until = before.get("assigned_to"), before.get("rests_until")
    care.assigned_to = None if assigned is None else UUID(assigned)
    care.rests_until = None if until is None else datetime.fromisoformat(until)
    care.reason = before.get("reason") or {}
    return True
