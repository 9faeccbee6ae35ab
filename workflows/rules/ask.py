"""What to ask next: the most urgent open questions first, one answer ahead, with fixed shares.

Relevance comes from the pack's own rules; nothing is learned of persons, so nobody is asked more or
less for origin or looks. A suggestion only: any order of answers gives the same assessment.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from models.vocabulary import Role
from workflows.rules.conditions import AtLeast, Condition, OneOf, Within
from workflows.rules.goals import URGENT, Goal, Stand, open_goals, standing
from workflows.rules.pack import Pack
from workflows.rules.pack_checks import READS
from workflows.rules.pack_model import Fact
from workflows.rules.values import Facts

#: Fixed share of "yes" by the pack's word; engineering values, the same for everybody.
_SHARES = {"rare": 0.1, "half": 0.5, "common": 0.7}
#: Settling a goal as true is worth three times settling it as false (rules.md 5).
_TRUE_WEIGHT = 3.0
#: What an answer is worth that settles nothing by itself, for each goal that waits for it.
_NEARER = 0.1
#: Look-ahead is spent on the most relevant candidates only, to stay below a millisecond.
_LOOK_AHEAD = 8

#: A hypothetical answer: its share, and what it writes into the vector.
_Probe = tuple[float, tuple[tuple[int, object], ...]]


@dataclass(frozen=True, slots=True)
class Item:
    """One question of a card; `decides` names the profiles, needs and holds that wait for it."""

    fact: str
    decides: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """The next screen of related questions. `first` is the one that decides most."""

    id: str
    items: tuple[Item, ...]
    urgent_settled: bool
    complete: bool
    first: str = ""


@dataclass(frozen=True, slots=True)
class Interview:
    """Where the interview stands, for one role in one setting.

    `urgent_settled`: nothing is left that this role may ask and that could still make something urgent.
    `complete_for_you`: nothing is left that this role may ask, in private or not. `complete`: nothing is
    left at all. `in_private`: facts this role may ask once alone with the person. `for_others`: facts that
    only another role may ask; they become a task, and their holds stay. `elsewhere` is both, in pack order.
    `urgent_for_others`: whether one of those could still make something urgent.
    """

    card: Card | None
    urgent_settled: bool
    complete: bool
    elsewhere: tuple[str, ...]
    complete_for_you: bool = False
    in_private: tuple[str, ...] = ()
    for_others: tuple[str, ...] = ()
    urgent_for_others: bool = False


def next_card(pack: Pack, facts: Facts, role: Role, *, private: bool, as_of: date) -> Card | None:
    """The next card for this role and setting, or None when it has nothing (more) to ask."""
    return interview(pack, facts, role, private=private, as_of=as_of).card


def interview(
    pack: Pack,
    facts: Facts,
    role: Role,
    *,
    private: bool,
    as_of: date,
    only: Collection[str] | None = None,
) -> Interview:
    """Where the interview stands, and the next card. Pure; below a millisecond a call.

    only: the facts to which this asker is limited within the role's own (`workflows.rules.askers`).
    """
    stand = standing(pack, facts, as_of)
    wanted: dict[str, list[Goal]] = {}
    for goal in open_goals(stand, facts):
        for fact in goal.facts:
            wanted.setdefault(fact, []).append(goal)
    mine = {
        f: goals
        for f, goals in wanted.items()
        if role in pack.facts[f].who and (only is None or f in only)
    }
    here = {f: goals for f, goals in mine.items() if private or not pack.facts[f].private}
    urgent = {f for f, goals in wanted.items() if any(goal.tier == URGENT for goal in goals)}
    settled = urgent.isdisjoint(mine)
    order = _order(pack)
    elsewhere = tuple(sorted((f for f in wanted if f not in here), key=order.__getitem__))
    return Interview(
        card=_card(stand, here, urgent_settled=settled) if here else None,
        urgent_settled=settled,
        complete=not wanted,
        elsewhere=elsewhere,
        complete_for_you=not mine,
        in_private=tuple(f for f in elsewhere if f in mine),
        for_others=tuple(f for f in elsewhere if f not in mine),
        urgent_for_others=not urgent <= mine.keys(),
    )


def _card(stand: Stand, here: Mapping[str, list[Goal]], *, urgent_settled: bool) -> Card:
    pack = stand.pack
    best = _best(stand, here)
    id_ = pack.facts[best].card
    items = tuple(
        Item(fact, tuple(dict.fromkeys(goal.name for goal in here[fact])))
        for fact in _cards(pack)[id_]
        if fact in here
    )
    return Card(id_, items, urgent_settled, complete=False, first=best)


def _best(stand: Stand, here: Mapping[str, list[Goal]]) -> str:
    """The fact to ask first: of the top tier, most goals settled per cost; ties: pack order."""
    facts, order = stand.pack.facts, _order(stand.pack)
    tier = max(goal.tier for goals in here.values() for goal in goals)
    first = {
        fact: sum(1 / len(goal.facts) for goal in goals if goal.tier == tier)
        for fact, goals in here.items()
    }
    ranked = sorted(
        (fact for fact, weight in first.items() if weight),
        key=lambda f: (-first[f] / facts[f].cost, order[f]),
    )
    if len(ranked) == 1:
        return ranked[0]
    counted = _Counted.of(stand, [goal for fact in ranked for goal in here[fact]], tier)
    scores = {
        fact: (_score(stand, counted, fact) + _NEARER * first[fact]) / facts[fact].cost
        for fact in ranked[:_LOOK_AHEAD]
    }
    return max(ranked, key=lambda f: (scores.get(f, 0.0), first[f], -order[f]))


@dataclass(frozen=True)
class _Counted:
    """The goals of the top tier, as places in a decision."""

    profiles: tuple[int, ...]
    needs: tuple[int, ...]
    holds: tuple[int, ...]

    @classmethod
    def of(cls, stand: Stand, goals: list[Goal], tier: int) -> _Counted:
        names = {goal.name for goal in goals if goal.tier == tier}
        places = _places(stand.pack)
        found = sorted(places[name] for name in names if name in places)
        profiles, needs, holds = (
            tuple(place for kind, place in found if kind == wanted)
            for wanted in ("profile", "need", "hold")
        )
        return cls(profiles, needs, holds)


def _score(stand: Stand, counted: _Counted, fact: str) -> float:
    """Expected weight of the goals that the answer settles."""
    score = 0.0
    before = stand.outcome
    for share, writes in _probes(stand.pack).get(fact, ()):
        ahead = list(stand.vector)
        for at, value in writes:
            ahead[at] = value
        after = stand.compiled.decide(ahead)
        gain = 0.0
        for i in counted.profiles:
            if after.now[i] >= after.most[i]:
                gain += _TRUE_WEIGHT if after.now[i] >= 2 else 1.0
            elif after.now[i] > before.now[i]:
                gain += 1.0
        gain += _TRUE_WEIGHT * sum(after.needs[i] for i in counted.needs)
        gain += sum(
            _TRUE_WEIGHT if after.holds[i] == 2 else not after.holds[i] for i in counted.holds
        )
        score += share * gain
    return score


@lru_cache(maxsize=64)
def _order(pack: Pack) -> Mapping[str, int]:
    """Card order, then order within the file."""
    return {
        fact.id: pack.cards[fact.card].order * 10_000 + i
        for i, fact in enumerate(pack.facts.values())
        if fact.card
    }


@lru_cache(maxsize=64)
def _cards(pack: Pack) -> Mapping[str, tuple[str, ...]]:
    """The facts of each card, in the order of the file."""
    found: dict[str, list[str]] = {}
    for fact in pack.facts.values():
        found.setdefault(fact.card, []).append(fact.id)
    return {card: tuple(facts) for card, facts in found.items()}


@lru_cache(maxsize=64)
def _places(pack: Pack) -> Mapping[str, tuple[str, int]]:
    rows = (("profile", pack.profiles), ("need", pack.needs), ("hold", pack.holds))
    return {f"{kind} {id_}": (kind, i) for kind, table in rows for i, id_ in enumerate(table)}


@lru_cache(maxsize=64)
def _probes(pack: Pack) -> Mapping[str, tuple[_Probe, ...]]:
    """For each fact the answers that look-ahead tries, with their fixed shares."""
    uses = _uses(pack)
    found = {}
    for fact in pack.facts.values():
        if fact.computed in READS:
            found[READS[fact.computed][0]] = _probes_of(pack, fact, uses)
        elif fact.askable and fact.id not in found:
            found[fact.id] = _probes_of(pack, fact, uses)
    return found


def _probes_of(
    pack: Pack, fact: Fact, uses: Mapping[str, list[Within | OneOf]]
) -> tuple[_Probe, ...]:
    """Yes and no; a number in each span that a row tells apart; a word in and outside each list."""
    compiled = standing(pack, {}, pack.on).compiled
    at = compiled.places[fact.id][1]
    leaves = uses.get(fact.id, [])
    if fact.kind == "yes-no":
        share = _SHARES[fact.usual]
        return ((share, ((at, compiled.certain),)), (1 - share, ((at, 0),)))
    if fact.kind == "several":
        slots = compiled.items[fact.id].values()
        share = _SHARES[fact.usual]
        yes, no = (tuple((slot, value) for slot in slots) for value in (compiled.certain, 0))
        return ((share, yes), (1 - share, no))
    if fact.kind == "choice":
        lists = list(dict.fromkeys(leaf.words for leaf in leaves if isinstance(leaf, OneOf)))
        words = [*lists, frozenset({""})]
        return tuple((1 / len(words), ((at, frozenset([min(each)])),)) for each in words)
    ends = {end for leaf in leaves if isinstance(leaf, Within) for end in _cuts(leaf)}
    firsts = sorted({fact.least or 0, *ends})
    return tuple((1 / len(firsts), ((at, first), (at + 1, first))) for first in firsts)


def _cuts(leaf: Within) -> list[int]:
    """The first numbers of the spans on both sides of the leaf's ends."""
    inside = [] if leaf.lo is None else [leaf.lo]
    return inside if leaf.hi is None else [*inside, leaf.hi + 1]


def _uses(pack: Pack) -> Mapping[str, list[Within | OneOf]]:
    rows = [*pack.derived.values(), *(rule.when for rule in pack.rules.values())]
    found: dict[str, list[Within | OneOf]] = {}
    for row in rows:
        for leaf in _spans(row):
            found.setdefault(leaf.slot, []).append(leaf)
    return found


def _spans(condition: Condition) -> list[Within | OneOf]:
    if isinstance(condition, AtLeast):
        return [leaf for part in condition.parts for leaf in _spans(part)]
    return [condition] if isinstance(condition, Within | OneOf) else []
