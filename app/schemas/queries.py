"""What a machine may put into a query or a search: bounded and clean like all else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, post_load

from app.schemas.base import Code, CommandSchema, Text


class QuerySchema(CommandSchema):
    """A query has no command: its values go to a reading function by name."""

    @post_load
    def make_command(self, data: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        """The values by name."""
        return dict(data)


class AfterSchema(QuerySchema):
    """The mark of the page before, from its answer."""

    after = Text(most=60, load_default=None)


class MonthSchema(QuerySchema):
    """A month as `2026-10`."""

    month = Code(load_default=None)


class PrivateSchema(QuerySchema):
    """Whether the person is alone with the officer, so that private questions may be asked."""

    private = fields.Boolean(load_default=False)


class CardSchema(QuerySchema):
    """The id of a card; without it, the one to ask next."""

    card = Code(load_default=None)


class DaySchema(QuerySchema):
    """Which day is asked for; without one, today."""

    day = fields.Date(load_default=None)


class DeskSchema(QuerySchema):
    """The code of a desk."""

    desk = Code(required=True)


class SearchSchema(QuerySchema):
    """A name to search for; in the body, never in an address."""

    name = Text(required=True, most=200)
