"""Who gets a bed: keep one, come, move, leave. A family stays together unless there is a reason.

Only for whom the desk that keeps the site has in care. One conditional UPDATE decides both who gets the last
bed and whether those inside are still those whom the rules were asked about.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from uuid import UUID, uuid4

from sqlalchemy import case as when
from sqlalchemy import select, update

from models.cases import Case
from models.reception import Room, Site, Stay
from models.referrals import Referral
from models.vault.sealed import load_sealed
from models.vocabulary import ApartReason, LeaveReason, RoomGroundKind, StayState
from workflows import apart, rooming, sites
from workflows.caring import zone_of_desk
from workflows.casework import open_case
from workflows.errors import ChangedMeanwhile, InvalidCommand, NoPlaceFree, NotAllowedNow, NotFound
from workflows.policy import Act
from workflows.sleepers import family_of, sleepers
from workflows.states import TAKEN
from workflows.work import Work

LONGEST_NOTE = 1000


@dataclass(frozen=True, kw_only=True)
class Place:
    """Beds of a room for somebody and members of their family.

    `here`: they are there now, at `at` (time of day at the site; None: this moment); else the beds are kept
    until they come. `apart`: why others of the family in care sleep elsewhere. `asked_alone`: a child was
    asked alone, and wants to stay with the adult whose link nobody has verified.
    """

    case_number: str
    room_id: UUID
    members: tuple[str, ...] = ()
    here: bool = True
    at: time | None = None
    apart: ApartReason | None = None
    asked_alone: bool = False
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Arrive:
    """That somebody for whom a bed is kept has come."""

    case_number: str
    at: time | None = None


@dataclass(frozen=True, kw_only=True)
class Leave:
    """That somebody sleeps there no more, or will not come."""

    case_number: str
    reason: LeaveReason
    at: time | None = None


def place(work: Work, command: Place) -> None:
    """Keep or give beds; whoever has one elsewhere moves.

    Raises:
        NotFound: no such room of the actor's desks, or no such case in their care.
        InvalidCommand: `room_id`: the room is not for one of them; `members`: not of the family; `apart`:
            some of the family stay elsewhere without a reason; `asked_alone`: nobody has asked the child;
            `at`: a time to come; `note`: too long.
        NotAllowedNow: somebody of them has a bed in this room already.
        NoPlaceFree: there are not as many beds left.
        ChangedMeanwhile: somebody came into this room, or left it, since the rules were asked.
    """
    room, site = sites.room_of(work, command.room_id)
    turn = room.turn
    numbers = dict.fromkeys((command.case_number, *command.members))
    party = [_in_care(work, number, site.desk_id) for number in numbers]
    _members_are_family(work, command, party, site, room)
    if len(command.note) > LONGEST_NOTE:
        raise InvalidCommand(field="note")
    at = _moment(work, site.desk_id, command.at)
    stays = {one.id: _current(work, one) for one in party}
    link = link_of(work, room.id)
    if any(stay.room_link == link for found in stays.values() for stay in found):
        raise NotAllowedNow
    _rules_allow(work, command, room, party)
    _take(work, room, len(party), turn)
    for one in party:
        for stay in stays[one.id]:
            if command.here or stay.state is StayState.EXPECTED:
                moved = stay.desk_id == site.desk_id
                _end(work, stay, LeaveReason.MOVED if moved else LeaveReason.TRANSFERRED, at)
        _begin(work, one, room, site, command, at)
    work.session.flush()


def _rules_allow(work: Work, command: Place, room: Room, party: Sequence[Case]) -> None:
    grounds = judge(work, room, party)
    if any(ground.kind is RoomGroundKind.FULL for ground in grounds):
        raise NoPlaceFree
    if any(ground.shuts for ground in grounds):
        raise InvalidCommand(field="room_id")
    unsure = any(ground.kind is RoomGroundKind.LINK_NOT_VERIFIED for ground in grounds)
    if unsure and not command.asked_alone:
        raise InvalidCommand(field="asked_alone")


def judge(work: Work, room: Room, party: Sequence[Case]) -> tuple[rooming.RoomGround, ...]:
    """The grounds against giving a room to a party, beside those who sleep there or are expected."""
    inside = [case for case in _inside(work, room) if case not in party]
    grounds = rooming.judge(
        sites.rules_of(room, work.now), sleepers(work, party), sleepers(work, inside)
    )
    # Who is kept from somebody inside is told no more than that the room is for others.
    own = {case.person_id for case in party}
    parted = apart.parted(work, [*own, *(case.person_id for case in inside)])
    if any(not own.isdisjoint(pair) for pair in parted):
        return (*grounds, rooming.RoomGround(RoomGroundKind.COMPANY))
    return grounds


def _inside(work: Work, room: Room) -> tuple[Case, ...]:
    return tuple(
        work.session.scalars(
            select(Case)
            .join(Stay, Stay.case_id == Case.id)
            .where(Stay.room_link == link_of(work, room.id), Stay.state != StayState.GONE)
        ).unique()
    )


def _in_care(work: Work, number: str, desk_id: UUID) -> Case:
    """The case, if the desk that keeps the site has it in care."""
    case = open_case(work, number, Act.PLACE_PERSON)
    found = select(Referral.id).where(
        Referral.case_id == case.id,
        Referral.desk_id == desk_id,
        Referral.state.in_(list(TAKEN)),
    )
    if case.closed_on is not None or work.session.scalar(found.limit(1)) is None:
        raise NotFound
    return case


def _members_are_family(
    work: Work, command: Place, party: Sequence[Case], site: Site, room: Room
) -> None:
    """Who comes along is of the family, and who of the family does not is left for a reason."""
    family = family_of(work, party[0], site.desk_id)
    if {one.id for one in party[1:]} - {one.id for one in family}:
        raise InvalidCommand(field="members")
    link = link_of(work, room.id)
    elsewhere = [
        one
        for one in family
        if one not in party and not any(stay.room_link == link for stay in _current(work, one))
    ]
    if elsewhere and command.apart is None:
        raise InvalidCommand(field="apart")


def link_of(work: Work, room_id: UUID) -> str:
    """The keyed link between a room and the stays in it: 64 hexadecimal digits."""
    return work.provider.mac("log", b"room|" + room_id.bytes).hex()


def _current(work: Work, case: Case) -> list[Stay]:
    return list(
        work.session.scalars(
            select(Stay)
            .where(Stay.person_id == case.person_id, Stay.state != StayState.GONE)
            .order_by(Stay.state)
            .options(*load_sealed(Stay.detail))
        )
    )


def _take(work: Work, room: Room, beds: int, turn: int) -> None:
    """Take beds if they are free and nobody came or went since. The one statement that decides."""
    extra = when((Room.extra_until > work.now, Room.extra), else_=0)
    got = work.session.scalars(
        update(Room)
        .where(
            Room.id == room.id,
            Room.open.is_(True),
            Room.turn == turn,
            Room.taken + beds <= Room.beds - Room.out_of_use + extra,
        )
        .values(taken=Room.taken + beds, turn=Room.turn + 1)
        .returning(Room.id)
        .execution_options(synchronize_session=False)
    ).all()
    if len(got) == 1:
        return
    now = work.session.get_one(Room, room.id, populate_existing=True)
    if sites.rules_of(now, work.now).free < beds:
        raise NoPlaceFree
    raise ChangedMeanwhile


def _begin(work: Work, case: Case, room: Room, site: Site, command: Place, at: datetime) -> None:
    stay = Stay(
        id=uuid4(),
        case_id=case.id,
        person_id=case.person_id,
        desk_id=site.desk_id,
        room_link=link_of(work, room.id),
        state=StayState.HERE if command.here else StayState.EXPECTED,
        placed_by=work.actor.user_id,
        since_on=work.now.date(),
    )
    work.session.add(stay)
    stay.detail = {
        "kept_at": work.now.isoformat(),
        "came_at": at.isoformat() if command.here else None,
        "left_at": None,
        "ended": None,
        "apart": None if command.apart is None else command.apart.value,
        "asked_alone": command.asked_alone,
        "note": command.note.strip(),
    }


def arrive(work: Work, command: Arrive) -> None:
    """Somebody for whom a bed is kept has come; a bed that they had elsewhere is free again.

    Raises:
        NotAllowedNow: no bed of the actor's desks is kept for them.
        InvalidCommand: a time to come (`at`).
    """
    case = open_case(work, command.case_number, Act.PLACE_PERSON)
    stays = _current(work, case)
    stay = next((s for s in stays if s.state is StayState.EXPECTED and _is_mine(work, s)), None)
    if stay is None:
        raise NotAllowedNow
    at = _moment(work, stay.desk_id, command.at)
    for other in stays:
        if other is not stay:
            moved = other.desk_id == stay.desk_id
            _end(work, other, LeaveReason.MOVED if moved else LeaveReason.TRANSFERRED, at)
    work.session.flush()
    stay.state = StayState.HERE
    stay.detail = {**(stay.detail or {}), "came_at": at.isoformat()}
    work.session.flush()


def leave(work: Work, command: Leave) -> None:
    """End a stay at one of the actor's sites, or give back a bed that was kept.

    Raises:
        NotAllowedNow: they have no bed of the actor's desks.
        InvalidCommand: a time to come, or before they came (`at`); a reason that follows from another bed.
    """
    case = open_case(work, command.case_number, Act.PLACE_PERSON)
    found = [stay for stay in _current(work, case) if _is_mine(work, stay)]
    # Whoever is expected elsewhere and sleeps here leaves here; else the bed that is kept is given back.
    here = [stay for stay in found if stay.state is StayState.HERE]
    wanted = found if command.reason is LeaveReason.DID_NOT_COME else here or found
    stay = next((s for s in wanted if _fits(s, command.reason)), None)
    if stay is None:
        raise NotAllowedNow
    if command.reason in (LeaveReason.MOVED, LeaveReason.TRANSFERRED):
        raise InvalidCommand(field="reason")
    at = _moment(work, stay.desk_id, command.at)
    came = (stay.detail or {}).get("came_at")
    if came is not None and at < datetime.fromisoformat(came):
        raise InvalidCommand(field="at")
    _end(work, stay, command.reason, at)
    work.session.flush()


def _fits(stay: Stay, reason: LeaveReason) -> bool:
    return (reason is LeaveReason.DID_NOT_COME) == (stay.state is StayState.EXPECTED)


def _is_mine(work: Work, stay: Stay) -> bool:
    return stay.desk_id in work.actor.desk_ids


def _moment(work: Work, desk_id: UUID, at: time | None) -> datetime:
    """A time of this day at the site, in UTC; this moment where none is said."""
    if at is None:
        return work.now
    zone = zone_of_desk(work, desk_id)
    moment = datetime.combine(work.now.astimezone(zone).date(), at, tzinfo=zone).astimezone(UTC)
    if moment > work.now:
        raise InvalidCommand(field="at")
    return moment


def _end(work: Work, stay: Stay, reason: LeaveReason, at: datetime) -> None:
    stay.state, stay.until_on = StayState.GONE, work.now.date()
    stay.detail = {**(stay.detail or {}), "left_at": at.isoformat(), "ended": reason.value}
    work.session.flush()
    _give_back(work, [stay])


def _give_back(work: Work, stays: Iterable[Stay]) -> None:
    """Beds of stays that have ended are free again."""
    for stay in stays:
        rooms = select(Room.id).join(Site).where(Site.desk_id == stay.desk_id)
        room_id = next(
            (one for one in work.session.scalars(rooms) if link_of(work, one) == stay.room_link),
            None,
        )
        work.session.execute(
            update(Room)
            .where(Room.id == room_id, Room.taken > 0)
            .values(taken=Room.taken - 1, turn=Room.turn + 1)
            .execution_options(synchronize_session=False)
        )


def release_all(work: Work, person: UUID) -> None:
    """Give back every bed of a person whose file goes."""
    _give_back(
        work,
        work.session.scalars(
            select(Stay).where(Stay.person_id == person, Stay.state != StayState.GONE)
        ).all(),
    )


def sleeps_at(work: Work, referral: Referral) -> bool:
    """Whether the person of a referral has a bed, or one is kept, at a site of its desk, and no other
    referral of that desk has them in care.
    """
    found = select(Stay.id).where(
        Stay.case_id == referral.case_id,
        Stay.desk_id == referral.desk_id,
        Stay.state != StayState.GONE,
    )
    other = select(Referral.id).where(
        Referral.case_id == referral.case_id,
        Referral.desk_id == referral.desk_id,
        Referral.id != referral.id,
        Referral.state.in_(list(TAKEN)),
    )
    return (
        work.session.scalar(found.limit(1)) is not None
        and work.session.scalar(other.limit(1)) is None
    )
