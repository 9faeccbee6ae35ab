"""The private interview at a desk: who may ask what, in which setting, and the whole way to closing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.cases import Answer, Case, Task
from models.log import LogEntry
from models.vocabulary import (
    ENFORCEMENT,
    Action,
    AgencyKind,
    DeadlineState,
    HoldState,
    OutcomeCode,
    Role,
    TaskKind,
    TaskState,
)
from tests.safeguards.safe import Safe
from tests.safeguards.test_merge import PACK
from tests.workflows.desk_talk import (
    ask_everything,
    at_desk,
    begin,
    of_the_post,
    page,
    record,
)
from tests.world import World
from workflows import (
    assessments,
    casework,
    desk_lists,
    desks,
    holds,
    interviews,
    post_screening,
    settling,
    sides,
    talks,
    tasks,
)
from workflows.errors import (
    ChangedMeanwhile,
    InvalidCommand,
    NotAllowed,
    NotAllowedNow,
    NotFound,
    NotInformedYet,
    StillHeld,
)
from workflows.packs import Shelf
from workflows.rules.answers import Source, Statement, WhyUnknown
from workflows.rules.askers import asker, body
from workflows.tasks import AskInPrivate

OFFICER = Role.PROTECTION_OFFICER
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def safe(world: World) -> Safe:
    return Safe(world)


def report(safe: Safe, who: Any, number: str) -> str:
    referral = safe.referral_of(number, who)
    with safe.world.work(who) as work:
        outcome = OutcomeCode.SERVICE_PROVIDED
        desks.report_outcome(work, desks.ReportOutcome(number=referral, outcome=outcome))
    return referral


def close(safe: Safe, who: Any, number: str) -> None:
    with safe.world.work(who) as work:
        casework.close_case(work, number)


@pytest.mark.safeguard("INV-12")
def test_the_whole_way_from_the_post_to_a_closed_case(any_world: World) -> None:
    safe = Safe(any_world)
    number = of_the_post(safe)
    desk = at_desk(safe, number)
    any_world.finish(number)
    assert safe.holding(number)["H.unscreened"] == ("active", "precaution")
    with pytest.raises(NotInformedYet):
        page(safe, desk, number)
    begin(safe, desk, number)
    first = page(safe, desk, number)
    unscreened = first.keeps[0]
    assert (unscreened.code, Action.CLOSE in unscreened.shuts) == ("H.unscreened", True)
    assert {"organ_removal", "abducted_or_sold"} <= set(unscreened.ask)
    assert (unscreened.others, first.others, first.whole) == (0, 0, False)
    with pytest.raises(StillHeld):
        close(safe, desk, number)

    last = ask_everything(safe, desk, number)

    assert (last.complete, last.whole, last.card) == (True, True, None)
    assert "H.unscreened" not in safe.holding(number)
    assert Action.CLOSE not in safe.shut(number)
    with pytest.raises(NotAllowedNow):
        close(safe, desk, number)
    referral = report(safe, desk, number)
    close(safe, desk, number)
    with any_world.work(desk) as work:
        desks.close(work, referral)
    assert any_world.rows(Case, Case.number == number)[0].closed_on == any_world.now.date()
    with pytest.raises((NotAllowedNow, NotFound)):
        page(safe, desk, number)
    acts = [entry.act for entry in any_world.rows(LogEntry, LogEntry.actor == desk.user_id)]
    assert acts.count("interview") > 6


def test_what_is_told_alone_gives_at_once_what_it_gives(safe: Safe) -> None:
    number = of_the_post(safe)
    desk = at_desk(safe, number)
    safe.world.finish(number)
    begin(safe, desk, number)
    shown = page(safe, desk, number, "forced")
    reading = record(safe, desk, number, {"organ_removal": "yes"}, seen=shown.seen).reading
    assert reading.grade("VOT-A").value in ("presumed", "possible")
    assert safe.holding(number)["H.trafficked"] == ("active", "evidence")
    keeps = {one.code: one for one in page(safe, desk, number).keeps}
    assert keeps["H.trafficked"].bodies == ("trafficking",)
    assert keeps["H.trafficked"].decision == "identification_done"


@pytest.mark.safeguard("INV-19")
@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"alone": False}, "alone"),
        ({"interpreter": "companion"}, "interpreter"),
        ({"language": "xx"}, "language"),
    ],
)
def test_nobody_is_asked_before_the_setting_is_confirmed(
    safe: Safe, changed: dict[str, Any], named: str
) -> None:
    number = of_the_post(safe)
    desk = at_desk(safe, number)
    with pytest.raises(InvalidCommand) as refused:
        begin(safe, desk, number, **changed)
    assert refused.value.params["field"] == named
    with pytest.raises(NotInformedYet):
        record(safe, desk, number, {"organ_removal": "no"})


def test_a_setting_counts_for_one_officer_and_one_sitting(safe: Safe) -> None:
    number = of_the_post(safe)
    desk = at_desk(safe, number)
    begin(safe, desk, number)
    safe.world.clock.now += interviews.SITTING - timedelta(minutes=1)
    seen = page(safe, desk, number).seen
    with safe.world.work(desk) as work:
        interviews.pause(work, number)
    with pytest.raises(NotInformedYet):
        record(safe, desk, number, {"organ_removal": "no"}, seen=seen)
    begin(safe, desk, number)
    safe.world.clock.now += interviews.SITTING
    with pytest.raises(NotInformedYet):
        page(safe, desk, number)
    # What the post records of its own step leaves the desk's where it is.
    begin(safe, desk, number)
    safe.world.inform(number)
    assert page(safe, desk, number).language == "prs"


def test_who_has_not_taken_the_case_asks_nothing(safe: Safe) -> None:
    number = of_the_post(safe)
    with pytest.raises(NotFound):
        begin(safe, safe.world.actor("asylum"), number)
    for name in ("officer", "supervisor", "administrator", "monitor"):
        with pytest.raises(NotAllowed):
            begin(safe, safe.world.actor(name), number)


@pytest.mark.parametrize("fact", ["taken_over", "final_negative", "age", "no_such_fact"])
def test_a_decision_is_no_answer_and_neither_is_what_the_pack_does_not_ask(
    safe: Safe, fact: str
) -> None:
    number = of_the_post(safe)
    desk = at_desk(safe, number)
    begin(safe, desk, number)
    before = len(safe.world.of(Answer, number))
    with pytest.raises(InvalidCommand) as refused:
        record(safe, desk, number, {"organ_removal": "no", fact: "yes"})
    assert refused.value.params["field"] == fact
    with pytest.raises(InvalidCommand):
        record(safe, desk, number, {"organ_removal": "no"}, source=Source.DECISION)
    assert len(safe.world.of(Answer, number)) == before


def test_a_force_asks_what_its_functions_need_and_nothing_beyond(
    shelf: Shelf, world: World
) -> None:
    """By every pack: no health, no sealed class, and less than any other body."""
    for code in shelf.codes():
        pack = shelf.get(code, world.now.date())
        everything = asker(pack, OFFICER).facts
        for agency in pack.agencies.values():
            if agency.kind not in ENFORCEMENT:
                continue
            mine = body(pack, agency.kind, agency.functions)
            assert mine.facts < everything
            for fact in (pack.facts[id_] for id_ in mine.facts | mine.told):
                assert fact.purpose != "medical", (code, agency.id, fact.id)
                assert fact.restricted in ("", *agency.functions), (code, agency.id, fact.id)
            if "trafficking" not in agency.functions:
                assert "organ_removal" not in mine.facts, (code, agency.id)
            if "asylum" not in agency.functions:
                assert "fear_of_return" not in mine.facts, (code, agency.id)


@pytest.mark.parametrize(
    ("kind", "functions", "asks"),
    [
        ("border", "border interpreter", ""),
        ("security", "security", "armed_or_uniformed"),
        ("authority", "labour", "work_low_or_no_pay"),
        ("authority", "civil_registry", "birth_not_registered"),
        ("consulate", "consular asylum", "consular_requested"),
    ],
)
def test_who_gives_one_service_asks_for_that_alone(
    world: World, kind: str, functions: str, asks: str
) -> None:
    mine = body(world.pack(), AgencyKind(kind), frozenset(functions.split())).facts
    assert not asks or asks in mine
    for beyond in ("organ_removal", "sexually_exploited", "serious_illness", "family_violence"):
        assert beyond not in mine, beyond


def test_the_trafficking_police_is_refused_a_question_of_health(safe: Safe) -> None:
    number = of_the_post(safe)
    police = at_desk(safe, number, agency="anti_trafficking")
    begin(safe, police, number)
    shown = page(safe, police, number)
    # What only another body may ask is counted, and keeps the case shut.
    assert shown.others > 0
    record(safe, police, number, {"organ_removal": "no"}, seen=shown.seen)
    for fact in ("serious_illness", "sexually_exploited", "sexual_violence_said"):
        with pytest.raises(InvalidCommand):
            record(safe, police, number, {fact: "no"})
    assert ask_everything(safe, police, number).complete
    assert safe.holding(number)["H.unscreened"] == ("active", "precaution")


@pytest.mark.safeguard("INV-27")
def test_a_child_is_not_heard_by_the_asylum_body_before_a_guardian(safe: Safe) -> None:
    number = safe.world.child()
    asylum = at_desk(safe, number, "asylum_procedure")
    guardians = at_desk(safe, number, "guardian")
    with pytest.raises(StillHeld):
        begin(safe, asylum, number)
    with safe.world.work(asylum) as work:
        found = casework.look_up(work, number)
        assert found is not None
        standing = interviews.may_interview(work, found)
    assert standing is interviews.Standing.GUARDIAN_AWAITED
    begin(safe, guardians, number)
    safe.decide(guardians, number, "guardian_appointed")
    with safe.world.work(guardians) as work:
        for hold in holds.holds_of(work, number):
            if hold.code == "H.close_child" and hold.state is HoldState.LIFTABLE:
                holds.lift(
                    work,
                    holds.LiftHold(
                        case_number=number,
                        hold_id=hold.id,
                        reason="Has begun.",
                        version=hold.version,
                    ),
                )
    begin(safe, asylum, number)


def test_of_two_who_answer_at_once_the_second_is_told(safe: Safe) -> None:
    number = of_the_post(safe)
    desk = at_desk(safe, number)
    begin(safe, desk, number)
    seen = page(safe, desk, number).seen
    record(safe, desk, number, {"organ_removal": "no"}, seen=seen)
    with pytest.raises(ChangedMeanwhile):
        record(safe, desk, number, {"organ_removal": "yes"}, seen=seen)


@pytest.mark.safeguard("INV-13")
def test_a_less_protective_word_at_a_desk_stands_beside_what_the_post_was_told(safe: Safe) -> None:
    number = of_the_post(safe, locked_up="yes")
    desk = at_desk(safe, number, "trafficking_identification")
    begin(safe, desk, number)
    shown = page(safe, desk, number, "control")
    question = next(one for one in shown.questions if one.fact.id == "locked_up")
    # Another body's answer is weighed and not shown.
    assert (question.elsewhere, question.value, question.differs) == (True, None, False)
    record(safe, desk, number, {"locked_up": "no"}, seen=shown.seen)
    shown = page(safe, desk, number, "control")
    question = next(one for one in shown.questions if one.fact.id == "locked_up")
    assert (question.value, question.differs) == ("no", True)
    assert safe.holding(number)["H.trafficked"] == ("active", "evidence")
    assert "locked_up" in next(k for k in shown.keeps if k.code == "H.unscreened").differs

    with pytest.raises(InvalidCommand):
        record(safe, desk, number, {"locked_up": "no"}, settled={"locked_up": "  "})
    why = {"locked_up": "He was asked again and says it was a friend's story."}
    record(safe, desk, number, {"locked_up": "no"}, settled=why)
    question = next(
        one for one in page(safe, desk, number, "control").questions if one.fact.id == "locked_up"
    )
    assert (question.value, question.differs) == ("no", False)
    # What evidence carried is never opened by words alone.
    assert safe.holding(number)["H.trafficked"][1] == "evidence"


def test_a_more_protective_word_at_a_desk_counts_at_once(safe: Safe) -> None:
    number = of_the_post(safe)
    desk = at_desk(safe, number)
    begin(safe, desk, number)
    reading = record(safe, desk, number, {"fear_of_return": "yes"}).reading
    assert reading.grade("ASY").value == "presumed"
    assert "asylum_procedure" in reading.needs


def test_what_the_post_left_to_be_asked_in_private_is_done_once_it_is_asked(safe: Safe) -> None:
    number = of_the_post(safe)
    with safe.world.work("officer") as work:
        tasks.ask_in_private(work, AskInPrivate(case_number=number, facts=("organ_removal",)))
    desk = at_desk(safe, number)
    begin(safe, desk, number)

    def open_tasks() -> list[Any]:
        rows = safe.world.of(Task, number)
        of_post = [row for row in rows if row.desk_id is None]
        kind = TaskKind.PRIVATE_INTERVIEW
        return [row for row in of_post if row.kind is kind and row.state is TaskState.OPEN]

    record(safe, desk, number, {"abducted_or_sold": "no"})
    assert open_tasks()
    record(safe, desk, number, {"organ_removal": "no"})
    assert not open_tasks()


def test_a_desk_that_takes_somebody_has_the_task_until_all_is_asked_and_its_clocks_end(
    safe: Safe,
) -> None:
    number = of_the_post(safe)
    desk = at_desk(safe, number)

    def to_ask() -> list[bool]:
        with safe.world.work(desk) as work:
            return [row.to_ask for row in desk_lists.taken(work).rows]

    def clocks() -> set[str]:
        referral = safe.referral_of(number, desk)
        with safe.world.work(desk) as work:
            shown = desk_lists.case_file(work, referral).deadlines
            return {row.code for row in shown if row.state is DeadlineState.RUNNING}

    assert to_ask() == [True]
    assert {talks.SCREEN_CLOCK, talks.TALK_CLOCK} <= clocks()
    begin(safe, desk, number)
    # Not to want to say is an answer to the question, and keeps what it keeps.
    ask_everything(safe, desk, number, organ_removal="declined")
    assert to_ask() == [False]
    assert not {talks.SCREEN_CLOCK, talks.TALK_CLOCK} & clocks()
    held = {one.code: one for one in page(safe, desk, number).keeps}
    assert held["H.unscreened"].unsaid == ("organ_removal",)
    assert Action.CLOSE in safe.shut(number)


def test_the_task_ends_with_the_desk_s_care(safe: Safe) -> None:
    number = of_the_post(safe)
    desk = at_desk(safe, number)
    referral = report(safe, desk, number)
    with safe.world.work(desk) as work:
        desks.close(work, referral)
    left = [row for row in safe.world.of(Task, number) if row.desk_id in desk.desk_ids]
    assert {row.state for row in left} == {TaskState.DONE}


def test_what_is_never_asked_is_kept_when_it_is_told(safe: Safe) -> None:
    number = of_the_post(safe)
    desk = at_desk(safe, number)
    begin(safe, desk, number)
    shown = page(safe, desk, number)
    assert "sexual_violence_said" in {one.fact.id for one in shown.told}
    assert "sexual_violence_said" not in {one.fact.id for one in shown.questions}
    reading = record(safe, desk, number, {"sexual_violence_said": "yes"}).reading
    assert reading.grade("GBV").value in ("presumed", "possible")


def test_every_question_of_the_complete_screen_is_somebodys_to_ask(
    shelf: Shelf, world: World
) -> None:
    """By every country's pack: a body that is no force, and the post, leave nothing unasked."""
    for code in shelf.codes():
        pack = shelf.get(code, world.now.date())
        wanted = set(settling.unknown_of_the_screen(pack, {}))
        askable = asker(pack, OFFICER).facts | asker(pack, Role.BORDER_OFFICIAL).facts
        assert wanted <= askable, code
        bodies = [body(pack, one.kind, one.functions).facts for one in pack.agencies.values()]
        assert not bodies or asker(pack, OFFICER).facts in bodies, code


