"""Holds by machine: what shuts an action now, and the named decision that ends it."""

from __future__ import annotations

from flask_smorest import Blueprint

from app.api.answers import HoldsAnswer, LiftedAnswer
from app.api.door import reads, writes
from app.schemas.desks import LiftHoldSchema
from models.vocabulary import HoldState
from workflows import casenumbers, holds
from workflows.holds import LiftHold
from workflows.policy import Act
from workflows.work import Work

blueprint = Blueprint("holds", __name__, description="Safeguards that shut an action.")


@reads(blueprint, "/cases/<case_number>/holds", Act.VIEW_HOLDS, gives=HoldsAnswer)
def list_holds(work: Work, case_number: str) -> HoldsAnswer:
    """The holds that shut something now. `version` is what lifting one needs as If-Match."""
    found = holds.holds_of(work, case_number)
    return HoldsAnswer(casenumbers.parse(case_number), found)


@writes(
    blueprint,
    "/cases/<case_number>/holds/<uuid:hold_id>/lift",
    Act.LIFT_HOLD,
    takes=LiftHoldSchema,
    match="version",
    gives=LiftedAnswer,
)
def lift(work: Work, command: LiftHold) -> LiftedAnswer:
    """Lift a liftable hold, with the reason of the decision.

    Only for the body that the pack names; the account stands for a named human there.
    """
    holds.lift(work, command)
    return LiftedAnswer(
        casenumbers.parse(command.case_number), command.hold_id, HoldState.LIFTED.value
    )
