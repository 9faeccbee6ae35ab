"""Asking again who sits there, before an act of weight; and going on with what was sent or typed."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from app.identity import set_cookie
from app.web.account.forms import ProveForm
from app.web.account.routes import blueprint
from app.web.account.visitor import address, site
from app.web.forms.base import PageForm
from app.work import DRAFT, opens
from workflows import attempts, drafts, step_up
from workflows.errors import SignInFailed, TooManyAttempts
from workflows.policy import Act
from workflows.sessions import SignedIn
from workflows.work import Work


@blueprint.route("/prove", methods=["GET", "POST"])
@opens(Act.USE_OWN_SESSION, typed=True)
def prove(work: Work) -> Any:
    """Prove again who sits there, with the password or a passkey; then go on."""
    form, status = ProveForm(), 200
    if request.method == "POST":
        proved = proved_by(work, form)
        if isinstance(proved, SignedIn):
            return went_on(work, proved, url_for("session.home"))
        status = proved
    return render_template("account/prove.html", form=form, **ways(work)), status


def ways(work: Work) -> dict[str, bool]:
    """With what whoever is signed in may prove it here."""
    return {
        "with_passkey": site(work.settings) is not None,
        "with_password": step_up.takes_password(work),
    }


def proved_by(work: Work, form: PageForm) -> SignedIn | int:
    """The renewed session of who gave password or passkey; else the status, with the errors."""
    if not form.is_sound():
        return 422
    answer, bound = request.form.get("answer"), site(work.settings)
    try:
        if answer and bound is not None:
            return step_up.with_passkey(work, bound, answer, address())
        return step_up.with_password(work, request.form.get("password", ""), address())
    except TooManyAttempts as error:
        form.form_errors = [gettext(error.message)]
        return error.status
    except SignInFailed as error:
        if answer:
            work.start_again()
            attempts.count(work, address())
        form.form_errors = [gettext("This does not fit. Try again.")]
        return error.status


def went_on(work: Work, proved: SignedIn, else_to: str) -> Response:
    """On to what waits for its owner, or to `else_to`, with the new token."""
    waits = drafts.waiting(work) is not None
    response = redirect(url_for("account.go_on") if waits else else_to, 303)
    set_cookie(response, work.settings, proved.token)
    return response


@blueprint.get("/go-on")
@opens(Act.USE_OWN_SESSION)
def go_on(work: Work) -> Any:
    """What was sent before one was asked, to be sent now; or what was typed, to be shown again."""
    kept = drafts.waiting(work)
    if kept is None:
        return redirect(url_for("session.home"), 303)
    fields = kept.fields if kept.asked else ((DRAFT, str(kept.id)),)
    return render_template("account/go_on.html", kept=kept, fields=fields)


@blueprint.post("/draft/drop")
@opens(Act.USE_OWN_SESSION)
def drop_draft(work: Work) -> Response:
    """Throw away what waits."""
    drafts.drop(work)
    return redirect(url_for("session.home"), 303)
