"""What an administrator may enter of accounts and machines' tokens."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from marshmallow import (
    ValidationError,
    fields,
    post_load,
    pre_load,
    validates,
    validates_schema,
)

from app.schemas.base import Code, CommandSchema, Text, WholeNumber
from models.vocabulary import Role
from workflows.accounts import ChangeRole
from workflows.administration import LONGEST_TOKEN_DAYS, IssueToken, NewUser

_NAME = re.compile(r"[A-Za-z0-9._-]{1,60}")


class PlacedSchema(CommandSchema):
    """A role, and where an account of it belongs."""

    role = fields.Enum(Role, by_value=True, required=True)
    agency = Code(required=True)
    post = Code(load_default=None, allow_none=True)
    desks = fields.List(Code(), load_default=())
    staff_number = Text(load_default="", most=40, blank=True)

    @pre_load
    def without_blank(self, data: Mapping[str, Any], **_: Any) -> Mapping[str, Any]:
        """No post and an empty post mean the same."""
        return {**data, "post": data.get("post") or None}

    @validates("role")
    def nobody_is_the_clock(self, value: Role, **_: Any) -> None:
        """The system's own role signs in nowhere."""
        if value is Role.SYSTEM:
            raise ValidationError(gettext("Choose one from the list."))

    @validates_schema
    def place_fits_role(self, data: Mapping[str, Any], **_: Any) -> None:
        """A border official works at a post, a protection officer for desks."""
        if data.get("role") is Role.BORDER_OFFICIAL and not data.get("post"):
            raise ValidationError(gettext("A border official needs a post."), "post")
        if data.get("role") is Role.PROTECTION_OFFICER and not data.get("desks"):
            raise ValidationError(gettext("A protection officer needs a desk."), "desks")

    @post_load
    def make_command(self, data: Mapping[str, Any], **rest: Any) -> Any:
        """Desks each once; a post or desks only where the role works at one."""
        desks = tuple(dict.fromkeys(data["desks"]))
        role = data["role"]
        kept = {
            "post": data["post"] if role is Role.BORDER_OFFICIAL else None,
            "desks": desks if role is Role.PROTECTION_OFFICER else (),
        }
        return super().make_command({**data, **kept}, **rest)


class RoleSchema(PlacedSchema):
    """Another role or place for an account that is there."""

    command = ChangeRole

    user_id = fields.UUID(required=True)


class NewUserSchema(PlacedSchema):
    """A sign-in name that is no real name, a role, and where the account belongs."""

    command = NewUser

    name = Text(required=True, most=60)
    language = Code(load_default="en")
    needs_passkey = fields.Boolean(load_default=False)

    @validates("name")
    def plain_name(self, value: str, **_: Any) -> None:
        """A name that can be typed on every keyboard."""
        if not _NAME.fullmatch(value):
            raise ValidationError(
                gettext("Use letters of the Latin alphabet, digits, point, hyphen and underline.")
            )


class IssueTokenSchema(CommandSchema):
    """What a machine's token is for, and how long it opens."""

    command = IssueToken

    user_id = fields.UUID(required=True)
    label = Text(required=True, most=80)
    days = WholeNumber(required=True, least=1, most=LONGEST_TOKEN_DAYS)
