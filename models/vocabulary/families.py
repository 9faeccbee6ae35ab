"""Families and groups: how somebody came and may be reached, who said what of whom, why they part."""

from __future__ import annotations

from enum import StrEnum


class CameBy(StrEnum):
    """How somebody came to the post."""

    FOOT = "foot"
    ROAD = "road"
    RAIL = "rail"
    AIR = "air"
    WATER = "water"


class ContactWish(StrEnum):
    """How somebody wishes to be reached. Heeded by whoever holds the number; asked of each person."""

    CALL = "call"
    MESSAGE = "message"
    THROUGH_DESK = "through_desk"
    NOBODY = "nobody"


class SaidBy(StrEnum):
    """From whom it is known what two persons are to each other."""

    SELF = "self"
    TOGETHER = "together"
    OTHER_MEMBER = "other_member"
    DOCUMENT = "document"
    OFFICIAL = "official"


class Evidence(StrEnum):
    """What a claimed relationship was looked at by. A relationship is not proven by looking alike."""

    NOTHING = "nothing"
    PAPER = "paper"
    SEPARATE_TALKS = "separate_talks"
    REGISTER = "register"
    BODY_FINDING = "body_finding"


class Joined(StrEnum):
    """How a person came into a group."""

    TRAVELLING = "travelling"
    LATER = "later"
    BORN = "born"


class LeftBecause(StrEnum):
    """Why a person is no more of a group."""

    OWN_WISH = "own_wish"
    WENT_ON = "went_on"
    STRANGER = "stranger"
    MISTAKE = "mistake"
    DIED = "died"


class ApartBecause(StrEnum):
    """On what ground members of a group go to different desks (INV-26)."""

    CHILD_SAFETY = "child_safety"
    MEMBER_SAFETY = "member_safety"
    OWN_WISH = "own_wish"
