"""Looking for family: met across scripts and agencies by blinded keys, decided by humans, told to nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from models.cases import Task
from models.glass import WatchAlert
from models.log import LogEntry
from models.tracing import TracingCandidate, TracingKey, TracingRequest
from models.vocabulary import (
    AlertKind,
    CandidateState,
    FlagKind,
    LegalBasis,
    RequestKind,
    SaidBy,
    Sex,
    SoughtRelation,
    TaskKind,
    TaskState,
    TracingState,
)
from tests.children.test_merging import merged, two
from tests.children.test_same_person_pages import Browsers
from tests.world import ASYLUM_DESK, World
from workflows import (
    alerts,
    apart,
    caseflags,
    rights,
    summaries,
    tracing,
    tracing_answers,
    tracing_matches,
)
from workflows.arrivals import Birth
from workflows.errors import (
    ChangedMeanwhile,
    InvalidCommand,
    NotAllowedNow,
    NotFound,
    Restricted,
    TooManyAttempts,
)
from workflows.policy import Act
from workflows.tracing import EndTracing, OpenTracing
from workflows.tracing_answers import Decide

MOTHER = "Фатима Ахмади"


def child(world: World) -> tuple[str, str]:
    """A girl in the guardians' care: (case, referral)."""
    found = world.sent(name="Zarifa Ahmadi")
    world.accept(found[1])
    return found


def woman(world: World, name: str = "فاطمه احمدی", year: int = 1990) -> tuple[str, str]:
    """A grown woman in the care of the asylum body: (case, referral)."""
    number = world.register(
        name, sex=Sex.FEMALE, birth=Birth(kind="year", year=year), nationalities=("AFG",)
    )
    world.inform(number)
    world.answer(number, fear_of_return="yes", asks_for_asylum="yes")
    referral = world.send(
        number, "asylum_procedure", ASYLUM_DESK, basis=LegalBasis.CONSENT, consented=True
    )
    world.accept(referral, "asylum")
    return number, referral


def seek(world: World, referral: str, who: str = "guardian", **more: Any) -> Any:
    given = {
        "names": (MOTHER,),
        "relation": SoughtRelation.MOTHER,
        "sex": Sex.FEMALE,
        "born_from": 1988,
        "born_to": 1992,
        "wished": True,
        "safe": True,
        **more,
    }
    with world.work(who) as work:
        return tracing.open_request(work, OpenTracing(number=referral, **given))


def seen(world: World, request: Any, who: str = "guardian") -> tuple[Any, ...]:
    with world.work(who) as work:
        row, _ = tracing.found(work, request, Act.VIEW_TRACING)
        return tracing_answers.candidates(work, row)


def tasks_of(world: World, number: str) -> list[Any]:
    return [
        task
        for task in world.of(Task, number)
        if task.kind is TaskKind.SEE_TO_TRACING and task.state is TaskState.OPEN
    ]


def test_a_mother_is_met_in_another_script_at_another_agency_and_not_shown(
    any_world: World,
) -> None:
    world = any_world
    number, referral = child(world)
    other, _ = woman(world)
    [found] = seen(world, seek(world, referral))
    # It exists and can be asked: neither number nor reasons are told.
    assert (found.ours, found.number, found.reasons, found.askable) == (False, "", (), True)
    assert len(tasks_of(world, number)) == 1
    assert tasks_of(world, other) == []


def test_two_searches_meet_and_each_side_sees_its_own_alone(any_world: World) -> None:
    world = any_world
    number, referral = child(world)
    other, hers = woman(world)
    mine = seek(world, referral)
    theirs = seek(
        world, hers, "asylum", names=("ظریفه احمدی",), relation=SoughtRelation.CHILD,
        born_from=None, born_to=None,
    )  # fmt: skip
    [found] = seen(world, theirs, "asylum")
    assert (found.ours, found.mutual) == (False, False)
    assert len(seen(world, mine)) == 1
    # Both desks have a task, once.
    assert (len(tasks_of(world, number)), len(tasks_of(world, other))) == (1, 1)
    rows = world.rows(TracingCandidate)
    assert len(rows) == 2


def test_one_look_at_a_search_is_one_line_of_the_log(world: World) -> None:
    _, referral = child(world)
    request = seek(world, referral)
    browsers = Browsers(world)

    def looks() -> int:
        return len(world.rows(LogEntry, LogEntry.act == Act.VIEW_TRACING.value))

    before = looks()
    assert browsers.get("guardian", f"/tracing/{request}").status_code == 200
    assert looks() == before + 1


def test_blinded_keys_alone_bring_two_searches_together(world: World) -> None:
    """Both are elsewhere, and the index is not asked: the keys of the two requests meet."""
    _, referral = child(world)
    _, hers = woman(world)
    seek(world, hers, "asylum", names=("ظریفه احمدی",), relation=SoughtRelation.CHILD,
         born_from=None, born_to=None)  # fmt: skip
    mine = seek(world, referral)
    with world.work("guardian") as work:
        row, _ = tracing.found(work, mine, Act.VIEW_TRACING)
        met = [mirror for _, mirror in tracing_matches.met(work, row) if mirror is not None]
    assert len(met) == 1


