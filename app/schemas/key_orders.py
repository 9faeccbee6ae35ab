"""What an administrator may ask to be done with keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from marshmallow import ValidationError, fields, post_load, validates

from app.schemas.base import CommandSchema, OneOf, Text
from workflows.key_orders import ROTATED, Operation, Order


class KeyOrderSchema(CommandSchema):
    """One operation, its keys, and whom it is about. Which of these belong together, the workflow says."""

    command = Order

    operation = fields.Enum(Operation, by_value=True, required=True)
    keys = fields.List(OneOf(ROTATED), load_default=())
    whom = fields.List(Text(most=64), load_default=())

    @validates("whom")
    def not_too_many(self, value: list[str], **_: Any) -> None:
        """A list that somebody can compare with what they meant."""
        if len(value) > 20:
            raise ValidationError(gettext("At most 20 names fit here."))

    @post_load
    def make_command(self, data: Mapping[str, Any], **rest: Any) -> Any:
        """Keys and names as the order holds them."""
        return super().make_command(
            {**data, "keys": tuple(data["keys"]), "whom": tuple(data["whom"])}, **rest
        )
