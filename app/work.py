"""The door's unit of work: opened before a view runs, committed before its answer leaves.

Every route is registered through `opens(act)`: it names the act, so no route can be without a row in the
policy, and it hands the view a `Work`. What a view returns is rendered inside the work and sent only once log
and data are committed; if they cannot be, nothing is shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import current_app, g, make_response, redirect, request, url_for
from flask_wtf.csrf import validate_csrf
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import BadRequest, Forbidden
from werkzeug.wrappers import Response
from wtforms.validators import ValidationError

from config.settings import Settings
from models.session import Storage
from workflows import drafts, step_up
from workflows.accounts import SYSTEM_ACTOR
from workflows.errors import NotAllowed, NotFound
from workflows.packs import Shelf
from workflows.policy import Act, role_may
from workflows.sessions import Resumed, resume
from workflows.work import Work, begin

View = Callable[..., Any]
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
#: The field in which a page asks for its draft back.
DRAFT = "_draft"


class StalePage(BadRequest):
    """The page's CSRF token is missing or too old."""


@dataclass(frozen=True)
class Engines:
    """What one process holds open."""

    storage: Storage
    shelf: Shelf
    settings: Settings
    clock: Callable[[], datetime]


def engines() -> Engines:
    """The engines of the current application."""
    found: Engines = current_app.extensions["serai"]
    return found


def utc_now() -> datetime:
    """The clock of a running server."""
    return datetime.now(UTC)  # noqa: TID251  # this is the door's clock


def opens(
    act: Act,
    *,
    typed: bool = False,
    signed_out: bool = False,
    owing: bool = False,
    alone: bool = False,
) -> Callable[[View], View]:
    """Make a view a door for `act`: the view gets the open `Work` as its first argument.

    `typed`: the view shows a form again with all that was typed when its token is stale (its form checks the
    token). Without it, a stale token never reaches the view. `signed_out`: may be used without a session.
    `owing`: may be used while a password or a passkey is still to be chosen. `alone`: the page has a cookie
    of its own; whoever is signed in at the same browser does not come into it.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def door(**arguments: Any) -> Response:
            _same_origin()
            if request.method not in SAFE and not typed:
                _fresh_page()
            with _work() as work:
                resumed = None if alone else _who(work)
                answer: Any = None if signed_out else _shut(resumed, owing=owing)
                if answer is None:
                    answer = _before(work, resumed, act, typed=typed)
                if answer is None:
                    answer = view(work, **arguments)
                # Rendered within the work: what is read while rendering is in the log before it leaves.
                response = make_response(answer)
            return response  # noqa: RET504  # only now is the work committed

        door.act = act  # type: ignore[attr-defined]  # read by the tests and by the reference pages
        door.signed_out = signed_out  # type: ignore[attr-defined]  # likewise
        door.typed = typed  # type: ignore[attr-defined]  # read where a locked page's draft is kept
        return door

    return decorate


def _shut(resumed: Resumed | None, *, owing: bool) -> Response | None:
    """Where somebody goes for whom nothing opens yet."""
    if resumed is None:
        return _to_sign_in()
    if resumed.locked:
        return redirect(url_for("session.unlock", next=request.path), 303)
    if resumed.owes and not owing:
        return redirect(url_for("account.owed"), 303)
    return None


def _before(work: Work, resumed: Resumed | None, act: Act, *, typed: bool) -> Response | None:
    """What stands between somebody and a view: the role, being asked again who they are, a draft."""
    if resumed is None:
        return None
    if not role_may(resumed.actor.role, act):
        work.asked = act
        raise NotAllowed
    if request.method in SAFE:
        return None
    if step_up.is_due(work.settings, act, resumed.authenticated_at, work.now):
        return _ask_again(work)
    if typed and DRAFT in request.form:
        _give_back(work, request.form[DRAFT])
    return None


def _ask_again(work: Work) -> Response:
    """Keep what was sent, but for secrets, ask who sits there, and come back to it."""
    kept = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name != "csrf_token" and "password" not in name
    ]
    drafts.keep(work, own_path(), kept, asked=True)
    return redirect(url_for("account.prove"), 303)


def _give_back(work: Work, draft_id: str) -> None:
    """Let the view show its form as it was when the screen was locked: the draft is what is sent.

    It carries no token, so the form takes it as typed and does nothing.
    """
    _fresh_page()
    try:
        kept = drafts.take(work, UUID(draft_id), own_path())
    except ValueError:
        raise NotFound from None
    request.form = ImmutableMultiDict(kept.fields)
    g.restored = True


def own_path() -> str:
    """Path and query of this request."""
    return request.full_path.removesuffix("?")


def _work() -> Any:
    held = engines()
    return begin(
        held.storage, SYSTEM_ACTOR, now=held.clock(), settings=held.settings, shelf=held.shelf
    )


def _who(work: Work) -> Resumed | None:
    token = request.cookies.get(cookie_name(work.settings))
    if not token:
        return None
    limits = work.settings
    resumed = resume(work.session, token, work.now, limits.idle_limit, limits.absolute_limit)
    if resumed is not None:
        work.actor = resumed.actor
        g.resumed = resumed
    return resumed


def cookie_name(settings: Settings) -> str:
    """`__Host-` binds the cookie to this host over TLS; plain HTTP on loopback cannot have it."""
    return "__Host-serai" if settings.secure else "serai"


def _to_sign_in() -> Response:
    if request.method not in SAFE:
        return redirect(url_for("session.sign_in"), 303)
    query = urlencode({"next": request.path}) if request.path != "/" else ""
    address = url_for("session.sign_in")
    return redirect(f"{address}?{query}" if query else address, 303)


def _same_origin() -> None:
    """Refuse what another site makes a browser send (ASVS 3.5.3), whatever token it carries."""
    if request.method not in SAFE and request.headers.get("Sec-Fetch-Site") in {
        "cross-site",
        "same-site",
    }:
        raise Forbidden


def _fresh_page() -> None:
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        raise StalePage from None
