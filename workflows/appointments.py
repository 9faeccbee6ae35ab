"""Appointments of a desk with persons in its care: made, kept, moved, missed, called off.

Days and times are those of the desk's zone. One that is missed gives the desk a task, so that somebody asks
why; a new appointment ends it. The list of the day opens nothing that is sealed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid4

from sqlalchemy import and_, or_, select

from models.cases import Case, Task
from models.casework import Appointment
from models.network import Agency, Desk
from models.referrals import Referral
from models.vault.sealed import load_sealed
from models.vocabulary import (
    AppointmentState,
    Bring,
    Role,
    TaskKind,
    Urgency,
)
from workflows import apart, tasks
from workflows.caring import in_care, zone_of_desk
from workflows.errors import ChangedMeanwhile, InvalidCommand, NotAllowedNow, NotFound
from workflows.policy import Act
from workflows.readings import language_told, pack_of
from workflows.rules.pack import Pack
from workflows.states import TAKEN
from workflows.work import Work

LONGEST_PLACE = 200
AT_MOST = timedelta(days=366)
#: How soon somebody asks why the person did not come (issue 5: 72 h for what is soon).
ASK_WITHIN = timedelta(hours=72)
_DAY_LIST = 200


@dataclass(frozen=True, kw_only=True)
class MakeAppointment:
    """Day and time at the desk, where to come, and what to bring."""

    number: str
    day: date
    time: time
    place: str
    bring: tuple[Bring, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MoveAppointment:
    """Another day, time or place. `version` is that of the page."""

    number: str
    appointment_id: UUID
    day: date
    time: time
    place: str
    bring: tuple[Bring, ...]
    version: int


@dataclass(frozen=True, kw_only=True)
class SettleAppointment:
    """What became of it: kept, missed or called off."""

    number: str
    appointment_id: UUID
    state: AppointmentState
    version: int


@dataclass(frozen=True)
class AppointmentShown:
    """An appointment opened. `local`: when it begins, in the desk's zone."""

    id: UUID
    state: AppointmentState
    local: datetime
    place: str
    bring: tuple[Bring, ...]
    begun: bool
    version: int


@dataclass(frozen=True)
class SlipShown:
    """What the slip says, and in whose language: ISO 639-3, or None where nobody has asked."""

    case_number: str
    appointment: AppointmentShown
    pack: Pack
    language: str | None


@dataclass(frozen=True)
class DayLine:
    """A line of the list of the day: number and time, nothing that was sealed."""

    id: UUID
    number: str
    case_number: str
    state: AppointmentState
    local: datetime
    desk: Mapping[str, str]
    begun: bool
    version: int


@dataclass(frozen=True)
class DayList:
    """The appointments of a day, and those of earlier days of which nobody said what became of them."""

    day: date
    lines: tuple[DayLine, ...]
    unsettled: tuple[DayLine, ...]


def make(work: Work, command: MakeAppointment) -> UUID:
    """Make an appointment; its id.

    Raises:
        InvalidCommand: a time that is past, does not exist or is more than a year off; a place that names
            the desk or its agency, which the slip must not tell.
    """
    case, referral = in_care(work, command.number, Act.ARRANGE_APPOINTMENT)
    starts = _starts(work, referral, command.day, command.time)
    apart.require_untold(work, case.person_id, command.place)
    row = _row(work, referral, starts, command.place, command.bring)
    missed = Task.kind == TaskKind.MISSED_APPOINTMENT
    tasks.end(work, case.id, missed, Task.desk_id == referral.desk_id)
    case.changed_on = work.now.date()
    work.session.flush()
    return row.id


