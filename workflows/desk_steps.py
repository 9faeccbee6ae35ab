"""What a desk does beside accepting and refusing: a waiting list, the start of the service, who did not come.

A waiting list is no acceptance: the sender keeps the duty and the need is open, so that another desk may take
the person at once. It ends on the day that the desk has named, and it is said once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from models.cases import Case
from models.referrals import Referral
from models.vocabulary import Role
from workflows import caring, desks, moving, talks
from workflows.answering import WAITING_AT_MOST
from workflows.errors import InvalidCommand
from workflows.moving import Moved
from workflows.policy import Act
from workflows.work import Work


@dataclass(frozen=True, kw_only=True)
class PutOnWaitingList:
    """No place now: the day on which the desk expects one."""

    number: str
    expected_on: date


def wait(work: Work, command: PutOnWaitingList) -> Moved:
    """Put the person on the desk's waiting list; the need stays the sender's.

    Raises:
        InvalidCommand: the day is not after today, or later than the urgency allows.
        NotAllowedNow: it was on a waiting list before, or is taken or has ended.
    """
    referral, move = moving.ready(work, command.number, "wait", Act.PUT_ON_WAITING_LIST, "desk")
    case = work.session.get_one(Case, referral.case_id)
    zone, today = caring.zone_of(work, case), caring.today_at(work, case)
    latest = latest_day(today, referral)
    if not today < command.expected_on <= latest:
        raise InvalidCommand(field="expected_on", days=(latest - today).days)
    referral.state = move.after
    referral.expected_on = command.expected_on
    ends = datetime.combine(command.expected_on, time(23, 59, 59), tzinfo=zone).astimezone(UTC)
    moving.run_clock(referral, work.now, ends)
    moving.reopen_need(work, referral)
    moving.choose_another_desk(work, referral, Role.BORDER_OFFICIAL)
    desks.answered(work, referral)
    return Moved(referral.number, referral.state)


def latest_day(today: date, referral: Referral) -> date:
    """The last day that a desk may name."""
    return today + timedelta(days=WAITING_AT_MOST[referral.urgency].days)


def start_service(work: Work, number: str) -> Moved:
    """The service has begun; also for somebody who came late.

    Raises:
        NotAllowedNow: it was not taken, has started, or its outcome is reported.
    """
    referral, move = moving.ready(work, number, "start_service", Act.START_SERVICE, "desk")
    referral.state = move.after
    referral.started_at = work.now
    moving.need_has_desk(work, referral)
    desks.tell_sender(work, referral)
    return Moved(referral.number, referral.state)


def no_show(work: Work, number: str) -> Moved:
    """The person did not come: the need is open again, and the sender's side is told and looks for them.

    Raises:
        NotAllowedNow: it was not taken, or the service has started.
    """
    referral, move = moving.ready(work, number, "no_show", Act.RECORD_NO_SHOW, "desk")
    referral.state = move.after
    moving.reopen_need(work, referral)
    moving.choose_another_desk(work, referral, Role.SUPERVISOR)
    moving.choose_another_desk(work, referral, Role.BORDER_OFFICIAL)
    talks.over(work, referral)
    desks.tell_sender(work, referral)
    return Moved(referral.number, referral.state)
