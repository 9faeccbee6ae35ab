"""The product on temporary SQLite with the packs' posts and desks, and officials signed in for real."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.factory import create_app
from app.work import Engines
from config.loading import load
from config.settings import PACKS
from models import schema
from models.network import Post
from models.session import Storage, open_storage
from models.vault.factors import code_at
from models.vault.providers import EnvProvider
from models.vocabulary import Role
from workflows.accounts import SYSTEM_ACTOR, CreateUser, make_user
from workflows.packs import Shelf, sync_network
from workflows.work import begin

PASSWORD = "a long enough password"
START = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
POST = "korday"
OTHER_POST = "zhibek_zholy"


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Product:
    """The application with its storage and clock."""

    app: Flask
    storage: Storage
    clock: Clock
    secrets: dict[str, str]

    def official(self, name: str) -> Official:
        """A new browser with this official signed in."""
        browser = Official(self.app.test_client(), self.app.extensions["serai"].shelf)
        self.clock.forward(seconds=60)
        page = browser.get("/sign-in")
        answer = browser.post(
            "/sign-in",
            {
                "csrf_token": page.token,
                "name": name,
                "password": PASSWORD,
                "code": code_at(self.secrets[name], self.clock.now),
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
def shelf() -> Shelf:
    """The packs, loaded once for all tests here."""
    return Shelf(PACKS)


@pytest.fixture(scope="session")
def network(
    tmp_path_factory: pytest.TempPathFactory, shelf: Shelf
) -> tuple[Path, str, dict[str, str]]:
    """A database with posts, desks and officials, made once: (folder, key material, secrets)."""
    folder = tmp_path_factory.mktemp("border")
    material = EnvProvider.create()
    storage = open_storage(_settings(folder, material))
    schema.upgrade(storage.engine)
    settings = _settings(folder, material)
    secrets: dict[str, str] = {}
    with begin(storage, SYSTEM_ACTOR, now=START, settings=settings, shelf=shelf) as work:
        for code in ("kaz", "tjk"):
            sync_network(work.session, shelf.get(code, START.date()))
        for name, post in (("officer", POST), ("second", POST), ("elsewhere", OTHER_POST)):
            row = work.session.scalars(select(Post).where(Post.code == post)).one()
            made = make_user(
                work,
                CreateUser(
                    name=name,
                    password=PASSWORD,
                    role=Role.BORDER_OFFICIAL,
                    agency=row.agency.code,
                    post=post,
                ),
            )
            secrets[name] = made.totp_secret
    storage.close()
    return folder, material, secrets


def _settings(folder: Path, material: str) -> Any:
    return load({"SERAI_KEY_PROVIDER": "env", "SERAI_KEY_MATERIAL": material}, folder)


@pytest.fixture
def product(
    network: tuple[Path, str, dict[str, str]], shelf: Shelf, tmp_path: Path
) -> Iterator[Product]:
    """The application on a copy of the made database."""
    folder, material, secrets = network
    for file in folder.glob("*.db*"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    clock = Clock()
    settings = _settings(tmp_path, material)
    storage = open_storage(settings)
    app = create_app(settings, storage=storage, clock=clock)
    app.extensions["serai"] = Engines(storage, shelf, settings, clock)
    yield Product(app, storage, clock, secrets)
    storage.close()


@pytest.fixture
def officer(product: Product) -> Official:
    """An official at the post of Korday, signed in."""
    return product.official("officer")
