"""Statements about a person, and what is known when they are put together.

Statements are append-only. Only an explicit `supersedes` replaces one: two live statements that
disagree make the fact unknown (contradictory), whoever said them and when. So the union of two
offline copies of a case can add doubt, and doubt protects; it cannot lose a hold (INV-13, INV-39).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from workflows.rules.pack_model import Fact
from workflows.rules.parsing import parse_value
from workflows.rules.values import (
    NOTHING_KNOWN,
    Answer,
    Choice,
    Days,
    Facts,
    Interval,
    Json,
    Several,
    Value,
    WhyUnknown,
    facts_to_json,
    value_from_json,
    value_to_json,
)

__all__ = [
    "NOTHING_KNOWN",
    "Answer",
    "Choice",
    "Days",
    "Facts",
    "Interval",
    "Several",
    "Source",
    "Statement",
    "Value",
    "WhyUnknown",
    "facts_from_raw",
    "facts_to_json",
    "live",
    "merge",
    "parse_value",
    "value_from_json",
    "value_to_json",
]


class Source(StrEnum):
    """Where a statement comes from. A decision of the competent body outweighs the others."""

    SELF = "self"
    OBSERVED = "observed"
    DOCUMENT = "document"
    THIRD_PARTY = "third_party"
    DECISION = "decision"


@dataclass(frozen=True, slots=True)
class Statement:
    """One append-only statement about one fact. `at` is UTC; `id` names it in traces.

    `on`: of a decision, the day on which it was made, where that is known.
    """

    fact: str
    value: Value | None
    why_unknown: WhyUnknown | None
    source: Source
    at: datetime
    by: str
    id: str = ""
    supersedes: str | None = None
    on: date | None = None

    def as_dict(self) -> dict[str, Json]:
        """The statement as JSON; `from_dict` reads it back."""
        said: dict[str, Json] = {
            "fact": self.fact,
            "value": value_to_json(self.value),
            "why_unknown": self.why_unknown.value if self.why_unknown else None,
            "source": self.source.value,
            "at": self.at.isoformat(),
            "by": self.by,
            "id": self.id,
            "supersedes": self.supersedes,
        }
        return said if self.on is None else {**said, "on": self.on.isoformat()}

    @classmethod
    def from_dict(cls, kind: str, data: Mapping[str, Json]) -> Statement:
        """Read a statement about a fact of `kind`. Raises ValueError or KeyError on other JSON."""
        why, supersedes, on = data["why_unknown"], data["supersedes"], data.get("on")
        return cls(
            fact=str(data["fact"]),
            value=value_from_json(kind, data["value"]),
            why_unknown=WhyUnknown(str(why)) if why else None,
            source=Source(str(data["source"])),
            at=datetime.fromisoformat(str(data["at"])),
            by=str(data["by"]),
            id=str(data["id"]),
            supersedes=str(supersedes) if supersedes else None,
            on=date.fromisoformat(str(on)) if on else None,
        )


def merge(statements: Iterable[Statement], facts: Mapping[str, Fact] | None = None) -> Facts:
    """What is known when all `statements` are put together; order and repeats do not matter.

    With `facts` (of the pack), a fact that only a body may decide listens to decisions alone.
    """
    heard = live(statements)
    known: dict[str, Answer] = {}
    for fact in sorted({s.fact for s in heard}):
        about = [s for s in heard if s.fact == fact]
        definition = facts.get(fact) if facts else None
        if definition and definition.decided_by:
            about = [s for s in about if s.source is Source.DECISION]
        if about:
            known[fact] = _together(about)
    return known


def live(statements: Iterable[Statement]) -> list[Statement]:
    """The statements that no other one supersedes, each once, oldest first."""
    unique = set(statements)
    replaced = {(s.fact, s.supersedes) for s in unique if s.supersedes}
    heard = [s for s in unique if not (s.id and (s.fact, s.id) in replaced)]
    return sorted(heard, key=lambda s: (s.at, s.id, s.by, s.source, repr(s.value)))


def _together(about: list[Statement]) -> Answer:
    decisions = [s for s in about if s.source is Source.DECISION and s.value is not None]
    saying = decisions or [s for s in about if s.value is not None]
    if not saying:
        latest = about[-1]
        return Answer(None, latest.why_unknown or WhyUnknown.NOT_ASKED, _ids(about))
    value, agree = combine([s.value for s in saying if s.value is not None])
    return Answer(value, None if agree else WhyUnknown.CONTRADICTORY, _ids(saying))


def _ids(statements: list[Statement]) -> tuple[str, ...]:
    return tuple(s.id for s in statements if s.id)


def combine(values: Sequence[Value]) -> tuple[Value | None, bool]:
    """Values that several statements give to one fact, put together, and whether they agree.

    They agree when the narrowest lies within all others: it is kept. Else everything that any of the
    narrowest allows stays possible (for numbers and days also what lies between them).
    """
    kinds = {type(value) for value in values}
    if len(kinds) != 1:
        return None, False
    if isinstance(values[0], bool):
        return (values[0], True) if len(set(values)) == 1 else (None, False)
    if isinstance(values[0], Interval):
        lo, hi, agree = _span([(v.lo, v.hi) for v in values if isinstance(v, Interval)])
        return Interval(lo, hi), agree
    if isinstance(values[0], Days):
        return _days([v for v in values if isinstance(v, Days)])
    if isinstance(values[0], Choice):
        sets = [v.words for v in values if isinstance(v, Choice)]
        narrowest = {words for words in sets if not any(other < words for other in sets)}
        return Choice(frozenset().union(*narrowest)), len(narrowest) == 1
    items = [v for v in values if isinstance(v, Several)]
    yes, no = (
        frozenset().union(*group) for group in ((v.yes for v in items), (v.no for v in items))
    )
    return Several(yes - no, no - yes), not yes & no


def _days(values: list[Days]) -> tuple[Days, bool]:
    ends = [tuple(d.toordinal() if d else None for d in (v.lo, v.hi)) for v in values]
    lo, hi, agree = _span([(first, last) for first, last in ends])
    return Days(date.fromordinal(lo) if lo else None, date.fromordinal(hi) if hi else None), agree


_ENDLESS = 10**12


def _span(
    spans: list[tuple[int | None, int | None]],
) -> tuple[int | None, int | None, bool]:
    closed = {(-_ENDLESS if lo is None else lo, _ENDLESS if hi is None else hi) for lo, hi in spans}
    narrowest = [
        (lo, hi)
        for lo, hi in closed
        if not any((lo, hi) != (a, b) and lo <= a and b <= hi for a, b in closed)
    ]
    first, last = min(lo for lo, _ in narrowest), max(hi for _, hi in narrowest)
    agree = len(narrowest) == 1
    return (
        None if first == -_ENDLESS else first,
        None if last == _ENDLESS else last,
        agree,
    )


def facts_from_raw(definitions: Mapping[str, Fact], raw: Mapping[str, object]) -> Facts:
    """Facts from raw answers, as in a vignette. Raises `AnswerError` for what does not fit."""
    known: dict[str, Answer] = {}
    for fact, given in raw.items():
        value, why = parse_value(definitions[fact], given)
        known[fact] = Answer(value, why)
    return known
