"""Every act and every opened field is in the log, in the same transaction, or nothing is done or shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError

from app.factory import create_app
from app.work import Engines
from models.base import Base
from models.cases import Case
from models.log import LogEntry, LogHead
from models.referrals import Referral
from models.vocabulary import OutcomeCode, RefusalReason
from tests.policy.surface import session_of
from tests.world import ASYLUM_DESK, World
from workflows import assessments, desks, holds, log, referrals, screening, search
from workflows.errors import NotAllowed, NotFound
from workflows.policy import Act


def entries(world: World, *where: Any) -> list[LogEntry]:
    return world.rows(LogEntry, *where)


def acts_of(world: World, do: Callable[[], object]) -> set[str]:
    """The acts that a step adds to the log."""
    before = {entry.id for entry in entries(world)}
    do()
    return {entry.act for entry in entries(world) if entry.id not in before}


def as_(world: World, who: str, verb: Callable[..., Any], *arguments: Any) -> Callable[[], object]:
    def do() -> object:
        with world.work(who) as work:
            return verb(work, *arguments)

    return do


def test_every_step_of_a_story_is_in_the_log(any_world: World) -> None:
    world = any_world
    number = world.register()
    look = screening.RecordUrgentNeeds(case_number=number, seen=("medical",))
    referral = ""
    assert acts_of(world, lambda: world.register("Marzia")) >= {Act.REGISTER, Act.CHECK_REGISTERED}
    assert Act.RECORD_URGENT_NEEDS in acts_of(
        world, as_(world, "officer", screening.record_urgent_needs, look)
    )
    assert Act.INFORM in acts_of(world, lambda: world.inform(number))
    answers = {"with_parent": "no", "with_responsible_adult": "no"}
    assert acts_of(world, lambda: world.answer(number, **answers)) >= {Act.ANSWER, "read"}
    assert acts_of(world, as_(world, "officer", assessments.numbered, number)) == {
        Act.VIEW_ASSESSMENT,
        "read",
    }
    assert acts_of(world, as_(world, "officer", search.find, "Zarifa")) >= {Act.SEARCH}
    assert acts_of(world, as_(world, "officer", referrals.propose, number)) == {
        Act.PROPOSE_REFERRAL,
        "read",
    }
    referral = world.sent(name="Latifa")[1]
    assert Act.SEND_REFERRAL in {entry.act for entry in entries(world)}
    assert acts_of(world, as_(world, "guardian", desks.read_packet, referral)) == {
        Act.READ_PACKET,
        "read",
    }
    assert Act.ACCEPT_REFERRAL in acts_of(world, lambda: world.accept(referral))
    case = world.rows(Referral)[0].case_id
    taken = world.rows(Case, Case.id == case)[0].number
    assert acts_of(world, as_(world, "guardian", holds.holds_of, taken)) == {
        Act.VIEW_HOLDS,
        "read",
    }
    done = desks.ReportOutcome(number=referral, outcome=OutcomeCode.PROCEDURE_OPENED)
    assert Act.REPORT_OUTCOME in acts_of(world, as_(world, "guardian", desks.report_outcome, done))
    assert Act.CLOSE_REFERRAL in acts_of(world, as_(world, "guardian", desks.close, referral))
    assert Act.FINISH_SCREENING in acts_of(world, lambda: world.finish(number))
    assert Act.DELIVER in acts_of(world, world.deliver)
    with world.work() as work:
        assert log.verify(work.session, work.provider).findings == ()


def test_a_read_names_the_fields_under_a_token_of_the_person(world: World) -> None:
    number, referral = world.sent()
    world.accept(referral)
    with world.work("guardian") as work:
        desks.read_packet(work, referral)
    person = world.rows(Case, Case.number == number)[0].person_id
    with world.work() as work:
        seen = log.accesses(work.session, work.provider, person)
        token = log.subject_token(work.provider, person)
    assert {entry.subject for entry in seen} == {token}
    newest = [entry for entry in seen if entry.actor == world.actor("guardian").user_id]
    fields = [entry.detail["fields"] for entry in newest if entry.act == "read"]
    assert ["packet.identity", "packet.needs"] in fields
    assert str(person) not in str([vars(entry) for entry in seen])


def test_the_purposes_that_a_rule_granted_are_in_the_entry(world: World) -> None:
    world.child()
    entry = entries(world, LogEntry.act == "answer")[0]
    assert entry.rule == "border.screen"
    assert entry.purpose == "contact identity legal medical protection"


@pytest.mark.asvs("16.3.2")
def test_a_refusal_is_logged_with_the_act_that_was_asked_for(any_world: World) -> None:
    number = any_world.child()
    for who, error in (("elsewhere", NotFound), ("administrator", NotAllowed)):
        with pytest.raises(error), any_world.work(who) as work:
            assessments.numbered(work, number)
    refused = entries(any_world, LogEntry.act == "refused")
    assert {(e.actor, e.rule, e.detail["act"]) for e in refused} == {
        (any_world.actor("elsewhere").user_id, "not_found", "view_assessment"),
        (any_world.actor("administrator").user_id, "not_allowed", "view_assessment"),
    }


@pytest.mark.asvs("16.2.5")
def test_no_value_of_a_person_is_in_any_entry(world: World) -> None:
    number, referral = world.sent(name="Zarifa Ahmadi")
    world.accept(referral)
    text = str([{k: v for k, v in vars(e).items() if k[0] != "_"} for e in entries(world)])
    for value in ("Zarifa", "AFG", "fear_of_return", "UAC", number, referral):
        assert value not in text


def failing_log(world: World) -> Callable[[], None]:
    """Let every INSERT into the log fail from here on; returns the way to mend it."""

    def refuse(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("INSERT INTO log_entry"):
            raise OperationalError(statement, {}, Exception("the log cannot be written"))

    engine = world.storage.engine
    event.listen(engine, "before_cursor_execute", refuse)
    return lambda: event.remove(engine, "before_cursor_execute", refuse)


def everything(world: World) -> dict[str, int]:
    with world.storage.engine.connect() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in Base.metadata.sorted_tables
        }


@pytest.mark.asvs("2.3.3", "16.5.3")
def test_where_the_log_cannot_be_written_nothing_is_kept(any_world: World) -> None:
    number, referral = any_world.sent()
    before = everything(any_world)
    mend = failing_log(any_world)
    for act in (
        lambda: any_world.register("Marzia"),
        lambda: any_world.answer(number, fear_of_return="no"),
        lambda: any_world.accept(referral),
        lambda: any_world.send(number, "asylum_procedure", ASYLUM_DESK),
        any_world.deliver,
    ):
        with pytest.raises(OperationalError):
            act()
    mend()
    assert everything(any_world) == before
    assert any_world.rows(Referral)[0].state == "sent"


@pytest.mark.asvs("16.5.1", "16.5.3")
def test_where_the_log_cannot_be_written_nothing_is_shown(world: World) -> None:
    """A page is rendered within the work, and leaves only once its log is committed."""
    number = world.child("Zarifa Ahmadi")
    app = create_app(world.settings, storage=world.storage, clock=world.clock)
    app.extensions["serai"] = Engines(world.storage, world.shelf, world.settings, world.clock)
    client = app.test_client()
    client.set_cookie("serai", session_of(world, "officer"))
    paths = [f"/cases/{number}/{part}" for part in ("outcome", "receipt", "ask", "referrals")]
    assert {client.get(path).status_code for path in paths} == {200}
    mend = failing_log(world)
    for path in paths:
        answer = client.get(path)
        assert answer.status_code == 500
        text = answer.get_data(as_text=True)
        assert "Zarifa" not in text
        assert "the log cannot" not in text
    mend()
    assert {client.get(path).status_code for path in paths} == {200}


def test_a_work_that_fails_after_its_act_leaves_no_entry(world: World) -> None:
    before = len(entries(world))
    with pytest.raises(RuntimeError, match="a fault of ours"):
        fail_after_acting(world)
    assert len(entries(world)) == before


def fail_after_acting(world: World) -> None:
    with world.work("administrator") as work:
        work.allow(Act.MANAGE_USERS)
        raise RuntimeError("a fault of ours")


def test_the_chain_goes_on_after_works_that_failed(any_world: World) -> None:
    number, referral = any_world.sent()
    command = desks.RefuseReferral(number=referral, reason=RefusalReason.DUPLICATE)
    for _ in range(3):
        with pytest.raises(NotFound), any_world.work("asylum") as work:
            desks.refuse(work, command)
        with pytest.raises(RuntimeError):
            fail_after_acting(any_world)
        any_world.answer(number, fear_of_return="yes")
    with any_world.work() as work:
        found = log.verify(work.session, work.provider)
    assert found.findings == ()
    assert found.writers == len(any_world.rows(LogHead))
