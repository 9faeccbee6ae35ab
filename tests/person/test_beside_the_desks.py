"""What a desk does not learn: that the person looked, that they complained, that the monitor heard them."""

from __future__ import annotations

from typing import Any

import pytest

from app.web.person import visiting
from models.vocabulary import FlagKind, QuestionReason, RequestKind, RequestState
from tests.person.conftest import Browser, issue
from tests.world import World
from workflows import (
    caseflags,
    complaints,
    oversight,
    own_state,
    questions,
    receipts,
    rights,
    summaries,
)
from workflows.casenumbers import show
from workflows.rights import AnswerRequest, TakeRequest


def shown(world: World, number: str) -> tuple[list[str], list[str], int]:
    """What a desk reads of who has looked: on its page, in the whole file, and how many entries in all."""
    with world.work("guardian") as work:
        page = [f"{one.act} {one.role}" for one in oversight.accesses(work, number)]
    with world.work("guardian") as work:
        found = summaries.summary(work, number)
        return page, [f"{one.act} {one.role}" for one in found.accesses], found.looked


def complain(world: World, number: str, by: str) -> None:
    if by == "post":
        with world.work("officer") as work:
            command = TakeRequest(case_number=number, kind=RequestKind.COMPLAINT, says="He hit me")
            rights.take(work, command)
        return
    code = issue(world, number).code
    with world.work() as work:
        token = receipts.enter(work, number, code, "192.0.2.7")
    with world.work() as work:
        visit = receipts.resume(work, token)
        assert visit is not None
        own_state.state(work, visit)
        own_state.ask(work, visit, RequestKind.COMPLAINT, "He hit me")


@pytest.mark.parametrize("by", ["post", "person"])
def test_a_complaint_leaves_no_line_that_a_desk_is_shown(any_world: World, by: str) -> None:
    world = any_world
    number, referral = world.sent()
    world.accept(referral)
    issue(world, number)
    before = shown(world, number)
    complain(world, number, by)
    with world.work("monitor") as work:
        (line,) = complaints.waiting(work)
        read = complaints.read(work, line.id)
        complaints.answer(
            work,
            line.id,
            AnswerRequest(
                case_number=number,
                request_id=line.id,
                state=RequestState.UPHELD,
                text="It was looked into",
                version=read.request.version,
            ),
        )
    page, file, looked = shown(world, number)
    new = {one.split()[0] for one in (*page, *file)} - {
        one.split()[0] for one in (*before[0], *before[1])
    }
    # Its own reading of a moment ago, and no more.
    assert new <= {"view_accesses", "make_summary"}
    assert not [one for one in (*page, *file) if "monitor" in one]
    assert looked == len(file)


def test_the_language_of_a_visit_is_forgotten_with_it(app: Any, world: World) -> None:
    number = world.register()
    world.inform(number)
    answer = Browser(app, world).enter(show(number), issue(world, number).code)
    (kept,) = [one for one in answer.headers.getlist("Set-Cookie") if "language=" in one]
    assert "fa_AF" in kept
    assert f"Max-Age={int(visiting.VISIT.total_seconds())}" in kept


def test_the_person_hears_flags_and_what_the_desk_asked(world: World) -> None:
    number, referral = world.sent()
    with world.work("guardian") as work:
        asked = questions.AskSender(number=referral, reason=QuestionReason.SAFETY, text="Safe?")
        questions.ask(work, asked)
    with world.work("officer") as work:
        questions.answer(work, questions.AnswerQuestion(number=referral, text="With the aunt"))
    world.accept(referral)
    with world.work("guardian") as work:
        caseflags.raise_flag(
            work,
            caseflags.RaiseFlag(
                number=referral,
                kinds=(FlagKind.FEMALE_OFFICER,),
                text="Dari",
                expires_on=world.now.date(),
            ),
        )
    with world.work("guardian") as work:
        found = summaries.summary(work, number)
    assert [one.text for one in found.flags] == ["Dari"]
    assert [(one.asks, one.answer) for one in found.questions] == [("Safe?", "With the aunt")]
    with world.work("officer") as work:
        at_post = summaries.summary(work, number)
    assert (at_post.flags, at_post.questions) == ((), ())
