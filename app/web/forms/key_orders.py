"""The form of a key operation, and the words for operations, keys and reasons to act alone."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext, lazy_gettext

from app.web.fields import CheckboxesField, Option, RadiosField, SubmitField, TextField
from app.web.forms.base import PageForm
from app.web.office_words import PURPOSES, word
from workflows.key_orders import DATA_KEYS, ROTATED

OPERATIONS: dict[str, Any] = {
    "rotate": lazy_gettext("Make new keys and destroy the old ones"),
    "strengthen": lazy_gettext("Give a purpose to members alone"),
    "give": lazy_gettext("Give a purpose to a further member"),
    "custodians": lazy_gettext("Name new custodians"),
    "agency_make": lazy_gettext("Make a key of an agency"),
    "agency_confirm": lazy_gettext("Trust the key of an agency"),
    "agency_revoke": lazy_gettext("Revoke the key of an agency"),
}
ALONE: dict[str, Any] = {
    "theft": lazy_gettext("A key or a machine may be in other hands"),
    "nobody_else": lazy_gettext("There is no second administrator"),
    "unreachable": lazy_gettext("The others could not be reached in time"),
}
_HINTS: dict[str, Any] = {
    "rotate": lazy_gettext("Tick the keys. Nobody is named."),
    "strengthen": lazy_gettext("Tick one purpose and name two or more accounts."),
    "give": lazy_gettext("Tick one purpose and name the account that gets it."),
    "custodians": lazy_gettext("Whoever had words before has none afterwards."),
    "agency_make": lazy_gettext("Name the agency by its code."),
    "agency_confirm": lazy_gettext(
        "Name the key by its whole number, after you heard its fingerprint."
    ),
    "agency_revoke": lazy_gettext("Name the key by its whole number."),
}


def key_words(key: str) -> str:
    """A key as a page names it."""
    if key == DATA_KEYS:
        return gettext("data keys of all persons")
    return gettext("name index") if key == "index" else word(PURPOSES, key)


class KeyOrderForm(PageForm):
    """One operation, exactly as it is to be done."""

    operation = RadiosField(
        lazy_gettext("What is to be done"),
        options=lambda: [
            Option(value=code, label=text, hint=_HINTS[code]) for code, text in OPERATIONS.items()
        ],
        required=lazy_gettext("Choose what is to be done"),
    )
    keys = CheckboxesField(
        lazy_gettext("Which keys"),
        options=lambda: [Option(value=key, label=key_words(key)) for key in ROTATED],
        optional=True,
    )
    whom = TextField(
        lazy_gettext("Whom it is about"),
        hint=lazy_gettext(
            "Sign-in names, the code of an agency, or the number of a key; with spaces between."
        ),
        optional=True,
        direction="ltr",
        max_length=1400,
    )
    submit = SubmitField(lazy_gettext("Ask another administrator"))
