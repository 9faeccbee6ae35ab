"""Packs with a known fault are refused, by the check that is there for it, and with a person."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable
from types import MappingProxyType
from typing import Any

import pytest

from tests.proofs.conftest import ROOT
from workflows.rules.answers import facts_from_raw
from workflows.rules.assess import assess
from workflows.rules.conditions import Is, NotEstablished, ProfileIs, Within, all_of
from workflows.rules.gate import gate
from workflows.rules.pack import Pack
from workflows.rules.proof_solver import Effort, NoSolver
from workflows.rules.proof_words import as_answers
from workflows.rules.prove import BY_TEST, OPEN, PROVEN, Finding, proofs, prove

House = Callable[[str], Pack]
#: All packs of the house: half a second each.
PACKS = tuple(sorted(head.parent.name for head in (ROOT / "config" / "packs").glob("*/pack.yaml")))


def changed(pack: Pack, table: str, id_: str, **fields: Any) -> Pack:
    row = dataclasses.replace(getattr(pack, table)[id_], **fields)
    rows = MappingProxyType({**getattr(pack, table), id_: row})
    changes: dict[str, Any] = {table: rows, "sha256": f"{pack.sha256} {id_}"}
    return dataclasses.replace(pack, **changes)


def by_check(findings: tuple[Finding, ...]) -> dict[str, Finding]:
    found: dict[str, Finding] = {}
    for finding in findings:
        found.setdefault(finding.check, finding)
    return found


@pytest.mark.parametrize("code", PACKS)
def test_a_pack_of_the_house_is_proven_wholly(house: House, code: str) -> None:
    base = None if code == "int" else house("int")
    ended = {proof.check: proof.how for proof in proofs(house(code), base)}
    assert set(ended.values()) == {PROVEN, BY_TEST}
    assert set(house(code).invariants) <= set(ended)


def test_a_hold_that_waits_for_presumed_is_refused_with_somebody_nobody_asked(house: House) -> None:
    when = all_of(ProfileIs("ASY", 3), NotEstablished(Is("final_negative", yes=True)))
    bad = changed(house("int"), "holds", "H.refoulement", when=when)

    found = by_check(prove(bad))

    assert {"INV-01", "INV-13"} & set(found)
    person = found["INV-01"].person if "INV-01" in found else found["INV-13"].person
    assert person is not None
    mandatory = {fact.id for fact in bad.facts.values() if fact.mandatory_for}
    assert len(person) <= len(mandatory) + 5  # a complete screen, and hardly anything beside it


def test_unaccompanied_and_separated_made_exclusive_loses_protection(house: House) -> None:
    pack = house("int")
    bad = pack
    for rule in [r for r in pack.rules.values() if r.profile == "SPC"]:
        when = all_of(rule.when, Is("with_responsible_adult", yes=True))
        bad = changed(bad, "rules", rule.id, when=when)

    finding = next(f for f in prove(bad) if f.check == "INV-13" and "SPC" in f.about)

    assert finding.then is not None
    assert "with_responsible_adult" in finding.then


def test_an_overlay_that_cuts_children_at_sixteen_protects_less_than_its_base(house: House) -> None:
    derived = MappingProxyType({**house("kaz").derived, "child": Within("age", None, 15)})
    bad = dataclasses.replace(house("kaz"), derived=derived, sha256="cut at sixteen")

    found = [f for f in prove(bad, house("int")) if f.check == "base"]

    assert found
    assert any("16" in f.words or "17" in f.words for f in found)


def test_an_overlay_that_ties_trafficking_to_a_parent_is_refused(house: House) -> None:
    pack = house("kaz")
    bad = pack
    for rule in [r for r in pack.rules.values() if r.profile == "VOT-A"]:
        bad = changed(bad, "rules", rule.id, when=all_of(rule.when, Is("with_parent", yes=True)))

    found = by_check(prove(bad, house("int")))

    assert {"INV-13", "INV-16", "base"} <= set(found)


def test_a_country_that_forgets_its_guardianship_body_is_refused(house: House) -> None:
    pack = house("kaz")
    routes = tuple(route for route in pack.routes if route.need != "guardian")
    bad = dataclasses.replace(pack, routes=routes, sha256="no guardian")

    finding = by_check(prove(bad, house("int")))["INV-22"]

    assert finding.about == "guardian"
    assert finding.person


def test_rows_that_do_nothing_are_named(small: Pack) -> None:
    rule = next(iter(small.rules.values()))
    dead = all_of(Within("age", None, 10), Within("age", 12, None))
    idle = dataclasses.replace(rule, id="X.idle")
    rows = {
        **small.rules,
        "X.dead": dataclasses.replace(rule, id="X.dead", when=dead),
        "X.idle": idle,
    }
    bad = dataclasses.replace(small, rules=MappingProxyType(rows), sha256="idle rows")

    found = {(f.check, f.about) for f in prove(bad)}

    assert ("dead row", "X.dead") in found
    assert ("idle rule", "X.idle") in found


def test_an_action_shut_for_everybody_is_no_safety(house: House) -> None:
    never = all_of(Within("age", None, 200))
    bad = changed(house("int"), "holds", "H.child", when=never)
    assert "vacuous safety" in by_check(prove(bad))


def test_a_counterexample_is_a_person_whom_the_pack_treats_so(house: House) -> None:
    when = all_of(ProfileIs("ASY", 3), NotEstablished(Is("final_negative", yes=True)))
    bad = changed(house("int"), "holds", "H.refoulement", when=when)
    for finding in prove(bad):
        if finding.check == "INV-01":
            assert finding.person is not None
            facts = facts_from_raw(bad.facts, as_answers(bad, finding.person))
            assert "RETURN" not in {action.value for action in assess(bad, facts, bad.on).shut}


def test_words_of_a_finding_follow_the_language(house: House) -> None:
    routes = tuple(route for route in house("kaz").routes if route.need != "guardian")
    bad = dataclasses.replace(house("kaz"), routes=routes, sha256="no guardian")
    finding = by_check(prove(bad))["INV-22"]
    assert finding.show(bad, "ru") != finding.show(bad, "en")


def test_what_the_solver_does_not_settle_is_not_proven(house: House) -> None:
    ended = list(proofs(house("int"), effort=Effort(steps=1)))
    unsettled = [proof for proof in ended if proof.how == OPEN]
    assert unsettled
    assert all("not proven in time" in proof.findings[0].says for proof in unsettled)
    assert not gate(house("int"), None, effort=Effort(steps=1)).passed


def test_without_the_solver_the_message_says_what_to_install(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "z3", None)
    with pytest.raises(NoSolver, match="z3-solver"):
        prove(house("int"))
