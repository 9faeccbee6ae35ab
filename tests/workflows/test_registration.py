"""Registering: full protection at once, names and births as they are, nothing guessed, nothing merged."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from models.cases import Answer, Assessment, Case, Deadline, Hold, Task
from models.kin import KinLink
from models.log import LogEntry
from models.people import Arrival, Group, Membership, Person
from models.vocabulary import (
    PERSON_PURPOSES,
    Action,
    HoldState,
    LinkState,
    Purpose,
    Sex,
    TaskKind,
    Urgency,
)
from tests.world import FOREIGN_POST, OTHER_POST, World
from workflows import casenumbers, readings, search
from workflows.arrivals import Birth, Companion, Document
from workflows.errors import BadCaseNumber, InvalidCommand, NotAllowed, NotFound, TooManyAttempts


def opened(world: World, number: str, field: str) -> Any:
    """A sealed field of the person of a case, with the grant that a test may take."""
    with world.work() as work:
        person = work.session.get_one(Person, world.case(work, number).person_id)
        work.vault.grant(person.id, *Purpose)
        return getattr(person, field)


def test_whoever_is_registered_is_fully_protected_at_once(any_world: World) -> None:
    """Of somebody of whom nothing is known, every action is shut before any question."""
    number = any_world.register()
    holds = any_world.of(Hold, number)
    assert {hold.action for hold in holds} == set(Action)
    assert {hold.state for hold in holds} == {HoldState.ACTIVE}
    assert len(any_world.of(Assessment, number)) == 1


def test_registration_writes_person_arrival_case_and_keys_together(any_world: World) -> None:
    number = any_world.register()
    case = any_world.rows(Case)[0]
    person = any_world.rows(Person)[0]
    arrival = any_world.rows(Arrival)[0]
    assert (case.person_id, case.arrival_id) == (person.id, arrival.id)
    assert casenumbers.parse(number) == case.number == number
    keys = any_world.storage.keys.prefetch([person.id], PERSON_PURPOSES)
    assert {key.purpose for key in keys} == set(PERSON_PURPOSES)


def test_registration_that_fails_leaves_nothing(any_world: World) -> None:
    with pytest.raises(InvalidCommand):
        any_world.register(
            companions=(Companion(case_number=casenumbers.new_number(), relationship="x"),)
        )
    for model in (Person, Arrival, Case, Hold, Answer, Group):
        assert any_world.rows(model) == []


@pytest.mark.parametrize("name", ["Zarifa", "زرغونه", "Ға", "Nʼ", "O'", "Анна-Мария", "王"])
def test_one_word_in_any_script_is_a_name(world: World, name: str) -> None:
    number = world.register(name)
    assert opened(world, number, "names") == [{"text": name, "kind": "as_given"}]


@pytest.mark.parametrize("name", ["", "   ", "123", "---", "\u200f", "!?"])
def test_what_holds_no_letter_is_no_name(world: World, name: str) -> None:
    with pytest.raises(InvalidCommand) as refused:
        world.register(name)
    assert refused.value.params == {"field": "name"}
    with pytest.raises(InvalidCommand):
        world.register(names=())


@pytest.mark.parametrize(
    ("birth", "kept"),
    [
        (Birth(), {"kind": "unknown", "calendar": "gregorian"}),
        (Birth(kind="year", year=1990), {"kind": "year", "year": 1990}),
        (Birth(kind="age", age=15), {"kind": "age", "age": 15, "on": "2026-11-24"}),
        (Birth(kind="age", age=0), {"kind": "age", "age": 0, "on": "2026-11-24"}),
        (Birth(kind="between", year=2008, year_to=2010), {"year": 2008, "year_to": 2010}),
        (Birth(kind="date", year=2004, month=2, day=29), {"year": 2004, "month": 2, "day": 29}),
        (Birth(kind="date", year=2026, month=11, day=24), {"year": 2026, "month": 11, "day": 24}),
        (
            Birth(kind="date", year=1980, month=3, day=20, calendar="solar_hijri"),
            {"year": 1980, "month": 3, "day": 20, "calendar": "solar_hijri"},
        ),
    ],
    ids=lambda value: getattr(value, "kind", ""),
)
def test_a_birth_is_kept_as_it_was_stated(world: World, birth: Birth, kept: dict[str, Any]) -> None:
    found = opened(world, world.register(birth=birth), "birth")
    assert kept.items() <= found.items()
    assert len(found) == len({"kind", "calendar", *kept})


@pytest.mark.parametrize(
    "birth",
    [
        Birth(kind="date", year=2000, month=2, day=31),
        Birth(kind="date", year=2001, month=2, day=29),
        Birth(kind="date", year=2026, month=11, day=25),
        Birth(kind="date", year=1896, month=1, day=1),
        Birth(kind="date", year=None, month=1, day=1),
        Birth(kind="date", year=2000, month=13, day=1),
        Birth(kind="date", year=2000, month=0, day=0),
        Birth(kind="date", year=-5, month=1, day=1),
        Birth(kind="year", year=2027),
        Birth(kind="year", year=1890),
        Birth(kind="year"),
        Birth(kind="age"),
        Birth(kind="age", age=130),
        Birth(kind="age", age=-1),
        Birth(kind="between", year=2010, year_to=2008),
        Birth(kind="between", year=2010),
        Birth(kind="between", year=2010, year_to=2030),
        Birth(kind="between", year=1, year_to=9999),
    ],
    ids=str,
)
def test_a_birth_that_cannot_be_is_refused_at_its_field(world: World, birth: Birth) -> None:
    with pytest.raises(InvalidCommand) as refused:
        world.register(birth=birth)
    assert refused.value.params == {"field": "birth"}
    assert world.rows(Person) == []


def test_an_uncertain_age_protects_like_a_child(world: World) -> None:
    uncertain = world.register(birth=Birth(kind="between", year=2006, year_to=2011))
    adult = world.register("Marzia", birth=Birth(kind="age", age=40))
    held = {}
    for number in (uncertain, adult):
        world.inform(number)
        held[number] = world.answer(number, may_be_child="no").reading.holds
    assert "H.child" in held[uncertain]
    assert "H.child" not in held[adult]


def test_no_nationality_is_another_answer_than_not_knowing(world: World) -> None:
    stateless, unknown = world.register(no_nationality=True), world.register("Marzia")
    assert opened(world, stateless, "traits")["no_nationality"] is True
    assert opened(world, unknown, "traits")["no_nationality"] is False
    assert opened(world, unknown, "traits")["nationalities"] == []
    with pytest.raises(InvalidCommand, match="invalid") as refused:
        world.register(no_nationality=True, nationalities=("AFG",))
    assert refused.value.params == {"field": "nationality"}


def test_what_was_not_said_is_left_out_and_never_guessed(world: World) -> None:
    number = world.register()
    with world.work() as work:
        case = world.case(work, number)
        work.vault.grant(case.person_id, *Purpose)
        said = {statement.fact for statement in readings.statements(work, case)}
    assert said <= {"arrived_on"}


def test_documents_and_contact_are_kept_with_the_person(world: World) -> None:
    passport = Document(kind="passport", issuer="AFG", number="P-1")
    number = world.register(documents=(passport,), phone="none yet")
    assert opened(world, number, "documents")[0]["number"] == "P-1"
    assert opened(world, number, "contact") == {"phone": "none yet"}


def test_nobody_registers_at_a_post_of_others(world: World) -> None:
    with pytest.raises(NotFound):
        world.register(post=OTHER_POST)
    with pytest.raises(NotFound):
        world.register(post="nowhere")
    with pytest.raises(NotAllowed):
        world.register(who="supervisor")
    assert world.rows(Case) == []


def test_companions_travel_as_a_group_with_links_that_nobody_has_verified(
    any_world: World,
) -> None:
    mother = any_world.register("Parwin")
    child = any_world.register(companions=(Companion(case_number=mother, relationship="mother"),))
    any_world.register("Samim", companions=(Companion(case_number=child, relationship="sister"),))
    members = any_world.rows(Membership)
    assert len(any_world.rows(Group)) == 1
    assert len(members) == 3
    links = any_world.rows(KinLink)
    assert len(links) == 2
    assert {link.state for link in links} == {LinkState.PENDING}


def test_a_companion_of_another_post_cannot_be_named(world: World) -> None:
    """Else a case number would be a way to learn who is registered where."""
    elsewhere = world.register("Parwin", "elsewhere")
    with pytest.raises(InvalidCommand) as refused:
        world.register(companions=(Companion(case_number=elsewhere, relationship="mother"),))
    assert refused.value.params == {"field": "companions"}
    with pytest.raises(BadCaseNumber):
        world.register(companions=(Companion(case_number="AAAAAAAAA", relationship="mother"),))


def test_a_deadline_that_begins_at_arrival_runs_at_once(world: World) -> None:
    deadlines = world.of(Deadline, world.register())
    assert deadlines
    assert all(row.started_at == world.now < row.due_at for row in deadlines)


def test_who_is_perhaps_registered_already_is_hinted_and_never_merged(any_world: World) -> None:
    given = {"sex": Sex.FEMALE, "birth": Birth(kind="year", year=1990)}
    first = any_world.register("Zarifa Ahmadi", **given)
    second = any_world.registered("Zarifa Ahmadi", **given)
    assert [hint.case_number for hint in second.hints] == [first]
    assert second.elsewhere == 0
    assert second.case_number != first
    assert len(any_world.rows(Person)) == 2


def test_hints_stay_within_the_post_and_only_count_what_is_elsewhere(any_world: World) -> None:
    for who in ("elsewhere", "abroad"):
        any_world.register("Zarifa Ahmadi", who)
    found = any_world.registered("Zarifa Ahmadi")
    assert found.hints == ()
    assert found.elsewhere == 2


def test_reading_hints_is_in_the_log(world: World) -> None:
    world.register("Zarifa Ahmadi")
    before = len(world.rows(LogEntry, LogEntry.act == "read"))
    world.register("Zarifa Ahmadi")
    reads = world.rows(LogEntry, LogEntry.act == "read")[before:]
    assert [entry.detail["fields"] for entry in reads] == [["person.birth", "person.names"]]


def test_a_search_finds_names_across_scripts_at_ones_own_post_only(world: World) -> None:
    number = world.register("Фаррух Раҳимов")
    world.register("Farrukh Rahimov", "elsewhere")
    with world.work("officer") as work:
        found = search.find(work, "Farrukh Rahimov")
    assert [hint.case_number for hint in found.hints] == [number]
    assert found.elsewhere == 1


@pytest.mark.parametrize("text", ["", "  ", "123", "\x00", "%"])
def test_a_search_for_nothing_is_refused(world: World, text: str) -> None:
    with pytest.raises(InvalidCommand), world.work("officer") as work:
        search.find(work, text)


def test_searches_are_limited_in_an_hour_and_refusals_cost_nothing(world: World) -> None:
    world.with_settings(search_limit=3)

    def look(who: str = "officer") -> None:
        with world.work(who) as work:
            search.find(work, "Zarifa Ahmadi")

    for _ in range(3):
        look()
    with pytest.raises(TooManyAttempts):
        look()
    look("colleague")
    world.clock.forward(hours=1, seconds=1)
    look()


def test_a_role_without_a_post_finds_nobody(world: World) -> None:
    world.register("Zarifa Ahmadi")
    for who in ("guardian", "supervisor", "administrator", "monitor"):
        with pytest.raises(NotAllowed), world.work(who) as work:
            search.find(work, "Zarifa Ahmadi")


def test_a_name_is_nowhere_in_the_clear(world: World) -> None:
    world.register("Zarifa Ahmadi", birth=Birth(kind="date", year=2001, month=5, day=7))
    with world.storage.engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        assert raw is not None
        dump = "\n".join(raw.iterdump())
    assert "Zarifa" not in dump
    assert "Ahmadi" not in dump
    assert '"year":2001' not in dump
    assert "2001-05-07" not in dump


def test_two_nationalities_are_both_kept_and_neither_decides(world: World) -> None:
    number = world.register(nationalities=("AFG", "TJK"))
    assert opened(world, number, "traits")["nationalities"] == ["AFG", "TJK"]
    with world.work() as work:
        case = world.case(work, number)
        work.vault.grant(case.person_id, *Purpose)
        assert "citizenship" not in readings.known_facts(work, case)


def test_case_numbers_are_no_sequence(world: World) -> None:
    numbers = [world.register(f"Person {letter}") for letter in "ABCDEF"]
    assert len(set(numbers)) == 6
    assert numbers != sorted(numbers)
    assert len({number[:2] for number in numbers}) > 1


def test_the_work_of_another_country_has_its_own_pack(world: World) -> None:
    world.register(who="abroad", post=FOREIGN_POST)
    assert world.rows(Case)[0].pack == "tjk"


def test_urgency_and_tasks_begin_quietly(world: World) -> None:
    number = world.register(birth=Birth(kind="age", age=30))
    case = world.rows(Case, Case.number == number)[0]
    assert case.urgency in set(Urgency)
    assert TaskKind.URGENT_NEED not in {task.kind for task in world.of(Task, number)}
    assert case.registered_on == date(2026, 11, 24)
