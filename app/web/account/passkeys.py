"""Passkeys of one's own: made, taken away; and what a browser needs to make one or to ask for one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from app.web.account.forms import PasskeyForm
from app.web.account.routes import blueprint
from app.web.account.visitor import site
from app.work import opens
from workflows import passkeys
from workflows.errors import InvalidCommand
from workflows.passkeys import Site
from workflows.policy import Act
from workflows.work import Work


def bound_to(work: Work) -> Site:
    """The site, where passkeys can be had here; else there is no such page."""
    found = site(work.settings)
    if found is None:
        raise NotFound
    return found


def as_answer(options: str) -> Response:
    """Options for the browser, as WebAuthn's JSON."""
    return Response(options, mimetype="application/json")


@blueprint.get("/passkeys/options")
@opens(Act.USE_OWN_SESSION, owing=True)
def passkey_options(work: Work) -> Response:
    """What the browser needs to make a passkey."""
    return as_answer(passkeys.register_options(work, bound_to(work)))


@blueprint.route("/passkeys/new", methods=["GET", "POST"])
@opens(Act.CHANGE_OWN_ACCOUNT, typed=True, owing=True)
def new_passkey(work: Work) -> Any:
    """Make a passkey. Needs a script: passkeys are the browser's."""
    form = PasskeyForm()
    bound = bound_to(work)
    if request.method == "POST" and form.is_sound():
        try:
            passkeys.register(work, bound, request.form.get("answer", ""), form.label.data or "")
        except InvalidCommand:
            work.start_again()
            form.form_errors = [gettext("The passkey could not be taken. Try again.")]
        else:
            return redirect(url_for("account.overview", done="passkey"), 303)
    page = render_template("account/new_passkey.html", form=form)
    return page, 422 if form.errors or form.form_errors else 200


@blueprint.post("/passkeys/<uuid:passkey_id>/remove")
@opens(Act.CHANGE_OWN_ACCOUNT)
def remove_passkey(work: Work, passkey_id: UUID) -> Response:
    """Take a passkey away: it opens nothing any more."""
    try:
        passkeys.remove(work, passkey_id)
    except InvalidCommand:
        work.start_again()
        return redirect(url_for("account.overview", done="last_passkey"), 303)
    return redirect(url_for("account.overview", done="removed"), 303)
