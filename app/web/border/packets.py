"""A packet before it is sent, in the very words that the desk will read: stage 1, and stage 2 once
it accepted.
"""

from __future__ import annotations

from flask_babel import gettext

from app.web.packet_words import facts_in_words, packet_rows, profiles_in_words
from workflows.packets import IDENTITY_FIELDS, PacketPreview
from workflows.rules.pack import Pack

Rows = list[tuple[str, list[str]]]


def stages(pack: Pack, packet: PacketPreview) -> tuple[Rows, Rows]:
    """(label, lines) rows of stage 1 and of stage 2."""
    first = packet_rows({k: v for k, v in packet.fields.items() if k not in IDENTITY_FIELDS})
    first += [
        (name, [_grade(grade)]) for name, grade, _ in profiles_in_words(pack, packet.profiles)
    ]
    first += facts_in_words(pack, packet.facts)
    second = packet_rows({k: v for k, v in packet.fields.items() if k in IDENTITY_FIELDS})
    return first, second


def _grade(value: str) -> str:
    return gettext("Presumed") if value == "presumed" else gettext("Possible")
