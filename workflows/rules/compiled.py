"""A pack as one Python function over a plain vector of answers: the fast reader of one person.

Its text is written by `compiled_source.py`. It must agree with `reading.py`; a property test compares
them. Many persons at once are read by `crowd.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType
from typing import Any

from workflows.rules.compiled_source import Writer
from workflows.rules.conditions import Condition, Is, OneOf, Within
from workflows.rules.pack import Pack
from workflows.rules.values import Choice, Days, Facts, Interval, Several

_ENDLESS = 10**12


class Decision:
    """Outcome of a pack, in the order of its rows: truths are 0, 1, 2; levels as in `words`.

    `rules` and `derived` are put into plain numbers only when somebody reads them: a back-test does not.
    """

    __slots__ = ("_read", "_truths", "holds", "most", "needs", "now", "urgency")

    def __init__(
        self,
        truths: tuple[tuple[int, ...], tuple[int, ...]],
        now: tuple[int, ...],
        most: tuple[int, ...],
        needs: tuple[bool, ...],
        holds: tuple[int, ...],
        urgency: int,
        read: Callable[[int], int] = int,
    ) -> None:
        self._truths = truths
        self._read = read
        self.now = now
        self.most = most
        self.needs = needs
        self.holds = holds
        self.urgency = urgency

    @property
    def rules(self) -> tuple[int, ...]:
        """The truth of every rule."""
        return tuple(map(self._read, self._truths[0]))

    @property
    def derived(self) -> tuple[int, ...]:
        """The truth of every derived fact, in the order of `Program.derived`."""
        return tuple(map(self._read, self._truths[1]))

    def as_tuple(self) -> tuple[Any, ...]:
        """Everything, for comparisons."""
        return (
            self.rules,
            self.now,
            self.most,
            self.needs,
            self.holds,
            self.urgency,
            self.derived,
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Decision) and self.as_tuple() == other.as_tuple()

    def __hash__(self) -> int:
        return hash(self.as_tuple())

    def __repr__(self) -> str:
        return f"Decision{self.as_tuple()}"


#: Adds the facts that an undecided rule still misses: (vector, derived truths, facts so far).
Missing = Callable[[list[Any], tuple[int, ...], dict[str, None]], None]


@dataclass(frozen=True)
class Program:
    """The compiled pack: `decide(encode(facts))`. Tuples follow the order of the pack's rows.

    `certain` is the number that stands for *certainly so* in a vector; 0 is *no*, 1 *not known*.
    """

    source: str
    decide: Callable[[list[Any]], Decision]
    certain: int
    blank: tuple[Any, ...]
    yes_no: dict[str, int]
    places: dict[str, tuple[str, int]]
    items: dict[str, dict[str, int]]
    derived: tuple[str, ...]
    missing: tuple[Missing, ...]
    #: Of a rule that is one leaf of a plain fact, that fact: it alone is missing. Else empty.
    lone: tuple[str, ...]

    def encode(self, facts: Facts, computed: Facts | None = None) -> list[Any]:
        """The vector for `facts`, `computed` ones over them. What no rule reads is left out."""
        vector = list(self.blank)
        certain, at = self.certain, self.yes_no.get
        spare = len(vector) - 1
        for fact, answer in facts.items():
            value = answer.value
            if value is True:
                vector[at(fact, spare)] = certain
            elif value is False:
                vector[at(fact, spare)] = 0
            elif value is not None and fact in self.places:
                self._put(vector, fact, value)
        for fact, answer in computed.items() if computed else ():
            self._put(vector, fact, answer.value)
        return vector

    def _put(self, vector: list[Any], fact: str, value: object) -> None:
        """Write one answer; None clears what was there before."""
        kind, at = self.places[fact]
        if kind == "span":
            low, high = -_ENDLESS, _ENDLESS
            if isinstance(value, Interval):
                low = low if value.lo is None else value.lo
                high = high if value.hi is None else value.hi
            elif isinstance(value, Days):
                low = low if value.lo is None else value.lo.toordinal()
                high = high if value.hi is None else value.hi.toordinal()
            vector[at], vector[at + 1] = low, high
        elif kind == "yes-no":
            known = isinstance(value, bool)
            vector[at] = (self.certain if value else 0) if known else 1
        elif isinstance(value, Choice):
            vector[at] = value.words
        elif isinstance(value, Several):
            items = self.items[fact]
            for item in value.yes:
                vector[items[item]] = self.certain
            for item in value.no:
                vector[items[item]] = 0


@lru_cache(maxsize=64)
def program(pack: Pack) -> Program:
    """The pack's program, compiled once."""
    writer = Writer(pack)
    source = writer.source()
    code: CodeType = compile(source, f"<pack {pack.name}>", "exec")
    names: dict[str, Any] = {**writer.constants, "D": Decision}
    exec(code, names)  # noqa: S102  # our own text: names and numbers, see compiled_source.py
    layout = writer.layout
    return Program(
        source=source,
        decide=names["decide"],
        certain=writer.certain_word,
        blank=(*layout.blank, 1),
        yes_no={fact: at for fact, (kind, at) in layout.places.items() if kind == "yes-no"},
        places=layout.places,
        items=layout.items,
        derived=tuple(writer.done),
        missing=names["missing"],
        lone=tuple(_lone(pack, rule.when) for rule in pack.rules.values()),
    )


def _lone(pack: Pack, condition: Condition) -> str:
    """The fact of a condition that is one leaf of a plain fact, else nothing."""
    if isinstance(condition, Is | Within | OneOf) and condition.slot not in pack.derived:
        return condition.slot.partition(".")[0]
    return ""
