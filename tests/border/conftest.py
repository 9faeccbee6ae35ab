"""The product on the prepared world, and officials who sign in for real."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.factory import create_app
from app.work import Engines
from models.session import Storage, open_storage
from models.vault.factors import code_at
from tests.conftest import Template
from tests.world import PASSWORD, START, World
from workflows.packs import Shelf


@dataclass
class Product:
    """The application with the world it stands on."""

    app: Flask
    world: World

    @property
    def storage(self) -> Storage:
        return self.world.storage

    def official(self, name: str) -> Official:
        """A new browser with this official signed in."""
        browser = Official(self.app.test_client(), self.world.shelf)
        self.world.clock.forward(seconds=60)
        page = browser.get("/sign-in")
        answer = browser.post(
            "/sign-in",
            {
                "csrf_token": page.token,
                "name": name,
                "password": PASSWORD,
                "code": code_at(self.world.secrets[name], self.world.now),
            },
        )
        assert answer.status == 303, answer.text
        return browser


class Page:
    """An answer, parsed."""

    def __init__(self, response: TestResponse) -> None:
        self.status = response.status_code
        self.text = response.get_data(as_text=True)
        self.location = response.headers.get("Location", "")
        self.soup = BeautifulSoup(self.text, "html.parser")

    @property
    def token(self) -> str:
        """The page's CSRF token."""
        found = self.soup.find("input", {"name": "csrf_token"})
        assert found is not None
        return str(found["value"])

    @property
    def words(self) -> str:
        """All text in sight."""
        return re.sub(r"\s+", " ", self.soup.get_text(" "))

    @property
    def errors(self) -> str:
        """The text of the error summary."""
        found = self.soup.find(class_="govuk-error-summary")
        return "" if found is None else found.get_text(" ", strip=True)

    def value(self, name: str) -> str:
        """What a field of the page carries."""
        found = self.soup.find(["input", "textarea"], {"name": name})
        assert found is not None, name
        return str(found.get("value") or found.get_text())


class Official:
    """A browser of an official."""

    def __init__(self, client: FlaskClient, shelf: Shelf) -> None:
        self.client = client
        self.shelf = shelf

    def get(self, path: str) -> Page:
        return Page(self.client.get(path))

    def post(self, path: str, data: dict[str, Any]) -> Page:
        return Page(self.client.post(path, data=data))

    def send(self, path: str, data: dict[str, Any], on: str | None = None) -> Page:
        """Post with the token of the page at `on` (the same path by default)."""
        return self.post(path, {"csrf_token": self.get(on or path).token, **data})

    def register(self, name: str = "Parwana", **more: Any) -> str:
        """Register somebody and give the case number as it stands in addresses."""
        page = self.get("/register")
        answer = self.post(
            "/register",
            {"csrf_token": page.token, "key": page.value("key"), "name": name, **more},
        )
        assert answer.status == 303, answer.errors or answer.text
        found = re.search(r"/cases/([^/]+)/now", answer.location)
        assert found is not None, answer.location
        return found[1]

    def informed(self, name: str = "Parwana", **more: Any) -> str:
        """Register somebody and record that they were told."""
        number = self.register(name, **more)
        answer = self.send(
            f"/cases/{number}/inform",
            {"language": "prs", "how": "read_aloud", "interpreter": "here", "understood": "yes"},
        )
        assert answer.status == 303, answer.errors
        return number

    def card_of(self, fact: str) -> str:
        """The card on which the pack of the post asks a question."""
        return self.shelf.get("kaz", START.date()).facts[fact].card

    def card(self, number: str, fact: str, *, alone: bool = True) -> str:
        """The address of the card with this question."""
        return f"/cases/{number}/ask?card={self.card_of(fact)}" + ("&alone=1" if alone else "")

    def answer(self, number: str, **answers: str) -> Page:
        """Answer questions of one card, alone with the person."""
        path = self.card(number, next(iter(answers)))
        page = self.get(path)
        given = {f"q_{fact}": word for fact, word in answers.items()}
        return self.post(path, {"csrf_token": page.token, "seen": page.value("seen"), **given})


@pytest.fixture(scope="session")
def application(sqlite_template: Template, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application, made once: most of its start is the same in every test."""
    settings = sqlite_template.settings(
        tmp_path_factory.mktemp("application"), sqlite_template.main_url, sqlite_template.keys_url
    )
    storage = open_storage(settings)
    app = create_app(settings, storage=storage)
    storage.close()
    return app


def made(app: Flask, world: World) -> Product:
    """The application upon a prepared world."""
    app.extensions["serai"] = Engines(world.storage, world.shelf, world.settings, world.clock)
    return Product(app, world)


@pytest.fixture
def product(application: Flask, world: World) -> Product:
    """The application on SQLite."""
    return made(application, world)


@pytest.fixture
def officer(product: Product) -> Official:
    """An official at the post of Korday, signed in."""
    return product.official("officer")
