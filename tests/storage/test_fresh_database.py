"""A database that was just set up holds nobody who could sign in."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from models import schema
from models.base import Base
from models.vault.engine import prepare_engine


@pytest.mark.asvs("6.3.2", "13.2.3")
def test_nobody_can_sign_in_before_somebody_was_made(tmp_path: Path) -> None:
    engine = prepare_engine(f"sqlite:///{tmp_path / 'fresh.db'}", production=True)
    schema.upgrade(engine)
    with engine.connect() as connection:
        rows = {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in Base.metadata.sorted_tables
        }
    engine.dispose()
    opens = {"user_account", "machine_token", "passkey", "recovery_code", "external_identity"}
    assert opens <= set(rows)
    assert {name for name in opens if rows[name]} == set()
