"""A real OpenID provider on this machine, in a process of its own: `python provider.py PORT`.

The library's provider does not check PKCE, so that is added here: a code is worth its token only with the
verifier of the challenge that it was asked for with. Claims of a subject are set by PUT /users/<subject>.
"""

from __future__ import annotations

import sys
from base64 import urlsafe_b64encode
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

import flask
import oidc_provider_mock


def provider() -> flask.Flask:
    """The provider, with PKCE and a nonce demanded."""
    app = oidc_provider_mock.app(require_nonce=True)
    challenges: dict[str, str] = {}

    @app.after_request
    def remember(response: flask.Response) -> flask.Response:
        code = parse_qs(urlsplit(response.headers.get("Location", "")).query).get("code")
        if code:
            assert flask.request.args["code_challenge_method"] == "S256"
            challenges[code[0]] = flask.request.args["code_challenge"]
        return response

    @app.before_request
    def check() -> tuple[str, int] | None:
        if not flask.request.path.endswith("/token"):
            return None
        verifier = flask.request.form.get("code_verifier", "").encode()
        told = urlsafe_b64encode(sha256(verifier).digest()).decode().rstrip("=")
        fits = challenges.pop(flask.request.form.get("code", ""), None) == told
        return None if fits else ("the verifier does not fit", 400)

    return app


if __name__ == "__main__":
    provider().run("127.0.0.1", int(sys.argv[1]))
