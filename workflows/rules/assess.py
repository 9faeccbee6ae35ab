"""From answers to profiles, holds, needs, urgency and clocks: one pass, no order, no priorities.

Needs open when certainly true, holds apply unless certainly not. The engine never proposes an action;
it says which are shut. Every output is a union or a maximum, so rules cannot conflict.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import chain
from types import MappingProxyType

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
from workflows.rules.compiled import Decision, Missing, program
from workflows.rules.computed import computed_answers, with_computed
from workflows.rules.conditions import Is
from workflows.rules.pack import Pack
from workflows.rules.pack_model import Deadline, Route, Rule
from workflows.rules.reading import CERTAINLY, NO, View, grade_levels, strictly, truth
from workflows.rules.reasons import Reasons, Seen, reasons
from workflows.rules.routing import profile_stands
from workflows.rules.values import NOT_ASKED, Facts, WhyUnknown, value_to_json
from workflows.rules.words import GRADES, STRENGTHS, URGENCIES

__all__ = ["Assessment", "Change", "Changes", "assess", "compare", "decide", "facts_sha256", "walk"]

_DAYS_IN = {"minutes": 1 / 1440, "hours": 1 / 24, "calendar days": 1.0, "working days": 1.4}


def decide(pack: Pack, facts: Facts, as_of: date) -> Decision:
    """Only the outcome, compiled (about 10 microseconds): for back-tests and look-ahead."""
    compiled = program(pack)
    return compiled.decide(compiled.encode(facts, computed_answers(pack, facts, as_of)))


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
        truths=(rules, tuple(truth(Is(slot, yes=True), view) for slot in program(pack).derived)),
        now=now,
        most=tuple(most for _, most in grades.values()),
        needs=needs,
        holds=holds,
        urgency=_urgency(pack, now, needs),
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
    compiled, rows = program(pack), _rows(pack)
    vector = compiled.encode(known)
    outcome = compiled.decide(vector)
    seen = Seen(vector, outcome.now, outcome.most)
    profiles = _profiles(pack, rows, known, seen, outcome)
    holds = _holds(pack, rows, seen, outcome.holds)
    needs = _needs(pack, rows, seen, outcome.needs)
    missing = dict.fromkeys(
        chain(
            chain.from_iterable([hold.missing for hold in holds.values()]),
            chain.from_iterable([profile.would_need for profile in profiles.values()]),
        )
    )
    asked = {f for f, a in known.items() if a.value is not None or a.why not in _NOT_YET}
    return Assessment(
        pack=pack.name,
        sha256=pack.sha256,
        as_of=as_of,
        facts_sha256=facts_sha256(facts),
        profiles=MappingProxyType(profiles),
        holds=MappingProxyType(holds),
        needs=MappingProxyType(needs),
        urgency=URGENCIES[outcome.urgency],
        deadlines=_deadlines(rows, known, outcome, holds, needs),
        shut=frozenset([a for a, ids in rows.shut_by if not ids.isdisjoint(holds)]),
        not_asked=tuple([fact for fact in missing if fact not in asked]),
    )


_NOT_YET = (None, WhyUnknown.NOT_ASKED)


_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


@lru_cache(maxsize=20_000)
def _said(fact: str) -> tuple[str, str]:
    """The JSON of *yes* and of *no* to a fact; ids are a pack's own words, so there are few."""
    yes, no = (f'{json.dumps(fact)}:{{"value":"{word}","why":null}}' for word in ("yes", "no"))
    return yes, no


def facts_sha256(facts: Facts) -> str:
    """Hash of what is known, so that a stored assessment can be recomputed and compared.

    The text is the canonical JSON of `facts_to_json`; yes and no, nearly all of it, are ready-made.
    """
    parts: list[str] = []
    for fact in sorted(facts):
        answer = facts[fact]
        value, why = answer.value, answer.why
        if why is None and value is True:
            parts.append(_said(fact)[0])
        elif why is None and value is False:
            parts.append(_said(fact)[1])
        elif value is not None or why is not WhyUnknown.NOT_ASKED:
            told = {"value": value_to_json(value), "why": why.value if why else None}
            parts.append(f"{json.dumps(fact)}:{_canonical(told)}")
    return hashlib.sha256(f"{{{','.join(parts)}}}".encode()).hexdigest()


