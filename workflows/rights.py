"""What a person may ask: to see their file, have it put right or erased, object, restrict, complain.

Each request is logged, and is a task of a supervisor with a month's time. What was recorded is never
overwritten: a correction stands beside it. The summary to read out is in `workflows.summaries`.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select

from models.cases import Case, Task
from models.network import Post
from models.rights import Correction, PersonRequest
from models.vault.sealed import load_sealed
from models.vocabulary import (
    ErasureGround,
    RequestKind,
    RequestState,
    Role,
    TaskKind,
    Urgency,
)
from workflows import apart, erasure, tasks
from workflows.casework import open_case
from workflows.errors import ChangedMeanwhile, InvalidCommand, NotAllowedNow, NotFound
from workflows.policy import Act
from workflows.restrictions import STOPS, take_back
from workflows.visibility import cases_for
from workflows.work import Work

#: What of the record may be wrong.
ABOUT = (
    "names",
    "birth",
    "sex",
    "nationality",
    "languages",
    "documents",
    "contact",
    "family",
    "answers",
    "other",
)
_SHOWN = 100
_ANSWERS = (RequestState.UPHELD, RequestState.REFUSED, RequestState.WITHDRAWN)


@dataclass(frozen=True, kw_only=True)
class TakeRequest:
    """What the person asks, in their words as they were understood."""

    case_number: str
    kind: RequestKind
    says: str


@dataclass(frozen=True, kw_only=True)
class AnswerRequest:
    """What was decided, with reasons that are read out to the person. `version` is that of the page."""

    case_number: str
    request_id: UUID
    state: RequestState
    text: str
    version: int


@dataclass(frozen=True, kw_only=True)
class Correct:
    """What the person says is right. The record stays as it is; this stands beside it."""

    case_number: str
    about: str
    says: str


@dataclass(frozen=True)
class RequestLine:
    """A request as a list shows it: nothing of what was said."""

    id: UUID
    case_number: str
    kind: RequestKind
    state: RequestState
    received_on: date
    due_on: date
    late: bool


@dataclass(frozen=True)
class RequestShown:
    """A request opened. `says` and `answer` are the person's and the answerer's words."""

    id: UUID
    kind: RequestKind
    state: RequestState
    received_on: date
    due_on: date
    says: str
    answer: str
    version: int


@dataclass(frozen=True)
class CorrectionShown:
    """A correction opened."""

    about: str
    says: str
    recorded_on: date


def take(work: Work, command: TakeRequest) -> RequestLine:
    """Record a request, and give a supervisor the task to see that it is answered within a month.

    Raises:
        InvalidCommand: nothing was said.
    """
    case = open_case(work, command.case_number, Act.RECORD_REQUEST)
    if not command.says.strip():
        raise InvalidCommand(field="says")
    return receive(work, case, command.kind, command.says, work.actor.user_id)


def receive(work: Work, case: Case, kind: RequestKind, says: str, by: UUID | None) -> RequestLine:
    """Keep a request, taken by an account or (`by` is None) made by the person alone.

    A complaint makes no task of a supervisor: it waits for the monitor (`workflows.complaints`).
    """
    today = work.now.date()
    row = PersonRequest(
        id=uuid4(),
        case_id=case.id,
        person_id=case.person_id,
        kind=kind,
        state=RequestState.OPEN,
        received_on=today,
        due_on=month_later(today),
        recorded_by=by,
    )
    work.session.add(row)
    row.says = {"text": says.strip()}
    # There from the start, as long as an answer: whether there is one stands in the state.
    row.answer = {"text": ""}
    detail: dict[str, object] = {}
    if kind is not RequestKind.COMPLAINT:
        _task(work, case, row)
        detail = {"kind": kind.value}
    act = Act.ASK_FOR_OWN_RIGHT if by is None else Act.RECORD_REQUEST
    work.note(act, "rights", person=case.person_id, detail=detail)
    work.session.flush()
    if kind in STOPS:
        take_back(work, case.person_id)
    return line(row, case.number, today)


def month_later(day: date) -> date:
    """The same day of the next month, or its last day (Regulation (EU) 2016/679 article 12(3))."""
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _task(work: Work, case: Case, row: PersonRequest) -> None:
    zone = work.session.get_one(Post, case.post_id).zone
    due = datetime.combine(row.due_on, time(23, 59), tzinfo=ZoneInfo(zone))
    kind = TaskKind.ANSWER_REQUEST
    tasks.give(work, kind, Role.SUPERVISOR, Urgency.ROUTINE, case, post=case.post_id, due_at=due)


def answer(work: Work, command: AnswerRequest) -> None:
    """Answer a request. An upheld wish to be erased becomes a proposal that a second human approves.

    Raises:
        InvalidCommand: no reasons, or a state that is no answer.
        NotAllowedNow: it is answered already; or the file cannot be erased while a referral is live.
        ChangedMeanwhile: somebody else changed it since the page was shown.
        KeptBackNow: a legal hold stands against erasure.
    """
    case = open_case(work, command.case_number, Act.ANSWER_REQUEST)
    row = work.session.get(PersonRequest, command.request_id)
    if row is None or row.case_id != case.id or row.kind is RequestKind.COMPLAINT:
        work.asked = Act.ANSWER_REQUEST
        raise NotFound
    settle(work, case, row, command)
    _close_task(work, case)
    if row.kind is RequestKind.ERASURE and row.state is RequestState.UPHELD:
        erasure.propose_for(work, case, ErasureGround.REQUEST, first_by=work.actor.user_id)


def settle(work: Work, case: Case, row: PersonRequest, command: AnswerRequest) -> None:
    """Write the answer to a request that the caller may answer."""
    if command.state not in _ANSWERS:
        raise InvalidCommand(field="state")
    if not command.text.strip():
        raise InvalidCommand(field="text")
    apart.require_untold(work, case.person_id, command.text)
    if row.version != command.version:
        raise ChangedMeanwhile
    if row.state is not RequestState.OPEN:
        raise NotAllowedNow
    row.state = command.state
    row.answered_on, row.answered_by = work.now.date(), work.actor.user_id
    row.answer = {"text": command.text.strip()}
    complaint = row.kind is RequestKind.COMPLAINT
    act = Act.ANSWER_COMPLAINT if complaint else Act.ANSWER_REQUEST
    detail = {} if complaint else {"kind": row.kind.value, "answer": row.state.value}
    work.note(act, "rights", person=case.person_id, detail=detail)
    work.session.flush()


def _close_task(work: Work, case: Case) -> None:
    still = exists().where(
        PersonRequest.case_id == case.id,
        PersonRequest.state == RequestState.OPEN,
        PersonRequest.kind != RequestKind.COMPLAINT,
    )
    if work.session.scalar(select(still)):
        return
    tasks.end(work, case.id, Task.kind == TaskKind.ANSWER_REQUEST)


def waiting(work: Work) -> tuple[RequestLine, ...]:
    """The open requests of the actor's agency, the most pressing first. Kinds and clocks only."""
    work.allow(Act.VIEW_RETENTION)
    rows = work.session.execute(
        select(PersonRequest, Case.number)
        .join(Case, PersonRequest.case_id == Case.id)
        .where(
            cases_for(work.actor, Act.RECORD_REQUEST),
            PersonRequest.state == RequestState.OPEN,
            PersonRequest.kind != RequestKind.COMPLAINT,
        )
        .order_by(PersonRequest.due_on, Case.number)
        .limit(_SHOWN)
    )
    return tuple(line(row, number, work.now.date()) for row, number in rows)


