"""The form before a private interview: told what it is for, and alone."""

from __future__ import annotations

from flask_babel import lazy_gettext

from app.web.fields import (
    CheckboxesField,
    Choices,
    Option,
    RadiosField,
    SelectField,
    SubmitField,
    language_choices,
)
from app.web.forms.base import PageForm
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
    understood = RadiosField(
        lazy_gettext("Did the person understand?"),
        inline=True,
        options=(
            Option(value="yes", label=lazy_gettext("Yes")),
            Option(value="no", label=lazy_gettext("Not sure")),
        ),
        required=lazy_gettext("Say whether the person understood."),
    )
    how = RadiosField(
        lazy_gettext("How"),
        options=(
            Option(value="read_aloud", label=lazy_gettext("Read aloud")),
            Option(value="read_by_person", label=lazy_gettext("Read by the person")),
            Option(value="recording", label=lazy_gettext("Played from a recording")),
            Option(value="signed", label=lazy_gettext("In signs or pictures")),
        ),
        required=lazy_gettext("Choose how the person was told."),
    )
    interpreter = RadiosField(
        lazy_gettext("Who interprets"),
        hint=lazy_gettext("Somebody whom the person accepts; never a companion or relative."),
        options=(
            Option(value="none_needed", label=lazy_gettext("Nobody: no need")),
            Option(value="here", label=lazy_gettext("An interpreter, here")),
            Option(value="by_phone", label=lazy_gettext("An interpreter, by phone or video")),
            Option(value="officer", label=lazy_gettext("An officer of this desk")),
        ),
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
