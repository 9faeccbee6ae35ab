"""A pack as one Python function over a plain vector of answers: the fast reader.

The source text is made of generated names and numbers only; no word of a pack gets into it (words of
choices are passed as objects). It must agree with `reading.py`; a property test compares them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from types import CodeType
from typing import Any, NamedTuple

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
from workflows.rules.pack_model import Rule
from workflows.rules.reading import strictly
from workflows.rules.values import Choice, Days, Facts, Interval, Several
from workflows.rules.words import STRENGTHS, URGENCIES

_ENDLESS = 10**12

_NAME = re.compile(r"\b[ad][0-9]+\b")


class Decision(NamedTuple):
    """Outcome of a pack, in the order of its rows: truths are 0, 1, 2; levels as in `words`."""

    rules: tuple[int, ...]
    now: tuple[int, ...]
    most: tuple[int, ...]
    needs: tuple[bool, ...]
    holds: tuple[int, ...]
    urgency: int
    derived: tuple[int, ...]


#: Adds the facts that an undecided rule still misses: (vector, derived truths, facts so far).
Missing = Callable[[list[Any], tuple[int, ...], dict[str, None]], None]


@dataclass(frozen=True)
class Program:
    """The compiled pack: `decide(encode(facts))`. Tuples follow the order of the pack's rows."""

    source: str
    decide: Callable[[list[Any]], Decision]
    blank: tuple[Any, ...]
    places: dict[str, tuple[str, int]]
    items: dict[str, dict[str, int]]
    derived: tuple[str, ...]
    missing: tuple[Missing, ...]

    def encode(self, facts: Facts) -> list[Any]:
        """The vector for facts that include the computed ones. What no rule reads is left out."""
        vector = list(self.blank)
        for fact, answer in facts.items():
            value, place = answer.value, self.places.get(fact)
            if value is None or place is None:
                continue
            kind, at = place
            if kind == "yes-no":
                vector[at] = 2 if value else 0
            elif kind == "span" and isinstance(value, Interval):
                vector[at] = -_ENDLESS if value.lo is None else value.lo
                vector[at + 1] = _ENDLESS if value.hi is None else value.hi
            elif kind == "span" and isinstance(value, Days):
                vector[at] = -_ENDLESS if value.lo is None else value.lo.toordinal()
                vector[at + 1] = _ENDLESS if value.hi is None else value.hi.toordinal()
            elif isinstance(value, Choice):
                vector[at] = value.words
            elif isinstance(value, Several):
                items = self.items[fact]
                for item in value.yes:
                    vector[items[item]] = 2
                for item in value.no:
                    vector[items[item]] = 0
        return vector


@lru_cache(maxsize=64)
def program(pack: Pack) -> Program:
    """The pack's program, compiled once."""
    writer = _Writer(pack)
    source = writer.source()
    code: CodeType = compile(source, f"<pack {pack.name}>", "exec")
    names: dict[str, Any] = {**writer.constants, "D": Decision}
    exec(code, names)  # noqa: S102  # our own text: names and numbers, see the module's docstring
    return Program(
        source=source,
        decide=names["decide"],
        blank=tuple(writer.blank),
        places=writer.places,
        items=writer.items,
        derived=tuple(writer.done),
        missing=names["missing"],
    )


