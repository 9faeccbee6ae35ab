"""Signing in through an OpenID provider: there, and back."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import structlog
from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask import session as form_session
from flask.sessions import SecureCookieSessionInterface
from flask_babel import gettext
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from app.identity import set_cookie
from app.openid import Begun, Provider, ProviderFailed
from app.web.account.forms import SignInForm
from app.web.account.visitor import address, device
from app.web.session import sign_in_page
from app.work import opens
from config.settings import Settings
from workflows import attempts, drafts, federation
from workflows.errors import SignInFailed, TooManyAttempts
from workflows.policy import Act
from workflows.work import Work

blueprint = Blueprint("federation", __name__, url_prefix="/sign-in/provider")

log = structlog.get_logger("serai")
_MINUTES = 10


@blueprint.get("")
@opens(Act.SIGN_IN, signed_out=True)
def begin(work: Work) -> Any:
    """On to the provider. What the way back must know is in a signed cookie, for ten minutes.

    Only by somebody's own act: a page elsewhere cannot begin it, or it could sign somebody in (ASVS 7.6.2).
    """
    if request.headers.get("Sec-Fetch-Site") in {"cross-site", "same-site"}:
        return _refused(work, gettext("Press the button here to sign in."), 403)
    try:
        there, begun = _provider(work.settings).begin()
    except ProviderFailed:
        return _refused(
            work, gettext("The other sign-in cannot be reached now. Use your password."), 503
        )
    response = redirect(there, 303)
    response.set_cookie(
        _cookie(work.settings),
        _signer().dumps(asdict(begun)),
        max_age=_MINUTES * 60,
        secure=work.settings.secure,
        httponly=True,
        # Lax: people come back from another site, and a strict cookie would stay behind.
        samesite="Lax",
        path="/",
    )
    return response


@blueprint.get("/back")
@opens(Act.SIGN_IN, signed_out=True)
def back(work: Work) -> Any:
    """Back from the provider: checked, and in. The page goes on by itself, so that strict cookies travel."""
    provider = _provider(work.settings)
    try:
        begun = Begun(
            **_signer().loads(request.cookies[_cookie(work.settings)], max_age=_MINUTES * 60)
        )
    except Exception as error:  # noqa: BLE001  # a missing, old or forged cookie: whatever it is, begin again
        log.info("sign_in_provider", code=type(error).__name__)
        return _refused(work, gettext("This took too long. Begin again."), 400)
    try:
        said = provider.finish(begun, request.args, work.now)
        signed_in = federation.sign_in(work, said, address(), device())
    except (ProviderFailed, SignInFailed):
        work.start_again()
        attempts.count(work, address())
        return _refused(work, gettext("The other sign-in does not open an account here."), 401)
    except TooManyAttempts as error:
        return _refused(work, gettext(error.message), error.status)
    form_session.clear()
    waits = drafts.waiting(work) is not None
    target = url_for("account.go_on" if waits else "session.home")
    response = Response(
        render_template("session/came_back.html", target=target), mimetype="text/html"
    )
    set_cookie(response, work.settings, signed_in.token)
    response.delete_cookie(_cookie(work.settings), path="/", secure=work.settings.secure)
    return response


def _refused(work: Work, words: str, status: int) -> tuple[str, int]:
    form = SignInForm(formdata=None)
    form.form_errors = [words]
    return sign_in_page(work, form), status


def _provider(settings: Settings) -> Provider:
    if settings.oidc_issuer is None:
        raise NotFound
    return Provider(settings, f"{settings.origin}{url_for('federation.back')}")


def _cookie(settings: Settings) -> str:
    return "__Host-provider" if settings.secure else "provider"


def _signer() -> Any:
    """Flask's own signer of cookies, whose signatures carry their time."""
    return SecureCookieSessionInterface().get_signing_serializer(current_app)
