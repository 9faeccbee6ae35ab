"""What an assessment brings about: holds, needs, deadlines, urgency, tasks.

Protection is given at once. It is taken in one case only: a hold that stood by precaution releases itself
when the question is answered, and never because the rules have changed. A hold that evidence ever carried
becomes liftable, and waits for a named decision; a need once opened stays, with the question whether it is
still needed (rules.md 3.3, INV-13).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import Table, and_, insert, or_, select

from config.codes import rows
from models.base import adjacent_ids
from models.cases import Case, Deadline, Hold, Need, Task
from models.referrals import Referral
from models.vocabulary import (
    HOLDING,
    Action,
    DeadlineState,
    HoldCause,
    HoldState,
    NeedState,
    ReferralState,
    Role,
    TaskKind,
    TaskState,
    Urgency,
)
from workflows import clocks, tasks
from workflows.rules.assessment import Assessment as Reading
from workflows.rules.assessment import DeadlineReading
from workflows.rules.pack import Pack
from workflows.sides import TALK, was_turned
from workflows.states import HOLD_MOVES
from workflows.work import Work

#: The event of the packs that has happened once somebody is registered at a post. Their `registered` is
#: another one: that the authority has registered the claim.
_ARRIVAL = "arrived"
#: Events that an answer tells of.
_EVENT_FACTS = {"asylum_request": "asks_for_asylum"}
_HOLDS = cast("Table", Hold.__table__)
#: The rung above a legal clock's end (`config/data/ladder.csv`); those below stand in the pack's rows.
_LATE = next(row for row in rows("ladder") if row["clock"] == "deadline")
_URGENT_AT_A_GLANCE = {"medical", "injury", "child_alone", "danger_from_companion", "distress"}


def carry_out(
    work: Work,
    case: Case,
    pack: Pack,
    reading: Reading,
    *,
    first: bool,
    kept: Mapping[str, Sequence[str]] = MappingProxyType({}),
    sent: Reading | None = None,
) -> None:
    """Bring holds, needs, deadlines and urgency of a case into line with a new reading.

    `first`: the case has just been made, so there is nothing to look up. `kept`: holds that only a new
    version of the rules would end, with the functions of the bodies that may lift them (`workflows.losses`).
    `sent`: the reading without what a person answered on a turned screen. Needs and clocks follow from it,
    and no hold that it has ends; that an answer carries a hold counts all the same.
    """
    sent = sent or reading
    _holds(work, case, (sent, reading), {} if first else _present_holds(work, case), kept)
    _needs(work, case, pack, sent, {} if first else present_needs(work, case))
    _deadlines(work, case, pack, sent, set() if first else _present_deadlines(work, case))
    rank = list(Urgency)
    # Urgency never falls by itself: whoever was urgent stays so until somebody has acted.
    case.urgency = min(case.urgency, reading.urgency, key=rank.index)


def _present_holds(work: Work, case: Case) -> dict[tuple[str, Action], Hold]:
    rows = work.session.scalars(
        select(Hold)
        .where(Hold.case_id == case.id, Hold.state.in_(HOLDING))
        .options(Hold.content.undefer())
    ).all()
    return {((row.content or {})["code"], row.action): row for row in rows}


def _holds(
    work: Work,
    case: Case,
    found: tuple[Reading, Reading],
    present: dict[tuple[str, Action], Hold],
    kept: Mapping[str, Sequence[str]],
) -> None:
    wanted = {
        (code, Action(action)): hold
        for reading in found
        for code, hold in reading.holds.items()
        for action in hold.shuts
    }
    new = []
    ids = adjacent_ids()
    for (code, action), hold in wanted.items():
        row = present.get((code, action))
        if row is None:
            new.append(_new_hold(work, case, next(ids), code, action, HoldCause(hold.by)))
        else:
            _carried(row, HoldCause(hold.by))
    if new:
        # Plain rows: a new case has two dozen, and nobody needs them as objects here.
        work.session.execute(insert(_HOLDS), new)
    for key, row in present.items():
        if key not in wanted:
            _no_longer_carried(work, case, row, kept.get(key[0]))


def _new_hold(
    work: Work, case: Case, row_id: UUID, code: str, action: Action, cause: HoldCause
) -> dict[str, Any]:
    content = {"code": code, "cause": cause.value}
    sealed = Hold.content.seal(work.vault, owner=case.person_id, row=row_id, value=content)
    return {
        "id": row_id,
        "case_id": case.id,
        "person_id": case.person_id,
        "action": action,
        "state": HoldState.ACTIVE,
        "since": work.now,
        Hold.content.column_name: sealed,
    }


def _carried(row: Hold, cause: HoldCause) -> None:
    if row.state is HoldState.LIFTABLE:
        row.state = HOLD_MOVES[row.state, "carried_again"]
    content = row.content or {}
    # Once by evidence, always by evidence: only a decision ends it.
    if cause is HoldCause.EVIDENCE and content.get("cause") != HoldCause.EVIDENCE.value:
        row.content = {**content, "cause": cause.value}


def _no_longer_carried(work: Work, case: Case, row: Hold, bodies: Sequence[str] | None) -> None:
    """`bodies`: None where answers end the hold; else only the rules changed, and these may decide."""
    if row.state is HoldState.LIFTABLE:
        return
    content = row.content or {}
    if content.get("cause") == HoldCause.PRECAUTION.value and bodies is None:
        row.state = HOLD_MOVES[HoldState.ACTIVE, "release"]
        row.ended_on = work.now.date()
        return
    if bodies is not None:
        row.content = {**content, "bodies": list(bodies)}
    row.state = HOLD_MOVES[HoldState.ACTIVE, "become_liftable"]
    open_task(work, case, TaskKind.DECIDE_HOLD, Role.SUPERVISOR, Urgency.ROUTINE)


def present_needs(work: Work, case: Case) -> dict[str, Need]:
    """The needs that a case has, by their ids in the pack. Opens them."""
    rows = work.session.scalars(
        select(Need).where(Need.case_id == case.id).options(Need.content.undefer())
    ).all()
    return {(row.content or {})["code"]: row for row in rows}


def _needs(work: Work, case: Case, pack: Pack, reading: Reading, present: dict[str, Need]) -> None:
    for code in reading.needs:
        if code not in present and pack.needs[code].automatic:
            open_need(work, case, code)
    # A private talk may have been asked for on a turned screen: it waits for no answer.
    lasting = {TALK} if TALK in present and was_turned(work, case) else set()
    gone = [row for code, row in present.items() if code not in {*reading.needs, *lasting}]
    if any(row.state in (NeedState.OPEN, NeedState.REFERRED) for row in gone):
        open_task(work, case, TaskKind.STILL_NEEDED, Role.BORDER_OFFICIAL, Urgency.ROUTINE)


def open_need(work: Work, case: Case, code: str) -> None:
    """Give a case a need of the pack; the caller has seen that it does not have it."""
    row = Need(
        id=uuid4(),
        case_id=case.id,
        person_id=case.person_id,
        state=NeedState.OPEN,
        since=work.now,
    )
    work.session.add(row)
    row.content = {"code": code}


def _present_deadlines(work: Work, case: Case) -> set[str]:
    rows = work.session.scalars(
        select(Deadline).where(Deadline.case_id == case.id).options(Deadline.content.undefer())
    ).all()
    return {(row.content or {})["code"] for row in rows}


def _deadlines(work: Work, case: Case, pack: Pack, reading: Reading, present: set[str]) -> None:
    for started in reading.deadlines:
        if started.id not in present and _begun(started, reading):
            _start(work, case, pack, started)


def _begun(started: DeadlineReading, reading: Reading) -> bool:
    """Whether the clock's start is a fact by now; another event is never guessed (INV-40)."""
    kind, _, event = started.starts.partition(" ")
    if kind != "event" or event == _ARRIVAL:
        return True
    fact = _EVENT_FACTS.get(event)
    return fact is not None and any(
        used.fact == fact and used.value == "yes"
        for profile in reading.profiles.values()
        for rule in profile.because
        for used in rule.answers
    )


