"""What an administrator may enter of a desk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, post_load

from app.schemas.base import MOST_SEEN, Code, CommandSchema, WholeNumber
from workflows.network import EditDesk


class EditDeskSchema(CommandSchema):
    """Open or closed, how many referrals each service takes, and whether all this was verified today."""

    command = EditDesk

    code = Code(required=True)
    open = fields.Boolean(required=True)
    version = WholeNumber(required=True, least=0, most=MOST_SEEN)
    capacity = fields.Dict(
        keys=fields.UUID(),
        values=WholeNumber(least=0, most=9999, allow_none=True),
        load_default=dict,
    )
    verified = fields.Boolean(load_default=False)

    @post_load
    def make_command(self, data: Mapping[str, Any], **rest: Any) -> Any:
        """The command with its own copy of the places."""
        return super().make_command({**data, "capacity": dict(data["capacity"])}, **rest)
