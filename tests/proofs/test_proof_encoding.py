"""The terms say of every person what the walk over the conditions says: nobody differs, in no output."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.rules.answers import facts_from_raw
from workflows.rules.assess import walk
from workflows.rules.computed import with_computed
from workflows.rules.conditions import Is
from workflows.rules.pack import Pack
from workflows.rules.packs import load_pack
from workflows.rules.proof_encoding import Encoding
from workflows.rules.proof_terms import Crowd, Term, Terms, no
from workflows.rules.proof_words import as_answers
from workflows.rules.reading import View, truth
from workflows.rules.values import Facts

PEOPLE = 400


def said(encoding: Encoding, value: Callable[[Term], bool]) -> dict[str, object]:
    levels = {
        code: (sum(map(value, now)), 3 if value(most[2]) else 2 if value(most[1]) else 0)
        for code, (now, most) in encoding.grades.items()
    }
    return {
        "rules": [value(c) + value(p) for c, p in encoding.rules.values()],
        "grades": levels,
        "needs": [value(term) for term in encoding.needs.values()],
        "holds": [
            value(term) + value(encoding.evidence[id_]) for id_, term in encoding.holds.items()
        ],
        "urgency": sum(map(value, encoding.urgency)),
        "derived": [
            value(c) + value(p)
            for c, p in (encoding.rails(Is(slot, yes=True)) for slot in encoding.pack.derived)
        ],
    }


def walked(pack: Pack, facts: Facts) -> dict[str, object]:
    found = walk(pack, facts, pack.on)
    view = View(with_computed(pack, facts, pack.on), pack.derived, {})
    return {
        "rules": [truth(rule.when, view) for rule in pack.rules.values()],
        "grades": dict(zip(pack.profiles, zip(found.now, found.most, strict=True), strict=True)),
        "needs": list(found.needs),
        "holds": list(found.holds),
        "urgency": found.urgency,
        "derived": [truth(Is(slot, yes=True), view) for slot in pack.derived],
    }


@pytest.mark.parametrize("code", ["int", "kaz", "rus"])
def test_nobody_differs_between_the_terms_and_the_walk(
    house: Callable[[str], Pack], code: str
) -> None:
    pack = house(code)
    encoding = Encoding.alone(pack)
    crowd = Crowd.random(encoding.terms, PEOPLE, seed=7)
    said(encoding, lambda term: bool(crowd.bits(term)))
    for i in range(PEOPLE):

        def value(term: Term, i: int = i) -> bool:
            return bool(crowd.bits(term) >> i & 1)

        person = encoding.person.read(value)
        assert said(encoding, value) == walked(pack, person)


SMALL = load_pack(Path(__file__).parents[1] / "rules_core" / "packs", "bas", date(2026, 11, 24))
NAMES = tuple(sorted(Encoding.alone(SMALL).person.variables))


@given(st.sets(st.sampled_from(NAMES)))
@settings(max_examples=60, deadline=None)
def test_a_drawn_person_reads_the_same(true: set[str]) -> None:
    small, encoding = SMALL, Encoding.alone(SMALL)
    values = {encoding.person.variables[name] >> 1: 1 for name in true}
    crowd = Crowd(encoding.terms, values, 1)

    def value(term: Term) -> bool:
        return bool(crowd.bits(term))

    person = encoding.person.read(value)
    assert said(encoding, value) == walked(small, person)
    again = Crowd(
        encoding.terms, dict.fromkeys((t >> 1 for t in encoding.person.assigned(person)), 1), 1
    )
    assert said(encoding, lambda term: bool(again.bits(term))) == walked(small, person)
    assert facts_from_raw(small.facts, as_answers(small, person)).keys() == person.keys()


def test_equal_terms_have_equal_numbers() -> None:
    terms = Terms()
    a, b, c = (terms.variable(name) for name in "abc")
    assert terms.both([a, b]) == terms.both([b, a, a])
    assert terms.either([a, no(a)]) == 0
    assert terms.at_least(2, [a, b]) == terms.both([a, b])
    crowd = Crowd(terms, {a >> 1: 0b1010_1010, b >> 1: 0b1100_1100, c >> 1: 0b1111_0000}, 8)
    assert crowd.bits(terms.at_least(2, [a, b, c])) == 0b1110_1000
