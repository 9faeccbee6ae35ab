"""Forms of casework: a note, a flag, an appointment."""

from __future__ import annotations

from flask import g
from flask_babel import lazy_gettext

from app.web.casework_words import (
    AUDIENCE_HINTS,
    AUDIENCES,
    BRING,
    FLAGS,
    TASK_CHANGES,
    WITHHELD,
)
from app.web.fields import (
    CheckboxesField,
    Choices,
    CodeField,
    HiddenField,
    Option,
    RadiosField,
    SelectField,
    SubmitField,
    TextField,
)
from app.web.fields import TextAreaField as Lines
from app.web.forms.base import PageForm, coming_day
from app.web.office_words import word
from models.vocabulary import Bring, FlagKind, TaskChangeKind, Withheld


def _audiences() -> list[Option]:
    """For whom the officer may write, from `g.audiences`."""
    return [
        Option(value=one.value, label=word(AUDIENCES, one), hint=word(AUDIENCE_HINTS, one))
        for one in g.audiences
    ]


def _withheld() -> Choices:
    return Choices(((None, tuple((one.value, word(WITHHELD, one)) for one in Withheld)),))


def _flags() -> list[Option]:
    return [Option(value=one.value, label=word(FLAGS, one)) for one in FlagKind]


def _bring() -> list[Option]:
    return [Option(value=one.value, label=word(BRING, one)) for one in Bring]


class NoteForm(PageForm):
    """What an officer writes down."""

    text = Lines(
        lazy_gettext("The note"),
        hint=lazy_gettext(
            "Sealed. Write what was said and done, not what you think of the person."
        ),
        required=lazy_gettext("Write the note"),
        max_length=4000,
        counted=True,
    )
    audience = RadiosField(
        lazy_gettext("Who may read it"),
        options=_audiences,
        required=lazy_gettext("Choose who may read it"),
    )
    withheld = SelectField(
        lazy_gettext("Keep it from the person?"),
        choices=_withheld,
        blank=lazy_gettext("No: it is read out with their file"),
        hint=lazy_gettext(
            "Only for one of these reasons. The person hears that something is left out."
        ),
        optional=True,
    )
    corrects = HiddenField()
    submit = SubmitField(lazy_gettext("Keep this note"))


class CorrectNoteForm(NoteForm):
    """What is right instead; it goes to whoever read the first."""

    audience = HiddenField()


class FlagForm(PageForm):
    """What whoever meets the person must heed."""

    kinds = CheckboxesField(
        lazy_gettext("What to heed"), options=_flags, required=lazy_gettext("Choose at least one")
    )
    text = Lines(
        lazy_gettext("What to do, in your words"),
        hint=lazy_gettext("Sealed. Say what to do, not why."),
        optional=True,
        rows=2,
        max_length=300,
        counted=True,
    )
    expires_on = coming_day(
        lazy_gettext("Last day on which it stands"),
        required=lazy_gettext("Enter the last day"),
    )
    submit = SubmitField(lazy_gettext("Set this flag"))


class AppointmentForm(PageForm):
    """When and where, and what to bring."""

    day = coming_day(
        lazy_gettext("Day"),
        required=lazy_gettext("Enter the day"),
    )
    time = CodeField(
        lazy_gettext("Time at the desk"),
        hint=lazy_gettext("Hours and minutes, such as 14:30."),
        width=5,
        max_length=5,
        required=lazy_gettext("Enter the time"),
    )
    place = TextField(
        lazy_gettext("Where to come"),
        hint=lazy_gettext("An address or a room, not a name that tells why. It is printed."),
        max_length=200,
        required=lazy_gettext("Enter where to come"),
    )
    bring = CheckboxesField(lazy_gettext("What to bring"), options=_bring, optional=True)
    version = HiddenField()
    submit = SubmitField(lazy_gettext("Make this appointment"))


class MoveForm(AppointmentForm):
    """Another day, time or place instead."""

    submit = SubmitField(lazy_gettext("Move the appointment"))


def _colleagues() -> Choices:
    """The officers that the view has found, from `g.colleagues`: (id, name)."""
    return Choices(((None, tuple(g.colleagues)),))


def _changes() -> list[Option]:
    reveals = {TaskChangeKind.ASSIGN: "to", TaskChangeKind.SNOOZE: "until"}
    return [
        Option(value=one.value, label=word(TASK_CHANGES, one), reveals=reveals.get(one))
        for one in TaskChangeKind
    ]


class ChangeTasksForm(PageForm):
    """What to do with the tasks that were ticked."""

    kind = RadiosField(
        lazy_gettext("What to do with them"),
        options=_changes,
        required=lazy_gettext("Choose what to do"),
    )
    to = SelectField(lazy_gettext("To whom"), choices=_colleagues)
    until = coming_day(lazy_gettext("Until the morning of"))
    reason = TextField(
        lazy_gettext("Why they may rest"),
        hint=lazy_gettext("Sealed. Needed where tasks rest."),
        max_length=300,
        optional=True,
    )
    submit = SubmitField(lazy_gettext("See what would happen"))


class HandOverForm(PageForm):
    """Who is absent, and who takes their work."""

    absent = SelectField(
        lazy_gettext("Who is absent"),
        choices=_colleagues,
        required=lazy_gettext("Choose who is absent"),
    )
    to = SelectField(
        lazy_gettext("Who takes the work"),
        choices=_colleagues,
        hint=lazy_gettext("Somebody of the same desk."),
        required=lazy_gettext("Choose who takes it"),
    )
    submit = SubmitField(lazy_gettext("Hand over"))
