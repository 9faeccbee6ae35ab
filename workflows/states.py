"""PURE. The transition tables as data: what may follow what, who may do it, what else happens then.

The same table answers `may this be done` and `why not`, is walked whole in tests, and is drawn in
docs/reference/referral-states.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from models.vocabulary import HoldState, PackState, ReferralState
from workflows.answering import QUESTIONS_AT_MOST


@dataclass(frozen=True)
class Move:
    """One row: from a state, by a verb, to a state. `then` names effects that the workflow writes."""

    before: ReferralState
    verb: str
    after: ReferralState
    who: frozenset[str]
    then: tuple[str, ...] = ()


def _moves(before: str, verb: str, after: ReferralState, who: str, *then: str) -> tuple[Move, ...]:
    """The rows of one verb, from each of some states."""
    return tuple(
        Move(ReferralState(state), verb, after, frozenset(who.split()), then)
        for state in before.split()
    )


_S = ReferralState
#: The desk's clock runs.
_ITS_TURN = "sent received seen"
#: Nobody has the duty but the sender; a late answer is still an answer: better for the person than silence.
_NOT_TAKEN = "sent received seen needs_information waiting_list no_answer"

#: `who` is the side that moves: sender, desk, or the clock (the worker, for nobody).
REFERRAL_MOVES: tuple[Move, ...] = (
    *_moves("draft", "send", _S.SENT, "sender", "letter_to_desk", "need_referred"),
    *_moves("sent", "receive", _S.RECEIVED, "clock"),
    *_moves("sent received", "see", _S.SEEN, "desk"),
    *_moves(_NOT_TAKEN, "accept", _S.ACCEPTED, "desk", "letter_to_sender", "open_identity"),
    *_moves(_NOT_TAKEN, "refuse", _S.REFUSED, "desk", "letter_to_sender", "reopen_need"),
    *_moves(_NOT_TAKEN, "redirect", _S.REDIRECTED, "desk", "letter_to_sender", "new_referral"),
    *_moves(_ITS_TURN, "ask", _S.NEEDS_INFORMATION, "desk", "letter_to_sender", "sender_clock"),
    *_moves("needs_information", "answer", _S.SEEN, "sender", "letter_to_desk", "desk_clock"),
    # Silence of the sender gives the referral back to the desk, which answers by what it has.
    *_moves("needs_information", "lapse", _S.SEEN, "clock", "escalate", "desk_clock"),
    *_moves(
        f"{_ITS_TURN} no_answer", "wait", _S.WAITING_LIST, "desk", "letter_to_sender", "reopen_need"
    ),
    *_moves(f"{_ITS_TURN} waiting_list", "time_out", _S.NO_ANSWER, "clock", "reopen_need", "escalate"),
    *_moves(_NOT_TAKEN, "withdraw", _S.WITHDRAWN, "sender", "letter_to_desk", "reopen_need"),
    # A consent that the person takes back, or whose last day is over, ends also what was taken on it.
    *_moves(
        f"{_NOT_TAKEN} accepted service_started no_show", "take_back", _S.WITHDRAWN, "sender",
        "letter_to_desk", "reopen_need",
    ),
    *_moves(
        f"{_ITS_TURN} needs_information waiting_list", "run_out", _S.WITHDRAWN, "clock",
        "letter_to_desk", "reopen_need",
    ),
    # Who comes late comes still: the desk starts, and the need has its desk again.
    *_moves("accepted no_show", "start_service", _S.SERVICE_STARTED, "desk", "letter_to_sender"),
    *_moves("accepted", "no_show", _S.NO_SHOW, "desk", "letter_to_sender", "reopen_need"),
    *_moves(
        "accepted service_started", "report_outcome", _S.OUTCOME_REPORTED, "desk",
        "letter_to_sender", "need_met",
    ),
    *_moves("outcome_reported no_show", "close", _S.CLOSED, "desk sender"),
)  # fmt: skip

#: States from which nothing more can happen to a referral.
ENDED: frozenset[ReferralState] = frozenset({_S.REFUSED, _S.REDIRECTED, _S.WITHDRAWN, _S.CLOSED})
#: States in which a desk has neither taken it nor said no.
WAITING: frozenset[ReferralState] = frozenset(_S(state) for state in _NOT_TAKEN.split())
#: States in which the desk's own clock runs against it.
ITS_TURN: frozenset[ReferralState] = frozenset(_S(state) for state in _ITS_TURN.split())
#: States in which a clock runs that ends in `due_at`: the desk's, the sender's, that of the waiting list.
ON_THE_CLOCK: frozenset[ReferralState] = ITS_TURN | {_S.NEEDS_INFORMATION, _S.WAITING_LIST}
#: States in which the desk reads the second stage of the packet: identity and contact.
TAKEN: frozenset[ReferralState] = frozenset(
    {_S.ACCEPTED, _S.SERVICE_STARTED, _S.NO_SHOW, _S.OUTCOME_REPORTED}
)
#: Of these, those in which somebody cares for the person; who has not come is nobody's but the sender's.
IN_CARE: frozenset[ReferralState] = TAKEN - {_S.NO_SHOW}
#: States that fill one of a desk's places.
FILLS: frozenset[ReferralState] = ITS_TURN | {
    _S.NEEDS_INFORMATION,
    _S.ACCEPTED,
    _S.SERVICE_STARTED,
}

_BY_VERB = {(move.before, move.verb): move for move in REFERRAL_MOVES}


class WhyNot(StrEnum):
    """Why something cannot be done to a referral now: the reason beside a grey button, and of the refusal."""

    NOT_SENT = "not_sent"
    NOT_ANSWERED = "not_answered"
    QUESTION_OPEN = "question_open"
    ON_WAITING_LIST = "on_waiting_list"
    TIME_IS_OVER = "time_is_over"
    TAKEN = "taken"
    STARTED = "started"
    NOT_COME = "not_come"
    REPORTED = "reported"
    ENDED = "ended"
    OTHER_SIDE = "other_side"
    ASKED_ENOUGH = "asked_enough"
    LISTED_BEFORE = "listed_before"
    OBJECTED = "objected"
    CONSENT_OVER = "consent_over"


_STATE_SAYS: dict[ReferralState, WhyNot] = {
    _S.DRAFT: WhyNot.NOT_SENT,
    **dict.fromkeys(ITS_TURN, WhyNot.NOT_ANSWERED),
    _S.NEEDS_INFORMATION: WhyNot.QUESTION_OPEN,
    _S.WAITING_LIST: WhyNot.ON_WAITING_LIST,
    _S.NO_ANSWER: WhyNot.TIME_IS_OVER,
    _S.ACCEPTED: WhyNot.TAKEN,
    _S.SERVICE_STARTED: WhyNot.STARTED,
    _S.NO_SHOW: WhyNot.NOT_COME,
    _S.OUTCOME_REPORTED: WhyNot.REPORTED,
    **dict.fromkeys(ENDED, WhyNot.ENDED),
}


@dataclass(frozen=True)
class Position:
    """What a guard must know of a referral.

    `listed`: it was on a waiting list before. `stopped`: why nothing more may be told of the person now.
    """

    state: ReferralState
    asked: int = 0
    listed: bool = False
    stopped: WhyNot | None = None


def why_not(standing: Position, verb: str, side: str) -> tuple[WhyNot, ...]:
    """Why `side` cannot do `verb` now; empty: it can."""
    move = move_of(standing.state, verb)
    if move is None:
        return (_STATE_SAYS[standing.state],)
    reasons = []
    if side not in move.who:
        reasons.append(WhyNot.OTHER_SIDE)
    if verb == "ask" and standing.asked >= QUESTIONS_AT_MOST:
        reasons.append(WhyNot.ASKED_ENOUGH)
    if verb == "wait" and standing.listed:
        reasons.append(WhyNot.LISTED_BEFORE)
    # To accept opens who the person is.
    if verb == "accept" and standing.stopped is not None:
        reasons.append(standing.stopped)
    return tuple(reasons)


def choices(standing: Position, side: str) -> dict[str, tuple[WhyNot, ...]]:
    """Every verb of a side with the reasons against it, in the table's order; none: it may be done."""
    verbs = dict.fromkeys(move.verb for move in REFERRAL_MOVES if side in move.who)
    return {verb: why_not(standing, verb, side) for verb in verbs}


