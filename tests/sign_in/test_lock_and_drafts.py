"""A locked screen keeps what was typed, sealed, for its owner and its page; and gives it back once."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import select, text

from models.accounts import Draft
from models.vault.sealed import load_sealed
from tests.sign_in.conftest import Enter, Visitor
from tests.sign_in.test_step_up import fields
from tests.world import PASSWORD, World
from workflows import drafts
from workflows.errors import InvalidCommand, NotFound

TYPED = {"name": "Zarifa", "sex": "female"}


def lock(visitor: Visitor, page: str = "/register", typed: dict[str, Any] | None = None) -> None:
    told = {"page": page, "here": page, "typed": urlencode(TYPED if typed is None else typed)}
    assert visitor.send("/lock", told).headers["Location"] == f"/unlock?next={page}"


def unlock(visitor: Visitor) -> str:
    answer = visitor.send("/unlock?next=/register", {"password": PASSWORD})
    assert answer.status_code == 303
    return answer.headers["Location"]


def test_what_was_typed_is_there_again_after_unlocking(enter: Enter, world: World) -> None:
    visitor = enter()
    lock(visitor)
    assert visitor.get("/account/go-on").headers["Location"].startswith("/unlock")
    before = visitor.cookie
    assert unlock(visitor) == "/account/go-on"
    assert visitor.cookie != before
    page = visitor.get("/account/go-on")
    assert "Zarifa" not in page.text, "shown where it was typed, not before"
    shown = visitor.post("/register", fields(page.text))
    assert 'value="Zarifa"' in shown.text
    assert "when the screen was locked" in shown.text
    assert "govuk-error-message" not in shown.text
    assert world.rows(Draft) == []
    assert visitor.post("/register", fields(page.text)).status_code == 404, "once"


def test_nothing_is_kept_where_nothing_was_typed(enter: Enter, world: World) -> None:
    visitor = enter()
    lock(visitor, typed={"name": ""})
    assert world.rows(Draft) == []
    assert unlock(visitor) == "/register"


@pytest.mark.parametrize("page", ["/sign-out", "/nowhere", "https://elsewhere.example/", ""])
def test_only_a_page_that_shows_a_form_again_has_a_draft(
    enter: Enter, world: World, page: str
) -> None:
    visitor = enter()
    visitor.send("/lock", {"page": page, "typed": urlencode(TYPED)})
    assert world.rows(Draft) == []
    assert not visitor.is_in()


def test_more_than_a_form_can_hold_is_not_kept_but_the_screen_is_locked(
    enter: Enter, world: World
) -> None:
    visitor = enter()
    lock(visitor, typed={"name": "x" * (drafts.LONGEST + 1)})
    assert world.rows(Draft) == []
    assert not visitor.is_in()


def test_a_draft_is_sealed_for_one_account_and_one_page(any_world: World) -> None:
    with any_world.work("officer") as work:
        kept = drafts.keep(work, "/register", [("name", "Zarifa")])
        assert kept is not None
    with any_world.storage.engine.connect() as connection:
        row = connection.execute(text("SELECT * FROM draft")).one()
        assert "Zarifa" not in repr(
            tuple(bytes(v) if isinstance(v, memoryview) else v for v in row)
        )
    for who, page in (("colleague", "/register"), ("officer", "/search")):
        with pytest.raises(NotFound), any_world.work(who) as work:
            drafts.take(work, kept, page)
    with any_world.work("officer") as work:
        assert drafts.take(work, kept, "/register").fields == (("name", "Zarifa"),)


def test_a_draft_goes_when_its_owner_signs_out_and_with_the_longest_session(
    enter: Enter, visitor: Visitor, world: World
) -> None:
    with world.work("officer") as work:
        drafts.keep(work, "/register", list(TYPED.items()))
    enter().send("/sign-out")
    assert world.rows(Draft) == []
    with world.work("officer") as work:
        drafts.keep(work, "/register", list(TYPED.items()))
    world.clock.now += world.settings.absolute_limit
    world.clock.forward(minutes=1)
    with world.work("officer") as work:
        assert drafts.waiting(work) is None
    assert visitor.sign_in("colleague").status_code == 303
    assert world.rows(Draft) == []


def test_whoever_comes_back_after_the_session_has_ended_finds_the_draft(
    enter: Enter, visitor: Visitor, world: World
) -> None:
    lock(enter())
    world.clock.now += world.settings.idle_limit
    world.clock.forward(minutes=1)
    assert visitor.sign_in("officer").headers["Location"] == "/account/go-on"


def test_a_draft_can_be_thrown_away(enter: Enter, world: World) -> None:
    visitor = enter()
    lock(visitor)
    unlock(visitor)
    assert visitor.send("/account/draft/drop").status_code == 303
    assert world.rows(Draft) == []


def test_too_much_is_refused(world: World) -> None:
    with pytest.raises(InvalidCommand), world.work("officer") as work:
        drafts.keep(work, "/register", [("name", "x")] * (drafts.MOST_FIELDS + 1))
    with world.work() as work:
        assert work.session.scalars(select(Draft).options(*load_sealed(Draft.content))).all() == []


def test_typing_keeps_a_session_awake(enter: Enter, world: World) -> None:
    visitor = enter()
    for _ in range(3):
        world.clock.now += world.settings.idle_limit
        assert visitor.get("/awake").status_code == 204
    assert visitor.is_in()
