"""Flask-Login over the server's own sessions: who the current request is, and the cookie.

Flask-Login's own cookie was replayed after log-out (security.md 5.2), so it only carries the user of a
request here; the row in `user_session` decides. Kept this small, it can be replaced in a day.
"""

from __future__ import annotations

from uuid import UUID

from flask import Flask, g
from flask_login import LoginManager, UserMixin
from werkzeug.wrappers import Response

from app.work import cookie_name
from config.settings import Settings
from workflows.policy import Actor
from workflows.sessions import Resumed


class Officer(UserMixin):
    """The signed-in user, as templates see one."""

    def __init__(self, resumed: Resumed) -> None:
        self.actor: Actor = resumed.actor
        self.id: UUID = resumed.actor.user_id
        self.name = resumed.user_name
        self.place = resumed.place

    def get_id(self) -> str:
        """The id as Flask-Login keeps it; no cookie of its own is set."""
        return str(self.id)


def init_app(app: Flask) -> None:
    """Let `current_user` be the officer whom the door has resumed."""
    manager = LoginManager()
    manager.session_protection = None
    manager.init_app(app, add_context_processor=True)

    @manager.request_loader
    def load(_request: object) -> Officer | None:
        resumed = g.get("resumed")
        return None if resumed is None else Officer(resumed)


def set_cookie(response: Response, settings: Settings, token: str) -> None:
    """Give the browser its token: for this session of the browser only, unreadable to scripts."""
    response.set_cookie(
        cookie_name(settings),
        token,
        secure=settings.secure,
        httponly=True,
        samesite="Strict",
        path="/",
    )


def clear_cookie(response: Response, settings: Settings) -> None:
    """Take the token back, and all that the browser may have kept of these pages."""
    response.delete_cookie(
        cookie_name(settings), path="/", secure=settings.secure, httponly=True, samesite="Strict"
    )
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
