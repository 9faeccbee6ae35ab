"""What a desk may enter of its sites, rooms and who sleeps there; and what a supervisor allows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import fields, post_load

from app.schemas.base import MOST_SEEN, Code, CommandSchema, Text, WholeNumber
from models.vocabulary import (
    AgeBand,
    ApartReason,
    Company,
    LeaveReason,
    OutReason,
    OverReason,
    Sex,
)
from workflows.beds import Arrive, Leave, Place
from workflows.overfull import MOST_EXTRA, AllowOverfull
from workflows.sites import AddRoom, AddSite, KeepRoom


class AddSiteSchema(CommandSchema):
    """A site by its name."""

    command = AddSite

    desk = Code(required=True)
    name = Text(most=80, required=True)


class AddRoomSchema(CommandSchema):
    """A new room."""

    command: ClassVar[type] = AddRoom

    site_id = fields.UUID(required=True)
    label = Text(most=40, required=True)
    beds = WholeNumber(least=1, most=999, required=True)
    out_of_use = WholeNumber(least=0, most=999, load_default=0)
    out_reason = fields.Enum(OutReason, by_value=True, allow_none=True, load_default=None)
    open = fields.Boolean(load_default=True)
    sexes = fields.List(fields.Enum(Sex, by_value=True), load_default=list)
    ages = fields.List(fields.Enum(AgeBand, by_value=True), load_default=list)
    companies = fields.List(fields.Enum(Company, by_value=True), load_default=list)
    children_until = WholeNumber(least=0, most=17, load_default=0)

    @post_load
    def make_command(self, data: Mapping[str, Any], **rest: Any) -> Any:
        """Tuples, as the command has them."""
        lists = {name: tuple(data[name]) for name in ("sexes", "ages", "companies")}
        return super().make_command({**data, **lists}, **rest)


class KeepRoomSchema(AddRoomSchema):
    """A room that is there. `version` is that of the page."""

    command = KeepRoom

    class Meta(AddRoomSchema.Meta):
        """The site stays."""

        exclude = ("site_id",)

    room_id = fields.UUID(required=True)
    version = WholeNumber(required=True, least=0, most=MOST_SEEN)


class AllowOverfullSchema(CommandSchema):
    """How many more than it has beds, for how many days, and why."""

    command = AllowOverfull

    room_id = fields.UUID(required=True)
    extra = WholeNumber(least=0, most=MOST_EXTRA, required=True)
    days = WholeNumber(least=1, most=14, load_default=1)
    reason = fields.Enum(OverReason, by_value=True, required=True)
    note = Text(most=500, lines=True, blank=True, load_default="")
    version = WholeNumber(required=True, least=0, most=MOST_SEEN)


class PlaceSchema(CommandSchema):
    """Beds for somebody and their family."""

    command = Place

    case_number = Text(most=20, required=True)
    room_id = fields.UUID(required=True)
    members = fields.List(Text(most=20), load_default=list)
    here = fields.Boolean(load_default=True)
    at = fields.Time(format="%H:%M", allow_none=True, load_default=None)
    apart = fields.Enum(ApartReason, by_value=True, allow_none=True, load_default=None)
    asked_alone = fields.Boolean(load_default=False)
    note = Text(most=1000, lines=True, blank=True, load_default="")

    @post_load
    def make_command(self, data: Mapping[str, Any], **rest: Any) -> Any:
        """A tuple of members, as the command has it."""
        return super().make_command({**data, "members": tuple(data["members"])}, **rest)


class ArriveSchema(CommandSchema):
    """That somebody who was expected has come."""

    command = Arrive

    case_number = Text(most=20, required=True)
    at = fields.Time(format="%H:%M", allow_none=True, load_default=None)


class LeaveSchema(CommandSchema):
    """Why somebody no longer sleeps there."""

    command = Leave

    case_number = Text(most=20, required=True)
    reason = fields.Enum(LeaveReason, by_value=True, required=True)
    at = fields.Time(format="%H:%M", allow_none=True, load_default=None)
