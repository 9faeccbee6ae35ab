"""Laws of the interview: any order, the same questions for everybody, and the full form's result."""

from __future__ import annotations

import random
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.settings import PACKS
from models.vocabulary import Role
from tests.rules_core.test_rules_laws import ASKED, BASE, DAY, packs, people, values_of
from workflows.rules.answers import facts_from_raw
from workflows.rules.ask import Interview, interview
from workflows.rules.assess import assess
from workflows.rules.pack_model import Fact
from workflows.rules.packs import Pack, load_pack
from workflows.rules.values import Answer, Choice, Facts, Several, Value, WhyUnknown

TODAY = date(2026, 11, 24)
roles = st.sampled_from([Role.BORDER_OFFICIAL, Role.PROTECTION_OFFICER])


def state_of(pack: Pack, facts: Facts, role: Role, *, private: bool = True) -> Interview:
    return interview(pack, facts, role, private=private, as_of=DAY)


def told() -> st.SearchStrategy[Facts]:
    """Somebody who has an answer, or a reason for none, to every fact."""
    none = st.sampled_from([WhyUnknown.DECLINED, WhyUnknown.DOES_NOT_KNOW])
    answers = {
        fact.id: st.one_of(whole(fact).map(Answer), none.map(lambda why: Answer(None, why)))
        for fact in ASKED
    }
    return st.fixed_dictionaries(answers)


def whole(fact: Fact) -> st.SearchStrategy[Value]:
    """An answer after which nothing is left of the question: of several items each is so or is not."""
    if fact.kind != "several":
        return values_of(fact)
    items = frozenset(fact.options)
    return st.frozensets(st.sampled_from(fact.options)).map(lambda yes: Several(yes, items - yes))


def asked_to_the_end(pack: Pack, truth: Facts, role: Role) -> dict[str, Answer]:
    facts = {fact: truth[fact] for fact in truth if pack.facts[fact].decided_by}
    return {**facts, **asked_by(pack, facts, truth, role)}


def asked_by(pack: Pack, facts: Facts, truth: Facts, role: Role) -> dict[str, Answer]:
    """What a role hears when it asks all that is proposed to it, after what is known."""
    heard: dict[str, Answer] = {}
    while card := state_of(pack, {**facts, **heard}, role).card:
        assert card.first in {item.fact for item in card.items}
        assert not any(item.fact in heard for item in card.items), "asked a second time"
        heard |= {item.fact: truth[item.fact] for item in card.items}
    return heard


@given(packs, people(), roles, st.booleans(), st.randoms())
@settings(max_examples=100, deadline=None)
def test_the_order_of_answers_is_nothing(
    pack: Pack, person: Facts, role: Role, private: bool, luck: random.Random
) -> None:
    rows = list(person.items())
    luck.shuffle(rows)
    one, other = (state_of(pack, facts, role, private=private) for facts in (person, dict(rows)))
    assert one == other
    assert assess(pack, person, DAY).canonical() == assess(pack, dict(rows), DAY).canonical()


@given(packs, told())
@settings(max_examples=80, deadline=None)
def test_the_interview_comes_to_what_the_full_form_comes_to(pack: Pack, truth: Facts) -> None:
    never = {f: Answer(None, WhyUnknown.NOT_ASKED) for f in truth if not pack.facts[f].askable}
    decided = {f: a for f, a in truth.items() if pack.facts[f].decided_by}
    form = assess(pack, {**truth, **never, **decided}, DAY)
    ours = assess(pack, asked_to_the_end(pack, truth, Role.PROTECTION_OFFICER), DAY)
    assert ours.needs.keys() == form.needs.keys()
    assert ours.urgency == form.urgency
    assert ours.shut == form.shut
    assert {c: r.grade for c, r in ours.profiles.items()} == {
        c: r.grade for c, r in form.profiles.items()
    }


@given(packs, told(), st.permutations([Role.BORDER_OFFICIAL, Role.PROTECTION_OFFICER]))
@settings(max_examples=60, deadline=None)
def test_the_stops_are_reached_by_each_and_by_all(
    pack: Pack, truth: Facts, order: list[Role]
) -> None:
    facts: dict[str, Answer] = {}
    for role in order:
        facts |= asked_by(pack, facts, truth, role)
        end = state_of(pack, facts, role)
        assert end.complete_for_you
        assert end.urgent_settled
        assert not end.in_private
        assert end.elsewhere == end.for_others
        assert end.complete == (not end.for_others)
    assert state_of(pack, facts, order[-1]).complete


@given(people(), roles, st.frozensets(st.sampled_from(["AFG", "KAZ", "SYR"]), min_size=1))
@settings(max_examples=80, deadline=None)
def test_where_somebody_is_from_changes_nothing_that_is_asked(
    person: Facts, role: Role, words: frozenset[str]
) -> None:
    other = {**person, "origin": Answer(Choice(words))}
    assert state_of(BASE, {**person, "origin": Answer(Choice(frozenset({"TUR"})))}, role) == (
        state_of(BASE, other, role)
    )


@pytest.fixture(scope="module")
def full() -> Pack:
    return load_pack(PACKS, "int", TODAY)


#: Nobody is asked more or less, earlier or later, for these.
_OF_ORIGIN = {
    "citizenship": ["AFG", "DEU", "UZB"],
    "origin": ["SYR", "KAZ", "NOR"],
    "ethnicity_said": ["yes", "no"],
    "religion_said": ["yes", "no"],
}


@pytest.mark.parametrize("seed", range(6))
def test_citizenship_origin_ethnicity_and_religion_change_no_question(
    full: Pack, seed: int
) -> None:
    luck = random.Random(seed)
    yes_no = [f.id for f in full.facts.values() if f.kind == "yes-no" and f.askable]
    raw: dict[str, object] = {f: luck.choice(["yes", "no"]) for f in luck.sample(yes_no, 12 * seed)}
    seen = set()
    for _ in range(4):
        said = {fact: luck.choice(words) for fact, words in _OF_ORIGIN.items()}
        facts = facts_from_raw(full.facts, {**raw, **said})
        seen.add(interview(full, facts, Role.BORDER_OFFICIAL, private=True, as_of=TODAY))
    assert len(seen) == 1


def test_every_question_proposed_says_what_waits_for_it(full: Pack) -> None:
    card = interview(full, {}, Role.BORDER_OFFICIAL, private=True, as_of=TODAY).card
    assert card is not None
    assert all(item.decides for item in card.items)


def test_a_signs_list_that_only_a_specialist_asks_does_not_keep_an_officials_stops(
    full: Pack,
) -> None:
    own = [f for f in full.facts.values() if Role.BORDER_OFFICIAL in f.who and f.askable]
    raw: dict[str, object] = {f.id: "no" for f in own if f.kind == "yes-no" and not f.decided_by}
    raw |= {f.id: f.options[0] for f in own if f.kind == "choice" and f.options}
    raw |= {"birth": "1990", "left_for_work_or_family": "yes", "has_own_passport": "yes"}
    facts = facts_from_raw(full.facts, raw)
    state = interview(full, facts, Role.BORDER_OFFICIAL, private=True, as_of=TODAY)
    assert state.urgent_settled
    assert state.complete_for_you
    assert state.card is None
    if state.for_others:
        assert not state.complete
        officer = interview(full, facts, Role.PROTECTION_OFFICER, private=True, as_of=TODAY)
        assert officer.card is not None
        assert {item.fact for item in officer.card.items} <= set(state.for_others)
