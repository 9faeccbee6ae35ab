"""The table of states: walked whole through the workflows, by every side; no dead end; drawn in the docs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import product
from typing import NoReturn

import pytest
from sqlalchemy import select

from models.cases import Case, Need
from models.people import Consent
from models.referrals import Referral
from models.vocabulary import (
    LegalBasis,
    NeedState,
    OutcomeCode,
    QuestionReason,
    ReferralState,
    RefusalReason,
    WithdrawalWish,
)
from tests.workflows.test_desk_answers import serves
from tests.world import ASYLUM_DESK, World
from workflows import (
    consent_ends,
    deadlines,
    desk_steps,
    desks,
    letters,
    questions,
    referrals,
    states,
    taking_back,
)
from workflows.accounts import SYSTEM_ACTOR
from workflows.errors import NotAllowed, NotAllowedNow, NotFound
from workflows.work import Work

S = ReferralState
Doer = Callable[[Work, str], object]
WHO = {"sender": "officer", "desk": "guardian"}


def wait(work: Work, number: str) -> None:
    day = work.now.date() + timedelta(days=2)
    desk_steps.wait(work, desk_steps.PutOnWaitingList(number=number, expected_on=day))


def outcome(work: Work, number: str) -> None:
    command = desks.ReportOutcome(number=number, outcome=OutcomeCode.SERVICE_PROVIDED)
    desks.report_outcome(work, command)


def take_back(work: Work, number: str) -> None:
    found = work.session.scalars(select(Referral).where(Referral.number == number)).one()
    before = found.state
    consent = work.session.get_one(Consent, found.consent_id)
    command = taking_back.TakeBackConsent(
        case_number=work.session.get_one(Case, found.case_id).number,
        consent_id=consent.id,
        wish=WithdrawalWish.STOP,
        version=consent.version,
    )
    taking_back.take_back(work, command)
    if found.state is before:
        # Of what has ended the desk is told all the same, which is no move.
        reasons = states.why_not(states.Position(before), "take_back", "sender")
        raise NotAllowedNow(reason=reasons[0].value)


DOERS: dict[str, Doer] = {
    "accept": lambda w, n: desks.accept(w, desks.AcceptReferral(number=n)),
    "refuse": lambda w, n: desks.refuse(
        w, desks.RefuseReferral(number=n, reason=RefusalReason.NO_CAPACITY)
    ),
    "redirect": lambda w, n: desks.redirect(
        w, desks.RedirectReferral(number=n, desk=ASYLUM_DESK, reason=RefusalReason.OUTSIDE_AREA)
    ),
    "see": desks.read_packet,
    "ask": lambda w, n: questions.ask(
        w, questions.AskSender(number=n, reason=QuestionReason.SAFETY, text="Is it safe?")
    ),
    "answer": lambda w, n: questions.answer(w, questions.AnswerQuestion(number=n, text="It is.")),
    "wait": wait,
    "withdraw": referrals.withdraw,
    "take_back": take_back,
    "start_service": desk_steps.start_service,
    "no_show": desk_steps.no_show,
    "report_outcome": outcome,
    "close": desks.close,
}
CLOCK: dict[str, Doer] = {
    "receive": lambda w, _: letters.deliver(w),
    "time_out": lambda w, _: deadlines.tick(w),
    "lapse": lambda w, _: deadlines.tick(w),
    "run_out": lambda w, _: consent_ends.see_to(w),
}
#: From a referral that was just sent, the side and the verbs that lead to each state.
WAYS: dict[ReferralState, tuple[str, ...]] = {
    S.SENT: (),
    S.RECEIVED: ("receive",),
    S.SEEN: ("see",),
    S.NEEDS_INFORMATION: ("see", "ask"),
    S.WAITING_LIST: ("wait",),
    S.NO_ANSWER: ("time_out",),
    S.ACCEPTED: ("accept",),
    S.SERVICE_STARTED: ("accept", "start_service"),
    S.NO_SHOW: ("accept", "no_show"),
    S.OUTCOME_REPORTED: ("accept", "report_outcome"),
    S.CLOSED: ("accept", "no_show", "close"),
    S.REFUSED: ("refuse",),
    S.REDIRECTED: ("redirect",),
    S.WITHDRAWN: ("withdraw",),
}


class Undo(Exception):
    """Roll the work back: what it would have done was looked at."""


def go(world: World, number: str, verb: str) -> None:
    if verb in CLOCK:
        if verb != "receive":
            world.clock.forward(days=15)
        with world.work() as work:
            CLOCK[verb](work, number)
        return
    side = next(m for m in states.REFERRAL_MOVES if m.verb == verb).who
    with world.work(WHO["desk" if "desk" in side else "sender"]) as work:
        DOERS[verb](work, number)


def reach(world: World, state: ReferralState) -> str:
    """A referral in this state, by the verbs of the product."""
    case = world.child(name=f"Zarifa {state.value.replace('_', ' ')}")
    # On a consent that outlasts every other clock, so that its end is walked by itself.
    last = world.now.date() + timedelta(days=366)
    number = world.send(case, basis=LegalBasis.CONSENT, consented=True, consent_until=last)
    for verb in WAYS[state]:
        go(world, number, verb)
    assert world.referral(number).state is state
    return number


def look(work: Work, number: str) -> NoReturn:
    found = work.session.scalars(select(Referral).where(Referral.number == number)).one()
    work.session.refresh(found)
    raise Undo(found.state, work.session.get_one(Need, found.need_id).state)


def tried(world: World, number: str, verb: str, side: str) -> tuple[ReferralState, NeedState] | str:
    """What a verb by a side would come to, without doing it: state of referral and need, or the refusal."""
    try:
        with world.work(SYSTEM_ACTOR if side == "clock" else WHO[side]) as work:
            if side == "clock" and verb != "receive":
                work.now += timedelta(days=400 if verb == "run_out" else 200)
            (CLOCK if side == "clock" else DOERS)[verb](work, number)
            work.session.flush()
            look(work, number)
    except Undo as undo:
        return undo.args[0], undo.args[1]
    except NotAllowedNow as error:
        return str(error.params["reason"])
    except (NotAllowed, NotFound):
        return "not theirs"


@pytest.mark.parametrize("state", WAYS)
def test_from_every_state_every_verb_by_every_side_does_what_the_table_says(
    world: World, state: ReferralState, figure: Callable[[str], None]
) -> None:
    serves(world, ASYLUM_DESK)
    number = reach(world, state)
    standing = states.Position(state, world.referral(number).asked, listed=state is S.WAITING_LIST)
    walked = 0
    sides = [*product(DOERS, WHO), *((verb, "clock") for verb in CLOCK)]
    for verb, side in sides:
        came = tried(world, number, verb, side)
        reasons = states.why_not(standing, verb, side)
        move = states.move_of(state, verb)
        if move is not None and not reasons:
            assert not isinstance(came, str), (verb, side, came)
            assert came[0] is move.after, (verb, side)
            if "reopen_need" in move.then:
                assert came[1] is NeedState.OPEN
            walked += 1
        elif side == "clock" or verb == "see":
            # The clock passes over what is not due to it; to open again is no move.
            unmoved = "not theirs" if isinstance(came, str) else came[0]
            others = {states.move_of(state, other) for other in CLOCK}
            assert unmoved in {"not theirs", state, *(m.after for m in others if m)}, (verb, side)
        else:
            assert came in {"not theirs", *(reason.value for reason in reasons)}, (verb, side)
        assert world.referral(number).state is state
    figure(f"referrals: moves walked from {state.value}: {walked} of {len(sides)} tried")


def test_every_row_of_the_table_is_walked() -> None:
    assert {m.verb for m in states.REFERRAL_MOVES} == {*DOERS, *CLOCK, "send"}
    assert set(WAYS) == set(S) - {S.DRAFT}
    assert len({(m.before, m.verb) for m in states.REFERRAL_MOVES}) == len(states.REFERRAL_MOVES)


def test_every_state_reaches_an_end_and_the_ends_have_no_way_out(
    figure: Callable[[str], None],
) -> None:
    after = {state: {m.after for m in states.REFERRAL_MOVES if m.before is state} for state in S}
    assert {state for state, next_ in after.items() if not next_} == states.ENDED
    dead = []
    for state in S:
        seen: set[ReferralState] = set()
        left = {state}
        while left:
            seen |= left
            left = {n for s in left for n in after[s]} - seen
        if not seen & states.ENDED:
            dead.append(state)
    figure(f"referrals: {len(S)} states, {len(states.REFERRAL_MOVES)} moves, dead ends {len(dead)}")
    assert not dead


def test_every_state_that_waits_for_somebody_has_a_clock_or_has_lost_its_desk() -> None:
    """Nothing waits without an end: where a desk or a sender is waited for, the table has a clock."""
    by_clock = {m.before for m in states.REFERRAL_MOVES if "clock" in m.who}
    assert states.WAITING - {S.NO_ANSWER} <= by_clock
    assert by_clock == states.ON_THE_CLOCK


def test_every_way_in_which_a_desk_is_lost_reopens_the_need() -> None:
    lost = {S.REFUSED, S.NO_ANSWER, S.WITHDRAWN, S.WAITING_LIST, S.NO_SHOW}
    for move in states.REFERRAL_MOVES:
        assert ("reopen_need" in move.then) == (move.after in lost), move


def test_the_sender_has_the_duty_until_a_desk_accepts() -> None:
    assert {m.before for m in states.REFERRAL_MOVES if m.after is S.ACCEPTED} == states.WAITING
    assert not states.IN_CARE & states.WAITING
    assert {m.verb for m in states.REFERRAL_MOVES if "open_identity" in m.then} == {"accept"}


@pytest.mark.parametrize("side", ["sender", "desk"])
def test_whatever_cannot_be_done_says_why(side: str) -> None:
    for state, asked, listed in product(S, range(4), (False, True)):
        standing = states.Position(state, asked, listed=listed)
        for verb, reasons in states.choices(standing, side).items():
            possible = states.move_of(state, verb) is not None
            assert possible or reasons, (state, verb)
            assert all(isinstance(reason, states.WhyNot) for reason in reasons)
