"""The closed vocabularies of the product, without an ORM so that the pure rooms may use them.

One class per vocabulary. The database enforces the same words by CHECK constraints made from these
classes (`models.types.words`), so a word exists in exactly one place.
"""

from __future__ import annotations

from enum import StrEnum


class Purpose(StrEnum):
    """Why a sealed field may be opened: a key of its own for each (security.md 0.2)."""

    IDENTITY = "identity"
    CONTACT = "contact"
    PROTECTION = "protection"
    MEDICAL = "medical"
    LEGAL = "legal"
    AUDIT = "audit"
    ACCOUNT = "account"


#: The purposes for which every person gets a key at registration, so that a missing key never
#: tells that somebody has no note (security.md 0.5).
PERSON_PURPOSES: tuple[Purpose, ...] = (
    Purpose.IDENTITY,
    Purpose.CONTACT,
    Purpose.PROTECTION,
    Purpose.MEDICAL,
    Purpose.LEGAL,
    Purpose.AUDIT,
)


class Factor(StrEnum):
    """With what a session was opened, beside the password where there is one."""

    CODE = "code"
    PASSKEY = "passkey"
    RECOVERY = "recovery"
    PROVIDER = "provider"


class Role(StrEnum):
    """What somebody does here. A system administrator has no purpose, so opens no person."""

    BORDER_OFFICIAL = "border_official"
    PROTECTION_OFFICER = "protection_officer"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
    MONITOR = "monitor"
    SYSTEM = "system"


class Urgency(StrEnum):
    """How soon somebody must act; the maximum of all that a pack asks for."""

    NOW = "now"
    SOON = "soon"
    ROUTINE = "routine"


class Grade(StrEnum):
    """How far a profile is carried by the answers; never a measure of credibility."""

    PRESUMED = "presumed"
    POSSIBLE = "possible"
    OPEN = "open"
    NOT_INDICATED = "not_indicated"


class Action(StrEnum):
    """What a hold can shut (domain.md 4)."""

    RETURN = "RETURN"
    DETAIN = "DETAIN"
    DISCLOSE = "DISCLOSE"
    CLOSE = "CLOSE"


class Sex(StrEnum):
    """As recorded by UNHCR, with X of ICAO Doc 9303 (domain.md 3.2)."""

    FEMALE = "F"
    MALE = "M"
    OTHER = "X"
    UNKNOWN = "U"


class AgeBand(StrEnum):
    """UNHCR's age brackets (domain.md 3.2)."""

    FROM_0 = "0-4"
    FROM_5 = "5-11"
    FROM_12 = "12-17"
    FROM_18 = "18-59"
    FROM_60 = "60+"
    UNKNOWN = "unknown"


class HoldState(StrEnum):
    """`active` shuts; `liftable` still shuts, and waits for a named decision."""

    ACTIVE = "active"
    LIFTABLE = "liftable"
    LIFTED = "lifted"
    RELEASED = "released"


#: The states in which a hold shuts its action.
HOLDING: tuple[HoldState, ...] = (HoldState.ACTIVE, HoldState.LIFTABLE)


class HoldCause(StrEnum):
    """Precaution: nobody has asked. Evidence: the answers carry it (rules.md 3.3)."""

    PRECAUTION = "precaution"
    EVIDENCE = "evidence"


class NeedState(StrEnum):
    """What has become of a need: `open` again after a refusal, a silence or a no-show."""

    OPEN = "open"
    REFERRED = "referred"
    MET = "met"
    DECLINED = "declined"


class ReferralState(StrEnum):
    """The referral's life (domain.md 1.1), first cut; issue 5 adds the finer states."""

    DRAFT = "draft"
    SENT = "sent"
    ACCEPTED = "accepted"
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


class OutcomeCode(StrEnum):
    """What came of an accepted referral, as the desk reports it."""

    SERVICE_PROVIDED = "service_provided"
    PROCEDURE_OPENED = "procedure_opened"
    REFERRED_ONWARD = "referred_onward"
    NOT_REACHED = "not_reached"
    DECLINED_BY_PERSON = "declined_by_person"
    OTHER = "other"


