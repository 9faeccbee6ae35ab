"""Migrations go up, down and up again, and end in exactly what the models say, on both databases."""

from __future__ import annotations

import pkgutil
import re
from importlib import import_module
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import (
    CheckConstraint,
    DateTime,
    Engine,
    LargeBinary,
    MetaData,
    String,
    Table,
    Uuid,
    insert,
    inspect,
    text,
)
from sqlalchemy.types import TypeDecorator, TypeEngine

import models
from models import schema
from models.base import Base
from models.types import UtcDateTime, Word
from models.vault.column import SealedColumn

for module in pkgutil.iter_modules(models.__path__):
    if not module.ispkg:
        import_module(f"models.{module.name}")

REVISIONS = ["0001", "0002", "0003", "0004", "0005"]


def differs(
    _context: Any, _column: Any, _meta: Any, present: TypeEngine[Any], wanted: TypeEngine[Any]
) -> bool | None:
    """Whether a column's type is another than the model's; None leaves it to Alembic."""
    if isinstance(wanted, SealedColumn):
        return not isinstance(present, LargeBinary)
    if isinstance(wanted, UtcDateTime):
        return not isinstance(present, DateTime)
    if isinstance(wanted, Word):
        impl = wanted.impl_instance
        assert isinstance(impl, String)
        return not isinstance(present, String) or present.length != impl.length
    if isinstance(wanted, Uuid):
        # SQLite keeps CHAR(32), PostgreSQL its own type.
        return not isinstance(present, Uuid | String)
    assert not isinstance(wanted, TypeDecorator), f"say how to compare {wanted!r}"
    return None


def differences(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": differs})
        found: list[Any] = compare_metadata(context, Base.metadata)
        return found


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def checks(engine: Engine) -> dict[str, set[str]]:
    """Table -> names of its CHECK constraints, as the database has them."""
    found = inspect(engine)
    return {
        table: {str(check["name"]) for check in found.get_check_constraints(table)}
        for table in tables(engine)
    }


def test_up_down_and_up_again_ends_in_what_the_models_say(empty: Engine) -> None:
    schema.upgrade(empty)
    assert differences(empty) == []
    first = checks(empty)

    schema.downgrade(empty, "base")
    assert tables(empty) == set()

    schema.upgrade(empty)
    assert differences(empty) == []
    assert checks(empty) == first
    assert schema.is_current(empty)


def test_each_step_can_be_gone_alone_in_both_directions(empty: Engine) -> None:
    seen = [tables(empty)]
    for revision in REVISIONS:
        schema.upgrade(empty, revision)
        seen.append(tables(empty))
    assert not schema.is_current(empty) or seen[-1] == set(Base.metadata.tables)
    assert all(before < after for before, after in pairwise(seen))
    for revision, before in zip([*REVISIONS[-2::-1], "base"], seen[-2::-1], strict=True):
        schema.downgrade(empty, revision)
        assert tables(empty) == before


def test_a_desk_that_was_there_has_the_zone_of_its_countrys_posts(empty: Engine) -> None:
    schema.upgrade(empty, "0024")
    with empty.begin() as connection:
        for table, rows in _network().items():
            found = Table(table, MetaData(), autoload_with=connection)
            connection.execute(insert(found), rows)
    schema.upgrade(empty, "0025")
    with empty.connect() as connection:
        zones = dict(connection.execute(text("SELECT code, zone FROM desk")).all())
    assert zones == {"a.one": "Asia/Almaty", "b.one": "UTC"}


def _network() -> dict[str, list[dict[str, Any]]]:
    """Two agencies with a desk each; a post in the country of the first."""
    here, there = uuid4(), uuid4()
    common = {"names": {}, "open": True, "version": 1}
    agency = {"kind": "authority", "version": 1, "names": {}, "basis": "L"}
    return {
        "agency": [
            {"id": here.hex, "code": "a", "country": "KAZ", **agency},
            {"id": there.hex, "code": "b", "country": "UZB", **agency},
        ],
        "post": [
            {
                "id": uuid4().hex, "code": "p", "pack": "kaz", "country": "KAZ", "area": "KAZ",
                "agency_id": here.hex, "zone": "Asia/Almaty", "languages": [], **common,
            }
        ],
        "desk": [
            {"id": uuid4().hex, "code": "a.one", "agency_id": here.hex, "area": "KAZ", **common},
            {"id": uuid4().hex, "code": "b.one", "agency_id": there.hex, "area": "UZB", **common},
        ],
    }  # fmt: skip


def test_the_check_constraints_are_those_of_the_models(empty: Engine) -> None:
    schema.upgrade(empty)
    wanted = {
        name: {
            str(constraint.name)
            for constraint in table.constraints
            if isinstance(constraint, CheckConstraint)
        }
        for name, table in Base.metadata.tables.items()
    }
    assert checks(empty) == wanted


def test_the_words_of_the_check_constraints_are_those_of_the_models(empty: Engine) -> None:
    """Names alone would not show a word that was added to a vocabulary without a migration."""
    schema.upgrade(empty)
    found = inspect(empty)
    for name, table in Base.metadata.tables.items():
        present = {str(c["name"]): str(c["sqltext"]) for c in found.get_check_constraints(name)}
        for constraint in table.constraints:
            if isinstance(constraint, CheckConstraint):
                text = present[str(constraint.name)]
                assert words_in(text) == words_in(str(constraint.sqltext)), constraint.name


def words_in(text: str) -> set[str]:
    return set(re.findall(r"'([^']*)'", text))


def test_every_constraint_and_index_has_a_name(empty: Engine) -> None:
    schema.upgrade(empty)
    found = inspect(empty)
    for table in tables(empty):
        assert found.get_pk_constraint(table)["name"], table
        for rows in (
            found.get_foreign_keys(table),
            found.get_unique_constraints(table),
            found.get_check_constraints(table),
            found.get_indexes(table),
        ):
            assert all(row["name"] for row in rows), table


def test_the_comparison_sees_a_difference(empty: Engine) -> None:
    schema.upgrade(empty)
    with empty.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE person ADD COLUMN nickname VARCHAR(20)")
    assert len(differences(empty)) == 1


def test_a_database_that_lags_behind_is_known_as_such(empty: Engine) -> None:
    assert not schema.is_current(empty)
    schema.upgrade(empty, REVISIONS[-2])
    assert not schema.is_current(empty)
    schema.upgrade(empty)
    assert schema.is_current(empty)


def test_a_migration_that_fails_leaves_nothing_behind(
    empty: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = import_module("migrations.versions.0004_log_figures_index")
    schema.upgrade(empty, "0003")
    before = tables(empty)
    with empty.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE stat_fact (id INTEGER)")
    with pytest.raises(Exception, match="stat_fact"):
        schema.upgrade(empty)
    assert version.revision == "0004"
    assert tables(empty) == before | {"stat_fact"}
