"""The cookie of a visit: its own, for a quarter of an hour, beside that of any officer at the same screen."""

from __future__ import annotations

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from config.settings import Settings
from workflows import receipts
from workflows.receipts import VISIT, Visit
from workflows.work import Work


def cookie_name(settings: Settings) -> str:
    """`__Host-` binds the cookie to this host over TLS; plain HTTP on loopback cannot have it."""
    return "__Host-person" if settings.secure else "person"


def token_of(work: Work) -> str:
    """What the browser shows; empty where it has none."""
    return request.cookies.get(cookie_name(work.settings), "")


def visit_of(work: Work) -> Visit | None:
    """The visit of this browser, if it is not over."""
    token = token_of(work)
    return receipts.resume(work, token) if token else None


def let_in(response: Response, settings: Settings, token: str) -> None:
    """Give the browser its token."""
    response.set_cookie(
        cookie_name(settings),
        token,
        max_age=VISIT,
        secure=settings.secure,
        httponly=True,
        samesite="Strict",
        path="/",
    )


def send_off(response: Response, settings: Settings) -> None:
    """Take the token back, and what the browser may have kept of these pages."""
    response.delete_cookie(
        cookie_name(settings), path="/", secure=settings.secure, httponly=True, samesite="Strict"
    )
    response.headers["Clear-Site-Data"] = '"cache"'


def to_the_door() -> Response:
    """Where somebody goes whose visit is over."""
    return redirect(url_for("person.enter"), 303)
