"""The words of families and groups."""

from __future__ import annotations

from functools import lru_cache

from flask_babel import gettext, lazy_gettext

from config.codes import rows

LINK_STATES = {
    "pending": lazy_gettext("Claimed, not looked into"),
    "verified": lazy_gettext("Verified"),
    "unverified": lazy_gettext("Could not be verified"),
    "disputed": lazy_gettext("Disputed"),
    "ended": lazy_gettext("Ended"),
    "falsely_attributed": lazy_gettext("Falsely claimed"),
    "rejected": lazy_gettext("Found not true"),
}
#: The colour that repeats the word of a state.
LINK_COLOURS = {
    "pending": "neutral",
    "verified": "good",
    "unverified": "soon",
    "disputed": "soon",
    "ended": "neutral",
    "falsely_attributed": "stop",
    "rejected": "stop",
}
SAID_BY = {
    "self": lazy_gettext("The person, alone"),
    "together": lazy_gettext("Together, in front of the others"),
    "other_member": lazy_gettext("Somebody else of the group"),
    "document": lazy_gettext("A document"),
    "official": lazy_gettext("An official, by what was found"),
}
EVIDENCE = {
    "nothing": lazy_gettext("Nothing but what was said"),
    "paper": lazy_gettext("A paper that was shown"),
    "separate_talks": lazy_gettext("Talks with each of them alone"),
    "register": lazy_gettext("A register or an agency that was asked"),
    "body_finding": lazy_gettext("A finding of the competent body"),
}
JOINED = {
    "later": lazy_gettext("Met again, or came later"),
    "born": lazy_gettext("Born since"),
}
LEFT = {
    "own_wish": lazy_gettext("Own wish"),
    "went_on": lazy_gettext("Went on alone"),
    "stranger": lazy_gettext("Found to be a stranger to the others"),
    "mistake": lazy_gettext("Was put in this group by mistake"),
    "died": lazy_gettext("Died"),
}
CAME_BY = {
    "foot": lazy_gettext("On foot"),
    "road": lazy_gettext("By road"),
    "rail": lazy_gettext("By rail"),
    "air": lazy_gettext("By air"),
    "water": lazy_gettext("By water"),
}
WISHES = {
    "call": lazy_gettext("May be called"),
    "message": lazy_gettext("By message only, without names"),
    "through_desk": lazy_gettext("Only through the desk that has them in care"),
    "nobody": lazy_gettext("Does not wish to be contacted"),
}
APART = {
    "child_safety": lazy_gettext("For the safety of a child"),
    "member_safety": lazy_gettext("For the safety of one of them"),
    "own_wish": lazy_gettext("It is their own wish"),
}


@lru_cache(maxsize=1)
def _labels() -> dict[str, str]:
    return {row["code"]: row["label"] for row in rows("relationships")}


def relationship_word(code: str) -> str:
    """A relationship of the code list in words."""
    label = _labels().get(code)
    return gettext(label) if label else code.replace("_", " ")
