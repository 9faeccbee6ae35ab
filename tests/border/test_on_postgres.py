"""What depends on the database, on PostgreSQL: keyset pages, one registration for two clicks, a whole way."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.border.conftest import Official, made
from tests.world import World

pytestmark = pytest.mark.postgres


@pytest.fixture
def officer(application: Flask, postgres_world: World) -> Official:
    return made(application, postgres_world).official("officer")


def test_pages_join_without_a_gap(officer: Official) -> None:
    numbers = [officer.register(f"Person {letter}") for letter in "abcdefghijklmnopqrstuvwxyzäö"]
    officer.send(f"/cases/{numbers[0]}/now", {"seen": ["injury"]})
    first = officer.get("/today")
    following = first.soup.find("a", rel="next")
    assert following is not None
    second = officer.get(str(following["href"]))
    shown = [a.text for page in (first, second) for a in page.soup.select("th a.serai-case")]
    assert shown[0] == numbers[0]
    assert len(shown) == len(set(shown)) == len(numbers)


def test_a_double_click_registers_once(officer: Official) -> None:
    page = officer.get("/register")
    data = {"csrf_token": page.token, "key": page.value("key"), "name": "Parwana"}
    assert officer.post("/register", data).location == officer.post("/register", data).location


def test_a_screening_runs_from_registration_to_its_end(officer: Official) -> None:
    number = officer.informed("Parwana", **{"birth-kind": "age", "birth-age": "15"})
    assert officer.answer(number, with_parent="no").status == 303
    assert officer.get(f"/cases/{number}/outcome").status == 200
    ended = officer.send(f"/cases/{number}/finish", {}, on=f"/cases/{number}/receipt")
    assert ended.status == 303
    assert officer.get("/tasks").status == 200
