"""What persons ask: taken anywhere, answered within a month by those who care for them, never overwriting."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.cases import Case, Task
from models.log import LogEntry
from models.people import Person
from models.referrals import Referral
from models.rights import ErasureProposal, PersonRequest
from models.vault.sealed import load_sealed
from models.vocabulary import (
    LegalBasis,
    Purpose,
    RefusalReason,
    RequestKind,
    RequestState,
    Role,
    TaskKind,
    TaskState,
)
from tests.world import ASYLUM_DESK, World
from workflows import (
    arrivals,
    complaints,
    desks,
    other_desks,
    oversight,
    rights,
    summaries,
)
from workflows.errors import (
    ChangedMeanwhile,
    InvalidCommand,
    NotAllowed,
    NotAllowedNow,
    NotFound,
    Restricted,
)
from workflows.rights import AnswerRequest, Correct, RequestLine, TakeRequest, month_later
from workflows.rules.answers import Source


def take(
    world: World,
    number: str,
    kind: RequestKind = RequestKind.ACCESS,
    who: str = "officer",
    says: str = "Show me what you have",
) -> RequestLine:
    with world.work(who) as work:
        return rights.take(work, TakeRequest(case_number=number, kind=kind, says=says))


def answer(
    world: World,
    number: str,
    line: RequestLine,
    state: RequestState = RequestState.UPHELD,
    who: str = "guardian",
    **changed: Any,
) -> None:
    given_ = {"text": "It was read out to you.", "version": 1, **changed}
    command = AnswerRequest(case_number=number, request_id=line.id, state=state, **given_)
    with world.work(who) as work:
        rights.answer(work, command)


def in_care(world: World) -> str:
    number, referral = world.sent()
    world.accept(referral)
    return number


def tasks(world: World, number: str) -> list[Task]:
    return [row for row in world.of(Task, number) if row.kind is TaskKind.ANSWER_REQUEST]


def test_a_request_is_a_task_with_a_month_and_an_entry_of_the_log(any_world: World) -> None:
    number = in_care(any_world)
    any_world.finish(number)
    line = take(any_world, number)
    assert (line.received_on, line.due_on) == (date(2026, 11, 24), date(2026, 12, 24))
    (task,) = tasks(any_world, number)
    assert task.due_at is not None
    assert task.due_at.date() == date(2026, 12, 24)
    with any_world.work("supervisor") as work:
        assert [found.case_number for found in rights.waiting(work)] == [number]
        assert TaskKind.ANSWER_REQUEST in {row.kind for row in oversight.clocks(work).tasks}
    answer(any_world, number, line)
    assert tasks(any_world, number)[0].state is TaskState.DONE
    with any_world.work("guardian") as work:
        (shown,) = rights.of_case(work, number)
    assert (shown.says, shown.answer) == ("Show me what you have", "It was read out to you.")
    acts = {entry.act for entry in any_world.rows(LogEntry)}
    assert {"record_request", "answer_request"} <= acts


def test_a_task_stays_while_another_request_is_open(world: World) -> None:
    number = in_care(world)
    first, second = take(world, number), take(world, number, RequestKind.OBJECTION)
    answer(world, number, first)
    assert {task.state for task in tasks(world, number)} == {TaskState.OPEN}
    answer(world, number, second, RequestState.REFUSED)
    assert {task.state for task in tasks(world, number)} == {TaskState.DONE}


def test_a_post_takes_a_request_after_the_screening_and_reads_nothing_of_it(world: World) -> None:
    number = in_care(world)
    world.finish(number)
    line = take(world, number, RequestKind.COMPLAINT, says="An officer shouted at me")
    with pytest.raises(NotAllowed), world.work("officer") as work:
        rights.of_case(work, number)
    with pytest.raises(NotAllowed):
        answer(world, number, line, who="officer")
    with world.work("supervisor") as work:
        assert rights.of_case(work, number) == ()


def test_nobody_in_line_of_command_learns_of_a_complaint(world: World) -> None:
    number, referral = world.sent()
    world.accept(referral)
    complaint = take(world, number, RequestKind.COMPLAINT, says="An officer shouted at me")
    assert tasks(world, number) == []
    take(world, number)
    for who in ("officer", "guardian"):
        with world.work(who) as work:
            kinds = {one.kind for one in summaries.summary(work, number).requests}
        assert kinds == {RequestKind.ACCESS}
    with pytest.raises(NotFound):
        answer(world, number, complaint)
    with world.work("supervisor") as work:
        assert {one.kind for one in rights.waiting(work)} == {RequestKind.ACCESS}
    told = [row.detail for row in world.rows(LogEntry, LogEntry.act == "record_request")]
    assert "complaint" not in str(told)


def test_the_monitor_of_the_country_reads_and_answers_it(any_world: World) -> None:
    world = any_world
    number = world.sent()[0]
    complaint = take(world, number, RequestKind.COMPLAINT, says="An officer shouted at me")
    other = take(world, number)
    with world.work("monitor") as work:
        assert [one.id for one in complaints.waiting(work)] == [complaint.id]
        assert complaints.read(work, complaint.id).request.says == "An officer shouted at me"
    with pytest.raises(NotFound), world.work("monitor") as work:
        complaints.read(work, other.id)
    for who in ("officer", "guardian", "supervisor", "administrator"):
        with pytest.raises(NotAllowed), world.work(who) as work:
            complaints.read(work, complaint.id)
    abroad = replace(world.actor("abroad"), role=Role.MONITOR, country="TJK")
    with pytest.raises(NotFound), world.work(abroad) as work:
        complaints.read(work, complaint.id)
    said = AnswerRequest(
        case_number=number,
        request_id=complaint.id,
        state=RequestState.UPHELD,
        text="We spoke to the post",
        version=1,
    )
    with world.work("monitor") as work:
        complaints.answer(work, complaint.id, said)
    with world.work("monitor") as work:
        shown = complaints.read(work, complaint.id).request
    assert (shown.state, shown.answer) == (RequestState.UPHELD, "We spoke to the post")


@pytest.mark.parametrize("who", ["elsewhere", "abroad", "asylum"])
def test_others_find_no_case_to_take_a_request_for(world: World, who: str) -> None:
    with pytest.raises(NotFound):
        take(world, world.register(), who=who)


def test_what_cannot_be_used_is_refused(world: World) -> None:
    number = in_care(world)
    with pytest.raises(InvalidCommand):
        take(world, number, says="  ")
    line = take(world, number)
    for error, changed in (
        (InvalidCommand, {"text": " "}),
        (InvalidCommand, {"state": RequestState.OPEN}),
        (ChangedMeanwhile, {"version": 9}),
    ):
        with pytest.raises(error):
            answer(world, number, line, **changed)
    answer(world, number, line)
    with pytest.raises(NotAllowedNow):
        answer(world, number, line, version=2)
    other = in_care(world)
    with pytest.raises(NotFound):
        answer(world, other, line)


def test_a_request_and_its_answer_look_alike_at_rest(world: World) -> None:
    number = in_care(world)
    line, other = take(world, number, says="x"), take(world, number, says="y" * 800)
    answer(world, number, line, text="z" * 700)
    sizes = set()
    with world.storage.engine.connect() as connection:
        for row in connection.execute(PersonRequest.__table__.select()).mappings():
            sizes |= {len(row["says_ct"]), len(row["answer_ct"])}
    assert len(sizes) == 1
    assert other.kind is RequestKind.ACCESS


@pytest.mark.parametrize("kind", [RequestKind.OBJECTION, RequestKind.RESTRICTION])
def test_an_objection_stops_what_the_person_does_not_agree_to(
    world: World, kind: RequestKind
) -> None:
    number = in_care(world)
    line = take(world, number, kind)
    send = ("asylum_procedure", ASYLUM_DESK)
    with pytest.raises(Restricted):
        world.send(number, *send, basis=LegalBasis.BEST_INTEREST)
    answer(world, number, line, RequestState.UPHELD)
    with pytest.raises(Restricted):
        world.send(number, *send, basis=LegalBasis.BEST_INTEREST)
    assert world.send(number, *send, basis=LegalBasis.CONSENT, consented=True)


def test_a_desk_does_not_pass_on_what_the_person_has_objected_to(world: World) -> None:
    number, referral = world.sent()
    take(world, number, RequestKind.OBJECTION)
    with world.work("guardian") as work:
        others = other_desks.of(work, referral)
        command = desks.RedirectReferral(
            number=referral, desk=others[0].code, reason=RefusalReason.UNAVAILABLE
        )
        passed = desks.redirect(work, command)
    assert passed.number == referral
    assert [row.number for row in world.rows(Referral)] == [referral]


def test_an_objection_never_stands_against_the_persons_life(world: World) -> None:
    number = in_care(world)
    take(world, number, RequestKind.OBJECTION)
    assert world.send(number, "asylum_procedure", ASYLUM_DESK, basis=LegalBasis.VITAL_INTEREST)


def test_an_objection_that_was_refused_with_reasons_stops_nothing(world: World) -> None:
    number = in_care(world)
    answer(world, number, take(world, number, RequestKind.OBJECTION), RequestState.REFUSED)
    assert world.send(number, "asylum_procedure", ASYLUM_DESK, basis=LegalBasis.BEST_INTEREST)


def test_an_upheld_wish_to_be_erased_waits_for_a_second_human(world: World) -> None:
    number = world.child()
    line = take(world, number, RequestKind.ERASURE)
    # Nobody has the person in care: while the screening is open the post may not answer either.
    with pytest.raises(NotAllowed):
        answer(world, number, line, who="officer")
    answer(world, number, line, who="supervisor")
    (proposal,) = world.rows(ErasureProposal)
    assert proposal.first_by == world.actor("supervisor").user_id
    assert world.rows(Person)


def test_while_a_referral_is_live_a_wish_to_be_erased_cannot_be_upheld(world: World) -> None:
    number = in_care(world)
    line = take(world, number, RequestKind.ERASURE)
    with pytest.raises(NotAllowedNow):
        answer(world, number, line)
    assert world.rows(PersonRequest)[0].state is RequestState.OPEN


def test_a_correction_stands_beside_the_record_and_never_replaces_it(any_world: World) -> None:
    number = any_world.register("Zarifa Ahmadi")
    person = any_world.rows(Case, Case.number == number)[0].person_id

    def names() -> object:
        with any_world.work() as work:
            work.vault.grant(person, Purpose.IDENTITY)
            row = work.session.get_one(Person, person, options=load_sealed(Person.names))
            return row.names, bytes(row.names_ct)

    before = names()
    for says in ("Zarifa Rahimi", "Zarifa Rahimova"):
        any_world.clock.forward(minutes=1)
        with any_world.work("officer") as work:
            rights.correct(work, Correct(case_number=number, about="names", says=says))
    assert names() == before
    with any_world.work("officer") as work:
        found = summaries.summary(work, number)
    assert [one.says for one in found.corrections] == ["Zarifa Rahimi", "Zarifa Rahimova"]
    assert found.names == ("Zarifa Ahmadi",)
    for wrong in ({"about": "weather"}, {"says": " "}):
        command = Correct(**{"case_number": number, "about": "names", "says": "x", **wrong})
        with pytest.raises(InvalidCommand), any_world.work("officer") as work:
            rights.correct(work, command)


def test_the_summary_holds_all_that_is_held_and_its_opening_is_logged(world: World) -> None:
    number, referral = world.sent(
        name="Zarifa Ahmadi",
        languages=("prs",),
        phone="+992 000 000",
        documents=(arrivals.Document(kind="passport", issuer="AFG", number="P0000"),),
    )
    world.answer(number, source=Source.THIRD_PARTY, in_danger_here="yes")
    world.accept(referral)
    take(world, number)
    with world.work("guardian") as work:
        found = summaries.summary(work, number)
    assert found.names == ("Zarifa Ahmadi",)
    assert found.contact == {"phone": "+992 000 000"}
    assert found.papers[0]["number"] == "P0000"
    assert found.language == "prs"
    assert {one.fact for one in found.answers} >= {"birth", "with_parent", "fear_of_return"}
    assert found.left_out == 1
    assert "in_danger_here" not in {one.fact for one in found.answers if one.value == "yes"}
    assert [one.state for one in found.sent] == ["accepted"]
    assert [one.says for one in found.requests] == ["Show me what you have"]
    assert found.looked > 5
    assert found.accesses
    acts = [entry for entry in world.rows(LogEntry) if entry.act == "make_summary"]
    assert acts[0].actor == world.actor("guardian").user_id


@pytest.mark.parametrize("who", ["supervisor", "administrator", "monitor"])
def test_only_those_who_have_the_person_before_them_open_the_whole_file(
    world: World, who: str
) -> None:
    number = in_care(world)
    with pytest.raises(NotAllowed), world.work(who) as work:
        summaries.summary(work, number)
    world.finish(number)
    for other in ("officer", "asylum"):
        with pytest.raises(NotFound), world.work(other) as work:
            summaries.summary(work, number)


def test_a_late_request_is_told_as_late(world: World) -> None:
    number = world.register()
    take(world, number)
    world.clock.forward(days=31)
    with world.work("supervisor") as work:
        assert [line.late for line in rights.waiting(work)] == [True]


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_a_month_is_never_less_than_28_days_nor_more_than_31(day: date) -> None:
    later = month_later(day)
    assert timedelta(days=28) <= later - day <= timedelta(days=31)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == 1
