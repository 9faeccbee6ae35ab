"""Every single-place change that an editor of a pack may make by mistake, as a changed pack each.

A table of indicators is changed in its cells, not in the condition that follows from it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import permutations
from types import MappingProxyType
from typing import Any

from models.vocabulary import Action, Clock
from workflows.rules import country_slips
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
    all_of,
    any_of,
    leaves,
)
from workflows.rules.indicators import dimension_positive
from workflows.rules.pack import Pack
from workflows.rules.pack_model import Deadline, Rule
from workflows.rules.words import FUNCTIONS, GRADES, PACKET_FIELDS, STRENGTHS, URGENCIES

#: By so much an age or another limit is moved, down and up.
STEP = 2


@dataclass(frozen=True)
class Slip:
    """A pack with one thing changed. `kind` groups slips; `about` names the row."""

    kind: str
    about: str
    says: str
    pack: Pack

    def __str__(self) -> str:
        return f"{self.about}: {self.says}"


#: (kind of slip, what was done, the condition after it)
_Changed = tuple[str, str, Condition]


def slips_of(pack: Pack, base: Pack | None = None) -> Iterator[Slip]:
    """All slips in rows that `pack` wrote itself; those of its base are tried with the base."""
    own = _Maker(pack)
    yield from own.rules()
    yield from own.needs()
    yield from own.holds()
    yield from own.derived()
    yield from own.profiles()
    yield from own.thresholds()
    yield from own.mandatory()
    yield from own.deadlines()
    yield from own.packets()
    yield from own.routes()
    for kind, (about, says, fields) in country_slips.changes(pack, base):
        yield Slip(kind, about, says, dataclasses.replace(pack, **fields))


def changed(condition: Condition) -> Iterator[_Changed]:
    """The condition with one thing changed, in every place."""
    if isinstance(condition, AtLeast):
        yield from _changed_parts(condition)
    elif isinstance(condition, Maybe | NotEstablished):
        yield from _changed_modal(condition)
    else:
        yield from _changed_leaf(condition)


def _changed_leaf(condition: Condition) -> Iterator[_Changed]:
    match condition:
        case Is(slot, yes):
            yield "word", f"{slot}: {_yes(yes)} becomes {_yes(not yes)}", Is(slot, yes=not yes)
        case Within():
            yield from _moved(condition)
        case OneOf(slot, words):
            for word in sorted(words) if len(words) > 1 else ():
                yield "word", f"{slot}: {word} is forgotten", OneOf(slot, words - {word})
        case ProfileIs(code, level):
            for other in (level - 1, level + 1):
                if 1 <= other <= 3:
                    says = f"profile {code}: {GRADES[level]} becomes {GRADES[other]}"
                    yield "grade", says, ProfileIs(code, other)


def _changed_modal(condition: Maybe | NotEstablished) -> Iterator[_Changed]:
    leaf = condition.leaf
    if isinstance(condition, NotEstablished):
        yield "modal word", f"{leaf.slot}: not established becomes no", Is(leaf.slot, yes=False)
        return
    yield "modal word", f"{leaf.slot}: maybe is dropped", leaf
    for kind, says, other in changed(leaf):
        if isinstance(other, Is | Within):
            yield kind, says, Maybe(other)


def _yes(so: bool) -> str:  # noqa: FBT001  # the word for a truth value
    return "yes" if so else "no"


def _changed_parts(condition: AtLeast) -> Iterator[_Changed]:
    n, parts = condition.n, condition.parts
    if n == len(parts):
        yield "all or any", "all becomes any", any_of(*parts)
    elif n == 1:
        yield "all or any", "any becomes all", all_of(*parts)
    else:
        for count in (n - 1, n + 1):
            says = f"at least {n} becomes {count}"
            yield "all or any", says, AtLeast(count, parts)
    for i, part in enumerate(parts):
        rest = parts[:i] + parts[i + 1 :]
        fewer = min(n, len(rest))
        dropped = rest[0] if len(rest) == 1 else AtLeast(fewer, rest)
        yield "part dropped", f"part {i + 1} is dropped: {shown(part)}", dropped
        for kind, says, other in changed(part):
            yield kind, says, AtLeast(n, (*parts[:i], other, *parts[i + 1 :]))


def _moved(leaf: Within) -> Iterator[_Changed]:
    for by in (-STEP, STEP):
        lo, hi = leaf.lo, leaf.hi
        if lo is not None and (hi is None or lo + by <= hi):
            moved = Within(leaf.slot, lo + by, hi)
            yield "limit", f"{shown(leaf)} becomes {shown(moved)}", moved
        if hi is not None and (lo is None or lo <= hi + by):
            moved = Within(leaf.slot, lo, hi + by)
            yield "limit", f"{shown(leaf)} becomes {shown(moved)}", moved


def shown(condition: Condition) -> str:
    """A part of a condition in a few words."""
    match condition:
        case AtLeast(n, parts):
            word = "all" if n == len(parts) else "any" if n == 1 else f"at least {n}"
            return f"{word} of {', '.join(shown(part) for part in parts[:3])}" + (
                " ..." if len(parts) > 3 else ""
            )
        case Is(slot, yes):
            return f"{slot} {_yes(yes)}"
        case Within(slot, lo, hi):
            return f"{slot} {'' if lo is None else lo}..{'' if hi is None else hi}"
        case OneOf(slot, words):
            return f"{slot} {'|'.join(sorted(words))}"
        case ProfileIs(code, level):
            return f"profile {code} {GRADES[level]}"
        case Maybe(leaf):
            return f"maybe {shown(leaf)}"
        case NotEstablished(leaf):
            return f"{leaf.slot} not established"
        case Output(kind, id_, word):
            return f"{kind} {id_} {word}"


class _Maker:
    """Builds the changed packs of one pack."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self._made = 0

    def _own(self, rows: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        yield from ((id_, row) for id_, row in rows.items() if row.origin.pack == self.pack.code)

    def _with(self, **fields: Any) -> Pack:
        """The hash names compiled programs, so each changed pack has its own."""
        self._made += 1
        return dataclasses.replace(self.pack, sha256=f"slip {self._made}", **fields)

    def _row(self, table: str, id_: str, row: Any) -> Pack:
        rows = dict(getattr(self.pack, table))
        if row is None:
            del rows[id_]
        else:
            rows[id_] = row
        return self._with(**{table: MappingProxyType(rows)})

    def _when(self, table: str, id_: str, row: Any) -> Iterator[Slip]:
        about = f"{table[:-1]} {id_}"
        for kind, says, when in changed(row.when):
            new = dataclasses.replace(row, when=when)
            yield Slip(kind, about, says, self._row(table, id_, new))
        yield Slip("row deleted", about, "is deleted", self._row(table, id_, None))

    def _field(self, table: str, id_: str, row: Any, kind: str, **field: Any) -> Slip:
        """One field of a row changed; `field` has one item."""
        (name, value), *_ = field.items()
        says = f"{name} {_word(getattr(row, name))} becomes {_word(value)}"
        new = dataclasses.replace(row, **field)
        return Slip(kind, f"{table[:-1]} {id_}", says, self._row(table, id_, new))

    def rules(self) -> Iterator[Slip]:
        """Conditions, deletion, strength."""
        for id_, row in self._own(self.pack.rules):
            yield from self._when("rules", id_, row)
            for other in _beside(STRENGTHS, row.strength):
                yield self._field("rules", id_, row, "strength", strength=other)

    def needs(self) -> Iterator[Slip]:
        """Conditions, deletion, function, urgency, consent."""
        for id_, row in self._own(self.pack.needs):
            yield from self._when("needs", id_, row)
            function = FUNCTIONS[(FUNCTIONS.index(row.function) + 1) % len(FUNCTIONS)]
            yield self._field("needs", id_, row, "function", function=function)
            for urgency in _beside(URGENCIES, row.urgency):
                yield self._field("needs", id_, row, "urgency", urgency=urgency)
            yield self._field("needs", id_, row, "consent", consent=not row.consent)
            yield self._field("needs", id_, row, "consent", automatic=not row.automatic)

    def holds(self) -> Iterator[Slip]:
        """Conditions, deletion, actions that are no longer shut."""
        for id_, row in self._own(self.pack.holds):
            yield from self._when("holds", id_, row)
            for action in Action:
                if action in row.shuts and len(row.shuts) > 1:
                    new = dataclasses.replace(row, shuts=row.shuts - {action})
                    says = f"{action} is no longer shut"
                    yield Slip("shut action", f"hold {id_}", says, self._row("holds", id_, new))

    def derived(self) -> Iterator[Slip]:
        """Named conditions, and the cells of tables of indicators."""
        for id_, fact in self._own(self.pack.facts):
            if not fact.derived:
                continue
            condition = self.pack.derived[id_]
            ways = _cells(condition) if fact.indicators else changed(condition)
            for kind, says, other in ways:
                derived = MappingProxyType({**self.pack.derived, id_: other})
                yield Slip(kind, f"fact {id_}", says, self._with(derived=derived))

    def profiles(self) -> Iterator[Slip]:
        """Urgency of each grade."""
        for code, row in self._own(self.pack.profiles):
            for grade in ("presumed", "possible"):
                for other in _beside(URGENCIES, row.urgency[grade]):
                    urgency = MappingProxyType({**row.urgency, grade: other})
                    new = dataclasses.replace(row, urgency=urgency)
                    says = f"urgency when {grade}: {row.urgency[grade]} becomes {other}"
                    pack = self._row("profiles", code, new)
                    yield Slip("urgency", f"profile {code}", says, pack)

    def thresholds(self) -> Iterator[Slip]:
        """Counts of evidence. A country that inherits wrote none."""
        if self.pack.country:
            return
        for grade, counts in self.pack.thresholds.items():
            for strength, n in counts.items():
                for other in (n - 1, n + 1):
                    if other:
                        new = {**self.pack.thresholds, grade: {**counts, strength: other}}
                        says = f"{grade}: {n} {strength} becomes {other}"
                        pack = self._with(thresholds=MappingProxyType(new))
                        yield Slip("threshold", "thresholds", says, pack)

    def mandatory(self) -> Iterator[Slip]:
        """A question falls out of the complete screen."""
        for id_, row in self._own(self.pack.facts):
            if Action.RETURN in row.mandatory_for:
                less = row.mandatory_for - {Action.RETURN}
                new = dataclasses.replace(row, mandatory_for=less)
                says = "is no longer mandatory for RETURN"
                yield Slip("mandatory", f"fact {id_}", says, self._row("facts", id_, new))

    def deadlines(self) -> Iterator[Slip]:
        """Shorter, longer, another clock, forgotten."""
        for i, row in enumerate(self.pack.deadlines):
            if row.origin.pack == self.pack.code:
                yield from self._deadline(i, row)

    def _deadline(self, i: int, row: Deadline) -> Iterator[Slip]:
        about, rows = f"deadline {row.id}", self.pack.deadlines
        changes = [
            dataclasses.replace(row, amount=row.amount + 1),
            dataclasses.replace(row, clock=next(c for c in Clock if c is not row.clock)),
        ]
        if row.amount > 1:
            changes.append(dataclasses.replace(row, amount=row.amount - 1))
        for new in changes:
            says = f"{row.amount} {row.unit} ({row.clock}) becomes {new.amount} ({new.clock})"
            pack = self._with(deadlines=(*rows[:i], new, *rows[i + 1 :]))
            yield Slip("deadline", about, says, pack)
        yield Slip("deadline", about, "is deleted", self._with(deadlines=rows[:i] + rows[i + 1 :]))

    def packets(self) -> Iterator[Slip]:
        """A field more (somebody is told too much) or less."""
        for need, row in self.pack.packets.items():
            if need not in self.pack.needs or self.pack.needs[need].origin.pack != self.pack.code:
                continue
            for name in PACKET_FIELDS:
                has = name in row.fields
                fields = tuple(f for f in row.fields if f != name) if has else (*row.fields, name)
                new = dataclasses.replace(row, fields=fields)
                says = f"the field {name} is {'left out' if has else 'added'}"
                yield Slip("packet", f"packet {need}", says, self._row("packets", need, new))
            for fact in row.facts:
                new = dataclasses.replace(row, facts=tuple(f for f in row.facts if f != fact))
                says = f"the answer {fact} is left out"
                yield Slip("packet", f"packet {need}", says, self._row("packets", need, new))

    def routes(self) -> Iterator[Slip]:
        """A route is forgotten."""
        rows = self.pack.routes
        for i, row in enumerate(rows):
            says = f"{row.agency} in {row.area} is forgotten"
            pack = self._with(routes=rows[:i] + rows[i + 1 :])
            yield Slip("route", f"route {row.need}", says, pack)


def _word(value: Any) -> str:
    return _yes(value) if isinstance(value, bool) else str(getattr(value, "value", value))


def _beside(words: Iterable[Any], word: Any) -> list[Any]:
    """The words before and after `word` in an ordered list."""
    ordered = list(words)
    at = ordered.index(word)
    return [ordered[i] for i in (at - 1, at + 1) if 0 <= i < len(ordered)]


# -- tables of indicators ---------------------------------------------------------------------------


def _cells(condition: Condition) -> Iterator[_Changed]:
    """Each row of the table forgotten, or with the weight beside its own."""
    weights = _weights(condition)
    for fact, weight in weights.items():
        for other in ["", *_beside("SMW", weight)]:
            new = {**weights, fact: other}
            lists = [[f for f, w in new.items() if w == letter] for letter in "SMW"]
            found = dimension_positive(*lists)
            if found is not None:
                says = f"{fact}: {weight} becomes {other}" if other else f"{fact} is not listed"
                yield "indicator", says, found


def _weights(condition: Condition) -> dict[str, str]:
    """The weights S, M, W of a condition that `dimension_positive` wrote: facts that stand in the
    same places have the same weight, and only one naming of the groups writes this condition.
    """
    groups: dict[tuple[Any, ...], list[str]] = {}
    for fact in dict.fromkeys(leaf.slot for leaf in leaves(condition) if isinstance(leaf, Is)):
        places = tuple(_places(condition, fact))
        groups.setdefault(places, []).append(fact)
    for letters in permutations("SMW", len(groups)):
        named = dict(zip(letters, groups.values(), strict=True))
        if dimension_positive(*(named.get(letter, []) for letter in "SMW")) == condition:
            return {fact: letter for letter, facts in named.items() for fact in facts}
    return {}


def _places(condition: Condition, fact: str) -> Iterator[tuple[int, ...]]:
    if not isinstance(condition, AtLeast):
        return
    ways = condition.parts if condition.n == 1 else (condition,)
    for i, way in enumerate(ways):
        sides = way.parts if isinstance(way, AtLeast) and not _flat(way) else (way,)
        for j, side in enumerate(sides):
            if any(isinstance(leaf, Is) and leaf.slot == fact for leaf in leaves(side)):
                yield i, j


def _flat(condition: AtLeast) -> bool:
    return all(isinstance(part, Is) for part in condition.parts)


__all__ = ["Rule", "Slip", "changed", "shown", "slips_of"]
