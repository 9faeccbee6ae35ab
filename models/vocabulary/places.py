"""What a desk says of whom it serves, and how far its word still holds."""

from __future__ import annotations

from enum import StrEnum


class Company(StrEnum):
    """With whom somebody travels, as far as a service or a room asks."""

    ALONE = "alone"
    FAMILY = "family"
    CHILD_ALONE = "child_alone"


class Standing(StrEnum):
    """How far an entry of the directory was verified: `soon` still holds, `never` nobody has verified."""

    VERIFIED = "verified"
    SOON = "soon"
    EXPIRED = "expired"
    NEVER = "never"


class Verdict(StrEnum):
    """Whether a ground speaks for a choice, against it, or is not known."""

    FOR = "for"
    AGAINST = "against"
    UNKNOWN = "unknown"


class GroundKind(StrEnum):
    """What a choice of a desk is judged by, in the order in which the grounds are told."""

    ORDER = "order"
    AREA = "area"
    ELIGIBILITY = "eligibility"
    TOGETHER = "together"
    APART = "apart"
    PLACES = "places"
    HOURS = "hours"
    LANGUAGE = "language"
    VERIFIED = "verified"
