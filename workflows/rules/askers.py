"""PURE. Which questions of a pack somebody may put: by role, and for many bodies by their functions.

The whole of a person's situation is asked by bodies whose work it is. A police, security or border body, a
consulate, and whoever gives one service (a bed, papers, an interpreter) asks what its own functions are
decided by and nothing beyond: no health, no violence that the pack restricts, no other body's questions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from models.vocabulary import ENFORCEMENT, AgencyKind, Role
from workflows.rules.conditions import slots
from workflows.rules.pack import Pack
from workflows.rules.pack_checks import READS
from workflows.rules.pack_model import Fact

#: Functions for which health is the matter itself.
_HEALTH = frozenset({"health", "mhpss", "gbv", "disability"})


#: Functions of which one is enough to ask all that the role may ask, but never for a force.
_SPECIALISTS = frozenset(
    {
        *("asylum", "trafficking", "child", "statelessness", "health", "mhpss", "gbv"),
        *("disability", "legal_aid", "un_refugee", "un_migration"),
    }
)
_NEVER_ALL = ENFORCEMENT | {AgencyKind.CONSULATE}


def body(pack: Pack, kind: AgencyKind, functions: frozenset[str]) -> Asker:
    """What a desk of an agency may ask, by its kind and by what it decides or provides in this pack."""
    whole = kind not in _NEVER_ALL and not functions.isdisjoint(_SPECIALISTS)
    return asker(pack, Role.PROTECTION_OFFICER, None if whole else functions)


@dataclass(frozen=True, slots=True)
class Asker:
    """`facts`: ids of the questions that may be put. `told`: ids that are only recorded when told unasked."""

    role: Role
    facts: frozenset[str]
    told: frozenset[str] = frozenset()


@lru_cache(maxsize=256)
def asker(pack: Pack, role: Role, functions: frozenset[str] | None = None) -> Asker:
    """What a role may ask by this pack; never what a body decides.

    functions: of a body whose questions are limited to what they need; None: all of the role's.
    """
    own = [fact for fact in pack.facts.values() if role in fact.who and not fact.decided_by]
    if functions is not None:
        needed = frozenset(_needed(pack, functions))
        own = [fact for fact in own if fact.id in needed and _within(pack, fact, functions)]
    return Asker(
        role,
        frozenset(fact.id for fact in own if fact.askable),
        frozenset(fact.id for fact in own if fact.ask_note),
    )


def _within(pack: Pack, fact: Fact, functions: frozenset[str]) -> bool:
    if fact.purpose == "medical" and not functions & _HEALTH:
        return False
    if not fact.restricted or fact.restricted in functions:
        return True
    return any(
        fact.restricted in packet.may_carry
        for id_, packet in pack.packets.items()
        if id_ in pack.needs and pack.needs[id_].function in functions
    )


def _needed(pack: Pack, functions: frozenset[str]) -> Iterator[str]:
    """What bodies of these functions are told in a packet, what its profiles rest on, what they lift."""
    needs = {need.id for need in pack.needs.values() if need.function in functions}
    packets = [packet for id_, packet in pack.packets.items() if id_ in needs]
    for packet in packets:
        yield from packet.facts
    profiles = {code for packet in packets for code in packet.profiles}
    rows = [rule.when for rule in pack.rules.values() if rule.profile in profiles]
    rows += [hold.when for hold in pack.holds.values() if hold.lifted_by_body in functions]
    for row in rows:
        for slot in slots(row, pack.derived):
            fact = pack.facts[slot.partition(".")[0]]
            yield READS[fact.computed][0] if fact.computed in READS else fact.id
