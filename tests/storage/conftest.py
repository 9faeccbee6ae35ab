"""An empty database on SQLite and on PostgreSQL, for migrations."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.vault.engine import prepare_engine
from tests.conftest import new_database


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database without tables."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'empty.db'}"
    else:
        url = new_database(request.getfixturevalue("postgres_url"))
    engine = prepare_engine(url, production=False)
    yield engine
    engine.dispose()
