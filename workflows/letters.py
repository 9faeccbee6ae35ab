"""The outbox: letters written in the transaction of what they tell, delivered at least once.

This cut delivers to desks and posts inside the system: the letter becomes a task in their list. Sealed
letters to agencies outside are issue 5. Nothing is dropped: after too many tries a letter is
`stuck`, and shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import or_, select

from models.referrals import Letter, Referral
from models.vocabulary import LetterKind, LetterState, ReferralState, Role, TaskKind
from workflows import moving, tasks
from workflows.policy import Act
from workflows.restrictions import may_still_leave
from workflows.states import WAITING
from workflows.work import Work

_LEASE = timedelta(minutes=2)
_TRIES = 8
_BATCH = 100

#: Who hears of a letter: the desk it was sent to, or the sender's post.
_TO_DESK = (LetterKind.REFERRAL, LetterKind.WITHDRAWAL, LetterKind.REPLY)


def write(work: Work, kind: LetterKind, referral: Referral, *, key: str) -> Letter:
    """Put a letter into the outbox, in the transaction at hand. The same `key` twice is refused."""
    to_desk = kind in _TO_DESK
    letter = Letter(
        id=uuid4(),
        key=key,
        kind=kind,
        state=LetterState.WAITING,
        referral_id=referral.id,
        desk_id=referral.desk_id if to_desk else None,
        post_id=None if to_desk else referral.post_id,
        written_at=work.now,
        not_before=work.now,
    )
    work.session.add(letter)
    return letter


@dataclass(frozen=True)
class Delivered:
    """What one round of delivery did."""

    delivered: int
    stuck: int


def deliver(work: Work) -> Delivered:
    """Deliver what waits. Delivery and its note are one transaction, so inside the system it is
    exactly once.
    """
    work.allow(Act.DELIVER)
    waiting = work.session.scalars(
        select(Letter)
        .where(
            Letter.not_before <= work.now,
            or_(
                Letter.state == LetterState.WAITING,
                (Letter.state == LetterState.LEASED) & (Letter.lease_until < work.now),
            ),
        )
        .order_by(Letter.not_before)
        .limit(_BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    delivered = stuck = 0
    for letter in waiting:
        letter.tries += 1
        referral = work.session.get(Referral, letter.referral_id)
        if referral is None:
            letter.state = LetterState.STUCK if letter.tries >= _TRIES else LetterState.WAITING
            letter.not_before = work.now + _LEASE * letter.tries
            stuck += letter.state is LetterState.STUCK
            continue
        if letter.kind is LetterKind.REFERRAL and _is_held(work, letter, referral):
            continue
        _hand_over(work, letter, referral)
        letter.state = LetterState.DELIVERED
        letter.delivered_at = work.now
        delivered += 1
    return Delivered(delivered, stuck)


def _is_held(work: Work, letter: Letter, referral: Referral) -> bool:
    """An objection or the end of a consent holds what was not told yet, and uses no try up."""
    if referral.state not in WAITING or may_still_leave(work, referral):
        return False
    letter.tries -= 1
    letter.not_before = work.now + _LEASE
    return True


def _hand_over(work: Work, letter: Letter, referral: Referral) -> None:
    if letter.kind is not LetterKind.REFERRAL or referral.state not in WAITING:
        return
    if referral.received_at is None:
        referral.received_at = work.now
    if referral.state is ReferralState.SENT:
        referral.state = moving.require_move(referral, "receive", "clock").after
    tasks.give(
        work,
        TaskKind.ANSWER_REFERRAL,
        Role.PROTECTION_OFFICER,
        referral.urgency,
        referral,
        desk=referral.desk_id,
        due_at=referral.due_at,
    )
