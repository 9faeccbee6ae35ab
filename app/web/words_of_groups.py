"""The words of a group's pages, as their templates take them."""

from __future__ import annotations

from typing import Any

from app.web.family_words import EVIDENCE, LINK_COLOURS, LINK_STATES, SAID_BY, relationship_word
from app.web.office_words import word


def words() -> dict[str, Any]:
    """Functions from a code to its word in the reader's language."""
    return {
        "kin_word": relationship_word,
        "link_word": lambda code: word(LINK_STATES, code),
        "link_colour": lambda code: LINK_COLOURS.get(str(code), "neutral"),
        "said_word": lambda code: word(SAID_BY, code),
        "evidence_word": lambda code: word(EVIDENCE, code),
    }
