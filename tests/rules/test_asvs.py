"""The ledger of ASVS 5.0 is what the marks of the tests say, and claims nothing that is not there."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tools import asvs


def test_the_page_is_what_list_and_marks_say() -> None:
    assert asvs.PAGE.read_text(encoding="utf-8") == asvs.page(), "type: python3 dev.py docs"


def test_every_mark_names_a_requirement_of_the_list() -> None:
    assert set(asvs.marked()) <= {row.id for row in asvs.requirements()}


def test_levels_one_and_two_are_complete(figure: Callable[[str], None]) -> None:
    rows = asvs.requirements()
    levels, found = Counter(row.level for row in rows), Counter(row.state for row in rows)
    assert (levels[1], levels[2]) == (70, 183), "as many as the standard has"
    assert len({row.id for row in rows}) == len(rows)
    assert [row.id for row in rows if not row.says] == []
    figure("ASVS 5.0: " + ", ".join(f"{found[state]} {state}" for state in asvs.STATES))


def test_what_does_not_apply_has_no_test_and_no_document() -> None:
    rows = asvs.requirements()
    held = {r.id for r in rows if r.tests or r.document or r.deployment}
    assert [r.id for r in rows if r.not_applicable and r.id in held] == []


def test_what_is_open_says_why_and_only_that() -> None:
    for row in asvs.requirements():
        assert bool(row.why_open) is (row.state == "open"), row.id


def test_documents_are_there_with_their_headings(root: Path) -> None:
    named = {page for row in asvs.requirements() for page in (row.document, row.deployment) if page}
    for page in named:
        path, _, anchor = page.partition("#")
        text = (root / path).read_text(encoding="utf-8")
        titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
        known = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
        assert not anchor or anchor in known, page


def test_marks_of_tests_and_of_modules_are_read() -> None:
    source = (
        "pytestmark = [pytest.mark.browser, pytest.mark.asvs('1.2.1')]\n"
        "@pytest.mark.asvs('7.4.1', '7.4.2')\n@pytest.mark.safeguard('INV-01')\ndef test_x(): ..."
    )
    assert list(asvs.marks(ast.parse(source))) == [
        ("1.2.1", ""), ("7.4.1", "test_x"), ("7.4.2", "test_x"),
    ]  # fmt: skip
