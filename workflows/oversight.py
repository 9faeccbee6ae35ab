"""What a supervisor and the independent monitor watch: clocks that ran out, silence, states, who looked.

States and times only: nothing here opens what is sealed. Figures are in `workflows.boards`, the log's own
soundness in `workflows.accountability`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, or_, select

from models.accounts import User
from models.cases import Case, Deadline, Task, TaskHolder
from models.log import LogEntry
from models.network import Agency, Post
from models.referrals import Referral
from models.vault.sealed import load_sealed
from models.vocabulary import (
    Clock,
    DeadlineState,
    ReferralState,
    Role,
    TaskKind,
    TaskState,
    Urgency,
)
from workflows import casework, log, packets, readings, states
from workflows.casework import CaseStatus, open_case
from workflows.errors import ChangedMeanwhile, NotAllowedNow, NotFound
from workflows.policy import Act, Resource
from workflows.rules.pack import Pack
from workflows.visibility import Clause, cases_for, tasks_for
from workflows.work import Work

PAGE = 25
#: Tasks that a supervisor may call done here; others end by their own act.
BY_HAND = frozenset(
    {
        *(TaskKind.MEET_DEADLINE, TaskKind.DECIDE_HOLD, TaskKind.STILL_NEEDED),
        TaskKind.ESCALATED,
    }
)
#: What passes between the person, the page of the receipt and the monitor. What a desk may know of requests
#: stands in their own list: one more in the log would tell of a complaint.
_BESIDE_THE_DESKS = (
    *(Act.SEE_OWN_STATE, Act.ASK_FOR_OWN_RIGHT, Act.RECORD_REQUEST, Act.ANSWER_COMPLAINT),
    # How often a turned screen was touched tells what was asked for on it.
    Act.ANSWER_ALONE,
)
_BY_URGENCY = case({word.value: rank for rank, word in enumerate(Urgency)}, value=Task.urgency)
Names = Mapping[str, str]


@dataclass(frozen=True)
class LateClock:
    """A legal clock that ran out, or will within a day. What it is about stays sealed."""

    case_number: str
    post: Names
    clock: Clock
    state: DeadlineState
    due_at: datetime


@dataclass(frozen=True)
class Silence:
    """A referral that no desk has answered in time."""

    case_number: str
    referral_number: str
    urgency: Urgency
    sent_at: datetime
    due_at: datetime


@dataclass(frozen=True)
class TaskLine:
    """A task of the supervisor. `version` is that of the page."""

    id: UUID
    kind: TaskKind
    case_number: str
    urgency: Urgency
    due_at: datetime | None
    opened_at: datetime
    by_hand: bool
    version: int
    #: Whether the reader holds it by name.
    own: bool


@dataclass(frozen=True)
class Clocks:
    """All that asks for a supervisor, each list cut at a page: the rest comes when these are done."""

    without_desk: tuple[TaskLine, ...]
    tasks: tuple[TaskLine, ...]
    late: tuple[LateClock, ...]
    silent: tuple[Silence, ...]


@dataclass(frozen=True)
class CaseLine:
    """A case without anybody in it: number, post, state, urgency."""

    number: str
    post: Names
    status: CaseStatus
    urgency: Urgency


@dataclass(frozen=True)
class CasePage:
    """Some cases of one week, and the number after which the next begin."""

    rows: tuple[CaseLine, ...]
    after: str | None


@dataclass(frozen=True)
class Access:
    """One act or read, and who it was: role and agency, never a name."""

    at: datetime
    act: str
    purposes: tuple[str, ...]
    fields: tuple[str, ...]
    role: Role | None
    agency: Names
    own: bool


def clocks(work: Work) -> Clocks:
    """What has run out, what is silent, and what a supervisor is asked to do, soonest first."""
    work.allow(Act.VIEW_TASKS)
    lost = Task.kind == TaskKind.CHOOSE_ANOTHER_DESK
    return Clocks(_tasks(work, lost), _tasks(work, ~lost), _late(work), _silent(work))


def _tasks(work: Work, which: Clause) -> tuple[TaskLine, ...]:
    rows = work.session.execute(
        select(Task, Case.number, TaskHolder.user_id)
        .join(Case, Task.case_id == Case.id)
        .outerjoin(TaskHolder, TaskHolder.task_id == Task.id)
        .where(
            tasks_for(work.actor, Act.DO_TASK),
            Task.state == TaskState.OPEN,
            Task.role == Role.SUPERVISOR,
            which,
        )
        .order_by(_BY_URGENCY, Task.due_at.is_(None), Task.due_at, Task.opened_at)
        .limit(PAGE)
    )
    return tuple(
        TaskLine(
            id=task.id,
            kind=task.kind,
            case_number=number,
            urgency=task.urgency,
            due_at=task.due_at,
            opened_at=task.opened_at,
            by_hand=task.kind in BY_HAND,
            version=task.version,
            own=holder == work.actor.user_id,
        )
        for task, number, holder in rows
    )


def _late(work: Work) -> tuple[LateClock, ...]:
    soon = work.now + timedelta(hours=24)
    running = Deadline.state.in_([DeadlineState.RUNNING, DeadlineState.WARNED])
    rows = work.session.execute(
        select(Case.number, Post.names, Deadline.clock, Deadline.state, Deadline.due_at)
        .join(Case, Deadline.case_id == Case.id)
        .join(Post, Case.post_id == Post.id)
        .where(
            cases_for(work.actor, Act.VIEW_CASE),
            Case.closed_on.is_(None),
            or_(
                Deadline.state == DeadlineState.OVERDUE,
                and_(running, Deadline.due_at <= soon),
            ),
        )
        .order_by(Deadline.due_at)
        .limit(PAGE)
    )
    return tuple(LateClock(*row) for row in rows)


def _silent(work: Work) -> tuple[Silence, ...]:
    rows = work.session.execute(
        select(Case.number, Referral.number, Referral.urgency, Referral.sent_at, Referral.due_at)
        .join(Case, Referral.case_id == Case.id)
        .where(
            cases_for(work.actor, Act.VIEW_CASE),
            or_(
                Referral.state == ReferralState.NO_ANSWER,
                and_(Referral.state.in_(states.ON_THE_CLOCK), Referral.due_at <= work.now),
            ),
        )
        .order_by(Referral.due_at)
        .limit(PAGE)
    )
    return tuple(Silence(*row) for row in rows)


def pack_of_case(work: Work, case_number: str) -> Pack:
    """The rules that hold for a case whose needs may be proposed anew; for the words of its needs."""
    return readings.pack_of(work, open_case(work, case_number, Act.PROPOSE_REFERRAL))


def suggested_desks(work: Work, case_number: str) -> frozenset[str]:
    """Codes of the desks that those who passed a referral on have named."""
    found = open_case(work, case_number, Act.PROPOSE_REFERRAL)
    rows = work.session.scalars(
        select(Task)
        .where(
            Task.case_id == found.id,
            Task.kind == TaskKind.CHOOSE_ANOTHER_DESK,
            Task.state == TaskState.OPEN,
        )
        .options(*load_sealed(Task.detail))
    )
    with packets.at_hand(work, found):
        return frozenset((row.detail or {})["suggested"] for row in rows if row.detail)


def finish_task(work: Work, task_id: UUID, version: int) -> None:
    """Say that a task is done.

    Raises:
        ChangedMeanwhile: somebody else has changed it since the page was shown.
        NotAllowedNow: it is not open, or ends by an act of its own.
    """
    task = work.session.get(Task, task_id)
    if task is None or task.post_id is None:
        work.asked = Act.DO_TASK
        raise NotFound
    post = work.session.get_one(Post, task.post_id)
    work.allow(
        Act.DO_TASK,
        Resource(kind="task", post_id=post.id, agency_id=post.agency_id, country=post.country),
        person=task.person_id,
    )
    if task.version != version:
        raise ChangedMeanwhile
    if task.state is not TaskState.OPEN or task.kind not in BY_HAND:
        raise NotAllowedNow
    task.state = TaskState.DONE
    task.done_by = work.actor.user_id


def cases(work: Work, monday: date, after: str | None = None) -> CasePage:
    """The cases registered in the week of `monday` that the actor may see, by number and state only."""
    work.allow(Act.VIEW_CASE, _anywhere(work))
    query = select(Case).where(
        cases_for(work.actor, Act.VIEW_CASE),
        Case.registered_on >= monday,
        Case.registered_on < monday + timedelta(days=7),
    )
    if after is not None:
        query = query.where(Case.number > after)
    rows = work.session.scalars(query.order_by(Case.number).limit(PAGE + 1)).all()
    shown = rows[:PAGE]
    found: dict[UUID, list[ReferralState]] = {row.id: [] for row in shown}
    pairs = select(Referral.case_id, Referral.state).where(Referral.case_id.in_(found))
    for case_id, state in work.session.execute(pairs):
        found[case_id].append(state)
    posts = dict(
        work.session.execute(
            select(Post.id, Post.names).where(Post.id.in_({row.post_id for row in shown}))
        ).all()
    )
    lines = tuple(
        CaseLine(row.number, posts[row.post_id], casework.status(row, found[row.id]), row.urgency)
        for row in shown
    )
    return CasePage(lines, shown[-1].number if len(rows) > PAGE else None)


def _anywhere(work: Work) -> Resource:
    """The actor's own relations: whether the act is theirs at all. The list is filtered row by row."""
    actor = work.actor
    return Resource(
        kind="case",
        post_id=actor.post_id,
        agency_id=actor.agency_id,
        country=actor.country,
        referred_desks=actor.desk_ids,
    )


