"""Loading through a schema for doors that do not know the library the schemas are made with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError

__all__ = ["Schema", "SchemaRefused", "load"]


class SchemaRefused(Exception):
    """What came from outside does not fit. `messages` are nested as the input is."""

    def __init__(self, messages: Mapping[str, Any]) -> None:
        super().__init__("refused")
        self.messages = messages


def load(schema: Schema, data: Mapping[str, Any]) -> Any:
    """The command that `schema` makes of `data`.

    Raises:
        SchemaRefused: something does not fit.
    """
    try:
        return schema.load(dict(data))
    except ValidationError as error:
        raise SchemaRefused(error.normalized_messages()) from None