@dataclass
class _Writer:
    """Writes the source of one pack."""

    pack: Pack
    blank: list[Any] = field(default_factory=list)
    places: dict[str, tuple[str, int]] = field(default_factory=dict)
    items: dict[str, dict[str, int]] = field(default_factory=dict)
    constants: dict[str, Any] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    done: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.codes = {code: i for i, code in enumerate(self.pack.profiles)}
        for fact in self.pack.facts.values():
            if not fact.derived:
                self._place(fact.id, fact.kind, fact.options)

    def _place(self, id_: str, kind: str, options: tuple[str, ...]) -> None:
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

    def source(self) -> str:
        """The whole function as text."""
        self.lines = ["def decide(v):"]
        self._write(f"{','.join(f'a{i}' for i in range(len(self.blank)))},=v" if self.blank else "")
        rules = list(self.pack.rules.values())
        for i, rule in enumerate(rules):
            self._three(f"r{i}", rule.when)
        for code in self.pack.profiles:
            self._grade(code, rules)
        for i, need in enumerate(self.pack.needs.values()):
            self._prepare(need.when)
            self._write(f"n{i}=True if {self.certain(need.when)} else False")
        for i, hold in enumerate(self.pack.holds.values()):
            self._prepare(hold.when)
            evidence = self.certain(strictly(hold.when))
            self._write(f"h{i}=(2 if {evidence} else 1) if {self.possible(hold.when)} else 0")
        self._urgency()
        counts = (
            ("r", len(rules)),
            ("g", len(self.codes)),
            ("p", len(self.codes)),
            ("n", len(self.pack.needs)),
            ("h", len(self.pack.holds)),
        )
        parts = ["(" + "".join(f"{name}{i}," for i in range(n)) + ")" for name, n in counts]
        derived = "(" + "".join(f"d{i}," for i in range(len(self.done))) + ")"
        self._write(f"return D({','.join(parts)},u,{derived})")
        self.open_parts()
        return "\n".join(self.lines) + "\n"

    def _write(self, line: str) -> None:
        if line:
            self.lines.append(" " + line)

    def _three(self, name: str, condition: Condition) -> None:
        """`name` = 2, 1 or 0. The possible rail is asked first: most rules are refuted."""
        self._prepare(condition)
        if isinstance(condition, Is):
            slot = self.name_of(condition.slot)
            self._write(f"{name}={slot}" if condition.yes else f"{name}=2-{slot}")
            return
        possible, certain = self.possible(condition), self.certain(condition)
        self._write(f"{name}=(2 if {certain} else 1) if {possible} else 0")

    def _prepare(self, condition: Condition) -> None:
        """Write the derived facts that the condition reads, each once, those they read first."""
        for leaf in leaves(condition):
            inner = leaf.leaf if isinstance(leaf, Maybe | NotEstablished) else leaf
            slot = inner.slot if isinstance(inner, Is) else ""
            if slot in self.pack.derived and slot not in self.done:
                name = f"d{len(self.done)}"
                self.done[slot] = name
                self._three(name, self.pack.derived[slot])

    def _grade(self, code: str, rules: list[Rule]) -> None:
        i = self.codes[code]
        presumed, possible = (
            (self._enough(code, rules, grade, "==2"), self._enough(code, rules, grade, ">0"))
            for grade in ("presumed", "possible")
        )
        self._write(f"if {presumed[0]}: g{i}=p{i}=3")
        self._write("else:")
        self._write(f" p{i}=3 if {presumed[1]} else 2 if {possible[1]} else 0")
        self._write(f" g{i}=2 if {possible[0]} else 1 if p{i} else 0")

    def _enough(self, code: str, rules: list[Rule], grade: str, rail: str) -> str:
        ways: list[str] = []
        for strength, n in self.pack.thresholds[grade].items():
            strong_enough = STRENGTHS[: STRENGTHS.index(strength) + 1]
            terms = [
                f"(r{i}{rail})"
                for i, rule in enumerate(rules)
                if rule.profile == code and rule.strength in strong_enough
            ]
            if len(terms) >= n:
                ways.append(" or ".join(terms) if n == 1 else f"{'+'.join(terms)}>={n}")
        return f"({' or '.join(ways)})" if ways else "False"

    def _urgency(self) -> None:
        ways: dict[int, list[str]] = {1: [], 2: []}
        for profile in self.pack.profiles.values():
            i = self.codes[profile.code]
            for grade, level in (("presumed", 3), ("possible", 2)):
                urgency = URGENCIES.index(profile.urgency[grade])
                if urgency:
                    ways[urgency].append(f"g{i}=={level}")
        for i, need in enumerate(self.pack.needs.values()):
            urgency = URGENCIES.index(need.urgency)
            if urgency:
                ways[urgency].append(f"n{i}")
        now, soon = (" or ".join(ways[level]) or "False" for level in (2, 1))
        self._write(f"u=2 if {now} else 1 if {soon} else 0")

    def certain(self, condition: Condition) -> str:
        """An expression that is true iff the condition is certainly so."""
        return self._rail(condition, certain=True)

    def possible(self, condition: Condition) -> str:
        """An expression that is true iff the condition is possibly so."""
        return self._rail(condition, certain=False)

    def _rail(self, condition: Condition, *, certain: bool) -> str:
        match condition:
            case AtLeast():
                return self._counted(condition, certain=certain)
            case Maybe():
                return self._rail(condition.leaf, certain=False)
            case NotEstablished():
                return f"not {self._rail(condition.leaf, certain=True)}"
            case ProfileIs():
                rail = "g" if certain or condition.level == 1 else "p"
                return f"{rail}{self.codes[condition.code]}>={condition.level}"
            case Output():
                raise ValueError("outputs are read from an assessment, not from facts")
            case Is() | Within() | OneOf():
                return self._fact_leaf(condition, certain=certain)

    def name_of(self, slot: str) -> str:
        """The variable that holds a slot or a derived fact."""
        return self.done.get(slot) or f"a{self._at(slot)}"

    def _fact_leaf(self, leaf: Is | Within | OneOf, *, certain: bool) -> str:
        if isinstance(leaf, Within):
            return self._within(leaf, certain=certain)
        name = self.name_of(leaf.slot)
        if isinstance(leaf, Is):
            if leaf.yes:
                return f"{name}==2" if certain else f"{name}>0"
            return f"{name}==0" if certain else f"{name}<2"
        words = f"w{len(self.constants)}"
        self.constants[words] = leaf.words
        if certain:
            return f"({name} is not None and {name}<={words})"
        return f"({name} is None or not {words}.isdisjoint({name}))"

    def _at(self, slot: str) -> int:
        fact, _, item = slot.partition(".")
        return self.items[fact][item] if item else self.places[fact][1]

    def _within(self, leaf: Within, *, certain: bool) -> str:
        at = self._at(leaf.slot)
        lo, hi = (f"a{at}", f"a{at + 1}") if certain else (f"a{at + 1}", f"a{at}")
        tests = []
        if leaf.lo is not None:
            tests.append(f"{lo}>={leaf.lo}")
        if leaf.hi is not None:
            tests.append(f"{hi}<={leaf.hi}")
        return f"({' and '.join(tests)})"

    def _counted(self, condition: AtLeast, *, certain: bool) -> str:
        parts = [self._rail(part, certain=certain) for part in condition.parts]
        if condition.n == len(parts):
            return f"({' and '.join(parts)})"
        if condition.n == 1:
            return f"({' or '.join(parts)})"
        # A comparison is 0 or 1 already; what joins several is made so.
        plain = [isinstance(part, Is) for part in condition.parts]
        terms = [
            f"({text})" if is_plain else f"(1 if {text} else 0)"
            for text, is_plain in zip(parts, plain, strict=True)
        ]
        return f"({'+'.join(terms)}>={condition.n})"

    def open_parts(self) -> None:
        """`m<i>(v,d,out)` for rules, `e<k>(v,d,out)` for derived facts: what is missing in them.

        Called only where the condition is undecided; then each undecided part misses something.
        """
        for slot, name in list(self.done.items()):
            self._missing(f"e{name[1:]}", self.pack.derived[slot])
        for i, rule in enumerate(self.pack.rules.values()):
            self._missing(f"m{i}", rule.when)
        names = "".join(f"m{i}," for i in range(len(self.pack.rules)))
        self.lines.append(f"missing=({names})")

    def _missing(self, name: str, condition: Condition) -> None:
        self.lines.append(f"def {name}(v,d,out):")
        at = len(self.lines)
        self._missing_in(condition, " ", known=True)
        names = sorted(set(_NAME.findall("\n".join(self.lines[at:]))))
        self.lines[at:at] = [f" {n}={'v' if n[0] == 'a' else 'd'}[{n[1:]}]" for n in names]

    def _missing_in(self, condition: Condition, indent: str, *, known: bool) -> None:
        """`known`: the condition itself was found undecided before, so its parts are asked."""
        derived = self.done.get(condition.slot) if isinstance(condition, Is) else None
        if not known:
            possible, certain = self.possible(condition), self.certain(condition)
            self.lines.append(f"{indent}if ({possible}) and not ({certain}):")
            indent += " "
        if isinstance(condition, AtLeast):
            for part in condition.parts:
                self._missing_in(part, indent, known=False)
        elif derived:
            self.lines.append(f"{indent}e{derived[1:]}(v,d,out)")
        elif isinstance(condition, Is | Within | OneOf):
            fact = condition.slot.partition(".")[0]
            self.lines.append(f"{indent}out[f{self._number(fact)}]=None")

    def _number(self, fact: str) -> int:
        number = self.places[fact][1]
        self.constants[f"f{number}"] = fact
        return number
