"""What the lists of a post show: the arrivals of the shift, its tasks, and the head of one case.

Case numbers, states and clocks only: nothing sealed is opened here and no name is read. The pages of one
person's screening are in `workflows.post_screening` and `workflows.post_outcomes`.
"""

from __future__ import annotations

import re
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_

from models.cases import Case, Hold, Task
from models.network import Post
from models.referrals import Referral
from models.vocabulary import (
    HOLDING,
    Action,
    ReferralState,
    Role,
    TaskKind,
    TaskState,
    Urgency,
)
from workflows import casenumbers, lineage
from workflows.casework import CaseStatus, open_case, status
from workflows.errors import BadCaseNumber, InvalidCommand, NotFound
from workflows.policy import Act, Resource
from workflows.states import WAITING
from workflows.tasks import BY_THEIR_ACT
from workflows.visibility import cases_for, tasks_for
from workflows.work import Work

PAGE = 25
_MOST_TASKS = 100
_FINISHED = 3


@dataclass(frozen=True)
class PostShown:
    """The post at which the actor works."""

    code: str
    country: str
    pack: str
    names: dict[str, str]
    neighbour: str | None
    languages: tuple[str, ...]
    zone: str


@dataclass(frozen=True)
class ArrivalShown:
    """One line of the list of a post. `screening_open`: the post may still ask and refer."""

    number: str
    registered_on: date
    urgency: Urgency
    status: CaseStatus
    screening_open: bool
    informed: bool
    shut: tuple[Action, ...]
    tasks: int
    unanswered: int


@dataclass(frozen=True)
class Today:
    """A page of arrivals, unfinished and urgent first. `after` asks for the next page."""

    rows: tuple[ArrivalShown, ...]
    after: str | None
    tasks: int


@dataclass(frozen=True)
class TaskShown:
    """Something to do. `done_here`: pressing *done* ends it; else the linked page does."""

    id: UUID
    kind: TaskKind
    number: str | None
    urgency: Urgency
    opened_at: datetime
    due_at: datetime | None
    screening_open: bool
    done_here: bool


@dataclass(frozen=True)
class CaseHead:
    """Number, state and urgency of a case; while its screening is open also what comes next."""

    number: str
    registered_on: date
    urgency: Urgency
    status: CaseStatus
    screening_open: bool
    informed: bool


def own_post(work: Work) -> PostShown:
    """The post of the actor.

    Raises:
        NotFound: the actor works at no post.
    """
    post = work.session.get(Post, work.actor.post_id) if work.actor.post_id else None
    if post is None:
        raise NotFound
    return PostShown(
        code=post.code,
        country=post.country,
        pack=post.pack,
        names=post.names,
        neighbour=post.neighbour,
        languages=tuple(post.languages),
        zone=post.zone,
    )


def today(work: Work, after: str | None = None) -> Today:
    """The arrivals at the actor's post, by keyset: unfinished first, by urgency, the newest first.

    Raises:
        InvalidCommand: `after` is not the mark of a page.
    """
    post = Resource(kind="post", post_id=work.actor.post_id, agency_id=work.actor.agency_id)
    work.allow(Act.VIEW_TODAY, post)
    bucket, mark = _mark(after)
    found: list[Case] = []
    while bucket <= _FINISHED and len(found) <= PAGE:
        found += _bucket(work, bucket, mark, PAGE + 1 - len(found))
        bucket, mark = bucket + 1, None
    rows = _shown(work, found[:PAGE])
    last = _mark_of(found[PAGE - 1]) if len(found) > PAGE else None
    return Today(rows, last, _open_tasks(work))


def _mark(after: str | None) -> tuple[int, tuple[date, str] | None]:
    if not after:
        return 0, None
    try:
        bucket, day, number = after.split(".")
        return range(_FINISHED + 1).index(int(bucket)), (date.fromisoformat(day), number[:12])
    except ValueError:
        raise InvalidCommand(field="after") from None


def _mark_of(case: Case) -> str:
    screened = case.screened_on is not None
    bucket = _FINISHED if screened else list(Urgency).index(case.urgency)
    return f"{bucket}.{case.registered_on.isoformat()}.{case.number}"


def _bucket(work: Work, bucket: int, mark: tuple[date, str] | None, most: int) -> list[Case]:
    """Some cases of one urgency whose screening is open, or of those that are screened, newest first."""
    which: ColumnElement[bool] = Case.screened_on.is_not(None)
    if bucket != _FINISHED:
        which = and_(Case.screened_on.is_(None), Case.urgency == list(Urgency)[bucket])
    query = select(Case).where(cases_for(work.actor, Act.VIEW_CASE), which)
    if mark is not None:
        query = query.where(tuple_(Case.registered_on, Case.number) < tuple_(*mark))
    newest = (Case.registered_on.desc(), Case.number.desc())
    return list(work.session.scalars(query.order_by(*newest).limit(most)))


