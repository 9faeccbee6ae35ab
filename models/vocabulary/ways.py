"""How it may go on for a person: alternatives, onward movement, a solution, return."""

from __future__ import annotations

from enum import StrEnum


class WayKind(StrEnum):
    """What is recorded of the way on."""

    ALTERNATIVES = "alternatives"
    ONWARD = "onward"
    SOLUTION = "solution"
    RETURN = "return"


class Alternative(StrEnum):
    """What was offered instead of going back or on."""

    PROCEDURE = "procedure"
    REGULAR_STAY = "regular_stay"
    WORK = "work"
    STUDY = "study"
    FAMILY = "family"
    RESETTLEMENT = "resettlement"
    APPEAL = "appeal"
    ASSISTED_RETURN = "assisted_return"
    NONE_OPEN = "none_open"


class Solution(StrEnum):
    """How it ended for the person, beyond the outcome of one referral."""

    PROTECTION_GRANTED = "protection_granted"
    PROTECTION_REFUSED = "protection_refused"
    STAY_GRANTED = "stay_granted"
    LOCAL_INTEGRATION = "local_integration"
    RESETTLED = "resettled"
    FAMILY_REUNITED = "family_reunited"
    CARE_FOUND = "care_found"
    NATIONALITY_CONFIRMED = "nationality_confirmed"
    STATELESS_RECOGNISED = "stateless_recognised"
    IDENTIFIED = "identified"
    NOT_IDENTIFIED = "not_identified"
    OTHER_PATHWAY = "other_pathway"
    WENT_HOME = "went_home"
    LEFT = "left"


class There(StrEnum):
    """Whether protection was available there, as far as the person and papers tell."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
