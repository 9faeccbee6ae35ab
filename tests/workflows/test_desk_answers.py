"""The desk's side: stages of a packet, races, refusal, redirection, outcome; and the table of states."""

from __future__ import annotations

import threading
from collections.abc import Callable
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from models.cases import Task
from models.log import LogEntry
from models.network import Agency, Desk, Service
from models.referrals import Letter, Referral
from models.vocabulary import (
    LegalBasis,
    LetterKind,
    NeedState,
    OutcomeCode,
    ReferralState,
    RefusalReason,
    TaskKind,
    TaskState,
)
from tests.world import AKIMAT, ASYLUM_DESK, CHILD_DESK, World
from workflows import deadlines, desk_lists, desks, referrals
from workflows.errors import (
    ChangedMeanwhile,
    InvalidCommand,
    NotAllowed,
    NotAllowedNow,
    NotFound,
    SeraiError,
)

S = ReferralState
NO_PLACE = RefusalReason.NO_CAPACITY


def refuse(world: World, referral: str, who: str = "guardian") -> None:
    with world.work(who) as work:
        desks.refuse(work, desks.RefuseReferral(number=referral, reason=NO_PLACE))


def serves(world: World, desk: str, need: str = "guardian") -> None:
    """Give a desk a service: an administrator may, and only then is anything passed on to it."""
    with world.work() as work:
        found = work.session.scalars(select(Desk).where(Desk.code == desk)).first()
        if found is not None and need not in {service.need for service in found.services}:
            work.session.add(Service(id=uuid4(), desk_id=found.id, need=need, area="KAZ", rank=9))


def redirect(world: World, referral: str, desk: str = ASYLUM_DESK, who: str = "guardian") -> str:
    serves(world, desk)
    with world.work(who) as work:
        command = desks.RedirectReferral(
            number=referral, desk=desk, reason=RefusalReason.OUTSIDE_AREA
        )
        return desks.redirect(work, command).number


def report(world: World, referral: str, outcome: OutcomeCode) -> None:
    with world.work("guardian") as work:
        desks.report_outcome(work, desks.ReportOutcome(number=referral, outcome=outcome))


def close(world: World, referral: str, who: str = "guardian") -> None:
    with world.work(who) as work:
        desks.close(work, referral)


def withdraw(world: World, referral: str) -> None:
    with world.work("officer") as work:
        referrals.withdraw(work, referral)


def time_out(world: World, _referral: str = "") -> None:
    world.clock.forward(days=15)
    with world.work() as work:
        deadlines.tick(work)


def read(world: World, referral: str, who: str = "guardian") -> desks.PacketRead:
    with world.work(who) as work:
        return desks.read_packet(work, referral)


def test_identity_opens_to_the_desk_only_once_it_has_taken_the_referral(any_world: World) -> None:
    _, referral = any_world.sent()
    before = read(any_world, referral)
    assert before.identity is None
    assert "Zarifa" not in str(before.needs)
    any_world.accept(referral)
    after = read(any_world, referral)
    assert after.identity is not None
    assert after.identity["name"] == "Zarifa"
    acts = [e.act for e in any_world.rows(LogEntry) if e.act.startswith("read_packet")]
    assert sorted(acts) == ["read_packet", "read_packet", "read_packet_identity"]


@pytest.mark.parametrize(
    ("who", "error"),
    [
        ("asylum", NotFound),
        ("officer", NotAllowed),
        ("supervisor", NotAllowed),
        ("administrator", NotAllowed),
        ("monitor", NotAllowed),
    ],
)
def test_nobody_else_reads_or_answers(world: World, who: str, error: type[SeraiError]) -> None:
    _, referral = world.sent()
    for act in (read, refuse, lambda w, r, a: w.accept(r, a)):
        with pytest.raises(error):
            act(world, referral, who)
    assert world.referral(referral).state is S.SENT


