"""Which legal clocks start when: on a fact, never on a guess."""

from __future__ import annotations

from models.cases import Case, Deadline
from models.vocabulary import Purpose
from tests.world import World


def codes(world: World, number: str) -> set[str]:
    case = world.rows(Case, Case.number == number)[0]
    with world.work() as work, work.computing(case.person_id, Purpose.LEGAL):
        rows = work.session.query(Deadline).filter(Deadline.case_id == case.id)
        return {(row.content or {})["code"] for row in rows}


def answered(world: World, **answers: str) -> str:
    number = world.register("Zarifa")
    world.inform(number)
    world.answer(number, **answers)
    return number


def test_an_arrival_starts_what_counts_from_it(world: World) -> None:
    found = codes(world, answered(world, fear_of_return="yes"))

    assert {"SCREEN.default", "ASY.file"} <= found


def test_what_counts_from_the_authoritys_registration_does_not_start_at_the_post(
    world: World,
) -> None:
    found = codes(world, answered(world, asks_for_asylum="yes"))

    assert not {"ASY.certificate", "ASY.decision"} & found


def test_fear_alone_is_no_request_and_a_request_starts_its_clock(world: World) -> None:
    afraid = codes(world, answered(world, fear_of_return="yes"))
    asking = codes(world, answered(world, asks_for_asylum="yes"))

    assert "ASY.register.default" not in afraid
    assert "ASY.register.default" in asking
