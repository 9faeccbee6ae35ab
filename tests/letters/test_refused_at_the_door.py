"""Letters that are not taken by an installation: the reason goes back, and nothing there has changed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import delete

from app.factory import create_app
from app.jobs.posting import PATH
from models.agency_keys import AgencyKey, OutsideLetter, OutsideThread
from models.vocabulary import OutsideState, ReferralState
from tests.letters.conftest import Pair
from tests.world import BORDER, GUARDIANS, World
from workflows import agency_keys

R, T = ReferralState, OutsideState


def revoke(agency: str) -> Callable[[World], None]:
    def act(world: World) -> None:
        with world.work() as work:
            for key in agency_keys.listed(work):
                if key.agency == agency:
                    agency_keys.revoke(work, key.kid)

    return act


def forget(agency: str) -> Callable[[World], None]:
    def act(world: World) -> None:
        with world.work() as work:
            work.session.execute(delete(AgencyKey).where(AgencyKey.agency == agency))

    return act


def later(**by: float) -> Callable[[World], None]:
    return lambda world: world.clock.forward(**by)


#: What is so where the letter comes, with the agencies of its sender and of its receiver -> the reason.
CASES: dict[str, tuple[Callable[[str, str], Callable[[World], None]], str]] = {
    "expired": (lambda _s, _r: later(days=31), "expired"),
    "clock far ahead": (lambda _s, _r: later(days=-1), "clock_ahead"),
    "clock a quarter of an hour ahead": (lambda _s, _r: later(minutes=-15), "clock_ahead"),
    "unknown key": (lambda sender, _r: forget(sender), "unknown_sender"),
    "revoked key": (lambda sender, _r: revoke(sender), "revoked_sender"),
    "own key revoked": (lambda _s, receiver: revoke(receiver), "own_key_revoked"),
    "for another": (lambda _s, receiver: forget(receiver), "other_recipient"),
}


def door(world: World, raw: bytes) -> tuple[int, object]:
    app = create_app(world.settings, storage=world.storage, clock=world.clock)
    answer = app.test_client().post(PATH, data=raw)
    return answer.status_code, answer.json


@pytest.mark.parametrize("case", CASES)
def test_a_referral_is_refused_with_the_reason_and_leaves_nothing(pair: Pair, case: str) -> None:
    change, reason = CASES[case]
    _, number = pair.post.sent()
    raw = pair.seal(number)
    change(BORDER, GUARDIANS)(pair.away)
    assert door(pair.away, raw) == (422, {"reason": reason})
    assert pair.away.rows(OutsideThread) == pair.away.rows(OutsideLetter) == []
    assert pair.state(number) == (R.SENT, T.SEALED, None)


@pytest.mark.parametrize("case", CASES)
def test_an_answer_is_refused_with_the_reason_and_changes_nothing(pair: Pair, case: str) -> None:
    change, reason = CASES[case]
    _, number = pair.post.sent()
    raw = pair.answer(pair.seal(number), "accepted")
    letters = len(pair.post.rows(OutsideLetter))
    change(GUARDIANS, BORDER)(pair.post)
    assert door(pair.post, raw) == (422, {"reason": reason})
    assert pair.state(number)[:2] == (R.SENT, T.SEALED)
    assert len(pair.post.rows(OutsideLetter)) == letters


def test_an_answer_to_a_referral_that_was_never_sent_is_refused(pair: Pair) -> None:
    """The post's database was put back to before: nothing is invented from the answer."""
    _, number = pair.post.sent()
    raw = pair.answer(pair.seal(number), "accepted")
    with pair.post.work() as work:
        work.session.execute(delete(OutsideLetter))
        work.session.execute(delete(OutsideThread))
    assert door(pair.post, raw) == (422, {"reason": "unknown_referral"})
    assert pair.post.rows(OutsideThread) == []
