"""The list of the post, and one case's head."""

from __future__ import annotations

from tests.border.conftest import Official


def test_an_empty_post_says_what_to_do_next(officer: Official) -> None:
    page = officer.get("/today")
    assert page.status == 200
    assert "Nobody has been registered here yet" in page.words
