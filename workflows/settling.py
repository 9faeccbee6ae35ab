"""What keeps an action shut, and what would settle it: a question, differing words, a body's decision."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from models.vocabulary import Action, Grade, HoldCause, HoldState
from workflows.holds import bodies_of
from workflows.rules.askers import Asker
from workflows.rules.assessment import Assessment as Reading
from workflows.rules.conditions import AtLeast, Condition, NotEstablished, ProfileIs
from workflows.rules.pack import Pack
from workflows.rules.pack_checks import READS
from workflows.rules.pack_model import Hold
from workflows.rules.values import Facts, WhyUnknown

_COMPLETE = "mandatory_answered"


class HeldRow(NamedTuple):
    """A hold as it is kept, for one action."""

    code: str
    action: Action
    state: HoldState
    cause: HoldCause
    bodies: tuple[str, ...] = ()


@dataclass(frozen=True)
class Keeps:
    """A hold that shuts something, and what it waits for.

    `ask`: facts that this asker may still ask. `others`: how many only somebody else may ask. `differs`:
    facts of this asker's on which recorded answers disagree. `unsaid`: facts asked, and not known or not
    said. `bodies`: functions of the bodies that decide, where answers alone do not end it; `decision`: the
    fact that they decide, empty where the pack names none.
    """

    code: str
    shuts: tuple[Action, ...]
    state: HoldState
    cause: HoldCause
    ask: tuple[str, ...]
    others: int
    differs: tuple[str, ...]
    unsaid: tuple[str, ...]
    decision: str
    bodies: tuple[str, ...]


def what_keeps(
    pack: Pack, asker: Asker, known: Facts, reading: Reading | None, rows: Iterable[HeldRow]
) -> tuple[Keeps, ...]:
    """Every hold once, in the pack's order; those that only stand by older rules come last."""
    by_code: dict[str, list[HeldRow]] = {}
    for row in rows:
        by_code.setdefault(row.code, []).append(row)
    order = [code for code in pack.holds if code in by_code]
    order += [code for code in by_code if code not in pack.holds]
    return tuple(_keeps(pack, asker, known, reading, by_code[code]) for code in order)


def _keeps(
    pack: Pack, asker: Asker, known: Facts, reading: Reading | None, rows: list[HeldRow]
) -> Keeps:
    first = rows[0]
    hold = pack.holds.get(first.code)
    slots = _missing(hold, reading) if hold and reading else ()
    open_facts = _sorted_out(pack, asker, known, slots)
    shuts = {row.action for row in rows}
    return Keeps(
        code=first.code,
        shuts=tuple(action for action in Action if action in shuts),
        state=first.state,
        cause=first.cause,
        ask=tuple(open_facts["ask"]),
        others=len(open_facts["others"]),
        differs=tuple(open_facts["differs"]),
        unsaid=tuple(open_facts["unsaid"]),
        decision=hold.lifted_by_decision if hold else "",
        bodies=bodies_of(pack, first.code) or first.bodies,
    )


def _sorted_out(
    pack: Pack, asker: Asker, known: Facts, missing: Iterable[str]
) -> Mapping[str, list[str]]:
    """The facts that a hold waits for, by what each waits for."""
    found: dict[str, list[str]] = {"ask": [], "others": [], "differs": [], "unsaid": []}
    for fact in dict.fromkeys(_waits_for(pack, known, missing)):
        answer = known.get(fact)
        if answer is not None and isinstance(answer.value, bool):
            # It was answered, and the answer keeps the hold: nobody is asked again until it is wished.
            continue
        if fact not in asker.facts:
            found["others"].append(fact)
        elif answer is None or answer.why is WhyUnknown.NOT_ASKED:
            found["ask"].append(fact)
        elif answer.why is WhyUnknown.CONTRADICTORY:
            found["differs"].append(fact)
        else:
            found["unsaid"].append(fact)
    return found


def _missing(hold: Hold, reading: Reading) -> Iterator[str]:
    """The slots that a hold waits for: its own, and those of profiles that may still rise."""
    read = reading.holds.get(hold.id)
    if read is None:
        return
    yield from read.missing
    for leaf in _leaves(hold.when):
        if isinstance(leaf, ProfileIs) and reading.grade(leaf.code) is Grade.OPEN:
            yield from reading.profiles[leaf.code].would_need
        elif isinstance(leaf, NotEstablished):
            yield leaf.leaf.slot


def _leaves(condition: Condition) -> Iterator[Condition]:
    if isinstance(condition, AtLeast):
        for part in condition.parts:
            yield from _leaves(part)
    else:
        yield condition


def _waits_for(pack: Pack, known: Facts, missing: Iterable[str]) -> Iterator[str]:
    for slot in missing:
        fact = pack.facts[slot.partition(".")[0]]
        if fact.computed == _COMPLETE:
            yield from unknown_of_the_screen(pack, known)
        elif fact.computed in READS:
            yield READS[fact.computed][0]
        elif fact.askable and not fact.decided_by:
            yield fact.id


def unknown_of_the_screen(pack: Pack, known: Facts) -> Iterator[str]:
    """The questions of the complete screen to which no answer counts yet (INV-12)."""
    for fact in pack.facts.values():
        if Action.RETURN not in fact.mandatory_for:
            continue
        asked = READS[fact.computed][0] if fact.computed in READS else fact.id
        answer = known.get(asked)
        if answer is None or answer.value is None:
            yield asked
