"""The words of reception: why a room is not given, what somebody needs first, why beds are not used."""

from __future__ import annotations

from flask_babel import gettext, lazy_gettext, ngettext

from app.locale import listed
from app.web.office_words import word
from app.web.service_words import AGES, COMPANIES, SEXES
from models.vocabulary import RoomGroundKind
from workflows.sites import RoomShown, RoomTerms

STAY_STATES = {
    "expected": lazy_gettext("Expected"),
    "here": lazy_gettext("Here"),
    "gone": lazy_gettext("Left"),
}
LEFT = {
    "moved": lazy_gettext("Moved to another room"),
    "transferred": lazy_gettext("Went to another site"),
    "left": lazy_gettext("Left by themselves"),
    "did_not_come": lazy_gettext("Did not come"),
    "did_not_return": lazy_gettext("Did not come back"),
    "other": lazy_gettext("Something else"),
}
APART = {
    "child_safety": lazy_gettext("The safety of a child"),
    "own_wish": lazy_gettext("Their own wish"),
    "medical": lazy_gettext("A medical reason"),
    "no_room": lazy_gettext("No room for all of them"),
}
OUT = {
    "repair": lazy_gettext("Repair"),
    "cleaning": lazy_gettext("Cleaning"),
    "illness": lazy_gettext("Kept free because of illness"),
    "no_staff": lazy_gettext("Too few staff"),
    "other": lazy_gettext("Something else"),
}
OVER = {
    "many_arrivals": lazy_gettext("Many arrivals at once"),
    "family_together": lazy_gettext("To keep a family together"),
    "other_site_shut": lazy_gettext("Another site is shut"),
    "weather": lazy_gettext("The weather"),
    "other": lazy_gettext("Something else"),
}
SIGNS = {
    "medical": lazy_gettext("Doctor first"),
    "pregnant": lazy_gettext("Pregnant or nursing"),
    "child_alone": lazy_gettext("Child alone"),
    "safety": lazy_gettext("A safe place apart"),
    "child": lazy_gettext("Child"),
    "disability": lazy_gettext("Needs help or step-free"),
    "food": lazy_gettext("Food or water"),
    "calm": lazy_gettext("A calm place"),
}
#: The colour that repeats the word of a sign.
SIGN_COLOURS = {"medical": "stop", "child_alone": "stop", "safety": "stop", "pregnant": "soon"}
GROUNDS = {
    RoomGroundKind.SHUT: lazy_gettext("Shut"),
    RoomGroundKind.FULL: lazy_gettext("Not enough beds free"),
    RoomGroundKind.SEX: lazy_gettext("For another sex"),
    RoomGroundKind.AGE: lazy_gettext("For another age"),
    RoomGroundKind.COMPANY: lazy_gettext("For others: families, or those alone"),
    RoomGroundKind.CHILD_AMONG_STRANGERS: lazy_gettext(
        "A child would sleep among adults who are not of the family"
    ),
    RoomGroundKind.LINK_NOT_VERIFIED: lazy_gettext(
        "A child with an adult whose link nobody has verified: ask the child alone first"
    ),
    RoomGroundKind.AGE_NOT_KNOWN: lazy_gettext("The age of somebody is not known"),
}


def whom_words(terms: RoomTerms) -> str:
    """For whom a room is."""
    said = [
        *(word(SEXES, code) for code in terms.sexes),
        *(word(COMPANIES, code) for code in terms.companies),
        *(gettext("age %(band)s", band=word(AGES, code)) for code in terms.ages),
    ]
    if terms.sexes and terms.children_until:
        said.append(
            gettext("children of the family up to %(years)s years", years=terms.children_until)
        )
    return listed(said) or gettext("Everybody")


def free_words(room: RoomShown) -> str:
    """How many beds are free."""
    if not room.terms.open:
        return gettext("Shut")
    if room.over:
        return ngettext("%(num)s more than beds", "%(num)s more than beds", room.over)
    if not room.free:
        return gettext("Full")
    return ngettext("%(num)s bed free", "%(num)s beds free", room.free)


def free_colour(room: RoomShown) -> str:
    """The colour that repeats it."""
    if not room.terms.open or room.over:
        return "stop"
    return "good" if room.free else "soon"
