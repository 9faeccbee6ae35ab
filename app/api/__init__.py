"""The same workflows as JSON for machines: `/api/v1`, described by OpenAPI 3.1, errors as problem+json.

It decides nothing: the schemas of `app.schemas` make the commands, the workflows do them, and `app.api.door`
is the one way in.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, request
from flask_babel import gettext
from flask_smorest import Api
from werkzeug.wrappers import Response

from app.api import (
    cases,
    casework,
    described,
    document,
    groups,
    holds,
    interviews,
    oversight,
    papers,
    reception,
    referrals,
)
from app.api.refusals import InvalidInput
from app.errors import problem, refused

PREFIX = "/api/v1"

_BLUEPRINTS = (
    *(cases.blueprint, interviews.blueprint, referrals.blueprint, holds.blueprint),
    groups.blueprint,
    *(oversight.blueprint, papers.blueprint, casework.blueprint),
    reception.blueprint,
)


class _OurApi(Api):
    """The library's, without its error answers (`app.errors` makes all of them) and its pages of lists."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        return

    def _register_responses(self) -> None:
        return

    def _register_pagination_header(self) -> None:
        return


def init_app(app: Flask) -> None:
    """Register every operation, and make the document once."""
    app.config.update(API_TITLE="Serai", API_VERSION=described.VERSION, OPENAPI_VERSION="3.1.0")
    api = _OurApi(app, spec_kwargs=described.options())
    api.ma_plugin.converter.add_attribute_function(described.bounds_of)
    described.add_components(api.spec)
    for blueprint in _BLUEPRINTS:
        api.register_blueprint(blueprint, url_prefix=PREFIX)
    app.register_blueprint(document.blueprint, url_prefix=PREFIX)
    app.register_error_handler(InvalidInput, _invalid_input)
    app.after_request(_headers)
    app.extensions["serai_api_document"] = api.spec.to_dict()


def _invalid_input(error: InvalidInput) -> Response:
    refused(error.status, error.code)
    return problem(error.status, error.code, gettext(error.message), errors=error.errors)


def _headers(response: Response) -> Response:
    """What RFC 9110 asks for beside a 401 and a 429."""
    if not request.path.startswith(PREFIX):
        return response
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="serai"'
    if response.status_code == 429:
        body: Any = response.get_json(silent=True) or {}
        response.headers["Retry-After"] = str(60 * int(body.get("minutes", 1)))
    return response
