"""Each desk keeps its own entries of the directory: for whom, when, how many places, verified when.

What a desk says here decides who is asked before whom (`workflows.ranking`), and holds for some days only
(`service_valid_days`): before it expires the desk gets a task to verify it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, exists, func, select, update
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import flag_modified

from models.cases import Task
from models.network import Desk, Service
from models.vocabulary import Role, Standing, TaskKind, TaskState, Urgency
from workflows import ranking, tasks
from workflows.directory import Entry, Names, Terms, entry_of, need_words
from workflows.errors import ChangedMeanwhile, InvalidCommand, NotFound
from workflows.packs import functions_of
from workflows.policy import Act, Resource
from workflows.rules.pack import Pack
from workflows.work import Work


@dataclass(frozen=True, kw_only=True)
class KeepService(Terms):
    """Change an entry; whoever saves it says that all of it is true today."""

    service_id: UUID
    version: int


@dataclass(frozen=True, kw_only=True)
class AddService(Terms):
    """A new entry of a desk, for a need that its agency may meet."""

    desk: str
    need: str
    area: str


@dataclass(frozen=True)
class OwnDesk:
    """A desk of the actor with its entries. `may_add`: needs that its agency may meet, by code."""

    code: str
    names: Names
    agency: Names
    zone: str
    areas: tuple[str, ...]
    entries: tuple[Entry, ...]
    may_add: tuple[str, ...]
    due: bool


@dataclass(frozen=True)
class Own:
    """The desks of the actor; `needs`: code -> words."""

    desks: tuple[OwnDesk, ...]
    needs: Mapping[str, str]


def own(work: Work, words: str = "en") -> Own:
    """The actor's desks with what they offer, shut entries too; what must be verified first."""
    work.allow(Act.KEEP_SERVICES, detail={"view": "list"})
    desks = work.session.scalars(
        select(Desk)
        .where(Desk.id.in_(work.actor.desk_ids))
        .options(joinedload(Desk.agency), joinedload(Desk.services))
        .order_by(Desk.code)
    ).unique()
    shown = tuple(_own_desk(work, desk) for desk in desks)
    codes = {e.need for one in shown for e in one.entries} | {n for d in shown for n in d.may_add}
    return Own(shown, need_words(work, codes, words))


def _own_desk(work: Work, desk: Desk) -> OwnDesk:
    rank = {Standing.EXPIRED: 0, Standing.SOON: 1, Standing.NEVER: 2, Standing.VERIFIED: 3}
    entries = sorted(
        (entry_of(work, row) for row in desk.services),
        key=lambda one: (not one.terms.open, rank[one.standing], one.need, one.area),
    )
    return OwnDesk(
        code=desk.code,
        names=desk.names,
        agency=desk.agency.names,
        zone=desk.zone,
        areas=areas_of(desk),
        entries=tuple(entries),
        may_add=_may_add(work, desk),
        due=any(
            one.terms.open and one.standing in (Standing.EXPIRED, Standing.SOON) for one in entries
        ),
    )


def areas_of(desk: Desk) -> tuple[str, ...]:
    """Where a desk may say that it serves: its own area, and the country of it."""
    return tuple(dict.fromkeys((desk.area, desk.area.split("-")[0])))


def _pack_of(work: Work, desk: Desk) -> Pack | None:
    code = desk.area.split("-")[0].lower()
    return work.shelf.get(code, work.now.date()) if code in work.shelf.codes() else None


def _may_add(work: Work, desk: Desk) -> tuple[str, ...]:
    """Needs of the functions that the pack gives the agency: no desk gives itself a mandate (INV-22)."""
    pack = _pack_of(work, desk)
    if pack is None:
        return ()
    functions = functions_of(pack, desk.agency.code)
    offered = {row.need for row in desk.services}
    return tuple(
        code for code, need in pack.needs.items() if need.function in functions or code in offered
    )


def own_entry(work: Work, service_id: UUID) -> Entry:
    """One entry of one of the actor's desks, for editing.

    Raises:
        NotFound: no such entry, or of another desk.
    """
    return entry_of(work, _mine(work, service_id, {"view": "entry"}))


def own_desk(work: Work, code: str) -> OwnDesk:
    """One desk of the actor's, for a new entry.

    Raises:
        NotFound: no such desk, or not the actor's.
    """
    return _own_desk(work, _my_desk(work, code, {"view": "new"}))


def keep(work: Work, command: KeepService) -> None:
    """Change an entry of one's desk; saving it verifies it.

    Raises:
        NotFound: no such entry, or of another desk.
        ChangedMeanwhile: it was edited since the page was shown.
    """
    row = _mine(work, command.service_id, {"set": "terms", "open": command.open})
    if row.version != command.version:
        raise ChangedMeanwhile
    _write(work, row, command)
    _verified(work, row)


