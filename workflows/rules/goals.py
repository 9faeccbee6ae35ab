"""What answers could still change, and how urgent that is: the goals of an interview.

A goal is an output that is not settled and whose settling would do something: a profile that can rise, a
need that can open, a hold of precaution or a mandatory fact where no evidence shuts the action anyway.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from models.vocabulary import Action
from workflows.rules.compiled import Decision, Program, program
from workflows.rules.computed import computed_answers
from workflows.rules.conditions import slots
from workflows.rules.pack import Pack
from workflows.rules.pack_checks import READS
from workflows.rules.pack_model import Fact
from workflows.rules.reading import CERTAINLY, POSSIBLY
from workflows.rules.reasons import Reader, Reasons, Seen, reasons
from workflows.rules.values import Answer, Facts, WhyUnknown
from workflows.rules.words import URGENCIES

URGENT = len(URGENCIES) - 1


@dataclass(frozen=True, slots=True)
class Goal:
    """`name` as shown (`profile UAC`), `tier` as in `URGENCIES` (the last is urgent), what it waits for."""

    name: str
    tier: int
    facts: tuple[str, ...]


@dataclass(frozen=True)
class Stand:
    """A person as the pack reads them now."""

    pack: Pack
    compiled: Program
    vector: list[Any]
    outcome: Decision


@dataclass(frozen=True)
class _Tables:
    """What the goals take from a pack as it is, made once."""

    reasons: Reasons
    #: For each slot the fact to ask (for an age a birth); none where nobody is to be asked.
    asks: Mapping[str, str]
    #: For each profile the urgency of its levels: not indicated, open, possible, presumed.
    urgency: tuple[tuple[int, int, int, int], ...]
    mandatory: tuple[tuple[str, str, frozenset[Action]], ...]
    #: Needs that read facts, not profiles alone.
    needs: tuple[tuple[int, str, int, Reader], ...]


def standing(pack: Pack, facts: Facts, as_of: date) -> Stand:
    """Read a person once."""
    compiled = program(pack)
    vector = compiled.encode(facts, computed_answers(pack, facts, as_of))
    return Stand(pack, compiled, vector, compiled.decide(vector))


def open_goals(stand: Stand, facts: Facts) -> list[Goal]:
    """The goals that still have something to ask, in the order of the pack."""
    pack, tables, outcome = stand.pack, _tables(stand.pack), stand.outcome
    seen = Seen(stand.vector, outcome.now, outcome.most)
    shut, precaution = _holds(pack, tables, seen, outcome)
    found = [
        *_profiles(pack, tables, stand),
        *_needs(tables, seen, outcome),
        *(
            (f"hold {id_}", 1, missing)
            for id_, missing in precaution
            if not pack.holds[id_].shuts <= shut
        ),
        *((name, 0, (fact,)) for fact, name, actions in tables.mandatory if not actions <= shut),
    ]
    answered = {fact for fact, answer in facts.items() if settled(pack.facts[fact], answer)}
    goals = []
    for name, tier, missing in found:
        asked = dict.fromkeys([tables.asks.get(slot, "") for slot in missing])
        left = tuple([fact for fact in asked if fact and fact not in answered])
        if left:
            goals.append(Goal(name, tier, left))
    return goals


def settled(fact: Fact, answer: Answer) -> bool:
    """Whether asking (again) gives no more: an answer, or a reason why there is none."""
    if answer.why not in (None, WhyUnknown.NOT_ASKED):
        return True
    # A span or a set was given as well as it is known; of several items some may still be open.
    return answer.value is not None and fact.kind != "several"


def _profiles(
    pack: Pack, tables: _Tables, stand: Stand
) -> Iterator[tuple[str, int, tuple[str, ...]]]:
    outcome, compiled = stand.outcome, stand.compiled
    states, derived = outcome.rules, outcome.derived
    wanted: dict[str, dict[str, None]] = {}
    places = {code: i for i, code in enumerate(pack.profiles)}
    for i, rule in enumerate(pack.rules.values()):
        if states[i] != POSSIBLY:
            continue
        place = places[rule.profile]
        if outcome.now[place] < outcome.most[place]:
            out = wanted.setdefault(rule.profile, {})
            if compiled.lone[i]:
                out[compiled.lone[i]] = None
            else:
                compiled.missing[i](stand.vector, derived, out)
    for code, missing in wanted.items():
        place = places[code]
        levels = tables.urgency[place]
        now, most = levels[outcome.now[place]], levels[outcome.most[place]]
        # What is urgent already does not become more so: the rest of its grade can wait.
        yield f"profile {code}", most if now < most else min(most, 1), tuple(missing)


def _needs(
    tables: _Tables, seen: Seen, outcome: Decision
) -> Iterator[tuple[str, int, tuple[str, ...]]]:
    """Needs that an answer opens by itself; those that wait for a profile are its goal."""
    for i, name, tier, reader in tables.needs:
        if not outcome.needs[i]:
            support = reader(seen)
            if support.truth == POSSIBLY and support.missing:
                yield name, tier, support.missing


def _holds(
    pack: Pack, tables: _Tables, seen: Seen, outcome: Decision
) -> tuple[frozenset[Action], list[tuple[str, tuple[str, ...]]]]:
    """Actions that evidence shuts, and the holds of precaution with what they miss."""
    shut: set[Action] = set()
    precaution = []
    for hold, state in zip(pack.holds.values(), outcome.holds, strict=True):
        if not state:
            continue
        if state == CERTAINLY and tables.reasons.evidence[hold.id](seen).used:
            shut |= hold.shuts
        else:
            missing = tables.reasons.holds[hold.id](seen).missing
            if missing:
                precaution.append((hold.id, missing))
    return frozenset(shut), precaution


@lru_cache(maxsize=64)
def _tables(pack: Pack) -> _Tables:
    asks: dict[str, str] = {}
    prepared = reasons(pack)
    for fact in pack.facts.values():
        source = pack.facts[READS[fact.computed][0]] if fact.computed in READS else fact
        if source.askable and not source.decided_by:
            asks |= dict.fromkeys(
                [fact.id, *(f"{fact.id}.{item}" for item in fact.options)], source.id
            )
    return _Tables(
        reasons=prepared,
        asks=asks,
        urgency=tuple(
            (0, 0, *(URGENCIES.index(p.urgency[grade]) for grade in ("possible", "presumed")))  # type: ignore[misc]  # two of two
            for p in pack.profiles.values()
        ),
        mandatory=tuple(
            (fact.id, f"before {', '.join(sorted(fact.mandatory_for))}", fact.mandatory_for)
            for fact in pack.facts.values()
            if fact.mandatory_for
        ),
        needs=tuple(
            (i, f"need {need.id}", URGENCIES.index(need.urgency), prepared.needs[need.id])
            for i, need in enumerate(pack.needs.values())
            if any(True for _ in slots(need.when, pack.derived))
        ),
    )
