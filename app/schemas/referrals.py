"""What sending a referral may say, for the page and for the API alike: it builds `SendReferral`."""

from __future__ import annotations

from marshmallow import fields

from app.schemas.base import MOST_SEEN, Code, CommandSchema, Text, WholeNumber
from models.vocabulary import ApartBecause, LegalBasis, WithdrawalWish
from workflows.questions import AnswerQuestion
from workflows.referrals import SendReferral
from workflows.taking_back import RenewConsent, TakeBackConsent


class SendReferralSchema(CommandSchema):
    """Which need, which desk, on what basis; and a note that carries no name."""

    command = SendReferral

    case_number = Text(required=True, most=20)
    need_id = fields.UUID(required=True)
    desk = Code(required=True)
    legal_basis = fields.Enum(LegalBasis, by_value=True, required=True)
    consented = fields.Boolean(load_default=False)
    consent_until = fields.Date(load_default=None, allow_none=True)
    note = Text(most=1000, lines=True, blank=True, load_default="")
    apart = fields.Enum(ApartBecause, by_value=True, allow_none=True, load_default=None)


class TakeBackConsentSchema(CommandSchema):
    """Which consent is gone, and what the person wishes of its recipient. `version` is that of the page."""

    command = TakeBackConsent

    case_number = Text(required=True, most=20)
    consent_id = fields.UUID(required=True)
    wish = fields.Enum(WithdrawalWish, by_value=True, required=True)
    version = WholeNumber(required=True, least=0, most=MOST_SEEN)


class RenewConsentSchema(CommandSchema):
    """Up to which day the person agrees to the same anew. `version` is that of the page."""

    command = RenewConsent

    case_number = Text(required=True, most=20)
    consent_id = fields.UUID(required=True)
    consent_until = fields.Date(required=True)
    version = WholeNumber(required=True, least=0, most=MOST_SEEN)


class AnswerQuestionSchema(CommandSchema):
    """What the sender says to the desk's open question; sealed."""

    command = AnswerQuestion

    number = Text(required=True, most=20)
    text = Text(required=True, most=1000, lines=True)
