"""Where people sleep: how far a stay has come, why beds are out of use, what somebody needs first."""

from __future__ import annotations

from enum import StrEnum


class StayState(StrEnum):
    """A bed that is kept for somebody who is expected; one in which they sleep; one that they have left."""

    EXPECTED = "expected"
    HERE = "here"
    GONE = "gone"


class LeaveReason(StrEnum):
    """Why a stay has ended. `moved` and `transferred` follow from another bed."""

    MOVED = "moved"
    TRANSFERRED = "transferred"
    LEFT = "left"
    DID_NOT_COME = "did_not_come"
    DID_NOT_RETURN = "did_not_return"
    OTHER = "other"


class ApartReason(StrEnum):
    """Why members of a family do not sleep in one room."""

    CHILD_SAFETY = "child_safety"
    OWN_WISH = "own_wish"
    MEDICAL = "medical"
    NO_ROOM = "no_room"


class OutReason(StrEnum):
    """Why beds of a room are not used."""

    REPAIR = "repair"
    CLEANING = "cleaning"
    ILLNESS = "illness"
    NO_STAFF = "no_staff"
    OTHER = "other"


class OverReason(StrEnum):
    """Why a room takes more people than it has beds."""

    MANY_ARRIVALS = "many_arrivals"
    FAMILY_TOGETHER = "family_together"
    OTHER_SITE_SHUT = "other_site_shut"
    WEATHER = "weather"
    OTHER = "other"


class RoomGroundKind(StrEnum):
    """Why somebody cannot be given a bed in a room, or what must be asked before."""

    SHUT = "shut"
    FULL = "full"
    SEX = "sex"
    AGE = "age"
    COMPANY = "company"
    CHILD_AMONG_STRANGERS = "child_among_strangers"
    LINK_NOT_VERIFIED = "link_not_verified"
    AGE_NOT_KNOWN = "age_not_known"


class TriageSign(StrEnum):
    """What somebody needs first. Neutral words: a sign tells what to do, never why."""

    MEDICAL = "medical"
    PREGNANT = "pregnant"
    CHILD_ALONE = "child_alone"
    SAFETY = "safety"
    CHILD = "child"
    DISABILITY = "disability"
    FOOD = "food"
    CALM = "calm"
