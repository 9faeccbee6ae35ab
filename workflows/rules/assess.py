"""From answers to profiles, holds, needs, urgency and clocks: one pass, no order, no priorities.

Needs open when certainly true, holds apply unless certainly not. The engine never proposes an action;
it says which are shut. Every output is a union or a maximum, so rules cannot conflict.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from models.vocabulary import Action, Clock, Grade, HoldCause
from workflows.rules.assessment import (
    AnswerUsed,
    Assessment,
    DeadlineReading,
    HoldReading,
    NeedReading,
    ProfileReading,
    RuleReading,
)
from workflows.rules.changes import Change, Changes, compare
from workflows.rules.compiled import Decision, program
from workflows.rules.computed import with_computed
from workflows.rules.conditions import Condition, Is
from workflows.rules.pack import Pack
from workflows.rules.pack_model import Deadline, Rule, Starter
from workflows.rules.reading import CERTAINLY, NO, View, explain, grade_levels, strictly, truth
from workflows.rules.values import NOT_ASKED, Facts, WhyUnknown, facts_to_json, value_to_json
from workflows.rules.words import GRADES, STRENGTHS, URGENCIES

__all__ = ["Assessment", "Change", "Changes", "assess", "compare", "decide", "facts_sha256", "walk"]

_DAYS_IN = {"minutes": 1 / 1440, "hours": 1 / 24, "calendar days": 1.0, "working days": 1.4}


def decide(pack: Pack, facts: Facts, as_of: date) -> Decision:
    """Only the outcome, compiled (about 10 microseconds): for back-tests and look-ahead."""
    compiled = program(pack)
    return compiled.decide(compiled.encode(with_computed(pack, facts, as_of)))


def walk(pack: Pack, facts: Facts, as_of: date) -> Decision:
    """The same outcome by walking the conditions; the reference that the program is tested with."""
    view = View(with_computed(pack, facts, as_of), pack.derived, {})
    rules = tuple(truth(rule.when, view) for rule in pack.rules.values())
    grades: dict[str, tuple[int, int]] = {}
    for code in pack.profiles:
        own = [
            (r.strength, t)
            for r, t in zip(pack.rules.values(), rules, strict=True)
            if r.profile == code
        ]
        certain, possible = (_counts(own, least) for least in (CERTAINLY, 1))
        grades[code] = grade_levels(certain, possible, pack.thresholds)
    view = View(view.facts, pack.derived, grades)
    needs = tuple(truth(need.when, view) == CERTAINLY for need in pack.needs.values())
    holds = tuple(
        0
        if truth(hold.when, view) == NO
        else 2
        if truth(strictly(hold.when), view) == CERTAINLY
        else 1
        for hold in pack.holds.values()
    )
    now = tuple(level for level, _ in grades.values())
    return Decision(
        rules=rules,
        now=now,
        most=tuple(most for _, most in grades.values()),
        needs=needs,
        holds=holds,
        urgency=_urgency(pack, now, needs),
        derived=tuple(truth(Is(slot, yes=True), view) for slot in program(pack).derived),
    )


def _counts(own: list[tuple[str, int]], least: int) -> dict[str, int]:
    """How many rules stand that are at least of each strength."""
    return {
        strength: sum(t >= least for s, t in own if STRENGTHS.index(s) <= i)
        for i, strength in enumerate(STRENGTHS)
    }


def _urgency(pack: Pack, now: tuple[int, ...], needs: tuple[bool, ...]) -> int:
    levels = [0]
    for level, profile in zip(now, pack.profiles.values(), strict=True):
        if level >= 2:
            levels.append(URGENCIES.index(profile.urgency[GRADES[level].value]))
    for open_, need in zip(needs, pack.needs.values(), strict=True):
        if open_:
            levels.append(URGENCIES.index(need.urgency))
    return max(levels)


def assess(pack: Pack, facts: Facts, as_of: date) -> Assessment:
    """What `pack` says of `facts` on `as_of`. Pure: same arguments, same bytes."""
    known = with_computed(pack, facts, as_of)
    compiled = program(pack)
    vector = compiled.encode(known)
    outcome = compiled.decide(vector)
    grades = dict(zip(pack.profiles, zip(outcome.now, outcome.most, strict=True), strict=True))
    view = View(known, pack.derived, grades)
    profiles = _profiles(pack, view, vector, outcome)
    hold_readings = _holds(pack, view, outcome.holds)
    need_readings = _needs(pack, view, outcome.needs)
    missing = [
        *(f for h in hold_readings.values() for f in h.missing),
        *(f for p in profiles.values() for f in p.would_need),
    ]
    return Assessment(
        pack=pack.name,
        sha256=pack.sha256,
        as_of=as_of,
        facts_sha256=facts_sha256(facts),
        profiles=MappingProxyType(profiles),
        holds=MappingProxyType(hold_readings),
        needs=MappingProxyType(need_readings),
        urgency=URGENCIES[outcome.urgency],
        deadlines=_deadlines(pack, view, hold_readings, need_readings),
        shut=frozenset(action for hold in hold_readings.values() for action in hold.shuts),
        not_asked=tuple(dict.fromkeys(f for f in missing if _not_asked(known, f))),
    )


def facts_sha256(facts: Facts) -> str:
    """Hash of what is known, so that a stored assessment can be recomputed and compared."""
    text = json.dumps(facts_to_json(facts), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _not_asked(facts: Facts, fact: str) -> bool:
    answer = facts.get(fact, NOT_ASKED)
    return answer.value is None and answer.why in (None, WhyUnknown.NOT_ASKED)


def _profiles(
    pack: Pack, view: View, vector: list[Any], outcome: Decision
) -> dict[str, ProfileReading]:
    because: dict[str, list[RuleReading]] = {code: [] for code in pack.profiles}
    would: dict[str, dict[str, None]] = {code: {} for code in pack.profiles}
    missing, derived = program(pack).missing, outcome.derived
    for i, rule in enumerate(pack.rules.values()):
        state = outcome.rules[i]
        if state == CERTAINLY:
            because[rule.profile].append(_because(pack, view, rule))
        elif state:
            now, most = view.grades[rule.profile]
            if now < most:
                missing[i](vector, derived, would[rule.profile])
    return {
        code: ProfileReading(
            grade=GRADES[view.grades[code][0]],
            because=tuple(because[code]),
            would_need=tuple(would[code]),
        )
        for code in pack.profiles
    }


def _because(pack: Pack, view: View, rule: Rule) -> RuleReading:
    used = dict.fromkeys(_fact(slot) for slot in explain(rule.when, view).used)
    return RuleReading(
        rule=rule.id,
        version=rule.origin.version,
        from_pack=rule.origin.pack,
        strength=rule.strength,
        answers=tuple(_used(pack, view.facts, fact) for fact in used),
        source=rule.source,
        basis=rule.basis,
    )


def _used(pack: Pack, facts: Facts, fact: str) -> AnswerUsed:
    answer = facts.get(fact, NOT_ASKED)
    restricted = pack.facts[fact].restricted
    return AnswerUsed(fact, value_to_json(answer.value), answer.statements, restricted)


def _fact(slot: str) -> str:
    return slot.partition(".")[0]


@lru_cache(maxsize=64)
def _strict(pack: Pack) -> Mapping[str, Condition]:
    return {hold.id: strictly(hold.when) for hold in pack.holds.values()}


def _holds(pack: Pack, view: View, states: tuple[int, ...]) -> dict[str, HoldReading]:
    readings: dict[str, HoldReading] = {}
    strict = _strict(pack)
    for hold, state in zip(pack.holds.values(), states, strict=True):
        if not state:
            continue
        support = explain(strict[hold.id], view) if state == CERTAINLY else None
        # "Not established" is certain while nobody has asked: a hold that rests on no answer at all
        # is a precaution, else it could never be released by the answer.
        evidence = support is not None and bool(support.used)
        if support is None or not evidence:
            support = explain(hold.when, view)
        readings[hold.id] = HoldReading(
            shuts=tuple(action for action in Action if action in hold.shuts),
            by=HoldCause.EVIDENCE if evidence else HoldCause.PRECAUTION,
            because=tuple(dict.fromkeys(map(_fact, support.used))),
            missing=tuple(dict.fromkeys(map(_fact, support.missing))),
        )
    return readings


@lru_cache(maxsize=64)
def _agencies_by_need(pack: Pack) -> Mapping[str, tuple[str, ...]]:
    by_need: dict[str, dict[str, None]] = {}
    for route in pack.routes:
        by_need.setdefault(route.need, {})[route.agency] = None
    return {need: tuple(agencies) for need, agencies in by_need.items()}


def _needs(pack: Pack, view: View, opened: tuple[bool, ...]) -> dict[str, NeedReading]:
    routes = _agencies_by_need(pack)
    return {
        need.id: NeedReading(
            because=tuple(dict.fromkeys(map(_fact, explain(need.when, view).used))),
            route=routes.get(need.id, ()),
            function=need.function,
            urgency=need.urgency,
            automatic=need.automatic,
        )
        for need, is_open in zip(pack.needs.values(), opened, strict=True)
        if is_open
    }


def _deadlines(
    pack: Pack, view: View, holds: Mapping[str, HoldReading], needs: Mapping[str, NeedReading]
) -> tuple[DeadlineReading, ...]:
    chosen: dict[str, Deadline] = {}
    for deadline in pack.deadlines:
        conditions = [s for s in (deadline.starts, deadline.only_if) if s is not None]
        if all(_stands(starter, view, holds, needs) for starter in conditions):
            old = chosen.get(deadline.id)
            chosen[deadline.id] = deadline if old is None else _fairer(old, deadline)
    return tuple(
        DeadlineReading(
            id=d.id,
            starts=str(d.starts),
            amount=d.amount,
            unit=d.unit,
            clock=d.clock,
            warn=d.warn,
            escalate_to=d.escalate_to,
            source=d.source,
            basis=d.basis,
        )
        for d in chosen.values()
    )


def _stands(
    starter: Starter,
    view: View,
    holds: Mapping[str, HoldReading],
    needs: Mapping[str, NeedReading],
) -> bool:
    match starter.kind:
        case "profile":
            return view.grades[starter.id][0] >= GRADES.index(Grade(starter.word))
        case "need":
            return starter.id in needs
        case "hold":
            return starter.id in holds
        case "fact":
            answer = view.facts.get(starter.id, NOT_ASKED)
            return answer.value is (starter.word == "yes")
        case _:
            return True


def _fairer(one: Deadline, other: Deadline) -> Deadline:
    """Two limits for one thing: the person gets the longer, an authority the shorter (INV-40)."""
    longest = max(one, other, key=_length)
    shortest = min(one, other, key=_length)
    return longest if one.clock is Clock.PERSON else shortest


def _length(deadline: Deadline) -> float:
    return deadline.amount * _DAYS_IN.get(deadline.unit, 30.4)
