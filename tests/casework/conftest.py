"""The world of the offices, one for each module of tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.protection.offices import World, make_world


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = make_world(tmp_path_factory.mktemp("offices"))
    yield made
    made.storage.close()
