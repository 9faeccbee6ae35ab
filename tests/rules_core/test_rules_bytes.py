"""The quick readers say what the plain walk says, to the byte: vignettes of every pack, and anybody."""

from __future__ import annotations

import hashlib
from datetime import date

import pytest
from hypothesis import given, settings

from config.settings import PACKS
from tests.rules_core.by_walking import assessed
from tests.rules_core.test_rules_laws import BASE, COUNTRY, DAY, conditions, packs, people
from workflows.rules.assess import assess, decide, walk
from workflows.rules.cases import vignette_facts
from workflows.rules.compiled import program
from workflows.rules.computed import with_computed
from workflows.rules.conditions import Condition
from workflows.rules.packs import Pack, load_pack, pack_codes
from workflows.rules.reading import View, explain, strictly
from workflows.rules.reasons import Seen, _Maker, reasons
from workflows.rules.values import Facts

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize("code", pack_codes(PACKS))
def test_every_vignette_is_assessed_to_the_byte_as_the_walk_has_it(code: str) -> None:
    pack = load_pack(PACKS, code, TODAY)
    differ = []
    for vignette in pack.vignettes:
        facts = vignette_facts(pack, vignette)
        quick, plain = (
            hashlib.sha256(reader(pack, facts, vignette.as_of).canonical()).hexdigest()
            for reader in (assess, assessed)
        )
        if quick != plain or decide(pack, facts, TODAY) != walk(pack, facts, TODAY):
            differ.append(vignette.file)
    assert not differ


@given(packs, people())
@settings(max_examples=150, deadline=None)
def test_anybody_is_assessed_to_the_byte_as_the_walk_has_it(pack: Pack, person: Facts) -> None:
    assert assess(pack, person, DAY).canonical() == assessed(pack, person, DAY).canonical()


@given(packs, people())
@settings(max_examples=100, deadline=None)
def test_prepared_reasons_are_those_of_the_walk(pack: Pack, person: Facts) -> None:
    known = with_computed(pack, person, DAY)
    compiled = program(pack)
    vector = compiled.encode(known)
    outcome = compiled.decide(vector)
    grades = dict(zip(pack.profiles, zip(outcome.now, outcome.most, strict=True), strict=True))
    view, seen = View(known, pack.derived, grades), Seen(vector, outcome.now, outcome.most)
    prepared = reasons(pack)
    for rule in pack.rules.values():
        assert prepared.rules[rule.id](seen) == explain(rule.when, view)
    for need in pack.needs.values():
        assert prepared.needs[need.id](seen) == explain(need.when, view)
    for hold in pack.holds.values():
        assert prepared.holds[hold.id](seen) == explain(hold.when, view)
        assert prepared.evidence[hold.id](seen) == explain(strictly(hold.when), view)


@given(conditions, people())
@settings(max_examples=200, deadline=None)
def test_prepared_reasons_of_any_condition(condition: Condition, person: Facts) -> None:
    compiled = program(BASE)
    seen = Seen(compiled.encode(person), (), ())
    reader = _Maker(BASE, compiled).reader(condition)
    assert reader(seen) == explain(condition, View(person, {}, {}))


def test_computed_facts_are_written_over_stated_ones() -> None:
    compiled = program(COUNTRY)
    facts: Facts = {}
    assert compiled.encode(facts) == list(compiled.blank)
    assert compiled.encode(facts, with_computed(COUNTRY, facts, DAY)) == compiled.encode(
        with_computed(COUNTRY, facts, DAY)
    )
