"""Many persons at once, for back-tests: answers stand in columns, and a column is a whole number.

It has one byte for each person: 1 where the leaf is certainly so, and a second column 1 where it is certainly
not. So one `&` or `|` reads a leaf of thousands of persons. The meaning is that of `reading.py`; a property
test compares every person with `walk`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from itertools import islice
from operator import and_, attrgetter, or_
from typing import Any, NamedTuple

from workflows.rules.compiled import Decision, Program, program
from workflows.rules.computed import computed_answers
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
from workflows.rules.reading import strictly
from workflows.rules.values import Choice, Days, Facts, Interval, Several
from workflows.rules.words import STRENGTHS, URGENCIES

#: Persons that are read together; more are not quicker, and take more memory.
TOGETHER = 2048


class Column(NamedTuple):
    """Where a condition is certainly so, and where certainly not; a byte of 1 for each person."""

    so: int
    not_so: int


@dataclass(frozen=True)
class Outcomes:
    """What a pack says of `number` persons: a byte for each, truths and levels as in `Decision`."""

    number: int
    rules: tuple[Column, ...]
    now: tuple[bytes, ...]
    most: tuple[bytes, ...]
    needs: tuple[bytes, ...]
    holds: tuple[bytes, ...]
    urgency: bytes
    derived: tuple[Column, ...]

    def decisions(self) -> Iterator[Decision]:
        """The outcome of each person, as `decide` gives it."""
        rules = [self._truths(column) for column in self.rules]
        derived = [self._truths(column) for column in self.derived]
        for i in range(self.number):
            yield Decision(
                truths=(tuple(c[i] for c in rules), tuple(c[i] for c in derived)),
                now=tuple(c[i] for c in self.now),
                most=tuple(c[i] for c in self.most),
                needs=tuple(bool(c[i]) for c in self.needs),
                holds=tuple(c[i] for c in self.holds),
                urgency=self.urgency[i],
            )

    def _truths(self, column: Column) -> bytes:
        ones = _ones(self.number)
        return (ones + column.so - column.not_so).to_bytes(self.number, "little")


def decide_many(pack: Pack, people: Iterable[Facts], as_of: date) -> Iterator[Outcomes]:
    """Outcomes of `people` in their order, at most `TOGETHER` at once."""
    waiting = iter(people)
    while crowd := list(islice(waiting, TOGETHER)):
        yield _Crowd(pack, program(pack), crowd, as_of).outcomes()


def _ones(number: int) -> int:
    return int.from_bytes(b"\x01" * number, "little")


_YES = bytes(int(i == 2) for i in range(256))
_NO = bytes(int(i == 0) for i in range(256))


@dataclass
class _Crowd:
    """One reading of some hundred persons with one pack."""

    pack: Pack
    compiled: Program
    people: Sequence[Facts]
    as_of: date
    #: For each yes-no slot a byte a person: 0 no, 1 not known, 2 yes.
    slots: dict[str, bytes] = field(default_factory=dict)
    #: What else is known of each person, by fact: words, or the two ends of a span.
    others: dict[str, list[Any]] = field(default_factory=dict)
    read: dict[str, Column] = field(default_factory=dict)
    spans: dict[Within | OneOf, Column] = field(default_factory=dict)
    levels: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = field(default_factory=dict)

    def outcomes(self) -> Outcomes:
        """Read every row of the pack."""
        pack, number = self.pack, len(self.people)
        self.ones = _ones(number)
        self._spread()
        rules = tuple(self.column(rule.when) for rule in pack.rules.values())
        for code in pack.profiles:
            self.levels[code] = self._levels(code, rules)
        needs = [self.column(need.when).so for need in pack.needs.values()]
        holds = []
        for hold in pack.holds.values():
            on = self.ones ^ self.column(hold.when).not_so
            holds.append(on + (on & self.column(strictly(hold.when)).so))
        now, most = ([sum(self.levels[code][rail]) for code in pack.profiles] for rail in (0, 1))
        return Outcomes(
            number=number,
            rules=rules,
            now=tuple(self._bytes(level) for level in now),
            most=tuple(self._bytes(level) for level in most),
            needs=tuple(self._bytes(need) for need in needs),
            holds=tuple(self._bytes(hold) for hold in holds),
            urgency=self._bytes(self._urgency(needs)),
            derived=tuple(self.column(Is(slot, yes=True)) for slot in self.compiled.derived),
        )

    def _bytes(self, column: int) -> bytes:
        return column.to_bytes(len(self.people), "little")

    def _spread(self) -> None:
        """Write each person as a row of bytes, then cut the rows into columns."""
        at = {fact: place for place, fact in enumerate(self.compiled.yes_no)}
        for fact, items in self.compiled.items.items():
            at |= {f"{fact}.{item}": len(at) + i for i, item in enumerate(items)}
        place_of, spare, read = at.get, len(at), self.compiled.places
        blank, rows = b"\x01" * (spare + 1), []
        for i, facts in enumerate(self.people):
            row = bytearray(blank)
            for fact, answer in facts.items():
                value = answer.value
                # A truth that no row of the pack reads goes to the spare place.
                if value is True:
                    row[place_of(fact, spare)] = 2
                elif value is False:
                    row[place_of(fact, spare)] = 0
                elif value is not None and fact in read:
                    self._put(row, at, i, fact, value)
            for fact, answer in computed_answers(self.pack, facts, self.as_of).items():
                if fact in read and (answer.value is not None or fact in facts):
                    self._put(row, at, i, fact, answer.value)
            rows.append(row)
        table, width = b"".join(rows), spare + 1
        self.slots = {slot: table[place::width] for slot, place in at.items()}

    def _put(self, row: bytearray, at: dict[str, int], i: int, fact: str, value: object) -> None:
        """Write what is no plain yes or no: spans and words by person, items into the row."""
        if fact in at:
            row[at[fact]] = (2 if value else 0) if isinstance(value, bool) else 1
        elif isinstance(value, Several):
            for items, truth in ((value.yes, 2), (value.no, 0)):
                for item in items:
                    row[at[f"{fact}.{item}"]] = truth
        elif not isinstance(value, bool):
            if fact not in self.others:
                self.others[fact] = [None] * len(self.people)
            plain = _PLAIN.get(type(value))
            self.others[fact][i] = None if plain is None else plain(value)

    def column(self, condition: Condition) -> Column:
        """Where the condition is certainly so, and where certainly not."""
        match condition:
            case AtLeast():
                parts = [self.column(part) for part in condition.parts]
                enough = len(parts) - condition.n + 1
                return Column(
                    self._at_least(condition.n, [part.so for part in parts]),
                    self._at_least(enough, [part.not_so for part in parts]),
                )
            case Is():
                so, not_so = self._slot(condition.slot)
                return Column(so, not_so) if condition.yes else Column(not_so, so)
            case Within() | OneOf():
                return self._other(condition)
            case ProfileIs():
                now, most = self.levels[condition.code]
                return Column(now[condition.level - 1], self.ones ^ most[condition.level - 1])
            case Maybe():
                not_so = self.column(condition.leaf).not_so
                return Column(self.ones ^ not_so, not_so)
            case NotEstablished():
                so = self.column(condition.leaf).so
                return Column(self.ones ^ so, so)
            case _:
                raise TypeError("outputs are read from an assessment, not from facts")

    def _slot(self, slot: str) -> Column:
        """A yes-no slot or a derived fact, read once."""
        found = self.read.get(slot)
        if found is None:
            if slot in self.pack.derived:
                found = self.column(self.pack.derived[slot])
            else:
                known = self.slots[slot]
                so, not_so = (int.from_bytes(known.translate(t), "little") for t in (_YES, _NO))
                found = Column(so, not_so)
            self.read[slot] = found
        return found

    def _at_least(self, n: int, parts: Sequence[int]) -> int:
        """Where at least `n` of the parts are 1."""
        if n > len(parts):
            return 0
        if n == len(parts):
            return reduce(and_, parts)
        if n == 1:
            return reduce(or_, parts)
        counts = [0] * n
        for part in parts:
            for k in range(n - 1, 0, -1):
                counts[k] |= counts[k - 1] & part
            counts[0] |= part
        return counts[n - 1]

    def _other(self, leaf: Within | OneOf) -> Column:
        """A number, day or choice. Few values are different, so each is compared once."""
        found = self.spans.get(leaf)
        if found is None:
            known = self.others.get(leaf.slot, [])
            truth = {value: _inside(leaf, value) for value in set(known)}
            truths = bytes(map(truth.__getitem__, known))
            so, not_so = (int.from_bytes(truths.translate(t), "little") for t in (_YES, _NO))
            found = self.spans[leaf] = Column(so, not_so)
        return found

    def _levels(
        self, code: str, rules: tuple[Column, ...]
    ) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """For the rails *now* and *at most*: where the profile reads at least open, possible, presumed."""
        own = [
            (column, rule.strength)
            for column, rule in zip(rules, self.pack.rules.values(), strict=True)
            if rule.profile == code
        ]
        certain = [(column.so, strength) for column, strength in own]
        possible = [(self.ones ^ column.not_so, strength) for column, strength in own]
        possible_now, presumed_now = (self._grade(certain, g) for g in ("possible", "presumed"))
        possible_yet, presumed_yet = (self._grade(possible, g) for g in ("possible", "presumed"))
        possible_now |= presumed_now
        possible_yet |= presumed_yet
        return (possible_yet, possible_now, presumed_now), (
            possible_yet,
            possible_yet,
            presumed_yet,
        )

    def _grade(self, rules: list[tuple[int, str]], grade: str) -> int:
        found = 0
        for strength, n in self.pack.thresholds[grade].items():
            strong_enough = STRENGTHS[: STRENGTHS.index(strength) + 1]
            found |= self._at_least(n, [column for column, s in rules if s in strong_enough])
        return found

    def _urgency(self, needs: list[int]) -> int:
        at = [0] * len(URGENCIES)
        for profile in self.pack.profiles.values():
            _, possible, presumed = self.levels[profile.code][0]
            at[URGENCIES.index(profile.urgency["presumed"])] |= presumed
            at[URGENCIES.index(profile.urgency["possible"])] |= possible & ~presumed
        for need, column in zip(self.pack.needs.values(), needs, strict=True):
            at[URGENCIES.index(need.urgency)] |= column
        return (at[1] | at[2]) + at[2]


def _ordinals(days: Days) -> tuple[int | None, int | None]:
    low, high = days.lo, days.hi
    return (low.toordinal() if low else None, high.toordinal() if high else None)


#: By type: words, or the two ends of a span; what can be looked up quickly.
_PLAIN: dict[type, Callable[[Any], object]] = {
    Choice: attrgetter("words"),
    Interval: attrgetter("lo", "hi"),
    Days: _ordinals,
}


def _inside(leaf: Within | OneOf, known: Any) -> int:
    """2 certainly, 1 possibly, 0 certainly not; `known` is words, or the two ends of a span."""
    if known is None:
        return 1
    if isinstance(leaf, OneOf):
        return 2 if known <= leaf.words else int(not leaf.words.isdisjoint(known))
    low, high = known
    below = leaf.hi is not None and low is not None and low > leaf.hi
    above = leaf.lo is not None and high is not None and high < leaf.lo
    if below or above:
        return 0
    starts = leaf.lo is None or (low is not None and low >= leaf.lo)
    ends = leaf.hi is None or (high is not None and high <= leaf.hi)
    return 2 if starts and ends else 1
