"""A person takes back their consent after a referral was sent: what was not on its way yet does not leave."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from models.agency_keys import OutsideParcel, OutsideThread
from models.people import Consent
from models.vocabulary import (
    LegalBasis,
    LetterState,
    OutsideState,
    Purpose,
    ReferralState,
    RefusalReason,
    RequestKind,
    RequestState,
)
from tests.letters.conftest import Pair
from tests.letters.test_by_network import Network
from tests.rights.test_requests import answer, take
from tests.workflows.test_consents import back
from tests.world import World
from workflows import outside, outside_post, referrals
from workflows.errors import Restricted
from workflows.outside import Answer

R, T = ReferralState, OutsideState


def agreed(world: World) -> tuple[str, str]:
    """A child whose referral left on her own consent: case number, referral number."""
    case = world.child()
    return case, world.send(case, basis=LegalBasis.CONSENT, consented=True)


@pytest.mark.parametrize("stage", ["needs", "identity"])
def test_no_letter_is_sealed_on_a_consent_that_was_taken_back(any_pair: Pair, stage: str) -> None:
    pair = any_pair
    case, number = agreed(pair.post)
    if stage == "identity":
        pair.take(pair.post, pair.answer(pair.seal(number), "accepted"))
    line = take(pair.post, case, RequestKind.OBJECTION, says="I take it back")
    with pytest.raises(Restricted):
        pair.seal(number)
    assert [row.withdrawn_on for row in pair.post.rows(Consent)] == [pair.post.now.date()]

    # Answered with reasons and refused, it stands in the way of nothing.
    answer(pair.post, case, line, RequestState.REFUSED, who="supervisor")
    assert pair.seal(number)


def test_whoever_agrees_again_afterwards_is_helped(pair: Pair) -> None:
    """On the same day: what counts is which came later."""
    case = pair.post.child()
    take(pair.post, case, RequestKind.OBJECTION, says="I take it back")
    number = pair.post.send(case, basis=LegalBasis.CONSENT, consented=True)
    assert pair.take(pair.away, pair.seal(number)).state is T.RECEIVED


def test_a_withdrawal_leaves_whatever_the_person_objects_to(pair: Pair) -> None:
    case, number = agreed(pair.post)
    pair.take(pair.away, pair.seal(number))
    take(pair.post, case, RequestKind.OBJECTION, says="I take it back")
    with pair.post.work("officer") as work:
        referrals.withdraw(work, number)
    assert pair.take(pair.away, pair.seal(number)).state is T.WITHDRAWN


def test_a_letter_that_waits_is_held_until_the_objection_is_answered(pair: Pair) -> None:
    local = Network(pair)
    local.cut = 1.0
    case, number = agreed(pair.post)
    local.rounds()
    line = take(pair.post, case, RequestKind.OBJECTION, says="I take it back")
    local.cut = 0.0
    for _ in range(6):
        pair.post.clock.forward(hours=7)
        local.rounds()
    assert pair.state(number) == (R.SENT, T.SEALED, None)
    (waiting,) = pair.post.rows(OutsideParcel)
    assert (waiting.state, waiting.answered, waiting.tries) == (LetterState.WAITING, "objected", 1)
    with pair.post.work("administrator") as work:
        assert [one.answered for one in outside_post.undelivered(work)] == ["objected"]

    answer(pair.post, case, line, RequestState.WITHDRAWN, who="supervisor")
    pair.post.clock.forward(hours=7)
    local.rounds()
    assert pair.state(number)[1:] == (T.SEALED, T.RECEIVED)


@pytest.mark.parametrize("stage", ["needs", "accepted", "refused"])
def test_taking_a_consent_back_reaches_the_holder_outside_and_is_receipted(
    any_pair: Pair, stage: str, figure: Callable[[str], None]
) -> None:
    local = Network(any_pair)
    case, number = agreed(any_pair.post)
    local.rounds()
    if stage == "accepted":
        local.answer("accepted")
    elif stage == "refused":
        thread = any_pair.away.rows(OutsideThread)[0]
        with any_pair.away.work() as work:
            row = work.session.get_one(OutsideThread, thread.id)
            given = Answer(kind="refused", reason=RefusalReason.NO_CAPACITY)
            outside_post.post(work, outside.answer_in(work, row, given))
    local.rounds(2)
    back(any_pair.post, case)
    local.rounds(3)
    assert any_pair.state(number)[1:] == (T.RECEIPTED, T.RECEIPTED)
    assert any_pair.post.referral(number).confirmed_at is not None
    (there,) = any_pair.away.rows(OutsideThread)
    with any_pair.away.work() as work:
        work.vault.grant(there.id, Purpose.IDENTITY, Purpose.PROTECTION)
        row = work.session.get_one(OutsideThread, there.id)
        assert (row.needs, row.identity) == (None, None)
        work.start_again()
    figure("consents taken back outside: reached their holder and receipted 100 % (1 of 1)")


def test_a_consent_that_ends_while_the_letter_waits_keeps_it_here(pair: Pair) -> None:
    local = Network(pair)
    local.cut = 1.0
    case = pair.post.child()
    today = pair.post.now.date()
    pair.post.send(case, basis=LegalBasis.CONSENT, consented=True, consent_until=today)
    local.rounds()
    for world in (pair.post, pair.away):
        world.clock.forward(days=1)
    local.cut = 0.0
    local.rounds()
    assert pair.away.rows(OutsideThread) == []
    (waiting,) = pair.post.rows(OutsideParcel)
    assert (waiting.state, waiting.answered) == (LetterState.WAITING, "consent_over")
