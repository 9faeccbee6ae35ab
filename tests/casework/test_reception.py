"""Beds: one winner of the last one; families together; a child never among strangers; times; erasure."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import time
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text, update

from models.kin import KinLink
from models.log import LogEntry
from models.reception import Room, Stay
from models.referrals import Referral
from models.vocabulary import (
    ApartReason,
    FlagKind,
    LeaveReason,
    LegalBasis,
    LinkState,
    OutcomeCode,
    OutReason,
    OverReason,
    Role,
    RoomGroundKind,
    Sex,
    StayState,
    TriageSign,
)
from tests.world import AKIMAT, ASYLUM_DESK, CHILD_DESK, PASSWORD, World
from workflows import (
    beds,
    caseflags,
    desks,
    overfull,
    screening,
    sites,
    summaries,
    triage,
    whereabouts,
)
from workflows.accounts import CreateUser, make_user
from workflows.arrivals import Birth, Companion
from workflows.beds import Arrive, Leave, Place
from workflows.errors import (
    ChangedMeanwhile,
    InvalidCommand,
    NoPlaceFree,
    NotAllowed,
    NotAllowedNow,
    NotFound,
)
from workflows.overfull import AllowOverfull
from workflows.sites import AddRoom, AddSite, KeepRoom

ALONE = {"with_parent": "no", "with_responsible_adult": "no"}


def person(
    world: World, name: str, age: int, sex: Sex = Sex.FEMALE, **given: Any
) -> tuple[str, str]:
    """Somebody whom the asylum desk has in care: case and referral number."""
    told = ALONE if age < 18 and "companions" not in given else {}
    number = world.register(name, sex=sex, birth=Birth(kind="age", age=age), **given)
    world.inform(number)
    world.answer(number, fear_of_return="yes", asks_for_asylum="yes", **told)
    referral = world.send(number, "asylum_procedure", ASYLUM_DESK, basis=LegalBasis.LEGAL_DUTY)
    world.accept(referral, "asylum")
    return number, referral


def house(world: World, *rooms: dict[str, Any]) -> list[UUID]:
    """A site of the asylum desk with rooms; their ids."""
    with world.work("asylum") as work:
        site = sites.add_site(work, AddSite(desk=ASYLUM_DESK, name="House on Abay street"))
        return [
            sites.add_room(work, AddRoom(site_id=site, **{"label": f"A {n}", "beds": 2, **room}))
            for n, room in enumerate(rooms)
        ]


def place(world: World, number: str, room: UUID, who: str = "asylum", **more: Any) -> None:
    with world.work(who) as work:
        beds.place(work, Place(case_number=number, room_id=room, **more))


def taken(world: World, room: UUID) -> int:
    found: int = world.rows(Room, Room.id == room)[0].taken
    return found


def verify(world: World) -> None:
    with world.work() as work:
        work.session.execute(update(KinLink).values(state=LinkState.VERIFIED))


def family(world: World) -> tuple[str, str]:
    """A mother and her daughter, both in care of the asylum desk."""
    mother, _ = person(world, "Nasrin", 30)
    along = (Companion(case_number=mother, relationship="parent"),)
    daughter, _ = person(world, "Zarifa", 9, companions=along)
    return mother, daughter


def at_once(world: World, *acts: Callable[[], object]) -> list[object]:
    """Do things at the same moment; what each came to."""
    gate = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        gate.wait(10)
        try:
            act()
        except (NoPlaceFree, ChangedMeanwhile) as error:
            return type(error)
        return None

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_two_officers_and_one_bed_one_winner(any_world: World) -> None:
    world = any_world
    [room] = house(world, {"beds": 1})
    first, second = person(world, "Nasrin", 30)[0], person(world, "Marzia", 31)[0]
    ended = at_once(world, lambda: place(world, first, room), lambda: place(world, second, room))
    assert sorted(ended, key=str).count(None) == 1
    assert taken(world, room) == len(world.rows(Stay)) == 1


def test_a_child_and_a_stranger_placed_at_once_do_not_share_a_room(any_world: World) -> None:
    world = any_world
    [room] = house(world, {"beds": 2})
    child, man = person(world, "Zarifa", 14)[0], person(world, "Samim", 40, Sex.MALE)[0]

    def give(number: str) -> None:
        try:
            place(world, number, room)
        except InvalidCommand:
            raise ChangedMeanwhile from None

    ended = at_once(world, lambda: give(child), lambda: give(man))
    assert ended.count(None) == 1
    assert taken(world, room) == 1


def test_a_family_stays_together_unless_there_is_a_reason(any_world: World) -> None:
    world = any_world
    mother, daughter = family(world)
    verify(world)
    first, second = house(world, {}, {})
    with pytest.raises(InvalidCommand) as refused:
        place(world, mother, first)
    assert refused.value.params == {"field": "apart"}
    place(world, mother, first, members=(daughter,))
    assert taken(world, first) == 2
    # A room of its own for the girl: an act with a reason; the bed in the first room is free again.
    place(world, daughter, second, apart=ApartReason.CHILD_SAFETY)
    assert (taken(world, first), taken(world, second)) == (1, 1)
    with world.work("asylum") as work:
        [stay] = whereabouts.room(work, second).people
    assert stay.apart is ApartReason.CHILD_SAFETY
    with pytest.raises(InvalidCommand):
        place(world, mother, second, members=(person(world, "Marzia", 31)[0],))


def test_who_only_claims_to_be_family_needs_the_childs_own_word(world: World) -> None:
    mother, daughter = family(world)
    [room] = house(world, {})
    with pytest.raises(InvalidCommand) as refused:
        place(world, mother, room, members=(daughter,))
    assert refused.value.params == {"field": "asked_alone"}
    place(world, mother, room, members=(daughter,), asked_alone=True)
    assert taken(world, room) == 2


def test_who_is_kept_apart_from_companions_is_given_no_bed_among_them(world: World) -> None:
    mother, daughter = family(world)
    verify(world)
    flag = caseflags.RaiseFlag(
        number=world.of(Referral, daughter)[0].number,
        kinds=(FlagKind.APART_FROM_COMPANION,),
        text="",
        expires_on=world.now.date(),
    )
    with world.work("asylum") as work:
        caseflags.raise_flag(work, flag)
    [room] = house(world, {})
    place(world, mother, room)
    with pytest.raises(InvalidCommand) as refused:
        place(world, daughter, room)
    assert refused.value.params == {"field": "room_id"}
    with world.work("asylum") as work:
        page = whereabouts.bed(work, daughter)
    assert page.family == ()
    kinds = {ground.kind for ground in page.alone[0].grounds}
    assert RoomGroundKind.CHILD_AMONG_STRANGERS in kinds


def test_a_bed_is_kept_until_they_come_and_times_are_told(world: World) -> None:
    first, second = house(world, {"beds": 1}, {"beds": 1})
    number, referral = person(world, "Nasrin", 30)
    place(world, number, first)
    place(world, number, second, here=False)
    # Until she comes both beds are hers.
    assert (taken(world, first), taken(world, second)) == (1, 1)
    world.clock.forward(hours=2)
    with world.work("asylum") as work, pytest.raises(InvalidCommand):
        beds.arrive(work, Arrive(case_number=number, at=time(23, 59)))
    with world.work("asylum") as work:
        beds.arrive(work, Arrive(case_number=number, at=time(13, 30)))
    assert (taken(world, first), taken(world, second)) == (0, 1)
    with world.work("asylum") as work:
        now, before = whereabouts.of_case(work, referral).stays
    assert (now.state, f"{now.came:%H:%M}") == (StayState.HERE, "13:30")
    assert before.ended is LeaveReason.MOVED
    with world.work("asylum") as work, pytest.raises(InvalidCommand):
        beds.leave(work, Leave(case_number=number, reason=LeaveReason.LEFT, at=time(13, 0)))
    with world.work("asylum") as work:
        beds.leave(work, Leave(case_number=number, reason=LeaveReason.LEFT))
    assert taken(world, second) == 0
    with world.work("asylum") as work, pytest.raises(NotAllowedNow):
        beds.leave(work, Leave(case_number=number, reason=LeaveReason.LEFT))


def test_who_does_not_come_gives_the_bed_back(world: World) -> None:
    [room] = house(world, {"beds": 1})
    number, _ = person(world, "Nasrin", 30)
    place(world, number, room, here=False)
    with world.work("asylum") as work, pytest.raises(NotAllowedNow):
        beds.leave(work, Leave(case_number=number, reason=LeaveReason.LEFT))
    with world.work("asylum") as work:
        beds.leave(work, Leave(case_number=number, reason=LeaveReason.DID_NOT_COME))
    assert taken(world, room) == 0


def test_beds_out_of_use_are_not_given_and_nobody_loses_one(any_world: World) -> None:
    world = any_world
    [room] = house(world, {"beds": 2})
    first, second = person(world, "Nasrin", 30)[0], person(world, "Marzia", 31)[0]
    place(world, first, room)
    out = {"label": "A 0", "beds": 2, "out_reason": OutReason.REPAIR}
    with world.work("asylum") as work, pytest.raises(InvalidCommand) as refused:
        sites.keep_room(work, KeepRoom(room_id=room, version=1, out_of_use=2, **out))
    assert refused.value.params == {"field": "beds"}
    with world.work("asylum") as work:
        sites.keep_room(work, KeepRoom(room_id=room, version=1, out_of_use=1, **out))
    with pytest.raises(NoPlaceFree):
        place(world, second, room)
    with world.work("asylum") as work, pytest.raises(ChangedMeanwhile):
        sites.keep_room(work, KeepRoom(room_id=room, version=1, label="B", beds=2))


def a_supervisor(world: World) -> str:
    command = CreateUser(name="warden", password=PASSWORD, role=Role.SUPERVISOR, agency=AKIMAT)
    with world.work() as work:
        make_user(work, command)
    world.__dict__["_actors"] = {}
    return "warden"


def test_more_people_than_beds_only_while_a_supervisor_answers_for_it(any_world: World) -> None:
    world = any_world
    [room] = house(world, {"beds": 1})
    first, second = person(world, "Nasrin", 30)[0], person(world, "Marzia", 31)[0]
    third = person(world, "Latifa", 32)[0]
    place(world, first, room)
    more = AllowOverfull(
        room_id=room, extra=1, days=1, reason=OverReason.WEATHER, note="Snow", version=1
    )
    for who, error in (("asylum", NotAllowed), ("supervisor", NotFound)):
        with pytest.raises(error), world.work(who) as work:
            overfull.allow_overfull(work, more)
    warden = a_supervisor(world)
    with world.work(warden) as work:
        overfull.allow_overfull(work, more)
    place(world, second, room)
    with world.work(warden) as work:
        [site] = sites.board(work).sites
        [shown] = site.rooms
        assert (shown.over, shown.allowed and shown.allowed.by) == (1, "warden")
        assert overfull.room_to_allow(work, room).allowed.note == "Snow"  # type: ignore[union-attr]  # it is
    with world.storage.engine.connect() as connection:
        raw = bytes(connection.execute(text("SELECT extra_note FROM room")).scalar_one())
    assert b"Snow" not in raw
    world.clock.forward(days=2)
    with world.work("asylum") as work:
        beds.leave(work, Leave(case_number=first, reason=LeaveReason.LEFT))
    with pytest.raises(NoPlaceFree):
        place(world, third, room)


def test_nothing_in_the_clear_says_in_which_house_somebody_sleeps(world: World) -> None:
    [room] = house(world, {})
    number, _ = person(world, "Nasrin", 30)
    place(world, number, room, note="Sleeps near the door")
    with world.storage.engine.connect() as connection:
        row = dict(connection.execute(text("SELECT * FROM stay")).mappings().one())
    site = world.rows(Room)[0].site_id
    said = repr(
        {k: bytes(v).hex() if isinstance(v, bytes | memoryview) else v for k, v in row.items()}
    )
    for hidden in (room.hex, str(room), site.hex, str(site), "door"):
        assert hidden not in said


def test_where_somebody_sleeps_is_for_the_site_and_for_whoever_has_them_in_care(
    world: World,
) -> None:
    [room] = house(world, {})
    number, _ = person(world, "Zarifa", 14)
    place(world, number, room)
    with pytest.raises(NotFound), world.work("guardian") as work:
        whereabouts.room(work, room)
    guarded = world.send(number)
    with pytest.raises(NotFound), world.work("guardian") as work:
        whereabouts.of_case(work, guarded)
    world.accept(guarded)
    with world.work("guardian") as work:
        assert [one.room for one in whereabouts.of_case(work, guarded).stays] == ["A 0"]
        assert whereabouts.bed(work, number).stays == ()
    for who in ("officer", "supervisor", "administrator", "monitor"):
        with pytest.raises((NotAllowed, NotFound)), world.work(who) as work:
            whereabouts.of_case(work, guarded)
    acts = {entry.act for entry in world.rows(LogEntry)}
    assert {"view_whereabouts", "place_person", "view_reception"} <= acts
    with world.work("guardian") as work:
        assert [one.site for one in summaries.summary(work, number).stays]


def test_a_referral_is_not_closed_over_a_bed(world: World) -> None:
    [room] = house(world, {})
    number, referral = person(world, "Nasrin", 30)
    place(world, number, room)
    with world.work("asylum") as work:
        outcome = OutcomeCode.PROCEDURE_OPENED
        desks.report_outcome(work, desks.ReportOutcome(number=referral, outcome=outcome))
    with pytest.raises(NotAllowedNow), world.work("asylum") as work:
        desks.close(work, referral)
    with world.work("asylum") as work:
        beds.leave(work, Leave(case_number=number, reason=LeaveReason.LEFT))
        desks.close(work, referral)


def test_who_has_no_bed_is_told_by_what_they_need_first(world: World) -> None:
    [room] = house(world, {"beds": 3})
    calm, _ = person(world, "Nasrin", 30)
    child, _ = person(world, "Zarifa", 14)
    hurt = world.register("Marzia", sex=Sex.FEMALE, birth=Birth(kind="age", age=31))
    world.inform(hurt)
    with world.work("officer") as work:
        seen = screening.RecordUrgentNeeds(case_number=hurt, seen=("injury",))
        screening.record_urgent_needs(work, seen)
    world.answer(hurt, fear_of_return="yes", asks_for_asylum="yes")
    sent = world.send(hurt, "asylum_procedure", ASYLUM_DESK, basis=LegalBasis.LEGAL_DUTY)
    world.accept(sent, "asylum")
    with world.work("asylum") as work:
        people = triage.waiting(work).people
    assert [one.number for one in people] == [hurt, child, calm]
    assert people[0].signs[0] is TriageSign.MEDICAL
    assert TriageSign.CHILD_ALONE in people[1].signs
    place(world, calm, room)
    with world.work("asylum") as work:
        assert calm not in {one.number for one in triage.waiting(work).people}
        assert "view_triage" in {entry.act for entry in work.entries}
    # A desk that keeps no site has nobody to find a bed for.
    assert world.desk_id(CHILD_DESK)
    with world.work("guardian") as work:
        assert triage.waiting(work).people == ()


def test_a_bed_of_somebody_who_is_erased_is_free_again(any_world: World) -> None:
    world = any_world
    [room] = house(world, {})
    number, _ = person(world, "Nasrin", 30)
    place(world, number, room)
    stay = world.rows(Stay)[0]
    with world.work() as work:
        beds.release_all(work, stay.person_id)
    assert taken(world, room) == 0
