"""Serves our own stylesheets, scripts, fonts and pictures, and names them so that they may be cached.

Every text asset is compressed once when the process starts and kept in memory (the whole tree is
a few hundred kilobytes), so a post on a slow line downloads it once and for ever. What it is not: a
front server, a build tool, or a place for anything that belongs to a person.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask, current_app
from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

STATIC = Path(__file__).resolve().parent / "static"
PREFIX = "/static/"
HASH_LENGTH = 10
FOREVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
COMPRESSED_TYPES = frozenset({"text/css", "text/javascript", "image/svg+xml", "text/plain"})
TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".woff2": "font/woff2",
}

# One request instead of six on a line where a round trip takes a second. The parts import
# nothing and export nothing, so a block around each keeps their names apart.
BUNDLES: dict[str, tuple[str, ...]] = {
    "js/frame.js": (
        "js/connection.js",
        "js/keys.js",
        "js/leave.js",
        "js/lock.js",
        "js/reveal.js",
        "js/submit.js",
    ),
}


#: No string of ours goes over lines, so a line that begins with two strokes is a remark (a test looks).
_REMARKS = re.compile(r"^[ \t]*//.*\n", re.MULTILINE)
#: A remark of a stylesheet of ours: for whoever keeps it, not for the line. Our strings hold none.
_CSS_REMARKS = re.compile(rb"/\*.*?\*/\n?", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Asset:
    """One file as it goes over the line."""

    body: bytes
    compressed: bytes | None
    content_type: str
    digest: str


class UnknownAsset(LookupError):
    """A template asked for a file that is not there; the page must fail in the test, not later."""


class Assets:
    """All static files, by path and by hashed path."""

    def __init__(self, root: Path = STATIC) -> None:
        self._by_path: dict[str, Asset] = {}
        for file in sorted(root.rglob("*")):
            if file.is_file() and file.suffix in TYPES:
                path, body = file.relative_to(root).as_posix(), file.read_bytes()
                own = path.startswith("css/")
                self._add(path, _CSS_REMARKS.sub(b"", body) if own else body)
        for name, parts in BUNDLES.items():
            if all((root / part).is_file() for part in parts):
                self._add(name, _bundle((root / part).read_text("utf-8") for part in parts))
        self._by_name = {hashed(path, one.digest): one for path, one in self._by_path.items()}

    def _add(self, path: str, body: bytes) -> None:
        content_type = TYPES.get(Path(path).suffix) or mimetypes.guess_type(path)[0] or ""
        squeezed = None
        if content_type in COMPRESSED_TYPES:
            squeezed = gzip.compress(body, 9, mtime=0)
        digest = hashlib.sha256(body).hexdigest()[:HASH_LENGTH]
        self._by_path[path] = Asset(
            body=body, compressed=squeezed, content_type=content_type, digest=digest
        )

    def url(self, path: str) -> str:
        """The cacheable address of `path`; raises UnknownAsset for a file that does not exist."""
        try:
            return PREFIX + hashed(path, self._by_path[path].digest)
        except KeyError:
            raise UnknownAsset(path) from None

    def find(self, name: str) -> tuple[Asset, bool] | None:
        """The asset called `name` and whether that name can never mean anything else."""
        if (asset := self._by_name.get(name)) is not None:
            return asset, True
        if (asset := self._by_path.get(name)) is not None:
            return asset, name.startswith("vendor/")
        return None

    def weight(self, *paths: str) -> int:
        """Bytes on the line for these paths, compressed where we compress."""
        chosen = [self._by_path[path] for path in paths]
        return sum(len(one.compressed or one.body) for one in chosen)


class AssetServer:
    """Answers /static/ before Flask, so that no session or database is touched for a stylesheet."""

    def __init__(self, assets: Assets, application: WSGIApplication) -> None:
        self._assets = assets
        self._application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if not path.startswith(PREFIX) or environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            return self._application(environ, start_response)
        found = self._assets.find(path[len(PREFIX) :])
        if found is None:
            return self._application(environ, start_response)
        asset, unchanging = found
        response = _respond(Request(environ), asset, FOREVER if unchanging else ASK_AGAIN)
        return response(environ, start_response)


def hashed(path: str, digest: str) -> str:
    """`css/serai.css` and `0123456789` make `css/serai.0123456789.css`."""
    stem, dot, suffix = path.rpartition(".")
    return f"{stem}.{digest}{dot}{suffix}"


def asset_url(path: str) -> str:
    """The address of one static file in this application."""
    assets: Assets = current_app.extensions["assets"]
    return assets.url(path)


def init_app(app: Flask) -> None:
    """Load the assets, serve them, and give templates `asset_url`."""
    assets = Assets()
    app.extensions["assets"] = assets
    app.wsgi_app = AssetServer(assets, app.wsgi_app)  # type: ignore[method-assign]  # Flask's own hook
    app.jinja_env.globals["asset_url"] = assets.url


def _bundle(parts: Iterable[str]) -> bytes:
    """The parts one after the other, each in a block; without the lines that only speak to programmers,
    a quarter of their weight on the line.
    """
    return "".join(f"{{\n{_REMARKS.sub('', part)}}}\n" for part in parts).encode("utf-8")


def _respond(request: Request, asset: Asset, caching: str) -> Response:
    response = Response(content_type=asset.content_type)
    if asset.content_type.startswith("text/") or asset.content_type.endswith("+xml"):
        response.content_type = f"{asset.content_type}; charset=utf-8"
    response.headers["Cache-Control"] = caching
    response.headers["Vary"] = "Accept-Encoding"
    response.set_etag(asset.digest)
    if request.if_none_match.contains(asset.digest):
        response.status_code = 304
        return response
    if asset.compressed is not None and request.accept_encodings["gzip"] > 0:
        response.headers["Content-Encoding"] = "gzip"
        response.set_data(asset.compressed)
    else:
        response.set_data(asset.body)
    return response
