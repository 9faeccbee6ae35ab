"""Complaints: read and answered by the independent monitor of the country, by nobody in line of command.

A complaint is a request like others, so that it has its clock and its answer; but no post, no desk and no
supervisor is shown that there is one.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from models.cases import Case
from models.rights import PersonRequest
from models.vocabulary import RequestKind, RequestState
from workflows import rights
from workflows.casework import case_resource
from workflows.errors import NotFound
from workflows.policy import Act
from workflows.rights import AnswerRequest, RequestLine, RequestShown
from workflows.visibility import cases_for
from workflows.work import Work

_SHOWN = 100


@dataclass(frozen=True)
class ComplaintShown:
    """A complaint opened, with the number of its case."""

    case_number: str
    request: RequestShown


def waiting(work: Work) -> tuple[RequestLine, ...]:
    """The complaints of the monitor's country: open ones first, by the day on which they are due."""
    work.allow(Act.VIEW_COMPLAINTS)
    rows = work.session.execute(
        select(PersonRequest, Case.number)
        .join(Case, PersonRequest.case_id == Case.id)
        .where(
            cases_for(work.actor, Act.ANSWER_COMPLAINT),
            PersonRequest.kind == RequestKind.COMPLAINT,
        )
        .order_by(PersonRequest.state != RequestState.OPEN, PersonRequest.due_on, Case.number)
        .limit(_SHOWN)
    )
    return tuple(rights.line(row, number, work.now.date()) for row, number in rows)


def read(work: Work, request_id: UUID) -> ComplaintShown:
    """One complaint, opened. Raises `NotFound` for any other request."""
    row, case = _found(work, request_id)
    return ComplaintShown(case.number, rights.shown(row))


def answer(work: Work, request_id: UUID, command: AnswerRequest) -> None:
    """Answer a complaint; raises what `rights.answer` raises."""
    row, case = _found(work, request_id)
    rights.settle(work, case, row, command)


def _found(work: Work, request_id: UUID) -> tuple[PersonRequest, Case]:
    row = work.session.get(PersonRequest, request_id)
    case = None if row is None else work.session.get(Case, row.case_id)
    if row is None or case is None or row.kind is not RequestKind.COMPLAINT:
        work.asked = Act.ANSWER_COMPLAINT
        raise NotFound
    work.allow(Act.ANSWER_COMPLAINT, case_resource(work, case), person=case.person_id)
    return row, case
