"""All forty safeguards are held: by a formula over every possible person, by a named test, or by both."""

from __future__ import annotations

import ast
from collections.abc import Callable

import pytest

from tools import safeguards


def test_every_safeguard_is_proven_or_held_by_a_named_test(figure: Callable[[str], None]) -> None:
    rows = safeguards.held()
    assert [row.id for row in rows] == list(safeguards.ALL)
    assert [row.id for row in rows if row.open] == []
    assert [row.id for row in rows if not row.says] == []
    proven = sum(bool(row.form) for row in rows)
    by_test = sum(not row.form and bool(row.tests) for row in rows)
    figure(
        f"safeguards: {proven} by formula, {by_test} by tests alone, "
        f"{sum(row.open for row in rows)} open, of {len(rows)}"
    )


def test_every_mark_names_one_of_the_forty() -> None:
    assert set(safeguards.marked()) <= set(safeguards.ALL)


def test_the_page_is_what_rules_and_tests_say() -> None:
    assert safeguards.PAGE.read_text(encoding="utf-8") == safeguards.page(), (
        "type: python3 dev.py docs"
    )


@pytest.mark.parametrize("source", ["@pytest.mark.safeguard('INV-99')\ndef test_x(): ...", ""])
def test_marks_are_read_from_the_source(source: str) -> None:

    found = list(safeguards._marks(ast.parse(source)))
    assert found == ([("INV-99", "test_x")] if source else [])
