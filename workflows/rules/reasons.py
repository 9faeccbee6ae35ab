"""Why a condition reads as it does, prepared once for each pack: the quick form of `reading.explain`.

Every condition becomes a function from the vector of a person to its `Support`. What does not depend on
the person (names, the three readings of a leaf) is made beforehand. A property test compares the two.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from workflows.rules.compiled import Program, program
from workflows.rules.conditions import (
    AtLeast,
    Condition,
    Is,
    Maybe,
    NotEstablished,
    OneOf,
    ProfileIs,
    Within,
)
from workflows.rules.pack import Pack
from workflows.rules.reading import CERTAINLY, NO, POSSIBLY, Support, strictly


class Seen:
    """What a reader looks at: the vector, the grades by place of the profile, derived facts read before."""

    __slots__ = ("memo", "most", "now", "vector")

    def __init__(self, vector: list[Any], now: tuple[int, ...], most: tuple[int, ...]) -> None:
        self.vector = vector
        self.now = now
        self.most = most
        self.memo: dict[str, Support] = {}


_NOTHING: dict[int, Support] = {}
Reader = Callable[[Seen], Support]


@dataclass(frozen=True)
class Reasons:
    """Readers of a pack by id of the row; `evidence` reads a hold's condition strictly."""

    rules: dict[str, Reader]
    needs: dict[str, Reader]
    holds: dict[str, Reader]
    evidence: dict[str, Reader]


@lru_cache(maxsize=64)
def reasons(pack: Pack) -> Reasons:
    """The readers of all rows, made once."""
    maker = _Maker(pack, program(pack))
    return Reasons(
        rules={rule.id: maker.reader(rule.when) for rule in pack.rules.values()},
        needs={need.id: maker.reader(need.when) for need in pack.needs.values()},
        holds={hold.id: maker.reader(hold.when) for hold in pack.holds.values()},
        evidence={hold.id: maker.reader(strictly(hold.when)) for hold in pack.holds.values()},
    )


class _Leaf:
    """The reader of a yes-no slot: its place in the vector, and a support for each of three truths."""

    __slots__ = ("at", "table")

    def __init__(self, at: int, table: dict[int, Support]) -> None:
        self.at = at
        self.table = table

    def __call__(self, seen: Seen) -> Support:
        return self.table[seen.vector[self.at]]


@dataclass
class _Maker:
    pack: Pack
    compiled: Program
    derived: dict[str, Reader] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.codes = {code: i for i, code in enumerate(self.pack.profiles)}

    def reader(self, condition: Condition) -> Reader:
        """The function that reads `condition`."""
        match condition:
            case Is() if condition.slot in self.pack.derived:
                return self._derived(condition)
            case Is():
                return self._table(condition.slot, NO if condition.yes else CERTAINLY)
            case Within():
                return self._within(condition)
            case OneOf():
                return self._one_of(condition)
            case ProfileIs():
                return self._profile(condition)
            case Maybe():
                return _maybe(self.reader(condition.leaf))
            case NotEstablished():
                return _not_established(self.reader(condition.leaf))
            case AtLeast():
                parts = [self.reader(part) for part in condition.parts]
                return parts[0] if len(parts) == 1 else _counted(condition.n, parts)
            case _:
                raise TypeError("outputs are read from an assessment, not from facts")

    def _table(self, slot: str, of_no: int) -> Reader:
        """A yes-no slot: one of three supports."""
        at, certain = _at(self.compiled, slot), self.compiled.certain
        three = _three(slot)
        return _Leaf(at, {0: three[of_no], 1: three[POSSIBLY], certain: three[CERTAINLY - of_no]})

    def _derived(self, leaf: Is) -> Reader:
        slot, yes = leaf.slot, leaf.yes
        if slot not in self.derived:
            self.derived[slot] = self.reader(self.pack.derived[slot])
        inner = self.derived[slot]

        def read(seen: Seen) -> Support:
            support = seen.memo.get(slot)
            if support is None:
                support = seen.memo[slot] = inner(seen)
            return support if yes else Support(CERTAINLY - support[0], support[1], support[2])

        return read

    def _within(self, leaf: Within) -> Reader:
        at, least, most = _at(self.compiled, leaf.slot), leaf.lo, leaf.hi
        three = _three(leaf.slot)

        def read(seen: Seen) -> Support:
            low, high = seen.vector[at], seen.vector[at + 1]
            if (least is not None and high < least) or (most is not None and low > most):
                return three[NO]
            inside = (least is None or low >= least) and (most is None or high <= most)
            return three[CERTAINLY if inside else POSSIBLY]

        return read

    def _one_of(self, leaf: OneOf) -> Reader:
        at, words = _at(self.compiled, leaf.slot), leaf.words
        three = _three(leaf.slot)

        def read(seen: Seen) -> Support:
            known = seen.vector[at]
            if known is None:
                return three[POSSIBLY]
            return three[
                CERTAINLY if known <= words else NO if words.isdisjoint(known) else POSSIBLY
            ]

        return read

    def _profile(self, leaf: ProfileIs) -> Reader:
        i, level = self.codes[leaf.code], leaf.level
        no, maybe, yes = (Support(t, (f"profile {leaf.code}",)) for t in (NO, POSSIBLY, CERTAINLY))

        def read(seen: Seen) -> Support:
            return yes if seen.now[i] >= level else maybe if seen.most[i] >= level else no

        return read


