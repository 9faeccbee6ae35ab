"""Signing in and out, locking, leaving: what every role shares."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request, url_for
from flask import session as form_session
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response

from app.demonstration import signins
from app.demonstration.signins import SignInCard
from app.identity import clear_cookie, set_cookie
from app.web.fields import CodeField, PasswordField, SubmitField, TextField
from app.web.forms.base import PageForm
from app.work import opens
from models.vocabulary import Role
from workflows import accounts
from workflows.accounts import SYSTEM_ACTOR, SignInCommand
from workflows.errors import SignInFailed, TooManyAttempts
from workflows.policy import Act
from workflows.work import Work

blueprint = Blueprint("session", __name__)

HOME = {
    Role.BORDER_OFFICIAL: "border.today",
    Role.PROTECTION_OFFICER: "protection.queue",
    Role.SUPERVISOR: "supervision.board",
    Role.ADMINISTRATOR: "administration.users",
    Role.MONITOR: "supervision.board",
}


class SignInForm(PageForm):
    """Name, password, code. Nothing is remembered by the browser unless the officer wants it."""

    name = TextField(
        lazy_gettext("Sign-in name"), autocomplete="username", direction="ltr", max_length=60
    )
    password = PasswordField(lazy_gettext("Password"))
    code = CodeField(
        lazy_gettext("Code"),
        hint=lazy_gettext("Six digits from your authenticator"),
        width=10,
        inputmode="numeric",
        autocomplete="one-time-code",
        max_length=12,
    )
    submit = SubmitField(lazy_gettext("Sign in"))


class UnlockForm(PageForm):
    """The password again, after the screen was locked."""

    password = PasswordField(lazy_gettext("Password"))
    submit = SubmitField(lazy_gettext("Unlock"))


@blueprint.get("/")
@opens(Act.USE_OWN_SESSION)
def home(work: Work) -> Response:
    """The first page of one's role."""
    return redirect(url_for(HOME[work.actor.role]), 303)


@blueprint.route("/sign-in", methods=["GET", "POST"])
@opens(Act.SIGN_IN, typed=True, signed_out=True)
def sign_in(work: Work) -> Any:
    """Sign in. A wrong name, password or code get the same answer, in the same time."""
    form = SignInForm()
    cards = _cards(work)
    if request.method == "GET" or not form.validate_on_submit():
        status = 200 if request.method == "GET" else 422
        return render_template("session/sign_in.html", form=form, cards=cards), status
    command = _command(form, cards, work)
    try:
        signed_in = accounts.sign_in(work, command)
    except (SignInFailed, TooManyAttempts) as error:
        if isinstance(error, SignInFailed):
            work.session.rollback()
            accounts.count_failure(work, command)
        form.form_errors = [gettext(error.message)]
        return render_template("session/sign_in.html", form=form, cards=cards), error.status
    form_session.clear()
    response = redirect(_next(), 303)
    set_cookie(response, work.settings, signed_in.token)
    return response


def _cards(work: Work) -> list[SignInCard]:
    """The accounts of a demonstration, offered on the page; a real deployment has none."""
    return signins.read(work.settings.data_dir) if work.settings.demonstration else []


def _command(form: SignInForm, cards: list[SignInCard], work: Work) -> SignInCommand:
    """What was typed, or in a demonstration the card whose button was pressed."""
    address = request.remote_addr or ""
    pressed = request.form.get("card")
    for card in cards:
        if card.name == pressed:
            code = card.code(accounts.next_moment(work, card.name))
            return SignInCommand(name=card.name, password=card.password, code=code, address=address)
    return SignInCommand(
        name=form.name.data or "",
        password=form.password.data or "",
        code=form.code.data or "",
        address=address,
    )


@blueprint.post("/sign-out")
@opens(Act.USE_OWN_SESSION)
def sign_out(work: Work) -> Response:
    """End the session on the server, and tell the browser to forget these pages."""
    accounts.sign_out(work)
    form_session.clear()
    response = redirect(url_for("session.sign_in"), 303)
    clear_cookie(response, work.settings)
    return response


@blueprint.post("/lock")
@opens(Act.USE_OWN_SESSION)
def lock(work: Work) -> Response:
    """Lock the screen: nothing opens before the password is given again."""
    accounts.lock(work)
    return redirect(url_for("session.unlock"), 303)


@blueprint.route("/unlock", methods=["GET", "POST"])
@opens(Act.SIGN_IN, typed=True, signed_out=True)
def unlock(work: Work) -> Any:
    """Open a locked session with the password."""
    if work.actor is SYSTEM_ACTOR:
        return redirect(url_for("session.sign_in"), 303)
    form = UnlockForm()
    if request.method == "GET" or not form.validate_on_submit():
        return render_template(
            "session/unlock.html", form=form
        ), 200 if request.method == "GET" else 422
    try:
        accounts.unlock(work, form.password.data or "", request.remote_addr or "")
    except (SignInFailed, TooManyAttempts) as error:
        form.form_errors = [gettext(error.message)]
        return render_template("session/unlock.html", form=form), error.status
    return redirect(_next(), 303)


@blueprint.get("/leave")
def leave() -> str:
    """A neutral page that names nobody and nothing. Needs no session and opens no data."""
    return render_template("session/leave.html")


leave.act = Act.SIGN_IN  # type: ignore[attr-defined]  # every route names an act; this one opens nothing
leave.signed_out = True  # type: ignore[attr-defined]  # likewise


@blueprint.get("/healthz")
def healthz() -> tuple[str, int]:
    """For whoever watches the process: that it answers. Says nothing else."""
    return "ok", 200


healthz.act = Act.SIGN_IN  # type: ignore[attr-defined]  # see above
healthz.signed_out = True  # type: ignore[attr-defined]  # see above


def _next() -> str:
    """Where the officer was going: only a path of ours, never another host."""
    wanted = request.args.get("next", "")
    parts = urlsplit(wanted)
    if (
        parts.scheme
        or parts.netloc
        or not wanted.startswith("/")
        or wanted.startswith(("//", "/\\"))
    ):
        return url_for("session.home")
    return wanted
