"""Forms of versions: why one is brought in, and the password of whoever signs."""

from __future__ import annotations

from flask_babel import lazy_gettext

from app.web.fields import HiddenField, PasswordField, SubmitField, TextAreaField
from app.web.forms.base import PageForm
from app.web.papers import FileField


def _note() -> TextAreaField:
    return TextAreaField(
        lazy_gettext("What changes, and why"),
        hint=lazy_gettext("For whoever publishes it. Write no name."),
        required=lazy_gettext("Say what changes, and why"),
        max_length=400,
    )


def _password() -> PasswordField:
    return PasswordField(
        lazy_gettext("Your password"),
        hint=lazy_gettext("You sign with it."),
        required=lazy_gettext("Enter your password"),
    )


class BringInForm(PageForm):
    """A draft: the reason, and the author's signature."""

    note = _note()
    password = _password()
    submit = SubmitField(lazy_gettext("Sign and bring in"))


class PackFileField(FileField):
    """A published pack or its signatures."""

    accept = ".json"


class BringInFileForm(PageForm):
    """A draft from a published file, with the signatures that came with it."""

    file = PackFileField(
        lazy_gettext("Published file"),
        hint=lazy_gettext("What `serai pack export` wrote, at most 4 megabytes."),
        required=lazy_gettext("Choose a file."),
    )
    signatures = PackFileField(
        lazy_gettext("Signatures"),
        hint=lazy_gettext(
            "The file signatures.json that came with it, where this deployment asks for it."
        ),
    )
    note = _note()
    password = _password()
    submit = SubmitField(lazy_gettext("Sign and bring in"))


class SignForm(PageForm):
    """The signature under a version; `version` is that of the page."""

    version = HiddenField(max_length=9)
    password = _password()
    submit = SubmitField(lazy_gettext("Sign"))
