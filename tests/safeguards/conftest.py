"""The world of the tests of safeguards: their own on SQLite, one for each module on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import Template, postgres_copy, sqlite_copy
from tests.safeguards.safe import Safe
from workflows.packs import Shelf


@pytest.fixture
def safe(request: pytest.FixtureRequest) -> Safe:
    """The prepared world with the verbs that these tests need: on SQLite, or as `on_both_databases` says.

    On PostgreSQL the tests of a module share one, as cases of one office do: each looks at its own persons.
    """
    if getattr(request, "param", "sqlite") == "sqlite":
        return Safe(request.getfixturevalue("world"))
    found: Safe = request.getfixturevalue("lasting_on_postgres")
    return found


@pytest.fixture(scope="module")
def lasting_on_postgres(
    postgres_url: str,
    postgres_template: Template,
    shelf: Shelf,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Safe]:
    """A world on PostgreSQL for a whole module."""
    folder = tmp_path_factory.mktemp("lasting_on_postgres")
    for world in postgres_copy(postgres_url, postgres_template, shelf, folder):
        yield Safe(world)


@pytest.fixture(scope="module")
def lasting(
    sqlite_template: Template, shelf: Shelf, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Safe]:
    """A world for a whole module, for laws that Hypothesis tries many times on new persons."""
    for world in sqlite_copy(sqlite_template, shelf, tmp_path_factory.mktemp("lasting")):
        yield Safe(world)
