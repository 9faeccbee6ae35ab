"""What humans say of a candidate of a tracing request: opened beside what is sought, answered, or asked for.

Of a record that the actor's desks do not have in care nothing is shown but that there is one, and its desk
can be asked. That desk learns whom somebody seeks, and not who seeks; its no says nothing of why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from models.cases import Case
from models.network import Desk
from models.referrals import Referral
from models.tracing import TracingCandidate, TracingRequest
from models.vault.sealed import load_sealed
from models.vocabulary import CandidateState, Purpose, TracingState
from workflows import states
from workflows.casework import open_case
from workflows.errors import ChangedMeanwhile, InvalidCommand, NotAllowedNow, NotFound
from workflows.names.compare import Reason
from workflows.policy import Act
from workflows.side_by_side import Compared, Record, compare
from workflows.tracing_matches import give_task, may_be_found, record_of, years_sought
from workflows.visibility import cases_for
from workflows.work import Work


@dataclass(frozen=True)
class CandidateShown:
    """Somebody who may be the sought one. `ours`: in the care of the actor's desks, so that it can be opened.

    `mutual`: they look for one like this person too. `askable`: a desk has them in care and can be asked.
    """

    id: UUID
    state: CandidateState
    ours: bool
    number: str
    reasons: tuple[Reason, ...]
    mutual: bool
    askable: bool
    found_on: date
    decided_on: date | None
    says: str
    version: int


@dataclass(frozen=True)
class CandidateOpened:
    """What is sought beside the record of a candidate in care."""

    shown: CandidateShown
    request_id: UUID
    fields: tuple[Compared, ...]


@dataclass(frozen=True)
class Asked:
    """What another desk asks about a person in care: whom somebody seeks, never who seeks."""

    id: UUID
    names: tuple[str, ...]
    relation: str
    desk: Mapping[str, str]
    version: int


@dataclass(frozen=True, kw_only=True)
class Decide:
    """What a human says of a candidate. `version` is that of the page."""

    candidate_id: UUID
    version: int
    state: CandidateState
    says: str = ""


def candidates(work: Work, row: TracingRequest) -> tuple[CandidateShown, ...]:
    """The candidates of a request that the caller has opened: undecided first."""
    rows = work.session.scalars(
        select(TracingCandidate)
        .where(TracingCandidate.request_id == row.id)
        .order_by(TracingCandidate.found_on.desc(), TracingCandidate.id)
        .options(*load_sealed(TracingCandidate.content))
    ).all()
    waits = (CandidateState.NEW, CandidateState.ASKED, CandidateState.UNSURE)
    shown = [
        as_shown(work, one)
        for one in rows
        if may_be_found(work, one.other_person_id, row.person_id)
    ]
    return tuple(sorted(shown, key=lambda one: one.state not in waits))


def as_shown(work: Work, row: TracingCandidate) -> CandidateShown:
    """A candidate whose content the caller has opened. Of a record elsewhere: that it is there, no more."""
    mine = select(Case.number).where(
        Case.id == row.other_case_id, cases_for(work.actor, Act.VIEW_TRACING)
    )
    number = work.session.scalar(mine)
    content = row.content or {}
    reasons = content.get("reasons", ()) if number else ()
    return CandidateShown(
        id=row.id,
        state=row.state,
        ours=number is not None,
        number=number or "",
        reasons=tuple(Reason(one["code"], dict(one["params"])) for one in reasons),
        mutual=number is not None and bool(content.get("mutual")),
        askable=number is None and bool(desks_of(work, row.other_case_id)),
        found_on=row.found_on,
        decided_on=row.decided_on,
        says=str(content.get("says", "")),
        version=row.version,
    )


def desks_of(work: Work, case_id: UUID) -> tuple[UUID, ...]:
    """The desks that have a case in care now."""
    with work.beyond():
        rows = work.session.scalars(
            select(Referral.desk_id)
            .where(Referral.case_id == case_id, Referral.state.in_(list(states.TAKEN)))
            .distinct()
        )
        return tuple(rows)


def opened(work: Work, candidate_id: UUID) -> CandidateOpened:
    """What is sought beside a candidate's record; both are opened and logged.

    Raises:
        NotFound: no such candidate, or its record is not in the care of the actor's desks.
    """
    row, request = _found(work, candidate_id, Act.VIEW_TRACING)
    number = _number(work, row)
    open_case(work, number, Act.VIEW_TRACING)
    content = request.content or {}
    years = years_sought(content)
    birth = {"kind": "between", "year": years[0], "year_to": years[-1]} if years else {}
    if len(years) == 1:
        birth = {"kind": "year", "year": years[0]}
    sought = Record(
        names=tuple(content["names"]),
        birth=birth,
        sex=str(content.get("sex", "U")),
        nationalities=(),
        languages=(),
        documents=(),
        years=years,
    )
    fields = compare(sought, record_of(work, row.other_person_id))
    return CandidateOpened(as_shown(work, row), request.id, fields)


def _number(work: Work, row: TracingCandidate) -> str:
    with work.beyond():
        return work.session.get_one(Case, row.other_case_id).number


def _found(work: Work, candidate_id: UUID, act: Act) -> tuple[TracingCandidate, TracingRequest]:
    """A candidate and its request, of a case in the actor's care."""
    row = work.session.get(
        TracingCandidate, candidate_id, options=load_sealed(TracingCandidate.content)
    )
    if row is None or not may_be_found(work, row.other_person_id, row.person_id):
        work.asked = act
        raise NotFound
    open_case(work, work.session.get_one(Case, row.case_id).number, act)
    request = work.session.get_one(
        TracingRequest, row.request_id, options=load_sealed(TracingRequest.content)
    )
    return row, request


