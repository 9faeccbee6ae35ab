"""What the private interview at a desk may say, for the page and for the API alike."""

from __future__ import annotations

from marshmallow import fields
from marshmallow.validate import Length

from app.schemas.arrivals import language_codes
from app.schemas.base import MOST_SEEN, CommandSchema, OneOf, Text, WholeNumber
from app.schemas.screening import INTERPRETERS, WAYS, AnswersSchema
from workflows.interviews import BeginInterview, RecordInterview

_MOST_SETTLED = 20


class BeginInterviewSchema(CommandSchema):
    """That the person was told what this desk asks for, and is alone with the officer."""

    command = BeginInterview

    case_number = Text(required=True, most=20)
    language = OneOf(language_codes, required=True)
    how = OneOf(frozenset(WAYS), required=True)
    interpreter = OneOf(frozenset(INTERPRETERS), required=True)
    understood = fields.Boolean(required=True)
    alone = fields.Boolean(required=True)


class InterviewAnswersSchema(AnswersSchema):
    """Answers of a desk's card; `settled` says of facts on which answers differed why these are right."""

    command = RecordInterview  # type: ignore[assignment]  # the same fields and one more

    settled = fields.Dict(
        keys=Text(most=60),
        values=Text(most=1000, lines=True),
        load_default=dict,
        validate=Length(max=_MOST_SETTLED),
    )
    #: The newest answers when the questions were shown: nothing is answered unseen.
    seen = WholeNumber(least=0, most=MOST_SEEN, required=True, allow_none=True)
