"""A receiver in another installation asks before it answers: question and reply travel sealed, and heal."""

from __future__ import annotations

from random import Random

import pytest
from sqlalchemy import select

from models.agency_keys import OutsideThread
from models.referrals import Question
from models.vocabulary import (
    LetterState,
    OutcomeCode,
    OutsideKind,
    OutsideState,
    Purpose,
    QuestionReason,
    ReferralState,
    RefusalReason,
)
from tests.letters.conftest import Pair
from tests.letters.test_by_network import Network, parcels, withdraw_if_it_may
from tests.world import World
from workflows import outside, outside_post, questions
from workflows.errors import InvalidCommand, NotAllowedNow
from workflows.outside import Answer

R, T = ReferralState, OutsideState
WORDS, SAID = "Which language do they speak best?", "Dari; an interpreter is here."


def ask(pair: Pair, raw: bytes, text: str = WORDS) -> bytes:
    return pair.answer(raw, "asked", why=QuestionReason.LANGUAGE, text=text)


def reply(world: World, number: str, text: str = SAID) -> None:
    with world.work("officer") as work:
        questions.answer(work, questions.AnswerQuestion(number=number, text=text))


def told(pair: Pair) -> dict[str, str]:
    """The replies that the receiver has."""
    (there,) = pair.away.rows(OutsideThread)
    with pair.away.work() as work:
        work.vault.grant(there.id, Purpose.PROTECTION)
        needs = work.session.get_one(OutsideThread, there.id).needs or {}
        work.start_again()
    found: dict[str, str] = needs.get("replies", {})
    return found


def test_a_question_reaches_the_post_and_its_answer_comes_back(any_pair: Pair) -> None:
    pair = any_pair
    _, number = pair.post.sent()
    first = pair.seal(number)
    pair.take(pair.away, first)
    asked = ask(pair, first)
    pair.take(pair.post, asked)
    assert pair.take(pair.post, asked).again
    assert pair.state(number) == (R.NEEDS_INFORMATION, T.SEALED, T.RECEIVED)
    with pair.post.work() as work:
        (row,) = work.session.scalars(select(Question))
        work.vault.grant(row.person_id, Purpose.PROTECTION)
        assert (row.asks or {})["text"] == WORDS
        work.start_again()

    reply(pair.post, number)
    back = pair.seal(number)
    assert pair.take(pair.away, back).kind is OutsideKind.REPLY
    assert pair.take(pair.away, back).again
    assert told(pair) == {"1": SAID}
    pair.take(pair.post, pair.answer(first, "accepted"))
    assert pair.state(number)[0] is R.ACCEPTED


def test_one_question_at_a_time_and_no_more_than_a_desk_inside_may_ask(pair: Pair) -> None:
    _, number = pair.post.sent()
    first = pair.seal(number)
    pair.take(pair.away, first)
    for text in ("", "x" * 1001):
        with pytest.raises(InvalidCommand):
            ask(pair, first, text)
    for turn in range(2):
        pair.take(pair.post, ask(pair, first))
        with pytest.raises(NotAllowedNow):
            pair.answer(first, "asked", why=QuestionReason.SAFETY, text="And is it safe?")
        reply(pair.post, number, f"Answer {turn}")
        pair.take(pair.away, pair.seal(number))
    with pytest.raises(NotAllowedNow):
        ask(pair, first)
    assert told(pair) == {"1": "Answer 0", "2": "Answer 1"}


def test_a_question_that_was_lost_is_healed_by_what_was_decided_after_it(pair: Pair) -> None:
    _, number = pair.post.sent()
    first = pair.seal(number)
    pair.take(pair.away, first)
    ask(pair, first)
    refused = pair.answer(first, "refused", reason=RefusalReason.NO_CAPACITY)
    assert pair.take(pair.post, refused).crossed
    assert pair.state(number) == (R.REFUSED, T.REFUSED, T.REFUSED)
    assert pair.post.rows(Question) == []


def test_no_word_of_a_question_lies_open_at_either_end(pair: Pair) -> None:
    _, number = pair.post.sent()
    first = pair.seal(number)
    pair.take(pair.away, first)
    raw = ask(pair, first)
    assert WORDS.encode() not in raw
    for thread in pair.away.rows(OutsideThread):
        assert WORDS not in str(thread.acts)


@pytest.mark.parametrize("seed", range(6))
def test_a_referral_its_question_its_outcome_and_a_withdrawal_survive_a_cut_network(
    pair: Pair, seed: int
) -> None:
    local = Network(pair)
    local.chance, local.cut = Random(seed), 0.5
    numbers = [pair.post.sent()[1] for _ in range(2)]
    for turn in range(30):
        local.rounds()
        if turn == 10 and seed % 3 == 0:
            withdraw_if_it_may(pair, numbers[0])
        _live(local, numbers)
    local.cut = 0.0
    for _ in range(5):
        for world in (pair.post, pair.away):
            world.clock.forward(hours=7)
        _live(local, numbers)
        local.rounds(2)
    ends = {
        (R.OUTCOME_REPORTED, T.OUTCOME_REPORTED, T.OUTCOME_REPORTED),
        (R.WITHDRAWN, T.RECEIPTED, T.RECEIPTED),
    }
    found = {number: pair.state(number) for number in numbers}
    assert set(found.values()) <= ends
    met = [n for n, state in found.items() if state[0] is R.OUTCOME_REPORTED]
    assert {pair.post.referral(n).asked for n in met} <= {1}
    for world in (pair.post, pair.away):
        assert not parcels(world, LetterState.WAITING)
        assert not parcels(world, LetterState.STUCK)


def _live(local: Network, numbers: list[str]) -> None:
    """The post answers what it is asked; the agency asks once, then takes, then says how it ended."""
    pair = local.pair
    for number in numbers:
        if pair.post.referral(number).state is R.NEEDS_INFORMATION:
            reply(pair.post, number)
    for thread in pair.away.rows(OutsideThread):
        given = _next(pair.away, thread)
        if given is None:
            continue
        with pair.away.work() as work:
            row = work.session.get_one(OutsideThread, thread.id)
            outside_post.post(work, outside.answer_in(work, row, given))


def _next(world: World, thread: OutsideThread) -> Answer | None:
    if thread.state is T.RECEIVED and not thread.acts:
        return Answer(kind="asked", why=QuestionReason.LANGUAGE, text=WORDS)
    if thread.state is T.IDENTIFIED:
        return Answer(kind="outcome", outcome=OutcomeCode.SERVICE_PROVIDED)
    if thread.state is not T.RECEIVED:
        return None
    with world.work() as work:
        work.vault.grant(thread.id, Purpose.PROTECTION)
        known = (work.session.get_one(OutsideThread, thread.id).needs or {}).get("replies")
        work.start_again()
    return Answer(kind="accepted") if known else None