def of_case(work: Work, case_number: str) -> tuple[RequestShown, ...]:
    """The requests of a case, opened, newest first. For those who may answer them."""
    case = open_case(work, case_number, Act.ANSWER_REQUEST)
    return opened(work, case)


def opened(work: Work, case: Case) -> tuple[RequestShown, ...]:
    """The requests of a case whose purpose the caller was granted; without it, none are shown.

    A complaint may be about any of them: the monitor alone reads it.
    """
    if not work.vault.is_granted(case.person_id, PersonRequest.says.field.purpose):
        return ()
    rows = work.session.scalars(
        select(PersonRequest)
        .where(
            PersonRequest.person_id == case.person_id,
            PersonRequest.kind != RequestKind.COMPLAINT,
        )
        .order_by(PersonRequest.received_on.desc(), PersonRequest.id)
        .options(*load_sealed(PersonRequest.says, PersonRequest.answer))
    )
    return tuple(shown(row) for row in rows)


def shown(row: PersonRequest) -> RequestShown:
    """A request with its words, whose purpose the caller was granted."""
    return RequestShown(
        id=row.id,
        kind=row.kind,
        state=row.state,
        received_on=row.received_on,
        due_on=row.due_on,
        says=(row.says or {}).get("text", ""),
        answer=(row.answer or {}).get("text", ""),
        version=row.version,
    )


def correct(work: Work, command: Correct) -> None:
    """Record what the person says is right, beside what was recorded. Search goes by the record.

    Raises:
        InvalidCommand: nothing was said, or about nothing that is known.
    """
    case = open_case(work, command.case_number, Act.RECORD_CORRECTION)
    says = command.says.strip()
    if command.about not in ABOUT:
        raise InvalidCommand(field="about")
    if not says:
        raise InvalidCommand(field="says")
    row = Correction(
        id=uuid4(),
        case_id=case.id,
        person_id=case.person_id,
        recorded_by=work.actor.user_id,
        recorded_on=work.now.date(),
    )
    work.session.add(row)
    row.content = {"about": command.about, "says": says, "at": work.now.isoformat()}


def corrections(work: Work, case: Case) -> tuple[CorrectionShown, ...]:
    """The corrections of a person, oldest first. The caller was granted their identity."""
    rows = work.session.scalars(
        select(Correction)
        .where(Correction.person_id == case.person_id)
        .options(*load_sealed(Correction.content))
    )
    found = [(row.content or {}, row.recorded_on) for row in rows]
    found.sort(key=lambda pair: pair[0]["at"])
    return tuple(CorrectionShown(one["about"], one["says"], day) for one, day in found)


def line(row: PersonRequest, number: str, today: date) -> RequestLine:
    """A request as a list shows it."""
    return RequestLine(
        id=row.id,
        case_number=number,
        kind=row.kind,
        state=row.state,
        received_on=row.received_on,
        due_on=row.due_on,
        late=row.state is RequestState.OPEN and row.due_on < today,
    )


def one_of_case(work: Work, case_number: str, request_id: UUID) -> RequestShown:
    """One request of a case, opened. Raises `NotFound` for any other."""
    found = next((one for one in of_case(work, case_number) if one.id == request_id), None)
    if found is None:
        work.asked = Act.ANSWER_REQUEST
        raise NotFound
    return found