#: What must stand for a clock to run: kind, id, and the level, or whether the fact must be so.
_Wait = tuple[str, str, int]


@dataclass(frozen=True)
class _Rows:
    """What assessments take from a pack as it is, made once."""

    reasons: Reasons
    missing: tuple[Missing, ...]
    lone: tuple[str, ...]
    #: For each profile its rules, as index and row.
    rules: tuple[tuple[tuple[int, Rule], ...], ...]
    shuts: Mapping[str, tuple[Action, ...]]
    shut_by: tuple[tuple[Action, frozenset[str]], ...]
    several: bool
    routes: Mapping[str, tuple[Route, ...]]
    places: Mapping[str, int]
    deadlines: tuple[tuple[Deadline, tuple[_Wait, ...], DeadlineReading], ...]


@lru_cache(maxsize=64)
def _rows(pack: Pack) -> _Rows:
    by_profile: dict[str, list[tuple[int, Rule]]] = {code: [] for code in pack.profiles}
    for i, rule in enumerate(pack.rules.values()):
        by_profile[rule.profile].append((i, rule))
    routes: dict[str, list[Route]] = {need: [] for need in pack.needs}
    for route in pack.routes:
        routes[route.need].append(route)
    return _Rows(
        reasons=reasons(pack),
        missing=program(pack).missing,
        lone=program(pack).lone,
        rules=tuple(map(tuple, by_profile.values())),
        shuts={h.id: tuple(a for a in Action if a in h.shuts) for h in pack.holds.values()},
        shut_by=tuple(
            (a, frozenset(h.id for h in pack.holds.values() if a in h.shuts)) for a in Action
        ),
        several=any(fact.kind == "several" for fact in pack.facts.values()),
        routes={need: tuple(found) for need, found in routes.items()},
        places={code: i for i, code in enumerate(pack.profiles)},
        deadlines=tuple((d, _waits(pack, d), _clock(d)) for d in pack.deadlines),
    )


def _profiles(
    pack: Pack, rows: _Rows, known: Facts, seen: Seen, outcome: Decision
) -> dict[str, ProfileReading]:
    states, derived, vector = outcome.rules, outcome.derived, seen.vector
    missing, lone = rows.missing, rows.lone
    readings: dict[str, ProfileReading] = {}
    for code, own, now, most in zip(
        pack.profiles, rows.rules, outcome.now, outcome.most, strict=True
    ):
        because: list[RuleReading] = []
        would: dict[str, None] = {}
        for i, rule in own:
            state = states[i]
            if state == CERTAINLY:
                because.append(_because(pack, rows, known, seen, rule))
            elif state and now < most:
                if lone[i]:
                    would[lone[i]] = None
                else:
                    missing[i](vector, derived, would)
        readings[code] = ProfileReading(GRADES[now], tuple(because), tuple(would))
    return readings


def _because(pack: Pack, rows: _Rows, known: Facts, seen: Seen, rule: Rule) -> RuleReading:
    used = _facts(rows, rows.reasons.rules[rule.id](seen).used)
    return RuleReading(
        rule=rule.id,
        version=rule.origin.version,
        from_pack=rule.origin.pack,
        strength=rule.strength,
        answers=tuple([_used(pack, known, fact) for fact in used]),
        source=rule.source,
        basis=rule.basis,
    )


def _used(pack: Pack, facts: Facts, fact: str) -> AnswerUsed:
    answer = facts.get(fact, NOT_ASKED)
    restricted = pack.facts[fact].restricted
    return AnswerUsed(fact, value_to_json(answer.value), answer.statements, restricted)


def _facts(rows: _Rows, names: tuple[str, ...]) -> tuple[str, ...]:
    """The facts of slots, once each; a slot is the fact itself unless it is an item of several."""
    return tuple(dict.fromkeys(map(_fact, names))) if rows.several else names


def _fact(slot: str) -> str:
    return slot.partition(".")[0]


