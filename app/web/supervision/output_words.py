"""What a pack may give or take, as words: `profile UAC presumed`, `need guardian`, `action RETURN`."""

from __future__ import annotations

from flask_babel import gettext

from app.web.office_words import ACTIONS, GRADES, word
from workflows.rules.pack import Pack


def output_words(pack: Pack, name: str, language: str) -> str:
    """An output in the reader's language; the bare code where the pack in force does not have it."""
    kind, code, grade = [*name.split(" "), "", ""][:3]
    if kind == "urgency":
        return gettext("Urgency")
    if kind == "action":
        return str(word(ACTIONS, code))
    try:
        text = pack.text(f"{kind}.{code}", language)
    except KeyError:
        text = code
    if grade in GRADES:
        text = f"{text} ({word(GRADES, grade)})"
    kinds = {
        "profile": gettext("Profile: %(name)s", name=text),
        "need": gettext("Need: %(name)s", name=text),
        "hold": gettext("Safeguard: %(name)s", name=text),
    }
    return kinds.get(kind, text)
