"""Two records found to be of one person, for the page."""

from __future__ import annotations

from marshmallow import fields

from app.schemas.base import MOST_SEEN, CommandSchema, Text, WholeNumber
from workflows.merging import AnswerMerge, ProposeMerge, UndoMerge


class ProposeMergeSchema(CommandSchema):
    """That two records are of one person, which of them leads, and why."""

    command = ProposeMerge

    number = Text(required=True, most=20)
    other = Text(required=True, most=20)
    leads = fields.Boolean(required=True)
    reason = Text(required=True, most=1000, lines=True)


class AnswerMergeSchema(CommandSchema):
    """What the second account says. `version` is that of the page."""

    command = AnswerMerge

    merge_id = fields.UUID(required=True)
    version = WholeNumber(required=True, least=0, most=MOST_SEEN)
    approve = fields.Boolean(required=True)


class UndoMergeSchema(CommandSchema):
    """That they are of two persons after all, and why. `version` is that of the page."""

    command = UndoMerge

    merge_id = fields.UUID(required=True)
    version = WholeNumber(required=True, least=0, most=MOST_SEEN)
    reason = Text(required=True, most=1000, lines=True)
