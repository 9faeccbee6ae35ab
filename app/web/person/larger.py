"""Larger type on the person's pages: for as long as a visit, kept by the browser, with no account."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from app.web.person.routes import blueprint
from app.work import engines
from config.settings import Settings
from workflows.receipts import VISIT

_WANTED = {"large": "1", "normal": "0"}


def cookie_name(settings: Settings) -> str:
    """`__Host-` binds the cookie to this host over TLS; plain HTTP on loopback cannot have it."""
    return "__Host-larger" if settings.secure else "larger"


def is_larger() -> bool:
    """Whether this page is shown in larger type: what the address asks for, else what was asked before."""
    asked = _WANTED.get(request.args.get("type", ""))
    return (asked or request.cookies.get(cookie_name(engines().settings))) == "1"


@blueprint.after_request
def keep(response: Response) -> Response:
    """Keep for the visit what this address asks for; after it the browser, anybody's, is as it was."""
    asked = _WANTED.get(request.args.get("type", ""))
    if asked is not None:
        settings = engines().settings
        response.set_cookie(
            cookie_name(settings),
            asked,
            max_age=VISIT,
            secure=settings.secure,
            httponly=True,
            samesite="Strict",
            path="/",
        )
    return response
