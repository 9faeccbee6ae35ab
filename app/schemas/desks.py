"""What a desk may answer to a referral, for the page and for the API alike."""

from __future__ import annotations

from marshmallow import fields

from app.schemas.base import MOST_SEEN, Code, CommandSchema, OneOf, Text, WholeNumber
from models.vocabulary import OutcomeCode, QuestionReason, RefusalReason
from workflows.decisions import RecordDecision
from workflows.desk_steps import PutOnWaitingList
from workflows.desks import AcceptReferral, RedirectReferral, RefuseReferral, ReportOutcome
from workflows.holds import LiftHold
from workflows.questions import AskSender


class AcceptReferralSchema(CommandSchema):
    """Take a referral."""

    command = AcceptReferral

    number = Text(required=True, most=20)


class RefuseReferralSchema(CommandSchema):
    """Not take it, for a coded reason."""

    command = RefuseReferral

    number = Text(required=True, most=20)
    reason = fields.Enum(RefusalReason, by_value=True, required=True)


class RedirectReferralSchema(CommandSchema):
    """Pass it on to another desk, for a coded reason."""

    command = RedirectReferral

    number = Text(required=True, most=20)
    desk = Code(required=True)
    reason = fields.Enum(RefusalReason, by_value=True, required=True)


class AskSenderSchema(CommandSchema):
    """Ask the sender before answering; the question is sealed."""

    command = AskSender

    number = Text(required=True, most=20)
    reason = fields.Enum(QuestionReason, by_value=True, required=True)
    text = Text(required=True, most=1000, lines=True)


class PutOnWaitingListSchema(CommandSchema):
    """Put on the waiting list, with the day on which a place is expected."""

    command = PutOnWaitingList

    number = Text(required=True, most=20)
    expected_on = fields.Date(required=True)


class ReportOutcomeSchema(CommandSchema):
    """What came of a referral; the note is sealed with it."""

    command = ReportOutcome

    number = Text(required=True, most=20)
    outcome = fields.Enum(OutcomeCode, by_value=True, required=True)
    note = Text(most=1000, lines=True, blank=True, load_default="")


class LiftHoldSchema(CommandSchema):
    """Lift a liftable hold, with the decision's reason. `version` is that of the page."""

    command = LiftHold

    case_number = Text(required=True, most=20)
    hold_id = fields.UUID(required=True)
    reason = Text(required=True, most=1000, lines=True)
    version = WholeNumber(required=True, least=0, most=MOST_SEEN)


class RecordDecisionSchema(CommandSchema):
    """Record a decision of one's own body. `seen` is the version of the page."""

    command = RecordDecision

    case_number = Text(required=True, most=20)
    fact = Code(required=True)
    value = OneOf({"yes", "no"}, required=True)
    on = fields.Date(required=True)
    reference = Text(required=True, most=100)
    reason = Text(required=True, most=1000, lines=True)
    seen = WholeNumber(required=True, least=0, most=MOST_SEEN)
