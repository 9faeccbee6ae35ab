"""Consents have a last day: before it the person is asked anew, and after it nothing waits on it any more.

Called by the tick, which may run twice and on several machines: a reminder is noted on the consent, and what
was withdrawn is no longer waiting.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, select

from models.cases import Task
from models.network import Post
from models.people import Consent
from models.referrals import Referral
from models.vocabulary import LetterKind, Role, TaskKind, Urgency, WithdrawalWish
from workflows import effects, letters, moving, talks, tasks
from workflows.policy import Act
from workflows.states import IN_CARE, ON_THE_CLOCK, TAKEN, WAITING, why_not
from workflows.work import Work

#: So long before the last day the person is asked anew; of a short consent, in the middle of its time.
ASK_BEFORE = timedelta(days=14)
#: So long a desk has to confirm that it has read of a consent that is gone.
CONFIRM_WITHIN = timedelta(hours=72)
#: The end of the key of the letter that tells a desk that a consent is gone.
GONE = "consent_gone"
_BATCH = 200


def see_to(work: Work) -> None:
    """Give the tasks to ask anew, and withdraw what still waits on a consent whose last day is over."""
    _ask_anew(work)
    _run_out(work)


def _rows(work: Work, *which: ColumnElement[bool]) -> list[tuple[Referral, Consent]]:
    rows = work.session.execute(
        select(Referral, Consent)
        .join(Consent, Referral.consent_id == Consent.id)
        .where(*which)
        .limit(_BATCH)
        .with_for_update(skip_locked=True)
    )
    return [(referral, consent) for referral, consent in rows]


def _ask_anew(work: Work) -> None:
    today = work.now.date()
    which = (
        Consent.expires_on <= today + ASK_BEFORE,
        Consent.expires_on >= today,
        Consent.withdrawn_on.is_(None),
        Consent.reminded_on.is_(None),
        Referral.state.in_(list(WAITING | IN_CARE)),
    )
    days = work.session.execute(
        select(Consent.id, Consent.recorded_on, Consent.expires_on)
        .join(Referral, Referral.consent_id == Consent.id)
        .where(*which)
        .order_by(Consent.expires_on, Consent.id)
    )
    # Chosen before the batch is cut: short consents whose time is still to come keep nobody else waiting.
    asked = [id_ for id_, given, last in days if last and today >= _ask_on(given, last)]
    for referral, consent in _rows(work, Consent.id.in_(asked[:_BATCH]), *which):
        assert consent.expires_on is not None
        consent.reminded_on = today
        zone = work.session.get_one(Post, referral.post_id).zone
        due = datetime.combine(consent.expires_on, time(23, 59), tzinfo=ZoneInfo(zone))
        tasks.give(
            work, TaskKind.ASK_CONSENT_AGAIN, Role.BORDER_OFFICIAL, Urgency.SOON, referral,
            post=referral.post_id, due_at=due,
        )  # fmt: skip


def _ask_on(given: date, last: date) -> date:
    return last - min(ASK_BEFORE, (last - given) / 2)


def _run_out(work: Work) -> None:
    rows = _rows(
        work,
        Consent.expires_on < work.now.date(),
        Referral.state.in_(list(ON_THE_CLOCK)),
    )
    for referral, _consent in rows:
        work.note(Act.TICK, "consent.over", person=referral.person_id)
        end(work, referral, "run_out", "clock", WithdrawalWish.STOP)
        asked_anew(work, referral)


def end(work: Work, referral: Referral, verb: str, side: str, wish: WithdrawalWish) -> None:
    """The consent on which a referral was sent is gone: its desk is told, and the need is the sender's again.

    Whose service has ended keeps its state; its desk is told all the same.
    """
    referral.withdrawal_wish = wish
    # Else a human holds it by name (`workflows.deadlines`).
    referral.next_step_at = work.now + CONFIRM_WITHIN
    if not why_not(moving.position_of(referral), verb, side):
        taken = referral.state in TAKEN
        referral.state = moving.require_move(referral, verb, side).after
        moving.reopen_need(work, referral)
        effects.close_answer_tasks(work, referral)
        if taken:
            talks.over(work, referral)
        moving.choose_another_desk(work, referral, Role.BORDER_OFFICIAL)
    letters.write(work, LetterKind.WITHDRAWAL, referral, key=f"{referral.id}/{GONE}")


def asked_anew(work: Work, referral: Referral) -> None:
    """The person was asked, or there is nothing left to ask them for."""
    tasks.end(work, referral.case_id, Task.kind == TaskKind.ASK_CONSENT_AGAIN)
