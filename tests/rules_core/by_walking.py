"""The plain meaning of `assess`: conditions walked as trees, nothing compiled or kept. Slow, and short."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import date
from itertools import chain

from models.vocabulary import Action, Clock, Grade, HoldCause
from workflows.rules.assess import walk
from workflows.rules.assessment import (
    AnswerUsed,
    Assessment,
    DeadlineReading,
    HoldReading,
    NeedReading,
    ProfileReading,
    RuleReading,
)
from workflows.rules.computed import with_computed
from workflows.rules.conditions import AtLeast, Condition, Is, OneOf, Within
from workflows.rules.pack import Pack
from workflows.rules.pack_model import Deadline, Hold, Rule, Starter
from workflows.rules.reading import View, explain, strictly, truth
from workflows.rules.values import NOT_ASKED, Facts, WhyUnknown, facts_to_json, value_to_json
from workflows.rules.words import GRADES, URGENCIES


def assessed(pack: Pack, facts: Facts, as_of: date) -> Assessment:
    """What `assess` must give, byte for byte."""
    known = with_computed(pack, facts, as_of)
    outcome = walk(pack, facts, as_of)
    grades = dict(zip(pack.profiles, zip(outcome.now, outcome.most, strict=True), strict=True))
    view = View(known, pack.derived, grades)
    profiles = {code: profile_of(pack, view, code) for code in pack.profiles}
    on = zip(pack.holds.values(), outcome.holds, strict=True)
    holds = {hold.id: hold_of(view, hold, state) for hold, state in on if state}
    opened = zip(pack.needs.values(), outcome.needs, strict=True)
    needs = {
        need.id: NeedReading(
            because=facts_of(explain(need.when, view).used),
            route=tuple(
                dict.fromkeys(
                    row.agency
                    for row in pack.routes
                    if row.need == need.id and (row.only_if is None or serves(row.only_if, view))
                )
            ),
            function=need.function,
            urgency=need.urgency,
            automatic=need.automatic,
        )
        for need, is_open in opened
        if is_open
    }
    missing = chain(
        *(hold.missing for hold in holds.values()), *(p.would_need for p in profiles.values())
    )
    text = json.dumps(facts_to_json(facts), sort_keys=True, separators=(",", ":"))
    return Assessment(
        pack=pack.name,
        sha256=pack.sha256,
        as_of=as_of,
        facts_sha256=hashlib.sha256(text.encode()).hexdigest(),
        profiles=profiles,
        holds=holds,
        needs=needs,
        urgency=URGENCIES[outcome.urgency],
        deadlines=tuple(clocks(pack, view, holds, needs)),
        shut=frozenset(action for hold in holds.values() for action in hold.shuts),
        not_asked=tuple(f for f in dict.fromkeys(missing) if not_asked(known, f)),
    )


def serves(only_if: Starter, view: View) -> bool:
    return only_if.kind != "profile" or stands(only_if, view, {}, {})


def not_asked(facts: Facts, fact: str) -> bool:
    answer = facts.get(fact, NOT_ASKED)
    return answer.value is None and answer.why in (None, WhyUnknown.NOT_ASKED)


def facts_of(slots: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(slot.partition(".")[0] for slot in slots))


def profile_of(pack: Pack, view: View, code: str) -> ProfileReading:
    now, most = view.grades[code]
    own = [rule for rule in pack.rules.values() if rule.profile == code]
    open_rules = [rule for rule in own if truth(rule.when, view) == 1 and now < most]
    would = chain(*(missing_in(rule.when, view) for rule in open_rules))
    because = tuple(reading(pack, view, r) for r in own if truth(r.when, view) == 2)
    return ProfileReading(GRADES[now], because, tuple(dict.fromkeys(would)))


def missing_in(condition: Condition, view: View) -> Iterator[str]:
    """Facts of the undecided leaves, in the order of the row."""
    if truth(condition, view) != 1:
        return
    if isinstance(condition, AtLeast):
        for part in condition.parts:
            yield from missing_in(part, view)
    elif isinstance(condition, Is) and condition.slot in view.derived:
        yield from missing_in(view.derived[condition.slot], view)
    else:
        assert isinstance(condition, Is | Within | OneOf)
        yield condition.slot.partition(".")[0]


def reading(pack: Pack, view: View, rule: Rule) -> RuleReading:
    answers = []
    for fact in facts_of(explain(rule.when, view).used):
        answer = view.facts.get(fact, NOT_ASKED)
        value = value_to_json(answer.value)
        answers.append(AnswerUsed(fact, value, answer.statements, pack.facts[fact].restricted))
    return RuleReading(
        rule=rule.id,
        version=rule.origin.version,
        from_pack=rule.origin.pack,
        strength=rule.strength,
        answers=tuple(answers),
        source=rule.source,
        basis=rule.basis,
    )


def hold_of(view: View, hold: Hold, state: int) -> HoldReading:
    strict = explain(strictly(hold.when), view)
    evidence = state == 2 and bool(strict.used)
    support = strict if evidence else explain(hold.when, view)
    return HoldReading(
        shuts=tuple(action for action in Action if action in hold.shuts),
        by=HoldCause.EVIDENCE if evidence else HoldCause.PRECAUTION,
        because=facts_of(support.used),
        missing=facts_of(support.missing),
    )


def clocks(
    pack: Pack, view: View, holds: dict[str, HoldReading], needs: dict[str, NeedReading]
) -> Iterator[DeadlineReading]:
    chosen: dict[str, Deadline] = {}
    for deadline in pack.deadlines:
        starters = [s for s in (deadline.starts, deadline.only_if) if s is not None]
        if all(stands(starter, view, holds, needs) for starter in starters):
            rows = [row for row in (chosen.get(deadline.id), deadline) if row is not None]
            longer = rows[0].clock is Clock.PERSON
            chosen[deadline.id] = (max if longer else min)(rows, key=length)
    for row in chosen.values():
        yield DeadlineReading(
            id=row.id,
            starts=str(row.starts),
            amount=row.amount,
            unit=row.unit,
            clock=row.clock,
            warn=row.warn,
            escalate_to=row.escalate_to,
            source=row.source,
            basis=row.basis,
        )


def length(row: Deadline) -> float:
    days = {"minutes": 1 / 1440, "hours": 1 / 24, "calendar days": 1.0, "working days": 1.4}
    return row.amount * days.get(row.unit, 30.4)


def stands(
    starter: Starter, view: View, holds: dict[str, HoldReading], needs: dict[str, NeedReading]
) -> bool:
    match starter.kind:
        case "profile":
            return view.grades[starter.id][0] >= GRADES.index(Grade(starter.word))
        case "need":
            return starter.id in needs
        case "hold":
            return starter.id in holds
        case "fact":
            return view.facts.get(starter.id, NOT_ASKED).value is (starter.word == "yes")
        case _:
            return True
