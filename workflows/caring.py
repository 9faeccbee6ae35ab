"""The case of a referral that one of the actor's desks has in care: the way in to casework."""

from __future__ import annotations

from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from models.cases import Case
from models.network import Desk, Post
from models.referrals import Referral
from workflows.casework import open_case
from workflows.moving import find_referral, resource_of
from workflows.policy import Act, require
from workflows.work import Work


def in_care(work: Work, number: str, act: Act) -> tuple[Case, Referral]:
    """The case and the referral by its number, if the actor may do `act` to the case. Logs the act.

    Raises:
        NotFound: not taken by one of the actor's desks.
    """
    referral = find_referral(work, number)
    work.asked = act
    require(work.actor, Act.READ_PACKET_IDENTITY, resource_of(work, referral))
    case = work.session.get_one(Case, referral.case_id)
    return open_case(work, case.number, act), referral


def today_at(work: Work, case: Case) -> date:
    """The day at the case's post, which is that of the desks there."""
    return work.now.astimezone(zone_of(work, case)).date()


def zone_of(work: Work, case: Case) -> ZoneInfo:
    """The zone of the case's post."""
    return ZoneInfo(work.session.get_one(Post, case.post_id).zone)


def zone_of_desk(work: Work, desk_id: UUID) -> ZoneInfo:
    """The zone in which a desk tells its hours and its appointments."""
    return ZoneInfo(work.session.get_one(Desk, desk_id).zone)