def _start(work: Work, case: Case, pack: Pack, started: DeadlineReading) -> None:
    if pack.calendar is None:
        return
    due_at = clocks.due(work.now, started.amount, started.unit, started.clock, pack.calendar)
    deadline = Deadline(
        id=uuid4(),
        case_id=case.id,
        person_id=case.person_id,
        clock=started.clock,
        state=DeadlineState.RUNNING,
        started_at=work.now,
        warn_at=_warn_at(started, work.now, due_at),
        due_at=due_at,
    )
    if started.escalate_to == "focal_point":
        deadline.escalate_at = _escalate_at(work.now, due_at)
    work.session.add(deadline)
    deadline.content = {"code": started.id}


def _escalate_at(start: datetime, due_at: datetime) -> datetime:
    return start + (due_at - start) * int(_LATE["percent"]) / 100


def _warn_at(row: DeadlineReading, start: datetime, due_at: datetime) -> datetime | None:
    if not row.warn:
        return None
    if row.warn.endswith("%"):
        return start + (due_at - start) * (int(row.warn[:-1]) / 100)
    amount, unit = row.warn.split(" ", 1)
    before = (
        timedelta(hours=int(amount)) if unit.startswith("hour") else timedelta(days=int(amount))
    )
    return max(start, due_at - before)


