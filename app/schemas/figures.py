"""Which figures may be asked for, for the page and for the API alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, post_load, pre_load

from app.schemas.base import Code, CommandSchema, OneOf
from workflows.releases import TABLES, FiguresRequest


class FiguresSchema(CommandSchema):
    """A period (`2026-10` or `2026-Q4`), tables of the closed list, perhaps one post."""

    command = FiguresRequest

    period = Code(required=True)
    tables = fields.List(OneOf(TABLES.keys()), required=True)
    post = Code(load_default=None, allow_none=True)

    @pre_load
    def without_blank(self, data: Mapping[str, Any], **_: Any) -> Mapping[str, Any]:
        """No post and an empty post mean the same: all posts in scope."""
        return {**data, "post": data.get("post") or None}

    @post_load
    def make_command(self, data: Mapping[str, Any], **rest: Any) -> Any:
        """Each table once, in the order of the list."""
        wanted = tuple(key for key in TABLES if key in set(data["tables"]))
        return super().make_command({**data, "tables": wanted}, **rest)
