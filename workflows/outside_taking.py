"""Taking in a letter from outside: checked, kept, and done once, however often and in whatever order."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from models.accounts import User
from models.agency_keys import OutsideThread
from models.network import Agency, Desk
from models.referrals import Referral
from models.vault.factors import hash_password
from models.vocabulary import (
    ENFORCEMENT,
    OutcomeCode,
    OutsideKind,
    OutsideSide,
    OutsideState,
    ReferralState,
    RefusalReason,
    Role,
)
from workflows import desks, effects, envelopes, outside_questions
from workflows.agency_keys import Directory
from workflows.envelopes import Letter, LetterRefused, Reason
from workflows.outside_answers import read_answers, same_answers
from workflows.outside_threads import keep, move, new_thread, was_here, was_told
from workflows.policy import Act, Actor
from workflows.states import move_of
from workflows.work import Work

_S = OutsideState
#: Threads at the receiver that may be told who the person is.
_OURS = (_S.ACCEPTED, _S.IDENTIFIED, _S.OUTCOME_REPORTED)


@dataclass(frozen=True)
class TakenIn:
    """What a letter has done here. `again`: nothing, it was taken in before. `crossed`: it answers what was
    withdrawn or decided meanwhile, and changed nothing. `needs` and `identity`: what it discloses.
    """

    kind: OutsideKind
    thread: str
    state: OutsideState
    peer: str
    again: bool = False
    crossed: bool = False
    needs: dict[str, Any] = field(default_factory=dict, repr=False)
    identity: dict[str, Any] = field(default_factory=dict, repr=False)


def take_in(work: Work, raw: bytes) -> TakenIn:
    """Open a letter, check it, keep what it tells, do what it says; once, however often it is brought.

    Raises:
        LetterRefused: with the reason. Nothing has changed then.
    """
    work.allow(Act.DELIVER, detail={"taken_in": len(raw)})
    letter = envelopes.unseal(raw, Directory(work), work.now)
    said = letter.statement
    side = OutsideSide.SENDER if said.kind is OutsideKind.ANSWER else OutsideSide.RECEIVER
    thread = work.session.scalar(
        select(OutsideThread)
        .where(OutsideThread.thread == said.thread, OutsideThread.side == side)
        .with_for_update()
    )
    if thread is None and side is OutsideSide.SENDER:
        raise LetterRefused(Reason.UNKNOWN_REFERRAL)
    if thread is None and said.kind is OutsideKind.REPLY:
        raise LetterRefused(Reason.UNKNOWN_REFERRAL)
    if thread is None and said.kind is OutsideKind.IDENTITY:
        raise LetterRefused(Reason.NOT_ACCEPTED)
    if thread is None:
        thread = new_thread(work, side, said.thread, said.recipient, said.sender)
        thread.packet_sha256 = said.packet
        work.session.flush()
        again = False
    else:
        again = was_here(work, letter.number)
    if (thread.ours, thread.peer) != (said.recipient, said.sender):
        raise LetterRefused(Reason.OTHER_AGENCY)
    if thread.packet_sha256 != said.packet:
        raise LetterRefused(Reason.OTHER_PACKET)
    found = _ANSWERS_AND_LETTERS[said.kind](work, thread, letter)
    if not again:
        keep(work, thread, said.kind, said.counter, letter.number, letter.sender_kid, letter.sha256,
              outgoing=False)  # fmt: skip
        work.note(Act.DELIVER, "letter.taken", detail={"kind": said.kind.value, "n": said.counter})
    return found


def _referral(work: Work, thread: OutsideThread, letter: Letter) -> TakenIn:
    needs = _part(letter, "needs")
    if envelopes.digest(needs) != letter.statement.packet:
        raise LetterRefused(Reason.OTHER_PACKET)
    if thread.state in (_S.WITHDRAWN, _S.RECEIPTED):
        return TakenIn(OutsideKind.REFERRAL, thread.thread, thread.state, thread.peer, crossed=True)
    again = was_told(work, thread, OutsideKind.REFERRAL)
    if not again:
        thread.needs = {**needs, "clock": _part(letter, "clock")}
    return TakenIn(
        OutsideKind.REFERRAL, thread.thread, thread.state, thread.peer, again=again, needs=needs
    )


def _identity(work: Work, thread: OutsideThread, letter: Letter) -> TakenIn:
    identity = _part(letter, "identity")
    if thread.state in (_S.WITHDRAWN, _S.RECEIPTED):
        return TakenIn(OutsideKind.IDENTITY, thread.thread, thread.state, thread.peer, crossed=True)
    if thread.state not in _OURS:
        raise LetterRefused(Reason.NOT_ACCEPTED)
    again = was_told(work, thread, OutsideKind.IDENTITY)
    if not again:
        thread.identity = identity
    if thread.state is _S.ACCEPTED:
        move(work, thread, _S.IDENTIFIED)
    return TakenIn(
        OutsideKind.IDENTITY,
        thread.thread,
        thread.state,
        thread.peer,
        again=again,
        identity=identity,
    )


def _withdrawal(work: Work, thread: OutsideThread, _letter: Letter) -> TakenIn:
    again = thread.state in (_S.WITHDRAWN, _S.RECEIPTED)
    if not again:
        move(work, thread, _S.WITHDRAWN)
        # What was disclosed for a purpose that is over is not kept.
        thread.needs = thread.identity = None
    return TakenIn(OutsideKind.WITHDRAWAL, thread.thread, thread.state, thread.peer, again=again)


def _reply(work: Work, thread: OutsideThread, letter: Letter) -> TakenIn:
    """What the sender answered; of no use any more to whoever gave the referral back."""
    if thread.state in (_S.WITHDRAWN, _S.RECEIPTED, _S.REFUSED):
        return TakenIn(OutsideKind.REPLY, thread.thread, thread.state, thread.peer, crossed=True)
    try:
        again, told = outside_questions.take_replies(work, thread, letter.payload)
    except ValueError:
        raise LetterRefused(Reason.BAD_STATEMENT) from None
    return TakenIn(
        OutsideKind.REPLY,
        thread.thread,
        thread.state,
        thread.peer,
        again=again,
        needs={"replies": told},
    )


def _answers(work: Work, thread: OutsideThread, letter: Letter) -> TakenIn:
    told = read_answers(letter)
    known = len(thread.acts)
    if not same_answers(told, thread.acts):
        raise LetterRefused(Reason.OUT_OF_ORDER)
    fresh = told[known:]
    crossed = False
    for act in fresh:
        crossed = not _done(work, thread, act, letter.payload) or crossed
    if fresh:
        thread.acts = [*thread.acts, *fresh]
    return TakenIn(
        OutsideKind.ANSWER,
        thread.thread,
        thread.state,
        thread.peer,
        again=not fresh,
        crossed=crossed,
    )


#: What is done with a letter of each kind.
_ANSWERS_AND_LETTERS = {
    OutsideKind.REFERRAL: _referral,
    OutsideKind.IDENTITY: _identity,
    OutsideKind.WITHDRAWAL: _withdrawal,
    OutsideKind.ANSWER: _answers,
    OutsideKind.REPLY: _reply,
}


def _done(work: Work, thread: OutsideThread, act: dict[str, Any], told: dict[str, Any]) -> bool:
    """Do what one answer says, as the agency that gave it; False where the referral moved on meanwhile."""
    assert thread.referral_id is not None
    referral = work.session.get_one(Referral, thread.referral_id)
    if act["kind"] == "receipt":
        if referral.state is not ReferralState.WITHDRAWN and referral.withdrawal_wish is None:
            raise LetterRefused(Reason.OUT_OF_ORDER)
        referral.confirmed_at = referral.confirmed_at or work.now
        effects.close_escalations(work, referral)
        if thread.state is _S.WITHDRAWN:
            move(work, thread, _S.RECEIPTED)
        return True
    if act["kind"] == "asked":
        with _as_outside(work, referral):
            return outside_questions.asked(work, referral, act, told)
    verb, state = _VERBS[act["kind"]]
    if move_of(referral.state, verb) is None:
        return False
    with _as_outside(work, referral):
        if verb == "accept":
            # Who it is leaves by a letter of its own, which an objection stops.
            desks.accept(work, desks.AcceptReferral(number=referral.number), opens=False)
        elif verb == "refuse":
            reason = RefusalReason(act["reason"])
            desks.refuse(work, desks.RefuseReferral(number=referral.number, reason=reason))
        else:
            outcome = OutcomeCode(act["outcome"])
            desks.report_outcome(work, desks.ReportOutcome(number=referral.number, outcome=outcome))
    move(work, thread, state)
    return True


_VERBS = {
    "accepted": ("accept", _S.ACCEPTED),
    "refused": ("refuse", _S.REFUSED),
    "outcome": ("report_outcome", _S.OUTCOME_REPORTED),
}


@contextmanager
def _as_outside(work: Work, referral: Referral) -> Iterator[None]:
    """Act for the agency outside: under an account that stands for its desk; nobody signs in with it."""
    before = work.actor
    desk = work.session.get_one(Desk, referral.desk_id)
    agency = work.session.get_one(Agency, desk.agency_id)
    user = _standing_account(work, desk)
    work.actor = Actor(
        user_id=user.id, role=Role.PROTECTION_OFFICER, agency_id=agency.id, country=agency.country,
        desk_ids=frozenset({desk.id}), force=agency.kind in ENFORCEMENT,
    )  # fmt: skip
    try:
        yield
    finally:
        work.actor = before


def _standing_account(work: Work, desk: Desk) -> User:
    name = f"outside-{desk.id.hex}"
    user = work.session.scalar(
        select(User).where(User.name == name).options(selectinload(User.desks))
    )
    if user is None:
        user = User(
            id=uuid4(), name=name, role=Role.PROTECTION_OFFICER, agency_id=desk.agency_id,
            password_phc=hash_password(secrets.token_urlsafe(32)), needs_passkey=True,
            created_on=work.now.date(), disabled_on=work.now.date(), desks=[desk],
        )  # fmt: skip
        work.session.add(user)
        user.totp_secret, user.display_name = secrets.token_hex(20), name
        work.session.flush()
    return user


def _part(letter: Letter, name: str) -> dict[str, Any]:
    found = letter.payload.get(name)
    if not isinstance(found, dict):
        raise LetterRefused(Reason.BAD_STATEMENT)
    return found
