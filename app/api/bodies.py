"""Reading what a machine sends: strictly JSON, of bounded depth, then through the one schema.

Errors say where (a JSON Pointer, RFC 6901) and why, and repeat no value.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from flask import request
from werkzeug.exceptions import UnsupportedMediaType

from app.api.refusals import InvalidInput, UnreadableBody
from app.schemas.loading import SchemaRefused, load

_DEEPEST = 12
_LONGEST_POINTER = 200


def read_object(raw: bytes) -> dict[str, Any]:
    """The body as an object; an empty body is an empty object.

    Raises:
        UnsupportedMediaType: another content type.
        UnreadableBody: not one JSON object in UTF-8, a name twice, NaN or Infinity, nested too deep.
    """
    if not raw:
        return {}
    if request.mimetype != "application/json":
        raise UnsupportedMediaType
    try:
        found = json.loads(
            raw.decode("utf-8"), object_pairs_hook=_once_each, parse_constant=_no_constant
        )
    except (ValueError, RecursionError):
        # ValueError: also bytes that are no UTF-8, and numbers of thousands of digits.
        raise UnreadableBody from None
    if not isinstance(found, dict) or not _shallow(found, _DEEPEST):
        raise UnreadableBody
    return found


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _no_constant(_name: str) -> Any:
    raise ValueError


def _shallow(value: Any, left: int) -> bool:
    if not isinstance(value, dict | list):
        return True
    inner = value.values() if isinstance(value, dict) else value
    return left > 0 and all(_shallow(one, left - 1) for one in inner)


def read_query() -> dict[str, str]:
    """The query of the address.

    Raises:
        InvalidInput: a name is given twice.
    """
    found = request.args.to_dict(flat=False)
    twice = [{"pointer": f"/{name}"[:_LONGEST_POINTER], "detail": "Given more than once."}
             for name, values in found.items() if len(values) > 1]  # fmt: skip
    if twice:
        raise InvalidInput(twice)
    return {name: values[0] for name, values in found.items()}


def command_of(schema: Any, data: Mapping[str, Any]) -> Any:
    """What the schema makes of the data.

    Raises:
        InvalidInput: with a place and a reason for each fault.
    """
    try:
        return load(schema, data)
    except SchemaRefused as refused:
        raise InvalidInput(list(_faults(refused.messages))) from None


def nothing_in(data: Mapping[str, Any]) -> None:
    """Refuse names where none is expected."""
    if data:
        raise InvalidInput(
            [
                {"pointer": f"/{name}"[:_LONGEST_POINTER], "detail": "Unknown field."}
                for name in data
            ]
        )


def _faults(found: Any, pointer: str = "") -> Iterator[dict[str, str]]:
    if isinstance(found, Mapping):
        for name, inner in found.items():
            step = "" if name == "_schema" else "/" + _escaped(str(name))
            yield from _faults(inner, pointer + step)
    elif isinstance(found, list):
        for inner in found:
            yield from _faults(inner, pointer)
    else:
        yield {"pointer": pointer[:_LONGEST_POINTER], "detail": str(found)}


def _escaped(name: str) -> str:
    """Hidden and unpaired characters of a name become question marks; `~` and `/` as RFC 6901 says."""
    shown = "".join(character if character.isprintable() else "?" for character in name)
    return shown.replace("~", "~0").replace("/", "~1")
