"""The world of the tests of safeguards."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import Template, sqlite_copy
from tests.safeguards.safe import Safe
from tests.world import World
from workflows.packs import Shelf


@pytest.fixture
def safe(world: World) -> Safe:
    """The prepared world on SQLite, with the verbs that these tests need."""
    return Safe(world)


@pytest.fixture(scope="module")
def lasting(
    sqlite_template: Template, shelf: Shelf, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Safe]:
    """A world for a whole module, for laws that Hypothesis tries many times on new persons."""
    for world in sqlite_copy(sqlite_template, shelf, tmp_path_factory.mktemp("lasting")):
        yield Safe(world)
