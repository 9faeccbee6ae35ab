"""What sending a referral may say, for the page and for the API alike: it builds `SendReferral`."""

from __future__ import annotations

from marshmallow import fields

from app.schemas.base import Code, CommandSchema, Text
from models.vocabulary import LegalBasis
from workflows.questions import AnswerQuestion
from workflows.referrals import SendReferral


class SendReferralSchema(CommandSchema):
    """Which need, which desk, on what basis; and a note that carries no name."""

    command = SendReferral

    case_number = Text(required=True, most=20)
    need_id = fields.UUID(required=True)
    desk = Code(required=True)
    legal_basis = fields.Enum(LegalBasis, by_value=True, required=True)
    consented = fields.Boolean(load_default=False)
    note = Text(most=1000, lines=True, blank=True, load_default="")


class AnswerQuestionSchema(CommandSchema):
    """What the sender says to the desk's open question; sealed."""

    command = AnswerQuestion

    number = Text(required=True, most=20)
    text = Text(required=True, most=1000, lines=True)
