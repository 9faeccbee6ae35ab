"""Laws that hold for every person: readers agree, order is nothing, knowledge only settles."""

from __future__ import annotations

import dataclasses
import random
from datetime import UTC, date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.vocabulary import HoldCause
from workflows.rules.answers import Source, Statement, merge
from workflows.rules.assess import assess, decide, walk
from workflows.rules.cases import broken
from workflows.rules.compiled import program
from workflows.rules.computed import with_computed
from workflows.rules.conditions import (
    AtLeast,
    Condition,
    Is,
    OneOf,
    Within,
    mixed_direction,
    slots,
)
from workflows.rules.pack_model import Fact, Rule
from workflows.rules.packs import Pack, load_pack
from workflows.rules.reading import View, explain
from workflows.rules.values import Answer, Choice, Days, Facts, Interval, Several, Value

DAY = date(2026, 3, 1)
BASE = load_pack(Path(__file__).parent / "packs", "bas", DAY)
COUNTRY = load_pack(Path(__file__).parent / "packs", "lan", DAY)
COUNTRIES = ("AFG", "KAZ", "SYR")


def spans(low: int, high: int) -> st.SearchStrategy[tuple[int, int]]:
    ends = st.integers(low, high)
    return st.tuples(ends, ends).map(lambda t: (min(t), max(t)))


def values_of(fact: Fact) -> st.SearchStrategy[Value]:
    match fact.kind:
        case "yes-no":
            return st.booleans()
        case "years" | "quantity":
            return spans(0, 30).map(lambda t: Interval(*t))
        case "date":
            first = date(1990, 1, 1).toordinal()
            days = spans(first, DAY.toordinal())
            return days.map(lambda t: Days(date.fromordinal(t[0]), date.fromordinal(t[1])))
        case "choice":
            words = st.sampled_from(fact.options or COUNTRIES)
            return st.frozensets(words, min_size=1, max_size=2).map(Choice)
        case _:
            sides = st.dictionaries(st.sampled_from(fact.options), st.booleans())
            return sides.map(
                lambda d: Several(
                    frozenset(i for i, so in d.items() if so),
                    frozenset(i for i, so in d.items() if not so),
                )
            )


ASKED = [f for f in BASE.facts.values() if not f.derived and not f.computed]


def people() -> st.SearchStrategy[Facts]:
    answers = {f.id: values_of(f).map(Answer) for f in ASKED}
    return st.fixed_dictionaries({}, optional=answers)


packs = st.sampled_from([BASE, COUNTRY])


@given(packs, people())
@settings(max_examples=300)
def test_compiled_program_and_walk_agree(pack: Pack, person: Facts) -> None:
    assert decide(pack, person, DAY) == walk(pack, person, DAY)


@given(packs, people())
@settings(max_examples=150)
def test_compiled_missing_facts_are_those_of_the_explanation(pack: Pack, person: Facts) -> None:
    known = with_computed(pack, person, DAY)
    compiled = program(pack)
    vector = compiled.encode(known)
    outcome = compiled.decide(vector)
    view = View(known, pack.derived, {})
    for i, rule in enumerate(pack.rules.values()):
        support = explain(rule.when, view)
        assert support.truth == outcome.rules[i]
        if support.truth == 1:
            found: dict[str, None] = {}
            compiled.missing[i](vector, outcome.derived, found)
            assert set(found) == {slot.partition(".")[0] for slot in support.missing}
            assert found


def shuffled(pack: Pack, seed: int) -> Pack:
    rows = list(pack.rules.items())
    random.Random(seed).shuffle(rows)
    return dataclasses.replace(pack, rules=MappingProxyType(dict(rows)))


@given(people(), st.integers(0, 5))
@settings(max_examples=60, deadline=None)
def test_the_order_of_rules_is_nothing(person: Facts, seed: int) -> None:
    one, other = assess(BASE, person, DAY), assess(SHUFFLED[seed], person, DAY)
    assert {c: r.grade for c, r in one.profiles.items()} == {
        c: r.grade for c, r in other.profiles.items()
    }
    assert one.shut == other.shut
    assert dict(one.needs) == dict(other.needs)
    assert one.urgency == other.urgency


