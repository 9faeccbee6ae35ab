"""One's own password; and what is owed before anything else opens."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from app.identity import set_cookie
from app.web.account.forms import PasswordForm
from app.web.account.routes import blueprint
from app.web.account.visitor import address
from app.work import opens
from workflows import passwords
from workflows.errors import InvalidCommand, SignInFailed, TooManyAttempts
from workflows.passwords import ChangePassword
from workflows.policy import Act
from workflows.sessions import SignedIn
from workflows.work import Work


@blueprint.get("/first")
@opens(Act.USE_OWN_SESSION, owing=True)
def owed(work: Work) -> Response:  # noqa: ARG001  # the door hands every view its work
    """To what must be chosen before anything else: a password that nobody else has seen, then a passkey."""
    pages = {"password": "account.password", "passkey": "account.new_passkey"}
    return redirect(url_for(pages.get(g.resumed.owes, "session.home")), 303)


@blueprint.route("/password", methods=["GET", "POST"])
@opens(Act.USE_OWN_SESSION, typed=True, owing=True)
def password(work: Work) -> Any:
    """Change one's own password. All other sessions end."""
    form = PasswordForm()
    first = g.resumed.owes == "password"
    if request.method == "POST":
        changed = _changed(work, form)
        if changed is not None:
            target = "account.owed" if first else "account.overview"
            response = redirect(url_for(target, done=None if first else "password"), 303)
            set_cookie(response, work.settings, changed.token)
            return response
    page = render_template("account/password.html", form=form, first=first)
    return page, 422 if form.errors or form.form_errors else 200


def _changed(work: Work, form: PasswordForm) -> SignedIn | None:
    if not form.is_sound():
        return None
    wanted = form.wanted_password.data or ""
    if wanted != (form.again_password.data or ""):
        form.again_password.errors = [gettext("The two are not the same.")]
        return None
    present = form.present_password.data or ""
    try:
        return passwords.change_own(
            work, ChangePassword(present=present, wanted=wanted, address=address())
        )
    except SignInFailed:
        form.present_password.errors = [gettext("The password is not right.")]
    except TooManyAttempts as error:
        form.form_errors = [gettext(error.message)]
    except InvalidCommand:
        form.wanted_password.errors = [
            gettext(
                "Choose another: at least 15 characters, not one pattern, not one that many have, without "
                "your sign-in name or the word Serai, and not the one you have."
            )
        ]
    return None
