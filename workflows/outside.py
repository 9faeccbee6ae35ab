"""Referrals to agencies that are not in this installation: sealed letters out, and what comes back.

Both ends keep a *thread*. Any letter may be sealed again, be brought twice, late or never: the sender's
letters have fixed places (referral 1, identity 2, withdrawal 3), and an answer carries all answers before it:
the next one heals what a lost one would have told. What was withdrawn stays so, whatever comes later.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from models.agency_keys import OutsideLetter, OutsideThread
from models.network import Agency, Desk, Post
from models.referrals import Packet, Referral
from models.vocabulary import OutsideKind, OutsideSide, OutsideState, Purpose, ReferralState
from workflows import envelopes, outside_questions
from workflows.errors import InvalidCommand, NotAllowedNow, Restricted
from workflows.moving import find_referral
from workflows.outside_answers import Answer, extended
from workflows.outside_taking import TakenIn, take_in
from workflows.outside_threads import move, new_thread, sealed, thread_in, thread_of
from workflows.policy import Act
from workflows.restrictions import may_still_leave
from workflows.states import TAKEN, WAITING
from workflows.work import Work

__all__ = ["Answer", "Sealed", "TakenIn", "answer", "answer_in", "seal", "take_in"]

_PLACES = {OutsideKind.REFERRAL: 1, OutsideKind.IDENTITY: 2, OutsideKind.WITHDRAWAL: 3}
_S = OutsideState
#: States in which the receiver has nothing more to do.
_ENDED = (_S.REFUSED, _S.OUTCOME_REPORTED, _S.WITHDRAWN, _S.RECEIPTED)


@dataclass(frozen=True)
class Sealed:
    """A letter to carry: its bytes, what it tells, the referral's number in letters, and the state here."""

    raw: bytes = field(repr=False)
    kind: OutsideKind
    thread: str
    state: OutsideState


def seal(work: Work, number: str, to: str) -> Sealed:
    """Seal what a referral's agency must be told next: needs, a reply, identity once accepted, a withdrawal.

    Raises:
        InvalidCommand: the referral is for another agency (its basis names one), or a key is missing.
        NotAllowedNow: nothing may be told in the present state.
        Restricted: the person has objected, or taken their consent back, meanwhile.
    """
    referral = find_referral(work, number)
    thread = thread_of(work, referral)
    kind = _due(work, referral, thread)
    work.allow(Act.DELIVER, detail={"sealed": kind.value})
    ours, peer = _ends(work, referral)
    if peer != to:
        raise InvalidCommand(field="to")
    if kind is not OutsideKind.WITHDRAWAL and not may_still_leave(work, referral):
        raise Restricted
    packet = work.session.scalars(select(Packet).where(Packet.referral_id == referral.id)).one()
    # Sealed, not shown: the act is in the log, and nothing of the person reaches a result.
    with work.computing(referral.person_id, Purpose.PROTECTION, Purpose.IDENTITY):
        needs, identity = without_numbers(packet.needs or {}), packet.identity or {}
    if thread is None:
        thread = new_thread(work, OutsideSide.SENDER, secrets.token_hex(16), ours, peer)
        thread.referral_id, thread.packet_sha256 = referral.id, envelopes.digest(needs)
    payload: dict[str, Any] = {}
    if kind is OutsideKind.REFERRAL:
        clock = {"urgency": referral.urgency.value, "answer_by": int(referral.due_at.timestamp())}
        payload = {"needs": needs, "clock": clock}
    elif kind is OutsideKind.IDENTITY:
        payload = {"identity": identity}
    elif kind is OutsideKind.REPLY:
        with work.computing(referral.person_id, Purpose.PROTECTION):
            payload = {"replies": outside_questions.replies(work, referral)}
    else:
        if referral.withdrawal_wish is not None:
            payload = {"wish": referral.withdrawal_wish.value}
        move(work, thread, _S.RECEIPTED if thread.state is _S.RECEIPTED else _S.WITHDRAWN)
    place = _PLACES.get(kind) or outside_questions.FIRST_PLACE + len(payload["replies"])
    raw = sealed(work, thread, kind, place, needs.get("need", ""), payload)
    return Sealed(raw, kind, thread.thread, thread.state)


