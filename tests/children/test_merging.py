"""Two records stand as one while two accounts say so; taken back, both are what they were."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import update

from models.approvals import Approval
from models.base import Base
from models.cases import Case, Deadline, Hold, Task
from models.figures import StatFact
from models.log import LogEntry
from models.merging import PersonMerge
from models.people import Consent, Person
from models.referrals import Referral
from models.rights import Erasure
from models.vocabulary import (
    Action,
    ErasureGround,
    HoldState,
    LegalBasis,
    MergeState,
    OutcomeCode,
    RequestKind,
    SaidBy,
    Sex,
    SoughtRelation,
)
from tests.person.conftest import issue
from tests.person.test_receipt_codes import enter, state
from tests.world import World
from workflows import (
    apart,
    approvals,
    arrivals,
    casework,
    closing,
    comparing,
    desk_lists,
    desks,
    erasure,
    figures,
    lineage,
    merging,
    retention,
    rights,
    search,
    summaries,
    tracing,
    ways_on,
)
from workflows.comparing import WhyApart
from workflows.errors import (
    ApprovalMissing,
    ChangedMeanwhile,
    InvalidCommand,
    KeptBackNow,
    NotAllowedNow,
    NotFound,
    Restricted,
    SameApprover,
    StillHeld,
    UnsafeToMerge,
)
from workflows.merging import AnswerMerge, ProposeMerge, UndoMerge
from workflows.policy import Act
from workflows.side_by_side import Agreement
from workflows.ways_on import ReturnShut

OWN = "ظریفه احمدی"


def two(world: World, **second: Any) -> tuple[tuple[str, str], tuple[str, str]]:
    """The same child, registered twice, both taken by the guardians: (case, referral) each."""
    first = world.sent(name="Zarifa Ahmadi")
    again = world.sent(name=OWN, **second)
    for _, referral in (first, again):
        world.accept(referral)
    return first, again


def proposed(world: World, first: Any, again: Any, who: str = "guardian", **more: Any) -> Any:
    given = {"leads": True, "reason": "The same scar; she says so", **more}
    with world.work(who) as work:
        return merging.propose(work, ProposeMerge(number=first[1], other=again[0], **given))


def row(world: World) -> PersonMerge:
    found: PersonMerge = world.rows(PersonMerge)[0]
    return found


def answered(world: World, merge_id: Any, who: str = "guardian2", *, yes: bool = True) -> Any:
    version = world.rows(PersonMerge, PersonMerge.id == merge_id)[0].version
    with world.work(who) as work:
        return merging.answer(work, AnswerMerge(merge_id=merge_id, version=version, approve=yes))


def merged(world: World, first: Any, again: Any) -> Any:
    merge_id = proposed(world, first, again)
    assert answered(world, merge_id) is MergeState.MERGED
    return merge_id


def everything(world: World) -> dict[str, list[Any]]:
    """All rows of all tables but those that say that somebody did something."""
    beside = {"person_merge", "approval", "log_entry", "log_head"}
    found = {}
    with world.storage.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            if table.name not in beside:
                # Whose `version` and day of change move when anybody touches a case.
                columns = [c for c in table.columns if c.name not in {"version", "changed_on"}]
                rows = connection.execute(table.select().with_only_columns(*columns)).all()
                found[table.name] = sorted(map(repr, rows))
    return found


def test_side_by_side_says_what_agrees_across_scripts(any_world: World) -> None:
    first, again = two(any_world, sex=Sex.MALE)
    with any_world.work("guardian") as work:
        pair = comparing.side_by_side(work, first[1], again[0])
    how = {one.field: one.how for one in pair.fields}
    assert how["name"] is Agreement.NEAR
    assert how["birth"] is Agreement.SAME
    assert how["sex"] is Agreement.DIFFERS
    assert how["nationality"] is Agreement.SAME
    name = next(one for one in pair.fields if one.field == "name")
    assert {reason.code for reason in name.reasons} == {"name_part_other_script"}
    assert pair.against == ()
    # Both were opened, and the log of each says so.
    acts = [entry.act for entry in any_world.rows(LogEntry)]
    assert acts.count("compare_records") >= 2


def test_the_search_in_care_finds_the_other_and_only_counts_who_is_elsewhere(world: World) -> None:
    first, again = two(world)
    world.register("Zarifa Ahmadi")
    with world.work("guardian") as work:
        found = comparing.candidates(work, first[1])
    assert [one.case_number for one in found.hints] == [again[0]]
    assert found.elsewhere == 1


def test_one_account_proposes_and_another_of_the_agency_does_it(any_world: World) -> None:
    world = any_world
    first, again = two(world)
    merge_id = proposed(world, first, again)
    assert row(world).state is MergeState.PROPOSED
    with pytest.raises(SameApprover):
        answered(world, merge_id, "guardian")
    with pytest.raises(NotFound):
        answered(world, merge_id, "asylum")
    # A supervisor is not asked: whoever approves must be able to look.
    with world.work("supervisor") as work:
        assert approvals.waiting(work) == ()
    assert answered(world, merge_id) is MergeState.MERGED
    with pytest.raises(NotAllowedNow):
        answered(world, merge_id)
    with world.work("guardian") as work:
        case = world.case(work, again[0])
        assert [(t.number, t.leads) for t in lineage.twins(work, case)] == [(first[0], True)]
        assert desk_lists.case_file(work, first[1]).same.twins[0].number == again[0]


def test_refused_by_the_second_account_nothing_is_one(world: World) -> None:
    first, again = two(world)
    merge_id = proposed(world, first, again)
    assert answered(world, merge_id, yes=False) is MergeState.REFUSED
    with world.work() as work:
        assert lineage.persons(work, world.case(work, first[0]).person_id) == ()
    # And may be proposed again.
    proposed(world, first, again, "guardian2")


def test_an_approval_is_for_exactly_this_and_for_a_day(world: World) -> None:
    first, again = two(world)
    merge_id = proposed(world, first, again)
    world.clock.forward(hours=25)
    with pytest.raises(NotAllowedNow):
        answered(world, merge_id)
    with world.work("guardian") as work:
        assert [one.expired for one in merging.listed(work)] == [True]
    second = proposed(world, first, again)
    states = {one.id: one.state for one in world.rows(PersonMerge)}
    assert states == {merge_id: MergeState.LAPSED, second: MergeState.PROPOSED}
    with world.work() as work:
        work.session.execute(update(Approval).values(digest="0" * 64))
    with pytest.raises(ApprovalMissing):
        answered(world, second)


def test_a_stale_page_and_a_missing_reason_are_refused(world: World) -> None:
    first, again = two(world)
    with pytest.raises(InvalidCommand):
        proposed(world, first, again, reason="  ")
    merge_id = proposed(world, first, again)
    with pytest.raises(ChangedMeanwhile), world.work("guardian2") as work:
        merging.answer(work, AnswerMerge(merge_id=merge_id, version=99, approve=True))


def test_the_strictest_safeguard_wins_and_the_case_cannot_be_closed(any_world: World) -> None:
    world = any_world
    first, again = two(world)
    merge_id = merged(world, first, again)
    for number, referral in (first, again):
        world.finish(number)
        with world.work("guardian") as work:
            report = desks.ReportOutcome(number=referral, outcome=OutcomeCode.SERVICE_PROVIDED)
            desks.report_outcome(work, report)
    case_id = world.rows(Case, Case.number == first[0])[0].id
    with world.work() as work:
        # Everything of the first record is lifted; the second still holds.
        held = update(Hold).where(Hold.case_id == case_id)
        by = world.actor("guardian").user_id
        work.session.execute(held.values(state=HoldState.LIFTED, lifted_by=by))
    with world.work("guardian") as work:
        shut = desk_lists.case_file(work, first[1])
    assert shut.holds == ()
    assert {Action.RETURN, Action.CLOSE} <= shut.same.shut
    assert ReturnShut.HELD in why_no_return(world, first)
    with pytest.raises(StillHeld), world.work("guardian") as work:
        casework.close_case(work, first[0])
    undone(world, merge_id)
    assert ReturnShut.HELD not in why_no_return(world, first)
    with world.work("guardian") as work:
        assert desk_lists.case_file(work, first[1]).same.shut == frozenset()
        casework.close_case(work, first[0])


def why_no_return(world: World, which: Any) -> tuple[ReturnShut, ...]:
    with world.work("guardian") as work:
        return ways_on.of_case(work, which[1]).shut


def undone(world: World, merge_id: Any) -> None:
    version = world.rows(PersonMerge, PersonMerge.id == merge_id)[0].version
    with world.work("guardian") as work:
        command = UndoMerge(merge_id=merge_id, version=version, reason="Her sister has come")
        merging.undo(work, command)
    assert answered(world, merge_id) is MergeState.UNDONE


def test_taken_back_by_two_accounts_both_are_what_they_were(any_world: World) -> None:
    world = any_world
    first, again = two(world)
    world.send(first[0], "asylum_procedure", "kaz.kaz_akimat_asylum.zhambyl", basis=LegalBasis.CONSENT,
               consented=True)  # fmt: skip
    before = everything(world)
    merge_id = merged(world, first, again)
    together = everything(world)
    # Nothing but who is counted has changed: referrals, clocks, tasks and packets are as they were.
    assert {t for t in before if before[t] != together[t]} == {"stat_fact"}
    version = row(world).version
    with world.work("guardian") as work:
        merging.undo(work, UndoMerge(merge_id=merge_id, version=version, reason="Two sisters"))
    with world.work() as work:
        # Until the second account agrees, they stay one.
        assert len(lineage.persons(work, world.case(work, first[0]).person_id)) == 1
    with pytest.raises(SameApprover):
        answered(world, merge_id, "guardian")
    answered(world, merge_id)
    assert everything(world) == before


def test_work_on_both_goes_on_and_each_number_finds_its_own(world: World) -> None:
    first, again = two(world)
    waiting = world.send(first[0], "asylum_procedure", "kaz.kaz_akimat_asylum.zhambyl",
                         basis=LegalBasis.CONSENT, consented=True)  # fmt: skip
    counts = {model: len(world.rows(model)) for model in (Referral, Deadline, Task)}
    merged(world, first, again)
    assert {model: len(world.rows(model)) for model in counts} == counts
    # A desk that knows one record alone takes what was sent to it.
    with world.work("asylum") as work:
        desks.accept(work, desks.AcceptReferral(number=waiting))
        assert desk_lists.case_file(work, waiting).same.twins[0].number == again[0]
    with world.work("officer") as work:
        found = {one.case_number for one in search.find(work, "Zarifa Ahmadi").hints}
    assert {first[0], again[0]} <= found


def test_the_receipts_of_both_still_lead_home(world: World) -> None:
    first, again = two(world)
    codes = {number: issue(world, number).code for number, _ in (first, again)}
    merged(world, first, again)
    for number, code in codes.items():
        assert state(world, enter(world, number, code)).number == number


def test_who_objects_to_one_record_objects_to_all_of_theirs(any_world: World) -> None:
    world = any_world
    first, again = two(world)
    merge_id = merged(world, first, again)
    agreed(world, first[0])
    with world.work("guardian") as work:
        asked = rights.TakeRequest(case_number=again[0], kind=RequestKind.OBJECTION, says="No more")
        rights.take(work, asked)
    assert [one.withdrawn_on for one in world.rows(Consent)] == [world.now.date()]
    seek = tracing.OpenTracing(
        number=first[1], names=("Фатима Ахмади",), relation=SoughtRelation.MOTHER,
        wished=True, safe=True,
    )  # fmt: skip
    with pytest.raises(Restricted), world.work("guardian") as work:
        tracing.open_request(work, seek)
    undone(world, merge_id)
    with world.work("guardian") as work:
        tracing.open_request(work, seek)


def agreed(world: World, number: str) -> None:
    with world.work() as work:
        case = world.case(work, number)
        row = Consent(
            id=uuid4(), person_id=case.person_id, case_id=case.id,
            recorded_by=world.actor("guardian").user_id, recorded_on=world.now.date(),
        )  # fmt: skip
        work.session.add(row)
        row.terms = {"purpose": "referral", "given": True}


@pytest.mark.parametrize("booked", ["none", "joined", "both"])
def test_they_are_counted_once_and_again_as_two(world: World, booked: str) -> None:
    first, again = two(world)
    links = {}
    with world.work() as work:
        for number, _ in (first, again):
            links[number] = figures.link_of(work, world.case(work, number).id)
        if booked != "none":
            chosen = [links[again[0]]] if booked == "joined" else list(links.values())
            asked = update(StatFact).where(StatFact.link.in_(chosen))
            work.session.execute(asked.values(booked="2026-10"))
    merge_id = merged(world, first, again)
    counted = {fact.link: fact.counted for fact in world.rows(StatFact)}
    # Who is in the books already stays the one that is counted.
    stays = again[0] if booked == "joined" else first[0]
    assert counted == {links[n]: n == stays for n in links}
    undone(world, merge_id)
    assert all(fact.counted for fact in world.rows(StatFact))


def test_a_month_that_closes_books_one_of_them(world: World) -> None:
    first, again = two(world)
    merged(world, first, again)
    world.clock.forward(days=60)
    with world.work() as work:
        closing.close_due(work)
    assert sorted((f.booked is not None, f.counted) for f in world.rows(StatFact)) == [
        (False, False),
        (True, True),
    ]


@pytest.mark.parametrize("why", [w for w in WhyApart if w is not WhyApart.JOINED_ALREADY])
def test_unsafe_it_is_refused_with_its_reason(world: World, why: WhyApart) -> None:
    first, again = two(world)
    if why is WhyApart.SAME_RECORD:
        again = first
    elif why is WhyApart.CAME_TOGETHER:
        sister = arrivals.Companion(case_number=first[0], relationship="sibling")
        number = world.child(OWN, companions=(sister,))
        again = (number, world.send(number))
        world.accept(again[1])
    elif why is WhyApart.OTHER_AGENCY:
        with world.work() as work:
            other = world.actor("asylum").agency_id
            work.session.execute(
                update(Case).where(Case.number == again[0]).values(agency_id=other)
            )
    elif why is WhyApart.KEPT_APART:
        with world.work("officer") as work:
            away = apart.KeepApart(case_number=first[0], other=again[0], said_by=SaidBy.SELF)
            apart.keep_apart(work, away)
    elif why is WhyApart.OBJECTED:
        with world.work("guardian") as work:
            asked = rights.TakeRequest(
                case_number=again[0], kind=RequestKind.OBJECTION, says="No more"
            )
            rights.take(work, asked)
    elif why is WhyApart.BEING_ERASED:
        third = world.register("Nasrin")
        propose = erasure.ProposeErasure(case_number=third, ground=ErasureGround.MISTAKE)
        with world.work("supervisor") as work:
            proposal = erasure.propose(work, propose)
            moved = world.case(work, again[0])
            found = work.session.get_one(erasure.ErasureProposal, proposal)
            found.case_id, found.person_id = moved.id, moved.person_id
    with pytest.raises(UnsafeToMerge) as refused:
        proposed(world, first, again)
    assert refused.value.params == {"reason": why.value}


def test_a_joined_record_is_not_joined_again_and_a_leading_one_takes_in_a_third(
    world: World,
) -> None:
    first, again = two(world)
    third = world.sent(name="Zarifa A")
    world.accept(third[1])
    merged(world, first, again)
    with pytest.raises(UnsafeToMerge) as refused:
        proposed(world, third, again)
    assert refused.value.params == {"reason": "joined_already"}
    # Whichever is chosen, the record that leads another goes on leading.
    answered(world, proposed(world, third, first))
    with world.work() as work:
        case = world.case(work, third[0])
        twins = lineage.twins(work, case)
    assert [(one.number, one.leads) for one in twins] == [(first[0], True), (again[0], False)]
    assert sum(fact.counted for fact in world.rows(StatFact)) == 1


def test_what_has_come_up_since_is_asked_again_before_it_is_done(world: World) -> None:
    first, again = two(world)
    merge_id = proposed(world, first, again)
    with world.work("guardian") as work:
        asked = rights.TakeRequest(case_number=again[0], kind=RequestKind.OBJECTION, says="No")
        rights.take(work, asked)
    with pytest.raises(UnsafeToMerge):
        answered(world, merge_id)
    assert row(world).state is MergeState.PROPOSED


def test_the_person_hears_both_records_and_is_erased_with_both(any_world: World) -> None:
    world = any_world
    first, again = two(world)
    merged(world, first, again)
    with world.work("guardian") as work:
        read = summaries.summary(work, first[0])
        assert [one.case_number for one in read.others] == [again[0]]
        assert OWN in read.others[0].names
    # A post that may no longer see inside the other record is told its number alone.
    world.finish(again[0])
    with world.work("officer") as work:
        read = summaries.summary(work, first[0])
    assert (read.others, read.elsewhere) == ((), (again[0],))
    for referral in (first[1], again[1]):
        with world.work("guardian") as work:
            report = desks.ReportOutcome(number=referral, outcome=OutcomeCode.SERVICE_PROVIDED)
            desks.report_outcome(work, report)
            desks.close(work, referral)
    propose = erasure.ProposeErasure(case_number=first[0], ground=ErasureGround.REQUEST)
    kept = retention.KeepBack(case_number=again[0], reason="A court asks")
    with world.work("supervisor") as work:
        retention.keep_back(work, kept)
    with pytest.raises(KeptBackNow), world.work("supervisor") as work:
        erasure.propose(work, propose)
    with world.work("supervisor") as work:
        retention.let_go(work, again[0])
    with world.work("supervisor") as work:
        proposal = erasure.propose(work, propose)
    with world.work(second_supervisor(world)) as work:
        version = work.session.get_one(erasure.ErasureProposal, proposal).version
        made = erasure.decide(
            work, erasure.DecideErasure(proposal_id=proposal, version=version, approve=True)
        )
    assert made is not None
    assert world.rows(Person) == []
    assert world.rows(PersonMerge) == []
    assert len(world.rows(Erasure)) == 2


def second_supervisor(world: World) -> Any:
    """Another account of the same role."""
    return replace(world.actor("supervisor"), user_id=world.actor("colleague").user_id)


def test_whoever_merges_is_in_the_log_of_both(world: World) -> None:
    first, again = two(world)
    merged(world, first, again)
    entries = [one for one in world.rows(LogEntry) if one.act == Act.MERGE_RECORDS.value]
    subjects = {one.subject for one in entries if one.subject}
    assert len(subjects) == 2
