"""Holds by machine: what shuts an action now, what bodies decide, and the named act that ends a hold."""

from __future__ import annotations

from flask_smorest import Blueprint

from app.api.answers import HoldsAnswer, LiftedAnswer
from app.api.door import reads, writes
from app.schemas.desks import LiftHoldSchema, RecordDecisionSchema
from models.vocabulary import HoldState
from workflows import casenumbers, decisions, holds
from workflows.decisions import Deciding, RecordDecision, Recorded
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


@reads(blueprint, "/cases/<case_number>/decisions", Act.RECORD_DECISION, gives=Deciding, etag=True)
def list_decisions(work: Work, case_number: str) -> Deciding:
    """What the account's body may decide on this case, and what it has decided.

    `version` is what recording a decision needs as If-Match.
    """
    return decisions.deciding(work, case_number)


@writes(
    blueprint,
    "/cases/<case_number>/decisions",
    Act.RECORD_DECISION,
    takes=RecordDecisionSchema,
    match="seen",
    gives=Recorded,
)
def record_decision(work: Work, command: RecordDecision) -> Recorded:
    """Record a decision of the account's own body, and assess the person anew.

    Only what the pack lets this body decide; a hold that evidence carried becomes liftable by it.
    """
    return decisions.record(work, command)
