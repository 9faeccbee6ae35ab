"""Reading a condition with answers by walking its tree: the meaning, and why.

Strong Kleene logic on two rails. 2 is certainly true, 1 possible, 0 certainly false. The compiled
program (`compiled.py`) must say the same; it is fast, this one explains.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from workflows.rules.conditions import (
    AtLeast,
    Condition,
    Derived,
    Is,
    Maybe,
    NotEstablished,
    OneOf,
    ProfileIs,
    Within,
)
from workflows.rules.values import Choice, Days, Facts, Interval, Several
from workflows.rules.words import GRADES

NO, POSSIBLY, CERTAINLY = 0, 1, 2

#: profile code -> (grade level now, highest level still possible): indices of `words.GRADES`.
Grades = Mapping[str, tuple[int, int]]


class Support(NamedTuple):
    """Truth of a condition, a minimal set of what made it so, and what is missing to decide it.

    `used` holds slots and `profile X`; `missing` holds slots.
    """

    truth: int
    used: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class View:
    """What a condition may look at. `seen` remembers facts that were read before, by slot."""

    facts: Facts
    derived: Derived
    grades: Grades
    seen: dict[str, Support] = field(default_factory=dict)


def truth(condition: Condition, view: View) -> int:
    """2 certainly, 1 possibly, 0 certainly not."""
    return explain(condition, view).truth


def explain(condition: Condition, view: View) -> Support:
    """The truth of `condition` with a support set that is minimal along one walk."""
    if isinstance(condition, Is):
        seen = view.seen.get(condition.slot) or _read(condition.slot, view)
        return seen if condition.yes else seen._replace(truth=CERTAINLY - seen.truth)
    if isinstance(condition, AtLeast):
        return _counted(condition, view)
    if isinstance(condition, Within | OneOf):
        return _leaf(condition.slot, _plain_truth(condition, view.facts))
    if isinstance(condition, ProfileIs):
        now, most = view.grades[condition.code]
        level = condition.level
        is_so = CERTAINLY if now >= level else POSSIBLY if most >= level else NO
        return Support(is_so, (f"profile {condition.code}",))
    if isinstance(condition, Maybe):
        inner = explain(condition.leaf, view)
        return inner._replace(truth=CERTAINLY if inner.truth else NO)
    if isinstance(condition, NotEstablished):
        inner = explain(condition.leaf, view)
        return Support(NO if inner.truth == CERTAINLY else CERTAINLY, inner.used)
    raise TypeError("outputs are read from an assessment, not from facts")


def _read(slot: str, view: View) -> Support:
    derived = view.derived.get(slot)
    support = _leaf(slot, _yes(slot, view.facts)) if derived is None else explain(derived, view)
    view.seen[slot] = support
    return support


def _leaf(slot: str, is_so: int) -> Support:
    return Support(is_so, (), (slot,)) if is_so == POSSIBLY else Support(is_so, (slot,), ())


def _yes(slot: str, facts: Facts) -> int:
    fact, _, item = slot.partition(".")
    answer = facts.get(fact)
    value = answer.value if answer else None
    if isinstance(value, Several):
        return CERTAINLY if item in value.yes else NO if item in value.no else POSSIBLY
    if isinstance(value, bool):
        return CERTAINLY if value else NO
    return POSSIBLY


def _plain_truth(leaf: Within | OneOf, facts: Facts) -> int:
    answer = facts.get(leaf.slot)
    value = answer.value if answer else None
    if isinstance(leaf, OneOf):
        if not isinstance(value, Choice) or value.words & leaf.words:
            inside = isinstance(value, Choice) and value.words <= leaf.words
            return CERTAINLY if inside else POSSIBLY
        return NO
    if isinstance(value, Interval):
        return _span_truth(leaf, value.lo, value.hi)
    if isinstance(value, Days):
        lo = value.lo.toordinal() if value.lo else None
        return _span_truth(leaf, lo, value.hi.toordinal() if value.hi else None)
    return POSSIBLY


def _span_truth(leaf: Within, lo: int | None, hi: int | None) -> int:
    below = leaf.hi is not None and lo is not None and lo > leaf.hi
    above = leaf.lo is not None and hi is not None and hi < leaf.lo
    if below or above:
        return NO
    starts = leaf.lo is None or (lo is not None and lo >= leaf.lo)
    ends = leaf.hi is None or (hi is not None and hi <= leaf.hi)
    return CERTAINLY if starts and ends else POSSIBLY


def _counted(condition: AtLeast, view: View) -> Support:
    sure: list[Support] = []
    open_: list[Support] = []
    refuted: list[Support] = []
    sorted_by_truth = (refuted, open_, sure)
    n, enough = condition.n, len(condition.parts) - condition.n + 1
    decisive = CERTAINLY if n == 1 else NO if enough == 1 else None
    for part in condition.parts:
        support = explain(part, view)
        sorted_by_truth[support.truth].append(support)
        if support.truth == decisive and len(support.used) + len(support.missing) == 1:
            # One answer decides alone, and no support set can be smaller.
            return Support(support.truth, support.used, support.missing)
    if len(sure) >= n:
        return _joined(CERTAINLY, _smallest(sure, n))
    if len(refuted) >= enough:
        return _joined(NO, _smallest(refuted, enough))
    return _joined(POSSIBLY, sure + open_)


def _smallest(supports: list[Support], n: int) -> list[Support]:
    if len(supports) == n:
        return supports
    return sorted(supports, key=lambda s: len(s.used) + len(s.missing))[:n]


def _joined(is_so: int, supports: list[Support]) -> Support:
    if len(supports) == 1:
        return Support(is_so, supports[0].used, supports[0].missing)
    used: dict[str, None] = {}
    missing: dict[str, None] = {}
    for _, more_used, more_missing in supports:
        for name in more_used:
            used[name] = None
        for name in more_missing:
            missing[name] = None
    return Support(is_so, tuple(used), tuple(missing))


def strictly(condition: Condition) -> Condition:
    """The condition with modal words read strictly: what must hold for a hold *by evidence*.

    `not ruled out` becomes yes, `maybe under` under, profile `open` possible. `not established` stays:
    it speaks of a decision that nobody has taken.
    """
    match condition:
        case AtLeast():
            return AtLeast(condition.n, tuple(strictly(part) for part in condition.parts))
        case Maybe():
            return condition.leaf
        case ProfileIs(level=1):
            return ProfileIs(condition.code, 2)
        case _:
            return condition


def grade_levels(
    certain: Mapping[str, int],
    possible: Mapping[str, int],
    thresholds: Mapping[str, Mapping[str, int]],
) -> tuple[int, int]:
    """(level now, highest possible) from how many rules of each strength (or stronger) stand."""
    now, most = _level(certain, thresholds), _level(possible, thresholds)
    return (now or (1 if most else 0)), most


def _level(counts: Mapping[str, int], thresholds: Mapping[str, Mapping[str, int]]) -> int:
    for grade in GRADES[:1:-1]:
        needed = thresholds[grade.value]
        if any(counts.get(strength, 0) >= n for strength, n in needed.items()):
            return GRADES.index(grade)
    return 0
