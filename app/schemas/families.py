"""What is said of families and groups, for the page and for the API alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from marshmallow import ValidationError, fields, post_load, validates_schema
from marshmallow.validate import Length

from app.schemas.arrivals import (
    BirthSchema,
    DocumentSchema,
    NameSchema,
    language_codes,
    relationship_codes,
    state_codes,
)
from app.schemas.base import MOST_SEEN, Code, CommandSchema, OneOf, Text, WholeNumber
from models.vocabulary import (
    CameBy,
    ContactWish,
    Evidence,
    Joined,
    LeftBecause,
    LinkState,
    SaidBy,
    Sex,
)
from workflows.apart import EndApart, KeepApart
from workflows.arrivals import Birth
from workflows.families import (
    LONGEST,
    MOST,
    AddMember,
    Common,
    JoinGroup,
    LeaveGroup,
    NewMember,
    RegisterGroup,
)
from workflows.kinship import ChangeLink, ClaimLink


class _Fixed(CommandSchema):
    """Lists become tuples: a command does not change."""

    @post_load
    def make_command(self, data: Mapping[str, Any], **rest: Any) -> Any:
        """The frozen command."""
        fixed = {
            name: tuple(value) if isinstance(value, list) else value for name, value in data.items()
        }
        return super().make_command(fixed, **rest)


class CommonSchema(_Fixed):
    """What the members have in common, each of it left out where it is not known."""

    command = Common

    post = Code(required=True)
    nationalities = fields.List(OneOf(state_codes), load_default=list, validate=Length(max=4))
    no_nationality = fields.Boolean(load_default=False)
    languages = fields.List(OneOf(language_codes), load_default=list, validate=Length(max=5))
    interpreter = fields.Boolean(load_default=None, allow_none=True)
    phone = Text(most=40, load_default=None, allow_none=True)
    contact_wish = fields.Enum(ContactWish, by_value=True, load_default=None, allow_none=True)
    came_from = OneOf(state_codes, load_default=None, allow_none=True)
    came_by = fields.Enum(CameBy, by_value=True, load_default=None, allow_none=True)

    @validates_schema
    def says_one_thing(self, data: Mapping[str, Any], **_: Any) -> None:
        """Not without and with a nationality."""
        if data.get("no_nationality") and data.get("nationalities"):
            raise ValidationError(
                gettext("Choose a nationality or none, not both."), "nationalities"
            )


class NewMemberSchema(_Fixed):
    """One member: `relationship` is what they are, as claimed, to the first, or to whoever they join."""

    command = NewMember

    names = fields.List(fields.Nested(NameSchema), required=True, validate=Length(min=1, max=6))
    sex = fields.Enum(Sex, by_value=True, load_default=Sex.UNKNOWN)
    birth = fields.Nested(BirthSchema, load_default=Birth)
    relationship = OneOf(relationship_codes, load_default=None, allow_none=True)
    documents = fields.List(
        fields.Nested(DocumentSchema), load_default=list, validate=Length(max=5)
    )


class RegisterGroupSchema(_Fixed):
    """A family or another group that travels together, registered at once: all of them or none."""

    command = RegisterGroup

    common = fields.Nested(CommonSchema, required=True)
    members = fields.List(
        fields.Nested(NewMemberSchema), required=True, validate=Length(min=2, max=MOST)
    )


class AddMemberSchema(CommandSchema):
    """Somebody new in the group of a case: met later, or born."""

    command = AddMember

    case_number = Text(required=True, most=20)
    common = fields.Nested(CommonSchema, required=True)
    member = fields.Nested(NewMemberSchema, required=True)
    joined = fields.Enum(Joined, by_value=True, load_default=Joined.LATER)


class JoinGroupSchema(CommandSchema):
    """Somebody who is registered already becomes one of the group of a case."""

    command = JoinGroup

    case_number = Text(required=True, most=20)
    other = Text(required=True, most=20)
    relationship = OneOf(relationship_codes, required=True)


class LeaveGroupSchema(CommandSchema):
    """The person of a case is no more of their group. `version` is that of the page."""

    command = LeaveGroup

    case_number = Text(required=True, most=20)
    because = fields.Enum(LeftBecause, by_value=True, required=True)
    says = Text(most=LONGEST, lines=True, blank=True, load_default="")
    version = WholeNumber(required=True, least=0, most=MOST_SEEN)


class ClaimLinkSchema(CommandSchema):
    """The person of a case is, as claimed, the `relationship` of the person of another."""

    command = ClaimLink

    case_number = Text(required=True, most=20)
    other = Text(required=True, most=20)
    relationship = OneOf(relationship_codes, required=True)
    said_by = fields.Enum(SaidBy, by_value=True, load_default=SaidBy.SELF)


class ChangeLinkSchema(CommandSchema):
    """How far a link is known now, by what, and who said so. `version` is that of the page."""

    command = ChangeLink

    case_number = Text(required=True, most=20)
    link_id = fields.UUID(required=True)
    state = fields.Enum(LinkState, by_value=True, required=True)
    said_by = fields.Enum(SaidBy, by_value=True, required=True)
    evidence = fields.Enum(Evidence, by_value=True, load_default=Evidence.NOTHING)
    says = Text(most=LONGEST, lines=True, blank=True, load_default="")
    version = WholeNumber(required=True, least=0, most=MOST_SEEN)


class KeepApartSchema(CommandSchema):
    """The person of a case must be kept from the person of another, who must not know it."""

    command = KeepApart

    case_number = Text(required=True, most=20)
    other = Text(required=True, most=20)
    said_by = fields.Enum(SaidBy, by_value=True, required=True)
    why = Text(most=LONGEST, lines=True, blank=True, load_default="")


class EndApartSchema(CommandSchema):
    """Two persons need not be kept apart any more. `version` is that of the page."""

    command = EndApart

    case_number = Text(required=True, most=20)
    edge_id = fields.UUID(required=True)
    version = WholeNumber(required=True, least=0, most=MOST_SEEN)
