"""What keeps each action shut, in sentences: what would settle it, and which body decides."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext, ngettext

from app.locale import listed
from app.web.border.words import said
from app.web.office_words import FUNCTIONS, word
from models.vocabulary import Action, HoldCause, HoldState
from workflows.rules.pack import Pack
from workflows.settling import Keeps

_NAMED = 3


def shut_in_words(pack: Pack, keeps: Iterable[Keeps]) -> dict[str, Any]:
    """The actions that are shut, and every hold once: what it shuts, and what it waits for."""
    lines = list(keeps)
    shut = {action for one in lines for action in one.shuts}
    return {
        "actions": [action.value for action in Action if action in shut],
        "holds": [
            {
                "says": said(pack, f"hold.{one.code}") or one.code,
                "shuts": [action.value for action in one.shuts],
                "settles": list(_settles(pack, one)),
            }
            for one in lines
        ],
    }


def _settles(pack: Pack, keeps: Keeps) -> Iterable[str]:
    bodies = listed(word(FUNCTIONS, body) for body in keeps.bodies)
    if keeps.state is HoldState.LIFTABLE:
        yield gettext("Nothing told carries it any more. To be lifted by: %(body)s", body=bodies)
        return
    if keeps.cause is HoldCause.PRECAUTION:
        yield from _answers(pack, keeps)
    decision = said(pack, f"fact.{keeps.decision}") if keeps.decision else None
    if bodies and decision:
        yield gettext("Decided by %(body)s: %(decision)s", body=bodies, decision=decision)
    elif bodies:
        yield gettext("Decided by %(body)s", body=bodies)


def _answers(pack: Pack, keeps: Keeps) -> Iterable[str]:
    """What answers would settle; what evidence carries is ended by a decision alone."""
    if keeps.ask:
        yield ngettext(
            "%(num)s question to ask here", "%(num)s questions to ask here", len(keeps.ask)
        )
    if keeps.others:
        yield ngettext(
            "%(num)s question that only another body may ask",
            "%(num)s questions that only another body may ask",
            keeps.others,
        )
    if keeps.differs:
        yield gettext("The answers differ: %(facts)s", facts=_named(pack, keeps.differs))
    if keeps.unsaid:
        yield gettext("Not known or not said: %(facts)s", facts=_named(pack, keeps.unsaid))


def _named(pack: Pack, facts: tuple[str, ...]) -> str:
    words = [said(pack, f"fact.{fact}") or fact for fact in facts[:_NAMED]]
    return " · ".join([*words, "…"] if len(facts) > _NAMED else words)
