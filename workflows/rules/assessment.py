"""What one pack says of one set of answers as of one day: kept for ever, readable without the pack.

Plain data with a canonical JSON form. It holds preliminary readings, never a status and no score.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

from models.vocabulary import Action, Clock, Grade, HoldCause, Urgency
from workflows.rules.values import Json


class AnswerUsed(NamedTuple):
    """An answer behind a rule: the fact, its value as JSON, the statements it came from."""

    fact: str
    value: Json
    statements: tuple[str, ...]
    restricted: str


class RuleReading(NamedTuple):
    """A rule that is certainly true, with the answers used and the articles it rests on."""

    rule: str
    version: str
    from_pack: str
    strength: str
    answers: tuple[AnswerUsed, ...]
    source: tuple[str, ...]
    basis: str


class ProfileReading(NamedTuple):
    """How far a profile is carried, by which rules, and which open facts could still raise it."""

    grade: Grade
    because: tuple[RuleReading, ...]
    would_need: tuple[str, ...]


class HoldReading(NamedTuple):
    """A safeguard that is on. `because` names facts and profiles; `missing` the open facts."""

    shuts: tuple[Action, ...]
    by: HoldCause
    because: tuple[str, ...]
    missing: tuple[str, ...]


class NeedReading(NamedTuple):
    """A need that is open. `route` holds agency ids in the pack's order, for all areas."""

    because: tuple[str, ...]
    route: tuple[str, ...]
    function: str
    urgency: Urgency
    automatic: bool


class DeadlineReading(NamedTuple):
    """A clock that has started, or waits for its event (`starts` is then `event X`)."""

    id: str
    starts: str
    amount: int
    unit: str
    clock: Clock
    warn: str
    escalate_to: str
    source: tuple[str, ...]
    basis: str


@dataclass(frozen=True, eq=False)
class Assessment:
    """The result of `assess`. Equal when `as_dict` is equal."""

    pack: str
    sha256: str
    as_of: date
    facts_sha256: str
    profiles: Mapping[str, ProfileReading]
    holds: Mapping[str, HoldReading]
    needs: Mapping[str, NeedReading]
    urgency: Urgency
    deadlines: tuple[DeadlineReading, ...]
    shut: frozenset[Action]
    not_asked: tuple[str, ...]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Assessment) and self.as_dict() == other.as_dict()

    def __hash__(self) -> int:
        return hash((self.sha256, self.facts_sha256, self.as_of))

    def grade(self, code: str) -> Grade:
        """The grade of a profile of the pack."""
        return self.profiles[code].grade

    def indicated(self) -> tuple[str, ...]:
        """Codes of profiles that are at least possible, in pack order."""
        wanted = (Grade.PRESUMED, Grade.POSSIBLE)
        return tuple(code for code, reading in self.profiles.items() if reading.grade in wanted)

    def trace(self, *, show_restricted: bool = False) -> dict[str, Any]:
        """Why, as JSON (rules.md 3.5). Restricted answers appear without their value."""
        data = self.as_dict()
        data["profiles"] = {
            code: reading
            for code, reading in data["profiles"].items()
            if reading["grade"] != Grade.NOT_INDICATED._value_
        }
        if not show_restricted:
            for reading in data["profiles"].values():
                for rule in reading["because"]:
                    for used in rule["answers"]:
                        if used["restricted"]:
                            used["value"] = "a restricted answer"
        return data

    def as_dict(self) -> dict[str, Any]:
        """The whole assessment as JSON; `from_dict` reads it back."""
        return {
            "pack": self.pack,
            "sha256": self.sha256,
            "as_of": self.as_of.isoformat(),
            "facts_sha256": self.facts_sha256,
            "profiles": {code: _profile(reading) for code, reading in self.profiles.items()},
            "holds": {
                id_: {
                    "shuts": [action._value_ for action in hold.shuts],
                    "by": hold.by._value_,
                    "because": list(hold.because),
                    "missing": list(hold.missing),
                }
                for id_, hold in self.holds.items()
            },
            "needs": {
                id_: {
                    "because": list(need.because),
                    "route": list(need.route),
                    "function": need.function,
                    "urgency": need.urgency._value_,
                    "automatic": need.automatic,
                }
                for id_, need in self.needs.items()
            },
            "urgency": self.urgency.value,
            "deadlines": [_clock(deadline) for deadline in self.deadlines],
            "shut": sorted(action.value for action in self.shut),
            "not_asked": list(self.not_asked),
        }

    def canonical(self) -> bytes:
        """Canonical JSON of `as_dict`: the same answers, pack and day give the same bytes."""
        return json.dumps(
            self.as_dict(), sort_keys=True, ensure_ascii=False, separators=(",", ":")
        ).encode()

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Assessment:
        """Read what `as_dict` wrote. Raises KeyError or ValueError for anything else."""
        fixed = MappingProxyType
        return cls(
            pack=data["pack"],
            sha256=data["sha256"],
            as_of=date.fromisoformat(data["as_of"]),
            facts_sha256=data["facts_sha256"],
            profiles=fixed({c: _profile_from(r) for c, r in data["profiles"].items()}),
            holds=fixed({id_: _hold_from(r) for id_, r in data["holds"].items()}),
            needs=fixed({id_: _need_from(r) for id_, r in data["needs"].items()}),
            urgency=Urgency(data["urgency"]),
            deadlines=tuple(_deadline_from(row) for row in data["deadlines"]),
            shut=frozenset(Action(action) for action in data["shut"]),
            not_asked=tuple(data["not_asked"]),
        )


