"""Forms of a desk: refuse, pass on, report an outcome, record a decision, lift a safeguard."""

from __future__ import annotations

from flask import g
from flask_babel import gettext, lazy_gettext

from app.web.dates import DAY
from app.web.fields import (
    NO,
    YES,
    Choices,
    CodeField,
    HiddenField,
    Option,
    PartialDateField,
    RadiosField,
    SelectField,
    SubmitField,
)
from app.web.fields import TextAreaField as Lines
from app.web.forms.base import PageForm, coming_day
from app.web.office_words import OUTCOMES, QUESTIONS, REASONS, word
from models.vocabulary import OutcomeCode, QuestionReason, RefusalReason


def _reasons() -> list[Option]:
    return [Option(value=code.value, label=word(REASONS, code)) for code in RefusalReason]


def _questions() -> list[Option]:
    return [Option(value=code.value, label=word(QUESTIONS, code)) for code in QuestionReason]


def _outcomes() -> list[Option]:
    return [Option(value=code.value, label=word(OUTCOMES, code)) for code in OutcomeCode]


def _desks() -> Choices:
    """The desks that the view has found, from `g.other_desks`: (code, label)."""
    return Choices(((None, tuple(g.other_desks)),))


def _decidable() -> list[Option]:
    """What the body decides, from `g.decidable`: (fact, sentence of the pack)."""
    return [Option(value=code, label=label) for code, label in g.decidable]


def _yes_no() -> list[Option]:
    return [
        Option(value=YES, label=gettext("Yes, so decided")),
        Option(value=NO, label=gettext("No, decided otherwise")),
    ]


def _grounds() -> Lines:
    return Lines(
        lazy_gettext("The decision and its grounds"),
        hint=lazy_gettext("Sealed and kept for ever. It must stand before a court."),
        required=lazy_gettext("Write the decision and its grounds"),
        max_length=1000,
        counted=True,
    )


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


class AskForm(PageForm):
    """What the desk must know before it can answer, and why."""

    reason = RadiosField(
        lazy_gettext("What is it about"),
        options=_questions,
        required=lazy_gettext("Choose what it is about"),
    )
    text = Lines(
        lazy_gettext("Your question"),
        hint=lazy_gettext("Sealed. Ask only what you need to decide whether to accept."),
        required=lazy_gettext("Write the question"),
        max_length=1000,
        counted=True,
    )
    submit = SubmitField(lazy_gettext("Ask the sender"))


class WaitForm(PageForm):
    """Until when a place is expected."""

    expected_on = coming_day(
        lazy_gettext("Day on which you expect a place"),
        required=lazy_gettext("Enter the day on which you expect a place"),
    )
    submit = SubmitField(lazy_gettext("Put on the waiting list"))


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

    reason = _grounds()
    version = HiddenField()
    submit = SubmitField(lazy_gettext("Lift this safeguard"), kind="warning")


class DecisionForm(PageForm):
    """What the body decided, when, and why."""

    fact = RadiosField(
        lazy_gettext("What was decided"),
        options=_decidable,
        required=lazy_gettext("Choose what was decided"),
    )
    value = RadiosField(
        lazy_gettext("Is this so?"),
        options=_yes_no,
        inline=True,
        required=lazy_gettext("Choose yes or no"),
    )
    on = PartialDateField(
        lazy_gettext("Day of the decision"),
        kinds=(DAY,),
        today=lambda: g.today,
        required=lazy_gettext("Enter the day of the decision"),
    )
    reference = CodeField(
        lazy_gettext("Number of the decision"),
        hint=lazy_gettext("As it stands on the document."),
        direction="auto",
        max_length=100,
        required=lazy_gettext("Enter the number of the decision"),
    )
    reason = _grounds()
    seen = HiddenField()
    submit = SubmitField(lazy_gettext("Record the decision"))
