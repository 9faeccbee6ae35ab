"""What a desk writes and arranges on a case in its care, for the page and for the API alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, post_load

from app.schemas.base import CommandSchema, Text, WholeNumber
from models.vocabulary import FlagKind, NoteAudience, Withheld
from workflows.caseflags import EndFlag, RaiseFlag
from workflows.casenotes import WriteNote


class WriteNoteSchema(CommandSchema):
    """A note on the case of a referral in care; `corrects` names the note that it puts right."""

    command = WriteNote

    number = Text(required=True, most=20)
    audience = fields.Enum(NoteAudience, by_value=True, required=True)
    text = Text(required=True, most=4000, lines=True)
    withheld = fields.Enum(Withheld, by_value=True, allow_none=True, load_default=None)
    corrects = fields.UUID(allow_none=True, load_default=None)


class RaiseFlagSchema(CommandSchema):
    """What to heed with a person, until when."""

    command = RaiseFlag

    number = Text(required=True, most=20)
    kinds = fields.List(fields.Enum(FlagKind, by_value=True), required=True)
    text = Text(most=300, lines=True, blank=True, load_default="")
    expires_on = fields.Date(required=True)

    @post_load
    def make_command(self, data: Mapping[str, Any], **rest: Any) -> Any:
        """A tuple of kinds, as the command has it."""
        return super().make_command({**data, "kinds": tuple(data["kinds"])}, **rest)


class EndFlagSchema(CommandSchema):
    """Take a flag off. `version` is that of the page."""

    command = EndFlag

    number = Text(required=True, most=20)
    flag_id = fields.UUID(required=True)
    version = WholeNumber(required=True, least=0, most=2**31)
