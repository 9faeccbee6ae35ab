"""Which desks may meet a need of a case, in order, with the grounds; never one with a closed door.

A closed door is a desk or service that is shut, or an agency that is no longer, or not yet, there. The order
and its grounds are `workflows.ranking`; what is asked of the person for them is computed and not shown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from config.codes import plain_language
from models.cases import Case
from models.network import Agency, Desk, Post, Service
from models.people import Person
from models.vocabulary import (
    AgencyKind,
    Grade,
    GroundKind,
    Sex,
    Standing,
    Urgency,
    Verdict,
)
from workflows import apart, packets, readings, sides, together
from workflows.age_bands import bands_of
from workflows.answering import ANSWER_WITHIN
from workflows.packs import agency_code
from workflows.ranking import Ground, Judged, Offer, Wanted, judge
from workflows.rules.pack import Pack
from workflows.rules.routing import standing_routes
from workflows.work import Work


@dataclass(frozen=True)
class DeskChoice:
    """A desk that may meet a need here, the best first. `full`: its places are taken.

    `fits`: the service is for this person, as far as is known; where it is not, it cannot be chosen.
    """

    id: UUID
    desk: str
    names: dict[str, str]
    agency_names: dict[str, str]
    rank: int
    verified_on: str | None
    full: bool
    fits: bool
    standing: Standing
    grounds: tuple[Ground, ...]


@dataclass(frozen=True)
class Avoided:
    """Desks to keep away from. `own`: the person is the one who is protected, so their page may say why."""

    desks: frozenset[UUID] = frozenset()
    own: bool = False


def open_doors(today: date) -> tuple[ColumnElement[bool], ...]:
    """Clauses on `Service`, `Desk` and `Agency`: nothing that is shut, no agency out of its time."""
    return (
        Service.open.is_(True),
        Desk.open.is_(True),
        or_(Agency.valid_from.is_(None), Agency.valid_from <= today),
        or_(Agency.valid_to.is_(None), Agency.valid_to >= today),
    )


def doors_for(need: str | None, post: Post, today: date) -> tuple[ColumnElement[bool], ...]:
    """Clauses as those of `open_doors`: what serves a need where a post is."""
    return (
        Service.need == need,
        Service.area.in_([post.area, post.country]),
        *open_doors(today),
    )


def serving(work: Work, desk: str, need: str | None, post: Post) -> tuple[Desk, Service] | None:
    """An open desk with its open service for a need where a post is, the closest; None: none is (INV-22)."""
    found = work.session.execute(
        select(Desk, Service)
        .join(Service, Service.desk_id == Desk.id)
        .join(Agency, Desk.agency_id == Agency.id)
        .where(
            Desk.code == desk,
            *doors_for(need, post, work.now.date()),
        )
        .order_by(Service.area != post.area, Service.rank)
        .limit(1)
    ).first()
    return None if found is None else (found[0], found[1])


def wanted(work: Work, case: Case, within: Urgency) -> Wanted:
    """What is known of the person that decides for whom a service is. Opens answers and traits."""
    person = work.session.get_one(Person, case.person_id)
    traits = person.traits or {}
    spoken = [*traits.get("languages", ()), (case.information or {}).get("language")]
    age = readings.age_of(work, case)
    return Wanted(
        now=work.now,
        within=ANSWER_WITHIN[within],
        valid_days=work.settings.service_valid_days,
        languages=frozenset(plain_language(code) for code in spoken if code),
        sexes=frozenset({Sex(traits["sex"])} if traits.get("sex") else ()),
        ages=bands_of(age),
        companies=together.companies(work, case.person_id, age),
    )


def offer_of(service: Service, desk: Desk, *, closer: bool) -> Offer:
    """What a row says of itself, as the ranking reads it."""
    return Offer(
        rank=service.rank,
        closer=closer,
        languages=frozenset(plain_language(code) for code in service.languages),
        weekly=service.weekly,
        closed_days=frozenset(service.closed_days),
        zone=desk.zone,
        sexes=frozenset(service.sexes),
        ages=frozenset(service.ages),
        companies=frozenset(service.companies),
        capacity=service.capacity,
        reserved=service.reserved,
        verified_on=service.verified_on,
    )


def choices(work: Work, case: Case, pack: Pack, need: str, about: Wanted) -> tuple[DeskChoice, ...]:
    """Open doors for a need where the person is, the best first; none of the person's own state.

    A route that the pack keeps for some persons (`only if`) is taken for them only.
    """
    post = work.session.get_one(Post, case.post_id)
    origin = packets.origin_of(work.session.get_one(Person, case.person_id))
    family = together.desks_of_family(work, case, need)
    avoided = avoid(work, case, need)
    rows = work.session.execute(
        select(Service, Desk, Agency)
        .join(Desk, Service.desk_id == Desk.id)
        .join(Agency, Desk.agency_id == Agency.id)
        .where(
            *doors_for(need, post, work.now.date()),
        )
        # One service of a desk: as `serving` takes it.
        .order_by(Service.area != post.area, Service.rank, Desk.code)
    ).all()
    found: dict[str, tuple[Judged, DeskChoice, tuple[str, str]]] = {}
    for service, desk, agency in rows:
        if desk.code not in found and not of_origin(agency, origin, post.country):
            closer = post.area in (service.area, desk.area)
            judged = judge(offer_of(service, desk, closer=closer), about)
            judged = _with_others(judged, desk, family, avoided)
            choice = _choice(service, desk, agency, judged)
            found[desk.code] = (judged, choice, (agency.code, service.area))
    free = {served[0] for judged, _, served in found.values() if not judged.full}
    barred = _not_for_them(work, case, pack, need, (post.area, post.country), free)
    ordered = sorted(found.values(), key=lambda one: (one[0].key, one[1].desk))
    return tuple(choice for _, choice, served in ordered if barred.let(*served))


def avoid(work: Work, case: Case, need: str) -> Avoided:
    """Desks under whose roof the person would meet somebody from whom one of the two is kept."""
    if need not in apart.UNDER_ONE_ROOF:
        return Avoided()
    own = bool(apart.protected(work, case.person_id))
    return Avoided(apart.desks_to_avoid(work, case.person_id), own=own)


def _with_others(judged: Judged, desk: Desk, family: frozenset[UUID], avoided: Avoided) -> Judged:
    """The same with what follows from whom the desk has in hand: family first, never who is kept away."""
    if desk.id in avoided.desks:
        ground = Ground(GroundKind.APART, Verdict.AGAINST, "own" if avoided.own else "")
        key = (1, *judged.key[1:])
        return replace(judged, grounds=(ground, *judged.grounds), key=key, fits=False)
    if desk.id in family:
        ground = Ground(GroundKind.TOGETHER, Verdict.FOR)
        # Behind what cannot take them now, before all that can.
        key = (*judged.key[:2], -1, *judged.key[2:])
        return replace(judged, grounds=(ground, *judged.grounds), key=key)
    return judged


def untold(found: tuple[DeskChoice, ...]) -> tuple[DeskChoice, ...]:
    """The same for who sends a case on unread: no ground that would tell who the person is."""
    kinds = (GroundKind.ELIGIBILITY, GroundKind.LANGUAGE, GroundKind.APART, GroundKind.TOGETHER)
    return tuple(
        replace(one, grounds=tuple(g for g in one.grounds if g.kind not in kinds)) for one in found
    )


def _choice(service: Service, desk: Desk, agency: Agency, judged: Judged) -> DeskChoice:
    return DeskChoice(
        id=desk.id,
        desk=desk.code,
        names=desk.names,
        agency_names=agency.names,
        rank=service.rank,
        verified_on=service.verified_on.isoformat() if service.verified_on else None,
        full=judged.full,
        fits=judged.fits,
        standing=judged.standing,
        grounds=judged.grounds,
    )


@dataclass(frozen=True)
class _Routes:
    """Agency and area of the pack's routes for a need, where one is conditional; those that stand now."""

    rows: frozenset[tuple[str, str]] = frozenset()
    stand: frozenset[tuple[str, str]] = frozenset()

    def let(self, agency: str, area: str) -> bool:
        """Whether a service stands for the person. One without a route is let, but not where all routes of
        its agency are barred: a condition is not gone round by a service added in another area.
        """
        if (agency, area) in self.rows:
            return (agency, area) in self.stand
        return agency not in {one for one, _ in self.rows} or agency in {o for o, _ in self.stand}


