"""What a fact may hold: everything that is still possible, plus why it is not known.

Two rails follow from it: *certainly* and *possibly*. Logic sees only what is possible; why it is
unknown steers the interview and the explanation, never a conclusion.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

#: JSON as `json` gives it, for values of facts only.
Json = None | str | int | list["Json"] | dict[str, "Json"]


class WhyUnknown(StrEnum):
    """Why a fact is not (fully) known. The order is that of precedence when several apply."""

    CONTRADICTORY = "contradictory"
    RESTRICTED = "restricted"
    WITHDRAWN = "withdrawn"
    DECLINED = "declined"
    DOES_NOT_KNOW = "does_not_know"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True)
class Interval:
    """Whole numbers from `lo` to `hi`, both included; None is open on that side."""

    lo: int | None
    hi: int | None

    def __post_init__(self) -> None:
        if self.lo is not None and self.hi is not None and self.lo > self.hi:
            raise ValueError("an interval runs from the smaller to the larger number")


@dataclass(frozen=True, slots=True)
class Days:
    """Days from `lo` to `hi`, both included; None is open on that side."""

    lo: date | None
    hi: date | None

    def __post_init__(self) -> None:
        if self.lo is not None and self.hi is not None and self.lo > self.hi:
            raise ValueError("days run from the earlier to the later")


@dataclass(frozen=True, slots=True)
class Choice:
    """One of `words`; which one is not known when there are several."""

    words: frozenset[str]

    def __post_init__(self) -> None:
        if not self.words:
            raise ValueError("a choice needs at least one possible word")


@dataclass(frozen=True, slots=True)
class Several:
    """Items that are so, items that are not; all others of the fact are unknown."""

    yes: frozenset[str]
    no: frozenset[str]

    def __post_init__(self) -> None:
        if self.yes & self.no:
            raise ValueError("an item cannot be both so and not so")


Value = bool | Interval | Days | Choice | Several


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of one fact now: a value or None, why not more, and the statements behind it."""

    value: Value | None
    why: WhyUnknown | None = None
    statements: tuple[str, ...] = ()


#: What is known of a person, by fact id. A fact that is absent was not asked.
Facts = Mapping[str, Answer]

NOT_ASKED = Answer(None, WhyUnknown.NOT_ASKED)
NOTHING_KNOWN: Facts = MappingProxyType({})


def value_to_json(value: Value | None) -> Json:
    """The value as JSON: yes/no, [lo, hi], [day, day], sorted words, or {item: yes/no}."""
    match value:
        case None:
            return None
        case bool():
            return "yes" if value else "no"
        case Interval():
            return [value.lo, value.hi]
        case Days():
            return [day.isoformat() if day else None for day in (value.lo, value.hi)]
        case Choice():
            return {"one of": list[Json](sorted(value.words))}
        case Several():
            so: dict[str, Json] = dict.fromkeys(value.yes, "yes")
            return dict(sorted({**so, **dict.fromkeys(value.no, "no")}.items()))


def value_from_json(kind: str, data: Json) -> Value | None:
    """Read back what `value_to_json` wrote for a fact of `kind`. Raises ValueError otherwise."""
    if data is None:
        return None
    if kind == "yes-no" and data in ("yes", "no"):
        return data == "yes"
    if kind in {"years", "quantity"} and isinstance(data, list) and len(data) == 2:
        lo, hi = (item if isinstance(item, int) else None for item in data)
        return Interval(lo, hi)
    if kind == "date" and isinstance(data, list) and len(data) == 2:
        first, last = (date.fromisoformat(d) if isinstance(d, str) else None for d in data)
        return Days(first, last)
    if kind == "choice" and isinstance(data, dict) and isinstance(data.get("one of"), list):
        words = data["one of"]
        assert isinstance(words, list)
        return Choice(frozenset(str(word) for word in words))
    if kind == "several" and isinstance(data, dict):
        yes = frozenset(item for item, so in data.items() if so == "yes")
        return Several(yes, frozenset(item for item, so in data.items() if so == "no"))
    raise ValueError(f"not a value of kind {kind}")


def facts_to_json(facts: Facts) -> dict[str, Json]:
    """Canonical form of what is known, the statements left out: what an assessment depends on."""
    return {
        fact: {"value": value_to_json(a.value), "why": a.why.value if a.why else None}
        for fact, a in sorted(facts.items())
        if a.value is not None or a.why is not WhyUnknown.NOT_ASKED
    }
