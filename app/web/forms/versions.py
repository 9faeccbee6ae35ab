"""Forms of versions: why one is brought in, and the password of whoever signs."""

from __future__ import annotations

from flask_babel import lazy_gettext

from app.web.fields import HiddenField, PasswordField, SubmitField, TextAreaField
from app.web.forms.base import PageForm


class BringInForm(PageForm):
    """A draft: the reason, and the author's signature."""

    note = TextAreaField(
        lazy_gettext("What changes, and why"),
        hint=lazy_gettext("For whoever publishes it. Write no name."),
        required=lazy_gettext("Say what changes, and why"),
        max_length=400,
    )
    password = PasswordField(
        lazy_gettext("Your password"),
        hint=lazy_gettext("You sign with it."),
        required=lazy_gettext("Enter your password"),
    )
    submit = SubmitField(lazy_gettext("Sign and bring in"))


class SignForm(PageForm):
    """The signature under a version; `version` is that of the page."""

    version = HiddenField(max_length=9)
    password = PasswordField(
        lazy_gettext("Your password"),
        hint=lazy_gettext("You sign with it."),
        required=lazy_gettext("Enter your password"),
    )
    submit = SubmitField(lazy_gettext("Sign"))
