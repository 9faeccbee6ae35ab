"""The product on temporary SQLite with the posts and desks of a pack, and accounts with a token each."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.factory import create_app
from app.work import Engines
from config.loading import load
from models import schema
from models.network import Desk, Post
from models.session import open_storage
from models.vault.providers import EnvProvider
from models.vocabulary import Role
from workflows.accounts import SYSTEM_ACTOR, CreateUser, make_token, make_user
from workflows.packs import Shelf, sync_network
from workflows.work import Work, begin

sys.path.insert(0, str(Path(__file__).parent))

# The folder has to be on the path first.
from api_machines import OTHER_POST, POST, START, Clock, Machine, Product


def _settings(folder: Path, material: str) -> Any:
    return load({"SERAI_KEY_PROVIDER": "env", "SERAI_KEY_MATERIAL": material}, folder)


def _accounts(work: Work) -> tuple[dict[str, UUID], dict[str, str]]:
    post = work.session.scalars(select(Post).where(Post.code == POST)).one()
    other = work.session.scalars(select(Post).where(Post.code == OTHER_POST)).one()
    desks = {desk.code: desk for desk in work.session.scalars(select(Desk))}
    unhcr = {code for code in desks if ".unhcr" in code}
    asylum = next(desk for code, desk in desks.items() if "akimat_asylum" in code)
    rest = tuple(sorted(set(desks) - unhcr))
    border = post.agency.code
    users: dict[str, UUID] = {}
    tokens: dict[str, str] = {}
    for name, role, agency, at, of in (
        ("officer", Role.BORDER_OFFICIAL, border, POST, ()),
        ("elsewhere", Role.BORDER_OFFICIAL, other.agency.code, OTHER_POST, ()),
        ("unhcr", Role.PROTECTION_OFFICER, desks[min(unhcr)].agency.code, None, tuple(unhcr)),
        ("others", Role.PROTECTION_OFFICER, asylum.agency.code, None, rest),
        ("supervisor", Role.SUPERVISOR, border, None, ()),
        ("supervisor2", Role.SUPERVISOR, border, None, ()),
        ("administrator", Role.ADMINISTRATOR, border, None, ()),
        ("monitor", Role.MONITOR, border, None, ()),
    ):
        made = make_user(
            work,
            CreateUser(
                name=name,
                password="a long enough password",
                role=role,
                agency=agency,
                post=at,
                desks=of,
            ),
        )
        users[name] = made.user_id
        tokens[name] = make_token(work, made.user_id, f"machine of {name}", days=30)
    return users, tokens


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory, shelf: Shelf) -> dict[str, Any]:
    """A database with posts, desks and accounts, made once."""
    folder = tmp_path_factory.mktemp("api")
    material = EnvProvider.create()
    settings = _settings(folder, material)
    storage = open_storage(settings)
    schema.upgrade(storage.engine)
    with begin(storage, SYSTEM_ACTOR, now=START, settings=settings, shelf=shelf) as work:
        sync_network(work.session, shelf.get("kaz", START.date()))
        users, tokens = _accounts(work)
    storage.close()
    return {"folder": folder, "material": material, "users": users, "tokens": tokens}


def opened(made: dict[str, Any], shelf: Shelf, folder: Path) -> Iterator[Product]:
    """The application on a copy of the made database in `folder`."""
    for file in made["folder"].glob("*.db*"):
        (folder / file.name).write_bytes(file.read_bytes())
    settings = _settings(folder, made["material"])
    storage = open_storage(settings)
    clock = Clock()
    app = create_app(settings, storage=storage, clock=clock)
    app.extensions["serai"] = Engines(storage, shelf, settings, clock)
    yield Product(app, storage, clock, shelf, settings, made["users"], made["tokens"])
    storage.close()


@pytest.fixture
def product(made: dict[str, Any], shelf: Shelf, tmp_path: Path) -> Iterator[Product]:
    """The application, for one test."""
    yield from opened(made, shelf, tmp_path)


@pytest.fixture(scope="module")
def steady(
    made: dict[str, Any], shelf: Shelf, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Product]:
    """The application, for all tests of a module that leave it as it was or do not mind."""
    yield from opened(made, shelf, tmp_path_factory.mktemp("steady"))


@pytest.fixture
def officer(product: Product) -> Machine:
    """The machine of an official at the post of Korday."""
    return product.machine("officer")
