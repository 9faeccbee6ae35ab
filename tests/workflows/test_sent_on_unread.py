"""A case whose need lost its desk is sent on without being read by who sends it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models.log import LogEntry
from models.people import Person
from models.referrals import Packet, Referral
from models.vault.errors import Denied
from models.vocabulary import LegalBasis, NeedState, Purpose, RefusalReason
from tests.world import GUARDIANS, World
from workflows import desks, post_outcomes, referrals
from workflows.casework import open_case
from workflows.policy import Act


def lost(world: World) -> str:
    """A screened case whose desk refused: the need waits for another one."""
    number, referral = world.sent()
    world.finish(number)
    with world.work("guardian") as work:
        desks.refuse(work, desks.RefuseReferral(number=referral, reason=RefusalReason.NO_CAPACITY))
    return number


@pytest.mark.parametrize("who", ["officer", "supervisor"])
def test_the_packet_passes_unread_to_the_next_desk(world: World, who: str) -> None:
    number = lost(world)
    before = len(world.rows(LogEntry))
    with world.work(who) as work:
        proposal = next(
            p for p in referrals.propose(work, number) if p.state is NeedState.OPEN and p.desks
        )
        desk = proposal.desks[0]
        shown = referrals.preview(work, number, proposal.need_id, desk.desk)
        assert shown.read is False
        assert shown.fields
        assert set(shown.fields.values()) == {None}
        assert (shown.facts, shown.profiles, shown.holds) == ({}, {}, ())
        page = post_outcomes.preview_page(work, number, proposal.need_id, desk.id)
        assert page.packet == shown
    with world.work(who) as work:
        sent = referrals.send(
            work,
            referrals.SendReferral(
                case_number=number,
                need_id=proposal.need_id,
                desk=desk.desk,
                legal_basis=LegalBasis.BEST_INTEREST,
            ),
        )
    read = [row for row in world.rows(LogEntry)[before:] if row.act == "read"]
    assert read == [], "nothing of the person was opened to the sender"
    with world.work() as work:
        row = work.session.scalars(select(Referral).where(Referral.number == sent.number)).one()
        packet = work.session.scalars(select(Packet).where(Packet.referral_id == row.id)).one()
        with work.computing(row.person_id, Purpose.IDENTITY, Purpose.PROTECTION):
            assert packet.identity
            assert packet.needs["fields"]


@pytest.mark.parametrize("who", ["officer", "supervisor"])
def test_no_purpose_opens_with_the_right_to_send_on(world: World, who: str) -> None:
    number = lost(world)
    with world.work(who) as work:
        case = open_case(work, number, Act.SEND_REFERRAL)
        person = work.session.get_one(Person, case.person_id)
        for field in ("names", "traits", "contact"):
            with pytest.raises(Denied):
                getattr(person, field)
        with pytest.raises(Denied):
            assert case.urgent_needs
        referrals.propose(work, number)
        with pytest.raises(Denied):
            assert person.names


def test_while_the_screening_is_open_the_sender_reads_what_leaves(world: World) -> None:
    number = world.child()
    proposal = world.proposal(number, "guardian")
    with world.work("officer") as work:
        shown = referrals.preview(work, number, proposal.need_id, proposal.desks[0].desk)
    assert shown.read
    assert None not in shown.fields.values()
    assert GUARDIANS in proposal.desks[0].desk
