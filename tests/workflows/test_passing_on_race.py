"""Two officers answer one referral differently at the same moment: one answer counts, and one desk has it."""

from __future__ import annotations

from models.network import Reservation
from models.referrals import Packet, Referral
from models.vocabulary import NeedState, ReferralState
from tests.workflows.test_desk_answers import redirect, refuse, serves, together
from tests.world import ASYLUM_DESK, World
from workflows.errors import ChangedMeanwhile, NotAllowedNow

S = ReferralState


def test_of_accepting_and_passing_on_at_once_one_desk_has_it(any_world: World) -> None:
    for who in ("guardian", "guardian2"):
        any_world.actor(who)
    serves(any_world, ASYLUM_DESK)
    for n in range(3):
        _, referral = any_world.sent(name=f"Zarifa {'abc'[n]}")

        def act(n: int, referral: str = referral) -> None:
            if n:
                any_world.accept(referral)
            else:
                redirect(any_world, referral, who="guardian2")

        ended = together(2, act)
        assert sum(error is None for error in ended) == 1, ended
        assert {type(error) for error in ended if error} <= {ChangedMeanwhile, NotAllowedNow}
        old = any_world.referral(referral)
        onward = any_world.rows(Referral, Referral.previous_id == old.id)
        assert (old.state, len(onward)) in {(S.ACCEPTED, 0), (S.REDIRECTED, 1)}
        holder = onward[0] if onward else old
        places = any_world.rows(Reservation, Reservation.referral_id.in_([old.id, holder.id]))
        assert [one.referral_id for one in places] == [holder.id]
        assert len(any_world.rows(Packet, Packet.referral_id == holder.id)) == 1
        assert any_world.need_state(referral) is NeedState.REFERRED


def test_of_accepting_and_refusing_at_once_one_counts(any_world: World) -> None:
    for who in ("guardian", "guardian2"):
        any_world.actor(who)
    for n in range(3):
        _, referral = any_world.sent(name=f"Zarifa {'abc'[n]}")

        def act(n: int, referral: str = referral) -> None:
            if n:
                any_world.accept(referral)
            else:
                refuse(any_world, referral, "guardian2")

        ended = together(2, act)
        assert sum(error is None for error in ended) == 1, ended
        found = any_world.referral(referral).state, any_world.need_state(referral)
        assert found in {(S.ACCEPTED, NeedState.REFERRED), (S.REFUSED, NeedState.OPEN)}
