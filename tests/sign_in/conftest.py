"""A browser for each officer, on a world of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.factory import create_app
from app.work import Engines
from models.vault.factors import code_at
from tests.policy.surface import session_of, token_in
from tests.world import PASSWORD, World


@dataclass
class Visitor:
    """A browser at an address; passkeys are bound to localhost."""

    app: Flask
    world: World
    address: str = "192.0.2.1"
    client: FlaskClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.app.test_client()

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, environ_base={"REMOTE_ADDR": self.address}, **more)

    def post(self, path: str, data: dict[str, Any], **more: Any) -> TestResponse:
        base = {"REMOTE_ADDR": self.address}
        return self.client.post(path, data=data, environ_base=base, **more)

    def send(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> TestResponse:
        """Post with a token of the page."""
        token = token_in(self.get("/sign-in").text)
        return self.post(path, {"csrf_token": token, **(data or {})}, **more)

    def sign_in(self, who: str, **changed: str) -> TestResponse:
        code = code_at(self.world.secrets[who], self.world.now)
        return self.send("/sign-in", {"name": who, "password": PASSWORD, "code": code, **changed})

    @property
    def cookie(self) -> str:
        found = self.client.get_cookie("serai")
        assert found is not None
        return found.value

    def bring(self, token: str) -> None:
        """Come with the cookie of a session."""
        self.client.set_cookie("serai", token)

    def is_in(self) -> bool:
        """Whether the account's page opens."""
        return self.get("/account/").status_code == 200


Enter = Callable[..., Visitor]


@pytest.fixture
def app(world: World) -> Flask:
    made = create_app(world.settings, storage=world.storage, clock=world.clock)
    made.extensions["serai"] = Engines(world.storage, world.shelf, world.settings, world.clock)
    return made


@pytest.fixture
def visitor(app: Flask, world: World) -> Visitor:
    """Somebody who is not signed in."""
    return Visitor(app, world)


@pytest.fixture
def enter(app: Flask, world: World) -> Enter:
    """A browser with a fresh session of an account."""

    def entered(who: str = "officer", address: str = "192.0.2.1") -> Visitor:
        visitor = Visitor(app, world, address)
        visitor.bring(session_of(world, who))
        return visitor

    return entered
