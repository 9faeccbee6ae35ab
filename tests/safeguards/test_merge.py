"""Two copies of a case brought together: the union of what was said loses no safeguard of either (INV-39).

What may end a hold of one copy in the union is said exactly. A hold by *precaution* ends where the other copy
answers one of the questions it waited for. A hold by *evidence* ends in the reading only where the other copy
corrects a statement that carried it, answers what it still waited for, or holds a decision of the competent
body; in the case's rows it then waits, liftable, for a named decision (`test_sticky`). Nothing else ends a
hold: not the order, not repeats, not what one copy does not know.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.settings import PACKS
from models.vocabulary import HoldCause
from workflows.packs import Shelf
from workflows.rules.answers import Source, Statement, WhyUnknown, merge
from workflows.rules.assess import assess
from workflows.rules.assessment import Assessment
from workflows.rules.conditions import Maybe, NotEstablished, ProfileIs, leaves, slots
from workflows.rules.standing import standing
from workflows.rules.values import Interval

DAY = date(2026, 11, 24)
BEGAN = datetime(2026, 11, 20, 8, tzinfo=UTC)
PACK = Shelf(PACKS).get("kaz", DAY)
#: Facts that holds hang on, of which decisions; and an age.
SAID = (
    "fear_of_return",
    "asks_for_asylum",
    "may_be_child",
    "with_parent",
    "needs_doctor_now",
    "locked_up",
    "refused_as_citizen",
    "ill_treated_by_officials",
    "wants_to_return",
    "family_violence",
    "afraid_of_embassy",
    "consular_requested",
    "return_to_third_state",
)
DECIDED = tuple(fact.id for fact in PACK.facts.values() if fact.decided_by)
#: What somebody said: fact, value (None: not told), source.
Said = tuple[str, Any, Source]


def said() -> st.SearchStrategy[Said]:
    """A person's word, or what was seen, about one fact."""
    sources = st.sampled_from([Source.SELF, Source.OBSERVED, Source.THIRD_PARTY])
    words = st.sampled_from([True, False, None])
    ages = st.integers(10, 25).map(lambda years: Interval(years, years))
    return st.one_of(
        st.tuples(st.sampled_from(SAID), words, sources),
        st.tuples(st.just("age"), ages, sources),
    )


def decision() -> st.SearchStrategy[Said]:
    return st.tuples(st.sampled_from(DECIDED), st.booleans(), st.just(Source.DECISION))


def history(copy: str, before: Sequence[Statement], told: Sequence[Said]) -> list[Statement]:
    """A copy of a case after more was said: each statement supersedes its source's last about the fact."""
    statements = list(before)
    for n, (fact, value, source) in enumerate(told):
        replaced = {s.supersedes for s in statements}
        last = [s for s in statements if (s.fact, s.source) == (fact, source)]
        last = [s for s in last if s.id not in replaced]
        statements.append(
            Statement(
                fact=fact,
                value=value,
                why_unknown=WhyUnknown.DECLINED if value is None else None,
                source=source,
                at=BEGAN + timedelta(hours=len(before) + n),
                by="somebody",
                id=f"{copy}{n}",
                supersedes=last[-1].id if last else None,
            )
        )
    return statements


def reading(statements: Sequence[Statement]) -> Assessment:
    return assess(PACK, merge(standing(statements, DAY), PACK.facts), DAY)


def spoken_of(of: Sequence[Statement], beside: Sequence[Statement]) -> set[str]:
    """The facts of which one copy says something that the other does not hold."""
    return {s.fact for s in of if s not in set(beside)}


answers = st.lists(said(), max_size=8)
anything = st.lists(st.one_of(said(), decision()), max_size=8)


