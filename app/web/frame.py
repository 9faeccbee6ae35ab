"""What surrounds every page: who works where, the places of a role with their counts, lock and leave.

The factory is given one function that makes the frame of a request; pages only fill blocks. It holds
no rule about who may go where: the places it is given have been filtered by the policy already.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Flask, has_request_context, request
from jinja2 import StrictUndefined

from app.web.fields import error_list


@dataclass(frozen=True, kw_only=True)
class Place:
    """One entry of the role's navigation. `count` is shown unless it is None; `key` opens it."""

    label: str
    url: str
    count: int | None = None
    current: bool = False
    key: str | None = None


@dataclass(frozen=True, kw_only=True)
class Frame:
    """The frame of one request. A signed-out page uses the defaults.

    `workplace`: the post, desk or agency one works at; `role`: its title in the reader's language.
    `lock_url` and `sign_out_url` are posted to; `leave_url` is a neutral page that names nobody;
    `idle_seconds`: how long a session lasts unused, so that the page locks itself before;
    `awake_url`: fetched while somebody types and sends nothing yet. `large`: in larger type.
    """

    home_url: str = "/"
    workplace: str | None = None
    role: str | None = None
    places: tuple[Place, ...] = ()
    lock_url: str | None = None
    idle_seconds: int = 0
    awake_url: str = "/awake"
    account_url: str | None = None
    sign_out_url: str | None = None
    leave_url: str = "/leave"
    accessibility_url: str = "/accessibility"
    demonstration: bool = False
    training: bool = False
    large: bool = False


@dataclass(frozen=True, kw_only=True)
class VendoredAssets:
    """Paths of the vendored files that the base page loads; moved together with the lock."""

    stylesheet: str = "vendor/govuk-frontend-6.3.0/govuk.css"
    overlay: str = "vendor/govuk-frontend-6.3.0/govuk.rtl.css"
    script: str = "vendor/govuk-frontend-6.3.0/govuk.js"


def init_app(app: Flask, frame: Callable[[], Frame] | None = None) -> None:
    """Prepare the template environment; `frame` makes the frame of the current request.

    Undefined names raise, so a page that forgets to pass something fails in its test.
    """
    environment = app.jinja_env
    environment.trim_blocks = True
    environment.lstrip_blocks = True
    environment.undefined = StrictUndefined
    environment.globals.update(error_list=error_list, assets=VendoredAssets())
    make = frame if frame is not None else Frame
    app.context_processor(lambda: {"frame": make(), "language_query": language_query()})


def language_query() -> str:
    """The query of this page without `lang`, for the links that switch the language."""
    if not has_request_context():
        return ""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    return urlencode(kept)