def accesses(work: Work, case_number: str) -> tuple[Access, ...]:
    """Who did or read what of a case, newest first, at most a hundred."""
    return accesses_of(work, open_case(work, case_number, Act.VIEW_ACCESSES))


def accesses_of(work: Work, found: Case) -> tuple[Access, ...]:
    """The same where an act was allowed already."""
    entries = log.accesses(work.session, work.provider, found.person_id, told_to_desks())
    known = people(work, {entry.actor for entry in entries if entry.actor})
    return tuple(_access(work, entry, known) for entry in entries)


def told_to_desks() -> Clause:
    """Entries of the log that a desk may be shown: not those from which it would learn that the person looked
    with the code of their receipt, or asked the monitor something and was heard.
    """
    monitors = select(User.id).where(User.role == Role.MONITOR)
    return and_(
        LogEntry.act.not_in(_BESIDE_THE_DESKS),
        or_(LogEntry.act != "read", LogEntry.actor.is_(None), LogEntry.actor.not_in(monitors)),
    )


def _access(work: Work, entry: LogEntry, known: dict[UUID, tuple[Role, Names]]) -> Access:
    role, agency = known.get(entry.actor, (None, {})) if entry.actor else (None, {})
    fields: Any = entry.detail.get("fields", ())
    return Access(
        at=entry.at,
        act=entry.act,
        purposes=tuple((entry.purpose or "").split()),
        fields=tuple(str(name) for name in fields),
        role=role,
        agency=agency,
        own=entry.actor == work.actor.user_id,
    )


def people(work: Work, ids: Iterable[UUID]) -> dict[UUID, tuple[Role, Names]]:
    """Role and agency of some accounts, by id; never a name."""
    rows = work.session.execute(
        select(User.id, User.role, Agency.names)
        .join(Agency, User.agency_id == Agency.id)
        .where(User.id.in_(list(ids)))
    )
    return {user: (role, names) for user, role, names in rows}
