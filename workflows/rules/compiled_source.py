"""The text of a compiled pack: generated names and numbers only.

No word of a pack gets into it; words of choices and ids of facts are passed as objects.

A truth is 0 (no), 1 (not known) or H+1 (certain), with H a power of two above the number of parts of any
row. So `&` is *all*, `|` is *any*, and a sum counts on both rails at once: `sum // H` parts are certain,
`sum % H` are possible.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

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
    leaves,
)
from workflows.rules.pack import Pack
from workflows.rules.reading import strictly
from workflows.rules.words import STRENGTHS, URGENCIES

_ENDLESS = 10**12


@dataclass
class Layout:
    """Where each fact stands in the vector: kind and first index; items of `several` facts."""

    blank: list[Any] = field(default_factory=list)
    places: dict[str, tuple[str, int]] = field(default_factory=dict)
    items: dict[str, dict[str, int]] = field(default_factory=dict)

    def place(self, id_: str, kind: str, options: tuple[str, ...]) -> None:
        """Give a fact its place; unknown is 1, an endless span, or None for a choice."""
        at = len(self.blank)
        if kind == "several":
            self.items[id_] = {item: at + i for i, item in enumerate(options)}
            self.blank.extend([1] * len(options))
            self.places[id_] = ("several", at)
        elif kind in {"years", "quantity", "date"}:
            self.blank.extend([-_ENDLESS, _ENDLESS])
            self.places[id_] = ("span", at)
        else:
            self.blank.append(None if kind == "choice" else 1)
            self.places[id_] = (kind, at)

    def at(self, slot: str) -> int:
        """The index of a slot; of a span, its first."""
        fact, _, item = slot.partition(".")
        return self.items[fact][item] if item else self.places[fact][1]


@dataclass
class Writer:
    """Writes the source of one pack. `source` first, then `constants`, `done` and `layout` are filled."""

    pack: Pack
    layout: Layout = field(default_factory=Layout)
    constants: dict[str, Any] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    #: Derived facts written so far, and the variable of each.
    done: dict[str, str] = field(default_factory=dict)
    #: Variables of what is written once and used again: opposites, spans, choices, sums.
    once: dict[Any, str] = field(default_factory=dict)
    #: Inside `missing` functions there are no variables: slots are read from the vector.
    inside: bool = False

    def __post_init__(self) -> None:
        self.codes = {code: i for i, code in enumerate(self.pack.profiles)}
        for fact in self.pack.facts.values():
            if not fact.derived:
                self.layout.place(fact.id, fact.kind, fact.options)
        rows = [*self.pack.derived.values(), *(r.when for r in self.pack.rules.values())]
        counts = [len(self.pack.rules), *(n for row in rows for n in _widths(row))]
        self.high = max(128, 1 << max(counts).bit_length())
        self.certain_word = self.high + 1
        self.constants |= {
            "N": {0: self.certain_word, 1: 1, self.certain_word: 0},
            "P": {0: 0, 1: 1, self.certain_word: 2}.__getitem__,
        }

    def source(self) -> str:
        """The whole text: `decide`, then what is missing."""
        self.lines = ["def decide(v):"]
        self._write(f"{''.join(f'a{i},' for i in range(len(self.layout.blank)))}_,=v")
        truths = [self._row(f"r{i}", r.when) for i, r in enumerate(self.pack.rules.values())]
        for code in self.pack.profiles:
            self._grade(code, truths)
        for i, need in enumerate(self.pack.needs.values()):
            self._prepare(need.when)
            self._write(f"n{i}=True if {self._rail(need.when, certain=True)} else False")
        for i, hold in enumerate(self.pack.holds.values()):
            self._prepare(hold.when)
            evidence = self._rail(strictly(hold.when), certain=True)
            possible = self._rail(hold.when, certain=False)
            self._write(f"h{i}=(2 if {evidence} else 1) if {possible} else 0")
        self._urgency()
        self._return(truths)
        self._open_parts()
        return "\n".join(self.lines) + "\n"

    def _return(self, truths: list[str]) -> None:
        rules, derived = (
            f"({''.join(f'{n},' for n in names)})" for names in (truths, self.done.values())
        )
        counts = (
            ("g", len(self.codes)),
            ("p", len(self.codes)),
            ("n", len(self.pack.needs)),
            ("h", len(self.pack.holds)),
        )
        parts = ["(" + "".join(f"{name}{i}," for i in range(n)) + ")" for name, n in counts]
        self._write(f"return D(({rules},{derived}),{','.join(parts)},u,P)")

    def _write(self, line: str) -> None:
        self.lines.append(f" {line}")

    def _row(self, name: str, condition: Condition) -> str:
        """The variable of a condition's truth: a new one, or the fact's own."""
        self._prepare(condition)
        text = self._three(condition)
        if isinstance(condition, AtLeast):
            self._write(f"{name}={text}")
            return name
        return text

    def _prepare(self, condition: Condition) -> None:
        """Write the derived facts that the condition reads, each once, those they read first."""
        for leaf in leaves(condition):
            inner = leaf.leaf if isinstance(leaf, Maybe | NotEstablished) else leaf
            slot = inner.slot if isinstance(inner, Is) else ""
            if slot in self.pack.derived and slot not in self.done:
                name = f"d{len(self.done)}"
                self.done[slot] = name
                self._prepare(self.pack.derived[slot])
                self._write(f"{name}={self._three(self.pack.derived[slot])}")

    def _once(self, key: Any, text: str) -> str:
        """A variable that holds `text`, written at its first use; the text itself inside `missing`."""
        if self.inside:
            return f"({text})"
        if key not in self.once:
            self.once[key] = f"x{len(self.once)}"
            self._write(f"{self.once[key]}={text}")
        return self.once[key]

    def _three(self, condition: Condition) -> str:
        """An expression of the condition's truth. Rules and derived facts read facts only."""
        match condition:
            case Is():
                name = self._name(condition.slot)
                return name if condition.yes else self._once((name, False), f"N[{name}]")
            case Within():
                return self._once(condition, self._within(condition))
            case OneOf():
                return self._once(condition, self._one_of(condition))
            case AtLeast():
                return self._counted(condition)
            case _:
                raise TypeError("rules read facts only")

    def _name(self, slot: str) -> str:
        """Where the truth of a slot or a derived fact stands."""
        derived = self.done.get(slot)
        if not self.inside:
            return derived or f"a{self.layout.at(slot)}"
        if derived:
            return f"({self.certain_word} if d[{derived[1:]}]==2 else d[{derived[1:]}])"
        return f"v[{self.layout.at(slot)}]"

    def _value(self, at: int) -> str:
        return f"v[{at}]" if self.inside else f"a{at}"

    def _within(self, leaf: Within) -> str:
        at = self.layout.at(leaf.slot)
        low, high = self._value(at), self._value(at + 1)
        sure = [(low, ">=", leaf.lo), (high, "<=", leaf.hi)]
        maybe = [(high, ">=", leaf.lo), (low, "<=", leaf.hi)]
        certain, possible = (
            " and ".join(f"{name}{sign}{end}" for name, sign, end in tests if end is not None)
            for tests in (sure, maybe)
        )
        return f"{self.certain_word} if {certain} else 1 if {possible} else 0"

    def _one_of(self, leaf: OneOf) -> str:
        name, words = self._value(self.layout.at(leaf.slot)), f"w{len(self.constants)}"
        self.constants[words] = leaf.words
        known = (
            f"{self.certain_word} if {name}<={words} else 0 if {words}.isdisjoint({name}) else 1"
        )
        return f"1 if {name} is None else {known}"

    def _counted(self, condition: AtLeast) -> str:
        parts = [self._three(part) for part in condition.parts]
        if condition.n == len(parts):
            return f"({'&'.join(parts)})"
        if condition.n == 1:
            return f"({'|'.join(parts)})"
        total = "+".join(parts)
        n = condition.n
        if self.inside:
            certain, possible = f"({total})>={n * self.high}", f"({total})%{self.high}>={n}"
        else:
            name = self._once(total, total)
            certain, possible = f"{name}>={n * self.high}", f"{name}&{self.high - 1}>={n}"
        return f"({self.certain_word} if {certain} else 1 if {possible} else 0)"

    def _grade(self, code: str, truths: list[str]) -> None:
        """Levels now (`g`) and at most (`p`), from sums of the profile's rules by strength."""
        i = self.codes[code]
        sums = self._sums(i, code, truths)
        ways = {
            (grade, certain): self._enough(sums, grade, certain=certain)
            for grade in ("presumed", "possible")
            for certain in (True, False)
        }
        self._write(f"if {ways['presumed', True]}: g{i}=p{i}=3")
        self._write("else:")
        self._write(
            f" p{i}=3 if {ways['presumed', False]} else 2 if {ways['possible', False]} else 0"
        )
        self._write(f" g{i}=2 if {ways['possible', True]} else 1 if p{i} else 0")

    def _sums(self, i: int, code: str, truths: list[str]) -> dict[str, tuple[str, int]]:
        """For each strength a variable with the sum of rules at least that strong, and their number."""
        sums: dict[str, tuple[str, int]] = {}
        so_far, number = "", 0
        for k, strength in enumerate(STRENGTHS):
            own = [
                name
                for name, rule in zip(truths, self.pack.rules.values(), strict=True)
                if rule.profile == code and rule.strength == strength
            ]
            if own:
                self._write(f"q{i}_{k}={'+'.join([so_far, *own] if so_far else own)}")
                so_far, number = f"q{i}_{k}", number + len(own)
            sums[strength] = (so_far, number)
        return sums

    def _enough(self, sums: dict[str, tuple[str, int]], grade: str, *, certain: bool) -> str:
        ways = []
        needed = self.pack.thresholds[grade]
        for strength, n in needed.items():
            total, number = sums[strength]
            weaker = STRENGTHS[STRENGTHS.index(strength) + 1 :]
            if number < n or any(needed.get(other, n + 1) <= n for other in weaker):
                continue  # cannot be, or the weaker strength's way holds whenever this one does
            if certain:
                ways.append(f"{total}>={n * self.high}")
            else:
                ways.append(total if n == 1 else f"{total}&{self.high - 1}>={n}")
        return " or ".join(ways) or "False"

    def _urgency(self) -> None:
        ways: dict[int, list[str]] = {1: [], 2: []}
        for profile in self.pack.profiles.values():
            i = self.codes[profile.code]
            presumed, possible = (
                URGENCIES.index(profile.urgency[grade]) for grade in ("presumed", "possible")
            )
            if presumed == possible:
                ways.setdefault(presumed, []).append(f"g{i}>1")
            else:
                ways.setdefault(presumed, []).append(f"g{i}==3")
                ways.setdefault(possible, []).append(f"g{i}==2")
        for i, need in enumerate(self.pack.needs.values()):
            ways.setdefault(URGENCIES.index(need.urgency), []).append(f"n{i}")
        now, soon = (" or ".join(ways[level]) or "False" for level in (2, 1))
        self._write(f"u=2 if {now} else 1 if {soon} else 0")

    def _rail(self, condition: Condition, *, certain: bool) -> str:
        """An expression that is true iff a need's or hold's condition is certainly (possibly) so."""
        match condition:
            case AtLeast():
                parts = [self._rail(part, certain=certain) for part in condition.parts]
                if condition.n in (1, len(parts)):
                    word = " and " if condition.n == len(parts) else " or "
                    return f"({word.join(parts)})"
                terms = "+".join(f"(1 if {text} else 0)" for text in parts)
                return f"({terms}>={condition.n})"
            case Maybe():
                return self._rail(condition.leaf, certain=False)
            case NotEstablished():
                return f"not {self._rail(condition.leaf, certain=True)}"
            case ProfileIs():
                rail = "g" if certain or condition.level == 1 else "p"
                return f"{rail}{self.codes[condition.code]}>={condition.level}"
            case Output():
                raise ValueError("outputs are read from an assessment, not from facts")
            case Is(yes=False):
                return f"{self._name(condition.slot)}{'==0' if certain else '<2'}"
            case _:
                return f"{self._three(condition)}{'>1' if certain else '>0'}"

    def _open_parts(self) -> None:
        """`m<i>(v,d,out)` for rules, `e<k>(v,d,out)` for derived facts: what is missing in them.

        Called only where the condition is undecided; then each undecided part misses something.
        """
        self.inside = True
        for slot, name in list(self.done.items()):
            self._missing(f"e{name[1:]}", self.pack.derived[slot])
        for i, rule in enumerate(self.pack.rules.values()):
            self._missing(f"m{i}", rule.when)
        names = "".join(f"m{i}," for i in range(len(self.pack.rules)))
        self.lines.append(f"missing=({names})")

    def _missing(self, name: str, condition: Condition) -> None:
        self.lines.append(f"def {name}(v,d,out):")
        self.lines.extend(self._missing_in(condition, " ", known=True))

    def _missing_in(self, condition: Condition, indent: str, *, known: bool) -> Iterator[str]:
        """`known`: the condition itself was found undecided before, so its parts are asked."""
        derived = self.done.get(condition.slot) if isinstance(condition, Is) else None
        if not known:
            test = f"d[{derived[1:]}]" if derived else self._three(_upright(condition))
            yield f"{indent}if {test}==1:"
            indent += " "
        if isinstance(condition, AtLeast):
            for part in condition.parts:
                yield from self._missing_in(part, indent, known=False)
        elif derived:
            yield f"{indent}e{derived[1:]}(v,d,out)"
        elif isinstance(condition, Is | Within | OneOf):
            yield f"{indent}out[{self._fact(condition.slot.partition('.')[0])}]=None"

    def _fact(self, fact: str) -> str:
        """The constant that holds the id of a fact."""
        name = f"f{self.layout.places[fact][1]}"
        self.constants[name] = fact
        return name


def _upright(condition: Condition) -> Condition:
    """A yes-no leaf is undecided whichever way it is read."""
    return Is(condition.slot, yes=True) if isinstance(condition, Is) else condition


def _widths(condition: Condition) -> Iterable[int]:
    """How many parts each counting node has."""
    if isinstance(condition, AtLeast):
        yield len(condition.parts)
        for part in condition.parts:
            yield from _widths(part)