def urgent_tasks(work: Work, case: Case, seen: Sequence[str]) -> None:
    """A need seen at a glance becomes a task at once, before any question (INV-30)."""
    if _URGENT_AT_A_GLANCE & set(seen):
        case.urgency = Urgency.NOW
        open_task(work, case, TaskKind.URGENT_NEED, Role.BORDER_OFFICIAL, Urgency.NOW)


def open_needs_become_tasks(work: Work, case: Case) -> None:
    """When the screening ends, each need that was not referred is left as a task, never forgotten."""
    waiting = work.session.scalar(
        select(Need.id).where(Need.case_id == case.id, Need.state == NeedState.OPEN).limit(1)
    )
    if waiting is not None:
        open_task(work, case, TaskKind.CHOOSE_ANOTHER_DESK, Role.SUPERVISOR, case.urgency)


def open_task(work: Work, case: Case, kind: TaskKind, role: Role, urgency: Urgency) -> None:
    """Give a role at the case's post a task; one open task of a kind for a case is enough."""
    already = work.session.scalar(
        select(Task.id)
        .where(
            Task.case_id == case.id,
            Task.kind == kind,
            Task.role == role,
            Task.state == TaskState.OPEN,
        )
        .limit(1)
    )
    if already is None:
        tasks.give(work, kind, role, urgency, case, post=case.post_id)


def close_tasks(work: Work, case: Case, *kinds: TaskKind) -> None:
    """What was asked for has been done, unless a need of the case is still without a desk."""
    work.session.flush()
    still_open = work.session.scalar(
        select(Need.id).where(Need.case_id == case.id, Need.state == NeedState.OPEN).limit(1)
    )
    if still_open is not None:
        return
    tasks.end(work, case.id, Task.kind.in_(kinds))


def close_answer_tasks(work: Work, referral: Referral) -> None:
    """The desk has answered, or need not answer any more; nor has the sender to answer its question."""
    if referral.asked:
        close_question_tasks(work, referral)
    close_escalations(work, referral)
    tasks.end(
        work,
        referral.case_id,
        Task.desk_id == referral.desk_id,
        Task.kind.in_([TaskKind.ANSWER_REFERRAL, TaskKind.ANSWER_SOON]),
    )


def close_escalations(work: Work, referral: Referral) -> None:
    """What nobody had moved has moved, unless another referral of the case is still silent or unconfirmed."""
    work.session.flush()
    other = select(Referral.id).where(
        Referral.case_id == referral.case_id,
        Referral.id != referral.id,
        or_(
            Referral.state == ReferralState.NO_ANSWER,
            and_(Referral.withdrawal_wish.is_not(None), Referral.confirmed_at.is_(None)),
        ),
    )
    late = select(Deadline.id).where(
        Deadline.case_id == referral.case_id, Deadline.state == DeadlineState.OVERDUE
    )
    if work.session.scalar(other.limit(1)) is None and work.session.scalar(late.limit(1)) is None:
        tasks.end(work, referral.case_id, Task.kind == TaskKind.ESCALATED)


def close_question_tasks(work: Work, referral: Referral) -> None:
    """Nobody at the sender's has to answer a question of this case any more, unless another desk waits."""
    work.session.flush()
    other = select(Referral.id).where(
        Referral.case_id == referral.case_id,
        Referral.id != referral.id,
        Referral.state == ReferralState.NEEDS_INFORMATION,
    )
    if work.session.scalar(other.limit(1)) is None:
        tasks.end(
            work,
            referral.case_id,
            Task.kind.in_([TaskKind.ANSWER_QUESTION, TaskKind.ANSWER_SOON]),
            Task.post_id == referral.post_id,
        )
