"""A machine with keys, on SQLite always and on PostgreSQL under the marker `postgres`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url, text

from models.base import Base
from models.log import LogEntry, LogHead
from models.vault.engine import prepare_engine
from models.vault.keys import KeyStore
from models.vault.providers import EnvProvider
from tests.vault.sample import Machine, SampleBase

LOG = (LogEntry.__tablename__, LogHead.__tablename__)


def _new_database(server: str) -> str:
    """Make an empty database on the server and return its URL."""
    name = f"vault_{uuid4().hex}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def _machine(main_url: str, keys_url: str) -> Iterator[Machine]:
    main = prepare_engine(main_url, production=False)
    store = KeyStore.open(keys_url, production=False)
    SampleBase.metadata.create_all(main)
    # Where the product's log is loaded, it notes what a session sealed, whatever the schema.
    Base.metadata.create_all(main, tables=[Base.metadata.tables[name] for name in LOG])
    yield Machine(main, store, EnvProvider.open(EnvProvider.create(), production=False))
    main.dispose()
    store.close()


@pytest.fixture
def sqlite_machine(tmp_path: Path) -> Iterator[Machine]:
    """An installation on two SQLite files, `main.db` and `keys.db` in `tmp_path`."""
    yield from _machine(f"sqlite:///{tmp_path / 'main.db'}", f"sqlite:///{tmp_path / 'keys.db'}")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def machine(request: pytest.FixtureRequest) -> Iterator[Machine]:
    """The same on each database."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_machine")
        return
    server = request.getfixturevalue("postgres_url")
    yield from _machine(_new_database(server), _new_database(server))