def add(work: Work, command: AddService) -> UUID:
    """A new entry of one's desk; it is asked after those that the pack names.

    Raises:
        NotFound: no such desk, or not the actor's.
        InvalidCommand: a need that the agency has no mandate for, an area that is not the desk's, or an entry
            that is there already.
    """
    desk = _my_desk(work, command.desk, {"set": "new", "need": command.need})
    if command.need not in _may_add(work, desk):
        raise InvalidCommand(field="need")
    if command.area not in areas_of(desk):
        raise InvalidCommand(field="area")
    same = exists().where(
        Service.desk_id == desk.id, Service.need == command.need, Service.area == command.area
    )
    if work.session.scalar(select(same)):
        raise InvalidCommand(field="need")
    last = work.session.scalar(
        select(func.max(Service.rank)).where(
            Service.need == command.need, Service.area == command.area
        )
    )
    row = Service(
        id=uuid4(),
        desk_id=desk.id,
        need=command.need,
        area=command.area,
        rank=(last or 0) + 1,
        reserved=0,
    )
    work.session.add(row)
    _write(work, row, command)
    _verified(work, row)
    return row.id


def verify(work: Work, service_id: UUID, version: int) -> None:
    """Say that an entry is true today, as it stands.

    Raises:
        NotFound: no such entry, or of another desk.
        ChangedMeanwhile: it was edited since the page was shown, so nobody has read what stands there now.
    """
    row = _mine(work, service_id, {"set": "verified"})
    if row.version != version:
        raise ChangedMeanwhile
    _verified(work, row)


def _mine(work: Work, service_id: UUID, detail: Mapping[str, object]) -> Service:
    row = work.session.get(
        Service, service_id, options=[joinedload(Service.desk).joinedload(Desk.agency)]
    )
    if row is None:
        work.asked = Act.KEEP_SERVICES
        raise NotFound
    detail = {"desk": row.desk.code, "need": row.need, **detail}
    work.allow(Act.KEEP_SERVICES, Resource(kind="desk", desk_id=row.desk_id), detail=detail)
    return row


def _my_desk(work: Work, code: str, detail: Mapping[str, object]) -> Desk:
    desk = work.session.scalar(
        select(Desk).where(Desk.code == code).options(joinedload(Desk.agency))
    )
    if desk is None:
        work.asked = Act.KEEP_SERVICES
        raise NotFound
    resource = Resource(kind="desk", desk_id=desk.id)
    work.allow(Act.KEEP_SERVICES, resource, detail={"desk": code, **detail})
    return desk


def _write(work: Work, row: Service, terms: Terms) -> None:
    row.languages = list(terms.languages)
    weekly = terms.weekly
    row.weekly = None if weekly is None else {d: [list(s) for s in weekly[d]] for d in weekly}
    row.closed_days = [day.isoformat() for day in sorted(set(terms.closed_days))]
    row.sexes = [sex.value for sex in terms.sexes]
    row.ages = [band.value for band in terms.ages]
    row.companies = [one.value for one in terms.companies]
    row.capacity = terms.capacity
    row.open = terms.open
    row.kept_on = work.now.date()


def _verified(work: Work, row: Service) -> None:
    """The entry is true today."""
    row.verified_on = work.now.date()
    # The version moves also where the day is the same: two pages that verify are one behind the other.
    flag_modified(row, "verified_on")
    end_reminder(work, row.desk_id)


def end_reminder(work: Work, desk_id: UUID) -> None:
    """The desk's task to verify ends once nothing of it is due any more."""
    work.session.flush()
    if work.session.scalar(
        select(Service.id).where(Service.desk_id == desk_id, *_due(work)).limit(1)
    ):
        return
    work.session.execute(
        update(Task)
        .where(
            Task.desk_id == desk_id,
            Task.kind == TaskKind.VERIFY_SERVICES,
            Task.state == TaskState.OPEN,
        )
        .values(state=TaskState.DONE, done_by=work.actor.user_id)
        .execution_options(synchronize_session=False)
    )


def _due(work: Work) -> tuple[ColumnElement[bool], ...]:
    """Clauses on `Service`: open, and verified so long ago that it expires soon, or has."""
    days = work.settings.service_valid_days - ranking.REMIND
    return (Service.open.is_(True), Service.verified_on <= work.now.date() - timedelta(days=days))


def remind(work: Work) -> int:
    """Give every desk of which an entry expires soon the task to verify it; one open task is enough.

    For the clock: the caller has allowed its own act. Returns how many desks were reminded.
    """
    open_task = exists().where(
        Task.desk_id == Desk.id,
        Task.kind == TaskKind.VERIFY_SERVICES,
        Task.state == TaskState.OPEN,
    )
    rows = work.session.execute(
        select(Desk.id, Desk.zone, func.min(Service.verified_on))
        .join(Service, Service.desk_id == Desk.id)
        .where(Desk.open, *_due(work), ~open_task)
        .group_by(Desk.id, Desk.zone)
    ).all()
    for desk_id, zone, oldest in rows:
        if oldest is None:  # not so: the clause asks for a day
            continue
        ends = ranking.expires_on(oldest, work.settings.service_valid_days)
        tasks.give(
            work,
            TaskKind.VERIFY_SERVICES,
            Role.PROTECTION_OFFICER,
            Urgency.ROUTINE,
            None,
            desk=desk_id,
            due_at=datetime.combine(ends, time(), ZoneInfo(zone)),
        )
    return len(rows)
