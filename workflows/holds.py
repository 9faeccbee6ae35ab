"""Lifting a safeguard: only a named human of the competent body, with a reason, and only once it is
liftable.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from models.cases import Hold
from models.network import Agency
from models.vocabulary import HOLDING, Action, HoldState
from workflows import figures, readings, sides
from workflows.casework import open_case
from workflows.errors import ChangedMeanwhile, InvalidCommand, NotAllowed, NotAllowedNow, NotFound
from workflows.packs import competences_of
from workflows.policy import Act
from workflows.rules.assessment import Assessment as Reading
from workflows.rules.conditions import slots
from workflows.rules.pack import Pack
from workflows.states import HOLD_MOVES
from workflows.work import Work


@dataclass(frozen=True, kw_only=True)
class LiftHold:
    """End a liftable hold. `version` is that of the page: a stale page is refused."""

    case_number: str
    hold_id: UUID
    reason: str
    version: int


@dataclass(frozen=True)
class HoldShown:
    """A hold as a page shows it."""

    id: UUID
    code: str
    action: Action
    state: HoldState
    cause: str
    since: datetime
    body: str
    version: int
    bodies: tuple[str, ...] = ()


def bodies_of(pack: Pack, code: str) -> tuple[str, ...]:
    """The functions of the bodies that may lift a hold; empty where the pack in force names none.

    Where the pack names no body for it, those may whose decisions its condition asks for, so that no hold
    stays for want of somebody who answers for lifting it.
    """
    hold = pack.holds.get(code)
    if hold is None:
        return ()
    if hold.lifted_by_body:
        return (hold.lifted_by_body,)
    asked = {slot.partition(".")[0] for slot in slots(hold.when, pack.derived)}
    return tuple(
        dict.fromkeys(f.decided_by for f in pack.facts.values() if f.decided_by and f.id in asked)
    )


def _bodies(pack: Pack, content: Mapping[str, Any]) -> tuple[str, ...]:
    """The same for a hold as it is kept: one that only stood by older rules names its bodies itself."""
    return bodies_of(pack, content["code"]) or tuple(content.get("bodies", ()))


def holds_of(work: Work, case_number: str) -> tuple[HoldShown, ...]:
    """The holds that shut something now."""
    case = open_case(work, case_number, Act.VIEW_HOLDS)
    pack = readings.pack_of(work, case)
    rows = work.session.scalars(
        select(Hold)
        .where(Hold.case_id == case.id, Hold.state.in_(HOLDING))
        .order_by(Hold.action)
        .options(Hold.content.undefer())
    )
    reading = sides.reading_for(work, case) if sides.is_covered(work, case) else None
    return tuple(
        HoldShown(
            id=row.id,
            code=content["code"],
            action=row.action,
            state=row.state,
            cause=_cause(content, reading),
            since=row.since,
            body=next(iter(_bodies(pack, content)), ""),
            bodies=_bodies(pack, content),
            # How often a hold has changed tells that an answer carries it; who reads this lifts nothing.
            version=row.version if reading is None else 0,
        )
        for row in rows
        if (content := row.content or {})
    )


def _cause(content: Mapping[str, Any], reading: Reading | None) -> str:
    """What carries a hold, as far as the actor may know; the post learns nothing of a turned screen."""
    known = None if reading is None else reading.holds.get(content["code"])
    return str(content["cause"] if known is None else known.by.value)


def lift(work: Work, command: LiftHold) -> None:
    """Lift a hold.

    Raises:
        NotAllowed: the actor's agency is not the body that the pack names for this hold.
        ChangedMeanwhile: it changed since it was read.
        NotAllowedNow: the answers still carry it.
        InvalidCommand: no reason.
    """
    case = open_case(work, command.case_number, Act.LIFT_HOLD)
    row = work.session.get(Hold, command.hold_id)
    if row is None or row.case_id != case.id:
        raise NotFound
    if row.version != command.version:
        raise ChangedMeanwhile
    if (row.state, "lift") not in HOLD_MOVES:
        raise NotAllowedNow
    if not command.reason.strip():
        raise InvalidCommand(field="reason")
    content = row.content or {}
    pack = readings.pack_of(work, case)
    agency = work.session.get_one(Agency, work.actor.agency_id)
    mine = competences_of(pack, agency.code)
    body = next((body for body in _bodies(pack, content) if body in mine), None)
    if body is None:
        raise NotAllowed
    row.state = HOLD_MOVES[row.state, "lift"]
    row.lifted_by = work.actor.user_id
    row.ended_on = work.now.date()
    row.content = {**content, "lifted": {"reason": command.reason, "body": body}}
    figures.record_hold(work, case)
