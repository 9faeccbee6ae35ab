"""The description of the API: as OpenAPI 3.1 for machines, and as a page of our own for people.

Both are made from the same document. Nothing of it is secret, so both may be read without a token.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, jsonify, render_template
from werkzeug.wrappers import Response

from app.work import opens
from workflows.policy import Act
from workflows.work import Work

blueprint = Blueprint("api", __name__)


@dataclass(frozen=True)
class Named:
    """A parameter or a field: its name, the form of its value, whether it must be there, and words."""

    name: str
    form: str
    required: bool
    words: str = ""


@dataclass(frozen=True)
class Described:
    """One operation as the page shows it."""

    id: str
    method: str
    path: str
    act: str
    summary: str
    words: str
    parameters: tuple[Named, ...]
    body: tuple[Named, ...]
    success: str
    gives: str
    refusals: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Shape:
    """A shape that answers or bodies are made of."""

    name: str
    words: str
    fields: tuple[Named, ...]


@blueprint.get("/openapi.json")
@opens(Act.USE_OWN_SESSION, signed_out=True)
def openapi(_work: Work) -> Response:
    """The description of the API as OpenAPI 3.1."""
    return jsonify(document())


@blueprint.get("/docs")
@opens(Act.USE_OWN_SESSION, signed_out=True)
def docs(_work: Work) -> str:
    """The description of the API as a page."""
    found = document()
    groups = [
        (tag["name"], tag["description"], list(_operations(found, tag["name"])))
        for tag in found["tags"]
    ]
    shapes = [
        Shape(name, shape.get("description", ""), tuple(_fields(shape)))
        for name, shape in sorted(found["components"]["schemas"].items())
    ]
    return render_template("api/docs.html", info=found["info"], groups=groups, shapes=shapes)


def document() -> dict[str, Any]:
    """The whole description, as made when the application was."""
    found: dict[str, Any] = current_app.extensions["serai_api_document"]
    return found


def _operations(found: Mapping[str, Any], tag: str) -> Iterator[Described]:
    for path, methods in found["paths"].items():
        for method, one in methods.items():
            if method != "parameters" and tag in one["tags"]:
                yield _described(found, path, method, methods.get("parameters", ()), one)


def _described(
    found: Mapping[str, Any], path: str, method: str, shared: Any, one: Mapping[str, Any]
) -> Described:
    responses = one["responses"]
    success = next(status for status in responses if status.startswith("2"))
    gives = responses[success]["content"]["application/json"]["schema"]
    body = one.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    return Described(
        id=one["operationId"],
        method=method.upper(),
        path=path,
        act=one["x-act"],
        summary=one["summary"],
        words=" ".join(one.get("description", "").split()),
        parameters=tuple(
            Named(p["name"], form(p["schema"]), p.get("required", False), p.get("description", ""))
            for p in (*shared, *one.get("parameters", ()))
        ),
        body=tuple(_fields(_resolved(found, body))) if body else (),
        success=success,
        gives=form(gives),
        refusals=tuple(
            (status, response["description"])
            for status, response in responses.items()
            if status >= "4"
        ),
    )


def _resolved(found: Mapping[str, Any], shape: Mapping[str, Any]) -> Mapping[str, Any]:
    name = shape.get("$ref", "").rpartition("/")[2]
    resolved: Mapping[str, Any] = found["components"]["schemas"][name] if name else shape
    return resolved


def _fields(shape: Mapping[str, Any]) -> Iterator[Named]:
    required = shape.get("required", ())
    for name, inner in shape.get("properties", {}).items():
        yield Named(name, form(inner), name in required, inner.get("description", ""))


def form(shape: Mapping[str, Any]) -> str:
    """A schema in a few words: `list of text`, `Proposal or null`, `one of: now, soon, routine`."""
    if "$ref" in shape:
        return str(shape["$ref"]).rpartition("/")[2]
    if "enum" in shape:
        return "one of: " + ", ".join(str(word) for word in shape["enum"])
    if "anyOf" in shape:
        return " or ".join(form(inner) for inner in shape["anyOf"])
    kind = shape.get("type", "anything")
    if isinstance(kind, list):
        return " or ".join(form({**shape, "type": one}) for one in kind)
    if kind == "array":
        return f"list of {form(shape.get('items', {}))}"
    if kind == "object":
        inner = shape.get("additionalProperties")
        return f"{form(inner)} by name" if isinstance(inner, Mapping) else "object"
    limit = f", at most {shape['maxLength']} characters" if "maxLength" in shape else ""
    return str(shape.get("format", kind)) + limit