def answer(work: Work, raw: bytes, given: Answer) -> Sealed:
    """Answer a referral that came as `raw`: accept, refuse, ask, report the outcome, confirm a withdrawal.

    The same answer twice seals the same answer again.

    Raises:
        NotAllowedNow: the state of the referral does not permit the answer.
        LetterRefused: the letter was not taken in before, and cannot be.
    """
    thread = thread_in(work, raw)
    if thread is None:
        take_in(work, raw)
        thread = thread_in(work, raw)
    if thread is None or thread.side is not OutsideSide.RECEIVER:
        raise NotAllowedNow
    return answer_in(work, thread, given)


def answer_in(work: Work, thread: OutsideThread, given: Answer) -> Sealed:
    """The same for a thread that is at hand, at its receiver."""
    work.allow(Act.DELIVER, detail={"answered": given.kind})
    if given.kind == "asked":
        if thread.state is not _S.RECEIVED:
            raise NotAllowedNow
        given = outside_questions.numbered(work, thread, given)
    acts, state = extended(thread, given, int(work.now.timestamp()))
    thread.acts = acts
    move(work, thread, state)
    if state is _S.REFUSED:
        # Whoever does not take it has no use for it.
        thread.needs = None
    told = {"answers": acts, **outside_questions.words_of(work, thread)}
    raw = sealed(work, thread, OutsideKind.ANSWER, len(acts), "", told)
    return Sealed(raw, OutsideKind.ANSWER, thread.thread, state)


def forget(work: Work, raw: bytes) -> OutsideState:
    """Empty what a letter's referral has disclosed to us, once it has ended here. Twice is harmless.

    Raises:
        NotAllowedNow: it has not ended, or is not one that came from outside.
    """
    thread = thread_in(work, raw)
    if thread is None or thread.side is not OutsideSide.RECEIVER or thread.state not in _ENDED:
        raise NotAllowedNow
    work.allow(Act.DELIVER, detail={"forgotten": thread.state.value})
    thread.needs = thread.identity = None
    return thread.state


@dataclass(frozen=True)
class Listed:
    """A referral that crosses installations, as this end knows it: no person, codes and times only."""

    thread: str
    side: OutsideSide
    state: OutsideState
    peer: str
    number: str | None
    changed_at: datetime
    letters: int


def listed(work: Work) -> tuple[Listed, ...]:
    """All referrals to and from agencies outside, the longest unchanged first."""
    work.allow(Act.DELIVER, detail={"listed": "outside"})
    rows = work.session.execute(
        select(OutsideThread, Referral.number, func.count(OutsideLetter.id))
        .outerjoin(Referral, OutsideThread.referral_id == Referral.id)
        .outerjoin(OutsideLetter, OutsideLetter.thread_id == OutsideThread.id)
        .group_by(OutsideThread.id, Referral.number)
        .order_by(OutsideThread.changed_at, OutsideThread.thread)
    ).all()
    return tuple(
        Listed(t.thread, t.side, t.state, t.peer, number, t.changed_at, count)
        for t, number, count in rows
    )


def without_numbers(needs: dict[str, Any]) -> dict[str, Any]:
    """The first stage with companions counted (`1`, `2`): their case numbers do not leave."""
    group = needs.get("fields", {}).get("group")
    if not group:
        return needs
    places = {to: str(n) for n, to in enumerate(dict.fromkeys(one["to"] for one in group), 1)}
    counted = [{**one, "to": places[one["to"]]} for one in group]
    return {**needs, "fields": {**needs["fields"], "group": counted}}


def _due(work: Work, referral: Referral, thread: OutsideThread | None) -> OutsideKind:
    if referral.state in WAITING:
        asked = thread is not None and outside_questions.has_reply_due(work, referral, thread)
        return OutsideKind.REPLY if asked else OutsideKind.REFERRAL
    gone = referral.state is ReferralState.WITHDRAWN or referral.withdrawal_wish is not None
    if thread is not None and gone:
        return OutsideKind.WITHDRAWAL
    accepted = thread is not None and any(act["kind"] == "accepted" for act in thread.acts)
    if referral.state in TAKEN and accepted:
        return OutsideKind.IDENTITY
    raise NotAllowedNow


def _ends(work: Work, referral: Referral) -> tuple[str, str]:
    """Codes of the agency that sends, and of the one whose desk the referral names."""
    post = work.session.get_one(Post, referral.post_id)
    desk = work.session.get_one(Desk, referral.desk_id)
    agencies = [work.session.get_one(Agency, one.agency_id).code for one in (post, desk)]
    return agencies[0], agencies[1]
