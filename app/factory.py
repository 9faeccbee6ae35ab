"""Makes the Flask application from settings: the engines once, then each part of the frame, then
the doors.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Flask
from flask_wtf.csrf import generate_csrf
from werkzeug.middleware.proxy_fix import ProxyFix

from app import assets, errors, identity, locale, security, uploads
from app.api import init_app as init_api
from app.web import frame, pages
from app.work import Engines, utc_now
from config.logging import set_up
from config.settings import Settings
from models.session import Storage, open_storage
from models.vault.providers import KeyProvider
from workflows import restoring
from workflows.packs import open_shelf


def create_app(
    settings: Settings,
    *,
    storage: Storage | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> Flask:
    """The application. `storage` and `clock` are given by tests; else they follow the settings."""
    set_up(settings.log_level)
    app = Flask(__name__, static_folder=None)
    app.request_class = uploads.MemoryRequest
    held = storage or open_storage(settings)
    shelf = open_shelf(settings)
    app.extensions["serai"] = Engines(held, shelf, settings, clock)
    restoring.at_start(held, settings, shelf, clock())
    _configure(app, settings, held.provider)
    if settings.secure:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)  # type: ignore[method-assign]  # Flask's own hook
    identity.init_app(app)
    locale.init_app(
        app,
        languages=settings.languages,
        user_language=pages.own_language,
        timezone=pages.own_zone,
    )
    frame.init_app(app, pages.frame_of_request)
    # Forms of buttons only carry the same token as typed ones; the door checks both.
    app.jinja_env.globals["csrf_token"] = generate_csrf
    errors.init_app(app)
    pages.register(app)
    init_api(app)
    assets.init_app(app)
    security.init_app(app, secure=settings.secure)
    return app


def _configure(app: Flask, settings: Settings, provider: KeyProvider) -> None:
    """Flask's own settings; the key of its form cookie comes from the provider, never from a file."""
    app.config.update(
        # Never from FLASK_DEBUG, which may have been left in an environment (ASVS 13.4.2).
        DEBUG=False,
        SECRET_KEY=provider.mac("web", b"flask session"),
        MAX_CONTENT_LENGTH=settings.largest_request,
        MAX_FORM_PARTS=400,
        SESSION_COOKIE_NAME="__Host-form" if settings.secure else "form",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        # Tokens end with the session, not sooner: an officer may be called away from a form.
        WTF_CSRF_TIME_LIMIT=12 * 3600,
        BABEL_DEFAULT_LOCALE="en",
    )
