"""What urgent needs, the information step and answers may say, for the page and for the API alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from marshmallow import ValidationError, fields, post_load, validates
from marshmallow.validate import Length

from app.schemas.arrivals import language_codes
from app.schemas.base import MOST_SEEN, CommandSchema, OneOf, Text, WholeNumber
from workflows.rules.answers import Source
from workflows.screening import (
    URGENT_NEEDS,
    RecordAnswers,
    RecordInformation,
    RecordUrgentNeeds,
)

#: How somebody was told.
WAYS = ("read_aloud", "read_by_person", "recording", "signed")
#: Who interpreted. A companion never does: it may be the one to be feared (INV-19).
INTERPRETERS = ("none_needed", "here", "by_phone", "officer")
_MOST_ANSWERS = 80
_LONGEST_ANSWER = 200


class UrgentNeedsSchema(CommandSchema):
    """The ticks of one look."""

    command = RecordUrgentNeeds

    case_number = Text(required=True, most=20)
    seen = fields.List(
        OneOf(frozenset(URGENT_NEEDS)), required=True, validate=Length(max=len(URGENT_NEEDS))
    )

    @post_load
    def make_command(self, data: Mapping[str, Any], **_: Any) -> RecordUrgentNeeds:
        """The ticks as a tuple."""
        return RecordUrgentNeeds(case_number=data["case_number"], seen=tuple(data["seen"]))


class InformationSchema(CommandSchema):
    """That the person was told, in which language, how, through whom, and that it was understood."""

    command = RecordInformation

    case_number = Text(required=True, most=20)
    language = OneOf(language_codes, required=True)
    how = OneOf(frozenset(WAYS), required=True)
    interpreter = OneOf(frozenset(INTERPRETERS), required=True)
    understood = fields.Boolean(required=True)


class AnswersSchema(CommandSchema):
    """Answers by fact. Their form is judged by the pack; here they are bounded and clean."""

    command = RecordAnswers

    case_number = Text(required=True, most=20)
    answers = fields.Dict(
        keys=Text(most=60), values=fields.Raw(), required=True, validate=Length(max=_MOST_ANSWERS)
    )
    source = fields.Enum(Source, by_value=True, load_default=Source.SELF)
    seen = WholeNumber(least=0, most=MOST_SEEN, load_default=None, allow_none=True)

    @validates("answers")
    def are_plain(self, answers: Mapping[str, Any], **_: Any) -> None:
        """Text, whole numbers, and flat lists or maps of them."""
        if not all(_plain(value, depth=1) for value in answers.values()):
            raise ValidationError(gettext("An answer has a form that cannot be used."))


def _plain(value: Any, *, depth: int) -> bool:
    if value is None or isinstance(value, bool):
        return True
    if isinstance(value, str):
        return len(value) <= _LONGEST_ANSWER and value.isprintable()
    if isinstance(value, int):
        return abs(value) < 10**9
    if depth == 0 or not isinstance(value, list | dict) or len(value) > _MOST_ANSWERS:
        return False
    inner = list(value.items()) if isinstance(value, dict) else [("", item) for item in value]
    return all(
        isinstance(key, str) and len(key) <= _LONGEST_ANSWER and _plain(item, depth=depth - 1)
        for key, item in inner
    )
