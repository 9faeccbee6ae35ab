"""How it may go on: alternatives offered, onward movement, solutions, and return, which opens last of all.

A return is recorded only when no safeguard shuts it, the complete screen is answered, a body has checked all
safeguards again within 72 hours, and alternatives were offered. Of somebody who moves on it is asked whether
protection was available there; it counts as available only where all four parts of it are certain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import uuid4

from sqlalchemy import exists, select

from config.codes import countries
from models.cases import Case, Hold
from models.casework import WayOn
from models.referrals import Referral
from models.vault.sealed import load_sealed
from models.vocabulary import (
    HOLDING,
    PERSON_PURPOSES,
    Action,
    Alternative,
    Role,
    Solution,
    There,
    WayKind,
)
from workflows import lineage, readings
from workflows.caring import in_care
from workflows.errors import InvalidCommand, StillHeld
from workflows.policy import Act
from workflows.work import Work

LONGEST = 1000
#: The four parts of protection that is available somewhere (domain.md 1, point 8).
PARTS = ("documents", "not_sent_back", "family", "safety")
#: The decision that all safeguards were checked again; it lapses after 72 hours (INV-37).
RECHECK = "recheck_done"


class ReturnShut(StrEnum):
    """Why a return cannot be recorded now."""

    HELD = "held"
    NOT_SCREENED = "not_screened"
    NOT_CHECKED_AGAIN = "not_checked_again"
    NOTHING_OFFERED = "nothing_offered"


@dataclass(frozen=True, kw_only=True)
class RecordWay:
    """One row: its kind, and what belongs to it. `country`: ISO 3166-1 alpha-3, of onward and return.

    `there`: of onward, whether each part of protection was available in the country that was left.
    """

    number: str
    kind: WayKind
    alternatives: tuple[Alternative, ...] = ()
    solution: Solution | None = None
    country: str = ""
    there: Mapping[str, There] | None = None
    says: str = ""


@dataclass(frozen=True)
class WayShown:
    """A row opened. `available`: of onward, whether protection there is certain."""

    kind: WayKind
    on: date
    alternatives: tuple[Alternative, ...]
    solution: Solution | None
    country: str
    there: Mapping[str, There]
    available: bool
    says: str


@dataclass(frozen=True)
class WaysOn:
    """What is recorded, the newest first, and why a return is shut; empty: it is open."""

    case_number: str
    ways: tuple[WayShown, ...]
    shut: tuple[ReturnShut, ...]


def of_case(work: Work, number: str) -> WaysOn:
    """What is recorded of the way on, for a desk that has the person in care."""
    case, _ = in_care(work, number, Act.PLAN_WAY_ON)
    ways = _ways(work, case)
    return WaysOn(case.number, ways, why_shut(work, case, ways))


def why_shut(work: Work, case: Case, ways: tuple[WayShown, ...]) -> tuple[ReturnShut, ...]:
    """The reasons against a return now; a safeguard of another record of the person counts as its own."""
    held = exists().where(
        Hold.case_id == case.id, Hold.action == Action.RETURN, Hold.state.in_(HOLDING)
    )
    found = []
    if work.session.scalar(select(held)) or Action.RETURN in lineage.shut_by_twins(work, case):
        found.append(ReturnShut.HELD)
    if case.screened_on is None:
        found.append(ReturnShut.NOT_SCREENED)
    with work.computing(case.person_id, *PERSON_PURPOSES):
        known = readings.known_facts(work, case).get(RECHECK)
    if known is None or known.value is not True:
        found.append(ReturnShut.NOT_CHECKED_AGAIN)
    if not any(one.kind is WayKind.ALTERNATIVES for one in ways):
        found.append(ReturnShut.NOTHING_OFFERED)
    return tuple(found)


def record(work: Work, command: RecordWay) -> None:
    """Record a row.

    Raises:
        InvalidCommand: what the kind asks for is missing, or too long.
        StillHeld: a return that is shut; its parameter `why` is the first reason.
    """
    case, referral = in_care(work, command.number, Act.PLAN_WAY_ON)
    content = _content(command)
    if command.kind is WayKind.RETURN:
        shut = why_shut(work, case, _ways(work, case))
        if shut:
            raise StillHeld(why=shut[0].value)
    row = _row(work, case, referral)
    row.content = {"kind": command.kind.value, "at": work.now.isoformat(), **content}
    case.changed_on = work.now.date()
    work.session.flush()


def _row(work: Work, case: Case, referral: Referral) -> WayOn:
    row = WayOn(
        id=uuid4(),
        case_id=case.id,
        person_id=case.person_id,
        desk_id=referral.desk_id,
        recorded_by=work.actor.user_id,
        recorded_on=work.now.date(),
    )
    work.session.add(row)
    return row


def _content(command: RecordWay) -> dict[str, Any]:
    says = command.says.strip()
    if len(says) > LONGEST:
        raise InvalidCommand(field="says")
    if command.kind is WayKind.ALTERNATIVES:
        if not command.alternatives:
            raise InvalidCommand(field="alternatives")
        chosen = [one.value for one in Alternative if one in command.alternatives]
        return {"alternatives": chosen, "says": says}
    if command.kind is WayKind.SOLUTION:
        if command.solution is None:
            raise InvalidCommand(field="solution")
        return {"solution": command.solution.value, "says": says}
    if command.country not in countries():
        raise InvalidCommand(field="country")
    found: dict[str, Any] = {"country": command.country, "says": says}
    if command.kind is WayKind.ONWARD:
        there = command.there or {}
        missing = next((part for part in PARTS if part not in there), None)
        if missing is not None:
            raise InvalidCommand(field=missing)
        found["there"] = {part: there[part].value for part in PARTS}
    return found


def _ways(work: Work, case: Case) -> tuple[WayShown, ...]:
    rows = work.session.scalars(
        select(WayOn).where(WayOn.case_id == case.id).options(*load_sealed(WayOn.content))
    )
    found = sorted(
        ((row.content or {}, row.recorded_on) for row in rows),
        key=lambda pair: str(pair[0]["at"]),
        reverse=True,
    )
    return tuple(_shown(content, on) for content, on in found)


def _shown(content: Mapping[str, Any], on: date) -> WayShown:
    there = {part: There(word) for part, word in content.get("there", {}).items()}
    solution = content.get("solution")
    return WayShown(
        kind=WayKind(content["kind"]),
        on=on,
        alternatives=tuple(Alternative(code) for code in content.get("alternatives", ())),
        solution=None if solution is None else Solution(solution),
        country=content.get("country", ""),
        there=there,
        available=bool(there) and all(word is There.YES for word in there.values()),
        says=content.get("says", ""),
    )


def read_out(work: Work, case: Case) -> tuple[WayShown, ...]:
    """For the person, under a rule that opened their whole file; a post hears none of the desks' own."""
    return () if work.actor.role is Role.BORDER_OFFICIAL else _ways(work, case)
