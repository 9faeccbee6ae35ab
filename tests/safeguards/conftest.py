"""The world of the tests of safeguards."""

from __future__ import annotations

import pytest

from tests.safeguards.safe import Safe
from tests.world import World


@pytest.fixture
def safe(world: World) -> Safe:
    """The prepared world on SQLite, with the verbs that these tests need."""
    return Safe(world)
