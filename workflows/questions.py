"""What a desk asks before it can answer, and what the sender says: sealed, and on a clock of its own.

While the sender answers, the desk's clock stands still; it goes on where it stood. Nobody waits for ever: the
question lapses when the sender's time is over, and the desk answers by what it has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import ColumnElement, select

from models.cases import Case
from models.network import Agency, Desk
from models.referrals import Question, Referral
from models.vault.sealed import load_sealed
from models.vocabulary import (
    LetterKind,
    Purpose,
    QuestionReason,
    ReferralState,
    Role,
    TaskKind,
    Urgency,
)
from workflows import effects, ladder, letters, moving
from workflows.answering import QUESTION_WITHIN
from workflows.casenumbers import parse
from workflows.casework import find_case, nobody
from workflows.errors import NotFound
from workflows.moving import Moved
from workflows.policy import Act
from workflows.work import Work


@dataclass(frozen=True, kw_only=True)
class AskSender:
    """Ask the sender what the desk must know before it can answer, for a coded reason."""

    number: str
    reason: QuestionReason
    text: str


@dataclass(frozen=True, kw_only=True)
class AnswerQuestion:
    """What the sender says to the question that is open."""

    number: str
    text: str


@dataclass(frozen=True)
class QuestionShown:
    """A question with its answer; None while nobody has answered."""

    reason: QuestionReason
    asks: str
    asked_at: datetime
    answer: str | None
    answered_at: datetime | None


@dataclass(frozen=True)
class ToAnswer:
    """A referral whose desk waits for this post's answer: the open question, and nothing of the packet."""

    number: str
    case_number: str
    desk: Mapping[str, str]
    agency: Mapping[str, str]
    urgency: Urgency
    due_at: datetime
    question: QuestionShown


def ask(work: Work, command: AskSender) -> Moved:
    """Ask the sender: the desk's clock stops and the sender's runs.

    Raises:
        NotAllowedNow: the desk's time is over, it waits for an answer already, or has asked twice.
    """
    referral, move = moving.ready(work, command.number, "ask", Act.ASK_SENDER, "desk")
    left = referral.due_at - work.now
    referral.state = move.after
    referral.asked += 1
    referral.left_seconds = max(0, int(left.total_seconds()))
    moving.run_clock(referral, work.now, work.now + QUESTION_WITHIN[referral.urgency])
    question = Question(
        id=uuid4(),
        referral_id=referral.id,
        case_id=referral.case_id,
        person_id=referral.person_id,
        reason=command.reason,
        asked_by=work.actor.user_id,
        asked_at=work.now,
    )
    work.session.add(question)
    question.asks = {"text": command.text}
    letters.write(
        work, LetterKind.QUESTION, referral, key=f"{referral.id}/question/{referral.asked}"
    )
    moving.task_for_sender(
        work, referral, TaskKind.ANSWER_QUESTION, Role.BORDER_OFFICIAL, referral.due_at
    )
    return Moved(referral.number, referral.state)


def answer(work: Work, command: AnswerQuestion) -> Moved:
    """Answer the desk: its clock goes on with what it had left.

    Raises:
        NotFound: no such referral, or not of the actor's post or agency.
        NotAllowedNow: no question is open.
    """
    referral = moving.find_referral(work, command.number)
    work.allow(Act.ANSWER_QUESTION, moving.resource_of(work, referral), person=referral.person_id)
    move = moving.require_move(referral, "answer", "sender")
    question = _open_question(work, referral)
    question.answer = {"text": command.text}
    question.answered_by, question.answered_at = work.actor.user_id, work.now
    referral.state = move.after
    moving.back_to_desk(work, referral)
    letters.write(work, LetterKind.REPLY, referral, key=f"{referral.id}/reply/{referral.asked}")
    effects.close_question_tasks(work, referral)
    return Moved(referral.number, referral.state)


def lapse(work: Work, referral: Referral) -> None:
    """The sender has not answered in time: its supervisor is told, and it is the desk's turn again."""
    referral.state = moving.require_move(referral, "lapse", "clock").after
    moving.back_to_desk(work, referral)
    letters.write(
        work, LetterKind.ESCALATION, referral, key=f"{referral.id}/lapsed/{referral.asked}"
    )
    ladder.held_by_name(work, TaskKind.ANSWER_QUESTION, referral, supervisor=True)


def thread(work: Work, referral: Referral) -> tuple[QuestionShown, ...]:
    """Questions and answers, oldest first. Opens them: the caller has a rule with the purpose protection."""
    return _opened(work, Question.referral_id == referral.id)


def read_out(work: Work, case: Case) -> tuple[QuestionShown, ...]:
    """For the person, under a rule that opened their whole file: what the desk that reads it has asked."""
    asked = select(Referral.id).where(
        Referral.case_id == case.id, Referral.desk_id.in_(list(work.actor.desk_ids))
    )
    return _opened(work, Question.referral_id.in_(asked))


def _opened(work: Work, which: ColumnElement[bool]) -> tuple[QuestionShown, ...]:
    rows = work.session.scalars(
        select(Question)
        .where(which)
        .order_by(Question.asked_at)
        .options(*load_sealed(Question.asks, Question.answer))
    )
    return tuple(_shown(row) for row in rows)


def _shown(row: Question) -> QuestionShown:
    return QuestionShown(
        reason=row.reason,
        asks=(row.asks or {})["text"],
        asked_at=row.asked_at,
        answer=None if row.answer is None else row.answer["text"],
        answered_at=row.answered_at,
    )


def to_answer(work: Work, case_number: str) -> ToAnswer:
    """The question of a case that presses most: it alone opens, since it was written for whoever answers.

    Raises:
        NotFound: no such case, none of the actor's post or agency, or nothing is asked.
    """
    case = find_case(work, parse(case_number))
    work.asked = Act.ANSWER_QUESTION
    # Asked the same of a number that stands for nobody, as `casework.open_case`.
    asked = nobody() if case is None else case
    referral = work.session.scalar(
        select(Referral)
        .where(Referral.case_id == asked.id, Referral.state == ReferralState.NEEDS_INFORMATION)
        .order_by(Referral.due_at, Referral.number)
        .limit(1)
    )
    if case is None or referral is None:
        raise NotFound
    work.allow(Act.ANSWER_QUESTION, moving.resource_of(work, referral), person=referral.person_id)
    desk = work.session.get_one(Desk, referral.desk_id)
    open_now = _open_question(work, referral)
    work.vault.grant_row(referral.person_id, Purpose.PROTECTION, open_now.id)
    return ToAnswer(
        number=referral.number,
        case_number=case.number,
        desk=desk.names,
        agency=work.session.get_one(Agency, desk.agency_id).names,
        urgency=referral.urgency,
        due_at=referral.due_at,
        question=_shown(open_now),
    )


def _open_question(work: Work, referral: Referral) -> Question:
    return work.session.scalars(
        select(Question)
        .where(Question.referral_id == referral.id, Question.answered_at.is_(None))
        .order_by(Question.asked_at.desc())
        .limit(1)
        .options(*load_sealed(Question.asks, Question.answer))
    ).one()
