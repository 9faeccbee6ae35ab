"""The world with a second supervisor of the same agency."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from models.vocabulary import Role
from tests.world import BORDER, PASSWORD, POST, World
from workflows.accounts import CreateUser, make_user


def with_second(world: World) -> World:
    command = CreateUser(
        name="second", password=PASSWORD, role=Role.SUPERVISOR, agency=BORDER, post=POST, desks=()
    )
    with world.work() as work:
        make_user(work, command)
    return world


@pytest.fixture
def office(world: World) -> Iterator[World]:
    """On SQLite."""
    yield with_second(world)
    # A test may have put a restored copy in its place.
    world.storage.close()


@pytest.fixture
def any_office(any_world: World) -> Iterator[World]:
    """On each database."""
    yield with_second(any_world)
    any_world.storage.close()
