"""Questions and answers of referrals that cross installations: sealed words that may come in any order.

The receiver keeps what it asked, and what it was told, with the needs that it was told; each letter carries
all words so far, so that the next one heals what a lost one would have told.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, func, select

from models.agency_keys import OutsideLetter, OutsideThread
from models.referrals import Question, Referral
from models.vocabulary import OutsideKind, Purpose, QuestionReason
from workflows import moving, questions, states
from workflows.errors import InvalidCommand
from workflows.outside_answers import Answer
from workflows.work import Work

_LONGEST = 1000
#: Letters with replies have their places behind those of the sender's other letters.
FIRST_PLACE = 10


def numbered(work: Work, thread: OutsideThread, given: Answer) -> Answer:
    """A question with its number: one more than were answered. Keeps its words, sealed, at the receiver.

    Raises:
        InvalidCommand: it has no words, or too many.
    """
    if not 0 < len(given.text.strip()) <= _LONGEST:
        raise InvalidCommand(field="text")
    with work.computing(thread.id, Purpose.PROTECTION):
        needs = thread.needs or {}
        number = len(needs.get("replies", {})) + 1
        asks = {str(number): given.text.strip(), **needs.get("asks", {})}
        thread.needs = {**needs, "asks": asks}
    return Answer(kind="asked", why=given.why, question=number, text=given.text)


def words_of(work: Work, thread: OutsideThread) -> dict[str, Any]:
    """What a receiver's answers must carry beside their codes."""
    if not any(act["kind"] == "asked" for act in thread.acts):
        return {}
    with work.computing(thread.id, Purpose.PROTECTION):
        asks = (thread.needs or {}).get("asks")
    return {"asks": asks} if asks else {}


def asked(work: Work, referral: Referral, act: Mapping[str, Any], told: Mapping[str, Any]) -> bool:
    """Put a question of the receiver to the sender's post; False where it no longer can be asked."""
    asks = told.get("asks")
    text = asks.get(str(act["q"])) if isinstance(asks, dict) else None
    if not isinstance(text, str) or not 0 < len(text) <= _LONGEST:
        # The receiver has refused since, and kept no word: what it decided counts.
        return False
    if states.why_not(moving.position_of(referral), "ask", "desk"):
        return False
    reason = QuestionReason(act["why"])
    questions.ask(work, questions.AskSender(number=referral.number, reason=reason, text=text))
    return True


def replies_due() -> ColumnElement[bool]:
    """Whether the post has answered more questions of a referral than its thread's letters have told."""
    answered = (
        select(func.count(Question.id))
        .where(Question.referral_id == Referral.id, Question.answered_at.is_not(None))
        .correlate(Referral)
        .scalar_subquery()
    )
    told = (
        select(func.count(func.distinct(OutsideLetter.counter)))
        .where(
            OutsideLetter.thread_id == OutsideThread.id,
            OutsideLetter.outgoing,
            OutsideLetter.kind == OutsideKind.REPLY,
        )
        .correlate(OutsideThread)
        .scalar_subquery()
    )
    return answered > told


def has_reply_due(work: Work, referral: Referral, thread: OutsideThread) -> bool:
    """The same of one referral."""
    query = (
        select(OutsideThread.id)
        .join(Referral, OutsideThread.referral_id == Referral.id)
        .where(OutsideThread.id == thread.id, Referral.id == referral.id, replies_due())
    )
    return work.session.scalar(query) is not None


def replies(work: Work, referral: Referral) -> dict[str, str]:
    """What the post has answered, by the number of the question. The caller has opened protection."""
    rows = questions.thread(work, referral)
    return {str(n): row.answer for n, row in enumerate(rows, 1) if row.answer is not None}


def take_replies(
    work: Work, thread: OutsideThread, told: Mapping[str, Any]
) -> tuple[bool, dict[str, str]]:
    """Keep what the sender has answered: whether all was known before, and the words by number.

    Raises:
        ValueError: it has not the form of replies.
    """
    found = told.get("replies")
    if not isinstance(found, dict) or not found:
        raise ValueError
    if not all(isinstance(text, str) and len(text) <= _LONGEST for text in found.values()):
        raise ValueError
    with work.computing(thread.id, Purpose.PROTECTION):
        needs = thread.needs or {}
        known = needs.get("replies", {})
        again = set(found) <= set(known)
        if not again:
            thread.needs = {**needs, "replies": {**found, **known}}
    return again, {str(number): text for number, text in found.items()}
