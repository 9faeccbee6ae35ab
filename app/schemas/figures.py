"""Which figures may be asked for, for the page and for the API alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from marshmallow import ValidationError, fields, post_load, pre_load

from app.schemas.base import Code, CommandSchema, OneOf, Text
from models.vocabulary import AgeBand, Sex
from workflows.agreements import RecordAgreement
from workflows.releases import TABLES, FiguresRequest


class AgeWord(fields.String):
    """A band of age; `60+` is no code, since a plus is no letter of one."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **rest: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **rest)
        if text not in tuple(AgeBand):
            raise ValidationError(gettext("Choose one from the list."))
        return text


class FiguresSchema(CommandSchema):
    """A period (`2026-10` or `2026-Q4`), tables of the closed list, perhaps one post, sex or age band; and
    the agreement under which they leave.
    """

    command = FiguresRequest

    period = Code(required=True)
    tables = fields.List(OneOf(TABLES.keys()), required=True)
    post = Code(load_default=None, allow_none=True)
    sex = OneOf(tuple(Sex), load_default=None, allow_none=True)
    age_band = AgeWord(load_default=None, allow_none=True)
    agreement = fields.UUID(load_default=None, allow_none=True)

    @pre_load
    def without_blank(self, data: Mapping[str, Any], **_: Any) -> Mapping[str, Any]:
        """What is left empty is not asked for."""
        blank = ("post", "sex", "age_band", "agreement")
        return {**data, **{name: data.get(name) or None for name in blank}}

    @post_load
    def make_command(self, data: Mapping[str, Any], **rest: Any) -> Any:
        """Each table once, in the order of the list."""
        wanted = tuple(key for key in TABLES if key in set(data["tables"]))
        return super().make_command({**data, "tables": wanted}, **rest)


class AgreementSchema(CommandSchema):
    """An agreement with a partner: who, what for, who signed, until when."""

    command = RecordAgreement

    partner = Text(most=120, required=True)
    purpose = Text(most=400, lines=True, required=True)
    signed_by = Text(most=120, required=True)
    ends_on = fields.Date(required=True)
