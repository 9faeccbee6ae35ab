"""What a desk's officer sees: the queue of referrals, one referral's packet, those taken, and the case file.

Read models only, filtered by the policy's own terms; nothing is decided here. Lists show no sealed value.
A sealed part of a packet is opened by a call of its own, so that each opening is in the log.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select

from models.cases import Case, Deadline, Task
from models.network import Agency, Desk, Post
from models.referrals import Packet, Referral
from models.vault.sealed import load_sealed
from models.vocabulary import (
    Clock,
    DeadlineState,
    HoldState,
    LegalBasis,
    OutcomeCode,
    ReferralState,
    RefusalReason,
    TaskKind,
    TaskState,
    Urgency,
    WithdrawalWish,
)
from workflows import (
    caseflags,
    casework,
    desks,
    holds,
    moving,
    questions,
    readings,
    states,
)
from workflows.caseflags import FlagShown
from workflows.casework import CaseStatus
from workflows.errors import NotFound
from workflows.lineage import SamePerson, same_person
from workflows.moving import find_referral, resource_of
from workflows.packs import competences_of
from workflows.policy import Act, require
from workflows.questions import QuestionShown
from workflows.restrictions import stopped_by
from workflows.rules.pack import Pack
from workflows.states import TAKEN, WAITING, WhyNot
from workflows.visibility import Clause, referrals_for
from workflows.work import Work

PAGE = 25
#: Names of a place or body, by language.
Names = Mapping[str, str]


@dataclass(frozen=True)
class QueueRow:
    """A referral as a list shows it: nothing that was sealed."""

    number: str
    state: ReferralState
    urgency: Urgency
    sent_at: datetime
    due_at: datetime
    answered_at: datetime | None
    post: Names
    desk: Names
    #: Whether the desk still has questions to ask in private.
    to_ask: bool = False


@dataclass(frozen=True)
class QueuePage:
    """Some rows, and the number after which the next ones begin (None: these are the last)."""

    rows: tuple[QueueRow, ...]
    after: str | None


@dataclass(frozen=True)
class ReferralShown:
    """A referral as its desk sees it. `need` and `packet` are None while that part is closed.

    `case_number` stands for the person, so it is told as the identity is: once the desk has taken it.
    """

    number: str
    state: ReferralState
    urgency: Urgency
    legal_basis: LegalBasis
    sent_at: datetime
    due_at: datetime
    answered_at: datetime | None
    post: Names
    desk: Names
    refusal: RefusalReason | None
    outcome: OutcomeCode | None
    case_number: str | None
    #: Each act of the desk with the reasons against it; none: it may be done.
    may: Mapping[str, tuple[WhyNot, ...]]
    expected_on: date | None
    pack: Pack
    packet: Mapping[str, Any] | None = None
    identity: Mapping[str, Any] | None = None
    questions: tuple[QuestionShown, ...] = ()
    #: What the person wishes of the desk since their consent is gone, and when the desk confirmed it.
    wish: WithdrawalWish | None = None
    confirmed_at: datetime | None = None

    @property
    def need(self) -> str | None:
        """The code of the need, once the packet's first part is open."""
        return None if self.packet is None else self.packet["need"]


@dataclass(frozen=True)
class HoldLine:
    """A hold on a case. `may_lift`: the reader's agency is the body that the pack names."""

    id: UUID
    code: str
    action: str
    state: HoldState
    cause: str
    since: datetime
    body: str
    may_lift: bool
    version: int


@dataclass(frozen=True)
class DeadlineLine:
    """A clock of a case."""

    code: str
    clock: Clock
    state: DeadlineState
    due_at: datetime


@dataclass(frozen=True)
class CaseFile:
    """What a desk that has taken a referral sees of its case."""

    referral: ReferralShown
    status: CaseStatus
    holds: tuple[HoldLine, ...]
    deadlines: tuple[DeadlineLine, ...]
    flags: tuple[FlagShown, ...]
    same: SamePerson