def _clock(row: DeadlineReading) -> dict[str, Any]:
    data = row._asdict()
    data["source"] = list(row.source)
    return data


def _profile(reading: ProfileReading) -> dict[str, Any]:
    return {
        "grade": reading.grade._value_,
        "because": [_rule(rule) for rule in reading.because],
        "would_need": list(reading.would_need),
    }


def _rule(rule: RuleReading) -> dict[str, Any]:
    return {
        "rule": rule.rule,
        "version": rule.version,
        "from_pack": rule.from_pack,
        "strength": rule.strength,
        "answers": [
            {"fact": fact, "value": value, "statements": list(statements), "restricted": restricted}
            for fact, value, statements, restricted in rule.answers
        ],
        "source": list(rule.source),
        "basis": rule.basis,
    }


def _profile_from(data: Mapping[str, Any]) -> ProfileReading:
    because = tuple(_rule_from(rule) for rule in data["because"])
    return ProfileReading(Grade(data["grade"]), because, tuple(data["would_need"]))


def _rule_from(data: Mapping[str, Any]) -> RuleReading:
    used = tuple(
        AnswerUsed(a["fact"], a["value"], tuple(a["statements"]), a["restricted"])
        for a in data["answers"]
    )
    return RuleReading(
        rule=data["rule"],
        version=data["version"],
        from_pack=data["from_pack"],
        strength=data["strength"],
        answers=used,
        source=tuple(data["source"]),
        basis=data["basis"],
    )


def _hold_from(data: Mapping[str, Any]) -> HoldReading:
    return HoldReading(
        shuts=tuple(Action(action) for action in data["shuts"]),
        by=HoldCause(data["by"]),
        because=tuple(data["because"]),
        missing=tuple(data["missing"]),
    )


def _need_from(data: Mapping[str, Any]) -> NeedReading:
    return NeedReading(
        because=tuple(data["because"]),
        route=tuple(data["route"]),
        function=data["function"],
        urgency=Urgency(data["urgency"]),
        automatic=data["automatic"],
    )


def _deadline_from(data: Mapping[str, Any]) -> DeadlineReading:
    values = {**data, "clock": Clock(data["clock"]), "source": tuple(data["source"])}
    return DeadlineReading(**values)
