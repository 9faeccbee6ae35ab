"""Passkeys: made, used, taken away; and every answer that is not quite right is refused."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from models.accounts import Passkey, SignIn, UsedChallenge, User
from models.log import LogEntry
from models.vocabulary import Factor
from tests.sign_in.authenticator import PRESENT, VERIFIED, Authenticator
from tests.sign_in.conftest import Enter, Visitor
from tests.world import PASSWORD, World
from workflows import accounts


def make(visitor: Visitor, **bent: int) -> Authenticator:
    """A passkey for whoever is signed in."""
    device = Authenticator()
    answer = device.make(visitor.get("/account/passkeys/options").text, **bent)
    made = visitor.send("/account/passkeys/new", {"label": "blue key", "answer": answer})
    assert made.status_code == 303, made.text
    return device


def options(visitor: Visitor) -> str:
    return visitor.get("/sign-in/passkey").text


def enter_with(visitor: Visitor, answer: str) -> int:
    return visitor.send("/sign-in/passkey", {"answer": answer}).status_code


@pytest.fixture
def device(enter: Enter) -> Authenticator:
    """The officer's passkey."""
    return make(enter())


def test_a_passkey_alone_opens_the_account_and_says_so(
    device: Authenticator, visitor: Visitor, world: World
) -> None:
    assert enter_with(visitor, device.answer(options(visitor))) == 303
    assert visitor.is_in()
    assert len(world.rows(SignIn, SignIn.factor == Factor.PASSKEY)) == 1
    assert world.rows(Passkey)[0].sign_count == 1


@pytest.mark.parametrize(
    "bent",
    [
        {"flags": PRESENT},
        {"flags": VERIFIED},
        {"origin": "http://localhost.elsewhere.example"},
        {"origin": "https://localhost"},
        {"domain": "elsewhere.example"},
        {"handle": bytes(range(16))},
        {"kind": "webauthn.create"},
    ],
    ids=str,
)
def test_an_answer_that_is_bent_opens_nothing(
    device: Authenticator, visitor: Visitor, bent: dict[str, object]
) -> None:
    assert enter_with(visitor, device.answer(options(visitor), **bent)) == 401  # type: ignore[arg-type]  # as listed
    assert not visitor.is_in()


def test_an_answer_opens_once(device: Authenticator, visitor: Visitor, world: World) -> None:
    answer = device.answer(options(visitor))
    assert enter_with(visitor, answer) == 303
    assert enter_with(visitor, answer) == 401
    assert len(world.rows(UsedChallenge)) == 2, "made once, opened once"


def test_a_challenge_is_for_one_use_and_five_minutes(
    device: Authenticator, enter: Enter, visitor: Visitor, world: World
) -> None:
    asked = options(visitor)
    world.clock.forward(minutes=5, seconds=1)
    assert enter_with(visitor, device.answer(asked)) == 401
    to_prove = enter().get("/sign-in/passkey").text
    assert enter_with(visitor, device.answer(to_prove)) == 401


def test_a_challenge_that_we_did_not_make_opens_nothing(
    device: Authenticator, visitor: Visitor
) -> None:
    forged = options(visitor).replace('"challenge": "', '"challenge": "AAAA')
    assert enter_with(visitor, device.answer(forged)) == 401


def test_a_copied_key_whose_counter_lags_opens_nothing(
    device: Authenticator, visitor: Visitor
) -> None:
    assert enter_with(visitor, device.answer(options(visitor))) == 303
    device.counter = 0
    assert enter_with(visitor, device.answer(options(visitor))) == 401


def test_somebody_who_can_write_the_database_cannot_give_a_passkey_to_another_account(
    device: Authenticator, visitor: Visitor, world: World
) -> None:
    victim = world.actor("administrator").user_id
    with world.work() as work:
        work.session.execute(update(Passkey).values(user_id=victim))
    device.handle = victim.bytes
    status = enter_with(visitor, device.answer(options(visitor)))
    assert status >= 400
    assert not visitor.is_in()


def test_a_passkey_of_a_closed_account_opens_nothing(
    device: Authenticator, visitor: Visitor, world: World
) -> None:
    with world.work("administrator") as work:
        accounts.disable_user(work, world.actor("officer").user_id)
    assert enter_with(visitor, device.answer(options(visitor))) == 401


