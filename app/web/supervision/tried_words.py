"""What a pack says of an invented person, in words for the page. Long lists are cut, and say so."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import ngettext

from app.web.border.words import body_word, said
from app.web.office_words import ACTIONS, FUNCTIONS, word
from app.web.reasons import fact_words, profile_words, source_words
from models.vocabulary import Grade
from workflows.rules.assessment import Assessment as Reading
from workflows.rules.pack import Pack

_MOST_NAMED = 4


def tried_words(pack: Pack, reading: Reading) -> dict[str, Any]:
    """Urgency, shut actions, profiles with reasons, what is open, holds, needs and clocks."""
    indicated = (Grade.PRESUMED, Grade.POSSIBLE)
    return {
        "urgency": reading.urgency.value,
        "shut": [str(word(ACTIONS, action.value)) for action in sorted(reading.shut)],
        "profiles": [
            profile_words(pack, code, one)
            for code, one in reading.profiles.items()
            if one.grade in indicated
        ],
        "open": [
            (said(pack, f"profile.{code}") or code, _some(pack, one.would_need))
            for code, one in reading.profiles.items()
            if one.grade is Grade.OPEN
        ],
        "holds": [_hold(pack, reading, code) for code in reading.holds],
        "needs": [
            (
                said(pack, f"need.{code}") or code,
                str(word(FUNCTIONS, need.function)),
                [fact_words(pack, name) for name in need.because if not _is_output(name)],
            )
            for code, need in reading.needs.items()
        ],
        "deadlines": [said(pack, f"deadline.{row.id}") or row.id for row in reading.deadlines],
    }


def _hold(pack: Pack, reading: Reading, code: str) -> dict[str, Any]:
    hold, row = reading.holds[code], pack.holds[code]
    return {
        "says": said(pack, f"hold.{code}") or code,
        "shuts": [str(word(ACTIONS, action.value)) for action in hold.shuts],
        "evidence": hold.by.value == "evidence",
        "because": _some(pack, hold.because),
        "missing": _some(pack, hold.missing),
        "lifted_by": body_word(row.lifted_by_body) if row.lifted_by_body else "",
        "sources": [source_words(pack, source) for source in row.source],
    }


def _some(pack: Pack, names: Iterable[str]) -> list[str]:
    """The first few in words, and how many more there are."""
    every = list(names)
    words = [_reason(pack, name) for name in every[:_MOST_NAMED]]
    more = len(every) - len(words)
    if more:
        words.append(ngettext("%(num)s more question", "%(num)s more questions", more))
    return words


def _is_output(name: str) -> bool:
    return name.startswith("profile ")


def _reason(pack: Pack, name: str) -> str:
    if _is_output(name):
        code = name.removeprefix("profile ")
        return said(pack, f"profile.{code}") or code
    return fact_words(pack, name)
