"""Who hears when an answer does not come: rungs of a ladder as data, each climbed once.

Half of the time reminds whoever should act; its end gives a supervisor the task; at one and a half it is the
named focal point of the agency's. From the end on a human holds it by name, so that nobody is only waited
for. Rungs are rows of `config/data/ladder.csv`; what a supervisor's role sees, a named holder sees too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import func, select

from config.codes import rows
from models.accounts import User
from models.cases import Case, Deadline, Task, TaskHolder
from models.network import Post
from models.referrals import Referral
from models.vocabulary import ReferralState, Role, TaskKind, TaskState, Urgency
from workflows import focal_points, states, tasks
from workflows.work import Work


@dataclass(frozen=True)
class Rung:
    """At `percent` of a clock's time `who` is told: desk, post, supervisor, focal_point."""

    percent: int
    who: str


def rungs_of(clock: str) -> tuple[Rung, ...]:
    """The rungs of a clock from the foot up: `answer`, `question`, `waiting_list`, `deadline`."""
    found = [
        Rung(int(row["percent"]), row["who"]) for row in rows("ladder") if row["clock"] == clock
    ]
    return tuple(sorted(found, key=lambda rung: rung.percent))


_CLOCKS = {ReferralState.NEEDS_INFORMATION: "question", ReferralState.WAITING_LIST: "waiting_list"}


def clock_of(referral: Referral) -> str:
    """Which ladder a referral is on; once silent it stays on that of the clock that ran out."""
    if referral.state is ReferralState.NO_ANSWER and referral.expected_on is not None:
        return "waiting_list"
    return _CLOCKS.get(referral.state, "answer")


def rung_at(start: datetime, due_at: datetime, percent: int) -> datetime:
    """The moment at which `percent` of a clock's time is over."""
    return start + (due_at - start) * percent / 100


def set_next(referral: Referral) -> None:
    """Say when the next rung is due, by the steps climbed; None where the ladder ends."""
    rungs = rungs_of(clock_of(referral))
    runs = referral.state in states.ON_THE_CLOCK or referral.state is ReferralState.NO_ANSWER
    if not runs or referral.step >= len(rungs):
        referral.next_step_at = None
        return
    start = referral.clock_from or referral.sent_at
    referral.next_step_at = rung_at(start, referral.due_at, rungs[referral.step].percent)


def remind(work: Work, referral: Referral, who: str) -> None:
    """Half of the time is over: the desk, or the post that was asked, has a task that says so."""
    asked = who == "post"
    tasks.give(
        work,
        TaskKind.ANSWER_SOON,
        Role.BORDER_OFFICIAL if asked else Role.PROTECTION_OFFICER,
        referral.urgency,
        referral,
        post=referral.post_id if asked else None,
        desk=None if asked else referral.desk_id,
        due_at=referral.due_at,
    )


def to_focal_point(work: Work, referral: Referral) -> None:
    """Nobody has moved: the named human of the sender's agency, which has the duty, holds it."""
    held_by_name(work, TaskKind.ESCALATED, referral)


def held_by_name(
    work: Work, kind: TaskKind, of: Referral | Deadline, *, supervisor: bool = False
) -> None:
    """Give the supervisors of the agency that keeps a case a task, and one human by name.

    The agency's focal point; a `supervisor` where that is asked for, or none is named.
    """
    case = work.session.get_one(Case, of.case_id)
    post = work.session.get_one(Post, of.post_id if isinstance(of, Referral) else case.post_id)
    task = tasks.give(
        work, kind, Role.SUPERVISOR, Urgency.NOW, case, post=post.id, due_at=of.due_at
    )
    named = None if supervisor else focal_points.of(work, post.agency_id)
    hold(work, task, named or supervisor_of(work, post))


def hold(work: Work, task: Task, user: User | None) -> None:
    """Say by name who holds a task, where the agency has somebody."""
    work.session.flush()
    if user is not None:
        work.session.add(
            TaskHolder(
                id=uuid4(),
                case_id=task.case_id,
                person_id=task.person_id,
                task_id=task.id,
                user_id=user.id,
                since=work.now,
            )
        )


def supervisor_of(work: Work, post: Post) -> User | None:
    """A supervisor of the agency by name: one of the post before others, then who holds least."""
    held = (
        select(func.count(TaskHolder.id))
        .join(Task, TaskHolder.task_id == Task.id)
        .where(TaskHolder.user_id == User.id, Task.state == TaskState.OPEN)
        .correlate(User)
        .scalar_subquery()
    )
    return work.session.scalar(
        select(User)
        .where(
            User.agency_id == post.agency_id,
            User.role == Role.SUPERVISOR,
            User.disabled_on.is_(None),
        )
        .order_by(User.post_id != post.id, held, User.name)
        .limit(1)
    )


def steps_due(referral: Referral, now: datetime) -> Iterable[Rung]:
    """The rungs that are due now and were not climbed, in order; after an outage several."""
    start = referral.clock_from or referral.sent_at
    for rung in rungs_of(clock_of(referral))[referral.step :]:
        if rung_at(start, referral.due_at, rung.percent) > now:
            return
        yield rung
