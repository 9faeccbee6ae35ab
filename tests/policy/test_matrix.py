"""Authorisation matrix: every route and method, as every role, about one's own thing and somebody else's.

`matrix.csv` is the expectation and is read by people; a route without a row fails, and so does a row without
a route. What the rows say is itself held against the policy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from models.vocabulary import Role
from tests.conftest import Template, sqlite_copy
from tests.policy import matrix
from tests.policy.surface import COLUMNS, SIGNED_OUT, Cell, Surface
from workflows.packs import Shelf
from workflows.policy import Act, role_may

EXPECTED = matrix.read()
#: How a page and the API say that one must sign in first.
SIGN_IN_FIRST = {False: 303, True: 401}


@pytest.fixture(scope="module")
def surface(
    sqlite_template: Template, shelf: Shelf, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Surface]:
    """The application with something of everybody's in it."""
    for world in sqlite_copy(sqlite_template, shelf, tmp_path_factory.mktemp("matrix")):
        yield Surface(world)


def act_of(surface: Surface, cell: Cell) -> Act:
    """The act under which the route is registered."""
    for rule in surface.app.url_map.iter_rules(endpoint=None):
        if rule.rule == cell.path and cell.method in (rule.methods or ()):
            act: Act = surface.app.view_functions[rule.endpoint].act  # type: ignore[attr-defined]  # the door's
            return act
    raise AssertionError(cell)


def signed_out(surface: Surface, cell: Cell) -> bool:
    for rule in surface.app.url_map.iter_rules():
        if rule.rule == cell.path and cell.method in (rule.methods or ()):
            return bool(surface.app.view_functions[rule.endpoint].signed_out)  # type: ignore[attr-defined]  # the door's
    raise AssertionError(cell)


def test_every_route_has_a_row_and_every_row_a_route(
    surface: Surface, figure: Callable[[str], None]
) -> None:
    present = set(surface.cells())
    missing, stale = present - set(EXPECTED), set(EXPECTED) - present
    assert missing == set(), "python -m tests.policy.matrix, then read the difference"
    assert stale == set()
    routes, rowed = ({(cell.method, cell.path) for cell in all_} for all_ in (present, EXPECTED))
    figure(
        f"matrix: {len(routes & rowed)} of {len(routes)} routes, {len(present) * len(COLUMNS)} cells"
    )


def test_every_route_is_registered_under_an_act(surface: Surface) -> None:
    assert {cell for cell in surface.cells() if not isinstance(act_of(surface, cell), Act)} == set()


@pytest.mark.asvs("8.2.1", "8.2.2", "8.3.1")
def test_every_cell_answers_as_the_matrix_says(surface: Surface) -> None:
    found = matrix.asked(surface)
    differences = [
        f"{cell.method} {cell.path} {cell.thing} as {column}: {row[column]}, not {EXPECTED[cell][column]}"
        for cell, row in found.items()
        for column in COLUMNS
        if cell in EXPECTED and row[column] != EXPECTED[cell][column]
    ]
    assert differences == []


@pytest.mark.asvs("8.2.1")
def test_the_matrix_refuses_what_the_policy_gives_no_rule_for(surface: Surface) -> None:
    for cell, row in EXPECTED.items():
        act = act_of(surface, cell)
        for role in Role:
            if role is Role.SYSTEM or signed_out(surface, cell):
                continue
            if not role_may(role, act):
                assert row[role.value] == 403, (cell, role)


@pytest.mark.asvs("8.2.2")
def test_the_matrix_gives_nobody_somebody_elses_thing() -> None:
    refusals = {400, 401, 403, 404, 422}
    about_others = {cell: row for cell, row in EXPECTED.items() if cell.thing == "other"}
    assert len(about_others) > 40
    for cell, row in about_others.items():
        for role in set(Role) - {Role.SYSTEM}:
            assert row[role.value] in refusals, (cell, role)


def test_the_matrix_sends_whoever_is_not_signed_in_to_sign_in(surface: Surface) -> None:
    for cell, row in EXPECTED.items():
        if not signed_out(surface, cell):
            assert row[SIGNED_OUT] == SIGN_IN_FIRST[cell.path.startswith("/api/")], cell


def test_the_matrix_holds_no_fault_of_our_own() -> None:
    assert [cell for cell, row in EXPECTED.items() if max(row.values()) >= 500] == []


def test_an_administrator_reaches_no_page_about_a_person() -> None:
    rows = [row for cell, row in EXPECTED.items() if cell.thing != "-"]
    users = Path(matrix.FILE).read_text(encoding="utf-8").count("/users/")
    assert users > 0
    assert {row[Role.ADMINISTRATOR.value] for row in rows} == {403}
