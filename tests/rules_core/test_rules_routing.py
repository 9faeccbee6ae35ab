"""Routes kept for some persons are theirs alone, and second choices wait for the first."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from config.settings import PACKS
from models.vocabulary import Grade
from workflows.rules.answers import facts_from_raw
from workflows.rules.assess import assess
from workflows.rules.pack_model import Route, Starter
from workflows.rules.packs import Pack, load_pack
from workflows.rules.routing import standing_routes

DAY = date(2026, 11, 24)
CHILD = {"age": 14, "with_parent": "no", "with_responsible_adult": "no"}
ADULT = {"age": 30, "says_exploited": "yes"}


@pytest.fixture(scope="module")
def kaz() -> Pack:
    return load_pack(PACKS, "kaz", DAY)


def route(pack: Pack, raw: dict[str, object], need: str = "safe_accommodation") -> tuple[str, ...]:
    return assess(pack, facts_from_raw(pack.facts, raw), DAY).needs[need].route


def test_a_childs_place_to_stay_is_the_minors_centre_first(kaz: Pack) -> None:
    found = route(kaz, CHILD)
    assert found[0] == "kaz_minors_centre"
    assert len(found) > 1, "there is somebody else if it is full"


def test_an_adult_is_never_sent_to_the_minors_centre(kaz: Pack) -> None:
    found = route(kaz, ADULT)
    assert found
    assert "kaz_minors_centre" not in found


def rows(*routes: tuple[str, int, str]) -> list[Route]:
    found = []
    for agency, order, only_if in routes:
        kind, _, rest = only_if.partition(" ")
        id_, _, word = rest.partition(" ")
        starter = Starter(kind, id_, word) if only_if else None
        found.append(Route("guardian", "KAZ", agency, order, starter, (), "?"))
    return found


@pytest.mark.parametrize(
    ("unavailable", "agencies"),
    [
        (None, ["one", "other", "second"]),
        (set(), ["one", "other"]),
        ({"one"}, ["one", "other"]),
        ({"one", "other"}, ["one", "other", "second"]),
    ],
)
def test_the_second_choice_waits_until_nobody_of_the_first_has_a_place(
    kaz: Pack, unavailable: set[str] | None, agencies: list[str]
) -> None:
    routes = rows(("one", 1, ""), ("other", 1, ""), ("second", 2, "agency 1 unavailable"))
    pack = dataclasses.replace(kaz, routes=tuple(routes))
    found = standing_routes(pack, "guardian", {}, unavailable=unavailable)
    assert [row.agency for row in found] == agencies


def test_a_first_choice_for_others_does_not_stand_in_the_way(kaz: Pack) -> None:
    routes = rows(("children", 1, "profile UAC possible"), ("all", 2, "agency 1 unavailable"))
    pack = dataclasses.replace(kaz, routes=tuple(routes))
    grades = dict.fromkeys(pack.profiles, Grade.NOT_INDICATED)
    found = standing_routes(pack, "guardian", grades, unavailable=set())
    assert [row.agency for row in found] == ["all"]
    child = standing_routes(pack, "guardian", grades | {"UAC": Grade.POSSIBLE}, unavailable=set())
    assert [row.agency for row in child] == ["children"]


def test_only_routes_of_the_areas_asked_for(kaz: Pack) -> None:
    grades = dict.fromkeys(kaz.profiles, Grade.PRESUMED)
    assert standing_routes(kaz, "guardian", grades, areas=("KAZ",))
    assert not standing_routes(kaz, "guardian", grades, areas=("UZB",))
