"""Decisions of competent bodies: recorded by an account of the body that the pack names.

A decision is a statement like any other, of the source `decision`: never overwritten, superseded by a later
one of the same body. Two bodies that decide differently leave the matter unknown, which protects. It may be
recorded when the screening has long ended; what follows from it follows in the same transaction, and a hold
that evidence carried becomes no more than liftable: lifting it is an act of its own (`workflows.holds`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import select

from models.accounts import User
from models.cases import Answer, Case, Deadline
from models.network import Agency
from models.vault.sealed import load_sealed
from models.vocabulary import PERSON_PURPOSES, Clock, DeadlineState, Role
from workflows import readings, screening
from workflows.casework import LookedUp, open_case
from workflows.errors import ChangedMeanwhile, InvalidCommand, NotAllowed, NotAllowedNow
from workflows.packs import competences_of
from workflows.policy import Act
from workflows.rules.answers import Source, Statement, parse_value
from workflows.rules.faults import AnswerError
from workflows.rules.pack import Pack
from workflows.rules.standing import lapses_on
from workflows.work import Work

#: The clock that runs from a check of all safeguards, when the check lapses: its row in the base pack.
RECHECK_CLOCK = "NRR.recheck"


@dataclass(frozen=True, kw_only=True)
class RecordDecision:
    """What the body decided: a fact of the pack, `yes` or `no`, when, under which reference, and why.

    `seen` is the sequence of the newest answers when the page was made: nothing may have changed unseen.
    """

    case_number: str
    fact: str
    value: str
    on: date
    reference: str
    reason: str
    seen: int


@dataclass(frozen=True)
class DecisionShown:
    """A decision of the reader's own body. `counts`: no later one supersedes it."""

    fact: str
    value: bool | None
    on: date
    recorded_on: date
    reference: str
    reason: str
    counts: bool


@dataclass(frozen=True)
class Deciding:
    """What the reader's body may decide on a case, and what it has decided, newest first.

    `facts`: fact ids in the pack's order. `version`: the sequence of the newest answers.
    """

    case_number: str
    facts: tuple[str, ...]
    decided: tuple[DecisionShown, ...]
    version: int


@dataclass(frozen=True)
class Recorded:
    """The version after the decision. `again`: it was recorded before, and nothing was done."""

    case_number: str
    version: int
    again: bool


@dataclass(frozen=True)
class _Kept:
    """A decision as it lies in an answer's row: the statement and what is kept beside it."""

    statement: Statement
    recorded_on: date
    reference: str
    reason: str


def deciding(work: Work, case_number: str) -> Deciding:
    """What the actor's body may decide on this case.

    Raises:
        BadCaseNumber, NotFound, NotAllowed: as `casework.open_case`.
    """
    case = open_case(work, case_number, Act.RECORD_DECISION)
    kept = list(_own(work, case))
    replaced = {one.statement.supersedes for one in kept}
    return Deciding(
        case_number=case.number,
        facts=decided_by(readings.pack_of(work, case), _body(work, case)),
        decided=tuple(
            DecisionShown(
                fact=one.statement.fact,
                value=one.statement.value if isinstance(one.statement.value, bool) else None,
                on=one.statement.on or one.recorded_on,
                recorded_on=one.recorded_on,
                reference=one.reference,
                reason=one.reason,
                counts=one.statement.id not in replaced,
            )
            for one in reversed(kept)
        ),
        version=screening.next_sequence(work, Answer, case) - 1,
    )


def decided_by(pack: Pack, functions: frozenset[str]) -> tuple[str, ...]:
    """The facts of a pack that bodies with these functions decide, in the pack's order."""
    return tuple(fact.id for fact in pack.facts.values() if fact.decided_by in functions)


def may_decide(work: Work, found: LookedUp) -> bool:
    """Whether the actor's body has anything to decide on this case. Opens nothing, logs nothing."""
    case = found.case
    if case.closed_on is not None or not found.may(work.actor, Act.RECORD_DECISION):
        return False
    return bool(decided_by(readings.pack_of(work, case), _body(work, case)))


def record(work: Work, command: RecordDecision) -> Recorded:
    """Record a decision, and assess anew. The same decision sent twice is recorded once.

    Raises:
        NotAllowed: another body decides this, or the actor registered the person.
        NotAllowedNow: the case is closed.
        ChangedMeanwhile: something was recorded since the page was made.
        InvalidCommand: no fact that a body decides, a value outside its kind, a day to come, no reference or
            reason.
    """
    case = open_case(work, command.case_number, Act.RECORD_DECISION)
    pack = readings.pack_of(work, case)
    _is_competent(work, case, pack, command.fact)
    made = _statement(work, pack, command)
    before = next(
        (k for k in reversed(list(_own(work, case))) if k.statement.fact == made.fact), None
    )
    newest = screening.next_sequence(work, Answer, case) - 1
    if before is not None and _same(before, made, command):
        return Recorded(case.number, newest, again=True)
    if case.closed_on is not None:
        raise NotAllowedNow
    if command.seen != newest:
        raise ChangedMeanwhile
    said = {"decision": {"reference": command.reference.strip(), "reason": command.reason.strip()}}
    supersedes = before.statement.id if before else None
    with work.computing(case.person_id, *PERSON_PURPOSES):
        screening.append(work, case, [_superseding(made, supersedes)], said=said)
        screening.take_stock(work, case)
        _run_clock(work, case, pack, made)
    return Recorded(case.number, newest + 1, again=False)


