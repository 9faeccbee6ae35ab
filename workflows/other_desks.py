"""Desks to which a referral may be passed on: open, with a place, for the same need where the person is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from models.cases import Case
from models.network import Agency, Desk, Post, Service
from models.referrals import Packet
from workflows import places, routing
from workflows.moving import find_referral, resource_of
from workflows.policy import Act
from workflows.routing import doors_for
from workflows.work import Work

Names = Mapping[str, str]


@dataclass(frozen=True)
class OtherDesk:
    """A desk that may meet the same need there."""

    code: str
    names: Names
    agency: Names


def of(work: Work, number: str) -> tuple[OtherDesk, ...]:
    """Open desks, other than its own, that may meet a referral's need where the person is."""
    referral = find_referral(work, number)
    work.allow(Act.REDIRECT_REFERRAL, resource_of(work, referral), person=referral.person_id)
    packet = work.session.scalar(select(Packet).where(Packet.referral_id == referral.id))
    need = (packet.needs or {}).get("need", "") if packet else ""
    case = work.session.get_one(Case, referral.case_id)
    post = work.session.get_one(Post, referral.post_id)
    rows = work.session.execute(
        select(Desk, Agency)
        .join(Service, Service.desk_id == Desk.id)
        .join(Agency, Desk.agency_id == Agency.id)
        .where(
            *doors_for(need, post, work.now.date()),
            places.free(),
            # Under no roof where two would meet who are kept apart; that one is left out is not told.
            Desk.id.not_in({referral.desk_id, *routing.avoid(work, case, need).desks}),
        )
        .order_by(Service.rank, Desk.code)
    )
    found = {desk.code: OtherDesk(desk.code, desk.names, agency.names) for desk, agency in rows}
    return tuple(found.values())
