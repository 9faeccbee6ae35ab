"""Files whose time is over: found by the schedule, proposed to humans, held back for a reason.

Only how to reach somebody is emptied by itself; a whole file is never erased by a date. The arithmetic is in
`workflows.schedules`, erasing in `workflows.erasure`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from uuid import UUID, uuid4

from sqlalchemy import exists, or_, select

from config.codes import rows
from models.cases import Case, Need
from models.figures import StatFact
from models.network import Post
from models.people import Person
from models.referrals import Referral
from models.rights import ErasureProposal, KeptBack
from models.vault.sealed import load_sealed
from models.vocabulary import ErasureGround, NeedState, ProposalState, Purpose
from workflows import erasure, figures, lineage, schedules, states
from workflows.casework import open_case
from workflows.errors import InvalidCommand, KeptBackNow, NotAllowedNow
from workflows.policy import Act
from workflows.schedules import Milestones, ScheduleRow
from workflows.visibility import cases_for
from workflows.work import Work

#: How many cases one step of a round looks at.
STEP = 200
_SHOWN = 100


@dataclass(frozen=True, kw_only=True)
class KeepBack:
    """A legal hold on a person's file, and why."""

    case_number: str
    reason: str


@dataclass(frozen=True)
class Looked:
    """What one step of a round did. `after`: where the next begins; None when all were looked at."""

    looked: int
    proposed: int
    emptied: int
    after: UUID | None


@dataclass(frozen=True)
class ProposalLine:
    """A proposal to erase, without anybody in it. `first`: a human stands for it; `mine`: the reader does."""

    id: UUID
    case_number: str
    ground: ErasureGround
    schedule: str
    proposed_on: date
    first: bool
    mine: bool
    version: int


@dataclass(frozen=True)
class KeptLine:
    """A file that is kept back."""

    case_number: str
    since: date


@dataclass(frozen=True)
class Retention:
    """The schedule, what is proposed, what is kept back, and what was erased."""

    schedule: tuple[ScheduleRow, ...]
    proposals: tuple[ProposalLine, ...]
    kept_back: tuple[KeptLine, ...]
    certificates: tuple[erasure.Certificate, ...]


@cache
def schedule() -> tuple[ScheduleRow, ...]:
    """The rows of config/data/retention.csv."""
    return schedules.rows_of(rows("retention"))


def look(work: Work, after: UUID | None = None) -> Looked:
    """One step of a round: propose files whose time is over, and empty contacts that are no longer needed.

    Reads milestones and the coarse words of the figures; opens nothing of a person but the contact it
    empties.
    """
    work.allow(Act.RETAIN)
    today = work.now.date()
    query = select(Case).where(
        Case.changed_on <= today - timedelta(days=_fewest()),
        ~exists().where(
            ErasureProposal.person_id == Case.person_id,
            ErasureProposal.state == ProposalState.OPEN,
        ),
        ~exists().where(KeptBack.person_id == Case.person_id, KeptBack.ended_on.is_(None)),
    )
    if after is not None:
        query = query.where(Case.id > after)
    found = work.session.scalars(query.order_by(Case.id).limit(STEP)).all()
    proposed = emptied = 0
    for case in found:
        found_of = milestones(work, case)
        ends = schedules.ends_on(schedule(), found_of, "file")
        if ends is not None and ends[0] <= today:
            proposed += _propose(work, case, ends[1])
            continue
        contact = schedules.ends_on(schedule(), found_of, "contact")
        if contact is not None and contact[0] <= today:
            emptied += _empty_contact(work, case, contact[0])
    work.session.flush()
    return Looked(len(found), proposed, emptied, found[-1].id if len(found) == STEP else None)


def _fewest() -> int:
    return min(schedules.shortest(schedule(), purpose) for purpose in ("file", "contact"))


def milestones(work: Work, case: Case) -> Milestones:
    """What the schedule must know of a case; from clear columns and the coarse words of the figures."""
    fact = work.session.scalar(
        select(StatFact).where(StatFact.link == figures.link_of(work, case.id))
    )
    live = exists().where(
        Referral.case_id == case.id, Referral.state.in_(list(states.WAITING | states.TAKEN))
    )
    waiting = exists().where(Need.case_id == case.id, Need.state == NeedState.OPEN)
    in_care = live if case.closed_on else or_(live, waiting)
    return Milestones(
        country=work.session.get_one(Post, case.post_id).country,
        # Without its figures a file counts as one that must be kept longest.
        profiles=frozenset((fact.profiles if fact else "ASY UAC VOT-A VOT-C").split()),
        closed_on=case.closed_on,
        screened_on=case.screened_on,
        changed_on=case.changed_on,
        in_care=bool(work.session.scalar(select(in_care))),
    )


