"""Invented people for measuring the rules: who they are, what they would answer. Seeded; nobody real.

Shares are guesses of the authors, so only ratios between two ways of asking mean anything. A person is
the truth of every question; what is observed is seen at once, by either way.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from workflows.rules.pack import Pack
from workflows.rules.pack_model import Fact
from workflows.rules.values import Answer, Choice, Days, Facts, Several, Value

#: Share of yes where nothing else is said, by the pack's word.
_SHARES = {"rare": 0.03, "half": 0.12, "common": 0.5}
#: Cards of the trafficking lists: seldom so for others.
_LISTS = frozenset({"control", "promise", "recruit", "weakness", "work", "forced", "pressure"})
_SIGNS = 0.01
_AMONG_TRAFFICKED = 0.4

_FLEEING = {
    "fear_of_return": 0.93,
    "asks_for_asylum": 0.7,
    "left_for_conflict": 0.6,
    "harmed_at_home": 0.3,
    "refuses_return": 0.7,
    "afraid_of_embassy": 0.5,
    "ill_treated_by_officials": 0.2,
    "paid_facilitator": 0.5,
    "entry_irregular": 0.5,
    "has_own_passport": 0.5,
    "left_for_work_or_family": 0.1,
}
_WORKING = {
    "left_for_work_or_family": 0.97,
    "has_own_passport": 0.95,
    "fear_of_return": 0.02,
    "refuses_return": 0.02,
    "work_low_or_no_pay": 0.05,
    "status_expired": 0.2,
    "lost_work": 0.15,
}
_ALONE = {"with_parent": 0.0, "with_responsible_adult": 0.08, "travels_alone": 0.8}


@dataclass(frozen=True)
class Kind:
    """A kind of people: its share of all, ages, and how often what differs is so."""

    share: float
    ages: tuple[int, int]
    shares: Mapping[str, float]
    trafficked: bool = False


KINDS: Mapping[str, Kind] = {
    "labour migrant": Kind(0.26, (18, 55), _WORKING),
    "asylum, alone": Kind(0.17, (18, 60), {**_FLEEING, "travels_alone": 0.7}),
    "asylum, family": Kind(
        0.14, (20, 50), {**_FLEEING, "brings_child": 0.9, "travels_alone": 0.0, "sole_carer": 0.2}
    ),
    "child of a family": Kind(
        0.08, (1, 17), {**_FLEEING, "with_parent": 1.0, "travels_alone": 0.0, "link_proven": 0.7}
    ),
    "child alone": Kind(0.06, (11, 17), {**_FLEEING, **_ALONE, "family_missing": 0.6}),
    "child with another adult": Kind(
        0.05,
        (6, 17),
        {
            "with_parent": 0.0,
            "with_responsible_adult": 0.5,
            "with_relative": 0.5,
            "with_other_adult": 0.8,
            "link_proven": 0.2,
            "travels_alone": 0.0,
            "fear_of_return": 0.3,
            "story_memorised": 0.1,
        },
    ),
    "trafficked adult": Kind(
        0.05,
        (18, 45),
        {**_WORKING, "fear_of_return": 0.4, "has_own_passport": 0.4},
        trafficked=True,
    ),
    "trafficked child": Kind(0.02, (10, 17), {**_ALONE, "fear_of_return": 0.4}, trafficked=True),
    "stateless": Kind(
        0.04,
        (5, 60),
        {
            "has_own_passport": 0.05,
            "refused_as_citizen": 0.4,
            "no_citizenship_known": 0.5,
            "ussr_document_only": 0.2,
            "birth_not_registered": 0.4,
            "parents_nationality_gap": 0.4,
            "embassy_no_answer": 0.4,
        },
    ),
    "returning national": Kind(
        0.07,
        (18, 60),
        {"wants_to_return": 0.9, "returns_to_own_country": 1.0, "has_own_passport": 0.9},
    ),
    "ill, old or disabled": Kind(
        0.04,
        (50, 85),
        {
            "serious_illness": 0.5,
            "treatment_interrupted": 0.4,
            "dependent_on_care": 0.4,
            "disability_seen": 0.4,
            "needs_doctor_now": 0.3,
        },
    ),
    "armed": Kind(0.01, (16, 45), {"armed_or_uniformed": 0.8, "served_in_forces": 0.9}),
    "disaster": Kind(0.01, (18, 70), {"left_for_disaster": 1.0, "destitute": 0.6}),
}


def people(pack: Pack, number: int, day: date, seed: int = 21) -> Iterator[tuple[str, Facts]]:
    """`number` people as kind and truth: an answer to every fact that the pack can ask or see."""
    luck = random.Random(seed)
    names, shares = list(KINDS), [kind.share for kind in KINDS.values()]
    for _ in range(number):
        name = luck.choices(names, shares)[0]
        yield name, _person(pack, KINDS[name], day, luck)


def _person(pack: Pack, kind: Kind, day: date, luck: random.Random) -> Facts:
    age = luck.randint(*kind.ages)
    sex = luck.choice("FM")
    born = day - timedelta(days=round(age * 365.25) + luck.randint(1, 300))
    truth: dict[str, Answer] = {}
    for fact in pack.facts.values():
        if fact.askable and not fact.decided_by:
            truth[fact.id] = Answer(_answer(fact, kind, luck))
    fixed: dict[str, Value] = {
        "birth": Days(born, born),
        "sex": Choice(frozenset({sex})),
        "arrived_on": Days(day, day),
        "may_be_child": 15 <= age <= 19 and luck.random() < 0.3,
    }
    if age >= 18:
        fixed |= dict.fromkeys(_of_children(pack), False)
    if sex == "M":
        fixed |= dict.fromkeys(("pregnant_or_nursing", "late_pregnancy", "widow_or_head"), False)
    return truth | {fact: Answer(value) for fact, value in fixed.items() if fact in truth}


def _of_children(pack: Pack) -> list[str]:
    return [f.id for f in pack.facts.values() if f.card == "with_child" and f.kind == "yes-no"]


def _answer(fact: Fact, kind: Kind, luck: random.Random) -> Value:
    if fact.kind == "yes-no":
        share = _SIGNS if fact.card in _LISTS else _SHARES[fact.usual]
        if kind.trafficked and fact.card in _LISTS:
            share = _AMONG_TRAFFICKED
        return luck.random() < kind.shares.get(fact.id, share)
    if fact.kind == "several":
        yes = frozenset(item for item in fact.options if luck.random() < 0.1)
        return Several(yes, frozenset(fact.options) - yes)
    if fact.kind == "choice":
        words = fact.options or ("AFG", "UZB", "TJK")
        hard = luck.random() < (0.4 if "disability_seen" in kind.shares else 0.03)
        return Choice(frozenset({luck.choice(words[2:] if hard and len(words) > 3 else words[:1])}))
    first = date(2020, 1, 1)
    return Days(first, first)


def seen(pack: Pack, truth: Facts) -> Facts:
    """What an official sees without a question: recorded before the first, by every way of asking."""
    return {
        fact: answer
        for fact, answer in truth.items()
        if pack.facts[fact].observed or pack.facts[fact].record_only
    }
