"""Notes on a case: for the own desk, for all desks that hold it, or for protection alone.

Never overwritten: a further note corrects an earlier one and goes to the same readers. The person hears them
with their file, unless a note says by what reason it is withheld.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, or_, select

from models.cases import Case
from models.casework import CaseNote
from models.network import Desk
from models.vault.sealed import load_sealed
from models.vocabulary import NoteAudience, Role, Withheld
from workflows import apart
from workflows.caring import in_care
from workflows.errors import InvalidCommand, NotFound
from workflows.policy import Act, Actor
from workflows.visibility import Clause
from workflows.work import Work

LONGEST = 4000
_FOR_ALL = (NoteAudience.HOLDERS, NoteAudience.PROTECTION)


@dataclass(frozen=True, kw_only=True)
class WriteNote:
    """A note on the case of a referral in care. `corrects`: the note that it puts right.

    `withheld`: why it is not read out to the person; None reads it out.
    """

    number: str
    audience: NoteAudience
    text: str
    withheld: Withheld | None = None
    corrects: UUID | None = None


@dataclass(frozen=True)
class NoteShown:
    """A note opened. `corrected`: a later note puts it right. `may_correct`: one's own desk wrote it."""

    id: UUID
    audience: NoteAudience
    text: str
    at: datetime
    desk: Mapping[str, str]
    own: bool
    withheld: Withheld | None
    corrects: UUID | None
    corrected: bool
    may_correct: bool


@dataclass(frozen=True)
class NotesReadOut:
    """What the person hears of notes; how many are withheld, and how many another desk must read out."""

    notes: tuple[NoteShown, ...]
    withheld: int
    elsewhere: int


def audiences(actor: Actor) -> tuple[NoteAudience, ...]:
    """For whom an actor may write: a police, border or security body not for protection alone."""
    if actor.force:
        return (NoteAudience.OWN_DESK, NoteAudience.HOLDERS)
    return tuple(NoteAudience)


def write(work: Work, command: WriteNote) -> UUID:
    """Keep a note; its id.

    Raises:
        InvalidCommand: nothing was written, an audience that is not the actor's, or a note to correct that
            is not of this case and desk.
        WouldTell: the person would hear of somebody who is kept from them.
        NotFound: not in the care of the actor's desk.
    """
    case, referral = in_care(work, command.number, Act.WRITE_NOTE)
    text = command.text.strip()
    if not text or len(text) > LONGEST:
        raise InvalidCommand(field="text")
    audience = _audience(work, command, case)
    if command.withheld is None:
        # The person hears it with their file.
        apart.require_untold(work, case.person_id, text)
    row = CaseNote(
        id=uuid4(),
        case_id=case.id,
        person_id=case.person_id,
        desk_id=referral.desk_id,
        audience=audience,
        recorded_by=work.actor.user_id,
        recorded_on=work.now.date(),
        corrects_id=command.corrects,
    )
    work.session.add(row)
    withheld = None if command.withheld is None else command.withheld.value
    content = {"text": text, "at": work.now.isoformat(), "withheld": withheld}
    if _is_protected(audience, work.actor):
        row.protected, row.shared = content, {}
    else:
        row.shared, row.protected = content, {}
    case.changed_on = work.now.date()
    work.session.flush()
    return row.id


def _audience(work: Work, command: WriteNote, case: Case) -> NoteAudience:
    """The chosen one; a correction goes to whoever read what it puts right."""
    if command.corrects is None:
        if command.audience not in audiences(work.actor):
            raise InvalidCommand(field="audience")
        return command.audience
    earlier = work.session.get(CaseNote, command.corrects)
    if (
        earlier is None
        or earlier.case_id != case.id
        or earlier.desk_id not in work.actor.desk_ids
        or earlier.audience not in audiences(work.actor)
    ):
        raise InvalidCommand(field="corrects")
    return earlier.audience


def _is_protected(audience: NoteAudience, actor: Actor) -> bool:
    """Whether a note is sealed under the purpose of protection: all but what forces must be able to open."""
    return audience is not NoteAudience.HOLDERS and not actor.force


def of_case(work: Work, number: str) -> tuple[NoteShown, ...]:
    """The notes that the actor may read, newest first, each opened and logged."""
    case, _ = in_care(work, number, Act.VIEW_NOTES)
    return _opened(work, case)


def one_of_case(work: Work, number: str, note_id: UUID) -> NoteShown:
    """One of them, of one's own desk. Raises `NotFound` for any other."""
    found = next((one for one in of_case(work, number) if one.id == note_id), None)
    if found is None or not found.may_correct:
        work.asked = Act.VIEW_NOTES
        raise NotFound
    return found


def read_out(work: Work, case: Case) -> NotesReadOut:
    """For the person, under a rule that opened their whole file."""
    shown = () if work.actor.role is Role.BORDER_OFFICIAL else _opened(work, case)
    spoken = tuple(one for one in shown if one.withheld is None)
    kept = work.session.scalar(select(func.count()).where(CaseNote.case_id == case.id)) or 0
    return NotesReadOut(spoken, len(shown) - len(spoken), kept - len(shown))


def _readable(actor: Actor) -> Clause:
    wide = [one for one in _FOR_ALL if one in audiences(actor)]
    return or_(CaseNote.desk_id.in_(list(actor.desk_ids)), CaseNote.audience.in_(wide))


def _opened(work: Work, case: Case) -> tuple[NoteShown, ...]:
    rows = work.session.execute(
        select(CaseNote, Desk.names)
        .join(Desk, CaseNote.desk_id == Desk.id)
        .where(CaseNote.case_id == case.id, _readable(work.actor))
        .options(*load_sealed(CaseNote.shared, CaseNote.protected))
    ).all()
    corrected = {row.corrects_id for row, _ in rows}
    found = [_shown(work, row, names, row.id in corrected) for row, names in rows]
    # Of one instant, what puts right comes after what it puts right.
    return tuple(sorted(found, key=lambda one: (one.at, one.corrects is not None), reverse=True))


def _shown(work: Work, row: CaseNote, names: Mapping[str, str], corrected: bool) -> NoteShown:  # noqa: FBT001  # one caller
    content = _content(row)
    withheld = content.get("withheld")
    return NoteShown(
        id=row.id,
        audience=row.audience,
        text=content.get("text", ""),
        at=datetime.fromisoformat(content["at"]),
        desk=names,
        own=row.recorded_by == work.actor.user_id,
        withheld=None if withheld is None else Withheld(withheld),
        corrects=row.corrects_id,
        corrected=corrected,
        may_correct=row.desk_id in work.actor.desk_ids,
    )


def _content(row: CaseNote) -> dict[str, Any]:
    """The field that is filled. What is for all lies in the one, what is for protection in the other."""
    if row.audience is NoteAudience.HOLDERS:
        return row.shared or {}
    # A force's own note lies with what is for all, since it is given no protection purpose by this act.
    if row.audience is NoteAudience.PROTECTION:
        return row.protected or {}
    return row.shared or row.protected or {}
