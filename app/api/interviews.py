"""The private interview by machine: confirm the setting, fetch a card, record its answers, stop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_smorest import Blueprint

from app.api.answers import InterviewAnswer, InterviewQuestion, StatusAnswer
from app.api.door import reads, writes
from app.schemas.interviews import BeginInterviewSchema, InterviewAnswersSchema
from app.schemas.queries import CardSchema
from workflows import casenumbers, interviews
from workflows.cards import QuestionShown
from workflows.interviews import BeginInterview, RecordInterview
from workflows.policy import Act
from workflows.rules.pack import Pack
from workflows.work import Work

blueprint = Blueprint(
    "interviews", __name__, description="A desk asks a person in its care, alone with them."
)

_PATH = "/cases/<case_number>/interview"


@writes(blueprint, f"{_PATH}/begin", Act.INTERVIEW, takes=BeginInterviewSchema, gives=StatusAnswer)
def begin_interview(work: Work, command: BeginInterview) -> StatusAnswer:
    """Record that the person was told what this desk asks for, and is alone with the officer.

    Questions may be fetched only after it, by the same account and for some hours.
    """
    interviews.begin(work, command)
    return StatusAnswer(casenumbers.parse(command.case_number), "begun")


@reads(blueprint, _PATH, Act.INTERVIEW, query=CardSchema, gives=InterviewAnswer, etag=True)
def next_interview_card(work: Work, case_number: str, *, card: str | None) -> InterviewAnswer:
    """The card to ask next, or the one named, with what is still shut and what would settle it.

    A police or security body is given the questions that its own functions need.
    """
    page = interviews.page(work, case_number, card)
    language = work.actor.language
    return InterviewAnswer(
        case_number=page.number,
        version=page.seen,
        card=page.card,
        questions=tuple(_question(page.pack, language, one) for one in page.questions),
        told=tuple(_question(page.pack, language, one) for one in page.told),
        keeps=page.keeps,
        urgent_settled=page.urgent_settled,
        complete=page.complete,
        whole=page.whole,
        others=page.others,
    )


def _question(pack: Pack, language: str, shown: QuestionShown) -> InterviewQuestion:
    return InterviewQuestion(
        fact=shown.fact.id,
        asks=pack.text(f"fact.{shown.fact.id}", language),
        kind=shown.fact.kind,
        options=shown.fact.options,
        wanted=shown.wanted,
        bears_on=shown.bears_on,
        value=shown.value,
        why_unknown=shown.why_unknown,
        elsewhere=shown.elsewhere,
        differs=shown.differs,
    )


@writes(
    blueprint,
    f"{_PATH}/answers",
    Act.INTERVIEW,
    takes=InterviewAnswersSchema,
    match="seen",
    gives=StatusAnswer,
)
def record_interview(work: Work, command: RecordInterview) -> Mapping[str, Any]:
    """Record answers of the account's own body, and assess anew.

    If-Match with the version of the card is required: answers given meanwhile are never passed over. An
    answer that protects less than another body's stands beside it, until `settled` says why it is right.
    """
    interviews.record(work, command)
    return {"case_number": casenumbers.parse(command.case_number), "status": "recorded"}


@writes(blueprint, f"{_PATH}/pause", Act.INTERVIEW, gives=StatusAnswer)
def pause_interview(work: Work, case_number: str) -> StatusAnswer:
    """End the sitting: the next question needs the setting confirmed anew."""
    interviews.pause(work, case_number)
    return StatusAnswer(casenumbers.parse(case_number), "paused")
