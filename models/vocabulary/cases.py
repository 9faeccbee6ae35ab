"""A person and their case: grades, safeguards, needs, deadlines, tasks."""

from __future__ import annotations

from enum import StrEnum


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
    MISSED_APPOINTMENT = "missed_appointment"
    ANSWER_QUESTION = "answer_question"
    ANSWER_SOON = "answer_soon"
    ESCALATED = "escalated"
    VERIFY_SERVICES = "verify_services"
    ASK_CONSENT_AGAIN = "ask_consent_again"
    SEE_TO_TRACING = "see_to_tracing"
    SPEAK_ALONE = "speak_alone"


class LinkState(StrEnum):
    """How far a claimed relationship is known (domain.md 2.2, INV-28).

    `pending`: claimed, and nobody has looked. `unverified`: somebody looked and could not tell. `disputed`:
    one of the two says otherwise. `ended`: it was so, and is no more.
    """

    PENDING = "pending"
    VERIFIED = "verified"
    UNVERIFIED = "unverified"
    DISPUTED = "disputed"
    ENDED = "ended"
    FALSELY_ATTRIBUTED = "falsely_attributed"
    REJECTED = "rejected"
