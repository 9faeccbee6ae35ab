"""Looking changes nothing: whatever page is opened, by whomever, only the log and the session know of it."""

from __future__ import annotations

import pytest

from tests.policy.surface import COLUMNS, Surface
from tests.policy.test_sessions import contents
from tests.world import World

#: When a session was last used is noted by any request.
NOTED = {"user_session"}


@pytest.mark.asvs("3.5.3")
def test_no_page_that_is_only_opened_changes_anything(world: World) -> None:
    surface = Surface(world)
    before = {name: rows for name, rows in contents(world).items() if name not in NOTED}
    cells = [cell for cell in surface.cells() if cell.method == "GET"]
    opened = 0
    for cell in cells:
        for column in COLUMNS:
            opened += surface.ask(cell, column) == 200
    after = {name: rows for name, rows in contents(world).items() if name not in NOTED}
    assert len(cells) > 80
    assert opened > 100
    assert {name for name in before if before[name] != after[name]} == set()
