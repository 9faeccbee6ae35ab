"""Looking for family."""

from __future__ import annotations

from enum import StrEnum


class TracingState(StrEnum):
    """How a tracing request stands. Found: both know of each other, or were brought together."""

    OPEN = "open"
    FOUND = "found"
    CLOSED = "closed"


class CandidateState(StrEnum):
    """What humans say of a candidate. Asked: another desk has the record, and was asked."""

    NEW = "new"
    ASKED = "asked"
    YES = "yes"
    NO = "no"
    UNSURE = "unsure"


class SoughtRelation(StrEnum):
    """What the sought one is to the person who looks for them."""

    MOTHER = "mother"
    FATHER = "father"
    CHILD = "child"
    SIBLING = "sibling"
    GRANDPARENT = "grandparent"
    SPOUSE = "spouse"
    OTHER_RELATIVE = "other_relative"
    CARER = "carer"
