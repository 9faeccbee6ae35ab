"""Cases by machine: register, look, inform, ask, assess, finish, search."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_smorest import Blueprint

from app.api.answers import (
    ArrivalsAnswer,
    FoundAnswer,
    HintAnswer,
    QuestionAnswer,
    QuestionsAnswer,
    RegisteredAnswer,
    SearchAnswer,
    StatusAnswer,
)
from app.api.door import reads, writes
from app.schemas.arrivals import ArrivalSchema
from app.schemas.queries import AfterSchema, PrivateSchema, SearchSchema
from app.schemas.screening import AnswersSchema, InformationSchema, UrgentNeedsSchema
from workflows import arrivals, assessments, casenumbers, casework, post_lists, screening, search
from workflows.arrivals import RegisterArrival
from workflows.assessments import AssessmentShown
from workflows.cards import QuestionShown
from workflows.casework import CaseStatus
from workflows.policy import Act
from workflows.post_lists import CaseHead
from workflows.post_screening import ask_page
from workflows.rules.pack import Pack
from workflows.screening import RecordAnswers, RecordInformation, RecordUrgentNeeds
from workflows.work import Work

blueprint = Blueprint("cases", __name__, description="Register, inform, ask, assess.")

_MOST_HINTS = 10


@writes(
    blueprint,
    "/arrivals",
    Act.REGISTER,
    takes=ArrivalSchema,
    gives=RegisteredAnswer,
    status=201,
)
def register(work: Work, command: RegisterArrival) -> RegisteredAnswer:
    """Register a person who arrives at the account's post.

    The first assessment is made at once. Hints name cases of this post that may be the same person,
    without names.
    """
    registered = arrivals.register(work, command)
    hints = tuple(
        HintAnswer(
            hint.case_number,
            hint.registered_on,
            tuple(reason.code for reason in hint.likeness.reasons),
        )
        for hint in registered.hints[:_MOST_HINTS]
    )
    return RegisteredAnswer(registered.case_number, hints, registered.elsewhere)


@reads(blueprint, "/arrivals", Act.VIEW_TODAY, query=AfterSchema, gives=ArrivalsAnswer)
def list_arrivals(work: Work, after: str | None) -> ArrivalsAnswer:
    """The arrivals at the account's post: unfinished and urgent first."""
    page = post_lists.today(work, after)
    return ArrivalsAnswer(page.rows, page.after)


@reads(blueprint, "/cases/<case_number>", Act.VIEW_CASE, gives=CaseHead)
def show_case(work: Work, case_number: str) -> CaseHead:
    """Number, state and urgency of a case, and nothing of the person."""
    return post_lists.case_head(work, case_number)


def _assessed(work: Work, case_number: str) -> dict[str, Any]:
    """What a write keeps of the assessment it led to: where it is, never what it says."""
    newest = assessments.numbered(work, case_number)
    return {"case_number": newest.case_number, "sequence": newest.sequence}


@writes(
    blueprint,
    "/cases/<case_number>/urgent-needs",
    Act.RECORD_URGENT_NEEDS,
    takes=UrgentNeedsSchema,
    gives=AssessmentShown,
    show=assessments.numbered,
)
def record_urgent_needs(work: Work, command: RecordUrgentNeeds) -> Mapping[str, Any]:
    """Record what is seen at a glance, before any question.

    An empty list says that somebody looked and saw none.
    """
    recorded = screening.record_urgent_needs(work, command)
    return _assessed(work, recorded.case_number)


@writes(
    blueprint,
    "/cases/<case_number>/information",
    Act.INFORM,
    takes=InformationSchema,
    gives=StatusAnswer,
)
def inform(work: Work, command: RecordInformation) -> StatusAnswer:
    """Record that the person was told what the questions are for; only then may they start."""
    screening.inform(work, command)
    return StatusAnswer(casenumbers.parse(command.case_number), CaseStatus.INFORMED.value)


@reads(
    blueprint,
    "/cases/<case_number>/questions",
    Act.ANSWER,
    query=PrivateSchema,
    gives=QuestionsAnswer,
    etag=True,
)
def next_questions(work: Work, case_number: str, *, private: bool) -> QuestionsAnswer:
    """The card of questions to ask next, with what each bears on.

    `private` says that the person is alone with the officer; private questions are left out otherwise.
    """
    page = ask_page(work, case_number, None, private=private)
    return QuestionsAnswer(
        case_number=page.number,
        version=page.seen,
        card=page.card,
        questions=tuple(_question(page.pack, work.actor.language, q) for q in page.questions),
        urgent_settled=page.urgent_settled,
        complete=page.complete,
        elsewhere=page.reading.elsewhere,
    )


def _question(pack: Pack, language: str, shown: QuestionShown) -> QuestionAnswer:
    return QuestionAnswer(
        fact=shown.fact.id,
        asks=pack.text(f"fact.{shown.fact.id}", language),
        kind=shown.fact.kind,
        options=shown.fact.options,
        private=shown.fact.private,
        wanted=shown.wanted,
        bears_on=shown.bears_on,
        value=shown.value,
        why_unknown=shown.why_unknown,
    )


@writes(
    blueprint,
    "/cases/<case_number>/answers",
    Act.ANSWER,
    takes=AnswersSchema,
    match="seen",
    gives=AssessmentShown,
    show=assessments.numbered,
)
def answer(work: Work, command: RecordAnswers) -> Mapping[str, Any]:
    """Record answers, and answer with the assessment they lead to and its trace.

    If-Match with the version of the questions refuses answers where others were given meanwhile.
    """
    recorded = screening.answer(work, command)
    return _assessed(work, recorded.case_number)


@reads(blueprint, "/cases/<case_number>/assessment", Act.VIEW_ASSESSMENT, gives=AssessmentShown)
def show_assessment(work: Work, case_number: str) -> AssessmentShown:
    """The newest assessment with its trace: preliminary readings, never a status and no score.

    A restricted answer is in the trace without its value.
    """
    return assessments.numbered(work, case_number)


@writes(blueprint, "/cases/<case_number>/finish", Act.FINISH_SCREENING, gives=StatusAnswer)
def finish(work: Work, case_number: str) -> StatusAnswer:
    """End the screening: from now on the post sees number and state, and no more."""
    screening.finish(work, case_number)
    return StatusAnswer(casenumbers.parse(case_number), CaseStatus.SCREENED.value)


@writes(blueprint, "/cases/<case_number>/close", Act.CLOSE_CASE, gives=StatusAnswer)
def close_case(work: Work, case_number: str) -> StatusAnswer:
    """Close a case whose referrals have ended and on which nothing holds."""
    casework.close_case(work, case_number)
    return StatusAnswer(casenumbers.parse(case_number), CaseStatus.CLOSED.value)


@reads(blueprint, "/search", Act.SEARCH, takes=SearchSchema, gives=SearchAnswer)
def find(work: Work, values: Mapping[str, str]) -> SearchAnswer:
    """Search the persons of the account's post by name, in any script.

    Limited in an hour and logged. It changes nothing and takes no Idempotency-Key; the name travels
    in the body.
    """
    similar = search.find(work, values["name"])
    found = tuple(
        FoundAnswer(h.case_number, h.registered_on, h.name, h.likeness.decision.value)
        for h in similar.hints
    )
    return SearchAnswer(found, similar.elsewhere)
