"""Signing in and out, locking, leaving: what every role shares."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask import session as form_session
from flask_babel import gettext
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from app.demonstration import signins
from app.demonstration.signins import SignInCard
from app.identity import clear_cookie
from app.web.account.forms import SignInForm, UnlockForm
from app.web.account.passkeys import as_answer, bound_to
from app.web.account.proving import proved_by, ways, went_on
from app.web.account.visitor import address, device, own_place, site
from app.work import opens
from models.vocabulary import Role
from workflows import attempts, drafts, passkeys, sessions
from workflows import sign_in as signing
from workflows.accounts import SYSTEM_ACTOR
from workflows.errors import SignInFailed, TooManyAttempts
from workflows.policy import Act
from workflows.sessions import SignedIn
from workflows.sign_in import SignInCommand
from workflows.work import Work

blueprint = Blueprint("session", __name__)

HOME = {
    Role.BORDER_OFFICIAL: "border.today",
    Role.PROTECTION_OFFICER: "protection.queue",
    Role.SUPERVISOR: "supervision.board",
    Role.ADMINISTRATOR: "administration.users",
    Role.MONITOR: "supervision.board",
}


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
    if request.method == "GET" or not form.validate_on_submit():
        return sign_in_page(work, form), 200 if request.method == "GET" else 422
    command = _command(form, _cards(work), work)
    try:
        signed_in = signing.sign_in(work, command)
    except (SignInFailed, TooManyAttempts) as error:
        if isinstance(error, SignInFailed):
            work.start_again()
            signing.count_failure(work, command)
        form.form_errors = [gettext(error.message)]
        return sign_in_page(work, form), error.status
    return entered(work, signed_in)


@blueprint.post("/sign-in/passkey")
@opens(Act.SIGN_IN, typed=True, signed_out=True)
def sign_in_with_passkey(work: Work) -> Any:
    """Sign in with a passkey alone: it verifies its owner, so it is both factors."""
    form = SignInForm()
    if not form.validate_on_submit():
        return sign_in_page(work, form), 422
    try:
        answer = request.form.get("answer", "")
        signed_in = passkeys.sign_in(work, bound_to(work), answer, address(), device())
    except (SignInFailed, TooManyAttempts) as error:
        if isinstance(error, SignInFailed):
            work.start_again()
            attempts.count(work, address())
        form.form_errors = [
            gettext("This passkey does not open an account here.")
            if isinstance(error, SignInFailed)
            else gettext(error.message)
        ]
        return sign_in_page(work, form), error.status
    return entered(work, signed_in)


@blueprint.get("/sign-in/passkey")
@opens(Act.SIGN_IN, signed_out=True)
def passkey_request(work: Work) -> Response:
    """What the browser needs to ask for a passkey: anybody's to sign in, one's own behind a lock."""
    use: passkeys.Use = "sign_in" if work.actor is SYSTEM_ACTOR else "prove"
    return as_answer(passkeys.request_options(work, bound_to(work), use))


def entered(work: Work, signed_in: SignedIn) -> Response:
    """The answer to who has signed in: a new token, no form of an old session, and on to where they were."""
    form_session.clear()
    return went_on(work, signed_in, own_place(request.args.get("next", "")))


def sign_in_page(work: Work, form: SignInForm) -> str:
    """The page with all ways in that this deployment offers."""
    return render_template(
        "session/sign_in.html",
        form=form,
        cards=_cards(work),
        with_passkey=site(work.settings) is not None,
        provider=work.settings.oidc_name if work.settings.oidc_issuer else None,
    )


def _cards(work: Work) -> list[SignInCard]:
    """The accounts of a demonstration, offered on the page; a real deployment has none."""
    return signins.read(work.settings.data_dir) if work.settings.demonstration else []


def _command(form: SignInForm, cards: list[SignInCard], work: Work) -> SignInCommand:
    """What was typed, or in a demonstration the card whose button was pressed."""
    name, password, code = form.name.data, form.password.data, form.code.data
    pressed = request.form.get("card")
    for card in cards:
        if card.name == pressed:
            code = card.code(signing.next_moment(work, card.name))
            name, password = card.name, card.password
    return SignInCommand(
        name=name or "",
        password=password or "",
        code=code or "",
        address=address(),
        device=device(),
    )


@blueprint.post("/sign-out")
@opens(Act.USE_OWN_SESSION, owing=True)
def sign_out(work: Work) -> Response:
    """End the session on the server, and tell the browser to forget these pages."""
    sessions.sign_out(work)
    form_session.clear()
    response = redirect(url_for("session.sign_in"), 303)
    clear_cookie(response, work.settings)
    return response


@blueprint.post("/lock")
@opens(Act.USE_OWN_SESSION, owing=True)
def lock(work: Work) -> Response:
    """Lock the screen. What was typed on a page that can show it again is kept sealed, on the server."""
    sessions.lock(work)
    page = own_place(request.form.get("page", ""))
    if _shows_again(page):
        typed = parse_qsl(request.form.get("typed", ""), keep_blank_values=True)
        # More than a form of ours can hold is not kept: the lock matters more.
        if drafts.fits(page, typed):
            drafts.keep(work, page, typed)
    here = own_place(request.form.get("here", ""))
    return redirect(url_for("session.unlock", next=None if here == "/" else here), 303)


def _shows_again(page: str) -> bool:
    """Whether a page takes what was typed and shows it again: a form, not a button."""
    try:
        endpoint, _ = current_app.url_map.bind("").match(urlsplit(page).path, method="POST")
    except HTTPException:
        return False
    return bool(getattr(current_app.view_functions[endpoint], "typed", False))


@blueprint.get("/awake")
@opens(Act.USE_OWN_SESSION, owing=True)
def awake(work: Work) -> Response:  # noqa: ARG001  # the door hands every view its work
    """Somebody types and sends nothing yet: the session is in use."""
    return Response(status=204)


@blueprint.route("/unlock", methods=["GET", "POST"])
@opens(Act.SIGN_IN, typed=True, signed_out=True)
def unlock(work: Work) -> Any:
    """Open a locked session with the password or a passkey."""
    if work.actor is SYSTEM_ACTOR:
        return redirect(url_for("session.sign_in", next=request.args.get("next")), 303)
    form, status = UnlockForm(), 200
    if request.method == "POST":
        proved = proved_by(work, form)
        if isinstance(proved, SignedIn):
            return went_on(work, proved, own_place(request.args.get("next", "")))
        status = proved
    return render_template("session/unlock.html", form=form, **ways(work)), status


@blueprint.get("/leave")
def leave() -> str:
    """A neutral page that names nobody and nothing. Needs no session and opens no data."""
    return render_template("session/leave.html")


leave.act = Act.SIGN_IN  # type: ignore[attr-defined]  # every route names an act; this one opens nothing
leave.signed_out = True  # type: ignore[attr-defined]  # likewise


@blueprint.get("/accessibility")
@opens(Act.SIGN_IN, signed_out=True, owing=True)
def accessibility(work: Work) -> str:
    """What everybody can use and how that was tried, what falls short, and whom to tell."""
    contact = work.settings.accessibility_contact
    return render_template("session/accessibility.html", contact=contact)


@blueprint.get("/healthz")
def healthz() -> Response:
    """For whoever watches the process: that it answers. Says nothing else."""
    return Response("ok", mimetype="text/plain")


healthz.act = Act.SIGN_IN  # type: ignore[attr-defined]  # see above
healthz.signed_out = True  # type: ignore[attr-defined]  # see above
