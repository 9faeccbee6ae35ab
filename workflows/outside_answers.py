"""PURE. The receiver's answers to a referral from outside: which may follow which, and their form."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from models.vocabulary import OutcomeCode, OutsideState, QuestionReason, RefusalReason
from workflows.answering import QUESTIONS_AT_MOST
from workflows.envelopes import Letter, LetterRefused, Reason
from workflows.errors import InvalidCommand, NotAllowedNow

_S = OutsideState
#: kind: (states before, state after).
MOVES: dict[str, tuple[frozenset[OutsideState], OutsideState]] = {
    "accepted": (frozenset({_S.RECEIVED}), _S.ACCEPTED),
    "refused": (frozenset({_S.RECEIVED}), _S.REFUSED),
    "outcome": (frozenset({_S.ACCEPTED, _S.IDENTIFIED}), _S.OUTCOME_REPORTED),
    "receipt": (frozenset({_S.WITHDRAWN}), _S.RECEIPTED),
    "asked": (frozenset({_S.RECEIVED}), _S.RECEIVED),
}
#: More answers than any referral can have.
_MOST = len(MOVES) - 1 + QUESTIONS_AT_MOST


class Answered(Protocol):
    """What is asked of a thread here."""

    state: OutsideState
    acts: list[dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """accepted, refused (with a reason), outcome (with a code), receipt of a withdrawal, or asked.

    A question says `why`; its words go sealed beside the codes, and `question` counts them from 1.
    """

    kind: str
    reason: RefusalReason | None = None
    outcome: OutcomeCode | None = None
    why: QuestionReason | None = None
    question: int | None = None
    text: str = field(default="", repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.kind not in MOVES:
            raise InvalidCommand(field="answer")
        if (self.reason is not None) != (self.kind == "refused"):
            raise InvalidCommand(field="reason")
        if (self.outcome is not None) != (self.kind == "outcome"):
            raise InvalidCommand(field="outcome")
        if (self.why is not None) != (self.kind == "asked"):
            raise InvalidCommand(field="why")

    def told(self, number: int, at: int) -> dict[str, Any]:
        """As it stands in a letter: codes and a time, no word of a person."""
        found: dict[str, Any] = {"n": number, "kind": self.kind, "at": at}
        if self.reason is not None:
            found["reason"] = self.reason.value
        if self.outcome is not None:
            found["outcome"] = self.outcome.value
        if self.why is not None:
            found |= {"why": self.why.value, "q": self.question}
        return found


def extended(thread: Answered, given: Answer, at: int) -> tuple[list[dict[str, Any]], OutsideState]:
    """All answers with this one, and the state after it. The same again changes nothing.

    Raises:
        NotAllowedNow: it may not follow what is there.
    """
    acts = list(thread.acts)
    if acts and {**acts[-1], "at": 0} == given.told(len(acts), 0):
        return acts, thread.state
    if given.kind == "asked":
        asked = sum(act["kind"] == "asked" for act in acts)
        # One question at a time, and no more than a desk inside the system may ask.
        if given.question is None or not asked < given.question <= QUESTIONS_AT_MOST:
            raise NotAllowedNow
    before, after = MOVES[given.kind]
    if thread.state not in before:
        raise NotAllowedNow
    return [*acts, given.told(len(acts) + 1, at)], after


def read_answers(letter: Letter) -> list[dict[str, Any]]:
    """The answers in a letter. Raises `LetterRefused` unless each has its form and its number."""
    told = letter.payload.get("answers")
    if not isinstance(told, list) or not 0 < len(told) <= _MOST:
        raise LetterRefused(Reason.BAD_STATEMENT)
    if len(told) != letter.statement.counter:
        raise LetterRefused(Reason.OUT_OF_ORDER)
    for number, act in enumerate(told, 1):
        if not isinstance(act, dict) or type(act.get("at")) is not int:
            raise LetterRefused(Reason.BAD_STATEMENT)
        if act != _given(act).told(number, act["at"]):
            raise LetterRefused(Reason.OUT_OF_ORDER)
    return told


def same_answers(told: list[dict[str, Any]], known: list[dict[str, Any]]) -> bool:
    """Whether one begins as the other, but for the times: whoever answers without a memory says them anew."""
    return all({**a, "at": 0} == {**b, "at": 0} for a, b in zip(told, known, strict=False))


def _given(act: dict[str, Any]) -> Answer:
    try:
        reason, outcome, why = act.get("reason"), act.get("outcome"), act.get("why")
        return Answer(
            kind=str(act.get("kind")),
            reason=None if reason is None else RefusalReason(reason),
            outcome=None if outcome is None else OutcomeCode(outcome),
            why=None if why is None else QuestionReason(why),
            question=None if why is None else act.get("q"),
        )
    except (ValueError, InvalidCommand):
        raise LetterRefused(Reason.BAD_STATEMENT) from None
