"""Forms of looking for family: whom, and how it ended."""

from __future__ import annotations

from flask_babel import lazy_gettext

from app.web.fields import (
    ConfirmField,
    HiddenField,
    IntegerField,
    Option,
    RadiosField,
    SubmitField,
    TextField,
)
from app.web.fields import TextAreaField as Lines
from app.web.forms.base import PageForm
from app.web.office_words import SEXES, word
from app.web.tracing_words import RELATIONS, TRACING_STATES
from models.vocabulary import Sex, SoughtRelation, TracingState


def _relations() -> list[Option]:
    return [Option(value=one.value, label=word(RELATIONS, one)) for one in SoughtRelation]


def _sexes() -> list[Option]:
    return [Option(value=one.value, label=word(SEXES, one)) for one in Sex]


def _ends() -> list[Option]:
    ends = (TracingState.FOUND, TracingState.CLOSED)
    return [Option(value=one.value, label=word(TRACING_STATES, one)) for one in ends]


class OpenTracingForm(PageForm):
    """Whom the person looks for."""

    names = Lines(
        lazy_gettext("Every form of the name"),
        hint=lazy_gettext(
            "Each on a line of its own, in any script: as the person says it, as it is written at home, "
            "nicknames. Family name and given name find more than one word."
        ),
        required=lazy_gettext("Write the name of whom they look for"),
        rows=3,
        max_length=600,
        direction="auto",
    )
    relation = RadiosField(
        lazy_gettext("What is the sought one to the person?"),
        options=_relations,
        required=lazy_gettext("Choose what they are to the person"),
    )
    sex = RadiosField(lazy_gettext("Sex of the sought one"), options=_sexes, inline=True)
    born_from = IntegerField(
        lazy_gettext("Born in, or not before"), hint=lazy_gettext("A year"), optional=True
    )
    born_to = IntegerField(
        lazy_gettext("Not after"),
        hint=lazy_gettext("A year, if it is not known exactly"),
        optional=True,
    )
    place = TextField(
        lazy_gettext("Where they were last seen"), optional=True, max_length=200, direction="auto"
    )
    when = TextField(lazy_gettext("When"), optional=True, max_length=200, direction="auto")
    says = Lines(
        lazy_gettext("What else helps to know them again"),
        hint=lazy_gettext("Sealed. No more than is needed."),
        optional=True,
        rows=3,
        max_length=1000,
        counted=True,
    )
    wished = ConfirmField(
        lazy_gettext("The person wishes it. Of a child, the guardian was asked too."),
        required=lazy_gettext("Nobody is looked for without the person's wish"),
    )
    safe = ConfirmField(
        lazy_gettext("It was looked at whether the sought one, or being found, is a danger."),
        required=lazy_gettext("Look first whether it is safe"),
    )
    submit = SubmitField(lazy_gettext("Look for them"))


class EndTracingForm(PageForm):
    """How a search ended."""

    state = RadiosField(
        lazy_gettext("How it ended"), options=_ends, required=lazy_gettext("Choose how it ended")
    )
    says = Lines(
        lazy_gettext("What came of it"),
        hint=lazy_gettext("Sealed."),
        required=lazy_gettext("Write what came of it"),
        max_length=1000,
        counted=True,
    )
    version = HiddenField()
    submit = SubmitField(lazy_gettext("End the search"), kind="warning")
