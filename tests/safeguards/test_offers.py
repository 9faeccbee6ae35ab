"""Needs that are only offered: how a case comes to the body that alone lifts a safeguard."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from models.cases import Need
from models.vocabulary import NeedState
from tests.safeguards.safe import Safe, on_both_databases
from tests.world import World
from workflows import offers, referrals
from workflows.errors import NotAllowed, NotAllowedNow, NotFound
from workflows.packs import Shelf, agency_code, competences_of


def offered(safe: Safe, number: str, who: Any = "officer") -> tuple[str, ...]:
    with safe.world.work(who) as work:
        return offers.offers(work, number)


def take_up(safe: Safe, number: str, need: str, who: Any = "officer") -> None:
    with safe.world.work(who) as work:
        offers.take_up(work, number, need)


def proposed(safe: Safe, number: str) -> set[str]:
    with safe.world.work("officer") as work:
        return {proposal.need for proposal in referrals.propose(work, number)}


@pytest.mark.safeguard("INV-13", "INV-22")
@on_both_databases
def test_who_does_not_wish_to_return_can_be_brought_to_the_body_that_decides(safe: Safe) -> None:
    """Nothing else is known of them, and no need but the offers leads to either body."""
    number = safe.asked_everything(wants_to_return="no")
    holding = safe.holding(number)
    assert holding["H.recheck"] == ("active", "evidence")
    assert holding["H.voluntary"] == ("active", "evidence")
    assert {"decision_stay", "decision_asylum"} <= set(offered(safe, number))
    assert not {"decision_stay", "decision_asylum"} & proposed(safe, number)

    take_up(safe, number, "decision_stay")
    assert "decision_stay" in proposed(safe, number)
    assert "decision_stay" not in offered(safe, number)
    migration = safe.body(number, "decision_stay")
    safe.decide(migration, number, "recheck_done")

    assert safe.holding(number)["H.recheck"] == ("liftable", "evidence")


@on_both_databases
def test_an_offer_taken_up_twice_is_one_need(safe: Safe) -> None:
    number = safe.asked_everything(wants_to_return="no")
    take_up(safe, number, "decision_stay")
    before = len(safe.world.of(Need, number))
    take_up(safe, number, "decision_stay")
    assert len(safe.world.of(Need, number)) == before


def test_what_the_answers_do_not_offer_is_not_taken_up(safe: Safe) -> None:
    number = safe.asked_everything()
    for need in ("decision_child", "guardian", "no_such_need", ""):
        with pytest.raises(NotAllowedNow):
            take_up(safe, number, need)
    assert all(row.state is NeedState.OPEN for row in safe.world.of(Need, number))


def test_only_who_screens_takes_up_an_offer(safe: Safe) -> None:
    number = safe.asked_everything(wants_to_return="no")
    for who in ("asylum", "administrator", "monitor"):
        with pytest.raises((NotAllowed, NotFound)):
            take_up(safe, number, "decision_stay", who)


@pytest.mark.safeguard("INV-33")
def test_bodies_that_only_assist_decide_nothing(world: World, shelf: Shelf) -> None:
    """In every country: the UN, organisations and whoever has no public mandate, unless their row says so."""
    decisions = {"asylum", "trafficking", "child", "statelessness", "migration", "health"}
    found: dict[str, set[str]] = {}
    for code in shelf.codes():
        pack = shelf.get(code, world.now.date())
        for id_, agency in pack.agencies.items():
            mine = competences_of(pack, agency_code(pack, id_)) & decisions
            assert mine <= agency.functions
            if agency.kind in {"un", "ngo", "monitor", "consulate", "other"} and mine:
                found[id_] = set(mine)
    assert found == {
        # Where the state has no procedure, UNHCR decides under its mandate.
        "unhcr_afg": {"asylum"},
        "unhcr_chn": {"asylum"},
        "unhcr_pak": {"asylum"},
        "unhcr_uzb": {"asylum"},
        # Nobody else can safely be told there.
        "iom_afg": {"trafficking"},
    }


def test_every_fact_that_a_body_decides_has_one_that_may_in_every_country(shelf: Shelf) -> None:
    for code in shelf.codes():
        pack = shelf.get(code, date(2026, 11, 24))
        present = set().union(*(agency.competent for agency in pack.agencies.values()))
        wanted = {fact.decided_by for fact in pack.facts.values()} - {""}
        assert not pack.agencies or wanted <= present, (code, wanted - present)
