"""ID tokens that somebody else made, or for something else, open nothing; no token is kept anywhere."""

from __future__ import annotations

import hmac
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import pytest
from flask import Flask
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from joserfc.jws import JWSRegistry

from app.factory import create_app
from app.openid import Begun, Provider, ProviderFailed
from app.work import Engines
from models.accounts import SignIn
from tests.policy.test_sessions import contents
from tests.sign_in.conftest import Visitor
from tests.world import World
from workflows import federation

ISSUER = "https://login.example.org"
CLIENT, SUBJECT = "serai", "b3f1-invented"
BEGUN = Begun("a" * 43, "n" * 43, "v" * 64)
ACCESS = "canary-of-an-access-token"
KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
STRANGER = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
NONE, SHARED = b'{"alg":"none","typ":"JWT"}', b'{"alg":"HS256","kid":"one"}'
ANY = JWSRegistry(algorithms=["RS256", "HS256", "none"], strict_check_header=False)


class Answers:
    """The provider as its client meets it, without a network."""

    def __init__(self, token: str, issuer: str = ISSUER) -> None:
        self.token = token
        self.issuer = issuer
        self.asked: list[tuple[str, bool]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is open."""

    def request(self, _method: str, url: str, *, withhold_token: bool = False) -> Answers:
        self.asked.append((url, withhold_token))
        return self

    def raise_for_status(self) -> None:
        """All is well."""

    def json(self) -> Any:
        if self.asked[-1][0].endswith("/jwks"):
            return KeySet([KEY]).as_dict(private=False)
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        }

    def fetch_token(self, url: str, **_told: str) -> dict[str, str]:
        self.asked.append((url, False))
        return {"id_token": self.token, "access_token": ACCESS, "token_type": "Bearer"}

    def create_authorization_url(self, url: str, **told: str) -> tuple[str, str]:
        return f"{url}?state={told['state']}", told["state"]


def claims(**changed: Any) -> dict[str, Any]:
    now = int(time.time())
    told = {
        "iss": ISSUER,
        "aud": CLIENT,
        "sub": SUBJECT,
        "nonce": BEGUN.nonce,
        "iat": now,
        "exp": now + 300,
        "amr": ["mfa"],
    }
    return {name: value for name, value in {**told, **changed}.items() if value is not None}


def token(key: Any = KEY, header: dict[str, Any] | None = None, **changed: Any) -> str:
    head = {"alg": "RS256", "kid": "one", **(header or {})}
    return jwt.encode(head, claims(**changed), key, registry=ANY)


def packed(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def unsigned() -> str:
    return f"{packed(NONE)}.{token().split('.')[1]}."


def by_shared_secret() -> str:
    """Signed with what everybody knows, the public key, as if it were a secret."""
    said = f"{packed(SHARED)}.{token().split('.')[1]}"
    public = KEY.as_pem(private=False)
    return f"{said}.{packed(hmac.digest(public, said.encode(), 'sha256'))}"


def with_key_inside() -> str:
    return token(
        STRANGER, {"jwk": STRANGER.as_dict(private=False), "jku": "https://x.example/jwks"}
    )


@pytest.fixture
def settings(world: World, tmp_path: Path) -> Any:
    (tmp_path / "secret").write_text("a secret of this test", encoding="utf-8")
    return replace(
        world.settings,
        origin="http://localhost",
        oidc_issuer=ISSUER,
        oidc_client_id=CLIENT,
        oidc_secret_file=tmp_path / "secret",
    )


def finish(settings: Any, world: World, answers: Answers, monkeypatch: Any) -> Any:
    monkeypatch.setattr(Provider, "_session", lambda _self: answers)
    world.clock.now = world.clock.now.fromtimestamp(int(time.time()), world.clock.now.tzinfo)
    provider = Provider(settings, "http://localhost/back")
    return provider.finish(BEGUN, {"state": BEGUN.state, "code": "c"}, world.now)


def test_a_sound_token_says_who_it_is(settings: Any, world: World, monkeypatch: Any) -> None:
    said = finish(settings, world, Answers(token()), monkeypatch)
    assert (said.issuer, said.subject, said.factors) == (ISSUER, SUBJECT, ("mfa",))


FORGED = {
    "signed by another key": lambda: token(STRANGER),
    "not signed": unsigned,
    "signed with the public key as a secret": by_shared_secret,
    "its own key inside": with_key_inside,
    "cut": lambda: token()[:-8],
    "other claims": lambda: ".".join(
        [token().split(".")[0], token(sub="somebody").split(".")[1], token().split(".")[2]]
    ),
}


@pytest.mark.asvs("6.8.2", "9.1.1", "9.1.2", "9.1.3")
@pytest.mark.parametrize("how", FORGED)
def test_a_token_that_the_provider_did_not_sign_opens_nothing(
    settings: Any, world: World, monkeypatch: Any, how: str
) -> None:
    answers = Answers(FORGED[how]())
    with pytest.raises(ProviderFailed):
        finish(settings, world, answers, monkeypatch)
    assert {url for url, _ in answers.asked} <= {
        f"{ISSUER}/.well-known/openid-configuration",
        f"{ISSUER}/token",
        f"{ISSUER}/jwks",
    }, "keys are asked for where the provider says, not where the token says"


OTHER_USES = {
    "an access token": lambda: token(header={"typ": "at+jwt"}),
    "a token of a log-out": lambda: token(header={"typ": "logout+jwt"}),
    "without a nonce": lambda: token(nonce=None),
    "for another client": lambda: token(aud="another"),
    "for two, and asked for by another": lambda: token(aud=[CLIENT, "another"], azp="another"),
}


@pytest.mark.asvs("9.2.2")
@pytest.mark.parametrize("use", OTHER_USES)
def test_a_token_of_the_provider_for_another_use_opens_nothing(
    settings: Any, world: World, monkeypatch: Any, use: str
) -> None:
    with pytest.raises(ProviderFailed):
        finish(settings, world, Answers(OTHER_USES[use]()), monkeypatch)


@pytest.fixture
def app(settings: Any, world: World) -> Iterator[Flask]:
    world.settings = settings
    world.clock.now = world.clock.now.fromtimestamp(int(time.time()), world.clock.now.tzinfo)
    made = create_app(world.settings, storage=world.storage, clock=world.clock)
    made.extensions["serai"] = Engines(world.storage, world.shelf, world.settings, world.clock)
    return made


def sign_in(visitor: Visitor, answers: Answers, monkeypatch: Any) -> Any:
    monkeypatch.setattr(Provider, "_session", lambda _self: answers)
    made = {32: BEGUN.nonce, 48: BEGUN.verifier}
    monkeypatch.setattr("app.openid.secrets.token_urlsafe", made.__getitem__)
    assert visitor.get("/sign-in/provider").status_code == 303
    return visitor.get(f"/sign-in/provider/back?state={BEGUN.nonce}&code=c")


@pytest.mark.asvs("10.1.1")
def test_no_token_of_the_provider_is_kept_or_passed_on(
    visitor: Visitor, world: World, monkeypatch: Any
) -> None:
    with world.work() as work:
        federation.link(work, "officer", ISSUER, SUBJECT)
    answers = Answers(token())
    back = sign_in(visitor, answers, monkeypatch)
    assert back.status_code == 200
    assert visitor.is_in()
    kept = repr(contents(world)) + back.text + repr(list(back.headers))
    kept += repr([cookie.value for cookie in visitor.client._cookies.values()])
    assert ACCESS not in kept
    assert answers.token not in kept
    assert all(withheld for url, withheld in answers.asked if not url.endswith("/token"))


@pytest.mark.asvs("6.8.1")
def test_the_same_subject_of_another_provider_is_somebody_else(
    visitor: Visitor, world: World, monkeypatch: Any
) -> None:
    with world.work() as work:
        federation.link(work, "officer", "https://other.example.org", SUBJECT)
    assert sign_in(visitor, Answers(token()), monkeypatch).status_code == 401
    assert not visitor.is_in()


@pytest.mark.asvs("7.6.1")
@pytest.mark.parametrize("end", ["idle", "too old", "sign-out"])
def test_a_session_by_the_provider_ends_here_like_any_other(
    visitor: Visitor, world: World, monkeypatch: Any, end: str
) -> None:
    with world.work() as work:
        federation.link(work, "officer", ISSUER, SUBJECT)
    answers = Answers(token())
    assert sign_in(visitor, answers, monkeypatch).status_code == 200
    asked = len(answers.asked)
    if end == "idle":
        world.clock.now += world.settings.idle_limit
        assert visitor.is_in()
        world.clock.now += world.settings.idle_limit
        world.clock.forward(seconds=1)
    elif end == "too old":
        for _ in range(73):
            assert visitor.is_in()
            world.clock.forward(minutes=10)
    else:
        assert visitor.send("/sign-out").status_code == 303
    assert not visitor.is_in()
    assert len(answers.asked) == asked, "the provider is not told, and its session is its own"


@pytest.mark.asvs("7.6.2")
@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_page_elsewhere_cannot_sign_anybody_in(
    visitor: Visitor, world: World, monkeypatch: Any, site: str
) -> None:
    answers = Answers(token())
    monkeypatch.setattr(Provider, "_session", lambda _self: answers)
    begun = visitor.get("/sign-in/provider", headers={"Sec-Fetch-Site": site})
    assert begun.status_code == 403
    assert "Location" not in begun.headers
    assert answers.asked == []
    assert world.rows(SignIn) == []
    pressed = visitor.get("/sign-in/provider", headers={"Sec-Fetch-Site": "same-origin"})
    assert pressed.status_code == 303