SHUFFLED = [shuffled(BASE, seed) for seed in range(6)]


def narrower(value: Value | None, data: st.DataObject, fact: Fact) -> Value:
    """A value that says more than `value`: what a further answer may do."""
    if value is None:
        return data.draw(values_of(fact))
    if isinstance(value, Interval):
        assert value.lo is not None
        assert value.hi is not None
        return Interval(*data.draw(spans(value.lo, value.hi)))
    if isinstance(value, Choice):
        return Choice(frozenset([data.draw(st.sampled_from(sorted(value.words)))]))
    return value


@given(people(), st.data())
@settings(max_examples=150)
def test_more_answers_only_settle_rules(person: Facts, data: st.DataObject) -> None:
    fact = data.draw(st.sampled_from(ASKED))
    old = person.get(fact.id)
    more = {**person, fact.id: Answer(narrower(old.value if old else None, data, fact))}
    before, after = decide(BASE, person, DAY), decide(BASE, more, DAY)
    for was, now in zip(before.rules, after.rules, strict=True):
        assert was in (1, now)
    for was, now in zip(before.now, after.now, strict=True):
        assert was < 2 or now >= was


PROTECTIVE = [f for f in ASKED if f.kind == "yes-no" and f.protective]


@given(people(), st.sampled_from(PROTECTIVE))
@settings(max_examples=150)
def test_a_protective_answer_weakens_nothing(person: Facts, fact: Fact) -> None:
    """INV-13, for the safeguards: a known protective answer against its opposite and no answer."""
    told = {**person, fact.id: Answer(value=fact.protective == ("yes",))}
    before, after = assess(BASE, person, DAY), assess(BASE, told, DAY)
    lost_profiles = {c for c in before.indicated() if c != "LMW"} - set(after.indicated())
    assert not lost_profiles
    for id_, hold in before.holds.items():
        if hold.by is HoldCause.EVIDENCE:
            assert id_ in after.holds
    assert set(before.needs) <= set(after.needs)


statements = st.lists(
    st.sampled_from([f for f in ASKED if not f.decided_by]).flatmap(
        lambda f: st.builds(
            Statement,
            fact=st.just(f.id),
            value=values_of(f),
            why_unknown=st.none(),
            source=st.sampled_from([Source.SELF, Source.OBSERVED, Source.DOCUMENT]),
            at=st.integers(0, 9).map(lambda h: datetime(2026, 2, 1, h, tzinfo=UTC)),
            by=st.just("somebody"),
        )
    ),
    max_size=12,
)


@given(statements, statements)
@settings(max_examples=300)
def test_the_union_of_two_copies_loses_no_hold_that_evidence_carried(
    here: list[Statement], there: list[Statement]
) -> None:
    union = assess(BASE, merge([*here, *there], BASE.facts), DAY)
    for copy in (here, there):
        alone = assess(BASE, merge(copy, BASE.facts), DAY)
        for id_, hold in alone.holds.items():
            if hold.by is HoldCause.EVIDENCE:
                assert id_ in union.holds


@given(packs, people())
@settings(max_examples=200)
def test_no_invented_person_breaks_an_invariant(pack: Pack, person: Facts) -> None:
    assert broken(pack, person, assess(pack, person, DAY)) == []


def test_a_broken_invariant_would_be_noticed() -> None:
    """The same check with a pack whose hold for children is gone."""
    holds = {id_: h for id_, h in BASE.holds.items() if id_ == "H.traffic"}
    weak = dataclasses.replace(BASE, holds=MappingProxyType(holds))
    no = ["papers", "locked", "violence", "debt", "unpaid"]
    child: Facts = {"age": Answer(Interval(15, 15)), **{f: Answer(value=False) for f in no}}
    assert [i.id for i in broken(weak, child, assess(weak, child, DAY))] == ["INV-06"]


YES_NO = ["fear", "asks", "war", "papers", "debt", "locked"]
leaf: st.SearchStrategy[Condition] = st.one_of(
    st.builds(Is, st.sampled_from(YES_NO), st.booleans()),
    st.builds(Is, st.sampled_from(["needs_now.doctor", "needs_now.food"]), st.booleans()),
    st.builds(Within, st.just("hours"), st.none(), st.integers(0, 24)),
    st.builds(Within, st.just("hours"), st.integers(0, 24), st.none()),
    st.builds(
        OneOf, st.just("link"), st.frozensets(st.sampled_from(["parent", "stranger"]), min_size=1)
    ),
)


