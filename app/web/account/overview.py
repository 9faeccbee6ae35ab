"""One's own account: passkeys, codes on paper, open sessions."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.web.account.routes import blueprint
from app.web.account.visitor import site
from app.work import opens
from workflows import passkeys, recovery, sessions
from workflows.policy import Act
from workflows.work import Work

_DONE = {"password", "passkey", "removed", "ended", "last_passkey"}


@blueprint.get("/")
@opens(Act.USE_OWN_SESSION)
def overview(work: Work) -> str:
    """With what one signs in, and where one is signed in."""
    done = request.args.get("done", "")
    return render_template(
        "account/overview.html",
        passkeys=passkeys.own(work),
        codes_left=recovery.left(work),
        sessions=sessions.own_sessions(work),
        can_have_passkeys=site(work.settings) is not None,
        done=done if done in _DONE else None,
    )


@blueprint.post("/sessions/<uuid:session_id>/end")
@opens(Act.USE_OWN_SESSION)
def end_session(work: Work, session_id: UUID) -> Response:
    """End one of one's own sessions."""
    sessions.end_own(work, session_id)
    return redirect(url_for("account.overview", done="ended"), 303)


@blueprint.post("/recovery-codes")
@opens(Act.CHANGE_OWN_ACCOUNT)
def recovery_codes(work: Work) -> str:
    """Ten new codes, shown once; those there were open nothing any more."""
    return render_template("account/codes.html", codes=recovery.make(work))
