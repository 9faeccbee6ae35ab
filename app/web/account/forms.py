"""Forms of signing in and of one's own account."""

from __future__ import annotations

from flask_babel import lazy_gettext

from app.web.fields import CodeField, PasswordField, SubmitField, TextField
from app.web.forms.base import PageForm


class SignInForm(PageForm):
    """Name, password, code. Nothing is remembered by the browser unless the officer wants it."""

    name = TextField(
        lazy_gettext("Sign-in name"), autocomplete="username", direction="ltr", max_length=60
    )
    password = PasswordField(lazy_gettext("Password"))
    code = CodeField(
        lazy_gettext("Code"),
        hint=lazy_gettext("Six digits from your authenticator, or one of your codes on paper"),
        width=20,
        autocomplete="one-time-code",
        max_length=40,
    )
    submit = SubmitField(lazy_gettext("Sign in"))


class UnlockForm(PageForm):
    """The password again, after the screen was locked."""

    password = PasswordField(lazy_gettext("Password"))
    submit = SubmitField(lazy_gettext("Unlock"))


class ProveForm(PageForm):
    """The password again, before an act of weight."""

    password = PasswordField(lazy_gettext("Password"))
    submit = SubmitField(lazy_gettext("Go on"))


class PasswordForm(PageForm):
    """The present password, and twice the next."""

    present_password = PasswordField(lazy_gettext("Present password"))
    wanted_password = PasswordField(
        lazy_gettext("New password"),
        hint=lazy_gettext(
            "At least 15 characters. Several words that have nothing to do with each other are easy to keep."
        ),
        autocomplete="new-password",
    )
    again_password = PasswordField(
        lazy_gettext("New password, once more"), autocomplete="new-password"
    )
    submit = SubmitField(lazy_gettext("Change the password"))


class PasskeyForm(PageForm):
    """What a new passkey is called, and what the browser has made. `answer` is filled by the script."""

    label = TextField(
        lazy_gettext("What you call it"),
        hint=lazy_gettext("So that you know it again, as: blue key, work phone."),
        max_length=60,
        width=20,
    )
