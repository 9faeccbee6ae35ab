"""How people work here: purposes, roles, factors, approvals, alerts."""

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
