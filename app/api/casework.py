"""Casework by machine: notes, flags, appointments and tasks of what the account's desks have in care."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask_smorest import Blueprint

from app.api.door import reads, writes
from app.schemas.casework import (
    ChangeTasksSchema,
    EndFlagSchema,
    MakeAppointmentSchema,
    MoveAppointmentSchema,
    RaiseFlagSchema,
    ReopenSchema,
    SettleAppointmentSchema,
    WriteNoteSchema,
)
from app.schemas.queries import DaySchema
from workflows import appointments, caseflags, casenotes, desk_tasks, reopening, taskcare
from workflows.appointments import (
    AppointmentShown,
    DayList,
    MakeAppointment,
    MoveAppointment,
    SettleAppointment,
)
from workflows.caseflags import EndFlag, FlagShown, RaiseFlag
from workflows.casenotes import NoteShown, WriteNote
from workflows.desk_tasks import DeskTask
from workflows.policy import Act
from workflows.reopening import Reopen, Reopened
from workflows.taskcare import Changed, ChangeTasks
from workflows.work import Work

blueprint = Blueprint("casework", __name__, description="Notes, flags, appointments, tasks.")


@dataclass(frozen=True)
class NotesAnswer:
    """The notes that the account may read, newest first."""

    notes: tuple[NoteShown, ...]


@dataclass(frozen=True)
class FlagsAnswer:
    """Every flag that the case ever had: those that stand first."""

    flags: tuple[FlagShown, ...]


@dataclass(frozen=True)
class AppointmentsAnswer:
    """The appointments of the account's desks with the person, the latest first."""

    appointments: tuple[AppointmentShown, ...]


@dataclass(frozen=True)
class DeskTasksAnswer:
    """The open tasks of the account's desks that do not rest, most urgent first."""

    tasks: tuple[DeskTask, ...]


@dataclass(frozen=True)
class DoneAnswer:
    """The id of what was kept or changed."""

    id: UUID


@reads(blueprint, "/referrals/<number>/notes", Act.VIEW_NOTES, gives=NotesAnswer)
def list_notes(work: Work, number: str) -> NotesAnswer:
    """The notes on the case of a referral in care that are for this account."""
    return NotesAnswer(casenotes.of_case(work, number))


@writes(
    blueprint,
    "/referrals/<number>/notes",
    Act.WRITE_NOTE,
    takes=WriteNoteSchema,
    gives=DoneAnswer,
    status=201,
)
def write_note(work: Work, command: WriteNote) -> DoneAnswer:
    """Keep a note. It is never changed: a further one with `corrects` puts it right."""
    return DoneAnswer(casenotes.write(work, command))


@reads(blueprint, "/referrals/<number>/flags", Act.VIEW_HOLDS, gives=FlagsAnswer)
def list_flags(work: Work, number: str) -> FlagsAnswer:
    """The flags of the case. `version` is what ending one needs as If-Match."""
    return FlagsAnswer(caseflags.of_case(work, number))


@writes(
    blueprint,
    "/referrals/<number>/flags",
    Act.FLAG_CASE,
    takes=RaiseFlagSchema,
    gives=DoneAnswer,
    status=201,
)
def raise_flag(work: Work, command: RaiseFlag) -> DoneAnswer:
    """Set a flag: what to heed, until which day."""
    return DoneAnswer(caseflags.raise_flag(work, command))


@writes(
    blueprint,
    "/referrals/<number>/flags/<uuid:flag_id>/end",
    Act.FLAG_CASE,
    takes=EndFlagSchema,
    match="version",
    gives=DoneAnswer,
)
def end_flag(work: Work, command: EndFlag) -> DoneAnswer:
    """Take a flag off the top of the case; it stays in the history."""
    caseflags.end(work, command)
    return DoneAnswer(command.flag_id)


@reads(
    blueprint,
    "/referrals/<number>/appointments",
    Act.VIEW_APPOINTMENTS,
    gives=AppointmentsAnswer,
)
def list_appointments(work: Work, number: str) -> AppointmentsAnswer:
    """The appointments with the person. `version` is what moving or settling one needs as If-Match."""
    return AppointmentsAnswer(appointments.of_case(work, number))


@writes(
    blueprint,
    "/referrals/<number>/appointments",
    Act.ARRANGE_APPOINTMENT,
    takes=MakeAppointmentSchema,
    gives=DoneAnswer,
    status=201,
)
def make_appointment(work: Work, command: MakeAppointment) -> DoneAnswer:
    """Make an appointment, by day and time at the desk."""
    return DoneAnswer(appointments.make(work, command))


@writes(
    blueprint,
    "/referrals/<number>/appointments/<uuid:appointment_id>/move",
    Act.ARRANGE_APPOINTMENT,
    takes=MoveAppointmentSchema,
    match="version",
    gives=DoneAnswer,
    status=201,
)
def move_appointment(work: Work, command: MoveAppointment) -> DoneAnswer:
    """Put another appointment in the place of one; the id of the new one."""
    return DoneAnswer(appointments.move(work, command))


@writes(
    blueprint,
    "/referrals/<number>/appointments/<uuid:appointment_id>/settle",
    Act.ARRANGE_APPOINTMENT,
    takes=SettleAppointmentSchema,
    match="version",
    gives=DoneAnswer,
)
def settle_appointment(work: Work, command: SettleAppointment) -> DoneAnswer:
    """Say that an appointment was kept, missed or called off. A missed one gives the desk a task."""
    appointments.settle(work, command)
    return DoneAnswer(command.appointment_id)


@reads(blueprint, "/appointments", Act.VIEW_APPOINTMENTS, query=DaySchema, gives=DayList)
def list_day(work: Work, day: date | None) -> DayList:
    """The appointments of the account's desks on a day, and older ones that nobody has settled."""
    return appointments.of_day(work, day)


@writes(
    blueprint,
    "/cases/<case_number>/reopen",
    Act.REOPEN_CASE,
    takes=ReopenSchema,
    gives=Reopened,
)
def reopen_case(work: Work, command: Reopen) -> Reopened:
    """Open a closed case of the account's agency again; its needs wait for a desk."""
    return reopening.reopen(work, command)


@reads(blueprint, "/desk/tasks", Act.VIEW_TASKS, gives=DeskTasksAnswer)
def list_desk_tasks(work: Work) -> DeskTasksAnswer:
    """The tasks of the account's desks. `version` is what a change of one names."""
    return DeskTasksAnswer(desk_tasks.of_desk(work))


@reads(blueprint, "/desk/tasks/preview", Act.ARRANGE_TASK, takes=ChangeTasksSchema, gives=Changed)
def preview_tasks(work: Work, command: ChangeTasks) -> Changed:
    """What a change of up to 500 tasks would do, and why it would leave some. Changes nothing."""
    return taskcare.preview(work, command)


@writes(blueprint, "/desk/tasks/change", Act.ARRANGE_TASK, takes=ChangeTasksSchema, gives=Changed)
def change_tasks(work: Work, command: ChangeTasks) -> Changed:
    """Change the tasks that can be changed; each other is named with a reason."""
    return taskcare.change(work, command)


@writes(blueprint, "/desk/tasks/changes/<uuid:change_id>/undo", Act.ARRANGE_TASK, gives=Changed)
def undo_tasks(work: Work, change_id: UUID) -> Changed:
    """Put the tasks of a change back, but those that were changed since."""
    return taskcare.undo(work, change_id)
