"""Referrals that are printed: the packet as its desk may read it now, with a line in the log that says so."""

from __future__ import annotations

from sqlalchemy import select

from models.referrals import Packet
from workflows import moving
from workflows.desk_lists import ReferralShown, as_shown
from workflows.errors import NotFound
from workflows.moving import find_referral, resource_of
from workflows.policy import Act
from workflows.work import Work


def printed(work: Work, number: str) -> ReferralShown:
    """One referral to be printed: the packet as far as the desk may read it now. The log says so."""
    referral = find_referral(work, number)
    resource, person = resource_of(work, referral), referral.person_id
    work.allow(Act.READ_PACKET, resource, person=person, detail={"as": "form"})
    packet = work.session.scalar(select(Packet).where(Packet.referral_id == referral.id))
    if packet is None:
        raise NotFound
    moving.see(work, referral)
    identity = None
    if resource.taken:
        work.allow(Act.READ_PACKET_IDENTITY, resource, person=person, detail={"as": "form"})
        identity = packet.identity
    return as_shown(work, referral, packet=packet.needs or {}, identity=identity)
