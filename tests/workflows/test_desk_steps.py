"""What a desk does beside accepting and refusing: it opens, asks, lists, starts, or nobody came."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest

from models.cases import Task
from models.figures import StatFact
from models.referrals import Letter, Question
from models.vocabulary import (
    LetterKind,
    NeedState,
    QuestionReason,
    ReferralState,
    Role,
    TaskKind,
    TaskState,
)
from tests.world import World
from workflows import (
    casework,
    deadlines,
    desk_lists,
    desk_steps,
    desks,
    post_outcomes,
    questions,
    states,
)
from workflows.answering import ANSWER_WITHIN, QUESTION_WITHIN, QUESTIONS_AT_MOST
from workflows.errors import (
    ChangedMeanwhile,
    InvalidCommand,
    NotAllowed,
    NotAllowedNow,
    NotFound,
    SeraiError,
)

S = ReferralState
ASKED = "Does she go to school near the post?"
SAID = "She does, until June."


def ask(world: World, number: str, who: str = "guardian") -> None:
    command = questions.AskSender(number=number, reason=QuestionReason.ELIGIBILITY, text=ASKED)
    with world.work(who) as work:
        questions.ask(work, command)


def answer(world: World, number: str, who: str = "officer") -> None:
    with world.work(who) as work:
        questions.answer(work, questions.AnswerQuestion(number=number, text=SAID))


def wait(world: World, number: str, day: date) -> None:
    with world.work("guardian") as work:
        desk_steps.wait(work, desk_steps.PutOnWaitingList(number=number, expected_on=day))


def tick(world: World, **forward: float) -> deadlines.Ticked:
    world.clock.forward(**forward)
    with world.work() as work:
        return deadlines.tick(work)


def tasks(world: World, case: str, kind: TaskKind) -> list[Task]:
    return [t for t in world.of(Task, case) if t.kind is kind and t.state is TaskState.OPEN]


def test_the_sender_sees_that_a_referral_arrived_and_was_opened_and_the_clock_runs_on(
    any_world: World,
) -> None:
    case, number = any_world.sent()
    due = any_world.referral(number).due_at
    any_world.deliver()
    assert (any_world.referral(number).state, any_world.referral(number).received_at) == (
        S.RECEIVED, any_world.now,
    )  # fmt: skip
    any_world.clock.forward(hours=1)
    with any_world.work("guardian") as work:
        desk_lists.preview(work, number)
    opened = any_world.now
    any_world.clock.forward(hours=1)
    with any_world.work("guardian2") as work:
        desks.read_packet(work, number)
    assert any_world.referral(number).seen_at == opened, "said once, by the first"
    with any_world.work("officer") as work:
        shown = post_outcomes.outcome_page(work, case).referrals[0]
    assert (shown.state, shown.seen_at, shown.due_at) == (S.SEEN, opened, due)
    assert tick(any_world, days=15).timed_out == 1, "who looks has not answered"


def test_opening_a_referral_never_stands_in_the_way_of_an_answer(any_world: World) -> None:
    """Somebody opens it between a colleague's looking and accepting: the acceptance stands."""
    _, number = any_world.sent()
    any_world.actor("guardian")
    ready = threading.Barrier(2)
    ended: list[BaseException] = []

    def run(act: int) -> None:
        ready.wait()
        try:
            if act:
                any_world.accept(number)
            else:
                with any_world.work("guardian2") as work:
                    desks.read_packet(work, number)
        except SeraiError as error:
            ended.append(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not ended
    assert any_world.referral(number).state is S.ACCEPTED


def test_a_question_stops_the_desks_clock_and_runs_the_senders(any_world: World) -> None:
    case, number = any_world.sent()
    urgency = any_world.referral(number).urgency
    left = ANSWER_WITHIN[urgency] - timedelta(hours=1)
    any_world.clock.forward(hours=1)
    ask(any_world, number)
    asked = any_world.referral(number)
    assert asked.state is S.NEEDS_INFORMATION
    assert asked.due_at == any_world.now + QUESTION_WITHIN[urgency]
    task = tasks(any_world, case, TaskKind.ANSWER_QUESTION)
    assert [(t.role, t.due_at) for t in task] == [(Role.BORDER_OFFICIAL, asked.due_at)]
    any_world.finish(case)
    any_world.clock.forward(hours=2)
    answer(any_world, number)
    after = any_world.referral(number)
    assert (after.state, after.due_at) == (S.SEEN, any_world.now + left)
    assert not tasks(any_world, case, TaskKind.ANSWER_QUESTION)
    assert [letter.kind for letter in any_world.rows(Letter, Letter.referral_id == after.id)].count(
        LetterKind.REPLY
    ) == 1
    with any_world.work("guardian") as work:
        thread = desk_lists.preview(work, number).questions
    assert [(one.asks, one.answer) for one in thread] == [(ASKED, SAID)]


def test_what_is_asked_and_said_lies_sealed(world: World) -> None:
    _, number = world.sent()
    ask(world, number)
    answer(world, number)
    with world.storage.engine.connect() as connection:
        found = connection.execute(Question.__table__.select()).mappings().one()
    assert not any(text in str(value) for value in found.values() for text in (ASKED, SAID))


def test_asking_cannot_be_used_to_put_off_an_answer(world: World) -> None:
    """A sender who never answers and a desk that asks whenever it can: the end comes in bounded time."""
    case, number = world.sent()
    urgency = world.referral(number).urgency
    began = world.now
    for _ in range(QUESTIONS_AT_MOST):
        ask(world, number)
        tick(world, seconds=QUESTION_WITHIN[urgency].total_seconds())
        assert world.referral(number).state is S.SEEN, "the question lapsed: it is the desk's turn"
    assert {t.role for t in tasks(world, case, TaskKind.ANSWER_QUESTION)} >= {Role.SUPERVISOR}
    with pytest.raises(NotAllowedNow) as refused:
        ask(world, number)
    assert refused.value.params == {"reason": "asked_enough"}
    with world.work("guardian") as work:
        assert desk_lists.preview(work, number).may["ask"] == (states.WhyNot.ASKED_ENOUGH,)
    tick(world, seconds=ANSWER_WITHIN[urgency].total_seconds())
    assert world.referral(number).state is S.NO_ANSWER
    limit = ANSWER_WITHIN[urgency] + QUESTIONS_AT_MOST * QUESTION_WITHIN[urgency]
    assert world.now - began <= limit


def test_a_late_answer_to_a_lapsed_question_is_refused_and_the_desk_may_answer_meanwhile(
    world: World,
) -> None:
    case, number = world.sent()
    ask(world, number)
    world.accept(number)
    assert not tasks(world, case, TaskKind.ANSWER_QUESTION)
    with pytest.raises(NotAllowedNow) as refused:
        answer(world, number)
    assert refused.value.params == {"reason": "taken"}


@pytest.mark.parametrize(
    ("who", "error"),
    [("elsewhere", NotFound), ("abroad", NotFound), ("guardian", NotAllowed), ("monitor", NotAllowed)],
)  # fmt: skip
def test_only_the_senders_post_and_its_supervisor_answer(
    world: World, who: str, error: type[SeraiError]
) -> None:
    case, number = world.sent()
    ask(world, number)
    with pytest.raises(error):
        answer(world, number, who)
    with pytest.raises(error), world.work(who) as work:
        questions.to_answer(work, case)
    with world.work("supervisor") as work:
        assert questions.to_answer(work, case).question.asks == ASKED
    answer(world, number, "supervisor")


def test_of_two_who_answer_at_once_one_wins(any_world: World) -> None:
    _, number = any_world.sent()
    ask(any_world, number)
    for who in ("officer", "colleague"):
        any_world.actor(who)
    ready, ended = threading.Barrier(2), []

    def run(who: str) -> None:
        ready.wait()
        try:
            answer(any_world, number, who)
        except SeraiError as error:
            ended.append(type(error))

    threads = [threading.Thread(target=run, args=(who,)) for who in ("officer", "colleague")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ended) == 1
    assert set(ended) <= {ChangedMeanwhile, NotAllowedNow}


@pytest.mark.safeguard("INV-22")
def test_who_is_on_a_waiting_list_is_still_the_senders_and_is_not_forgotten(
    any_world: World,
) -> None:
    case, number = any_world.sent()
    wait(any_world, number, any_world.now.date() + timedelta(days=2))
    assert (any_world.referral(number).state, any_world.need_state(number)) == (
        S.WAITING_LIST, NeedState.OPEN,
    )  # fmt: skip
    assert tasks(any_world, case, TaskKind.CHOOSE_ANOTHER_DESK)
    state = any_world.referral(number).state
    with any_world.work("officer") as work:
        status = casework.status(any_world.case(work, case), [state])
    assert status is casework.CaseStatus.REFERRED
    assert tick(any_world, days=1).timed_out == 0
    assert tick(any_world, days=2).timed_out == 1
    assert any_world.referral(number).state is S.NO_ANSWER
    roles = {t.role for t in tasks(any_world, case, TaskKind.CHOOSE_ANOTHER_DESK)}
    assert Role.SUPERVISOR in roles
    with pytest.raises(NotAllowedNow) as refused:
        wait(any_world, number, any_world.now.date() + timedelta(days=2))
    assert refused.value.params == {"reason": "listed_before"}


def test_a_place_that_comes_free_gives_the_need_its_desk_and_ends_the_search(world: World) -> None:
    case, number = world.sent()
    world.finish(case)
    wait(world, number, world.now.date() + timedelta(days=2))
    world.accept(number)
    assert (world.referral(number).state, world.need_state(number)) == (
        S.ACCEPTED,
        NeedState.REFERRED,
    )


@pytest.mark.parametrize("days", [-1, 0, 4, 400])
def test_a_waiting_list_ends_on_a_day_that_the_urgency_allows(world: World, days: int) -> None:
    _, number = world.sent()
    with pytest.raises(InvalidCommand) as refused:
        wait(world, number, world.now.date() + timedelta(days=days))
    assert refused.value.params == {"field": "expected_on", "days": 3}
    assert world.referral(number).state is S.SENT


@pytest.mark.safeguard("INV-22")
def test_who_does_not_come_is_the_senders_again_and_may_still_come_late(any_world: World) -> None:
    case, number = any_world.sent()
    any_world.accept(number)
    with any_world.work("guardian") as work:
        desk_steps.no_show(work, number)
    assert (any_world.referral(number).state, any_world.need_state(number)) == (
        S.NO_SHOW,
        NeedState.OPEN,
    )
    roles = {t.role for t in tasks(any_world, case, TaskKind.CHOOSE_ANOTHER_DESK)}
    assert roles == {Role.SUPERVISOR, Role.BORDER_OFFICIAL}
    assert {fact.outcome for fact in any_world.rows(StatFact)} == {"not_reached"}
    any_world.finish(case)
    with pytest.raises(SeraiError), any_world.work("guardian") as work:
        casework.close_case(work, case)
    with any_world.work("guardian") as work:
        desk_steps.start_service(work, number)
    after = any_world.referral(number)
    assert (after.state, after.started_at) == (S.SERVICE_STARTED, any_world.now)
    assert any_world.need_state(number) is NeedState.REFERRED
    assert {fact.outcome for fact in any_world.rows(StatFact)} == {"accepted"}


def test_grey_buttons_and_refusals_give_the_same_reason(world: World) -> None:
    _, number = world.sent()
    world.accept(number)
    with world.work("guardian") as work:
        desk_steps.start_service(work, number)
    with world.work("guardian") as work:
        may = desks.read_packet(work, number).may
    with pytest.raises(NotAllowedNow) as refused, world.work("guardian") as work:
        desk_steps.no_show(work, number)
    assert refused.value.params == {"reason": may["no_show"][0].value} == {"reason": "started"}
    assert may["report_outcome"] == ()
