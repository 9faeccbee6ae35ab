"""Two records side by side, in words: for the pages on one person, and for those on family."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext, lazy_gettext

from app.locale import listed
from app.web.border.likeness import as_codes, words_of
from app.web.office_words import word
from app.web.packet_words import packet_rows
from workflows.side_by_side import Agreement, Compared

AGREES = {
    Agreement.SAME: lazy_gettext("The same"),
    Agreement.NEAR: lazy_gettext("Nearly"),
    Agreement.DIFFERS: lazy_gettext("Differs"),
    Agreement.ONE_SIDED: lazy_gettext("Says nothing either way"),
}


def rows_of(fields: Iterable[Compared]) -> list[dict[str, Any]]:
    """The rows of `parts/pair.html`."""
    return [_row(one) for one in fields]


def _row(one: Compared) -> dict[str, Any]:
    left, right = (packet_rows({one.field: value}) for value in (one.left, one.right))
    label = (left or right)[0][0] if left or right else one.field
    return {
        "label": gettext("Names") if one.field == "name" else label,
        "left": left[0][1] if left else [],
        "right": right[0][1] if right else [],
        "how": one.how.value,
        "says": word(AGREES, one.how),
        "why": listed(words_of(as_codes(one.reasons))),
    }
