"""Casework by machine: notes and flags of a case that one of the account's desks has in care."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask_smorest import Blueprint

from app.api.door import reads, writes
from app.schemas.casework import EndFlagSchema, RaiseFlagSchema, WriteNoteSchema
from workflows import caseflags, casenotes
from workflows.caseflags import EndFlag, FlagShown, RaiseFlag
from workflows.casenotes import NoteShown, WriteNote
from workflows.policy import Act
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
