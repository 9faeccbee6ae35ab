"""What to ask next: the most urgent open questions first, one answer ahead, with fixed shares.

Relevance comes from the pack's own rules; nothing is learned of persons, so nobody is asked more or
less for origin or looks. A suggestion only: any order of answers gives the same assessment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from models.vocabulary import Role
from workflows.rules.compiled import Decision, Program, program
from workflows.rules.computed import with_computed
from workflows.rules.pack import Pack
from workflows.rules.pack_checks import READS
from workflows.rules.pack_model import Fact
from workflows.rules.reading import POSSIBLY, View, explain
from workflows.rules.values import NOT_ASKED, Answer, Facts, WhyUnknown
from workflows.rules.words import GRADES, URGENCIES

#: Fixed share of "yes" by the pack's word; engineering values, the same for everybody.
_SHARES = {"rare": 0.1, "half": 0.5, "common": 0.7}
#: Settling a goal as true is worth three times settling it as false (rules.md 5).
_TRUE_WEIGHT = 3.0
#: Look-ahead is spent on the most relevant candidates only, to stay below a millisecond.
_LOOK_AHEAD = 12


@dataclass(frozen=True, slots=True)
class Item:
    """One question of a card; `decides` names the profiles and holds that wait for it."""

    fact: str
    decides: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """The next screen of related questions."""

    id: str
    items: tuple[Item, ...]
    urgent_settled: bool
    complete: bool


@dataclass(frozen=True, slots=True)
class Interview:
    """Where the interview stands.

    `urgent_settled`: nothing askable is left that decides something urgent. `complete`: nothing
    askable is left at all. `elsewhere`: facts that wait for another role or a private setting; they
    become a task, and their holds stay.
    """

    card: Card | None
    urgent_settled: bool
    complete: bool
    elsewhere: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Goal:
    """An output that answers could still change: `name` as shown, `tier` 2 is urgent now."""

    name: str
    tier: int
    facts: tuple[str, ...]


def next_card(pack: Pack, facts: Facts, role: Role, *, private: bool, as_of: date) -> Card | None:
    """The next card for this role and setting, or None when it has nothing (more) to ask."""
    return interview(pack, facts, role, private=private, as_of=as_of).card


def interview(pack: Pack, facts: Facts, role: Role, *, private: bool, as_of: date) -> Interview:
    """Where the interview stands, and the next card. Pure; below a millisecond a call."""
    known = with_computed(pack, facts, as_of)
    compiled = program(pack)
    vector = compiled.encode(known)
    outcome = compiled.decide(vector)
    goals = list(_goals(pack, known, vector, outcome))
    wanted: dict[str, list[_Goal]] = {}
    for goal in goals:
        for fact in goal.facts:
            wanted.setdefault(fact, []).append(goal)
    here = {f: g for f, g in wanted.items() if _may_ask(pack.facts[f], role, private=private)}
    settled = not any(goal.tier == 2 for goals_of in wanted.values() for goal in goals_of)
    complete = not wanted
    card: Card | None = None
    if here:
        best = _best(pack, compiled, vector, outcome, here)
        card = _card(pack, best, here, urgent_settled=settled)
    elsewhere = tuple(f for f in pack.facts if f in wanted and f not in here)
    return Interview(card, settled, complete, elsewhere)


def _may_ask(fact: Fact, role: Role, *, private: bool) -> bool:
    return role in fact.who and (private or not fact.private)


def _card(pack: Pack, best: str, here: Mapping[str, list[_Goal]], *, urgent_settled: bool) -> Card:
    id_ = pack.facts[best].card
    items = tuple(
        Item(fact.id, tuple(dict.fromkeys(goal.name for goal in here[fact.id])))
        for fact in pack.facts.values()
        if fact.card == id_ and fact.id in here
    )
    return Card(id_, items, urgent_settled, complete=False)


def _goals(pack: Pack, known: Facts, vector: list[object], outcome: Decision) -> Iterator[_Goal]:
    """Profiles that can still rise, holds of precaution, and facts asked before a return."""
    grades = dict(zip(pack.profiles, zip(outcome.now, outcome.most, strict=True), strict=True))
    view = View(known, pack.derived, grades)
    wanted: dict[str, dict[str, None]] = {}
    missing = program(pack).missing
    for i, rule in enumerate(pack.rules.values()):
        level, highest = grades[rule.profile]
        if outcome.rules[i] == POSSIBLY and level < highest:
            missing[i](vector, outcome.derived, wanted.setdefault(rule.profile, {}))
    for code, open_slots in wanted.items():
        profile, highest = pack.profiles[code], grades[code][1]
        tier = URGENCIES.index(profile.urgency[GRADES[highest].value])
        yield _Goal(f"profile {code}", tier, _askable(pack, known, open_slots))
    for hold, state in zip(pack.holds.values(), outcome.holds, strict=True):
        if state == POSSIBLY:
            open_slots = dict.fromkeys(explain(hold.when, view).missing)
            yield _Goal(f"hold {hold.id}", 1, _askable(pack, known, open_slots))
    for fact in pack.facts.values():
        if fact.mandatory_for:
            names = ", ".join(sorted(fact.mandatory_for))
            yield _Goal(f"before {names}", 0, _askable(pack, known, {fact.id: None}))


def _askable(pack: Pack, known: Facts, open_slots: Mapping[str, None]) -> tuple[str, ...]:
    """The facts to ask for the slots, once each; not those that were asked and got no answer."""
    asked: dict[str, None] = {}
    for slot in open_slots:
        fact = pack.facts[slot.partition(".")[0]]
        if fact.computed in READS:
            fact = pack.facts[READS[fact.computed][0]]
        answer = known.get(fact.id, NOT_ASKED)
        if fact.askable and not _settled(fact, answer):
            asked[fact.id] = None
    return tuple(asked)


def _settled(fact: Fact, answer: Answer) -> bool:
    if answer.why not in (None, WhyUnknown.NOT_ASKED):
        return True
    # A span or a set was given as well as it is known; asking the same again gives no more.
    return answer.value is not None and fact.kind != "several"


def _best(
    pack: Pack,
    compiled: Program,
    vector: list[object],
    outcome: Decision,
    here: Mapping[str, list[_Goal]],
) -> str:
    """The fact to ask first: of the top tier, most goals settled per cost; ties: pack order."""
    tier = max(goal.tier for goals in here.values() for goal in goals)
    order = _order(pack)
    first = {f: sum(g.tier == tier for g in goals) for f, goals in here.items()}
    ranked = sorted(
        (f for f, n in first.items() if n),
        key=lambda f: (-first[f] / pack.facts[f].cost, order[f]),
    )
    scores = {
        f: _score(compiled, vector, outcome, pack.facts[f]) / pack.facts[f].cost
        for f in ranked[:_LOOK_AHEAD]
    }
    return max(ranked, key=lambda f: (scores.get(f, 0.0), first[f], -order[f]))


@lru_cache(maxsize=64)
def _order(pack: Pack) -> Mapping[str, int]:
    """Card order, then order within the file."""
    return {
        fact.id: pack.cards[fact.card].order * 10_000 + i
        for i, fact in enumerate(pack.facts.values())
        if fact.card
    }


def _score(compiled: Program, vector: list[object], outcome: Decision, fact: Fact) -> float:
    """Expected weight of profiles settled by the answer; unknown kinds count by relevance only."""
    if fact.kind != "yes-no":
        return 0.5
    at = compiled.places[fact.id][1]
    share = _SHARES[fact.usual]
    score = 0.0
    for answer, chance in ((2, share), (0, 1 - share)):
        ahead = list(vector)
        ahead[at] = answer
        score += chance * _gain(outcome, compiled.decide(ahead))
    return score


def _gain(before: Decision, after: Decision) -> float:
    gain = 0.0
    for was, could, now, can in zip(before.now, before.most, after.now, after.most, strict=True):
        if was < could and now >= can:
            gain += _TRUE_WEIGHT if now >= 2 else 1.0
        elif now > was:
            gain += 1.0
    return gain