def test_a_desk_that_takes_part_in_a_case_does_not_open_the_file_of_another_desk(
    world: World,
) -> None:
    number, referral = world.sent()
    other = world.send(number, "asylum_procedure", ASYLUM_DESK)
    world.accept(referral)
    world.accept(other, "asylum")
    with world.work("guardian") as work:
        assert desk_lists.case_file(work, referral).referral.number == referral
    with pytest.raises(NotFound), world.work("guardian") as work:
        desk_lists.case_file(work, other)
    with pytest.raises(NotAllowed), world.work("officer") as work:
        desk_lists.case_file(work, referral)


def together(count: int, act: Callable[[int], None]) -> list[BaseException | None]:
    """Let threads begin an act at one moment; returns what each ended with."""
    ready = threading.Barrier(count)
    ended: list[BaseException | None] = [None] * count

    def run(n: int) -> None:
        ready.wait()
        try:
            act(n)
        except SeraiError as error:
            ended[n] = error

    threads = [threading.Thread(target=run, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ended


def test_of_those_who_accept_at_once_one_wins_and_the_others_are_told(any_world: World) -> None:
    for officer in ("guardian", "guardian2"):
        any_world.actor(officer)
    for n in range(3):
        _, referral = any_world.sent(name=f"Zarifa {'abc'[n]}")

        def accept(n: int, referral: str = referral) -> None:
            any_world.accept(referral, ("guardian", "guardian2")[n % 2])

        ended = together(6, accept)
        assert sum(error is None for error in ended) == 1
        assert {type(e) for e in ended if e} <= {ChangedMeanwhile, NotAllowedNow}
        letters = any_world.rows(Letter, Letter.referral_id == any_world.referral(referral).id)
        assert sorted(letter.kind for letter in letters) == [
            LetterKind.DECISION,
            LetterKind.REFERRAL,
        ]


def test_of_accepting_and_withdrawing_at_once_one_wins(any_world: World) -> None:
    any_world.actor("officer")
    for n in range(3):
        _, referral = any_world.sent(name=f"Zarifa {'abc'[n]}")

        def act(n: int, referral: str = referral) -> None:
            if n:
                any_world.accept(referral)
            else:
                withdraw(any_world, referral)

        ended = together(2, act)
        assert sum(error is None for error in ended) == 1, ended
        state, need = any_world.referral(referral).state, any_world.need_state(referral)
        assert (state, need) in {(S.ACCEPTED, NeedState.REFERRED), (S.WITHDRAWN, NeedState.OPEN)}


def test_a_refusal_opens_the_need_again_and_gives_the_senders_side_a_task(
    any_world: World,
) -> None:
    number, referral = any_world.sent()
    refuse(any_world, referral)
    assert any_world.need_state(referral) is NeedState.OPEN
    assert any_world.referral(referral).refusal_reason is NO_PLACE
    lost = [t for t in any_world.of(Task, number) if t.kind is TaskKind.CHOOSE_ANOTHER_DESK]
    assert {task.role.value for task in lost} == {"supervisor", "border_official"}


def test_a_packet_sent_without_consent_goes_on_to_the_other_desk_at_once(
    any_world: World,
) -> None:
    _, referral = any_world.sent()
    onward = redirect(any_world, referral)
    old, new = any_world.referral(referral), any_world.referral(onward)
    assert (old.state, new.state, new.previous_id) == (S.REDIRECTED, S.SENT, old.id)
    assert new.due_at > any_world.now
    assert any_world.need_state(referral) is NeedState.REFERRED
    assert read(any_world, onward, "asylum").needs["need"] == "guardian"
    any_world.accept(onward, "asylum")
    taken = read(any_world, onward, "asylum").identity
    assert taken is not None
    assert taken["name"] == "Zarifa"
    with pytest.raises(NotAllowedNow):
        any_world.accept(referral)


@pytest.mark.safeguard("INV-23")
def test_consent_was_given_for_one_recipient_so_another_desk_must_be_asked_for_anew(
    world: World,
) -> None:
    number = world.child()
    referral = world.send(number, basis=LegalBasis.CONSENT, consented=True)
    assert redirect(world, referral) == referral
    assert world.need_state(referral) is NeedState.OPEN
    assert len(world.rows(Referral)) == 1
    assert TaskKind.CHOOSE_ANOTHER_DESK in {t.kind for t in world.of(Task, number)}


@pytest.mark.parametrize("desk", [CHILD_DESK, "no.such.desk", ""])
def test_a_referral_is_not_passed_on_to_itself_or_to_nobody(world: World, desk: str) -> None:
    _, referral = world.sent()
    with pytest.raises(InvalidCommand):
        redirect(world, referral, desk)
    assert world.referral(referral).state is S.SENT


@pytest.mark.safeguard("INV-22", "INV-38")
def test_nothing_is_passed_on_or_sent_to_a_desk_without_the_mandate(world: World) -> None:
    number, referral = world.sent()
    command = desks.RedirectReferral(
        number=referral, desk=ASYLUM_DESK, reason=RefusalReason.OUTSIDE_AREA
    )
    with pytest.raises(InvalidCommand), world.work("guardian") as work:
        desks.redirect(work, command)
    with pytest.raises(InvalidCommand):
        world.send(number, "best_interests", ASYLUM_DESK)
    assert world.referral(referral).state is S.SENT
    assert len(world.rows(Referral)) == 1


@pytest.mark.safeguard("INV-29")
def test_a_desk_cannot_pass_a_packet_on_to_the_country_that_the_person_may_fear(
    world: World,
) -> None:
    _, referral = world.sent()
    with world.work() as work:
        work.session.execute(update(Agency).where(Agency.code == AKIMAT).values(country="AFG"))
    with pytest.raises(InvalidCommand) as refused:
        redirect(world, referral)
    assert refused.value.params == {"field": "desk"}, "the answer does not tell the nationality"
    assert world.referral(referral).state is S.SENT


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (OutcomeCode.SERVICE_PROVIDED, NeedState.MET),
        (OutcomeCode.PROCEDURE_OPENED, NeedState.MET),
        (OutcomeCode.NOT_REACHED, NeedState.OPEN),
        (OutcomeCode.DECLINED_BY_PERSON, NeedState.DECLINED),
    ],
)
def test_an_outcome_says_what_became_of_the_need(
    world: World, outcome: OutcomeCode, state: NeedState
) -> None:
    _, referral = world.sent()
    world.accept(referral)
    report(world, referral, outcome)
    assert world.need_state(referral) is state