def test_the_post_is_not_shown_what_somebody_told_a_desk_alone(safe: Safe) -> None:
    number = of_the_post(safe)
    desk = at_desk(safe, number)
    begin(safe, desk, number)
    record(safe, desk, number, {"locked_up": "yes", "fear_of_return": "no"})
    with safe.world.work("officer") as work:
        shown = post_screening.ask_page(work, number, "control", private=True)
    question = next(one for one in shown.questions if one.fact.id == "locked_up")
    assert (question.value, question.elsewhere) == ("no", True)
    with safe.world.work("officer") as work:
        trace = assessments.numbered(work, number).trace
    told = [
        used
        for profile in trace["profiles"].values()
        for rule in profile["because"]
        for used in rule["answers"]
        if used["fact"] == "locked_up"
    ]
    assert told
    assert all(used["value"] != "yes" for used in told)


ids = st.sampled_from(["border", "colleague", "desk"])
raws = st.sampled_from([True, False, None])
sources = st.sampled_from([Source.SELF, Source.OBSERVED, Source.THIRD_PARTY, Source.DECISION])
BODIES = {"border": UUID(int=1), "colleague": UUID(int=1), "desk": UUID(int=2)}


@pytest.mark.safeguard("INV-13")
@given(st.lists(st.tuples(ids, raws, sources), max_size=6), ids, raws, sources, st.booleans())
@settings(max_examples=200, deadline=None)
def test_no_word_takes_a_decision_or_unasked_what_protects_and_another_body_was_told(
    before: list[tuple[str, bool | None, Source]],
    who: str,
    value: bool | None,
    source: Source,
    settles: bool,
) -> None:
    fact = PACK.facts["locked_up"]
    assert fact.protective == ("yes",)

    def said(by: str, value: bool | None, source: Source, id_: str) -> Statement:
        why = WhyUnknown.DECLINED if value is None else None
        return Statement(fact.id, value, why, source, NOON, by, id_)

    old = {str(n): said(*given, str(n)) for n, given in enumerate(before)}
    new = said(who, value, source, "new")
    gone = {
        old[str(id_)] for id_ in sides.replaced(fact, new, old.values(), BODIES, settles=settles)
    }
    for one in gone:
        assert one.source is source or (settles and one.source is not Source.DECISION)
        if BODIES[one.by] != BODIES[who] and not settles:
            # Only a word that protects more takes another body's place.
            assert new.value is True
            assert one.source is not Source.DECISION
    if not settles and new.value is not True:
        kept = {one for one in old.values() if BODIES[one.by] != BODIES[who]}
        assert not kept & gone
