"""What a desk writes and arranges on a case in its care, for the page and for the API alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import fields, post_load

from app.schemas.base import MOST_SEEN, CommandSchema, Text, WholeNumber
from models.vocabulary import (
    Alternative,
    AppointmentState,
    Bring,
    FlagKind,
    NoteAudience,
    Solution,
    TaskChangeKind,
    There,
    WayKind,
    Withheld,
)
from workflows.appointments import MakeAppointment, MoveAppointment, SettleAppointment
from workflows.caseflags import EndFlag, RaiseFlag
from workflows.casenotes import WriteNote
from workflows.reopening import Reopen
from workflows.taskcare import ChangeTasks, Picked
from workflows.ways_on import RecordWay


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
    version = WholeNumber(required=True, least=0, most=MOST_SEEN)


class MakeAppointmentSchema(CommandSchema):
    """An appointment: day and time at the desk, where to come, what to bring."""

    command: ClassVar[type] = MakeAppointment

    number = Text(required=True, most=20)
    day = fields.Date(required=True)
    time = fields.Time(format="%H:%M", required=True)
    place = Text(required=True, most=200)
    bring = fields.List(fields.Enum(Bring, by_value=True), load_default=list)

    @post_load
    def make_command(self, data: Mapping[str, Any], **rest: Any) -> Any:
        """A tuple of things, as the command has it."""
        return super().make_command({**data, "bring": tuple(data["bring"])}, **rest)


class MoveAppointmentSchema(MakeAppointmentSchema):
    """Another appointment in the place of one. `version` is that of the page."""

    command = MoveAppointment

    appointment_id = fields.UUID(required=True)
    version = WholeNumber(required=True, least=0, most=MOST_SEEN)


class SettleAppointmentSchema(CommandSchema):
    """What became of an appointment. `version` is that of the page."""

    command = SettleAppointment

    number = Text(required=True, most=20)
    appointment_id = fields.UUID(required=True)
    state = fields.Enum(AppointmentState, by_value=True, required=True)
    version = WholeNumber(required=True, least=0, most=MOST_SEEN)


class ReopenSchema(CommandSchema):
    """Open a closed case again, with the reason."""

    command = Reopen

    case_number = Text(required=True, most=20)
    reason = Text(required=True, most=1000, lines=True)


class RecordWaySchema(CommandSchema):
    """How it may go on: what belongs to the kind, and nothing else is needed."""

    command = RecordWay

    number = Text(required=True, most=20)
    kind = fields.Enum(WayKind, by_value=True, required=True)
    alternatives = fields.List(fields.Enum(Alternative, by_value=True), load_default=list)
    solution = fields.Enum(Solution, by_value=True, allow_none=True, load_default=None)
    country = Text(most=3, blank=True, load_default="")
    there = fields.Dict(
        keys=fields.String(),
        values=fields.Enum(There, by_value=True),
        allow_none=True,
        load_default=None,
    )
    says = Text(most=1000, lines=True, blank=True, load_default="")

    @post_load
    def make_command(self, data: Mapping[str, Any], **rest: Any) -> Any:
        """A tuple of alternatives, as the command has it."""
        chosen = tuple(data["alternatives"] or ())
        return super().make_command({**data, "alternatives": chosen}, **rest)


class PickedSchema(CommandSchema):
    """A task as it was shown. `version` is that of its care in the list."""

    command = Picked

    task_id = fields.UUID(required=True)
    version = WholeNumber(required=True, least=0, most=MOST_SEEN)


class ChangeTasksSchema(CommandSchema):
    """Give up to 500 tasks to a colleague, let them rest until a moment with a reason, or wake them."""

    command = ChangeTasks

    picked = fields.List(fields.Nested(PickedSchema), required=True)
    kind = fields.Enum(TaskChangeKind, by_value=True, required=True)
    to = fields.UUID(allow_none=True, load_default=None)
    until = fields.AwareDateTime(allow_none=True, load_default=None)
    reason = Text(most=300, blank=True, load_default="")

    @post_load
    def make_command(self, data: Mapping[str, Any], **rest: Any) -> Any:
        """A tuple of tasks, as the command has it."""
        return super().make_command({**data, "picked": tuple(data["picked"])}, **rest)