@pytest.mark.safeguard("INV-39")
@given(anything, anything, anything, st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_order_and_repeats_are_nothing(
    shared: list[Said], here: list[Said], there: list[Said], shuffle: random.Random
) -> None:
    common = history("c", [], shared)
    one, other = history("a", common, here), history("b", common, there)
    mixed = [*one, *other, *one]
    shuffle.shuffle(mixed)
    assert reading(mixed).as_dict() == reading([*one, *other]).as_dict()
    assert reading([*other, *one]).as_dict() == reading([*one, *other]).as_dict()


@pytest.mark.safeguard("INV-39", "INV-13")
@given(answers, answers)
@settings(max_examples=300, deadline=None)
def test_the_union_keeps_every_hold_that_evidence_carries_in_either_copy(
    here: list[Said], there: list[Said]
) -> None:
    """Two copies that began apart: neither corrects the other."""
    one, other = first_words(history("a", [], here)), first_words(history("b", [], there))
    union = reading([*one, *other])
    for copy, beside in ((one, other), (other, one)):
        for code, hold in reading(copy).holds.items():
            waits = [*hold.missing, *silent(code)]
            if hold.by is HoldCause.EVIDENCE and not answered(waits, beside):
                assert code in union.holds, (code, hold)


@pytest.mark.safeguard("INV-39")
@given(anything, anything, anything)
@settings(max_examples=300, deadline=None)
def test_a_hold_ends_in_the_union_only_by_what_the_other_copy_says_about_it(
    shared: list[Said], here: list[Said], there: list[Said]
) -> None:
    common = history("c", [], shared)
    one, other = history("a", common, here), history("b", common, there)
    union = reading([*one, *other])
    for copy, beside in ((one, other), (other, one)):
        news = spoken_of(beside, copy)
        for code, hold in reading(copy).holds.items():
            if code not in union.holds:
                assert news & reads(code), (code, hold, news)


@pytest.mark.safeguard("INV-39")
@given(anything, anything)
@settings(max_examples=150, deadline=None)
def test_a_copy_that_says_nothing_new_takes_nothing(shared: list[Said], here: list[Said]) -> None:
    common = history("c", [], shared)
    one = history("a", common, here)
    assert reading([*one, *common]).as_dict() == reading(one).as_dict()


def first_words(statements: list[Statement]) -> list[Statement]:
    """Without corrections: nothing that one copy takes back itself."""
    return [s for s in statements if s.supersedes is None]


def answered(missing: Sequence[str], beside: Sequence[Statement]) -> bool:
    """Whether the other copy answers what a hold still waited for."""
    return any(s.fact in missing and s.value is not None for s in beside)


def silent(code: str) -> set[str]:
    """Facts of a hold that count while nobody has said otherwise: the other copy may say it.

    In a case the hold then becomes liftable and no more (`workflows.effects`); here are readings only.
    """
    found = leaves(PACK.holds[code].when)
    unsaid = [leaf.leaf for leaf in found if isinstance(leaf, Maybe | NotEstablished)]
    return {slot.partition(".")[0] for leaf in unsaid for slot in slots(leaf, PACK.derived)}


def reads(code: str) -> set[str]:
    """Every plain fact on which a hold can hang: its own, and those of the profiles that it reads."""
    return _READS[code]


def _facts_of(condition: Any) -> set[str]:
    found: set[str] = set()
    for leaf in leaves(condition):
        inner = getattr(leaf, "leaf", leaf)
        if isinstance(inner, ProfileIs):
            for rule in PACK.rules.values():
                if rule.profile == inner.code:
                    found |= {slot.partition(".")[0] for slot in slots(rule.when, PACK.derived)}
    return found | {slot.partition(".")[0] for slot in slots(condition, PACK.derived)}


def _widened(facts: set[str]) -> set[str]:
    """With what computed facts read: an age is read off the birth, completeness off every question."""
    mandatory = {f.id for f in PACK.facts.values() if f.mandatory_for}
    return facts | (mandatory if "mandatory_answered" in facts else set())


_READS = {hold.id: _widened(_facts_of(hold.when)) for hold in PACK.holds.values()}
