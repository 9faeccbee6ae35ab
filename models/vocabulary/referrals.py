"""What passes between agencies: referrals, letters, keys, consent."""

from __future__ import annotations

from enum import StrEnum


class ReferralState(StrEnum):
    """The referral's life (domain.md 1.1). What may follow what is in `workflows.states`."""

    DRAFT = "draft"
    SENT = "sent"
    RECEIVED = "received"
    SEEN = "seen"
    NEEDS_INFORMATION = "needs_information"
    WAITING_LIST = "waiting_list"
    ACCEPTED = "accepted"
    SERVICE_STARTED = "service_started"
    NO_SHOW = "no_show"
    REFUSED = "refused"
    REDIRECTED = "redirected"
    NO_ANSWER = "no_answer"
    WITHDRAWN = "withdrawn"
    OUTCOME_REPORTED = "outcome_reported"
    CLOSED = "closed"


class RefusalReason(StrEnum):
    """Why a desk does not take a referral (domain.md 1.1)."""

    NO_MANDATE = "no_mandate"
    NO_CAPACITY = "no_capacity"
    OUTSIDE_AREA = "outside_area"
    DUPLICATE = "duplicate"
    PERSON_DECLINED = "person_declined"
    UNSAFE = "unsafe"
    UNAVAILABLE = "unavailable"


class QuestionReason(StrEnum):
    """Why a desk cannot answer a referral before its sender has said more."""

    NEED_UNCLEAR = "need_unclear"
    ELIGIBILITY = "eligibility"
    SAFETY = "safety"
    LANGUAGE = "language"
    FAMILY = "family"
    WHEREABOUTS = "whereabouts"


class OutcomeCode(StrEnum):
    """What came of an accepted referral, as the desk reports it."""

    SERVICE_PROVIDED = "service_provided"
    PROCEDURE_OPENED = "procedure_opened"
    REFERRED_ONWARD = "referred_onward"
    NOT_REACHED = "not_reached"
    DECLINED_BY_PERSON = "declined_by_person"
    OTHER = "other"


class LetterKind(StrEnum):
    """What a row of the outbox carries."""

    REFERRAL = "referral"
    DECISION = "decision"
    OUTCOME = "outcome"
    WITHDRAWAL = "withdrawal"
    ESCALATION = "escalation"
    QUESTION = "question"
    REPLY = "reply"


class LetterState(StrEnum):
    """Delivery, at least once; `stuck` needs a human and is never dropped."""

    WAITING = "waiting"
    LEASED = "leased"
    DELIVERED = "delivered"
    STUCK = "stuck"


class LegalBasis(StrEnum):
    """Why a packet may leave: consent, or one of the grounds that do not need it."""

    CONSENT = "consent"
    VITAL_INTEREST = "vital_interest"
    BEST_INTEREST = "best_interest"
    LEGAL_DUTY = "legal_duty"


class WithdrawalWish(StrEnum):
    """What a person wishes of a recipient whose consent they take back."""

    STOP = "stop"
    FORGET = "forget"


class AgencyKind(StrEnum):
    """What sort of body an agency is; police and security bodies never close protection alone."""

    AUTHORITY = "authority"
    BORDER = "border"
    POLICE = "police"
    SECURITY = "security"
    COURT = "court"
    HEALTH = "health"
    UN = "un"
    NGO = "ngo"
    MONITOR = "monitor"
    CONSULATE = "consulate"
    OTHER = "other"


#: Bodies that police, guard or watch: they never open what was told for protection, health or law, once the
#: post's own questions are asked.
ENFORCEMENT: frozenset[AgencyKind] = frozenset(
    {AgencyKind.BORDER, AgencyKind.POLICE, AgencyKind.SECURITY}
)


class LetterSuite(StrEnum):
    """With what a letter to an agency outside is sealed (RFC 9180): the hybrid where a server opens it."""

    SERVER = "mlkem768-x25519"
    BROWSER = "x25519"


class AgencyKeyState(StrEnum):
    """How far a key of an agency is trusted: `unconfirmed` until its fingerprint was compared by voice."""

    UNCONFIRMED = "unconfirmed"
    ACTIVE = "active"
    REVOKED = "revoked"


class OutsideKind(StrEnum):
    """What a sealed letter to or from an agency outside tells."""

    REFERRAL = "referral"
    IDENTITY = "identity"
    WITHDRAWAL = "withdrawal"
    ANSWER = "answer"
    REPLY = "reply"


class OutsideSide(StrEnum):
    """Which end of a referral that crosses installations is kept here."""

    SENDER = "sender"
    RECEIVER = "receiver"


class OutsideState(StrEnum):
    """How far a referral that crosses installations has come, as this end knows it."""

    SEALED = "sealed"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    IDENTIFIED = "identified"
    REFUSED = "refused"
    OUTCOME_REPORTED = "outcome_reported"
    WITHDRAWN = "withdrawn"
    RECEIPTED = "receipted"


class AcknowledgedWithin(StrEnum):
    """Time from sending to the desk's answer, as statistics may know it."""

    HOURS_24 = "24h"
    HOURS_72 = "72h"
    WEEKS_2 = "2w"
    LATER = "later"
    NONE = "none"
    NOT_SENT = "not_sent"