def move(work: Work, command: MoveAppointment) -> UUID:
    """Put another appointment in the place of one; the id of the new one. The old one stays as moved.

    Raises:
        InvalidCommand: as `make`.
        NotAllowedNow: it is settled already.
        ChangedMeanwhile: somebody else changed it since the page was shown.
    """
    case, referral = in_care(work, command.number, Act.ARRANGE_APPOINTMENT)
    old = _planned(work, case, command.appointment_id, command.version)
    starts = _starts(work, referral, command.day, command.time)
    apart.require_untold(work, case.person_id, command.place)
    row = _row(work, referral, starts, command.place, command.bring)
    row.moved_from_id = old.id
    old.state, old.settled_by = AppointmentState.MOVED, work.actor.user_id
    case.changed_on = work.now.date()
    work.session.flush()
    return row.id


def settle(work: Work, command: SettleAppointment) -> None:
    """Say what became of an appointment. A missed one gives the desk a task.

    Raises:
        InvalidCommand: a state that nobody sets by hand.
        NotAllowedNow: it is settled already, or nobody can have come or stayed away yet.
        ChangedMeanwhile: somebody else changed it since the page was shown.
    """
    case, referral = in_care(work, command.number, Act.ARRANGE_APPOINTMENT)
    row = _planned(work, case, command.appointment_id, command.version)
    if command.state in (AppointmentState.PLANNED, AppointmentState.MOVED):
        raise InvalidCommand(field="state")
    if command.state is not AppointmentState.CALLED_OFF and row.starts_at > work.now:
        raise NotAllowedNow
    row.state, row.settled_by = command.state, work.actor.user_id
    case.changed_on = work.now.date()
    if command.state is AppointmentState.MISSED:
        _ask_why(work, referral)


def _ask_why(work: Work, referral: Referral) -> None:
    tasks.give(
        work,
        TaskKind.MISSED_APPOINTMENT,
        Role.PROTECTION_OFFICER,
        Urgency.SOON,
        referral,
        desk=referral.desk_id,
        due_at=work.now + ASK_WITHIN,
    )


def _starts(work: Work, referral: Referral, day: date, at: time) -> datetime:
    zone = zone_of_desk(work, referral.desk_id)
    starts = datetime.combine(day, at, tzinfo=zone).astimezone(UTC)
    if starts.astimezone(zone).replace(tzinfo=None) != datetime.combine(day, at):
        # The hour that is left out when clocks go forward.
        raise InvalidCommand(field="time")
    if starts <= work.now:
        raise InvalidCommand(field="time" if day == work.now.astimezone(zone).date() else "day")
    if starts > work.now + AT_MOST:
        raise InvalidCommand(field="day")
    return starts


def _row(
    work: Work, referral: Referral, starts: datetime, place: str, bring: Iterable[Bring]
) -> Appointment:
    place = place.strip()
    if not place or len(place) > LONGEST_PLACE or _tells(work, referral, place):
        raise InvalidCommand(field="place")
    row = Appointment(
        id=uuid4(),
        case_id=referral.case_id,
        person_id=referral.person_id,
        referral_id=referral.id,
        desk_id=referral.desk_id,
        starts_at=starts,
        state=AppointmentState.PLANNED,
        made_by=work.actor.user_id,
    )
    work.session.add(row)
    wanted = set(bring)
    row.content = {
        "place": place,
        "bring": [one.value for one in Bring if one in wanted],
        "at": work.now.isoformat(),
    }
    return row


def _tells(work: Work, referral: Referral, place: str) -> bool:
    """Whether a place names the desk or its agency: whoever finds the slip would know why."""
    desk = work.session.get_one(Desk, referral.desk_id)
    agency = work.session.get_one(Agency, desk.agency_id)
    said = place.casefold()
    # A desk that is called after its town gives no more away than an address does.
    return any(name and name.casefold() in said for name in agency.names.values())


def _planned(work: Work, case: Case, appointment_id: UUID, version: int) -> Appointment:
    row = work.session.get(Appointment, appointment_id)
    if row is None or row.case_id != case.id or row.desk_id not in work.actor.desk_ids:
        raise NotFound
    if row.version != version:
        raise ChangedMeanwhile
    if row.state is not AppointmentState.PLANNED:
        raise NotAllowedNow
    return row


