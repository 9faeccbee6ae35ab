"""What a request says of who sends it: address, kind of browser, the site that passkeys are bound to."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import request, url_for

from config.settings import Settings
from workflows.passkeys import Site

_BROWSERS = ("Firefox", "Edg", "OPR", "Chrome", "Safari")
_SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Mac OS X", "CrOS", "Linux")
_CALLED = {"Edg": "Edge", "OPR": "Opera", "Mac OS X": "macOS", "CrOS": "ChromeOS"}


def address() -> str:
    """Where the request comes from; limits on trying count by it."""
    return request.remote_addr or ""


def device() -> str:
    """The kind of browser, coarse: enough to know one's own sessions apart."""
    said = request.user_agent.string
    found = [next((name for name in names if name in said), "") for names in (_BROWSERS, _SYSTEMS)]
    return ", ".join(_CALLED.get(name, name) for name in found if name)


def site(settings: Settings) -> Site | None:
    """What passkeys are bound to here. Without a set origin there are none, but on localhost."""
    if settings.origin:
        host = urlsplit(settings.origin).hostname or ""
        return Site(settings.passkey_domain or host, settings.origin)
    if not settings.secure and urlsplit(request.host_url).hostname == "localhost":
        return Site("localhost", request.host_url.rstrip("/"))
    return None


def own_place(wanted: str) -> str:
    """An address to go on to: only a path of ours, never another host; else the first page."""
    parts = urlsplit(wanted)
    foreign = parts.scheme or parts.netloc or not wanted.startswith("/")
    if foreign or wanted.startswith(("//", "/\\")):
        return url_for("session.home")
    return wanted
