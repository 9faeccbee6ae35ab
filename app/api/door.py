"""The door of machines: one token, one unit of work, one answer, committed before it leaves.

`reads` and `writes` register a function under its act, describe it for the document, and run it: the token
first, then whether the role may do the act at all, then the body through its schema, then the workflow. No
cookie opens anything here, so there is nothing that another site could forge.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import jsonify, request
from flask_smorest import Blueprint
from werkzeug.wrappers import Response

from app.api import bodies, described
from app.api.refusals import KeyMissing, TokenRefused, VersionChanged, VersionMissing
from app.api.shapes import as_json
from app.uploads import make_room
from app.work import engines
from workflows import once
from workflows.accounts import SYSTEM_ACTOR, actor_of_token
from workflows.errors import ChangedMeanwhile, NotAllowed
from workflows.policy import Act, Actor, role_may
from workflows.work import Work, begin

_KEY = re.compile(r"[!-~]{1,100}\Z")
_VERSION = re.compile(r'(?:W/)?"(\d{1,9})"\Z')
_LONGEST_TOKEN = 200

View = Callable[..., Any]


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One operation as declared.

    takes: the schema of the body, whose fields of the same names are filled from the path. query: the schema
    of the query. match: the field that If-Match fills. keyed: a write, done once for each Idempotency-Key.
    files: the body carries a file, and may be as large as one in base64.
    show: what a write answers, made from the codes that it keeps; without it, what it answers is what it
    keeps.
    """

    act: Act
    method: str
    rule: str
    gives: Any
    status: int = 200
    takes: Any = None
    query: Any = None
    match: str | None = None
    keyed: bool = False
    etag: bool = False
    files: bool = False
    show: View | None = None

    @property
    def filled(self) -> frozenset[str]:
        """The fields of `takes` that the path and If-Match fill, so that the body may not."""
        named = set(re.findall(r"<(?:\w+:)?(\w+)>", self.rule))
        named |= {self.match} if self.match else set()
        return frozenset(named & set(self.takes().fields)) if self.takes else frozenset()

    @property
    def matched_always(self) -> bool:
        """Whether If-Match has to be sent."""
        return self.match is not None and bool(self.takes().fields[self.match].required)


def reads(blueprint: Any, rule: str, act: Act, **more: Any) -> Callable[[View], View]:
    """Register a view that changes nothing. It gets the work, the query's values and the path's, by name.

    With `takes` it is sent by POST, so that what is looked for is in no address.
    """
    method = "POST" if "takes" in more else "GET"
    return partial(_register, blueprint, Operation(act=act, method=method, rule=rule, **more))


def writes(blueprint: Any, rule: str, act: Act, **more: Any) -> Callable[[View], View]:
    """Register a view that changes something. It gets the work, and the command or the path's values."""
    operation = Operation(act=act, method="POST", rule=rule, keyed=True, **more)
    return partial(_register, blueprint, operation)


def _register(blueprint: Blueprint, operation: Operation, view: View) -> View:
    def door(**path: Any) -> Response:
        return _answer(operation, view, path)

    door.__name__, door.__doc__ = view.__name__, view.__doc__
    door.act = operation.act  # type: ignore[attr-defined]  # read by the tests and by the reference pages
    door.signed_out = False  # type: ignore[attr-defined]  # likewise
    door.operation = operation  # type: ignore[attr-defined]  # likewise
    described_door = blueprint.doc(**described.operation(operation, view.__name__))(door)
    blueprint.route(operation.rule, methods=[operation.method])(described_door)
    return view


def _answer(operation: Operation, view: View, path: dict[str, Any]) -> Response:
    if operation.files:
        make_room(4 / 3)
    # Read before the work is opened: a slow line must not hold the database's lock.
    raw = request.get_data() if operation.method == "POST" else b""
    held = engines()
    with begin(
        held.storage, SYSTEM_ACTOR, now=held.clock(), settings=held.settings, shelf=held.shelf
    ) as work:
        work.actor = _who(work)
        if not role_may(work.actor.role, operation.act):
            work.asked = operation.act
            raise NotAllowed
        body = bodies.read_object(raw)
        arguments = _arguments(operation, path, body)
        if operation.keyed:
            response = _write(operation, view, work, arguments, body)
        else:
            response = _read(operation, view, work, arguments)
    return response


def _who(work: Work) -> Actor:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token or len(token) > _LONGEST_TOKEN:
        raise TokenRefused
    actor = actor_of_token(work.session, token, work.now)
    if actor is None:
        raise TokenRefused
    return actor


def _arguments(
    operation: Operation, path: dict[str, Any], body: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """What the view is called with after the work."""
    query = bodies.read_query()
    if operation.query is None:
        bodies.nothing_in(query)
    values = {} if operation.query is None else bodies.command_of(operation.query(), query)
    if operation.takes is None:
        bodies.nothing_in(body)
        return (), {**values, **path}
    schema = operation.takes()
    filled = {name: str(value) for name, value in path.items() if name in schema.fields}
    rest = {name: value for name, value in path.items() if name not in schema.fields}
    if operation.match is not None:
        filled |= _matched(operation, operation.match)
    taken = {name: body[name] for name in body if name in operation.filled}
    bodies.nothing_in(taken)
    return (bodies.command_of(schema, {**body, **filled}),), {**values, **rest}


def _matched(operation: Operation, field: str) -> dict[str, Any]:
    sent = request.headers.get("If-Match")
    if sent is None and operation.matched_always:
        raise VersionMissing
    if sent is None:
        return {}
    found = _VERSION.match(sent.strip())
    if found is None:
        raise VersionChanged
    return {field: int(found[1])}


def _read(operation: Operation, view: View, work: Work, arguments: Any) -> Response:
    positional, named = arguments
    found = view(work, *positional, **named)
    response: Response = jsonify(as_json(found))
    response.status_code = operation.status
    if operation.etag:
        response.set_etag(str(found.version))
        response = response.make_conditional(request)
    return response


def _write(
    operation: Operation, view: View, work: Work, arguments: Any, body: Mapping[str, Any]
) -> Response:
    key = request.headers.get("Idempotency-Key", "")
    if not _KEY.match(key):
        raise KeyMissing
    claimed = once.claim_strictly(work, key, _fingerprint(body))
    replayed = claimed.answer is not None
    if not replayed:
        positional, named = arguments
        done = as_json(_done(view, work, positional, named))
        claimed = once.answered(work, claimed, operation.status, done)
    kept = dict(claimed.answer or {})
    shown = kept if operation.show is None else as_json(operation.show(work, **kept))
    response: Response = jsonify(shown)
    response.status_code = operation.status
    if replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return response


def _done(view: View, work: Work, positional: Any, named: Any) -> Any:
    try:
        return view(work, *positional, **named)
    except ChangedMeanwhile:
        if "If-Match" in request.headers:
            raise VersionChanged from None
        raise


def _fingerprint(body: Mapping[str, Any]) -> bytes:
    """What makes two requests the same: where they go, and what they say in whatever order of names."""
    match = request.headers.get("If-Match", "")
    said = json.dumps(body, sort_keys=True, ensure_ascii=True)
    return f"{request.method} {request.path}\n{match}\n{said}".encode()
