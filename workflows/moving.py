"""How a referral moves: found, allowed, asked of the table, its clocks set; the same for desk and sender."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from models.cases import Case, Need, Task
from models.network import Desk, Post
from models.referrals import Referral
from models.vocabulary import NeedState, ReferralState, Role, TaskKind, Urgency
from workflows import (
    casenumbers,
    effects,
    ladder,
    places,
    restrictions,
    routing,
    states,
    tasks,
)
from workflows.answering import ANSWER_WITHIN
from workflows.errors import NotAllowedNow, NotFound
from workflows.policy import Act, Resource
from workflows.states import Move, Position, WhyNot
from workflows.work import Work


@dataclass(frozen=True)
class Moved:
    """Where a referral stands after an act."""

    number: str
    state: ReferralState


def find_referral(work: Work, number: str) -> Referral:
    """The referral with this number as typed. Callers must `allow` before they use it."""
    referral = work.session.scalar(
        select(Referral).where(Referral.number == casenumbers.parse(number))
    )
    if referral is None:
        raise NotFound
    return referral


def case_number(work: Work, number: str) -> str:
    """The number of the case of a referral, for whoever sent it."""
    referral = find_referral(work, number)
    work.allow(Act.WITHDRAW_REFERRAL, resource_of(work, referral), person=referral.person_id)
    return work.session.get_one(Case, referral.case_id).number


def resource_of(work: Work, referral: Referral) -> Resource:
    """How a referral relates to the post and agency that sent it and to the desk that received it."""
    return Resource(
        kind="referral",
        post_id=referral.post_id,
        agency_id=work.hold(work.session.get_one(Post, referral.post_id)).agency_id,
        desk_id=referral.desk_id,
        taken=referral.state in states.TAKEN,
    )


def position_of(referral: Referral, stopped: WhyNot | None = None) -> Position:
    """What the table's guards must know. `stopped`: as `restrictions.stopped_by` says."""
    listed = referral.expected_on is not None
    return Position(referral.state, referral.asked, listed=listed, stopped=stopped)


def ready(
    work: Work, number: str, verb: str, act: Act, side: str, *, opens: bool = False
) -> tuple[Referral, Move]:
    """The referral that the actor may move, and the row of the table.

    opens: the move shows the actor who the person is, which an objection or the end of a consent stops.

    Raises:
        NotFound: no such referral, or not for this actor.
        NotAllowedNow: the table or a guard is against it; `reason` is the first of `states.WhyNot`.
    """
    referral = find_referral(work, number)
    work.allow(act, resource_of(work, referral), person=referral.person_id)
    stopped = restrictions.stopped_by(work, referral) if opens else None
    return referral, require_move(referral, verb, side, stopped)


def require_move(referral: Referral, verb: str, side: str, stopped: WhyNot | None = None) -> Move:
    """The row of the table. Raises `NotAllowedNow` with the first reason against it."""
    reasons = states.why_not(position_of(referral, stopped), verb, side)
    if reasons:
        raise NotAllowedNow(reason=reasons[0].value)
    move = states.move_of(referral.state, verb)
    assert move is not None
    return move


def see(work: Work, referral: Referral) -> None:
    """The desk has opened it: said once, to its sender; the desk's clock runs on.

    One conditional UPDATE without a new version: whoever reads at the same time as somebody answers never
    stands in the answer's way.
    """
    if referral.seen_at is not None or referral.state not in states.WAITING:
        return
    before = [state.value for state in states.befores("see")]
    seen = referral.state.value in before
    values = {"seen_at": work.now} | ({"state": ReferralState.SEEN} if seen else {})
    work.session.execute(
        update(Referral)
        .where(
            Referral.id == referral.id,
            Referral.state == referral.state,
            Referral.seen_at.is_(None),
        )
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    work.session.refresh(referral)


def run_clock(referral: Referral, now: datetime, due_at: datetime) -> None:
    """Let a new clock run from now on; its ladder begins at the foot."""
    referral.clock_from, referral.due_at, referral.step = now, due_at, 0
    ladder.set_next(referral)


def back_to_desk(work: Work, referral: Referral) -> None:
    """The desk's turn again, with what it had left of its time."""
    run_clock(referral, work.now, work.now + timedelta(seconds=referral.left_seconds or 0))
    referral.left_seconds = None


def reopen_need(work: Work, referral: Referral) -> None:
    """The sender's again, and somebody else may be asked; the place goes to whoever comes next."""
    places.release(work, referral.id)
    work.session.get_one(Need, referral.need_id).state = NeedState.OPEN


def need_has_desk(work: Work, referral: Referral) -> None:
    """Taken after it was reopened: the need has its desk, and nobody need look for another."""
    if not places.holds(work, referral):
        _place_again(work, referral)
    need = work.session.get_one(Need, referral.need_id)
    if need.state is NeedState.OPEN:
        need.state = NeedState.REFERRED
        case = work.session.get_one(Case, referral.case_id)
        effects.close_tasks(work, case, TaskKind.CHOOSE_ANOTHER_DESK, TaskKind.REFER_NEED)


def _place_again(work: Work, referral: Referral) -> None:
    """A late yes counts too: the place that was given back is taken again, if there is still one."""
    desk = work.session.get_one(Desk, referral.desk_id)
    post = work.session.get_one(Post, referral.post_id)
    found = routing.serving(work, desk.code, (referral.content or {}).get("need"), post)
    if found is not None:
        places.reserve(work, found[1].id, referral)


def task_for_sender(
    work: Work, referral: Referral, kind: TaskKind, role: Role, due_at: datetime | None = None
) -> Task:
    """Give a role at the sender's post something to do about a referral."""
    urgency, post = referral.urgency, referral.post_id
    return tasks.give(work, kind, role, urgency, referral, post=post, due_at=due_at)


def choose_another_desk(
    work: Work, referral: Referral, role: Role, suggested: str | None = None
) -> None:
    """A need lost its desk: somebody on the sender's side must choose another, perhaps a `suggested` one."""
    due_at = work.now + ANSWER_WITHIN[Urgency.NOW]
    task = task_for_sender(work, referral, TaskKind.CHOOSE_ANOTHER_DESK, role, due_at)
    if suggested:
        task.detail = {"suggested": suggested}
