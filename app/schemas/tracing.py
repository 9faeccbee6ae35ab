"""Looking for family, for the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, post_load

from app.schemas.base import MOST_SEEN, CommandSchema, Text, WholeNumber
from models.vocabulary import CandidateState, Sex, SoughtRelation, TracingState
from workflows.tracing import EndTracing, OpenTracing
from workflows.tracing_answers import Decide


class OpenTracingSchema(CommandSchema):
    """Who is sought, by whom, with the wish and the look at the risk."""

    command = OpenTracing

    number = Text(required=True, most=20)
    names = fields.List(Text(most=200), required=True)
    relation = fields.Enum(SoughtRelation, by_value=True, required=True)
    sex = fields.Enum(Sex, by_value=True, load_default=Sex.UNKNOWN)
    born_from = WholeNumber(least=0, most=9999, allow_none=True, load_default=None)
    born_to = WholeNumber(least=0, most=9999, allow_none=True, load_default=None)
    place = Text(most=200, blank=True, load_default="")
    when = Text(most=200, blank=True, load_default="")
    says = Text(most=1000, lines=True, blank=True, load_default="")
    wished = fields.Boolean(required=True)
    safe = fields.Boolean(required=True)

    @post_load
    def make_command(self, data: Mapping[str, Any], **rest: Any) -> Any:
        """A tuple of names, as the command has it."""
        return super().make_command({**data, "names": tuple(data["names"])}, **rest)


class EndTracingSchema(CommandSchema):
    """That a search is over, how and why. `version` is that of the page."""

    command = EndTracing

    request_id = fields.UUID(required=True)
    version = WholeNumber(required=True, least=0, most=MOST_SEEN)
    state = fields.Enum(TracingState, by_value=True, required=True)
    says = Text(required=True, most=1000, lines=True)


class DecideSchema(CommandSchema):
    """What a human says of a candidate. `version` is that of the page."""

    command = Decide

    candidate_id = fields.UUID(required=True)
    version = WholeNumber(required=True, least=0, most=MOST_SEEN)
    state = fields.Enum(CandidateState, by_value=True, required=True)
