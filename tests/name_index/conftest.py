"""A database with the index's table, on SQLite always and on PostgreSQL under the marker `postgres`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine, create_engine, make_url, text

from models.base import Base
from models.vault.engine import prepare_engine
from models.vault.index import NameSegment
from models.vault.providers import EnvProvider


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database with the table `name_segment`; on SQLite the file `index.db` in `tmp_path`."""
    url = f"sqlite:///{tmp_path / 'index.db'}"
    if request.param == "postgres":
        server = request.getfixturevalue("postgres_url")
        name = f"names_{uuid4().hex}"
        admin = create_engine(server, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        admin.dispose()
        url = make_url(server).set(database=name).render_as_string(hide_password=False)
    engine = prepare_engine(url, production=False)
    Base.metadata.create_all(engine, tables=[NameSegment.__table__])
    yield engine
    engine.dispose()


@pytest.fixture
def key_material() -> str:
    """What a process of the same installation needs to open the same index."""
    return EnvProvider.create()


@pytest.fixture
def provider(key_material: str) -> EnvProvider:
    return EnvProvider.open(key_material, production=False)
