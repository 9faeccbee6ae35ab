"""Forms of a desk: refuse, pass on, report an outcome, lift a safeguard."""

from __future__ import annotations

from flask import g
from flask_babel import lazy_gettext

from app.web.fields import Choices, HiddenField, Option, RadiosField, SelectField, SubmitField
from app.web.fields import TextAreaField as Lines
from app.web.forms.base import PageForm
from app.web.office_words import OUTCOMES, REASONS, word
from models.vocabulary import OutcomeCode, RefusalReason


def _reasons() -> list[Option]:
    return [Option(value=code.value, label=word(REASONS, code)) for code in RefusalReason]


def _outcomes() -> list[Option]:
    return [Option(value=code.value, label=word(OUTCOMES, code)) for code in OutcomeCode]


def _desks() -> Choices:
    """The desks that the view has found, from `g.other_desks`: (code, label)."""
    return Choices(((None, tuple(g.other_desks)),))


class RefuseForm(PageForm):
    """Why the desk does not take it."""

    reason = RadiosField(
        lazy_gettext("Why"), options=_reasons, required=lazy_gettext("Choose the reason")
    )
    submit = SubmitField(lazy_gettext("Refuse"), kind="warning")


class RedirectForm(PageForm):
    """Which desk may meet the need, and why this one does not."""

    desk = SelectField(
        lazy_gettext("To which desk"),
        choices=_desks,
        required=lazy_gettext("Choose the desk"),
    )
    reason = RadiosField(
        lazy_gettext("Why"), options=_reasons, required=lazy_gettext("Choose the reason")
    )
    submit = SubmitField(lazy_gettext("Pass on"))


class OutcomeForm(PageForm):
    """What came of it."""

    outcome = RadiosField(
        lazy_gettext("What came of it"),
        options=_outcomes,
        required=lazy_gettext("Choose what came of it"),
    )
    note = Lines(
        lazy_gettext("Note"),
        hint=lazy_gettext("Sealed. Write no more than the sender needs to know."),
        optional=True,
        max_length=1000,
        counted=True,
    )
    submit = SubmitField(lazy_gettext("Report the outcome"))


class LiftForm(PageForm):
    """The decision that ends a safeguard."""

    reason = Lines(
        lazy_gettext("The decision and its grounds"),
        hint=lazy_gettext("Sealed and kept for ever. It must stand before a court."),
        required=lazy_gettext("Write the decision and its grounds"),
        max_length=1000,
        counted=True,
    )
    version = HiddenField()
    submit = SubmitField(lazy_gettext("Lift this safeguard"), kind="warning")
