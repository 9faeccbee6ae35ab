"""The application on a world, and somebody at a browser with a receipt."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.factory import create_app
from app.work import Engines
from tests.policy.surface import session_of, token_in
from tests.world import World
from workflows import receipts
from workflows.receipts import Issued


class Browser:
    """Somebody at a browser, with a session or without."""

    def __init__(self, app: Any, world: World, who: str | None = None) -> None:
        self.client: FlaskClient = app.test_client()
        if who:
            self.client.set_cookie("serai", session_of(world, who))
        self.token = token_in(self.client.get("/person").get_data(as_text=True))

    def post(self, path: str, **data: str) -> Any:
        return self.client.post(path, data={"csrf_token": self.token, **data})

    def enter(self, number: str, code: str) -> Any:
        return self.post("/person", number=number, code=code)

    def text(self, path: str) -> str:
        return self.client.get(path).get_data(as_text=True)


@pytest.fixture
def app(world: World) -> Any:
    made = create_app(world.settings, storage=world.storage, clock=world.clock)
    made.extensions["serai"] = Engines(world.storage, world.shelf, world.settings, world.clock)
    return made


def issue(world: World, number: str, who: str = "officer") -> Issued:
    """A new code of a case."""
    with world.work(who) as work:
        return receipts.issue(work, number)


def without_token(page: str) -> str:
    """A page without what differs each time."""
    return re.sub(r'value="[^"]{20,}"', "", page)
