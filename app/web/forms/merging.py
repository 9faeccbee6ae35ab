"""Forms for two records of one person: look for another, propose, take back."""

from __future__ import annotations

from flask import g
from flask_babel import lazy_gettext

from app.web.fields import CodeField, HiddenField, Option, RadiosField, SubmitField
from app.web.fields import TextAreaField as Lines
from app.web.forms.base import PageForm


def _which() -> list[Option]:
    """The two case numbers, from `g.both`: (value, number, day)."""
    return [Option(value=value, label=number, hint=hint) for value, number, hint in g.both]


class OtherRecordForm(PageForm):
    """The number of the other record."""

    other = CodeField(
        lazy_gettext("Number of the other case"),
        hint=lazy_gettext("It must be in your desk's care as well."),
        required=lazy_gettext("Enter the number of the other case"),
        max_length=20,
    )
    submit = SubmitField(lazy_gettext("Compare"), kind="secondary")


class ProposeMergeForm(PageForm):
    """Which record leads, and why they are of one person."""

    leads = RadiosField(
        lazy_gettext("Which record leads?"),
        hint=lazy_gettext("Both stay as they are. The leading one is named first."),
        options=_which,
        required=lazy_gettext("Choose which record leads"),
    )
    reason = Lines(
        lazy_gettext("Why they are of one person"),
        hint=lazy_gettext(
            "Sealed. Write what you saw and heard yourself, not only that names are alike."
        ),
        required=lazy_gettext("Write why they are of one person"),
        max_length=1000,
        counted=True,
    )
    submit = SubmitField(lazy_gettext("Propose to put them together"))


class UndoMergeForm(PageForm):
    """Why they are of two persons after all."""

    reason = Lines(
        lazy_gettext("Why they are of two persons after all"),
        hint=lazy_gettext("Sealed. Another account of your agency decides on it."),
        required=lazy_gettext("Write why they are of two persons"),
        max_length=1000,
        counted=True,
    )
    version = HiddenField()
    submit = SubmitField(lazy_gettext("Propose to take it back"), kind="warning")
