"""Two records found to be of one person: compared, proposed with a reason, approved by a second account.

Never by itself, and never for good: the records are left as they are and stand as one while the statement
stands between them (`workflows.lineage`). Taking it back may open what the other record shut, so that it asks
for a second account as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import aliased

from models.approvals import Approval
from models.cases import Case
from models.merging import PersonMerge
from models.vault.sealed import load_sealed
from models.vocabulary import MergeState
from workflows import approvals, figures
from workflows.caring import in_care
from workflows.casework import open_case
from workflows.comparing import Pair, against, is_over, pair_of
from workflows.errors import (
    ChangedMeanwhile,
    InvalidCommand,
    NotAllowedNow,
    NotFound,
    UnsafeToMerge,
)
from workflows.lineage import STANDING
from workflows.policy import Act
from workflows.visibility import cases_for
from workflows.work import Work

LONGEST = 1000
_SHOWN = 100


@dataclass(frozen=True, kw_only=True)
class ProposeMerge:
    """That the record of a case in care and another are of one person. `leads`: the typed case leads."""

    number: str
    other: str
    leads: bool
    reason: str


@dataclass(frozen=True, kw_only=True)
class AnswerMerge:
    """What the second account says. `version` is that of the page."""

    merge_id: UUID
    version: int
    approve: bool


@dataclass(frozen=True, kw_only=True)
class UndoMerge:
    """That two records are of two persons after all."""

    merge_id: UUID
    version: int
    reason: str


@dataclass(frozen=True)
class MergeShown:
    """A statement on two records. `own`: the actor asked; `expired`: nobody answered within a day."""

    id: UUID
    state: MergeState
    leading: str
    joined: str
    proposed_at: datetime
    merged_at: datetime | None
    ended_at: datetime | None
    own: bool
    expired: bool
    version: int


@dataclass(frozen=True)
class MergeOpened:
    """The same with both records and the reasons."""

    shown: MergeShown
    pair: Pair
    reason: str
    undo_reason: str


def propose(work: Work, command: ProposeMerge) -> UUID:
    """Propose that two records stand as one person; the statement's id.

    Raises:
        NotFound: one of the two is not in the care of the actor's desk.
        UnsafeToMerge: a reason against it.
        InvalidCommand: no reason is given.
    """
    this, _ = in_care(work, command.number, Act.MERGE_RECORDS)
    other = open_case(work, command.other, Act.MERGE_RECORDS)
    reason = command.reason.strip()
    if not reason or len(reason) > LONGEST:
        raise InvalidCommand(field="reason")
    _require_safe(work, this, other)
    _let_lapse(work, this, other)
    leading, joined = (this, other) if command.leads else (other, this)
    if _leads_others(work, joined.person_id):
        # The one that has taken in others goes on leading them.
        leading, joined = joined, leading
    id_ = uuid4()
    row = PersonMerge(
        id=id_,
        case_id=leading.id,
        person_id=leading.person_id,
        other_case_id=joined.id,
        other_person_id=joined.person_id,
        state=MergeState.PROPOSED,
        proposed_by=work.actor.user_id,
        proposed_at=work.now,
        approval_id=approvals.ask(
            work, Act.MERGE_RECORDS, _what(id_, "merge"), told={"do": "merge"}
        ),
    )
    work.session.add(row)
    row.content = {"reason": reason, "undo_reason": "", "uncounted": None}
    work.session.flush()
    return row.id


def _require_safe(work: Work, one: Case, other: Case, *, besides: UUID | None = None) -> None:
    reason = next(against(work, one, other, besides=besides), None)
    if reason is not None:
        raise UnsafeToMerge(reason=reason.value)


def _let_lapse(work: Work, one: Case, other: Case) -> None:
    """A proposal that nobody answered in its day makes room for the next."""
    both = (one.person_id, other.person_id)
    rows = work.session.scalars(
        select(PersonMerge).where(
            PersonMerge.other_person_id.in_(both), PersonMerge.state == MergeState.PROPOSED
        )
    )
    for row in rows:
        if is_over(work, row):
            row.state, row.ended_at = MergeState.LAPSED, work.now
    work.session.flush()


def _leads_others(work: Work, person: UUID) -> bool:
    leads = exists().where(PersonMerge.person_id == person, PersonMerge.state.in_(STANDING))
    return bool(work.session.scalar(select(leads)))


def _what(merge_id: UUID, do: str) -> dict[str, object]:
    return {"merge": str(merge_id), "do": do}


def answer(work: Work, command: AnswerMerge) -> MergeState:
    """Approve or refuse what another account proposed; approved, it is done at once.

    Raises:
        NotFound: no such statement in the care of the actor's desk.
        SameApprover: the actor proposed it, or is known to be the same human.
        ChangedMeanwhile: it changed since the page was shown.
        NotAllowedNow: it waits for nobody, or has run out.
        UnsafeToMerge: something has come up since it was proposed.
    """
    row, leading, joined = _found(work, command.merge_id, Act.MERGE_RECORDS)
    if row.version != command.version:
        raise ChangedMeanwhile
    if row.state not in (MergeState.PROPOSED, MergeState.UNDO_PROPOSED):
        raise NotAllowedNow
    undoing = row.state is MergeState.UNDO_PROPOSED
    asked = work.session.get_one(Approval, row.approval_id)
    approvals.answer(work, asked.id, asked.version, approve=command.approve)
    if not command.approve:
        row.state = MergeState.MERGED if undoing else MergeState.REFUSED
        row.ended_at = None if undoing else work.now
        return row.state
    what = _what(row.id, "undo" if undoing else "merge")
    approvals.use(work, Act.MERGE_RECORDS, what, whoever_asked=True)
    if undoing:
        _take_back(work, row)
    else:
        _require_safe(work, leading, joined, besides=row.id)
        _put_together(work, row, leading, joined)
    leading.changed_on = joined.changed_on = work.now.date()
    work.session.flush()
    return row.state


def _put_together(work: Work, row: PersonMerge, leading: Case, joined: Case) -> None:
    row.state, row.merged_at = MergeState.MERGED, work.now
    together = [leading.id, *_joined_cases(work, row)]
    uncounted = figures.count_once(work, together, joined.id)
    row.content = {**(row.content or {}), "uncounted": uncounted and str(uncounted)}


def _joined_cases(work: Work, row: PersonMerge) -> list[UUID]:
    return list(
        work.session.scalars(
            select(PersonMerge.other_case_id).where(
                PersonMerge.person_id == row.person_id,
                PersonMerge.state.in_(STANDING),
                PersonMerge.id != row.id,
            )
        )
    )


def _take_back(work: Work, row: PersonMerge) -> None:
    row.state, row.ended_at = MergeState.UNDONE, work.now
    uncounted = (row.content or {}).get("uncounted")
    if uncounted:
        figures.count_again(work, UUID(uncounted))


def undo(work: Work, command: UndoMerge) -> None:
    """Propose to take a statement back; another account answers it as it answered the first.

    Raises:
        NotFound, ChangedMeanwhile: as `answer`.
        NotAllowedNow: the two do not stand as one.
        InvalidCommand: no reason is given.
    """
    row, _, _ = _found(work, command.merge_id, Act.MERGE_RECORDS)
    reason = command.reason.strip()
    if row.version != command.version:
        raise ChangedMeanwhile
    if not (row.state is MergeState.MERGED or (row.state in STANDING and is_over(work, row))):
        raise NotAllowedNow
    if not reason or len(reason) > LONGEST:
        raise InvalidCommand(field="reason")
    told = {"do": "undo"}
    row.approval_id = approvals.ask(work, Act.MERGE_RECORDS, _what(row.id, "undo"), told=told)
    row.state = MergeState.UNDO_PROPOSED
    row.content = {**(row.content or {}), "undo_reason": reason}
    work.session.flush()


def _found(work: Work, merge_id: UUID, act: Act) -> tuple[PersonMerge, Case, Case]:
    """A statement with both cases, if the actor may do the act to both. One out of care opens neither."""
    row = work.session.get(PersonMerge, merge_id, options=load_sealed(PersonMerge.content))
    if row is None:
        work.asked = act
        raise NotFound
    cases = [
        open_case(work, work.session.get_one(Case, case_id).number, act)
        for case_id in (row.case_id, row.other_case_id)
    ]
    return row, cases[0], cases[1]


def opened(work: Work, merge_id: UUID) -> MergeOpened:
    """A statement with both records beside each other and why.

    Raises:
        NotFound: no such statement in the care of the actor's desk.
    """
    row, leading, joined = _found(work, merge_id, Act.COMPARE_RECORDS)
    content: Mapping[str, Any] = row.content or {}
    return MergeOpened(
        shown=_shown(work, row, leading.number, joined.number),
        pair=pair_of(work, leading, joined, besides=row.id),
        reason=str(content.get("reason", "")),
        undo_reason=str(content.get("undo_reason", "")),
    )


def listed(work: Work) -> tuple[MergeShown, ...]:
    """Every statement on two records in the care of the actor's desks: what waits first, then the newest."""
    work.allow(Act.VIEW_QUEUE)
    leading, joined = aliased(Case), aliased(Case)
    mine = select(Case.id).where(cases_for(work.actor, Act.COMPARE_RECORDS))
    rows = work.session.execute(
        select(PersonMerge, leading.number, joined.number)
        .join(leading, PersonMerge.case_id == leading.id)
        .join(joined, PersonMerge.other_case_id == joined.id)
        .where(and_(PersonMerge.case_id.in_(mine), PersonMerge.other_case_id.in_(mine)))
        .order_by(PersonMerge.proposed_at.desc(), PersonMerge.id)
        .limit(_SHOWN)
    ).all()
    found = [_shown(work, row, first, second) for row, first, second in rows]
    waits = (MergeState.PROPOSED, MergeState.UNDO_PROPOSED)
    return tuple(sorted(found, key=lambda one: one.state not in waits or one.expired))


def _shown(work: Work, row: PersonMerge, leading: str, joined: str) -> MergeShown:
    asked = work.session.get_one(Approval, row.approval_id)
    return MergeShown(
        id=row.id,
        state=row.state,
        leading=leading,
        joined=joined,
        proposed_at=row.proposed_at,
        merged_at=row.merged_at,
        ended_at=row.ended_at,
        own=asked.asked_by == work.actor.user_id,
        expired=is_over(work, row),
        version=row.version,
    )
