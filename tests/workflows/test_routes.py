"""Desks that the pack keeps for some persons are proposed to them alone."""

from __future__ import annotations

from tests.world import World
from workflows import arrivals

MINORS_CENTRE = "kaz.kaz_minors_centre."


def desks(world: World, number: str) -> list[str]:
    return [choice.desk for choice in world.proposal(number, "safe_accommodation").desks]


def test_a_child_is_proposed_the_minors_centre_first(world: World) -> None:
    found = desks(world, world.child())
    assert found[0].startswith(MINORS_CENTRE)
    assert any(not desk.startswith(MINORS_CENTRE) for desk in found)


def test_an_adult_is_never_proposed_the_minors_centre(world: World) -> None:
    number = world.register("Karim", birth=arrivals.Birth(kind="age", age=30))
    world.inform(number)
    world.answer(number, says_exploited="yes")
    found = desks(world, number)
    assert found
    assert not any(desk.startswith(MINORS_CENTRE) for desk in found)