def test_a_late_answer_is_still_an_answer(world: World) -> None:
    number, referral = world.sent()
    time_out(world)
    assert world.need_state(referral) is NeedState.OPEN
    world.accept(referral)
    assert world.referral(referral).state is S.ACCEPTED
    assert number


def test_letters_are_delivered_exactly_once_inside(any_world: World) -> None:
    number, _ = any_world.sent()

    def deliver(_n: int) -> None:
        any_world.deliver()

    together(4, deliver)
    any_world.deliver()
    asked = [t for t in any_world.of(Task, number) if t.kind is TaskKind.ANSWER_REFERRAL]
    assert [(t.state, t.desk_id) for t in asked] == [
        (TaskState.OPEN, any_world.desk_id(CHILD_DESK))
    ]
    assert {letter.tries for letter in any_world.rows(Letter)} == {1}


def test_the_letter_of_a_referral_that_was_answered_meanwhile_asks_nobody(world: World) -> None:
    number, referral = world.sent()
    refuse(world, referral)
    world.deliver()
    assert TaskKind.ANSWER_REFERRAL not in {t.kind for t in world.of(Task, number)}


def test_both_sides_may_close_what_has_an_outcome(world: World) -> None:
    for n, who in enumerate(("guardian", "officer")):
        _, referral = world.sent(name=f"Zarifa {'ab'[n]}")
        world.accept(referral)
        report(world, referral, OutcomeCode.SERVICE_PROVIDED)
        with pytest.raises(NotFound if who == "guardian" else NotAllowed):
            close(world, referral, "asylum" if who == "guardian" else "monitor")
        close(world, referral, who)
        assert world.referral(referral).state is S.CLOSED
