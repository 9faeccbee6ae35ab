"""Forms on a child, for the page: codes and values; which may be, `workflows.child_fields` says."""

from __future__ import annotations

from marshmallow import fields

from app.schemas.base import MOST_SEEN, CommandSchema, Text, WholeNumber
from workflows.child_fields import FormKind
from workflows.child_forms import FillForm


class FillFormSchema(CommandSchema):
    """One filling of a form. `seen` is the newest filling that the page knew."""

    command = FillForm

    number = Text(required=True, most=20)
    kind = fields.Enum(FormKind, by_value=True, required=True)
    values = fields.Dict(keys=fields.String(), values=fields.Raw(allow_none=True), required=True)
    seen = WholeNumber(required=True, least=0, most=MOST_SEEN)