def _shown(work: Work, cases: list[Case]) -> tuple[ArrivalShown, ...]:
    if not cases:
        return ()
    ids = [case.id for case in cases]
    shut: dict[UUID, set[Action]] = {}
    for case_id, action in work.session.execute(
        # Distinct: a new case has two dozen holds on four actions.
        select(Hold.case_id, Hold.action)
        .where(Hold.case_id.in_(ids), Hold.state.in_(HOLDING))
        .distinct()
    ):
        shut.setdefault(case_id, set()).add(action)
    for case_id, actions in lineage.shut_by_others(work, cases).items():
        shut.setdefault(case_id, set()).update(actions)
    sent: dict[UUID, list[ReferralState]] = {}
    for case_id, state in work.session.execute(
        select(Referral.case_id, Referral.state).where(Referral.case_id.in_(ids))
    ):
        sent.setdefault(case_id, []).append(state)
    tasks = Counter(
        work.session.scalars(
            select(Task.case_id).where(Task.case_id.in_(ids), *_own_open(work))
        ).all()
    )
    return tuple(
        ArrivalShown(
            number=case.number,
            registered_on=case.registered_on,
            urgency=case.urgency,
            status=status(case, sent.get(case.id, [])),
            screening_open=case.screened_on is None and case.closed_on is None,
            informed=case.informed_on is not None,
            shut=tuple(action for action in Action if action in shut.get(case.id, ())),
            tasks=tasks[case.id],
            unanswered=sum(state in WAITING for state in sent.get(case.id, [])),
        )
        for case in cases
    )


def _own_open(work: Work) -> tuple[ColumnElement[bool], ...]:
    """Open tasks of officials at the post; to find another desk is everybody's there."""
    return (
        tasks_for(work.actor, Act.DO_TASK),
        Task.state == TaskState.OPEN,
        or_(Task.role == Role.BORDER_OFFICIAL, Task.kind == TaskKind.CHOOSE_ANOTHER_DESK),
    )


def _open_tasks(work: Work) -> int:
    """How many tasks wait, counted to a hundred."""
    some = select(Task.id).where(*_own_open(work)).limit(_MOST_TASKS).subquery()
    return work.session.scalar(select(func.count()).select_from(some)) or 0


def tasks(work: Work) -> tuple[TaskShown, ...]:
    """What officials of the post must do, the most urgent first, at most a hundred."""
    work.allow(Act.VIEW_TASKS, Resource(kind="post", post_id=work.actor.post_id))
    rows = work.session.execute(
        select(Task, Case.number, Case.screened_on)
        .outerjoin(Case, Task.case_id == Case.id)
        .where(*_own_open(work))
        .order_by(Task.due_at, Task.opened_at)
        .limit(_MOST_TASKS)
    ).all()
    shown = [
        TaskShown(
            id=task.id,
            kind=task.kind,
            number=number,
            urgency=task.urgency,
            opened_at=task.opened_at,
            due_at=task.due_at,
            screening_open=screened_on is None,
            done_here=task.kind not in BY_THEIR_ACT,
        )
        for task, number, screened_on in rows
    ]
    rank = list(Urgency)
    return tuple(sorted(shown, key=lambda task: rank.index(task.urgency)))


def case_head(work: Work, number: str) -> CaseHead:
    """The head of a case of the post.

    Raises:
        BadCaseNumber, NotFound: as `casework.open_case`.
    """
    case = open_case(work, number, Act.VIEW_CASE)
    sent = work.session.scalars(select(Referral.state).where(Referral.case_id == case.id)).all()
    return CaseHead(
        number=case.number,
        registered_on=case.registered_on,
        urgency=case.urgency,
        status=status(case, list(sent)),
        screening_open=case.screened_on is None and case.closed_on is None,
        informed=case.informed_on is not None,
    )


#: A number has nine characters; of one too few or too many it is said that it does not fit.
_NEARLY = range(8, 11)


def typed_number(text: str) -> str | None:
    """The case number in `text`, or None where it is not meant as one (a name, perhaps with a digit in it).

    Raises:
        BadCaseNumber: it looks like a number, but its check character does not fit.
    """
    with suppress(BadCaseNumber):
        # One in a hundred has no digit; no name is made of these consonants and has the check character.
        return casenumbers.parse(text)
    parts = re.findall(r"[^\W_]+", text)
    bare = "".join(parts)
    # Numbers are printed in groups of three: a word of more letters beside others is one of a name.
    a_name = len(parts) > 1 and any(part.isalpha() and len(part) > 3 for part in parts)
    if a_name or not bare.isascii() or not any(c.isdigit() for c in bare):
        return None
    if len(bare) in _NEARLY:
        raise BadCaseNumber
    return None
