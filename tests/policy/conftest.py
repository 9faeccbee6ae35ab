"""A world that lasts for a module, on each database, so that many examples cost one preparation."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import Template, postgres_copy, sqlite_copy
from tests.world import World
from workflows.packs import Shelf


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
)
def lasting(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, shelf: Shelf
) -> Iterator[World]:
    """The prepared world; examples roll back what they write."""
    folder = tmp_path_factory.mktemp("lasting")
    template: Template = request.getfixturevalue(f"{request.param}_template")
    if request.param == "sqlite":
        yield from sqlite_copy(template, shelf, folder)
    else:
        yield from postgres_copy(request.getfixturevalue("postgres_url"), template, shelf, folder)