def _propose(work: Work, case: Case, row: str) -> int:
    """1 where a proposal was made. A person with another case, of this or a record that
    stands as one with it, that is not due is not proposed.
    """
    others = work.session.scalars(
        select(Case).where(
            Case.person_id.in_((case.person_id, *lineage.persons(work, case.person_id))),
            Case.id != case.id,
        )
    ).all()
    for other in others:
        ends = schedules.ends_on(schedule(), milestones(work, other), "file")
        if ends is None or ends[0] > work.now.date():
            return 0
    try:
        erasure.propose_for(work, case, ErasureGround.RETENTION, first_by=None, schedule=row)
    except (NotAllowedNow, KeptBackNow):
        return 0
    return 1


def _empty_contact(work: Work, case: Case, due: date) -> int:
    """1 where there was one. Whoever was looked at since it was due is not opened again."""
    person = work.session.get_one(Person, case.person_id, options=load_sealed(Person.contact))
    if person.changed_on >= due:
        return 0
    person.changed_on = work.now.date()
    with work.computing(case.person_id, Purpose.CONTACT):
        if not any((person.contact or {}).values()):
            return 0
        person.contact = {"phone": None}
    work.note(
        Act.RETAIN,
        "system.clock",
        person=case.person_id,
        purposes=(Purpose.CONTACT,),
        detail={"emptied": "person.contact", "schedule": "contact"},
    )
    return 1


def keep_back(work: Work, command: KeepBack) -> None:
    """Keep a person's file from being erased, for a reason that is sealed.

    Raises:
        InvalidCommand: no reason.
        NotAllowedNow: it is kept back already.
    """
    case = open_case(work, command.case_number, Act.KEEP_BACK)
    if not command.reason.strip():
        raise InvalidCommand(field="reason")
    if _kept(work, case) is not None:
        raise NotAllowedNow
    row = KeptBack(
        id=uuid4(),
        case_id=case.id,
        person_id=case.person_id,
        since=work.now.date(),
        set_by=work.actor.user_id,
    )
    work.session.add(row)
    row.reason = {"text": command.reason.strip()}


def let_go(work: Work, case_number: str) -> None:
    """End the legal hold on a person's file.

    Raises:
        NotAllowedNow: it is not kept back.
    """
    case = open_case(work, case_number, Act.KEEP_BACK)
    row = _kept(work, case)
    if row is None:
        raise NotAllowedNow
    row.ended_on = work.now.date()
    row.ended_by = work.actor.user_id


def _kept(work: Work, case: Case) -> KeptBack | None:
    return work.session.scalar(
        select(KeptBack).where(KeptBack.person_id == case.person_id, KeptBack.ended_on.is_(None))
    )


def overview(work: Work) -> Retention:
    """The schedule and certificates for all who may look; proposals and holds of the actor's own agency."""
    work.allow(Act.VIEW_RETENTION)
    mine = cases_for(work.actor, Act.PROPOSE_ERASURE)
    proposals = work.session.execute(
        select(ErasureProposal, Case.number)
        .join(Case, ErasureProposal.case_id == Case.id)
        .where(mine, ErasureProposal.state == ProposalState.OPEN)
        .order_by(ErasureProposal.proposed_on, Case.number)
        .limit(_SHOWN)
    )
    kept = work.session.execute(
        select(Case.number, KeptBack.since)
        .join(Case, KeptBack.case_id == Case.id)
        .where(mine, KeptBack.ended_on.is_(None))
        .order_by(KeptBack.since, Case.number)
        .limit(_SHOWN)
    )
    return Retention(
        schedule=schedule(),
        proposals=tuple(_line(work, row, number) for row, number in proposals),
        kept_back=tuple(KeptLine(number, since) for number, since in kept),
        certificates=_newest(erasure.certificates(work)),
    )


def _newest(found: Sequence[erasure.Certificate]) -> tuple[erasure.Certificate, ...]:
    return tuple(reversed(found[-_SHOWN:]))


def _line(work: Work, row: ErasureProposal, number: str) -> ProposalLine:
    return ProposalLine(
        id=row.id,
        case_number=number,
        ground=row.ground,
        schedule=row.schedule,
        proposed_on=row.proposed_on,
        first=row.first_by is not None,
        mine=row.first_by == work.actor.user_id,
        version=row.version,
    )