class Clock(StrEnum):
    """Whose time runs: the authority's takes the shorter limit, the person's the longer."""

    AUTHORITY = "authority"
    PERSON = "person"
    AGENCY = "agency"


class DeadlineState(StrEnum):
    """A running legal clock."""

    RUNNING = "running"
    WARNED = "warned"
    OVERDUE = "overdue"
    MET = "met"
    CANCELLED = "cancelled"


class TaskState(StrEnum):
    """A thing somebody must do."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


class TaskKind(StrEnum):
    """What must be done. The words are neutral: a kind must not tell the person's profile."""

    PRIVATE_INTERVIEW = "private_interview"
    REFER_NEED = "refer_need"
    CHOOSE_ANOTHER_DESK = "choose_another_desk"
    ANSWER_REFERRAL = "answer_referral"
    STILL_NEEDED = "still_needed"
    DECIDE_HOLD = "decide_hold"
    MEET_DEADLINE = "meet_deadline"
    URGENT_NEED = "urgent_need"
    ANSWER_REQUEST = "answer_request"
    REVIEW_GLASS = "review_glass"


class LetterKind(StrEnum):
    """What a row of the outbox carries."""

    REFERRAL = "referral"
    DECISION = "decision"
    OUTCOME = "outcome"
    WITHDRAWAL = "withdrawal"
    ESCALATION = "escalation"


class LetterState(StrEnum):
    """Delivery, at least once; `stuck` needs a human and is never dropped."""

    WAITING = "waiting"
    LEASED = "leased"
    DELIVERED = "delivered"
    STUCK = "stuck"


class LinkState(StrEnum):
    """How far a claimed relationship is known (domain.md 2.2, INV-28)."""

    PENDING = "pending"
    VERIFIED = "verified"
    UNVERIFIED = "unverified"
    FALSELY_ATTRIBUTED = "falsely_attributed"
    REJECTED = "rejected"


class LegalBasis(StrEnum):
    """Why a packet may leave: consent, or one of the grounds that do not need it."""

    CONSENT = "consent"
    VITAL_INTEREST = "vital_interest"
    BEST_INTEREST = "best_interest"
    LEGAL_DUTY = "legal_duty"


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


class PackState(StrEnum):
    """The life of a stored version of a pack: one pack has at most one version in force."""

    DRAFT = "draft"
    TESTING = "testing"
    IN_FORCE = "in_force"
    RETIRED = "retired"


class AcknowledgedWithin(StrEnum):
    """Time from sending to the desk's answer, as statistics may know it."""

    HOURS_24 = "24h"
    HOURS_72 = "72h"
    WEEKS_2 = "2w"
    LATER = "later"
    NONE = "none"
    NOT_SENT = "not_sent"


class RequestKind(StrEnum):
    """What a person may ask of those who keep their file (domain.md DP-11, DP-20)."""

    ACCESS = "access"
    CORRECTION = "correction"
    ERASURE = "erasure"
    OBJECTION = "objection"
    RESTRICTION = "restriction"
    COMPLAINT = "complaint"


class RequestState(StrEnum):
    """What has become of a person's request. `upheld`: done as asked; `refused`: with reasons, to them."""

    OPEN = "open"
    UPHELD = "upheld"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class ErasureGround(StrEnum):
    """Why a file is erased."""

    RETENTION = "retention"
    REQUEST = "request"
    MISTAKE = "mistake"


class ProposalState(StrEnum):
    """What has become of a proposal to erase a file."""

    OPEN = "open"
    REFUSED = "refused"
    ERASED = "erased"


class ApprovalState(StrEnum):
    """What has become of a request for a second account's approval. One that is not used expires."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"
    USED = "used"


class GlassReason(StrEnum):
    """Why somebody opened a case they have no rule for."""

    LIFE_IN_DANGER = "life_in_danger"
    CHILD_AT_RISK = "child_at_risk"
    MEDICAL_EMERGENCY = "medical_emergency"
    OTHER = "other"


class AlertKind(StrEnum):
    """What was unusual about an account (rules and limits: config/data/alerts.csv)."""

    MANY_CASES = "many_cases"
    MANY_SEARCHES = "many_searches"
    MANY_REFUSALS = "many_refusals"
    RELATIVES = "relatives"
    ODD_HOURS = "odd_hours"


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