def of_case(work: Work, number: str) -> tuple[AppointmentShown, ...]:
    """The appointments of the actor's desks with a person, the latest first. Opens where and with what."""
    case, _ = in_care(work, number, Act.VIEW_APPOINTMENTS)
    return _of(work, case)


def _of(work: Work, case: Case) -> tuple[AppointmentShown, ...]:
    rows = work.session.scalars(
        select(Appointment)
        .where(
            Appointment.case_id == case.id,
            Appointment.desk_id.in_(list(work.actor.desk_ids)),
        )
        .order_by(Appointment.starts_at.desc(), Appointment.id)
        .options(*load_sealed(Appointment.content))
    )
    return tuple(_shown(work, row) for row in rows)


def slip(work: Work, number: str, appointment_id: UUID) -> SlipShown:
    """What is printed for the person.

    Raises:
        NotFound: no such appointment of one's desk, or one that is not planned.
    """
    case, _ = in_care(work, number, Act.VIEW_APPOINTMENTS)
    found = next((one for one in _of(work, case) if one.id == appointment_id), None)
    if found is None or found.state is not AppointmentState.PLANNED:
        raise NotFound
    return SlipShown(case.number, found, pack_of(work, case), language_told(work, case))


def of_day(work: Work, day: date | None = None) -> DayList:
    """The appointments of the actor's desks on a day; without a day, today. Numbers and times only."""
    work.allow(Act.VIEW_APPOINTMENTS)
    zones = {desk: zone_of_desk(work, desk) for desk in sorted(work.actor.desk_ids)}
    today = min((work.now.astimezone(zone).date() for zone in zones.values()), default=None)
    chosen = day or today or work.now.date()
    within, before = [], []
    for desk, zone in zones.items():
        start = datetime.combine(chosen, time.min, tzinfo=zone).astimezone(UTC)
        end = datetime.combine(chosen + timedelta(days=1), time.min, tzinfo=zone).astimezone(UTC)
        mine = Appointment.desk_id == desk
        within.append(and_(mine, Appointment.starts_at >= start, Appointment.starts_at < end))
        before.append(and_(mine, Appointment.starts_at < min(start, work.now)))
    open_still = Appointment.state == AppointmentState.PLANNED
    return (
        DayList(chosen, _lines(work, or_(*within)), _lines(work, and_(or_(*before), open_still)))
        if zones
        else DayList(chosen, (), ())
    )


def _lines(work: Work, which: object) -> tuple[DayLine, ...]:
    rows = work.session.execute(
        select(Appointment, Referral.number, Case.number, Desk.names)
        .join(Referral, Appointment.referral_id == Referral.id)
        .join(Case, Appointment.case_id == Case.id)
        .join(Desk, Appointment.desk_id == Desk.id)
        .where(which, Referral.state.in_(list(TAKEN)))  # type: ignore[arg-type]  # a clause
        .order_by(Appointment.starts_at, Appointment.id)
        .limit(_DAY_LIST)
    )
    return tuple(
        DayLine(
            id=row.id,
            number=number,
            case_number=case_number,
            state=row.state,
            local=row.starts_at.astimezone(zone_of_desk(work, row.desk_id)),
            desk=names,
            begun=row.starts_at <= work.now,
            version=row.version,
        )
        for row, number, case_number, names in rows
    )


def _shown(work: Work, row: Appointment) -> AppointmentShown:
    content = row.content or {}
    return AppointmentShown(
        id=row.id,
        state=row.state,
        local=row.starts_at.astimezone(zone_of_desk(work, row.desk_id)),
        place=content.get("place", ""),
        bring=tuple(Bring(code) for code in content.get("bring", ())),
        begun=row.starts_at <= work.now,
        version=row.version,
    )


def read_out(work: Work, case: Case) -> tuple[AppointmentShown, ...]:
    """For the person, under a rule that opened their whole file: those with the desk that reads it out."""
    return () if work.actor.role is Role.BORDER_OFFICIAL else _of(work, case)
