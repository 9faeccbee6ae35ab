"""Opening a closed case again: an act of a supervisor, with a reason that is sealed.

Every need that the person has not declined is open again, and a supervisor gets the task to choose the desk.
What was sent before stays as history. While somebody, or the schedule, has proposed to erase the person, the
case stays closed: that is settled first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import uuid4

from sqlalchemy import select

from models.cases import Case, Need
from models.casework import Reopening
from models.rights import ErasureProposal
from models.vault.sealed import load_sealed
from models.vocabulary import NeedState, ProposalState, Role, TaskKind
from workflows import effects
from workflows.casework import open_case
from workflows.errors import InvalidCommand, NotAllowedNow
from workflows.policy import Act
from workflows.work import Work

LONGEST = 1000


class WhyShut(StrEnum):
    """Why a case cannot be opened again now."""

    NOT_CLOSED = "not_closed"
    TO_BE_ERASED = "to_be_erased"


@dataclass(frozen=True, kw_only=True)
class Reopen:
    """Whose case is opened again, and why."""

    case_number: str
    reason: str


@dataclass(frozen=True)
class Reopened:
    """The case, and how many of its needs are without a desk now."""

    case_number: str
    needs: int


@dataclass(frozen=True)
class ReopeningShown:
    """That the case was opened again, with the reason."""

    reopened_on: date
    closed_on: date
    reason: str


def why_shut(work: Work, case: Case) -> tuple[WhyShut, ...]:
    """The reasons against opening a case again; empty: it may be opened."""
    if case.closed_on is None:
        return (WhyShut.NOT_CLOSED,)
    proposed = select(ErasureProposal.id).where(
        ErasureProposal.person_id == case.person_id, ErasureProposal.state == ProposalState.OPEN
    )
    return (WhyShut.TO_BE_ERASED,) if work.session.scalar(proposed.limit(1)) is not None else ()


def reopen(work: Work, command: Reopen) -> Reopened:
    """Open a closed case again.

    Raises:
        BadCaseNumber, NotFound, NotAllowed: as `casework.open_case`.
        InvalidCommand: no reason, or one that is too long.
        NotAllowedNow: see `why_shut`; its parameter `why` is the first reason.
    """
    case = open_case(work, command.case_number, Act.REOPEN_CASE)
    reason = command.reason.strip()
    if not reason or len(reason) > LONGEST:
        raise InvalidCommand(field="reason")
    shut = why_shut(work, case)
    if shut or case.closed_on is None:
        raise NotAllowedNow(why=next(iter(shut), WhyShut.NOT_CLOSED).value)
    today = work.now.date()
    row = Reopening(
        id=uuid4(),
        case_id=case.id,
        person_id=case.person_id,
        reopened_by=work.actor.user_id,
        reopened_on=today,
        closed_on=case.closed_on,
    )
    work.session.add(row)
    row.reason = {"text": reason, "at": work.now.isoformat()}
    # The version of the case moves, so that of two who press at once one is told.
    case.closed_on, case.changed_on = None, today
    needs = _needs_open(work, case)
    # Without an open need there is no desk to choose: somebody asks what is needed, so that no case lies.
    kind = TaskKind.CHOOSE_ANOTHER_DESK if needs else TaskKind.STILL_NEEDED
    effects.open_task(work, case, kind, Role.SUPERVISOR, case.urgency)
    work.session.flush()
    return Reopened(case.number, needs)


def _needs_open(work: Work, case: Case) -> int:
    """Every need that was not declined is open again; which they are is not read."""
    found = work.session.scalars(
        select(Need).where(Need.case_id == case.id, Need.state != NeedState.DECLINED)
    ).all()
    for need in found:
        need.state = NeedState.OPEN
    return len(found)


def read_out(work: Work, case: Case) -> tuple[ReopeningShown, ...]:
    """For the person, under a rule that opened their whole file: oldest first."""
    rows = work.session.scalars(
        select(Reopening)
        .where(Reopening.case_id == case.id)
        .options(*load_sealed(Reopening.reason))
    )
    found = sorted(rows, key=lambda row: (row.reason or {}).get("at", ""))
    return tuple(
        ReopeningShown(row.reopened_on, row.closed_on, (row.reason or {}).get("text", ""))
        for row in found
    )
