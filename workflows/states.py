"""PURE. The transition tables as data: what may follow what, who may do it, what else happens then.

The same table answers `may this be done` and `why not`, is walked whole in tests, and is drawn in the
docs. Issue 5 adds the finer states of a referral.
"""

from __future__ import annotations

from dataclasses import dataclass

from models.vocabulary import HoldState, PackState, ReferralState


@dataclass(frozen=True)
class Move:
    """One row: from a state, by a verb, to a state. `then` names effects that the workflow writes."""

    before: ReferralState
    verb: str
    after: ReferralState
    who: frozenset[str]
    then: tuple[str, ...] = ()


def _move(before: ReferralState, verb: str, after: ReferralState, who: str, *then: str) -> Move:
    return Move(before, verb, after, frozenset(who.split()), then)


_S = ReferralState

#: `who` is the side that moves: sender, desk, or the clock.
REFERRAL_MOVES: tuple[Move, ...] = (
    _move(_S.DRAFT, "send", _S.SENT, "sender", "letter_to_desk", "need_referred"),
    _move(_S.SENT, "accept", _S.ACCEPTED, "desk", "letter_to_sender", "open_identity"),
    _move(_S.SENT, "refuse", _S.REFUSED, "desk", "letter_to_sender", "reopen_need"),
    _move(_S.SENT, "redirect", _S.REDIRECTED, "desk", "letter_to_sender", "new_referral"),
    _move(_S.SENT, "time_out", _S.NO_ANSWER, "clock", "reopen_need", "escalate"),
    _move(_S.SENT, "withdraw", _S.WITHDRAWN, "sender", "letter_to_desk", "reopen_need"),
    # A late answer is still an answer: for the person it is better than silence.
    _move(_S.NO_ANSWER, "accept", _S.ACCEPTED, "desk", "letter_to_sender", "open_identity"),
    _move(_S.NO_ANSWER, "refuse", _S.REFUSED, "desk", "letter_to_sender", "reopen_need"),
    _move(_S.NO_ANSWER, "redirect", _S.REDIRECTED, "desk", "letter_to_sender", "new_referral"),
    _move(_S.NO_ANSWER, "withdraw", _S.WITHDRAWN, "sender", "letter_to_desk", "reopen_need"),
    _move(
        _S.ACCEPTED, "report_outcome", _S.OUTCOME_REPORTED, "desk", "letter_to_sender", "need_met"
    ),
    _move(_S.OUTCOME_REPORTED, "close", _S.CLOSED, "desk sender"),
)

#: States from which nothing more can happen to a referral.
ENDED: frozenset[ReferralState] = frozenset(
    {
        _S.REFUSED,
        _S.REDIRECTED,
        _S.WITHDRAWN,
        _S.CLOSED,
    }
)
#: States in which a desk has not yet answered.
WAITING: frozenset[ReferralState] = frozenset({_S.SENT, _S.NO_ANSWER})
#: States in which the desk reads the second stage of the packet: identity and contact.
TAKEN: frozenset[ReferralState] = frozenset({_S.ACCEPTED, _S.OUTCOME_REPORTED})

_BY_VERB = {(move.before, move.verb): move for move in REFERRAL_MOVES}


def move_of(state: ReferralState, verb: str) -> Move | None:
    """The row for this verb in this state; None where the table has none."""
    return _BY_VERB.get((state, verb))


def verbs(state: ReferralState, side: str) -> tuple[str, ...]:
    """What `side` (sender, desk, clock) may do now, in the table's order."""
    return tuple(m.verb for m in REFERRAL_MOVES if m.before is state and side in m.who)


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
