"""Every single-place change that an editor of a pack may make by mistake, as a changed pack each.

A table of indicators is changed in its cells, not in the condition that follows from it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from models.vocabulary import Action, Clock
from workflows.rules import country_slips
from workflows.rules.pack import Pack
from workflows.rules.pack_model import Deadline
from workflows.rules.slip_conditions import beside, cells, changed, shown, word_of
from workflows.rules.slip_questions import groups, questions
from workflows.rules.words import FUNCTIONS, PACKET_FIELDS, STRENGTHS, URGENCIES


@dataclass(frozen=True)
class Slip:
    """A pack with one thing changed. `kind` groups slips; `about` names the row."""

    kind: str
    about: str
    says: str
    pack: Pack

    def __str__(self) -> str:
        return f"{self.about}: {self.says}"


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
    yield from own.lifting()
    yield from own.telling()
    rows = [("question", change) for change in questions(pack)]
    rows += [("group", change) for change in groups(pack)]
    for kind, (about, says, fields) in (*rows, *country_slips.changes(pack, base)):
        yield Slip(kind, about, says, dataclasses.replace(pack, **fields))


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
            for other in beside(STRENGTHS, row.strength):
                yield self._field("rules", id_, row, "strength", strength=other)

    def needs(self) -> Iterator[Slip]:
        """Conditions, deletion, function, urgency, consent."""
        for id_, row in self._own(self.pack.needs):
            yield from self._when("needs", id_, row)
            other = _next(FUNCTIONS, row.function)
            yield self._field("needs", id_, row, "function", function=other)
            for urgency in beside(URGENCIES, row.urgency):
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
            ways = cells(condition) if fact.indicators else changed(condition)
            for kind, says, other in ways:
                derived = MappingProxyType({**self.pack.derived, id_: other})
                yield Slip(kind, f"fact {id_}", says, self._with(derived=derived))

    def profiles(self) -> Iterator[Slip]:
        """Urgency of each grade."""
        for code, row in self._own(self.pack.profiles):
            for grade in ("presumed", "possible"):
                for other in beside(URGENCIES, row.urgency[grade]):
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

    def lifting(self) -> Iterator[Slip]:
        """Another decision, or another body, ends a hold."""
        decisions = [fact.id for fact in self.pack.facts.values() if fact.decided_by]
        for id_, row in self._own(self.pack.holds):
            if row.lifted_by_decision:
                other = _next(decisions, row.lifted_by_decision)
                yield self._field("holds", id_, row, "lift", lifted_by_decision=other)
                body = _next(FUNCTIONS, row.lifted_by_body)
                yield self._field("holds", id_, row, "lift", lifted_by_body=body)

    def telling(self) -> Iterator[Slip]:
        """A profile or a restricted matter more or less in a packet, an answer more."""
        pack, codes = self.pack, tuple(self.pack.profiles)
        kinds = sorted({fact.restricted for fact in pack.facts.values()} - {""})
        for need, row in pack.packets.items():
            if need not in pack.needs or pack.needs[need].origin.pack != pack.code:
                continue
            new: list[tuple[str, tuple[str, ...]]] = []
            for name, own, words in (
                ("facts", row.facts, tuple(pack.facts)),
                ("profiles", row.profiles, codes),
                ("may_carry", row.may_carry, kinds),
            ):
                less = [tuple(w for w in own if w != word) for word in own]
                more = [(*own, word) for word in words if word not in own][:1]
                new += [(name, value) for value in (less if name != "facts" else []) + more]
            for name, value in new:
                says = f"{name} become {', '.join(value) or 'none'}"
                field: dict[str, Any] = {name: value}
                other = dataclasses.replace(row, **field)
                yield Slip("packet", f"packet {need}", says, self._row("packets", need, other))

    def routes(self) -> Iterator[Slip]:
        """A route is forgotten."""
        rows = self.pack.routes
        for i, row in enumerate(rows):
            says = f"{row.agency} in {row.area} is forgotten"
            pack = self._with(routes=rows[:i] + rows[i + 1 :])
            yield Slip("route", f"route {row.need}", says, pack)


def _word(value: Any) -> str:
    return word_of(value) if isinstance(value, bool) else str(getattr(value, "value", value))


def _next(words: Sequence[str], word: str) -> str:
    """The word after `word`, and after the last the first."""
    return words[(list(words).index(word) + 1) % len(words)]


__all__ = ["Slip", "changed", "shown", "slips_of"]