def _holds(pack: Pack, rows: _Rows, seen: Seen, states: tuple[int, ...]) -> dict[str, HoldReading]:
    readings: dict[str, HoldReading] = {}
    for id_, state in zip(pack.holds, states, strict=True):
        if not state:
            continue
        support = rows.reasons.evidence[id_](seen) if state == CERTAINLY else None
        # "Not established" is certain while nobody has asked: a hold that rests on no answer at all
        # is a precaution, else it could never be released by the answer.
        evidence = support is not None and bool(support.used)
        if support is None or not evidence:
            support = rows.reasons.holds[id_](seen)
        readings[id_] = HoldReading(
            shuts=rows.shuts[id_],
            by=HoldCause.EVIDENCE if evidence else HoldCause.PRECAUTION,
            because=_facts(rows, support.used),
            missing=_facts(rows, support.missing),
        )
    return readings


def _needs(pack: Pack, rows: _Rows, seen: Seen, opened: tuple[bool, ...]) -> dict[str, NeedReading]:
    return {
        need.id: NeedReading(
            because=_facts(rows, rows.reasons.needs[need.id](seen).used),
            route=_route(rows, need.id, seen),
            function=need.function,
            urgency=need.urgency,
            automatic=need.automatic,
        )
        for need, is_open in zip(pack.needs.values(), opened, strict=True)
        if is_open
    }


def _route(rows: _Rows, need: str, seen: Seen) -> tuple[str, ...]:
    """Agencies that may meet the need, for this person and all areas, in the pack's order."""
    found: dict[str, None] = {}
    for route in rows.routes[need]:
        if route.only_if is None or profile_stands(route, lambda code: seen.now[rows.places[code]]):
            found[route.agency] = None
    return tuple(found)


def _waits(pack: Pack, deadline: Deadline) -> tuple[_Wait, ...]:
    """What must stand for a clock to run; events are waited for elsewhere."""
    waits: list[_Wait] = []
    for starter in (deadline.starts, deadline.only_if):
        if starter is None:
            continue
        if starter.kind == "profile":
            place = list(pack.profiles).index(starter.id)
            waits.append(("profile", str(place), GRADES.index(Grade(starter.word))))
        elif starter.kind in {"need", "hold"}:
            waits.append((starter.kind, starter.id, 0))
        elif starter.kind == "fact":
            waits.append(("fact", starter.id, int(starter.word == "yes")))
    return tuple(waits)


def _clock(deadline: Deadline) -> DeadlineReading:
    return DeadlineReading(
        id=deadline.id,
        starts=str(deadline.starts),
        amount=deadline.amount,
        unit=deadline.unit,
        clock=deadline.clock,
        warn=deadline.warn,
        escalate_to=deadline.escalate_to,
        source=deadline.source,
        basis=deadline.basis,
    )


def _deadlines(
    rows: _Rows,
    known: Facts,
    outcome: Decision,
    holds: Mapping[str, HoldReading],
    needs: Mapping[str, NeedReading],
) -> tuple[DeadlineReading, ...]:
    chosen: dict[str, tuple[Deadline, DeadlineReading]] = {}
    for deadline, waits, reading in rows.deadlines:
        for kind, id_, level in waits:
            if kind == "profile":
                stands = outcome.now[int(id_)] >= level
            elif kind == "fact":
                stands = known.get(id_, NOT_ASKED).value is bool(level)
            else:
                stands = id_ in (needs if kind == "need" else holds)
            if not stands:
                break
        else:
            old = chosen.get(deadline.id)
            if old is None or _fairer(old[0], deadline) is deadline:
                chosen[deadline.id] = (deadline, reading)
    return tuple([reading for _, reading in chosen.values()])


def _fairer(one: Deadline, other: Deadline) -> Deadline:
    """Two limits for one thing: the person gets the longer, an authority the shorter (INV-40)."""
    longest = max(one, other, key=_length)
    shortest = min(one, other, key=_length)
    return longest if one.clock is Clock.PERSON else shortest


def _length(deadline: Deadline) -> float:
    return deadline.amount * _DAYS_IN.get(deadline.unit, 30.4)