def test_a_passkey_that_was_taken_away_opens_nothing(
    device: Authenticator, enter: Enter, visitor: Visitor, world: World
) -> None:
    row = world.rows(Passkey)[0]
    assert enter("colleague").send(f"/account/passkeys/{row.id}/remove").status_code == 404
    assert enter().send(f"/account/passkeys/{row.id}/remove").status_code == 303
    assert enter_with(visitor, device.answer(options(visitor))) == 401


def test_passkeys_are_not_made_without_verifying_the_user(enter: Enter) -> None:
    visitor = enter()
    answer = Authenticator().make(visitor.get("/account/passkeys/options").text, flags=PRESENT)
    refused = visitor.send("/account/passkeys/new", {"label": "", "answer": answer})
    assert refused.status_code == 422


def test_an_account_that_must_have_a_passkey_makes_one_first_and_then_opens_by_it_only(
    visitor: Visitor, world: World
) -> None:
    with world.work() as work:
        work.session.execute(update(User).where(User.name == "officer").values(needs_passkey=True))
    assert visitor.sign_in("officer").status_code == 303
    assert visitor.get("/today", follow_redirects=True).request.path == "/account/passkeys/new"
    assert visitor.send("/lock").status_code == 303, "what is one's own may be locked meanwhile"
    visitor = Visitor(visitor.app, world)
    world.clock.forward(seconds=30)
    assert visitor.sign_in("officer").status_code == 303
    device = make(visitor)
    assert visitor.get("/today").status_code == 200
    world.clock.forward(seconds=30)
    assert Visitor(visitor.app, world).sign_in("officer").status_code == 401
    fresh = Visitor(visitor.app, world)
    assert enter_with(fresh, device.answer(options(fresh))) == 303
    assert 'name="password"' not in fresh.get("/account/prove").text
    assert fresh.send("/account/prove", {"password": PASSWORD}).status_code == 403
    row = world.rows(Passkey)[0]
    kept = fresh.send(f"/account/passkeys/{row.id}/remove")
    assert kept.headers["Location"].endswith("last_passkey")


def test_failures_with_passkeys_count_for_the_address_and_shut_nobody_else_out(
    device: Authenticator, visitor: Visitor, world: World
) -> None:
    stranger = Authenticator()
    stranger.handle = device.handle
    for _ in range(world.settings.sign_in_limit):
        assert enter_with(visitor, stranger.answer(options(visitor))) == 401
    assert enter_with(visitor, device.answer(options(visitor))) == 429
    elsewhere = Visitor(visitor.app, world, "192.0.2.9")
    assert enter_with(elsewhere, device.answer(options(elsewhere))) == 303


@pytest.mark.asvs("6.3.1")
def test_whoever_spends_the_tries_of_a_name_does_not_lock_its_owner_out(
    device: Authenticator, visitor: Visitor, world: World
) -> None:
    """By passkey from anywhere; by password from where the account has signed in before."""
    assert visitor.sign_in("officer").status_code == 303
    for n in range(world.settings.sign_in_limit):
        thief = Visitor(visitor.app, world, f"198.51.100.{n}")
        assert thief.sign_in("officer", code="000000").status_code == 401
    world.clock.forward(seconds=30)
    assert Visitor(visitor.app, world, "203.0.113.1").sign_in("officer").status_code == 429
    assert Visitor(visitor.app, world).sign_in("officer").status_code == 303
    elsewhere = Visitor(visitor.app, world, "203.0.113.2")
    assert enter_with(elsewhere, device.answer(options(elsewhere))) == 303


def test_without_an_origin_there_are_no_passkeys_but_on_localhost(
    visitor: Visitor,
) -> None:
    answer = visitor.get("/sign-in/passkey", base_url="http://192.0.2.7")
    assert answer.status_code == 404
    assert "serai-passkey" not in visitor.get("/sign-in", base_url="http://192.0.2.7").text


def test_what_passkeys_are_made_and_used_for_is_in_the_log_without_their_content(
    device: Authenticator, visitor: Visitor, world: World
) -> None:
    enter_with(visitor, device.answer(options(visitor)))
    details = [
        row.detail for row in world.rows(LogEntry) if row.act in {"sign_in", "change_own_account"}
    ]
    assert {"set": "passkey"} in details
    assert {"factor": "passkey"} in details