def test_the_table_of_keys_holds_no_name_and_is_empty_once_a_search_has_ended(
    world: World,
) -> None:
    _, referral = child(world)
    request = seek(world, referral)
    tokens = {row.token for row in world.rows(TracingKey)}
    assert tokens
    with world.storage.engine.connect() as connection:
        stored = connection.execute(text("SELECT * FROM tracing_key")).all()
    assert "AHMD" not in str(stored).upper().replace("-", "")
    assert all(len(one) == 24 for one in tokens)
    with world.work("guardian") as work:
        version = work.session.get_one(TracingRequest, request).version
        end = EndTracing(
            request_id=request, version=version, state=TracingState.FOUND, says="She came"
        )
        tracing.end_request(work, end)
    assert world.rows(TracingKey) == []
    with pytest.raises(NotAllowedNow), world.work("guardian") as work:
        tracing.end_request(
            work,
            EndTracing(
                request_id=request, version=version + 1, state=TracingState.CLOSED, says="x"
            ),
        )


def test_in_care_they_stand_side_by_side_and_a_yes_gives_a_task(any_world: World) -> None:
    world = any_world
    number, referral = child(world)
    sister = world.sent(name="شیرین احمدی")
    world.accept(sister[1])
    request = seek(
        world, referral, names=("Shirin Ahmadi",), relation=SoughtRelation.SIBLING,
        born_from=None, born_to=None,
    )  # fmt: skip
    [found] = seen(world, request)
    assert (found.ours, found.number) == (True, sister[0])
    with world.work("guardian2") as work:
        opened = tracing_answers.opened(work, found.id)
    assert "name" in {one.field for one in opened.fields}
    command = Decide(candidate_id=found.id, version=found.version, state=CandidateState.YES)
    with world.work("guardian2") as work:
        assert tracing_answers.decide(work, command) == request
    with pytest.raises(ChangedMeanwhile), world.work("guardian") as work:
        tracing_answers.decide(work, command)
    assert len(tasks_of(world, number)) == 1
    # The one who was found hears nothing from here.
    assert tasks_of(world, sister[0]) == []
    assert seen(world, request)[0].state is CandidateState.YES


def test_their_desk_is_asked_who_is_sought_and_answers_without_saying_why(
    any_world: World,
) -> None:
    world = any_world
    number, referral = child(world)
    other, hers = woman(world)
    request = seek(world, referral)
    [found] = seen(world, request)
    with world.work("guardian") as work:
        tracing_answers.ask(work, found.id, found.version)
    assert len(tasks_of(world, other)) == 1
    with world.work("asylum") as work:
        case = world.case(work, other)
        [asked] = tracing_answers.asked_of(work, case)
    assert asked.names == (MOTHER,)
    assert "Zarifa" not in str(asked)
    answer = Decide(candidate_id=asked.id, version=asked.version, state=CandidateState.NO)
    with pytest.raises(NotFound), world.work("guardian") as work:
        tracing_answers.answer(work, number, answer)
    with world.work("asylum") as work:
        tracing_answers.answer(work, other, answer)
    [after] = seen(world, request)
    assert (after.state, after.says, after.number) == (CandidateState.NO, "", "")
    assert hers


@pytest.mark.parametrize("protected", ["child", "woman"])
def test_two_who_are_kept_apart_never_meet_here(world: World, protected: str) -> None:
    number, referral = child(world)
    other, hers = woman(world)
    request = seek(world, referral)
    [found] = seen(world, request)
    with world.work("guardian") as work:
        tracing_answers.ask(work, found.id, found.version)
    one, away = (number, other) if protected == "child" else (other, number)
    with world.work("officer") as work:
        edge = apart.KeepApart(case_number=one, other=away, said_by=SaidBy.SELF)
        apart.keep_apart(work, edge)
    # Found before or looked for again, by either of them: neither desk is told a thing.
    assert seen(world, request) == ()
    assert seen(world, seek(world, referral, relation=SoughtRelation.CARER)) == ()
    theirs = seek(
        world, hers, "asylum", names=("ظریفه احمدی",), relation=SoughtRelation.CHILD,
        born_from=None, born_to=None,
    )  # fmt: skip
    assert seen(world, theirs, "asylum") == ()
    with world.work("asylum") as work:
        assert tracing_answers.asked_of(work, world.case(work, other)) == ()


def hide(world: World, which: tuple[str, str], how: str, who: str) -> None:
    """Say that the family must not learn of somebody, or that they object."""
    case, referral = which
    with world.work(who) as work:
        if how == "flag":
            flag = caseflags.RaiseFlag(
                number=referral,
                kinds=(FlagKind.DO_NOT_TELL_FAMILY,),
                text="",
                expires_on=world.now.date() + timedelta(days=30),
            )
            caseflags.raise_flag(work, flag)
        else:
            asked = rights.TakeRequest(
                case_number=case, kind=RequestKind.OBJECTION, says="Nobody shall know"
            )
            rights.take(work, asked)


