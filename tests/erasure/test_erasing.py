"""Erasing takes two humans, takes everything, keeps figures, and is certified without the person's data."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import event, insert, select
from sqlalchemy.exc import IntegrityError, OperationalError

from models.accounts import User
from models.cases import Case, Need
from models.documents import Document, DocumentPiece
from models.figures import StatFact
from models.people import Person
from models.referrals import Referral
from models.rights import Erasure, ErasureProposal
from models.session import open_storage
from models.vault.errors import KeyGone
from models.vault.tombstones import buried
from models.vocabulary import (
    ErasureGround,
    LegalBasis,
    OutcomeCode,
    ProposalState,
    Purpose,
    ReferralState,
)
from tests.documents.test_attachments import attach
from tests.erasure.whole import decide, erase, proposal, propose, reconcile, tables_that_name
from tests.world import ASYLUM_DESK, World
from workflows import arrivals, desks, erasure, log, log_check, referrals, retention, search
from workflows.erasure import DecideErasure, ProposeErasure
from workflows.errors import (
    ChangedMeanwhile,
    KeptBackNow,
    NotAllowed,
    NotAllowedNow,
    NotFound,
    SameApprover,
)


def case_of(world: World, number: str) -> Case:
    found: Case = world.rows(Case, Case.number == number)[0]
    return found


def story(world: World) -> str:
    """Somebody with a row in many tables, whose referrals have ended."""
    mother = world.register("Marzia")
    companion = arrivals.Companion(case_number=mother, relationship="MOT")
    number = world.child("Zarifa Ahmadi", companions=(companion,), phone="+992 000 000")
    taken = world.send(number)
    asked = world.send(
        number, "asylum_procedure", ASYLUM_DESK, basis=LegalBasis.CONSENT, consented=True
    )
    attach(world, number)
    world.deliver()
    world.accept(taken)
    report = desks.ReportOutcome(number=taken, outcome=OutcomeCode.PROCEDURE_OPENED, note="well")
    with world.work("guardian") as work:
        desks.report_outcome(work, report)
    with world.work("guardian") as work:
        desks.close(work, taken)
    with world.work("officer") as work:
        referrals.withdraw(work, asked)
    return number


@pytest.mark.asvs("2.3.5")
def test_nobody_erases_alone(any_office: World) -> None:
    world = any_office
    number = world.register()
    propose(world, number)
    found = proposal(world)
    assert (found.case_number, found.first, found.mine) == (number, True, True)
    assert not proposal(world, "second").mine
    with pytest.raises(SameApprover):
        decide(world, "supervisor")
    with pytest.raises(NotAllowedNow):
        propose(world, number, "second")
    assert world.rows(Person)
    # Nor does the database take one for two.
    row = {
        "id": uuid4(),
        "case_id": case_of(world, number).id,
        "person_id": case_of(world, number).person_id,
        "ground": "request",
        "schedule": "",
        "state": "erased",
        "proposed_on": world.now.date(),
        "version": 1,
    }
    user = world.rows(User)[0].id
    for one, other in ((None, None), (user, None), (None, user), (user, user)):
        values = {**row, "first_by": one, "approved_by": other}
        with pytest.raises(IntegrityError), world.storage.engine.begin() as connection:
            connection.execute(insert(ErasureProposal.__table__).values(**values))


@pytest.mark.parametrize(
    ("who", "error"),
    [
        ("officer", NotAllowed),
        ("guardian", NotAllowed),
        ("monitor", NotAllowed),
        ("administrator", NotAllowed),
    ],
)
def test_only_supervisors_erase(office: World, who: str, error: type[Exception]) -> None:
    number = office.register()
    with pytest.raises(error):
        propose(office, number, who)
    propose(office, number)
    with pytest.raises(error):
        decide(office, who)


def test_another_agency_finds_neither_case_nor_proposal(office: World) -> None:
    number = office.register("Latifa", "abroad")
    with pytest.raises(NotFound):
        propose(office, number)
    command = DecideErasure(proposal_id=uuid4(), version=1, approve=True)
    with pytest.raises(NotFound), office.work("supervisor") as work:
        erasure.decide(work, command)


def test_a_person_is_gone_from_every_table_and_the_figures_stay(any_office: World) -> None:
    world = any_office
    number = story(world)
    case, others = case_of(world, number), len(world.rows(Person)) - 1
    words = (case.person_id, case.id, case.arrival_id, number)
    before = tables_that_name(world, *words)
    assert {"case_file", "hold", "need", "referral", "answer", "membership", "task"} <= before
    figures = {(row.post, row.sex, row.profiles) for row in world.rows(StatFact)}
    links = {row.link for row in world.rows(StatFact)}

    made = erase(world, number)

    assert tables_that_name(world, *words) == {"erasure"}
    assert len(world.rows(Person)) == others
    assert world.rows(Document) == world.rows(DocumentPiece) == []
    assert {(row.post, row.sex, row.profiles) for row in world.rows(StatFact)} == figures
    assert len({row.link for row in world.rows(StatFact)} - links) == 1
    assert buried(world.storage.keys) == {case.person_id}
    assert world.storage.keys.prefetch([case.person_id], list(Purpose)) == []
    assert made.body["rows"]["case_file"] == 1
    assert made.body["rows"]["document_piece"] >= 1
    with world.work() as work:
        assert log.verify(work.session, work.provider).findings == ()
        assert erasure.certificates(work) == (made,)
    assert reconcile(world) == erasure.Reconciled(0, 0)


def test_every_process_forgets_the_name_at_once(any_office: World) -> None:
    world = any_office
    number = world.register("Zarifa Ahmadi")
    beside = replace(world, storage=open_storage(world.settings), _actors={})
    for process in (world, beside):
        with process.work("officer") as work:
            assert [hint.case_number for hint in search.find(work, "Zarifa Ahmadi").hints] == [
                number
            ]
    erase(world, number)
    for process in (world, beside):
        with process.work("officer") as work:
            found = search.find(work, "Zarifa Ahmadi")
            assert (found.hints, found.elsewhere) == ((), 0)
    beside.storage.close()


def test_what_a_copy_still_holds_is_noise(office: World) -> None:
    number = office.register("Zarifa Ahmadi")
    person = case_of(office, number).person_id
    with office.storage.engine.connect() as connection:
        row = (
            connection.execute(select(Person.__table__).where(Person.id == person)).mappings().one()
        )
    copy = dict(row)
    erase(office, number)
    with office.storage.engine.begin() as connection:
        connection.execute(insert(Person.__table__).values(**copy))
    with office.work() as work:
        work.vault.grant(person, *Purpose)
        found = work.session.get_one(Person, person)
        with pytest.raises(KeyGone):
            _ = found.names


def test_a_certificate_tells_what_was_done_and_nothing_of_the_person(office: World) -> None:
    number = story(office)
    case = case_of(office, number)
    made = erase(office, number)
    assert erasure.is_genuine(made.body, made.signature)
    text = str(made.body)
    for word in ("Zarifa", "Ahmadi", "AFG", number, case.person_id.hex, str(case.person_id)):
        assert word not in text
    assert [one["role"] for one in made.body["by"]] == ["supervisor", "supervisor"]
    assert len({one["account"] for one in made.body["by"]}) == 2
    assert made.body["ground"] == "request"
    assert made.body["final_on"] == erasure.final_on(office.now).isoformat()
    with office.work() as work:
        assert made.body["reference"] == log.subject_token(work.provider, case.person_id)


@pytest.mark.parametrize(
    "name", ["number", "erased_at", "by", "rows", "reference", "key", "format"]
)
def test_a_changed_certificate_is_not_genuine(office: World, name: str) -> None:
    made = erase(office, office.register())
    assert not erasure.is_genuine({**made.body, name: "other"}, made.signature)
    assert not erasure.is_genuine(made.body, "00" * 64)
    assert not erasure.is_genuine(made.body, "no hexadecimal")


def test_while_a_referral_is_live_nobody_is_erased(office: World) -> None:
    number, referral = office.sent()
    with pytest.raises(NotAllowedNow):
        propose(office, number)
    with office.work("officer") as work:
        referrals.withdraw(work, referral)
    propose(office, number)
    office.send(number)
    with pytest.raises(NotAllowedNow):
        decide(office, "second")
    assert office.rows(Need)
    assert office.rows(Referral, Referral.state == ReferralState.SENT)


def test_a_legal_hold_stands_against_proposal_and_approval(office: World) -> None:
    number, other = office.register(), office.register("Marzia")
    propose(office, other)
    for one in (number, other):
        with office.work("supervisor") as work:
            retention.keep_back(work, retention.KeepBack(case_number=one, reason="a court asks"))
    with pytest.raises(KeptBackNow):
        propose(office, number)
    with pytest.raises(KeptBackNow):
        decide(office, "second")
    with pytest.raises(NotAllowedNow), office.work("second") as work:
        retention.keep_back(work, retention.KeepBack(case_number=other, reason="again"))
    with office.work("second") as work:
        assert len(retention.overview(work).kept_back) == 2
        retention.let_go(work, other)
    assert decide(office, "second") is not None
    assert [row.number for row in office.rows(Case)] == [number]


def test_a_refused_proposal_erases_nobody_and_may_come_again(office: World) -> None:
    number = office.register()
    propose(office, number)
    assert decide(office, "second", approve=False) is None
    assert office.rows(ErasureProposal)[0].state is ProposalState.REFUSED
    propose(office, number, ground=ErasureGround.MISTAKE)
    made = decide(office, "second")
    assert made is not None
    assert made.body["ground"] == "mistake"


def test_a_stale_page_erases_nobody(office: World) -> None:
    number = office.register()
    propose(office, number)
    found = proposal(office)
    command = DecideErasure(proposal_id=found.id, version=found.version + 1, approve=True)
    with pytest.raises(ChangedMeanwhile), office.work("second") as work:
        erasure.decide(work, command)


def test_where_the_main_commit_fails_after_the_keys_are_gone_the_next_start_ends_it(
    any_office: World,
) -> None:
    """The keys are destroyed first. What is left is noise, and the tombstone says whose."""
    world = any_office
    number = world.register("Zarifa Ahmadi")
    propose(world, number)

    def fail(_connection: object) -> None:
        raise OperationalError("COMMIT", {}, Exception("the power went"))

    found = proposal(world)
    command = DecideErasure(proposal_id=found.id, version=found.version, approve=True)
    event.listen(world.storage.engine, "commit", fail)
    with pytest.raises(OperationalError), world.work("second") as work:
        erasure.decide(work, command)
    event.remove(world.storage.engine, "commit", fail)
    person = case_of(world, number).person_id
    assert buried(world.storage.keys) == {person}
    assert world.rows(Erasure) == []
    assert reconcile(world) == erasure.Reconciled(rows=1, keys=0)
    assert world.rows(Case) == []
    assert [row.person_id for row in world.rows(Erasure)] == [person]
    assert reconcile(world) == erasure.Reconciled(0, 0)


def test_a_work_that_is_rolled_back_erases_nobody(office: World) -> None:
    number = office.register()
    propose(office, number)
    found = proposal(office)
    command = DecideErasure(proposal_id=found.id, version=found.version, approve=True)

    def fails() -> None:
        with office.work("second") as work:
            erasure.decide(work, command)
            raise RuntimeError("a fault of ours")

    with pytest.raises(RuntimeError):
        fails()
    assert buried(office.storage.keys) == set()
    with office.work("officer") as work:
        assert search.find(work, "Zarifa").hints


def test_the_log_says_who_erased_and_who_proposed(office: World) -> None:
    number = office.register()
    person = case_of(office, number).person_id
    erase(office, number)
    with office.work() as work:
        acts = {entry.act for entry in log.accesses(work.session, work.provider, person)}
    assert {"propose_erasure", "approve_erasure", "erase"} <= acts


def test_the_log_agrees_with_what_is_left(office: World) -> None:
    """Every sealed value there was written by an act; every row that is gone was erased by one."""
    number = story(office)
    attach(office, office.register("Marzia"))
    erase(office, number)
    with office.work() as work:
        outside = log_check.Outside(macs=work.provider, data=True)
        found = log_check.check(work.session, outside)
    assert found.values > 30
    assert found.findings == ()


def test_a_case_number_of_an_erased_person_is_like_one_that_never_was(office: World) -> None:
    number = office.register()
    erase(office, number)
    with pytest.raises(NotFound), office.work("supervisor") as work:
        erasure.propose(work, ProposeErasure(case_number=number, ground=ErasureGround.REQUEST))
