"""How the API is described: one operation for OpenAPI 3.1, and the parts that all operations share.

What a body may hold comes from the schemas, what an answer holds from the dataclasses, the words from the
views' docstrings; nothing is described twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from app.api.shapes import Shapes
from app.schemas.base import Code, OneOf, Text, WholeNumber

if TYPE_CHECKING:  # the door describes each operation while it registers it
    from app.api.door import Operation

VERSION = "1"
#: The shapes of all answers of this process.
SHAPES = Shapes()
#: A closed list longer than this is described by its form only.
_LONGEST_LIST = 40

PROBLEM = {
    "type": "object",
    "description": "An error, as RFC 9457 says. `code` is stable; it never holds anything personal.",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "field": {"type": "string", "description": "Which value a workflow could not use."},
        "minutes": {"type": "integer", "description": "How long to wait."},
        "reference": {"type": "string", "description": "To be told to the administrator."},
        "errors": {
            "type": "array",
            "description": "What the schema refused: where (JSON Pointer) and why.",
            "items": {
                "type": "object",
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
                "required": ["pointer", "detail"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["type", "title", "status", "code"],
}

_INTRODUCTION = """The same workflows as the pages, for machines. A token stands for one account and may
do what that account may do, no more. Every write needs an Idempotency-Key: sent again with the same request
it does nothing and answers the same, with the header Idempotent-Replayed; only what succeeded is kept. Errors
are application/problem+json with a stable code. What is not yours is answered like what is not there: 404."""

_SAID = {
    400: "The body cannot be read, or the Idempotency-Key is missing.",
    401: "No token that is valid now.",
    403: "The role of this account may not do this.",
    404: "Nothing here that this account may see.",
    405: "Another method.",
    409: "Not possible in the present state, or changed meanwhile.",
    412: "If-Match names a version that is not the newest.",
    413: "The body is too large.",
    415: "The body is not application/json.",
    422: "A value cannot be used, or the key stands for another request.",
    428: "If-Match is missing.",
    429: "Too many searches or tries; Retry-After says how long to wait.",
    500: "A fault of ours, with a reference number. Nothing was changed.",
    507: "No room to write. Nothing was changed.",
}


def options() -> dict[str, Any]:
    """What `apispec` is given for the whole document."""
    return {
        "info": {"description": " ".join(_INTRODUCTION.split()), "license": {
            "name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
    }  # fmt: skip


def add_components(spec: Any) -> None:
    """The shapes of answers and errors, and how a token is sent."""
    spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    spec.components.schema("Problem", PROBLEM)
    for name, shape in sorted(SHAPES.named.items()):
        spec.components.schema(name, shape)


def operation(declared: Operation, name: str) -> dict[str, Any]:
    """One operation without its words, which the view's docstring gives."""
    found: dict[str, Any] = {
        "operationId": name,
        "x-act": declared.act.value,
        "responses": _responses(declared),
    }
    parameters = [*_headers(declared), *_query(declared)]
    if parameters:
        found["parameters"] = parameters
    body = _body(declared)
    if body is not None:
        found["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    return found


def _body(declared: Operation) -> Any:
    if declared.takes is None:
        return None
    left = set(declared.takes().fields) - declared.filled
    if not left:
        return None
    return declared.takes(exclude=sorted(declared.filled)) if declared.filled else declared.takes


def _headers(declared: Operation) -> Iterator[dict[str, Any]]:
    if declared.keyed:
        yield {
            "in": "header",
            "name": "Idempotency-Key",
            "required": True,
            "description": "Chosen by the machine for this write, best a UUID; sent again on a retry.",
            "schema": {"type": "string", "pattern": "^[!-~]{1,100}$"},
        }
    if declared.match is not None:
        yield {
            "in": "header",
            "name": "If-Match",
            "required": declared.matched_always,
            "description": "The version that was read, in quotation marks.",
            "schema": {"type": "string", "pattern": '^(W/)?"[0-9]{1,9}"$'},
        }


def _query(declared: Operation) -> Iterator[dict[str, Any]]:
    if declared.query is None:
        return
    for name, field in declared.query().fields.items():
        kind = "string" if isinstance(field, Text) else "boolean"
        yield {
            "in": "query",
            "name": name,
            "required": field.required,
            "schema": {"type": kind, **bounds(field)},
        }


def _responses(declared: Operation) -> dict[int, Any]:
    success: dict[str, Any] = {
        "description": "Done." if declared.keyed else "Found.",
        "content": {"application/json": {"schema": SHAPES.of(declared.gives)}},
    }
    if declared.keyed:
        replayed = {"description": "true: it was done before.", "schema": {"type": "string"}}
        success["headers"] = {"Idempotent-Replayed": replayed}
    if declared.etag:
        success["headers"] = {"ETag": {"description": "The version.", "schema": {"type": "string"}}}
    found: dict[int, Any] = {declared.status: success}
    if declared.etag:
        found[304] = {"description": "The version of If-None-Match is still the newest."}
    for status in _refusals(declared):
        found[status] = {
            "description": _SAID[status],
            "content": {
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
            },
        }
    return found


def _refusals(declared: Operation) -> tuple[int, ...]:
    usual: tuple[int, ...] = (401, 403, 404, 409, 422, 500, 507)
    if declared.method == "POST":
        usual += (400, 413, 415, 429)
    if declared.match is not None:
        usual += (412, 428)
    return tuple(sorted(usual))


def bounds(field: Any) -> dict[str, Any]:
    """What our own fields bound, for the description of a schema."""
    found: dict[str, Any] = {}
    if isinstance(field, Text):
        found["maxLength"] = field.most
        if not field.blank:
            found["minLength"] = 1
    if isinstance(field, OneOf):
        words = field.words() if callable(field.words) else field.words
        if len(words) <= _LONGEST_LIST:
            found["enum"] = sorted(words)
    if isinstance(field, Code):
        found["pattern"] = "^[A-Za-z0-9._-]{1,60}$"
    if isinstance(field, WholeNumber):
        found |= {"minimum": field.least, "maximum": field.most}
    return found


def bounds_of(_converter: Any, field: Any, **_: Any) -> dict[str, Any]:
    """`bounds` as the library calls it: bound to its converter."""
    return bounds(field)
