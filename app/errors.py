"""Errors as pages or as problem+json (RFC 9457), mapped once.

Nothing personal is in either: the code, a sentence, what to do, and for the unexpected a reference number.
The unexpected is logged with its traceback's places, without values.
"""

from __future__ import annotations

import secrets
from http import HTTPStatus
from typing import Any

import structlog
from flask import Flask, g, jsonify, render_template, request
from flask_babel import gettext, lazy_gettext
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from app.work import StalePage
from models.vault.errors import Locked, NotHeld, ProviderDown, PurposeClosed, VaultError
from workflows.errors import SeraiError

log = structlog.get_logger("serai")

_PLAIN = {
    400: lazy_gettext("This request could not be read."),
    403: lazy_gettext("Your role does not allow this."),
    404: lazy_gettext("There is nothing here that you may see."),
    405: lazy_gettext("This address does not take that."),
    413: lazy_gettext("This is too large."),
    415: lazy_gettext("This address takes JSON."),
    422: lazy_gettext("Something in what was entered cannot be used."),
    429: lazy_gettext("There were too many attempts. Wait some minutes and try again."),
}


def wants_problem() -> bool:
    """Whether the answer goes to a machine."""
    return request.path.startswith("/api/")


def init_app(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(SeraiError, _domain)
    app.register_error_handler(StalePage, _stale)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(VaultError, _vault)
    for absent in (NotHeld, Locked, ProviderDown):
        app.register_error_handler(absent, _absent)
    app.register_error_handler(Exception, _unexpected)


def problem(status: int, code: str, title: str, **more: Any) -> Response:
    """An answer of type application/problem+json."""
    body = {"type": f"urn:serai:{code}", "title": title, "status": status, "code": code, **more}
    response: Response = jsonify(body)
    response.status_code = status
    response.content_type = "application/problem+json"
    return response


def page(status: int, title: str, what_next: str, reference: str | None = None) -> Response:
    """An error as a page."""
    if status == 404:
        # Who is signed in may be unknown here; the frame of a signed-out page is enough.
        g.setdefault("resumed", None)
    text = render_template(
        "errors/problem.html", title=title, what_next=what_next, reference=reference
    )
    return Response(text, status, mimetype="text/html")


def refused(status: int, code: str) -> None:
    """Say in the program's log that something was refused: by what code, and to which account.

    What the policy refuses is in the tamper-evident log besides; forged forms, limits and what no schema
    takes are here only (ASVS 16.3.3).
    """
    found = g.get("resumed")
    log.warning(
        "refused",
        code=code,
        status=status,
        actor=None if found is None else str(found.actor.user_id),
    )


def _domain(error: SeraiError) -> Response:
    refused(error.status, error.code)
    title = gettext(error.message)
    if wants_problem():
        return problem(error.status, error.code, title, **error.params)
    return page(
        error.status, title, gettext("Go back to what you were doing, or to the first page.")
    )


def _stale(_error: StalePage) -> Response:
    refused(400, "stale_page")
    title = gettext("This page was open for too long.")
    if wants_problem():
        return problem(400, "stale_page", title)
    return page(
        400, title, gettext("Nothing was done. Go back, load the page again and press once more.")
    )


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        return Response(error.get_response(request.environ).data, status)
    if status != 404:
        refused(status, HTTPStatus(status).name.lower())
    title = str(_PLAIN.get(status) or gettext("This could not be done."))
    if wants_problem():
        more = getattr(error, "data", None) or {}
        fields = {"errors": more["messages"]} if "messages" in more else {}
        response = problem(status, HTTPStatus(status).name.lower(), title, **fields)
    else:
        response = page(status, title, gettext("Go back, or to the first page."))
    response.headers.extend({k: v for k, v in error.get_headers() if k in {"Allow", "Retry-After"}})
    return response


def _vault(error: VaultError) -> Response:
    """A sealed value that does not open: a fault of the deployment or an attack, never the officer's."""
    return _with_reference(error, "vault", gettext("Something here cannot be opened."))


def _absent(error: VaultError) -> Response:
    """A key that is not on this machine, or not now: said plainly, since it is nobody's fault."""
    log.warning("key_absent", error=type(error).__name__, code=error.code)
    if isinstance(error, PurposeClosed):
        title = gettext("This part of the file cannot be opened here now.")
        next_ = gettext(
            "It opens only where its key is, or while somebody it was given to is signed in. What you "
            "saved is kept, and everything else goes on."
        )
    else:
        title = gettext("This cannot be opened on this machine now.")
        next_ = gettext("Its key is not here, or is locked. Tell your administrator.")
    if wants_problem():
        return problem(error.status, error.code, title)
    return page(error.status, title, next_)


def _unexpected(error: Exception) -> Response:
    return _with_reference(error, "unexpected", gettext("Something went wrong on our side."))


def _with_reference(error: Exception, code: str, title: str) -> Response:
    reference = secrets.token_hex(4)
    log.error(code, reference=reference, error=type(error).__name__, places=_places(error))
    if wants_problem():
        return problem(500, code, title, reference=reference)
    return page(
        500,
        title,
        gettext("Nothing was changed. Tell your administrator the number below."),
        reference,
    )


def _places(error: BaseException) -> list[str]:
    """Where it happened, innermost last: file and line only, since a message may hold a value."""
    places = []
    step = error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        places.append(f"{code.co_filename.rsplit('/', 2)[-1]}:{step.tb_lineno}:{code.co_name}")
        step = step.tb_next
    return places[-12:]
