"""More people than beds: only while a supervisor of the desk's agency answers for it by name."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from models.vocabulary import OverReason
from workflows import sites
from workflows.errors import ChangedMeanwhile, InvalidCommand
from workflows.policy import Act
from workflows.work import Work

MOST_EXTRA = 50
LONGEST_NOTE = 500
#: For how long at most a room may be over-full before a supervisor says so anew.
AT_MOST = timedelta(days=14)


@dataclass(frozen=True, kw_only=True)
class AllowOverfull:
    """How many people more than beds a room may take, for how many days, and why. None more: it ends."""

    room_id: UUID
    extra: int
    days: int
    reason: OverReason
    note: str
    version: int


def allow_overfull(work: Work, command: AllowOverfull) -> None:
    """Let a room take more people than it has beds, until a moment; with 0 more it ends.

    Raises:
        NotFound: no such room, or another agency's.
        ChangedMeanwhile: it was edited since the page was shown.
        InvalidCommand: too many, too long, or no words why (`extra`, `days`, `note`).
    """
    room, _ = sites.room_under(work, command.room_id, Act.ALLOW_OVERFULL)
    if room.version != command.version:
        raise ChangedMeanwhile
    if not 0 <= command.extra <= MOST_EXTRA:
        raise InvalidCommand(field="extra")
    if command.extra == 0:
        room.extra, room.extra_by, room.extra_until, room.extra_reason = 0, None, None, None
        room.extra_note = None
        return
    if not 0 < command.days <= AT_MOST.days:
        raise InvalidCommand(field="days")
    note = command.note.strip()
    if not note or len(note) > LONGEST_NOTE:
        raise InvalidCommand(field="note")
    room.extra, room.extra_by = command.extra, work.actor.user_id
    room.extra_until = work.now + timedelta(days=command.days)
    room.extra_reason = command.reason
    room.extra_note = work.provider.seal_blob(
        sites.note_place(room.id), json.dumps({"text": note}).encode()
    )
    work.session.flush()


def room_to_allow(work: Work, room_id: UUID) -> sites.RoomShown:
    """A room of the supervisor's agency, with what was allowed and why."""
    room, site = sites.room_under(work, room_id, Act.ALLOW_OVERFULL)
    return sites.shown(work, room, site.name, note=True)
