"""The directory: each desk keeps its entries, everybody who refers finds them, nothing stays true unasked."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from models.cases import Task
from models.log import LogEntry
from models.network import Service
from models.vocabulary import Company, Role, Sex, Standing, TaskKind, TaskState
from tests.world import ACCOUNTS, ASYLUM_DESK, CHILD_DESK, World
from workflows import arrivals, deadlines, directory, network, own_services
from workflows.errors import ChangedMeanwhile, InvalidCommand, NotAllowed, NotFound
from workflows.packs import sync_network

WEEK = {"mon": (("09:00", "17:00"),)}


def entry(world: World, desk: str = CHILD_DESK, need: str = "guardian") -> Service:
    found: Service = world.rows(
        Service, Service.desk_id == world.desk_id(desk), Service.need == need
    )[0]
    return found


def keep(world: World, who: str = "guardian", **said: Any) -> Service:
    row = entry(world)
    with world.work(who) as work:
        command = own_services.KeepService(service_id=row.id, **{"version": row.version, **said})
        own_services.keep(work, command)
    return entry(world)


def found(world: World, who: str = "officer", **asked: Any) -> directory.Found:
    with world.work(who) as work:
        return directory.search(work, **asked)


def verify_tasks(world: World) -> list[Task]:
    return world.rows(Task, Task.kind == TaskKind.VERIFY_SERVICES)


def tick(world: World) -> None:
    with world.work() as work:
        deadlines.tick(work)


def test_a_desk_says_what_it_offers_and_whoever_refers_finds_it(any_world: World) -> None:
    keep(
        any_world,
        languages=("prs",),
        weekly=WEEK,
        closed_days=(date(2026, 12, 16),),
        sexes=(Sex.FEMALE,),
        capacity=4,
    )
    shown = found(any_world, need="guardian", language="prs")
    assert [one.desk_code for one in shown.entries] == [CHILD_DESK]
    one = shown.entries[0]
    assert (one.terms.sexes, one.free, one.open_now) == ((Sex.FEMALE,), 4, False)
    assert one.opens_at is not None
    assert one.standing is Standing.VERIFIED
    assert shown.needs["guardian"] != "guardian"


def test_a_search_in_a_region_finds_what_serves_the_whole_country(world: World) -> None:
    here = {one.area for one in found(world, area="KAZ-zhambyl").entries}
    assert "KAZ" in here
    assert here <= {"KAZ", "KAZ-zhambyl"}
    assert {one.area[:3] for one in found(world, area="TJK").entries} == {"TJK"}
    assert {one.area[:3] for one in found(world).entries} == {"KAZ"}, "one's own country first"


def test_a_shut_service_is_not_found(world: World) -> None:
    keep(world, open=False)
    assert CHILD_DESK not in {one.desk_code for one in found(world, need="guardian").entries}


def test_nobody_keeps_the_entry_of_another_desk(world: World) -> None:
    other = entry(world, ASYLUM_DESK, "asylum_procedure")
    for command in (
        lambda work: own_services.verify(work, other.id, other.version),
        lambda work: own_services.own_entry(work, other.id),
        lambda work: own_services.own_desk(work, ASYLUM_DESK),
    ):
        with pytest.raises(NotFound), world.work("guardian") as work:
            command(work)
    for who in set(ACCOUNTS) - {"guardian", "guardian2", "asylum"}:
        with pytest.raises(NotAllowed), world.work(who) as work:
            own_services.own(work)
    assert entry(world, ASYLUM_DESK, "asylum_procedure").version == other.version


def test_of_two_pages_the_second_is_refused(world: World) -> None:
    before = entry(world).version
    keep(world, capacity=4)
    with pytest.raises(ChangedMeanwhile):
        keep(world, capacity=5, version=before)
    service = entry(world).id
    with pytest.raises(ChangedMeanwhile), world.work("guardian") as work:
        own_services.verify(work, service, before)
    assert entry(world).capacity == 4


def test_a_desk_adds_only_what_its_agency_has_a_mandate_for(world: World) -> None:
    def add(need: str, area: str = "KAZ-zhambyl") -> None:
        with world.work("guardian") as work:
            command = own_services.AddService(desk=CHILD_DESK, need=need, area=area)
            own_services.add(work, command)

    with world.work("guardian") as work:
        may = own_services.own_desk(work, CHILD_DESK).may_add
    assert "guardian" in may
    assert "asylum_procedure" not in may
    for need, area in (("asylum_procedure", "KAZ"), ("guardian", "TJK")):
        with pytest.raises(InvalidCommand):
            add(need, area)
    have = entry(world)
    add("guardian", {"KAZ": "KAZ-zhambyl"}.get(have.area, "KAZ"))
    with pytest.raises(InvalidCommand):
        add("guardian", have.area)
    assert (
        len(world.rows(Service, Service.desk_id == have.desk_id, Service.need == "guardian")) == 2
    )


def test_before_an_entry_expires_the_desk_is_reminded_once_and_verifying_ends_it(
    any_world: World,
) -> None:
    world = any_world
    keep(world)
    world.clock.forward(days=75)
    tick(world)
    assert not [t for t in verify_tasks(world) if t.desk_id == world.desk_id(CHILD_DESK)]
    world.clock.forward(days=1)
    tick(world)
    tick(world)
    task = next(t for t in verify_tasks(world) if t.desk_id == world.desk_id(CHILD_DESK))
    assert len([t for t in verify_tasks(world) if t.desk_id == task.desk_id]) == 1
    assert (task.role, task.state) == (Role.PROTECTION_OFFICER, TaskState.OPEN)
    assert task.due_at is not None
    assert task.due_at - world.now < timedelta(days=14)
    _verify_all(world)
    ended = next(t for t in verify_tasks(world) if t.id == task.id)
    assert ended.state is TaskState.DONE
    assert ended.done_by == world.actor("guardian").user_id


def test_what_a_desk_confirmed_to_an_administrator_is_not_asked_again(world: World) -> None:
    keep(world)
    world.clock.forward(days=76)
    tick(world)
    own = world.desk_id(CHILD_DESK)
    task = next(t for t in verify_tasks(world) if t.desk_id == own)
    with world.work("administrator") as work:
        shown = network.desk(work, CHILD_DESK)
        network.edit_desk(
            work,
            network.EditDesk(
                code=CHILD_DESK, open=True, version=shown.version, capacity={}, verified=True
            ),
        )
    ended = next(t for t in verify_tasks(world) if t.id == task.id)
    assert (ended.state, ended.done_by) == (
        TaskState.DONE, world.actor("administrator").user_id,
    )  # fmt: skip


def _verify_all(world: World) -> None:
    for row in world.rows(Service, Service.desk_id == world.desk_id(CHILD_DESK)):
        with world.work("guardian") as work:
            own_services.verify(work, row.id, row.version)


def test_an_expired_entry_is_shown_as_not_verified_and_after_the_others(world: World) -> None:
    keep(world)
    world.clock.forward(days=90)
    fresh = Service.desk_id != world.desk_id(CHILD_DESK)
    with world.work() as work:
        work.session.execute(update(Service).where(fresh).values(verified_on=world.now.date()))
    shown = found(world, need="guardian").entries
    assert shown[-1].desk_code == CHILD_DESK
    assert shown[-1].standing is Standing.EXPIRED
    _verify_all(world)
    assert found(world, need="guardian").entries[-1].standing is Standing.VERIFIED


def test_what_a_desk_says_of_itself_outlasts_the_pack(world: World) -> None:
    keep(world, languages=("prs",), weekly=WEEK)
    with world.work() as work:
        sync_network(work.session, world.pack())
    row = entry(world)
    assert row.languages == ["prs"]
    assert row.weekly == {"mon": [["09:00", "17:00"]]}


def test_keeping_and_looking_are_in_the_log_without_a_person(world: World) -> None:
    keep(world)
    found(world, need="guardian")
    rows = world.rows(LogEntry, LogEntry.act.in_(["keep_services", "view_directory"]))
    assert {row.rule for row in rows} == {"desk.services", "directory.see"}
    assert {row.subject for row in rows} == {None}


def test_a_claimed_companion_takes_no_place_for_children_alone(world: World) -> None:
    """Whoever says that they are the uncle does not shut a child out of a house for children (INV-28)."""
    keep(world, companies=(Company.CHILD_ALONE,))
    claimed = arrivals.Companion(case_number=world.register("Karim"), relationship="uncle")
    assert world.send(world.child(companions=(claimed,)))
