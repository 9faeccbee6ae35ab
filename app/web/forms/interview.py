"""The form before a private interview: told what it is for, and alone."""

from __future__ import annotations

from flask_babel import lazy_gettext

from app.web.fields import (
    CheckboxesField,
    Choices,
    Option,
    SelectField,
    SubmitField,
    language_choices,
)
from app.web.forms.base import PageForm
from app.web.forms.telling import how_told, interpreter, understood
from config.codes import rows

ALONE = "alone"


def _languages() -> Choices:
    return language_choices(tuple(row["code"] for row in rows("languages")))


class BeginForm(PageForm):
    """How the person was told, and the setting."""

    language = SelectField(
        lazy_gettext("Language"),
        choices=_languages,
        required=lazy_gettext("Choose the language in which the person was told."),
    )
    understood = understood()
    how = how_told()
    interpreter = interpreter(
        lazy_gettext("Who interprets"),
        hint=lazy_gettext("Somebody whom the person accepts; never a companion or relative."),
        officer=lazy_gettext("An officer of this desk"),
        required=lazy_gettext("Choose who interprets."),
    )
    setting = CheckboxesField(
        lazy_gettext("The setting"),
        options=(
            Option(
                value=ALONE,
                label=lazy_gettext(
                    "The person is alone with me and the interpreter. Nobody else sees or hears us."
                ),
            ),
        ),
        required=lazy_gettext("Begin only when you are alone with the person."),
    )
    submit = SubmitField(lazy_gettext("Begin the interview"))