def _is_competent(work: Work, case: Case, pack: Pack, fact_id: str) -> None:
    fact = pack.facts.get(fact_id)
    if fact is None or not fact.decided_by:
        raise InvalidCommand(field="fact")
    # Whoever registered the person never decides on them, whatever their account may do today.
    if fact.decided_by not in _body(work, case) or work.actor.user_id == case.registered_by:
        raise NotAllowed


def _body(work: Work, case: Case) -> frozenset[str]:
    agency = work.session.get_one(Agency, work.actor.agency_id)
    return competences_of(readings.pack_of(work, case), agency.code)


def _statement(work: Work, pack: Pack, command: RecordDecision) -> Statement:
    for name in ("reference", "reason"):
        if not getattr(command, name).strip():
            raise InvalidCommand(field=name)
    if command.on > _today(work, pack):
        raise InvalidCommand(field="on")
    try:
        value, why = parse_value(pack.facts[command.fact], command.value)
    except AnswerError:
        raise InvalidCommand(field="value") from None
    if value is None or why is not None:
        # A body that has not decided records nothing.
        raise InvalidCommand(field="value")
    return Statement(
        fact=command.fact,
        value=value,
        why_unknown=None,
        source=Source.DECISION,
        at=work.now,
        by=str(work.actor.user_id),
        id=uuid4().hex[:12],
        on=command.on,
    )


def _superseding(made: Statement, earlier: str | None) -> Statement:
    return Statement.from_dict("yes-no", {**made.as_dict(), "supersedes": earlier})


def _same(before: _Kept, made: Statement, command: RecordDecision) -> bool:
    said = before.statement
    return (said.value, said.on, before.reference) == (
        made.value,
        made.on,
        command.reference.strip(),
    )


def _own(work: Work, case: Case) -> Iterator[_Kept]:
    """The decisions on a case by the actor's own body, oldest first. Opens those rows and no other."""
    pack = readings.pack_of(work, case)
    colleagues = select(User.id).where(
        User.agency_id == work.actor.agency_id, User.role == Role.PROTECTION_OFFICER
    )
    rows = work.session.scalars(
        select(Answer)
        .where(Answer.case_id == case.id, Answer.recorded_by.in_(colleagues))
        .order_by(Answer.sequence)
        .options(*load_sealed(Answer.statements))
    )
    for row in rows:
        for item in row.statements or ():
            said: dict[str, Any] | None = item.get("decision")
            if said is not None and item["fact"] in pack.facts:
                yield _Kept(
                    Statement.from_dict(pack.facts[item["fact"]].kind, item),
                    row.recorded_on,
                    said["reference"],
                    said["reason"],
                )


def _today(work: Work, pack: Pack) -> date:
    """The day at the place of the pack: a decision of this morning is not one of tomorrow."""
    zone = ZoneInfo(pack.calendar.zone) if pack.calendar else work.now.tzinfo
    return work.now.astimezone(zone).date()


def _run_clock(work: Work, case: Case, pack: Pack, made: Statement) -> None:
    """A decision that lapses starts a clock that ends when it does (INV-37)."""
    end = lapses_on(made.fact, made.on or made.at.date())
    if end is None or made.value is not True or RECHECK_CLOCK not in {d.id for d in pack.deadlines}:
        return
    rows = work.session.scalars(
        select(Deadline).where(Deadline.case_id == case.id).options(*load_sealed(Deadline.content))
    )
    row = next((r for r in rows if (r.content or {}).get("code") == RECHECK_CLOCK), None)
    due_at = max(work.now, datetime.combine(end, time(), tzinfo=work.now.tzinfo))
    if row is None:
        row = Deadline(id=uuid4(), case_id=case.id, person_id=case.person_id, clock=Clock.AUTHORITY)
        row.started_at, row.due_at = work.now, due_at
        row.state = DeadlineState.RUNNING
        work.session.add(row)
        row.content = {"code": RECHECK_CLOCK}
    row.state, row.step = DeadlineState.RUNNING, 0
    row.started_at, row.due_at = work.now, due_at
    row.warn_at = due_at - timedelta(days=1)


def see_to_lapse(work: Work, row: Deadline) -> None:
    """A clock has run out: where it is that of a check that lapsed, what the check opened is shut again.

    For the clock, which acts for nobody: nothing that is opened here is shown.
    """
    case = work.session.get_one(Case, row.case_id)
    with work.computing(case.person_id, *PERSON_PURPOSES):
        if (row.content or {}).get("code") == RECHECK_CLOCK:
            screening.take_stock(work, case)