def move_of(state: ReferralState, verb: str) -> Move | None:
    """The row for this verb in this state; None where the table has none."""
    return _BY_VERB.get((state, verb))


def befores(verb: str) -> tuple[ReferralState, ...]:
    """The states from which the table has this verb."""
    return tuple(move.before for move in REFERRAL_MOVES if move.verb == verb)


#: A hold by evidence never releases itself: it becomes liftable and waits for a named decision.
HOLD_MOVES: dict[tuple[HoldState, str], HoldState] = {
    (HoldState.ACTIVE, "release"): HoldState.RELEASED,
    (HoldState.ACTIVE, "become_liftable"): HoldState.LIFTABLE,
    (HoldState.LIFTABLE, "carried_again"): HoldState.ACTIVE,
    (HoldState.LIFTABLE, "lift"): HoldState.LIFTED,
}

#: A version of a pack. `retire` is done by publishing the next one.
PACK_MOVES: dict[tuple[PackState, str], PackState] = {
    (PackState.DRAFT, "test"): PackState.TESTING,
    (PackState.DRAFT, "withdraw"): PackState.RETIRED,
    (PackState.TESTING, "withdraw"): PackState.RETIRED,
    (PackState.TESTING, "publish"): PackState.IN_FORCE,
    (PackState.IN_FORCE, "retire"): PackState.RETIRED,
}