def _not_for_them(
    work: Work, case: Case, pack: Pack, need: str, areas: tuple[str, ...], free: set[str]
) -> _Routes:
    """`free`: codes of agencies with a place. Without a condition nothing is asked, and nothing barred."""
    rows = [row for row in pack.routes if row.need == need and row.area in areas]
    if all(row.only_if is None for row in rows):
        return _Routes()
    latest = readings.latest_reading(work, case)
    reading = None if latest is None else sides.reading_for_all(work, case, latest)
    grades = dict.fromkeys(pack.profiles, Grade.NOT_INDICATED)
    if reading is not None:
        grades |= {code: found.grade for code, found in reading.profiles.items()}
    codes = {row.agency: agency_code(pack, row.agency) for row in rows}
    unavailable = {agency for agency, code in codes.items() if code not in free}
    stand = standing_routes(pack, need, grades, areas=areas, unavailable=unavailable)
    return _Routes(
        frozenset((codes[row.agency], row.area) for row in rows),
        frozenset((codes[row.agency], row.area) for row in stand),
    )


def of_origin(agency: Agency, origin: frozenset[str], country: str) -> bool:
    """Whether an agency belongs to a state the person may fear (INV-20): its own, or its consulate here.

    A state's own bodies at a post of that same state are not foreign to the place: a national who comes home
    is met by them, and nothing is disclosed across a border.
    """
    if agency.country in origin and agency.country != country:
        return True
    return agency.kind is AgencyKind.CONSULATE


def fits(work: Work, case: Case, desk: Desk, service: Service) -> bool:
    """Whether a service is for this person, as far as is known (the answer to `DeskChoice.fits`)."""
    if not (service.sexes or service.ages or service.companies):
        return True
    return judge(offer_of(service, desk, closer=True), wanted(work, case, case.urgency)).fits
