"""No dead end: every hold that answers carry is brought to a body that may lift it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from types import MappingProxyType

import pytest

from workflows.rules.assess import assess
from workflows.rules.pack import Pack
from workflows.rules.proof_lifting import dead_ends
from workflows.rules.prove import Prover

House = Callable[[str], Pack]


def found(pack: Pack) -> dict[str, str]:
    """Hold -> the person for whom it is a dead end, in words."""
    return {finding.about: finding.words for finding in dead_ends(Prover(pack))}


@pytest.mark.parametrize("code", ["int", "afg", "kaz", "uzb"])
def test_no_hold_of_the_house_is_a_dead_end(house: House, code: str) -> None:
    assert found(house(code)) == {}


def test_without_the_need_the_smallest_person_is_shown(house: House) -> None:
    pack = house("int")
    rest = {id_: need for id_, need in pack.needs.items() if id_ != "decision_child"}
    less = dataclasses.replace(pack, needs=MappingProxyType(rest))
    missing = found(less)
    assert set(missing) == {"H.child", "H.detain_child", "H.disclose_child"}
    assert "Age in years: 17." in missing["H.child"]


def test_a_person_who_is_found_really_has_that_hold_by_evidence_and_no_such_need(
    house: House,
) -> None:
    pack = house("int")
    rest = {id_: need for id_, need in pack.needs.items() if not id_.startswith("decision_")}
    less = dataclasses.replace(pack, needs=MappingProxyType(rest))
    findings = list(dead_ends(Prover(less)))
    assert findings
    for finding in findings:
        assert finding.person is not None
        now = assess(less, finding.person, less.on)
        assert now.holds[finding.about].by.value == "evidence", finding
        open_ = {less.needs[need].function for need in now.needs}
        assert less.holds[finding.about].lifted_by_body not in open_, finding


def test_a_body_that_only_assists_leads_nowhere(house: House) -> None:
    pack = house("kaz")
    office = dataclasses.replace(pack.agencies["kaz_guardianship"], decides=frozenset())
    agencies = {**pack.agencies, "kaz_guardianship": office}
    missing = found(dataclasses.replace(pack, agencies=MappingProxyType(agencies)))
    assert {"H.child", "H.close_child"} <= set(missing)


def test_a_hold_that_nobody_may_lift_is_shown(house: House) -> None:
    pack = house("int")
    hold = dataclasses.replace(pack.holds["H.medical"], lifted_by_decision="", lifted_by_body="")
    holds = {**pack.holds, "H.medical": hold}
    assert set(found(dataclasses.replace(pack, holds=MappingProxyType(holds)))) == {"H.medical"}