def queue(work: Work, after: str | None = None) -> QueuePage:
    """Referrals that wait for one of the actor's desks: most urgent first, then by time left.

    Each urgency is asked for by itself, so that the database walks its index and stops when the page is full.
    """
    work.allow(Act.VIEW_QUEUE)
    mine = referrals_for(work.actor, Act.READ_PACKET)
    start = _position(work, after, mine)
    rows: list[Referral] = []
    order = list(Urgency)
    for urgency in order[order.index(start.urgency) if start else 0 :]:
        query = select(Referral).where(
            mine, Referral.state.in_(list(WAITING)), Referral.urgency == urgency
        )
        if start is not None and start.urgency is urgency:
            query = query.where(_later(start))
        query = query.order_by(Referral.due_at, Referral.number).limit(PAGE + 1 - len(rows))
        rows += work.session.scalars(query)
        if len(rows) > PAGE:
            break
    return _page(work, rows)


def _position(work: Work, after: str | None, mine: Clause) -> Referral | None:
    if after is None:
        return None
    row = find_referral(work, after)
    if work.session.scalar(select(Referral.id).where(Referral.id == row.id, mine)) is None:
        raise NotFound
    return row


def _later(start: Referral) -> Clause:
    same = and_(Referral.due_at == start.due_at, Referral.number > start.number)
    return or_(Referral.due_at > start.due_at, same)


def taken(work: Work, after: str | None = None) -> QueuePage:
    """Referrals that the actor's desks have taken and not closed, newest answer first."""
    work.allow(Act.VIEW_QUEUE)
    mine = referrals_for(work.actor, Act.READ_PACKET_IDENTITY)
    query = select(Referral).where(mine)
    start = _position(work, after, referrals_for(work.actor, Act.READ_PACKET))
    if start is not None:
        same = and_(Referral.answered_at == start.answered_at, Referral.number > start.number)
        query = query.where(or_(Referral.answered_at < start.answered_at, same))
    query = query.order_by(Referral.answered_at.desc(), Referral.number).limit(PAGE + 1)
    return _page(work, work.session.scalars(query).all())


def _page(work: Work, rows: Sequence[Referral]) -> QueuePage:
    shown = rows[:PAGE]
    posts = _names(work, Post, {row.post_id for row in shown})
    desk_names = _names(work, Desk, {row.desk_id for row in shown})
    asking = _to_ask(work, shown)
    return QueuePage(
        tuple(
            QueueRow(
                number=row.number,
                state=row.state,
                urgency=row.urgency,
                sent_at=row.sent_at,
                due_at=row.due_at,
                answered_at=row.answered_at,
                post=posts[row.post_id],
                desk=desk_names[row.desk_id],
                to_ask=(row.case_id, row.desk_id) in asking,
            )
            for row in shown
        ),
        shown[-1].number if len(rows) > PAGE else None,
    )


def _to_ask(work: Work, rows: Sequence[Referral]) -> set[tuple[UUID, UUID]]:
    """Case and desk of the open tasks to ask in private."""
    if not rows:
        return set()
    found = work.session.execute(
        select(Task.case_id, Task.desk_id).where(
            Task.case_id.in_({row.case_id for row in rows}),
            Task.desk_id.in_({row.desk_id for row in rows}),
            Task.kind == TaskKind.PRIVATE_INTERVIEW,
            Task.state == TaskState.OPEN,
        )
    )
    return {(case, desk) for case, desk in found if case is not None and desk is not None}


def _names(work: Work, model: type[Post | Desk], ids: set[UUID]) -> dict[UUID, Names]:
    if not ids:
        return {}
    rows = work.session.execute(select(model.id, model.names).where(model.id.in_(ids)))
    return {row.id: row.names for row in rows}


def preview(work: Work, number: str) -> ReferralShown:
    """One referral with the first part of its packet: what is needed, never who. Opens and logs that part."""
    return _with_packet(work, find_referral(work, number))


def _with_packet(work: Work, referral: Referral) -> ReferralShown:
    work.allow(Act.READ_PACKET, resource_of(work, referral), person=referral.person_id)
    packet = work.session.scalar(select(Packet).where(Packet.referral_id == referral.id))
    if packet is None:
        raise NotFound
    if referral.withdrawal_wish is not None:
        # The consent on which it was told is gone.
        return as_shown(work, referral)
    moving.see(work, referral)
    return as_shown(
        work, referral, packet=packet.needs or {}, questions=questions.thread(work, referral)
    )


