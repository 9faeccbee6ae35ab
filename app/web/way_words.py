"""The words of how it may go on: alternatives, onward movement, solutions, return."""

from __future__ import annotations

from flask_babel import gettext, lazy_gettext

from app.locale import country_name, long_date
from app.web.office_words import word
from models.vocabulary import There, WayKind
from workflows.ways_on import ReturnShut, WayShown

KINDS = {
    "alternatives": lazy_gettext("Alternatives offered"),
    "onward": lazy_gettext("Moves on, or came on from elsewhere"),
    "solution": lazy_gettext("How it ended"),
    "return": lazy_gettext("Return"),
}
ALTERNATIVES = {
    "procedure": lazy_gettext("A procedure of protection"),
    "regular_stay": lazy_gettext("Lawful stay"),
    "work": lazy_gettext("A way to work lawfully"),
    "study": lazy_gettext("A way to study"),
    "family": lazy_gettext("To join family"),
    "resettlement": lazy_gettext("Resettlement"),
    "appeal": lazy_gettext("An appeal"),
    "assisted_return": lazy_gettext("Advice on assisted voluntary return"),
    "none_open": lazy_gettext("None is open, and the person was told so"),
}
SOLUTIONS = {
    "protection_granted": lazy_gettext("Protection granted"),
    "protection_refused": lazy_gettext("Protection finally refused"),
    "stay_granted": lazy_gettext("Lawful stay granted"),
    "local_integration": lazy_gettext("Local integration"),
    "resettled": lazy_gettext("Resettled"),
    "family_reunited": lazy_gettext("Reunited with family"),
    "care_found": lazy_gettext("Lasting care found for a child"),
    "nationality_confirmed": lazy_gettext("Nationality confirmed"),
    "stateless_recognised": lazy_gettext("Recognised as stateless"),
    "identified": lazy_gettext("Identified by the competent body"),
    "not_identified": lazy_gettext("Not identified by the competent body"),
    "other_pathway": lazy_gettext("Another lawful way"),
    "went_home": lazy_gettext("Went home by free will"),
    "left": lazy_gettext("Left, nobody knows where to"),
}
PARTS = {
    "documents": lazy_gettext("Did they have papers there, or could they get them?"),
    "not_sent_back": lazy_gettext("Were they safe there from being sent back?"),
    "family": lazy_gettext("Could their family be with them there?"),
    "safety": lazy_gettext("Were they safe there?"),
}
THERE = {
    There.YES: lazy_gettext("Yes"),
    There.NO: lazy_gettext("No"),
    There.UNKNOWN: lazy_gettext("Not known"),
}
SHUT = {
    ReturnShut.HELD: lazy_gettext("A safeguard shuts return."),
    ReturnShut.NOT_SCREENED: lazy_gettext("The screening is not finished."),
    ReturnShut.NOT_CHECKED_AGAIN: lazy_gettext(
        "No body has checked all safeguards again within 72 hours."
    ),
    ReturnShut.NOTHING_OFFERED: lazy_gettext("No alternatives were offered yet."),
}


def way_row(one: WayShown) -> tuple[str, list[str]]:
    """A row in words: what and when, then what belongs to it."""
    lines = [str(word(ALTERNATIVES, code)) for code in one.alternatives]
    if one.solution is not None:
        lines.append(str(word(SOLUTIONS, one.solution)))
    if one.country:
        lines.append(country_name(one.country))
    if one.kind is WayKind.ONWARD:
        lines.append(
            gettext("Protection was available there.")
            if one.available
            else gettext("It is not established that protection was available there.")
        )
    return f"{word(KINDS, one.kind)}, {long_date(one.on)}", [*lines, one.says]