@pytest.mark.parametrize("how", ["flag", "objection"])
def test_who_does_not_want_to_be_found_is_nobodys_candidate(world: World, how: str) -> None:
    _, referral = child(world)
    other, hers = woman(world)
    request = seek(world, referral)
    assert len(seen(world, request)) == 1
    hide(world, (other, hers), how, "asylum")
    # Also one that was found before is seen no more.
    assert seen(world, request) == ()
    assert seen(world, seek(world, referral, relation=SoughtRelation.CARER)) == ()


@pytest.mark.parametrize("how", ["flag", "objection"])
def test_what_one_record_asks_holds_for_all_of_the_same_person(world: World, how: str) -> None:
    first, again = two(world)
    _, hers = woman(world)
    given = {
        "names": ("Zarifa Ahmadi",), "relation": SoughtRelation.CHILD,
        "born_from": None, "born_to": None,
    }  # fmt: skip
    request = seek(world, hers, "asylum", **given)
    assert len(seen(world, request, "asylum")) == 2
    merged(world, first, again)
    hide(world, again, how, "guardian")
    assert seen(world, request, "asylum") == ()
    assert seen(world, seek(world, hers, "asylum", **given), "asylum") == ()


def test_a_desk_that_was_asked_gives_nobody_away_who_must_not_be_found_by_now(
    world: World,
) -> None:
    _, referral = child(world)
    other, hers = woman(world)
    request = seek(world, referral)
    [found] = seen(world, request)
    with world.work("guardian") as work:
        tracing_answers.ask(work, found.id, found.version)
    with world.work("asylum") as work:
        [asked] = tracing_answers.asked_of(work, world.case(work, other))
    hide(world, (other, hers), "flag", "asylum")
    yes = Decide(candidate_id=asked.id, version=asked.version, state=CandidateState.YES)
    with pytest.raises(NotFound), world.work("asylum") as work:
        tracing_answers.answer(work, other, yes)
    [row] = world.rows(TracingCandidate)
    assert row.state is CandidateState.ASKED


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"names": ()}, "names"),
        ({"names": ("1234",)}, "names"),
        ({"born_from": 1700}, "born_from"),
        ({"born_from": 1990, "born_to": 2015}, "born_to"),
        ({"born_from": None, "born_to": 1990}, "born_from"),
        ({"wished": False}, "wished"),
        ({"safe": False}, "safe"),
    ],
)
@pytest.mark.safeguard("INV-29")
def test_no_search_without_a_name_the_wish_and_a_look_at_the_risk(
    world: World, wrong: dict[str, Any], field: str
) -> None:
    _, referral = child(world)
    with pytest.raises(InvalidCommand) as refused:
        seek(world, referral, **wrong)
    assert refused.value.params == {"field": field}
    assert world.rows(TracingRequest) == []


def test_whoever_objected_is_not_searched_for(world: World) -> None:
    number, referral = child(world)
    with world.work("guardian") as work:
        asked = rights.TakeRequest(case_number=number, kind=RequestKind.OBJECTION, says="No")
        rights.take(work, asked)
    with pytest.raises(Restricted):
        seek(world, referral)


def test_a_search_for_family_counts_among_the_searches_of_an_hour_and_a_day(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.with_settings(search_limit=2)
    _, referral = child(world)
    seek(world, referral)
    seek(world, referral, names=("Latifa Ahmadi",))
    with pytest.raises(TooManyAttempts):
        seek(world, referral, names=("Nasrin Ahmadi",))
    assert len(world.rows(TracingRequest)) == 2
    browsers = Browsers(world)
    page = "/care/" + referral + "/tracing"
    refused = browsers.post(
        "guardian", page, on=page, names="Nasrin Ahmadi", relation="mother", wished="y", safe="y"
    )
    assert refused.status_code == 429
    assert "There were too many attempts" in refused.text
    assert "Nasrin Ahmadi" in refused.text
    [rule] = [one for one in alerts.rules() if one.kind is AlertKind.MANY_SEARCHES]
    monkeypatch.setattr(alerts, "rules", lambda: (replace(rule, limit=1),))
    with world.work() as work:
        assert alerts.look(work) == 1
    [alert] = world.rows(WatchAlert)
    assert alert.user_id == world.actor("guardian").user_id


def test_the_year_and_the_sex_keep_others_out(world: World) -> None:
    _, referral = child(world)
    woman(world, year=1960)
    assert seen(world, seek(world, referral)) == ()
    assert seen(world, seek(world, referral, sex=Sex.MALE, born_from=None, born_to=None)) == ()


def test_nobody_else_sees_a_search_and_the_person_hears_it(world: World) -> None:
    number, referral = child(world)
    request = seek(world, referral)
    for who in ("asylum", "officer", "supervisor"):
        with pytest.raises(Exception, match="not_"), world.work(who) as work:
            tracing.found(work, request, Act.VIEW_TRACING)
    with world.work("guardian") as work:
        assert summaries.summary(work, number).tracing[0].names == (MOTHER,)
        sealed = work.session.execute(select(TracingRequest.__table__)).all()
    assert MOTHER not in str(sealed)