def as_shown(
    work: Work,
    referral: Referral,
    *,
    packet: Mapping[str, Any] | None = None,
    identity: Mapping[str, Any] | None = None,
    questions: tuple[QuestionShown, ...] = (),
) -> ReferralShown:
    """A referral with the parts that the caller was allowed to open."""
    case = work.session.get_one(Case, referral.case_id)
    return ReferralShown(
        number=referral.number,
        state=referral.state,
        urgency=referral.urgency,
        legal_basis=referral.legal_basis,
        sent_at=referral.sent_at,
        due_at=referral.due_at,
        answered_at=referral.answered_at,
        post=work.session.get_one(Post, referral.post_id).names,
        desk=work.session.get_one(Desk, referral.desk_id).names,
        refusal=referral.refusal_reason,
        outcome=referral.outcome_code,
        case_number=case.number if referral.state in TAKEN else None,
        may=states.choices(moving.position_of(referral, stopped_by(work, referral)), "desk"),
        expected_on=referral.expected_on,
        pack=readings.pack_of(work, case),
        packet=packet,
        identity=identity,
        questions=questions,
        wish=referral.withdrawal_wish,
        confirmed_at=referral.confirmed_at,
    )


def case_file(work: Work, number: str, part: str | None = None) -> CaseFile:
    """The case of a referral that was taken, with its holds and clocks.

    `part`: `needs` or `identity` opens that part of the packet too, and logs it; None opens neither.

    Raises:
        NotFound: the referral was not taken by one of the actor's desks.
    """
    referral = find_referral(work, number)
    # Another desk of the same case may see the holds, but not what this one was asked for.
    work.asked = Act.VIEW_HOLDS
    require(work.actor, Act.READ_PACKET_IDENTITY, resource_of(work, referral))
    case = work.session.get_one(Case, referral.case_id)
    return CaseFile(
        referral=_opened(work, referral, part),
        status=_status(work, case),
        holds=_hold_lines(work, case, holds.holds_of(work, case.number)),
        deadlines=_deadlines(work, case),
        flags=caseflags.at_the_top(work, case),
        same=same_person(work, case),
    )


def _opened(work: Work, referral: Referral, part: str | None) -> ReferralShown:
    if part == "needs":
        return _with_packet(work, referral)
    if part == "identity":
        read = desks.read_packet(work, referral.number)
        return as_shown(
            work, referral, packet=read.needs, identity=read.identity, questions=read.questions
        )
    return as_shown(work, referral)


def _status(work: Work, case: Case) -> CaseStatus:
    found = select(Referral.state).where(Referral.case_id == case.id)
    return casework.status(case, list(work.session.scalars(found)))


def _hold_lines(work: Work, case: Case, on: Sequence[holds.HoldShown]) -> tuple[HoldLine, ...]:
    code = work.session.get_one(Agency, work.actor.agency_id).code
    mine = competences_of(readings.pack_of(work, case), code)
    return tuple(
        HoldLine(
            id=hold.id,
            code=hold.code,
            action=hold.action.value,
            state=hold.state,
            cause=hold.cause,
            since=hold.since,
            body=hold.body,
            may_lift=hold.state is HoldState.LIFTABLE and bool(mine & set(hold.bodies)),
            version=hold.version,
        )
        for hold in on
    )


def _deadlines(work: Work, case: Case) -> tuple[DeadlineLine, ...]:
    """Running clocks first. The act that showed the holds granted the purpose."""
    rows = work.session.scalars(
        select(Deadline)
        .where(Deadline.case_id == case.id, Deadline.state != DeadlineState.CANCELLED)
        .order_by(Deadline.state == DeadlineState.MET, Deadline.due_at)
        .options(*load_sealed(Deadline.content))
    )
    return tuple(
        DeadlineLine((row.content or {})["code"], row.clock, row.state, row.due_at) for row in rows
    )