def decide(work: Work, command: Decide) -> UUID:
    """Say of a candidate in care whether it is the sought one; the request's id. A yes gives the desk a task.

    Raises:
        NotFound: no such candidate in the care of the actor's desks.
        ChangedMeanwhile: somebody else decided since the page was shown.
        NotAllowedNow: the search has ended.
        InvalidCommand: not an answer.
    """
    row, request = _found(work, command.candidate_id, Act.TRACE)
    open_case(work, _number(work, row), Act.TRACE)
    if row.version != command.version:
        raise ChangedMeanwhile
    if request.state is not TracingState.OPEN:
        raise NotAllowedNow
    _answer(work, row, command)
    if row.state is CandidateState.YES:
        give_task(work, work.session.get_one(Case, row.case_id), request.desk_id)
    work.session.flush()
    return request.id


def _answer(work: Work, row: TracingCandidate, command: Decide) -> None:
    if command.state not in (CandidateState.YES, CandidateState.NO, CandidateState.UNSURE):
        raise InvalidCommand(field="state")
    row.state = command.state
    row.decided_on, row.decided_by = work.now.date(), work.actor.user_id
    row.content = {**(row.content or {}), "says": command.says.strip()[:1000]}


def ask(work: Work, candidate_id: UUID, version: int) -> UUID:
    """Ask the desks that have a candidate in care; the request's id. They get a task, nobody else hears.

    Raises:
        NotFound, ChangedMeanwhile: as `decide`.
        NotAllowedNow: it was asked or decided, or nobody has them in care.
    """
    row, request = _found(work, candidate_id, Act.TRACE)
    if row.version != version:
        raise ChangedMeanwhile
    desks = desks_of(work, row.other_case_id)
    if row.state is not CandidateState.NEW or not desks or request.state is not TracingState.OPEN:
        raise NotAllowedNow
    row.state = CandidateState.ASKED
    with work.beyond():
        other = work.session.get_one(Case, row.other_case_id)
        for desk in desks:
            give_task(work, other, desk)
        work.session.flush()
    return request.id


def asked_of(work: Work, case: Case) -> tuple[Asked, ...]:
    """What other desks ask about a case in care, which the caller's act has opened."""
    rows = work.session.scalars(
        select(TracingCandidate)
        .where(
            TracingCandidate.other_case_id == case.id,
            TracingCandidate.state == CandidateState.ASKED,
        )
        .order_by(TracingCandidate.found_on, TracingCandidate.id)
    ).all()
    # Who was kept from the other since they were asked about is not spoken of.
    return tuple(
        _asked(work, row) for row in rows if may_be_found(work, case.person_id, row.person_id)
    )


def _asked(work: Work, row: TracingCandidate) -> Asked:
    with work.beyond():
        request = work.session.get_one(
            TracingRequest, row.request_id, options=load_sealed(TracingRequest.content)
        )
        # The names sought are told to the desk that is asked: of whom it is, not of who asks.
        with work.computing(request.person_id, Purpose.PROTECTION):
            content = dict(request.content or {})
        desk = work.session.get_one(Desk, request.desk_id)
    work.note(Act.VIEW_TRACING, "asked", person=request.person_id)
    return Asked(row.id, tuple(content["names"]), content["relation"], desk.names, row.version)


def answer(work: Work, number: str, command: Decide) -> None:
    """Answer what another desk asks about a case in care: yes, or no, which says nothing of why.

    A yes tells the desk that asked which desk to speak to; a no leaves it with what it had. Whoever does not
    want to be found is a no.

    Raises:
        NotFound: not asked about this case, or a yes for somebody who must not be found by now.
        ChangedMeanwhile: it changed since the page was shown.
        InvalidCommand: not an answer.
    """
    case = open_case(work, number, Act.TRACE)
    row = work.session.get(TracingCandidate, command.candidate_id)
    if row is None or row.other_case_id != case.id or row.state is not CandidateState.ASKED:
        raise NotFound
    if row.version != command.version:
        raise ChangedMeanwhile
    if command.state not in (CandidateState.YES, CandidateState.NO):
        raise InvalidCommand(field="state")
    yes = command.state is CandidateState.YES
    if yes and not may_be_found(work, case.person_id, row.person_id):
        # As on the page, which no longer asks.
        raise NotFound
    with work.beyond():
        row.state = command.state
        row.decided_on, row.decided_by = work.now.date(), work.actor.user_id
        request = work.session.get_one(TracingRequest, row.request_id)
        if yes:
            give_task(work, work.session.get_one(Case, row.case_id), request.desk_id)
        work.session.flush()


def care_of(work: Work, case: Case) -> str | None:
    """The number of a referral by which the actor's desks have a case in care, for the way back."""
    return work.session.scalar(
        select(Referral.number)
        .where(
            Referral.case_id == case.id,
            Referral.desk_id.in_(list(work.actor.desk_ids)),
            Referral.state.in_(list(states.TAKEN)),
        )
        .limit(1)
    )
