"""Does a pack that was read from an archive hold together? Every id that is named must exist.

A pack from a folder was checked line by line while it was read; this is for `canonical.load`.
"""

from __future__ import annotations

from collections.abc import Iterator

from models.vocabulary import Action
from workflows.rules.conditions import (
    AtLeast,
    Condition,
    Is,
    Maybe,
    NotEstablished,
    OneOf,
    Output,
    ProfileIs,
    Within,
)
from workflows.rules.faults import PackError
from workflows.rules.pack import Pack
from workflows.rules.pack_model import Starter
from workflows.rules.words import COMPUTED, EVENTS, KINDS, STRENGTHS

_Named = tuple[str, str, bool]


def check_references(pack: Pack, name: str) -> None:
    """Raise `PackError` for the first id that does not exist, or a word that is none."""
    for where, what, exists in _named(pack):
        if not exists:
            raise PackError(name, 0, f"{where}: {what}", "what the pack itself holds")
    _refuse_circles(pack, name)


def _named(pack: Pack) -> Iterator[_Named]:
    yield from _words(pack)
    for id_, condition in _conditions(pack):
        yield from ((id_, leaf, exists) for leaf, exists in _leaves(pack, condition))
    for rule in pack.rules.values():
        yield rule.id, f"profile {rule.profile}", rule.profile in pack.profiles
    for hold in pack.holds.values():
        decision = hold.lifted_by_decision
        yield hold.id, decision, not decision or decision in pack.facts
    for packet in pack.packets.values():
        yield "packets", packet.need, packet.need in pack.needs
    for need in pack.needs:
        yield "needs", f"{need} without a packet", need in pack.packets
    for route in pack.routes:
        known = route.need in pack.needs and route.agency in pack.agencies
        yield "routes", f"{route.need} {route.agency}", known
        if route.only_if:
            yield "routes", str(route.only_if), _starts(pack, route.only_if)
    for deadline in pack.deadlines:
        for starter in (deadline.starts, deadline.only_if):
            yield deadline.id, str(starter), starter is None or _starts(pack, starter)


def _words(pack: Pack) -> Iterator[_Named]:
    for fact in pack.facts.values():
        yield fact.id, fact.kind, fact.kind in KINDS
        yield fact.id, fact.computed, not fact.computed or fact.computed in COMPUTED
        yield fact.id, "no condition", fact.derived == (fact.id in pack.derived)
        yield fact.id, f"card {fact.card}", not fact.card or fact.card in pack.cards
    for rule in pack.rules.values():
        yield rule.id, rule.strength, rule.strength in STRENGTHS
    grades = set(pack.thresholds) == {"presumed", "possible"}
    yield "thresholds", ", ".join(pack.thresholds), grades
    for counts in pack.thresholds.values():
        yield "thresholds", ", ".join(counts), set(counts) <= set(STRENGTHS)
    for profile in pack.profiles.values():
        yield profile.code, "urgency", set(profile.urgency) == {"presumed", "possible"}
    yield "texts", "no English", "en" in pack.texts


def _conditions(pack: Pack) -> Iterator[tuple[str, Condition]]:
    yield from pack.derived.items()
    for table in (pack.rules, pack.needs, pack.holds):
        yield from ((id_, row.when) for id_, row in table.items())
    for invariant in pack.invariants.values():
        found = (invariant.condition, invariant.then)
        yield from ((invariant.id, one) for one in found if one is not None)


def _leaves(pack: Pack, condition: Condition) -> Iterator[tuple[str, bool]]:
    match condition:
        case AtLeast():
            yield f"at least {condition.n}", 1 <= condition.n <= len(condition.parts)
            for part in condition.parts:
                yield from _leaves(pack, part)
        case Maybe() | NotEstablished():
            yield from _leaves(pack, condition.leaf)
        case ProfileIs():
            known = condition.code in pack.profiles and 1 <= condition.level <= 3
            yield f"profile {condition.code}", known
        case Output():
            tables = {"need": pack.needs, "hold": pack.holds, "action": list(Action)}
            yield f"{condition.kind} {condition.id}", condition.id in tables[condition.kind]
        case Is() | Within() | OneOf():
            yield condition.slot, _reads(pack, condition)


def _reads(pack: Pack, leaf: Is | Within | OneOf) -> bool:
    id_, _, item = leaf.slot.partition(".")
    fact = pack.facts.get(id_)
    if fact is None:
        return False
    if isinstance(leaf, Is):
        return item in fact.options if fact.kind == "several" else fact.kind == "yes-no"
    kinds = {"choice"} if isinstance(leaf, OneOf) else {"years", "quantity", "date"}
    return not item and fact.kind in kinds


def _starts(pack: Pack, starter: Starter) -> bool:
    known = {
        "profile": pack.profiles,
        "need": pack.needs,
        "hold": pack.holds,
        "event": EVENTS,
        "fact": pack.facts,
        "agency": [str(n) for n in range(1, 100)],
    }
    return starter.id in known.get(starter.kind, ())


def _refuse_circles(pack: Pack, name: str) -> None:
    done: set[str] = set()

    def visit(slot: str, path: frozenset[str]) -> None:
        if slot in path:
            raise PackError(name, 0, f"{slot} reads itself", "derived facts without circles")
        if slot in done:
            return
        for read in _slots(pack.derived[slot]):
            if read in pack.derived:
                visit(read, path | {slot})
        done.add(slot)

    for slot in pack.derived:
        visit(slot, frozenset())


def _slots(condition: Condition) -> Iterator[str]:
    match condition:
        case AtLeast():
            for part in condition.parts:
                yield from _slots(part)
        case Maybe() | NotEstablished():
            yield from _slots(condition.leaf)
        case Is() | Within() | OneOf():
            yield condition.slot