def _at(compiled: Program, slot: str) -> int:
    fact, _, item = slot.partition(".")
    return compiled.items[fact][item] if item else compiled.places[fact][1]


def _three(slot: str) -> tuple[Support, Support, Support]:
    return (
        Support(NO, (slot,), ()),
        Support(POSSIBLY, (), (slot,)),
        Support(CERTAINLY, (slot,), ()),
    )


def _maybe(inner: Reader) -> Reader:
    if isinstance(inner, _Leaf):
        return _Leaf(inner.at, {at: _ruled_in(support) for at, support in inner.table.items()})
    return lambda seen: _ruled_in(inner(seen))


def _ruled_in(support: Support) -> Support:
    truth, used, missing = support
    return Support(CERTAINLY if truth else NO, used, missing)


def _not_established(inner: Reader) -> Reader:
    if isinstance(inner, _Leaf):
        return _Leaf(inner.at, {at: _unproven(support) for at, support in inner.table.items()})
    return lambda seen: _unproven(inner(seen))


def _unproven(support: Support) -> Support:
    truth, used, _ = support
    return Support(NO if truth == CERTAINLY else CERTAINLY, used)


def _counted(n: int, parts: list[Reader]) -> Reader:
    """At least `n` of the parts, with the rules of `reading.explain` for the smallest support."""
    enough = len(parts) - n + 1
    decisive = CERTAINLY if n == 1 else NO if enough == 1 else None
    # The place and supports of plain leaves, so that they are read without a call.
    plain = [(p.at, p.table, p) if isinstance(p, _Leaf) else (-1, _NOTHING, p) for p in parts]

    def read(seen: Seen) -> Support:
        sure: list[Support] = []
        open_: list[Support] = []
        refuted: list[Support] = []
        vector = seen.vector
        for at, table, part in plain:
            support = table[vector[at]] if at >= 0 else part(seen)
            truth = support[0]
            if truth == POSSIBLY:
                open_.append(support)
                continue
            if truth == decisive and len(support[1]) + len(support[2]) == 1:
                return support
            (sure if truth else refuted).append(support)
        if len(sure) >= n:
            return _joined(CERTAINLY, _smallest(sure, n))
        if len(refuted) >= enough:
            return _joined(NO, _smallest(refuted, enough))
        return _joined(POSSIBLY, sure + open_)

    return read


def _smallest(supports: list[Support], n: int) -> list[Support]:
    if len(supports) == n:
        return supports
    return sorted(supports, key=_size)[:n]


def _size(support: Support) -> int:
    return len(support[1]) + len(support[2])


def _joined(truth: int, supports: list[Support]) -> Support:
    if len(supports) == 1:
        _, used, missing = supports[0]
        return Support(truth, used, missing)
    used_names: dict[str, None] = {}
    missing_names: dict[str, None] = {}
    for _, used, missing in supports:
        for name in used:
            used_names[name] = None
        for name in missing:
            missing_names[name] = None
    return Support(truth, tuple(used_names), tuple(missing_names))
