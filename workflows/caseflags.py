"""Flags on a case: an instruction to whoever meets the person, until a day.

Whoever holds the case sees those that stand at its top. One that has expired or was ended leaves the top by
itself, and stays in the history.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select

from models.cases import Case
from models.casework import CaseFlag
from models.network import Desk
from models.vault.sealed import load_sealed
from models.vocabulary import FlagKind, Role
from workflows.caring import in_care, today_at
from workflows.errors import ChangedMeanwhile, InvalidCommand, NotAllowedNow, NotFound
from workflows.policy import Act
from workflows.work import Work

LONGEST = 300
#: A flag that nobody looks at again must end by itself.
AT_MOST = timedelta(days=366)


@dataclass(frozen=True, kw_only=True)
class RaiseFlag:
    """What to heed, in words of the list and own ones, and the last day on which it stands."""

    number: str
    kinds: tuple[FlagKind, ...]
    text: str
    expires_on: date


@dataclass(frozen=True, kw_only=True)
class EndFlag:
    """That a flag no longer holds. `version` is that of the page."""

    number: str
    flag_id: UUID
    version: int


@dataclass(frozen=True)
class FlagShown:
    """A flag opened. `standing`: it is at the top of the case today."""

    id: UUID
    kinds: tuple[FlagKind, ...]
    text: str
    desk: Mapping[str, str]
    raised_on: date
    expires_on: date
    ended_on: date | None
    standing: bool
    version: int


def raise_flag(work: Work, command: RaiseFlag) -> UUID:
    """Put a flag on a case; its id.

    Raises:
        InvalidCommand: nothing chosen, `other` without words, or a day that is past or more than a year off.
    """
    case, referral = in_care(work, command.number, Act.FLAG_CASE)
    today, text = today_at(work, case), command.text.strip()
    if not command.kinds:
        raise InvalidCommand(field="kinds")
    if (FlagKind.OTHER in command.kinds and not text) or len(text) > LONGEST:
        raise InvalidCommand(field="text")
    if not today <= command.expires_on <= today + AT_MOST:
        raise InvalidCommand(field="expires_on")
    row = CaseFlag(
        id=uuid4(),
        case_id=case.id,
        person_id=case.person_id,
        desk_id=referral.desk_id,
        raised_by=work.actor.user_id,
        raised_on=today,
        expires_on=command.expires_on,
    )
    work.session.add(row)
    chosen = [kind.value for kind in FlagKind if kind in command.kinds]
    row.content = {"kinds": chosen, "text": text, "at": work.now.isoformat()}
    case.changed_on = work.now.date()
    work.session.flush()
    return row.id


def end(work: Work, command: EndFlag) -> None:
    """Take a flag off the top, whichever desk put it there: whoever learns that it is wrong must act.

    Raises:
        NotFound: no such flag on this case.
        ChangedMeanwhile: somebody else changed it since the page was shown.
        NotAllowedNow: it stands no more.
    """
    case, _ = in_care(work, command.number, Act.FLAG_CASE)
    row = work.session.get(CaseFlag, command.flag_id)
    if row is None or row.case_id != case.id:
        raise NotFound
    if row.version != command.version:
        raise ChangedMeanwhile
    today = today_at(work, case)
    if not _stands(row, today):
        raise NotAllowedNow
    row.ended_on, row.ended_by = today, work.actor.user_id
    case.changed_on = work.now.date()


def of_case(work: Work, number: str) -> tuple[FlagShown, ...]:
    """Every flag that the case ever had: those that stand first, then the newest."""
    case, _ = in_care(work, number, Act.VIEW_HOLDS)
    return _flags(work, case)


def at_the_top(work: Work, case: Case) -> tuple[FlagShown, ...]:
    """Those that stand today. The act that showed the safeguards has granted the purpose."""
    return tuple(one for one in _flags(work, case) if one.standing)


def read_out(work: Work, case: Case) -> tuple[FlagShown, ...]:
    """For the person, under a rule that opened their whole file; a post hears none of the desks' own."""
    return () if work.actor.role is Role.BORDER_OFFICIAL else _flags(work, case)


def _flags(work: Work, case: Case) -> tuple[FlagShown, ...]:
    rows = work.session.execute(
        select(CaseFlag, Desk.names)
        .join(Desk, CaseFlag.desk_id == Desk.id)
        .where(CaseFlag.case_id == case.id)
        .options(*load_sealed(CaseFlag.content))
    ).all()
    today = today_at(work, case)
    # Two sorts, since the newest come first among those that stand and among the others.
    found = sorted(rows, key=lambda pair: (pair[0].content or {})["at"], reverse=True)
    shown = [_shown(row, names, today) for row, names in found]
    return tuple(sorted(shown, key=lambda one: not one.standing))


def _shown(row: CaseFlag, names: Mapping[str, str], today: date) -> FlagShown:
    content = row.content or {}
    return FlagShown(
        id=row.id,
        kinds=tuple(_kinds(content.get("kinds", ()))),
        text=content.get("text", ""),
        desk=names,
        raised_on=row.raised_on,
        expires_on=row.expires_on,
        ended_on=row.ended_on,
        standing=_stands(row, today),
        version=row.version,
    )


def _kinds(codes: Iterable[str]) -> Iterable[FlagKind]:
    return (FlagKind(code) for code in codes)


def _stands(row: CaseFlag, today: date) -> bool:
    return row.ended_on is None and row.expires_on >= today
