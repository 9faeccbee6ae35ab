"""Signing in through a real OpenID provider that runs here; and whatever does not hold opens nothing."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import httpx2
import pytest
from flask import Flask
from sqlalchemy import update

from app.cli.user import link as link_command
from app.factory import create_app
from app.openid import Begun, Provider, ProviderFailed
from app.work import Engines
from models.accounts import ExternalIdentity, SignIn
from models.vocabulary import Factor
from tests.sign_in.conftest import Visitor
from tests.world import World
from workflows import accounts, federation
from workflows.errors import InvalidCommand

CLIENT, SECRET = "serai", "a secret of this test"
SUBJECT = "b3f1-invented"
BACK = "http://localhost/sign-in/provider/back"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """The provider's address; it lasts for these tests."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    place = str(Path(__file__).with_name("provider.py"))
    process = subprocess.Popen(
        [sys.executable, place, str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    for _ in range(200):
        try:
            httpx2.get(f"{address}/jwks", timeout=1)
            break
        except httpx2.TransportError:
            time.sleep(0.1)
    yield address
    process.terminate()
    process.wait(10)


@pytest.fixture
def app(world: World, issuer: str, tmp_path: Path) -> Flask:
    (tmp_path / "secret").write_text(SECRET, encoding="utf-8")
    # The provider's clock is this machine's.
    world.clock.now = world.clock.now.fromtimestamp(int(time.time()), world.clock.now.tzinfo)
    world.settings = replace(
        world.settings,
        origin="http://localhost",
        oidc_issuer=issuer,
        oidc_client_id=CLIENT,
        oidc_secret_file=tmp_path / "secret",
        oidc_name="The ministry",
    )
    with world.work() as work:
        federation.link(work, "officer", issuer, SUBJECT)
    claims(issuer, SUBJECT, amr=["pwd", "mfa"])
    made = create_app(world.settings, storage=world.storage, clock=world.clock)
    made.extensions["serai"] = Engines(world.storage, world.shelf, world.settings, world.clock)
    return made


def claims(issuer: str, subject: str, **said: object) -> None:
    httpx2.put(f"{issuer}/users/{subject}", json=said, timeout=5).raise_for_status()


def there(visitor: Visitor, subject: str = SUBJECT) -> str:
    """What the provider sends the browser back with, as path and query of ours."""
    begun = visitor.get("/sign-in/provider")
    assert begun.status_code == 303, begun.text
    agreed = httpx2.post(begun.headers["Location"], data={"sub": subject}, timeout=5)
    back = urlsplit(agreed.headers["Location"])
    assert f"{back.scheme}://{back.netloc}{back.path}" == BACK
    return urlunsplit(("", "", back.path, back.query, ""))


@pytest.mark.asvs("10.5.2")
def test_a_linked_subject_opens_its_account(visitor: Visitor, world: World) -> None:
    assert "The ministry" in visitor.get("/sign-in").text
    back = visitor.get(there(visitor))
    assert back.status_code == 200
    assert 'content="0; url=/"' in back.text
    assert visitor.is_in()
    row = world.rows(SignIn, SignIn.factor == Factor.PROVIDER)[0]
    assert row.user_id == world.actor("officer").user_id


@pytest.mark.asvs("10.5.2")
def test_nobody_is_made_an_account(visitor: Visitor, issuer: str) -> None:
    claims(issuer, "officer", amr=["mfa"], email="officer@example.org")
    assert visitor.get(there(visitor, "officer")).status_code == 401
    assert not visitor.is_in()


@pytest.mark.asvs("6.8.4")
@pytest.mark.parametrize("said", [{}, {"amr": ["pwd"]}, {"acr": "1"}, {"amr": []}])
def test_a_provider_that_asked_for_a_password_only_opens_nothing(
    visitor: Visitor, issuer: str, said: dict[str, object]
) -> None:
    claims(issuer, SUBJECT, **said)
    assert visitor.get(there(visitor)).status_code == 401


@pytest.mark.asvs("6.8.4")
def test_acr_counts_as_well(visitor: Visitor, issuer: str) -> None:
    claims(issuer, SUBJECT, acr="phr")
    assert visitor.get(there(visitor)).status_code == 200


def test_a_closed_account_and_a_taken_link_open_nothing(visitor: Visitor, world: World) -> None:
    with world.work("administrator") as work:
        accounts.disable_user(work, world.actor("officer").user_id)
    assert visitor.get(there(visitor)).status_code == 401
    with world.work() as work:
        assert federation.unlink(work, "officer")
        assert not federation.unlink(work, "officer")
    assert visitor.get(there(visitor)).status_code == 401


@pytest.mark.asvs("10.2.1", "10.2.2")
@pytest.mark.parametrize("changed", [{"state": "x"}, {"code": "x"}, {"iss": "https://x.example"}])
def test_what_comes_back_changed_opens_nothing(visitor: Visitor, changed: dict[str, str]) -> None:
    path, _, query = there(visitor).partition("?")
    told = {name: values[0] for name, values in parse_qs(query).items()}
    assert visitor.get(f"{path}?{urlencode({**told, **changed})}").status_code == 401
    assert not visitor.is_in()


@pytest.mark.asvs("10.1.2")
def test_another_browser_cannot_finish_it_and_none_can_twice(
    visitor: Visitor, world: World
) -> None:
    back = there(visitor)
    thief = Visitor(visitor.app, world, "198.51.100.1")
    assert thief.get(back).status_code == 400
    assert visitor.get(back).status_code == 200
    assert Visitor(visitor.app, world).get(back).status_code == 400


@pytest.mark.asvs("9.2.1", "9.2.3", "10.1.2", "10.5.1", "10.5.3", "10.5.4")
@pytest.mark.parametrize("bent", ["nonce", "verifier", "audience", "issuer", "late"])
def test_a_token_that_was_made_for_something_else_opens_nothing(
    app: Flask, world: World, issuer: str, bent: str
) -> None:
    provider = Provider(world.settings, BACK)
    address, begun = provider.begin()
    agreed = httpx2.post(address, data={"sub": SUBJECT}, timeout=5)
    answer = {n: v[0] for n, v in parse_qs(urlsplit(agreed.headers["Location"]).query).items()}
    now = world.now
    if bent in {"nonce", "verifier"}:
        begun = replace(begun, **{bent: "x" * 43})
    elif bent == "late":
        now = now.replace(year=now.year + 1)
    else:
        field = {"audience": "oidc_client_id", "issuer": "oidc_issuer"}[bent]
        told = {"audience": "another", "issuer": f"{issuer}/"}[bent]
        provider = Provider(replace(world.settings, **{field: told}), BACK)
    with pytest.raises(ProviderFailed):
        provider.finish(begun, answer, now)


@pytest.mark.asvs("16.5.2")
def test_a_provider_that_is_away_is_said_and_the_password_stays(
    visitor: Visitor, world: World
) -> None:
    away = replace(world.settings, oidc_issuer="http://127.0.0.1:9")
    engines: Engines = visitor.app.extensions["serai"]
    visitor.app.extensions["serai"] = replace(engines, settings=away)
    page = visitor.get("/sign-in/provider")
    assert page.status_code == 503
    assert 'name="password"' in page.text
    visitor.app.extensions["serai"] = replace(engines, settings=replace(away, oidc_issuer=None))
    assert visitor.get("/sign-in/provider").status_code == 404


def test_a_row_written_into_the_database_links_nobody(visitor: Visitor, world: World) -> None:
    victim = world.actor("administrator").user_id
    with world.work() as work:
        work.session.execute(update(ExternalIdentity).values(user_id=victim))
    assert visitor.get(there(visitor)).status_code >= 400
    assert not visitor.is_in()


def test_a_subject_stands_for_one_account(world: World, issuer: str, app: Flask) -> None:
    for name, subject in (("colleague", SUBJECT), ("nobody", "x"), ("officer", "")):
        with pytest.raises(InvalidCommand), world.work() as work:
            federation.link(work, name, issuer, subject)
    assert link_command.name == "link"
    assert Begun("a", "b", "c") == Begun("a", "b", "c")
