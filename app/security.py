"""The headers that tell a browser what Serai's pages may do, on every answer, errors included.

It wraps the whole WSGI application, because a hook inside Flask is not run for static files nor
when an error handler itself fails. It knows nothing of users: every page that is not a static file is
forbidden to be stored, so there is no case in which a signed-in page is forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask

if TYPE_CHECKING:
    from types import TracebackType

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# No 'unsafe-*' and no other origin. The one Trusted Types policy is for the address of the
# service worker; nothing else may turn a string into markup or code.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types sw",
    )
)

#: What is downloaded came from outside: should a browser show it after all, it may do nothing.
DOWNLOAD_POLICY = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
)

PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "autoplay",
        "browsing-topics",
        "camera",
        "display-capture",
        "encrypted-media",
        "fullscreen",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "screen-wake-lock",
        "usb",
        "xr-spatial-tracking",
    )
)

#: Where a receipt may be read with the camera, and its policy; no other page may switch a camera on.
CAMERA_PAGES = frozenset({"/search"})
CAMERA_POLICY = PERMISSIONS_POLICY.replace("camera=()", "camera=(self)")

HEADERS: tuple[tuple[str, str], ...] = (
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Frame-Options", "DENY"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", PERMISSIONS_POLICY),
)
_OF_DOWNLOADS = (("Content-Security-Policy", DOWNLOAD_POLICY), *HEADERS[1:])
OURS = frozenset(name.lower() for name, _ in HEADERS)
STRICT_TRANSPORT = ("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
NO_STORE = ("Cache-Control", "no-store")


class SecurityHeaders:
    """WSGI wrapper that sets the headers; an answer cannot loosen what is set here."""

    def __init__(self, application: WSGIApplication, *, secure: bool, static_prefix: str) -> None:
        self._application = application
        self._secure = secure
        self._static_prefix = static_prefix

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        secure = self._secure or environ.get("wsgi.url_scheme") == "https"
        path = environ.get("PATH_INFO", "")

        def start(
            status: str,
            headers: list[tuple[str, str]],
            exc_info: tuple[type[BaseException], BaseException, TracebackType] | None = None,
            /,
        ) -> object:
            cacheable = path.startswith(self._static_prefix) and status[:3] in {"200", "304"}
            kept = protect(headers, secure=secure, cacheable=cacheable)
            if path in CAMERA_PAGES:
                kept = [_with_camera(*header) for header in kept]
            if exc_info is None:
                return start_response(status, kept)
            return start_response(status, kept, exc_info)

        return self._application(environ, start)  # type: ignore[arg-type]  # write() is passed through


def protect(
    headers: list[tuple[str, str]], *, secure: bool, cacheable: bool
) -> list[tuple[str, str]]:
    """The answer's headers with ours in place of any of the same name.

    `secure`: the answer travels over TLS, so browsers are told to insist on it.
    `cacheable`: a static file, which keeps its own Cache-Control; all else gets `no-store`.
    """
    dropped = OURS | {STRICT_TRANSPORT[0].lower()} | (set() if cacheable else {"cache-control"})
    kept = [(name, value) for name, value in headers if name.lower() not in dropped]
    kept.extend(_OF_DOWNLOADS if _is_download(headers) else HEADERS)
    if secure:
        kept.append(STRICT_TRANSPORT)
    if not cacheable:
        kept.append(NO_STORE)
    return kept


def _with_camera(name: str, value: str) -> tuple[str, str]:
    return (name, CAMERA_POLICY if name == "Permissions-Policy" else value)


def _is_download(headers: list[tuple[str, str]]) -> bool:
    return any(
        name.lower() == "content-disposition" and value.lower().startswith("attachment")
        for name, value in headers
    )


def init_app(app: Flask, *, secure: bool = False) -> None:
    """Wrap `app`; call it last, after everything else that wraps `wsgi_app`.

    `secure`: the deployment is only ever reached over TLS, whatever the scheme the proxy reports.
    """
    app.wsgi_app = SecurityHeaders(  # type: ignore[method-assign]  # Flask's own hook
        app.wsgi_app, secure=secure, static_prefix="/static/"
    )
