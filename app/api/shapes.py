"""Frozen dataclasses as JSON, and as the JSON Schema of what that JSON looks like: one source for both.

Nothing is decided and nothing is left out here: what an answer may hold is its dataclass.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

_PLAIN: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    datetime: {"type": "string", "format": "date-time"},
    date: {"type": "string", "format": "date"},
    UUID: {"type": "string", "format": "uuid"},
    type(None): {"type": "null"},
    Any: {},
}


def as_json(value: Any) -> Any:
    """A value as what JSON can hold. Times are RFC 3339 in UTC."""
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: as_json(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, date):  # times too
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Mapping):
        return {str(as_json(name)): as_json(inner) for name, inner in value.items()}
    if isinstance(value, tuple | list | frozenset):
        inner = [as_json(one) for one in value]
        return sorted(inner) if isinstance(value, frozenset) else inner
    return value


class Shapes:
    """Collects the schemas of dataclasses under their names, for the components of a document."""

    def __init__(self) -> None:
        self.named: dict[str, dict[str, Any]] = {}
        self._kinds: dict[str, type] = {}

    def of(self, hint: Any) -> dict[str, Any]:
        """The JSON Schema of what `as_json` makes of a value with this type hint.

        Raises:
            TypeError: a hint that has no shape, or two classes of one name.
        """
        if hint in _PLAIN:
            return dict(_PLAIN[hint])
        if isinstance(hint, type) and issubclass(hint, Enum):
            return {"type": "string", "enum": [word.value for word in hint]}
        if isinstance(hint, type) and is_dataclass(hint):
            return self._reference(hint)
        origin, inner = get_origin(hint), get_args(hint)
        if origin in (tuple, list, frozenset):
            return {"type": "array", "items": self.of(inner[0])}
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return {"type": "object", "additionalProperties": self.of(inner[1])}
        if origin in (Union, types.UnionType):
            return {"anyOf": [self.of(one) for one in inner]}
        raise TypeError(hint)

    def _reference(self, kind: type) -> dict[str, Any]:
        name = kind.__name__
        if self._kinds.setdefault(name, kind) is not kind:
            raise TypeError(name)
        if name not in self.named:
            self.named[name] = {}  # a kind may hold itself
            self.named[name] = self._object(kind)
        return {"$ref": f"#/components/schemas/{name}"}

    def _object(self, kind: Any) -> dict[str, Any]:
        hints = get_type_hints(kind)
        shape: dict[str, Any] = {
            "type": "object",
            "properties": {one.name: self.of(hints[one.name]) for one in fields(kind)},
            # Every field is always there; nothing that is unknown is left out.
            "required": [one.name for one in fields(kind)],
            "additionalProperties": False,
        }
        said = (kind.__doc__ or "").strip()
        return {"description": " ".join(said.split()), **shape} if said else shape
