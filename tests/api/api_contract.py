"""Holds an answer against the OpenAPI document: the part of JSON Schema that the document uses, and
no more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
    "array": (list,),
    "object": (dict,),
}
_FORMATS = {"date": date.fromisoformat, "date-time": datetime.fromisoformat, "uuid": UUID}
KNOWN = {
    "type", "enum", "anyOf", "items", "properties", "required", "additionalProperties", "format",
    "description", "$ref", "pattern", "minLength", "maxLength", "minItems", "maxItems", "minimum",
    "maximum", "default", "propertyNames", "readOnly", "allOf",
}  # fmt: skip


def faults(document: Mapping[str, Any], shape: Mapping[str, Any], value: Any) -> Iterator[str]:
    """What of `value` does not fit `shape`."""
    if "$ref" in shape:
        yield from faults(document, resolved(document, shape["$ref"]), value)
        return
    if "anyOf" in shape:
        if all(list(faults(document, one, value)) for one in shape["anyOf"]):
            yield f"{value!r} is none of {shape['anyOf']}"
        return
    kinds = shape.get("type")
    if kinds is not None and not _is(value, kinds):
        yield f"{value!r} is not {kinds}"
        return
    if "enum" in shape and value not in shape["enum"]:
        yield f"{value!r} is not in {shape['enum']}"
    if "format" in shape and value is not None:
        _FORMATS[shape["format"]](value)
    if isinstance(value, list):
        for inner in value:
            yield from faults(document, shape.get("items", {}), inner)
    if isinstance(value, dict):
        yield from _members(document, shape, value)


def _is(value: Any, kinds: str | list[str]) -> bool:
    wanted = [kinds] if isinstance(kinds, str) else kinds
    found = any(isinstance(value, _TYPES[kind]) for kind in wanted)
    return found and (not isinstance(value, bool) or "boolean" in wanted)


def _members(
    document: Mapping[str, Any], shape: Mapping[str, Any], value: dict[str, Any]
) -> Iterator[str]:
    yield from (f"{name} is missing" for name in shape.get("required", ()) if name not in value)
    known = shape.get("properties", {})
    more = shape.get("additionalProperties", True)
    for name, inner in value.items():
        if name in known:
            yield from faults(document, known[name], inner)
        elif more is False:
            yield f"{name} is not in the document"
        elif isinstance(more, Mapping):
            yield from faults(document, more, inner)


def resolved(document: Mapping[str, Any], reference: str) -> Any:
    """What a reference inside the document points to."""
    found: Any = document
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return found


def template(rule: str) -> str:
    """A rule of Flask as a path of OpenAPI."""
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule)