def joined(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Condition]:
    lists = st.lists(parts, min_size=2, max_size=4).map(tuple)
    return lists.flatmap(lambda p: st.builds(AtLeast, st.integers(1, len(p)), st.just(p)))


conditions: st.SearchStrategy[Condition] = st.recursive(leaf, joined, max_leaves=8)


def with_rule(condition: Condition) -> Pack:
    rule = dataclasses.replace(BASE.rules["ASY.1"], id="X.1", when=condition)
    rules: dict[str, Rule] = {"X.1": rule}
    return dataclasses.replace(BASE, rules=MappingProxyType(rules))


@given(conditions, people())
@settings(max_examples=200, deadline=None)
def test_readers_agree_on_any_condition(condition: Condition, person: Facts) -> None:
    pack = with_rule(condition)
    assert decide(pack, person, DAY) == walk(pack, person, DAY)


@given(conditions.filter(lambda c: mixed_direction(c, {}) is None), st.data())
@settings(max_examples=200, deadline=None)
def test_rails_are_exact_when_each_fact_has_one_direction(
    condition: Condition, data: st.DataObject
) -> None:
    """Possibly means that some full set of answers makes it true; certainly, that all do."""
    person = data.draw(people())
    asked = [f for f in ASKED if f.id in {s.partition(".")[0] for s in slots(condition, {})}]
    found = set()
    for favour in (True, False):
        full = {f.id: Answer(extreme(f, person.get(f.id), condition, favour=favour)) for f in asked}
        found.add(explain(condition, View(full, {}, {})).truth)
    three = explain(condition, View(person, {}, {})).truth
    assert {0: {0}, 1: {0, 2}, 2: {2}}[three] == found


def extreme(fact: Fact, answer: Answer | None, condition: Condition, *, favour: bool) -> Value:
    """The full value within `answer` that makes the leaves of `fact` true (or false)."""
    value = answer.value if answer else None
    uses = [leaf_ for leaf_ in all_leaves(condition) if leaf_.slot.partition(".")[0] == fact.id]
    if fact.kind == "yes-no":
        assert isinstance(uses[0], Is)
        return value if isinstance(value, bool) else uses[0].yes == favour
    if isinstance(uses[0], Within):
        lo, hi = (value.lo, value.hi) if isinstance(value, Interval) else (-1, 99)
        low_helps = uses[0].lo is None
        end = lo if low_helps == favour else hi
        assert end is not None
        return Interval(end, end)
    if isinstance(uses[0], OneOf):
        words = value.words if isinstance(value, Choice) else frozenset(fact.options)
        inside = words & uses[0].words if favour else words - uses[0].words
        return Choice(frozenset([min(inside or words)]))
    given_ = value if isinstance(value, Several) else Several(frozenset(), frozenset())
    open_ = {u.slot.partition(".")[2]: u.yes == favour for u in uses if isinstance(u, Is)}
    yes = given_.yes | {i for i, so in open_.items() if so and i not in given_.no}
    return Several(yes, given_.no | {i for i in open_ if i not in yes})


def all_leaves(condition: Condition) -> list[Is | Within | OneOf]:
    if isinstance(condition, AtLeast):
        return [leaf_ for part in condition.parts for leaf_ in all_leaves(part)]
    assert isinstance(condition, Is | Within | OneOf)
    return [condition]


def test_no_word_of_a_pack_gets_into_the_compiled_source() -> None:
    source = program(COUNTRY).source
    for word in (*COUNTRY.facts, *COUNTRY.profiles, *COUNTRY.rules, "AFG", "stranger"):
        if len(word) > 3:
            assert word not in source
    assert '"' not in source
    assert "'" not in source


@pytest.mark.parametrize("pack", [BASE, COUNTRY], ids=["base", "country"])
def test_a_person_without_answers_is_as_open_as_can_be(pack: Pack) -> None:
    outcome = decide(pack, {}, DAY)
    assert set(outcome.now) == {1}
    assert all(outcome.holds)
